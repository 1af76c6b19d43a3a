//! Convolutions: plain, depthwise and transposed, over one to three axes.
//!
//! Weights are in PyTorch's layouts (`[out, in/groups, k...]`, transposed `[in, out/groups, k...]`) and start as
//! PyTorch's do. Where PyTorch's layers do not pad unless told to, these pad to `same`: a block of the language says
//! `Conv3d(16)` and keeps its shape.

use super::start::{self, BIAS_INIT, INIT, STD};
use super::window::{Window, extent, span};
use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{ConvOp, Op, TensorType, WeightSpec};

/// A plain convolution's entry: they differ in axes alone.
macro_rules! plain_stanza {
    ($name:literal, $shape:literal, $apply:expr, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Convolution,
            doc: concat!(
                "Convolution of all channels with `filters` learned kernels: `",
                $shape,
                "`.\n\nThe kernel is not mirrored (cross-correlation). `padding: same` gives `ceil(n / stride)` along each axis: the \
                 zeros that takes are put around the input in halves, the odd one at the end. With `padding: p` the extent is \
                 `floor((n + 2p - dilation*(kernel-1) - 1) / stride) + 1`. Weights and bias start uniform in ±1/√(c/groups * kernel), unless `init`, \
                 `std` and `bias_init` say otherwise."
            ),
            source: concat!("PyTorch `torch.nn.", $name, "`; padding `same` as Keras `", $name, "`, `Conv*(padding=\"same\")`"),
            arity: Arity::Exactly(&["x"]),
            parameters: &[FILTERS, KERNEL, STRIDE, PADDING, DILATION, GROUPS, BIAS, INIT, STD, BIAS_INIT],
            example: $example,
            apply: $apply,
        }
    };
}

/// A depthwise convolution's entry.
macro_rules! depthwise_stanza {
    ($name:literal, $shape:literal, $apply:expr, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Convolution,
            doc: concat!(
                "Convolution of each channel on its own with `multiplier` learned kernels: `",
                $shape,
                "`.\n\nResults stand channel by channel: those of the first channel, then those of the second. Followed by a \
                 convolution with `kernel: 1` it is a separable convolution. Extents and padding are those of the plain convolution."
            ),
            source: "Chollet 2017, Xception; Keras `DepthwiseConv2D`; PyTorch `torch.nn.Conv3d` with `groups` equal to the channels",
            arity: Arity::Exactly(&["x"]),
            parameters: &[KERNEL, MULTIPLIER, STRIDE, PADDING, DILATION, BIAS, INIT, STD, BIAS_INIT],
            example: $example,
            apply: $apply,
        }
    };
}

/// A transposed convolution's entry.
macro_rules! transposed_stanza {
    ($name:literal, $shape:literal, $apply:expr, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Convolution,
            doc: concat!(
                "Transposed (\"up\") convolution, the gradient of a convolution used forwards: `",
                $shape,
                "`.\n\nThe extent is `(n-1)*stride - 2*padding + dilation*(kernel-1) + output_padding + 1` along each axis; \
                 `kernel: 2, stride: 2` and `kernel: 4, stride: 2, padding: 1` double it. Weights and bias start uniform in \
                 ±1/√(filters/groups * kernel), PyTorch's fan-in of the transposed layout."
            ),
            source: concat!("PyTorch `torch.nn.", $name, "`"),
            arity: Arity::Exactly(&["x"]),
            parameters: &[
                FILTERS,
                UP_KERNEL,
                STRIDE,
                CROP,
                OUTPUT_PADDING,
                DILATION,
                GROUPS,
                BIAS,
                INIT,
                STD,
                BIAS_INIT,
            ],
            example: $example,
            apply: $apply,
        }
    };
}

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    plain_stanza!(
        "Conv1d",
        "[c, n] -> [filters, n']",
        convolution::<1>,
        "x |> reshape(8, 4096) |> Conv1d(16, kernel: 5)"
    ),
    plain_stanza!(
        "Conv2d",
        "[c, h, w] -> [filters, h', w']",
        convolution::<2>,
        "x |> reshape(8, 64, 64) |> Conv2d(16)"
    ),
    plain_stanza!(
        "Conv3d",
        "[c, d, h, w] -> [filters, d', h', w']",
        convolution::<3>,
        "x |> Conv3d(16, kernel: 3, stride: 2)"
    ),
    depthwise_stanza!(
        "DepthwiseConv1d",
        "[c, n] -> [c*multiplier, n']",
        depthwise::<1>,
        "x |> reshape(8, 4096) |> DepthwiseConv1d(5)"
    ),
    depthwise_stanza!(
        "DepthwiseConv2d",
        "[c, h, w] -> [c*multiplier, h', w']",
        depthwise::<2>,
        "x |> reshape(8, 64, 64) |> DepthwiseConv2d(3)"
    ),
    depthwise_stanza!(
        "DepthwiseConv3d",
        "[c, d, h, w] -> [c*multiplier, d', h', w']",
        depthwise::<3>,
        "x |> DepthwiseConv3d([5, 6, 5], bias: false) |> Conv3d(16, kernel: 1)"
    ),
    transposed_stanza!(
        "ConvTranspose1d",
        "[c, n] -> [filters, n']",
        transposed::<1>,
        "x |> reshape(8, 4096) |> ConvTranspose1d(4, kernel: 2, stride: 2)"
    ),
    transposed_stanza!(
        "ConvTranspose2d",
        "[c, h, w] -> [filters, h', w']",
        transposed::<2>,
        "x |> reshape(8, 64, 64) |> ConvTranspose2d(4, kernel: 4, stride: 2, padding: 1)"
    ),
    transposed_stanza!(
        "ConvTranspose3d",
        "[c, d, h, w] -> [filters, d', h', w']",
        transposed::<3>,
        "x |> ConvTranspose3d(4, kernel: 4, stride: 2, padding: 1)"
    ),
];

