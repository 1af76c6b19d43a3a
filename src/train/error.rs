//! What can go wrong in training and prediction.

use crate::nn::NnError;
use std::fmt;
use std::path::PathBuf;
use thiserror::Error;

/// What went wrong in the data pipeline, in its own words.
pub type DataError = Box<dyn std::error::Error + Send + Sync>;

/// An error of a training stage or a prediction.
#[derive(Debug, Error)]
pub enum TrainError {
    /// Nobody to train on.
    #[error("stage `{stage}` has no training subjects; see the cohort's flow for who was left out and why")]
    NoSubjects {
        /// The stage.
        stage: String,
    },
    /// The device has no such numbers.
    #[error("stage `{stage}`: {device} does not multiply in bf16; write `precision tf32`, or leave it out for float32")]
    Precision {
        /// The stage.
        stage: String,
        /// The device.
        device: String,
    },
    /// Something is decided on validation subjects, and there are none.
    #[error(
        "stage `{stage}`: {wants} is decided on validation subjects, but there are none; \
         give the protocol a validation share, or remove {wants}"
    )]
    NoValidation {
        /// The stage.
        stage: String,
        /// `early stopping`, `` `keep best` ``, ...
        wants: String,
    },
    /// A metric chooses the epoch, and cannot be computed.
    #[error("stage `{stage}`: `keep best {metric}` cannot be computed: {problem}")]
    Monitor {
        /// The stage.
        stage: String,
        /// The metric's name in the language.
        metric: String,
        /// Why not.
        problem: String,
    },
    /// A number that is none, or not finite.
    #[error(transparent)]
    NotFinite(Box<NotFinite>),
    /// The data pipeline could not deliver.
    #[error("{during}: {source}")]
    Data {
        /// `epoch 3, batch 2 of 10`, `validation`, ...
        during: String,
        /// What it says.
        source: DataError,
    },
    /// The network could not be built or evaluated.
    #[error(transparent)]
    Network(#[from] NnError),
    /// The checkpoint or the event file could not be written.
    #[error("{}: cannot be {action}: {source}; is the disk full, or the folder not writable?", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `written`, `opened`, ...
        action: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The interrupt flag was set. The checkpoint is in the job's folder.
    #[error("stage `{stage}` was interrupted in epoch {epoch} of {epochs}; run again to go on from there")]
    Interrupted {
        /// The stage.
        stage: String,
        /// The epoch, counted from 1, that will be run again from its start.
        epoch: usize,
        /// Epochs in all.
        epochs: usize,
    },
}

/// Where a number stopped being one.
#[derive(Debug, Clone, PartialEq)]
pub struct NotFinite {
    /// The stage.
    pub stage: String,
    /// Counted from 1.
    pub epoch: usize,
    /// Steps of the stage made before, over all epochs.
    pub step: u64,
    /// What is not finite: a layer's output, a term of the loss, the gradient of a weight.
    pub place: String,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// What to try.
    pub advice: String,
}

impl std::error::Error for NotFinite {}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, epoch, step, place, learning_rate, advice } = self;
        write!(f, "stage `{stage}`, epoch {epoch}, step {step}: {place} (learning rate {learning_rate:e}); {advice}")
    }
}
