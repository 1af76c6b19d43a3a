//! Layers whose shapes are right and that are rarely meant: probabilities where logits are taken, a linear layer along an
//! axis of space, a normalisation right before the loss, a convolution whose numbers stand in the order of PyTorch.
//!
//! In comes the graph of the file as it stands; what is looked at is alive for some stage.

use super::Base;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::repair;
use crate::graph::{ConvOp, Graph, LossOp, Node, NodeId, Op, Unary};
use crate::program::InputSource;
use fascicle_syntax::{Fix, Span};

pub(super) fn network(base: &Base<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let graph = &base.program.graph;
    let live = graph.live(base.program.stages.iter().map(|s| s.loss));
    for (index, node) in graph.nodes.iter().enumerate().filter(|(index, _)| live[*index]) {
        let found = match &node.op {
            Op::Loss(loss) => probabilities(base, index, node, loss).or_else(|| normalised(base, index, node, loss)),
            Op::Linear { .. } => along_space(base, index, node),
            Op::Conv(convolution) => in_another_order(base, index, node, convolution),
            _ => None,
        };
        // A family or a loop has many nodes at one place.
        if let Some(found) = found.filter(|f| !diagnostics.iter().any(|d| d.code == f.code && d.span() == f.span())) {
            diagnostics.push(found);
        }
    }
}

/// The largest kernel that is common.
const LARGEST_KERNEL: usize = 7;

fn origin(base: &Base<'_>, node: NodeId) -> Span {
    base.origins.get(node.index()).copied().unwrap_or_default()
}

/// The node whose values these are: a restriction to some subjects computes nothing.
fn source(graph: &Graph, mut node: NodeId) -> NodeId {
    while matches!(graph.node(node).op, Op::Restrict) {
        node = graph.node(node).inputs[0];
    }
    node
}

/// `softmax` or `sigmoid` right before a loss that takes logits and applies it itself.
fn probabilities(base: &Base<'_>, index: usize, node: &Node, loss: &LossOp) -> Option<Diagnostic> {
    let graph = &base.program.graph;
    let name = match loss {
        LossOp::CrossEntropy { .. } => "cross_entropy",
        LossOp::BinaryCrossEntropy { logits: true } => "binary_cross_entropy(.., logits: true)",
        _ => return None,
    };
    let given = source(graph, *node.inputs.first()?);
    let made = match graph.node(given).op {
        Op::Softmax { log: false, .. } => "softmax",
        Op::Unary(Unary::Sigmoid) => "sigmoid",
        _ => return None,
    };
    let message = format!("`{name}` takes logits, and is given what `{made}` makes of them");
    Some(
        Diagnostic::error(Code::LogitsExpected, origin(base, given), message)
            .label("probabilities are made here")
            .also(origin(base, NodeId(index as u32)), "the loss, which makes them once more")
            .hint(match loss {
                LossOp::CrossEntropy { .. } => format!("leave out `|> {made}`: metrics take logits too"),
                _ => format!("leave out `|> {made}`, or `logits: true`"),
            })
            .repairs(repair::without_last_stage(base.sources, origin(base, given))),
    )
}

/// A normalisation whose result is compared with data: the loss cannot reach what it takes away.
fn normalised(base: &Base<'_>, index: usize, node: &Node, loss: &LossOp) -> Option<Diagnostic> {
    let graph = &base.program.graph;
    if !matches!(
        loss,
        LossOp::MeanSquared
            | LossOp::SumSquared
            | LossOp::MeanAbsolute
            | LossOp::SumAbsolute
            | LossOp::Huber { .. }
            | LossOp::BinaryCrossEntropy { .. }
            | LossOp::CrossEntropy { .. }
            | LossOp::GaussianNll
            | LossOp::CoxPartialLikelihood
    ) {
        return None;
    }
    let (given, truth) = (source(graph, *node.inputs.first()?), source(graph, *node.inputs.get(1)?));
    // Codes are normalised on purpose; a prediction is compared with what was measured.
    let Op::Input(truth) = graph.node(truth).op else { return None };
    if !matches!(
        graph.node(given).op,
        Op::BatchNorm { .. } | Op::InstanceNorm { .. } | Op::GroupNorm { .. } | Op::LayerNorm { .. }
    ) {
        return None;
    }
    let module = graph.node(given).module.map_or("a normalisation", |m| graph.module(m).operator.as_str());
    let name = &graph.inputs[truth.index()].name;
    let message = format!(
        "a `{module}` is the last layer before the loss: it sets the mean and the spread of what predicts `{name}`"
    );
    Some(
        Diagnostic::error(Code::NormalisedOutput, origin(base, given), message)
            .label("the last layer")
            .also(origin(base, NodeId(index as u32)), "the loss")
            .hint(format!("leave it out, or let a layer follow it: `|> {module}() |> relu |> Linear(..)`"))
            .repairs(repair::without_last_stage(base.sources, origin(base, given))),
    )
}

