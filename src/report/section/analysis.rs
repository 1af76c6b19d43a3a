//! Every other analysis, as a table.

use super::table;
use crate::report::content::ReportContent;
use crate::report::page::Numbering;
use maud::{Markup, html};

/// A table each, under its name in the file.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let drawn: Vec<_> = content.analyses.iter().filter(|analysis| !analysis.table.rows.is_empty()).collect();
    (!drawn.is_empty()).then(|| {
        html! {
            @for analysis in drawn {
                h3 { span class="name" { (analysis.name) } }
                @let rows = analysis.table.rows.len();
                (numbering.table(
                    html! { @if analysis.method.is_empty() { (analysis.name) } @else { (analysis.method) } "." },
                    table::folded_when_long(rows, &format!("All {rows} rows"), table::generic(&analysis.table)),
                ))
            }
        }
    })
}
