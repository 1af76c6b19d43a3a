//! Columns of the tables that cohorts are read from, and the levels of one.

use crate::complete::list::{List, Proposal, ProposalKind};
use crate::complete::{Asked, callable, value};
use fascicle_lang::compile::TableSummary;
use fascicle_lang::names::{SymbolKind, takes_columns};

/// Within a list in `columns(..)`, or one that an argument gives which names columns.
pub(in crate::complete) fn list_of_columns(asked: &Asked<'_>) -> bool {
    let Some(last) = asked.context.open.last().filter(|open| open.bracket == '[') else { return false };
    let Some(call) = asked.context.open.iter().rev().find(|open| open.at < last.at && open.bracket == '(') else {
        return false;
    };
    if call.callee.as_ref().is_some_and(|(name, _)| name == "columns") && call.argument.is_none() {
        return true;
    }
    let Some((found, Some(chapter))) = callable(asked, call) else { return false };
    let parameter = found.parameter(call.argument.as_deref(), call.position, call.piped);
    parameter.is_some_and(|at| takes_columns(chapter, &found.name, &found.parameters[at].name))
}

/// The tables that the caret's columns are of.
pub(in crate::complete) fn tables<'s>(asked: &'s Asked<'_>, cohort: Option<&str>) -> Vec<&'s (String, TableSummary)> {
    let named = asked.snapshot.tables().iter().filter(|(name, _)| cohort.is_none_or(|cohort| cohort == name));
    let found: Vec<_> = named.collect();
    if found.is_empty() { asked.snapshot.tables().iter().collect() } else { found }
}

/// The cohort before the dot of `people.columns(`, or the one that is declared.
pub(in crate::complete) fn cohort_around(asked: &Asked<'_>) -> Option<String> {
    if asked.context.keyword() == "cohort" {
        return asked.context.declared.clone();
    }
    let call = asked.context.open.iter().rev().find_map(|open| {
        let (name, range) = open.callee.as_ref()?;
        matches!(name.as_str(), "columns" | "column").then_some(range.start)
    })?;
    let before = asked.text.get(..call)?.strip_suffix('.')?;
    let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    Some(before[start..].to_owned())
}

pub(in crate::complete) fn columns(asked: &Asked<'_>, list: &mut List<'_>, rank: u8) {
    columns_of(asked, list, rank, cohort_around(asked).as_deref());
}

/// The columns of a cohort's table, with what each holds; without a table those that the file names elsewhere.
pub(in crate::complete) fn columns_of(asked: &Asked<'_>, list: &mut List<'_>, rank: u8, cohort: Option<&str>) {
    for (name, table) in tables(asked, cohort) {
        for column in &table.columns {
            let holds = match (&column.levels, column.numeric) {
                (_, true) => "numbers".to_owned(),
                (Some(levels), false) => {
                    let shown: Vec<&str> = levels.iter().take(4).map(String::as_str).collect();
                    format!("{}{}", shown.join(", "), if levels.len() > 4 { ", .." } else { "" })
                }
                (None, false) => "text".to_owned(),
            };
            let missing = if column.missing > 0 { format!(", {} missing", column.missing) } else { String::new() };
            let word = column.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let proposal =
                Proposal::new(&column.name, ProposalKind::Field, rank).detail(format!("{name}: {holds}{missing}"));
            list.add(if word { proposal } else { proposal.insert(format!("\"{}\"", column.name)) });
        }
    }
    for (id, symbol) in asked.names.symbols().filter(|(_, s)| s.kind == SymbolKind::Column) {
        let elsewhere = asked.names.places(id).any(|o| o.span.range().start != asked.context.word.start);
        if elsewhere {
            list.add(Proposal::new(&symbol.name, ProposalKind::Field, rank + 1).detail("column"));
        }
    }
}

/// The levels of the column before a comparison.
pub(in crate::complete) fn levels(asked: &Asked<'_>, list: &mut List<'_>) {
    let column = asked.context.back(asked.text, 1);
    levels_of(asked, column).into_iter().for_each(|level| list.add(level));
    value::named(asked, list, 2, |kind| kind == SymbolKind::Param);
}

pub(in crate::complete) fn levels_of(asked: &Asked<'_>, column: &str) -> Vec<Proposal> {
    let mut found = Vec::new();
    for (_, table) in tables(asked, cohort_around(asked).as_deref()) {
        let Some(column) = table.column(column) else { continue };
        for (at, level) in column.levels.iter().flatten().enumerate() {
            let people = column.counts.get(at).map_or(String::new(), |count| format!("{count} people"));
            let word = level.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let proposal = Proposal::new(level, ProposalKind::Word, 0).detail(people);
            found.push(if word { proposal } else { proposal.insert(format!("\"{level}\"")) });
        }
    }
    found
}

pub(in crate::complete) fn is_image(asked: &Asked<'_>) -> bool {
    let words = asked.context.before.iter().map(|(range, _)| &asked.text[range.clone()]);
    words.into_iter().any(|word| word == "image")
}

pub(in crate::complete) fn in_columns(asked: &Asked<'_>) -> bool {
    asked.context.open.iter().any(|open| open.callee.as_ref().is_some_and(|(name, _)| name == "columns"))
}

pub(in crate::complete) fn has_columns(asked: &Asked<'_>) -> bool {
    matches!(asked.context.keyword(), "modality" | "condition" | "target" | "analysis")
}
