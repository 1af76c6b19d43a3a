//! A paper's first table and the errors of a model, as the page shows them.

use super::super::super::analyse::{ALL, AnalysisResult, Field, SAID};
use super::{member_cell, member_column};
use crate::analysis::pearson;
use crate::report::content::{BoxGroup, Boxes, Cell, Column, ColumnKind, MapPoint, Points, Quantity, Table};

/// The groups of a described table, and what is said of each row in each.
struct Said<'a> {
    rows: &'a [String],
    groups: Vec<&'a str>,
    values: &'a [Vec<Option<f64>>],
}

impl<'a> Said<'a> {
    fn of(analysed: &'a AnalysisResult) -> Option<Self> {
        let Some(Field::Matrix { rows, columns, values }) = analysed.fields.get("table") else { return None };
        let groups = columns.chunks_exact(SAID.len()).filter_map(|said| said.first()?.strip_suffix(": n")).collect();
        Some(Self { rows, groups, values })
    }

    /// What is said of a row in a group.
    fn at(&self, row: usize, group: usize, said: &str) -> Option<f64> {
        let place = group * SAID.len() + SAID.iter().position(|known| *known == said)?;
        self.values.get(row)?.get(place).copied().flatten()
    }
}

/// A row for each column, or level of one; a column for each group: `46.1 (12.3); 45.0 [36.0, 55.0]`, or `24 (60%)`.
pub(super) fn table(family: &[&AnalysisResult]) -> Table {
    let mut columns: Vec<Column> = member_column(family).into_iter().collect();
    let mut rows = Vec::new();
    for (at, analysed) in family.iter().enumerate() {
        let Some(said) = Said::of(analysed) else { continue };
        if at == 0 {
            columns.push(Column::new("name", ColumnKind::Text));
            columns.extend(said.groups.iter().map(|group| Column::new(heading(analysed, group), ColumnKind::Text)));
            columns.push(Column::new("p", ColumnKind::P { alpha: 0.05 }));
        }
        for (row, name) in said.rows.iter().enumerate() {
            let mut cells: Vec<Cell> = member_cell(analysed).into_iter().collect();
            cells.push(Cell::Text(name.clone()));
            cells.extend((0..said.groups.len()).map(|group| cell(&said, row, group)));
            let p = said.values[row].last().copied().flatten();
            cells.push(p.map_or(Cell::Missing, Cell::Number));
            rows.push(cells);
        }
    }
    Table { columns, rows }
}

/// `F (40)`: a group with its people.
fn heading(analysed: &AnalysisResult, group: &str) -> String {
    let field = if group == ALL { "people".to_owned() } else { format!("people in {group}") };
    match analysed.fields.get(&field) {
        Some(Field::Number(n)) => format!("{group} ({n})"),
        _ => group.to_owned(),
    }
}

fn cell(said: &Said<'_>, row: usize, group: usize) -> Cell {
    let at = |what: &str| said.at(row, group, what);
    if let (Some(count), Some(share)) = (at("n"), at("share")) {
        return Cell::Text(format!("{count} ({:.0}%)", 100.0 * share));
    }
    let (Some(mean), Some(median), Some(lower), Some(upper)) = (at("mean"), at("median"), at("lower"), at("upper"))
    else {
        return Cell::Missing;
    };
    let spread = at("sd").unwrap_or(0.0);
    let digits = digits(spread, mean);
    let sd = at("sd").map_or(String::new(), |sd| format!(" ({sd:.digits$})"));
    Cell::Text(format!("{mean:.digits$}{sd}; {median:.digits$} [{lower:.digits$}, {upper:.digits$}]"))
}

/// So many that a standard deviation has two or three significant digits.
fn digits(sd: f64, mean: f64) -> usize {
    let scale = if sd > 0.0 { sd } else { mean.abs() };
    if scale > 0.0 { (1.0 - scale.log10().floor()).clamp(0.0, 6.0) as usize } else { 1 }
}

/// A plot for each column of numbers; without groups everybody is one.
pub(super) fn boxes(analysed: &AnalysisResult) -> Vec<Boxes> {
    let Some(said) = Said::of(analysed) else { return Vec::new() };
    let groups: Vec<usize> = if said.groups.len() > 1 { (1..said.groups.len()).collect() } else { vec![0] };
    let of_row = |row: usize| {
        said.at(row, 0, "median")?;
        let group = |group: usize| {
            let at = |what: &str| said.at(row, group, what).unwrap_or(f64::NAN);
            BoxGroup {
                name: said.groups[group].to_owned(),
                n: said.at(row, group, "n").unwrap_or(0.0) as usize,
                lowest: at("lowest"),
                lower: at("lower"),
                median: at("median"),
                upper: at("upper"),
                highest: at("highest"),
            }
        };
        Some(Boxes { of: Quantity::plain(&said.rows[row]), groups: groups.iter().map(|at| group(*at)).collect() })
    };
    (0..said.rows.len()).filter_map(of_row).collect()
}

/// The difference of everybody against what is true.
pub(super) fn errors(analysed: &AnalysisResult) -> Option<Points> {
    let (Some(Field::Subjects(truth)), Some(Field::Subjects(difference))) =
        (analysed.fields.get("truth"), analysed.fields.get("difference"))
    else {
        return None;
    };
    let points: Vec<MapPoint> = truth
        .subjects
        .iter()
        .zip(truth.values.iter().zip(&difference.values))
        .filter_map(|(subject, (truth, difference))| {
            let (x, y) = ((*truth.first()?)?, (*difference.first()?)?);
            Some(MapPoint { name: subject.clone(), x, y, group: String::new() })
        })
        .collect();
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().map(|point| (point.x, point.y)).unzip();
    let r = pearson(&x, &y).map_or(f64::NAN, |correlation| correlation.r);
    Some(Points { x: Quantity::plain("true"), y: Quantity::plain("predicted less true"), points, r })
}
