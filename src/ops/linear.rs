//! Affine maps of features, and learned rows for classes.

use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{Init, Op, TensorType, WeightSpec};

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "Linear",
        family: Family::Linear,
        doc: "Affine map of the last axis: `[n] -> [outputs]`, `[.., n] -> [.., outputs]`.\n\n\
              `y = W x + b` with `W: [outputs, n]`. Weights and bias start uniform in ±1/√n.",
        source: "PyTorch `torch.nn.Linear`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[
            Parameter::new("outputs", ParameterType::COUNT, Default::Required, "extent of the last axis of the result"),
            Parameter::new(
                "bias",
                ParameterType::Bool,
                Default::Bool(true),
                "whether a learned number is added to each output",
            ),
        ],
        example: "x |> global_avg_pool |> Linear(4)",
        apply: linear,
    },
    Stanza {
        name: "Embedding",
        family: Family::Linear,
        doc: "A learned row for each level of a class: `class{..} -> [size]`.\n\n\
              Rows start normal with mean 0 and standard deviation 1.",
        source: "PyTorch `torch.nn.Embedding`",
        arity: Arity::Exactly(&["class"]),
        parameters: &[Parameter::new("size", ParameterType::COUNT, Default::Required, "length of a row")],
        example: "g |> Embedding(8)",
        apply: embedding,
    },
];

fn linear(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, _, _) = inputs::channels(read)?;
    let outputs = limits::size(arguments.int("outputs").unwrap_or(0), "outputs", 1)?;
    let (leading, features) = match x.shape.split_last() {
        Some((features, leading)) => (leading, *features),
        None => (x.shape.as_slice(), 1),
    };
    let bias = arguments.flag("bias");
    let init = Init::fan_in(features);
    let mut weights = vec![WeightSpec::parameter("weight", [outputs, features], init)];
    if bias {
        weights.push(WeightSpec::parameter("bias", [outputs], init));
    }
    let multiply_adds = limits::multiply_adds(&[limits::numbers(&x.shape), outputs as u128])?;
    let output = limits::shaped(x, [leading, &[outputs]].concat());
    limits::within(Applied { op: Op::Linear { inputs: features, outputs, bias }, weights, output, multiply_adds })
}

fn embedding(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let levels = inputs::class(read, 0)?.len();
    let size = limits::size(arguments.int("size").unwrap_or(0), "size", 1)?;
    let weights = vec![WeightSpec::parameter("weight", [levels, size], Init::Normal(1.0))];
    limits::within(Applied {
        op: Op::Embedding { levels, size },
        weights,
        output: TensorType::tensor([size]),
        multiply_adds: 0,
    })
}
