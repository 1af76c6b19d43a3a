//! Models and their outputs.

use crate::graph::{InputId, NodeId};
use serde::{Deserialize, Serialize};

/// A model: named outputs of the graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Its outputs; a model with one unnamed result has an output called like the model.
    pub outputs: Vec<Output>,
    /// What it predicts: `model ad(mri) -> diagnosis`.
    pub target: Option<InputId>,
    /// Nodes that anything reads: losses, scores, analyses (all outputs where nothing reads it).
    pub live_roots: Vec<NodeId>,
}

/// A named output, or a family of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// `[("", node)]` for a single one, else `[(key, node)]` in the order of the family.
    pub members: Vec<(String, NodeId)>,
}

impl Model {
    /// The output of this name.
    pub fn output(&self, name: &str) -> Option<&Output> {
        self.outputs.iter().find(|o| o.name == name)
    }
}
