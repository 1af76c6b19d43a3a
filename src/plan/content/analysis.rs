//! Results of analyses as tables: numbers by column, numbers by run, or single numbers; a family in one table.

mod described;

use super::super::analyse::{AnalysisResult, Field};
use super::super::context::Context;
use super::super::error::Result;
use super::{Results, brain, with_variant};
use crate::analysis::spread;
use crate::program::{Analysis, AnalysisKind};
use crate::report::content::{self as report, Cell, Column, ColumnBar, ColumnBars, ColumnKind, Table};

/// Rows of a table in the report; all of them are in the run's folder.
const MOST_ROWS: usize = 200;

/// One entry an analysis, or a family of them, and variant.
///
/// # Errors
/// Maps that cannot be read.
pub(super) fn analyses(context: &Context<'_>, results: &Results) -> Result<Vec<report::Analysis>> {
    let mut found = Vec::new();
    for (variant, result) in results.variants.iter().enumerate() {
        let program = context.program(variant);
        let shown = program.analyses.iter().zip(&result.analyses).enumerate();
        let shown = shown.filter(|(_, (declared, _))| declared.kind != AnalysisKind::NormativeDeviation);
        let shown: Vec<(usize, &Analysis, &AnalysisResult)> = shown.map(|(at, (a, x))| (at, a, x)).collect();
        // Members of a family stand one behind the other.
        let together = |(_, a, x): &(usize, &Analysis, &AnalysisResult),
                        (_, b, _): &(usize, &Analysis, &AnalysisResult)| {
            // A map stands by itself.
            a.family().is_some() && a.family() == b.family() && !x.fields.contains_key("map")
        };
        for family in shown.chunk_by(together) {
            let [(_, declared, analysed), ..] = family else { continue };
            let of = declared.family().unwrap_or(&declared.name);
            let of_family: Vec<&AnalysisResult> = family.iter().map(|(_, _, analysed)| *analysed).collect();
            let sheets = family.iter().map(|(at, a, x)| brain::sheet(context, (variant, *at), a, x));
            let brains = sheets.filter_map(Result::transpose).collect::<Result<Vec<_>>>()?;
            let mut notes = Vec::new();
            for note in of_family.iter().flat_map(|analysed| &analysed.notes) {
                if !notes.contains(&note.as_str()) {
                    notes.push(note.as_str());
                }
            }
            let notes = if notes.is_empty() { String::new() } else { format!("; {}", notes.join("; ")) };
            found.push(report::Analysis {
                name: with_variant(context, variant, if family.len() > 1 { of } else { &declared.name }),
                method: format!("{}: {}{notes}", analysed.spelling, analysed.method),
                table: match declared.kind {
                    AnalysisKind::Describe => described::table(&of_family),
                    _ => table(&of_family),
                },
                map: of_family.iter().find_map(|analysed| map(analysed)),
                brains,
                boxes: match (declared.kind, family.len()) {
                    (AnalysisKind::Describe, 1) => described::boxes(analysed),
                    _ => Vec::new(),
                },
                points: match declared.kind {
                    AnalysisKind::Residuals => described::errors(analysed),
                    _ => None,
                },
                bars: match family {
                    [(_, declared, analysed)] if declared.kind == AnalysisKind::Frequency => {
                        Some(bars(declared, analysed))
                    }
                    _ => None,
                },
            });
        }
    }
    Ok(found)
}

/// How many people lie beyond the bound, column by column.
fn bars(declared: &Analysis, analysed: &AnalysisResult) -> ColumnBars {
    let beyond = declared.number("beyond").unwrap_or_default();
    let columns = analysed.columns();
    let find = |wanted: &str| columns.iter().find(|(field, ..)| *field == wanted);
    let at = |field: &str, row: usize| find(field).and_then(|(_, _, values)| values.get(row).copied().flatten());
    let Some((_, names, _)) = find("share") else { return ColumnBars::default() };
    let bar = |(row, name): (usize, &String)| {
        let (share, positive, negative) = (at("share", row)?, at("positive", row)?, at("negative", row)?);
        let told = format!(
            "{} of {} people; {:.1}% above, {:.1}% below",
            at("count", row).unwrap_or_default(),
            at("people", row).unwrap_or_default(),
            100.0 * positive,
            100.0 * negative
        );
        Some(ColumnBar { name: name.clone(), value: share, told })
    };
    let anywhere = match analysed.fields.get("anywhere") {
        Some(Field::Number(share)) => {
            format!("{:.1}% of people are beyond {beyond} in at least one column.", 100.0 * share)
        }
        _ => String::new(),
    };
    ColumnBars {
        axis: format!("share of people beyond {beyond}"),
        told: anywhere,
        bars: names.iter().enumerate().filter_map(bar).collect(),
    }
}

