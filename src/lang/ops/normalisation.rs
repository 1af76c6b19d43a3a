//! Normalisation and dropout: what behaves differently in training and prediction, or keeps statistics.

use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{Init, Op, TensorType, WeightSpec};

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "BatchNorm",
        family: Family::Normalisation,
        doc: "Batch normalisation of each channel, `[c, ...]`, or of each feature, `[n]`; the shape stays.\n\n\
              In training by the mean and the biased variance over the batch (and space), which the running statistics follow: \
              `running = (1 - momentum) * running + momentum * batch`, the variance unbiased. In prediction by the running \
              statistics. Keras' `momentum` is one minus this one: its default 0.99 is `momentum: 0.01` here, its `eps` 1e-3.",
        source: "Ioffe and Szegedy 2015, algorithm 1; PyTorch `torch.nn.BatchNorm3d`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[
            EPS,
            Parameter::new(
                "momentum",
                PROBABILITY,
                Default::Real(0.1),
                "share of the new batch in the running statistics",
            ),
            Parameter::new("affine", ParameterType::Bool, Default::Bool(true), SCALE_AND_SHIFT),
        ],
        example: "x |> Conv3d(16) |> BatchNorm() |> relu",
        apply: batch_norm,
    },
    Stanza {
        name: "InstanceNorm",
        family: Family::Normalisation,
        doc: "Normalises each channel of each subject by its own mean and biased variance over space: `[c, ...]`; the shape stays.\n\n\
              No running statistics: training and prediction are the same.",
        source: "Ulyanov et al. 2016, eq. 7; PyTorch `torch.nn.InstanceNorm3d`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[EPS, Parameter::new("affine", ParameterType::Bool, Default::Bool(false), SCALE_AND_SHIFT)],
        example: "x |> InstanceNorm()",
        apply: instance_norm,
    },
    Stanza {
        name: "LayerNorm",
        family: Family::Normalisation,
        doc: "Normalises the last axis of each subject by its mean and biased variance: `[.., n]`; the shape stays.\n\n\
              The learned scale and shift are one for each feature.",
        source: "Ba, Kiros and Hinton 2016, eq. 3; PyTorch `torch.nn.LayerNorm(n)`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[EPS, Parameter::new("affine", ParameterType::Bool, Default::Bool(true), SCALE_AND_SHIFT)],
        example: "x |> global_avg_pool |> LayerNorm()",
        apply: layer_norm,
    },
    Stanza {
        name: "GroupNorm",
        family: Family::Normalisation,
        doc: "Normalises groups of neighbouring channels of each subject by their mean and biased variance over the group and space: \
              `[c, ...]`; the shape stays.\n\n\
              `groups: 1` normalises all channels together.",
        source: "Wu and He 2018, eq. 7; PyTorch `torch.nn.GroupNorm`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[
            Parameter::new(
                "groups",
                ParameterType::COUNT,
                Default::Required,
                "how many groups; a divisor of the channels",
            ),
            EPS,
            Parameter::new("affine", ParameterType::Bool, Default::Bool(true), SCALE_AND_SHIFT),
        ],
        example: "x |> GroupNorm(4)",
        apply: group_norm,
    },
    Stanza {
        name: "Dropout",
        family: Family::Normalisation,
        doc: "In training, zeroes each element with probability `p` and divides the others by `1 - p`; in prediction nothing.",
        source: "Srivastava et al. 2014; PyTorch `torch.nn.Dropout`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[P],
        example: "x |> global_avg_pool |> Dropout(0.5)",
        apply: |arguments, read| dropout(arguments, inputs::numbers(read, 0)?, false),
    },
    Stanza {
        name: "ChannelDropout",
        family: Family::Normalisation,
        doc: "In training, zeroes each channel of each subject as a whole with probability `p` and divides the others by `1 - p`; in \
              prediction nothing. `[c, ...]`; the shape stays.",
        source: "Tompson et al. 2015; PyTorch `torch.nn.Dropout3d`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[P],
        example: "x |> ChannelDropout(0.1)",
        apply: |arguments, read| dropout(arguments, inputs::channels(read)?.0, true),
    },
];

const PROBABILITY: ParameterType = ParameterType::Real { low: 0.0, high: 1.0 };
const EPS: Parameter = Parameter::new(
    "eps",
    ParameterType::Real { low: 1e-12, high: 1.0 },
    Default::Real(1e-5),
    "added to the variance under the root",
);
const P: Parameter = Parameter::new("p", PROBABILITY, Default::Real(0.5), "probability of a zero; smaller than 1");
const SCALE_AND_SHIFT: &str = "whether a learned scale (from 1) and shift (from 0) follow";

