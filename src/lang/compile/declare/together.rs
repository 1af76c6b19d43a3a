//! Steps that take several columns together and read others beside them: `combat(by: site, keep: [age])`,
//! `residualize(on: [age, sex])`.

use super::column::{Tables, column_name, level, unknown_column};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, call_parts, pipe_steps};
use crate::compile::repair;
use crate::program::{ColumnStep, Combat, Covariate, CovariateKind};
use fascicle_syntax::{Expr, ExprKind, Fix, Span, nearest};

/// What is read beside the columns of one input.
#[derive(Default)]
pub(in crate::compile) struct Beside {
    /// Where each step stands; its place here is its number.
    steps: Vec<Span>,
    /// What they read.
    pub covariates: Vec<CovariateRead>,
}

/// A column that a step reads of a person, to prepare others.
#[derive(Debug, Clone)]
pub(in crate::compile) struct CovariateRead {
    /// `combat` or `residualize`.
    pub step: &'static str,
    /// The argument that names it.
    pub argument: &'static str,
    /// The column.
    pub column: String,
    /// Where it is named.
    pub span: Span,
}

impl Beside {
    /// The number of the step at this place: columns that go through one step have one. What it reads is noted once.
    fn number(&mut self, span: Span, read: Vec<CovariateRead>) -> usize {
        if let Some(known) = self.steps.iter().position(|step| *step == span) {
            return known;
        }
        self.steps.push(span);
        self.covariates.extend(read);
        self.steps.len() - 1
    }
}

/// Compiles `combat(..)`; `None` where `if:` says that it is left out.
pub(super) fn combat(
    e: &mut Evaluator<'_>,
    reader: &mut Reader<'_>,
    span: Span,
    tables: &Tables,
    beside: &mut Beside,
) -> Eval<Option<ColumnStep>> {
    const STEP: &str = "combat";
    let Some(expr) = reader.named("by") else {
        // Sites are levels, and few of the columns are.
        let hint = "the column that says where somebody was measured: combat(by: site)";
        let known = match tables {
            Tables::Known(tables) => tables.first().is_none_or(|(_, table)| table.column("site").is_some()),
            Tables::Unknown(_) => true,
        };
        let fix = known.then(|| repair::with_argument(e.sources, span, "by: site"));
        return reader.missing_with(e, "by", hint, fix);
    };
    let by = CovariateRead { step: STEP, argument: "by", column: column_name(e, expr)?, span: expr.span };
    sites(e, &by, tables)?;
    let mut read = Vec::new();
    let keep = match reader.named("keep") {
        Some(expr) => covariates(e, STEP, "keep", expr, tables, &mut read)?,
        None => Vec::new(),
    };
    if let Some(twice) = read.iter().find(|r| r.column == by.column) {
        let message = format!("`{}` is what `combat` takes away", twice.column);
        return e.fail(
            Diagnostic::error(Code::WrongArgument, twice.span, message)
                .also(by.span, "the sites")
                .hint(format!("leave `{}` out of `keep`", twice.column))
                .repairs(repair::without_item(e.sources, twice.span)),
        );
    }
    let (parametric, empirical_bayes) = (reader.whether(e, "parametric")?, reader.whether(e, "empirical_bayes")?);
    let mean_only = reader.whether(e, "mean_only")?;
    let reference = match reader.named("reference") {
        Some(expr) => Some(reference(e, expr, &by, tables)?),
        None => None,
    };
    if !reader.whether(e, "if")? {
        return Ok(None);
    }
    let column = by.column.clone();
    read.insert(0, by);
    Ok(Some(ColumnStep::Combat(Combat {
        together: beside.number(span, read),
        by: column,
        keep,
        parametric,
        empirical_bayes,
        mean_only,
        reference,
    })))
}

/// Compiles `residualize(..)`; `None` where `if:` says that it is left out.
pub(super) fn residualize(
    e: &mut Evaluator<'_>,
    reader: &mut Reader<'_>,
    span: Span,
    tables: &Tables,
    beside: &mut Beside,
) -> Eval<Option<ColumnStep>> {
    let Some(expr) = reader.named("on") else {
        return reader.missing(e, "on", "the columns whose part is taken away: residualize(on: [age, sex])");
    };
    let mut read = Vec::new();
    let on = covariates(e, "residualize", "on", expr, tables, &mut read)?;
    if !reader.whether(e, "if")? {
        return Ok(None);
    }
    Ok(Some(ColumnStep::Residualize { together: beside.number(span, read), on }))
}

/// Sites stand in a column of every table that is read.
fn sites(e: &mut Evaluator<'_>, by: &CovariateRead, tables: &Tables) -> Eval<()> {
    let Tables::Known(tables) = tables else { return Ok(()) };
    for (cohort, table) in tables {
        if table.column(&by.column).is_none() {
            return unknown_column(e, cohort, table, &by.column, by.span);
        }
    }
    Ok(())
}

fn reference(e: &mut Evaluator<'_>, expr: &Expr, by: &CovariateRead, tables: &Tables) -> Eval<String> {
    let wanted = level(e, expr)?;
    let Tables::Known(tables) = tables else { return Ok(wanted) };
    let mut known: Vec<&str> = Vec::new();
    for (_, table) in tables {
        match table.column(&by.column).map(|c| &c.levels) {
            Some(Some(levels)) => known.extend(levels.iter().map(String::as_str)),
            _ => return Ok(wanted),
        }
    }
    let same = |a: &str| a == wanted || matches!((a.parse::<f64>(), wanted.parse::<f64>()), (Ok(x), Ok(y)) if x == y);
    if known.iter().any(|l| same(l)) {
        return Ok(wanted);
    }
    // Sites are often letters: the nearest of many only.
    let hint = match nearest(&wanted, &known).filter(|_| known.len() > 12) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it is one of {}", known.iter().take(12).copied().collect::<Vec<_>>().join(", ")),
    };
    let message = format!("nobody has `{}` = `{wanted}`", by.column);
    e.fail(
        Diagnostic::error(Code::WrongArgument, expr.span, message)
            .hint(hint)
            .repairs(repair::one_of(&wanted, &known, expr.span)),
    )
}