/// A linear layer on an image, whose last axis is one of space.
fn along_space(base: &Base<'_>, index: usize, node: &Node) -> Option<Diagnostic> {
    let graph = &base.program.graph;
    let given = *node.inputs.first()?;
    if !is_spatial(base, given) {
        return None;
    }
    let ty = &graph.node(given).ty;
    let axis = ty.shape.len() - 1;
    let stage = repair::last_stage(base.sources, origin(base, NodeId(index as u32)));
    let flattened = stage.map(|stage| {
        let place = Span { end: stage.start, ..stage };
        Fix::new("make a vector first", place, "flatten |> ")
    });
    let message = format!("`Linear` goes along the last axis of {ty}, an axis of space");
    Some(
        Diagnostic::error(Code::LinearOverSpace, origin(base, NodeId(index as u32)), message)
            .label(format!("along axis {axis}, for each place of the others alike"))
            .also(origin(base, given), format!("this is {ty}"))
            .hint("make a vector first: `|> flatten |> Linear(..)` or `|> global_avg_pool |> Linear(..)`; a map of the channels is a convolution with `kernel: 1`").repairs(flattened),
    )
}

/// `Conv3d(1, 16, 3)` on one channel: there it is one channel in, 16 out and a kernel of 3; here one filter, a kernel of 16
/// and a stride of 3.
fn in_another_order(base: &Base<'_>, index: usize, node: &Node, convolution: &ConvOp) -> Option<Diagnostic> {
    let ConvOp { inputs, outputs, kernel, stride, groups, .. } = convolution;
    let (extent, step) = (*kernel.first()?, *stride.first()?);
    let alike = kernel.iter().all(|k| *k == extent) && stride.iter().all(|s| *s == step);
    // A stride as large as the kernel cuts an image into patches, which is meant.
    if !(inputs == outputs && *groups == 1 && alike && extent > LARGEST_KERNEL && step < extent && step > 1) {
        return None;
    }
    let operator = node.module.map_or("Conv3d", |m| base.program.graph.module(m).operator.as_str());
    let message = format!(
        "this `{operator}` has as many filters as channels come in, {outputs}, a kernel of {extent} and a stride of {step}"
    );
    let given = *node.inputs.first()?;
    let stage = repair::last_stage(base.sources, origin(base, NodeId(index as u32)));
    let fix = stage.map(|stage| repair::written(stage, &format!("{operator}({extent}, kernel: {step})")));
    Some(
        Diagnostic::error(Code::ConvolutionOrder, origin(base, NodeId(index as u32)), message)
            .also(origin(base, given), format!("this has {inputs} channel{}", if *inputs == 1 { "" } else { "s" }))
            .hint(format!("how much comes in is known: `{operator}({extent}, kernel: {step})`"))
            .repairs(fix),
    )
}

/// Whether the axes of a value behind the first are those of an image: made by a convolution or by pooling, or read, and
/// then changed element by element only.
fn is_spatial(base: &Base<'_>, node: NodeId) -> bool {
    let graph = &base.program.graph;
    let mut at = node;
    loop {
        let node = graph.node(at);
        match &node.op {
            Op::Conv(_) | Op::Convolve(_) | Op::Pool(_) | Op::AdaptivePool { .. } | Op::Upsample { .. } => {
                return node.ty.shape.len() > 1;
            }
            Op::Input(input) => {
                let image = matches!(base.program.inputs[input.index()].source, InputSource::Image { .. });
                return image && node.ty.shape.len() > 1;
            }
            Op::Unary(_)
            | Op::Scalar { .. }
            | Op::BatchNorm { .. }
            | Op::InstanceNorm { .. }
            | Op::GroupNorm { .. }
            | Op::PRelu { .. }
            | Op::Dropout { .. }
            | Op::Binary(_)
            | Op::Restrict
            | Op::StopGradient => match node.inputs.first() {
                Some(first) if graph.node(*first).ty.shape == node.ty.shape => at = *first,
                _ => return false,
            },
            _ => return false,
        }
    }
}
