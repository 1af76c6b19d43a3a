//! Box plots: one row a group, a box between its quartiles, a line at its median, whiskers to its extremes.

use super::axis::{Axis, Scale, padded, range};
use super::{LABEL, Px, svg, text};
use maud::{Markup, html};

const ROW: f64 = 24.0;

/// Groups of numbers on one scale.
pub struct Boxes<'a> {
    /// What is measured, with its unit.
    pub axis: &'a str,
    /// Top to bottom.
    pub rows: Vec<Row<'a>>,
    /// In words.
    pub description: &'a str,
}

/// One group.
pub struct Row<'a> {
    /// What it is called.
    pub label: &'a str,
    /// Lowest, lower quartile, median, upper quartile, highest; nothing is drawn where one is not finite.
    pub five: [f64; 5],
    /// Shown when pointed at.
    pub name: String,
}

/// Draws the plot `width` pixels wide.
pub fn draw(boxes: &Boxes, width: f64) -> Markup {
    let labels = boxes.rows.iter().map(|row| text::width(row.label, LABEL)).fold(0.0, f64::max);
    let left = labels.min(width * 0.44) + 14.0;
    let right = width - 12.0;
    let (top, bottom) = (4.0, 8.0 + ROW * boxes.rows.len() as f64);
    let span = range(boxes.rows.iter().flat_map(|row| row.five)).unwrap_or((0.0, 1.0));
    let axis = Axis::horizontal(Scale::linear(padded(span, 0.03), (left, right)), boxes.axis);
    let body = html! {
        (axis.draw_below(top, bottom))
        @for (index, row) in boxes.rows.iter().enumerate() {
            @let middle = top + 2.0 + ROW * (index as f64 + 0.5);
            text class="bar-label" x=(Px(left - 8.0)) y=(Px(middle + 4.0)) text-anchor="end" {
                title { (row.label) }
                (text::shorten(row.label, LABEL, left - 10.0))
            }
            @let five = row.five.map(|value| axis.scale.at(value));
            @if let [Some(lowest), Some(lower), Some(median), Some(upper), Some(highest)] = five {
                g class="box-plot s0" {
                    title { (row.name) }
                    line class="whisker" x1=(Px(lowest)) x2=(Px(lower)) y1=(Px(middle)) y2=(Px(middle)) {}
                    line class="whisker" x1=(Px(upper)) x2=(Px(highest)) y1=(Px(middle)) y2=(Px(middle)) {}
                    rect x=(Px(lower)) y=(Px(middle - 7.0)) width=(Px((upper - lower).max(0.5))) height="14" {}
                    line class="median" x1=(Px(median)) x2=(Px(median)) y1=(Px(middle - 7.0)) y2=(Px(middle + 7.0)) {}
                }
            } @else {
                text class="tick" x=(Px(left + 6.0)) y=(Px(middle + 4.0)) { (crate::number::MISSING) }
            }
        }
    };
    svg(width, bottom + Axis::BELOW, boxes.axis, boxes.description, body)
}
