//! Maps in three planes: a row of pictures for each map.

use super::Px;
use super::planes::ColourBar;
use maud::{Markup, html};

/// One map.
pub struct MapRow<'a> {
    /// What it is of.
    pub label: &'a str,
    /// Left to right.
    pub planes: Vec<Plane>,
    /// What the colours mean, where it stands below this map.
    pub bar: Option<ColourBar>,
}

/// One picture.
pub struct Plane {
    /// Data URI; none where there is no picture.
    pub image: Option<String>,
    /// Width and height, in mm.
    pub size: [f64; 2],
    /// At the left, right, top and bottom edge.
    pub letters: [&'static str; 4],
    /// "axial".
    pub view: &'static str,
}

/// Draws the maps, `headings` over the columns.
pub fn draw(title: &str, headings: &[String], rows: &[MapRow]) -> Markup {
    let extent = |plane: &Plane| {
        if plane.size.iter().all(|size| size.is_finite() && *size > 0.0) { plane.size } else { [1.0, 1.0] }
    };
    let planes = || rows.iter().flat_map(|row| &row.planes).map(extent);
    let (widest, highest) = planes().fold((0.0, 0.0), |(w, h): (f64, f64), [wide, high]| (w.max(wide), h.max(high)));
    html! {
        div class="sheet" {
            @for heading in headings { div class="sheet-heading" { (heading) } }
            @for (number, row) in rows.iter().enumerate() {
                div class="plane-name" { (row.label) }
                @for plane in &row.planes {
                    @let [wide, high] = extent(plane);
                    div class="picture" style={ "aspect-ratio:" (Px(widest)) "/" (Px(highest)) } {
                        @if let Some(image) = &plane.image {
                            img src=(image) alt={ (title) ", " (row.label) ", " (plane.view) }
                                style={ "width:" (Px(100.0 * wide / widest)) "%;height:" (Px(100.0 * high / highest)) "%" };
                        } @else {
                            span class="no-picture" { (crate::number::MISSING) }
                        }
                        @if number == 0 {
                            @for (letter, edge) in plane.letters.into_iter().zip(["left", "right", "top", "bottom"]) {
                                span class={ "letter " (edge) } { (letter) }
                            }
                        }
                    }
                }
                @if let Some(bar) = &row.bar {
                    div class="colour-bar three" {
                        @if let Some(image) = &bar.image { img src=(image) alt=""; }
                        div class="ends" { @for label in &bar.labels { span { (label) } } }
                        div { (bar.title) }
                    }
                }
            }
        }
    }
}
