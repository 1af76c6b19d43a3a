//! Reductions over axes, which keep extent 1, and products of matrices.

use crate::array::{Array, merged};
use crate::{Arithmetic, Tensor};

impl Tensor {
    /// Sum over axes.
    pub fn sum(self, axes: &[usize]) -> Self {
        let before = self.dims();
        self.made_of(|x| (x.over_axes(axes, Array::sum_axis), before), |before, g| g.expand(&before))
    }

    /// Mean over axes.
    pub fn mean(self, axes: &[usize]) -> Self {
        let before = self.dims();
        let count: usize = axes.iter().map(|axis| before[*axis]).product();
        self.made_of(
            |x| (x.over_axes(axes, Array::mean_axis), (before, 1.0 / count.max(1) as f64)),
            |(before, share), g| g.mul_scalar(share).expand(&before),
        )
    }

    /// Maximum over axes. Of equal ones the first has the gradient.
    pub fn max(self, axes: &[usize]) -> Self {
        let dims = self.dims();
        let reduced = |axis: usize| axes.contains(&axis);
        let kept: Vec<usize> = dims.iter().enumerate().map(|(i, n)| if reduced(i) { 1 } else { *n }).collect();
        let (shape, reduced) = merged(&dims, reduced);
        let last_first = (0..shape.len()).rev().filter(|axis| reduced[*axis]);
        last_first.fold(self.reshape(&shape), Self::max_axis).reshape(&kept)
    }

    fn max_axis(self, axis: usize) -> Self {
        if self.node.is_none() {
            return Self::constant(self.array.max_axis(axis));
        }
        let before = self.dims();
        self.made_of(
            |x| {
                let (largest, positions) = x.max_axis_with_positions(axis);
                (largest, (before, axis, positions))
            },
            |(before, axis, positions), g| g.filled_like(0.0, &before).scatter_add(axis, positions, g),
        )
    }

    /// Minimum over axes. Of equal ones the first has the gradient.
    pub fn min(self, axes: &[usize]) -> Self {
        self.neg().max(axes).neg()
    }

    /// Biased variance over axes.
    pub fn variance(self, axes: &[usize]) -> Self {
        let mean = self.clone().mean(axes);
        self.sub(mean).square().mean(axes)
    }

    /// The mean of everything, `[1]`.
    pub fn mean_all(self) -> Self {
        self.flat().mean(&[0])
    }

    /// The sum of everything, `[1]`.
    pub fn sum_all(self) -> Self {
        self.flat().sum(&[0])
    }

    /// Product of matrices in the last two axes; leading axes of equal number, those of extent 1 repeated.
    pub fn matmul(self, other: Self, arithmetic: Arithmetic) -> Self {
        let (m, n) = (self.dims(), other.dims());
        let a = other.node.is_some().then(|| self.array.clone());
        let b = self.node.is_some().then(|| other.array.clone());
        let made = self.array.matmul(other.array, arithmetic);
        Self::made_of_several([self.node, other.node], made, move |g| {
            let left = b.map(|b| g.clone().matmul(transposed(b), arithmetic).sum_to(&m));
            let right = a.map(|a| transposed(a).matmul(g, arithmetic).sum_to(&n));
            left.into_iter().chain(right).collect()
        })
    }

    /// The last two axes exchanged.
    pub fn transpose(self) -> Self {
        let mut order: Vec<usize> = (0..self.dims().len()).collect();
        let last = order.len() - 1;
        order.swap(last, last - 1);
        self.permute(&order)
    }
}

fn transposed(x: Array) -> Array {
    let mut order: Vec<usize> = (0..x.dims().len()).collect();
    let last = order.len() - 1;
    order.swap(last, last - 1);
    x.permute(&order)
}
