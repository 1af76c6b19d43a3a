//! Columns of a table: which, what is done to them, how wide the result is.

use super::entry::{Chapter, find, names};
use super::together::{self, Beside};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::reader::{Reader, call_parts, pipe_steps, unknown_function};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::compile::world::{ColumnSummary, IndexedTable};
use crate::program::{ColumnSelector, ColumnSpec, ColumnStep, Missing, MissingIndicators};
use fascicle_syntax::{DeclarationKind, Expr, ExprKind, Fix, Span, nearest};
use std::rc::Rc;

/// What is known of the tables that columns are read from.
pub(super) enum Tables {
    /// All of them were read.
    Known(Vec<(String, Rc<IndexedTable>)>),
    /// One could not be, and why.
    Unknown(String),
}

/// The argument list of `columns(..)`: selections with steps, and `missing:`. Where no table can be read but the number
/// of columns is written (`counted`), a regular expression stays one: the data settle it.
pub(super) fn columns(
    e: &mut Evaluator<'_>,
    reader: &mut Reader<'_>,
    steps_for_all: &[&Expr],
    tables: &Tables,
    counted: bool,
    beside: &mut Beside,
) -> Eval<(Vec<ColumnSpec>, Missing)> {
    let about_missing = reader.named("missing");
    let mut specs = Vec::new();
    let mut failed = false;
    for expr in reader.rest() {
        let (select, steps) = pipe_steps(expr);
        let mut all = steps;
        all.extend(steps_for_all);
        let selected: Vec<&Expr> = match &select.kind {
            ExprKind::List(items) => items.iter().collect(),
            _ => vec![select],
        };
        for item in selected {
            match column(e, item, &all, tables, counted, beside) {
                Ok(columns) => specs.extend(columns),
                Err(Reported) => failed = true,
            }
        }
    }
    if failed {
        return Err(Reported);
    }
    if specs.is_empty() {
        return reader.missing(e, "columns", "name at least one: columns(age, sex |> onehot)");
    }
    let missing = match about_missing {
        Some(expr) => missing(e, expr, &specs)?,
        None => Missing::Absent,
    };
    Ok((specs, missing))
}

fn column(
    e: &mut Evaluator<'_>,
    item: &Expr,
    steps: &[&Expr],
    tables: &Tables,
    counted: bool,
    beside: &mut Beside,
) -> Eval<Vec<ColumnSpec>> {
    let names: Vec<(String, Span)> = match &item.kind {
        ExprKind::Regex(pattern) if counted && matches!(tables, Tables::Unknown(_)) => {
            regular(e, pattern, item.span)?;
            let done = column_steps(e, steps, pattern, tables, beside)?;
            together::fits(e, pattern, item.span, &done)?;
            return Ok(vec![ColumnSpec { select: ColumnSelector::Matching(pattern.clone()), steps: done }]);
        }
        ExprKind::Regex(pattern) => {
            matching(e, pattern, item.span, tables)?.into_iter().map(|n| (n, item.span)).collect()
        }
        // A step may stand on one column of a list: `[age |> standardize, sex]`.
        ExprKind::Pipe { .. } => {
            let (select, mut own) = pipe_steps(item);
            own.extend(steps);
            return column(e, select, &own, tables, counted, beside);
        }
        _ => vec![(column_name(e, item)?, item.span)],
    };
    let mut specs = Vec::with_capacity(names.len());
    for (name, span) in names {
        if let Tables::Known(tables) = tables {
            for (cohort, table) in tables {
                if table.column(&name).is_none() {
                    return unknown_column(e, cohort, table, &name, span);
                }
            }
        }
        let done = column_steps(e, steps, &name, tables, beside)?;
        together::fits(e, &name, span, &done)?;
        numeric(e, &name, span, &done, tables)?;
        specs.push(ColumnSpec { select: ColumnSelector::Name(name), steps: done });
    }
    Ok(specs)
}

