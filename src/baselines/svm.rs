//! Support vector machines: of classes one machine each against the rest (a single one of two), of numbers one that forgives
//! errors up to `epsilon`.
//!
//! linfa solves; what is kept are the support vectors with their weights, so that a prediction is a sum over them.

use super::error::{BaselineError, Result};
use super::linear::dot;
use super::method::{Gives, Kernel};
use super::rows::{Rows, Target};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray_of_linfa::Array1;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a solution may be from its conditions. libsvm, and with it scikit-learn, end at 1e-3.
const TOLERANCE: f64 = 1e-5;

/// The decision for a class that nobody was in.
const NEVER: f64 = -1e3;

/// Machines that share their support vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Svm {
    /// Numbers a row.
    pub width: usize,
    /// Numbers that are predicted: one, or one a class.
    pub outputs: usize,
    /// The classes that somebody was in, ascending; empty where numbers are predicted.
    pub present: Vec<usize>,
    /// Of the Gaussian kernel; `None` for the product of rows.
    pub gaussian: Option<f64>,
    /// The rows that any machine keeps, one after the other.
    pub vectors: Vec<f64>,
    /// One for each class that somebody was in; of two the second's alone, of numbers one.
    pub machines: Vec<Machine>,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// One a vector.
    pub weights: Vec<f64>,
    /// What is subtracted from the sum.
    pub threshold: f64,
}

pub(crate) fn fit(rows: &Rows, target: &Target, strength: f64, kernel: Kernel, epsilon: f64) -> Result<Svm> {
    let gaussian = match kernel {
        Kernel::Linear => None,
        Kernel::Gaussian { width: Some(width) } => Some(width),
        Kernel::Gaussian { width: None } => Some(usual_width(rows)),
    };
    let price = 1.0 / strength;
    let machines = match target {
        Target::Numbers(values) => {
            let data = DatasetBase::new(rows.view()?.to_owned(), Array1::from(values.clone()));
            let parameters = linfa_svm::Svm::<f64, f64>::params().eps(TOLERANCE).c_svr(price, Some(epsilon));
            let fitted = match gaussian {
                Some(width) => parameters.gaussian_kernel(1.0 / width).fit(&data),
                None => parameters.linear_kernel().fit(&data),
            };
            let fitted = fitted.map_err(|e| no_solution(&e))?;
            vec![Machine { weights: fitted.alpha, threshold: fitted.rho }]
        }
        Target::Classes { of, .. } => {
            let present = target.present();
            let told = if present.len() == 2 { &present[1..] } else { &present };
            let machine = |class: &usize| {
                let is_class: Array1<bool> = of.iter().map(|other| other == class).collect();
                let data = DatasetBase::new(rows.view()?.to_owned(), is_class);
                let parameters = linfa_svm::Svm::<f64, bool>::params().eps(TOLERANCE).pos_neg_weights(price, price);
                let fitted = match gaussian {
                    Some(width) => parameters.gaussian_kernel(1.0 / width).fit(&data),
                    None => parameters.linear_kernel().fit(&data),
                };
                let fitted = fitted.map_err(|e| no_solution(&e))?;
                Ok(Machine { weights: fitted.alpha, threshold: fitted.rho })
            };
            told.par_iter().map(machine).collect::<Result<Vec<_>>>()?
        }
    };
    let (outputs, present) = (target.outputs(), target.present());
    let svm = Svm { width: rows.width(), outputs, present, gaussian, vectors: Vec::new(), machines };
    Ok(svm.with_what_it_keeps(rows))
}

/// scikit-learn's `gamma="scale"`.
fn usual_width(rows: &Rows) -> f64 {
    let n = (rows.len() * rows.width()).max(1) as f64;
    let mean = rows.iter().flatten().sum::<f64>() / n;
    let variance = rows.iter().flatten().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    if variance > 0.0 { 1.0 / (rows.width() as f64 * variance) } else { 1.0 }
}

fn no_solution(problem: &dyn std::fmt::Display) -> BaselineError {
    BaselineError::NoSolution { method: "the support vector machine", problem: problem.to_string() }
}

impl Svm {
    /// Only the rows that any machine gives a weight.
    fn with_what_it_keeps(mut self, rows: &Rows) -> Self {
        let kept: Vec<bool> = (0..rows.len())
            .map(|row| self.machines.iter().any(|m| m.weights.get(row).is_some_and(|w| *w != 0.0)))
            .collect();
        self.vectors = rows.iter().zip(&kept).filter(|(_, kept)| **kept).flat_map(|(row, _)| row).copied().collect();
        for machine in &mut self.machines {
            let weights = machine.weights.iter().zip(&kept).filter(|(_, kept)| **kept);
            machine.weights = weights.map(|(weight, _)| *weight).collect();
        }
        self
    }

    pub(crate) fn gives(&self) -> Gives {
        if self.present.is_empty() { Gives::Numbers } else { Gives::Decisions }
    }

    /// Numbers; or for each class how far a row lies on its side. Of two classes the first has the second's with the other
    /// sign, both halved, so that their difference is the decision.
    pub(crate) fn predict(&self, rows: &Rows) -> Vec<f64> {
        let rows: Vec<&[f64]> = rows.iter().collect();
        let of_row = |row: &&[f64]| {
            let compared: Vec<f64> =
                self.vectors.chunks_exact(self.width).map(|vector| self.compare(vector, row)).collect();
            let sums: Vec<f64> = self.machines.iter().map(|m| dot(&m.weights, &compared) - m.threshold).collect();
            match (self.present.as_slice(), sums.as_slice()) {
                ([], sums) => sums.to_vec(),
                ([first, second], [sum]) => {
                    let mut to = vec![NEVER; self.outputs];
                    (to[*first], to[*second]) = (-sum / 2.0, sum / 2.0);
                    to
                }
                (present, sums) => {
                    let mut to = vec![NEVER; self.outputs];
                    present.iter().zip(sums).for_each(|(class, sum)| to[*class] = *sum);
                    to
                }
            }
        };
        rows.par_iter().map(of_row).collect::<Vec<Vec<f64>>>().concat()
    }

    fn compare(&self, a: &[f64], b: &[f64]) -> f64 {
        match self.gaussian {
            None => dot(a, b),
            Some(width) => (-width * a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()).exp(),
        }
    }
}
