//! Deviations from the norm, by region and by subject.

use super::score::capitalised;
use super::table;
use crate::content::{Deviation, Region, ReportContent};
use crate::figure::at_both_widths;
use crate::figure::bars::{self, Bar, Bars};
use crate::figure::histogram::{self, Histogram};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};
use std::cmp::Ordering;

/// As many regions as one figure shows.
const MOST_BARS: usize = 30;
const AXIS: &str = "mean z (standard deviations of the reference)";

/// For every analysis its regions, its subjects and a table.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let drawn = content.deviations.iter().filter(|one| !one.regions.is_empty() || has_subjects(one));
    let drawn: Vec<&Deviation> = drawn.collect();
    (!drawn.is_empty()).then(|| html! { @for deviation in drawn { (one(deviation, numbering)) } })
}

fn has_subjects(deviation: &Deviation) -> bool {
    deviation.groups.iter().any(|group| group.means.iter().any(|mean| mean.is_finite()))
}

/// Larger first, missing last.
fn by_size(a: f64, b: f64) -> Ordering {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => b.total_cmp(&a),
        (a, b) => b.cmp(&a),
    }
}

fn one(deviation: &Deviation, numbering: &mut Numbering) -> Markup {
    let mut regions: Vec<&Region> = deviation.regions.iter().collect();
    regions.sort_by(|a, b| by_size(a.mean.abs(), b.mean.abs()));
    html! {
        h3 {
            span class="name" { (deviation.name) }
            @if !deviation.compared.is_empty() { span class="variant" { ", " (deviation.compared) } }
        }
        @if !regions.is_empty() { (by_region(deviation, &regions, numbering)) }
        @if has_subjects(deviation) { (by_subject(deviation, numbering)) }
        @if !regions.is_empty() {
            (numbering.table(
                html! { "Every region, by the size of its mean deviation. " (tests(deviation)) },
                table::folded_when_long(regions.len(), &format!("All {} regions", regions.len()), rows(&regions)),
            ))
        }
    }
}

fn tests(deviation: &Deviation) -> Markup {
    html! {
        @if !deviation.test.is_empty() { (capitalised(&deviation.test)) ". " }
        @if !deviation.correction.is_empty() { "Corrected by " (deviation.correction) ". " }
    }
}

fn by_region(deviation: &Deviation, sorted: &[&Region], numbering: &mut Numbering) -> Markup {
    let found = sorted.iter().filter(|region| region.significant).count();
    let mut shown = sorted[..sorted.len().min(MOST_BARS)].to_vec();
    shown.sort_by(|a, b| by_size(a.mean, b.mean));
    let description = format!("{found} of {} deviate significantly.", number::counted(sorted.len(), "region"));
    let draw = |width| {
        let rows = shown.iter().map(|region| bar(region)).collect();
        bars::draw(&Bars { axis: AXIS, rows, description: &description }, width)
    };
    numbering.figure(
        at_both_widths(draw),
        html! {
            @if shown.len() < sorted.len() {
                "The " (shown.len()) " largest mean deviations of " (sorted.len()) " regions"
            } @else {
                "Mean deviation by region"
            }
            @if !deviation.interval.is_empty() { ", with the " (deviation.interval) } ". "
            "Filled: significant after correction; hollow: not. " (description)
        },
    )
}

fn bar(region: &Region) -> Bar<'_> {
    let digits = number::digits_for((region.high - region.low) / 4.0, region.mean);
    let interval = table::interval(region.low, region.high, digits);
    let (mean, q) = (number::fixed(region.mean, digits), number::p_value(region.q));
    Bar {
        label: &region.name,
        value: region.mean,
        interval: (region.low, region.high),
        filled: region.significant,
        name: format!("{}: {mean} {interval}, q {q}", region.name),
    }
}

fn by_subject(deviation: &Deviation, numbering: &mut Numbering) -> Markup {
    let groups: Vec<(&str, &[f64])> =
        // Of a reference that came with a packed model nobody is here.
        deviation
            .groups
            .iter()
            .filter(|group| group.means.iter().any(|mean| mean.is_finite()))
            .map(|group| (group.name.as_str(), group.means.as_slice()))
            .collect();
    let summary: Vec<(&str, usize, f64)> = groups
        .iter()
        .map(|(name, means)| {
            let known: Vec<f64> = means.iter().copied().filter(|mean| mean.is_finite()).collect();
            (*name, known.len(), known.iter().sum::<f64>() / known.len() as f64)
        })
        .collect();
    let description = summary
        .iter()
        .map(|(name, count, mean)| {
            format!("{name}: mean {} in {}", number::fixed(*mean, 2), number::counted(*count, "subject"))
        })
        .collect::<Vec<_>>()
        .join("; ");
    let figure =
        Histogram { axis: "mean deviation of a subject over all regions (z)", groups, description: &description };
    numbering.figure(
        html! {
            div class="legend" {
                @for (series, (name, count, _)) in summary.iter().enumerate() {
                    span class={ "key box-key s" (series) } { (name) ", " (number::counted(*count, "subject")) }
                }
            }
            (at_both_widths(|width| histogram::draw(&figure, width)))
        },
        html! { "Mean deviation by subject, as a share of each group. Upright lines mark the means. " (description) "." },
    )
}

fn rows(regions: &[&Region]) -> Markup {
    table::framed(html! {
        thead {
            tr {
                th scope="col" { "Region" } th scope="col" class="n" { "Mean " i { "z" } } th scope="col" class="n" { "Interval" }
                th scope="col" class="n" { i { "t" } } th scope="col" class="n" { i { "p" } } th scope="col" class="n" { i { "q" } }
            }
        }
        tbody {
            @for region in regions {
                tr class=[region.significant.then_some("best")] {
                    td { (region.name) }
                    (table::figure_cell(&number::fixed(region.mean, 3)))
                    (table::figure_cell(&table::interval(region.low, region.high, 3)))
                    (table::figure_cell(&number::fixed(region.t, 2)))
                    (table::figure_cell(&number::p_value(region.p)))
                    (table::figure_cell(&number::p_value(region.q)))
                }
            }
        }
    })
}
