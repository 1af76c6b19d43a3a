//! Pooling over windows: of three axes by a kernel of our own, of the last two of four by burn.

use crate::Tensor;
use crate::array::{Array, Plane};
use fascicle_kernels::{Windows, largest, largest_gradient};

impl Tensor {
    /// Whether kernels of our own compute it: single precision in the CPU's memory.
    pub fn has_kernels(&self) -> bool {
        self.array.has_kernels()
    }

    /// The largest of each window of `[.., depth, height, width]`, with these extents. The gradient goes to the first of the largest.
    /// Only where [`Tensor::has_kernels`].
    pub fn max_pool(self, windows: Windows, dims: &[usize]) -> Self {
        let read = self.dims();
        self.made_of(
            |x| {
                let x = x.for_kernels();
                let (values, places) = largest(&windows, x.as_deref().unwrap_or_default());
                (Array::of_kernel(values, dims), (windows, places, read))
            },
            |(windows, places, read), gradient| {
                let gradient = gradient.for_kernels();
                Array::of_kernel(largest_gradient(&windows, gradient.as_deref().unwrap_or_default(), &places), &read)
            },
        )
    }

    /// The largest of each window of `[n, c, h, w]`. The gradient goes to the first of the largest.
    pub fn max_pool2d(self, kernel: [usize; 2], stride: [usize; 2], padding: [usize; 2]) -> Self {
        let window = Plane { kernel, stride, padding };
        self.made_of(
            |x| {
                let (largest, positions) = x.clone().max_pool(window);
                (largest, (x, window, positions))
            },
            |(x, window, positions), g| x.max_pool_backward(window, g, positions),
        )
    }

    /// The mean of each window of `[n, c, h, w]`, padding counting as zeros.
    pub fn average_pool2d(self, kernel: [usize; 2], stride: [usize; 2], padding: [usize; 2]) -> Self {
        let window = Plane { kernel, stride, padding };
        self.made_of(
            |x| (x.clone().average_pool(window), (x, window)),
            |(x, window), g| x.average_pool_backward(window, g),
        )
    }
}
