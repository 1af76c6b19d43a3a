//! Rows that some people lack: restriction, replacement, reductions over what is there.

use super::super::step::Step;
use super::super::values::Value;
use super::super::{NnError, Tensor};
use crate::graph::{Coalesce, Op, Reduction};
use std::sync::Arc;

/// The value for a subset of its rows; a value for the whole batch stays as it is.
///
/// # Errors
/// When a row is wanted that the value does not have.
pub(in super::super) fn restricted(value: Value, wanted: &Arc<[usize]>) -> Result<Value, String> {
    let Some(rows) = &value.rows else { return Ok(value) };
    if rows == wanted {
        return Ok(value);
    }
    let positions: Option<Vec<usize>> = wanted.iter().map(|row| rows.binary_search(row).ok()).collect();
    let positions = positions.ok_or("it is to be computed for subjects who lack what it reads")?;
    Ok(Value { tensor: value.tensor.select(0, &positions), rows: Some(wanted.clone()) })
}

/// The value for a superset of its rows, with `filler` (one row, `[1, ...]`) where it is absent.
pub(super) fn expanded(value: &Value, wanted: &Arc<[usize]>, filler: Tensor) -> Tensor {
    let dims = value.tensor.dims();
    let Some(rows) = &value.rows else {
        let mut all = dims;
        all[0] = wanted.len();
        return value.tensor.clone().expand(&all);
    };
    if rows == wanted {
        return value.tensor.clone();
    }
    let absent = rows.len();
    let positions: Vec<usize> = wanted.iter().map(|row| rows.binary_search(row).unwrap_or(absent)).collect();
    let mut one = dims;
    one[0] = 1;
    Tensor::cat(vec![value.tensor.clone(), filler.expand(&one)], 0).select(0, &positions)
}

/// Which of the wanted rows a value has.
pub(super) fn held(value: Option<&Value>, wanted: &Arc<[usize]>) -> Vec<bool> {
    match value {
        None => vec![false; wanted.len()],
        Some(Value { rows: None, .. }) => vec![true; wanted.len()],
        Some(Value { rows: Some(rows), .. }) => wanted.iter().map(|row| rows.binary_search(row).is_ok()).collect(),
    }
}

/// Something in place of what is absent.
pub(super) fn coalesce(step: &Step<'_>, with: Coalesce) -> Result<Tensor, NnError> {
    let value = step.inputs.first().and_then(Option::as_ref);
    let mut one = step.result_dims();
    one[0] = 1;
    let filler = match with {
        Coalesce::Zeros => Tensor::filled(0.0, &one, step.device),
        Coalesce::TrainingMean => Tensor::from_host(training_mean(step, one.iter().product())?, &one, step.device),
        Coalesce::Other => return or_else(step),
    };
    match value {
        Some(value) => Ok(expanded(value, &step.rows, filler)),
        None => Ok(filler.expand(&step.result_dims())),
    }
}

fn training_mean(step: &Step<'_>, expected: usize) -> Result<Vec<f32>, NnError> {
    let source = step.node.inputs.first().map(|input| &step.graph.node(*input).op);
    let Some(Op::Input(input)) = source else {
        return Err(step.broken("the mean over training subjects is known of inputs only"));
    };
    match step.settings.training_means.get(input) {
        Some(mean) if mean.len() == expected => Ok(mean.clone()),
        found => {
            Err(NnError::TrainingMean { path: step.node.path.clone(), expected, found: found.map_or(0, Vec::len) })
        }
    }
}

/// The first input where there is one, the second elsewhere.
fn or_else(step: &Step<'_>) -> Result<Tensor, NnError> {
    let first = step.inputs.first().and_then(Option::as_ref);
    let second = step.inputs.get(1).and_then(Option::as_ref);
    let (has_first, has_second) = (held(first, &step.rows), held(second, &step.rows));
    let mut parts = Vec::new();
    let mut offset = [0; 2];
    for (i, value) in [first, second].into_iter().enumerate() {
        offset[i] = parts.iter().map(|p: &Tensor| p.dims()[0]).sum();
        if let Some(value) = value {
            parts.push(value.tensor.clone());
        }
    }
    let position = |value: Option<&Value>, row: usize| match value {
        Some(Value { rows: Some(rows), .. }) => rows.binary_search(&row).unwrap_or(0),
        _ => 0,
    };
    let mut positions = Vec::with_capacity(step.rows.len());
    for (i, row) in step.rows.iter().enumerate() {
        positions.push(match (has_first[i], has_second[i]) {
            (true, _) => offset[0] + position(first, *row),
            (false, true) => offset[1] + position(second, *row),
            (false, false) => return Err(step.broken(format!("row {row} has neither of the two values"))),
        });
    }
    Ok(Tensor::cat(parts, 0).select(0, &positions))
}

/// A reduction over the members that a row has. A row that has none is 0.
pub(super) fn present(step: &Step<'_>, reduction: Reduction) -> Result<Tensor, NnError> {
    let dims = step.result_dims();
    let mut one = dims.clone();
    one[0] = 1;
    let neutral = match reduction {
        Reduction::Sum | Reduction::Mean | Reduction::Variance => 0.0,
        Reduction::Maximum => f64::NEG_INFINITY,
        Reduction::Minimum => f64::INFINITY,
    };
    let mut members = Vec::new();
    let mut masks = Vec::new();
    for value in step.inputs.iter().flatten() {
        members.push(expanded(value, &step.rows, Tensor::filled(neutral, &one, step.device)));
        masks.push(held(Some(value), &step.rows));
    }
    if members.is_empty() {
        return Ok(Tensor::filled(0.0, &dims, step.device));
    }
    let counts: Vec<usize> = (0..step.rows.len()).map(|row| masks.iter().filter(|m| m[row]).count()).collect();
    let column = |numbers: Vec<f32>| Tensor::from_host(numbers, &[counts.len()], step.device);
    let share = || column(counts.iter().map(|n| 1.0 / (*n).max(1) as f32).collect());
    let all = Tensor::stack(members, 1);
    let over_members = |reduced: Tensor| reduced.reshape(&dims);
    Ok(match reduction {
        Reduction::Sum => over_members(all.sum(&[1])),
        Reduction::Mean => over_members(all.sum(&[1])).mul(share()),
        Reduction::Maximum | Reduction::Minimum => {
            let extreme = over_members(if reduction == Reduction::Maximum { all.max(&[1]) } else { all.min(&[1]) });
            if counts.contains(&0) {
                let none: Vec<usize> =
                    (0..counts.len()).map(|row| if counts[row] == 0 { counts.len() } else { row }).collect();
                Tensor::cat(vec![extreme, Tensor::filled(0.0, &one, step.device)], 0).select(0, &none)
            } else {
                extreme
            }
        }
        Reduction::Variance => {
            let mean = over_members(all.clone().sum(&[1])).mul(share());
            let centred = all.sub({
                let mut wide = dims.clone();
                wide.insert(1, 1);
                mean.reshape(&wide)
            });
            let flags =
                masks.iter().map(|m| column(m.iter().map(|held| f32::from(u8::from(*held))).collect())).collect();
            over_members(centred.square().mul(Tensor::stack(flags, 1)).sum(&[1])).mul(share())
        }
    })
}
