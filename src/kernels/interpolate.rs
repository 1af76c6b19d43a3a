//! Linear interpolation along one axis, and its gradient.
//!
//! ```text
//!  [outer, extent, inner] ──each place: rest x left + share x right──▶ [outer, places, inner]
//! ```

use rayon::prelude::*;

/// Numbers that are enough work for a thread.
const NUMBERS_A_JOB: usize = 16 * 1024;

/// Where an element of the new axis lies: between two of the old one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// The old element before it, or itself.
    pub left: usize,
    /// The old element behind it; at the end of the axis the same.
    pub right: usize,
    /// How far it is from the left to the right, from 0 to 1.
    pub share: f64,
}

/// Each place as left and right, and what they are multiplied by, rounded once for all rows.
fn factors(places: &[Between]) -> Vec<([usize; 2], [f32; 2])> {
    places.iter().map(|p| ([p.left, p.right], [(1.0 - p.share) as f32, p.share as f32])).collect()
}

/// `[outer, extent, inner]` to `[outer, places, inner]`.
pub fn interpolated(image: &[f32], extent: usize, inner: usize, places: &[Between]) -> Vec<f32> {
    let (old, new) = ((extent * inner).max(1), (places.len() * inner).max(1));
    let places = factors(places);
    let mut out = vec![0.0; image.len() / old * new];
    let parts = out.par_chunks_mut(new).zip(image.par_chunks(old));
    parts.with_min_len(NUMBERS_A_JOB.div_ceil(new)).for_each(|(out, image)| {
        if inner == 1 {
            for (out, ([left, right], [rest, share])) in out.iter_mut().zip(&places) {
                *out = image[*left] * rest + image[*right] * share;
            }
            return;
        }
        for (out, ([left, right], [rest, share])) in out.chunks_exact_mut(inner.max(1)).zip(&places) {
            let (left, right) = (&image[left * inner..][..inner], &image[right * inner..][..inner]);
            for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
                *out = left * rest + right * share;
            }
        }
    });
    out
}

/// The gradient of `[outer, extent, inner]`, from that of `[outer, places, inner]`.
pub fn interpolated_gradient(gradient: &[f32], extent: usize, inner: usize, places: &[Between]) -> Vec<f32> {
    let (old, new) = ((extent * inner).max(1), (places.len() * inner).max(1));
    let places = factors(places);
    let mut image = vec![0.0; gradient.len() / new * old];
    let parts = image.par_chunks_mut(old).zip(gradient.par_chunks(new));
    parts.with_min_len(NUMBERS_A_JOB.div_ceil(new)).for_each(|(image, gradient)| {
        if inner == 1 {
            for (gradient, ([left, right], [rest, share])) in gradient.iter().zip(&places) {
                image[*left] += gradient * rest;
                image[*right] += gradient * share;
            }
            return;
        }
        for (gradient, (ends, factors)) in gradient.chunks_exact(inner.max(1)).zip(&places) {
            for (at, factor) in ends.iter().zip(factors) {
                let image = &mut image[at * inner..][..inner];
                image.iter_mut().zip(gradient).for_each(|(sum, gradient)| *sum += gradient * factor);
            }
        }
    });
    image
}
