//! Convolutions, plain and transposed, over one to three axes.

use super::super::forward::Step;
use super::super::{B, Dynamic, NnError};
use super::banded;
use crate::graph::ConvOp;
use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose1d, conv_transpose2d, conv_transpose3d, conv1d, conv2d, conv3d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

/// `[rows, c, ...] -> [rows, c', ...]`.
pub(super) fn convolution(step: &Step<'_>, conv: &ConvOp) -> Result<Dynamic, NnError> {
    let layer = step.node.module.and_then(|m| step.network.layer(m));
    let weights = layer.and_then(|(_, layer)| layer.convolution_weights());
    let Some((weight, bias)) = weights else { return Err(step.broken("it has no convolution's weights")) };
    weighed(step, conv, step.tensor(0)?, weight, bias)
}

/// The same with a weight and a bias that are given, one of each for the whole batch.
pub(super) fn weighed(
    step: &Step<'_>,
    conv: &ConvOp,
    x: Dynamic,
    weight: Dynamic,
    bias: Option<Tensor<B, 1>>,
) -> Result<Dynamic, NnError> {
    if banded::applies(conv, &x) {
        return banded::convolution(step, conv, x, weight, bias);
    }
    match (conv.kernel.len(), &conv.transposed) {
        (1, None) => plain::<1>(step, conv, x, |x, p| {
            Dynamic::of(conv1d::<B>(
                x.rank(),
                weight.rank(),
                bias,
                ConvOptions::new(p.stride, p.padding, p.dilation, conv.groups),
            ))
        }),
        (2, None) => plain::<2>(step, conv, x, |x, p| {
            Dynamic::of(conv2d::<B>(
                x.rank(),
                weight.rank(),
                bias,
                ConvOptions::new(p.stride, p.padding, p.dilation, conv.groups),
            ))
        }),
        (3, None) => plain::<3>(step, conv, x, |x, p| {
            Dynamic::of(conv3d::<B>(
                x.rank(),
                weight.rank(),
                bias,
                ConvOptions::new(p.stride, p.padding, p.dilation, conv.groups),
            ))
        }),
        (1, Some(far)) => transposed::<1>(step, conv, far, x, bias, |x, bias, options| {
            Dynamic::of(conv_transpose1d::<B>(x.rank(), weight.rank(), bias, options))
        }),
        (2, Some(far)) => transposed::<2>(step, conv, far, x, bias, |x, bias, options| {
            Dynamic::of(conv_transpose2d::<B>(x.rank(), weight.rank(), bias, options))
        }),
        (3, Some(far)) => transposed::<3>(step, conv, far, x, bias, |x, bias, options| {
            Dynamic::of(conv_transpose3d::<B>(x.rank(), weight.rank(), bias, options))
        }),
        (n, _) => Err(step.broken(format!("convolutions have 1 to 3 spatial axes, this one has {n}"))),
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
    apply: impl FnOnce(Dynamic, Window<N>) -> Dynamic,
) -> Result<Dynamic, NnError> {
    let window = window::<N>(step, conv)?;
    let mut x = x;
    for (axis, (before, after)) in conv.padding.iter().enumerate() {
        let common = *before.min(after);
        x = x.pad(axis + 2, (before - common, after - common), 0.0);
    }
    Ok(apply(x, window))
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
