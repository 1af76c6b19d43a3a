//! The plan: an experiment as tasks with fingerprints, a store of their results, and the executor.
//!
//! ```text
//!  program::Experiment ──layout──▶ [Task { name, fingerprint, work }] ──run──▶ store ──▶ run folder, report
//!                                          │
//!                                          └──describe──▶ [PlannedTask { cached, why, seconds }]
//! ```
//!
//! 1. [`run`] lays an experiment out as tasks: index a cohort, divide its people, fit transforms, train, fit baselines, predict, score,
//!    analyse, compare. Tasks of different variants that would do the same are one task.
//! 2. A task's [`Fingerprint`] is a hash of what determines its result. A result is in the store under it, whole or not
//!    at all; a task whose result is there is not run again.
//! 3. A model leaves its run by [`pack`], and is applied to new people by [`predict`].
//! 4. The run's folder and its report are made from the store's results, written aside and put in place.
//!
//! An interrupted run goes on from the last checkpoint; on the CPU it ends with the same bytes.

mod analyse;
mod baseline;
mod clock;
mod compare;
mod content;
mod context;
mod describe;
mod drawn;
mod ensemble;
mod error;
mod evaluate;
mod fingerprint;
mod fit;
mod folder;
mod index;
mod layout;
mod maps;
mod metric;
mod monitor;
mod options;
mod outcome;
mod packed;
mod predict;
mod request;
mod rows;
mod run;
mod score;
mod search;
mod sources;
mod store;
mod subgraph;
mod subgroup;
mod summary;
mod task;
mod train;
mod weights;

pub use analyse::{AnalysisResult, Field, Table};
pub use clock::{Rates, Trainings, trainings};
pub use compare::{Compared, Comparison, Contrast, Item, VariantValue};
pub use describe::{Planned, PlannedTask, plan};
pub use ensemble::{Ranked, Ranking};
pub use error::{PlanError, Result};
pub use fingerprint::{Fingerprint, Identity};
pub use options::{Listener, NoTrials, RunOptions, Silent, SourceText, TrialPrograms};
pub use outcome::{Outcome, TaskOutcome};
pub use packed::{
    Applied, PackOptions, Packed, PackedModel, PackedRun, PredictOptions, ResidualsOfReference, contents_of, pack,
    predict,
};
pub use run::run;
pub use score::{Line, Matrix, RunScore, Scatter, Scored};
pub use summary::{RunSummary, VariantSummary};
pub use task::{Kind, RunKey};

#[cfg(test)]
mod tests;
