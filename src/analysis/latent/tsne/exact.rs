//! All pairs of items: every one pulls by its probability and pushes by its closeness.

use super::neighbours::neighbourhood;
use super::{LEAST, Places};
use crate::clustering::distances::{Distance, distances};
use crate::error::Result;
use ndarray::ArrayView2;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Pairs that are added up side by side: two vectors of the widest processors.
const LANES: usize = 16;

/// The probability of every pair, `[items, items]`, all of them adding up to 1.
pub(super) struct AllPairs {
    probability: Vec<f64>,
}

/// What all others do to one item, compiled for every width of vectors; the loops are plain ones.
struct Forces<'a> {
    probability: &'a [f64],
    places: &'a Places,
    of: usize,
}

/// Sums over all others of one item, which adds nothing itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Force {
    /// Probability times closeness times the way there.
    pub pull: [f64; 2],
    /// Closeness squared times the way there.
    pub push: [f64; 2],
    /// Closeness.
    pub closeness: f64,
}

impl AllPairs {
    /// # Errors
    /// As [`distances`].
    pub fn of(table: ArrayView2<'_, f64>, perplexity: f64) -> Result<Self> {
        let squared = distances(table, Distance::SquaredEuclidean)?;
        let n = squared.nrows();
        let row = |i: usize| -> Vec<f64> {
            let others =
                squared.row(i).iter().enumerate().filter(|(j, _)| *j != i).map(|(_, d)| *d).collect::<Vec<_>>();
            let mut p = neighbourhood(&others, perplexity);
            p.insert(i, 0.0);
            p
        };
        let rows: Vec<Vec<f64>> = (0..n).into_par_iter().map(row).collect();
        let total = 2.0 * n as f64;
        let pair = |at: usize| {
            let (i, j) = (at / n, at % n);
            if i == j { 0.0 } else { ((rows[i][j] + rows[j][i]) / total).max(LEAST) }
        };
        Ok(Self { probability: (0..n * n).map(pair).collect() })
    }

    fn row(&self, i: usize) -> &[f64] {
        let n = self.probability.len().isqrt();
        &self.probability[i * n..(i + 1) * n]
    }

    #[cfg(test)]
    pub fn between(&self, i: usize, j: usize) -> f64 {
        self.row(i)[j]
    }

    fn forces(&self, places: &Places) -> Vec<Force> {
        let force = |of: usize| Arch::new().dispatch(Forces { probability: self.row(of), places, of });
        (0..places.x.len()).into_par_iter().map(force).collect()
    }

    pub fn gradient(&self, places: &Places, exaggeration: f64) -> Places {
        gradient_of(&self.forces(places), exaggeration)
    }

    pub fn divergence(&self, places: &Places) -> f64 {
        let n = places.x.len();
        let total: f64 = self.forces(places).iter().map(|force| force.closeness).sum();
        let row = |i: usize| -> f64 {
            let others = (0..n).filter(|j| *j != i);
            let q = |j: usize| (places.closeness(i, j) / total).max(LEAST);
            others.map(|j| self.row(i)[j] * (self.row(i)[j] / q(j)).ln()).sum()
        };
        (0..n).into_par_iter().map(row).collect::<Vec<f64>>().iter().sum()
    }
}

/// What is to be gone against, from all forces, which are added up in one order.
pub(super) fn gradient_of(forces: &[Force], exaggeration: f64) -> Places {
    let total: f64 = forces.iter().map(|force| force.closeness).sum();
    let axis = |k: usize| -> Vec<f64> {
        forces.iter().map(|f| 4.0 * (exaggeration * f.pull[k] - f.push[k] / total)).collect()
    };
    Places { x: axis(0), y: axis(1) }
}

impl WithSimd for Forces<'_> {
    type Output = Force;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Force {
        let (x, y) = (self.places.x[self.of], self.places.y[self.of]);
        let (xs, rest_x) = self.places.x.as_chunks::<LANES>();
        let (ys, rest_y) = self.places.y.as_chunks::<LANES>();
        let (ps, rest_p) = self.probability.as_chunks::<LANES>();
        let mut sums = [[0.0; LANES]; 5];
        for ((xs, ys), ps) in xs.iter().zip(ys).zip(ps) {
            for lane in 0..LANES {
                let terms = terms(x - xs[lane], y - ys[lane], ps[lane]);
                for (sum, term) in sums.iter_mut().zip(terms) {
                    sum[lane] += term;
                }
            }
        }
        let mut totals = [0.0; 5];
        for (total, sum) in totals.iter_mut().zip(sums) {
            for lane in sum {
                *total += lane;
            }
        }
        for ((xs, ys), ps) in rest_x.iter().zip(rest_y).zip(rest_p) {
            for (total, term) in totals.iter_mut().zip(terms(x - xs, y - ys, *ps)) {
                *total += term;
            }
        }
        let [pull_x, pull_y, push_x, push_y, closeness] = totals;
        // Of itself there is a closeness of 1, and no way.
        Force { pull: [pull_x, pull_y], push: [push_x, push_y], closeness: closeness - 1.0 }
    }
}

#[inline(always)]
fn terms(x: f64, y: f64, probability: f64) -> [f64; 5] {
    let near = 1.0 / (1.0 + x * x + y * y);
    let (pull, push) = (probability * near, near * near);
    [pull * x, pull * y, push * x, push * y, near]
}