/// `[age, sex]`, or one column: text as levels, numbers as numbers unless they go through `onehot`.
fn covariates(
    e: &mut Evaluator<'_>,
    step: &'static str,
    argument: &'static str,
    expr: &Expr,
    tables: &Tables,
    read: &mut Vec<CovariateRead>,
) -> Eval<Vec<Covariate>> {
    let items: Vec<&Expr> = match &expr.kind {
        ExprKind::List(items) => items.iter().collect(),
        _ => vec![expr],
    };
    let mut all: Vec<Covariate> = Vec::with_capacity(items.len());
    for item in items {
        let (named, steps) = pipe_steps(item);
        let column = column_name(e, named)?;
        let onehot = |s: &&Expr| call_parts(s).is_some_and(|p| p.name == "onehot" && p.arguments.is_empty());
        if let Some(other) = steps.iter().find(|s| !onehot(s)) {
            let message = format!("`{argument}` of `{step}` takes columns as they are");
            return e.fail(
                Diagnostic::error(Code::Step, other.span, message)
                    .hint("a number stands for itself; `|> onehot` makes levels of a column of numbers")
                    .repairs(repair::without_stage(e.sources, other.span)),
            );
        }
        if all.iter().any(|c| c.column == column) {
            let message = format!("`{column}` stands twice in `{argument}`");
            return e.fail(
                Diagnostic::error(Code::WrongArgument, item.span, message)
                    .hint("name each column once")
                    .repairs(repair::without_item(e.sources, item.span)),
            );
        }
        let kind = kind(e, &column, item.span, !steps.is_empty(), tables)?;
        read.push(CovariateRead { step, argument, column: column.clone(), span: item.span });
        all.push(Covariate { column, kind });
    }
    if all.is_empty() {
        let left_out = match step {
            "combat" => repair::without_named(e.sources, expr.span),
            _ => usual(e, expr.span, tables),
        };
        let message = format!("`{argument}` of `{step}` names no column");
        let hint = if step == "combat" { "leave it out, or name some: keep: [age, sex]" } else { "on: [age, sex]" };
        return e.fail(Diagnostic::error(Code::WrongArgument, expr.span, message).hint(hint).repairs(left_out));
    }
    Ok(all)
}

/// Age and sex, of which the table has what it has, as far as it is known.
fn usual(e: &Evaluator<'_>, list: Span, tables: &Tables) -> Option<Fix> {
    let has = |name: &&str| match tables {
        Tables::Known(tables) => tables.iter().all(|(_, table)| table.column(name).is_some()),
        Tables::Unknown(_) => true,
    };
    let own: Vec<&str> = ["age", "sex"].into_iter().filter(has).collect();
    (!own.is_empty() && e.sources.text(list) == "[]").then(|| repair::written(list, &format!("[{}]", own.join(", "))))
}

fn kind(e: &mut Evaluator<'_>, column: &str, span: Span, onehot: bool, tables: &Tables) -> Eval<CovariateKind> {
    let mut levels = onehot;
    if let Tables::Known(tables) = tables {
        for (cohort, table) in tables {
            let Some(summary) = table.column(column) else { return unknown_column(e, cohort, table, column, span) };
            levels |= !summary.numeric;
        }
        if let Some((cohort, _)) =
            tables.iter().find(|(_, t)| levels && t.column(column).is_some_and(|c| c.levels.is_none()))
        {
            let message = format!("column `{column}` of `{cohort}` has too many values to be levels");
            let hint = if onehot { "use it as a number, without `onehot`" } else { "write numbers there, or n/a" };
            return e.fail(Diagnostic::error(Code::Step, span, message).hint(hint));
        }
    }
    Ok(if levels { CovariateKind::Levels } else { CovariateKind::Number })
}

/// A step that takes columns together takes numbers, and other columns than it reads.
pub(super) fn fits(e: &mut Evaluator<'_>, name: &str, span: Span, steps: &[ColumnStep]) -> Eval<()> {
    let mut bins = false;
    for (at, step) in steps.iter().enumerate() {
        let word = match step {
            ColumnStep::Bins { .. } => {
                bins = true;
                continue;
            }
            ColumnStep::OneHot { .. } if !bins || steps[at..].iter().any(|s| s.together().is_some()) => {
                match steps.iter().find(|s| s.together().is_some()) {
                    Some(other) => word(other),
                    None => continue,
                }
            }
            step if step.covariates().iter().any(|c| c.column == name) => {
                let message = format!("`{}` reads `{name}`, and changes it", word(step));
                return e.fail(
                    Diagnostic::error(Code::Step, span, message)
                        .hint(format!(
                            "leave `{name}` out of the columns that it changes, or out of those that it reads"
                        ))
                        .repairs(repair::without_item(e.sources, span)),
                );
            }
            _ => continue,
        };
        let message = format!("`{word}` takes numbers, and `{name}` is made columns of its levels");
        return e.fail(
            Diagnostic::error(Code::Step, span, message)
                .hint(format!("leave `{name}` out of the columns that it changes"))
                .repairs(repair::without_item(e.sources, span)),
        );
    }
    Ok(())
}

fn word(step: &ColumnStep) -> &'static str {
    if matches!(step, ColumnStep::Combat(_)) { "combat" } else { "residualize" }
}
