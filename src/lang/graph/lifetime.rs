//! Which arrays are there while a graph is evaluated and differentiated, and how many bytes they have at most.
//!
//! ```text
//!  forward    node after node: its array is made, its backward function holds what it will need, and what nobody
//!             reads any more is given back
//!  backward   node after node, the last first: gradients of weights and inputs are made, what was held is given back
//! ```
//!
//! The forward pass (`nn::Forward`) gives values back by [`last_readers`], the history of tensors what backward functions
//! hold; this goes the same way with nothing but sizes. What an operation makes and holds is its
//! [`Footprint`](super::Footprint).

use super::op::{Footprint, Processor, Sizes};
use super::walk::Walk;
use super::{Graph, ModuleId, NodeId, Op, Role};
use std::collections::BTreeMap;
use std::ops::Range;

const F32: u64 = 4;

/// For each node, the last live node that reads it; 0 where none does.
pub fn last_readers(graph: &Graph, live: &[bool]) -> Vec<usize> {
    let mut last = vec![0; graph.nodes.len()];
    for (index, node) in graph.nodes.iter().enumerate().filter(|(index, _)| live[*index]) {
        node.inputs.iter().for_each(|input| last[input.index()] = index);
    }
    last
}

/// Which live nodes have a gradient where that of these modules' weights is wanted.
pub fn differentiated(graph: &Graph, live: &[bool], trained: &[ModuleId]) -> Vec<bool> {
    let mut wanted = vec![false; graph.nodes.len()];
    for (index, node) in graph.nodes.iter().enumerate().filter(|(index, _)| live[*index]) {
        let learns = node.module.is_some_and(|module| {
            trained.contains(&module) && graph.module(module).weights.iter().any(|w| w.role == Role::Parameter)
        });
        let stops = matches!(node.op, Op::StopGradient | Op::OneHot { .. });
        wanted[index] = !stops && (learns || node.inputs.iter().any(|input| wanted[input.index()]));
    }
    wanted
}

/// The nodes that segments after their own read, with the first segment that does.
pub fn crossing(graph: &Graph, live: &[bool], segments: &[Range<usize>]) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    for (position, segment) in segments.iter().enumerate() {
        for index in segment.clone().filter(|index| live[*index]) {
            let read = graph.nodes[index].inputs.iter().map(|input| input.index());
            for input in read.filter(|input| *input < segment.start) {
                found.entry(input).or_insert(position);
            }
        }
    }
    found
}

/// A pass over the live part of a graph.
#[derive(Debug, Clone)]
pub struct Evaluation<'g> {
    /// The graph.
    pub graph: &'g Graph,
    /// What is evaluated.
    pub live: Vec<bool>,
    /// Values that are kept to the end; the gradient is of the first.
    pub roots: Vec<NodeId>,
    /// Modules whose weights' gradients are wanted; none in prediction.
    pub trained: Vec<ModuleId>,
    /// Subjects.
    pub rows: u64,
    /// What computes.
    pub on: Processor,
}

impl<'g> Evaluation<'g> {
    /// A pass that evaluates these nodes and what they depend on.
    pub fn new(graph: &'g Graph, roots: Vec<NodeId>, trained: Vec<ModuleId>, rows: u64, on: Processor) -> Self {
        Self { graph, live: graph.live(roots.iter().copied()), roots, trained, rows, on }
    }

    /// The most bytes of arrays that are there at once: values, what is kept, gradients, the room operations take; all but
    /// weights. `segments` are ranges of nodes whose values are made again on the way back, in order, the last of which is
    /// made once; one range, or none, where nothing is made again.
    pub fn peak(&self, segments: &[Range<usize>]) -> u64 {
        let mut walk = Walk::new(self, segments);
        match segments {
            [] | [_] => {
                walk.forward(0..self.graph.nodes.len(), true);
                walk.backward(0..self.graph.nodes.len());
            }
            [before @ .., last] => {
                walk.forward(0..last.start, false);
                walk.forward(last.start..self.graph.nodes.len(), true);
                walk.backward(last.start..self.graph.nodes.len());
                for segment in before.iter().rev() {
                    walk.again(segment.clone());
                    walk.backward(segment.clone());
                }
            }
        }
        walk.peak()
    }

    /// Bytes of a node's array.
    pub(super) fn bytes(&self, node: usize) -> u64 {
        let ty = &self.graph.nodes[node].ty;
        F32.saturating_mul(ty.len()).saturating_mul(if ty.batched { self.rows } else { 1 })
    }

    /// What memory a node takes.
    pub(super) fn footprint(&self, node: usize) -> Footprint {
        let found = &self.graph.nodes[node];
        let read: Vec<u64> = found.inputs.iter().map(|input| self.bytes(input.index())).collect();
        let from = found.inputs.first().map_or(&[][..], |input| &self.graph.node(*input).ty.shape);
        found.op.footprint(&Sizes {
            rows: self.rows,
            made: self.bytes(node),
            read: &read,
            from,
            to: &found.ty.shape,
            own_kernels: found.inputs.iter().skip(1).any(|input| self.graph.node(*input).ty.batched),
            multiply_adds: found.multiply_adds,
            on: self.on,
        })
    }

    pub(super) fn live_within(&self, nodes: Range<usize>) -> impl DoubleEndedIterator<Item = usize> + '_ {
        nodes.filter(|index| self.live[*index])
    }
}
