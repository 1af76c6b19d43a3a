//! Predicted against true values, with the line on which they are equal.

use super::axis::{Axis, Scale, padded, range};
use super::{Px, svg};
use maud::{Markup, html};

const WIDTH: f64 = 348.0;
/// More points than this are thinned out evenly; they would hide one another.
pub const MOST_POINTS: usize = 2000;

/// A scatter plot whose axes measure the same.
pub struct Scatter<'a> {
    /// What the plot is of.
    pub title: &'a str,
    /// Title of the horizontal axis.
    pub x_title: &'a str,
    /// Title of the vertical axis.
    pub y_title: &'a str,
    /// Name, x and y.
    pub points: Vec<(&'a str, f64, f64)>,
    /// In words.
    pub description: &'a str,
}

/// Draws the plot; both axes have one range, and points that are not finite are left out.
pub fn draw(scatter: &Scatter) -> Markup {
    let points: Vec<_> = scatter.points.iter().filter(|point| point.1.is_finite() && point.2.is_finite()).collect();
    let span = range(points.iter().flat_map(|point| [point.1, point.2])).unwrap_or((0.0, 1.0));
    let span = padded(span, 0.04);
    let top = Axis::ABOVE + 4.0;
    // A first axis tells how wide the labels are; the second one makes the plot square.
    let labels = Axis::vertical(Scale::linear(span, (320.0, top)), scatter.y_title).label_width();
    let (left, right) = (labels + 10.0, WIDTH - 8.0);
    let bottom = top + right - left;
    let y = Axis::vertical(Scale::linear(span, (bottom, top)), scatter.y_title);
    let x = Axis::horizontal(Scale::linear(span, (left, right)), scatter.x_title);
    let opacity = (60.0 / points.len().max(1) as f64).sqrt().clamp(0.25, 0.85);
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let body = html! {
        (y.draw_left(left, right))
        (x.draw_below(top, bottom))
        line class="reference" x1=(Px(left)) y1=(Px(bottom)) x2=(Px(right)) y2=(Px(top)) {}
        g class="points s0" style={ "--o:" (format!("{opacity:.2}")) } {
            @for (name, px, py) in points.into_iter().step_by(every) {
                @if let (Some(cx), Some(cy)) = (x.scale.at(*px), y.scale.at(*py)) {
                    circle cx=(Px(cx)) cy=(Px(cy)) r="2.8" { title { (name) } }
                }
            }
        }
    };
    svg(WIDTH, bottom + Axis::BELOW, scatter.title, scatter.description, body)
}
