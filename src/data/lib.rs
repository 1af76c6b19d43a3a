//! From files to batches: cohorts, NIfTI, tables, fitted transforms, splits.
//!
//! ```text
//!  Cohort ──load──▶ CohortData ─┬─▶ TableSummary, check_data           for the compiler: nothing is decoded
//!            (bids, table,      │
//!             phantom, keep)    └─open─▶ Dataset ──divide──▶ [Split] ──fit(train)──▶ FittedInputs ──batch──▶ Batch
//!                                        (volume, nifti, cache)  (split)   (transform)        (dataset)
//! ```
//!
//! 1. [`cohort::CohortData::load`] reads tables, indexes folders, applies `keep`, and starts the [`flow::Flow`].
//! 2. [`dataset::Dataset::open`] decides who has what and decodes images in parallel into the [`cache::Cache`].
//! 3. [`dataset::Dataset::divide`] puts people into training, validation, test and holdout.
//! 4. [`dataset::Dataset::fit`] lets every fitted step learn from the training subjects alone.
//! 5. [`dataset::FittedInputs::batch`] gives the training loop values, shapes and presence.
//!
//! Everything that can be wrong with files is a [`error::DataError`].

pub mod affine;
pub mod bids;
pub mod cache;
pub mod cohort;
pub mod dataset;
pub mod error;
mod files;
pub mod fingerprint;
pub mod flow;
mod grid;
pub mod hashes;
mod image_file;
mod joined_table;
mod keep;
pub mod label_table;
mod load;
pub mod nifti;
pub mod numbers;
mod pair;
pub mod phantom;
pub mod restore;
#[cfg(test)]
pub(crate) mod samples;
pub mod split;
mod stats;
pub mod summary;
pub mod table;
pub mod transform;
pub mod volume;

pub use cache::Cache;
pub use cohort::CohortData;
pub use dataset::availability;
pub use dataset::{Augmentation, Batch, Dataset, FittedInput, FittedInputs, InputBatch, Item, Member};
pub use error::{DataError, Result};
pub use fingerprint::content_hash;
pub use flow::Flow;
pub use grid::Grid;
pub use keep::is_value;
pub use split::Split;
pub use summary::{ColumnSummary, DataCheck, Problem, TableSummary, check_data};
pub use volume::Volume;
