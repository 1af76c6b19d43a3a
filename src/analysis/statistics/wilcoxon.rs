//! Wilcoxon's signed-rank test of matched pairs.
//!
//! Two measurements of each subject (or their differences) come in; the rank sums, p and the matched-pairs
//! rank-biserial correlation go out. Follows scipy 1.17's `wilcoxon` with its defaults (`zero_method="wilcox"`,
//! `method="auto"`, no continuity correction): differences of zero are left out; p is exact up to 50 pairs where no
//! two differences are of equal size and none is zero, and up to 13 pairs where some are; otherwise it is that of the
//! normal approximation, corrected for ties.

use super::ranks::Ranks;
use super::t_test::paired_differences;
use super::tails::normal_above;
use super::{Alternative, Method};
use crate::error::{AnalysisError, Result, check_sample};
use serde::{Deserialize, Serialize};

/// The most pairs for which p is exact.
const EXACT: usize = 50;
/// The same where differences are tied or zero.
const EXACT_WITH_TIES: usize = 13;

/// The outcome of a signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SignedRank {
    /// The sum of the ranks of positive differences.
    pub positive: f64,
    /// The sum of the ranks of negative differences. scipy's two-sided statistic is the smaller of the two.
    pub negative: f64,
    /// The probability of rank sums at least as extreme without any difference.
    pub p_value: f64,
    /// How p was found.
    pub method: Method,
    /// `(positive - negative) / (positive + negative)`, -1 to 1; above 0 where the first measurement is larger.
    pub rank_biserial: f64,
    /// The number of differences that are not zero.
    pub n: usize,
}

/// Whether two measurements of the same subjects differ (`first[i]` and `second[i]` are of one subject).
///
/// # Errors
/// Fewer than two pairs, lists of different length, values that are not finite, or no difference but zero.
pub fn wilcoxon_signed_rank(first: &[f64], second: &[f64], alternative: Alternative) -> Result<SignedRank> {
    signed_rank_of_differences(&paired_differences(first, second)?, alternative)
}

/// The same from the differences.
///
/// # Errors
/// As [`wilcoxon_signed_rank`].
pub fn signed_rank_of_differences(differences: &[f64], alternative: Alternative) -> Result<SignedRank> {
    check_sample("the list of paired differences", differences)?;
    let differing: Vec<f64> = differences.iter().copied().filter(|&d| d != 0.0).collect();
    if differing.is_empty() {
        return Err(AnalysisError::Constant { what: "the list of paired differences", value: 0.0 });
    }
    let magnitudes: Vec<f64> = differing.iter().map(|d| d.abs()).collect();
    let ranks = Ranks::of(&magnitudes);
    let sum = |sign: f64| -> f64 {
        differing.iter().zip(&ranks.values).filter(|(d, _)| **d * sign > 0.0).map(|(_, &rank)| rank).sum()
    };
    let (positive, negative) = (sum(1.0), sum(-1.0));

    let distinct = ranks.ties.is_empty() && differing.len() == differences.len();
    let method = if differences.len() <= if distinct { EXACT } else { EXACT_WITH_TIES } {
        Method::Exact
    } else {
        Method::Asymptotic
    };
    let (less, greater) = match method {
        Method::Exact => exact(&ranks.values, positive),
        Method::Asymptotic => asymptotic(&ranks, positive),
    };
    Ok(SignedRank {
        positive,
        negative,
        p_value: alternative.p_value(less, greater),
        method,
        rank_biserial: (positive - negative) / (positive + negative),
        n: differing.len(),
    })
}

/// `P(W <= observed)` and `P(W >= observed)` over all ways to give each rank a sign.
fn exact(ranks: &[f64], observed: f64) -> (f64, f64) {
    // Mean ranks are multiples of one half, so twice a rank is a whole number and rank sums can be counted.
    let doubled: Vec<usize> = ranks.iter().map(|r| (2.0 * r).round() as usize).collect();
    let observed = (2.0 * observed).round() as usize;
    let mut probability = vec![0.0; doubled.iter().sum::<usize>() + 1];
    probability[0] = 1.0;
    let mut reach = 0;
    for rank in doubled {
        for sum in (0..=reach).rev() {
            let half = 0.5 * probability[sum];
            probability[sum] = half;
            probability[sum + rank] += half;
        }
        reach += rank;
    }
    (probability[..=observed].iter().sum(), probability[observed..].iter().sum())
}

fn asymptotic(ranks: &Ranks, observed: f64) -> (f64, f64) {
    let n = ranks.values.len() as f64;
    let expected = n * (n + 1.0) / 4.0;
    let sd = ((n * (n + 1.0) * (2.0 * n + 1.0) - ranks.tie_term() / 2.0) / 24.0).sqrt();
    let z = (observed - expected) / sd;
    (normal_above(-z), normal_above(z))
}
