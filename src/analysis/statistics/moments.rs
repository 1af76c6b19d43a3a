//! Mean, variance and their rounding.
//!
//! Checked samples come in. The one subtlety is [`spread`]: differences of equal numbers are seldom exactly equal, and
//! a variance made of last digits would turn into an enormous t.

/// The mean.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sample variance (divided by `n - 1`).
pub(crate) fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// The sample variance, and 0 where values differ by no more than the rounding of numbers as large as `scale`.
pub(crate) fn spread(values: &[f64], scale: f64) -> f64 {
    let mean = mean(values);
    let farthest = values.iter().fold(0.0_f64, |m, v| m.max((v - mean).abs()));
    if farthest <= 10.0 * f64::EPSILON * scale { 0.0 } else { variance(values) }
}

/// The largest magnitude.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, v| m.max(v.abs()))
}
