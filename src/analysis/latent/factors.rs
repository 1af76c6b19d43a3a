//! The few factors behind many columns: principal components of standardised columns, rotated by varimax.
//!
//! A table `[subjects, columns]` comes in; eigenvalues, loadings and the scores of every subject go out. What is
//! fitted on some subjects ([`FactorAnalysis::fit`]) can score others ([`FactorAnalysis::scores`]). Components follow
//! scikit-learn's `PCA` of columns divided by their population standard deviation, loadings are components times the
//! root of the explained variance, and scores are Thomson's regression scores `Z R^-1 L`, as factor_analyzer's.

use super::decomposition::{Svd, centred};
use super::varimax::varimax;
use crate::error::{AnalysisError, Result, check_array, constant};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use serde::{Deserialize, Serialize};

/// How many factors are kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// This many.
    Count(usize),
    /// Those with a larger eigenvalue of the correlation matrix; Kaiser's rule is 1.
    EigenvaluesAbove(f64),
}

/// How the kept factors are turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// Not at all: principal components.
    None,
    /// By varimax, with Kaiser's normalisation.
    #[default]
    Varimax,
}

/// Fitted factors. Of two opposite factors, the one whose largest loading is positive is taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorAnalysis {
    /// All eigenvalues of the correlation matrix, the largest first; they add up to the number of columns.
    pub eigenvalues: Vec<f64>,
    /// `[columns, factors]`: loadings after rotation.
    pub loadings: Array2<f64>,
    /// `[columns, factors]`: what standardised columns are multiplied by to give scores.
    pub weights: Array2<f64>,
    /// The mean of each column.
    pub mean: Vec<f64>,
    /// The population standard deviation of each column.
    pub sd: Vec<f64>,
}

/// Components of a table whose columns have been centred.
struct Components {
    /// `[k, columns]`: one a row.
    directions: Array2<f64>,
    /// The variance along each, divided by `n - 1`.
    variance: Vec<f64>,
}

impl FactorAnalysis {
    /// Finds the factors of `table`, `[subjects, columns]`.
    ///
    /// # Errors
    /// Values that are not finite, a column without variation, columns that are combinations of others (or as many
    /// columns as subjects), and a `keep` that leaves no factor or wants more than there are columns.
    pub fn fit(table: ArrayView2<'_, f64>, keep: Keep, rotation: Rotation) -> Result<Self> {
        check_array("the table", &table)?;
        let (subjects, columns) = table.dim();
        if subjects < 2 {
            return Err(AnalysisError::TooFew { what: "the table", needed: 2, found: subjects });
        }
        let n = subjects as f64;
        let (mut z, mean) = centred(table);
        let mut sd = Vec::with_capacity(columns);
        for (mut column, original) in z.columns_mut().into_iter().zip(table.columns()) {
            if let Some(value) = constant(&original.to_vec()) {
                return Err(AnalysisError::Constant { what: "a column of the table", value });
            }
            let scale = (column.dot(&column) / n).sqrt();
            column.mapv_inplace(|v| v / scale);
            sd.push(scale);
        }

        let components = Components::of(&z, columns)?;
        let eigenvalues: Vec<f64> = components.variance.iter().map(|v| v * (n - 1.0) / n).collect();
        let count = keep.count(&eigenvalues)?;
        let kept = components.directions.slice(s![..count, ..]);
        let roots: Array1<f64> = components.variance[..count].iter().map(|v| v.sqrt()).collect();
        let mut loadings = &kept.t() * &roots.insert_axis(Axis(0));
        if rotation == Rotation::Varimax {
            loadings = varimax(loadings.view(), true)?.loadings;
        }
        for mut factor in loadings.columns_mut() {
            let largest = factor.iter().fold(0.0_f64, |m, &v| if v.abs() > m.abs() { v } else { m });
            if largest < 0.0 {
                factor.mapv_inplace(|v| -v);
            }
        }

        // R^-1 L, by way of the eigenvectors of R.
        let along = components.directions.dot(&loadings);
        let inverse: Array1<f64> = eigenvalues.iter().map(|e| 1.0 / e).collect();
        let weights = components.directions.t().dot(&(&along * &inverse.insert_axis(Axis(1))));
        Ok(Self { eigenvalues, loadings, weights, mean, sd })
    }

    /// The scores `[subjects, factors]` of these or other subjects.
    ///
    /// # Errors
    /// Values that are not finite, or another number of columns than were fitted.
    pub fn scores(&self, table: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        check_array("the table", &table)?;
        if table.ncols() != self.mean.len() {
            return Err(AnalysisError::ShapeMismatch {
                left: "the table",
                left_shape: table.shape().to_vec(),
                right: "the table of loadings",
                right_shape: self.loadings.shape().to_vec(),
            });
        }
        let mut z = table.to_owned();
        for (i, mut column) in z.columns_mut().into_iter().enumerate() {
            column.mapv_inplace(|v| (v - self.mean[i]) / self.sd[i]);
        }
        Ok(z.dot(&self.weights))
    }

    /// The share of each column's variance that the kept factors explain.
    pub fn communalities(&self) -> Vec<f64> {
        self.loadings.map_axis(Axis(1), |row| row.dot(&row)).to_vec()
    }
}

impl Components {
    fn of(centred: &Array2<f64>, needed: usize) -> Result<Self> {
        let svd = Svd::of(centred.view())?;
        let rank = svd.rank();
        if rank < needed {
            return Err(AnalysisError::RankDeficient { what: "the table", rank, needed });
        }
        let n = centred.nrows() as f64;
        Ok(Self { variance: svd.s.iter().map(|s| s * s / (n - 1.0)).collect(), directions: svd.vt })
    }
}

