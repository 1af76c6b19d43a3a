//! Arithmetic of elements, reductions over axes, matrix products.
//!
//! The signs `+ - * / ^` are the two-input functions of this chapter, with their rule of broadcasting.

use super::activation::each;
use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{Binary, Op, Reduction, TensorType, Unary, show_shape};

/// The entry of a function of two values.
macro_rules! binary_stanza {
    ($name:literal, $op:expr, $what:literal, $source:literal, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Arithmetic,
            doc: concat!(
                $what,
                "\n\nShapes are equal, or the shorter is aligned at the first axis, the channels: `[c]` goes with `[c, d, h, w]`. Along \
                 an aligned axis the shorter's extent may be 1 (of two shapes of one length, either's); a single number goes with everything."
            ),
            source: $source,
            arity: Arity::Exactly(&["x", "y"]),
            parameters: &[],
            example: $example,
            apply: |_, read| binary(read, $op),
        }
    };
}

/// The entry of a function of each element.
macro_rules! unary_stanza {
    ($name:literal, $op:expr, $what:literal, $source:literal, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Arithmetic,
            doc: concat!($what, " of each element; the shape stays."),
            source: $source,
            arity: Arity::Exactly(&["x"]),
            parameters: &[],
            example: $example,
            apply: |_, read| each($op, read),
        }
    };
}

