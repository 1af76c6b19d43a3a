//! Finding where a number first stopped being one.
//!
//! Checking every value would cost a transfer a node, so the loop looks at losses alone; when one is not finite, the
//! same batch is run again here, with each value checked.

use super::step::op_name;
use super::{Batch, Forward, Gradients, Network, NnError, RunSettings};

/// The first place where a NaN or an infinity arose.
#[derive(Debug, Clone, PartialEq)]
pub struct NonFinite {
    /// The node's or the weight's place in the file's terms.
    pub path: String,
    /// The operation; `gradient` for the gradient of a weight, `weight` for a weight itself.
    pub op: String,
    /// The number found.
    pub value: f32,
    /// How many numbers were not finite, and of how many.
    pub count: (usize, usize),
}

impl NonFinite {
    fn among(path: &str, op: &str, values: &[f32]) -> Option<Self> {
        let value = values.iter().copied().find(|v| !v.is_finite())?;
        let count = values.iter().filter(|v| !v.is_finite()).count();
        Some(Self { path: path.into(), op: op.into(), value, count: (count, values.len()) })
    }
}

impl std::fmt::Display for NonFinite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.value.is_nan() { "not a number" } else { "infinite" };
        write!(f, "{} ({}): {} of {} values are {kind}", self.path, self.op, self.count.0, self.count.1)
    }
}

/// The first node of the pass whose value is not finite; before any of them, the first such weight.
///
/// # Errors
/// As [`Forward::run`].
pub fn first_non_finite(
    forward: &Forward,
    network: &Network,
    batch: &Batch,
    settings: &RunSettings,
) -> Result<Option<NonFinite>, NnError> {
    for weight in network.weights()? {
        if let Some(found) = NonFinite::among(&weight.name, "weight", &weight.values) {
            return Ok(Some(found));
        }
    }
    let mut first = None;
    forward.run_observed(network, batch, settings, &mut |_, node, value| {
        if first.is_none() {
            let values = value.tensor.to_host().map_err(|reason| NnError::DeviceFailed { reason })?;
            first = NonFinite::among(&node.path, &op_name(&node.op), &values);
        }
        Ok(())
    })?;
    Ok(first)
}

/// The last weight, in the order of the network, whose gradient is not finite: gradients flow backwards, so it is the
/// one nearest to where the trouble arose.
///
/// # Errors
/// When the device cannot deliver the gradients.
pub fn first_non_finite_gradient(gradients: &Gradients, network: &Network) -> Result<Option<NonFinite>, NnError> {
    let weights = gradients.weights(network)?;
    Ok(weights.iter().rev().find_map(|w| NonFinite::among(&w.name, "gradient", &w.values)))
}
