//! t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008): a map on which neighbours stay
//! neighbours.
//!
//! Distances between all items come in; two coordinates an item go out. It is the exact method, as scikit-learn's
//! `TSNE(method="exact", init="pca")`: neighbourhoods of one perplexity, symmetric, exaggerated twelvefold for the
//! first 250 steps, gradient descent with momentum and gains. The start is the plane of the first two principal
//! components, so that nothing is random. Distances on the map between groups far apart, and the sizes of groups, mean
//! little (Wattenberg et al. 2016).

use crate::error::{AnalysisError, Checkpoint, Result, check_array};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

const STEPS: usize = 1000;
/// The first steps hold neighbours together more than they should, so that groups can pass one another.
const EXAGGERATED: usize = 250;
const EXAGGERATION: f64 = 12.0;
const SEARCH: usize = 100;
/// Probabilities are at least this, so that their logarithms are finite.
const LEAST: f64 = f64::EPSILON;
/// Turns of the power iteration that finds the first two components.
const TURNS: usize = 300;

/// A map of items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// `[items, 2]`.
    pub coordinates: Array2<f64>,
    /// What is minimised: the Kullback-Leibler divergence of neighbourhoods on the map from those that were given.
    pub divergence: f64,
}

/// The map of items from their squared Euclidean `[items, items]` distances.
///
/// # Errors
/// Fewer than four items, a perplexity that is not at least 1 and less than their number, distances that are not
/// square, not finite or all zero.
pub fn tsne(squared: ArrayView2<'_, f64>, perplexity: f64) -> Result<Map> {
    tsne_interruptible(squared, perplexity, &|| Ok(()))
}

/// As [`tsne`], asked after each step whether to go on.
///
/// # Errors
/// As [`tsne`], and what `checkpoint` returns.
pub fn tsne_interruptible(squared: ArrayView2<'_, f64>, perplexity: f64, checkpoint: Checkpoint<'_>) -> Result<Map> {
    let p = neighbourhoods(squared, perplexity)?;
    let n = p.nrows();
    let mut y = principal_plane(squared)?;
    let rate = (n as f64 / EXAGGERATION / 4.0).max(50.0);
    let (mut velocity, mut gains) = (Array2::<f64>::zeros((n, 2)), Array2::<f64>::ones((n, 2)));
    for step in 0..STEPS {
        checkpoint()?;
        let early = step < EXAGGERATED;
        if step == EXAGGERATED {
            // What was learnt of the exaggerated slope is of no use on the true one.
            velocity.fill(0.0);
            gains.fill(1.0);
        }
        let (factor, momentum) = if early { (EXAGGERATION, 0.5) } else { (1.0, 0.8) };
        let slope = gradient(&p, &y, factor);
        for ((v, gain), g) in velocity.iter_mut().zip(gains.iter_mut()).zip(&slope) {
            *gain = if *v * g < 0.0 { *gain + 0.2 } else { (*gain * 0.8).max(0.01) };
            *v = momentum * *v - rate * *gain * g;
        }
        y += &velocity;
    }
    let divergence = divergence(&p, &y);
    Ok(Map { coordinates: y, divergence })
}

/// The probability of every pair, `[items, items]`, all of them adding up to 1.
fn neighbourhoods(squared: ArrayView2<'_, f64>, perplexity: f64) -> Result<Array2<f64>> {
    check_array("the distances", &squared)?;
    let n = squared.nrows();
    if squared.ncols() != n {
        return Err(AnalysisError::ShapeMismatch {
            left: "the rows of the distances",
            left_shape: vec![n],
            right: "their columns",
            right_shape: vec![squared.ncols()],
        });
    }
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
    if squared.iter().all(|d| *d <= 0.0) {
        return Err(AnalysisError::Constant { what: "the table of items", value: 0.0 });
    }
    let rows: Vec<Vec<f64>> = (0..n).into_par_iter().map(|i| neighbourhood(squared.row(i), i, perplexity)).collect();
    let total = 2.0 * n as f64;
    Ok(Array2::from_shape_fn(
        (n, n),
        |(i, j)| if i == j { 0.0 } else { ((rows[i][j] + rows[j][i]) / total).max(LEAST) },
    ))
}

