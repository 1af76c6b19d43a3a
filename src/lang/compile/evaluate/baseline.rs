//! Baselines as values: each is a model of one node, which is computed outside of the network.

use super::{Code, Diagnostic, Eval, Evaluator, Reported};
use crate::compile::declare::baseline::baseline;
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{Kind, NodeId, Op, Presence, TensorType};
use crate::program::{Model, Output};
use fascicle_syntax::{DeclarationKind, Span};
use indexmap::IndexMap;

impl Evaluator<'_> {
    /// Evaluates a baseline declaration.
    pub(super) fn baseline(&mut self, position: usize) -> Eval<Value> {
        let unit = self.unit;
        let declared = &unit.declarations[position];
        let DeclarationKind::Baseline { name, inputs, target, on, method } = &declared.declaration.kind else {
            return Err(Reported);
        };
        self.depth += 1;
        let compiled = self.with_root(&name.text, declared.scope, |e| {
            let compiled = baseline(e, name, inputs, target, on, method)?;
            let read: Vec<NodeId> =
                compiled.inputs.iter().map(|input| e.input_node(input.index(), name.span)).collect::<Eval<_>>()?;
            // A number, or one for each class; for those who have all that is read.
            let outputs = match &e.graph.inputs[compiled.target.index()].ty.kind {
                Kind::Class(levels) => levels.len(),
                _ => 1,
            };
            let presence: Presence = read.iter().flat_map(|node| e.ty(*node).presence.clone()).collect();
            let ty = TensorType::tensor([outputs]).held_by(presence);
            let node = e.node(Op::Baseline, read, None, ty, 0, name.span)?;
            Ok((compiled, node))
        });
        self.depth -= 1;
        let (compiled, node) = compiled?;
        let outputs = vec![Output { name: name.text.clone(), members: vec![(String::new(), node)] }];
        let (model, target) = (self.models.len(), Some(compiled.target));
        self.models.push(Model { name: name.text.clone(), outputs, target, live_roots: Vec::new() });
        self.model_spans.push(name.span);
        self.model_fields.push(IndexMap::from([(String::new(), Value::Tensor(node))]));
        self.baselines.push(crate::program::Baseline { model, ..compiled });
        Ok(Value::Model(model))
    }

    /// Whether a model is a baseline.
    pub fn is_baseline(&self, model: usize) -> bool {
        self.baselines.iter().any(|baseline| baseline.model == model)
    }

    /// An error where a network, or its training, would have to be made of a baseline.
    pub fn no_network<T>(&mut self, model: usize, span: Span) -> Eval<T> {
        let (name, declared) = (self.models[model].name.clone(), self.model_spans[model]);
        let message = format!("`{name}` is a baseline: it is fitted as a whole, and no network can be made of it");
        // To train one is done by its own declaration.
        let trained = self.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
            DeclarationKind::Train { model, .. } if model.span == span => Some(d.declaration.span),
            _ => None,
        });
        let fix = trained.and_then(|place| repair::without(self.sources, place, format!("remove `train {name}`")));
        self.fail(
            Diagnostic::error(Code::KindMismatch, span, message)
                .also(declared, "declared here")
                .hint(format!("it can be scored, compared and analysed: score {name}: .."))
                .repairs(fix),
        )
    }
}
