//! Logistic regression with an elastic net penalty.
//!
//! A table `[subjects, columns]` and a class a subject come in; coefficients, and probabilities of other subjects, go
//! out. What is minimised is scikit-learn's `LogisticRegression` with `penalty="elasticnet"`:
//! `C sum(log loss) + mixture |w|_1 + (1 - mixture) / 2 |w|^2`, the intercepts free; two classes have one logit, more
//! have one each (multinomial). It is found by Newton steps, each a penalised quadratic solved by coordinate descent
//! (Friedman, Hastie and Tibshirani 2010; Lee, Sun and Saunders 2014), to more digits than first-order methods reach.

use super::newton::{Problem, minimise, sigmoid};
pub use super::penalty::Penalty;
use crate::error::{AnalysisError, Result, check_array};
use crate::metrics::classification::check_labels;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// A fitted regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegression {
    /// `[logits, columns]`; of two classes one logit, that of class 1.
    pub coefficients: Array2<f64>,
    /// One a logit.
    pub intercepts: Vec<f64>,
    classes: usize,
}

impl LogisticRegression {
    /// Fits `labels` (0 to `classes - 1`) by the columns of `table`, until no coefficient moves by more than
    /// `tolerance`, relative to the largest.
    ///
    /// # Errors
    /// Values that are not finite, labels that are no classes, fewer than two classes among them, a penalty out of
    /// range.
    pub fn fit(
        table: ArrayView2<'_, f64>,
        labels: &[usize],
        classes: usize,
        penalty: Penalty,
        tolerance: f64,
    ) -> Result<Self> {
        check_array("the embeddings", &table)?;
        check_labels("the classes", labels, classes)?;
        if table.nrows() != labels.len() {
            return Err(AnalysisError::ShapeMismatch {
                left: "the embeddings",
                left_shape: table.shape().to_vec(),
                right: "the classes",
                right_shape: vec![labels.len()],
            });
        }
        penalty.check()?;
        if labels.iter().all(|&l| l == labels[0]) {
            let what = "the list of classes";
            return Err(AnalysisError::Constant { what, value: labels[0] as f64 });
        }
        let logits = if classes == 2 { 1 } else { classes };
        let problem = Problem::new(table, labels, logits, penalty);
        let found = minimise(&problem, tolerance)?;
        let columns = table.ncols();
        let coefficients = Array2::from_shape_fn((logits, columns), |(k, j)| found[k * (columns + 1) + j]);
        let mut intercepts: Vec<f64> = (0..logits).map(|k| found[k * (columns + 1) + columns]).collect();
        if logits > 1 {
            // Adding the same to all of them changes no probability.
            let mean = intercepts.iter().sum::<f64>() / logits as f64;
            intercepts.iter_mut().for_each(|i| *i -= mean);
        }
        Ok(Self { coefficients, intercepts, classes })
    }

    /// The probability of every class, `[subjects, classes]`.
    ///
    /// # Errors
    /// Another number of columns than were fitted, or values that are not finite.
    pub fn probabilities(&self, table: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        check_array("the embeddings", &table)?;
        if table.ncols() != self.coefficients.ncols() {
            return Err(AnalysisError::ShapeMismatch {
                left: "the embeddings",
                left_shape: table.shape().to_vec(),
                right: "the coefficients",
                right_shape: self.coefficients.shape().to_vec(),
            });
        }
        let logits = table.dot(&self.coefficients.t());
        let mut probabilities = Array2::zeros((table.nrows(), self.classes));
        for (row, mut out) in logits.rows().into_iter().zip(probabilities.rows_mut()) {
            let row: Vec<f64> = row.iter().zip(&self.intercepts).map(|(l, i)| l + i).collect();
            if let [logit] = row.as_slice() {
                let one = sigmoid(*logit);
                (out[0], out[1]) = (sigmoid(-logit), one);
            } else {
                let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = row.iter().map(|l| (l - largest).exp()).sum();
                out.iter_mut().zip(&row).for_each(|(p, l)| *p = (l - largest).exp() / sum);
            }
        }
        Ok(probabilities)
    }
}

#[cfg(test)]
mod tests;
