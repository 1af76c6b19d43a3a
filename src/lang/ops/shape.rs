//! What moves elements without changing them: new shapes, new orders, joining and cutting.

use super::{
    Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Rewrite, Stanza, inputs, limits,
};
use crate::graph::{Kind, Op, TensorType, show_shape};

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "flatten",
        family: Family::Shape,
        doc: "All elements as one vector, row-major: `[c, d, h, w] -> [c*d*h*w]`; a single number becomes `[1]`.",
        source: "PyTorch `torch.flatten` (the batch is never part of it)",
        arity: ONE,
        parameters: &[],
        example: "x |> flatten |> Linear(4)",
        apply: flatten,
    },
    Stanza {
        name: "reshape",
        family: Family::Shape,
        doc: "The same elements, row-major, under another shape: `[8, 16, 16, 16] |> reshape(8, 4096)`.\n\n\
              One extent may be -1: what is left. Extents are given one after the other or as a list.",
        source: "PyTorch `torch.reshape`",
        arity: ONE,
        parameters: &[Parameter::new(
            "shape",
            ParameterType::Ints,
            Default::Required,
            "extents of the result; -1, once, is what is left",
        )],
        example: "x |> reshape(8, 64, -1)",
        apply: reshape,
    },
    Stanza {
        name: "reshape_as",
        family: Family::Shape,
        doc: "The same elements, row-major, under the shape of another value.\n\n\
              Only the shape of `like` is read, so nobody needs to have its values: the graph's node reads `x` alone, and who has \
              the result is who has `x`.",
        source: "PyTorch `torch.Tensor.reshape_as`",
        arity: Arity::Exactly(&["x", "like"]),
        parameters: &[],
        example: "x |> flatten |> reshape_as(x)",
        apply: reshape_as,
    },
    Stanza {
        name: "squeeze",
        family: Family::Shape,
        doc: "Without axes of extent 1: all of them, or the one given. `[1] |> squeeze` is a single number.",
        source: "PyTorch `torch.squeeze`",
        arity: ONE,
        parameters: &[Parameter::new(
            "axis",
            ParameterType::AXIS,
            Default::None,
            "the axis to leave out; all of extent 1 where not given",
        )],
        example: "x |> global_avg_pool |> Linear(1) |> squeeze",
        apply: squeeze,
    },
    Stanza {
        name: "unsqueeze",
        family: Family::Shape,
        doc: "With a new axis of extent 1: `[h, w] |> unsqueeze` is `[1, h, w]`.",
        source: "PyTorch `torch.unsqueeze`",
        arity: ONE,
        parameters: &[Parameter::new(
            "axis",
            ParameterType::AXIS,
            Default::Int(0),
            "where the new axis stands; -1 is at the end",
        )],
        example: "x |> global_avg_pool |> unsqueeze",
        apply: unsqueeze,
    },
    Stanza {
        name: "permute",
        family: Family::Shape,
        doc: "Axes in a new order: `[c, d, h, w] |> permute(0, 3, 1, 2)` is `[c, w, d, h]`.",
        source: "PyTorch `torch.permute`",
        arity: ONE,
        parameters: &[Parameter::new(
            "order",
            ParameterType::Ints,
            Default::Required,
            "for each axis of the result, the axis it was",
        )],
        example: "x |> permute(0, 3, 1, 2)",
        apply: permute,
    },
    Stanza {
        name: "concat",
        family: Family::Shape,
        doc: "Values one after the other along an axis: `concat([4, d, h, w], [8, d, h, w])` is `[12, d, h, w]`.\n\n\
              All other axes must be equal. Families are taken member by member.",
        source: "PyTorch `torch.cat`",
        arity: Arity::AtLeast(1),
        parameters: &[Parameter::new(
            "axis",
            ParameterType::AXIS,
            Default::Int(0),
            "along which; 0 is the channels or features",
        )],
        example: "concat(x, x |> relu)",
        apply: concat,
    },
    Stanza {
        name: "stack",
        family: Family::Shape,
        doc: "Values of one shape along a new axis: `stack([n], [n], [n])` is `[3, n]`; single numbers make a vector.",
        source: "PyTorch `torch.stack`",
        arity: Arity::AtLeast(1),
        parameters: &[Parameter::new(
            "axis",
            ParameterType::AXIS,
            Default::Int(0),
            "where the new axis stands; -1 is at the end",
        )],
        example: "stack(x |> global_avg_pool, x |> global_max_pool)",
        apply: stack,
    },
    Stanza {
        name: "random_place",
        family: Family::Shape,
        doc: "The features at one place, `[c, ...] -> [c]`: for each subject another, drawn anew at each step of training; the middle one in \
              prediction.\n\nScoring all places with all is out of reach of a map in three dimensions; scoring one with all is not.",
        source: "Bachman et al. 2019 (AMDIM) and Fedorov et al.'s code (VolumetricMultiDim), where the map is subsampled to a single vector",
        arity: ONE,
        parameters: &[],
        example: "x |> random_place",
        apply: random_place,
    },
    Stanza {
        name: "slice",
        family: Family::Shape,
        doc: "Elements `from` up to but without `to` of an axis, every `step`-th: `[8, h, w] |> slice(0, 4)` is `[4, h, w]`.\n\n\
              Negative numbers count from the end.",
        source: "Python's slices; NumPy basic indexing",
        arity: ONE,
        parameters: &[
            Parameter::new("from", POSITION, Default::Required, "first element; negative: from the end"),
            Parameter::new("to", POSITION, Default::Required, "the element after the last; negative: from the end"),
            Parameter::new("axis", ParameterType::AXIS, Default::Int(0), "of which axis; -1 is the last"),
            Parameter::new("step", ParameterType::COUNT, Default::Int(1), "every how many-th"),
        ],
        example: "x |> slice(0, 4)",
        apply: slice,
    },
    Stanza {
        name: "pad",
        family: Family::Shape,
        doc: "With a border of one value.\n\n\
              `amount` is one number for both sides of all axes in space (of the features of a vector), one for both sides of each axis in \
              space, or a number before and a number after for each axis, the channels' first.",
        source: "PyTorch `torch.nn.functional.pad`, mode `constant`; NumPy `numpy.pad` for the order of pairs",
        arity: ONE,
        parameters: &[
            Parameter::new("amount", ParameterType::Ints, Default::Required, "how many elements"),
            Parameter::new("value", ParameterType::ANY_REAL, Default::Real(0.0), "what the border holds"),
        ],
        example: "x |> pad(1, value: 0)",
        apply: pad,
    },
    Stanza {
        name: "one_hot",
        family: Family::Shape,
        doc: "A class as 0/1 columns, one a level in the order of its declaration: `class{A, B, C} -> [3]`; a mask with the levels as \
              channels, background first: `mask[h, w]{..} -> [n, h, w]`.",
        source: "PyTorch `torch.nn.functional.one_hot`",
        arity: Arity::Exactly(&["class"]),
        parameters: &[],
        example: "concat(x |> global_avg_pool, g |> one_hot)",
        apply: one_hot,
    },
];

