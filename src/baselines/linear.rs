//! Ridge regression and the elastic net. Neither penalises the intercept: columns and target are centred first.

use super::error::{BaselineError, Result};
use super::rows::Rows;
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_elasticnet::ElasticNet;
use linfa_linear::LinearRegression;
use ndarray_of_linfa::{Array1, Array2, Axis, concatenate, s};
use serde::{Deserialize, Serialize};

/// How far from its optimum an elastic net may end, as a share of the target's sum of squares.
const TOLERANCE: f64 = 1e-10;
/// Rounds through all columns.
const MOST_ROUNDS: u32 = 50_000;

/// Weights of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// One a column.
    pub weights: Vec<f64>,
    /// What is predicted where all columns are 0.
    pub intercept: f64,
}

impl Linear {
    pub(crate) fn predict(&self, rows: &Rows) -> Vec<f64> {
        rows.iter().map(|row| self.intercept + dot(&self.weights, row)).collect()
    }

    /// Of weights that were found on centred numbers.
    fn of_centred(weights: &Array1<f64>, means: &Array1<f64>, mean: f64) -> Self {
        Self { weights: weights.to_vec(), intercept: mean - weights.dot(means) }
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Ridge regression as least squares: a penalty is what further rows of `sqrt(strength)` on the diagonal, with a target of
/// 0, add to the squares. Where columns are more than people, the weights are a combination of the people's rows.
pub(crate) fn ridge(rows: &Rows, values: &[f64], strength: f64) -> Result<Linear> {
    let (x, means) = rows.centred()?;
    let (y, mean) = centred(values);
    let (n, p) = x.dim();
    let weights = if p <= n {
        let penalty = Array2::from_diag(&Array1::from_elem(p, strength.sqrt()));
        let x = concatenate(Axis(0), &[x.view(), penalty.view()]).map_err(|e| no_solution("ridge regression", &e))?;
        let mut padded = Array1::zeros(n + p);
        padded.slice_mut(s![..n]).assign(&y);
        least_squares(x, padded)?
    } else {
        let products = x.dot(&x.t()) + Array2::from_diag(&Array1::from_elem(n, strength));
        x.t().dot(&least_squares(products, y)?)
    };
    Ok(Linear::of_centred(&weights, &means, mean))
}

fn least_squares(x: Array2<f64>, y: Array1<f64>) -> Result<Array1<f64>> {
    let fitted = LinearRegression::new().with_intercept(false).fit(&DatasetBase::new(x, y));
    let weights = fitted.map_err(|e| no_solution("ridge regression", &e))?.params().clone();
    match weights.iter().all(|weight| weight.is_finite()) {
        true => Ok(weights),
        false => Err(no_solution("ridge regression", &"columns that are sums of others")),
    }
}

/// The elastic net, and a word where its solver ended early.
pub(crate) fn elastic_net(
    rows: &Rows,
    values: &[f64],
    strength: f64,
    mixture: f64,
) -> Result<(Linear, Option<String>)> {
    let (x, means) = rows.centred()?;
    let (y, mean) = centred(values);
    let squares = y.dot(&y);
    let parameters = ElasticNet::params()
        .penalty(strength)
        .l1_ratio(mixture)
        .with_intercept(false)
        .tolerance(TOLERANCE)
        .max_iterations(MOST_ROUNDS);
    let fitted = parameters.fit(&DatasetBase::new(x, y)).map_err(|e| no_solution("the elastic net", &e))?;
    let ended_early = fitted.n_steps() >= MOST_ROUNDS - 1 && fitted.duality_gap() > TOLERANCE * squares;
    let warning = ended_early.then(|| {
        format!(
            "the elastic net was not done after {MOST_ROUNDS} rounds (a gap of {:.1e} of the squares); standardise the columns, or \
             give a larger `strength`",
            fitted.duality_gap() / squares
        )
    });
    Ok((Linear::of_centred(fitted.hyperplane(), &means, mean), warning))
}

fn centred(values: &[f64]) -> (Array1<f64>, f64) {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    (values.iter().map(|value| value - mean).collect(), mean)
}

fn no_solution(method: &'static str, problem: &dyn std::fmt::Display) -> BaselineError {
    BaselineError::NoSolution { method, problem: problem.to_string() }
}
