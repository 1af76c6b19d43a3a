//! Where the variants of a sweep part: what lies before is taken over from an earlier one, not evaluated again.
//!
//! ```text
//!  the file    inputs ─ model parts ─ model segment ─ model filled ─ train .. ─ score ..
//!                                  ①               ②              ③
//!  rate=0.1                                                        └ train .. ─ score ..   no model reads `rate`
//!  fill=mean                                        └ model filled ─ train .. ─ score ..   the first two do not read `fill`
//! ```
//!
//! Evaluation takes one way through a file, and what it makes depends on the text and on the params and groups that it
//! consulted. So a variant that agrees with an earlier one in all that was consulted up to a [`Checkpoint`] begins there, with the
//! first nodes and modules of that one's graph.

use super::{Evaluator, Global};
use crate::compile::diagnostic::Severity;
use crate::compile::value::Value;
use crate::graph::Graph;
use fascicle_syntax::{DeclarationKind, Span};
use indexmap::IndexMap;
use std::rc::Rc;

/// A variant as it stood behind some of its models.
struct Checkpoint<'a> {
    /// All of it but its nodes and modules.
    evaluator: Evaluator<'a>,
    /// How many nodes and modules it had: they begin the finished graph.
    nodes: usize,
    modules: usize,
    /// How many of the file's models had been evaluated.
    models: usize,
}

/// The checkpoints that a variant has passed, the last one furthest on.
#[derive(Default)]
pub(in crate::compile) struct Checkpoints<'a> {
    checkpoints: Vec<Rc<Checkpoint<'a>>>,
    origins: Vec<Span>,
}

impl<'a> Checkpoints<'a> {
    /// Remembers how the variant stands behind this many models, unless it is wrong. What it was warned of is told once, and
    /// not again of the variants that begin here.
    pub(in crate::compile) fn pass(&mut self, e: &mut Evaluator<'a>, models: usize) {
        if e.diagnostics.iter().any(|d| d.severity == Severity::Error) {
            return;
        }
        let (nodes, modules) = (std::mem::take(&mut e.graph.nodes), std::mem::take(&mut e.graph.modules));
        let origins = std::mem::take(&mut e.origins);
        let told = std::mem::take(&mut e.diagnostics);
        let recorder = e.recorder.take();
        let checkpoint = Checkpoint { evaluator: e.clone(), nodes: nodes.len(), modules: modules.len(), models };
        e.diagnostics = told;
        e.recorder = recorder;
        (e.graph.nodes, e.graph.modules, e.origins) = (nodes, modules, origins);
        self.checkpoints.push(Rc::new(checkpoint));
    }

    /// The variant is finished; `origins` are those of its nodes.
    pub(in crate::compile) fn finish(&mut self, origins: Vec<Span>) {
        self.origins = origins;
    }

    /// Where the file makes each node of the finished graph.
    pub(in crate::compile) fn origins(&self) -> &[Span] {
        &self.origins
    }

    /// How many models lie behind the furthest checkpoint before which no param or group that `differs` was consulted.
    pub(in crate::compile) fn reaches(&self, differs: &dyn Fn(&str) -> bool) -> usize {
        self.shared(differs).map_or(0, |checkpoint| checkpoint.models)
    }

    fn shared(&self, differs: &dyn Fn(&str) -> bool) -> Option<&Rc<Checkpoint<'a>>> {
        self.checkpoints.iter().rev().find(|checkpoint| {
            let e = &checkpoint.evaluator;
            let consulted = e.consulted.iter().map(|p| &e.unit.declarations[*p].declaration.kind);
            !consulted.filter_map(DeclarationKind::name).any(|name| differs(&name.text))
        })
    }

    /// A variant that begins at the furthest checkpoint it shares, the trail up to there, and how many models lie behind it.
    /// `graph` is the finished graph of the variant that passed here.
    pub(in crate::compile) fn resume(
        &self,
        graph: &Graph,
        settings: IndexMap<String, Value>,
        differs: &dyn Fn(&str) -> bool,
    ) -> Option<(Evaluator<'a>, Checkpoints<'a>, usize)> {
        let from = self.shared(differs)?;
        let mut e = from.evaluator.clone();
        e.settings = settings;
        e.graph.modules = graph.modules.get(..from.modules)?.to_vec();
        e.graph.nodes = graph.nodes.get(..from.nodes)?.to_vec();
        e.origins = self.origins.get(..from.nodes)?.to_vec();
        // Params and groups that nothing consulted so far have the values of the other variant.
        for position in (0..e.globals.len()).filter(|p| e.unit.can_be_set(*p)) {
            if !e.consulted.contains(&position) {
                e.globals[position] = Global::Untouched;
            }
        }
        let passed = self.checkpoints.iter().take_while(|c| c.models <= from.models).cloned().collect();
        Some((e, Checkpoints { checkpoints: passed, origins: Vec::new() }, from.models))
    }
}
