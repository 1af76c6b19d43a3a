//! What a name under the cursor declares, or stands for where it was declared elsewhere; columns of tables.

use super::value;
use crate::analysis::SweepSummary;
use crate::reference;
use crate::snapshot::Snapshot;
use fascicle_lang::compile::{ColumnSummary, TableSummary};
use fascicle_lang::graph::{bytes, operations};
use fascicle_lang::program::Program;
use fascicle_lang::stdlib;
use fascicle_syntax::{Body, Declaration, DeclarationKind, InputWord, SourceId, parse};
use std::fmt::Write as _;
use std::ops::Range;

/// Most levels of a column that are listed.
const LEVELS: usize = 12;

/// As Markdown; `None` where nothing of the file or its tables has the name.
pub(super) fn declared(snapshot: &Snapshot, at: usize, word: &Range<usize>) -> Option<String> {
    let around = snapshot.declaration_at(at);
    if let Some(text) = around.and_then(|declaration| of_statement(snapshot, declaration, word)) {
        return Some(text);
    }
    let name = &snapshot.text()[word.clone()];
    if let Some(around) = around
        && reads_columns(&around.kind)
        && let Some(column) = column(snapshot, around, name)
    {
        return Some(column);
    }
    let declaration = snapshot.tree().declarations.iter().find(|d| d.kind.name().is_some_and(|n| n.text == name));
    if let Some(declaration) = declaration {
        return Some(described(snapshot, declaration, name));
    }
    let from = snapshot.tree().declarations.iter().find_map(|d| match &d.kind {
        DeclarationKind::Use(used) => {
            let taken = used.names.iter().chain(used.names.is_empty().then_some(used.path.last()).flatten());
            taken.into_iter().any(|taken| taken.text == name).then_some(used)
        }
        _ => None,
    })?;
    let part = match (&from.file, from.path.get(1)) {
        (Some(file), _) => return of_source(snapshot, &file.text, name),
        (None, Some(part)) => part.text.as_str(),
        (None, None) => return None,
    };
    of_text(stdlib::source(part)?, name)
}

/// Whether a file declares or takes a name.
pub(super) fn is_declared(snapshot: &Snapshot, name: &str) -> bool {
    snapshot.tree().declarations.iter().any(|d| d.kind.name().is_some_and(|n| n.text == name))
}

/// The `let` or `output` whose name this is.
fn of_statement(snapshot: &Snapshot, declaration: &Declaration, word: &Range<usize>) -> Option<String> {
    let body = body_of(&declaration.kind)?;
    let statement = body.statements.iter().find(|s| s.name.span.range() == *word)?;
    value::of(snapshot, statement.value.span)
}

fn body_of(kind: &DeclarationKind) -> Option<&Body> {
    match kind {
        DeclarationKind::Model { body, .. } | DeclarationKind::Loss { body, .. } => Some(body),
        DeclarationKind::Block(block) => Some(&block.body),
        _ => None,
    }
}

/// The head of a declaration: up to its body, or its first line.
fn head<'t>(text: &'t str, declaration: &Declaration) -> &'t str {
    let whole = text.get(declaration.span.range()).unwrap_or("");
    let start = declaration.span.start as usize;
    match body_of(&declaration.kind) {
        Some(body) => whole.get(..(body.span.start as usize).saturating_sub(start)).unwrap_or(whole).trim_end(),
        None => whole.lines().next().unwrap_or("").trim_end_matches(['{', ' ']),
    }
}

fn described(snapshot: &Snapshot, declaration: &Declaration, name: &str) -> String {
    let mut out = reference::declared(head(snapshot.text(), declaration), &declaration.doc);
    let mut line = |text: String| {
        let _ = write!(out, "\n{text}\n");
    };
    let program = snapshot.program();
    match &declaration.kind {
        DeclarationKind::Model { .. } => {
            if let Some(totals) = value::totals(snapshot, name) {
                line(totals);
            }
        }
        DeclarationKind::Param { .. } => {
            if let Some(value) = program.and_then(|program| program.params.get(name)) {
                line(format!("Here `{value}`."));
            }
            for (sweep, values) in swept(snapshot, name) {
                line(format!("The sweep `{sweep}` gives it {}.", values.join(", ")));
            }
        }
        DeclarationKind::Input { role, .. } => input(snapshot, program, *role, name).into_iter().for_each(line),
        DeclarationKind::Cohort { .. } => {
            if let Some((_, table)) = snapshot.tables().iter().find(|(cohort, _)| cohort == name) {
                line(people(table));
            }
        }
        DeclarationKind::Block(block) => {
            let calls = snapshot.records().next().map_or(0, |(_, record, _)| {
                record.calls.iter().filter(|call| call.declared == block.name.span).count()
            });
            line(match calls {
                0 => "Never applied.".to_owned(),
                1 => "Applied once.".to_owned(),
                n => format!("Applied {n} times."),
            });
        }
        _ => {}
    }
    out
}

