//! People that an analysis asks for: `patients`, `healthy.validation`, and the words of `on:`.

use super::super::judged::subset_named;
use super::Context;
use crate::compile::code::Code;
use crate::compile::declare::leak;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::Reader;
use crate::compile::repair;
use crate::program::{Argument, Subset};
use fascicle_syntax::{DeclarationKind, Expr, ExprKind};

/// The cohort that an expression names.
pub(super) fn cohort(e: &mut Evaluator<'_>, expr: &Expr) -> Option<String> {
    let ExprKind::Name(name) = &expr.kind else { return None };
    let position = e.unit.resolve(e.scope(), name)?;
    if !matches!(e.unit.declarations[position].declaration.kind, DeclarationKind::Cohort { .. }) {
        return None;
    }
    e.used[position] = true;
    Some(name.clone())
}

/// `on: holdout`: a subset that the protocol makes.
pub(super) fn on(
    e: &mut Evaluator<'_>,
    reader: &Reader<'_>,
    expr: &Expr,
    words: &[&'static str],
    context: &Context<'_>,
) -> Eval<Argument> {
    let word = reader.word_of(e, "on", expr, words)?;
    if matches!(word, "test" | "holdout") {
        subset_named(e, word, expr.span, context.protocol)?;
    }
    Ok(Argument::Word(word.to_owned()))
}

/// `patients`, `healthy.validation`.
pub(super) fn people(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    if let Some(cohort) = cohort(e, expr) {
        if context.trained_on.contains(&cohort) {
            return e.fail(
                Diagnostic::error(
                    Code::TrainingScored,
                    expr.span,
                    format!("`{cohort}` holds people who trained the model"),
                )
                .hint(format!("ask for those who did not: `{cohort}.test` or `{cohort}.validation`"))
                .repairs(
                    [format!("{cohort}.test"), format!("{cohort}.validation")]
                        .map(|who| repair::written(expr.span, &who)),
                ),
            );
        }
        leak::judged(e, &cohort, context.trained_on, expr.span)?;
        return Ok(Argument::People { cohort, subset: Subset::All });
    }
    if let ExprKind::Field { of, name } = &expr.kind
        && let Some(cohort) = cohort(e, of)
    {
        let subset = subset_named(e, &name.text, name.span, context.protocol)?;
        if subset == Subset::Training {
            return e.fail(
                Diagnostic::error(
                    Code::TrainingScored,
                    name.span,
                    "people who trained the model are not a fair reference",
                )
                .hint(format!("use `{cohort}.validation` or `{cohort}.test`"))
                .repairs(["test", "validation"].map(|who| repair::written(name.span, who))),
            );
        }
        if !context.trained_on.contains(&cohort) {
            return e.fail(
                Diagnostic::error(
                    Code::SubsetUnknown,
                    name.span,
                    format!("no stage trains on `{cohort}`, so it is not divided"),
                )
                .hint(format!("use all of it: `{cohort}`"))
                .repair(repair::written(expr.span, &cohort)),
            );
        }
        return Ok(Argument::People { cohort, subset });
    }
    e.fail(
        Diagnostic::error(Code::KindMismatch, expr.span, format!("`{}` needs people here", context.function.name))
            .hint("name a cohort, or a subset of one: `patients`, `healthy.test`"),
    )
}
