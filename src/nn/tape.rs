//! Gradients through kernels of our own.
//!
//! burn's dispatcher takes no operation that it does not know. So on the CPU, where convolutions and normalisations are computed by
//! [`fascicle_kernels`], the history that burn keeps is cut into pieces, and the walk back goes from piece to piece:
//!
//! ```text
//!  piece of burn's        ours        piece of burn's        ours
//!  x ─▶ elu ─▶ pool │ convolution │ y ─▶ elu ─▶ pool │ convolution │ ... ─▶ loss
//!                   end                              end            outside
//! ```
//!
//! A piece ends at a value that a kernel of ours reads, or from which several pieces go on; so it has one end, which is what burn
//! can walk back from: it forgets what it has walked. What a piece starts from (values where others end, what
//! kernels make, weights) it is given as leaves of its own, [taps](Tape::tap), so that no two pieces share a node. Ends and
//! what kernels made are walked in the reverse of the order in which they were made: gradients are complete by then.

use super::{B, Dynamic, NnError};
use crate::graph::{Graph, Op};
use burn::tensor::backend::AutodiffBackend;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

/// burn's gradients of leaves.
pub(super) type Grads = <B as AutodiffBackend>::Gradients;

/// A piece of history, by what it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    /// A value that was asked for: all of them are walked from at once.
    Outside,
    /// The value of a node at which it ends.
    End(usize),
    /// What a kernel of ours computes from, brought to its form.
    Kernel(usize),
}

/// How the nodes of a graph fall into pieces.
#[derive(Debug, Clone)]
pub(super) struct Pieces {
    of_node: Vec<Piece>,
    /// Whether there is any kernel.
    several: bool,
}

impl Pieces {
    /// The pieces of the live part of a graph of which these values are kept.
    pub fn of(graph: &Graph, live: &[bool], kept: &[bool]) -> Self {
        let by_kernel = |index: usize| may_be_by_kernel(&graph.nodes[index].op);
        let mut of_node = vec![Piece::Outside; graph.nodes.len()];
        // Where the gradient of each node comes from, as far as the nodes behind it are known.
        let mut from: Vec<Vec<Piece>> =
            kept.iter().map(|kept| if *kept { vec![Piece::Outside] } else { Vec::new() }).collect();
        for (index, node) in graph.nodes.iter().enumerate().rev().filter(|(index, _)| live[*index]) {
            of_node[index] = match from[index].as_slice() {
                _ if by_kernel(index) => Piece::Kernel(index),
                [] => Piece::Outside,
                [Piece::Kernel(_)] | [_, _, ..] => Piece::End(index),
                [one] => *one,
            };
            for input in &node.inputs {
                let from = &mut from[input.index()];
                if !from.contains(&of_node[index]) {
                    from.push(of_node[index]);
                }
            }
        }
        let several = (0..graph.nodes.len()).any(|index| live[index] && by_kernel(index));
        Self { of_node, several }
    }

    /// Whether other pieces start from the value of this node.
    fn cut_at(&self, node: usize) -> bool {
        self.of_node[node] == Piece::End(node) || self.of_node[node] == Piece::Kernel(node)
    }
}

/// Whether a kernel of ours may make the value: it need not, as of another precision, and then a piece just ends there.
fn may_be_by_kernel(op: &Op) -> bool {
    matches!(op, Op::Conv(_) | Op::Convolve(_) | Op::BatchNorm { .. } | Op::InstanceNorm { affine: false, .. })
}

/// What a kernel of ours made, as far as the walk back needs it.
pub(super) trait ByKernel: Debug {
    /// The gradients of what it was made from, from that of what was made.
    ///
    /// # Errors
    /// When numbers cannot be had.
    fn walk_back(self: Box<Self>, gradient: Dynamic) -> Result<Vec<(Dynamic, Dynamic)>, NnError>;
}

/// What the walk back of one forward pass has to do beside burn's.
#[derive(Debug)]
pub(super) struct Tape {
    pieces: Arc<Pieces>,
    recorded: Recorded,
    recording: bool,
}

/// What was recorded of a forward pass; nothing where burn's own history is all there is.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    entries: Vec<(usize, Entry)>,
    taps: BTreeMap<Piece, Vec<(Dynamic, Source)>>,
    /// Weights that were tapped, by layer and name.
    weights: BTreeMap<(usize, &'static str), Dynamic>,
    /// Inputs whose gradients are wanted, by node.
    inputs: BTreeMap<usize, Dynamic>,
}

/// What a tap stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Node(usize),
    Weight(usize, &'static str),
}

#[derive(Debug)]
enum Entry {
    /// The value at the end of a piece, with its history.
    End(Piece, Dynamic),
    Made(Box<dyn ByKernel>),
}

impl Tape {
    /// A tape for a pass on a device that tracks gradients on the CPU; elsewhere nothing is to be recorded.
    pub fn new(pieces: Arc<Pieces>, on_cpu: bool) -> Self {
        Self { recording: on_cpu && pieces.several, pieces, recorded: Recorded::default() }
    }

    /// Whether anything is recorded.
    pub fn is_recording(&self) -> bool {
        self.recording
    }

    /// What was recorded.
    pub fn finish(self) -> Recorded {
        self.recorded
    }

    /// The value of a node as `reader` is to read it.
    pub fn read(&mut self, node: usize, value: &Dynamic, reader: usize) -> Dynamic {
        let is_cut = self.pieces.cut_at(node) || self.recorded.inputs.contains_key(&node);
        match self.recording && is_cut {
            true => self.recorded.tap(self.pieces.of_node[reader], Source::Node(node), value),
            false => value.clone(),
        }
    }

