//! Predicted against true values.

use crate::content::{Regression, ReportContent};
use crate::figure::scatter::{self, MOST_POINTS, Scatter};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// A scatter plot each, two in a row.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let drawn: Vec<&Regression> =
        content.regressions.iter().filter(|regression| !regression.points.is_empty()).collect();
    (!drawn.is_empty())
        .then(|| html! { div class="pairs" { @for regression in drawn { (one(regression, numbering)) } } })
}

fn one(regression: &Regression, numbering: &mut Numbering) -> Markup {
    let known = regression.points.iter().filter(|point| point.truth.is_finite() && point.predicted.is_finite()).count();
    let missing = regression.points.len() - known;
    let mut facts =
        format!("r = {}, mean absolute error {}", number::fixed(regression.r, 2), number::short(regression.mae));
    if let Some(unit) = regression.target.unit.as_deref().filter(|_| regression.mae.is_finite()) {
        facts += &format!("\u{a0}{unit}");
    }
    let description = format!("{}: {facts}, {}.", regression.name, number::counted(known, "subject"));
    let (truth, predicted) = (format!("true {}", regression.target), format!("predicted {}", regression.target));
    let body = scatter::draw(&Scatter {
        title: &regression.name,
        x_title: &truth,
        y_title: &predicted,
        points: regression.points.iter().map(|p| (p.subject.as_str(), p.truth, p.predicted)).collect(),
        description: &description,
    });
    numbering.figure(
        body,
        html! {
            (regression.name) ": " i { "r" } " = " (number::fixed(regression.r, 2)) ", "
            (facts.split_once(", ").map_or("", |parts| parts.1)) ", " (number::counted(known, "subject")) ". "
            "On the dashed line both are equal."
            @if missing > 0 { " For " (number::counted(missing, "subject")) " a value is not available." }
            @if known > MOST_POINTS { " An even selection of the points is drawn." }
        },
    )
}
