//! What would leak from test to training although every split is by subject (law 5).
//!
//! Two cohorts that read one table share people unless their `keep` clauses exclude one another; a condition that
//! holds the target's column gives the answer away, and so does a step that reads it to prepare others.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::repair;
use crate::graph::InputId;
use crate::program::{Cohort, Comparison, InputSource, Predicate, Scalar, Stage};
use fascicle_syntax::{BinaryOp, DeclarationKind, ExprKind, Fix, Span};

/// Cohorts that are trained on are divided each by itself: two that share people would have one person on both sides.
pub(in crate::compile) fn people(e: &mut Evaluator<'_>, trained_on: &[String]) -> Eval<()> {
    let trained: Vec<Cohort> = e.cohorts.iter().filter(|c| trained_on.contains(&c.name)).cloned().collect();
    for (position, second) in trained.iter().enumerate() {
        if let Some(first) = trained[..position].iter().find(|first| share_people(first, second)) {
            let (a, b) = (&first.name, &second.name);
            let place = declared(e, b);
            let message = format!("`{a}` and `{b}` hold the same people, and each is divided by itself");
            return e.fail(
                Diagnostic::error(Code::SubjectsSplit, place, message)
                    .label("reads the same people")
                    .also(declared(e, a), "read here too")
                    .hint(format!("train on one of them, or keep their people apart: {}", apart(a, b)))
                    .repairs(without_shared(e, first, second)),
            );
        }
    }
    Ok(())
}

/// People who are judged by a model must not have trained it under the name of another cohort.
pub(in crate::compile) fn judged(e: &mut Evaluator<'_>, cohort: &str, trained_on: &[String], place: Span) -> Eval<()> {
    let Some(judged) = e.cohorts.iter().find(|c| c.name == cohort).cloned() else { return Ok(()) };
    let trained: Vec<Cohort> = e.cohorts.iter().filter(|c| trained_on.contains(&c.name)).cloned().collect();
    let Some(other) = trained.iter().find(|c| share_people(c, &judged)) else { return Ok(()) };
    let message = format!("people of `{cohort}` may be among those of `{}`, who trained the model", other.name);
    let (here, there) = (declared(e, cohort), declared(e, &other.name));
    e.fail(
        Diagnostic::error(Code::SubjectsSplit, place, message)
            .also(here, "reads the same source as the other")
            .also(there, "trains the model")
            .hint(format!("keep their people apart: {}", apart(&other.name, cohort)))
            .repairs(without_shared(e, other, &judged)),
    )
}

fn apart(a: &str, b: &str) -> String {
    format!("`keep diagnosis == \"control\"` in `{a}` and `keep diagnosis != \"control\"` in `{b}`")
}

/// The second cohort without whom the first one keeps: those who do not meet its only condition.
fn without_shared(e: &Evaluator<'_>, first: &Cohort, second: &Cohort) -> Option<Fix> {
    let keeps = |cohort: &Cohort| {
        let position = e.unit.resolve(0, &cohort.name)?;
        let DeclarationKind::Cohort { source, clauses, .. } = &e.unit.declarations.get(position)?.declaration.kind
        else {
            return None;
        };
        Some((source.span, clauses))
    };
    let ((_, own), (source, others)) = (keeps(first)?, keeps(second)?);
    let mut conditions = own.iter().filter(|clause| clause.word.text == "keep").flat_map(|clause| &clause.values);
    let (condition, None) = (conditions.next()?, conditions.next()) else { return None };
    let ExprKind::Binary { op, left, right } = &condition.value.kind else { return None };
    let opposite = match op {
        BinaryOp::Less => ">=",
        BinaryOp::LessOrEqual => ">",
        BinaryOp::Greater => "<=",
        BinaryOp::GreaterOrEqual => "<",
        BinaryOp::Equal => "!=",
        BinaryOp::NotEqual => "==",
        _ => return None,
    };
    let clause = format!("keep {} {opposite} {}", e.sources.text(left.span), e.sources.text(right.span));
    match others.is_empty() {
        true => {
            let end = Span { start: source.end, ..source };
            Some(Fix::new(format!("add `{clause}`"), end, format!(" {{ {clause} }}")))
        }
        false => repair::with_clause(e.sources, source, &clause),
    }
}

