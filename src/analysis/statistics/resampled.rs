//! The corrected resampled t test: two models compared over the folds of a cross-validation.
//!
//! The difference of the two models' scores in every fold (and repeat) comes in; t, p and the mean difference go out.
//! Folds share training subjects, so their differences are not independent and a plain paired t test finds far too
//! much; Nadeau and Bengio (2003) widen the variance by the ratio of test to training subjects.

use super::Alternative;
use super::moments::{largest, mean, spread};
use super::t_test::TTest;
use crate::error::{AnalysisError, Result, check_sample, check_size};

/// Whether the mean of `differences` over folds is not zero.
///
/// `train` and `test` are the numbers of subjects that train and score in one fold. The standard error is
/// `sqrt((1 / J + test / train) s^2)` over all `J` folds of all repeats, with `J - 1` degrees of freedom; Cohen's d
/// divides by `s` alone.
///
/// # Errors
/// Fewer than two folds, values that are not finite, the same difference in every fold, or no subjects that train or
/// score.
pub fn corrected_resampled_t(
    differences: &[f64],
    train: usize,
    test: usize,
    alternative: Alternative,
) -> Result<TTest> {
    const WHAT: &str = "the list of differences between folds";
    check_sample(WHAT, differences)?;
    check_size(WHAT, differences, 2)?;
    for (setting, subjects) in [("the number of training subjects", train), ("the number of test subjects", test)] {
        if subjects == 0 {
            return Err(AnalysisError::Setting { setting, found: "0".to_owned(), expected: "at least 1" });
        }
    }
    let variance = spread(differences, largest(differences));
    if variance == 0.0 {
        return Err(AnalysisError::Constant { what: WHAT, value: differences[0] });
    }
    let folds = differences.len() as f64;
    let difference = mean(differences);
    let error = ((1.0 / folds + test as f64 / train as f64) * variance).sqrt();
    Ok(TTest::new(difference, error, folds - 1.0, difference / variance.sqrt(), alternative))
}
