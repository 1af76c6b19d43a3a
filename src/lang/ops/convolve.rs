//! Convolutions whose kernel is a value: made by other layers, for each subject its own.
//!
//! `Conv3d` of [`super::convolution`] learns its kernel; these functions are given theirs. They pad as the layers do.

use super::convolution::{DILATION, PADDING, STRIDE};
use super::window::Window;
use super::{Applied, Arguments, Arity, Family, Refusal, Stanza, inputs, limits};
use crate::graph::{ConvOp, Op, TensorType, show_shape};

/// An entry: they differ in axes alone.
macro_rules! stanza {
    ($name:literal, $shape:literal, $apply:expr, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Convolution,
            doc: concat!(
                "Convolution with a kernel that is computed, for each subject its own: `",
                $shape,
                "`, and, where a third value is given, a bias `[o]` of the same subject.\n\nThe kernel is not mirrored \
                 (cross-correlation). Extents and padding are those of the layer that learns its kernel. The whole batch is one \
                 matrix product, forwards and backwards: the windows of the input are laid out as columns, a kernel of extent 1 \
                 needs none of that."
            ),
            source: "Jia et al. 2016, Dynamic filter networks; Yang et al. 2019, CondConv; PyTorch `torch.nn.functional` with a kernel a sample",
            arity: Arity::AtLeast(2),
            parameters: &[STRIDE, PADDING, DILATION],
            example: $example,
            apply: $apply,
        }
    };
}

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    stanza!(
        "conv1d",
        "x [c, n], kernel [o, c, k] -> [o, n']",
        convolve::<1>,
        "x |> reshape(8, 4096) |> conv1d(x |> global_avg_pool |> Linear(96) |> reshape(4, 8, 3))"
    ),
    stanza!(
        "conv2d",
        "x [c, h, w], kernel [o, c, k, k'] -> [o, h', w']",
        convolve::<2>,
        "x |> reshape(8, 64, 64) |> conv2d(x |> global_avg_pool |> Linear(288) |> reshape(4, 8, 3, 3), stride: 2)"
    ),
    stanza!(
        "conv3d",
        "x [c, d, h, w], kernel [o, c, k, k', k''] -> [o, d', h', w']",
        convolve::<3>,
        "x |> conv3d(x |> global_avg_pool |> Linear(32) |> reshape(4, 8, 1, 1, 1), x |> global_avg_pool |> Linear(4))"
    ),
];

fn convolve<const N: usize>(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let name = format!("conv{N}d");
    if read.len() > 3 {
        return Err(Refusal::new(format!("`{name}` reads an image, a kernel and a bias; {} values came", read.len()))
            .hint(format!("{name}(x, kernel, bias)")));
    }
    let (x, channels, space) = inputs::space_of(read, N, &name)?;
    let given = inputs::numbers(read, 1)?;
    let (outputs, kernel) = kernel_of(given, channels, N)?;
    let window = Window::of_kernel(kernel, arguments, space).and_then(|w| w.result(channels, space).map(|e| (w, e)));
    // The kernel is no argument here: what is wrong with it is wrong with the second value.
    let (window, extents) = window.map_err(|refusal| match refusal.argument {
        Some("kernel") => Refusal { argument: None, ..refusal }.at_input(1),
        _ => refusal,
    })?;
    let bias = match read.get(2) {
        None => None,
        Some(_) => Some(bias_of(read, outputs)?),
    };
    let shape = [&[outputs], extents.as_slice()].concat();
    let multiply_adds = limits::multiply_adds(&[limits::numbers(&shape), limits::numbers(&given.shape[1..])])?;
    let batched = x.batched || given.batched || bias.is_some_and(|bias| bias.batched);
    let op = ConvOp {
        inputs: channels,
        outputs,
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding,
        dilation: window.dilation,
        groups: 1,
        bias: bias.is_some(),
        transposed: None,
    };
    let output = TensorType { batched, ..TensorType::tensor(shape) };
    limits::within(Applied { op: Op::Convolve(op), weights: Vec::new(), output, multiply_adds })
}

/// Filters and extent of a kernel `[filters, channels, k...]`.
fn kernel_of(kernel: &TensorType, channels: usize, axes: usize) -> Result<(usize, Vec<usize>), Refusal> {
    let wanted = format!("[filters, {channels}{}]", ", k".repeat(axes));
    match kernel.shape.as_slice() {
        [outputs, inputs, extent @ ..] if extent.len() == axes && *inputs == channels => {
            Ok((*outputs, extent.to_vec()))
        }
        [_, inputs, extent @ ..] if extent.len() == axes => {
            Err(Refusal::new(format!("the image has {channels} channels, and the kernel reads {inputs}"))
                .at_input(1)
                .hint(format!("a kernel is {wanted}: make it with `|> reshape(..)`")))
        }
        shape => Err(Refusal::new(format!("a kernel is {wanted}, and this is {}", show_shape(shape)))
            .at_input(1)
            .hint(format!("make it of a vector with `|> reshape(filters, {channels}{})`", ", 3".repeat(axes)))),
    }
}

fn bias_of(read: &[TensorType], outputs: usize) -> Result<&TensorType, Refusal> {
    let bias = inputs::numbers(read, 2)?;
    match bias.shape.as_slice() {
        [n] if *n == outputs => Ok(bias),
        shape => Err(Refusal::new(format!("the kernel has {outputs} filters, and the bias is {}", show_shape(shape)))
            .at_input(2)
            .hint(format!("a bias has a number for each filter: `Linear({outputs})`"))),
    }
}