const ONE: Arity = Arity::Exactly(&["x"]);
const POSITION: ParameterType = ParameterType::Int { at_least: -1_000_000_000 };

fn flatten(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::numbers(read, 0)?;
    Ok(reshaped(x, vec![x.shape.iter().product()]))
}

/// `x` under a shape of as many elements.
fn reshaped(x: &TensorType, shape: Vec<usize>) -> Applied {
    Applied::plain(Op::Reshape, limits::shaped(x, shape))
}

fn reshape(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::numbers(read, 0)?;
    let given = arguments.ints("shape").unwrap_or_default();
    if given.is_empty() {
        return Err(Refusal::new("`reshape` needs the extents of the result")
            .at_argument("shape")
            .hint("reshape(1, -1)"));
    }
    let open = given.iter().filter(|extent| **extent == -1).count();
    if open > 1 {
        return Err(Refusal::new(format!("only one extent can be -1, and {open} are")).at_argument("shape"));
    }
    let known: Vec<usize> = given
        .iter()
        .filter(|extent| **extent != -1)
        .map(|extent| limits::size(*extent, "shape", 1))
        .collect::<Result<_, _>>()?;
    let (held, asked) = (limits::numbers(&x.shape), limits::numbers(&known));
    let fits = if open == 1 { held.is_multiple_of(asked) } else { held == asked };
    if !fits {
        return Err(reshape_misfit(x, &given, held, asked, open == 1));
    }
    let left = usize::try_from(held / asked).unwrap_or(usize::MAX);
    let shape = given.iter().map(|extent| usize::try_from(*extent).unwrap_or(left)).collect();
    limits::within(reshaped(x, shape))
}

fn reshape_misfit(x: &TensorType, given: &[i64], held: u128, asked: u128, open: bool) -> Refusal {
    let spelled: Vec<String> = given.iter().map(i64::to_string).collect();
    let message = match open {
        true => format!("{} holds {held} numbers, which {asked} does not divide", inputs::describe(x)),
        false => format!("{} holds {held} numbers, [{}] {asked}", inputs::describe(x), spelled.join(", ")),
    };
    let first =
        given.first().and_then(|extent| u128::try_from(*extent).ok()).filter(|n| *n > 0 && held.is_multiple_of(*n));
    let hint = match first {
        Some(first) if given.len() > 1 => format!("reshape({first}, -1)"),
        _ => "`|> flatten` makes a vector of it".into(),
    };
    let refusal = Refusal::new(message).at_argument("shape").hint(hint);
    match first {
        Some(_) if given.len() > 1 => refusal,
        _ => refusal.rewrite(Rewrite::Function("flatten")),
    }
}

