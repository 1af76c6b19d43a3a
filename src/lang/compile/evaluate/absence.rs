//! What happens to values that some people lack (law 4).
//!
//! A value's presence is the set of inputs that a subject must have for it to exist. Functions of one value keep it.
//! A block applied to values of different presence is computed for the people who have all of them. Everything else
//! that joins values needs equal presence, or is a place where absence has a meaning.

use super::{Code, Diagnostic, Eval, Evaluator};
use crate::compile::repair;
use crate::graph::{NodeId, Op, Presence};
use fascicle_syntax::Span;

impl Evaluator<'_> {
    /// Names of the inputs that must be there: "`hippocampal`".
    pub(super) fn describe_presence(&self, presence: &Presence) -> String {
        let names: Vec<String> =
            presence.iter().filter_map(|i| self.inputs.get(i.index())).map(|i| format!("`{}`", i.name)).collect();
        names.join(" and ")
    }

    /// The value for those people who have all of `presence`.
    pub(super) fn restrict(&mut self, node: NodeId, presence: &Presence, span: Span) -> Eval<NodeId> {
        let ty = self.ty(node).clone();
        if &ty.presence == presence || !ty.batched {
            return Ok(node);
        }
        self.node(Op::Restrict, vec![node], None, ty.held_by(presence.clone()), 0, span)
    }

    /// The presence that all inputs share; an error where some people have one and lack another.
    pub(super) fn common_presence(
        &mut self,
        nodes: &[NodeId],
        spans: &[Span],
        call: Span,
        what: &str,
    ) -> Eval<Presence> {
        let batched: Vec<(usize, NodeId)> =
            nodes.iter().copied().enumerate().filter(|(_, n)| self.ty(*n).batched).collect();
        let Some((_, first)) = batched.first().copied() else { return Ok(Presence::new()) };
        let presence = self.ty(first).presence.clone();
        let Some((_, odd)) = batched.iter().copied().find(|(_, n)| self.ty(*n).presence != presence) else {
            return Ok(presence);
        };
        // Point at the one that may be absent, and at one that is there without it.
        let lacking = batched
            .iter()
            .copied()
            .find(|(_, n)| self.ty(*n).may_be_absent())
            .map_or((0, odd), |(position, node)| (position, node));
        let lacked = self.ty(lacking.1).presence.clone();
        let other = batched.iter().copied().find(|(_, n)| self.ty(*n).presence != lacked);
        let who = self.describe_presence(&lacked);
        let span = spans.get(lacking.0).copied().unwrap_or(call);
        let source = lacked.iter().next().and_then(|i| self.input_spans.get(i.index())).copied();
        let text = self.sources.text(span).to_string();
        let word = text.chars().all(|c| c.is_alphanumeric() || c == '_');
        let name = match text.len() <= 40 && !text.contains('\n') {
            true if word => text,
            true => format!("({text})"),
            false => "x".into(),
        };
        let mut diagnostic = Diagnostic::error(
            Code::AbsentUsed,
            span,
            format!("`{what}` cannot take a value that some people lack (those without {who})"),
        )
        .label("may be absent");
        if let Some((position, node)) = other {
            let present = spans.get(position).copied().unwrap_or_else(|| self.origin(node));
            diagnostic = diagnostic.also(present, "is there also for people without it");
        }
        if let Some(source) = source {
            diagnostic = diagnostic.also(source, "declared with `?` here");
        }
        let fix = repair::or_zeros(self.sources, span);
        self.fail(diagnostic.repair(fix).hint(format!(
            "say what stands in for it: `{name} ?? zeros`; or fuse with `poe`, pool over a family, or do this inside a block"
        )))
    }
}
