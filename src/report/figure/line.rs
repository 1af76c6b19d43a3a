//! Lines over a number that counts up: one panel of a learning curve.

use super::axis::{Axis, Scale};
use super::{LABEL, Px, path, svg, text};
use maud::{Markup, html};

/// A panel's width in pixels; two of them fit the column.
pub const WIDTH: f64 = 348.0;
const HEIGHT: f64 = 232.0;
/// More points than this are thinned out: two a pixel already hide one another.
const MOST_POINTS: usize = 240;

/// One panel. All panels of a figure share their ranges, so that they can be compared.
pub struct Panel<'a> {
    /// What sets it apart from its neighbours.
    pub title: &'a str,
    /// Title of the horizontal axis.
    pub x_title: &'a str,
    /// Title of the vertical axis.
    pub y_title: &'a str,
    /// First and last x.
    pub x_range: (f64, f64),
    /// Smallest and largest y.
    pub y_range: (f64, f64),
    /// Whether y is logarithmic.
    pub logarithmic: bool,
    /// Later ones are drawn over earlier ones.
    pub lines: Vec<Line>,
    /// Points that are marked.
    pub dots: Vec<Dot>,
    /// In words.
    pub description: &'a str,
}

/// One line.
pub struct Line {
    /// Which of the palette's colours.
    pub series: usize,
    /// Emphasised or thin.
    pub strong: bool,
    /// In rising x; a y that is not finite breaks the line.
    pub points: Vec<(f64, f64)>,
    /// Shown when pointed at.
    pub name: String,
}

/// One marked point.
pub struct Dot {
    /// Which of the palette's colours.
    pub series: usize,
    /// Where.
    pub at: (f64, f64),
    /// Shown when pointed at.
    pub name: String,
}

/// Draws one panel.
pub fn draw(panel: &Panel) -> Markup {
    let named = !panel.title.is_empty();
    let top = Axis::ABOVE + if named { 22.0 } else { 4.0 };
    let bottom = HEIGHT - Axis::BELOW;
    let rows = (bottom, top);
    let y =
        if panel.logarithmic { Scale::logarithmic(panel.y_range, rows) } else { Scale::linear(panel.y_range, rows) };
    let y = Axis::vertical(y, panel.y_title);
    let (left, right) = (y.label_width() + 10.0, WIDTH - 8.0);
    let x = Axis::horizontal(Scale::linear(panel.x_range, (left, right)), panel.x_title);
    let place = |(px, py): (f64, f64)| Some((x.scale.at(px)?, y.scale.within(py)?));
    let body = html! {
        @if named {
            text class="panel-title" x="0" y="13" { (text::shorten(panel.title, LABEL + 1.5, WIDTH)) }
        }
        (y.draw_left(left, right))
        (x.draw_below(bottom, bottom + 4.0))
        @for line in &panel.lines {
            path class={ "line s" (line.series) @if line.strong { " strong" } }
                d=(path(thinned(&line.points, MOST_POINTS).into_iter().map(place))) {
                title { (line.name) }
            }
        }
        @for dot in &panel.dots {
            @if let Some((cx, cy)) = place(dot.at) {
                circle class={ "dot s" (dot.series) } cx=(Px(cx)) cy=(Px(cy)) r="3.2" { title { (dot.name) } }
            }
        }
    };
    let name = if named { panel.title } else { panel.y_title };
    svg(WIDTH, HEIGHT, name, panel.description, body)
}

/// At most about `most` points that keep every peak: the smallest and the largest of each stretch, in their order.
fn thinned(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(most / 2);
    let mut kept = Vec::with_capacity(most + 2);
    for part in points.chunks(stretch) {
        if let Some(gap) = part.iter().find(|point| !point.1.is_finite()) {
            kept.push(*gap);
            continue;
        }
        let by_height = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        if let (Some(&low), Some(&high)) = (part.iter().min_by(by_height), part.iter().max_by(by_height)) {
            let (first, second) = if low.0 <= high.0 { (low, high) } else { (high, low) };
            kept.push(first);
            if second.0 > first.0 {
                kept.push(second);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_peak_and_the_order() {
        let mut points: Vec<(f64, f64)> = (0..5000).map(|i| (f64::from(i), 1.0 / f64::from(i + 1))).collect();
        points[2777].1 = 9.0;
        let kept = thinned(&points, 240);
        assert!(kept.len() <= 242, "{}", kept.len());
        assert!(kept.contains(&(2777.0, 9.0)));
        assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn a_run_that_diverged_shows_a_gap() {
        let points: Vec<(f64, f64)> = (0..1000).map(|i| (f64::from(i), if i > 500 { f64::NAN } else { 1.0 })).collect();
        assert!(thinned(&points, 100).iter().any(|point| point.1.is_nan()));
    }
}
