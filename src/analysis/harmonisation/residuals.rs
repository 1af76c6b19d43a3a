//! What is left of measurements when a linear regression on covariates has been taken away: observed minus predicted,
//! as statsmodels' `OLS(y, add_constant(x))` gives it for those it was fitted to (`resid`) and for others
//! (`y - predict(x)`).

use super::least_squares::least_squares;
use crate::error::{AnalysisError, Result, check_shapes};
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use serde::{Deserialize, Serialize};

/// A regression of each column on the same covariates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Residuals {
    /// One a column.
    pub intercepts: Vec<f64>,
    /// One list a column: what one more of each term adds.
    pub slopes: Vec<Vec<f64>>,
}

impl Residuals {
    /// Fits the columns `[subjects, columns]` to the covariates `[subjects, terms]`.
    ///
    /// # Errors
    /// Too few subjects, a term that is constant or a combination of those before it ([`AnalysisError::DependentTerm`]
    /// counts covariates from 0), a number that is not finite.
    pub fn fit(columns: ArrayView2<'_, f64>, covariates: ArrayView2<'_, f64>) -> Result<Self> {
        check_shapes("the columns", &columns.shape()[..1], "the covariates", &covariates.shape()[..1])?;
        let ones = Array2::ones((columns.nrows(), 1));
        let design = concatenate![Axis(1), ones, covariates];
        let coefficients = least_squares(design.view(), columns).map_err(|e| match e {
            AnalysisError::DependentTerm { term } => AnalysisError::DependentTerm { term: term.saturating_sub(1) },
            other => other,
        })?;
        let of_column = coefficients.columns();
        Ok(Self {
            intercepts: of_column.into_iter().map(|c| c[0]).collect(),
            slopes: coefficients.columns().into_iter().map(|c| c.iter().skip(1).copied().collect()).collect(),
        })
    }

    /// One subject's columns less what its covariates predict.
    ///
    /// # Errors
    /// Another number of columns or of covariates than were fitted.
    pub fn apply(&self, columns: &[f64], covariates: &[f64]) -> Result<Vec<f64>> {
        check_shapes("the columns", &[columns.len()], "those fitted", &[self.intercepts.len()])?;
        let terms = self.slopes.first().map_or(0, Vec::len);
        check_shapes("the covariates", &[covariates.len()], "those fitted", &[terms])?;
        let fitted = self.intercepts.iter().zip(&self.slopes);
        Ok(columns.iter().zip(fitted).map(|(y, (intercept, slopes))| y - intercept - dot(slopes, covariates)).collect())
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
