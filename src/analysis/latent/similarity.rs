//! How alike two representations of the same subjects are.
//!
//! Two tables `[subjects, columns]` come in, of the same subjects in the same order and any number of columns; a
//! number between 0 and 1 goes out: centred kernel alignment (Kornblith et al. 2019), canonical correlations, or
//! singular vector canonical correlation (Raghu et al. 2017). None depends on how either representation is turned.
//!
//! With about as many columns as subjects, canonical correlations are near 1 whatever the tables hold; then use
//! [`debiased_linear_cka`].

use super::decomposition::{Svd, centred};
use crate::error::{AnalysisError, Result, check_array};
use ndarray::{Array2, ArrayView2, s};
use serde::{Deserialize, Serialize};

/// Which directions of a representation take part in [`svcca`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Energy {
    /// The fewest that explain the given share of the variance (squared singular values).
    #[default]
    Variance,
    /// The fewest that hold the given share of the sum of singular values, as in the authors' code.
    SingularValues,
}

/// Canonical correlations of two reduced representations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Svcca {
    /// The correlations, the largest first: as many as the smaller of the two numbers of directions.
    pub correlations: Vec<f64>,
    /// Their mean, which is what is reported.
    pub mean: f64,
    /// How many directions of each representation took part.
    pub directions: (usize, usize),
}

/// Linear centred kernel alignment: `|Y'X|^2 / (|X'X| |Y'Y|)` of centred tables, in Frobenius norms.
///
/// # Errors
/// Fewer than two subjects, different numbers of subjects, values that are not finite, or a table without variation.
pub fn linear_cka(first: ArrayView2<'_, f64>, second: ArrayView2<'_, f64>) -> Result<f64> {
    let (x, y) = centred_pair(first, second, 2)?;
    Ok(squares(&x.t().dot(&y)) / (squares(&x.t().dot(&x)) * squares(&y.t().dot(&y))).sqrt())
}

/// The same from the unbiased estimate of the Hilbert-Schmidt independence criterion (Song et al. 2012).
///
/// It is 0 on average for unrelated tables, however many columns they have, and can be slightly below.
///
/// # Errors
/// As [`linear_cka`]; fewer than four subjects; tables so noisy that the estimate of their own alignment is not
/// positive.
pub fn debiased_linear_cka(first: ArrayView2<'_, f64>, second: ArrayView2<'_, f64>) -> Result<f64> {
    let (x, y) = centred_pair(first, second, 4)?;
    let (k, l) = (gram_without_diagonal(&x), gram_without_diagonal(&y));
    let own = unbiased_hsic(&k, &k) * unbiased_hsic(&l, &l);
    if own <= 0.0 || own.is_nan() {
        return Err(AnalysisError::Undefined {
            what: "the debiased alignment",
            reason: "the unbiased estimate of a table's alignment with itself is not positive; more subjects are needed",
        });
    }
    Ok(unbiased_hsic(&k, &l) / own.sqrt())
}

/// All canonical correlations, the largest first: as many as the lower of the two ranks.
///
/// # Errors
/// As [`linear_cka`].
pub fn canonical_correlations(first: ArrayView2<'_, f64>, second: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    let (x, y) = centred_pair(first, second, 2)?;
    let (x, y) = (Svd::of(x.view())?, Svd::of(y.view())?);
    correlations(&x, x.rank(), &y, y.rank())
}

/// Canonical correlations of the leading directions of each representation: those that hold `share` of its energy.
///
/// # Errors
/// As [`linear_cka`]; a `share` that is not above 0 and at most 1.
pub fn svcca(first: ArrayView2<'_, f64>, second: ArrayView2<'_, f64>, share: f64, energy: Energy) -> Result<Svcca> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(AnalysisError::Setting {
            setting: "the share of energy",
            found: share.to_string(),
            expected: "a number above 0 and at most 1, such as 0.99",
        });
    }
    let (x, y) = centred_pair(first, second, 2)?;
    let (x, y) = (Svd::of(x.view())?, Svd::of(y.view())?);
    let directions = (energy.leading(&x, share), energy.leading(&y, share));
    let correlations = correlations(&x, directions.0, &y, directions.1)?;
    let mean = correlations.iter().sum::<f64>() / correlations.len() as f64;
    Ok(Svcca { correlations, mean, directions })
}

impl Energy {
    fn leading(self, svd: &Svd, share: f64) -> usize {
        let rank = svd.rank();
        let energy: Vec<f64> = svd.s[..rank]
            .iter()
            .map(|&s| match self {
                Energy::Variance => s * s,
                Energy::SingularValues => s,
            })
            .collect();
        let wanted = share * energy.iter().sum::<f64>();
        let mut held = 0.0;
        let enough = energy.iter().position(|e| {
            held += e;
            held >= wanted
        });
        enough.map_or(rank, |last| last + 1)
    }
}

/// The singular values of `Ux' Uy`: cosines of the angles between two spaces.
fn correlations(x: &Svd, kx: usize, y: &Svd, ky: usize) -> Result<Vec<f64>> {
    let between = x.u.slice(s![.., ..kx]).t().dot(&y.u.slice(s![.., ..ky]));
    Ok(Svd::of(between.view())?.s.iter().map(|c| c.min(1.0)).collect())
}

