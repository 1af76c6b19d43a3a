//! The typed graph: what the compiler hands to the lowering.
//!
//! ```text
//!  compile ──▶ Graph { inputs, modules, nodes } ──▶ nn (tensor operations, forward pass)
//!                                              └──▶ check (layers, parameters, operations, memory)
//! ```
//!
//! Everything the language can unroll is unrolled before a [`Graph`] exists: there are no loops, no branches and
//! no unknown dimensions left. Nodes stand in topological order (a node only reads nodes before it), shapes never
//! carry the batch axis, and a module that several nodes apply is one entry of [`Graph::modules`], which is how
//! weights are shared.

mod amount;
mod cost;
mod lifetime;
mod op;
mod segments;
mod tensor;
mod walk;
mod weight;
mod work;

pub use amount::{bytes, operations, thousands};
pub use cost::Cost;
pub use lifetime::{Evaluation, crossing, differentiated, last_readers};
pub use op::{
    Back, Binary, ClassWeights, Coalesce, ConvOp, CorrelationNorm, Critic, Divergence, Extent, Footprint, Kept, LossOp,
    Made, Mixture, NearPairs, Op, Padding, PoolKind, PoolOp, Processor, Reduction, Scoring, Sizes, Unary, UpsampleMode,
};
pub use tensor::{InputId, Kind, Presence, TensorType, show_shape};
pub use weight::{Init, Role, WeightSpec};
pub use work::Work;

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Position of a node in [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u32);

/// Position of a module in [`Graph::modules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ModuleId(pub u32);

impl NodeId {
    /// The node's position as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ModuleId {
    /// The module's position as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A value that comes from the data: a modality, a condition or a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphInput {
    /// The name it has in the file.
    pub name: String,
    /// Its type; [`TensorType::presence`] names the input itself where some people lack it.
    pub ty: TensorType,
}

/// One layer with parameters, applied by one or more nodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// Where it stands, as the file spells it: `norm.Encoder[cortical].Linear_2`.
    pub path: String,
    /// The operator's name: `Linear`.
    pub operator: String,
    /// What it computes; the nodes that apply it carry the same value.
    pub op: Op,
    /// Parameters and buffers, in a fixed order.
    pub weights: Vec<WeightSpec>,
}

impl Module {
    /// Learnable numbers (buffers such as running means are not counted).
    pub fn parameters(&self) -> u64 {
        self.weights.iter().filter(|w| w.role == Role::Parameter).map(WeightSpec::len).sum()
    }
}

/// One operation on the batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What is computed.
    pub op: Op,
    /// The nodes it reads, all before it.
    pub inputs: Vec<NodeId>,
    /// The weights it applies.
    pub module: Option<ModuleId>,
    /// The type of the result.
    pub ty: TensorType,
    /// Where it stands in the file's terms, for messages and the layer table.
    pub path: String,
    /// Multiply-adds for one subject.
    pub multiply_adds: u64,
}

/// The static graph of one variant: all models, all losses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// What is read from the data.
    pub inputs: Vec<GraphInput>,
    /// Layers with parameters. Variants of a file share those that they have in common.
    pub modules: Vec<Arc<Module>>,
    /// Operations in topological order, shared like modules.
    pub nodes: Vec<Arc<Node>>,
}

impl Graph {
    /// The node with this id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The module with this id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.index()]
    }

    /// Appends a node and returns its id.
    pub fn push(&mut self, node: Node) -> NodeId {
        debug_assert!(node.inputs.iter().all(|i| i.index() < self.nodes.len()));
        self.nodes.push(Arc::new(node));
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// Appends a module and returns its id.
    pub fn push_module(&mut self, module: Module) -> ModuleId {
        self.modules.push(Arc::new(module));
        ModuleId(self.modules.len() as u32 - 1)
    }

    /// Which nodes the given ones depend on, themselves included.
    pub fn live(&self, roots: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        let mut live = vec![false; self.nodes.len()];
        for root in roots {
            live[root.index()] = true;
        }
        for index in (0..self.nodes.len()).rev() {
            if live[index] {
                for input in &self.nodes[index].inputs {
                    live[input.index()] = true;
                }
            }
        }
        live
    }

    /// The modules that live nodes apply, each once, in order of first use.
    pub fn live_modules(&self, live: &[bool]) -> Vec<ModuleId> {
        let mut seen = vec![false; self.modules.len()];
        let mut order = Vec::new();
        for (node, _) in self.nodes.iter().zip(live).filter(|(_, live)| **live) {
            if let Some(module) = node.module
                && !std::mem::replace(&mut seen[module.index()], true)
            {
                order.push(module);
            }
        }
        order
    }

    /// The inputs that live nodes read.
    pub fn live_inputs(&self, live: &[bool]) -> Vec<InputId> {
        let mut seen = vec![false; self.inputs.len()];
        for (node, _) in self.nodes.iter().zip(live).filter(|(_, live)| **live) {
            if let Op::Input(input) = node.op {
                seen[input.index()] = true;
            }
        }
        (0..self.inputs.len()).filter(|i| seen[*i]).map(|i| InputId(i as u32)).collect()
    }
}

#[cfg(test)]
mod tests;
