//! What passes over a batch have a processor do: multiply-adds, bytes, operations. How long that takes is the processor's affair.

use super::{Graph, ModuleId, Node, NodeId, Op, PoolKind};
use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul};

const F32: f64 = 4.0;
/// Arrays that an optimiser with two moments reads and writes a step, each as large as the weights.
const MOMENTS: f64 = 7.0;
/// Operations that it dispatches for each weight.
const UPDATES: f64 = 8.0;

/// Amounts of work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Multiply-adds of convolutions and products of matrices.
    pub multiply_adds: f64,
    /// Bytes that convolutions read and write: they lay out what they read.
    pub convolved_bytes: f64,
    /// Bytes that everything else reads and writes.
    pub moved_bytes: f64,
    /// Operations on arrays that are begun, whatever their size.
    pub operations: f64,
}

impl Add for Work {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            multiply_adds: self.multiply_adds + other.multiply_adds,
            convolved_bytes: self.convolved_bytes + other.convolved_bytes,
            moved_bytes: self.moved_bytes + other.moved_bytes,
            operations: self.operations + other.operations,
        }
    }
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<f64> for Work {
    type Output = Self;

    fn mul(self, times: f64) -> Self {
        Self {
            multiply_adds: self.multiply_adds * times,
            convolved_bytes: self.convolved_bytes * times,
            moved_bytes: self.moved_bytes * times,
            operations: self.operations * times,
        }
    }
}

impl Sum for Work {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// How often an operation goes over what it reads and makes, and how many operations on arrays it is made of.
#[derive(Debug, Clone, Copy)]
struct Passes {
    /// Over what is read and made, together.
    forward: f64,
    backward: f64,
    /// Operations begun.
    begun: f64,
}

impl Passes {
    const fn new(forward: f64, backward: f64, begun: f64) -> Self {
        Self { forward, backward, begun }
    }

    /// As the lowering computes it.
    fn of(op: &Op) -> Self {
        match op {
            // Only another way to look at the same numbers.
            Op::Reshape | Op::Restrict | Op::StopGradient | Op::Baseline => Self::new(0.0, 0.0, 0.25),
            Op::Input(_) | Op::Fill(_) | Op::Learned { .. } => Self::new(1.0, 0.0, 1.0),
            Op::Conv(_) | Op::Convolve(_) | Op::Linear { .. } | Op::HyperLinear { .. } | Op::MatMul => {
                Self::new(1.0, 1.0, 1.0)
            }
            // Statistics, then what they make of the numbers.
            Op::BatchNorm { .. } | Op::InstanceNorm { .. } | Op::GroupNorm { .. } | Op::LayerNorm { .. } => {
                Self::new(1.5, 2.5, 2.0)
            }
            // Drawn on the host.
            Op::Dropout { .. } => Self::new(3.0, 1.5, 2.0),
            Op::Unary(_) | Op::Binary(_) | Op::Scalar { .. } | Op::PRelu { .. } => Self::new(1.0, 1.5, 1.0),
            Op::Softmax { .. } | Op::LogSumExp { .. } => Self::new(2.5, 2.0, 4.0),
            Op::Pool(pool) if pool.kind == PoolKind::Max => Self::new(2.0, 2.0, 2.0),
            Op::Pool(_) | Op::AdaptivePool { .. } | Op::Upsample { .. } => Self::new(1.5, 1.5, 2.0),
            Op::Permute { .. } | Op::Concat { .. } | Op::Stack { .. } | Op::Slice { .. } | Op::Pad { .. } => {
                Self::new(1.0, 1.5, 1.0)
            }
            Op::Reduce { .. } | Op::BatchMean | Op::NormalMean | Op::NormalLogVar | Op::Normal => {
                Self::new(1.0, 1.0, 1.0)
            }
            Op::Embedding { .. } | Op::OneHot { .. } | Op::RandomPlace | Op::Coalesce(_) => Self::new(1.0, 1.5, 2.0),
            Op::Present(_) => Self::new(2.0, 2.0, 3.0),
            Op::Sample | Op::Kl | Op::LogDensity => Self::new(3.0, 3.0, 5.0),
            Op::Mixture { .. } => Self::new(6.0, 8.0, 6.0),
            Op::Loss(_) => Self::new(2.0, 2.0, 5.0),
        }
    }
}

impl Work {
    /// One forward pass of the nodes marked live over so many rows.
    pub fn forward(graph: &Graph, live: &[bool], rows: u64) -> Self {
        let nodes = graph.nodes.iter().zip(live).filter(|(_, live)| **live);
        nodes.map(|(node, _)| Self::of_forward(graph, node, rows)).sum()
    }

    /// One step of training over so many rows: forward, backward, and the optimiser's move of the modules that are trained.
    ///
    /// The backward pass is counted as it is made: a product has a gradient for each factor that is learned or depends on what is,
    /// so that a first layer, which reads data, has one product where others have two.
    pub fn step(graph: &Graph, roots: &[NodeId], trained: &[ModuleId], rows: u64) -> Self {
        let live = graph.live(roots.iter().copied());
        let mut all = Self::forward(graph, &live, rows);
        let mut moving = vec![false; graph.nodes.len()];
        for (at, node) in graph.nodes.iter().enumerate().filter(|(at, _)| live[*at]) {
            let own = node.module.is_some_and(|module| trained.contains(&module));
            let read: Vec<bool> = node.inputs.iter().map(|input| moving[input.index()]).collect();
            moving[at] = (own || read.contains(&true)) && node.op != Op::StopGradient;
            if moving[at] {
                let factors = f64::from(u8::from(own)) + read.iter().filter(|moves| **moves).count() as f64;
                all += Self::of_backward(graph, node, rows, factors);
            }
        }
        let moved = graph.live_modules(&live).into_iter().filter(|module| trained.contains(module));
        for module in moved.map(|module| graph.module(module)) {
            all.moved_bytes += MOMENTS * F32 * module.parameters() as f64;
            all.operations += UPDATES * module.weights.len() as f64;
        }
        all
    }

