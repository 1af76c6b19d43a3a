//! Functions of each element, on all cores: what is memory's work and little else.
//!
//! Each element is computed by itself, so that results depend neither on threads nor on the width of vectors.

use crate::vectors::vectors;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Elements that are enough work for a thread: with what is read and written they stay in the cache of a core.
const ELEMENTS_A_JOB: usize = 32 * 1024;

/// Fewer than these are not worth another thread.
pub const ELEMENTS_WORTH_THREADS: usize = 2 * ELEMENTS_A_JOB;

/// `f` of each.
pub fn map(x: &[f32], f: impl Fn(f32) -> f32 + Copy + Sync) -> Vec<f32> {
    let mut made = vec![0.0; x.len()];
    let parts = made.par_chunks_mut(ELEMENTS_A_JOB).zip(x.par_chunks(ELEMENTS_A_JOB));
    parts.for_each(|(made, x)| {
        vectors().dispatch(Loop(|| made.iter_mut().zip(x).for_each(|(made, x)| *made = f(*x))));
    });
    made
}

/// `f` of each, in its place.
pub fn map_over(x: &mut [f32], f: impl Fn(f32) -> f32 + Copy + Sync) {
    x.par_chunks_mut(ELEMENTS_A_JOB).for_each(|x| {
        vectors().dispatch(Loop(|| x.iter_mut().for_each(|x| *x = f(*x))));
    });
}

/// `f` of each and of the one beside it. Both must be of one length.
pub fn zip(x: &[f32], y: &[f32], f: impl Fn(f32, f32) -> f32 + Copy + Sync) -> Vec<f32> {
    let mut made = vec![0.0; x.len()];
    let read = x.par_chunks(ELEMENTS_A_JOB).zip(y.par_chunks(ELEMENTS_A_JOB));
    made.par_chunks_mut(ELEMENTS_A_JOB).zip(read).for_each(|(made, (x, y))| {
        vectors().dispatch(Loop(|| {
            made.iter_mut().zip(x.iter().zip(y)).for_each(|(made, (x, y))| *made = f(*x, *y));
        }));
    });
    made
}

/// `f` of each and of the one beside it, in the place of the first. Both must be of one length.
pub fn zip_over(x: &mut [f32], y: &[f32], f: impl Fn(f32, f32) -> f32 + Copy + Sync) {
    x.par_chunks_mut(ELEMENTS_A_JOB).zip(y.par_chunks(ELEMENTS_A_JOB)).for_each(|(x, y)| {
        vectors().dispatch(Loop(|| x.iter_mut().zip(y).for_each(|(x, y)| *x = f(*x, *y))));
    });
}

/// A plain loop, compiled for every width of vectors.
struct Loop<F>(F);

impl<F: FnOnce()> WithSimd for Loop<F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        (self.0)();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_computed_once_whatever_the_length() {
        for len in [0, 1, ELEMENTS_A_JOB - 1, ELEMENTS_A_JOB, 3 * ELEMENTS_A_JOB + 5] {
            let x: Vec<f32> = (0..len).map(|i| i as f32 - 100.5).collect();
            let y: Vec<f32> = (0..len).map(|i| (i % 7) as f32).collect();
            let relu = |x: f32| x.max(0.0);
            let expected: Vec<f32> = x.iter().map(|x| relu(*x)).collect();
            assert_eq!(map(&x, relu), expected);
            let mut over = x.clone();
            map_over(&mut over, relu);
            assert_eq!(over, expected);
            let expected: Vec<f32> = x.iter().zip(&y).map(|(x, y)| x - y).collect();
            assert_eq!(zip(&x, &y, |x, y| x - y), expected);
            let mut over = x.clone();
            zip_over(&mut over, &y, |x, y| x - y);
            assert_eq!(over, expected);
        }
    }
}
