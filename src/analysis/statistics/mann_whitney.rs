//! The Mann-Whitney U test of two independent samples.
//!
//! Two samples come in; U, p and the rank-biserial correlation go out. Follows scipy's `mannwhitneyu`: U is that of
//! the first sample, equal values share their mean rank, p is exact where one sample has at most 8 values and no two
//! values are equal, and otherwise that of the normal approximation with tie and continuity correction.

mod maps;

pub use maps::mann_whitney_of_maps;

use super::ranks::Ranks;
use super::tails::normal_above;
use super::{Alternative, Method};
use crate::error::{Result, check_sample};
use serde::{Deserialize, Serialize};

/// The size up to which a sample is small.
const SMALL: usize = 8;

/// The outcome of a Mann-Whitney test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MannWhitney {
    /// How many of the `n1 n2` pairs have the larger value in the first sample, equal ones counting half.
    pub u: f64,
    /// The probability of a U at least as extreme if both samples came from one distribution.
    pub p_value: f64,
    /// How p was found.
    pub method: Method,
    /// `2 U / (n1 n2) - 1`, -1 to 1; above 0 where the first sample tends to be larger.
    pub rank_biserial: f64,
    /// The values in the first sample and in the second.
    pub sizes: [usize; 2],
}

/// How the normal approximation treats U, which only takes steps of one half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Continuity {
    /// U is moved half a step towards its mean: scipy's default.
    #[default]
    Corrected,
    /// U is taken as it is.
    Plain,
}

/// Whether values of `first` tend to be larger or smaller than those of `second`.
///
/// If all values are equal, U is what it would be by chance and p is 1.
///
/// # Errors
/// An empty sample or values that are not finite.
pub fn mann_whitney(first: &[f64], second: &[f64], alternative: Alternative) -> Result<MannWhitney> {
    mann_whitney_with(first, second, alternative, Continuity::Corrected)
}

/// [`mann_whitney`] with or without continuity correction.
///
/// # Errors
/// As [`mann_whitney`].
pub fn mann_whitney_with(
    first: &[f64],
    second: &[f64],
    alternative: Alternative,
    continuity: Continuity,
) -> Result<MannWhitney> {
    check_sample("the first sample", first)?;
    check_sample("the second sample", second)?;
    let (n1, n2) = (first.len(), second.len());
    let ranks = Ranks::of(&[first, second].concat());
    let pairs = n1 as f64 * n2 as f64;
    let u = ranks.values[..n1].iter().sum::<f64>() - n1 as f64 * (n1 as f64 + 1.0) / 2.0;

    let method = if n1.min(n2) <= SMALL && ranks.ties.is_empty() { Method::Exact } else { Method::Asymptotic };
    let at_least = |u: f64| match method {
        Method::Exact => exact(u, n1, n2),
        Method::Asymptotic => asymptotic(u, n1 as f64, n2 as f64, ranks.tie_term(), continuity),
    };
    Ok(MannWhitney {
        u,
        p_value: alternative.p_value(at_least(pairs - u), at_least(u)),
        method,
        rank_biserial: 2.0 * u / pairs - 1.0,
        sizes: [n1, n2],
    })
}

fn asymptotic(u: f64, n1: f64, n2: f64, tie_term: f64, continuity: Continuity) -> f64 {
    let n = n1 + n2;
    let variance = n1 * n2 / 12.0 * (n + 1.0 - tie_term / (n * (n - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    let shift = match continuity {
        Continuity::Corrected => 0.5,
        Continuity::Plain => 0.0,
    };
    normal_above((u - n1 * n2 / 2.0 - shift) / variance.sqrt())
}

/// `P(U >= u)` without ties, for whole `u`.
fn exact(u: f64, n1: usize, n2: usize) -> f64 {
    let pairs = n1 * n2;
    let u = u.round() as usize;
    // U and n1 n2 - U are distributed alike, so only the shorter tail is ever summed.
    if 2 * u >= pairs {
        lower_tail(pairs - u, n1, n2)
    } else if u == 0 {
        1.0
    } else {
        1.0 - lower_tail(u - 1, n1, n2)
    }
}

/// `P(U <= limit)`.
fn lower_tail(limit: usize, n1: usize, n2: usize) -> f64 {
    lower_tails(limit, n1, n2)[limit]
}

/// `P(U <= u)` for every `u` up to `limit`, by the recurrence of Mann and Whitney (1947) on probabilities.
///
/// The largest of `m` values of one sample and `n` of the other belongs to the first with probability `m / (m + n)`,
/// and then adds `n` to U.
fn lower_tails(limit: usize, n1: usize, n2: usize) -> Vec<f64> {
    let (small, large) = (n1.min(n2), n1.max(n2));
    // row[m][u] = P(U = u) for m values against the n of the current turn; with n = 0, U is 0.
    let mut row = vec![vec![0.0; limit + 1]; small + 1];
    row.iter_mut().for_each(|p| p[0] = 1.0);
    for n in 1..=large {
        for m in 1..=small {
            let from_first = m as f64 / (m + n) as f64;
            let (done, rest) = row.split_at_mut(m);
            let (previous, current) = (&done[m - 1], &mut rest[0]);
            for u in 0..=limit {
                let gained = if u >= n { previous[u - n] } else { 0.0 };
                current[u] = from_first * gained + (1.0 - from_first) * current[u];
            }
        }
    }
    let sums = row[small].iter().scan(0.0, |sum, p| {
        *sum += p;
        Some(*sum)
    });
    sums.collect()
}
