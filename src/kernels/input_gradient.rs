//! The gradient of the image that is read: a correlation of the gradient of what was made, with the taps in reverse.
//!
//! Where a convolution takes steps, elements of the image are reached by some of the taps only, and those that lie alike
//! within a step by the same ones. Each such phase is a correlation of its own.

use super::correlate::{Panels, correlate};
use super::jobs::{Job, jobs};
use super::volume::{Lattice, Volume, phases};
use super::{Geometry, winograd};
use rayon::prelude::*;
use std::ops::Range;

/// The gradient of the image, `[rows, inputs, read]`, from that of what was made.
pub fn input_gradient(geometry: &Geometry, gradient: &[f32], weights: &[f32]) -> Vec<f32> {
    let geometry = &geometry.cut_along_the_first_axis();
    if let Some(image) = winograd::input_gradient(geometry, gradient, weights) {
        return image;
    }
    let (inputs, outputs) = geometry.of_group();
    let [_, height, width] = geometry.read;
    let lattice = Lattice::of_output(geometry);
    let volume = Volume::lay(gradient, geometry.made, &lattice);
    // Elements that lie alike within a stride are made from the same taps.
    let phases: Vec<Phase> = phases(geometry).map(|phase| Phase::new(geometry, &lattice, phase)).collect();
    let taps = geometry.taps();
    let panels = |set: usize| -> Vec<Panels> {
        let own = &weights[set * geometry.weights()..][..geometry.weights()];
        let of_phase = |phase: &Phase| {
            let reached = phase.taps.len();
            Panels::new(geometry.groups, inputs, outputs * reached, |group, input, term| {
                let (output, tap) = (term / reached, phase.taps[term % reached].0);
                own[((group * outputs + output) * inputs + input) * taps + tap]
            })
        };
        phases.iter().map(of_phase).collect()
    };
    let panels: Vec<_> = (0..geometry.sets()).into_par_iter().map(panels).collect();
    let mut image = vec![0.0; geometry.rows * geometry.inputs * geometry.read.iter().product::<usize>()];
    let jobs = jobs(geometry.rows, geometry.groups, [outputs, inputs], geometry.read, &mut image);
    jobs.into_par_iter().for_each(|job| {
        let Job { row, group, first, planes, mut outs } = job;
        let panels = &panels[geometry.set_of(row)];
        for (phase, panels) in phases.iter().zip(panels) {
            let steps = phase.steps_within(geometry, 0, first..first + planes);
            let (in_rows, in_line) =
                (phase.steps_within(geometry, 1, 0..height), phase.steps_within(geometry, 2, 0..width));
            if phase.taps.is_empty() || steps.is_empty() || in_rows.is_empty() || in_line.is_empty() {
                continue;
            }
            let offsets: Vec<usize> = phase.taps.iter().map(|(_, offset)| *offset).collect();
            let channel = (row * geometry.groups + group) * outputs;
            correlate(&volume, channel, outputs, &offsets, panels.of(group), steps, |input, d, h, line| {
                if in_rows.contains(&h) {
                    let place = |axis: usize, step: usize| {
                        phase.place[axis] + geometry.stride[axis] * step - geometry.before[axis]
                    };
                    let start = ((place(0, d) - first) * height + place(1, h)) * width;
                    let to = &mut outs[input][start + place(2, in_line.start)..start + width];
                    let line = &line[in_line.clone()];
                    if geometry.stride[2] == 1 {
                        to[..line.len()].copy_from_slice(line);
                    } else {
                        to.iter_mut().step_by(geometry.stride[2]).zip(line).for_each(|(to, value)| *to = *value);
                    }
                }
            });
        }
    });
    image
}

/// Elements of the read image that lie alike within a stride, and the taps that reach them.
struct Phase {
    /// Where they lie within a stride, of the padded image.
    place: [usize; 3],
    /// Taps by number, each with its offset into the laid gradient.
    taps: Vec<(usize, usize)>,
}

impl Phase {
    fn new(geometry: &Geometry, lattice: &Lattice, place: [usize; 3]) -> Self {
        let mut taps = Vec::new();
        for (tap, reach) in geometry.reaches().enumerate() {
            if (0..3).all(|axis| reach[axis] % geometry.stride[axis] == place[axis]) {
                let back: [usize; 3] =
                    std::array::from_fn(|axis| lattice.before[axis] - reach[axis] / geometry.stride[axis]);
                taps.push((tap, lattice.offset(back)));
            }
        }
        // In the order of the memory that is read.
        taps.sort_by_key(|(_, offset)| *offset);
        Self { place, taps }
    }

    /// The steps of an axis whose elements are within a range of the image.
    fn steps_within(&self, geometry: &Geometry, axis: usize, range: Range<usize>) -> Range<usize> {
        let (stride, shift) = (geometry.stride[axis], geometry.before[axis]);
        let first_at_least = |place: usize| (place + shift).saturating_sub(self.place[axis]).div_ceil(stride);
        first_at_least(range.start)..first_at_least(range.end)
    }
}
