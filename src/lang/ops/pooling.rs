//! Pooling and upsampling of the spatial axes.

use super::window::{Window, extent};
use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{Op, PoolKind, PoolOp, Reduction, TensorType, UpsampleMode, show_shape};

/// The entry of pooling over windows.
macro_rules! window_stanza {
    ($name:literal, $axes:literal, $shape:literal, $kind:expr, $what:literal, $torch:literal, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Pooling,
            doc: concat!(
                $what,
                ", channel by channel: `",
                $shape,
                "`.\n\nThe extent is `floor((n + 2*padding - kernel) / stride) + 1` along each axis: what does not fill a last window is \
                 left out. `padding: same` gives `ceil(n / stride)`, the odd element at the end."
            ),
            source: concat!("PyTorch `torch.nn.", $torch, "`; padding `same` as Keras"),
            arity: Arity::Exactly(&["x"]),
            parameters: &[KERNEL, STRIDE, PADDING],
            example: $example,
            apply: |arguments, read| pool::<$axes>(arguments, read, $kind, $name),
        }
    };
}

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    window_stanza!(
        "max_pool1d",
        1,
        "[c, n] -> [c, n']",
        PoolKind::Max,
        "Largest element of each window",
        "MaxPool1d",
        "x |> reshape(8, 4096) |> max_pool1d(2)"
    ),
    window_stanza!(
        "max_pool2d",
        2,
        "[c, h, w] -> [c, h', w']",
        PoolKind::Max,
        "Largest element of each window",
        "MaxPool2d",
        "x |> reshape(8, 64, 64) |> max_pool2d(2)"
    ),
    window_stanza!(
        "max_pool3d",
        3,
        "[c, d, h, w] -> [c, d', h', w']",
        PoolKind::Max,
        "Largest element of each window",
        "MaxPool3d",
        "x |> max_pool3d(3, stride: 2, padding: same)"
    ),
    window_stanza!(
        "avg_pool1d",
        1,
        "[c, n] -> [c, n']",
        PoolKind::Average,
        "Mean of each window (zeros of the padding counted)",
        "AvgPool1d",
        "x |> reshape(8, 4096) |> avg_pool1d(2)"
    ),
    window_stanza!(
        "avg_pool2d",
        2,
        "[c, h, w] -> [c, h', w']",
        PoolKind::Average,
        "Mean of each window (zeros of the padding counted)",
        "AvgPool2d",
        "x |> reshape(8, 64, 64) |> avg_pool2d(2)"
    ),
    window_stanza!(
        "avg_pool3d",
        3,
        "[c, d, h, w] -> [c, d', h', w']",
        PoolKind::Average,
        "Mean of each window (zeros of the padding counted)",
        "AvgPool3d",
        "x |> avg_pool3d(2)"
    ),
    Stanza {
        name: "global_avg_pool",
        family: Family::Pooling,
        doc: "Mean of each channel over space: `[c, ...] -> [c]`.",
        source: "Lin et al. 2014; PyTorch `torch.nn.AdaptiveAvgPool3d(1)` and `flatten`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[],
        example: "x |> global_avg_pool |> Linear(2)",
        apply: |_, read| global(read, Reduction::Mean),
    },
    Stanza {
        name: "global_max_pool",
        family: Family::Pooling,
        doc: "Largest element of each channel over space: `[c, ...] -> [c]`.",
        source: "PyTorch `torch.nn.AdaptiveMaxPool3d(1)` and `flatten`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[],
        example: "x |> global_max_pool |> Linear(2)",
        apply: |_, read| global(read, Reduction::Maximum),
    },
    Stanza {
        name: "adaptive_avg_pool",
        family: Family::Pooling,
        doc: "Mean over windows chosen so that the result has this extent in space: `[c, ...] -> [c, size...]`.\n\n\
              Window `i` of `size` along an axis of extent `n` is `floor(i*n/size) .. ceil((i+1)*n/size)`.",
        source: "PyTorch `torch.nn.AdaptiveAvgPool3d`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[SIZE],
        example: "x |> adaptive_avg_pool([4, 4, 2])",
        apply: |arguments, read| adaptive(arguments, read, PoolKind::Average),
    },
    Stanza {
        name: "adaptive_max_pool",
        family: Family::Pooling,
        doc: "Largest element of windows chosen so that the result has this extent in space: `[c, ...] -> [c, size...]`.\n\n\
              Windows are those of `adaptive_avg_pool`.",
        source: "PyTorch `torch.nn.AdaptiveMaxPool3d`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[SIZE],
        example: "x |> adaptive_max_pool(4)",
        apply: |arguments, read| adaptive(arguments, read, PoolKind::Max),
    },
    Stanza {
        name: "upsample",
        family: Family::Pooling,
        doc: "Space resampled to `factor` times its extent, or to `size`: `[c, ...] -> [c, ...]`, over 1 to 3 axes.\n\n\
              Without `factor` and `size` the extent is doubled. `nearest` repeats elements; `linear` is (bi-, tri-)linear with corners \
              not aligned. A `size` smaller than the input's samples it without smoothing.",
        source: "PyTorch `torch.nn.functional.interpolate`, `align_corners=False`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[
            Parameter::new(
                "factor",
                ParameterType::SIZE,
                Default::None,
                "how many times the extent; 2 where no size is given",
            ),
            Parameter::new(
                "mode",
                ParameterType::Word(&["nearest", "linear"]),
                Default::Word("nearest"),
                "how values are made",
            ),
            Parameter::new("size", ParameterType::SIZE, Default::None, "extent of the result, instead of a factor"),
            ALIGN_CORNERS,
        ],
        example: "x |> upsample(2, mode: linear)",
        apply: upsample,
    },
    Stanza {
        name: "interpolate",
        family: Family::Pooling,
        doc: "Space resampled to `size`, larger or smaller: `[c, ...] -> [c, ...]`, over 1 to 3 axes.\n\n\
              `linear` is (bi-, tri-)linear between the two nearest elements of each axis, whatever the ratio: what is made smaller is not \
              smoothed before. `nearest` takes one element.",
        source: "PyTorch `torch.nn.functional.interpolate`, `antialias=False`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[
            SIZE,
            Parameter::new(
                "mode",
                ParameterType::Word(&["linear", "nearest"]),
                Default::Word("linear"),
                "how values are made",
            ),
            ALIGN_CORNERS,
        ],
        example: "x |> interpolate([5, 24, 16])",
        apply: |arguments, read| {
            let (x, channels, space) = inputs::space(read)?;
            let mode = upsample_mode(arguments)?;
            let size = extent(arguments, "size", space.len(), 1)?.unwrap_or_else(|| space.to_vec());
            resampled(x, channels, &size, mode)
        },
    },
];

