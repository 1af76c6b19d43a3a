//! Convolutions and pooling by burn.

use super::{Array, Positions, on};
use burn::tensor::ops::{ConvOptions, ModuleOps};

/// Stride, padding (the same on both sides) and dilation along each of one to three axes, and groups of channels.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub stride: Vec<usize>,
    pub padding: Vec<usize>,
    pub dilation: Vec<usize>,
    pub groups: usize,
}

impl Window {
    /// As burn's options. `N` must be the number of axes.
    fn options<const N: usize>(&self) -> ConvOptions<N> {
        let axes =
            |extent: &[usize], missing: usize| std::array::from_fn(|i| extent.get(i).copied().unwrap_or(missing));
        ConvOptions::new(axes(&self.stride, 1), axes(&self.padding, 0), axes(&self.dilation, 1), self.groups)
    }
}

/// The window of a pooling over two axes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub padding: [usize; 2],
}

impl Array {
    /// `[rows, c, ...]` by `[c', c / groups, ...]`.
    pub fn convolve(self, weight: Self, window: &Window) -> Self {
        match window.stride.len() {
            1 => on!(B, Array(x) = self, Array(w) = weight => B::conv1d(x, w, None, window.options())),
            2 => on!(B, Array(x) = self, Array(w) = weight => B::conv2d(x, w, None, window.options())),
            _ => on!(B, Array(x) = self, Array(w) = weight => B::conv3d(x, w, None, window.options())),
        }
    }

    /// The gradient of the weight of [`Array::convolve`], which has these extents.
    pub fn convolve_weight_backward(self, dims: &[usize], gradient: Self, window: &Window) -> Self {
        // burn asks for the weight to know its shape.
        let weight = self.filled_like(0.0, dims);
        macro_rules! backward {
            ($op:ident) => {
                on!(B, Array(x) = self, Array(w) = weight, Array(g) = gradient => B::$op(x, w, g, window.options()))
            };
        }
        match window.stride.len() {
            1 => backward!(conv1d_weight_backward),
            2 => backward!(conv2d_weight_backward),
            _ => backward!(conv3d_weight_backward),
        }
    }

    /// The largest of each window over the last two of four axes, and where the first of the largest is.
    pub fn max_pool(self, window: Plane) -> (Self, Positions) {
        let Plane { kernel, stride, padding } = window;
        on!(B -> Both, Array(x) = self => {
            let pooled = B::max_pool2d_with_indices(x, kernel, stride, padding, [1, 1], false);
            (pooled.output, pooled.indices)
        })
    }

    /// The gradient of what [`Array::max_pool`] read: `self`, of which only the shape counts.
    pub fn max_pool_backward(self, window: Plane, gradient: Self, positions: Positions) -> Self {
        let Plane { kernel, stride, padding } = window;
        on!(B, Array(x) = self, Array(g) = gradient, Positions(at) = positions => {
            B::max_pool2d_with_indices_backward(x, kernel, stride, padding, [1, 1], false, g, at).x_grad
        })
    }

    /// The mean of each window over the last two of four axes, padding counting as zeros.
    pub fn average_pool(self, window: Plane) -> Self {
        let Plane { kernel, stride, padding } = window;
        on!(B, Array(x) = self => B::avg_pool2d(x, kernel, stride, padding, true, false))
    }

    /// The gradient of what [`Array::average_pool`] read: `self`, of which only the shape counts.
    pub fn average_pool_backward(self, window: Plane, gradient: Self) -> Self {
        let Plane { kernel, stride, padding } = window;
        on!(B, Array(x) = self, Array(g) = gradient => {
            B::avg_pool2d_backward(x, g, kernel, stride, padding, true, false)
        })
    }
}
