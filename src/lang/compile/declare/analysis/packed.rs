//! What cannot be asked of a packed model: nobody is divided where it is used, and what it is compared with must be known.

use super::functions::Function;
use crate::compile::code::Code;
use crate::compile::declare::packed::known_of;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::reader::Reader;
use crate::program::{AnalysisKind, Argument};
use fascicle_syntax::Expr;
use indexmap::IndexMap;

/// Refuses what needs training subjects or a division, and truths that whom is asked of has not.
pub(super) fn divides_nobody(
    e: &mut Evaluator<'_>,
    function: &Function,
    arguments: &IndexMap<String, Argument>,
    call: &Expr,
) -> Eval<()> {
    let Some(packed) = e.packed.first() else { return Ok(()) };
    let (model, place) = (e.models[packed.model].name.clone(), packed.span);
    let on = match arguments.get("on") {
        Some(Argument::Word(word)) if ["test", "holdout", "all"].contains(&word.as_str()) => Some(word.as_str()),
        _ => None,
    };
    if matches!(function.kind, AnalysisKind::LogisticProbe | AnalysisKind::LinearProbe) || on.is_some() {
        let what = match on {
            Some(word) if function.kind == AnalysisKind::Retrieval => format!("`on: {word}`"),
            _ => format!("`{}`", function.name),
        };
        let hint = match function.kind {
            AnalysisKind::LogisticProbe | AnalysisKind::LinearProbe => {
                "a probe is fitted to training subjects: ask it where the model is trained"
            }
            _ => "ask of everybody: on: unseen",
        };
        let message = format!("{what} needs people who are divided, and nobody is here");
        return e.fail(
            Diagnostic::error(Code::SubsetUnknown, call.span, message)
                .also(place, format!("`{model}` was trained elsewhere"))
                .hint(hint),
        );
    }
    let Some(Argument::Model(asked)) = arguments.get("model") else { return Ok(()) };
    let truths: Vec<usize> = match e.packed_of(*asked) {
        Some(packed) => packed.used().truths.iter().map(|(_, input)| input.index()).collect(),
        None => return Ok(()),
    };
    for argument in arguments.values() {
        let Argument::People { cohort, .. } = argument else { continue };
        for truth in &truths {
            known_of(e, *truth, Some(cohort), call.span)?;
        }
    }
    Ok(())
}

/// Who is the norm where nobody is named: those of whom a packed model holds the residuals.
pub(super) fn norm(e: &mut Evaluator<'_>, reader: &Reader<'_>, model: Option<&Argument>) -> Eval<Argument> {
    let packed = match model {
        Some(Argument::Model(model)) => e.packed_of(*model),
        // What is wrong with the model has been told.
        _ => return Err(Reported),
    };
    let Some(packed) = packed else {
        return reader.missing(e, "reference", "name people who trained nothing: reference: people.test");
    };
    if packed.contents.reference.is_some() {
        return Ok(Argument::Nothing);
    }
    let (file, place) = (packed.file.clone(), packed.span);
    let message = format!("`{file}` holds no residuals of a reference, so that one must be named");
    e.fail(Diagnostic::error(Code::MissingArgument, reader.span, message).also(place, "this model").hint(
        "reference: controls; a packed model holds them where the file of its run asks for a normative_deviation of it",
    ))
}