/// The steps of a column, but for those that `if:` leaves out.
fn column_steps(
    e: &mut Evaluator<'_>,
    steps: &[&Expr],
    column: &str,
    tables: &Tables,
    beside: &mut Beside,
) -> Eval<Vec<ColumnStep>> {
    let mut done: Vec<ColumnStep> = Vec::with_capacity(steps.len());
    for step in steps {
        let step = column_step(e, step, column, tables, &done, beside)?;
        done.extend(step);
    }
    Ok(done)
}

/// Text in a column that is used as a number is found before anything runs.
fn numeric(e: &mut Evaluator<'_>, name: &str, span: Span, steps: &[ColumnStep], tables: &Tables) -> Eval<()> {
    if steps.iter().any(|s| matches!(s, ColumnStep::OneHot { .. })) {
        return Ok(());
    }
    let Tables::Known(tables) = tables else { return Ok(()) };
    for (cohort, table) in tables {
        if let Some(column) = table.column(name).filter(|c| !c.numeric) {
            let sample = column.levels.as_ref().map_or(String::new(), |l| {
                let text = l.iter().map(String::as_str).filter(|level| level.parse::<f64>().is_err());
                let shown: Vec<&str> = text.take(4).collect();
                format!(" ({})", shown.join(", "))
            });
            let line = in_line(column);
            let hint = match column.levels {
                Some(_) => format!("make columns of its levels: {name} |> onehot"),
                None => "write a number there, or n/a where there is none".into(),
            };
            let fix = column.levels.as_ref().map(|_| repair::with_stage(span, "onehot"));
            let message = format!("column `{name}` of `{cohort}` holds text{sample}, not numbers{line}");
            return e.fail(Diagnostic::error(Code::Step, span, message).hint(hint).repairs(fix));
        }
    }
    Ok(())
}

/// `: line 17 has "1,5"`, where the table was read.
pub(super) fn in_line(column: &ColumnSummary) -> String {
    column.first_text.as_ref().map_or(String::new(), |(line, text)| format!(": line {line} has \"{text}\""))
}

