//! Convolutions of numbers that are not of single precision in the CPU's memory: from burn's operations and kernels for cards. What
//! is used when is in [`choice`](super::choice).

use super::axis::{Axis, Phase};
use super::choice::{self, Algorithm};
use super::shape::Shape;
use crate::Arithmetic;
use crate::array::{Array, Range, Window};
use fascicle_kernels::Geometry;

/// What a convolution makes: `[rows, outputs, d, h, w]`.
pub(super) fn forward(geometry: &Geometry, arithmetic: Arithmetic, x: Array, weight: Array) -> Array {
    let shape = Shape::of(geometry, arithmetic);
    let made = convolved(&shape, x.reshape(&shape.read()), weight.reshape(&shape.weight()));
    made.reshape(&super::extents(geometry.rows, geometry.outputs, geometry.made))
}

/// The gradient of what a convolution reads: `[rows, inputs, d, h, w]`.
pub(super) fn input_gradient(geometry: &Geometry, arithmetic: Arithmetic, gradient: Array, weight: Array) -> Array {
    let shape = Shape::of(geometry, arithmetic);
    let gradient = gradient.reshape(&shape.made());
    let weight = exchanged(&shape, weight.reshape(&shape.weight()));
    let phases: Vec<Vec<Phase>> = shape.axes.iter().map(Axis::phases).collect();
    let combinations: usize = phases.iter().map(Vec::len).product();
    let combination = |mut index: usize| -> Vec<Phase> {
        let pick = |phases: &Vec<Phase>| {
            let phase = phases[index % phases.len()];
            index /= phases.len();
            phase
        };
        phases.iter().map(pick).collect()
    };
    let of_phase = |phases: &[Phase]| {
        let axes = phases.iter().map(|phase| phase.axis).collect();
        let back = Shape { inputs: shape.outputs, outputs: shape.inputs, axes, ..shape.clone() };
        convolved(&back, gradient.clone(), taps(weight.clone(), phases))
    };
    let dims = super::extents(geometry.rows, geometry.inputs, geometry.read);
    if combinations == 1 && shape.axes.iter().all(|axis| axis.stride == 1) {
        return of_phase(&combination(0)).reshape(&dims);
    }
    let zeros = gradient.filled_like(0.0, &shape.read());
    let reached = (0..combinations).map(combination).filter(|phases| phases.iter().all(|phase| phase.axis.kernel > 0));
    let sum = reached.fold(zeros, |image, phases| {
        let whole = [(0, shape.rows, 1), (0, shape.inputs, 1)];
        let of_axis = |(phase, axis): (&Phase, &Axis)| (phase.first, axis.read, axis.stride);
        let ranges: Vec<Range> = whole.into_iter().chain(phases.iter().zip(&shape.axes).map(of_axis)).collect();
        image.with_slices(&ranges, of_phase(&phases))
    });
    sum.reshape(&dims)
}

/// The gradient of the weight.
pub(super) fn weight_gradient(geometry: &Geometry, arithmetic: Arithmetic, x: Array, gradient: Array) -> Array {
    let shape = Shape::of(geometry, arithmetic);
    let (x, gradient) = (x.reshape(&shape.read()), gradient.reshape(&shape.made()));
    match choice::weight_gradient(&shape, x.is_on_card()) {
        Algorithm::Card => cut(x, &shape).split_weight_gradient(gradient, &shape.geometry()),
        Algorithm::Rows => {
            let row = shape.of_a_row();
            let of_row = |(x, gradient)| weight_gradient_by_burn(&row, x, gradient);
            Array::cat(rows(x).into_iter().zip(rows(gradient)).map(of_row).collect(), 0)
        }
        Algorithm::Burn => weight_gradient_by_burn(&shape, x, gradient),
    }
}

fn weight_gradient_by_burn(shape: &Shape, x: Array, gradient: Array) -> Array {
    let window = window(shape);
    let x = framed(x, &shape.axes, &window.padding);
    match shape.arithmetic {
        Arithmetic::Bfloat16 if x.is_on_card() => {
            x.in_bfloat16().convolve_weight_backward(&shape.weight(), gradient.in_bfloat16(), &window).in_float32()
        }
        _ => x.convolve_weight_backward(&shape.weight(), gradient, &window),
    }
}

