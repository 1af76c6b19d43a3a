//! `pair t1, falff by nearest day`: which images of which sessions make one record. Read when the inputs are known.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::repair;
use crate::program::{CohortSource, InputSource, Pairing};
use fascicle_syntax::{BinaryOp, Clause, ClauseValue, Expr, ExprKind, Span, nearest};

/// Compiles the `pair` clauses of the cohort with this name; at most one stands.
pub(in crate::compile) fn pair(e: &mut Evaluator<'_>, cohort: &str, clauses: &[Clause]) -> Eval<()> {
    let mut clauses = clauses.iter().filter(|c| c.word.text == "pair");
    let Some(clause) = clauses.next() else { return Ok(()) };
    if let Some(second) = clauses.next() {
        return e.fail(
            Diagnostic::error(Code::UnknownClause, second.word.span, "`pair` is given twice")
                .also(clause.word.span, "first here")
                .hint("name all images in one: pair t1, falff, pet by nearest day"),
        );
    }
    let Some(at) = e.cohorts.iter().position(|c| c.name == cohort) else { return Ok(()) };
    if !matches!(e.cohorts[at].source, CohortSource::Bids { .. }) {
        let last = clause.values.last().map_or(clause.word.span, |v| v.value.span);
        let without = repair::without(e.sources, clause.word.span.to(last), "remove `pair`".into());
        return e.fail(
            Diagnostic::error(
                Code::UnknownClause,
                clause.word.span,
                "only people of a BIDS folder have sessions to be paired",
            )
            .hint("read them by bids(\"folder\"), or remove `pair`")
            .repairs(without),
        );
    }
    let (names, column) = parts(e, clause)?;
    let images = all(names.iter().map(|name| image(e, cohort, name)))?;
    let first = clause.values.first().map_or(clause.word.span, |v| v.value.span);
    let last = clause.values.last().map_or(clause.word.span, |v| v.value.span);
    let spelling = format!("pair {}", e.sources.text(Span { end: last.end, ..first }));
    e.cohorts[at].pair = Some(Pairing { spelling, images, column });
    Ok(())
}

/// The names, and the column after `by nearest` unless it is `day`.
fn parts<'t>(e: &mut Evaluator<'_>, clause: &'t Clause) -> Eval<(Vec<&'t Expr>, Option<String>)> {
    let example = "write: pair t1, falff by nearest day";
    let mut names: Vec<&Expr> = clause.values.iter().map(|v: &ClauseValue| &v.value).collect();
    let Some(Expr { kind: ExprKind::Binary { op: BinaryOp::By, left, right }, .. }) = names.pop() else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, clause.word.span, "`pair` needs to know by what sessions meet")
                .hint(example),
        );
    };
    names.push(left);
    let column = match &right.kind {
        ExprKind::Phrase(words) => match words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().as_slice() {
            ["nearest", "day"] => Some(None),
            ["nearest", column] => Some(Some((*column).to_owned())),
            _ => None,
        },
        _ => None,
    };
    let Some(column) = column else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, right.span, "sessions are paired by the nearest day")
                .hint(
                    "`by nearest day`, or `by nearest visit` where the column `visit` of sessions.tsv counts the days",
                )
                .repair(repair::written(right.span, "nearest day")),
        );
    };
    if names.len() < 2 {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, clause.word.span, "`pair` brings together two images or more")
                .hint(example),
        );
    }
    Ok((names, column))
}

/// The pattern of an image of this cohort, by its name.
fn image(e: &mut Evaluator<'_>, cohort: &str, expr: &Expr) -> Eval<(String, String)> {
    let ExprKind::Name(name) = &expr.kind else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "expected the name of a modality")
                .hint("write: pair t1, falff by nearest day"),
        );
    };
    let of_cohort = |source: &Option<String>| source.as_deref().is_none_or(|c| c == cohort);
    let found = e.inputs.iter().find(|i| i.name == *name);
    if let Some(InputSource::Image { pattern, .. }) = found.filter(|i| of_cohort(&i.cohort)).map(|i| &i.source) {
        return Ok((name.clone(), pattern.clone()));
    }
    let known: Vec<&str> = e
        .inputs
        .iter()
        .filter(|i| of_cohort(&i.cohort) && matches!(i.source, InputSource::Image { .. }))
        .map(|i| i.name.as_str())
        .collect();
    let hint = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("declare one: modality {name}: .. = {cohort}.image(\"anat/*_T1w.nii.gz\")"),
        None => format!("its images are {}", known.join(", ")),
    };
    let message = match found {
        Some(_) => format!("`{name}` is no image of `{cohort}`"),
        None => format!("`{cohort}` has no image `{name}`"),
    };
    e.fail(
        Diagnostic::error(Code::InputSource, expr.span, message)
            .hint(hint)
            .repairs(repair::meant(name, &known, expr.span)),
    )
}
