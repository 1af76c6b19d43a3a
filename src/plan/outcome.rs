//! What became of a run and of its tasks.

use super::task::Kind;
use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything is done.
    Finished,
    /// Ctrl-C came; the same command goes on from there.
    Interrupted {
        /// The task under way.
        task: String,
    },
}

/// What became of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskOutcome {
    /// As `fascicle plan` prints it.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// The key of its result.
    pub fingerprint: String,
    /// Whether it ran; else its result was in the store.
    pub ran: bool,
    /// How long it took when it ran.
    pub seconds: f64,
}
