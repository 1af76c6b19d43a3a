//! The Kruskal-Wallis test of several independent samples.
//!
//! Groups come in; H, p and epsilon squared go out. Follows scipy's `kruskal`: equal values share their mean rank, H
//! is corrected for ties, and p is that of chi-squared with one degree of freedom less than there are groups.

use super::ranks::Ranks;
use super::tails::chi_squared_above;
use crate::error::{AnalysisError, Result, check_sample, check_size, constant};
use serde::{Deserialize, Serialize};

/// The outcome of a Kruskal-Wallis test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KruskalWallis {
    /// The statistic, corrected for ties.
    pub h: f64,
    /// The number of groups less one.
    pub df: f64,
    /// The probability of an H at least as large if all groups came from one distribution.
    pub p_value: f64,
    /// The effect size `H / (n - 1)`: the share of the ranks' variance that lies between groups, 0 to 1.
    pub epsilon_squared: f64,
}

/// Whether several groups come from one distribution.
///
/// # Errors
/// Fewer than two groups, an empty group, values that are not finite, or the same value everywhere.
pub fn kruskal_wallis(groups: &[&[f64]]) -> Result<KruskalWallis> {
    check_size("the list of groups", groups, 2)?;
    groups.iter().try_for_each(|group| check_sample("a group", group))?;
    let all = groups.concat();
    if let Some(value) = constant(&all) {
        return Err(AnalysisError::Constant { what: "the whole sample", value });
    }
    let ranks = Ranks::of(&all);
    let n = all.len() as f64;
    let mut start = 0;
    let mut between = 0.0;
    for group in groups {
        let sum: f64 = ranks.values[start..start + group.len()].iter().sum();
        let size = group.len() as f64;
        // The squared distance of the group's mean rank from the mean of all ranks.
        between += size * (sum / size - (n + 1.0) / 2.0).powi(2);
        start += group.len();
    }
    let h = 12.0 / (n * (n + 1.0)) * between / (1.0 - ranks.tie_term() / (n * n * n - n));
    let df = (groups.len() - 1) as f64;
    Ok(KruskalWallis { h, df, p_value: chi_squared_above(h, df), epsilon_squared: h / (n - 1.0) })
}

/// [`kruskal_wallis`] of `values` grouped by `labels`, groups in the order of their label.
///
/// # Errors
/// As [`kruskal_wallis`]; lists of different length.
pub fn kruskal_wallis_by(values: &[f64], labels: &[usize]) -> Result<KruskalWallis> {
    crate::error::check_paired("the values", values, "the labels", labels)?;
    let mut groups = std::collections::BTreeMap::<usize, Vec<f64>>::new();
    for (&value, &label) in values.iter().zip(labels) {
        groups.entry(label).or_default().push(value);
    }
    kruskal_wallis(&groups.values().map(Vec::as_slice).collect::<Vec<_>>())
}