const FILTERS: Parameter = Parameter::new("filters", ParameterType::COUNT, Default::Required, "channels of the result");
const MULTIPLIER: Parameter =
    Parameter::new("multiplier", ParameterType::COUNT, Default::Int(1), "results for each channel");
const KERNEL: Parameter = Parameter::new("kernel", ParameterType::SIZE, Default::Int(3), "extent of the kernel");
const UP_KERNEL: Parameter = Parameter::new("kernel", ParameterType::SIZE, Default::Required, "extent of the kernel");
pub(super) const STRIDE: Parameter =
    Parameter::new("stride", ParameterType::SIZE, Default::Int(1), "step of the kernel");
pub(super) const PADDING: Parameter = Parameter::new(
    "padding",
    ParameterType::Padding,
    Default::Word("same"),
    "zeros on either side, or `same`: ceil(n / stride)",
);
const CROP: Parameter = Parameter::new(
    "padding",
    ParameterType::Extent { at_least: 0 },
    Default::Int(0),
    "what is cut from either side of the result",
);
const OUTPUT_PADDING: Parameter = Parameter::new(
    "output_padding",
    ParameterType::Extent { at_least: 0 },
    Default::Int(0),
    "what is added at the far side of the result",
);
pub(super) const DILATION: Parameter =
    Parameter::new("dilation", ParameterType::SIZE, Default::Int(1), "spacing of the kernel's elements");
const GROUPS: Parameter =
    Parameter::new("groups", ParameterType::COUNT, Default::Int(1), "groups of channels that do not see each other");
const BIAS: Parameter =
    Parameter::new("bias", ParameterType::Bool, Default::Bool(true), "whether a learned number is added per filter");

/// What decides the channels of a convolution.
struct Channels {
    inputs: usize,
    outputs: usize,
    groups: usize,
}

fn convolution<const N: usize>(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::space_of(read, N, &format!("Conv{N}d"))?;
    let channels = Channels { inputs: channels, outputs: filters(arguments)?, groups: groups(arguments)? };
    channels.fit()?;
    convolve(arguments, x, space, &channels)
}

fn depthwise<const N: usize>(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::space_of(read, N, &format!("DepthwiseConv{N}d"))?;
    let multiplier = limits::size(arguments.int("multiplier").unwrap_or(1), "multiplier", 1)?;
    let outputs = channels.saturating_mul(multiplier);
    convolve(arguments, x, space, &Channels { inputs: channels, outputs, groups: channels })
}

fn convolve(arguments: &Arguments, x: &TensorType, space: &[usize], channels: &Channels) -> Result<Applied, Refusal> {
    let window = Window::read(arguments, space)?;
    let extents = window.result(channels.inputs, space)?;
    let weight = joined(&[channels.outputs, channels.inputs / channels.groups], &window.kernel);
    let output = joined(&[channels.outputs], &extents);
    let multiply_adds = limits::multiply_adds(&[limits::numbers(&output), limits::numbers(&weight[1..])])?;
    let op = ConvOp {
        inputs: channels.inputs,
        outputs: channels.outputs,
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding,
        dilation: window.dilation,
        groups: channels.groups,
        bias: arguments.flag("bias"),
        transposed: None,
    };
    applied(arguments, op, weight, limits::shaped(x, output), multiply_adds)
}

