//! Non-linear functions of each element, and softmax.

use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{Init, Op, TensorType, Unary, WeightSpec};

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "relu",
        family: Family::Activation,
        doc: "`max(0, x)` of each element; the shape stays.",
        source: "PyTorch `torch.nn.functional.relu`",
        arity: ONE,
        parameters: &[],
        example: "x |> relu",
        apply: |_, read| each(Unary::Relu, read),
    },
    Stanza {
        name: "leaky_relu",
        family: Family::Activation,
        doc: "`x` where positive, `slope * x` elsewhere; the shape stays.",
        source: "PyTorch `torch.nn.functional.leaky_relu`",
        arity: ONE,
        parameters: &[Parameter::new("slope", ParameterType::ANY_REAL, Default::Real(0.01), "slope below 0")],
        example: "x |> leaky_relu(0.2)",
        apply: |arguments, read| each(Unary::LeakyRelu { slope: arguments.real("slope").unwrap_or(0.01) }, read),
    },
    Stanza {
        name: "elu",
        family: Family::Activation,
        doc: "`x` where positive, `alpha * (exp(x) - 1)` elsewhere; the shape stays.",
        source: "Clevert et al. 2016, eq. 15; PyTorch `torch.nn.functional.elu`",
        arity: ONE,
        parameters: &[Parameter::new(
            "alpha",
            ParameterType::ANY_REAL,
            Default::Real(1.0),
            "minus the value far below 0",
        )],
        example: "x |> elu",
        apply: |arguments, read| each(Unary::Elu { alpha: arguments.real("alpha").unwrap_or(1.0) }, read),
    },
    Stanza {
        name: "gelu",
        family: Family::Activation,
        doc: "`x * P(z <= x)` for a standard normal `z`, with the exact error function; the shape stays.",
        source: "Hendrycks and Gimpel 2016; PyTorch `torch.nn.functional.gelu`",
        arity: ONE,
        parameters: &[],
        example: "x |> gelu",
        apply: |_, read| each(Unary::Gelu, read),
    },
    Stanza {
        name: "PRelu",
        family: Family::Activation,
        doc: "`max(0, x) + slope * min(0, x)` with a learned slope that starts at 0.25, one for all (`channels: one`) or one for each \
              channel or feature (`channels: each`); the shape stays.",
        source: "He et al. 2015, eq. 1; PyTorch `torch.nn.PReLU`",
        arity: ONE,
        parameters: &[Parameter::new(
            "channels",
            ParameterType::Word(&["one", "each"]),
            Default::Word("one"),
            "how many slopes",
        )],
        example: "x |> PRelu()",
        apply: prelu,
    },
    Stanza {
        name: "sigmoid",
        family: Family::Activation,
        doc: "`1 / (1 + exp(-x))` of each element; the shape stays.",
        source: "PyTorch `torch.sigmoid`",
        arity: ONE,
        parameters: &[],
        example: "x |> sigmoid",
        apply: |_, read| each(Unary::Sigmoid, read),
    },
    Stanza {
        name: "tanh",
        family: Family::Activation,
        doc: "Hyperbolic tangent of each element; the shape stays.",
        source: "PyTorch `torch.tanh`",
        arity: ONE,
        parameters: &[],
        example: "x |> tanh",
        apply: |_, read| each(Unary::Tanh, read),
    },
    Stanza {
        name: "softplus",
        family: Family::Activation,
        doc: "`log(1 + exp(x))` of each element, stable for large numbers; the shape stays.",
        source: "PyTorch `torch.nn.functional.softplus` with `beta=1`",
        arity: ONE,
        parameters: &[],
        example: "x |> softplus",
        apply: |_, read| each(Unary::Softplus, read),
    },
    Stanza {
        name: "softmax",
        family: Family::Activation,
        doc: "Exponentials scaled to sum to 1 along an axis; the shape stays.\n\n\
              Axis 0, the default, is the features of a vector `[n]` and the channels of `[c, ...]`.",
        source: "PyTorch `torch.softmax`",
        arity: ONE,
        parameters: &[AXIS],
        example: "x |> Conv3d(3, kernel: 1) |> softmax",
        apply: |arguments, read| softmax(arguments, read, false),
    },
    Stanza {
        name: "log_softmax",
        family: Family::Activation,
        doc: "Logarithm of `softmax` along an axis, computed without forming it; the shape stays.",
        source: "PyTorch `torch.log_softmax`",
        arity: ONE,
        parameters: &[AXIS],
        example: "x |> Conv3d(3, kernel: 1) |> log_softmax",
        apply: |arguments, read| softmax(arguments, read, true),
    },
];

const ONE: Arity = Arity::Exactly(&["x"]);
const AXIS: Parameter =
    Parameter::new("axis", ParameterType::AXIS, Default::Int(0), "along which the results sum to 1; -1 is the last");

/// A function of each element.
pub(super) fn each(function: Unary, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::tensor(read, 0)?;
    Ok(Applied::plain(Op::Unary(function), limits::shaped(x, x.shape.clone())))
}

fn prelu(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, slopes) = match arguments.word("channels") {
        Some("each") => inputs::channels(read).map(|(x, channels, _)| (x, channels))?,
        _ => (inputs::numbers(read, 0)?, 1),
    };
    let weights = vec![WeightSpec::parameter("weight", [slopes], Init::Constant(0.25))];
    Ok(Applied { op: Op::PRelu { slopes }, weights, output: limits::shaped(x, x.shape.clone()), multiply_adds: 0 })
}

fn softmax(arguments: &Arguments, read: &[TensorType], log: bool) -> Result<Applied, Refusal> {
    let (x, _, _) = inputs::channels(read)?;
    let axis = inputs::axis(arguments.int("axis").unwrap_or(0), x.shape.len(), "axis")?;
    if x.shape[axis] == 1 {
        return Err(Refusal::new(format!(
            "axis {axis} of {} has extent 1: the result would always be {}",
            inputs::describe(x),
            1 - log as i32
        ))
        .at_input(0)
        .hint("for the probability of one of two classes use `sigmoid`"));
    }
    Ok(Applied::plain(Op::Softmax { axis, log }, limits::shaped(x, x.shape.clone())))
}
