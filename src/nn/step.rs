//! What the lowering of one node sees: its inputs brought to its rows, its weights, and how the pass is made.

use super::settings::{Mode, RunSettings};
use super::values::{Statistics, Value};
use super::{Device, Network, NnError, Tensor};
use crate::graph::{Graph, ModuleId, Node, NodeId, Op, TensorType};
use std::cell::RefCell;
use std::sync::Arc;

/// What the lowering of one node sees.
pub(super) struct Step<'a> {
    pub graph: &'a Graph,
    pub id: NodeId,
    pub node: &'a Node,
    /// The rows the result is for; empty for one value for the whole batch.
    pub rows: Arc<[usize]>,
    /// What the node reads, in order; `None` where no row has it. Brought to `rows`, unless the operation gives absence
    /// a meaning.
    pub inputs: Vec<Option<Value>>,
    pub network: &'a Network,
    pub settings: &'a RunSettings,
    pub device: &'a Device,
    /// Running statistics moved so far in this pass: a module applied twice moves them twice.
    pub statistics: &'a RefCell<Statistics>,
}

impl Step<'_> {
    /// An error in the graph itself.
    pub fn broken(&self, problem: impl Into<String>) -> NnError {
        NnError::Graph { path: self.node.path.clone(), op: op_name(&self.node.op), problem: problem.into() }
    }

    /// The tensor of an input.
    pub fn tensor(&self, position: usize) -> Result<Tensor, NnError> {
        match self.inputs.get(position) {
            Some(Some(value)) => Ok(value.tensor.clone()),
            _ => Err(self.broken(format!("it has no input {position}"))),
        }
    }

    /// The tensor of an input, which the step no longer holds: where nobody else does, what is made of it is written over it.
    pub fn take(&mut self, position: usize) -> Result<Tensor, NnError> {
        match self.inputs.get_mut(position).and_then(Option::take) {
            Some(value) => Ok(value.tensor),
            None => Err(self.broken(format!("it has no input {position}"))),
        }
    }

    /// The tensors of all inputs.
    pub fn tensors(&self) -> Result<Vec<Tensor>, NnError> {
        (0..self.inputs.len()).map(|i| self.tensor(i)).collect()
    }

    /// The node's module, of which it has weights.
    pub fn module(&self) -> Result<ModuleId, NnError> {
        self.node.module.ok_or_else(|| self.broken("it has no module"))
    }

    /// A weight of the node's module.
    pub fn weight(&self, name: &str) -> Result<Tensor, NnError> {
        self.optional_weight(name).ok_or_else(|| self.broken(format!("it has no weight `{name}`")))
    }

    /// A weight that the node's module need not have.
    pub fn optional_weight(&self, name: &str) -> Option<Tensor> {
        self.network.weight(self.node.module?, name).cloned()
    }

    /// Extents of the result, the batch first.
    pub fn result_dims(&self) -> Vec<usize> {
        full_dims(&self.node.ty, self.rows.len())
    }

    /// Seed and step, in training.
    pub fn training(&self) -> Option<(u64, u64)> {
        match self.settings.mode {
            Mode::Training { seed, step } => Some((seed, step)),
            Mode::Prediction => None,
        }
    }
}

/// `Conv`, `Loss`, ...: an operation's name without what it holds.
pub(super) fn op_name(op: &Op) -> String {
    let text = format!("{op:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_string()
}

/// Extents of a value held by so many rows.
pub(super) fn full_dims(ty: &TensorType, rows: usize) -> Vec<usize> {
    let mut dims = vec![if ty.batched { rows } else { 1 }];
    if ty.kind == crate::graph::Kind::Normal {
        dims.push(2);
    }
    dims.extend(&ty.shape);
    dims
}
