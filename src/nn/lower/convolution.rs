//! Convolutions, plain and transposed, over one to three axes: on the CPU by kernels of our own, elsewhere by burn's.

use super::super::by_kernel::{Convolution, Convolved, Operand, Operands};
use super::super::forward::Step;
use super::super::{B, Dynamic, NnError};
use crate::graph::ConvOp;
use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose1d, conv_transpose2d, conv_transpose3d, conv1d, conv2d, conv3d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use fascicle_kernels::Geometry;

/// `[rows, c, ...] -> [rows, c', ...]`.
pub(super) fn convolution(step: &Step<'_>, conv: &ConvOp) -> Result<Dynamic, NnError> {
    let weights = step.layer.as_ref().and_then(|(_, layer)| layer.convolution_weights());
    let Some((weight, bias)) = weights else { return Err(step.broken("it has no convolution's weights")) };
    let (weight, bias) = (Operand::weight(weight), bias.map(|bias| Operand::weight(Dynamic::of(bias))));
    weighed(step, conv, Operands { x: image(step)?, weight, bias })
}

/// What is convolved.
pub(super) fn image(step: &Step<'_>) -> Result<Operand, NnError> {
    Ok(Operand { tensor: step.tensor(0)?, differentiable: step.differentiable.first() == Some(&true) })
}

/// The same with a weight and a bias that are given, one of each for the whole batch.
pub(super) fn weighed(step: &Step<'_>, conv: &ConvOp, operands: Operands) -> Result<Dynamic, NnError> {
    if has_kernel(&operands.x.tensor) {
        return by_kernel(step, conv, operands, false);
    }
    let Operands { x, weight, bias } = operands;
    let (x, weight, bias) = (x.tensor, weight.tensor, bias.map(|bias| bias.tensor.rank::<1>()));
    match (conv.kernel.len(), &conv.transposed) {
        (1, None) => {
            plain::<1>(step, conv, x, |x, options| Dynamic::of(conv1d::<B>(x.rank(), weight.rank(), bias, options)))
        }
        (2, None) => {
            plain::<2>(step, conv, x, |x, options| Dynamic::of(conv2d::<B>(x.rank(), weight.rank(), bias, options)))
        }
        (3, None) => {
            plain::<3>(step, conv, x, |x, options| Dynamic::of(conv3d::<B>(x.rank(), weight.rank(), bias, options)))
        }
        (1, Some(far)) => transposed::<1>(step, conv, far, x, bias, |x, bias, options| {
            Dynamic::of(conv_transpose1d::<B>(x.rank(), weight.rank(), bias, options))
        }),
        (2, Some(far)) => transposed::<2>(step, conv, far, x, bias, |x, bias, options| {
            Dynamic::of(conv_transpose2d::<B>(x.rank(), weight.rank(), bias, options))
        }),
        (3, Some(far)) => transposed::<3>(step, conv, far, x, bias, |x, bias, options| {
            Dynamic::of(conv_transpose3d::<B>(x.rank(), weight.rank(), bias, options))
        }),
        (n, _) => Err(over(step, n)),
    }
}

fn over(step: &Step<'_>, axes: usize) -> NnError {
    step.broken(format!("convolutions have 1 to 3 spatial axes, this one has {axes}"))
}

/// Whether our kernels compute with these numbers.
pub(super) fn has_kernel(x: &Dynamic) -> bool {
    x.is_on_cpu() && x.is_single()
}

/// On the CPU; `own` says that each row has weights of its own.
pub(super) fn by_kernel(step: &Step<'_>, conv: &ConvOp, operands: Operands, own: bool) -> Result<Dynamic, NnError> {
    let (read, made) = (operands.x.tensor.dims(), step.result_dims());
    let axes = conv.kernel.len();
    if !(1..=3).contains(&axes) {
        return Err(over(step, axes));
    }
    let before: Vec<usize> = conv.padding.iter().map(|(before, _)| *before).collect();
    let lengths = [read.len(), made.len(), conv.stride.len() + 2, conv.dilation.len() + 2, before.len() + 2];
    if lengths != [axes + 2; 5] || read[1] != conv.inputs || made[1] != conv.outputs {
        return Err(step.broken(format!("it convolves {read:?} by {:?}", operands.weight.tensor.dims())));
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
    let convolution = Convolution { geometry, transposed };
    let y = Dynamic::from_host(convolution.made(&operands)?, &made, &operands.x.tensor.device());
    step.tape.borrow_mut().made_by_kernel(step.id.index(), Convolved { convolution, operands });
    Ok(y)
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

/// The numbers of a window operation over `N` axes, with the padding that is the same on both sides.
struct Window<const N: usize> {
    stride: [usize; N],
    dilation: [usize; N],
    padding: [usize; N],
}

fn window<const N: usize>(step: &Step<'_>, conv: &ConvOp) -> Result<Window<N>, NnError> {
    let axes = |extent: &[usize]| -> Result<[usize; N], NnError> {
        extent.try_into().map_err(|_| step.broken(format!("{} numbers were given for {N} axes", extent.len())))
    };
    let common: Vec<usize> = conv.padding.iter().map(|(before, after)| *before.min(after)).collect();
    Ok(Window { stride: axes(&conv.stride)?, dilation: axes(&conv.dilation)?, padding: axes(&common)? })
}

/// What one side is padded by beyond the other is added as zeros; burn's layers pad both sides alike.
fn plain<const N: usize>(
    step: &Step<'_>,
    conv: &ConvOp,
    x: Dynamic,
    apply: impl FnOnce(Dynamic, ConvOptions<N>) -> Dynamic,
) -> Result<Dynamic, NnError> {
    let window = window::<N>(step, conv)?;
    let mut x = x;
    for (axis, (before, after)) in conv.padding.iter().enumerate() {
        let common = *before.min(after);
        x = x.pad(axis + 2, (before - common, after - common), 0.0);
    }
    Ok(apply(x, ConvOptions::new(window.stride, window.padding, window.dilation, conv.groups)))
}

/// What one side is cropped by beyond the other is sliced off.
fn transposed<const N: usize>(
    step: &Step<'_>,
    conv: &ConvOp,
    far: &[usize],
    x: Dynamic,
    bias: Option<Tensor<B, 1>>,
    apply: impl FnOnce(Dynamic, Option<Tensor<B, 1>>, ConvTransposeOptions<N>) -> Dynamic,
) -> Result<Dynamic, NnError> {
    let window = window::<N>(step, conv)?;
    let far: [usize; N] =
        far.try_into().map_err(|_| step.broken(format!("{} numbers were given for {N} axes", far.len())))?;
    let options = ConvTransposeOptions::new(window.stride, window.padding, far, window.dilation, conv.groups);
    let mut out = apply(x, bias, options);
    for (axis, (before, after)) in conv.padding.iter().enumerate() {
        let common = *before.min(after);
        let extent = out.dims()[axis + 2];
        out = out.slice(axis + 2, before - common, extent - (after - common), 1);
    }
    Ok(out)
}
