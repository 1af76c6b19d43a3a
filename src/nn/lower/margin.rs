//! The margin between similarities within subjects and within members of a family (Ouyang et al. 2021).

use super::super::step::Step;
use super::super::values::Value;
use super::super::{NnError, Tensor};
use crate::graph::NearPairs;
use std::sync::Arc;

/// Added to a squared norm, as in the authors' code, so that a vector of zeros has a slope.
const EPSILON: f64 = 1e-8;

/// `max(0, by - cos(near) + cos(far))`, `[1]`: mean over the subjects of a pair of members, then over the pairs that
/// anybody has; 0 where nobody has any. The rows of the step are those of the whole batch.
pub(super) fn margin(step: &Step<'_>, by: f64, near: NearPairs) -> Result<Tensor, NnError> {
    let batch = step.rows.len();
    let held: Vec<&Value> = step.inputs.iter().flatten().collect();
    let rows_of = |value: &Value| value.rows.as_ref().map_or_else(|| (0..batch).collect(), |rows| rows.to_vec());
    let mut total: Option<Tensor> = None;
    let mut pairs = 0.0;
    for (at, first) in held.iter().enumerate() {
        let own = rows_of(first);
        for second in &held[at + 1..] {
            let others = rows_of(second);
            // The last subject's next is the first; alone in a batch nobody has another.
            let counts = |row: &usize| {
                let next = (row + 1) % batch;
                next != *row && others.binary_search(row).is_ok() && own.binary_search(&next).is_ok()
            };
            let rows: Arc<[usize]> = own.iter().copied().filter(counts).collect();
            if rows.is_empty() {
                continue;
            }
            let pick = |value: &Value, rows: Vec<usize>| {
                // Rows wrap around at the end of the batch: they are taken in the order given.
                let positions: Option<Vec<usize>> = match &value.rows {
                    Some(held) => rows.iter().map(|row| held.binary_search(row).ok()).collect(),
                    None => Some(vec![0; rows.len()]),
                };
                let positions = positions.ok_or_else(|| step.broken("a row is compared that is not there"))?;
                let count = positions.len();
                let value = value.tensor.clone().select(0, &positions);
                let width = value.len() / count;
                Ok::<_, NnError>(value.reshape(&[count, width]))
            };
            let own_value = pick(first, rows.to_vec())?;
            let within_subject = cosine(own_value.clone(), pick(second, rows.to_vec())?);
            let next = pick(first, rows.iter().map(|row| (row + 1) % batch).collect())?;
            let within_member = cosine(own_value, next);
            let (near, far) = match near {
                NearPairs::SameSubject => (within_subject, within_member),
                NearPairs::SameMember => (within_member, within_subject),
            };
            let loss = far.sub(near).add_scalar(by).relu().mean_all();
            total = Some(match total {
                Some(sum) => sum.add(loss),
                None => loss,
            });
            pairs += 1.0;
        }
    }
    Ok(match total {
        Some(sum) => sum.div_scalar(pairs),
        None => Tensor::filled(0.0, &[1], step.device),
    })
}

/// Cosine of the angle between rows, `[rows, 1]`.
fn cosine(x: Tensor, y: Tensor) -> Tensor {
    let norm = |v: &Tensor| v.clone().square().sum(&[1]).add_scalar(EPSILON).sqrt().at_least(EPSILON);
    let norms = norm(&x).mul(norm(&y));
    x.mul(y).sum(&[1]).div(norms)
}
