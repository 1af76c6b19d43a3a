//! What a training stage is given, and what it gives back.

use super::{DataError, DrawnSubject, Epoch};
use crate::graph::{Graph, InputId};
use crate::nn::{Batch, Device, Windows};
use crate::program::{Metric, Model, Stage};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Weights on the host: name (`<module path>.<weight>`) to shape and values, in PyTorch's layout.
pub type Weights = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// Where batches come from: the data pipeline of one fold. Batches are read on a thread beside the one that trains.
pub trait Batches: Sync {
    /// Number of training subjects.
    fn training_len(&self) -> usize;

    /// Number of validation subjects.
    fn validation_len(&self) -> usize;

    /// The values of these training subjects, augmented; one row a draw. `inputs` are those the network reads. What is
    /// random must depend on [`DrawnSubject::seed`] alone.
    ///
    /// # Errors
    /// What cannot be read, naming the subject.
    fn training(&self, draws: &[DrawnSubject], inputs: &[InputId]) -> Result<Batch, DataError>;

    /// The values of the validation subjects at these positions, not augmented.
    ///
    /// # Errors
    /// What cannot be read, naming the subject.
    fn validation(&self, positions: &[usize], inputs: &[InputId]) -> Result<Batch, DataError>;

    /// How the network goes over the validation subjects, where it sees their images by windows: a row is then of whole images.
    fn windows(&self) -> Option<&Windows> {
        None
    }

    /// The class of a training subject in a column; `None` where it has none. For balanced sampling.
    fn class_of(&self, column: &str, position: usize) -> Option<usize>;
}

/// What was computed on the training subjects of the fold and the graph asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrainingStatistics {
    /// Weights of the classes of targets, for losses weighted by inverse frequency.
    pub class_weights: BTreeMap<InputId, Vec<f64>>,
    /// Mean rows of inputs, for `x ?? mean`.
    pub means: BTreeMap<InputId, Vec<f32>>,
}

/// The model's prediction of its target on the validation subjects who have both.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationPredictions {
    /// What is to be computed.
    pub metric: Metric,
    /// Subjects.
    pub rows: usize,
    /// Predictions, row-major.
    pub prediction: Vec<f32>,
    /// Shape of one subject's prediction.
    pub prediction_shape: Vec<usize>,
    /// The truth, row-major; class numbers are whole numbers.
    pub truth: Vec<f32>,
    /// Shape of one subject's truth.
    pub truth_shape: Vec<usize>,
}

/// Computes a metric; an error says in words why it cannot be computed at all. A value that is not finite is one that
/// these subjects do not define.
pub type MetricFunction<'a> = dyn Fn(&ValidationPredictions) -> Result<f64, String> + 'a;

/// One training stage, ready to run.
pub struct Job<'a> {
    /// The network and the losses.
    pub graph: Arc<Graph>,
    /// What to do.
    pub stage: &'a Stage,
    /// The model that the stage trains: its prediction is what a metric judges.
    pub model: &'a Model,
    /// The subjects.
    pub batches: &'a dyn Batches,
    /// Where to compute.
    pub device: &'a Device,
    /// Decides everything that is random.
    pub seed: u64,
    /// Weights that do not start at random: those of frozen modules and of modules initialised from another stage.
    /// Names that the network does not have are passed over.
    pub initial: Weights,
    /// Numbers computed on the training subjects.
    pub training_statistics: TrainingStatistics,
    /// Where the checkpoint and the event file are kept; it must exist. `None`: nothing is written, nothing resumed.
    pub folder: Option<&'a Path>,
    /// Least time between two checkpoints; zero writes one after every epoch. Where it is longer, the end of the last epoch is
    /// held on the device meanwhile (once more the weights and the optimiser's memory), to be written at an interruption.
    pub checkpoint_interval: Duration,
    /// Set by Ctrl-C: training writes a checkpoint and ends before the next batch.
    pub interrupt: &'a AtomicBool,
    /// Computes a metric on the validation subjects, where the stage is to keep the best epoch by one.
    pub monitor: Option<&'a MetricFunction<'a>>,
    /// What the best epoch so far must have come to at the end of each epoch, else the stage ends and is given up: of a metric of
    /// which more is better, the negative. Epochs behind the last of these ask nothing.
    pub thresholds: &'a [f64],
    /// Told after every batch and at the end of every epoch.
    pub progress: &'a dyn Fn(&Progress),
    /// Told what the user should know: a checkpoint that cannot be used, a validation loss that is not finite.
    pub warn: &'a dyn Fn(&str),
}

/// How far a stage is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The stage.
    pub stage: String,
    /// The running epoch, counted from 1.
    pub epoch: usize,
    /// Epochs in all (early stopping may come first).
    pub epochs: usize,
    /// Batches of this epoch that are done.
    pub batch: usize,
    /// Batches an epoch.
    pub batches: usize,
    /// Mean loss of the epoch so far.
    pub loss: f64,
    /// Time left at the present pace, if training is not stopped early.
    pub eta: Duration,
    /// What the epoch came to, when it has ended.
    pub ended: Option<Epoch>,
}

/// A trained stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// All weights and running statistics of the modules the stage applies, frozen ones included.
    pub weights: Weights,
    /// The learning curve.
    pub history: Vec<Epoch>,
    /// The epoch, counted from 1, whose weights these are.
    pub best_epoch: usize,
    /// Steps of the optimiser.
    pub steps: u64,
    /// Whether training ended before the last epoch.
    pub stopped_early: bool,
    /// Whether it ended because it was behind [`Job::thresholds`].
    pub given_up: bool,
}
