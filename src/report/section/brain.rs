//! Maps of the brain: a row of three planes for each map, its colours below.

use crate::content::{BrainMap, BrainPlane, BrainSheet};
use crate::figure::brain::{self, MapRow, Plane};
use crate::figure::planes::ColourBar;
use crate::number;
use crate::numbering::Numbering;
use crate::picture::{diverging_png, map_png, ramp};
use maud::{Markup, html};

const RAMP_STEPS: usize = 128;

/// One figure.
pub fn draw(sheet: &BrainSheet, numbering: &mut Numbering) -> Markup {
    let rows = sheet.maps.iter().enumerate().map(|(at, map)| MapRow {
        label: &map.name,
        planes: map.planes.iter().map(|plane| drawn(map, plane)).collect(),
        // Maps that share their colours share the bar below the last of them.
        bar: sheet.maps.get(at + 1).is_none_or(|next| !alike(map, next)).then(|| bar(map)),
    });
    let figure = brain::draw(&sheet.name, &headings(sheet), &rows.collect::<Vec<_>>());
    numbering.figure(
        figure,
        html! {
            b { (sheet.name) } ": " (sheet.method) ". "
            "Planes " (sheet.choice) ". The subject's left is at the left; colours end at the 99.5th percentile of the maps that share them."
            @if !sheet.outlined.is_empty() { " Outlined: " (sheet.outlined) "." }
        },
    )
}

fn alike(a: &BrainMap, b: &BrainMap) -> bool {
    a.quantity == b.quantity && a.signed == b.signed && a.limit == b.limit
}

/// `axial, z = 12 mm` over each column.
fn headings(sheet: &BrainSheet) -> Vec<String> {
    let heading = |plane: &BrainPlane| plane.frame.label();
    sheet.maps.first().map(|map| map.planes.iter().map(heading).collect()).unwrap_or_default()
}

fn drawn(map: &BrainMap, plane: &BrainPlane) -> Plane {
    Plane {
        image: map_png(&plane.values, &plane.outlined, plane.frame.width, map.limit).ok(),
        size: plane.frame.extent(),
        letters: plane.frame.view.letters(),
        view: plane.frame.view.name(),
    }
}

fn bar(map: &BrainMap) -> ColourBar {
    let digits = number::digits_for(map.limit / 10.0, map.limit).min(6);
    let value = |value: f64| number::fixed(value, digits);
    let low = if map.signed { -map.limit } else { 0.0 };
    let labels = match map.signed {
        true => [format!("\u{2212}{}", value(map.limit)), "0".to_owned(), format!("+{}", value(map.limit))],
        false => ["0".to_owned(), value(map.limit / 2.0), value(map.limit)],
    };
    // Without a sign the colours are the upper half of the signed ones, so that 0 is black in both.
    let image = diverging_png(&ramp(low, map.limit, RAMP_STEPS), RAMP_STEPS, map.limit).ok();
    ColourBar { image, labels, title: map.quantity.to_string() }
}