const KERNEL: Parameter = Parameter::new("kernel", ParameterType::SIZE, Default::Required, "extent of the window");
const STRIDE: Parameter =
    Parameter::new("stride", ParameterType::SIZE, Default::None, "step of the window; the kernel where not given");
const PADDING: Parameter = Parameter::new(
    "padding",
    ParameterType::Padding,
    Default::Int(0),
    "elements on either side, at most half the kernel, or `same`",
);
const ALIGN_CORNERS: Parameter = Parameter::new(
    "align_corners",
    ParameterType::Bool,
    Default::Bool(false),
    "with `linear`: whether the outermost elements stay where they are",
);
const SIZE: Parameter = Parameter::new("size", ParameterType::SIZE, Default::Required, "extent of the result in space");

fn pool<const N: usize>(
    arguments: &Arguments,
    read: &[TensorType],
    kind: PoolKind,
    name: &str,
) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::space_of(read, N, name)?;
    let window = Window::read(arguments, space)?;
    if arguments.word("padding").is_none() {
        refuse_empty_windows(&window)?;
    }
    let extents = window.result(channels, space)?;
    let op = Op::Pool(PoolOp { kind, kernel: window.kernel, stride: window.stride, padding: window.padding });
    limits::within(Applied::plain(op, limits::shaped(x, [&[channels], extents.as_slice()].concat())))
}

/// A window that holds nothing but padding has no largest element.
fn refuse_empty_windows(window: &Window) -> Result<(), Refusal> {
    for (axis, ((padding, _), kernel)) in window.padding.iter().zip(&window.kernel).enumerate() {
        if *padding > kernel / 2 {
            return Err(Refusal::new(format!(
                "padding {padding} is more than half the kernel ({kernel}) along axis {}",
                axis + 1
            ))
            .at_argument("padding")
            .hint(format!("padding: {}", kernel / 2)));
        }
    }
    Ok(())
}

/// A reduction over all axes in space, which disappear.
fn global(read: &[TensorType], reduction: Reduction) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::space(read)?;
    let op = Op::Reduce { reduction, axes: (1..=space.len()).collect(), keep: false };
    Ok(Applied::plain(op, limits::shaped(x, [channels])))
}

fn adaptive(arguments: &Arguments, read: &[TensorType], kind: PoolKind) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::space(read)?;
    let size = extent(arguments, "size", space.len(), 1)?.unwrap_or_else(|| vec![1; space.len()]);
    if size.iter().zip(space).any(|(to, from)| to > from) {
        let found = format!("size {} is larger than the input's {}", show_shape(&size), show_shape(space));
        return Err(Refusal::new(found)
            .at_argument("size")
            .hint(format!("`|> upsample(size: {})` makes it larger", show_shape(&size))));
    }
    let shape = [&[channels], size.as_slice()].concat();
    limits::within(Applied::plain(Op::AdaptivePool { kind, size }, limits::shaped(x, shape)))
}

fn upsample(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::space(read)?;
    let mode = upsample_mode(arguments)?;
    let factor = extent(arguments, "factor", space.len(), 1)?;
    let size = extent(arguments, "size", space.len(), 1)?;
    let extents = match (factor, size) {
        (Some(_), Some(_)) => {
            return Err(Refusal::new("`factor` and `size` both say how large the result is")
                .at_argument("size")
                .hint("leave out one of them"));
        }
        (None, Some(size)) => size,
        (factor, None) => {
            let factor = factor.unwrap_or_else(|| vec![2; space.len()]);
            space.iter().zip(factor).map(|(extent, factor)| extent.saturating_mul(factor)).collect()
        }
    };
    resampled(x, channels, &extents, mode)
}

fn upsample_mode(arguments: &Arguments) -> Result<UpsampleMode, Refusal> {
    match (arguments.word("mode"), arguments.flag("align_corners")) {
        (Some("linear"), true) => Ok(UpsampleMode::LinearAligned),
        (Some("linear"), false) => Ok(UpsampleMode::Linear),
        (_, false) => Ok(UpsampleMode::Nearest),
        (_, true) => {
            Err(Refusal::new("`nearest` has no corners to align").at_argument("align_corners").hint("mode: linear"))
        }
    }
}

fn resampled(x: &TensorType, channels: usize, extents: &[usize], mode: UpsampleMode) -> Result<Applied, Refusal> {
    limits::within(Applied::plain(Op::Upsample { mode }, limits::shaped(x, [&[channels], extents].concat())))
}
