//! Axes moved, padded, made.

use super::super::step::Step;
use super::super::{NnError, Tensor, draw};

/// Axes in a new order, the batch staying first.
pub(super) fn permute(step: &Step<'_>, order: &[usize]) -> Result<Tensor, NnError> {
    let order: Vec<usize> = std::iter::once(0).chain(order.iter().map(|axis| axis + 1)).collect();
    Ok(step.tensor(0)?.permute(&order))
}

/// `(before, after)` values added to each axis.
pub(super) fn pad(step: &Step<'_>, amounts: &[(usize, usize)], value: f64) -> Result<Tensor, NnError> {
    let x = step.tensor(0)?;
    Ok(amounts.iter().enumerate().fold(x, |x, (axis, amount)| x.pad(axis + 1, *amount, value)))
}

/// A class as 0/1 columns: `[rows] -> [rows, levels]`; a mask with the levels as channels: `[rows, ..] -> [rows, levels, ..]`.
pub(super) fn one_hot(step: &Step<'_>, levels: usize) -> Result<Tensor, NnError> {
    let columns = step.tensor(0)?.one_hot(levels);
    let last = columns.dims().len() - 1;
    let mut order: Vec<usize> = (0..last).collect();
    order.insert(1, last);
    Ok(columns.permute(&order).reshape(&step.result_dims()))
}

/// One place of `[rows, c, ..]` for each row: drawn in training, the middle one in prediction.
pub(super) fn random_place(step: &Step<'_>) -> Result<Tensor, NnError> {
    let x = step.tensor(0)?;
    let dims = x.dims();
    let (rows, channels, extents) = (dims[0], dims[1], &dims[2..]);
    let places: usize = extents.iter().product();
    let picked = match step.training() {
        Some((seed, at)) => draw::positions(seed, at, step.id.index(), places, rows),
        None => vec![extents.iter().fold(0, |at, extent| at * extent + extent / 2); rows],
    };
    let positions: Vec<usize> = picked.iter().enumerate().map(|(row, place)| row * places + place).collect();
    let by_place = x.reshape(&[rows, channels, places]).permute(&[0, 2, 1]).reshape(&[rows * places, channels]);
    Ok(by_place.select(0, &positions))
}