    fn of_forward(graph: &Graph, node: &Node, rows: u64) -> Self {
        let passes = Passes::of(&node.op);
        Self::spread(graph, node, rows, passes.forward, 1.0, passes.begun)
    }

    fn of_backward(graph: &Graph, node: &Node, rows: u64, factors: f64) -> Self {
        let passes = Passes::of(&node.op);
        match is_product(&node.op) {
            true => Self::spread(graph, node, rows, passes.backward * factors, factors, factors),
            false => Self::spread(graph, node, rows, passes.backward, 0.0, passes.begun),
        }
    }

    /// So many passes over what a node reads and makes, so many times its multiply-adds, so many operations begun.
    fn spread(graph: &Graph, node: &Node, rows: u64, passes: f64, products: f64, begun: f64) -> Self {
        let bytes = |node: &Node| F32 * node.ty.len() as f64 * if node.ty.batched { rows as f64 } else { 1.0 };
        let read: f64 = node.inputs.iter().map(|input| bytes(graph.node(*input))).sum();
        let weights = node.module.map_or(0.0, |module| F32 * graph.module(module).parameters() as f64);
        let touched = passes * (read + bytes(node) + weights);
        let of_rows = if node.ty.batched { rows as f64 } else { 1.0 };
        // What stands for several members begins as much for each.
        let members = match node.op {
            Op::Mixture { .. } | Op::Present(_) | Op::Concat { .. } | Op::Stack { .. } => node.inputs.len().max(1),
            _ => 1,
        };
        let convolves = matches!(node.op, Op::Conv(_) | Op::Convolve(_));
        let multiply_adds = if is_product(&node.op) { products * node.multiply_adds as f64 * of_rows } else { 0.0 };
        Self {
            multiply_adds,
            convolved_bytes: if convolves { touched } else { 0.0 },
            moved_bytes: if convolves { 0.0 } else { touched },
            operations: begun * members as f64,
        }
    }
}

/// Whether what is read is multiplied with weights or with each other, and summed.
fn is_product(op: &Op) -> bool {
    matches!(op, Op::Conv(_) | Op::Convolve(_) | Op::Linear { .. } | Op::HyperLinear { .. } | Op::MatMul)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{ConvOp, GraphInput, InputId, Module, TensorType, WeightSpec, weight::Init};
    use std::sync::Arc;

    /// An input and two convolutions of one channel.
    fn two_convolutions() -> Graph {
        let mut graph = Graph::default();
        let ty = TensorType::tensor([1, 8, 8]);
        graph.inputs.push(GraphInput { name: "x".into(), ty: ty.clone() });
        let node = |op: Op, inputs: Vec<NodeId>, module, multiply_adds| Node {
            op,
            inputs,
            module,
            ty: ty.clone(),
            path: String::new(),
            multiply_adds,
        };
        let mut last = graph.push(node(Op::Input(InputId(0)), Vec::new(), None, 0));
        for at in 0..2 {
            let conv = Op::Conv(ConvOp {
                inputs: 1,
                outputs: 1,
                kernel: vec![3, 3],
                stride: vec![1, 1],
                padding: vec![(1, 1); 2],
                dilation: vec![1, 1],
                groups: 1,
                bias: false,
                transposed: None,
            });
            let weights = vec![WeightSpec::parameter("weight", [1, 1, 3, 3], Init::ZEROS)];
            let (path, operator) = (format!("m.{at}"), "Conv2d".into());
            let module = graph.push_module(Module { path, operator, op: conv.clone(), weights });
            last = graph.push(node(conv, vec![last], Some(module), 576));
        }
        assert_eq!(Arc::strong_count(&graph.nodes[last.index()]), 1);
        graph
    }

    #[test]
    fn a_first_layer_has_one_product_backward_and_others_two() {
        let graph = two_convolutions();
        let both = [ModuleId(0), ModuleId(1)];
        let rows = 4;
        let live = graph.live([NodeId(2)]);
        assert_eq!(Work::forward(&graph, &live, rows).multiply_adds, 4.0 * 2.0 * 576.0);
        let step = |trained: &[ModuleId]| Work::step(&graph, &[NodeId(2)], trained, rows).multiply_adds / (4.0 * 576.0);
        assert_eq!(step(&both), 2.0 + 1.0 + 2.0);
        // What stands before all that moves has no backward pass, what stands behind passes gradients on.
        assert_eq!(step(&both[1..]), 2.0 + 1.0);
        assert_eq!(step(&both[..1]), 2.0 + 1.0 + 1.0);
        assert_eq!(step(&[]), 2.0);
    }

    #[test]
    fn work_grows_with_rows() {
        let graph = two_convolutions();
        let live = graph.live([NodeId(2)]);
        let (one, ten) = (Work::forward(&graph, &live, 1), Work::forward(&graph, &live, 10));
        assert_eq!(ten.multiply_adds, 10.0 * one.multiply_adds);
        assert!(ten.convolved_bytes > 5.0 * one.convolved_bytes);
        assert_eq!(ten.operations, one.operations);
    }
}
