//! Neighbourhoods: which others of an item are near, and how probably each is its neighbour.

use super::exact::{Force, gradient_of};
use super::tree::Tree;
use super::{LEAST, Places};
use crate::clustering::distances::strips;
use ndarray::ArrayView2;
use rayon::prelude::*;

/// Turns of the search for a width.
const SEARCH: usize = 100;

/// The probabilities of pairs of neighbours, row by row; all of them add up to 1.
pub(super) struct SparsePairs {
    /// Where each item's neighbours begin, and where the last one's end.
    starts: Vec<usize>,
    neighbours: Vec<usize>,
    probability: Vec<f64>,
}

/// A Gaussian over others at these squared distances, as wide as it takes to have the perplexity.
pub(super) fn neighbourhood(squared: &[f64], perplexity: f64) -> Vec<f64> {
    let wanted = perplexity.ln();
    // The nearest other one counts from 0, so that the largest probability never underflows.
    let nearest = squared.iter().copied().fold(f64::INFINITY, f64::min);
    let (mut beta, mut low, mut high) = (1.0, 0.0, f64::INFINITY);
    let mut p = vec![0.0; squared.len()];
    for _ in 0..SEARCH {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for (p, d) in p.iter_mut().zip(squared) {
            let d = d - nearest;
            *p = (-d * beta).exp();
            sum += *p;
            weighted += d * *p;
        }
        p.iter_mut().for_each(|p| *p /= sum);
        let off = sum.ln() + beta * weighted / sum - wanted;
        if off.abs() <= 1e-10 {
            break;
        }
        if off > 0.0 {
            low = beta;
            beta = if high.is_finite() { (beta + high) / 2.0 } else { beta * 2.0 };
        } else {
            high = beta;
            beta = (beta + low) / 2.0;
        }
    }
    p
}

impl SparsePairs {
    /// Of each item's nearest others, three times the perplexity of them.
    pub fn of(table: ArrayView2<'_, f64>, perplexity: f64) -> Self {
        let (n, columns) = table.dim();
        let wanted = ((3.0 * perplexity) as usize).clamp(1, n - 1);
        let flat: Vec<f64> = table.iter().copied().collect();
        let of_strip = |(rows, squared): (std::ops::Range<usize>, Vec<f64>)| -> Vec<Vec<(usize, f64)>> {
            rows.zip(squared.chunks(n)).map(|(i, squared)| nearest(squared, i, wanted, perplexity)).collect()
        };
        let directed: Vec<Vec<(usize, f64)>> = strips(&flat, columns).map(of_strip).collect::<Vec<_>>().concat();
        // Both directions of a pair count half.
        let total = 2.0 * n as f64;
        let mut both = directed.clone();
        for (i, row) in directed.iter().enumerate() {
            row.iter().for_each(|(j, p)| both[*j].push((i, *p)));
        }
        let mut pairs = Self { starts: vec![0], neighbours: Vec::new(), probability: Vec::new() };
        for row in &mut both {
            row.sort_by_key(|(j, _)| *j);
            for same in row.chunk_by(|(a, _), (b, _)| a == b) {
                pairs.neighbours.push(same[0].0);
                pairs.probability.push((same.iter().map(|(_, p)| p).sum::<f64>() / total).max(LEAST));
            }
            pairs.starts.push(pairs.neighbours.len());
        }
        pairs
    }

    fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let row = self.starts[i]..self.starts[i + 1];
        self.neighbours[row.clone()].iter().copied().zip(self.probability[row].iter().copied())
    }

    fn forces(&self, places: &Places) -> Vec<Force> {
        let mut forces = Tree::of(places).forces(places);
        forces.par_iter_mut().with_min_len(64).enumerate().for_each(|(i, force)| {
            for (j, p) in self.row(i) {
                let pull = p * places.closeness(i, j);
                force.pull[0] += pull * (places.x[i] - places.x[j]);
                force.pull[1] += pull * (places.y[i] - places.y[j]);
            }
        });
        forces
    }

    pub fn gradient(&self, places: &Places, exaggeration: f64) -> Places {
        gradient_of(&self.forces(places), exaggeration)
    }

    pub fn divergence(&self, places: &Places) -> f64 {
        let total: f64 = Tree::of(places).forces(places).iter().map(|force| force.closeness).sum();
        let row = |i: usize| -> f64 {
            self.row(i).map(|(j, p)| p * (p / (places.closeness(i, j) / total).max(LEAST)).ln()).sum()
        };
        (0..places.x.len()).map(row).sum()
    }
}

/// The nearest others of an item in their order, with their probabilities; of equally near ones the first.
fn nearest(squared: &[f64], own: usize, wanted: usize, perplexity: f64) -> Vec<(usize, f64)> {
    let mut others: Vec<(f64, usize)> = squared.iter().copied().zip(0..).filter(|(_, j)| *j != own).collect();
    let nearer = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    if wanted < others.len() {
        others.select_nth_unstable_by(wanted, nearer);
        others.truncate(wanted);
    }
    others.sort_unstable_by_key(|(_, j)| *j);
    let squared: Vec<f64> = others.iter().map(|(d, _)| *d).collect();
    others.iter().map(|(_, j)| *j).zip(neighbourhood(&squared, perplexity)).collect()
}
