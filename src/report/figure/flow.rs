//! The flow of a cohort, after CONSORT's diagram: found, left out and why, analysed, split.

use super::{LABEL, NARROW, Px, svg, text};
use crate::number;
use maud::{Markup, html};

const LINE: f64 = 16.0;
const PAD: f64 = 10.0;
const BAR: f64 = 20.0;
/// More splits than this are counted, not drawn.
const MOST_SPLITS: usize = 12;

/// A flow diagram.
pub struct Flow<'a> {
    /// Name of the cohort.
    pub title: &'a str,
    /// How many were found.
    pub found: u64,
    /// Reason and how many.
    pub left_out: Vec<(&'a str, u64)>,
    /// How many remain.
    pub analysed: u64,
    /// Names of the splits, with the names and sizes of their parts.
    pub splits: Vec<(&'a str, Vec<(&'a str, u64)>)>,
    /// In words.
    pub description: &'a str,
}

/// Draws the diagram `width` pixels wide.
pub fn draw(flow: &Flow, width: f64) -> Markup {
    let narrow = width <= NARROW;
    let main = if narrow { 132.0 } else { 220.0 };
    let side_left = main / 2.0 + if narrow { 26.0 } else { 150.0 };
    let most_room = if narrow { width - side_left - 1.0 } else { 400.0 };
    let middle = main / 2.0;
    let out: u64 = flow.left_out.iter().map(|reason| reason.1).sum();

    let mut y = 1.0;
    let mut parts = vec![head(1.0, y, main, "Found", flow.found)];
    y += 2.0 * LINE + 2.0 * PAD;
    let mut stem = y;
    if out > 0 {
        let lines = reasons(&flow.left_out, most_room);
        let counts = count_width(&flow.left_out);
        let column = side_left + PAD + counts;
        let longest = lines.iter().map(|line| text::width(&line.1, LABEL)).fold(0.0, f64::max);
        let side = (counts + 8.0 + longest + 2.0 * PAD).max(110.0).min(most_room);
        let high = (lines.len() + 1) as f64 * LINE + 2.0 * PAD;
        let top = y + 12.0;
        let across = top + high / 2.0;
        parts.push(html! {
            line class="arrow" x1=(Px(middle)) x2=(Px(side_left - 2.0)) y1=(Px(across)) y2=(Px(across)) marker-end="url(#arrowhead)" {}
            rect class="box out" x=(Px(side_left)) y=(Px(top)) width=(Px(side)) height=(Px(high)) rx="3" {}
            text class="box-title" x=(Px(side_left + PAD)) y=(Px(top + PAD + 12.0)) { "Left out: " (number::count(out)) }
            @for (index, (bold, line)) in lines.iter().enumerate() {
                @let y = Px(top + PAD + 12.0 + LINE * (index + 1) as f64);
                @if let Some(count) = bold {
                    text class="box-text strong" x=(Px(column)) y=(y) text-anchor="end" { (count) }
                }
                text class="box-text" x=(Px(column + 8.0)) y=(y) { (line) }
            }
        });
        y = top + high + 12.0;
    } else {
        y += 26.0;
    }
    parts.push(arrow(middle, stem, y));
    parts.push(head(1.0, y, main, "Analysed", flow.analysed));
    y += 2.0 * LINE + 2.0 * PAD;
    stem = y;
    if !flow.splits.is_empty() {
        y += 26.0;
        parts.push(arrow(middle, stem, y));
        let (markup, high) = splits(flow, width, y);
        parts.push(markup);
        y += high;
    }
    let body = html! { @for part in parts { (part) } };
    svg(width, y + 2.0, flow.title, flow.description, body)
}

fn head(x: f64, y: f64, width: f64, title: &str, count: u64) -> Markup {
    let noun = if count == 1 { "subject" } else { "subjects" };
    html! {
        rect class="box" x=(Px(x)) y=(Px(y)) width=(Px(width - 2.0)) height=(Px(2.0 * LINE + 2.0 * PAD - 1.0)) rx="3" {}
        text class="box-title" x=(Px(x + width / 2.0)) y=(Px(y + PAD + 12.0)) text-anchor="middle" { (title) }
        text class="box-text" x=(Px(x + width / 2.0)) y=(Px(y + PAD + 12.0 + LINE)) text-anchor="middle" {
            tspan class="strong" { (number::count(count)) } " " (noun)
        }
    }
}

