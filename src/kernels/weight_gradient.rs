//! The gradients of weights and bias: filters times taps, for each the sum over rows and places.

use super::vectors::vectors;
use super::volume::{Lattice, Volume};
use super::{Geometry, winograd};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Places that are summed in registers before they are added to the rest: what is read twice stays in the cache, and sums
/// of few terms lose less.
const PLACES: usize = 1024;
/// Filters of a job.
const FILTERS: usize = 4;
/// Terms, a channel and a tap each, of a job.
const TERMS: usize = 96;

/// The gradient of the weights, `[outputs, inputs / groups, kernel]` (one a row where they have their own).
pub fn weight_gradient(geometry: &Geometry, image: &[f32], gradient: &[f32]) -> Vec<f32> {
    if let Some(weights) = winograd::weight_gradient(&geometry.cut_along_the_first_axis(), image, gradient) {
        return weights;
    }
    let lattice = Lattice::of_input(geometry);
    let read = Volume::lay(image, geometry.read, &lattice);
    let made = Volume::lay(gradient, geometry.made, &lattice.domain());
    products(geometry, &read, &made, &lattice.taps())
}

/// The gradient of the bias, a number an output (of each row, where they have their own).
pub fn bias_gradient(geometry: &Geometry, gradient: &[f32]) -> Vec<f32> {
    let places = geometry.made.iter().product::<usize>();
    let of_rows: Vec<f32> = gradient.par_chunks(places).map(sum).collect();
    if geometry.own_weights {
        return of_rows;
    }
    let mut bias = vec![0.0; geometry.outputs];
    for row in of_rows.chunks(geometry.outputs) {
        bias.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    bias
}

/// A sum of many numbers that may cancel: in sixteen parts, and those of a thousand places in double precision.
fn sum(values: &[f32]) -> f32 {
    let of_part = |part: &[f32]| {
        let (chunks, rest) = part.as_chunks::<16>();
        let mut lanes = [0.0; 16];
        for chunk in chunks {
            lanes.iter_mut().zip(chunk).for_each(|(sum, value)| *sum += value);
        }
        lanes.iter().chain(rest).map(|value| f64::from(*value)).sum::<f64>()
    };
    values.chunks(PLACES).map(of_part).sum::<f64>() as f32
}

/// `[outputs, inputs / groups, taps]`, or `[rows, ..]` where each row has its own.
fn products(geometry: &Geometry, read: &Volume, made: &Volume, taps: &[usize]) -> Vec<f32> {
    let (inputs, outputs) = geometry.of_group();
    let sets = geometry.sets();
    let rows_of_set = geometry.rows / sets;
    let blocks = outputs.div_ceil(FILTERS);
    // What a channel and a tap read, from the first channel of the group on.
    let terms: Vec<usize> =
        (0..inputs).flat_map(|input| taps.iter().map(move |tap| input * read.channel + tap)).collect();
    let parts = terms.len().div_ceil(TERMS);
    let [depth, height, width] = geometry.made;
    let places = ((depth - 1) * made.extent[1] + height - 1) * made.extent[2] + width;
    let arch = vectors();
    let jobs = sets * geometry.groups * blocks * parts;
    let sums: Vec<Vec<f32>> = (0..jobs)
        .into_par_iter()
        .map(|job| {
            let (job, part) = (job / parts, job % parts);
            let (job, block) = (job / blocks, job % blocks);
            let (set, group) = (job / geometry.groups, job % geometry.groups);
            let filters = FILTERS.min(outputs - block * FILTERS);
            let terms = &terms[part * TERMS..terms.len().min((part + 1) * TERMS)];
            let mut sums = vec![0.0; filters * terms.len()];
            for row in set * rows_of_set..(set + 1) * rows_of_set {
                let first = (row * geometry.groups + group) * outputs + block * FILTERS;
                let made: [&[f32]; FILTERS] = std::array::from_fn(|filter| {
                    &made.values()[(first + filter.min(filters - 1)) * made.channel..][..places]
                });
                let read = &read.values()[(row * geometry.groups + group) * inputs * read.channel..];
                for at in (0..places).step_by(PLACES) {
                    let count = PLACES.min(places - at);
                    let part = Part { read, made: &made, terms, at, count, sums: &mut sums };
                    match filters {
                        1 => arch.dispatch(Filters::<1, 8, 12>(part)),
                        2 => arch.dispatch(Filters::<2, 5, 10>(part)),
                        3 => arch.dispatch(Filters::<3, 4, 8>(part)),
                        _ => arch.dispatch(Filters::<4, 3, 6>(part)),
                    }
                }
            }
            sums
        })
        .collect();
    // `[set, group, block, part][filter, term]` to `[set, group, block, filter, part, term]`.
    let mut out = Vec::with_capacity(sets * geometry.weights());
    for (at, of_block) in sums.chunks(parts).enumerate() {
        let filters = FILTERS.min(outputs - at % blocks * FILTERS);
        for filter in 0..filters {
            for sums in of_block {
                let terms = sums.len() / filters;
                out.extend_from_slice(&sums[filter * terms..][..terms]);
            }
        }
    }
    out
}

/// Some places of a row.
struct Part<'a> {
    read: &'a [f32],
    made: &'a [&'a [f32]; FILTERS],
    terms: &'a [usize],
    at: usize,
    count: usize,
    /// `[filters, terms]`, added to.
    sums: &'a mut [f32],
}