    /// A weight of a layer, likewise.
    pub fn weight(&mut self, layer: usize, name: &'static str, weight: Dynamic, reader: usize) -> Dynamic {
        if !weight.is_tracked() {
            return weight;
        }
        let tap = self.recorded.tap(self.pieces.of_node[reader], Source::Weight(layer, name), &weight);
        self.recorded.weights.insert((layer, name), weight);
        tap
    }

    /// The value of a node as it is kept: without its history where a piece ends.
    pub fn made(&mut self, node: usize, value: Dynamic) -> Dynamic {
        let by_kernel = self.recorded.entries.last().is_some_and(|(last, _)| *last == node);
        if !self.recording || !self.pieces.cut_at(node) || by_kernel {
            return value;
        }
        let kept = value.clone().detach();
        self.recorded.entries.push((node, Entry::End(self.pieces.of_node[node], value)));
        kept
    }

    /// An input whose gradient is wanted.
    pub fn input(&mut self, node: usize, value: &Dynamic) {
        if self.recording {
            self.recorded.inputs.insert(node, value.clone());
        }
    }

    /// The value of a node was made by a kernel of ours.
    pub fn made_by_kernel(&mut self, node: usize, by_kernel: impl ByKernel + 'static) {
        if self.recording {
            self.recorded.entries.push((node, Entry::Made(Box::new(by_kernel))));
        }
    }
}

impl Recorded {
    /// A leaf of a piece's own with these numbers.
    fn tap(&mut self, piece: Piece, source: Source, value: &Dynamic) -> Dynamic {
        let tap = value.plain().leaf();
        self.taps.entry(piece).or_default().push((tap.clone(), source));
        tap
    }

    /// The value of a node as somebody outside is to read it, to walk back from what he makes of it.
    pub fn read_outside(&mut self, node: usize, value: &Dynamic) -> Dynamic {
        let is_cut = self.inputs.contains_key(&node) || self.entries.iter().any(|(index, _)| *index == node);
        if is_cut { self.tap(Piece::Outside, Source::Node(node), value) } else { value.clone() }
    }

    /// The gradients of the sum of a value, of all leaves.
    ///
    /// # Errors
    /// When numbers cannot be had.
    pub fn walk_back(self, root: &Dynamic) -> Result<Grads, NnError> {
        let Self { entries, taps, weights, inputs } = self;
        let mut walk = Walk { grads: B::backward(root.primitive().clone()), sums: BTreeMap::new(), taps };
        walk.collect(Piece::Outside, None);
        for (node, entry) in entries.into_iter().rev() {
            let Some(gradient) = walk.sums.remove(&Source::Node(node)) else { continue };
            match entry {
                Entry::End(piece, value) => walk.through(piece, &value, gradient),
                Entry::Made(by_kernel) => {
                    for (tensor, gradient) in by_kernel.walk_back(gradient)? {
                        walk.through(Piece::Kernel(node), &tensor, gradient);
                    }
                }
            }
        }
        for (node, leaf) in inputs {
            if let Some(gradient) = walk.sums.remove(&Source::Node(node)) {
                add(&mut walk.grads, &leaf, gradient);
            }
        }
        for ((layer, name), leaf) in weights {
            if let Some(gradient) = walk.sums.remove(&Source::Weight(layer, name)) {
                add(&mut walk.grads, &leaf, gradient);
            }
        }
        Ok(walk.grads)
    }
}

/// Adds to the gradient of a leaf.
fn add(grads: &mut Grads, leaf: &Dynamic, gradient: Dynamic) {
    let sum = match B::grad_remove(leaf.primitive(), grads) {
        Some(known) => Dynamic::from_primitive(known).add(gradient),
        None => gradient,
    };
    B::grad_replace(leaf.primitive(), grads, sum.primitive().clone());
}

/// The state of a walk back.
struct Walk {
    /// burn's, of the last piece.
    grads: Grads,
    /// What is known of the gradients of sources.
    sums: BTreeMap<Source, Dynamic>,
    taps: BTreeMap<Piece, Vec<(Dynamic, Source)>>,
}

impl Walk {
    /// Carries the gradient of a value through the history of a piece.
    fn through(&mut self, piece: Piece, value: &Dynamic, gradient: Dynamic) {
        if value.is_tracked() {
            B::grad_replace(value.primitive(), &mut self.grads, gradient.primitive().clone());
            return self.collect(piece, None);
        }
        // The walk from a product with the gradient carries it on. The factor is a leaf: a product of which nothing is
        // tracked could not be walked from.
        let product = value.clone().mul(gradient.leaf());
        self.collect(piece, Some(B::backward(product.primitive().clone())));
    }

    /// Adds what was found for the taps of a piece to what is known of their sources.
    fn collect(&mut self, piece: Piece, found: Option<Grads>) {
        let mut found = found;
        let found = found.as_mut().unwrap_or(&mut self.grads);
        for (tap, source) in self.taps.get(&piece).into_iter().flatten() {
            let Some(gradient) = B::grad_remove(tap.primitive(), found) else { continue };
            let gradient = Dynamic::from_primitive(gradient);
            let sum = match self.sums.remove(source) {
                Some(known) => known.add(gradient),
                None => gradient,
            };
            self.sums.insert(*source, sum);
        }
    }
}
