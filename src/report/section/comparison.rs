//! Paired tests between the variants of a sweep, or between models.

use super::score::capitalised;
use super::table;
use crate::content::{Better, Comparison, Contrast, ReportContent};
use crate::figure::at_both_widths;
use crate::figure::forest::{self, Forest, Row};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// More pairs than this are shown in the table alone.
const MOST_ROWS: usize = 15;
const MARK: &str = "*";

/// For every metric the differences as a forest plot and a table.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let comparisons: Vec<&Comparison> = content.comparisons.iter().filter(|one| !one.contrasts.is_empty()).collect();
    (!comparisons.is_empty()).then(|| html! { @for comparison in comparisons { (one(comparison, numbering)) } })
}

fn is_significant(contrast: &Contrast, alpha: f64) -> bool {
    let p = if contrast.p_corrected.is_finite() { contrast.p_corrected } else { contrast.p };
    p < alpha
}

/// With a line break before the minus sign, where it may be broken.
fn name(contrast: &Contrast) -> String {
    let [first, second] = [&contrast.first, &contrast.second].map(|name| name.replace('\n', " "));
    format!("{first}\n\u{2212} {second}")
}

fn one(comparison: &Comparison, numbering: &mut Numbering) -> Markup {
    let contrasts = &comparison.contrasts;
    let found = contrasts.iter().filter(|contrast| is_significant(contrast, comparison.alpha)).count();
    let spread = contrasts.iter().map(|c| (c.high - c.low) / 4.0).filter(|s| *s > 0.0).fold(f64::NAN, f64::min);
    let largest = contrasts.iter().map(|c| c.difference.abs()).fold(0.0, f64::max);
    let digits = number::digits_for(spread, largest).min(4);
    let axis = match &comparison.metric.unit {
        Some(unit) => format!("difference in {} ({unit})", comparison.metric.name),
        None => format!("difference in {}", comparison.metric.name),
    };
    let direction = match comparison.better {
        Better::Higher => "Above zero the first of a pair is better.",
        Better::Lower => "Below zero the first of a pair is better.",
        Better::Neither => "",
    };
    let description = format!("{found} of {} differences are significant. {direction}", contrasts.len());
    let rows = || {
        contrasts
            .iter()
            .map(|contrast| Row {
                label: name(contrast),
                dots: Vec::new(),
                mean: contrast.difference,
                interval: (contrast.low, contrast.high),
                digits,
                strong: is_significant(contrast, comparison.alpha),
                mark: if is_significant(contrast, comparison.alpha) { MARK } else { "\u{2007}" },
            })
            .collect()
    };
    let drawn = contrasts.len() <= MOST_ROWS;
    let said = html! {
        (capitalised(&comparison.test)) "."
        @if let Some(correction) = &comparison.correction { " Corrected by " (correction) "." }
        @if !comparison.reference.is_empty() { " " (capitalised(&comparison.reference)) "." }
    };
    html! {
        h3 { (capitalised(&comparison.metric.name)) @if !comparison.name.is_empty() { span class="variant" { ", " (comparison.name) } } }
        @if drawn {
            (numbering.figure(
                at_both_widths(|width| forest::draw(
                    &Forest { axis: &axis, rows: rows(), reference: Some((0.0, "no difference")), description: &description },
                    width,
                )),
                html! {
                    "Differences, first minus second"
                    @if !comparison.interval.is_empty() { ", with their " (comparison.interval) }
                    ". " (direction) " " (said)
                },
            ))
        }
        (numbering.table(
            html! {
                "Tests of the differences. " @if !drawn { (said) " " }
                (MARK) " and bold: " @if comparison.correction.is_some() { "corrected " } "p < " (number::short(comparison.alpha))
                "; " (found) " of " (contrasts.len()) "."
            },
            table::folded_when_long(contrasts.len(), &format!("All {} pairs", contrasts.len()), pairs(comparison, digits)),
        ))
    }
}

fn pairs(comparison: &Comparison, digits: usize) -> Markup {
    let corrected = comparison.contrasts.iter().any(|contrast| contrast.p_corrected.is_finite());
    table::framed(html! {
        thead {
            tr {
                th scope="col" { "First" } th scope="col" { "Second" } th scope="col" class="n" { "Difference" }
                th scope="col" class="n" { "Interval" } th scope="col" class="n" { i { "p" } }
                @if corrected { th scope="col" class="n" { i { "p" } " corrected" } }
                th scope="col" class="sign" { span class="unseen" { "significant" } }
            }
        }
        tbody {
            @for contrast in &comparison.contrasts {
                @let significant = is_significant(contrast, comparison.alpha);
                tr class=[significant.then_some("best")] {
                    td { (contrast.first) }
                    td { (contrast.second) }
                    (table::figure_cell(&number::fixed(contrast.difference, digits)))
                    (table::figure_cell(&table::interval(contrast.low, contrast.high, digits)))
                    (table::figure_cell(&number::p_value(contrast.p)))
                    @if corrected { (table::figure_cell(&number::p_value(contrast.p_corrected))) }
                    td class="sign" { @if significant { (MARK) } }
                }
            }
        }
    })
}
