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
mod execute;
mod fingerprint;
mod fit;
mod folder;
mod index;
mod inventory;
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
mod runs;
mod score;
mod search;
mod sources;
mod standing;
mod store;
mod subgraph;
mod subgroup;
mod summary;
mod survey;
mod task;
mod told;
mod track;
mod train;
mod weights;
mod work;

pub use analyse::{AnalysisResult, Field, Table};
pub use clock::{Clock, Trainings, trainings};
pub use compare::{Compared, Comparison, Contrast, Item, VariantValue};
pub use describe::{Planned, PlannedTask, plan};
pub use ensemble::{Ranked, Ranking};
pub use error::{Failures, PlanError, Result};
pub use fingerprint::{Fingerprint, Identity};
pub use inventory::{Amount, Damage, Inventory, Removal, collect_garbage, inventory, verify};
pub use options::{AfterFailure, Listener, NoTrials, RunOptions, Silent, SourceText, TrialPrograms, Workers};
pub use outcome::{Outcome, TaskOutcome};
pub use packed::{
    Applied, PackOptions, Packed, PackedModel, PackedRun, PredictOptions, ResidualsOfReference, contents_of, pack,
    predict,
};
pub use run::run;
pub use runs::{MeanScore, RunContrast, RunFolder, ScoreContrast, contrast, run_in, runs};
pub use score::{Line, Matrix, RunScore, Scatter, Scored};
pub use standing::{Standing, planned_experiments, put_plan, standing};
pub use store::{FailureRecord, Measured, Owner, PlanRecord, Reason, RecordedTask};
pub use summary::{RunSummary, VariantSummary};
pub use survey::{Survey, SurveyedTask, TaskState, survey};
pub use task::{Kind, RunKey};
pub use track::Tracker;
pub use work::{Worked, record_end, record_time_out, work};

#[cfg(test)]
mod tests;