pub(super) fn unknown_column<T>(
    e: &mut Evaluator<'_>,
    cohort: &str,
    table: &IndexedTable,
    name: &str,
    span: Span,
) -> Eval<T> {
    let known: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    let hint = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`? or map it in the cohort: rename {name} from \"..\""),
        None => {
            let shown: Vec<&str> = known.iter().take(12).copied().collect();
            let more = if known.len() > 12 { ", .." } else { "" };
            format!("it has {}{more}; map one in the cohort: rename {name} from \"..\"", shown.join(", "))
        }
    };
    e.fail(
        Diagnostic::error(Code::UnknownColumn, span, format!("the table of `{cohort}` has no column `{name}`"))
            .hint(hint)
            .repairs(repair::meant(name, &known, span)),
    )
}

fn regular(e: &mut Evaluator<'_>, pattern: &str, span: Span) -> Eval<regex::Regex> {
    regex::Regex::new(pattern).or_else(|error| {
        let text = error.to_string();
        let why = text.lines().last().unwrap_or("").trim().trim_start_matches("error: ").to_string();
        e.fail(
            Diagnostic::error(Code::WrongArgument, span, format!("the regular expression is wrong: {why}"))
                .hint("a regular expression as in Perl, for example /^lh_.*_thickness$/"),
        )
    })
}

/// Columns whose name matches, in the order of the first table; all tables must have all of them.
pub(super) fn matching(e: &mut Evaluator<'_>, pattern: &str, span: Span, tables: &Tables) -> Eval<Vec<String>> {
    let regex = regular(e, pattern, span)?;
    let tables = match tables {
        Tables::Known(tables) => tables,
        Tables::Unknown(why) => {
            return e.fail(
                Diagnostic::error(
                    Code::UnknownWidth,
                    span,
                    format!("which columns match is known only from the table: {why}"),
                )
                .hint("make the table available, or write how many they are (vector[64]), or name the columns"),
            );
        }
    };
    let Some((first, table)) = tables.first() else { return Ok(Vec::new()) };
    let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).filter(|n| regex.is_match(n)).collect();
    if names.is_empty() {
        let shown: Vec<&str> = table.columns.iter().take(8).map(|c| c.name.as_str()).collect();
        return e.fail(
            Diagnostic::error(Code::UnknownColumn, span, format!("no column of `{first}` matches /{pattern}/"))
                .hint(format!("its columns are {}, ..", shown.join(", ")))
                .repairs(beginning(pattern, table, span)),
        );
    }
    for (cohort, table) in &tables[1..] {
        let lacking: Vec<&str> = names.iter().map(String::as_str).filter(|n| table.column(n).is_none()).collect();
        if !lacking.is_empty() {
            let shown: Vec<&str> = lacking.iter().take(4).copied().collect();
            let count = lacking.len();
            let known: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
            let renamed = match (nearest(lacking[0], &known), lacking.len()) {
                (Some(near), 1) => rename(e, cohort, lacking[0], near),
                _ => None,
            };
            let near =
                nearest(lacking[0], &known).map(|n| format!("; `{}` may be its `{n}`", lacking[0])).unwrap_or_default();
            return e.fail(
                Diagnostic::error(
                    Code::UnknownColumn,
                    span,
                    format!(
                        "{count} columns that match in `{first}` are not in `{cohort}`: {}{}",
                        shown.join(", "),
                        if count > 4 { ", .." } else { "" }
                    ),
                )
                .hint(format!("select columns that both have, or map them in the cohort with `rename`{near}"))
                .repairs(renamed),
            );
        }
    }
    Ok(names)
}

/// `/^rh_/` where columns begin with `lh_`: another beginning that is near, of columns that there are.
fn beginning(pattern: &str, table: &crate::compile::TableSummary, span: Span) -> Option<Fix> {
    let prefix = pattern.strip_prefix('^')?;
    let is_plain = prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !is_plain || prefix.is_empty() {
        return None;
    }
    let begins = table.columns.iter().filter_map(|c| c.name.get(..prefix.len()));
    let mut known: Vec<&str> = begins.filter(|begin| begin.chars().last() == prefix.chars().last()).collect();
    known.sort_unstable();
    known.dedup();
    nearest(prefix, &known).map(|near| repair::written(span, &format!("/^{near}/")))
}

/// A column of a cohort under the name that another cohort has for it.
fn rename(e: &Evaluator<'_>, cohort: &str, name: &str, own: &str) -> Option<Fix> {
    let position = e.unit.resolve(0, cohort)?;
    let DeclarationKind::Cohort { source, clauses, .. } = &e.unit.declarations.get(position)?.declaration.kind else {
        return None;
    };
    let clause = format!("rename {} from {}", repair::cell(name), repair::cell(own));
    match clauses.is_empty() {
        true => Some(Fix::new(
            format!("add `{clause}`"),
            Span { start: source.span.end, ..source.span },
            format!(" {{ {clause} }}"),
        )),
        false => repair::with_clause(e.sources, source.span, &clause),
    }
}

fn column_step(
    e: &mut Evaluator<'_>,
    expr: &Expr,
    column: &str,
    tables: &Tables,
    before: &[ColumnStep],
    beside: &mut Beside,
) -> Eval<Option<ColumnStep>> {
    let Some(parts) = call_parts(expr).filter(|p| p.receiver.is_none()) else {
        let known = names(Chapter::ColumnStep).join(", ");
        return e.fail(Diagnostic::error(Code::Step, expr.span, "expected a step for columns").hint(known));
    };
    let Some(entry) = find(Chapter::ColumnStep, parts.name) else {
        let known = names(Chapter::ColumnStep);
        if find(Chapter::ImageStep, parts.name).is_none() {
            return unknown_function(e, Code::Step, "step for columns", parts.name, parts.name_span, &known);
        }
        let hint = match parts.name {
            "zscore" => "for columns write `standardize`".to_string(),
            _ => known.join(", "),
        };
        let message = format!("`{}` is a step of images, this is a column", parts.name);
        return e.fail(
            Diagnostic::error(Code::Step, parts.name_span, message)
                .hint(hint)
                .repairs((parts.name == "zscore").then(|| repair::written(expr.span, "standardize"))),
        );
    };
    let mut reader = Reader::by(&parts, entry);
    let step = match parts.name {
        "combat" | "residualize" => {
            let compile = if parts.name == "combat" { together::combat } else { together::residualize };
            let step = compile(e, &mut reader, expr.span, tables, beside)?;
            reader.finish(e)?;
            return Ok(step);
        }
        "standardize" => ColumnStep::Standardize,
        "minmax" => ColumnStep::MinMax,
        "log" => ColumnStep::Log,
        "bins" => ColumnStep::Bins { n: reader.whole(e, "n")? },
        // The last of the table: `onehot`.
        _ => {
            let given = match reader.positional("levels") {
                Some(expr) => match &expr.kind {
                    ExprKind::List(items) => {
                        let names = items.iter().map(|i| level(e, i)).collect::<Eval<Vec<_>>>()?;
                        Some(names)
                    }
                    _ => {
                        return e.fail(
                            Diagnostic::error(Code::WrongArgument, expr.span, "`levels` takes a list")
                                .hint("for example onehot([F, M])"),
                        );
                    }
                },
                None => None,
            };
            let bins = before.iter().rev().find_map(|s| if let ColumnStep::Bins { n } = s { Some(*n) } else { None });
            let levels = match (given, bins) {
                (Some(levels), _) => levels,
                (None, Some(n)) => (0..n).map(|i| i.to_string()).collect(),
                (None, None) => levels_of(e, column, expr.span, tables)?,
            };
            ColumnStep::OneHot { levels }
        }
    };
    reader.finish(e)?;
    Ok(Some(step))
}

/// A level: a word, a number or a text.
pub(super) fn level(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<String> {
    match &expr.kind {
        ExprKind::Name(name) => word(e, name, expr.span),
        ExprKind::Text(text) => Ok(text.clone()),
        ExprKind::Int(i) => Ok(i.to_string()),
        ExprKind::Bool(b) => Ok(b.to_string()),
        _ => e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "expected a level: a word, a number or a text")
                .hint("for example onehot([F, M]) or onehot([\"0\", \"1\"])"),
        ),
    }
}

/// Levels over all tables, sorted.
fn levels_of(e: &mut Evaluator<'_>, column: &str, span: Span, tables: &Tables) -> Eval<Vec<String>> {
    let tables = match tables {
        Tables::Known(tables) => tables,
        Tables::Unknown(why) => {
            return e.fail(
                Diagnostic::error(
                    Code::UnknownWidth,
                    span,
                    format!("the levels of `{column}` are known only from the table: {why}"),
                )
                .hint(format!("make the table available, or name them: {column} |> onehot([A, B])")),
            );
        }
    };
    let mut all: Vec<String> = Vec::new();
    for (cohort, table) in tables {
        match table.column(column).map(|c| &c.levels) {
            Some(Some(levels)) => {
                for level in levels {
                    if !all.contains(level) {
                        all.push(level.clone());
                    }
                }
            }
            Some(None) => {
                return e.fail(
                    Diagnostic::error(
                        Code::Step,
                        span,
                        format!("column `{column}` of `{cohort}` has too many levels for `onehot`"),
                    )
                    .hint("bin it first: |> bins(10) |> onehot, or use it as a number: |> standardize"),
                );
            }
            None => return unknown_column(e, cohort, table, column, span),
        }
    }
    let numbers: Option<Vec<f64>> = all.iter().map(|l| l.parse().ok()).collect();
    if numbers.is_some() {
        all.sort_by(|a, b| {
            let (a, b) = (a.parse::<f64>().unwrap_or(0.0), b.parse::<f64>().unwrap_or(0.0));
            a.total_cmp(&b)
        });
    } else {
        all.sort();
    }
    Ok(all)
}

fn missing(e: &mut Evaluator<'_>, expr: &Expr, columns: &[ColumnSpec]) -> Eval<Missing> {
    let Some(parts) = call_parts(expr).filter(|p| p.receiver.is_none()) else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "`missing` takes mean, iterative or absent")
                .hint("for example missing: mean(flags: true)"),
        );
    };
    let Some(entry) = find(Chapter::Missing, parts.name) else {
        let (what, known) = ("way to deal with missing cells", names(Chapter::Missing));
        return unknown_function(e, Code::WrongArgument, what, parts.name, parts.name_span, &known);
    };
    let mut reader = Reader::by(&parts, entry);
    let missing = match parts.name {
        "mean" => Missing::Mean { flags: flags(e, &mut reader, columns)? },
        "iterative" => Missing::Iterative { flags: flags(e, &mut reader, columns)? },
        _ => Missing::Absent,
    };
    reader.finish(e)?;
    Ok(missing)
}

/// `flags: true`, or `flags: [abeta, ptau]` for some of the columns that are read.
fn flags(e: &mut Evaluator<'_>, reader: &mut Reader<'_>, columns: &[ColumnSpec]) -> Eval<MissingIndicators> {
    let Some(expr) = reader.named("flags") else { return Ok(MissingIndicators::No) };
    let ExprKind::List(items) = &expr.kind else {
        return match e.eval(expr)? {
            Value::Bool(true) => Ok(MissingIndicators::Every),
            Value::Bool(false) => Ok(MissingIndicators::No),
            other => e.expected("true, false or a list of columns", &other, expr.span),
        };
    };
    let read: Vec<&str> = columns.iter().flat_map(|c| c.select.names()).map(String::as_str).collect();
    let mut names: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let name = column_name(e, item)?;
        if !read.contains(&name.as_str()) {
            let message = format!("`{name}` is not among the columns that are read here");
            let hint = match nearest(&name, &read) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a flag says where a column that is read was missing: {}", read.join(", ")),
            };
            return e.fail(
                Diagnostic::error(Code::UnknownColumn, item.span, message)
                    .hint(hint)
                    .repairs(repair::meant(&name, &read, item.span)),
            );
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(MissingIndicators::Of(names))
}

/// How many numbers a subject has of these columns.
pub(super) fn width(columns: &[ColumnSpec], missing: &Missing) -> usize {
    let own: usize = columns
        .iter()
        .map(|column| {
            column
                .steps
                .iter()
                .rev()
                .find_map(|s| if let ColumnStep::OneHot { levels } = s { Some(levels.len()) } else { None })
                .unwrap_or(1)
        })
        .sum();
    own + missing.flags().count(columns.len())
}

/// A column's name: a word, or a text where it has characters that a word cannot have.
pub(in crate::compile) fn column_name(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<String> {
    match &expr.kind {
        ExprKind::Name(name) => word(e, name, expr.span),
        ExprKind::Text(text) => Ok(text.clone()),
        _ => e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "expected the name of a column")
                .hint("a name that is no word stands in quotes: \"Age at scan\"")
                .repairs(match expr.kind {
                    ExprKind::Int(number) => Some(repair::written(expr.span, &format!("\"{number}\""))),
                    _ => None,
                }),
        ),
    }
}

/// A word, or the words of the parameter of this name. A number or a switch stands for no word: a column, or a level, may bear its name.
fn word(e: &mut Evaluator<'_>, name: &str, span: Span) -> Eval<String> {
    Ok(match named_param(e, name, span)? {
        Some(Value::Text(text)) => text.to_string(),
        Some(Value::Choice(choice)) => choice.word.clone(),
        _ => name.to_owned(),
    })
}

/// The value of the parameter of this name, if one bears it: in every clause it stands for its value.
pub(super) fn named_param(e: &mut Evaluator<'_>, name: &str, span: Span) -> Eval<Option<Value>> {
    let declared = e.unit.resolve(e.scope(), name).map(|at| &e.unit.declarations[at].declaration.kind);
    match declared {
        Some(DeclarationKind::Param { .. }) => e.lookup(name, span).transpose(),
        _ => Ok(None),
    }
}