fn reshape_as(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, like) = (inputs::numbers(read, 0)?, inputs::tensor(read, 1)?);
    let (held, asked) = (limits::numbers(&x.shape), limits::numbers(&like.shape));
    if held != asked {
        let (x, like) = (inputs::describe(x), inputs::describe(like));
        return Err(Refusal::new(format!("{x} holds {held} numbers, {like} {asked}")).at_input(1));
    }
    Ok(reshaped(x, like.shape.clone()))
}

fn squeeze(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::numbers(read, 0)?;
    let Some(axis) = arguments.int("axis") else {
        return Ok(reshaped(x, x.shape.iter().copied().filter(|extent| *extent != 1).collect()));
    };
    let axis = inputs::axis(axis, x.shape.len(), "axis")?;
    let mut shape = x.shape.clone();
    match shape.remove(axis) {
        1 => Ok(reshaped(x, shape)),
        extent => Err(Refusal::new(format!("axis {axis} of {} has extent {extent}, not 1", inputs::describe(x)))
            .at_argument("axis")),
    }
}

fn unsqueeze(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::numbers(read, 0)?;
    let axis = inputs::axis(arguments.int("axis").unwrap_or(0), x.shape.len() + 1, "axis")?;
    let mut shape = x.shape.clone();
    shape.insert(axis, 1);
    limits::within(reshaped(x, shape))
}

fn permute(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::numbers(read, 0)?;
    let given = arguments.ints("order").unwrap_or_default();
    let order: Vec<usize> =
        given.iter().map(|axis| inputs::axis(*axis, x.shape.len(), "order")).collect::<Result<_, _>>()?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !sorted.into_iter().eq(0..x.shape.len()) {
        let axes: Vec<String> = (0..x.shape.len()).rev().map(|axis| axis.to_string()).collect();
        return Err(Refusal::new(format!(
            "the order must name each of the {} axes of {} once",
            x.shape.len(),
            inputs::describe(x)
        ))
        .at_argument("order")
        .hint(format!("permute({}) turns it around", axes.join(", "))));
    }
    let shape: Vec<usize> = order.iter().map(|axis| x.shape[*axis]).collect();
    Ok(Applied::plain(Op::Permute { order }, limits::shaped(x, shape)))
}

/// All inputs as numbers for each subject.
fn all(read: &[TensorType]) -> Result<Vec<&TensorType>, Refusal> {
    if read.is_empty() {
        return Err(Refusal::new("there is nothing to join"));
    }
    (0..read.len()).map(|position| inputs::numbers(read, position)).collect()
}

/// A value of this shape: of each subject if one of those that it is made of is.
fn joined(all: &[&TensorType], shape: Vec<usize>) -> TensorType {
    TensorType { batched: all.iter().any(|x| x.batched), ..TensorType::tensor(shape) }
}

fn concat(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    if let Some(position) = read.iter().position(|x| x.kind == Kind::Normal) {
        return Err(Refusal::new("Gaussians cannot be concatenated")
            .at_input(position)
            .hint("fuse them with `poe(..)`, or concatenate what was drawn from each: `|> sample`")
            .rewrite(Rewrite::Stage("sample".into())));
    }
    let all = all(read)?;
    let first = all[0];
    if let Some(position) = all.iter().position(|x| x.shape.is_empty()) {
        return Err(Refusal::new("a single number has no axis to join along")
            .at_input(position)
            .hint("make it a vector of one, `|> flatten`, or join single numbers with `stack`")
            .rewrite(Rewrite::Stage("flatten".into())));
    }
    let axis = inputs::axis(arguments.int("axis").unwrap_or(0), first.shape.len(), "axis")?;
    let mut shape = first.shape.clone();
    for (position, x) in all.iter().enumerate().skip(1) {
        let fits = x.shape.len() == shape.len() && (0..shape.len()).all(|i| i == axis || x.shape[i] == shape[i]);
        if !fits {
            return Err(concat_misfit(first, x, position, axis));
        }
        shape[axis] = shape[axis].saturating_add(x.shape[axis]);
    }
    limits::within(Applied::plain(Op::Concat { axis }, joined(&all, shape)))
}

