//! Tables, and what is done with long ones.

use crate::content::{Cell, Column, ColumnKind, Table};
use crate::number;
use maud::{Markup, html};

/// More rows than this are folded away until the reader asks for them.
pub const LONG: usize = 24;

/// A table in a frame that scrolls sideways where the window is narrow.
pub fn framed(body: Markup) -> Markup {
    html! { div class="scroll" tabindex="0" { table { (body) } } }
}

/// `body`, folded away under `summary` when it has more than [`LONG`] rows.
pub fn folded_when_long(rows: usize, summary: &str, body: Markup) -> Markup {
    if rows > LONG { folded(summary, body) } else { body }
}

/// `body`, folded away under `summary`.
pub fn folded(summary: &str, body: Markup) -> Markup {
    html! { details { summary { (summary) } (body) } }
}

/// A cell with a number in it that has been formatted already.
pub fn figure_cell(text: &str) -> Markup {
    html! { td class={ "n" @if text == number::MISSING { " missing" } } { (text) } }
}

/// An interval in brackets.
pub fn interval(low: f64, high: f64, digits: usize) -> String {
    if low.is_finite() && high.is_finite() {
        format!("[{}, {}]", number::fixed(low, digits), number::fixed(high, digits))
    } else {
        number::MISSING.to_owned()
    }
}

/// A table whose columns say how their cells are shown.
pub fn generic(table: &Table) -> Markup {
    framed(html! {
        thead {
            tr {
                @for column in &table.columns {
                    th scope="col" class=[(column.kind != ColumnKind::Text).then_some("n")] { (heading(column)) }
                }
            }
        }
        tbody {
            @for row in &table.rows {
                tr {
                    @for (index, column) in table.columns.iter().enumerate() {
                        (cell(row.get(index).unwrap_or(&Cell::Missing), column.kind))
                    }
                }
            }
        }
    })
}

fn heading(column: &Column) -> Markup {
    html! {
        (column.name)
        @if let Some(unit) = &column.unit { " " span class="unit" { "(" (unit) ")" } }
    }
}

fn cell(cell: &Cell, kind: ColumnKind) -> Markup {
    match (cell, kind) {
        (Cell::Text(text), ColumnKind::Text) => html! { td { (text) } },
        (Cell::Text(text), _) => html! { td class="n" { (text) } },
        (Cell::Missing, ColumnKind::Text) => html! { td class="missing" { (number::MISSING) } },
        (Cell::Missing, _) => figure_cell(number::MISSING),
        (Cell::Number(value), ColumnKind::P { alpha }) => html! {
            td class={ "n" @if *value < alpha { " significant" } @if !value.is_finite() { " missing" } } {
                (number::p_value(*value))
            }
        },
        (Cell::Number(value), ColumnKind::Integer) => figure_cell(&number::fixed(*value, 0)),
        (Cell::Number(value), ColumnKind::Real { digits }) => figure_cell(&number::fixed(*value, digits.into())),
        (Cell::Number(value), ColumnKind::Text) => figure_cell(&number::short(*value)),
        (Cell::Estimate { value, low, high }, kind) => {
            let digits = match kind {
                ColumnKind::Real { digits } => digits.into(),
                _ => number::digits_for(high - low, *value),
            };
            html! {
                td class={ "n" @if !value.is_finite() { " missing" } } {
                    (number::fixed(*value, digits))
                    @if low.is_finite() && high.is_finite() {
                        " " span class="interval-text" { (interval(*low, *high, digits)) }
                    }
                }
            }
        }
    }
}
