//! Who was found, left out and analysed, and what is missing.

use super::table;
use crate::content::{Cohort, ReportContent};
use crate::figure::at_both_widths;
use crate::figure::flow::{self, Flow};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// For every cohort its flow, its splits and what is missing.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    (!content.cohorts.is_empty()).then(|| html! { @for cohort in &content.cohorts { (one(cohort, numbering)) } })
}

fn one(cohort: &Cohort, numbering: &mut Numbering) -> Markup {
    let description = described(cohort);
    let figure = Flow {
        title: &format!("Flow of cohort {}", cohort.name),
        found: cohort.found,
        left_out: cohort.left_out.iter().map(|group| (group.reason.as_str(), group.subjects.len() as u64)).collect(),
        analysed: cohort.analysed,
        splits: cohort
            .splits
            .iter()
            .map(|split| {
                let parts = split.parts.iter().map(|part| (part.name.as_str(), part.subjects)).collect();
                (split.name.as_str(), parts)
            })
            .collect(),
        description: &description,
    };
    html! {
        h3 { "Cohort " span class="name" { (cohort.name) } }
        @if !cohort.origin.is_empty() { p class="file" { code { (cohort.origin) } } }
        (numbering.figure(
            at_both_widths(|width| flow::draw(&figure, width)),
            html! { "From the source of " (cohort.name) " to its splits. " (description) },
        ))
        (left_out(cohort))
        @if !cohort.splits.is_empty() { (splits(cohort)) }
        @if !cohort.missing.is_empty() {
            (numbering.table(html! { "What subjects of " (cohort.name) " have and lack." }, missing(cohort)))
        }
    }
}

fn described(cohort: &Cohort) -> String {
    let out: u64 = cohort.left_out.iter().map(|group| group.subjects.len() as u64).sum();
    let splits = match cohort.splits.len() {
        0 => String::new(),
        count => format!(" {} by subject.", number::counted(count, "split")),
    };
    let (found, analysed) = (number::count(cohort.found), number::count(cohort.analysed));
    format!("{found} found, {} left out, {analysed} analysed.{splits}", number::count(out))
}

fn left_out(cohort: &Cohort) -> Markup {
    html! {
        @for group in cohort.left_out.iter().filter(|group| !group.subjects.is_empty()) {
            (table::folded(
                &format!("{}: {}", group.reason, number::counted(group.subjects.len(), "subject")),
                html! { p class="names" { (group.subjects.join(", ")) } },
            ))
        }
    }
}

fn splits(cohort: &Cohort) -> Markup {
    let mut names: Vec<&str> = Vec::new();
    for part in cohort.splits.iter().flat_map(|split| &split.parts) {
        if !names.contains(&part.name.as_str()) {
            names.push(&part.name);
        }
    }
    let rows = table::framed(html! {
        thead { tr { th scope="col" { "Split" } @for name in &names { th scope="col" class="n" { (name) } } } }
        tbody {
            @for split in &cohort.splits {
                tr {
                    td { (split.name) }
                    @for name in &names {
                        @match split.parts.iter().find(|part| part.name == *name) {
                            Some(part) => (table::figure_cell(&number::count(part.subjects))),
                            None => td class="n" {},
                        }
                    }
                }
            }
        }
    });
    table::folded("Subjects by split", rows)
}

fn missing(cohort: &Cohort) -> Markup {
    table::framed(html! {
        thead {
            tr {
                th scope="col" { "Modality" } th scope="col" { "Type" }
                th scope="col" class="n" { "Present" } th scope="col" class="n" { "Absent" } th scope="col" class="n" { "Absent (%)" }
                th scope="col" { "Where absent" }
            }
        }
        tbody {
            @for modality in &cohort.missing {
                tr {
                    td { code { (modality.modality) } }
                    td { code { (modality.kind) } }
                    (table::figure_cell(&number::count(modality.present)))
                    (table::figure_cell(&number::count(modality.absent)))
                    (table::figure_cell(number::percent(modality.absent, modality.present + modality.absent).trim_end_matches('%')))
                    td { (modality.treatment) }
                }
            }
        }
    })
}
