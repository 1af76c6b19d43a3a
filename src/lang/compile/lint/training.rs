//! Clauses of a stage that undo one another, or that change nothing.

use super::Base;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::repair;
use crate::compile::unit::Unit;
use crate::program::InputSource;
use fascicle_syntax::{Clause, DeclarationKind, ExprKind, SourceId};

pub(super) fn training(unit: &Unit, base: &Base<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for declared in unit.declarations.iter().filter(|d| d.scope == 0) {
        let DeclarationKind::Train { model, clauses, .. } = &declared.declaration.kind else { continue };
        // What a file extends is told of its own.
        if model.span.source != SourceId::default() {
            continue;
        }
        let clause = |word: &str| clauses.iter().find(|c| c.word.text == word);
        diagnostics.extend(last_of_early(clause("keep"), clause("stop")));
        if let Some(augment) = clause("augment").filter(|_| reads_no_image(base, &model.text)) {
            let last = augment.values.last().map_or(augment.word.span, |value| value.value.span);
            let fix = repair::without(base.sources, augment.word.span.to(last), "leave out `augment`".into());
            diagnostics.push(
                Diagnostic::error(
                    Code::NothingAugmented,
                    augment.word.span,
                    format!("`augment` changes images, and the stage of `{}` reads none", model.text),
                )
                .also(model.span, "this stage")
                .hint("leave it out; noise in columns is a layer of the model: `|> Dropout(0.1)`")
                .repairs(fix),
            );
        }
    }
}

/// `stop early` with `keep last`: the epochs that were waited in vain are the ones that stay.
fn last_of_early(keep: Option<&Clause>, stop: Option<&Clause>) -> Option<Diagnostic> {
    let (keep, stop) = (keep?, stop?);
    let ExprKind::Name(word) = &keep.values.first()?.value.kind else { return None };
    if word != "last" {
        return None;
    }
    let fix = repair::written(keep.values.first()?.value.span, "best");
    let message = "`stop early` waits for epochs that are no better, and `keep last` keeps the last of those";
    Some(
        Diagnostic::error(Code::BestDiscarded, keep.word.span, message)
            .also(stop.word.span, "stops when the best epoch lies behind")
            .hint("write `keep best`, or leave `keep` out: the best on the validation subjects is what stays")
            .repair(fix),
    )
}

/// Whether every stage of the model reads columns alone.
fn reads_no_image(base: &Base<'_>, model: &str) -> bool {
    let program = base.program;
    let Some(index) = program.models.iter().position(|m| m.name == model) else { return false };
    let losses = program.stages.iter().filter(|s| s.model == index).map(|s| s.loss);
    let read = program.graph.live_inputs(&program.graph.live(losses));
    !read
        .iter()
        .any(|input| matches!(program.inputs[input.index()].source, InputSource::Image { .. } | InputSource::Given))
}
