//! What the tables say of the columns that decide who may be parted from whom: `leave_out(site)`, `group: family`.
//!
//! Who has no cell in such a column could be on both sides of a division, and is in no set of it.

use super::cohort::in_cohort;
use super::protocol::{in_protocol, scheme};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::repair;
use crate::compile::world::{IndexedTable, TableProblemKind};
use crate::program::{Cohort, ProtocolKind};
use fascicle_syntax::Span;
use std::cmp::Ordering;
use std::rc::Rc;

/// The levels of a column that are left out in turn, in their order; none where a table is not there to be read.
pub(super) fn left_out(e: &mut Evaluator<'_>, column: &str, span: Span, trained_on: &[String]) -> Eval<Vec<String>> {
    let Some(tables) = tables(e, column, span, trained_on) else { return Ok(Vec::new()) };
    lacking(e, column, span, &tables);
    let Some(levels) = counted(&tables, column) else {
        let message = format!("`{column}` has too many values for one fold each");
        let hint = format!("divide its values into folds: kfold(10, group: {column})");
        return e.fail(
            Diagnostic::error(Code::WrongArgument, span, message)
                .hint(hint)
                .repairs(scheme(e).map(|s| repair::written(s.span, &format!("kfold(10, group: {column})")))),
        );
    };
    let shown = match levels.as_slice() {
        [] => format!("nobody has a cell of `{column}`"),
        [(only, _)] => format!("`{column}` is {only} for everybody: without them nobody is left to train on"),
        _ => String::new(),
    };
    if !shown.is_empty() {
        let hint = "leave out the levels of a column that has two or more, or divide people: kfold(5)";
        return e.fail(
            Diagnostic::error(Code::WrongArgument, span, shown)
                .hint(hint)
                .repairs(scheme(e).map(|s| repair::written(s.span, "kfold(5)"))),
        );
    }
    let alone: Vec<&str> = levels.iter().filter(|(_, n)| *n == Some(1)).map(|(level, _)| level.as_str()).collect();
    if !alone.is_empty() {
        let message = format!("one person alone has {column} = {}", alone.join(", "));
        let told = Diagnostic::error(Code::FoldOfOne, span, message)
            .hint(format!("keep the larger ones: keep {column} != \"{}\"", alone[0]))
            .repairs(
                tables
                    .iter()
                    .find(|(_, t)| t.column(column).is_some())
                    .and_then(|(cohort, _)| in_cohort(e, &cohort.name, &format!("keep {column} != \"{}\"", alone[0]))),
            );
        e.diagnostics.push(told);
    }
    Ok(levels.into_iter().map(|(level, _)| level).collect())
}

/// Whether there are groups enough for the folds.
pub(super) fn grouped(
    e: &mut Evaluator<'_>,
    column: &str,
    span: Span,
    trained_on: &[String],
    kind: &ProtocolKind,
) -> Eval<()> {
    let Some(tables) = tables(e, column, span, trained_on) else { return Ok(()) };
    lacking(e, column, span, &tables);
    let (Some(levels), ProtocolKind::KFold { folds, .. }) = (counted(&tables, column), kind) else { return Ok(()) };
    let groups = levels.len();
    if *folds > groups {
        let hint = match groups {
            0 | 1 => "group by a column that has more values".to_owned(),
            _ => format!("kfold({groups}, group: {column}) at most; leave_out({column}) leaves one out at a time"),
        };
        let message = format!("{folds} folds of {groups} groups of `{column}`");
        return e.fail(
            Diagnostic::error(Code::TooManyFolds, span, message)
                .hint(hint)
                .repairs((groups > 1).then(|| in_protocol(e, "folds", &groups.to_string())).flatten()),
        );
    }
    Ok(())
}

/// The tables of the cohorts that are divided; `None` where one cannot be read, which is told where nothing else is.
fn tables(
    e: &mut Evaluator<'_>,
    column: &str,
    span: Span,
    trained_on: &[String],
) -> Option<Vec<(Cohort, Rc<IndexedTable>)>> {
    let divided = |cohort: &&Cohort| trained_on.is_empty() || trained_on.contains(&cohort.name);
    let cohorts: Vec<Cohort> = e.cohorts.iter().filter(divided).cloned().collect();
    let mut tables = Vec::with_capacity(cohorts.len());
    for cohort in cohorts {
        match e.tables.of(&cohort) {
            Ok(table) => tables.push((cohort, table)),
            Err(problem) => {
                if problem.kind == TableProblemKind::NotHere {
                    let message = format!(
                        "how people are divided is not known here: it depends on `{column}`, and the data of `{}` are not here",
                        cohort.name
                    );
                    e.diagnostics.push(
                        Diagnostic::error(Code::DataNotHere, span, message)
                            .hint("check it where the data are: `fascicle plan` lists the folds there"),
                    );
                }
                return None;
            }
        }
    }
    Some(tables)
}

/// The values of a column in all tables, in their order (by number where all are numbers), with the records of each where
/// that is known; `None` where there are too many to list.
fn counted(tables: &[(Cohort, Rc<IndexedTable>)], column: &str) -> Option<Vec<(String, Option<usize>)>> {
    let mut levels: Vec<(String, Option<usize>)> = Vec::new();
    for (_, table) in tables {
        // A cohort without the column has nobody with a cell in it.
        let Some(column) = table.column(column) else { continue };
        for (at, level) in column.levels.as_ref()?.iter().enumerate() {
            let count = column.counts.get(at).copied().filter(|_| table.people.is_some());
            match levels.iter_mut().find(|(known, _)| same(known, level)) {
                Some((_, sum)) => *sum = sum.zip(count).map(|(a, b)| a + b),
                None => levels.push((level.clone(), count)),
            }
        }
    }
    let numbers = levels.iter().all(|(level, _)| number(level).is_some());
    levels.sort_by(|(a, _), (b, _)| match (numbers, number(a), number(b)) {
        (true, Some(a), Some(b)) => a.total_cmp(&b),
        _ => Ordering::Equal.then_with(|| a.cmp(b)),
    });
    Some(levels)
}

fn number(level: &str) -> Option<f64> {
    level.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

/// Whether two cells name one level: the same text, or the same number.
fn same(a: &str, b: &str) -> bool {
    a == b || matches!((number(a), number(b)), (Some(a), Some(b)) if a == b)
}

/// Warns of those who have no cell.
fn lacking(e: &mut Evaluator<'_>, column: &str, span: Span, tables: &[(Cohort, Rc<IndexedTable>)]) {
    for (cohort, table) in tables {
        let Some(people) = table.people else { continue };
        let lost = table.column(column).map_or(people, |c| c.missing);
        if lost > 0 {
            let message =
                format!("{lost} of {people} in `{}` lack a cell of `{column}` and are in no set", cohort.name);
            e.diagnostics.push(
                Diagnostic::error(Code::CellsMissing, span, message)
                    .hint(format!("nobody knows whom they may be parted from: fill `{column}` in, or leave them out")),
            );
        }
    }
}
