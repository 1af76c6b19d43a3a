//! Nearest neighbours: the mean of the people whose rows are closest, in Euclidean distance.

use super::error::{BaselineError, Result};
use super::method::{Gives, Weights};
use super::rows::{Rows, Target};
use linfa_nn::distance::{Distance, L2Dist};
use linfa_nn::{LinearSearch, NearestNeighbour};
use ndarray_of_linfa::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// The people that are looked up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    /// Numbers a row.
    pub width: usize,
    /// What is predicted.
    pub gives: Gives,
    /// Numbers that are predicted: one, or one a class.
    pub outputs: usize,
    /// How many neighbours count.
    pub neighbours: usize,
    /// How they count.
    pub weights: Weights,
    /// Rows, one after the other.
    pub rows: Vec<f64>,
    /// The number of each, or its class.
    pub targets: Vec<f64>,
}

pub(crate) fn fit(rows: &Rows, target: &Target, neighbours: usize, weights: Weights) -> Result<Neighbours> {
    if rows.len() < neighbours {
        return Err(BaselineError::TooFew { needed: neighbours, found: rows.len() });
    }
    let (gives, targets) = match target {
        Target::Numbers(values) => (Gives::Numbers, values.clone()),
        Target::Classes { of, .. } => (Gives::Probabilities, of.iter().map(|class| *class as f64).collect()),
    };
    let (width, rows) = (rows.width(), rows.iter().flatten().copied().collect());
    Ok(Neighbours { width, gives, outputs: target.outputs(), neighbours, weights, rows, targets })
}

impl Neighbours {
    pub(crate) fn predict(&self, rows: &Rows) -> Result<Vec<f64>> {
        let problem = |e: &dyn std::fmt::Display| BaselineError::NoSolution {
            method: "the nearest neighbours",
            problem: e.to_string(),
        };
        let known = ArrayView2::from_shape((self.targets.len(), self.width), &self.rows).map_err(|e| problem(&e))?;
        let index = LinearSearch::new().from_batch(&known, L2Dist).map_err(|e| problem(&e))?;
        let mut values = Vec::with_capacity(rows.len() * self.outputs);
        for row in rows.iter() {
            let row = ArrayView1::from(row);
            let nearest = index.k_nearest(row, self.neighbours).map_err(|e| problem(&e))?;
            let distances: Vec<f64> = nearest.iter().map(|(point, _)| L2Dist.distance(row, point.reborrow())).collect();
            // Whoever is in the very same place is asked alone.
            let is_same = distances.contains(&0.0);
            let weight = |distance: f64| match self.weights {
                Weights::Equal => 1.0,
                Weights::Distance if is_same => f64::from(u8::from(distance == 0.0)),
                Weights::Distance => 1.0 / distance,
            };
            let weighted = nearest.iter().zip(&distances).map(|((_, at), d)| (self.targets[*at], weight(*d)));
            let total: f64 = weighted.clone().map(|(_, weight)| weight).sum();
            match self.gives {
                Gives::Numbers => values.push(weighted.map(|(target, weight)| target * weight).sum::<f64>() / total),
                Gives::Probabilities | Gives::Decisions => {
                    let mut of_classes = vec![0.0; self.outputs];
                    weighted.for_each(|(class, weight)| of_classes[class as usize] += weight / total);
                    values.extend(of_classes);
                }
            }
        }
        Ok(values)
    }
}
