//! The results in a sentence or two, and a compact table.

use super::super::compare::Compared;
use super::super::context::Context;
use super::{Results, of_and_on, variant_name};
use crate::program::Subset;
use crate::report::content::{Cell, Column, ColumnKind, Headline, Table};

/// Rows of the table.
const MOST_ROWS: usize = 12;
/// Sentences.
const MOST_SENTENCES: usize = 4;

/// What is said before anything else.
pub(super) fn headline(context: &Context<'_>, results: &Results) -> Headline {
    let mut sentences = Vec::new();
    for comparison in &results.comparisons {
        for item in &comparison.items {
            let Some(best) = item.reference else { continue };
            let name = comparison.variants.get(best).map_or("", String::as_str);
            let mean = item.values.get(best).and_then(|v| v.mean);
            let clear = item.contrasts.iter().filter(|c| c.p_corrected.is_some_and(|p| p <= 0.05)).count();
            if let (Some(mean), Some(metric)) = (mean, item.metric) {
                let others = item.contrasts.len();
                let leads = match (comparison.reference_named, metric.larger_is_better()) {
                    (true, _) => "with the reference",
                    (false, Some(_)) => "is best with",
                    (false, None) => "is, with",
                };
                let whom = if comparison.compared == Compared::Models { "models" } else { "variants" };
                sentences.push(format!(
                    "{} of {} {leads} {name}: {mean:.3}; {clear} of {others} other {whom} differ from it (p at most 0.05 \
                     after Holm's correction).",
                    item.name, item.of
                ));
            }
        }
    }
    if sentences.is_empty() {
        for scored in results.variants.iter().take(1).flat_map(|v| &v.scores) {
            for line in scored.lines.iter().filter(|line| line.key.is_empty() || line.key == "mean") {
                let Some(mean) = line.mean else { continue };
                let interval = match (line.low, line.high) {
                    (Some(low), Some(high)) => format!(" (95% interval {low:.3} to {high:.3})"),
                    _ => String::new(),
                };
                sentences.push(format!("{} of {}: {mean:.3}{interval}.", line.metric.name(), of_and_on(scored, "")));
            }
        }
    }
    sentences.truncate(MOST_SENTENCES);
    if let Some(scored) = results.variants.iter().flat_map(|v| &v.scores).find(|s| s.on == Subset::Training) {
        sentences.push(format!("{} is scored on {} subjects, which trained it.", scored.of, scored.on_name()));
    }
    Headline { sentences, table: table(context, results) }
}

fn table(context: &Context<'_>, results: &Results) -> Option<Table> {
    let mut rows = Vec::new();
    for (variant, result) in results.variants.iter().enumerate() {
        for scored in &result.scores {
            for line in scored.lines.iter().filter(|line| line.key.is_empty() || line.key == "mean") {
                let nan = f64::NAN;
                let (low, high) = (line.low.unwrap_or(nan), line.high.unwrap_or(nan));
                let estimate = match line.mean {
                    Some(value) => Cell::Estimate { value, low, high },
                    None => Cell::Missing,
                };
                let name = variant_name(context, variant);
                rows.push(vec![
                    of_and_on(scored, "").into(),
                    line.metric.name().as_ref().into(),
                    if name.is_empty() { Cell::Text("base".into()) } else { name.into() },
                    estimate,
                ]);
            }
        }
    }
    rows.truncate(MOST_ROWS);
    let columns = vec![
        Column::new("Score", ColumnKind::Text),
        Column::new("Metric", ColumnKind::Text),
        Column::new("Variant", ColumnKind::Text),
        Column::new("Mean and 95% interval", ColumnKind::Real { digits: 3 }),
    ];
    (!rows.is_empty()).then_some(Table { columns, rows })
}
