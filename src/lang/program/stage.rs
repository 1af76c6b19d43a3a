//! Training stages.

use super::{Augment, Metric, Patches, Predicate};
use crate::graph::{ModuleId, NodeId};
use serde::{Deserialize, Serialize};

/// One `train` block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The model's name (and a number where it is trained more than once).
    pub name: String,
    /// Position of the model in [`super::Program::models`].
    pub model: usize,
    /// The cohorts whose training subjects are used.
    pub cohorts: Vec<String>,
    /// What is minimised.
    pub loss: NodeId,
    /// Its terms with labels, for the learning curves: `kl(norm.posterior, prior)`.
    pub terms: Vec<(String, NodeId)>,
    /// Modules whose parameters move.
    pub trainable: Vec<ModuleId>,
    /// Modules that are used as they are.
    pub frozen: Vec<ModuleId>,
    /// Critics that the loss is to mislead: each takes a step of its own after every step of the stage.
    #[serde(rename = "rivals")]
    pub adversaries: Vec<Adversary>,
    /// Where modules start from instead of at random.
    pub init: Vec<StageInit>,
    /// Modules that start from weights in a file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loads: Vec<StageLoad>,
    /// How parameters move.
    pub optimizer: Optimizer,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// Passes over the training subjects.
    pub epochs: usize,
    /// Subjects a step.
    pub batch: usize,
    /// Batches whose gradients are added up before a step.
    pub accumulate: usize,
    /// Largest norm of the gradient of all parameters.
    pub clip: Option<f64>,
    /// When to end before the last epoch.
    pub early_stop: Option<EarlyStop>,
    /// Which weights are kept.
    pub keep: Keep,
    /// Random changes of the training images.
    pub augment: Vec<Augment>,
    /// How subjects are drawn.
    pub sampling: Sampling,
    /// How parts of the images are drawn, where it does not train on whole ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patches: Option<Patches>,
    /// The condition that its training and validation subjects meet; all of them where there is none.
    // Left out of what is written where there is none, so that results from before there was this field are found again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Predicate>,
    /// How many train.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take: Option<Take>,
    /// How convolutions and products of matrices multiply on a card.
    #[serde(default, skip_serializing_if = "Precision::is_default")]
    pub precision: Precision,
    /// What of a forward pass is kept for the way back.
    #[serde(default, skip_serializing_if = "Memory::is_default")]
    pub memory: Memory,
    /// Positions of stages that must have ended before.
    pub after: Vec<usize>,
}

/// An adversary within a stage, with parameters, a loss and an optimiser of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adversary {
    /// As the file calls it: `AnatomyCritic`.
    pub name: String,
    /// What it minimises. Nothing of the stage's own modules is learned through it.
    pub loss: NodeId,
    /// Modules whose parameters it moves; the stage's steps do not.
    pub trainable: Vec<ModuleId>,
    /// How they move. The stage's schedule scales this learning rate as it does the stage's.
    pub optimizer: Optimizer,
}

/// Weights taken over from another stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageInit {
    /// The module that starts so.
    pub to: ModuleId,
    /// The module whose weights it takes.
    pub from: ModuleId,
    /// The stage that trained that one.
    pub stage: usize,
}

/// Weights taken over from a file, under the names they have in the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageLoad {
    /// The module that starts so.
    pub to: ModuleId,
    /// The safetensors file, relative to the folder in which the command runs.
    pub file: String,
}

