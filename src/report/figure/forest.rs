//! Forest plots: one row a variant, its folds as small dots, its mean and interval as a bar.

use super::axis::{Axis, Scale, padded, range};
use super::{LABEL, NARROW, Px, svg, text};
use crate::number;
use maud::{Markup, html};

/// Font size of the names of rows, in pixels.
const NAME: f64 = LABEL + 1.0;
/// From one line of a name to the next.
const LINE: f64 = 15.0;

/// A forest plot.
pub struct Forest<'a> {
    /// What is measured, with its unit.
    pub axis: &'a str,
    /// Top to bottom.
    pub rows: Vec<Row<'a>>,
    /// A value to compare with, and what it is.
    pub reference: Option<(f64, &'a str)>,
    /// In words.
    pub description: &'a str,
}

/// One row.
pub struct Row<'a> {
    /// What it is of. Where it does not fit one line, it is broken at its line break, if it has one.
    pub label: String,
    /// Single values.
    pub dots: Vec<(f64, String)>,
    /// The mean; nothing is drawn where it is not finite.
    pub mean: f64,
    /// Its interval; nothing is drawn where it is not finite.
    pub interval: (f64, f64),
    /// Digits after the point of the numbers at the right.
    pub digits: usize,
    /// Whether the row stands out.
    pub strong: bool,
    /// A sign behind the numbers.
    pub mark: &'a str,
}

/// Draws the plot `width` pixels wide.
pub fn draw(forest: &Forest, width: f64) -> Markup {
    let narrow = width <= NARROW;
    let numbers: Vec<String> = forest.rows.iter().map(in_numbers).collect();
    let numbers_width = numbers.iter().map(|text| text::width(text, LABEL)).fold(0.0, f64::max) * BOLD;
    let label_room = if narrow { width - numbers_width - 10.0 } else { width * 0.3 };
    let labels: Vec<Vec<String>> = forest.rows.iter().map(|row| two_lines(&row.label, label_room)).collect();
    let widest = labels.iter().flatten().map(|line| text::width(line, NAME)).fold(0.0, f64::max) * BOLD;
    let most_lines = labels.iter().map(Vec::len).max().unwrap_or(1).max(1) as f64;
    // In a narrow window names and numbers stand above their bar.
    let (row, bar_at, left, right) = if narrow {
        (32.0 + LINE * most_lines, 14.0 + LINE * most_lines, 8.0, width - 12.0)
    } else {
        let row = 16.0 + LINE * most_lines;
        (row, row / 2.0 + 1.0, widest + 20.0, width - numbers_width - 22.0)
    };
    let top = if forest.reference.is_some() { 20.0 } else { 6.0 };
    let bottom = top + row * forest.rows.len() as f64 + 4.0;
    let values = forest.rows.iter().flat_map(|row| {
        let dots = row.dots.iter().map(|dot| dot.0);
        dots.chain([row.mean, row.interval.0, row.interval.1])
    });
    let span = range(values.chain(forest.reference.map(|reference| reference.0))).unwrap_or((0.0, 1.0));
    let axis = Axis::horizontal(Scale::linear(padded(span, 0.04), (left, right)), forest.axis);
    let body = html! {
        (axis.draw_below(top, bottom))
        @if let Some((value, name)) = forest.reference { (reference(value, name, &axis.scale, (top, bottom), width)) }
        @for (index, (entry, numbers)) in forest.rows.iter().zip(&numbers).enumerate() {
            @let start = top + row * index as f64;
            @let middle = start + bar_at;
            @let lines = &labels[index];
            @let first = if narrow { start + 15.0 } else { middle + 4.0 - LINE / 2.0 * (lines.len() as f64 - 1.0) };
            text class={ "row-label" @if entry.strong { " strong" } } {
                title { (entry.label) }
                @for (number, line) in lines.iter().enumerate() {
                    tspan x="0" y=(Px(first + LINE * number as f64)) { (line) }
                }
            }
            text class={ "row-number" @if entry.strong { " strong" } } x=(Px(width)) text-anchor="end"
                y=(Px(if narrow { start + 15.0 } else { middle + 4.0 })) { (numbers) }
            (bar(entry, &axis.scale, middle))
        }
    };
    svg(width, bottom + Axis::BELOW, forest.axis, forest.description, body)
}

/// How much wider emphasised text is.
const BOLD: f64 = 1.06;

/// A name in one line or two, with what does not fit taken out of the second.
fn two_lines(name: &str, room: f64) -> Vec<String> {
    let room = room / BOLD;
    if let Some((first, second)) = name.split_once('\n') {
        let both = format!("{first} {second}");
        if text::width(&both, NAME) <= room {
            return vec![both];
        }
        return [first, second].map(|part| text::shorten(part, NAME, room)).to_vec();
    }
    let lines = text::wrap(name, NAME, room);
    match lines.split_first() {
        Some((first, rest)) if rest.len() > 1 => vec![first.clone(), text::shorten(&rest.join(" "), NAME, room)],
        _ => lines,
    }
}

fn reference(value: f64, name: &str, scale: &Scale, (top, bottom): (f64, f64), width: f64) -> Markup {
    let half = text::width(name, LABEL) / 2.0;
    html! {
        @if let Some(x) = scale.at(value) {
            line class="reference" x1=(Px(x)) x2=(Px(x)) y1=(Px(top - 4.0)) y2=(Px(bottom)) {}
            text class="tick" x=(Px(x.min(width - half).max(half))) y=(Px(top - 8.0)) text-anchor="middle" { (name) }
        }
    }
}

fn bar(row: &Row, scale: &Scale, middle: f64) -> Markup {
    html! {
        @if let (Some(low), Some(high)) = (scale.at(row.interval.0), scale.at(row.interval.1)) {
            line class="interval s0" x1=(Px(low)) x2=(Px(high)) y1=(Px(middle)) y2=(Px(middle)) {}
        }
        @for (index, (value, name)) in row.dots.iter().enumerate() {
            @if let Some(x) = scale.at(*value) {
                // Dots lie in two lines beside the bar, so that equal values can be told apart.
                @let y = middle + if index % 2 == 0 { -5.5 } else { 5.5 };
                circle class="fold" cx=(Px(x)) cy=(Px(y)) r="2.4" { title { (name) } }
            }
        }
        @if let Some(x) = scale.at(row.mean) {
            path class="mean s0" d={ "M" (Px(x)) " " (Px(middle - 6.5)) "l5 6.5l-5 6.5l-5 -6.5z" } {}
        }
    }
}

fn in_numbers(row: &Row) -> String {
    let digits = row.digits;
    let mut text = number::fixed(row.mean, digits);
    if row.interval.0.is_finite() && row.interval.1.is_finite() {
        text += &format!(" [{}, {}]", number::fixed(row.interval.0, digits), number::fixed(row.interval.1, digits));
    }
    if !row.mark.is_empty() {
        text += &format!(" {}", row.mark);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_takes_two_lines_at_most() {
        let name = "hyper, shortcut conditioned on the whole clinical record of the subject and of its twin";
        let lines = two_lines(name, 200.0);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].contains('…'));
        assert!(lines.iter().all(|line| text::width(line, NAME) <= 200.0));
        assert_eq!(two_lines("daft", 200.0), ["daft"]);
        assert_eq!(two_lines("daft\n- concat", 200.0), ["daft - concat"]);
        assert_eq!(two_lines("daft\n- concat", 60.0), ["daft", "- concat"]);
    }
}
