//! What a program compares with what was observed.

use super::Program;
use crate::graph::{InputId, Kind, NodeId, Op, TensorType};
use std::collections::BTreeSet;

/// An output of a model with the input that it is subtracted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Residual {
    /// The output, and its key where it is a family: `recon[cortical]`.
    pub name: String,
    /// The output's node.
    pub prediction: NodeId,
    /// What was observed.
    pub truth: InputId,
}

impl Program {
    /// The outputs of a model (a position in [`Program::models`]) that can be subtracted from something observed: those
    /// that a loss or a score compares with an input of as many numbers, and that is no class. Of several such inputs the one
    /// counts that the output is called after, or that the model predicts.
    pub fn residuals(&self, model: usize) -> Vec<Residual> {
        let model = &self.models[model];
        let mut found = Vec::new();
        for output in &model.outputs {
            for (key, prediction) in &output.members {
                let wanted = numbers(&self.graph.node(*prediction).ty);
                let is_observed = |input: &InputId| {
                    let ty = &self.graph.inputs[input.index()].ty;
                    matches!(ty.kind, Kind::Tensor) && numbers(ty) == wanted
                };
                let compared: Vec<InputId> = self.compared_with(*prediction).into_iter().filter(is_observed).collect();
                let is_called =
                    |name: &str| compared.iter().copied().find(|input| self.graph.inputs[input.index()].name == name);
                let own = model.target.filter(|target| output.name == model.name && compared.contains(target));
                let member = key.rsplit(", ").next().unwrap_or(key);
                let truth = is_called(member).or_else(|| is_called(&output.name)).or(own).or(compared.first().copied());
                let Some(truth) = truth else { continue };
                let name = if key.is_empty() { output.name.clone() } else { format!("{}[{key}]", output.name) };
                found.push(Residual { name, prediction: *prediction, truth });
            }
        }
        found
    }

    /// The inputs that a loss or a score compares a node with, or compared it with where the model was trained, ascending. An embedding that is as wide as an input, or
    /// called like one, is compared with none.
    pub fn compared_with(&self, node: NodeId) -> BTreeSet<InputId> {
        let wanted = numbers(&self.graph.node(node).ty);
        let losses = self.graph.nodes.iter().filter(|n| matches!(n.op, Op::Loss(_)) && n.inputs.contains(&node));
        let observed = losses.flat_map(|loss| &loss.inputs).filter_map(|other| {
            let other = self.graph.node(*other);
            match other.op {
                Op::Input(input) if matches!(other.ty.kind, Kind::Tensor) && numbers(&other.ty) == wanted => {
                    Some(input)
                }
                _ => None,
            }
        });
        let scores = self.scores.iter().flat_map(|score| &score.pairs);
        let used = self.used.iter().flat_map(|used| &used.truths).filter(|(output, _)| *output == node);
        let scored = scores.filter(|pair| pair.prediction == node).map(|pair| pair.truth);
        observed.chain(scored).chain(used.map(|(_, truth)| *truth)).collect()
    }
}

/// Numbers of a subject; of a Gaussian those of its mean.
fn numbers(ty: &TensorType) -> usize {
    ty.shape.iter().product()
}
