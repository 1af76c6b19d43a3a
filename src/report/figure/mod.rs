//! Figures as inline SVG: plain descriptions come in, markup goes out. Nothing here knows of experiments.
//!
//! Coordinates are CSS pixels. Colours, fonts and themes are the style sheet's: shapes carry classes, and a series says
//! which of the palette's colours it has by a class `s0`, `s1`, .. A figure with labels that need room is drawn twice,
//! for wide and for narrow windows, and the style sheet shows one of them ([`at_both_widths`]); scaling one drawing
//! down would make its text too small to read.

pub mod axis;
pub mod bars;
pub mod boxes;
pub mod brain;
pub mod flow;
pub mod forest;
pub mod histogram;
pub mod line;
pub mod map;
pub mod matrix;
pub mod planes;
pub mod points;
pub mod scatter;
pub mod text;
pub mod trials;

use maud::{Markup, Render, html};

/// Width of the page's column, in pixels.
pub const WIDE: f64 = 736.0;
/// Width that fits a telephone, in pixels.
pub const NARROW: f64 = 348.0;
/// Size of ordinary labels, in pixels; the style sheet says the same.
pub const LABEL: f64 = 12.0;

/// A coordinate, written with one digit after the point; one that is not finite becomes 0.
#[derive(Clone, Copy)]
pub struct Px(pub f64);

impl Render for Px {
    fn render_to(&self, to: &mut String) {
        let tenths = if self.0.is_finite() { (self.0 * 10.0).round() as i64 } else { 0 };
        if tenths < 0 {
            to.push('-');
        }
        to.push_str(&(tenths.abs() / 10).to_string());
        if tenths % 10 != 0 {
            to.push('.');
            to.push_str(&(tenths.abs() % 10).to_string());
        }
    }
}

/// The outermost element, with its name and description for those who cannot see it.
pub fn svg(width: f64, height: f64, title: &str, description: &str, body: Markup) -> Markup {
    let (w, h) = (Px(width), Px(height));
    html! {
        svg class="plot" role="img" viewBox={ "0 0 " (w) " " (h) } width=(w) height=(h) {
            title { (title) }
            desc { (description) }
            (body)
        }
    }
}

/// The same figure for wide and for narrow windows; `draw` gets the width.
pub fn at_both_widths(draw: impl Fn(f64) -> Markup) -> Markup {
    html! {
        div class="for-wide" { (draw(WIDE)) }
        div class="for-narrow" { (draw(NARROW)) }
    }
}

/// The path through `points`, broken where one is missing. Points are in pixels.
pub fn path(points: impl IntoIterator<Item = Option<(f64, f64)>>) -> String {
    let mut text = String::new();
    let mut pen_is_down = false;
    for point in points {
        let Some((x, y)) = point else {
            pen_is_down = false;
            continue;
        };
        text.push(if pen_is_down { 'L' } else { 'M' });
        Px(x).render_to(&mut text);
        text.push(' ');
        Px(y).render_to(&mut text);
        pen_is_down = true;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_one_digit_at_most() {
        let text = |value| Px(value).render().into_string();
        assert_eq!(text(0.1 + 0.2), "0.3");
        assert_eq!(text(-0.04), "0");
        assert_eq!(text(-1.26), "-1.3");
        assert_eq!(text(12.0), "12");
        assert_eq!(text(f64::NAN), "0");
    }

    #[test]
    fn a_missing_point_breaks_the_path() {
        let points = [Some((0.0, 0.0)), Some((1.0, 1.0)), None, Some((2.0, 2.0)), Some((3.0, 3.0))];
        assert_eq!(path(points), "M0 0L1 1M2 2L3 3");
    }
}
