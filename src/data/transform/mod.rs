//! Preparation of images and columns: what the `|>` steps after `image(..)` and `columns(..)` do.
//!
//! ```text
//!  Volume ──before the first fitted step──▶ cache ──fitted steps, views──▶ [c, d, h, w]       (chain)
//!  cells  ──impute──▶ scale, bin, one-hot, sites and covariates taken away ──▶ [n]           (columns, adjust)
//!  number ──scaled for training──▶ number; predictions the way back                          (target)
//! ```
//!
//! What learns from data learns from the training subjects that it is handed, nobody else: [`FittedChain`],
//! [`FittedColumns`] and [`FittedTarget`] are made by `fit` and are all that is needed to prepare anybody. Both can be saved as JSON.

mod adjust;
pub(crate) mod artefact;
mod bayesian_ridge;
mod centre;
mod chain;
mod columns;
mod covariates;
pub(crate) mod elastic;
mod gaussian;
mod grid;
mod histogram;
mod image;
mod impute;
mod intensity;
mod percentile;
mod resample;
pub(crate) mod spatial;
mod target;
mod white_stripe;

pub use bayesian_ridge::BayesianRidge;
pub use centre::centre_of_mass;
pub use chain::{FittedChain, ImageChain, Prepared};
pub(crate) use columns::quantile;
pub use columns::{ColumnPlan, FittedColumns, SourceColumn};
pub use covariates::{ColumnRow, CovariateCell, Unseen};
pub use gaussian::{full_width, gaussian_filter};
pub use histogram::Landmarks;
pub use image::Image;
pub use impute::{Imputer, IterativeImputer};
pub use percentile::{PooledPercentiles, percentile_of_sorted};
pub use target::FittedTarget;

#[cfg(test)]
mod tests;

#[cfg(test)]
mod augmentation_tests;
