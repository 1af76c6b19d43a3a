//! Logistic regression: of two classes one row of weights, of more a row for each (multinomial).

use super::error::{BaselineError, Result};
use super::linear::dot;
use super::rows::Rows;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray_of_linfa::Array1;
use serde::{Deserialize, Serialize};

/// Largest gradient at which the solver ends, the strictest first: where rounding keeps the line search from it, the next is
/// good enough.
const TOLERANCES: [f64; 3] = [1e-6, 1e-5, 1e-4];
/// Steps of L-BFGS.
const MOST_STEPS: u64 = 10_000;

/// Weights of columns, for each class that somebody was in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logistic {
    /// How many classes there are.
    pub classes: usize,
    /// Those that somebody was in, ascending; the others have the probability 0.
    pub present: Vec<usize>,
    /// Of these, one a column; zeros for the first of two.
    pub weights: Vec<Vec<f64>>,
    /// Of these.
    pub intercepts: Vec<f64>,
}

pub(crate) fn fit(rows: &Rows, of: &[usize], classes: usize, present: &[usize], strength: f64) -> Result<Logistic> {
    let data = DatasetBase::new(rows.view()?, Array1::from(of.to_vec()));
    let (mut weights, mut intercepts) = (Vec::new(), Vec::new());
    if let [_, second] = present {
        let fitted = strictest(|tolerance| {
            let parameters = LogisticRegression::default().alpha(strength).max_iterations(MOST_STEPS);
            parameters.gradient_tolerance(tolerance).check()?.fit(&data)
        })?;
        // linfa counts towards the class that it calls positive.
        let sign = if fitted.labels().pos.class == *second { 1.0 } else { -1.0 };
        weights.push(vec![0.0; rows.width()]);
        weights.push(fitted.params().iter().map(|weight| sign * weight).collect());
        intercepts.extend([0.0, sign * fitted.intercept()]);
    } else {
        let fitted = strictest(|tolerance| {
            let parameters = MultiLogisticRegression::default().alpha(strength).max_iterations(MOST_STEPS);
            parameters.gradient_tolerance(tolerance).check()?.fit(&data)
        })?;
        weights.extend(fitted.params().columns().into_iter().map(|column| column.to_vec()));
        intercepts.extend(fitted.intercept());
    }
    if weights.iter().flatten().chain(&intercepts).any(|number| !number.is_finite()) {
        return Err(no_solution("weights without bound"));
    }
    Ok(Logistic { classes, present: present.to_vec(), weights, intercepts })
}

/// The fit of the strictest tolerance that the solver reaches.
fn strictest<T>(fit: impl Fn(f64) -> std::result::Result<T, linfa_logistic::error::Error>) -> Result<T> {
    let mut problem = String::new();
    for tolerance in TOLERANCES {
        match fit(tolerance) {
            Ok(fitted) => return Ok(fitted),
            Err(e) => problem = e.to_string(),
        }
    }
    Err(no_solution(&problem))
}

fn no_solution(problem: &str) -> BaselineError {
    BaselineError::NoSolution { method: "logistic regression", problem: problem.to_owned() }
}

impl Logistic {
    pub(crate) fn width(&self) -> usize {
        self.weights.first().map_or(0, Vec::len)
    }

    /// Probabilities.
    pub(crate) fn predict(&self, rows: &Rows) -> Vec<f64> {
        let mut values = vec![0.0; rows.len() * self.classes];
        for (row, to) in rows.iter().zip(values.chunks_exact_mut(self.classes)) {
            let logits: Vec<f64> =
                self.weights.iter().zip(&self.intercepts).map(|(weights, b)| b + dot(weights, row)).collect();
            let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = logits.iter().map(|logit| (logit - most).exp()).sum();
            for (class, logit) in self.present.iter().zip(&logits) {
                to[*class] = (logit - most).exp() / sum;
            }
        }
        values
    }
}