fn concat_misfit(first: &TensorType, x: &TensorType, position: usize, axis: usize) -> Refusal {
    let (a, b) = (show_shape(&first.shape), show_shape(&x.shape));
    let refusal = Refusal::new(format!("value 1 is {a}, value {} is {b}: only axis {axis} may differ", position + 1))
        .at_input(position);
    if first.shape.len() == x.shape.len() {
        return match first.shape.len() > 1 && first.shape[0] == x.shape[0] && first.shape[1..] != x.shape[1..] {
            true => refusal.hint(format!(
                "bring it to the other's extent: `|> upsample(size: {})`",
                show_shape(&first.shape[1..])
            )),
            false => refusal,
        };
    }
    refusal.hint("make vectors of both: `|> flatten`, or `|> global_avg_pool` of the one that has space")
}

fn stack(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let all = all(read)?;
    let first = all[0];
    if let Some(position) = all.iter().position(|x| x.shape != first.shape) {
        let (a, b) = (inputs::describe(first), inputs::describe(all[position]));
        return Err(Refusal::new(format!(
            "value 1 is {a}, value {} is {b}: what is stacked has one shape",
            position + 1
        ))
        .at_input(position)
        .hint("`concat` joins values that differ along one axis"));
    }
    let axis = inputs::axis(arguments.int("axis").unwrap_or(0), first.shape.len() + 1, "axis")?;
    let mut shape = first.shape.clone();
    shape.insert(axis, all.len());
    limits::within(Applied::plain(Op::Stack { axis }, joined(&all, shape)))
}

fn random_place(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, channels, _) = inputs::space(read)?;
    Ok(Applied::plain(Op::RandomPlace, limits::shaped(x, [channels])))
}

fn slice(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::numbers(read, 0)?;
    let axis = inputs::axis(arguments.int("axis").unwrap_or(0), x.shape.len(), "axis")?;
    let extent = x.shape[axis];
    let step = limits::size(arguments.int("step").unwrap_or(1), "step", 1)?;
    let start = position(arguments.int("from").unwrap_or(0), extent, axis, "from")?;
    let end = position(arguments.int("to").unwrap_or(0), extent, axis, "to")?;
    if start >= end {
        return Err(Refusal::new(format!("{start} up to {end} of axis {axis} is nothing"))
            .at_argument("to")
            .hint(format!("to: {}", (start + 1).min(extent))));
    }
    let mut shape = x.shape.clone();
    shape[axis] = (end - start).div_ceil(step);
    Ok(Applied::plain(Op::Slice { axis, start, end, step }, limits::shaped(x, shape)))
}

/// A position between elements, from 0 to the extent; negative ones count from the end.
fn position(given: i64, extent: usize, axis: usize, argument: &'static str) -> Result<usize, Refusal> {
    let resolved = if given < 0 { given.saturating_add(extent as i64) } else { given };
    usize::try_from(resolved).ok().filter(|position| *position <= extent).ok_or_else(|| {
        Refusal::new(format!("{given} lies outside axis {axis}, which has extent {extent}"))
            .at_argument(argument)
            .hint(format!("a number from 0 to {extent}, or a negative one from the end"))
    })
}

fn pad(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (x, _, space) = inputs::channels(read)?;
    let given: Vec<usize> = arguments
        .ints("amount")
        .unwrap_or_default()
        .into_iter()
        .map(|amount| limits::size(amount, "amount", 0))
        .collect::<Result<_, _>>()?;
    let axes = x.shape.len();
    let padded_axes = space.len().max(1);
    let both_sides = |amounts: Vec<usize>| {
        let channels = (axes > 1).then_some((0, 0));
        channels.into_iter().chain(amounts.into_iter().map(|n| (n, n))).collect::<Vec<_>>()
    };
    let amounts = match given.as_slice() {
        [one] => both_sides(vec![*one; padded_axes]),
        pairs if pairs.len() == 2 * axes => pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect(),
        each if each.len() == padded_axes => both_sides(each.to_vec()),
        other => {
            let accepted = match padded_axes {
                1 => format!("1 or {}", 2 * axes),
                n => format!("1, {n} or {}", 2 * axes),
            };
            return Err(Refusal::new(format!(
                "{} amounts came for {}: {accepted} are expected",
                other.len(),
                inputs::describe(x)
            ))
            .at_argument("amount")
            .hint("pad(1) puts one element on either side of each axis in space"));
        }
    };
    let shape: Vec<usize> = x.shape.iter().zip(&amounts).map(|(n, (before, after))| n + before + after).collect();
    let value = arguments.real("value").unwrap_or(0.0);
    limits::within(Applied::plain(Op::Pad { amounts, value }, limits::shaped(x, shape)))
}

fn one_hot(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let x = inputs::any(read, 0)?;
    let (levels, shape) = match &x.kind {
        Kind::Mask(levels) => (levels.len(), [&[levels.len()], x.shape.as_slice()].concat()),
        _ => inputs::class(read, 0).map(|levels| (levels.len(), vec![levels.len()]))?,
    };
    limits::within(Applied::plain(Op::OneHot { levels }, limits::shaped(x, shape)))
}
