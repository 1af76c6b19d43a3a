//! What the outputs of a program are: numbers of a target in another unit, logits of classes.

use super::Program;
use crate::graph::{InputId, Kind, NodeId};
use std::collections::BTreeMap;

impl Program {
    /// The target whose changed numbers a node of the graph is compared with: what the node predicts has to be brought back to
    /// the unit of the target's column before anybody sees it. `None` where the numbers are what they are.
    pub fn unit_of(&self, node: NodeId) -> Option<InputId> {
        let is_changed = |input: &InputId| self.inputs.get(input.index()).is_some_and(|spec| spec.source.is_changed());
        if !self.inputs.iter().any(|spec| spec.source.is_changed()) {
            return None;
        }
        let own = self.models.iter().find(|model| {
            model.output(&model.name).is_some_and(|output| output.members.iter().any(|(_, member)| *member == node))
        });
        // What a model predicts is in the unit of its target, whatever else it is held against.
        if let Some(target) = own.and_then(|model| model.target) {
            return Some(target).filter(is_changed);
        }
        self.compared_with(node).into_iter().find(is_changed)
    }

    /// How many classes a node of the graph gives logits of, where it is what a model predicts of a class or a mask, or is scored
    /// as such.
    pub fn classes_of(&self, node: NodeId) -> Option<usize> {
        let levels = |input: InputId| match &self.graph.inputs.get(input.index())?.ty.kind {
            Kind::Class(levels) | Kind::Mask(levels) => Some(levels.len()),
            _ => None,
        };
        let own = self.models.iter().find(|model| {
            model.output(&model.name).is_some_and(|output| output.members.iter().any(|(_, member)| *member == node))
        });
        let scored = || {
            let pair = self.scores.iter().flat_map(|score| &score.pairs).find(|pair| pair.prediction == node);
            pair.and_then(|pair| levels(pair.truth))
        };
        own.and_then(|model| model.target).and_then(levels).or_else(scored)
    }

    /// The nodes of which the probabilities of classes are averaged over the views of what they read, with how many classes there
    /// are.
    pub fn soft_over_views(&self, nodes: &[NodeId]) -> BTreeMap<NodeId, usize> {
        if !self.inputs.iter().any(|spec| spec.source.averages_probabilities()) {
            return BTreeMap::new();
        }
        let reads_soft = |node: NodeId| {
            let read = self.graph.live_inputs(&self.graph.live([node]));
            read.iter().any(|input| self.inputs[input.index()].source.averages_probabilities())
        };
        let soft = nodes.iter().filter(|node| reads_soft(**node));
        soft.filter_map(|node| Some((*node, self.classes_of(*node)?))).collect()
    }
}
