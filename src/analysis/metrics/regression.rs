//! Scores of predicted numbers: how far off they are, and how they go together with the truth.
//!
//! The truth and the predictions of the scored subjects come in, in their own unit and the same order. Errors keep
//! that unit (the mean squared error its square); R2 and the correlations have none. Definitions follow scikit-learn
//! (`mean_squared_error`, `mean_absolute_error`, `r2_score`) and scipy (`pearsonr`, `spearmanr`).

use crate::error::{AnalysisError, Result, check_paired, check_sample, check_size, constant};
use crate::statistics::moments::{largest, mean};
use crate::statistics::ranks::Ranks;
use crate::statistics::tails::student_t_two_sided;
use serde::{Deserialize, Serialize};

/// A correlation and how probable one at least as strong is without any relation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// The coefficient, -1 to 1.
    pub r: f64,
    /// Two-sided p of Student's t with `n - 2` degrees of freedom; absent for two subjects, whose r is always 1 or -1.
    pub p_value: Option<f64>,
    /// The number of subjects.
    pub n: usize,
}

/// The mean of the squared errors, in the target's unit squared.
///
/// # Errors
/// No subjects, lists of different length, or values that are not finite.
pub fn mean_squared_error(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    mean_error(truth, predicted, |e| e * e)
}

/// The mean of the absolute errors, in the target's unit.
///
/// # Errors
/// As [`mean_squared_error`].
pub fn mean_absolute_error(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    mean_error(truth, predicted, f64::abs)
}

/// The root of the mean squared error, in the target's unit.
///
/// # Errors
/// As [`mean_squared_error`].
pub fn root_mean_squared_error(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    Ok(mean_squared_error(truth, predicted)?.sqrt())
}

/// The concordance index (Harrell et al. 1982): of the pairs of subjects whose truths differ, the share in which the larger
/// truth has the larger prediction, equal predictions counting half.
///
/// # Errors
/// As [`mean_squared_error`]; a truth without variation.
pub fn concordance(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    check_pair(truth, predicted)?;
    check_varies("the truth", truth)?;
    let (mut pairs, mut concordant) = (0_u64, 0.0);
    for (i, (t, p)) in truth.iter().zip(predicted).enumerate() {
        for (other, q) in truth[..i].iter().zip(predicted).filter(|(other, _)| *other != t) {
            pairs += 1;
            concordant += if p == q {
                0.5
            } else if (p > q) == (t > other) {
                1.0
            } else {
                0.0
            };
        }
    }
    Ok(concordant / pairs as f64)
}

/// The coefficient of determination: 1 is perfect, 0 as good as always saying the mean, negative worse.
///
/// # Errors
/// As [`mean_squared_error`]; fewer than two subjects; a truth without variation.
pub fn r2(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    check_pair(truth, predicted)?;
    check_size("the truth", truth, 2)?;
    check_varies("the truth", truth)?;
    let mean = mean(truth);
    let residual: f64 = truth.iter().zip(predicted).map(|(t, p)| (t - p).powi(2)).sum();
    let total: f64 = truth.iter().map(|t| (t - mean).powi(2)).sum();
    Ok(1.0 - residual / total)
}

/// Pearson's correlation: how well a straight line describes the relation.
///
/// # Errors
/// As [`mean_squared_error`]; fewer than two subjects; either list without variation.
pub fn pearson(truth: &[f64], predicted: &[f64]) -> Result<Correlation> {
    check_pair(truth, predicted)?;
    check_size("the truth", truth, 2)?;
    check_varies("the truth", truth)?;
    check_varies("the predictions", predicted)?;
    Ok(correlation(truth, predicted))
}

/// Spearman's rank correlation: how well any rising or falling curve does. Equal values share their mean rank.
///
/// # Errors
/// As [`pearson`].
pub fn spearman(truth: &[f64], predicted: &[f64]) -> Result<Correlation> {
    check_pair(truth, predicted)?;
    check_size("the truth", truth, 2)?;
    check_varies("the truth", truth)?;
    check_varies("the predictions", predicted)?;
    Ok(correlation(&Ranks::of(truth).values, &Ranks::of(predicted).values))
}

fn correlation(x: &[f64], y: &[f64]) -> Correlation {
    let (x, y) = (scaled_deviations(x), scaled_deviations(y));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    // One root of the product, not a product of roots: equal lists then correlate by exactly 1.
    let r = (product(&x, &y) / (product(&x, &x) * product(&y, &y)).sqrt()).clamp(-1.0, 1.0);
    let n = x.len();
    let p_value = (n > 2).then(|| {
        let df = (n - 2) as f64;
        student_t_two_sided(r * (df / ((1.0 - r) * (1.0 + r))).sqrt(), df)
    });
    Correlation { r, p_value, n }
}

/// The deviations from the mean, the largest of them 1, so that squares of very small or large values stay in range.
pub(crate) fn scaled_deviations(values: &[f64]) -> Vec<f64> {
    let mean = mean(values);
    let centred: Vec<f64> = values.iter().map(|v| v - mean).collect();
    let scale = largest(&centred);
    centred.iter().map(|v| v / scale).collect()
}

fn mean_error(truth: &[f64], predicted: &[f64], loss: impl Fn(f64) -> f64) -> Result<f64> {
    check_pair(truth, predicted)?;
    Ok(truth.iter().zip(predicted).map(|(t, p)| loss(t - p)).sum::<f64>() / truth.len() as f64)
}

fn check_pair(truth: &[f64], predicted: &[f64]) -> Result<()> {
    check_sample("the truth", truth)?;
    check_sample("the predictions", predicted)?;
    check_paired("the truth", truth, "the predictions", predicted)
}

fn check_varies(what: &'static str, values: &[f64]) -> Result<()> {
    constant(values).map_or(Ok(()), |value| Err(AnalysisError::Constant { what, value }))
}
