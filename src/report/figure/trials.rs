//! Trials of a search by one setting: a point each, those that were chosen filled.

use super::axis::{Axis, Scale, padded, padded_log, range};
use super::{Px, svg};
use maud::{Markup, html};

const WIDTH: f64 = 348.0;
const HEIGHT: f64 = 190.0;
/// More points than this are thinned out evenly; those that were chosen stay.
pub const MOST_POINTS: usize = 2000;

/// A plot of trials.
pub struct Trials<'a> {
    /// The param.
    pub x_title: &'a str,
    /// What settings are chosen by.
    pub y_title: &'a str,
    /// Whether the param's axis is logarithmic.
    pub logarithmic: bool,
    /// The words that the param may be; none for a number.
    pub choices: &'a [String],
    /// Name, param, score, whether it was chosen.
    pub points: Vec<(&'a str, f64, f64, bool)>,
    /// In words.
    pub description: &'a str,
}

/// Draws the plot; points that are not finite are left out.
pub fn draw(trials: &Trials) -> Markup {
    let points: Vec<_> = trials.points.iter().filter(|p| p.1.is_finite() && p.2.is_finite()).collect();
    let top = Axis::ABOVE + 4.0;
    let bottom = HEIGHT - Axis::BELOW;
    let up = padded(range(points.iter().map(|p| p.2)).unwrap_or((0.0, 1.0)), 0.06);
    let y = Axis::vertical(Scale::linear(up, (bottom, top)), trials.y_title);
    let (left, right) = (y.label_width() + 10.0, WIDTH - 8.0);
    let words = !trials.choices.is_empty();
    let span = range(points.iter().map(|p| p.1)).unwrap_or((0.0, 1.0));
    let scale = match trials.logarithmic {
        _ if words => Scale::linear((-0.5, trials.choices.len() as f64 - 0.5), (left, right)),
        true => Scale::logarithmic(padded_log(span, 0.04), (left, right)),
        false => Scale::linear(padded(span, 0.04), (left, right)),
    };
    let mut x = Axis::horizontal(scale, trials.x_title);
    if words {
        x.name_ticks(trials.choices);
    }
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let tried = points.iter().filter(|p| !p.3).step_by(every);
    let body = html! {
        (y.draw_left(left, right))
        (x.draw_below(top, bottom))
        g class="points s0" style="--o:0.3" {
            @for (name, px, py, _) in tried {
                @if let (Some(cx), Some(cy)) = (x.scale.at(*px), y.scale.at(*py)) {
                    circle cx=(Px(cx)) cy=(Px(cy)) r="2.6" { title { (name) } }
                }
            }
        }
        g class="points s1" style="--o:0.95" {
            @for (name, px, py, _) in points.iter().filter(|p| p.3) {
                @if let (Some(cx), Some(cy)) = (x.scale.at(*px), y.scale.at(*py)) {
                    circle cx=(Px(cx)) cy=(Px(cy)) r="3.6" { title { (name) } }
                }
            }
        }
    };
    svg(WIDTH, HEIGHT, trials.x_title, trials.description, body)
}
