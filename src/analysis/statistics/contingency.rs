//! The chi-squared test of a table of counts: whether groups have the same shares of levels.
//!
//! Counts by group and level come in; chi-squared, p and Cramer's V go out. Follows scipy's
//! `chi2_contingency(correction=False)`.

use super::tails::chi_squared_above;
use crate::error::{AnalysisError, Result};
use serde::{Deserialize, Serialize};

/// The outcome of a chi-squared test of independence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contingency {
    /// The statistic, without a correction for continuity.
    pub chi_squared: f64,
    /// Groups less one times levels less one.
    pub df: f64,
    /// The probability of a statistic at least as large if groups had the same shares.
    pub p_value: f64,
    /// The effect size, 0 to 1.
    pub cramer_v: f64,
    /// The smallest count that equal shares would give; below 5 the p is rough.
    pub least_expected: f64,
}

/// Whether groups have the same shares of levels; levels and groups that nobody has take no part.
///
/// # Errors
/// Rows of different length; fewer than two groups or levels that anybody has.
pub fn contingency(counts: &[Vec<u64>]) -> Result<Contingency> {
    let levels = counts.first().map_or(0, Vec::len);
    if let Some(row) = counts.iter().find(|row| row.len() != levels) {
        return Err(AnalysisError::ShapeMismatch {
            left: "the levels of the first group",
            left_shape: vec![levels],
            right: "those of another",
            right_shape: vec![row.len()],
        });
    }
    let rows: Vec<f64> = counts.iter().map(|row| row.iter().sum::<u64>() as f64).collect();
    let columns: Vec<f64> = (0..levels).map(|level| counts.iter().map(|row| row[level]).sum::<u64>() as f64).collect();
    let (groups, known) = (rows.iter().filter(|n| **n > 0.0).count(), columns.iter().filter(|n| **n > 0.0).count());
    for (what, found) in
        [("the list of groups that have anybody", groups), ("the list of levels that anybody has", known)]
    {
        if found < 2 {
            return Err(AnalysisError::TooFew { what, needed: 2, found });
        }
    }
    let n: f64 = rows.iter().sum();
    let (mut chi_squared, mut least_expected) = (0.0, f64::INFINITY);
    for (row, of_row) in counts.iter().zip(&rows).filter(|(_, of_row)| **of_row > 0.0) {
        for (count, of_column) in row.iter().zip(&columns).filter(|(_, of_column)| **of_column > 0.0) {
            let expected = of_row * of_column / n;
            chi_squared += (*count as f64 - expected).powi(2) / expected;
            least_expected = f64::min(least_expected, expected);
        }
    }
    let smaller = (groups.min(known) - 1) as f64;
    let df = ((groups - 1) * (known - 1)) as f64;
    Ok(Contingency {
        chi_squared,
        df,
        p_value: chi_squared_above(chi_squared, df),
        cramer_v: (chi_squared / (n * smaller)).sqrt(),
        least_expected,
    })
}
