//! Convolutions, normalisation, pooling, interpolation and their gradients, and functions of each element, on the CPU, on plain slices.
//!
//! ```text
//!  image [rows, c, d, h, w] ──lay──▶ Volume: padded, one part for each place within a stride
//!                                        │ every tap is an offset into it
//!                                        ▼
//!                       correlate: filters x places, the sum over channels and taps in registers ──▶ image
//!                       products:  filters x taps, the sum over rows and places in registers ──▶ weights
//! ```
//!
//! Places of the padded volume are taken one after the other, across the ends of its rows, so that one loop serves every
//! extent: what falls between two rows is computed and not written. Nothing is copied once a tap, as a matrix of columns is.
//! The gradient of the input is a correlation of the output's gradient, one for each place within a stride.
//!
//! Kernels of 3, and of 4 in steps of 2, of many channels take another way, with fewer products: `winograd`.
//!
//! Every sum has an order that does not depend on the number of threads.

mod correlate;
mod elementwise;
mod forward;
mod input_gradient;
mod interpolate;
mod jobs;
mod normalise;
mod peak;
mod pool;
mod vectors;
mod volume;
mod weight_gradient;
mod winograd;

pub use elementwise::{ELEMENTS_WORTH_THREADS, map, map_over, zip, zip_over};
pub use forward::forward;
pub use input_gradient::input_gradient;
pub use interpolate::{Between, interpolated, interpolated_gradient};
pub use normalise::{Channels, Moments, Normalised, NormalisedGradients, moments, normalised, normalised_gradients};
pub use peak::multiply_adds;
pub use pool::{Windows, largest, largest_gradient};
pub use vectors::{INSTRUCTION_SETS, hold_to};
pub use weight_gradient::{bias_gradient, weight_gradient};

/// A convolution over three axes (fewer: axes of extent 1 and kernels of 1) of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Rows of the batch.
    pub rows: usize,
    /// Channels that are read.
    pub inputs: usize,
    /// Channels that are made.
    pub outputs: usize,
    /// Groups of channels, each convolved by itself.
    pub groups: usize,
    /// Whether each row has weights of its own.
    pub own_weights: bool,
    /// Extents of the image that is read.
    pub read: [usize; 3],
    /// Extents of the image that is made.
    pub made: [usize; 3],
    /// Extents of the kernel.
    pub kernel: [usize; 3],
    /// Steps between places.
    pub stride: [usize; 3],
    /// Steps between taps.
    pub dilation: [usize; 3],
    /// Zeros before the first element of each axis; those after the last follow from `made`.
    pub before: [usize; 3],
}

impl Geometry {
    /// Channels of a group that are read, and that are made.
    fn of_group(&self) -> (usize, usize) {
        (self.inputs / self.groups, self.outputs / self.groups)
    }

    /// How far each element of the kernel leads from the first, in the order of the weights.
    fn reaches(&self) -> impl Iterator<Item = [usize; 3]> {
        let [_, kh, kw] = self.kernel;
        let [sd, sh, sw] = self.dilation;
        (0..self.taps()).map(move |tap| [tap / (kh * kw) * sd, tap / kw % kh * sh, tap % kw * sw])
    }

    /// The same convolution with the height of planes as depth, where there is no depth: jobs are cut along the first axis.
    fn cut_along_the_first_axis(mut self) -> Self {
        if self.read[0] == 1 && self.made[0] == 1 && self.kernel[0] == 1 && self.before[0] == 0 {
            for axes in [
                &mut self.read,
                &mut self.made,
                &mut self.kernel,
                &mut self.stride,
                &mut self.dilation,
                &mut self.before,
            ] {
                axes.swap(0, 1);
            }
        }
        self
    }

    /// Elements of the kernel.
    fn taps(&self) -> usize {
        self.kernel.iter().product()
    }

    /// Numbers of one set of weights, `[outputs, inputs / groups, kernel]`.
    pub fn weights(&self) -> usize {
        self.outputs * self.of_group().0 * self.taps()
    }

    /// Sets of weights.
    fn sets(&self) -> usize {
        if self.own_weights { self.rows } else { 1 }
    }

    /// The set of a row.
    fn set_of(&self, row: usize) -> usize {
        if self.own_weights { row } else { 0 }
    }
}

#[cfg(test)]
mod tests;
