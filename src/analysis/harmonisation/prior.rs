//! Empirical Bayes: what a site did to its other columns says something of what it did to one.
//!
//! Columns of one site, standardised, come in; the location and scale of each go out, drawn towards those of the others.
//! Both ways and their stopping rule are neuroCombat's (`it_sol`, `int_eprior`), which are Johnson et al.'s.

use crate::statistics::moments::{mean, variance};
use ndarray::ArrayView2;
use std::f64::consts::PI;

/// The relative change below which locations and scales have settled.
const SETTLED: f64 = 1e-4;
/// More rounds than any site needs: each brings the fixed point nearer by about the number of subjects.
const ROUNDS: usize = 100_000;

/// What was measured of one site, by column.
pub(super) struct SiteColumns {
    /// Its subjects.
    n: f64,
    /// The mean of the standardised values.
    pub means: Vec<f64>,
    /// The sum of squared distances from that mean.
    squares: Vec<f64>,
    /// The mean, as a distance from the origin.
    pub shifts: Vec<f64>,
    /// The sample variance; 1 where there is none, and where sites have a location only.
    pub scales: Vec<f64>,
}

impl SiteColumns {
    /// Of the values `[subjects, columns]`; shifts are counted from `origin`, or from 0.
    pub fn of(values: ArrayView2<'_, f64>, origin: Option<&[f64]>, mean_only: bool) -> Self {
        let n = values.nrows() as f64;
        let means: Vec<f64> = values.columns().into_iter().map(|c| c.sum() / n).collect();
        let squares: Vec<f64> =
            values.columns().into_iter().zip(&means).map(|(c, m)| c.iter().map(|v| (v - m).powi(2)).sum()).collect();
        let shifts = match origin {
            Some(origin) => means.iter().zip(origin).map(|(m, o)| m - o).collect(),
            None => means.clone(),
        };
        let scale = |sum: &f64| match sum / (n - 1.0) {
            some if some > 0.0 && !mean_only => some,
            _ => 1.0,
        };
        let scales = squares.iter().map(scale).collect();
        Self { n, means, squares, shifts, scales }
    }

    /// The sum of squared distances of a column from a location.
    fn distance(&self, column: usize, location: f64) -> f64 {
        self.squares[column] + self.n * (self.means[column] - location).powi(2)
    }
}

/// With a normal prior of locations and an inverse gamma prior of scales, whose moments are those over the columns.
pub(super) fn parametric(site: &SiteColumns, mean_only: bool) -> (Vec<f64>, Vec<f64>) {
    let (centre, spread) = (mean(&site.shifts), variance(&site.shifts));
    let location = |shift: f64, n: f64, scale: f64| (spread * n * shift + scale * centre) / (spread * n + scale);
    if mean_only {
        let shifts = site.shifts.iter().map(|shift| location(*shift, 1.0, 1.0)).collect();
        return (shifts, site.scales.clone());
    }
    let (m, s2) = (mean(&site.scales), variance(&site.scales));
    // Columns of one and the same variance leave no doubt of it.
    let prior = (s2 > 0.0).then(|| ((2.0 * s2 + m * m) / s2, (m * s2 + m.powi(3)) / s2));
    let scale = |column: usize, shift: f64| match prior {
        Some((a, b)) => (0.5 * site.distance(column, shift) + b) / (site.n / 2.0 + a - 1.0),
        None => m,
    };
    let (mut shifts, mut scales) = (site.shifts.clone(), site.scales.clone());
    for _ in 0..ROUNDS {
        let mut change = 0.0_f64;
        for column in 0..shifts.len() {
            let shift = location(site.shifts[column], site.n, scales[column]);
            let next = scale(column, shift);
            // Over the old value with its sign, as the package has it: where it stops is part of its numbers.
            change = change.max(relative(shift, shifts[column])).max(relative(next, scales[column]));
            (shifts[column], scales[column]) = (shift, next);
        }
        if change <= SETTLED {
            break;
        }
    }
    (shifts, scales)
}

fn relative(new: f64, old: f64) -> f64 {
    if new == old { 0.0 } else { (new - old).abs() / old }
}

/// With the other columns' locations and scales as the prior, each by the likelihood of the column's values under it.
pub(super) fn non_parametric(site: &SiteColumns) -> (Vec<f64>, Vec<f64>) {
    let columns = site.shifts.len();
    (0..columns)
        .map(|column| {
            let others: Vec<usize> = (0..columns).filter(|other| *other != column).collect();
            // In logarithms: the likelihood of a thousand values is smaller than any number.
            let logs: Vec<f64> = others
                .iter()
                .map(|j| {
                    let scale = site.scales[*j];
                    -0.5 * site.n * (2.0 * PI * scale).ln() - site.distance(column, site.shifts[*j]) / (2.0 * scale)
                })
                .collect();
            let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
            let sum: f64 = weights.iter().sum();
            let average = |of: &[f64]| others.iter().zip(&weights).map(|(j, w)| w * of[*j]).sum::<f64>() / sum;
            (average(&site.shifts), average(&site.scales))
        })
        .unzip()
}
