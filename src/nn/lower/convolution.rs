//! Convolutions, plain and transposed, over one to three axes, with weights of the module or with kernels that are computed.

use super::super::step::Step;
use super::super::{NnError, Tensor};
use crate::graph::{ConvOp, NodeId};
use fascicle_tensor::{Convolution, Geometry};

/// `[rows, c, ...] -> [rows, c', ...]`.
pub(super) fn convolution(step: &Step<'_>, conv: &ConvOp) -> Result<Tensor, NnError> {
    let (weight, bias) = (step.weight("weight")?, step.optional_weight("bias"));
    convolved(step, conv, weight, bias, false)
}

/// `[rows, c, ...]` and `[rows, c', c, k...]` to `[rows, c', ...]`.
pub(super) fn convolve(step: &Step<'_>, conv: &ConvOp) -> Result<Tensor, NnError> {
    let (x, kernel) = (step.tensor(0)?, step.tensor(1)?);
    let axes = conv.kernel.len();
    if kernel.dims().len() != axes + 3 {
        return Err(step.broken(format!("it convolves {:?} by {:?}", x.dims(), kernel.dims())));
    }
    // One kernel for the whole batch, such as a mixture of experts weighed by what is the same for everybody, or a
    // kernel that some rows share: brought to all of them.
    let for_everybody = |input: &NodeId| !step.graph.node(*input).ty.batched;
    let shared = step.node.inputs[1..].iter().all(for_everybody);
    let rows = if shared { 1 } else { x.dims()[0] };
    let of_rows = |tensor: Tensor| {
        let mut dims = tensor.dims();
        dims[0] = rows;
        tensor.expand(&dims)
    };
    let kernel = of_rows(kernel);
    let weight = [&[rows * conv.outputs], &kernel.dims()[2..]].concat();
    let bias = match conv.bias {
        true => Some(of_rows(step.tensor(2)?).flat()),
        false => None,
    };
    convolved(step, conv, kernel.reshape(&weight), bias, !shared)
}

/// `own` says that each row has weights of its own.
fn convolved(
    step: &Step<'_>,
    conv: &ConvOp,
    weight: Tensor,
    bias: Option<Tensor>,
    own: bool,
) -> Result<Tensor, NnError> {
    let x = step.tensor(0)?;
    let (read, made) = (x.dims(), step.result_dims());
    let axes = conv.kernel.len();
    if !(1..=3).contains(&axes) {
        return Err(step.broken(format!("convolutions have 1 to 3 spatial axes, this one has {axes}")));
    }
    let before: Vec<usize> = conv.padding.iter().map(|(before, _)| *before).collect();
    let lengths = [read.len(), made.len(), conv.stride.len() + 2, conv.dilation.len() + 2, before.len() + 2];
    if lengths != [axes + 2; 5] || read[1] != conv.inputs || made[1] != conv.outputs {
        return Err(step.broken(format!("it convolves {read:?} by {:?}", weight.dims())));
    }
    let transposed = conv.transposed.is_some();
    // The transpose makes what the convolution reads.
    let (source, sink) = if transposed { (&made, &read) } else { (&read, &made) };
    let geometry = Geometry {
        rows: read[0],
        inputs: source[1],
        outputs: sink[1],
        groups: conv.groups,
        own_weights: own,
        read: three(&source[2..], 1),
        made: three(&sink[2..], 1),
        kernel: three(&conv.kernel, 1),
        stride: three(&conv.stride, 1),
        dilation: three(&conv.dilation, 1),
        before: three(&before, 0),
    };
    Ok(x.convolution(weight, bias, Convolution { geometry, transposed, arithmetic: step.settings.arithmetic }, &made))
}

/// Numbers of one to three axes as of three; an image lies in the first and the last, whose lines are long.
fn three(axes: &[usize], missing: usize) -> [usize; 3] {
    match axes {
        [depth, height, width] => [*depth, *height, *width],
        [height, width] => [*height, missing, *width],
        [width] => [missing, missing, *width],
        _ => [missing; 3],
    }
}
