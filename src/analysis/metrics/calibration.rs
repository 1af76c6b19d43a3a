//! Whether probabilities mean what they say: Brier's score, and the expected calibration error.
//!
//! True classes and the probabilities a model gave come in, `[subjects, classes]`; one number goes out.

use super::classification::{check_labels, check_probabilities};
use crate::error::{AnalysisError, Result};
use ndarray::ArrayView2;

/// The mean squared error of the probabilities, summed over classes: 0 for sure and right, 2 for sure and wrong. Of two
/// classes it is that of the second alone, half as large (scikit-learn's `brier_score_loss`, Brier 1950).
///
/// # Errors
/// No subjects, other numbers of them, a label that is no column, fewer than two columns, values that are not finite.
pub fn brier(truth: &[usize], probabilities: ArrayView2<'_, f64>) -> Result<f64> {
    check_probabilities(truth, probabilities)?;
    let classes = probabilities.ncols();
    let counted = if classes == 2 { 1..2 } else { 0..classes };
    Ok(counted.map(|class| squared_error(truth, probabilities, class)).sum())
}

/// The mean squared error of the probability of one class.
///
/// # Errors
/// As [`brier`]; no such class.
pub fn brier_of_class(truth: &[usize], probabilities: ArrayView2<'_, f64>, class: usize) -> Result<f64> {
    check_probabilities(truth, probabilities)?;
    check_labels("the class asked for", &[class], probabilities.ncols())?;
    Ok(squared_error(truth, probabilities, class))
}

fn squared_error(truth: &[usize], probabilities: ArrayView2<'_, f64>, class: usize) -> f64 {
    let of_subject = |(label, p): (&usize, &f64)| (p - f64::from(u8::from(*label == class))).powi(2);
    truth.iter().zip(probabilities.column(class)).map(of_subject).sum::<f64>() / truth.len() as f64
}

/// The expected calibration error (Guo et al. 2017, equation 3): over bins of the confidence in the most probable class,
/// `((k - 1) / bins, k / bins]`, the distance of the mean confidence from the share of right answers, weighted by how many
/// are in the bin.
///
/// # Errors
/// As [`brier`]; no bins.
pub fn calibration_error(truth: &[usize], probabilities: ArrayView2<'_, f64>, bins: usize) -> Result<f64> {
    check_probabilities(truth, probabilities)?;
    if bins == 0 {
        return Err(AnalysisError::Setting { setting: "the bins", found: "0".into(), expected: "at least 1" });
    }
    let predicted = super::classification::most_probable(probabilities)?;
    // By bin: how many, how many are right, and their confidence.
    let mut sums = vec![(0.0, 0.0, 0.0); bins];
    for ((label, class), row) in truth.iter().zip(predicted).zip(probabilities.rows()) {
        let confidence = row[class];
        let bin = ((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1;
        let (count, right, sure) = &mut sums[bin];
        *count += 1.0;
        *right += f64::from(u8::from(*label == class));
        *sure += confidence;
    }
    let total: f64 = sums.iter().map(|(_, right, sure)| (right - sure).abs()).sum();
    Ok(total / truth.len() as f64)
}
