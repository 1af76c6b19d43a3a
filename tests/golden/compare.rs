//! How far found numbers are from the golden's, and whether that is near enough.

use super::reference::Summary;

/// Largest difference relative to the largest value of an output.
pub const OUTPUTS: f64 = 1e-5;
/// Frobenius norm of the difference of gradients relative to the golden's, in prediction.
pub const GRADIENTS: f64 = 1e-4;
/// The same in training, where batch statistics pass noise on.
pub const TRAINING_GRADIENTS: f64 = 5e-3;
/// Both in double precision; the goldens are rounded to single precision.
pub const DOUBLE: f64 = 1e-6;
/// What 32-bit arithmetic leaves of a gradient that vanishes in exact arithmetic, absolutely and relative to the largest
/// gradient of the run.
pub const VANISHING: (f64, f64) = (1e-4, 1e-5);

/// What was compared in a run.
#[derive(Debug, Default)]
pub struct Findings {
    pub outputs: Worst,
    pub gradients: Worst,
    /// Gradients that vanish in exact arithmetic, and did.
    pub vanished: usize,
    pub failures: Vec<String>,
    /// Why what deviates does not fail.
    pub note: Option<String>,
}

/// The worst of several comparisons.
#[derive(Debug, Default)]
pub struct Worst {
    pub count: usize,
    pub deviation: f64,
    pub of: String,
}

impl Worst {
    fn add(&mut self, name: &str, deviation: f64) {
        self.count += 1;
        if self.of.is_empty() || deviation > self.deviation || deviation.is_nan() {
            self.deviation = deviation;
            self.of = name.to_string();
        }
    }
}

impl Findings {
    /// An output, a loss or a buffer.
    pub fn output(&mut self, name: &str, deviation: f64, tolerance: f64) {
        self.outputs.add(name, deviation);
        self.judge(name, deviation, tolerance);
    }

    /// A gradient.
    pub fn gradient(&mut self, name: &str, deviation: f64, tolerance: f64) {
        self.gradients.add(name, deviation);
        self.judge(&format!("gradient of {name}"), deviation, tolerance);
    }

    fn judge(&mut self, name: &str, deviation: f64, tolerance: f64) {
        // A deviation that is no number is not near enough either.
        if deviation.is_nan() || deviation > tolerance {
            self.failures.push(format!("{name}: {deviation:.2e}, allowed {tolerance:.0e}"));
        }
    }

    pub fn fail(&mut self, words: String) {
        self.failures.push(words);
    }
}

fn largest(values: &[f32]) -> f64 {
    values.iter().fold(0.0, |m, v| f64::max(m, f64::from(v.abs())))
}

/// Largest difference, relative to the golden's largest value; of a golden that is 0, absolutely.
pub fn of_largest(found: &[f32], golden: &[f32]) -> f64 {
    // `f64::max` would pass over a difference that is no number.
    let worse = |m: f64, d: f64| if d > m || d.is_nan() { d } else { m };
    let difference = found.iter().zip(golden).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, worse);
    match largest(golden) {
        0.0 => difference,
        largest => difference / largest,
    }
}

/// Norm of the difference, relative to the golden's norm.
pub fn of_norm(found: &[f32], golden: &[f32]) -> f64 {
    let difference: f64 = found.iter().zip(golden).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (difference / golden.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>()).sqrt()
}

/// The largest absolute value.
pub fn magnitude(values: &[f32]) -> f64 {
    largest(values)
}

/// A summary's numbers, relative: elements to the largest, the norm to itself, the sum to what a difference of this norm
/// could add up to.
pub fn of_summary(found: &[f32], golden: &Summary) -> f64 {
    let numbers: Vec<f64> = found.iter().map(|v| f64::from(*v)).collect();
    let largest = golden.min.abs().max(golden.max.abs()).max(f64::MIN_POSITIVE);
    let ends = numbers.len().saturating_sub(golden.last.len());
    let elements = numbers.iter().zip(&golden.first).chain(numbers[ends..].iter().zip(&golden.last));
    let extremes = [
        (numbers.iter().copied().fold(f64::INFINITY, f64::min) - golden.min).abs(),
        (numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max) - golden.max).abs(),
    ];
    let norm = numbers.iter().map(|v| v * v).sum::<f64>().sqrt();
    let sum: f64 = numbers.iter().sum();
    let spread = golden.l2.max(f64::MIN_POSITIVE) * (numbers.len() as f64).sqrt();
    let mut deviations: Vec<f64> = elements.map(|(a, b)| (a - b).abs() / largest).collect();
    deviations.extend(extremes.map(|d| d / largest));
    deviations.push((norm - golden.l2).abs() / golden.l2.max(f64::MIN_POSITIVE));
    deviations.push((sum - golden.sum).abs() / spread);
    deviations.into_iter().fold(0.0, |m, d| if d > m || d.is_nan() { d } else { m })
}
