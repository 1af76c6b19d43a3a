//! Networks and how they learned.

use super::Quantity;
use serde::{Deserialize, Serialize};

/// A network as the compiler sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Model {
    /// The name in the file.
    pub name: String,
    /// The variant whose layers are shown, if there is more than one.
    pub variant: Option<String>,
    /// In the order of the forward pass.
    pub layers: Vec<Layer>,
    /// Numbers that are trained.
    pub parameters: u64,
    /// Multiply-accumulate operations of one forward pass of one subject.
    pub operations: u64,
    /// Bytes that one training step needs.
    pub memory: u64,
    /// The batch that `memory` is for.
    pub batch: u64,
    /// Critics that it is trained to fool, which are in none of its totals.
    pub critics: Vec<Critic>,
    /// The network drawn: an SVG element whose texts are escaped, put into the page as it is; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub drawing: String,
}

/// What a model is trained to fool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Critic {
    /// As the file calls it.
    pub name: String,
    /// Numbers that are trained.
    pub parameters: u64,
    /// In the order in which they are applied.
    pub layers: Vec<Layer>,
}

/// One layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layer {
    /// Where it sits: `trunk.PreactRes[2].conv1`.
    pub path: String,
    /// What it does: `Conv3d(32, kernel: 3)`.
    pub operator: String,
    /// What comes out: `[32, 16, 24, 16]`.
    pub shape: String,
    /// Numbers that are trained; 0 for a layer whose weights belong to another.
    pub parameters: u64,
    /// Multiply-accumulate operations for one subject.
    pub operations: u64,
}

/// The learning curves of one `train` block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stage {
    /// The name in the file.
    pub name: String,
    /// What was minimised.
    pub loss: Quantity,
    /// Whether the loss is drawn on a logarithmic axis; ignored when a loss is not above 0.
    pub logarithmic: bool,
    /// One entry a variant.
    pub curves: Vec<Curve>,
}

/// The runs of one variant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Curve {
    /// The variant's name; empty when there is only one.
    pub variant: String,
    /// One entry a fold and seed.
    pub runs: Vec<Run>,
}

/// One training run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// The fold's name.
    pub fold: String,
    /// The seed.
    pub seed: u64,
    /// The loss on the training subjects.
    pub train: Vec<EpochLoss>,
    /// The loss on the validation subjects; may be empty or have fewer epochs.
    pub validation: Vec<EpochLoss>,
    /// The epoch whose weights were kept.
    pub best: Option<u32>,
}

/// The loss after one epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EpochLoss {
    /// Counted from 1.
    pub epoch: u32,
    /// Mean over the subjects; `NaN` where it is not finite.
    #[serde(with = "super::missing::number")]
    pub loss: f64,
}