/// The entry of a reduction.
macro_rules! reduce_stanza {
    ($name:literal, $reduction:expr, $what:literal, $source:literal, $example:literal) => {
        Stanza {
            name: $name,
            family: Family::Arithmetic,
            doc: concat!(
                $what,
                " over axes, which disappear: `[c, d, h, w] -> [c]` over the axes 1, 2 and 3; over all axes a single number for each \
                 subject.\n\nThe batch is no axis: for the mean over subjects there is `batch_mean`."
            ),
            source: $source,
            arity: Arity::Exactly(&["x"]),
            parameters: &[AXES, KEEP],
            example: $example,
            apply: |arguments, read| reduce(arguments, read, $reduction),
        }
    };
}

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    binary_stanza!("add", Binary::Add, "Sum of two values, `x + y`.", "PyTorch `torch.add`", "add(x, x |> relu)"),
    binary_stanza!(
        "subtract",
        Binary::Subtract,
        "Difference of two values, `x - y`.",
        "PyTorch `torch.sub`",
        "subtract(x, x |> relu)"
    ),
    binary_stanza!(
        "multiply",
        Binary::Multiply,
        "Product of the elements of two values, `x * y`.",
        "PyTorch `torch.mul`",
        "multiply(x, x |> global_avg_pool |> sigmoid)"
    ),
    binary_stanza!(
        "divide",
        Binary::Divide,
        "Quotient of the elements of two values, `x / y`.",
        "PyTorch `torch.div`",
        "divide(x, x |> square |> reduce_sum |> sqrt)"
    ),
    binary_stanza!(
        "power",
        Binary::Power,
        "One value's elements to the power of the other's, `x ^ y`. A negative base has no real power that is not whole.",
        "PyTorch `torch.pow`",
        "power(x |> abs, x |> sigmoid)"
    ),
    binary_stanza!(
        "maximum",
        Binary::Maximum,
        "The larger of two values, element by element; equal ones share the gradient.",
        "PyTorch `torch.maximum`",
        "maximum(x, x |> tanh)"
    ),
    binary_stanza!(
        "minimum",
        Binary::Minimum,
        "The smaller of two values, element by element; equal ones share the gradient.",
        "PyTorch `torch.minimum`",
        "minimum(x, x |> tanh)"
    ),
    unary_stanza!("negate", Unary::Negate, "Minus, `-x`,", "PyTorch `torch.neg`", "x |> negate"),
    unary_stanza!("exp", Unary::Exp, "Exponential", "PyTorch `torch.exp`", "x |> exp"),
    unary_stanza!("log", Unary::Log, "Natural logarithm", "PyTorch `torch.log`", "x |> softplus |> log"),
    unary_stanza!("sqrt", Unary::Sqrt, "Square root", "PyTorch `torch.sqrt`", "x |> abs |> sqrt"),
    unary_stanza!("square", Unary::Square, "Square", "PyTorch `torch.square`", "x |> square"),
    unary_stanza!("abs", Unary::Abs, "Absolute value", "PyTorch `torch.abs`", "x |> abs"),
    Stanza {
        name: "is_zero",
        family: Family::Arithmetic,
        doc: "1 where the element is exactly 0, as outside a skull-stripped head, else 0; the shape stays, and it has no gradient.",
        source: "PyTorch `(x == 0).float()`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[],
        example: "x |> relu |> is_zero",
        apply: |_, read| each(Unary::IsZero, read),
    },
    Stanza {
        name: "stop_gradient",
        family: Family::Arithmetic,
        doc: "The value as it is; nothing is learned through it.",
        source: "PyTorch `torch.Tensor.detach`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[],
        example: "x |> stop_gradient",
        apply: |_, read| {
            let x = inputs::tensor(read, 0)?;
            Ok(Applied::plain(Op::StopGradient, limits::shaped(x, x.shape.clone())))
        },
    },
    Stanza {
        name: "clamp",
        family: Family::Arithmetic,
        doc: "Each element brought to at least `low` and at most `high`; the shape stays. The gradient is 0 outside.",
        source: "PyTorch `torch.clamp`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[
            Parameter::new("low", ParameterType::ANY_REAL, Default::Required, "the smallest result"),
            Parameter::new("high", ParameterType::ANY_REAL, Default::Required, "the largest result"),
        ],
        example: "x |> clamp(-1, 1)",
        apply: clamp,
    },
    reduce_stanza!("reduce_sum", Reduction::Sum, "Sum", "PyTorch `torch.sum`", "x |> reduce_sum(1, 2, 3)"),
    reduce_stanza!("reduce_mean", Reduction::Mean, "Mean", "PyTorch `torch.mean`", "x |> reduce_mean"),
    reduce_stanza!(
        "reduce_max",
        Reduction::Maximum,
        "Largest element",
        "PyTorch `torch.amax`",
        "x |> reduce_max(0, keep: true)"
    ),
    reduce_stanza!("reduce_min", Reduction::Minimum, "Smallest element", "PyTorch `torch.amin`", "x |> reduce_min(0)"),
    reduce_stanza!(
        "variance",
        Reduction::Variance,
        "Biased variance (divided by n)",
        "PyTorch `torch.var` with `correction=0`",
        "x |> variance([1, 2, 3])"
    ),
    Stanza {
        name: "log_sum_exp",
        family: Family::Arithmetic,
        doc: "Logarithm of the sum of the exponentials of several values of one shape, element by element, without overflow: `[n], [n], .. -> [n]`. \
              Families are taken member by member.",
        source: "PyTorch `torch.logsumexp` of the stacked values",
        arity: Arity::AtLeast(1),
        parameters: &[],
        example: "log_sum_exp(x, x |> relu)",
        apply: |_, read| log_sum_exp(read, false),
    },
    Stanza {
        name: "log_mean_exp",
        family: Family::Arithmetic,
        doc: "Logarithm of the mean of the exponentials of several values of one shape, element by element: `log_sum_exp` minus the logarithm of \
              their number. Of log-densities it is that of the mixture.",
        source: "PyTorch `torch.logsumexp` of the stacked values, minus the logarithm of their number",
        arity: Arity::AtLeast(1),
        parameters: &[],
        example: "log_mean_exp(x, x |> relu)",
        apply: |_, read| log_sum_exp(read, true),
    },
    Stanza {
        name: "batch_mean",
        family: Family::Arithmetic,
        doc: "The mean over the subjects of the batch who have the value, of each element: one value for the whole batch; the shape \
              stays.\n\nIt makes a loss of what is a number for each subject.",
        source: "PyTorch `torch.mean(x, dim=0)`",
        arity: Arity::Exactly(&["x"]),
        parameters: &[],
        example: "x |> square |> reduce_sum |> batch_mean",
        apply: batch_mean,
    },
    Stanza {
        name: "matmul",
        family: Family::Arithmetic,
        doc: "Product of matrices in the last two axes: `[.., m, k] x [.., k, n] -> [.., m, n]`, with equal axes before or none in the \
              second, and of a matrix and a vector: `[.., m, k] x [k] -> [.., m]`.",
        source: "PyTorch `torch.matmul`",
        arity: Arity::Exactly(&["x", "y"]),
        parameters: &[],
        example: "let rows = x |> reshape(8, 4096); matmul(rows, rows |> permute(1, 0))",
        apply: matmul,
    },
];

