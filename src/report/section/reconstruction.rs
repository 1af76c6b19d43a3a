//! Inputs beside their reconstructions, in three planes.

use crate::content::{Picture, PictureSet, Planes, Quantity, ReportContent};
use crate::figure::planes::{self, ColourBar, PlaneRow, Sheet};
use crate::number;
use crate::numbering::Numbering;
use crate::picture::{diverging_png, grey_png, ramp};
use maud::{Markup, html};

/// The share of voxels beyond either end of the grey scale.
const TAIL: f64 = 0.005;
/// Up to this many subjects are shown large, one below the other.
const FEW: usize = 2;
const RAMP_STEPS: usize = 64;

/// For every model output a figure a subject.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let sets: Vec<&PictureSet> = content.pictures.iter().filter(|set| !set.pictures.is_empty()).collect();
    (!sets.is_empty()).then(|| html! { @for set in sets { (one_set(set, numbering)) } })
}

fn one_set(set: &PictureSet, numbering: &mut Numbering) -> Markup {
    html! {
        h3 { span class="name" { (set.name) } }
        p {
            @if !set.choice.is_empty() { "Subjects: " (set.choice) ". " }
            "The subject's left is at the left. Input and reconstruction share one scale, whose ends are the 0.5th and 99.5th percentile of the input; "
            "the difference is reconstruction minus input."
        }
        div class=[(set.pictures.len() > FEW).then_some("pairs")] {
            @for picture in &set.pictures { (one(picture, numbering)) }
        }
    }
}

fn one(picture: &Picture, numbering: &mut Numbering) -> Markup {
    let differences: Vec<Vec<f32>> = picture.planes.iter().map(difference).collect();
    let inputs = sorted(picture.planes.iter().flat_map(|planes| &planes.input).copied());
    let (low, high) = (quantile(&inputs, TAIL), quantile(&inputs, 1.0 - TAIL));
    let sizes = sorted(differences.iter().flatten().map(|value| value.abs()));
    let limit = quantile(&sizes, 1.0 - TAIL);
    let rows =
        picture.planes.iter().zip(&differences).map(|(planes, difference)| row(planes, difference, (low, high), limit));
    let absent =
        picture.planes.iter().flat_map(|p| p.input.iter().chain(&p.reconstruction)).filter(|v| !v.is_finite()).count();
    let facts: Vec<String> = [
        Some(picture.subject.clone()),
        Some(picture.fold.clone()).filter(|fold| !fold.is_empty()),
        Some(picture.variant.clone()).filter(|variant| !variant.is_empty()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let name = facts.join(", ");
    let quantity = picture.quantity.to_string();
    let sheet = Sheet {
        title: &name,
        columns: ["input", "reconstruction", "difference"],
        rows: rows.collect(),
        bars: bars(&picture.quantity, (low, high), limit),
    };
    numbering.figure(
        planes::draw(&sheet),
        html! {
            b { (picture.subject) } @for fact in facts.iter().skip(1) { ", " (fact) } "; " (quantity) "."
            @if absent > 0 { " " (number::counted(absent, "pixel")) " not available." }
        },
    )
}

fn row(planes: &Planes, difference: &[f32], range: (f64, f64), limit: f64) -> PlaneRow<'static> {
    let label = planes.frame.label();
    PlaneRow {
        label,
        images: [
            grey_png(&planes.input, planes.frame.width, range).ok(),
            grey_png(&planes.reconstruction, planes.frame.width, range).ok(),
            diverging_png(difference, planes.frame.width, limit).ok(),
        ],
        size: planes.frame.extent(),
        letters: planes.frame.view.letters(),
    }
}

fn bars(quantity: &Quantity, (low, high): (f64, f64), limit: f64) -> [ColourBar; 2] {
    let value = |value: f64| number::fixed(value, number::digits_for((high - low) / 10.0, high));
    let signed = |sign: &str| format!("{sign}{}", number::fixed(limit, number::digits_for(limit / 10.0, limit).min(4)));
    [
        ColourBar {
            image: grey_png(&ramp(low, high, RAMP_STEPS), RAMP_STEPS, (low, high)).ok(),
            labels: [value(low), value((low + high) / 2.0), value(high)],
            title: quantity.to_string(),
        },
        ColourBar {
            image: diverging_png(&ramp(-limit, limit, RAMP_STEPS), RAMP_STEPS, limit).ok(),
            labels: [signed("\u{2212}"), "0".to_owned(), signed("+")],
            title: Quantity { name: "difference".to_owned(), unit: quantity.unit.clone() }.to_string(),
        },
    ]
}

fn difference(planes: &Planes) -> Vec<f32> {
    planes.reconstruction.iter().zip(&planes.input).map(|(made, given)| made - given).collect()
}

fn sorted(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut values: Vec<f32> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f32::total_cmp);
    values
}

fn quantile(sorted: &[f32], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1) as f64;
    sorted.get((last * share).round() as usize).map_or(f64::NAN, |value| f64::from(*value))
}
