//! Confusion matrices: rows are true classes, columns predicted ones, and a cell is as dark as its share of the row.

use super::{LABEL, Px, WIDE, svg, text};
use crate::number;
use maud::{Markup, html};

/// A confusion matrix.
pub struct Matrix<'a> {
    /// What it is of.
    pub title: &'a str,
    /// Names of the classes.
    pub classes: &'a [String],
    /// `counts[true][predicted]`.
    pub counts: &'a [Vec<u64>],
    /// In words.
    pub description: &'a str,
}

/// Draws the matrix at its natural size, up to `width` pixels.
pub fn draw(matrix: &Matrix, width: f64) -> Markup {
    let classes = matrix.classes.len().max(1) as f64;
    let longest = matrix.classes.iter().map(|name| text::width(name, LABEL)).fold(24.0, f64::max);
    let left = longest.min(width * 0.28) + 30.0;
    let cell = ((width - left) / classes).clamp(14.0, if width < WIDE { 92.0 } else { 104.0 });
    let high = (cell * 0.78).max(14.0);
    // Column labels lie level where they fit and lean where they do not.
    let level = matrix.classes.iter().all(|name| text::width(name, LABEL) <= cell - 4.0);
    let top = 24.0 + if level { 18.0 } else { (longest.min(150.0) * 0.72 + 14.0).max(18.0) };
    let right = left + cell * classes;
    let bottom = top + high * classes;
    let body = html! {
        text class="axis-title" x=(Px((left + right) / 2.0)) y="13" text-anchor="middle" { "predicted class" }
        text class="axis-title" x="11" y=(Px((top + bottom) / 2.0)) text-anchor="middle"
            transform={ "rotate(-90 11 " (Px((top + bottom) / 2.0)) ")" } { "true class" }
        @for (index, name) in matrix.classes.iter().enumerate() {
            @let x = left + cell * (index as f64 + 0.5);
            @let y = top + high * (index as f64 + 0.5);
            text class="tick" x=(Px(left - 8.0)) y=(Px(y + 4.0)) text-anchor="end" {
                title { (name) }
                (text::shorten(name, LABEL, left - 30.0))
            }
            @if level {
                text class="tick" x=(Px(x)) y=(Px(top - 8.0)) text-anchor="middle" { (name) }
            } @else {
                text class="tick" x=(Px(x)) y=(Px(top - 6.0)) transform={ "rotate(-45 " (Px(x)) " " (Px(top - 6.0)) ")" } {
                    title { (name) }
                    (text::shorten(name, LABEL, 150.0))
                }
            }
        }
        @for (row, counts) in matrix.counts.iter().take(matrix.classes.len()).enumerate() {
            @let total: u64 = counts.iter().sum();
            @for (column, count) in counts.iter().take(matrix.classes.len()).enumerate() {
                (square(left + cell * column as f64, top + high * row as f64, (cell, high), *count, total, &[&matrix.classes[row], &matrix.classes[column]]))
            }
        }
    };
    svg(right + 4.0, bottom + 6.0, matrix.title, matrix.description, body)
}

fn square(x: f64, y: f64, (wide, high): (f64, f64), count: u64, total: u64, names: &[&String; 2]) -> Markup {
    let share = if total == 0 { 0.0 } else { count as f64 / total as f64 };
    // Where the text must change its colour differs between the themes; the style sheet knows.
    let tone = match share {
        s if s >= 0.86 => "dark",
        s if s >= 0.6 => "middle",
        _ => "pale",
    };
    let middle = x + wide / 2.0;
    let base = y + high / 2.0;
    let percent = number::whole_percent(count, total);
    html! {
        g class={ "cell " (tone) } {
            title { (names[0]) " predicted as " (names[1]) ": " (number::count(count)) " of " (number::count(total)) " (" (percent) ")" }
            rect class="s0" x=(Px(x + 1.0)) y=(Px(y + 1.0)) width=(Px(wide - 2.0)) height=(Px(high - 2.0)) fill-opacity=(format!("{share:.3}")) {}
            @if wide >= 44.0 {
                text class="count" x=(Px(middle)) y=(Px(base - 1.0)) text-anchor="middle" { (number::count(count)) }
                text class="percent" x=(Px(middle)) y=(Px(base + 14.0)) text-anchor="middle" { @if total > 0 { (percent) } }
            } @else if wide >= 26.0 {
                text class="percent" x=(Px(middle)) y=(Px(base + 4.0)) text-anchor="middle" { (number::count(count)) }
            }
        }
    }
}
