//! Training stages: from a [`Stage`](crate::program::Stage), a graph and batches to trained weights.
//!
//! ```text
//!  program::Stage ─┐
//!  graph::Graph ───┼─▶ Job ──train──▶ Trained { weights, history, .. }
//!  Batches (data) ─┘     │  └─▶ checkpoint and TensorBoard events in the job's folder
//!                        └─▶ Progress, warnings to the caller
//!  PredictJob { graph, nodes, weights, .. } ──predict──▶ Prediction { rows of a node } for each node asked for
//!  SaliencyJob { graph, output, input, .. } ──saliency──▶ for each subject, how the output changes with its input
//! ```
//!
//! One seed decides everything: initial weights, the order of subjects, their augmentation, dropout and draws from
//! Gaussians. On the CPU the same job gives the same bytes, interrupted and resumed or not.
//!
//! An epoch is a pass over [`Batches::training_len`] draws in batches of [`Stage::batch`](crate::program::Stage::batch)
//! subjects. Two rules about batch sizes: a batch size above the number of training subjects gives one batch of everybody,
//! and a last batch of a single subject joins the batch before it where batch normalisation is trained, because one
//! subject has no variance. With `accumulate`, the gradients of so many batches (fewer at the end of an epoch) are
//! averaged, each weighted by its number of subjects, before a step: what one large batch would give, for losses that are
//! means over subjects and networks without batch normalisation.
//!
//! A stage with adversaries ([`Adversary`](crate::program::Adversary)) alternates: after each of its steps every adversary takes one of its
//! own, on the same batches and against the new weights, with its own loss and optimiser. Neither moves what the other
//! trains, running statistics included; batch normalisation goes by the batch on both sides. An adversary's loss is one more
//! learning curve, and its optimiser's memory is part of the checkpoint.
//!
//! Modules that a stage uses and does not train are used as in prediction: they keep their weights and running statistics
//! to the bit and normalise by the statistics they have; dropout and draws that depend on no trained module do nothing.

mod adam;
mod checkpoint;
mod deferred;
mod early_stopping;
mod error;
mod frozen;
mod gradient;
mod history;
mod job;
mod moments;
mod optimizer;
mod order;
mod predict;
mod reinitialize;
mod run;
mod saliency;
mod schedule;
mod state;
mod step;
mod tensorboard;
mod validation;

pub use checkpoint::CHECKPOINT_FILE;
pub use error::{DataError, NotFinite, TrainError};
pub use history::Epoch;
pub use job::{Batches, Job, MetricFunction, Progress, Trained, TrainingStatistics, ValidationPredictions, Weights};
pub use order::DrawnSubject;
pub use predict::{LayAside, PredictJob, Prediction, ReadBatch, predict};
pub use reinitialize::{ReinitializeJob, ReinitializedLosses, reinitialized_losses};
pub use run::train;
pub use saliency::{ReadViews, SaliencyJob, saliency};
pub use tensorboard::EVENT_FILE;

#[cfg(test)]
mod tests;