fn declared(e: &Evaluator<'_>, cohort: &str) -> Span {
    let position = e.unit.resolve(0, cohort);
    position.map_or_else(Span::default, |p| match &e.unit.declarations[p].declaration.kind {
        DeclarationKind::Cohort { name, .. } => name.span,
        _ => e.unit.declarations[p].declaration.span,
    })
}

/// Whether somebody can be in both cohorts.
fn share_people(a: &Cohort, b: &Cohort) -> bool {
    if !a.source.is_same(&b.source) || a.name == b.name {
        return false;
    }
    let conditions = |c: &Cohort| {
        let mut all = Vec::new();
        for (_, predicate) in &c.keep {
            conjuncts(predicate, c, &mut all);
        }
        all
    };
    let (of_a, of_b) = (conditions(a), conditions(b));
    !of_a.iter().any(|x| of_b.iter().any(|y| exclude(x, y)))
}

/// What one condition accepts of one column, by the column's own name.
struct Accepts {
    column: String,
    what: Values,
}

enum Values {
    /// Numbers between bounds; the flags say whether the bounds themselves belong.
    Between { low: (f64, bool), high: (f64, bool) },
    /// One of these.
    OneOf(Vec<Scalar>),
    /// None of these.
    NoneOf(Vec<Scalar>),
}

/// Conditions that must all hold. Alternatives, negations and sessions exclude nobody as far as is known here.
fn conjuncts(predicate: &Predicate, cohort: &Cohort, into: &mut Vec<Accepts>) {
    let own = |column: &String| cohort.rename.get(column).unwrap_or(column).clone();
    match predicate {
        Predicate::And(a, b) => {
            conjuncts(a, cohort, into);
            conjuncts(b, cohort, into);
        }
        Predicate::In { column, values } => {
            into.push(Accepts { column: own(column), what: Values::OneOf(values.clone()) });
        }
        Predicate::Compare { column, comparison, value } => {
            let all = (f64::NEG_INFINITY, f64::INFINITY);
            let what = match (comparison, value) {
                (Comparison::Equal, value) => Values::OneOf(vec![value.clone()]),
                (Comparison::NotEqual, value) => Values::NoneOf(vec![value.clone()]),
                (Comparison::Less, Scalar::Number(n)) => Values::Between { low: (all.0, false), high: (*n, false) },
                (Comparison::LessOrEqual, Scalar::Number(n)) => {
                    Values::Between { low: (all.0, false), high: (*n, true) }
                }
                (Comparison::Greater, Scalar::Number(n)) => Values::Between { low: (*n, false), high: (all.1, false) },
                (Comparison::GreaterOrEqual, Scalar::Number(n)) => {
                    Values::Between { low: (*n, true), high: (all.1, false) }
                }
                _ => return,
            };
            into.push(Accepts { column: own(column), what });
        }
        Predicate::Session { .. } | Predicate::Or(..) | Predicate::Not(..) => {}
    }
}

/// Whether no value meets both.
fn exclude(a: &Accepts, b: &Accepts) -> bool {
    use Values::{Between, NoneOf, OneOf};
    if a.column != b.column {
        return false;
    }
    match (&a.what, &b.what) {
        (Between { low: l1, high: h1 }, Between { low: l2, high: h2 }) => below(*h1, *l2) || below(*h2, *l1),
        (OneOf(values), other) | (other, OneOf(values)) => values.iter().all(|value| match other {
            OneOf(others) => !others.contains(value),
            NoneOf(others) => others.contains(value),
            Between { low, high } => match value {
                Scalar::Number(n) => below(*high, (*n, true)) || below((*n, true), *low),
                Scalar::Text(_) => true,
            },
        }),
        _ => false,
    }
}

