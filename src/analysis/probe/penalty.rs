//! The penalty of logistic regression, as scikit-learn names it.

use crate::error::{AnalysisError, Result};
use serde::{Deserialize, Serialize};

/// How coefficients are kept small.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Penalty {
    /// scikit-learn's `C`: the larger, the weaker the penalty.
    pub strength: f64,
    /// The share of the absolute values, 0 (ridge) to 1 (lasso): scikit-learn's `l1_ratio`.
    pub mixture: f64,
}

impl Penalty {
    pub(super) fn check(self) -> Result<()> {
        if !(self.strength > 0.0 && self.strength.is_finite()) {
            return Err(AnalysisError::Setting {
                setting: "the strength of the penalty (C)",
                found: self.strength.to_string(),
                expected: "a number above 0",
            });
        }
        if !(0.0..=1.0).contains(&self.mixture) {
            return Err(AnalysisError::Setting {
                setting: "the mixture of the penalty",
                found: self.mixture.to_string(),
                expected: "a number from 0 to 1",
            });
        }
        Ok(())
    }
}
