//! Confusion matrices.

use crate::content::{Confusion, ReportContent};
use crate::figure::matrix::{self, Matrix};
use crate::figure::{NARROW, WIDE, at_both_widths};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// Up to this many classes two matrices stand side by side.
const SMALL: usize = 4;

/// A figure each; small ones two in a row.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let drawn: Vec<&Confusion> = content.confusions.iter().filter(|confusion| !confusion.classes.is_empty()).collect();
    (!drawn.is_empty()).then(|| html! { div class="pairs" { @for confusion in drawn { (one(confusion, numbering)) } } })
}

fn one(confusion: &Confusion, numbering: &mut Numbering) -> Markup {
    let total: u64 = confusion.counts.iter().flatten().sum();
    let right: u64 = confusion.counts.iter().enumerate().filter_map(|(class, row)| row.get(class)).sum();
    let description = format!("{} of {} are on the diagonal.", number::count(right), number::count(total));
    let figure = Matrix {
        title: &confusion.name,
        classes: &confusion.classes,
        counts: &confusion.counts,
        description: &description,
    };
    let small = confusion.classes.len() <= SMALL;
    let body = if small {
        matrix::draw(&figure, NARROW)
    } else {
        at_both_widths(|width| matrix::draw(&figure, width.min(WIDE)))
    };
    let figure = numbering
        .figure(body, html! { (confusion.name) ". Counts, with percentages of the true class; " (description) });
    if small {
        figure
    } else {
        html! { div class="whole" { (figure) } }
    }
}
