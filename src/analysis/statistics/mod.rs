//! Tests of hypotheses and their correction for multiple testing.
//!
//! Samples come in as slices, one value a subject (or a fold); a statistic, its p and an effect size go out. Names,
//! tie corrections and the choice between an exact and an approximate p follow scipy 1.17, corrections for multiple
//! testing statsmodels. Nothing here is random but [`permutation`], which takes a seed.

pub mod anova;
pub mod contingency;
pub mod kruskal_wallis;
pub mod mann_whitney;
pub(crate) mod moments;
pub mod multiple;
pub mod permutation;
pub mod ranks;
pub mod resampled;
pub mod t_test;
pub mod tails;
pub mod wilcoxon;

use serde::{Deserialize, Serialize};

/// In which direction a difference counts as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// Either.
    #[default]
    TwoSided,
    /// The first sample is smaller (the differences are below zero).
    Less,
    /// The first sample is larger (the differences are above zero).
    Greater,
}

/// How a p was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// From every outcome that is equally probable without an effect.
    Exact,
    /// From a normal approximation.
    Asymptotic,
}

impl Alternative {
    /// The p of this direction, from `less = P(statistic <= observed)` and `greater = P(statistic >= observed)`.
    pub(crate) fn p_value(self, less: f64, greater: f64) -> f64 {
        match self {
            Alternative::TwoSided => (2.0 * less.min(greater)).min(1.0),
            Alternative::Less => less.min(1.0),
            Alternative::Greater => greater.min(1.0),
        }
    }
}

#[cfg(test)]
mod tests;
