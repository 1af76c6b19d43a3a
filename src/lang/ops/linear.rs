//! Affine maps of features, learned or made from a second value, learned rows for classes, and arrays that depend on
//! nothing: learned or constant.

use super::start::{self, BIAS_INIT, INIT, STD};
use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{Init, Op, TensorType, WeightSpec};

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "Linear",
        family: Family::Linear,
        doc: "Affine map of the last axis: `[n] -> [outputs]`, `[.., n] -> [.., outputs]`.\n\n\
              `y = W x + b` with `W: [outputs, n]`. Weights and bias start uniform in ±1/√n, unless `init`, `std` and `bias_init` \
              say otherwise.",
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
            INIT,
            STD,
            BIAS_INIT,
        ],
        example: "x |> global_avg_pool |> Linear(4)",
        apply: linear,
    },
    Stanza {
        name: "HyperLinear",
        family: Family::Linear,
        doc: "Affine map whose weights and bias are made from a second value, for each subject its own: `x [n]`, `e [k] -> [outputs]`.\n\n\
              `y = W(e) x + b(e)` with `W(e) = reshape(G e + g)` as `[outputs, n]` and `b(e) = H e + h`. `W(e)` is never formed: \
              `W(e) x` is the sum over k of `e_k (G_k x)`, one product of matrices for the batch. Weights are those of two affine maps, \
              `weights_gen` and `bias_gen`. `G` and `H` start uniform with variances `1 / (n k variance)` and \
              `1 / (k variance)`, `g` and `h` as zeros, so that the outputs vary as much as the inputs.",
        source: "Ha et al. 2017, HyperNetworks; Duenias et al. 2025, HyperFusion, `HyperLinearLayer`, eq. 1-2, after Chang et al. 2020",
        arity: Arity::Exactly(&["x", "e"]),
        parameters: &[
            Parameter::new("outputs", ParameterType::COUNT, Default::Required, "length of the result"),
            Parameter::new(
                "variance",
                ParameterType::POSITIVE,
                Default::Real(1.0),
                "variance of the numbers of `e` that the start counts on",
            ),
        ],
        example: "HyperLinear(4)(x |> global_avg_pool, g |> Embedding(2))",
        apply: hyper_linear,
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
    Stanza {
        name: "Parameter",
        family: Family::Linear,
        doc: "A learned array of this shape, the same for everybody; it reads nothing: `Parameter(3, 8)()` is `[3, 8]`.\n\n\
              It starts normal with mean 0 and standard deviation `sd`: at zeros where none is given.",
        source: "PyTorch `torch.nn.Parameter`",
        arity: Arity::Exactly(&[]),
        parameters: &[
            Parameter::new("shape", ParameterType::Ints, Default::Required, "extent of each axis, 1 to 5 of them"),
            Parameter::new(
                "sd",
                ParameterType::Real { low: 0.0, high: f64::MAX },
                Default::Real(0.0),
                "standard deviation at the start",
            ),
        ],
        example: "x * Parameter(8, sd: 0.1)()",
        apply: |arguments, _| parameter(arguments),
    },
    Stanza {
        name: "constant",
        family: Family::Linear,
        doc: "The same number in a vector, for everybody: `constant(2)` is `[1]`, `constant(0.5, size: 4)` is `[4]`.",
        source: "PyTorch `torch.full`",
        arity: Arity::Exactly(&[]),
        parameters: &[
            Parameter::new("value", ParameterType::ANY_REAL, Default::Required, "the number"),
            Parameter::new("size", ParameterType::COUNT, Default::Int(1), "how often it stands in the vector"),
        ],
        example: "x * (constant(2) |> Linear(8))",
        apply: |arguments, _| {
            let size = limits::size(arguments.int("size").unwrap_or(1), "size", 1)?;
            let value = arguments.real("value").unwrap_or(0.0);
            limits::within(Applied::plain(Op::Fill(value), for_everybody(vec![size])))
        },
    },
];

