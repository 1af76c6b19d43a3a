//! The density of points near those that were seen: a mixture of products of kernels, one kernel a point and a wide one for
//! the whole space.
//!
//! Numbers have normal kernels cut at the ends of their axis, as wide as the gap to the farther neighbour, within the limits of
//! the "magic clip"; choices have the seen one more likely by one count. Optuna's `_ParzenEstimator`; of equal numbers the
//! older is the left neighbour (numpy's sort leaves that open).

use super::axis::{Axis, Point};
use super::truncated::{log_density, mass, quantile};
use rand::{Rng, RngExt};

/// Points from which on the oldest count less.
const OLD: usize = 25;

/// A mixture over a space.
pub(super) struct Parzen<'s> {
    space: &'s [Axis],
    /// Logarithm of each kernel's weight; the prior is the last.
    weights: Vec<f64>,
    /// By axis and kernel.
    kernels: Vec<Kernels>,
}

enum Kernels {
    Numbers {
        centres: Vec<f64>,
        widths: Vec<f64>,
        low: f64,
        high: f64,
    },
    /// Probabilities of the choices.
    Choices(Vec<Vec<f64>>),
}

impl<'s> Parzen<'s> {
    /// The mixture around points, the oldest first.
    pub fn of(space: &'s [Axis], points: &[&Point]) -> Self {
        let mut weights = ages(points.len());
        weights.push(1.0);
        let sum: f64 = weights.iter().sum();
        let weights = weights.into_iter().map(|weight| (weight / sum).ln()).collect();
        let of_axis = |(at, axis): (usize, &Axis)| {
            let seen: Vec<f64> = points.iter().map(|point| point[at]).collect();
            match axis {
                Axis::Choice { count } => Kernels::Choices(choices(*count, &seen)),
                axis => numbers(axis, &seen),
            }
        };
        Self { space, weights, kernels: space.iter().enumerate().map(of_axis).collect() }
    }

    /// A point of the mixture: a kernel, then each coordinate from it.
    pub fn draw(&self, random: &mut impl Rng) -> Point {
        let probabilities: Vec<f64> = self.weights.iter().map(|weight| weight.exp()).collect();
        let kernel = position(&probabilities, random.random());
        let coordinate = |(kernels, axis): (&Kernels, &Axis)| match kernels {
            Kernels::Choices(probabilities) => position(&probabilities[kernel], random.random()) as f64,
            Kernels::Numbers { centres, widths, low, high } => {
                let (centre, width) = (centres[kernel], widths[kernel]);
                let share = random.random::<f64>();
                axis.settled(centre + width * quantile(share, (low - centre) / width, (high - centre) / width))
            }
        };
        self.kernels.iter().zip(self.space).map(coordinate).collect()
    }

    /// The logarithm of the density of numbers (of the probability of whole numbers and choices) at a point.
    pub fn log_density(&self, point: &Point) -> f64 {
        let of_kernel = |kernel: usize| {
            let coordinates = self.kernels.iter().zip(self.space).zip(point);
            self.weights[kernel]
                + coordinates.map(|((kernels, axis), value)| kernels.log_density(kernel, axis, *value)).sum::<f64>()
        };
        let logs: Vec<f64> = (0..self.weights.len()).map(of_kernel).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if most == f64::NEG_INFINITY {
            return most;
        }
        logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln() + most
    }
}

impl Kernels {
    fn log_density(&self, kernel: usize, axis: &Axis, value: f64) -> f64 {
        match self {
            Self::Choices(probabilities) => {
                probabilities[kernel].get(value as usize).map_or(f64::NEG_INFINITY, |p| p.ln())
            }
            Self::Numbers { centres, widths, low, high } => {
                let (centre, width) = (centres[kernel], widths[kernel]);
                let place = |x: f64| (x - centre) / width;
                let all = mass(place(*low), place(*high)).ln();
                match axis {
                    Axis::Whole { .. } => {
                        let edge = |value: f64| place(axis.on_scale(value));
                        mass(edge(value - 0.5), edge(value + 0.5)).ln() - all
                    }
                    _ => log_density(place(axis.on_scale(value))) - all - width.ln(),
                }
            }
        }
    }
}

/// One for the newest 25 points, and ever less for those before: a ramp up from `1 / n`.
fn ages(count: usize) -> Vec<f64> {
    let old = count.saturating_sub(OLD);
    let least = 1.0 / count.max(1) as f64;
    let step = if old > 1 { (1.0 - least) / (old - 1) as f64 } else { 0.0 };
    (0..count).map(|at| if at < old { least + step * at as f64 } else { 1.0 }).collect()
}

fn numbers(axis: &Axis, seen: &[f64]) -> Kernels {
    let (low, high) = axis.bounds();
    let range = high - low;
    let mut centres: Vec<f64> = seen.iter().map(|value| axis.on_scale(*value)).collect();
    let mut order: Vec<usize> = (0..centres.len()).collect();
    order.sort_by(|a, b| centres[*a].total_cmp(&centres[*b]));
    let mut widths = vec![0.0; centres.len()];
    for (rank, at) in order.iter().enumerate() {
        let before = rank.checked_sub(1).map(|rank| centres[order[rank]]);
        let after = order.get(rank + 1).map(|at| centres[*at]);
        let gap = |neighbour: f64| (centres[*at] - neighbour).abs();
        // The ends of the axis are neighbours of a point that stands alone, not of the outermost of several.
        widths[*at] = match (before, after) {
            (Some(before), Some(after)) => gap(before).max(gap(after)),
            (Some(neighbour), None) | (None, Some(neighbour)) => gap(neighbour),
            (None, None) => gap(low).max(gap(high)),
        };
    }
    let least = range / (2.0 + centres.len() as f64).min(100.0);
    widths.iter_mut().for_each(|width| *width = width.clamp(least, range));
    centres.push(0.5 * (low + high));
    widths.push(range);
    Kernels::Numbers { centres, widths, low, high }
}

fn choices(count: usize, seen: &[f64]) -> Vec<Vec<f64>> {
    let even = vec![1.0 / count.max(1) as f64; count];
    let share = 1.0 / (seen.len() + 1) as f64;
    let all = 1.0 + share * count as f64;
    let around = |value: &f64| {
        let counted = |choice: usize| (share + f64::from(u8::from(choice == *value as usize))) / all;
        (0..count).map(counted).collect()
    };
    seen.iter().map(around).chain([even]).collect()
}

/// The position at which the probabilities so far exceed a share.
fn position(probabilities: &[f64], share: f64) -> usize {
    let mut below = 0.0;
    let at = probabilities.iter().position(|probability| {
        below += probability;
        below > share
    });
    at.unwrap_or(probabilities.len().saturating_sub(1))
}