/// Whether everything up to the first bound lies below everything from the second.
fn below(high: (f64, bool), low: (f64, bool)) -> bool {
    high.0 < low.0 || (high.0 == low.0 && !(high.1 && low.1))
}

/// A model, or what a stage minimises, must not read the column that it predicts.
pub(in crate::compile) fn columns(e: &mut Evaluator<'_>, stages: &[Stage]) -> Eval<()> {
    let mut predicted: Vec<(InputId, Vec<InputId>)> = Vec::new();
    for model in &e.models {
        let nodes = model.outputs.iter().flat_map(|o| o.members.iter().map(|(_, n)| *n));
        if let Some(target) = model.target {
            predicted.push((target, e.graph.live_inputs(&e.graph.live(nodes))));
        }
    }
    for stage in stages {
        let read = e.graph.live_inputs(&e.graph.live([stage.loss]));
        for target in read.iter().filter(|i| e.inputs[i.index()].role == crate::program::InputRole::Target) {
            predicted.push((*target, read.clone()));
        }
    }
    for (target, read) in predicted {
        for input in read {
            holds_target(e, input.index(), target.index())?;
        }
    }
    Ok(())
}

fn holds_target(e: &mut Evaluator<'_>, input: usize, target: usize) -> Eval<()> {
    let (spec, wanted) = (&e.inputs[input], &e.inputs[target]);
    let InputSource::Column { column, .. } = &wanted.source else { return Ok(()) };
    let InputSource::Columns { columns, .. } = &spec.source else { return Ok(()) };
    if spec.cohort.is_some() && wanted.cohort.is_some() && spec.cohort != wanted.cohort {
        return Ok(());
    }
    let own = |name: &String| {
        let cohort =
            e.cohorts.iter().find(|c| spec.cohort.as_ref().or(wanted.cohort.as_ref()).is_none_or(|n| *n == c.name));
        cohort.and_then(|c| c.rename.get(name)).unwrap_or(name).clone()
    };
    let answer = own(column);
    let holds = columns.iter().flat_map(|c| c.select.names()).find(|name| own(name) == answer).cloned();
    let read = e.covariates.iter().find(|(at, read)| *at == input && own(&read.column) == answer).cloned();
    if let (None, Some((_, read))) = (&holds, read) {
        let message =
            format!("`{}` reads the column `{}`, which is what `{}` predicts", read.step, read.column, wanted.name);
        let hint = match read.argument {
            "by" => "harmonise by another column, or leave the step out".to_owned(),
            argument => format!("leave `{}` out of `{argument}`", read.column),
        };
        let there = e.input_spans[target];
        let left_out = match read.argument {
            "by" => repair::without_stage_around(e.sources, read.span),
            _ => repair::without_item(e.sources, read.span),
        };
        return e.fail(
            Diagnostic::error(Code::CovariateIsTarget, read.span, message)
                .also(there, "the target")
                .hint(hint)
                .repairs(left_out),
        );
    }
    let Some(held) = holds else { return Ok(()) };
    let (name, target_name) = (spec.name.clone(), wanted.name.clone());
    let (here, there) = (e.input_spans[input], e.input_spans[target]);
    let message = format!("`{name}` holds the column `{held}`, which is what `{target_name}` predicts");
    let source = e.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
        DeclarationKind::Input { name, source, .. } if d.scope == 0 && name.span.start == here.start => {
            Some(source.span)
        }
        _ => None,
    });
    let place = source.and_then(|source| repair::word_in(e.sources, source, &held));
    let fix = place.and_then(|place| repair::without_item(e.sources, place));
    e.diagnostics.push(
        Diagnostic::error(Code::ColumnIsTarget, here, message)
            .also(there, "the target")
            .hint(format!("leave `{held}` out of the columns of `{name}`"))
            .repairs(fix),
    );
    Err(Reported)
}
