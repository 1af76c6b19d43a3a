//! Reductions over axes.

use super::super::forward::Step;
use super::super::{Dynamic, NnError};
use crate::graph::Reduction;

/// A reduction over axes (which never include the batch).
pub(super) fn reduce(step: &Step<'_>, reduction: Reduction, axes: &[usize]) -> Result<Dynamic, NnError> {
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
