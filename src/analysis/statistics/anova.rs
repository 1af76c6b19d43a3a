//! One-way analysis of variance: whether several groups have one mean.
//!
//! Groups come in; F, p and eta squared go out. Follows scipy's `f_oneway`.

use super::moments::{largest, mean, spread};
use super::tails::f_above;
use crate::error::{AnalysisError, Result, check_sample, check_size};
use serde::{Deserialize, Serialize};

/// The outcome of a one-way analysis of variance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OneWayAnova {
    /// The variance between groups over that within.
    pub f: f64,
    /// The number of groups less one.
    pub df_between: f64,
    /// The number of values less the number of groups.
    pub df_within: f64,
    /// The probability of an F at least as large if all groups had one mean.
    pub p_value: f64,
    /// The share of the variance that lies between groups.
    pub eta_squared: f64,
}

/// Whether several groups have one mean.
///
/// # Errors
/// Fewer than two groups, an empty group, no more values than groups, values that are not finite, or groups that do not
/// vary.
pub fn one_way_anova(groups: &[&[f64]]) -> Result<OneWayAnova> {
    check_size("the list of groups", groups, 2)?;
    groups.iter().try_for_each(|group| check_sample("a group", group))?;
    let all = groups.concat();
    check_size("the values of all groups", &all, groups.len() + 1)?;
    let (whole, scale) = (mean(&all), largest(&all));
    let (mut between, mut within) = (0.0, 0.0);
    for group in groups {
        let size = group.len() as f64;
        between += size * (mean(group) - whole).powi(2);
        if group.len() > 1 {
            within += spread(group, scale) * (size - 1.0);
        }
    }
    if within == 0.0 {
        return Err(AnalysisError::Undefined { what: "the analysis of variance", reason: "no group varies" });
    }
    let (df_between, df_within) = ((groups.len() - 1) as f64, (all.len() - groups.len()) as f64);
    let f = between / df_between / (within / df_within);
    let eta_squared = between / (between + within);
    Ok(OneWayAnova { f, df_between, df_within, p_value: f_above(f, df_between, df_within), eta_squared })
}
