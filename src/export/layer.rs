//! `__init__`: a layer each, in modules named after the blocks they stand in.

use super::ExportError;
use super::name::Tree;
use fascicle_lang::graph::{Coalesce, ConvOp, Graph, Module, Op};
use std::fmt::Write;

/// The constructor of the model's class.
pub(super) fn constructor(graph: &Graph, tree: &Tree) -> Result<String, ExportError> {
    let mut text = String::from("    def __init__(self):\n        super().__init__()\n");
    // Writing to a string cannot fail.
    for container in tree.containers() {
        let _ = writeln!(text, "        self.{container} = nn.Module()");
    }
    for id in tree.modules() {
        let read = graph.nodes.iter().find(|node| node.module == Some(id)).and_then(|node| node.inputs.first());
        let axes = read.map_or(1, |read| graph.node(*read).ty.shape.len());
        let _ = writeln!(text, "        {} = {}", tree.attribute(id), layer(graph.module(id), axes)?);
    }
    if graph.nodes.iter().any(|node| node.op == Op::Coalesce(Coalesce::TrainingMean)) {
        text.push_str("        # Means of inputs over the training people, for `x ?? mean`: {\"x\": tensor}\n        self.means = {}\n");
    }
    Ok(text)
}

/// A layer that reads so many axes.
fn layer(module: &Module, axes: usize) -> Result<String, ExportError> {
    let refuse = |problem: &str| ExportError::Operation { path: module.path.clone(), problem: problem.to_owned() };
    let flag = |on: bool| if on { "True" } else { "False" };
    Ok(match &module.op {
        Op::Conv(conv) => convolution(conv),
        Op::Linear { inputs, outputs, bias } => {
            let bias = if *bias { "" } else { ", bias=False" };
            format!("nn.Linear({inputs}, {outputs}{bias})")
        }
        Op::HyperLinear { inputs, outputs, embedding } => format!("HyperLinear({inputs}, {outputs}, {embedding})"),
        Op::BatchNorm { channels, eps, momentum, affine } => {
            let space = axes.saturating_sub(1).max(1);
            format!("nn.BatchNorm{space}d({channels}, eps={eps:?}, momentum={momentum:?}, affine={})", flag(*affine))
        }
        Op::InstanceNorm { channels, eps, affine } => {
            format!("nn.GroupNorm({channels}, {channels}, eps={eps:?}, affine={})", flag(*affine))
        }
        Op::GroupNorm { groups, channels, eps, affine } => {
            format!("nn.GroupNorm({groups}, {channels}, eps={eps:?}, affine={})", flag(*affine))
        }
        Op::LayerNorm { features, eps, affine } => {
            format!("nn.LayerNorm({features}, eps={eps:?}, elementwise_affine={})", flag(*affine))
        }
        Op::Embedding { levels, size } => format!("nn.Embedding({levels}, {size})"),
        Op::PRelu { slopes } => format!("nn.PReLU({slopes})"),
        Op::Learned { shape } => {
            let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("Learned({})", shape.join(", "))
        }
        _ => return Err(refuse("an operation with weights that the export does not know")),
    })
}

/// A tuple of Python.
pub(super) fn tuple(numbers: &[usize]) -> String {
    match numbers {
        [one] => format!("({one},)"),
        several => format!("({})", several.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The zeros around that both sides share; what is asymmetric is added before the layer.
pub(super) fn common_padding(padding: &[(usize, usize)]) -> Option<Vec<usize>> {
    padding.iter().map(|(before, after)| (before == after).then_some(*before)).collect()
}

fn convolution(conv: &ConvOp) -> String {
    let axes = conv.kernel.len();
    let mut text = match conv.transposed {
        Some(_) => format!("nn.ConvTranspose{axes}d"),
        None => format!("nn.Conv{axes}d"),
    };
    // Writing to a string cannot fail.
    let _ = write!(text, "({}, {}, {}", conv.inputs, conv.outputs, tuple(&conv.kernel));
    let mut named = |name: &str, numbers: &[usize], usual: usize| {
        if numbers.iter().any(|n| *n != usual) {
            let _ = write!(text, ", {name}={}", tuple(numbers));
        }
    };
    named("stride", &conv.stride, 1);
    let padding = match &conv.transposed {
        // The far side of what is made is cut off, or filled up.
        Some(_) => conv.padding.iter().map(|(before, _)| *before).collect(),
        None => common_padding(&conv.padding).unwrap_or_else(|| vec![0; axes]),
    };
    named("padding", &padding, 0);
    if let Some(far) = &conv.transposed {
        let more: Vec<usize> =
            far.iter().zip(&conv.padding).map(|(far, (before, after))| (far + before).saturating_sub(*after)).collect();
        named("output_padding", &more, 0);
    }
    named("dilation", &conv.dilation, 1);
    if conv.groups != 1 {
        let _ = write!(text, ", groups={}", conv.groups);
    }
    if !conv.bias {
        text.push_str(", bias=False");
    }
    text.push(')');
    text
}