const AXES: Parameter =
    Parameter::new("axes", ParameterType::Ints, Default::None, "which axes; all where not given, -1 is the last");
const KEEP: Parameter =
    Parameter::new("keep", ParameterType::Bool, Default::Bool(false), "whether they stay, with extent 1");

fn binary(read: &[TensorType], op: Binary) -> Result<Applied, Refusal> {
    let (x, y) = (inputs::tensor(read, 0)?, inputs::tensor(read, 1)?);
    let shape = broadcast(x, y)?;
    let output = TensorType { batched: x.batched || y.batched, ..TensorType::tensor(shape) };
    limits::within(Applied::plain(Op::Binary(op), output))
}

/// The common shape of two values.
fn broadcast(x: &TensorType, y: &TensorType) -> Result<Vec<usize>, Refusal> {
    let (longer, shorter) = if x.shape.len() >= y.shape.len() { (&x.shape, &y.shape) } else { (&y.shape, &x.shape) };
    let equal_length = longer.len() == shorter.len();
    let mut shape = longer.clone();
    for (axis, (extent, other)) in shape.iter_mut().zip(shorter).enumerate() {
        match (*extent, *other) {
            (a, b) if a == b || b == 1 => {}
            (1, b) if equal_length => *extent = b,
            (a, b) => return Err(broadcast_misfit(x, y, axis, a, b)),
        }
    }
    Ok(shape)
}

fn broadcast_misfit(x: &TensorType, y: &TensorType, axis: usize, longer: usize, shorter: usize) -> Refusal {
    let refusal = Refusal::new(format!(
        "{} and {} do not go together: axis {axis} is {longer} and {shorter}",
        show_shape(&x.shape),
        show_shape(&y.shape)
    ))
    .at_input(1);
    match (x.shape.as_slice(), y.shape.as_slice()) {
        ([a, space @ ..], [b, other @ ..]) if a == b && space.len() == other.len() => {
            refusal.hint(format!("bring the second to the first's extent: `|> upsample(size: {})`", show_shape(space)))
        }
        ([a, space @ ..], [b, other @ ..]) if space == other && !space.is_empty() => {
            let n = space.len();
            refusal.hint(format!("bring the second from {b} to {a} channels: `|> Conv{n}d({a}, kernel: 1)`"))
        }
        ([a], [b]) => refusal.hint(format!("bring the second from {b} to {a} features: `|> Linear({a})`")),
        _ => refusal.hint(
            "shapes are aligned at the first axis, the channels; `|> permute(..)` or `|> unsqueeze` moves axes there",
        ),
    }
}

fn clamp(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (low, high) = (arguments.real("low").unwrap_or(f64::MIN), arguments.real("high").unwrap_or(f64::MAX));
    if low.is_nan() || high.is_nan() || low > high {
        return Err(Refusal::new(format!("`low` ({low}) is above `high` ({high})"))
            .at_argument("low")
            .hint(format!("clamp({high}, {low})")));
    }
    each(Unary::Clamp { low, high }, read)
}

