//! Probes of what a model was given: telling a column from an embedding that was computed from that column says that the
//! model keeps it, not that it found it.

use super::Context;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::Evaluator;
use crate::compile::repair;
use crate::program::{AnalysisKind, Argument, InputSource, InputSpec};
use fascicle_syntax::Span;
use indexmap::IndexMap;

/// Warns of a probe that tells what stands among the inputs of the embedding.
pub(super) fn warn(e: &mut Evaluator<'_>, arguments: &IndexMap<String, Argument>, context: &Context<'_>, span: Span) {
    let told = match context.function.kind {
        AnalysisKind::LogisticProbe => arguments.get("target"),
        AnalysisKind::LinearProbe => arguments.get("factor"),
        _ => return,
    };
    let (cohort, told) = match told {
        Some(Argument::Column { cohort, column, .. }) => (cohort, std::slice::from_ref(column)),
        Some(Argument::Columns { cohort, columns }) => (cohort, columns.as_slice()),
        _ => return,
    };
    let of_one = |other: &Option<String>| cohort.is_none() || other.is_none() || cohort == other;
    let told_of = |columns: &[String]| told.iter().find(|column| columns.contains(column)).cloned();
    let found = match arguments.get("values") {
        Some(Argument::Output { members, .. }) => {
            let live = e.graph.live(members.iter().map(|(_, node)| *node));
            let inputs = e.graph.live_inputs(&live);
            inputs.into_iter().map(|input| input.index()).find_map(|at| {
                let spec = &e.inputs[at];
                let column = told_of(&columns_of(spec)).filter(|_| of_one(&spec.cohort))?;
                Some((column, Some((spec.name.clone(), e.input_spans[at]))))
            })
        }
        Some(Argument::Column { cohort: other, column, .. }) if of_one(other) => {
            told_of(std::slice::from_ref(column)).map(|column| (column, None))
        }
        Some(Argument::Columns { cohort: other, columns }) if of_one(other) => {
            told_of(columns).map(|column| (column, None))
        }
        _ => None,
    };
    let Some((column, input)) = found else { return };
    let diagnostic = match input {
        Some((name, declared)) => {
            let message = format!("the probe tells `{column}`, which the model reads from `{name}`");
            Diagnostic::error(Code::ProbeOfInput, span, message)
                .also(declared, "read here")
                .hint(format!("leave `{column}` out of `{name}`, unless it is asked whether the model keeps it"))
        }
        None => {
            let message = format!("the probe tells `{column}` from `{column}` itself");
            let fix =
                repair::word_in(e.sources, span, &column).and_then(|place| repair::without_item(e.sources, place));
            Diagnostic::error(Code::ProbeOfInput, span, message)
                .hint(format!("leave `{column}` out of the columns"))
                .repairs(fix)
        }
    };
    // The variants of a sweep would each say it.
    if !e.diagnostics.contains(&diagnostic) {
        e.diagnostics.push(diagnostic);
    }
}

fn columns_of(input: &InputSpec) -> Vec<String> {
    match &input.source {
        InputSource::Column { column, .. } => vec![column.clone()],
        InputSource::Columns { columns, .. } => columns.iter().flat_map(|c| c.select.names().to_vec()).collect(),
        InputSource::Image { .. } | InputSource::Given => Vec::new(),
    }
}
