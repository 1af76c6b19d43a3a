//! Models that were trained elsewhere, and are taken from a packed file: `use model norm from "norm.fascicle"`.

use super::{Program, Protocol};
use crate::graph::{InputId, NodeId};
use serde::{Deserialize, Serialize};

/// A model of [`Program::models`] whose weights, and all that was fitted with them, are those of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsedModel {
    /// Position in [`Program::models`].
    pub model: usize,
    /// Its name in the file.
    pub packed: String,
    /// The file, relative to the folder in which the command runs.
    pub file: String,
    /// Of the file's content: what comes of the model rests on it.
    pub checksum: String,
    /// For each input of the packed program, the one of this program; `None` where nothing here compares with it.
    pub inputs: Vec<Option<InputId>>,
    /// How many of them the model reads; they come first.
    pub reads: usize,
    /// What outputs are compared with, as far as anything asks for it.
    pub truths: Vec<(NodeId, InputId)>,
    /// Outputs whose numbers mean the same in every run: they predict something that is observed.
    pub predicted: Vec<NodeId>,
    /// How the people were divided that it was trained on: which runs there are.
    pub protocol: Protocol,
    /// Subjects that are evaluated at a time.
    pub batch: usize,
    /// What it reads, in the order of its columns, where it is a baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Vec<InputId>>,
}

impl Program {
    /// Where a model is from, if it was taken from a packed file.
    pub fn used(&self, model: usize) -> Option<&UsedModel> {
        self.used.iter().find(|used| used.model == model)
    }

    /// The division that the runs of a model are of.
    pub fn protocol_of(&self, model: usize) -> &Protocol {
        self.used(model).map_or(&self.protocol, |used| &used.protocol)
    }
}
