//! Convolutions over three axes with few filters, as convolutions over two.
//!
//! With few filters there is little to multiply for each number read, and burn's CPU backend spends its time on bringing
//! numbers to their place: every tap of the kernel is one copy of the image. So the last axis is cut into blocks, and the
//! places of a block become channels: what a filter of `k` taps does along that axis is then a banded matrix from
//! `block + k - 1` places to `block`, and the other two axes are convolved as an image. That multiplies
//! `(block + k - 1) / k` times as often as needed, and copies `k block / (block + k - 1)` times less, forward and
//! backward; benches/convolution.rs has the times. Numbers agree with the plain convolution but for the order of sums.

use super::super::forward::Step;
use super::super::{B, Dynamic, NnError};
use crate::graph::ConvOp;
use burn::tensor::Tensor;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;

/// Places of the last axis that are computed together. Fewer multiply less in vain, more copy less.
const BLOCK: usize = 8;
/// Filters a group up to which copying outweighs multiplying.
const FEW: usize = 4;

/// Whether this lowering stands in for burn's: few filters over three axes, every place, on the CPU.
pub(super) fn applies(conv: &ConvOp, x: &Dynamic) -> bool {
    conv.transposed.is_none()
        && conv.kernel.len() == 3
        && conv.kernel[2] > 1
        && conv.outputs <= FEW * conv.groups
        && conv.stride.iter().chain(&conv.dilation).all(|n| *n == 1)
        && x.is_on_cpu()
}

/// `[rows, c, d, h, w] -> [rows, f, d', h', w']`; the weight is `[f, c / groups, kd, kh, kw]`.
pub(super) fn convolution(
    step: &Step<'_>,
    conv: &ConvOp,
    x: Dynamic,
    weight: Dynamic,
    bias: Option<Tensor<B, 1>>,
) -> Result<Dynamic, NnError> {
    let (&[rows, channels, depth, height, width], &[kd, kh, kw], &[pad_d, pad_h, pad_w]) =
        (x.dims().as_slice(), conv.kernel.as_slice(), conv.padding.as_slice())
    else {
        return Err(step.broken("a convolution over three axes has an input of five"));
    };
    let (filters, of_group) = (conv.outputs, channels / conv.groups);
    let made = width + pad_w.0 + pad_w.1 + 1 - kw;
    let blocks = made.div_ceil(BLOCK);
    let block = made.div_ceil(blocks);
    let read = block + kw - 1;

    // Places of a block, and those beside it that its filter reaches, as channels; blocks as rows.
    let x = x.pad(4, (pad_w.0, pad_w.1 + blocks * block - made), 0.0);
    let parts = (0..blocks).map(|at| x.clone().slice(4, at * block, at * block + read, 1)).collect();
    let x = Dynamic::cat(parts, 0).permute(&[0, 1, 4, 2, 3]);
    let mut x = x.reshape(&[blocks * rows, channels * read, depth, height]);
    let mut common = [0; 2];
    for (axis, (before, after)) in [pad_d, pad_h].into_iter().enumerate() {
        common[axis] = before.min(after);
        x = x.pad(axis + 2, (before - common[axis], after - common[axis]), 0.0);
    }

    let banded = Dynamic::from_host(band(kw, block, read), &[kw, block * read], step.device);
    let taps: Tensor<B, 2> = weight.reshape(&[filters * of_group * kd * kh, kw]).rank();
    let weight = Dynamic::of(taps.matmul(banded.rank()))
        .reshape(&[filters, of_group, kd, kh, block, read])
        .permute(&[0, 4, 1, 5, 2, 3])
        .reshape(&[filters * block, of_group * read, kd, kh]);

    let options = ConvOptions::new([1; 2], common, [1; 2], conv.groups);
    let planes = conv2d::<B>(x.rank(), weight.rank(), None, options);
    let [_, _, depth, height] = planes.dims();
    let out = Dynamic::of(planes)
        .reshape(&[blocks, rows, filters, block, depth, height])
        .permute(&[1, 2, 4, 5, 0, 3])
        .reshape(&[rows, filters, depth, height, blocks * block])
        .slice(4, 0, made, 1);
    Ok(match bias {
        Some(bias) => out.add(Dynamic::of(bias).reshape(&[1, filters, 1, 1, 1])),
        None => out,
    })
}

/// `[taps, made, read]`: 1 where a tap leads from a place that is read to one that is made.
fn band(taps: usize, made: usize, read: usize) -> Vec<f32> {
    let mut band = vec![0.0; taps * made * read];
    for tap in 0..taps {
        for place in 0..made {
            band[(tap * made + place) * read + place + tap] = 1.0;
        }
    }
    band
}
