//! Newton steps for logistic regression: a quadratic at the current coefficients, solved with the penalty by
//! coordinate descent, then a step as far along as the loss goes down.
//!
//! Coefficients are one list: for each logit its columns, then its intercept.

use super::penalty::Penalty;
use crate::error::{AnalysisError, Result};
use ndarray::ArrayView2;

/// Newton steps; separated classes with hardly any penalty take the most, some dozens.
const STEPS: usize = 200;
/// Sweeps over all coefficients within a step.
const SWEEPS: usize = 300;
/// The share of the first sweep's gain at which a step's sweeps end.
const SETTLED: f64 = 1e-6;

/// The penalised loss.
pub(super) struct Problem<'a> {
    /// By column, then by subject; the last column is 1 everywhere.
    columns: Vec<Vec<f64>>,
    labels: &'a [usize],
    logits: usize,
    /// What multiplies the absolute values, and half the squares, of coefficients.
    lasso: f64,
    ridge: f64,
}

impl<'a> Problem<'a> {
    pub(super) fn new(table: ArrayView2<'_, f64>, labels: &'a [usize], logits: usize, penalty: Penalty) -> Self {
        let mut columns: Vec<Vec<f64>> = table.columns().into_iter().map(|c| c.to_vec()).collect();
        columns.push(vec![1.0; labels.len()]);
        let weight = 1.0 / penalty.strength;
        let (lasso, ridge) = (weight * penalty.mixture, weight * (1.0 - penalty.mixture));
        Self { columns, labels, logits, lasso, ridge }
    }

    fn width(&self) -> usize {
        self.columns.len()
    }

    fn is_intercept(&self, at: usize) -> bool {
        at % self.width() == self.width() - 1
    }

    fn penalty(&self, coefficients: &[f64]) -> f64 {
        let of = |(at, c): (usize, &f64)| {
            if self.is_intercept(at) { 0.0 } else { self.lasso * c.abs() + 0.5 * self.ridge * c * c }
        };
        coefficients.iter().enumerate().map(of).sum()
    }

    /// Logits of every subject, `[logit][subject]`.
    fn logits_of(&self, coefficients: &[f64]) -> Vec<Vec<f64>> {
        let mut logits = vec![vec![0.0; self.labels.len()]; self.logits];
        for (at, &c) in coefficients.iter().enumerate().filter(|(_, c)| **c != 0.0) {
            let (k, j) = (at / self.width(), at % self.width());
            logits[k].iter_mut().zip(&self.columns[j]).for_each(|(l, x)| *l += c * x);
        }
        logits
    }

    fn loss(&self, logits: &[Vec<f64>]) -> f64 {
        let of = |(i, &label): (usize, &usize)| match logits {
            [one] => {
                let margin = if label == 1 { one[i] } else { -one[i] };
                // log(1 + exp(-margin)) without overflow.
                (-margin).max(0.0) + (-margin.abs()).exp().ln_1p()
            }
            all => {
                let largest = all.iter().fold(f64::NEG_INFINITY, |m, l| m.max(l[i]));
                largest + all.iter().map(|l| (l[i] - largest).exp()).sum::<f64>().ln() - all[label][i]
            }
        };
        self.labels.iter().enumerate().map(of).sum()
    }

    /// Probabilities, `[logit][subject]`.
    fn probabilities(&self, logits: &[Vec<f64>]) -> Vec<Vec<f64>> {
        if let [one] = logits {
            return vec![one.iter().map(|l| sigmoid(*l)).collect()];
        }
        let mut p = logits.to_vec();
        for i in 0..self.labels.len() {
            let largest = logits.iter().fold(f64::NEG_INFINITY, |m, l| m.max(l[i]));
            p.iter_mut().for_each(|p| p[i] = (p[i] - largest).exp());
            let sum: f64 = p.iter().map(|p| p[i]).sum();
            p.iter_mut().for_each(|p| p[i] /= sum);
        }
        p
    }

    /// The loss' derivative by each logit of each subject.
    fn residuals(&self, p: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut residuals = p.to_vec();
        for (i, &label) in self.labels.iter().enumerate() {
            if let [one] = residuals.as_mut_slice() {
                one[i] -= label as f64;
            } else {
                residuals[label][i] -= 1.0;
            }
        }
        residuals
    }

    /// The second derivatives by two logits of each subject.
    fn curvature(&self, p: &[Vec<f64>], k: usize, l: usize) -> Vec<f64> {
        let of = |(a, b): (&f64, &f64)| if k == l { a * (1.0 - b) } else { -a * b };
        p[k].iter().zip(&p[l]).map(of).collect()
    }

