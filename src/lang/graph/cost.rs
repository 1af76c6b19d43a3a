//! What a set of nodes costs: parameters, operations, memory of a training step.

use super::{Graph, NodeId, Op};
use serde::{Deserialize, Serialize};

const F32: u64 = 4;

/// Totals of the live part of a graph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Learnable numbers.
    pub parameters: u64,
    /// Multiply-adds of one forward pass for one subject.
    pub operations: u64,
    /// Estimated peak bytes of one training step in single precision: weights, their gradients and two moments, the
    /// batch, what the backward pass needs of the forward pass, and the two largest gradients of activations alive at once.
    pub memory_bytes: u64,
    /// The same on the CPU: convolutions there lay out what they read and its gradient with their padding, and kernels of
    /// subjects' own need no columns.
    pub memory_bytes_cpu: u64,
}

impl Cost {
    /// The cost of the nodes marked live, at this batch size.
    pub fn of(graph: &Graph, live: &[bool], batch: u64) -> Self {
        let parameters: u64 = graph.live_modules(live).iter().map(|m| graph.module(*m).parameters()).sum();
        let bytes = |id: NodeId| {
            let ty = &graph.nodes[id.index()].ty;
            F32 * ty.len() * if ty.batched { batch } else { 1 }
        };
        let mut operations = 0;
        let mut kept = 0;
        let mut kept_whole = vec![false; graph.nodes.len()];
        let mut largest = [0u64; 2];
        let (mut columns, mut laid_out) = (0, 0);
        for (index, node) in graph.nodes.iter().enumerate().filter(|(index, _)| live[*index]) {
            operations += node.multiply_adds;
            let own = bytes(NodeId(index as u32));
            if own > largest[0] {
                largest = [own, largest[0]];
            } else if own > largest[1] {
                largest[1] = own;
            }
            let keeps = node.op.keeps();
            if keeps.inputs {
                node.inputs.iter().for_each(|input| kept_whole[source(graph, *input).index()] = true);
            }
            if keeps.output {
                kept_whole[index] = true;
            }
            kept += keeps.more * node.inputs.first().map_or(own, |input| own.max(bytes(*input)));
            if let Op::Conv(_) | Op::Convolve(_) = node.op {
                // As they are and as they are laid out, the image and its gradient.
                let read = node.inputs.first().map_or(0, |input| bytes(*input));
                laid_out = laid_out.max(2 * (read + own));
            }
            // The windows of the input as columns, a number for each multiply-add of one filter, which kernels of the
            // subjects' own keep on a card; one kernel for all is an ordinary convolution.
            if let Op::Convolve(conv) = &node.op
                && node.inputs.iter().skip(1).any(|input| graph.nodes[input.index()].ty.batched)
            {
                columns += batch * F32 * node.multiply_adds / conv.outputs.max(1) as u64;
            }
        }
        let whole = (0..graph.nodes.len()).filter(|index| kept_whole[*index]);
        kept += whole.map(|index| bytes(NodeId(index as u32))).sum::<u64>();
        let everywhere = 4 * F32 * parameters + kept + largest[0] + largest[1];
        let (memory_bytes, memory_bytes_cpu) = (everywhere + columns, everywhere + laid_out);
        Self { parameters, operations, memory_bytes, memory_bytes_cpu }
    }
}

/// The node whose array this one shows under another shape.
fn source(graph: &Graph, mut id: NodeId) -> NodeId {
    while let (Op::Reshape, [input]) = (&graph.nodes[id.index()].op, graph.nodes[id.index()].inputs.as_slice()) {
        id = *input;
    }
    id
}
