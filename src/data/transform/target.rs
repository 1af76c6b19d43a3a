//! The numbers of a target as models are trained on them, and the way back: `column("age") |> log |> standardize`.
//!
//! ```text
//!  numbers of training subjects ──fit──▶ FittedTarget ──apply──▶ what a loss compares with
//!                                             └────────revert──▶ predictions in the unit of the column
//! ```

use super::super::error::{DataError, Result};
use super::columns::{low_and_span, mean_and_sd};
use fascicle_lang::program::ColumnStep;
use serde::{Deserialize, Serialize};

/// The steps of a target, as learnt from training subjects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedTarget(Vec<Change>);

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Change {
    /// Minus the first, over the second.
    Linear(f64, f64),
    Log,
}

impl FittedTarget {
    /// Fits each step to what those before it make of the numbers of the training subjects. Standard deviations have ddof 0; of
    /// numbers that are all the same, 1 stands for their spread, as in scikit-learn.
    ///
    /// # Errors
    /// No training subject has a number; a logarithm of what is not above 0; a step that cannot be undone.
    pub fn fit(steps: &[ColumnStep], values: &[f64]) -> Result<Self> {
        if values.is_empty() {
            let problem = "no training subject has a value to learn from".into();
            return Err(DataError::Step { step: "target", problem });
        }
        let mut values = values.to_vec();
        let mut changes = Vec::with_capacity(steps.len());
        for step in steps {
            let change = match step {
                ColumnStep::Standardize => {
                    let (mean, sd) = mean_and_sd(&values);
                    Change::Linear(mean, sd)
                }
                ColumnStep::MinMax => {
                    let (low, span) = low_and_span(&values);
                    Change::Linear(low, span)
                }
                ColumnStep::Log => Change::Log,
                ColumnStep::Bins { .. }
                | ColumnStep::OneHot { .. }
                | ColumnStep::Combat(_)
                | ColumnStep::Residualize { .. } => {
                    let problem = "it cannot be undone in what is predicted; use standardize, minmax or log".into();
                    return Err(DataError::Step { step: "target", problem });
                }
            };
            values.iter_mut().for_each(|value| *value = change.apply(*value));
            if values.iter().any(|value| !value.is_finite()) {
                let problem = "a logarithm needs numbers above 0".into();
                return Err(DataError::Step { step: "log", problem });
            }
            changes.push(change);
        }
        Ok(Self(changes))
    }

    /// A number of the column as models are trained on it.
    pub fn apply(&self, value: f64) -> f64 {
        self.0.iter().fold(value, |value, change| change.apply(value))
    }

    /// What a model predicts, in the unit of the column.
    pub fn revert(&self, value: f64) -> f64 {
        self.0.iter().rev().fold(value, |value, change| change.revert(value))
    }

    /// The same of many.
    pub fn revert_all(&self, values: &mut [f32]) {
        values.iter_mut().for_each(|value| *value = self.revert(f64::from(*value)) as f32);
    }
}

impl Change {
    fn apply(self, value: f64) -> f64 {
        match self {
            Self::Linear(shift, scale) => (value - shift) / scale,
            Self::Log => value.ln(),
        }
    }

    fn revert(self, value: f64) -> f64 {
        match self {
            Self::Linear(shift, scale) => value * scale + shift,
            Self::Log => value.exp(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_goes_there_and_back() -> Result<()> {
        let years = [20.0, 30.0, 70.0];
        for steps in [
            vec![ColumnStep::Standardize],
            vec![ColumnStep::MinMax],
            vec![ColumnStep::Log, ColumnStep::Standardize, ColumnStep::MinMax],
        ] {
            let fitted = FittedTarget::fit(&steps, &years)?;
            for age in [18.0, 45.0, 91.0] {
                assert!((fitted.revert(fitted.apply(age)) - age).abs() < 1e-12 * age, "{steps:?}");
            }
        }
        let fitted = FittedTarget::fit(&[ColumnStep::Standardize], &years)?;
        // Mean 40, standard deviation (ddof 0) of 20, 10, 30 away from it: the root of 1400 / 3.
        assert!((fitted.apply(61.602_468_994_692_87) - 1.0).abs() < 1e-12);
        Ok(())
    }

    #[test]
    fn what_cannot_be_learnt_is_said() {
        let said = |steps: &[ColumnStep], values: &[f64]| {
            FittedTarget::fit(steps, values).err().map(|e| e.to_string()).unwrap_or_default()
        };
        assert!(said(&[ColumnStep::Log], &[]).contains("no training subject has a value"));
        assert!(said(&[ColumnStep::Log], &[3.0, 0.0]).contains("above 0"));
        assert!(said(&[ColumnStep::Bins { n: 4 }], &[3.0]).contains("cannot be undone"));
        // Nobody differs: what is predicted is what everybody has.
        let same = FittedTarget::fit(&[ColumnStep::Standardize], &[3.0, 3.0]);
        assert_eq!(same.map(|fitted| (fitted.apply(3.0), fitted.revert(0.0))).ok(), Some((0.0, 3.0)));
    }
}
