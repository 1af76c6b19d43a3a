//! Filters times places: for each place, the sum over channels and taps.

use super::vectors::vectors;
use super::volume::Volume;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

/// Filters that share what is read, in registers.
const FILTERS: usize = 4;

/// Weights in the order in which they are multiplied: by group, by four filters, by term.
#[derive(Debug)]
pub(super) struct Panels {
    weights: Vec<f32>,
    filters: usize,
    terms: usize,
}

/// The weights of one group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel<'p> {
    weights: &'p [f32],
    filters: usize,
    terms: usize,
}

impl Panels {
    /// Asks for the weight of each group, filter and term.
    pub fn new(
        groups: usize,
        filters: usize,
        terms: usize,
        weight: impl Fn(usize, usize, usize) -> f32 + Sync,
    ) -> Self {
        let mut weights = vec![0.0; groups * filters * terms];
        weights.par_chunks_mut((filters * terms).max(1)).enumerate().for_each(|(group, of_group)| {
            of_group.par_chunks_mut((FILTERS * terms).max(1)).enumerate().for_each(|(block, panel)| {
                let (first, filters) = (block * FILTERS, FILTERS.min(filters - block * FILTERS));
                for (term, weights) in panel.chunks_exact_mut(filters).enumerate() {
                    for (at, to) in weights.iter_mut().enumerate() {
                        *to = weight(group, first + at, term);
                    }
                }
            });
        });
        Self { weights, filters, terms }
    }

    pub fn of(&self, group: usize) -> Panel<'_> {
        let size = self.filters * self.terms;
        Panel { weights: &self.weights[group * size..][..size], filters: self.filters, terms: self.terms }
    }
}

/// Computes some planes of all filters of a group from `channels` channels, and shows them line by line: filter, depth,
/// height, values. A line is as long as one of the volume; what lies beyond the width that was asked for means nothing.
pub(super) fn correlate(
    volume: &Volume,
    first_channel: usize,
    channels: usize,
    taps: &[usize],
    panel: Panel<'_>,
    planes: Range<usize>,
    mut show: impl FnMut(usize, usize, usize, &[f32]),
) {
    let [_, height, width] = volume.extent;
    let lines = planes.len() * height;
    let (start, places) = (planes.start * height * width, planes.len() * height * width);
    let terms: Vec<usize> = (first_channel..first_channel + channels)
        .flat_map(|channel| taps.iter().map(move |tap| channel * volume.channel + tap + start))
        .collect();
    // The last lines of the last channel may have nothing behind them but the slack.
    let furthest = terms.iter().max().map_or(0, |term| volume.values().len().saturating_sub(*term));
    let places = places.next_multiple_of(LANES).min(furthest / LANES * LANES);
    let arch = vectors();
    let mut out = vec![0.0; FILTERS * places];
    for (at, first) in (0..panel.filters).step_by(FILTERS).enumerate() {
        let filters = FILTERS.min(panel.filters - first);
        let weights = &panel.weights[at * FILTERS * panel.terms..][..filters * panel.terms];
        let values = volume.values();
        match filters {
            1 => arch.dispatch(Tiles::<1, 8, 12> { values, terms: &terms, weights, places, out: &mut out }),
            2 => arch.dispatch(Tiles::<2, 5, 10> { values, terms: &terms, weights, places, out: &mut out }),
            3 => arch.dispatch(Tiles::<3, 4, 8> { values, terms: &terms, weights, places, out: &mut out }),
            _ => arch.dispatch(Tiles::<4, 3, 6> { values, terms: &terms, weights, places, out: &mut out }),
        }
        for filter in 0..filters {
            let of_filter = &out[filter * places..][..places];
            for (line, values) in of_filter.chunks(width).enumerate().take(lines) {
                show(first + filter, planes.start + line / height, line % height, values);
            }
        }
    }
}

/// A multiple of the lanes of every vector.
const LANES: usize = 16;

/// Terms that are summed in registers before they are added to the rest: sums of few terms lose less.
const TERMS: usize = 256;

/// `F` filters at all places: `V` vectors of places at a time where a processor has sixteen registers, `W` where it has
/// thirty-two. The sum of a place has the same order in either.
struct Tiles<'a, const F: usize, const V: usize, const W: usize> {
    values: &'a [f32],
    terms: &'a [usize],
    weights: &'a [f32],
    places: usize,
    out: &'a mut [f32],
}

impl<const F: usize, const V: usize, const W: usize> WithSimd for Tiles<'_, F, V, W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut at = 0;
        if S::REGISTER_COUNT >= 32 {
            at = self.take::<S, W>(simd, at);
        }
        at = self.take::<S, V>(simd, at);
        at = self.take::<S, 2>(simd, at);
        self.take::<S, 1>(simd, at);
    }
}

impl<const F: usize, const V: usize, const W: usize> Tiles<'_, F, V, W> {
    /// Goes on from a place as far as whole tiles of `N` vectors lead, and says how far.
    #[inline(always)]
    fn take<S: Simd, const N: usize>(&mut self, simd: S, mut at: usize) -> usize {
        while at + N * S::F32_LANES <= self.places {
            tile::<S, F, N>(simd, self.values, self.terms, self.weights, at, self.places, self.out);
            at += N * S::F32_LANES;
        }
        at
    }
}

#[inline(always)]
fn tile<S: Simd, const F: usize, const V: usize>(
    simd: S,
    values: &[f32],
    terms: &[usize],
    weights: &[f32],
    at: usize,
    places: usize,
    out: &mut [f32],
) {
    let (weights, _) = weights.as_chunks::<F>();
    for (part, (terms, weights)) in terms.chunks(TERMS).zip(weights.chunks(TERMS)).enumerate() {
        let mut sums = [[simd.splat_f32s(0.0); V]; F];
        for (term, weights) in terms.iter().zip(weights) {
            let (read, _) = S::as_simd_f32s(&values[term + at..][..V * S::F32_LANES]);
            for filter in 0..F {
                let weight = simd.splat_f32s(weights[filter]);
                for vector in 0..V {
                    sums[filter][vector] = simd.mul_add_f32s(weight, read[vector], sums[filter][vector]);
                }
            }
        }
        for filter in 0..F {
            let (to, _) = S::as_mut_simd_f32s(&mut out[filter * places + at..][..V * S::F32_LANES]);
            for vector in 0..V {
                let known = if part == 0 { simd.splat_f32s(0.0) } else { to[vector] };
                to[vector] = simd.add_f32s(known, sums[filter][vector]);
            }
        }
    }
}
