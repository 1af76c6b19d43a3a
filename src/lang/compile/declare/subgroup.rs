//! `within` and `take` of a stage: which of the training people it trains on, and how many of them.

use super::keep::{Read, predicate};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::repair;
use crate::compile::value::{Value, spell};
use crate::program::{Cohort, Predicate, Take};
use fascicle_syntax::{Expr, ExprKind, Fix, Span, lexemes};

/// `within sex == M`: a condition as `keep` has, on the people of the stage's cohorts. `everybody` is none;
/// `if alone { sex == M } else { everybody }`, and the same by `match`, ask a parameter.
pub(super) fn within(e: &mut Evaluator<'_>, expr: &Expr, cohorts: &[String]) -> Eval<Option<Predicate>> {
    match &expr.kind {
        ExprKind::Name(word) if word == "everybody" => return Ok(None),
        ExprKind::If { condition, then, otherwise } => {
            let value = e.eval(condition)?;
            let body = if e.condition(&value, condition.span)? { Some(then) } else { otherwise.as_ref() };
            return match body.map(|body| body.result.as_deref()) {
                Some(Some(chosen)) => within(e, chosen, cohorts),
                // What holds where there is no clause.
                None => Ok(None),
                Some(None) => e.fail(
                    Diagnostic::error(Code::WrongArgument, expr.span, "one of the two says nothing")
                        .hint("write: within if alone { sex == F } else { everybody }")
                        .repairs(empty_branch(e, expr.span, "everybody")),
                ),
            };
        }
        ExprKind::Match { scrutinee, arms } => {
            let chosen = e.arm(scrutinee, arms, expr.span)?;
            return within(e, chosen, cohorts);
        }
        _ => {}
    }
    let mut read = Read::default();
    let condition = predicate(e, expr, &mut read)?;
    let trained: Vec<Cohort> =
        e.cohorts.iter().filter(|c| cohorts.is_empty() || cohorts.contains(&c.name)).cloned().collect();
    all(trained.iter().map(|cohort| match e.tables.of(cohort) {
        Ok(table) => read.check(e, cohort, &table),
        // What is wrong with a table is told where its cohort is declared.
        Err(_) => Ok(()),
    }))?;
    Ok(Some(condition))
}

/// The first body of a conditional that holds nothing, with what stands for nothing in it.
pub(super) fn empty_branch(e: &Evaluator<'_>, conditional: Span, word: &str) -> Option<Fix> {
    let text = e.sources.text(conditional);
    let words = lexemes(text);
    let (open, close) = words.windows(2).map(|pair| (pair[0], pair[1])).find(|(open, close)| {
        text.get(open.start..open.end) == Some("{") && text.get(close.start..close.end) == Some("}")
    })?;
    let start = conditional.start;
    let inside = Span { start: start + open.end as u32, end: start + close.start as u32, ..conditional };
    Some(Fix::new(format!("write `{word}`"), inside, format!(" {word} ")))
}

/// `take 0.5`, `take 200`.
pub(super) fn take(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Take> {
    let value = e.eval(expr)?;
    match &value {
        Value::Int(n) if *n >= 1 => Ok(Take::Count(usize::try_from(*n).unwrap_or(usize::MAX))),
        other => match other.as_real() {
            Some(share) if share > 0.0 && share <= 1.0 => Ok(Take::Share(share)),
            _ => {
                let found = if value.as_real().is_some() { spell(&value) } else { value.describe().to_string() };
                let message =
                    format!("`take` takes a number of people, or their share above 0 and up to 1.0, found {found}");
                e.fail(
                    Diagnostic::error(Code::WrongArgument, expr.span, message)
                        .hint("for example `take 200`, or `take 0.5` for half of all who could train")
                        .repair(repair::written(expr.span, "1.0")),
                )
            }
        },
    }
}