fn convolved(shape: &Shape, x: Array, weight: Array) -> Array {
    match choice::forward(shape, x.is_on_card()) {
        Algorithm::Card => cut(x, shape).direct_convolution(weight, &shape.geometry()).reshape(&shape.made()),
        Algorithm::Rows => {
            let row = shape.of_a_row();
            let weights = weight.dims();
            let own = [&[shape.rows, shape.outputs], &weights[1..]].concat();
            let of_row = |(x, weight): (Array, Array)| by_burn(&row, x, weight.reshape(&row.weight()));
            Array::cat(rows(x).into_iter().zip(rows(weight.reshape(&own))).map(of_row).collect(), 0)
        }
        Algorithm::Burn => by_burn(shape, x, weight),
    }
}

fn by_burn(shape: &Shape, x: Array, weight: Array) -> Array {
    let window = window(shape);
    let x = framed(x, &shape.axes, &window.padding);
    match shape.arithmetic {
        Arithmetic::Bfloat16 if x.is_on_card() => x.in_bfloat16().convolve(weight.in_bfloat16(), &window).in_float32(),
        _ => x.convolve(weight, &window),
    }
}

/// The entries of the first axis, each as an axis of one.
fn rows(x: Array) -> Vec<Array> {
    let dims = x.dims();
    let row = |at: usize| {
        let ranges: Vec<Range> =
            dims.iter().enumerate().map(|(axis, n)| if axis == 0 { (at, at + 1, 1) } else { (0, *n, 1) }).collect();
        x.clone().slices(&ranges)
    };
    (0..dims[0]).map(row).collect()
}

/// Without the elements before the first that is read.
fn cut(x: Array, shape: &Shape) -> Array {
    let mut ranges: Vec<Range> = x.dims().iter().map(|n| (0, *n, 1)).collect();
    for (range, axis) in ranges[2..].iter_mut().zip(&shape.axes) {
        range.0 = (-axis.before).max(0) as usize;
    }
    x.slices(&ranges)
}

/// burn pads both sides alike.
fn window(shape: &Shape) -> Window {
    let of = |get: fn(&Axis) -> usize| shape.axes.iter().map(get).collect::<Vec<usize>>();
    Window {
        stride: of(|axis| axis.stride),
        padding: of(|axis| axis.before.min(axis.after()).max(0) as usize),
        dilation: of(|axis| axis.dilation),
        groups: shape.groups,
    }
}

/// What one side is padded by beyond what is common to both; elements that are not read are cut off.
fn framed(x: Array, axes: &[Axis], common: &[usize]) -> Array {
    let mut dims = x.dims();
    let mut read: Vec<Range> = dims.iter().map(|n| (0, *n, 1)).collect();
    let mut placed = read.clone();
    for (at, (axis, common)) in axes.iter().zip(common).enumerate() {
        let beyond = |amount: isize| (amount - *common as isize).max(0) as usize;
        let (before, after) = (beyond(axis.before), beyond(axis.after()));
        let start = (-axis.before).max(0) as usize;
        let end = (axis.read as isize + axis.after().min(0)).max(start as isize) as usize;
        read[at + 2] = (start, end, 1);
        placed[at + 2] = (before, before + end - start, 1);
        dims[at + 2] = before + (end - start) + after;
    }
    let x = x.slices(&read);
    if x.dims() == dims {
        return x;
    }
    x.filled_like(0.0, &dims).with_slices(&placed, x)
}

/// `[outputs, inputs / groups, kernel]` as `[inputs, outputs / groups, kernel]`: what was made is read, and the other way about.
fn exchanged(shape: &Shape, weight: Array) -> Array {
    let sets = if shape.own_weights { shape.rows } else { 1 };
    let (inputs, outputs) = (shape.inputs / shape.groups, shape.outputs / shape.groups);
    let taps: Vec<usize> = shape.axes.iter().map(|axis| axis.kernel).collect();
    let grouped: Vec<usize> = [sets * shape.groups, outputs, inputs].into_iter().chain(taps.clone()).collect();
    let order: Vec<usize> = [0, 2, 1].into_iter().chain(3..grouped.len()).collect();
    let dims: Vec<usize> = [sets * shape.inputs, outputs].into_iter().chain(taps).collect();
    weight.reshape(&grouped).permute(&order).reshape(&dims)
}

/// The taps of a phase, in the opposite order.
fn taps(weight: Array, phases: &[Phase]) -> Array {
    let mut ranges: Vec<Range> = weight.dims().iter().map(|n| (0, *n, 1)).collect();
    let mut turned = Vec::new();
    for (at, phase) in phases.iter().enumerate() {
        ranges[at + 2] = (phase.tap, phase.tap + (phase.axis.kernel - 1) * phase.step + 1, phase.step);
        if phase.axis.kernel > 1 {
            turned.push(at + 2);
        }
    }
    weight.slices(&ranges).flip(&turned)
}
