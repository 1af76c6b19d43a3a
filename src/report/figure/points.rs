//! One number of everybody against another, with a line at zero.

use super::axis::{Axis, Scale, padded, range};
use super::scatter::MOST_POINTS;
use super::{Px, svg};
use maud::{Markup, html};

const HEIGHT: f64 = 300.0;

/// A plot of points whose axes measure different things.
pub struct Points<'a> {
    /// What the plot is of.
    pub title: &'a str,
    /// Title of the horizontal axis.
    pub x_title: &'a str,
    /// Title of the vertical axis.
    pub y_title: &'a str,
    /// Name, x and y; those that are not finite are left out.
    pub points: Vec<(&'a str, f64, f64)>,
    /// In words.
    pub description: &'a str,
}

/// Draws the plot `width` pixels wide.
pub fn draw(plot: &Points, width: f64) -> Markup {
    let points: Vec<_> = plot.points.iter().filter(|point| point.1.is_finite() && point.2.is_finite()).collect();
    let across = padded(range(points.iter().map(|point| point.1)).unwrap_or((0.0, 1.0)), 0.04);
    let up = padded(range(points.iter().map(|point| point.2).chain([0.0])).unwrap_or((0.0, 1.0)), 0.04);
    let (top, bottom) = (Axis::ABOVE + 4.0, HEIGHT);
    let y = Axis::vertical(Scale::linear(up, (bottom, top)), plot.y_title);
    let (left, right) = (y.label_width() + 10.0, width - 8.0);
    let x = Axis::horizontal(Scale::linear(across, (left, right)), plot.x_title);
    let zero = y.scale.at(0.0).unwrap_or(bottom);
    let opacity = (60.0 / points.len().max(1) as f64).sqrt().clamp(0.25, 0.85);
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let body = html! {
        (y.draw_left(left, right))
        (x.draw_below(top, bottom))
        line class="reference" x1=(Px(left)) y1=(Px(zero)) x2=(Px(right)) y2=(Px(zero)) {}
        g class="points s0" style={ "--o:" (format!("{opacity:.2}")) } {
            @for (name, px, py) in points.into_iter().step_by(every) {
                @if let (Some(cx), Some(cy)) = (x.scale.at(*px), y.scale.at(*py)) {
                    circle cx=(Px(cx)) cy=(Px(cy)) r="2.8" { title { (name) } }
                }
            }
        }
    };
    svg(width, bottom + Axis::BELOW, plot.title, plot.description, body)
}
