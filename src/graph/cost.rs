//! What a set of nodes costs: parameters, operations, memory of a training step.

use super::{Graph, Op};
use serde::{Deserialize, Serialize};

/// Totals of the live part of a graph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Learnable numbers.
    pub parameters: u64,
    /// Multiply-adds of one forward pass for one subject.
    pub operations: u64,
    /// Estimated peak bytes of one training step in single precision: weights, their gradients and two moments, the
    /// activations kept for the backward pass, and the two largest gradients of activations alive at once.
    pub memory_bytes: u64,
}

impl Cost {
    /// The cost of the nodes marked live, at this batch size.
    pub fn of(graph: &Graph, live: &[bool], batch: u64) -> Self {
        const F32: u64 = 4;
        let parameters: u64 = graph.live_modules(live).iter().map(|m| graph.module(*m).parameters()).sum();
        let mut operations = 0;
        let mut kept = 0;
        let mut largest = [0u64; 2];
        for (node, _) in graph.nodes.iter().zip(live).filter(|(_, live)| **live) {
            operations += node.multiply_adds;
            let bytes = F32 * node.ty.len() * if node.ty.batched { batch } else { 1 };
            if node.op.makes_a_new_array() {
                kept += bytes;
            }
            if bytes > largest[0] {
                largest = [bytes, largest[0]];
            } else if bytes > largest[1] {
                largest[1] = bytes;
            }
            if matches!(node.op, Op::Conv(_)) {
                // The backward pass of a convolution keeps its padded input as well.
                kept += bytes / 8;
            }
            if let Op::Convolve(conv) = &node.op {
                // The windows of the input, laid out as columns: a number for each multiply-add of one filter.
                kept += F32 * batch * node.multiply_adds / conv.outputs.max(1) as u64;
            }
        }
        let memory_bytes = 4 * F32 * parameters + kept + largest[0] + largest[1];
        Self { parameters, operations, memory_bytes }
    }
}
