//! The best comparisons, first.

use super::table;
use crate::content::ReportContent;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// A sentence or two and a compact table, without a number: it repeats what is shown below.
pub fn draw(content: &ReportContent, _: &mut Numbering) -> Option<Markup> {
    let headline = &content.headline;
    let rows = headline.table.as_ref().filter(|table| !table.rows.is_empty());
    if headline.sentences.is_empty() && rows.is_none() {
        return None;
    }
    Some(html! {
        @for (index, sentence) in headline.sentences.iter().enumerate() {
            p class=[(index == 0).then_some("lead")] { (sentence) }
        }
        @if let Some(rows) = rows { (table::generic(rows)) }
    })
}
