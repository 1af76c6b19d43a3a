//! What cannot be asked of a packed model: nobody is divided where it is used, and what it is compared with must be known.

use super::functions::Function;
use crate::compile::code::Code;
use crate::compile::declare::packed::known_of;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
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
        return e.fail(
            Diagnostic::error(Code::SubsetUnknown, call.span, format!("{what} needs people who are divided, and nobody is here"))
                .also(place, format!("`{model}` was trained elsewhere"))
                .hint("ask it where the model is trained; here ask of everybody: on: unseen"),
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
