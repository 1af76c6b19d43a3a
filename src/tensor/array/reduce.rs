//! Many numbers to one, along axes, which keep extent 1. On cards by kernels of ours: burn 0.21's are wrong on some devices where there
//! are more than 65,536 numbers.

use super::{Array, Positions, on};
use burn::tensor::IntDType;
use burn::tensor::ops::{ActivationOps, FloatTensorOps};

impl Array {
    /// Sum over an axis.
    pub fn sum_axis(self, axis: usize) -> Self {
        match self.is_on_card() {
            true => self.card_sum(axis),
            false => on!(B, Array(x) = self => B::float_sum_dim(x, axis)),
        }
    }

    /// Mean over an axis.
    pub fn mean_axis(self, axis: usize) -> Self {
        let share = 1.0 / self.dims()[axis].max(1) as f64;
        match self.is_on_card() {
            true => self.card_sum(axis).mul_scalar(share),
            false => on!(B, Array(x) = self => B::float_mean_dim(x, axis)),
        }
    }

    /// Largest along an axis.
    pub fn max_axis(self, axis: usize) -> Self {
        match self.is_on_card() {
            true => self.card_maximum(axis),
            false => on!(B, Array(x) = self => B::float_max_dim(x, axis)),
        }
    }

    /// Largest along an axis, and the position of the first of the largest.
    pub fn max_axis_with_positions(self, axis: usize) -> (Self, Positions) {
        if self.is_on_card() {
            let positions = self.clone().card_position_of_largest(axis);
            return (self.card_maximum(axis), positions);
        }
        on!(B -> Both, Array(x) = self => B::float_max_dim_with_indices(x, axis, IntDType::I32))
    }

    /// Adds `value` (of extent 1 along the axis) at these positions along the axis, one for each of the others'.
    pub fn scatter_add(self, axis: usize, positions: Positions, value: Self) -> Self {
        on!(B, Array(x) = self, Positions(at) = positions, Array(y) = value => B::float_scatter_add(axis, x, at, y))
    }

    /// Exponentials that sum to 1 along an axis.
    pub fn softmax(self, axis: usize) -> Self {
        if self.is_on_card() {
            let largest = self.clone().max_axis(axis);
            let powers = self.sub(largest).exp();
            let sum = powers.clone().sum_axis(axis);
            return powers.div(sum);
        }
        on!(B, Array(x) = self => B::softmax(x, axis))
    }

    /// Logarithms of [`Array::softmax`].
    pub fn log_softmax(self, axis: usize) -> Self {
        if self.is_on_card() {
            let largest = self.clone().max_axis(axis);
            let shifted = self.sub(largest);
            let sum = shifted.clone().exp().sum_axis(axis).log();
            return shifted.sub(sum);
        }
        on!(B, Array(x) = self => B::log_softmax(x, axis))
    }

    /// Over several axes, one after the other. Neighbouring axes are first made one, so that a reduction over space is a
    /// single pass.
    pub fn over_axes(self, axes: &[usize], reduce: fn(Self, usize) -> Self) -> Self {
        let dims = self.dims();
        let reduced = |axis: usize| axes.contains(&axis);
        let kept: Vec<usize> = dims.iter().enumerate().map(|(i, n)| if reduced(i) { 1 } else { *n }).collect();
        let (shape, reduced) = merged(&dims, reduced);
        let last_first = (0..shape.len()).rev().filter(|axis| reduced[*axis]);
        last_first.fold(self.reshape(&shape), reduce).reshape(&kept)
    }

    /// Sums what was repeated to reach the shape of this array from `dims`, of the same number of axes or fewer.
    pub fn sum_to(self, dims: &[usize]) -> Self {
        let own = self.dims();
        if own == dims {
            return self;
        }
        let mut wide = dims.to_vec();
        wide.resize(own.len(), 1);
        let repeated: Vec<usize> = (0..own.len()).filter(|axis| wide[*axis] == 1 && own[*axis] != 1).collect();
        self.over_axes(&repeated, Self::sum_axis).reshape(dims)
    }
}

/// A shape in which neighbouring axes that are both reduced, or both kept, are one; and which are reduced.
pub(crate) fn merged(dims: &[usize], reduced: impl Fn(usize) -> bool) -> (Vec<usize>, Vec<bool>) {
    let mut merged: Vec<(usize, bool)> = Vec::with_capacity(dims.len());
    for (axis, extent) in dims.iter().enumerate() {
        match merged.last_mut() {
            Some((n, r)) if *r == reduced(axis) => *n *= extent,
            _ => merged.push((*extent, reduced(axis))),
        }
    }
    merged.into_iter().unzip()
}
