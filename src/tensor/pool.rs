//! Pooling over windows of the last two of four axes.

use crate::Tensor;
use crate::array::Plane;

impl Tensor {
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
