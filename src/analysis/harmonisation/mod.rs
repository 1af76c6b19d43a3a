//! What sites and covariates add to measurements, estimated on some subjects and taken away from anybody.
//!
//! Unlike the rest of the package this stands before a model: the columns of a table come in as `[subjects, columns]`,
//! with the site of each subject by its place and covariates as `[subjects, terms]`; what is fitted goes out, is kept
//! with a fold's other fitted steps, and changes one subject's row at a time.
//!
//! ```text
//!  training rows, sites, covariates ──fit──▶ Combat, Residuals ──apply(one row)──▶ the row without them
//! ```
//!
//! | module | holds | follows |
//! |---|---|---|
//! | [`combat`] | location and scale of each site | Johnson et al. 2007, Fortin et al. 2018; neuroCombat, neuroHarmonize |
//! | `prior` | what the other columns say of a column's location and scale | neuroCombat |
//! | [`residuals`] | a linear regression on covariates | statsmodels `OLS` |
//! | `least_squares` | the regression that both begin with | numpy `lstsq` |

pub mod combat;
mod least_squares;
mod prior;
pub mod residuals;

pub use combat::{Combat, CombatSettings};
pub use residuals::Residuals;

#[cfg(test)]
mod tests;
