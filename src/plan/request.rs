//! What is asked of a model: the nodes to evaluate, the truths to keep beside them, and for whom.

use crate::graph::{InputId, NodeId};
use crate::program::{Argument, InputRole, InputSource, Program, Subset};

/// What one prediction task has to deliver.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct PredictionRequest {
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

impl PredictionRequest {
    /// What scores and analyses ask of a model; `None` where nothing does.
    pub fn of(program: &Program, model: usize) -> Option<Self> {
        let mut request = Self::default();
        let mut sets = Vec::new();
        for score in program.scores.iter().filter(|score| score.model == model) {
            request.nodes.extend(score.pairs.iter().map(|pair| pair.prediction));
            request.truths.extend(score.pairs.iter().map(|pair| pair.truth));
            sets.push(score.on);
            for pair in &score.pairs {
                let Some(left_out) = pair.without else { continue };
                let at = request.without.partition_point(|(input, _)| *input < left_out);
                if request.without.get(at).is_none_or(|(input, _)| *input != left_out) {
                    request.without.insert(at, (left_out, Vec::new()));
                }
                request.without[at].1.push(pair.prediction);
            }
        }
        // The best runs are told by those who validate.
        if program.ensembles.iter().any(|ensemble| ensemble.model == model && ensemble.best.is_some()) {
            sets.push(Subset::Validation);
        }
        for (_, nodes) in &mut request.without {
            nodes.sort_unstable();
            nodes.dedup();
        }
        let arguments = program.analyses.iter().flat_map(|a| a.arguments.values().map(move |argument| (a, argument)));
        for (analysis, argument) in arguments {
            match argument {
                Argument::Model(m) if *m == model => {
                    let residuals = program.residuals(model);
                    request.nodes.extend(residuals.iter().map(|r| r.prediction));
                    request.truths.extend(residuals.iter().map(|r| r.truth));
                }
                Argument::Output { model: m, members, .. } if *m == model => {
                    request.nodes.extend(members.iter().map(|(_, node)| *node));
                }
                _ => continue,
            }
            sets.extend([Subset::Validation, Subset::Test, Subset::Holdout, Subset::All]);
            if analysis.reads_training() {
                sets.push(Subset::Training);
            }
        }
        request.nodes.sort_unstable();
        request.nodes.dedup();
        request.truths.sort_unstable();
        request.truths.dedup();
        request.sets = SETS.into_iter().filter(|set| sets.contains(set)).collect();
        (!request.nodes.is_empty()).then_some(request)
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

/// Whether an input is an image whose elements are voxels.
pub(super) fn is_image(program: &Program, input: InputId) -> bool {
    let spec = &program.inputs[input.index()];
    matches!(spec.source, InputSource::Image { .. }) && spec.role != InputRole::Condition
}
