//! Convolutions with a kernel a row, as one product of matrices for the whole batch.
//!
//! ```text
//!  x [rows, c, space] ──columns──▶ [rows, c*k, places]
//!                                          ×            ──▶ [rows, o, places] ──▶ [rows, o, space']
//!  kernel [rows, o, c, k] ───────▶ [rows, o, c*k]
//! ```
//!
//! A convolution with the rows as groups would say the same, but burn takes the gradient of a grouped kernel one group
//! after the other. Columns are laid out axis by axis, the last first, so that a kernel of 3x3x3 takes 9 copies, not 27. They are
//! laid out anew for the gradient of the kernels, so that nothing of their size is kept.

use super::axis::Axis;
use super::by_parts::Shape;
use crate::array::{Array, Range};

/// `x` is padded.
pub(super) fn forward(shape: &Shape, x: Array, weight: Array) -> Array {
    let sets = shape.rows * shape.groups;
    let columns = columns(shape, x);
    let taps = columns.dims()[1];
    weight.reshape(&[sets, shape.outputs / shape.groups, taps]).matmul(columns).reshape(&shape.made())
}

/// The gradient of the kernels, `[rows * outputs, inputs / groups, k]`; `x` is padded.
pub(super) fn weight_gradient(shape: &Shape, x: Array, gradient: Array) -> Array {
    let places = shape.axes.iter().map(|axis| axis.made).product();
    let gradient = gradient.reshape(&[shape.rows * shape.groups, shape.outputs / shape.groups, places]);
    gradient.matmul(columns(shape, x).permute(&[0, 2, 1]))
}

/// The windows of `[rows, c, space]` as `[rows * groups, c / groups * k, places]`, in the order of a kernel's elements.
fn columns(shape: &Shape, x: Array) -> Array {
    let mut dims = x.dims();
    dims.splice(..2, [shape.rows * shape.groups, shape.inputs / shape.groups]);
    // Axes along which the kernel has one element are only passed through in its steps.
    let passed = |axis: &Axis, extent: usize| match axis.kernel {
        1 => (0, ((axis.made - 1) * axis.stride + 1).min(extent), axis.stride),
        _ => (0, extent, 1),
    };
    let whole = dims[..2].iter().map(|n| (0, *n, 1));
    let ranges: Vec<Range> = whole.chain(shape.axes.iter().zip(&dims[2..]).map(|(axis, n)| passed(axis, *n))).collect();
    let x = x.reshape(&dims).slices(&ranges);
    // `[rows, c, k, space]`, of one element so far. Each axis puts its own elements before those of the axes after it.
    let mut dims = x.dims();
    dims.insert(2, 1);
    let mut x = x.reshape(&dims);
    for (at, axis) in shape.axes.iter().enumerate().rev().filter(|(_, axis)| axis.kernel > 1) {
        let reach = (axis.made - 1) * axis.stride + 1;
        let element = |tap: usize| {
            let mut ranges: Vec<Range> = x.dims().iter().map(|n| (0, *n, 1)).collect();
            ranges[at + 3] = (tap * axis.dilation, tap * axis.dilation + reach, axis.stride);
            x.clone().slices(&ranges)
        };
        x = Array::cat((0..axis.kernel).map(element).collect(), 2);
    }
    let dims = x.dims();
    x.reshape(&[dims[0], dims[1] * dims[2], dims[3..].iter().product()])
}