fn centred_pair(
    first: ArrayView2<'_, f64>,
    second: ArrayView2<'_, f64>,
    needed: usize,
) -> Result<(Array2<f64>, Array2<f64>)> {
    let (left, right) = ("the first representation", "the second representation");
    if first.nrows() != second.nrows() {
        return Err(AnalysisError::ShapeMismatch {
            left,
            left_shape: first.shape().to_vec(),
            right,
            right_shape: second.shape().to_vec(),
        });
    }
    let check = |what, table: ArrayView2<'_, f64>| {
        check_array(what, &table)?;
        if table.nrows() < needed {
            return Err(AnalysisError::TooFew { what, needed, found: table.nrows() });
        }
        if table.columns().into_iter().all(|c| c.iter().all(|&v| v == c[0])) {
            return Err(AnalysisError::Constant { what, value: table[[0, 0]] });
        }
        Ok(centred(table).0)
    };
    Ok((check(left, first)?, check(right, second)?))
}

fn gram_without_diagonal(x: &Array2<f64>) -> Array2<f64> {
    let mut gram = x.dot(&x.t());
    gram.diag_mut().fill(0.0);
    gram
}

/// Both kernels have zeros on the diagonal.
fn unbiased_hsic(k: &Array2<f64>, l: &Array2<f64>) -> f64 {
    let n = k.nrows() as f64;
    let (rows_k, rows_l) = (k.sum_axis(ndarray::Axis(1)), l.sum_axis(ndarray::Axis(1)));
    let trace: f64 = k.iter().zip(l).map(|(a, b)| a * b).sum();
    let all = k.sum() * l.sum() / ((n - 1.0) * (n - 2.0));
    (trace + all - 2.0 / (n - 2.0) * rows_k.dot(&rows_l)) / (n * (n - 3.0))
}

fn squares(table: &Array2<f64>) -> f64 {
    table.iter().map(|v| v * v).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_all_close, assert_close, number, numbers, stats, table};
    use ndarray::array;

    #[test]
    fn alignment_and_canonical_correlations_match_the_reference() {
        let Some(golden) = stats("cka_cca") else {
            return;
        };
        let (x, y) = (table(&golden["X"]), table(&golden["Y"]));
        assert_close(linear_cka(x.view(), y.view()).unwrap(), number(&golden["linear_cka"]), 1e-12);
        assert_close(debiased_linear_cka(x.view(), y.view()).unwrap(), number(&golden["debiased_linear_cka"]), 1e-11);
        let correlations = canonical_correlations(x.view(), y.view()).unwrap();
        assert_all_close(&correlations, &numbers(&golden["cca_correlations"]), 1e-10);
        assert_all_close(&correlations, &numbers(&golden["sklearn_cca_correlations"]), 1e-6);
    }

    #[test]
    fn singular_vector_correlations_match_the_reference() {
        let Some(golden) = stats("cka_cca") else {
            return;
        };
        let (x, y) = (table(&golden["X"]), table(&golden["Y"]));
        for (key, share, energy) in [
            ("variance_0.99", 0.99, Energy::Variance),
            ("variance_0.9", 0.9, Energy::Variance),
            ("singular_value_sum_0.99", 0.99, Energy::SingularValues),
            ("singular_value_sum_0.9", 0.9, Energy::SingularValues),
        ] {
            let expected = &golden["svcca"][key];
            let found = svcca(x.view(), y.view(), share, energy).unwrap();
            assert_eq!(found.directions.0 as u64, expected["k_x"].as_u64().unwrap());
            assert_eq!(found.directions.1 as u64, expected["k_y"].as_u64().unwrap());
            assert_all_close(&found.correlations, &numbers(&expected["correlations"]), 1e-10);
            assert_close(found.mean, number(&expected["mean"]), 1e-10);
        }
    }

    #[test]
    fn turning_and_scaling_a_representation_changes_nothing() {
        let x = array![[1.0, 2.0], [3.0, -1.0], [0.5, 4.0], [2.0, 2.5], [-1.0, 0.0]];
        let turned = x.dot(&array![[0.6, -0.8], [0.8, 0.6]]) * 3.0 + 5.0;
        assert_close(linear_cka(x.view(), turned.view()).unwrap(), 1.0, 1e-12);
        assert_close(debiased_linear_cka(x.view(), turned.view()).unwrap(), 1.0, 1e-12);
        assert_all_close(&canonical_correlations(x.view(), turned.view()).unwrap(), &[1.0, 1.0], 1e-12);
    }

    #[test]
    fn tables_that_cannot_be_compared_are_refused() {
        let x = array![[1.0], [2.0], [3.0]];
        assert!(matches!(linear_cka(x.view(), array![[1.0]].view()), Err(AnalysisError::ShapeMismatch { .. })));
        assert!(matches!(linear_cka(x.view(), Array2::ones((3, 2)).view()), Err(AnalysisError::Constant { .. })));
        assert!(matches!(debiased_linear_cka(x.view(), x.view()), Err(AnalysisError::TooFew { needed: 4, .. })));
        assert!(svcca(x.view(), x.view(), 0.0, Energy::Variance).is_err());
    }
}
