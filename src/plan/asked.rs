//! What is asked of a model: the nodes to evaluate, the truths to keep beside them, and for whom.

use crate::graph::{InputId, Kind, NodeId, Op, TensorType};
use crate::program::{Argument, InputRole, InputSource, Model, Program, Subset};
use std::collections::BTreeSet;

/// What one prediction task has to deliver.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Asked {
    /// Nodes, ascending.
    pub nodes: Vec<NodeId>,
    /// Inputs that hold truths, ascending.
    pub truths: Vec<InputId>,
    /// Whom, in the order of the rows.
    pub sets: Vec<Subset>,
    /// Inputs, ascending, each with the nodes to evaluate once more as if nobody had it.
    pub without: Vec<(InputId, Vec<NodeId>)>,
}

/// All sets, in the order of a prediction's rows.
pub(super) const SETS: [Subset; 5] = [Subset::Training, Subset::Validation, Subset::Test, Subset::Holdout, Subset::All];

/// An output of a model with the input that it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Residual {
    /// The output, and its key where it is a family: `recon[cortical]`.
    pub name: String,
    pub prediction: NodeId,
    pub truth: InputId,
}

impl Asked {
    /// What scores and analyses ask of a model; `None` where nothing does.
    pub fn of(program: &Program, model: usize) -> Option<Self> {
        let mut asked = Self::default();
        let mut sets = Vec::new();
        for score in program.scores.iter().filter(|score| score.model == model) {
            asked.nodes.extend(score.pairs.iter().map(|pair| pair.prediction));
            asked.truths.extend(score.pairs.iter().map(|pair| pair.truth));
            sets.push(score.on);
            for pair in &score.pairs {
                let Some(left_out) = pair.without else { continue };
                let at = asked.without.partition_point(|(input, _)| *input < left_out);
                if asked.without.get(at).is_none_or(|(input, _)| *input != left_out) {
                    asked.without.insert(at, (left_out, Vec::new()));
                }
                asked.without[at].1.push(pair.prediction);
            }
        }
        for (_, nodes) in &mut asked.without {
            nodes.sort_unstable();
            nodes.dedup();
        }
        let arguments = program.analyses.iter().flat_map(|a| a.arguments.values().map(move |argument| (a, argument)));
        for (analysis, argument) in arguments {
            match argument {
                Argument::Model(m) if *m == model => {
                    let residuals = residuals(program, &program.models[model]);
                    asked.nodes.extend(residuals.iter().map(|r| r.prediction));
                    asked.truths.extend(residuals.iter().map(|r| r.truth));
                }
                Argument::Output { model: m, members, .. } if *m == model => {
                    asked.nodes.extend(members.iter().map(|(_, node)| *node));
                }
                _ => continue,
            }
            sets.extend([Subset::Validation, Subset::Test, Subset::Holdout, Subset::All]);
            if analysis.reads_training() {
                sets.push(Subset::Training);
            }
        }
        asked.nodes.sort_unstable();
        asked.nodes.dedup();
        asked.truths.sort_unstable();
        asked.truths.dedup();
        asked.sets = SETS.into_iter().filter(|set| sets.contains(set)).collect();
        (!asked.nodes.is_empty()).then_some(asked)
    }

    /// The place of a node.
    pub fn node(&self, node: NodeId) -> Option<usize> {
        self.nodes.iter().position(|n| *n == node)
    }

    /// The place of a node among those that are evaluated without an input, and the place of the input.
    pub fn node_without(&self, node: NodeId, left_out: InputId) -> Option<(usize, usize)> {
        let at = self.without.iter().position(|(input, _)| *input == left_out)?;
        Some((at, self.without[at].1.iter().position(|n| *n == node)?))
    }

    /// The place of a truth.
    pub fn truth(&self, input: InputId) -> Option<usize> {
        self.truths.iter().position(|i| *i == input)
    }
}

/// The outputs of a model that can be subtracted from something observed: those that a loss or a score compares with
/// an input of as many numbers, and that is no class. Of several such inputs the one counts that the output is called
/// after, or that the model predicts.
pub(super) fn residuals(program: &Program, model: &Model) -> Vec<Residual> {
    let mut found = Vec::new();
    for output in &model.outputs {
        for (key, prediction) in &output.members {
            let numbers = |shape: &[usize]| shape.iter().product::<usize>();
            let predicted = numbers(&program.graph.node(*prediction).ty.shape);
            let is_observed = |input: &InputId| {
                let ty = &program.graph.inputs[input.index()].ty;
                matches!(ty.kind, Kind::Tensor) && numbers(&ty.shape) == predicted
            };
            let compared: Vec<InputId> = compared_with(program, *prediction).into_iter().filter(is_observed).collect();
            let is_called =
                |name: &str| compared.iter().copied().find(|input| program.graph.inputs[input.index()].name == name);
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

/// The inputs that a loss or a score compares a node with, ascending. An embedding that is as wide as an input, or
/// called like one, is compared with none.
pub(super) fn compared_with(program: &Program, node: NodeId) -> BTreeSet<InputId> {
    let graph = &program.graph;
    let numbers = |ty: &TensorType| ty.shape.iter().product::<usize>();
    let wanted = numbers(&graph.node(node).ty);
    let losses = graph.nodes.iter().filter(|n| matches!(n.op, Op::Loss(_)) && n.inputs.contains(&node));
    let observed = losses.flat_map(|loss| &loss.inputs).filter_map(|other| {
        let other = graph.node(*other);
        match other.op {
            Op::Input(input) if matches!(other.ty.kind, Kind::Tensor) && numbers(&other.ty) == wanted => Some(input),
            _ => None,
        }
    });
    let scores = program.scores.iter().flat_map(|score| &score.pairs);
    observed.chain(scores.filter(|pair| pair.prediction == node).map(|pair| pair.truth)).collect()
}

/// Whether an input is an image whose elements are voxels.
pub(super) fn is_image(program: &Program, input: InputId) -> bool {
    let spec = &program.inputs[input.index()];
    matches!(spec.source, InputSource::Image { .. }) && spec.role != InputRole::Condition
}