fn reduce(arguments: &Arguments, read: &[TensorType], reduction: Reduction) -> Result<Applied, Refusal> {
    let x = inputs::tensor(read, 0)?;
    let rank = x.shape.len();
    if rank == 0 {
        return Err(Refusal::new("a single number has no axes to reduce")
            .at_input(0)
            .hint("the mean over subjects is `|> batch_mean`; over a family, `mean(..)`"));
    }
    let mut axes = match arguments.ints("axes") {
        None => (0..rank).collect(),
        Some(given) => given.iter().map(|axis| inputs::axis(*axis, rank, "axes")).collect::<Result<Vec<_>, _>>()?,
    };
    axes.sort_unstable();
    if axes.is_empty() || axes.windows(2).any(|pair| pair[0] == pair[1]) {
        let problem = if axes.is_empty() { "no axes are named" } else { "an axis is named twice" };
        return Err(Refusal::new(problem).at_argument("axes").hint("leave `axes` out for all of them"));
    }
    let keep = arguments.flag("keep");
    let shape: Vec<usize> = match keep {
        true => (0..rank).map(|axis| if axes.contains(&axis) { 1 } else { x.shape[axis] }).collect(),
        false => (0..rank).filter(|axis| !axes.contains(axis)).map(|axis| x.shape[axis]).collect(),
    };
    Ok(Applied::plain(Op::Reduce { reduction, axes, keep }, limits::shaped(x, shape)))
}

fn log_sum_exp(read: &[TensorType], mean: bool) -> Result<Applied, Refusal> {
    let first = inputs::numbers(read, 0)?;
    for position in 1..read.len() {
        let x = inputs::numbers(read, position)?;
        if x.shape != first.shape {
            return Err(Refusal::new(format!(
                "value 1 is {}, value {} is {}",
                inputs::describe(first),
                position + 1,
                inputs::describe(x)
            ))
            .at_input(position)
            .hint("`reduce_sum` makes one number of each, before"));
        }
    }
    let batched = read.iter().any(|x| x.batched);
    Ok(Applied::plain(Op::LogSumExp { mean }, TensorType { batched, ..TensorType::tensor(first.shape.clone()) }))
}

fn batch_mean(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::tensor(read, 0)?;
    if !x.batched {
        return Err(Refusal::new("this is one value for the whole batch already")
            .at_input(0)
            .hint("leave out `batch_mean`"));
    }
    Ok(Applied::plain(Op::BatchMean, TensorType { batched: false, ..TensorType::tensor(x.shape.clone()) }))
}

fn matmul(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, y) = (inputs::numbers(read, 0)?, inputs::numbers(read, 1)?);
    let shapes = || format!("{} x {}", show_shape(&x.shape), show_shape(&y.shape));
    let [leading @ .., m, k] = x.shape.as_slice() else {
        return Err(Refusal::new(format!("a matrix, [.., m, k], is needed here, and this is {}", inputs::describe(x)))
            .at_input(0)
            .hint("the product of two vectors is `reduce_sum(x * y)`"));
    };
    let (inner, columns, agree) = match y.shape.as_slice() {
        [] => {
            return Err(Refusal::new("a matrix or a vector is needed here, and this is a single number")
                .at_input(1)
                .hint("`x * y`"));
        }
        [inner] => (*inner, None, true),
        [before @ .., inner, n] => (*inner, Some(*n), before.is_empty() || before == leading),
    };
    if inner != *k {
        let hint = match columns {
            Some(n) if n == *k => "turn the second around: `|> permute(..)`",
            _ => "the last axis of the first is the last but one of the second",
        };
        return Err(Refusal::new(format!("{}: {k} columns meet {inner} rows", shapes())).at_input(1).hint(hint));
    }
    if !agree {
        return Err(Refusal::new(format!("{}: the axes before the last two differ", shapes())).at_input(1));
    }
    let shape: Vec<usize> = leading.iter().copied().chain([*m]).chain(columns).collect();
    let multiply_adds = limits::multiply_adds(&[limits::numbers(&shape), *k as u128])?;
    let output = TensorType { batched: x.batched || y.batched, ..TensorType::tensor(shape) };
    limits::within(Applied { op: Op::MatMul, weights: Vec::new(), output, multiply_adds })
}
