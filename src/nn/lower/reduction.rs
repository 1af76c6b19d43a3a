//! Reductions over axes.

use super::super::step::Step;
use super::super::{NnError, Tensor};
use crate::graph::Reduction;

/// A reduction over axes (which never include the batch).
pub(super) fn reduce(step: &Step<'_>, reduction: Reduction, axes: &[usize]) -> Result<Tensor, NnError> {
    let x = step.tensor(0)?;
    let axes: Vec<usize> = axes.iter().map(|axis| axis + 1).collect();
    let reduced = match reduction {
        Reduction::Sum => x.sum(&axes),
        Reduction::Mean => x.mean(&axes),
        Reduction::Maximum => x.max(&axes),
        Reduction::Minimum => x.min(&axes),
        Reduction::Variance => x.variance(&axes),
    };
    Ok(reduced.reshape(&step.result_dims()))
}

/// Logarithm of the sum, or mean, of the exponentials of all inputs, element by element. The largest is taken out first.
pub(super) fn log_sum_exp(step: &Step<'_>, mean: bool) -> Result<Tensor, NnError> {
    let values = step.tensors()?;
    let count = values.len() as f64;
    let stacked = Tensor::stack(values, 1);
    let largest = stacked.clone().detach().max(&[1]);
    let sum = stacked.sub(largest.clone()).exp().sum(&[1]).log().add(largest).reshape(&step.result_dims());
    Ok(if mean { sum.add_scalar(-count.ln()) } else { sum })
}
