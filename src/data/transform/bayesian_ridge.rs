//! Bayesian ridge regression by evidence maximisation (MacKay 1992), as scikit-learn's `BayesianRidge`: weights with
//! a Gaussian prior of precision lambda, noise of precision alpha, both re-estimated until the weights settle.

use serde::{Deserialize, Serialize};

/// Gamma priors of both precisions (shape and rate).
const PRIOR: f64 = 1e-6;
const ROUNDS: usize = 300;
const TOLERANCE: f64 = 1e-3;

/// A fitted regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BayesianRidge {
    /// One weight a column.
    pub weights: Vec<f64>,
    /// The intercept.
    pub intercept: f64,
    /// Precision of the noise.
    pub alpha: f64,
    /// Precision of the weights.
    pub lambda: f64,
}

impl BayesianRidge {
    /// Fits `y` on the rows `x`, all of the same length.
    pub fn fit(x: &[Vec<f64>], y: &[f64]) -> Self {
        let n = y.len().max(1) as f64;
        let p = x.first().map_or(0, Vec::len);
        let means: Vec<f64> = (0..p).map(|j| x.iter().map(|row| row[j]).sum::<f64>() / n).collect();
        let y_mean = y.iter().sum::<f64>() / n;
        let centred: Vec<Vec<f64>> = x.iter().map(|row| row.iter().zip(&means).map(|(v, m)| v - m).collect()).collect();
        let target: Vec<f64> = y.iter().map(|v| v - y_mean).collect();
        let gram = (0..p).map(|i| (0..p).map(|j| centred.iter().map(|row| row[i] * row[j]).sum()).collect()).collect();
        let moment: Vec<f64> = (0..p).map(|j| centred.iter().zip(&target).map(|(row, t)| row[j] * t).sum()).collect();
        let (values, vectors) = symmetric_eigen(gram);
        let rotated: Vec<f64> = (0..p).map(|k| (0..p).map(|i| vectors[i][k] * moment[i]).sum()).collect();
        let solve = |alpha: f64, lambda: f64| -> Vec<f64> {
            let scaled: Vec<f64> = (0..p).map(|k| rotated[k] / (values[k] + lambda / alpha)).collect();
            (0..p).map(|i| (0..p).map(|k| vectors[i][k] * scaled[k]).sum()).collect()
        };
        let variance = target.iter().map(|t| t * t).sum::<f64>() / n;
        let mut alpha = 1.0 / (variance + f64::EPSILON);
        let mut lambda = 1.0;
        let mut before: Option<Vec<f64>> = None;
        for _ in 0..ROUNDS {
            let weights = solve(alpha, lambda);
            let error: f64 = centred.iter().zip(&target).map(|(row, t)| (t - dot(row, &weights)).powi(2)).sum();
            let gamma: f64 = values.iter().map(|v| alpha * v / (lambda + alpha * v)).sum();
            lambda = (gamma + 2.0 * PRIOR) / (dot(&weights, &weights) + 2.0 * PRIOR);
            alpha = (n - gamma + 2.0 * PRIOR) / (error + 2.0 * PRIOR);
            let settled =
                before.is_some_and(|b| b.iter().zip(&weights).map(|(a, b)| (a - b).abs()).sum::<f64>() < TOLERANCE);
            before = Some(weights);
            if settled {
                break;
            }
        }
        let weights = solve(alpha, lambda);
        let intercept = y_mean - dot(&means, &weights);
        Self { weights, intercept, alpha, lambda }
    }

    /// The predicted value of a row.
    pub fn predict(&self, row: &[f64]) -> f64 {
        self.intercept + dot(row, &self.weights)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Eigenvalues (not below 0) and eigenvectors (in columns) of a symmetric matrix, by Jacobi's rotations.
fn symmetric_eigen(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = a.len();
    let mut v: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let size: f64 = a.iter().flatten().map(|x| x * x).sum();
    for _ in 0..100 {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        if off <= size * 1e-30 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in a.iter_mut() {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                let (upper, lower) = a.split_at_mut(q);
                for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
                for row in v.iter_mut() {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
            }
        }
    }
    ((0..n).map(|i| a[i][i].max(0.0)).collect(), v)
}
