//! How a forward pass is made.

use super::Arithmetic;
use crate::graph::InputId;
use std::collections::BTreeMap;

/// Whether a pass is one of training. Both can be differentiated if the network tracks gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Batch statistics, dropout, draws from Gaussians. What is drawn depends on these numbers and the node alone.
    Training {
        /// The run's seed.
        seed: u64,
        /// Which step of the run.
        step: u64,
    },
    /// Running statistics, no dropout, means of Gaussians.
    Prediction,
}

/// How a pass is made, beside the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSettings {
    /// Training or prediction.
    pub mode: Mode,
    /// Weights of the classes of a target, from the training subjects of the fold.
    pub class_weights: BTreeMap<InputId, Vec<f64>>,
    /// Mean of an input over the training subjects of the fold, one row.
    pub training_means: BTreeMap<InputId, Vec<f32>>,
    /// Whether gradients of inputs are wanted (saliency).
    pub track_inputs: bool,
    /// How convolutions and products of matrices multiply on a card.
    pub arithmetic: Arithmetic,
}

impl RunSettings {
    /// A pass in this mode, with nothing taken from training subjects.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            class_weights: BTreeMap::new(),
            training_means: BTreeMap::new(),
            track_inputs: false,
            arithmetic: Arithmetic::Float32,
        }
    }
}
