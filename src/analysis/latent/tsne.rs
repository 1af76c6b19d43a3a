//! t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008): a map on which neighbours stay
//! neighbours.
//!
//! ```text
//!  table ──neighbours──▶ probabilities of pairs ─┐
//!    └────start──▶ map ──▶ forces (exact, tree) ─┴─▶ descent ──▶ map
//! ```
//!
//! A table `[items, columns]` comes in; two coordinates an item go out. It follows scikit-learn's `TSNE(init="pca")`:
//! neighbourhoods of one perplexity, symmetric, exaggerated twelvefold for the first 250 steps, gradient descent with
//! momentum and gains. Up to 2,000 items all pairs count (`method="exact"`); beyond, neighbours three times the
//! perplexity pull and what lies far away pushes in lumps (`method="barnes_hut"`, angle 0.5; van der Maaten 2014). The start
//! is the plane of the first two principal components, so that nothing is random. Distances on the map between groups
//! far apart, and the sizes of groups, mean little (Wattenberg et al. 2016).

mod exact;
mod neighbours;
mod start;
mod tree;

use crate::error::{AnalysisError, Checkpoint, Result, check_array};
use exact::AllPairs;
use ndarray::{Array2, ArrayView2};
use neighbours::SparsePairs;
use serde::{Deserialize, Serialize};
use start::principal_plane;

const STEPS: usize = 1000;
/// The first steps hold neighbours together more than they should, so that groups can pass one another.
const EXAGGERATED: usize = 250;
const EXAGGERATION: f64 = 12.0;
/// The most items of which all pairs count.
const EXACT: usize = 2000;
/// Probabilities are at least this, so that their logarithms are finite.
const LEAST: f64 = f64::EPSILON;

/// A map of items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// `[items, 2]`.
    pub coordinates: Array2<f64>,
    /// What is minimised: the Kullback-Leibler divergence of neighbourhoods on the map from those that were given.
    pub divergence: f64,
}

/// Places on the map, by axis.
#[derive(Debug, Clone)]
struct Places {
    x: Vec<f64>,
    y: Vec<f64>,
}

/// The probabilities of pairs, and how they move places.
enum Pairs {
    All(AllPairs),
    Sparse(SparsePairs),
}

/// The map of the items of a table by their Euclidean distances.
///
/// # Errors
/// Fewer than four items, a perplexity that is not at least 1 and less than their number, values that are not finite,
/// items that are all the same.
pub fn tsne(table: ArrayView2<'_, f64>, perplexity: f64) -> Result<Map> {
    tsne_interruptible(table, perplexity, &|| Ok(()))
}

/// As [`tsne`], asked after each step whether to go on.
///
/// # Errors
/// As [`tsne`], and what `checkpoint` returns.
pub fn tsne_interruptible(table: ArrayView2<'_, f64>, perplexity: f64, checkpoint: Checkpoint<'_>) -> Result<Map> {
    check(table, perplexity)?;
    let n = table.nrows();
    let pairs = if n <= EXACT {
        Pairs::All(AllPairs::of(table, perplexity)?)
    } else {
        Pairs::Sparse(SparsePairs::of(table, perplexity))
    };
    let mut places = principal_plane(table)?;
    let rate = (n as f64 / EXAGGERATION / 4.0).max(50.0);
    let (mut velocity, mut gains) = ([vec![0.0_f64; n], vec![0.0; n]], [vec![1.0_f64; n], vec![1.0; n]]);
    for step in 0..STEPS {
        checkpoint()?;
        if step == EXAGGERATED {
            // What was learnt of the exaggerated slope is of no use on the true one.
            velocity.iter_mut().for_each(|v| v.fill(0.0));
            gains.iter_mut().for_each(|g| g.fill(1.0));
        }
        let (factor, momentum) = if step < EXAGGERATED { (EXAGGERATION, 0.5) } else { (1.0, 0.8) };
        let slope = pairs.gradient(&places, factor);
        for (axis, (place, slope)) in [&mut places.x, &mut places.y].into_iter().zip([slope.x, slope.y]).enumerate() {
            let moves = velocity[axis].iter_mut().zip(gains[axis].iter_mut());
            for ((place, g), (v, gain)) in place.iter_mut().zip(slope).zip(moves) {
                *gain = if *v * g < 0.0 { *gain + 0.2 } else { (*gain * 0.8).max(0.01) };
                *v = momentum * *v - rate * *gain * g;
                *place += *v;
            }
        }
    }
    let divergence = pairs.divergence(&places);
    let coordinates = Array2::from_shape_fn((n, 2), |(i, k)| if k == 0 { places.x[i] } else { places.y[i] });
    Ok(Map { coordinates, divergence })
}

fn check(table: ArrayView2<'_, f64>, perplexity: f64) -> Result<()> {
    check_array("the table of items", &table)?;
    let n = table.nrows();
    if n < 4 {
        return Err(AnalysisError::TooFew { what: "the list of items", needed: 4, found: n });
    }
    if !(perplexity >= 1.0 && perplexity < n as f64) {
        return Err(AnalysisError::Setting {
            setting: "the perplexity",
            found: perplexity.to_string(),
            expected: "a number of neighbours: at least 1 and less than there are items",
        });
    }
    if table.rows().into_iter().all(|row| row == table.row(0)) {
        return Err(AnalysisError::Constant { what: "the table of items", value: table[[0, 0]] });
    }
    Ok(())
}

impl Pairs {
    fn gradient(&self, places: &Places, exaggeration: f64) -> Places {
        match self {
            Self::All(pairs) => pairs.gradient(places, exaggeration),
            Self::Sparse(pairs) => pairs.gradient(places, exaggeration),
        }
    }

    fn divergence(&self, places: &Places) -> f64 {
        match self {
            Self::All(pairs) => pairs.divergence(places),
            Self::Sparse(pairs) => pairs.divergence(places),
        }
    }
}

impl Places {
    /// `1 / (1 + distance^2)` of two.
    fn closeness(&self, i: usize, j: usize) -> f64 {
        let (a, b) = (self.x[i] - self.x[j], self.y[i] - self.y[j]);
        1.0 / (1.0 + a * a + b * b)
    }
}

#[cfg(test)]
mod tests;
