//! Student's and Welch's t tests.
//!
//! One sample, a pair of matched samples or two independent ones come in; t, its degrees of freedom, p and Cohen's d
//! go out. Definitions follow scipy's `ttest_1samp`, `ttest_rel` and `ttest_ind(equal_var=False)`.

use super::Alternative;
use super::moments::{largest, mean, spread};
use super::tails::student_t_above;
use crate::error::{AnalysisError, Result, check_paired, check_sample, check_size};
use serde::{Deserialize, Serialize};

/// The outcome of a t test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TTest {
    /// The difference of means divided by its standard error.
    pub t: f64,
    /// The degrees of freedom; a fraction in Welch's test.
    pub df: f64,
    /// The probability of a t at least as extreme without any difference.
    pub p_value: f64,
    /// What the test is about: mean minus reference, mean of the differences, or first mean minus second.
    pub mean_difference: f64,
    /// The standard error of that.
    pub standard_error: f64,
    /// The difference in standard deviations: of the sample, of the differences (`d_z`), or pooled over two samples.
    pub cohen_d: f64,
}

/// Whether the mean of a sample differs from `reference`.
///
/// # Errors
/// Fewer than two values, values that are not finite, or a sample without variation.
pub fn one_sample_t(sample: &[f64], reference: f64, alternative: Alternative) -> Result<TTest> {
    check_sample("the sample", sample)?;
    check_size("the sample", sample, 2)?;
    check_sample("the reference", &[reference])?;
    about_zero(sample, reference, largest(sample), "the sample", alternative)
}

/// Whether two measurements of the same subjects differ (`first[i]` and `second[i]` are of one subject).
///
/// # Errors
/// As [`one_sample_t`]; lists of different length; differences that are all the same up to rounding.
pub fn paired_t(first: &[f64], second: &[f64], alternative: Alternative) -> Result<TTest> {
    let differences = paired_differences(first, second)?;
    let scale = largest(first).max(largest(second));
    about_zero(&differences, 0.0, scale, "the list of paired differences", alternative)
}

/// Whether the means of two independent samples differ, their variances being free to (Welch 1947).
///
/// Cohen's d divides by the pooled standard deviation, which is what is usually reported beside Welch's t.
///
/// # Errors
/// As [`one_sample_t`]; both samples without variation.
pub fn welch_t(first: &[f64], second: &[f64], alternative: Alternative) -> Result<TTest> {
    check_sample("the first sample", first)?;
    check_sample("the second sample", second)?;
    check_size("the first sample", first, 2)?;
    check_size("the second sample", second, 2)?;
    let (n1, n2) = (first.len() as f64, second.len() as f64);
    let (v1, v2) = (spread(first, largest(first)), spread(second, largest(second)));
    if v1 + v2 == 0.0 {
        return Err(AnalysisError::Constant { what: "each of the two samples", value: first[0] });
    }
    let (e1, e2) = (v1 / n1, v2 / n2);
    let difference = mean(first) - mean(second);
    // Satterthwaite's degrees of freedom, with the shares of the error's variance so that nothing overflows.
    let (s1, s2) = (e1 / (e1 + e2), e2 / (e1 + e2));
    let df = 1.0 / (s1 * s1 / (n1 - 1.0) + s2 * s2 / (n2 - 1.0));
    let pooled = (((n1 - 1.0) * v1 + (n2 - 1.0) * v2) / (n1 + n2 - 2.0)).sqrt();
    Ok(TTest::new(difference, (e1 + e2).sqrt(), df, difference / pooled, alternative))
}

impl TTest {
    pub(super) fn new(difference: f64, standard_error: f64, df: f64, cohen_d: f64, alternative: Alternative) -> Self {
        let t = difference / standard_error;
        let p_value = alternative.p_value(student_t_above(-t, df), student_t_above(t, df));
        Self { t, df, p_value, mean_difference: difference, standard_error, cohen_d }
    }
}

/// `first - second`, checked.
pub(super) fn paired_differences(first: &[f64], second: &[f64]) -> Result<Vec<f64>> {
    check_sample("the first sample", first)?;
    check_sample("the second sample", second)?;
    check_paired("the first sample", first, "the second sample", second)?;
    check_size("the list of pairs", first, 2)?;
    Ok(first.iter().zip(second).map(|(a, b)| a - b).collect())
}

fn about_zero(
    sample: &[f64],
    reference: f64,
    scale: f64,
    what: &'static str,
    alternative: Alternative,
) -> Result<TTest> {
    let n = sample.len() as f64;
    let variance = spread(sample, scale);
    if variance == 0.0 {
        return Err(AnalysisError::Constant { what, value: sample[0] });
    }
    let difference = mean(sample) - reference;
    Ok(TTest::new(difference, (variance / n).sqrt(), n - 1.0, difference / variance.sqrt(), alternative))
}
