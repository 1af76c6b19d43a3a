//! What the reader must know before believing the rest.

use super::table;
use crate::content::{ReportContent, Warning};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// One quiet box with every warning.
pub fn draw(content: &ReportContent, _: &mut Numbering) -> Option<Markup> {
    (!content.warnings.is_empty()).then(|| {
        html! { ul class="warnings" { @for warning in &content.warnings { (one(warning)) } } }
    })
}

fn one(warning: &Warning) -> Markup {
    html! {
        li {
            p { b { (warning.message) } @if let Some(code) = &warning.code { " " code { (code) } } }
            @if let Some(detail) = &warning.detail { p { (detail) } }
            @if (1..=6).contains(&warning.about.len()) {
                p class="names" { (warning.about.join(", ")) }
            } @else if !warning.about.is_empty() {
                (table::folded(&number::counted(warning.about.len(), "entry").replace("entrys", "entries"), html! { p class="names" { (warning.about.join(", ")) } }))
            }
        }
    }
}