/// One value for the whole batch, of this shape.
fn for_everybody(shape: Vec<usize>) -> TensorType {
    TensorType { batched: false, ..TensorType::tensor(shape) }
}

fn parameter(arguments: &Arguments) -> Result<Applied, Refusal> {
    let given = arguments.ints("shape").unwrap_or_default();
    if !(1..=5).contains(&given.len()) {
        return Err(Refusal::new(format!("a learned array has 1 to 5 axes, and {} are given", given.len()))
            .at_argument("shape")
            .hint("Parameter(3, 8)() is a matrix; `reshape` makes other axes of it"));
    }
    let shape = given.iter().map(|extent| limits::size(*extent, "shape", 1)).collect::<Result<Vec<_>, _>>()?;
    let init = match arguments.real("sd") {
        Some(sd) if sd > 0.0 => Init::Normal(sd),
        _ => Init::ZEROS,
    };
    let weights = vec![WeightSpec::parameter("weight", shape.clone(), init)];
    let output = for_everybody(shape.clone());
    limits::within(Applied { op: Op::Learned { shape }, weights, output, multiply_adds: 0 })
}

fn linear(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, _, _) = inputs::channels(read)?;
    let outputs = limits::size(arguments.int("outputs").unwrap_or(0), "outputs", 1)?;
    let (leading, features) = match x.shape.split_last() {
        Some((features, leading)) => (leading, *features),
        None => (x.shape.as_slice(), 1),
    };
    let bias = arguments.flag("bias");
    let mut weights = vec![WeightSpec::parameter("weight", [outputs, features], start::weights(arguments, features)?)];
    if bias {
        weights.push(WeightSpec::parameter("bias", [outputs], start::bias(arguments, features)));
    }
    let multiply_adds = limits::multiply_adds(&[limits::numbers(&x.shape), outputs as u128])?;
    let output = limits::shaped(x, [leading, &[outputs]].concat());
    limits::within(Applied { op: Op::Linear { inputs: features, outputs, bias }, weights, output, multiply_adds })
}

fn hyper_linear(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let features = vector(read, 0, "`HyperLinear` maps a vector, [n]", "`|> flatten` before it")?;
    let embedding = vector(read, 1, "weights are made of a vector, [k]", "make one of it: `|> flatten |> Linear(8)`")?;
    let outputs = limits::size(arguments.int("outputs").unwrap_or(0), "outputs", 1)?;
    let variance = arguments.real("variance").unwrap_or(1.0) * embedding as f64;
    let made = outputs.saturating_mul(features);
    let weights = vec![
        WeightSpec::parameter(
            "weights_gen.weight",
            [made, embedding],
            Init::uniform_of_std((variance * features as f64).sqrt().recip()),
        ),
        WeightSpec::parameter("weights_gen.bias", [made], Init::ZEROS),
        WeightSpec::parameter("bias_gen.weight", [outputs, embedding], Init::uniform_of_std(variance.sqrt().recip())),
        WeightSpec::parameter("bias_gen.bias", [outputs], Init::ZEROS),
    ];
    let multiply_adds = limits::multiply_adds(&[outputs as u128, features as u128 + 1, embedding as u128 + 1])?;
    let output = TensorType { batched: read[0].batched || read[1].batched, ..TensorType::tensor([outputs]) };
    limits::within(Applied {
        op: Op::HyperLinear { inputs: features, outputs, embedding },
        weights,
        output,
        multiply_adds,
    })
}

/// The length of an input that must be a vector.
fn vector(read: &[TensorType], position: usize, what: &str, hint: &str) -> Result<usize, Refusal> {
    let x = inputs::numbers(read, position)?;
    match x.shape.as_slice() {
        [n] => Ok(*n),
        _ => Err(Refusal::new(format!("{what}, and this is {}", inputs::describe(x))).at_input(position).hint(hint)),
    }
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
