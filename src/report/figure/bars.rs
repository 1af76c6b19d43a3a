//! Lollipop plots: one row a region, a stem from zero to its value, its interval across.

use super::axis::{Axis, Scale, padded, range};
use super::{LABEL, Px, svg, text};
use maud::{Markup, html};

const ROW: f64 = 18.0;

/// A lollipop plot.
pub struct Bars<'a> {
    /// What is measured, with its unit.
    pub axis: &'a str,
    /// Top to bottom.
    pub rows: Vec<Bar<'a>>,
    /// In words.
    pub description: &'a str,
}

/// One row.
pub struct Bar<'a> {
    /// What it is of.
    pub label: &'a str,
    /// Where the stem ends; nothing is drawn where it is not finite.
    pub value: f64,
    /// Drawn where both are finite.
    pub interval: (f64, f64),
    /// Filled or hollow.
    pub filled: bool,
    /// Shown when pointed at.
    pub name: String,
}

/// Draws the plot `width` pixels wide.
pub fn draw(bars: &Bars, width: f64) -> Markup {
    let labels = bars.rows.iter().map(|row| text::width(row.label, LABEL)).fold(0.0, f64::max);
    let left = labels.min(width * 0.44) + 14.0;
    let right = width - 12.0;
    let (top, bottom) = (4.0, 8.0 + ROW * bars.rows.len() as f64);
    let values = bars.rows.iter().flat_map(|row| [row.value, row.interval.0, row.interval.1]);
    let span = range(values.chain([0.0])).unwrap_or((0.0, 1.0));
    let axis = Axis::horizontal(Scale::linear(padded(span, 0.03), (left, right)), bars.axis);
    let zero = axis.scale.at(0.0).unwrap_or(left);
    let body = html! {
        (axis.draw_below(top, bottom))
        line class="zero" x1=(Px(zero)) x2=(Px(zero)) y1=(Px(top)) y2=(Px(bottom)) {}
        @for (index, row) in bars.rows.iter().enumerate() {
            @let middle = top + 2.0 + ROW * (index as f64 + 0.5);
            text class={ "bar-label" @if row.filled { " strong" } } x=(Px(left - 8.0)) y=(Px(middle + 4.0)) text-anchor="end" {
                title { (row.label) }
                (text::shorten(row.label, LABEL, left - 10.0))
            }
            @if let Some(x) = axis.scale.at(row.value) {
                @let series = if row.value < 0.0 { 0 } else { 1 };
                g class={ "lollipop s" (series) @if row.filled { " filled" } } {
                    title { (row.name) }
                    line class="stem" x1=(Px(zero)) x2=(Px(x)) y1=(Px(middle)) y2=(Px(middle)) {}
                    @if let (Some(low), Some(high)) = (axis.scale.at(row.interval.0), axis.scale.at(row.interval.1)) {
                        line class="whisker" x1=(Px(low)) x2=(Px(high)) y1=(Px(middle)) y2=(Px(middle)) {}
                    }
                    circle cx=(Px(x)) cy=(Px(middle)) r="4" {}
                }
            } @else {
                text class="tick" x=(Px(zero + 6.0)) y=(Px(middle + 4.0)) { (crate::number::MISSING) }
            }
        }
    };
    svg(width, bottom + Axis::BELOW, bars.axis, bars.description, body)
}