/// How parameters move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Optimizer {
    /// Stochastic gradient descent.
    Sgd {
        /// Learning rate.
        lr: f64,
        /// Momentum.
        momentum: f64,
        /// Nesterov's form.
        nesterov: bool,
        /// L2 penalty added to the gradient.
        weight_decay: f64,
    },
    /// Adam; weight decay is an L2 penalty added to the gradient, as in PyTorch's `Adam`.
    Adam {
        /// Learning rate.
        lr: f64,
        /// Decay of the two moments.
        betas: (f64, f64),
        /// Added to the denominator.
        eps: f64,
        /// L2 penalty added to the gradient.
        weight_decay: f64,
    },
    /// Adam with decoupled weight decay.
    AdamW {
        /// Learning rate.
        lr: f64,
        /// Decay of the two moments.
        betas: (f64, f64),
        /// Added to the denominator.
        eps: f64,
        /// Decoupled decay.
        weight_decay: f64,
    },
    /// Rectified Adam.
    RAdam {
        /// Learning rate.
        lr: f64,
        /// Decay of the two moments.
        betas: (f64, f64),
        /// Added to the denominator.
        eps: f64,
        /// L2 penalty added to the gradient.
        weight_decay: f64,
    },
}

impl Optimizer {
    /// The learning rate the file gives.
    pub fn lr(&self) -> f64 {
        match self {
            Self::Sgd { lr, .. } | Self::Adam { lr, .. } | Self::AdamW { lr, .. } | Self::RAdam { lr, .. } => *lr,
        }
    }
}

/// How the learning rate changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Schedule {
    /// It does not.
    Constant,
    /// Multiplied by `factor` every `every` epochs.
    Step {
        /// Epochs between changes.
        every: usize,
        /// Factor.
        factor: f64,
    },
    /// Multiplied by `factor` every epoch.
    Exponential {
        /// Factor.
        factor: f64,
    },
    /// Half a cosine from the rate to `min_lr` over all epochs, after `warmup` epochs of linear rise.
    Cosine {
        /// The end.
        min_lr: f64,
        /// Epochs of rise.
        warmup: usize,
    },
    /// Multiplied by `factor` when the validation loss has not fallen for `patience` epochs.
    Plateau {
        /// Factor.
        factor: f64,
        /// Epochs waited.
        patience: usize,
    },
    /// PyTorch's `OneCycleLR` (cosine), by step.
    OneCycle {
        /// The top.
        max_lr: f64,
        /// Share of the rise.
        rise: f64,
        /// `max_lr / start`.
        start_divisor: f64,
        /// `start / end`.
        end_divisor: f64,
        /// Whether the first moment's decay goes the other way (0.95 to 0.85 and back).
        cycle_momentum: bool,
    },
}

/// When to end early.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EarlyStop {
    /// Epochs without improvement.
    pub patience: usize,
    /// What counts as one.
    pub min_delta: f64,
}

/// Which weights are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Keep {
    /// Those of the last epoch.
    Last,
    /// Those of the epoch with the best value on the validation subjects.
    Best(Monitor),
}

/// What is watched on the validation subjects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Monitor {
    /// The loss: smaller is better.
    Loss,
    /// A metric of the model's prediction of its target.
    Metric(Metric),
}

/// How subjects are drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Sampling {
    /// Everybody once an epoch, in random order.
    Shuffled,
    /// With replacement, each class of a column equally often.
    Balanced {
        /// The column.
        by: String,
    },
}

/// How many of those who could train do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// So many people.
    Count(usize),
    /// This share of all who could train without the stage's condition, so that stages with other conditions train on as many.
    Share(f64),
}

/// How convolutions and products of matrices of a stage multiply on a card. Weights, sums and everything else are of single
/// precision in all of them; so is everything on the CPU, and every prediction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Precision {
    /// Single precision.
    #[default]
    Float32,
    /// 10 bits of the fraction, where a card has units for that.
    Tf32,
    /// 7 bits of the fraction.
    Bf16,
}

impl Precision {
    /// By the words of the language.
    pub const ALL: [(&'static str, Self); 3] = [("float32", Self::Float32), ("tf32", Self::Tf32), ("bf16", Self::Bf16)];

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What of a forward pass is kept for the way back. Weights and gradients are the same to the byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Memory {
    /// All that backward functions need.
    #[default]
    Keep,
    /// The values between segments of the network; what lies within is made again (Chen et al. 2016).
    Recompute,
}

impl Memory {
    /// By the words of the language.
    pub const ALL: [(&'static str, Self); 2] = [("keep", Self::Keep), ("recompute", Self::Recompute)];

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