fn eps(arguments: &Arguments) -> f64 {
    arguments.real("eps").unwrap_or(1e-5)
}

fn scale_and_shift(affine: bool, channels: usize) -> Vec<WeightSpec> {
    match affine {
        true => vec![
            WeightSpec::parameter("weight", [channels], Init::ONES),
            WeightSpec::parameter("bias", [channels], Init::ZEROS),
        ],
        false => Vec::new(),
    }
}

/// A normalisation keeps the shape and takes two multiply-adds an element: to subtract and to scale.
fn normalised(op: Op, weights: Vec<WeightSpec>, x: &TensorType) -> Result<Applied, Refusal> {
    let multiply_adds = limits::multiply_adds(&[2, limits::numbers(&x.shape)])?;
    limits::within(Applied { op, weights, output: limits::shaped(x, x.shape.clone()), multiply_adds })
}

fn batch_norm(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, _) = inputs::channels(read)?;
    let affine = arguments.flag("affine");
    let mut weights = scale_and_shift(affine, channels);
    weights.push(WeightSpec::buffer("running_mean", [channels], Init::ZEROS));
    weights.push(WeightSpec::buffer("running_var", [channels], Init::ONES));
    let momentum = arguments.real("momentum").unwrap_or(0.1);
    normalised(Op::BatchNorm { channels, eps: eps(arguments), momentum, affine }, weights, x)
}

fn instance_norm(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::channels(read)?;
    if limits::numbers(space) < 2 {
        return Err(Refusal::new(format!(
            "each channel of {} is a single number, which would always become 0",
            inputs::describe(x)
        ))
        .at_input(0)
        .hint("normalise over the features, `LayerNorm()`, or over the batch, `BatchNorm()`"));
    }
    let affine = arguments.flag("affine");
    normalised(Op::InstanceNorm { channels, eps: eps(arguments), affine }, scale_and_shift(affine, channels), x)
}

fn layer_norm(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, _, _) = inputs::channels(read)?;
    match x.shape.last() {
        Some(features) if *features > 1 => {
            let affine = arguments.flag("affine");
            let op = Op::LayerNorm { features: *features, eps: eps(arguments), affine };
            normalised(op, scale_and_shift(affine, *features), x)
        }
        _ => Err(Refusal::new(format!(
            "the last axis of {} is a single number, which would always become 0",
            inputs::describe(x)
        ))
        .at_input(0)
        .hint("leave the normalisation out, or use `BatchNorm()`")),
    }
}

fn group_norm(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, space) = inputs::channels(read)?;
    let groups = limits::size(arguments.int("groups").unwrap_or(0), "groups", 1)?;
    if !channels.is_multiple_of(groups) {
        let fitting = largest_divisor(channels, groups);
        return Err(Refusal::new(format!("{channels} channels do not come apart into {groups} equal groups"))
            .at_argument("groups")
            .hint(format!("groups: {fitting}")));
    }
    if channels == groups && limits::numbers(space) < 2 {
        return Err(Refusal::new(format!(
            "each of the {groups} groups is a single number, which would always become 0"
        ))
        .at_argument("groups")
        .hint("groups: 1"));
    }
    let affine = arguments.flag("affine");
    normalised(Op::GroupNorm { groups, channels, eps: eps(arguments), affine }, scale_and_shift(affine, channels), x)
}

/// The largest divisor of `n` that is at most `limit`, looked for among the first million candidates.
fn largest_divisor(n: usize, limit: usize) -> usize {
    (1..=limit.min(n).min(1_000_000)).rev().find(|d| n.is_multiple_of(*d)).unwrap_or(1)
}

fn dropout(arguments: &Arguments, x: &TensorType, channels: bool) -> Result<Applied, Refusal> {
    let probability = arguments.real("p").unwrap_or(0.5);
    if !(0.0..1.0).contains(&probability) {
        return Err(Refusal::new(format!("the probability is {probability}: nothing would be left"))
            .at_argument("p")
            .hint("a probability of at least 0 and less than 1: `p: 0.5`"));
    }
    Ok(Applied::plain(Op::Dropout { probability, channels }, limits::shaped(x, x.shape.clone())))
}