fn transposed<const N: usize>(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::space_of(read, N, &format!("ConvTranspose{N}d"))?;
    let channels = Channels { inputs: channels, outputs: filters(arguments)?, groups: groups(arguments)? };
    channels.fit()?;
    let given = |name, otherwise: usize, at_least| {
        Ok(extent(arguments, name, N, at_least)?.unwrap_or_else(|| vec![otherwise; N]))
    };
    let (kernel, stride, dilation) = (given("kernel", 1, 1)?, given("stride", 1, 1)?, given("dilation", 1, 1)?);
    let (crop, far) = (given("padding", 0, 0)?, given("output_padding", 0, 0)?);
    let mut extents = Vec::with_capacity(N);
    for (axis, n) in space.iter().enumerate() {
        if far[axis] >= stride[axis].max(dilation[axis]) {
            return Err(far_too_wide(axis, far[axis], stride[axis], dilation[axis]));
        }
        let full =
            (*n as u128 - 1) * stride[axis] as u128 + span(kernel[axis], dilation[axis]) as u128 + far[axis] as u128;
        let cut = 2 * crop[axis] as u128;
        if cut >= full {
            return Err(Refusal::new(format!(
                "padding {} cuts away all of axis {}, of extent {full}",
                crop[axis],
                axis + 1
            ))
            .at_argument("padding")
            .hint(format!("padding: {}", (full - 1) / 2)));
        }
        extents.push(usize::try_from(full - cut).unwrap_or(usize::MAX));
    }
    let weight = joined(&[channels.inputs, channels.outputs / channels.groups], &kernel);
    let output = joined(&[channels.outputs], &extents);
    let multiply_adds = limits::multiply_adds(&[limits::numbers(&x.shape), limits::numbers(&weight[1..])])?;
    let op = ConvOp {
        inputs: channels.inputs,
        outputs: channels.outputs,
        kernel,
        stride,
        padding: crop.into_iter().map(|p| (p, p)).collect(),
        dilation,
        groups: channels.groups,
        bias: arguments.flag("bias"),
        transposed: Some(far),
    };
    applied(arguments, op, weight, limits::shaped(x, output), multiply_adds)
}

fn far_too_wide(axis: usize, far: usize, stride: usize, dilation: usize) -> Refusal {
    let smaller = stride.max(dilation);
    Refusal::new(format!(
        "output_padding ({far}) must be smaller than the stride ({stride}) or the dilation ({dilation}) along axis {}",
        axis + 1
    ))
    .at_argument("output_padding")
    .hint(format!("output_padding: {}", smaller - 1))
}

fn applied(
    arguments: &Arguments,
    op: ConvOp,
    weight: Vec<usize>,
    output: TensorType,
    multiply_adds: u64,
) -> Result<Applied, Refusal> {
    limits::shape(&weight, "the kernel")?;
    // In both layouts PyTorch counts everything but the first axis.
    let read = weight[1..].iter().product();
    let mut weights = vec![WeightSpec::parameter("weight", weight, start::weights(arguments, read)?)];
    if op.bias {
        weights.push(WeightSpec::parameter("bias", [op.outputs], start::bias(arguments, read)));
    }
    limits::within(Applied { op: Op::Conv(op), weights, output, multiply_adds })
}

fn filters(arguments: &Arguments) -> Result<usize, Refusal> {
    limits::size(arguments.int("filters").unwrap_or(0), "filters", 1)
}

fn groups(arguments: &Arguments) -> Result<usize, Refusal> {
    limits::size(arguments.int("groups").unwrap_or(1), "groups", 1)
}

impl Channels {
    /// Both numbers of channels must come apart into equal groups.
    fn fit(&self) -> Result<(), Refusal> {
        let Self { inputs, outputs, groups } = *self;
        if inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups) {
            return Ok(());
        }
        Err(Refusal::new(format!(
            "{inputs} channels and {outputs} filters do not come apart into {groups} equal groups"
        ))
        .at_argument("groups")
        .hint(format!("groups: {}", common_divisor(inputs, outputs))))
    }
}

/// The greatest number that divides both.
fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

fn joined(first: &[usize], rest: &[usize]) -> Vec<usize> {
    [first, rest].concat()
}
