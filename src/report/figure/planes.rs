//! Planes of an input, of its reconstruction and of their difference, side by side at one scale.
//!
//! Pictures are `img` elements in a grid rather than parts of an SVG: they grow with the window, their labels do not.

use super::Px;
use maud::{Markup, html};

/// One subject's pictures.
pub struct Sheet<'a> {
    /// What the figure is of.
    pub title: &'a str,
    /// Headings of the three columns.
    pub columns: [&'a str; 3],
    /// Top to bottom.
    pub rows: Vec<PlaneRow<'a>>,
    /// Under the first two columns, and under the third.
    pub bars: [ColourBar; 2],
}

/// One plane.
pub struct PlaneRow<'a> {
    /// Which plane it is and where.
    pub label: String,
    /// Data URIs; none where there is no picture.
    pub images: [Option<String>; 3],
    /// Width and height, in mm.
    pub size: [f64; 2],
    /// At the left, right, top and bottom edge.
    pub letters: [&'a str; 4],
}

impl PlaneRow<'_> {
    /// Width and height where they make sense, a square elsewhere.
    fn extent(&self) -> [f64; 2] {
        if self.size.iter().all(|size| size.is_finite() && *size > 0.0) { self.size } else { [1.0, 1.0] }
    }
}

/// What colours mean.
pub struct ColourBar {
    /// A ramp, one pixel high.
    pub image: Option<String>,
    /// At the left end, the middle and the right end.
    pub labels: [String; 3],
    /// What is measured, with its unit.
    pub title: String,
}

/// Draws one subject's pictures.
pub fn draw(sheet: &Sheet) -> Markup {
    let widest = sheet.rows.iter().map(|row| row.extent()[0]).fold(0.0, f64::max);
    html! {
        div class="sheet" {
            @for name in sheet.columns { div class="sheet-heading" { (name) } }
            @for row in &sheet.rows { (plane(sheet, row, widest)) }
            @for (bar, class) in sheet.bars.iter().zip(["colour-bar two", "colour-bar"]) {
                div class=(class) {
                    @if let Some(image) = &bar.image { img src=(image) alt=""; }
                    div class="ends" { @for label in &bar.labels { span { (label) } } }
                    div { (bar.title) }
                }
            }
        }
    }
}

fn plane(sheet: &Sheet, row: &PlaneRow, widest: f64) -> Markup {
    let [wide, high] = row.extent();
    html! {
        div class="plane-name" { (row.label) }
        @for (column, image) in row.images.iter().enumerate() {
            div class="picture" style={ "aspect-ratio:" (Px(widest)) "/" (Px(high)) } {
                @if let Some(image) = image {
                    img src=(image) alt={ (sheet.title) ", " (row.label) ", " (sheet.columns[column]) }
                        style={ "width:" (Px(100.0 * wide / widest)) "%" };
                } @else {
                    span class="no-picture" { (crate::number::MISSING) }
                }
                @if column == 0 {
                    @for (letter, edge) in row.letters.into_iter().zip(["left", "right", "top", "bottom"]) {
                        span class={ "letter " (edge) } { (letter) }
                    }
                }
            }
        }
    }
}
