//! Random forests (Breiman 2001): the mean of trees, each grown on as many people drawn with replacement, each split looking at
//! a few columns drawn anew. A single tree is a forest of one that leaves nothing to chance.

use super::method::Gives;
use super::rows::{Rows, Target};
use super::tree::{Ground, Tree};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Trees whose mean is the prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    /// Numbers a row.
    pub width: usize,
    /// What is predicted.
    pub gives: Gives,
    /// Numbers that are predicted: one, or one a class.
    pub outputs: usize,
    /// The trees.
    pub trees: Vec<Tree>,
}

/// One tree that looks at every column and everybody.
pub(crate) fn one(rows: &Rows, target: &Target, depth: Option<usize>, leaf: usize) -> Forest {
    grown(rows, target, depth, leaf, rows.width(), |ground, people| vec![ground.grow(&vec![1.0; people], None)])
}

/// So many trees; each has a stream of the seed's own, so that they can grow side by side.
pub(crate) fn grow(
    rows: &Rows,
    target: &Target,
    (trees, columns): (usize, Option<f64>),
    depth: Option<usize>,
    leaf: usize,
    seed: u64,
) -> Forest {
    let width = rows.width() as f64;
    let looked_at = match (columns, target) {
        (Some(share), _) => (share * width) as usize,
        (None, Target::Numbers(_)) => rows.width(),
        (None, Target::Classes { .. }) => width.sqrt() as usize,
    };
    let looked_at = looked_at.clamp(1, rows.width());
    grown(rows, target, depth, leaf, looked_at, |ground, people| {
        let tree = |number: u64| {
            let mut chance = ChaCha8Rng::seed_from_u64(seed);
            chance.set_stream(number);
            let mut counts = vec![0.0; people];
            (0..people).for_each(|_| counts[chance.random_range(0..people)] += 1.0);
            ground.grow(&counts, Some(&mut chance))
        };
        (0..trees as u64).into_par_iter().map(tree).collect()
    })
}

fn grown(
    rows: &Rows,
    target: &Target,
    depth: Option<usize>,
    leaf: usize,
    looked_at: usize,
    trees: impl FnOnce(&Ground<'_>, usize) -> Vec<Tree>,
) -> Forest {
    let columns = rows.columns();
    let order = Ground::order(&columns);
    let (adds, mean) = Ground::adds(target);
    let outputs = target.outputs();
    let ground = Ground { columns: &columns, order: &order, adds: &adds, mean, outputs, depth, leaf, looked_at };
    let gives = match target {
        Target::Numbers(_) => Gives::Numbers,
        Target::Classes { .. } => Gives::Probabilities,
    };
    Forest { width: rows.width(), gives, outputs, trees: trees(&ground, rows.len()) }
}

impl Forest {
    pub(crate) fn predict(&self, rows: &Rows) -> Vec<f64> {
        let rows: Vec<&[f64]> = rows.iter().collect();
        let of_row = |row: &&[f64]| {
            let mut mean = vec![0.0; self.outputs];
            for tree in &self.trees {
                mean.iter_mut().zip(tree.leaf_of(row, self.outputs)).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            mean.iter_mut().for_each(|sum| *sum /= self.trees.len().max(1) as f64);
            mean
        };
        rows.par_iter().map(of_row).collect::<Vec<Vec<f64>>>().concat()
    }
}
