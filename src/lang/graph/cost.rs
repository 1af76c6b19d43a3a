//! What a set of nodes costs: parameters and operations. What memory it takes is told by its [`Evaluation`](super::Evaluation).

use super::Graph;
use serde::{Deserialize, Serialize};

/// Totals of the live part of a graph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Learnable numbers.
    pub parameters: u64,
    /// Multiply-adds of one forward pass for one subject.
    pub operations: u64,
}

impl Cost {
    /// The cost of the nodes marked live.
    pub fn of(graph: &Graph, live: &[bool]) -> Self {
        let parameters = graph.live_modules(live).iter().map(|m| graph.module(*m).parameters()).sum();
        let nodes = graph.nodes.iter().zip(live).filter(|(_, live)| **live);
        Self { parameters, operations: nodes.map(|(node, _)| node.multiply_adds).sum() }
    }
}
