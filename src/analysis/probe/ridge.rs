//! Ridge regression, its penalty chosen by leaving one subject out at a time.
//!
//! Standardised columns and a number a subject come in; the penalty, coefficients and predictions for others go out.
//! The error of every subject by a fit without it has a closed form, `e_i / (1 - h_i)`; what is minimised is the mean
//! of its square, as in scikit-learn's `RidgeCV`.

use crate::error::{AnalysisError, Result, check_array, check_sample};
use crate::latent::decomposition::{Svd, centred};
use ndarray::{Array1, ArrayView2};
use serde::{Deserialize, Serialize};

/// A fitted regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RidgeRegression {
    /// One a column.
    pub coefficients: Vec<f64>,
    /// What is predicted where all columns are 0.
    pub intercept: f64,
    /// The penalty that was chosen: scikit-learn's `alpha`.
    pub penalty: f64,
}

/// A table ready for any number of fits.
pub struct Ridge {
    svd: Svd,
    mean: Array1<f64>,
}

/// Penalties tried where nobody says otherwise: half decades from 0.001 to a million, for standardised columns.
pub fn default_penalties() -> Vec<f64> {
    (-6..=12).map(|half| 10_f64.powf(f64::from(half) / 2.0)).collect()
}

impl Ridge {
    /// Decomposes a table `[subjects, columns]`.
    ///
    /// # Errors
    /// Fewer than three subjects, or values that are not finite.
    pub fn of(table: ArrayView2<'_, f64>) -> Result<Self> {
        check_array("the embeddings", &table)?;
        if table.nrows() < 3 {
            return Err(AnalysisError::TooFew { what: "the list of embeddings", needed: 3, found: table.nrows() });
        }
        let (centred, mean) = centred(table);
        Ok(Self { svd: Svd::of(centred.view())?, mean: Array1::from(mean) })
    }

    /// The fit whose penalty leaves the least error when each subject is left out; of equal ones the largest penalty.
    ///
    /// # Errors
    /// Another number of values than subjects, values that are not finite or all the same, or no penalty above 0.
    pub fn fit(&self, values: &[f64], penalties: &[f64]) -> Result<RidgeRegression> {
        check_sample("the numbers to be told", values)?;
        let n = self.svd.u.nrows();
        if values.len() != n {
            return Err(AnalysisError::ShapeMismatch {
                left: "the numbers to be told",
                left_shape: vec![values.len()],
                right: "the embeddings",
                right_shape: vec![n],
            });
        }
        if let Some(value) = crate::error::constant(values) {
            return Err(AnalysisError::Constant { what: "the list of numbers to be told", value });
        }
        let mean = values.iter().sum::<f64>() / n as f64;
        let centred: Array1<f64> = values.iter().map(|v| v - mean).collect();
        let rank = self.svd.rank();
        let u = self.svd.u.slice(ndarray::s![.., ..rank]);
        let along = u.t().dot(&centred);
        let squares: Vec<f64> = self.svd.s[..rank].iter().map(|s| s * s).collect();
        let left_out = |penalty: f64| -> f64 {
            let kept: Array1<f64> = squares.iter().map(|s| s / (s + penalty)).collect();
            let fitted = u.dot(&(&along * &kept));
            let errors = (0..n).map(|i| {
                let row = u.row(i);
                let lever = 1.0 / n as f64 + row.iter().zip(&kept).map(|(u, k)| u * u * k).sum::<f64>();
                ((centred[i] - fitted[i]) / (1.0 - lever)).powi(2)
            });
            errors.sum::<f64>() / n as f64
        };
        let tried = penalties.iter().filter(|p| **p > 0.0 && p.is_finite()).map(|p| (*p, left_out(*p)));
        let better = |best: (f64, f64), next: (f64, f64)| {
            if next.1 < best.1 || (next.1 == best.1 && next.0 > best.0) { next } else { best }
        };
        let Some((penalty, _)) = tried.filter(|(_, error)| error.is_finite()).reduce(better) else {
            return Err(AnalysisError::Setting {
                setting: "the list of penalties",
                found: format!("{penalties:?}"),
                expected: "at least one number above 0",
            });
        };
        let scaled: Array1<f64> = along.iter().zip(&self.svd.s).map(|(a, s)| a * s / (s * s + penalty)).collect();
        let coefficients = self.svd.vt.slice(ndarray::s![..rank, ..]).t().dot(&scaled);
        let intercept = mean - coefficients.dot(&self.mean);
        Ok(RidgeRegression { coefficients: coefficients.to_vec(), intercept, penalty })
    }
}

impl RidgeRegression {
    /// What is predicted for the rows of a table.
    ///
    /// # Errors
    /// Another number of columns than were fitted, or values that are not finite.
    pub fn predict(&self, table: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
        check_array("the embeddings", &table)?;
        if table.ncols() != self.coefficients.len() {
            return Err(AnalysisError::ShapeMismatch {
                left: "the embeddings",
                left_shape: table.shape().to_vec(),
                right: "the coefficients",
                right_shape: vec![self.coefficients.len()],
            });
        }
        Ok(table
            .rows()
            .into_iter()
            .map(|row| self.intercept + row.iter().zip(&self.coefficients).map(|(x, c)| x * c).sum::<f64>())
            .collect())
    }
}

#[cfg(test)]
mod tests;
