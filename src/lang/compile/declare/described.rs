//! Columns as `describe(c.columns(age, sex) by c.site)` takes them: as they stand in the table, numbers or levels.

use super::column::{Tables, column_name, matching, unknown_column};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, call_parts, pipe_steps};
use crate::compile::repair;
use crate::compile::world::IndexedTable;
use crate::program::{Covariate, CovariateKind};
use fascicle_syntax::{Expr, ExprKind, Span};
use std::rc::Rc;

/// Columns to be described: numbers as numbers; text, and what goes through `onehot`, as levels.
pub(in crate::compile::declare) fn described(
    e: &mut Evaluator<'_>,
    reader: &mut Reader<'_>,
    tables: &Tables,
) -> Eval<Vec<Covariate>> {
    let mut all: Vec<Covariate> = Vec::new();
    for expr in reader.rest() {
        let (select, steps) = pipe_steps(expr);
        let items: Vec<&Expr> = match &select.kind {
            ExprKind::List(items) => items.iter().collect(),
            _ => vec![select],
        };
        for item in items {
            let (named, own) = pipe_steps(item);
            let onehot = |s: &&Expr| call_parts(s).is_some_and(|p| p.name == "onehot" && p.arguments.is_empty());
            let steps: Vec<&Expr> = own.into_iter().chain(steps.iter().copied()).collect();
            if let Some(other) = steps.iter().find(|step| !onehot(step)) {
                return e.fail(
                    Diagnostic::error(Code::Step, other.span, "columns are described as they stand in the table")
                        .hint("`|> onehot` counts the levels of a column of numbers; other steps are for models")
                        .repairs(repair::without_stage(e.sources, other.span)),
                );
            }
            let names = match &named.kind {
                ExprKind::Regex(pattern) => matching(e, pattern, named.span, tables)?,
                _ => vec![column_name(e, named)?],
            };
            for name in names {
                let kind = described_as(e, &name, named.span, !steps.is_empty(), tables)?;
                if !all.iter().any(|known| known.column == name) {
                    all.push(Covariate { column: name, kind });
                }
            }
        }
    }
    match all.is_empty() {
        true => reader.missing(e, "columns", "name at least one: columns(age, sex)"),
        false => Ok(all),
    }
}

fn described_as(e: &mut Evaluator<'_>, name: &str, span: Span, onehot: bool, tables: &Tables) -> Eval<CovariateKind> {
    let mut levels = onehot;
    if let Tables::Known(tables) = tables {
        for (cohort, table) in tables {
            let Some(summary) = table.column(name) else { return unknown_column(e, cohort, table, name, span) };
            levels |= !summary.numeric;
        }
        let many = |(_, table): &&(String, Rc<IndexedTable>)| table.column(name).is_some_and(|c| c.levels.is_none());
        if levels && let Some((cohort, _)) = tables.iter().find(many) {
            let message = format!("column `{name}` of `{cohort}` has too many values to be counted");
            let hint = if onehot { "describe it as numbers, without `onehot`" } else { "leave it out" };
            return e.fail(
                Diagnostic::error(Code::Step, span, message).hint(hint).repairs(repair::without_item(e.sources, span)),
            );
        }
    }
    Ok(if levels { CovariateKind::Levels } else { CovariateKind::Number })
}