/// `F` filters with all terms: `T` terms at a time where a processor has sixteen registers, `U` where it has thirty-two.
struct Filters<'a, const F: usize, const T: usize, const U: usize>(Part<'a>);

impl<const F: usize, const T: usize, const U: usize> WithSimd for Filters<'_, F, T, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut first = 0;
        if S::REGISTER_COUNT >= 32 {
            first = self.take::<S, U>(simd, first);
        }
        first = self.take::<S, T>(simd, first);
        self.take::<S, 1>(simd, first);
    }
}

impl<const F: usize, const T: usize, const U: usize> Filters<'_, F, T, U> {
    /// Goes on from a term as far as whole tiles of `N` lead, and says how far.
    #[inline(always)]
    fn take<S: Simd, const N: usize>(&mut self, simd: S, mut first: usize) -> usize {
        let terms = self.0.terms.len();
        while first + N <= terms {
            let sums = tile::<S, F, N>(simd, &self.0, first);
            add(self.0.sums, terms, first, sums);
            first += N;
        }
        first
    }
}

#[inline(always)]
fn add<const F: usize, const T: usize>(to: &mut [f32], terms: usize, first: usize, sums: [[f32; T]; F]) {
    for (filter, sums) in sums.iter().enumerate() {
        for (to, sum) in to[filter * terms + first..].iter_mut().zip(sums) {
            *to += sum;
        }
    }
}

/// `[F, T]` sums over the places of a part. No closures: they would not be compiled for the vectors of `S`.
#[inline(always)]
fn tile<S: Simd, const F: usize, const T: usize>(simd: S, part: &Part<'_>, first: usize) -> [[f32; T]; F] {
    let mut made: [(&[S::f32s], &[f32]); F] = [(&[], &[]); F];
    for (filter, made) in made.iter_mut().enumerate() {
        *made = S::as_simd_f32s(&part.made[filter][part.at..][..part.count]);
    }
    let mut read: [(&[S::f32s], &[f32]); T] = [(&[], &[]); T];
    for (term, read) in read.iter_mut().enumerate() {
        *read = S::as_simd_f32s(&part.read[part.terms[first + term] + part.at..][..part.count]);
    }
    let mut sums = [[simd.splat_f32s(0.0); T]; F];
    for vector in 0..part.count / S::F32_LANES {
        // The shorter side stays in registers, of which there may be sixteen.
        if F <= T {
            let mut held = [simd.splat_f32s(0.0); F];
            for filter in 0..F {
                held[filter] = made[filter].0[vector];
            }
            for term in 0..T {
                let value = read[term].0[vector];
                for filter in 0..F {
                    sums[filter][term] = simd.mul_add_f32s(value, held[filter], sums[filter][term]);
                }
            }
        } else {
            let mut held = [simd.splat_f32s(0.0); T];
            for term in 0..T {
                held[term] = read[term].0[vector];
            }
            for filter in 0..F {
                let value = made[filter].0[vector];
                for term in 0..T {
                    sums[filter][term] = simd.mul_add_f32s(value, held[term], sums[filter][term]);
                }
            }
        }
    }
    // What fills no vector: zeros behind it. Small images have little else.
    if !part.count.is_multiple_of(S::F32_LANES) {
        let mut held = [simd.splat_f32s(0.0); F];
        for filter in 0..F {
            held[filter] = simd.partial_load_f32s(made[filter].1);
        }
        for term in 0..T {
            let value = simd.partial_load_f32s(read[term].1);
            for filter in 0..F {
                sums[filter][term] = simd.mul_add_f32s(value, held[filter], sums[filter][term]);
            }
        }
    }
    let mut out = [[0.0; T]; F];
    for filter in 0..F {
        for term in 0..T {
            out[filter][term] = simd.reduce_sum_f32s(sums[filter][term]);
        }
    }
    out
}