fn arrow(x: f64, from: f64, to: f64) -> Markup {
    html! { line class="arrow" x1=(Px(x)) x2=(Px(x)) y1=(Px(from)) y2=(Px(to - 2.0)) marker-end="url(#arrowhead)" {} }
}

/// The reasons in lines; the first line of each starts with its count.
fn reasons(left_out: &[(&str, u64)], width: f64) -> Vec<(Option<String>, String)> {
    let room = width - 2.0 * PAD - count_width(left_out) - 8.0;
    let mut lines = Vec::new();
    for (reason, count) in left_out.iter().filter(|reason| reason.1 > 0) {
        let count = number::count(*count);
        for (index, line) in text::wrap(reason, LABEL, room).into_iter().enumerate() {
            lines.push(((index == 0).then(|| count.clone()), line));
        }
    }
    lines
}

/// Width of the widest count, in pixels.
fn count_width(left_out: &[(&str, u64)]) -> f64 {
    left_out.iter().map(|(_, count)| text::width(&number::count(*count), LABEL) + 2.0).fold(0.0, f64::max)
}

/// One bar a split, divided as its subjects are.
fn splits(flow: &Flow, width: f64, top: f64) -> (Markup, f64) {
    let shown = &flow.splits[..flow.splits.len().min(MOST_SPLITS)];
    let mut names: Vec<&str> = Vec::new();
    for name in shown.iter().flat_map(|split| &split.1).map(|part| part.0) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let largest = shown.iter().map(|split| total(&split.1)).max().unwrap_or(0).max(1) as f64;
    let longest = shown.iter().map(|split| text::width(split.0, LABEL)).fold(0.0, f64::max);
    let left = PAD + longest.min(width * 0.3) + 12.0;
    let room = width - left - PAD - 2.0;
    let rest = flow.splits.len() - shown.len();
    let high = 2.0 * PAD + LINE + 8.0 + (BAR + 5.0) * shown.len() as f64 + if rest > 0 { LINE } else { 0.0 };
    let series = |name: &str| names.iter().position(|other| *other == name).unwrap_or(0);
    let mut legend_x = left;
    let legend: Vec<(f64, usize, &str)> = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let x = legend_x;
            legend_x += 30.0 + text::width(name, LABEL);
            (x, index, *name)
        })
        .collect();
    let markup = html! {
        rect class="box" x="1" y=(Px(top)) width=(Px(width - 2.0)) height=(Px(high)) rx="3" {}
        text class="box-title" x=(Px(PAD + 1.0)) y=(Px(top + PAD + 12.0)) { "Split" }
        @for (x, index, name) in legend {
            rect class={ "part p" (index) } x=(Px(x)) y=(Px(top + PAD + 2.0)) width="11" height="11" rx="1.5" {}
            text class="box-text" x=(Px(x + 16.0)) y=(Px(top + PAD + 12.0)) { (name) }
        }
        @for (index, (name, parts)) in shown.iter().enumerate() {
            @let y = top + PAD + LINE + 10.0 + (BAR + 5.0) * index as f64;
            text class="box-text" x=(Px(PAD + 1.0)) y=(Px(y + 14.5)) { (text::shorten(name, LABEL, left - PAD - 8.0)) }
            @for (start, (part, count)) in starts(parts).into_iter().zip(parts) {
                @let wide = room * *count as f64 / largest;
                @if *count > 0 {
                    g {
                        title { (name) ", " (part) ": " (number::count(*count)) }
                        rect class={ "part p" (series(part)) } x=(Px(left + room * start as f64 / largest)) y=(Px(y)) width=(Px((wide - 1.5).max(0.5))) height=(Px(BAR)) rx="1.5" {}
                        @if wide > text::width(&number::count(*count), LABEL) + 6.0 {
                            text class={ "part-text p" (series(part)) } x=(Px(left + room * start as f64 / largest + wide / 2.0)) y=(Px(y + 14.5)) text-anchor="middle" { (number::count(*count)) }
                        }
                    }
                }
            }
        }
        @if rest > 0 {
            text class="tick" x=(Px(left)) y=(Px(top + high - PAD)) { "and " (number::counted(rest, "more split")) ", listed below" }
        }
    };
    (markup, high)
}

fn total(parts: &[(&str, u64)]) -> u64 {
    parts.iter().map(|part| part.1).sum()
}

fn starts(parts: &[(&str, u64)]) -> Vec<u64> {
    parts
        .iter()
        .scan(0, |before, part| {
            let start = *before;
            *before += part.1;
            Some(start)
        })
        .collect()
}
