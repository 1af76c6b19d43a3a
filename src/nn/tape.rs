//! Gradients through kernels of our own.
//!
//! burn's dispatcher takes no operation that it does not know. So on the CPU, where convolutions are computed by
//! [`fascicle_kernels`], the history that burn keeps is cut into pieces, and the walk back goes from piece to piece:
//!
//! ```text
//!  piece of burn's        ours        piece of burn's        ours
//!  x ─▶ norm ─▶ elu │ convolution │ y ─▶ norm ─▶ elu │ convolution │ ... ─▶ loss
//!                   end                              end            outside
//! ```
//!
//! A piece ends at a value that a convolution reads, or from which several pieces go on; so it has one end, which is what burn
//! can walk back from: it forgets what it has walked. What a piece starts from (values where others end, what
//! convolutions make, weights) it is given as leaves of its own, [taps](Tape::tap), so that no two pieces share a node. Ends and
//! convolutions are walked in the reverse of the order in which they were made: gradients are complete by then.

use super::{B, Dynamic, NnError};
use crate::graph::{Graph, Op};
use burn::tensor::backend::AutodiffBackend;
use fascicle_kernels::{Geometry, bias_gradient, forward, input_gradient, weight_gradient};
use std::collections::BTreeMap;
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
    /// What a convolution is computed from, brought to its form.
    Kernel(usize),
}

/// How the nodes of a graph fall into pieces.
#[derive(Debug, Clone)]
pub(super) struct Pieces {
    of_node: Vec<Piece>,
    /// Whether there is any convolution.
    several: bool,
}

impl Pieces {
    /// The pieces of the live part of a graph of which these values are kept.
    pub fn of(graph: &Graph, live: &[bool], kept: &[bool]) -> Self {
        let convolves = |index: usize| matches!(graph.nodes[index].op, Op::Conv(_) | Op::Convolve(_));
        let mut of_node = vec![Piece::Outside; graph.nodes.len()];
        // Where the gradient of each node comes from, as far as the nodes behind it are known.
        let mut from: Vec<Vec<Piece>> =
            kept.iter().map(|kept| if *kept { vec![Piece::Outside] } else { Vec::new() }).collect();
        for (index, node) in graph.nodes.iter().enumerate().rev().filter(|(index, _)| live[*index]) {
            of_node[index] = match from[index].as_slice() {
                _ if convolves(index) => Piece::Kernel(index),
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
        let several = (0..graph.nodes.len()).any(|index| live[index] && convolves(index));
        Self { of_node, several }
    }

    /// Whether other pieces start from the value of this node.
    fn cut_at(&self, node: usize) -> bool {
        self.of_node[node] == Piece::End(node) || self.of_node[node] == Piece::Kernel(node)
    }
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
    Convolved(Convolution, Box<Operands>),
}

/// A convolution, or its transpose, which makes what the convolution reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Convolution {
    /// Of the convolution, also where its transpose is meant.
    pub geometry: Geometry,
    /// Whether the transpose is meant.
    pub transposed: bool,
}

/// What a convolution is computed from.
#[derive(Debug)]
pub(super) struct Operands {
    /// The image: `[rows, channels, ...]`.
    pub x: Operand,
    /// `[outputs, inputs / groups, kernel]` of the convolution, one a row where rows have their own.
    pub weight: Operand,
    /// A number an output, likewise.
    pub bias: Option<Operand>,
}

/// A tensor, and whether its gradient may be wanted.
#[derive(Debug)]
pub(super) struct Operand {
    pub tensor: Dynamic,
    pub differentiable: bool,
}

impl Operand {
    /// A weight of a layer: a leaf, unless it is frozen.
    pub fn weight(tensor: Dynamic) -> Self {
        Self { differentiable: tensor.is_tracked(), tensor }
    }
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

    /// Computes the convolution of a node.
    ///
    /// # Errors
    /// When the numbers cannot be had.
    pub fn convolve(
        &mut self,
        node: usize,
        convolution: Convolution,
        operands: Operands,
        made: &[usize],
    ) -> Result<Dynamic, NnError> {
        let y = convolution.computed(&operands)?;
        let y = Dynamic::from_host(y, made, &operands.x.tensor.device());
        if self.recording {
            self.recorded.entries.push((node, Entry::Convolved(convolution, Box::new(operands))));
        }
        Ok(y)
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
                Entry::Convolved(convolution, operands) => {
                    convolution.walk_back(Piece::Kernel(node), *operands, &gradient, &mut walk)?;
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

impl Convolution {
    fn computed(&self, operands: &Operands) -> Result<Vec<f32>, NnError> {
        let geometry = &self.geometry;
        let (x, weight) = (&operands.x.tensor, &operands.weight.tensor);
        let read = match (&operands.bias, self.transposed) {
            (None, false) => Dynamic::read([x, weight], |[x, weight]| forward(geometry, x, weight, None)),
            (None, true) => Dynamic::read([x, weight], |[x, weight]| input_gradient(geometry, x, weight)),
            (Some(bias), false) => {
                Dynamic::read([x, weight, &bias.tensor], |[x, weight, bias]| forward(geometry, x, weight, Some(bias)))
            }
            (Some(bias), true) => Dynamic::read([x, weight, &bias.tensor], |[x, weight, bias]| {
                let mut y = input_gradient(geometry, x, weight);
                let places = geometry.read.iter().product();
                for (channel, bias) in y.chunks_mut(places).zip(bias.iter().cycle()) {
                    channel.iter_mut().for_each(|value| *value += bias);
                }
                y
            }),
        };
        read.map_err(|reason| NnError::DeviceFailed { reason })
    }

    fn walk_back(self, piece: Piece, operands: Operands, gradient: &Dynamic, walk: &mut Walk) -> Result<(), NnError> {
        let Self { geometry, transposed } = self;
        let Operands { x, weight, bias } = operands;
        let bias = bias.filter(|bias| bias.differentiable);
        // To the transpose, what it makes is what the convolution reads, and the other way about.
        let found = Dynamic::read([&x.tensor, &weight.tensor, gradient], |[image, weights, gradient]| {
            let of_bias = bias.as_ref().map(|_| match transposed {
                false => bias_gradient(&geometry, gradient),
                true => {
                    let made = Geometry { outputs: geometry.inputs, made: geometry.read, ..geometry };
                    bias_gradient(&made, gradient)
                }
            });
            let of_weight = weight.differentiable.then(|| match transposed {
                false => weight_gradient(&geometry, image, gradient),
                true => weight_gradient(&geometry, gradient, image),
            });
            let of_x = x.differentiable.then(|| match transposed {
                false => input_gradient(&geometry, gradient, weights),
                true => forward(&geometry, gradient, weights, None),
            });
            (of_bias, of_weight, of_x)
        });
        let (of_bias, of_weight, of_x) = found.map_err(|reason| NnError::DeviceFailed { reason })?;
        let device = gradient.device();
        let bias = bias.as_ref().map(|bias| &bias.tensor);
        for (tensor, values) in [(bias, of_bias), (Some(&weight.tensor), of_weight), (Some(&x.tensor), of_x)] {
            if let (Some(tensor), Some(values)) = (tensor, values) {
                walk.through(piece, tensor, Dynamic::from_host(values, &tensor.dims(), &device));
            }
        }
        Ok(())
    }
}