/// Coordinates with the group of each.
fn map(analysed: &AnalysisResult) -> Option<report::Map> {
    let (Some(Field::Subjects(map)), Some(Field::Labels { labels, .. })) =
        (analysed.fields.get("map"), analysed.fields.get("colour"))
    else {
        return None;
    };
    let mut groups: Vec<String> = labels.clone();
    groups.sort();
    groups.dedup();
    let point = |((name, row), label): ((&String, &Vec<Option<f64>>), &String)| {
        let (x, y) = ((*row.first()?)?, (*row.get(1)?)?);
        Some(report::MapPoint { name: name.clone(), x, y, group: label.clone() })
    };
    let points = map.subjects.iter().zip(&map.values).zip(labels).filter_map(point).collect();
    Some(report::Map { points, groups })
}

fn table(family: &[&AnalysisResult]) -> Table {
    let Some(first) = family.first() else { return Table::default() };
    if first.fields.values().any(|f| matches!(f, Field::Matrix { .. })) {
        matrix(family)
    } else if !first.columns().is_empty() {
        by_column(family)
    } else if first.fields.values().any(|f| matches!(f, Field::Runs { .. })) {
        by_run(family)
    } else if first.space.is_some() {
        counts(family)
    } else {
        single(family)
    }
}

/// The column that says which member of a family a row is of, if it is one.
fn member_column(family: &[&AnalysisResult]) -> Option<Column> {
    let is_family = family.first().is_some_and(|a| a.name.contains('['));
    is_family.then(|| Column::new("of", ColumnKind::Text))
}

fn member_cell(analysed: &AnalysisResult) -> Option<Cell> {
    let (_, key) = analysed.name.split_once('[')?;
    Some(Cell::Text(key.trim_end_matches(']').to_owned()))
}

/// t, p and q of every column, one row each.
fn by_column(family: &[&AnalysisResult]) -> Table {
    let Some(first) = family.first() else { return Table::default() };
    let alpha = match first.fields.get("alpha") {
        Some(Field::Number(alpha)) => *alpha,
        _ => 0.05,
    };
    let mut columns: Vec<Column> = member_column(family).into_iter().collect();
    columns.push(Column::new("name", ColumnKind::Text));
    columns.extend(first.columns().iter().map(|(field, ..)| Column::new(*field, kind(field, alpha))));
    let mut rows: Vec<(f64, Vec<Cell>)> = Vec::new();
    for analysed in family {
        let fields = analysed.columns();
        let Some((_, names, _)) = fields.first() else { continue };
        let p = fields.iter().find(|(field, ..)| *field == "p").map(|(_, _, p)| *p);
        for (row, name) in names.iter().enumerate() {
            let at = |values: &[Option<f64>]| values.get(row).copied().flatten();
            let mut cells: Vec<Cell> = member_cell(analysed).into_iter().collect();
            cells.push(Cell::Text(name.clone()));
            cells.extend(fields.iter().map(|(_, _, values)| at(values).map_or(Cell::Missing, Cell::Number)));
            rows.push((p.and_then(at).unwrap_or(f64::INFINITY), cells));
        }
    }
    // The most certain first, where there are too many to show.
    if rows.len() > MOST_ROWS {
        rows.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        rows.truncate(MOST_ROWS);
    }
    Table { columns, rows: rows.into_iter().map(|(_, cells)| cells).collect() }
}

fn kind(field: &str, alpha: f64) -> ColumnKind {
    match field {
        "p" | "q" | "p_rho" => ColumnKind::P { alpha },
        "n" | "n_first" | "n_second" | "people" | "count" => ColumnKind::Integer,
        _ => ColumnKind::Real { digits: 3 },
    }
}

