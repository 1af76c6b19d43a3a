//! What operators ask of the values they read: plain numbers, a Gaussian, a class, so many axes.
//!
//! A value of another kind is refused with what would make it fit.

use super::{Refusal, Rewrite, limits};
use crate::graph::{Kind, TensorType, show_shape};

/// The input at this position.
pub(super) fn any(inputs: &[TensorType], position: usize) -> Result<&TensorType, Refusal> {
    inputs
        .get(position)
        .ok_or_else(|| Refusal::new(format!("this reads {} values, and {} came", position + 1, inputs.len())))
}

/// An input of plain numbers, for each subject or for the whole batch.
pub(super) fn tensor(inputs: &[TensorType], position: usize) -> Result<&TensorType, Refusal> {
    let x = any(inputs, position)?;
    match &x.kind {
        Kind::Tensor => limits::shape(&x.shape, "this value").map(|()| x).map_err(|refusal| refusal.at_input(position)),
        Kind::Normal => {
            Err(unfit(x, position, "draw from it with `|> sample`, or fuse several Gaussians with `poe(..)`"))
        }
        Kind::Class(_) => {
            Err(unfit(x, position, "make 0/1 columns of it with `|> one_hot`, or a learned row with `|> Embedding(8)`"))
        }
        Kind::Mask(_) => Err(unfit(
            x,
            position,
            "make a 0/1 channel of each level with `|> one_hot`; `dice_loss` and `cross_entropy` compare with the mask itself",
        )),
    }
}

/// An input of plain numbers for each subject. One value for the whole batch counts as one that everybody has; of a single number
/// that is what a loss leaves behind, unless something beside it is of each subject.
pub(super) fn numbers(inputs: &[TensorType], position: usize) -> Result<&TensorType, Refusal> {
    let x = tensor(inputs, position)?;
    if !x.batched && x.shape.is_empty() && !inputs.iter().any(|other| other.batched && other.kind == Kind::Tensor) {
        return Err(Refusal::new(
            "a value for each subject is needed here, and this is one number for the whole batch",
        )
        .at_input(position)
        .hint("use the value before a loss or `batch_mean` made one number of it"));
    }
    Ok(x)
}

/// The length of a Gaussian.
pub(super) fn gaussian(inputs: &[TensorType], position: usize) -> Result<usize, Refusal> {
    let q = any(inputs, position)?;
    match (&q.kind, q.shape.as_slice()) {
        (Kind::Normal, [n]) => {
            limits::shape(&[2, *n], "this Gaussian").map(|()| *n).map_err(|refusal| refusal.at_input(position))
        }
        (kind, shape) => {
            let refusal = Refusal::new(format!("a Gaussian, normal[n], is needed here, and this is {}", describe(q)))
                .at_input(position)
                .hint("make one of means and log-variances: `normal(mean: h |> Linear(10), log_var: h |> Linear(10))`");
            let is_vector = matches!(kind, Kind::Tensor) && shape.len() == 1;
            Err(if is_vector { refusal.rewrite(Rewrite::Gaussian) } else { refusal })
        }
    }
}

/// The levels of a class.
pub(super) fn class(inputs: &[TensorType], position: usize) -> Result<&[String], Refusal> {
    let x = any(inputs, position)?;
    match &x.kind {
        Kind::Class(levels) if levels.is_empty() => Err(Refusal::new("this class has no levels").at_input(position)),
        Kind::Class(levels) => Ok(levels),
        _ => Err(Refusal::new(format!("a class is needed here, and this is {}", describe(x)))
            .at_input(position)
            .hint("a class is read from the data: `target diagnosis: class{HC, AD} = cohort.column(\"diagnosis\")`")),
    }
}

/// An input `[c, ...]` with at least one axis besides: its channels and what follows.
pub(super) fn channels(inputs: &[TensorType]) -> Result<(&TensorType, usize, &[usize]), Refusal> {
    let x = numbers(inputs, 0)?;
    match x.shape.split_first() {
        Some((channels, rest)) => Ok((x, *channels, rest)),
        None => Err(Refusal::new("an axis of channels or features is needed here, and this is a single number")
            .at_input(0)
            .hint("make it a vector of one: `|> flatten`")),
    }
}

/// An input `[c, ...]` with 1 to 3 axes in space: its channels and its extent in space.
pub(super) fn space(inputs: &[TensorType]) -> Result<(&TensorType, usize, &[usize]), Refusal> {
    let x = numbers(inputs, 0)?;
    match x.shape.split_first() {
        Some((channels, space)) if (1..=3).contains(&space.len()) => Ok((x, *channels, space)),
        _ => Err(Refusal::new(format!(
            "channels and 1 to 3 axes in space are needed here, [c, ...], and this is {}",
            describe(x)
        ))
        .at_input(0)
        .hint(space_hint(x))
        .rewrite(space_rewrite(x))),
    }
}

