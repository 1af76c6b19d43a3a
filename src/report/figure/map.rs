//! A map of items in two coordinates that have no unit, coloured by group.

use super::axis::{Scale, padded, range};
use super::{Px, svg};
use maud::{Markup, html};

/// The palette's colours; further groups begin again with the first.
pub const COLOURS: usize = 7;
/// More points than this are thinned out evenly; they would hide one another.
pub const MOST_POINTS: usize = 3000;

/// A map.
pub struct Map<'a> {
    /// What the plot is of.
    pub title: &'a str,
    /// Name, x, y, and which group.
    pub points: Vec<(&'a str, f64, f64, usize)>,
    /// In words.
    pub description: &'a str,
}

/// Draws the map: one scale for both directions, a frame and no ticks, because the numbers mean nothing by themselves.
pub fn draw(map: &Map, width: f64) -> Markup {
    let points: Vec<_> = map.points.iter().filter(|p| p.1.is_finite() && p.2.is_finite()).collect();
    let span = |values: &mut dyn Iterator<Item = f64>| padded(range(values).unwrap_or((0.0, 1.0)), 0.04);
    let (across, up) = (span(&mut points.iter().map(|p| p.1)), span(&mut points.iter().map(|p| p.2)));
    let size = width.min(480.0);
    // The longer side fills the frame; the other is centred.
    let half = ((across.1 - across.0).max(up.1 - up.0) / 2.0).max(f64::MIN_POSITIVE);
    let around = |(low, high): (f64, f64)| ((low + high) / 2.0 - half, (low + high) / 2.0 + half);
    let (x, y) = (Scale::linear(around(across), (1.0, size - 1.0)), Scale::linear(around(up), (size - 1.0, 1.0)));
    let opacity = (120.0 / points.len().max(1) as f64).sqrt().clamp(0.35, 0.9);
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let body = html! {
        rect class="frame" x="0.5" y="0.5" width=(Px(size - 1.0)) height=(Px(size - 1.0)) {}
        @for group in 0..COLOURS {
            g class={ "points s" (group) } style={ "--o:" (format!("{opacity:.2}")) } {
                @for (name, px, py, _) in points.iter().step_by(every).filter(|p| p.3 % COLOURS == group) {
                    @if let (Some(cx), Some(cy)) = (x.at(*px), y.at(*py)) {
                        circle cx=(Px(cx)) cy=(Px(cy)) r="3" { title { (name) } }
                    }
                }
            }
        }
    };
    svg(size, size, map.title, map.description, body)
}