/// Mean and spread over runs, a row for each measure.
fn by_run(family: &[&AnalysisResult]) -> Table {
    let mut columns: Vec<Column> = member_column(family).into_iter().collect();
    let heading = |name: &str| Column::new(name, ColumnKind::Real { digits: 3 });
    let several = family
        .iter()
        .flat_map(|a| a.fields.values())
        .any(|f| matches!(f, Field::Runs { names, .. } if names.len() > 1));
    columns.push(Column::new("measure", ColumnKind::Text));
    if several {
        columns.push(Column::new("name", ColumnKind::Text));
    }
    columns.extend([heading("mean"), heading("sd"), heading("lowest"), heading("highest")]);
    columns.push(Column::new("runs", ColumnKind::Integer));
    let mut rows = Vec::new();
    for analysed in family {
        for (field, found) in &analysed.fields {
            let Field::Runs { names, values, .. } = found else { continue };
            for (at, name) in names.iter().enumerate() {
                let there: Vec<f64> = values.iter().filter_map(|run| *run.get(at)?).collect();
                let mut cells: Vec<Cell> = member_cell(analysed).into_iter().collect();
                cells.push(Cell::Text(field.clone()));
                if several {
                    cells.push(Cell::Text(name.clone()));
                }
                let spread = spread(&there).ok();
                let number = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Number);
                cells.push(number(spread.map(|s| s.mean)));
                cells.push(number(spread.and_then(|s| s.sd)));
                cells.push(number(there.iter().copied().reduce(f64::min)));
                cells.push(number(there.iter().copied().reduce(f64::max)));
                cells.push(Cell::Number(there.len() as f64));
                rows.push(cells);
            }
        }
    }
    rows.truncate(MOST_ROWS);
    Table { columns, rows }
}

/// Rows by columns: the first such field that there is.
fn matrix(family: &[&AnalysisResult]) -> Table {
    let of = |analysed: &AnalysisResult| analysed.fields.values().find(|f| matches!(f, Field::Matrix { .. })).cloned();
    let mut headings: Vec<Column> = member_column(family).into_iter().collect();
    headings.push(Column::new("name", ColumnKind::Text));
    if let Some(Field::Matrix { columns, .. }) = family.first().and_then(|a| of(a)) {
        headings.extend(columns.into_iter().map(|name| Column::new(name, ColumnKind::Real { digits: 3 })));
    }
    let mut cells_by_row = Vec::new();
    for analysed in family {
        let Some(Field::Matrix { rows, values, .. }) = of(analysed) else { continue };
        for (name, values) in rows.into_iter().zip(values) {
            let mut cells: Vec<Cell> = member_cell(analysed).into_iter().collect();
            cells.push(Cell::Text(name));
            cells.extend(values.into_iter().map(|value| value.map_or(Cell::Missing, Cell::Number)));
            cells_by_row.push(cells);
        }
    }
    cells_by_row.truncate(MOST_ROWS);
    Table { columns: headings, rows: cells_by_row }
}

/// Of maps, which are shown as pictures, how many people and voxels there are: a row each.
fn counts(family: &[&AnalysisResult]) -> Table {
    let numbers = |analysed: &AnalysisResult| -> Vec<(String, f64)> {
        let number = |(name, field): (&String, &Field)| match field {
            Field::Number(value) => Some((name.clone(), *value)),
            _ => None,
        };
        analysed.fields.iter().filter_map(number).collect()
    };
    let heading = |(name, _): (String, f64)| {
        let kind = if name == "alpha" { ColumnKind::Real { digits: 3 } } else { ColumnKind::Integer };
        Column::new(name, kind)
    };
    let mut columns: Vec<Column> = member_column(family).into_iter().collect();
    columns.extend(family.first().map(|first| numbers(first)).unwrap_or_default().into_iter().map(heading));
    let row = |analysed: &&AnalysisResult| {
        let cells = numbers(analysed).into_iter().map(|(_, value)| Cell::Number(value));
        member_cell(analysed).into_iter().chain(cells).collect()
    };
    Table { columns, rows: family.iter().map(row).collect() }
}

/// Single numbers, and how many people are in each group.
fn single(family: &[&AnalysisResult]) -> Table {
    let mut columns: Vec<Column> = member_column(family).into_iter().collect();
    columns.push(Column::new("measure", ColumnKind::Text));
    columns.push(Column::new("value", ColumnKind::Real { digits: 3 }));
    let mut rows = Vec::new();
    for analysed in family {
        let mut row = |measure: String, value: f64| {
            let mut cells: Vec<Cell> = member_cell(analysed).into_iter().collect();
            cells.extend([Cell::Text(measure), Cell::Number(value)]);
            rows.push(cells);
        };
        for (field, found) in &analysed.fields {
            match found {
                Field::Number(value) => row(field.clone(), *value),
                Field::Labels { labels, .. } if field != "colour" => {
                    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
                    labels.iter().for_each(|label| *counts.entry(label).or_default() += 1);
                    counts.into_iter().for_each(|(label, n)| row(format!("people in {label}"), n as f64));
                }
                _ => {}
            }
        }
    }
    rows.truncate(MOST_ROWS);
    Table { columns, rows }
}
