//! Weights for each product of a tile, and the way back for their gradients.

use super::{LANES, Scheme};
use crate::vectors::vectors;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Sixteen filters.
type Lanes = [f32; LANES];

/// `[blocks of filters, positions, channels, 16]`, positions over depth, height and width.
#[derive(Debug)]
pub(super) struct Filters {
    values: Vec<f32>,
    /// Blocks of channels that are read, those of each place within a step one after the other.
    pub read: usize,
}

impl Filters {
    /// Asks for the kernel of each filter and channel. `taps` are those of a place within a step.
    pub fn new<'w>(
        scheme: &Scheme,
        [filters, channels]: [usize; 2],
        taps: &[Vec<usize>],
        kernel: impl Fn(usize, usize) -> &'w [f32] + Sync,
    ) -> Self {
        let (made, of_place) = (filters.div_ceil(LANES), channels.div_ceil(LANES));
        let read = of_place * taps.len();
        let position = read * LANES * LANES;
        let mut values = vec![0.0; made * scheme.positions() * position];
        values.par_chunks_mut((scheme.positions() * position).max(1)).enumerate().for_each(|(block, to)| {
            let first = block * LANES;
            let lanes = LANES.min(filters - first);
            let mut spread = Spread::new();
            for channel in 0..channels {
                for (place, taps) in taps.iter().enumerate() {
                    spread.values.clear();
                    spread.values.resize(taps.len(), [0.0; LANES]);
                    for lane in 0..lanes {
                        let kernel = kernel(first + lane, channel);
                        for (value, tap) in spread.values.iter_mut().zip(taps) {
                            value[lane] = kernel[*tap];
                        }
                    }
                    let at = (place * of_place * LANES + channel) * LANES;
                    for (to, values) in to.chunks_exact_mut(position).zip(spread.positions(scheme)) {
                        to[at..at + LANES].copy_from_slice(values);
                    }
                }
            }
        });
        Self { values, read }
    }

    /// From a depth of the tile on: `[positions in a plane and beyond, channels, 16]` of the first block, and how far the next one is.
    pub fn at_depth(&self, scheme: &Scheme, depth: usize) -> (&[f32], usize) {
        let position = self.read * LANES * LANES;
        (&self.values[depth * scheme.in_plane() * position..], scheme.positions() * position)
    }
}

/// Numbers of sixteen filters at all taps, or at all positions, and room for those between.
#[derive(Debug)]
pub(super) struct Spread {
    arch: Arch,
    values: Vec<Lanes>,
    next: Vec<Lanes>,
}

impl Spread {
    pub fn new() -> Self {
        Self { arch: vectors(), values: Vec::new(), next: Vec::new() }
    }

    /// `G` along each axis: from taps to positions.
    fn positions(&mut self, scheme: &Scheme) -> &[Lanes] {
        for taps in scheme.taps {
            self.along(taps.weights(), taps.count(), taps.read(), false);
        }
        &self.values
    }

    /// Its adjoint: from positions to taps.
    pub fn taps(&mut self, scheme: &Scheme, of_positions: impl Iterator<Item = Lanes>) -> &[Lanes] {
        self.values.clear();
        self.values.extend(of_positions);
        for taps in scheme.taps {
            self.along(taps.weights(), taps.read(), taps.count(), true);
        }
        &self.values
    }

    /// Along the first axis, which becomes the last: after three of them, all are where they were.
    fn along(&mut self, factors: &[&[f32]], from: usize, to: usize, transposed: bool) {
        self.next.resize(self.values.len() / from * to, [0.0; LANES]);
        let (read, made) = (self.values.as_slice(), self.next.as_mut_slice());
        self.arch.dispatch(Along { read, made, factors, from, to, transposed });
        std::mem::swap(&mut self.values, &mut self.next);
    }
}

/// `[from, others]` to `[others, to]`.
struct Along<'a> {
    read: &'a [Lanes],
    made: &'a mut [Lanes],
    /// `[to, from]`, or its transpose.
    factors: &'a [&'a [f32]],
    from: usize,
    to: usize,
    transposed: bool,
}

impl WithSimd for Along<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let others = self.read.len() / self.from;
        for (other, made) in self.made.chunks_exact_mut(self.to).enumerate() {
            for (to, made) in made.iter_mut().enumerate() {
                *made = [0.0; LANES];
                let (made, _) = S::as_mut_simd_f32s(made);
                for from in 0..self.from {
                    let factor = if self.transposed { self.factors[from][to] } else { self.factors[to][from] };
                    if factor != 0.0 {
                        let factor = simd.splat_f32s(factor);
                        let (read, _) = S::as_simd_f32s(&self.read[from * others + other]);
                        for (made, read) in made.iter_mut().zip(read) {
                            *made = simd.mul_add_f32s(factor, *read, *made);
                        }
                    }
                }
            }
        }
    }
}
