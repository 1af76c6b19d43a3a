//! What a set of nodes costs: parameters, operations, memory of a training step.

use super::{Binary, Graph, NodeId, Op, PoolKind, Reduction, Unary};
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
            let keeps = keeps(&node.op);
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

/// What the backward pass of a node needs of its forward pass.
#[derive(Debug, Clone, Copy)]
struct Keeps {
    inputs: bool,
    output: bool,
    /// Arrays of its own, each as large as the larger of its first input and its result.
    more: u64,
}

/// As the lowering does it with burn's differentiation, which keeps the operands of products and nothing of sums and shapes.
fn keeps(op: &Op) -> Keeps {
    let nothing = Keeps { inputs: false, output: false, more: 0 };
    let inputs = Keeps { inputs: true, ..nothing };
    let output = Keeps { output: true, ..nothing };
    let own = |more: u64| Keeps { more, ..nothing };
    match op {
        Op::Conv(_) | Op::Convolve(_) | Op::Linear { .. } | Op::HyperLinear { .. } | Op::MatMul => inputs,
        // What is centred, or on the CPU what is read; burn's own normalisations also what is scaled.
        Op::BatchNorm { .. } => own(1),
        Op::InstanceNorm { affine, .. } | Op::GroupNorm { affine, .. } | Op::LayerNorm { affine, .. } => {
            own(if *affine { 2 } else { 1 })
        }
        Op::PRelu { .. } => inputs,
        // The mask.
        Op::Dropout { .. } => own(1),
        Op::Unary(unary) => match unary {
            Unary::Relu | Unary::Sigmoid | Unary::Tanh | Unary::Exp | Unary::Sqrt => output,
            Unary::LeakyRelu { .. } | Unary::Log | Unary::Square | Unary::Abs | Unary::Clamp { .. } => inputs,
            // Made of several.
            Unary::Elu { .. } | Unary::Gelu | Unary::Softplus => Keeps { more: 1, ..inputs },
            Unary::Negate | Unary::IsZero => nothing,
        },
        Op::Binary(binary) | Op::Scalar { op: binary, .. } => match (binary, op) {
            (Binary::Add | Binary::Subtract, _) => nothing,
            (Binary::Multiply, Op::Scalar { .. }) => nothing,
            (Binary::Divide, Op::Scalar { reversed: false, .. }) => nothing,
            (Binary::Multiply | Binary::Divide | Binary::Power | Binary::Maximum | Binary::Minimum, _) => inputs,
        },
        Op::Softmax { .. } | Op::LogSumExp { .. } => output,
        // The places of the largest, over two axes and over the third.
        Op::Pool(pool) => Keeps { more: u64::from(pool.kind == PoolKind::Max), ..inputs },
        Op::AdaptivePool { kind, .. } => Keeps { inputs: *kind == PoolKind::Max, ..nothing },
        Op::Reduce { reduction, .. } | Op::Present(reduction) => match reduction {
            Reduction::Sum | Reduction::Mean => nothing,
            Reduction::Maximum | Reduction::Minimum | Reduction::Variance => inputs,
        },
        Op::Input(_) => output,
        Op::Sample | Op::Mixture { .. } | Op::Kl | Op::LogDensity => own(2),
        Op::Coalesce(_) => own(1),
        // The difference, and what it became.
        Op::Loss(_) => own(2),
        Op::Fill(_)
        | Op::Learned { .. }
        | Op::Embedding { .. }
        | Op::Upsample { .. }
        | Op::Reshape
        | Op::Permute { .. }
        | Op::Concat { .. }
        | Op::RandomPlace
        | Op::Stack { .. }
        | Op::Slice { .. }
        | Op::Pad { .. }
        | Op::BatchMean
        | Op::OneHot { .. }
        | Op::StopGradient
        | Op::Restrict
        | Op::Normal
        | Op::NormalMean
        | Op::NormalLogVar => nothing,
    }
}
