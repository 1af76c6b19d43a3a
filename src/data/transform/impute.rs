//! Missing numbers, filled from the training subjects: column means, or chained regressions.

use super::super::error::{DataError, Result};
use super::bayesian_ridge::BayesianRidge;
use serde::{Deserialize, Serialize};

/// Rows with absent numbers.
pub type Cells = Vec<Vec<Option<f64>>>;

/// How absent numbers are filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Imputer {
    /// By nothing: a row with an absent number has no value.
    None,
    /// By the training mean of each column.
    Mean(Vec<f64>),
    /// By chained regressions.
    Iterative(IterativeImputer),
}

impl Imputer {
    /// Fills a row; `None` where it cannot.
    pub fn fill(&self, row: &[Option<f64>]) -> Option<Vec<f64>> {
        match self {
            Self::None => row.iter().copied().collect(),
            Self::Mean(means) => Some(row.iter().zip(means).map(|(v, m)| v.unwrap_or(*m)).collect()),
            Self::Iterative(imputer) => Some(imputer.fill(row)),
        }
    }
}

/// Training means by column.
///
/// # Errors
/// A column (named by `names`) without any training value.
pub fn means(rows: &Cells, names: &[String]) -> Result<Vec<f64>> {
    names
        .iter()
        .enumerate()
        .map(|(j, name)| {
            let seen: Vec<f64> = rows.iter().filter_map(|row| row[j]).collect();
            if seen.is_empty() {
                let problem =
                    format!("column `{name}` has no value in any training subject, so there is no mean; leave it out");
                return Err(DataError::Step { step: "missing", problem });
            }
            Ok(seen.iter().sum::<f64>() / seen.len() as f64)
        })
        .collect()
}

/// Chained Bayesian ridge regressions, as scikit-learn's `IterativeImputer` with its defaults: each column in turn is
/// regressed on all others, columns with fewest missing first, starting from the means, until no row's changes add up
/// to more than a thousandth of the largest observed number, or for 10 rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IterativeImputer {
    means: Vec<f64>,
    /// The column that is predicted, and how, in the order in which the rounds went.
    chain: Vec<(usize, BayesianRidge)>,
}

const ROUNDS: usize = 10;
const TOLERANCE: f64 = 1e-3;

impl IterativeImputer {
    /// Fits the chain to training rows. `go_on` is asked before each regression.
    ///
    /// # Errors
    /// A column without any training value; what `go_on` says.
    pub fn fit(rows: &Cells, names: &[String], go_on: &dyn Fn() -> Result<()>) -> Result<Self> {
        let means = means(rows, names)?;
        let mut imputer = Self { means, chain: Vec::new() };
        let columns = names.len();
        let mut filled: Vec<Vec<f64>> = rows.iter().map(|row| imputer.start(row)).collect();
        let missing = |j: usize| rows.iter().filter(|row| row[j].is_none()).count();
        if columns < 2 || (0..columns).all(|j| missing(j) == 0) {
            return Ok(imputer);
        }
        let mut order: Vec<usize> = (0..columns).collect();
        order.sort_by_key(|j| missing(*j));
        let largest = rows.iter().flatten().flatten().fold(0.0_f64, |m, v| m.max(v.abs()));
        for _ in 0..ROUNDS {
            let before = filled.clone();
            for column in order.iter().copied() {
                go_on()?;
                let seen: Vec<usize> = (0..rows.len()).filter(|i| rows[*i][column].is_some()).collect();
                let x: Vec<Vec<f64>> = seen.iter().map(|i| without(&filled[*i], column)).collect();
                let y: Vec<f64> = seen.iter().map(|i| filled[*i][column]).collect();
                let regression = BayesianRidge::fit(&x, &y);
                for (row, cells) in filled.iter_mut().zip(rows) {
                    if cells[column].is_none() {
                        row[column] = regression.predict(&without(row, column));
                    }
                }
                imputer.chain.push((column, regression));
            }
            let change = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>();
            let moved = filled.iter().zip(&before).map(|(a, b)| change(a, b)).fold(0.0, f64::max);
            if moved < TOLERANCE * largest {
                break;
            }
        }
        Ok(imputer)
    }

    /// Fills a row by the means, then by every regression of the chain in order.
    pub fn fill(&self, row: &[Option<f64>]) -> Vec<f64> {
        let mut filled = self.start(row);
        for (column, regression) in &self.chain {
            if row[*column].is_none() {
                filled[*column] = regression.predict(&without(&filled, *column));
            }
        }
        filled
    }

    fn start(&self, row: &[Option<f64>]) -> Vec<f64> {
        row.iter().zip(&self.means).map(|(v, m)| v.unwrap_or(*m)).collect()
    }
}

fn without(row: &[f64], column: usize) -> Vec<f64> {
    row.iter().enumerate().filter(|(j, _)| *j != column).map(|(_, v)| *v).collect()
}
