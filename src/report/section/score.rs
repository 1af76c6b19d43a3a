//! Scores by variant and fold.

use super::table;
use crate::content::{Better, Ranking, ReportContent, Score, VariantScore};
use crate::figure::at_both_widths;
use crate::figure::forest::{self, Forest, Row};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// For every metric a forest plot, a table, and every single value folded away.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let scores: Vec<&Score> = content.scores.iter().filter(|score| !score.variants.is_empty()).collect();
    (!scores.is_empty()).then(|| html! { @for score in scores { (one(score, numbering)) } })
}

/// Whether `a` is the better of two values.
fn beats(better: Better, a: f64, b: f64) -> bool {
    match better {
        Better::Higher => a > b,
        Better::Lower => a < b,
        Better::Neither => false,
    }
}

fn best(score: &Score) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (index, variant) in score.variants.iter().enumerate().filter(|(_, variant)| variant.mean.is_finite()) {
        if best.is_none_or(|other| beats(score.better, variant.mean, score.variants[other].mean)) {
            best = Some(index);
        }
    }
    best.filter(|_| score.variants.len() > 1 && score.better != Better::Neither)
}

fn digits(score: &Score) -> usize {
    let spread = score.variants.iter().map(|variant| variant.sd).filter(|sd| *sd > 0.0).fold(f64::NAN, f64::min);
    let typical = score.variants.iter().map(|variant| variant.mean.abs()).fold(0.0, f64::max);
    // A single fold that happens to be close to its neighbours must not add digits to all others.
    number::digits_for(spread, typical).min(number::digits_for(f64::NAN, typical))
}

fn label(variant: &VariantScore) -> String {
    if variant.variant.is_empty() { "all folds".to_owned() } else { variant.variant.clone() }
}

fn one(score: &Score, numbering: &mut Numbering) -> Markup {
    let (best, digits, axis) = (best(score), digits(score), score.metric.to_string());
    let chance_name = score.chance.map(|chance| format!("chance {}", number::fixed(chance, digits)));
    let rows = || {
        score
            .variants
            .iter()
            .enumerate()
            .map(|(index, variant)| Row {
                label: label(variant),
                dots: variant
                    .folds
                    .iter()
                    .map(|fold| {
                        (
                            fold.value,
                            format!("{}, seed {}: {}", fold.fold, fold.seed, number::fixed(fold.value, digits + 1)),
                        )
                    })
                    .collect(),
                mean: variant.mean,
                interval: (variant.low, variant.high),
                digits,
                strong: best == Some(index),
                mark: "",
            })
            .collect()
    };
    // In words, then as the experiment and the tables call it.
    let heading = match capitalised(&score.metric.name) {
        words if score.name.is_empty() || words.to_lowercase() == score.name.replace('_', " ") => words,
        words => format!("{words} ({})", score.name),
    };
    let direction = match score.better {
        Better::Higher => "Higher is better.",
        Better::Lower => "Lower is better.",
        Better::Neither => "",
    };
    let description = format!("{} of {} variants. {direction}", score.metric.name, score.variants.len());
    let missing =
        score.variants.iter().flat_map(|variant| &variant.folds).filter(|fold| !fold.value.is_finite()).count();
    html! {
        h3 { (heading) @if !score.of.is_empty() { span class="variant" { " of " (score.of) } } }
        (numbering.figure(
            at_both_widths(|width| forest::draw(
                &Forest { axis: &axis, rows: rows(), reference: score.chance.zip(chance_name.as_deref()), description: &description },
                width,
            )),
            html! {
                (heading) @if !score.of.is_empty() { " of " (score.of) } ". "
                "Dots are folds and seeds, diamonds their means"
                @if !score.interval.is_empty() { ", bars the " (score.interval) }
                ". " (direction)
                @if missing > 0 { " For " (number::counted(missing, "fold")) " the score is not available." }
            },
        ))
        (numbering.table(
            html! { "Mean, standard deviation over folds and seeds, and " @if score.interval.is_empty() { "interval" } @else { (score.interval) } "." @if best.is_some() { " The best mean is in bold." } },
            summary(score, best, digits),
        ))
        @if score.variants.iter().any(|variant| !variant.folds.is_empty()) {
            (table::folded("Every fold and seed", folds(score, digits + 1)))
        }
        @if !score.rankings.is_empty() {
            (table::folded("The runs of which the best are taken", rankings(&score.rankings)))
        }
    }
}

fn summary(score: &Score, best: Option<usize>, digits: usize) -> Markup {
    table::framed(html! {
        thead {
            tr {
                th scope="col" { "Variant" } th scope="col" class="n" { "Values" } th scope="col" class="n" { "Mean" }
                th scope="col" class="n" { "SD" } th scope="col" class="n" { "Interval" }
                th scope="col" class="n" { "Lowest" } th scope="col" class="n" { "Highest" }
            }
        }
        tbody {
            @for (index, variant) in score.variants.iter().enumerate() {
                @let values: Vec<f64> = variant.folds.iter().map(|fold| fold.value).filter(|value| value.is_finite()).collect();
                tr class=[(best == Some(index)).then_some("best")] {
                    td { (label(variant)) }
                    (table::figure_cell(&number::count(values.len() as u64)))
                    (table::figure_cell(&number::fixed(variant.mean, digits)))
                    (table::figure_cell(&number::fixed(variant.sd, digits)))
                    (table::figure_cell(&table::interval(variant.low, variant.high, digits)))
                    (table::figure_cell(&number::fixed(values.iter().copied().fold(f64::NAN, f64::min), digits)))
                    (table::figure_cell(&number::fixed(values.iter().copied().fold(f64::NAN, f64::max), digits)))
                }
            }
        }
    })
}

fn folds(score: &Score, digits: usize) -> Markup {
    table::framed(html! {
        thead { tr { th scope="col" { "Variant" } th scope="col" { "Fold" } th scope="col" class="n" { "Seed" } th scope="col" class="n" { (capitalised(&score.metric.to_string())) } } }
        tbody {
            @for variant in &score.variants {
                @for fold in &variant.folds {
                    tr {
                        td { (label(variant)) }
                        td { (fold.fold) }
                        td class="n" { (fold.seed) }
                        (table::figure_cell(&number::fixed(fold.value, digits)))
                    }
                }
            }
        }
    })
}

/// Every run with what it reached on those who validate, and whether it is among the best.
fn rankings(rankings: &[Ranking]) -> Markup {
    let several = rankings.iter().any(|ranking| !ranking.variant.is_empty());
    let by = rankings.first().map_or(String::new(), |ranking| ranking.by.to_string());
    let values = |ranking: &Ranking| ranking.runs.iter().map(|run| run.value.abs()).fold(0.0, f64::max);
    let digits = number::digits_for(f64::NAN, rankings.iter().map(values).fold(0.0, f64::max)) + 1;
    table::framed(html! {
        thead { tr {
            @if several { th scope="col" { "Variant" } }
            th scope="col" { "Run" } th scope="col" class="n" { (capitalised(&by)) " of those who validate" } th scope="col" { "Taken" }
        } }
        tbody {
            @for ranking in rankings {
                @for run in &ranking.runs {
                    tr class=[run.taken.then_some("best")] {
                        @if several { td { (ranking.variant) } }
                        td { (run.run) }
                        (table::figure_cell(&number::fixed(run.value, digits)))
                        td { @if run.taken { "yes" } @else { "no" } }
                    }
                }
            }
        }
    })
}

/// With a capital at the start, for headings.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