impl Keep {
    fn count(self, eigenvalues: &[f64]) -> Result<usize> {
        let (count, expected) = match self {
            Keep::Count(count) => (count, "at least 1 factor and no more than there are columns"),
            Keep::EigenvaluesAbove(least) => {
                (eigenvalues.iter().filter(|&&e| e > least).count(), "an eigenvalue that at least one factor exceeds")
            }
        };
        if (1..=eigenvalues.len()).contains(&count) {
            return Ok(count);
        }
        Err(AnalysisError::Setting { setting: "what is kept of the factors", found: format!("{self:?}"), expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_all_close, assert_close, numbers, stats, table};
    use ndarray::array;

    /// Fails unless every column of `found` is one of `expected`, up to its sign.
    fn assert_same_factors(found: &Array2<f64>, expected: &Array2<f64>, tolerance: f64) {
        assert_eq!(found.dim(), expected.dim());
        for factor in found.columns() {
            let distance = |other: ndarray::ArrayView1<'_, f64>, sign: f64| {
                factor.iter().zip(other).map(|(a, b)| (a - sign * b).abs()).fold(0.0, f64::max)
            };
            let nearest = expected
                .columns()
                .into_iter()
                .map(|c| distance(c, 1.0).min(distance(c, -1.0)))
                .fold(f64::INFINITY, f64::min);
            assert!(nearest < tolerance, "the nearest factor is {nearest:.1e} away");
        }
    }

    #[test]
    fn components_are_scikit_learns() {
        let Some(golden) = stats("pca_varimax") else {
            return;
        };
        let x = table(&golden["X"]);
        let found = FactorAnalysis::fit(x.view(), Keep::EigenvaluesAbove(1.0), Rotation::None).unwrap();
        let variance: Vec<f64> = found.eigenvalues[..3].iter().map(|e| e * 60.0 / 59.0).collect();
        assert_all_close(&variance, &numbers(&golden["pca"]["explained_variance"]), 1e-11);
        let ratio: Vec<f64> = found.eigenvalues[..3].iter().map(|e| e / 8.0).collect();
        assert_all_close(&ratio, &numbers(&golden["pca"]["explained_variance_ratio"]), 1e-11);
        assert_close(found.eigenvalues.iter().sum(), 8.0, 1e-12);
        assert_same_factors(&found.loadings, &table(&golden["loadings_unrotated"]), 1e-10);
    }

    #[test]
    fn rotated_loadings_and_scores_are_those_of_factor_analyzer() {
        let Some(golden) = stats("pca_varimax") else {
            return;
        };
        let x = table(&golden["X"]);
        let found = FactorAnalysis::fit(x.view(), Keep::Count(3), Rotation::Varimax).unwrap();
        assert_same_factors(&found.loadings, &table(&golden["varimax"]["kaiser_True"]["loadings"]), 1e-9);
        assert_same_factors(&found.weights, &table(&golden["regression_weights"]), 1e-9);
        assert_same_factors(&found.scores(x.view()).unwrap(), &table(&golden["regression_scores"]), 1e-9);
        let plain = varimax(table(&golden["loadings_unrotated"]).view(), false).unwrap();
        assert_same_factors(&plain.loadings, &table(&golden["varimax"]["kaiser_False"]["loadings"]), 1e-9);
        assert_same_factors(&plain.rotation, &table(&golden["varimax"]["kaiser_False"]["rotation"]), 1e-9);
        // factor_analyzer's own loadings have variances of divisor n, hence the factor 60/59.
        let communalities: Vec<f64> = found.communalities().iter().map(|c| c * 59.0 / 60.0).collect();
        assert_all_close(&communalities, &numbers(&golden["factor_analyzer_principal_varimax"]["communalities"]), 1e-9);
    }

    #[test]
    fn subjects_that_were_not_fitted_are_scored_on_the_same_scale() {
        let Some(golden) = stats("pca_varimax") else {
            return;
        };
        let x = table(&golden["X"]);
        let found = FactorAnalysis::fit(x.view(), Keep::Count(2), Rotation::Varimax).unwrap();
        let all = found.scores(x.view()).unwrap();
        let some = found.scores(x.slice(s![10..14, ..])).unwrap();
        assert!((&some - &all.slice(s![10..14, ..])).iter().all(|d| d.abs() < 1e-12));
        assert!(matches!(found.scores(x.slice(s![.., ..4])), Err(AnalysisError::ShapeMismatch { .. })));
    }

    #[test]
    fn columns_that_repeat_others_are_refused() {
        let x = array![[1.0, 2.0, 3.0], [2.0, 1.0, 3.0], [4.0, 4.0, 8.0], [3.0, 7.0, 10.0]];
        let error = FactorAnalysis::fit(x.view(), Keep::Count(1), Rotation::None).unwrap_err();
        assert_eq!(error, AnalysisError::RankDeficient { what: "the table", rank: 2, needed: 3 });
        let x = array![[1.0, 2.0], [2.0, 2.0], [4.0, 2.0]];
        assert!(matches!(
            FactorAnalysis::fit(x.view(), Keep::Count(1), Rotation::None),
            Err(AnalysisError::Constant { .. })
        ));
        let x = array![[1.0, 2.0], [2.0, 1.0], [4.0, 2.5]];
        let none = FactorAnalysis::fit(x.view(), Keep::EigenvaluesAbove(5.0), Rotation::None);
        assert!(matches!(none, Err(AnalysisError::Setting { .. })));
    }
}