/// A Gaussian over the others, as wide as it takes to have the perplexity.
fn neighbourhood(squared: ndarray::ArrayView1<'_, f64>, own: usize, perplexity: f64) -> Vec<f64> {
    let wanted = perplexity.ln();
    // The nearest other one counts from 0, so that the largest probability never underflows.
    let nearest = squared.iter().enumerate().filter(|(j, _)| *j != own).map(|(_, d)| *d).fold(f64::INFINITY, f64::min);
    let (mut beta, mut low, mut high) = (1.0, 0.0, f64::INFINITY);
    let mut p = vec![0.0; squared.len()];
    for _ in 0..SEARCH {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for (j, (p, d)) in p.iter_mut().zip(squared).enumerate() {
            let d = d - nearest;
            *p = if j == own { 0.0 } else { (-d * beta).exp() };
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

/// `1 / (1 + distance^2)` of two places on the map.
fn closeness(y: &Array2<f64>, i: usize, j: usize) -> f64 {
    let (a, b) = (y[[i, 0]] - y[[j, 0]], y[[i, 1]] - y[[j, 1]]);
    1.0 / (1.0 + a * a + b * b)
}

/// The sum of closeness over all pairs, by rows added up in one order.
fn total_closeness(y: &Array2<f64>) -> f64 {
    let n = y.nrows();
    let row = |i: usize| (0..n).filter(|j| *j != i).map(|j| closeness(y, i, j)).sum::<f64>();
    (0..n).into_par_iter().map(row).collect::<Vec<f64>>().iter().sum()
}

fn gradient(p: &Array2<f64>, y: &Array2<f64>, exaggeration: f64) -> Array2<f64> {
    let n = y.nrows();
    let total = total_closeness(y);
    let rows: Vec<(f64, f64)> = (0..n)
        .into_par_iter()
        .map(|i| {
            let (mut a, mut b) = (0.0, 0.0);
            for j in (0..n).filter(|j| *j != i) {
                let near = closeness(y, i, j);
                let pull = 4.0 * (exaggeration * p[[i, j]] - (near / total).max(LEAST)) * near;
                a += pull * (y[[i, 0]] - y[[j, 0]]);
                b += pull * (y[[i, 1]] - y[[j, 1]]);
            }
            (a, b)
        })
        .collect();
    Array2::from_shape_fn((n, 2), |(i, k)| if k == 0 { rows[i].0 } else { rows[i].1 })
}

fn divergence(p: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let total = total_closeness(y);
    let pair = |((i, j), p): ((usize, usize), &f64)| {
        if i == j { 0.0 } else { p * (p / (closeness(y, i, j) / total).max(LEAST)).ln() }
    };
    p.indexed_iter().map(pair).sum()
}

/// The first two principal components of the items, from their distances (Torgerson's scaling), as small as
/// scikit-learn starts: the first with a standard deviation of 0.0001.
fn principal_plane(squared: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    let n = squared.nrows();
    let means: Array1<f64> = squared.sum_axis(Axis(0)) / n as f64;
    let all = means.sum() / n as f64;
    let inner = Array2::from_shape_fn((n, n), |(i, j)| -0.5 * (squared[[i, j]] - means[i] - means[j] + all));
    // A start that is in no special direction, the same every time.
    let mut axes: [Array1<f64>; 2] =
        [0.7, 1.3].map(|step: f64| (0..n).map(|i| ((i as f64 + 1.0) * step).sin() + 0.1).collect());
    for _ in 0..TURNS {
        let mut first = inner.dot(&axes[0]);
        unit(&mut first)?;
        let mut second = inner.dot(&axes[1]);
        let along = second.dot(&first);
        second.scaled_add(-along, &first);
        // Items on one line have no second direction.
        if unit(&mut second).is_err() {
            second.fill(0.0);
        }
        axes = [first, second];
    }
    let lengths = axes.each_ref().map(|axis| axis.dot(&inner.dot(axis)).max(0.0).sqrt());
    let sd = lengths[0] / (n as f64).sqrt();
    let mut plane = Array2::zeros((n, 2));
    for (k, (axis, length)) in axes.iter().zip(lengths).enumerate() {
        let largest = axis.iter().fold(0.0_f64, |m, &v| if v.abs() > m.abs() { v } else { m });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        plane.column_mut(k).assign(&(axis * (sign * length / sd * 1e-4)));
    }
    Ok(plane)
}

fn unit(vector: &mut Array1<f64>) -> Result<()> {
    let length = vector.dot(vector).sqrt();
    if length <= f64::MIN_POSITIVE {
        return Err(AnalysisError::Constant { what: "the table of items", value: 0.0 });
    }
    *vector /= length;
    Ok(())
}

#[cfg(test)]
mod tests;
