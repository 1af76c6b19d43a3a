//! What only the whole program can say of an analysis: whether a model's outputs can deviate from anything.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::reader::call_parts;
use crate::program::{AnalysisKind, Argument, Program};
use fascicle_syntax::{DeclarationKind, Expr, ExprKind};

/// A deviation is one from what was observed: some output must be compared with an input.
pub(in crate::compile) fn deviations(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    let mut failed = false;
    for analysis in program.analyses.iter().filter(|a| a.kind == AnalysisKind::NormativeDeviation) {
        let Some(Argument::Model(model)) = analysis.arguments.get("model") else { continue };
        if !program.residuals(*model).is_empty() {
            continue;
        }
        let own = analysis.family().unwrap_or(&analysis.name);
        let declared = e.unit.declarations.iter().filter(|d| d.scope == 0).find_map(|d| match &d.declaration.kind {
            DeclarationKind::Analysis { name, calls } if name.text == own => Some((name, calls)),
            _ => None,
        });
        let Some((name, calls)) = declared else { continue };
        let place = calls.first().and_then(model_of).map_or(name.span, |model| model.span);
        let model = &program.models[*model].name;
        let message =
            format!("no loss and no score compares an output of `{model}` with an input, so nothing deviates");
        let diagnostic = Diagnostic::error(Code::KindMismatch, place, message).hint(format!(
            "minimise the difference to an input directly: mse({model}, x), squared_error({model}.recon[m], m)"
        ));
        failed |= e.fail::<()>(diagnostic).is_err();
    }
    if failed { Err(Reported) } else { Ok(()) }
}

/// Where the call, or the one in the loop, names the model.
fn model_of(call: &Expr) -> Option<&Expr> {
    let call = match &call.kind {
        ExprKind::For { body, .. } => body.result.as_deref()?,
        _ => call,
    };
    let arguments = call_parts(call)?.arguments;
    let named = arguments.iter().find(|a| a.name.as_ref().is_some_and(|name| name.text == "model"));
    named.or(arguments.first()).map(|argument| &argument.value)
}