/// An input with channels and exactly so many axes in space.
pub(super) fn space_of<'a>(
    inputs: &'a [TensorType],
    axes: usize,
    operator: &str,
) -> Result<(&'a TensorType, usize, &'a [usize]), Refusal> {
    let x = numbers(inputs, 0)?;
    match x.shape.split_first() {
        Some((channels, space)) if space.len() == axes => Ok((x, *channels, space)),
        found => {
            let expected = ["[c, n]", "[c, h, w]", "[c, d, h, w]"].get(axes.wrapping_sub(1)).unwrap_or(&"[c, ...]");
            let hint = match found.map(|(_, space)| space.len()) {
                Some(n) if (1..=3).contains(&n) => {
                    let other = operator.replace(&format!("{axes}d"), &format!("{n}d"));
                    let missing =
                        if n + 1 == axes { ", or, without channels yet, `|> unsqueeze` before it" } else { "" };
                    format!("`{other}` goes with {n} axes in space{missing}")
                }
                _ => space_hint(x),
            };
            let refusal = Refusal::new(format!("`{operator}` reads {expected}, and this is {}", describe(x)));
            let refusal = refusal.at_input(0).hint(hint);
            Err(match x.shape.as_slice() {
                [n] if axes == 1 => refusal.rewrite(Rewrite::Stage(format!("reshape(1, {n})"))),
                [n] => {
                    let ones = vec!["1"; axes - 1].join(", ");
                    refusal.rewrite(Rewrite::Stage(format!("reshape(1, {n}, {ones})")))
                }
                _ => refusal,
            })
        }
    }
}

fn space_rewrite(x: &TensorType) -> Rewrite {
    match x.shape.as_slice() {
        [n] => Rewrite::Stage(format!("reshape(1, {n})")),
        _ => Rewrite::Stage("reshape(1, 1)".into()),
    }
}

fn space_hint(x: &TensorType) -> String {
    match x.shape.as_slice() {
        [] => "`|> reshape(1, 1)` makes one channel of one place of it".into(),
        [n] => format!(
            "`|> reshape(1, {n})` makes one channel of {n} places of it, `|> reshape({n}, 1)` {n} channels of one"
        ),
        shape => {
            format!("this has {} axes after the channels; `reshape` or `reduce_mean` makes them fewer", shape.len() - 1)
        }
    }
}

/// An axis, counted from 0 or, if negative, from the end. `axes` is one more than the largest accepted.
pub(super) fn axis(axis: i64, axes: usize, argument: &'static str) -> Result<usize, Refusal> {
    let count = axes as i64;
    let resolved = if axis < 0 { axis.saturating_add(count) } else { axis };
    match usize::try_from(resolved) {
        Ok(resolved) if resolved < axes => Ok(resolved),
        _ if axes == 0 => Err(Refusal::new("a single number has no axes").at_argument(argument)),
        _ => Err(Refusal::new(format!("there is no axis {axis}: axes are 0 to {}, and -1 is the last", axes - 1))
            .at_argument(argument)
            .hint(format!("{argument}: {}", axes - 1))
            .rewrite(Rewrite::Argument(argument, (axes - 1).to_string()))),
    }
}

/// A type in the language's words, long lists of levels cut short.
pub(super) fn describe(x: &TensorType) -> String {
    match &x.kind {
        Kind::Tensor if x.shape.is_empty() && !x.batched => "one number for the whole batch".into(),
        Kind::Tensor if x.shape.is_empty() => "a single number".into(),
        Kind::Tensor => show_shape(&x.shape),
        Kind::Normal => format!("a Gaussian, normal{}", show_shape(&x.shape)),
        Kind::Class(levels) => format!("class{{{}}}", list_levels(levels)),
        Kind::Mask(levels) => format!("mask{}{{{}}}", show_shape(&x.shape), list_levels(levels)),
    }
}

/// `CN, MCI, AD`, or the first four and how many there are.
pub(super) fn list_levels(levels: &[String]) -> String {
    match levels {
        [a, b, c, d, rest @ ..] if rest.len() > 1 => format!("{a}, {b}, {c}, {d}, ... ({} in all)", levels.len()),
        _ => levels.join(", "),
    }
}

fn unfit(x: &TensorType, position: usize, hint: &str) -> Refusal {
    Refusal::new(format!("numbers are needed here, and this is {}", describe(x))).at_input(position).hint(hint).rewrite(
        match x.kind {
            Kind::Normal => Rewrite::Stage("sample".into()),
            _ => Rewrite::Stage("one_hot".into()),
        },
    )
}
