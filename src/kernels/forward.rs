//! What a convolution makes.

use super::correlate::{Panels, correlate};
use super::jobs::{Job, jobs};
use super::volume::{Lattice, Volume};
use super::{Geometry, winograd};
use rayon::prelude::*;

/// `[rows, inputs, read]` and `[outputs, inputs / groups, kernel]` (one a row where they have their own) to
/// `[rows, outputs, made]`, the bias of each output (of each row, likewise) added.
pub fn forward(geometry: &Geometry, image: &[f32], weights: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    let geometry = &geometry.cut_along_the_first_axis();
    if let Some(made) = winograd::forward(geometry, image, weights, bias) {
        return made;
    }
    let (inputs, outputs) = geometry.of_group();
    let lattice = Lattice::of_input(geometry);
    let volume = Volume::lay(image, geometry.read, &lattice);
    let taps = lattice.taps();
    let panels = |set: usize| {
        let own = &weights[set * geometry.weights()..][..geometry.weights()];
        Panels::new(geometry.groups, outputs, inputs * taps.len(), |group, output, term| {
            own[(group * outputs + output) * inputs * taps.len() + term]
        })
    };
    let panels: Vec<_> = (0..geometry.sets()).into_par_iter().map(panels).collect();
    let [_, height, width] = geometry.made;
    let mut image = vec![0.0; geometry.rows * geometry.outputs * geometry.made.iter().product::<usize>()];
    let jobs = jobs(geometry.rows, geometry.groups, [inputs, outputs], geometry.made, &mut image);
    jobs.into_par_iter().for_each(|job| {
        let Job { row, group, first, planes, mut outs } = job;
        let panels = &panels[geometry.set_of(row)];
        let channel = (row * geometry.groups + group) * inputs;
        correlate(&volume, channel, inputs, &taps, panels.of(group), first..first + planes, |output, d, h, line| {
            if h < height {
                let start = ((d - first) * height + h) * width;
                let to = &mut outs[output][start..start + width];
                match bias {
                    None => to.copy_from_slice(&line[..width]),
                    Some(bias) => {
                        let bias = bias[geometry.set_of(row) * geometry.outputs + group * outputs + output];
                        to.iter_mut().zip(line).for_each(|(to, value)| *to = value + bias);
                    }
                }
            }
        });
    });
    image
}
