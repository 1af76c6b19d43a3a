//! Canonical correlation across the batch: taken on the host, where small matrices are factored in double precision, and
//! joined to the gradient of the step by a linear term whose value is 0.

use super::super::step::Step;
use super::super::{NnError, Tensor, canonical};
use crate::graph::CorrelationNorm;

/// Minus the total correlation of `[rows, n]` and `[rows, m]`. Fewer than two subjects do not vary: 0.
pub(super) fn total_correlation(
    step: &Step<'_>,
    u: Tensor,
    v: Tensor,
    ridge: f64,
    norm: CorrelationNorm,
) -> Result<Tensor, NnError> {
    let rows = u.dims()[0];
    let host = |x: &Tensor| -> Result<Vec<f64>, NnError> {
        x.to_host_double().map_err(|reason| NnError::DeviceFailed { reason })
    };
    let (a, b) = (host(&u)?, host(&v)?);
    let Some(correlation) = canonical::correlation(&a, &b, rows, ridge, norm) else {
        // No subjects to correlate, or numbers that are not finite: the latter show in the loss, which the stage reports.
        let value = if rows < 2 { 0.0 } else { f64::NAN };
        return Ok(Tensor::filled(value, &[1], step.device));
    };
    let linear = |x: Tensor, slope: Vec<f64>| {
        let slope = Tensor::from_host_double(slope.into_iter().map(|g| -g).collect(), &x.dims(), step.device);
        x.clone().sub(x.detach()).mul(slope).sum_all()
    };
    let value = Tensor::filled(-correlation.total, &[1], step.device);
    Ok(value.add(linear(u, correlation.by_u)).add(linear(v, correlation.by_v)))
}