/// The type of an input and how it is held, who lacks it.
fn input(snapshot: &Snapshot, program: Option<&Program>, role: InputWord, name: &str) -> Vec<String> {
    let Some((program, known)) = program.and_then(|p| Some((p, p.graph.inputs.iter().position(|i| i.name == name)?)))
    else {
        return Vec::new();
    };
    let ty = &program.graph.inputs[known].ty;
    let mut lines =
        vec![format!("`{ty}`: {} numbers a subject, {} in memory.", operations(ty.len()), bytes(4 * ty.len()))];
    if ty.may_be_absent() {
        lines.push("Some people lack it.".to_owned());
    }
    if matches!(role, InputWord::Target)
        && let Some(column) = columns(snapshot).find(|(_, column)| column.name == name)
    {
        lines.push(of_column(column.0, column.1));
    }
    lines
}

/// The sweeps that vary a parameter, each with the values it gives.
pub(crate) fn swept(snapshot: &Snapshot, name: &str) -> Vec<(String, Vec<String>)> {
    let told = |sweep: &SweepSummary| {
        let (_, values) = sweep.values.iter().find(|(param, _)| param == name)?;
        Some((sweep.name.clone(), values.clone()))
    };
    snapshot.sweeps().iter().filter_map(told).collect()
}

fn people(table: &TableSummary) -> String {
    let people = table.people.map_or_else(|| "People".to_owned(), |n| format!("{n} records"));
    format!("{people}, {} columns: {}.", table.columns.len(), {
        let names: Vec<&str> = table.columns.iter().take(LEVELS).map(|c| c.name.as_str()).collect();
        let more = if table.columns.len() > LEVELS { ", .." } else { "" };
        format!("{}{more}", names.join(", "))
    })
}

fn reads_columns(kind: &DeclarationKind) -> bool {
    use DeclarationKind as D;
    matches!(
        kind,
        D::Cohort { .. }
            | D::Input { .. }
            | D::Analysis { .. }
            | D::Score { .. }
            | D::Protocol { .. }
            | D::Train { .. }
    )
}

fn columns(snapshot: &Snapshot) -> impl Iterator<Item = (&str, &ColumnSummary)> {
    snapshot.tables().iter().flat_map(|(cohort, table)| table.columns.iter().map(move |c| (cohort.as_str(), c)))
}

/// The column of this name; in a cohort's own clauses of that cohort.
fn column(snapshot: &Snapshot, around: &Declaration, name: &str) -> Option<String> {
    if around.kind.name().is_some_and(|own| own.text == name) {
        return None;
    }
    let own = match &around.kind {
        DeclarationKind::Cohort { name, .. } => Some(name.text.as_str()),
        _ => None,
    };
    let mut found = columns(snapshot).filter(|(_, column)| column.name == name);
    let (cohort, column) = found.find(|(cohort, _)| own.is_none_or(|own| own == *cohort))?;
    Some(of_column(cohort, column))
}

fn of_column(cohort: &str, column: &ColumnSummary) -> String {
    let kind = if column.numeric { "numbers" } else { "words" };
    let mut out = format!("**{}**: a column of `{cohort}`, {kind}", column.name);
    match (&column.range, &column.levels) {
        (Some((low, high)), _) if column.numeric => {
            let _ = write!(out, " from {low} to {high}");
        }
        (_, Some(levels)) if !column.numeric => {
            let shown = levels.iter().enumerate().take(LEVELS).map(|(at, level)| match column.counts.get(at) {
                Some(count) => format!("`{level}` ({count})"),
                None => format!("`{level}`"),
            });
            let more = if levels.len() > LEVELS { ", .." } else { "" };
            let _ = write!(out, ": {}{more}", shown.collect::<Vec<_>>().join(", "));
        }
        _ => {}
    }
    match column.missing {
        0 => out.push_str("; no cell is missing."),
        1 => out.push_str("; 1 cell is missing."),
        n => {
            let _ = write!(out, "; {n} cells are missing.");
        }
    }
    out.push('\n');
    out
}

/// A name of another file of the compilation.
fn of_source(snapshot: &Snapshot, file: &str, name: &str) -> Option<String> {
    let analysis = snapshot.present.as_ref().or(snapshot.good.as_ref().map(|good| &good.analysis))?;
    let sources = &analysis.compilation.sources;
    let text = sources.iter().find(|source| source.name.ends_with(file)).map(|source| source.text.as_str())?;
    of_text(text, name)
}

/// What a text declares under a name.
fn of_text(text: &str, name: &str) -> Option<String> {
    let (file, _) = parse(text, SourceId::default());
    let declaration = file.declarations.iter().find(|d| d.kind.name().is_some_and(|n| n.text == name))?;
    Some(reference::declared(head(text, declaration), &declaration.doc))
}
