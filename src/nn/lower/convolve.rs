//! Convolutions with a kernel a subject: on the CPU by a kernel of our own, elsewhere as one product of matrices for the
//! whole batch.
//!
//! ```text
//!  x [rows, c, space] ──columns──▶ [rows, c*k, places]
//!                                          ×            ──▶ [rows, o, places] ──▶ [rows, o, space']
//!  kernel [rows, o, c, k] ───────▶ [rows, o, c*k]
//! ```
//!
//! A convolution with the rows as groups would say the same, but burn takes the gradient of a grouped kernel one group
//! after the other. Columns are laid out axis by axis, the last first, so that a kernel of 3x3x3 takes 9 copies, not 27.

use super::super::by_kernel::{Operand, Operands};
use super::super::forward::Step;
use super::super::{Dynamic, NnError};
use super::convolution;
use crate::graph::{ConvOp, NodeId};

/// `[rows, c, ...]` and `[rows, c', c, k...]` to `[rows, c', ...]`.
pub(super) fn convolve(step: &Step<'_>, conv: &ConvOp) -> Result<Dynamic, NnError> {
    let (x, kernel) = (step.tensor(0)?, step.tensor(1)?);
    let axes = conv.kernel.len();
    let lengths = [conv.stride.len(), conv.padding.len(), conv.dilation.len(), x.dims().len().wrapping_sub(2)];
    if lengths != [axes; 4] || kernel.dims().len() != axes + 3 {
        return Err(step.broken(format!("it convolves {:?} by {:?}", x.dims(), kernel.dims())));
    }
    let computed = |position: usize, tensor: Dynamic| Operand {
        tensor,
        differentiable: step.differentiable.get(position) == Some(&true),
    };
    let for_everybody = |input: &NodeId| !step.graph.node(*input).ty.batched;
    let shared = step.node.inputs[1..].iter().all(for_everybody);
    if shared || convolution::has_kernel(&x) {
        // One kernel for the whole batch, such as a mixture of experts weighed by what is the same for everybody, or a
        // kernel that some rows share: brought to all of them.
        let rows = if shared { 1 } else { x.dims()[0] };
        let of_rows = |tensor: Dynamic| {
            let mut dims = tensor.dims();
            dims[0] = rows;
            tensor.expand(&dims)
        };
        let kernel = of_rows(kernel);
        let weight = kernel.clone().reshape(&[&[rows * conv.outputs], &kernel.dims()[2..]].concat());
        let bias = match conv.bias {
            true => Some(computed(2, of_rows(step.tensor(2)?).flat())),
            false => None,
        };
        let operands = Operands { x: convolution::image(step)?, weight: computed(1, weight), bias };
        return match shared {
            true => convolution::weighed(step, conv, operands),
            false => convolution::by_kernel(step, conv, operands, true),
        };
    }
    let columns = columns(x, conv);
    let rows = kernel.dims()[0];
    let taps = conv.inputs * conv.kernel.iter().product::<usize>();
    let out = kernel.reshape(&[rows, conv.outputs, taps]).matmul(columns);
    let out = if conv.bias { out.add(step.tensor(2)?) } else { out };
    Ok(out.reshape(&step.result_dims()))
}

/// The windows of `[rows, c, space]` as `[rows, c*k, places]`, in the order of a kernel's elements.
fn columns(x: Dynamic, conv: &ConvOp) -> Dynamic {
    let mut x = x;
    for (axis, padding) in conv.padding.iter().enumerate() {
        x = x.pad(axis + 2, *padding, 0.0);
    }
    // Axes along which the kernel has one element are only passed through in its steps.
    let strides = conv.kernel.iter().zip(&conv.stride).map(|(kernel, stride)| if *kernel == 1 { *stride } else { 1 });
    let steps = [1, 1].into_iter().chain(strides);
    let ranges: Vec<_> = x.dims().into_iter().zip(steps).map(|(n, step)| (0, n, step)).collect();
    let x = x.slices(&ranges);
    // `[rows, c, k, space]`, of one element so far. Each axis puts its own elements before those of the axes after it.
    let mut dims = x.dims();
    dims.insert(2, 1);
    let mut x = x.reshape(&dims);
    for (axis, kernel) in conv.kernel.iter().enumerate().rev().filter(|(_, kernel)| **kernel > 1) {
        let (at, stride, dilation) = (axis + 3, conv.stride[axis], conv.dilation[axis]);
        let last = x.dims()[at] - dilation * (kernel - 1);
        let element = |i: usize| x.clone().slice(at, i * dilation, i * dilation + last, stride);
        x = Dynamic::cat((0..*kernel).map(element).collect(), 2);
    }
    let dims = x.dims();
    x.reshape(&[dims[0], dims[1] * dims[2], dims[3..].iter().product()])
}