    /// The coefficients at the bottom of the quadratic around `from`, penalty included.
    fn quadratic(&self, from: &[f64], residuals: Vec<Vec<f64>>, p: &[Vec<f64>]) -> Vec<f64> {
        let (width, n) = (self.width(), self.labels.len());
        let curvature: Vec<Vec<Vec<f64>>> =
            (0..self.logits).map(|k| (0..self.logits).map(|l| self.curvature(p, k, l)).collect()).collect();
        let squares: Vec<f64> = (0..from.len())
            .map(|at| {
                let own = &curvature[at / width][at / width];
                self.columns[at % width].iter().zip(own).map(|(x, w)| x * x * w).sum()
            })
            .collect();
        // The quadratic's slope by each logit, kept up to date.
        let mut slope = residuals;
        let mut to = from.to_vec();
        let mut moved = vec![0.0; n];
        let mut first = 0.0;
        for sweep in 0..SWEEPS {
            let mut gain = 0.0_f64;
            for at in 0..to.len() {
                let (k, x) = (at / width, &self.columns[at % width]);
                let (lasso, ridge) = if self.is_intercept(at) { (0.0, 0.0) } else { (self.lasso, self.ridge) };
                let bend = squares[at] + ridge;
                if bend <= 0.0 {
                    continue;
                }
                let by = product(x, &slope[k]);
                let free = squares[at] * to[at] - by;
                let new = free.signum() * (free.abs() - lasso).max(0.0) / bend;
                let step = new - to[at];
                if step == 0.0 {
                    continue;
                }
                to[at] = new;
                gain = gain.max(bend * step * step);
                moved.iter_mut().zip(x).for_each(|(m, x)| *m = step * x);
                for (slope, own) in slope.iter_mut().zip(&curvature[k]) {
                    slope.iter_mut().zip(own).zip(&moved).for_each(|((s, w), m)| *s += w * m);
                }
            }
            if sweep == 0 {
                first = gain;
            }
            if gain <= SETTLED * first {
                break;
            }
        }
        to
    }
}

/// The sum of products, eight sums side by side: none waits for the one before.
fn product(a: &[f64], b: &[f64]) -> f64 {
    let ((a, rest), (b, rest_of_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest.iter().zip(rest_of_b).map(|(a, b)| a * b).sum::<f64>()
}

/// The coefficients of the least penalised loss.
pub(super) fn minimise(problem: &Problem<'_>, tolerance: f64) -> Result<Vec<f64>> {
    let mut at = vec![0.0; problem.logits * problem.width()];
    let mut logits = problem.logits_of(&at);
    let mut value = problem.loss(&logits);
    for _ in 0..STEPS {
        let p = problem.probabilities(&logits);
        let residuals = problem.residuals(&p);
        let to = problem.quadratic(&at, residuals.clone(), &p);
        let direction: Vec<f64> = to.iter().zip(&at).map(|(to, at)| to - at).collect();
        let along = problem.logits_of(&direction);
        let slope: f64 = residuals.iter().zip(&along).flat_map(|(r, d)| r.iter().zip(d)).map(|(r, d)| r * d).sum();
        let expected = slope + problem.penalty(&to) - problem.penalty(&at);
        // A gain of the last digits: near the bottom Newton's step is all but exact, and no later one is better.
        if -expected <= 1e-14 * (1.0 + value) {
            return Ok(to);
        }
        let (mut share, mut next) = (1.0, None);
        while share > 1e-10 {
            let there: Vec<f64> = at.iter().zip(&direction).map(|(a, d)| a + share * d).collect();
            let there_logits = problem.logits_of(&there);
            let there_value = problem.loss(&there_logits) + problem.penalty(&there);
            if there_value <= value + 1e-4 * share * expected {
                next = Some((there, there_logits, there_value));
                break;
            }
            share *= 0.5;
        }
        let largest = at.iter().fold(1.0_f64, |m, c| m.max(c.abs()));
        let step = direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
        // Where rounding hides the last gain, the coefficients are as good as they get.
        let Some((there, there_logits, there_value)) = next else { return Ok(at) };
        (at, logits, value) = (there, there_logits, there_value);
        if step <= tolerance * largest {
            return Ok(at);
        }
    }
    Err(AnalysisError::NotConverged { what: "the logistic regression", iterations: STEPS })
}

pub(super) fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}
