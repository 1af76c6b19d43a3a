//! A convolution over those axes along which there is anything to convolve.

use super::axis::Axis;
use crate::Arithmetic;
use fascicle_kernels::Geometry;

/// A convolution over the axes along which there is anything to convolve.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub rows: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub groups: usize,
    pub own_weights: bool,
    pub axes: Vec<Axis>,
    pub arithmetic: Arithmetic,
}

impl Shape {
    pub(super) fn of(geometry: &Geometry, arithmetic: Arithmetic) -> Self {
        let axis = |i: usize| Axis {
            read: geometry.read[i],
            made: geometry.made[i],
            kernel: geometry.kernel[i],
            stride: geometry.stride[i],
            dilation: geometry.dilation[i],
            before: geometry.before[i] as isize,
        };
        let mut axes: Vec<Axis> = (0..3).map(axis).filter(|a| (a.read, a.made, a.kernel) != (1, 1, 1)).collect();
        if axes.is_empty() {
            axes.push(axis(2));
        }
        let Geometry { rows, inputs, outputs, groups, own_weights, .. } = *geometry;
        Self { rows, inputs, outputs, groups, own_weights, axes, arithmetic }
    }

    pub(super) fn read(&self) -> Vec<usize> {
        let extents = self.axes.iter().map(|axis| axis.read);
        [self.rows, self.inputs].into_iter().chain(extents).collect()
    }

    pub fn made(&self) -> Vec<usize> {
        let extents = self.axes.iter().map(|axis| axis.made);
        [self.rows, self.outputs].into_iter().chain(extents).collect()
    }

    /// Of one row of the batch, whose weights are those of all of it.
    pub(super) fn of_a_row(&self) -> Self {
        Self { rows: 1, own_weights: false, ..self.clone() }
    }

    /// Over three axes, of an image that is cut where elements before its first are passed over.
    pub(super) fn geometry(&self) -> Geometry {
        let axes = |get: fn(&Axis) -> usize, missing: usize| {
            let mut all = [missing; 3];
            for (axis, extent) in self.axes.iter().rev().zip(all.iter_mut().rev()) {
                *extent = get(axis);
            }
            all
        };
        Geometry {
            rows: self.rows,
            inputs: self.inputs,
            outputs: self.outputs,
            groups: self.groups,
            own_weights: self.own_weights,
            read: axes(|axis| axis.read - (-axis.before).max(0) as usize, 1),
            made: axes(|axis| axis.made, 1),
            kernel: axes(|axis| axis.kernel, 1),
            stride: axes(|axis| axis.stride, 1),
            dilation: axes(|axis| axis.dilation, 1),
            before: axes(|axis| axis.before.max(0) as usize, 0),
        }
    }

    /// `[outputs, inputs / groups, kernel]`, of all rows where they have their own.
    pub(super) fn weight(&self) -> Vec<usize> {
        let sets = if self.own_weights { self.rows } else { 1 };
        let taps = self.axes.iter().map(|axis| axis.kernel);
        [sets * self.outputs, self.inputs / self.groups].into_iter().chain(taps).collect()
    }
}
