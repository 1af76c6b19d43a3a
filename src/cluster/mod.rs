//! A run on a cluster: its plan as arrays of Slurm's, and how far they are. fascicle has no scheduler of its own.
//!
//! ```text
//!  plan::survey ──estimate──▶ bundle: arrays of elements ──▶ submission: scripts ──sbatch──▶ elements: work ──▶ store
//!                   ▲                                                                                            │
//!                   └── what earlier tasks took ◀────────────────────────── status ◀── one squeue a minute ◀────┘
//! ```
//!
//! 1. [`Slurm`] is what `fascicle.toml` and the command ask for.
//! 2. [`arrays`] bundles what is to run, by what [`Estimator`] says that it takes.
//! 3. [`Submission`] is written into the store and handed to `sbatch`; the command then ends.
//! 4. [`work`](mod@work) does an element's tasks on a node, checkpoints when time runs out, and puts that element back into the queue.
//! 5. [`Status`] says how far a run is: from the store, and from at most one `squeue` a minute.

mod bundle;
mod estimate;
mod memory;
mod settings;
mod slurm;
mod status;
mod submission;
mod time;
#[cfg(unix)]
pub mod work;

#[cfg(test)]
mod tests;

pub use bundle::{Array, arrays};
pub use estimate::{Estimate, Estimator};
pub use settings::{FILE, Slurm, SlurmKeys, TEMPLATE, cache_folder};
pub use slurm::Queued;
pub use status::{Elements, Failed, Status, TaskStatus, in_queue, note_submitted, status};
pub use submission::{Invocation, Jobs, Submission, new_folder, submissions};

use std::path::PathBuf;

/// What can go wrong between a plan and a cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A file of settings, or of a submission.
    #[error("{0}")]
    Settings(String),
    /// A machine without Slurm.
    #[error("`{program}` is not there: submit from a machine where Slurm's commands are, or look with --dry-run")]
    NoSlurm {
        /// The command.
        program: &'static str,
    },
    /// What a command of Slurm's says.
    #[error("{program}: {problem}")]
    Call {
        /// The command.
        program: &'static str,
        /// What it says.
        problem: String,
    },
    /// A file.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The plan.
    #[error(transparent)]
    Plan(#[from] crate::plan::PlanError),
}
