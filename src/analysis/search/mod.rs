//! Which settings to try next, and which trials are hopeless: samplers and pruners of a search.
//!
//! A search looks for settings with a small loss (a score of which more is better comes in negated) by trying some. What
//! was tried comes in as [`Trial`]s in their order, the next settings come out; nothing is remembered in between, so that
//! a search goes on from results that were stored, and trials can be added to it.
//!
//! ```text
//!  space: [Axis]                                    ┌─ random: each axis by itself
//!  trials: [{ point, outcome }] ──▶ Sampler::next ──┤                            ──▶ point
//!                                                   └─ TPE: where the good ones are, and the others are not
//!  curves of finished trials ──▶ median_thresholds ──▶ what a trial must have reached by each epoch
//! ```
//!
//! The tree-structured Parzen estimator is Bergstra et al. 2011 ("Algorithms for hyper-parameter optimization") in the form of
//! Optuna 5.0's `TPESampler` with its defaults (multivariate, prior weight 1, magic clip), for spaces without conditions;
//! densities are Optuna's to rounding, draws are of another generator. A point is never proposed twice.

mod axis;
mod parzen;
mod pruning;
mod sampler;
mod truncated;

pub use axis::{Axis, Point};
pub use pruning::median_thresholds;
pub use sampler::{Outcome, Sampler, Trial};

#[cfg(test)]
mod tests;
