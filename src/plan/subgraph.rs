//! The part of a graph that some nodes depend on, renumbered so that it does not tell of the rest.
//!
//! ```text
//!  Graph + roots ──▶ Live { graph, roots, .. } ──▶ fingerprint, training, prediction
//! ```
//!
//! What is hashed is also what is run: two variants whose live parts are equal give the same numbers, and share one
//! result. Nodes are numbered depth first from the roots; modules and inputs in the order in which they are met.

use crate::graph::{Graph, InputId, ModuleId, Node, NodeId, Op};
use std::collections::BTreeMap;

/// A live part.
#[derive(Debug, Clone)]
pub(super) struct Subgraph {
    /// It, as a graph of its own.
    pub graph: Graph,
    /// For each of its inputs, the input of the whole graph.
    pub inputs: Vec<InputId>,
    /// For each of its modules, the module of the whole graph.
    pub modules: Vec<ModuleId>,
    nodes: BTreeMap<NodeId, NodeId>,
}

impl Subgraph {
    /// What these nodes depend on.
    pub fn of(graph: &Graph, roots: &[NodeId]) -> Self {
        let mut subgraph =
            Self { graph: Graph::default(), inputs: Vec::new(), modules: Vec::new(), nodes: BTreeMap::new() };
        for root in roots {
            // Depth first without recursion: networks can be deep.
            let mut open = vec![(*root, false)];
            while let Some((node, inputs_done)) = open.pop() {
                if subgraph.nodes.contains_key(&node) {
                    continue;
                }
                if inputs_done {
                    subgraph.take(graph, node);
                } else {
                    open.push((node, true));
                    open.extend(graph.node(node).inputs.iter().rev().map(|input| (*input, false)));
                }
            }
        }
        subgraph
    }

    fn take(&mut self, graph: &Graph, id: NodeId) {
        let node = graph.node(id);
        let mut ty = node.ty.clone();
        ty.presence = node.ty.presence.iter().map(|input| self.input(graph, *input)).collect();
        let op = match &node.op {
            Op::Input(input) => Op::Input(self.input(graph, *input)),
            op => op.clone(),
        };
        let taken = Node {
            op,
            inputs: node.inputs.iter().filter_map(|input| self.node(*input)).collect(),
            module: node.module.map(|module| self.take_module(graph, module)),
            ty,
            path: node.path.clone(),
            multiply_adds: node.multiply_adds,
        };
        let new = self.graph.push(taken);
        self.nodes.insert(id, new);
    }

    /// The number of an input in the live part, which is made to read it if it does not.
    pub fn input(&mut self, graph: &Graph, id: InputId) -> InputId {
        if let Some(at) = self.inputs.iter().position(|input| *input == id) {
            return InputId(at as u32);
        }
        let new = InputId(self.inputs.len() as u32);
        self.inputs.push(id);
        self.graph.inputs.push(graph.inputs[id.index()].clone());
        let presence = graph.inputs[id.index()].ty.presence.iter().map(|i| self.input(graph, *i)).collect();
        self.graph.inputs[new.index()].ty.presence = presence;
        new
    }

    fn take_module(&mut self, graph: &Graph, id: ModuleId) -> ModuleId {
        self.module(id).unwrap_or_else(|| {
            self.modules.push(id);
            self.graph.push_module(graph.module(id).clone())
        })
    }

    /// The number of a node in the live part.
    pub fn node(&self, id: NodeId) -> Option<NodeId> {
        self.nodes.get(&id).copied()
    }

    /// The number of a module in the live part.
    pub fn module(&self, id: ModuleId) -> Option<ModuleId> {
        self.modules.iter().position(|module| *module == id).map(|at| ModuleId(at as u32))
    }

    /// The numbers of those modules that are in the live part.
    pub fn modules_of(&self, ids: &[ModuleId]) -> Vec<ModuleId> {
        ids.iter().filter_map(|id| self.module(*id)).collect()
    }

    /// The number of an input in the live part.
    pub fn input_of(&self, id: InputId) -> Option<InputId> {
        self.inputs.iter().position(|input| *input == id).map(|at| InputId(at as u32))
    }
}
