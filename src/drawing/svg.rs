//! Panels as one SVG, without scripts: what a box holds in full stands in its tooltip.

use crate::diagram::{Diagram, Kind, Line, Vertex};
use crate::dot::heading;
use crate::layout::{Placed, Sizes, place};
use crate::panel::Panel;
use maud::{Markup, PreEscaped, html};
use std::fmt;

/// Fills of boxes that share weights: light, and apart for people who see colours otherwise (after Okabe and Ito 2008).
pub(crate) const PALETTE: [&str; 8] =
    ["#fde3b3", "#cfe8f7", "#c9ecdf", "#fdf5bd", "#cbdcf0", "#f7d3bf", "#efd3e4", "#dcdcdc"];

const FONT: f64 = 11.0;
/// Width of a character of the fixed font, in its size.
const ADVANCE: f64 = 0.62;
const TITLE: f64 = 12.0;
const LINE: f64 = 15.0;
const PAD: f64 = 9.0;
const MARGIN: f64 = 18.0;
const HEAD: f64 = 34.0;
/// Between panels.
const APART: f64 = 48.0;
/// Lines of a box that are shown.
const MOST_LINES: usize = 14;

/// A number of pixels, with one digit: the same on every machine.
struct Px(f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        if rounded.fract() == 0.0 { write!(f, "{rounded:.0}") } else { write!(f, "{rounded:.1}") }
    }
}

impl maud::Render for Px {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.to_string());
    }
}

/// `1,234,567`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn wide(text: &str) -> f64 {
    text.chars().count() as f64 * FONT * ADVANCE
}

/// The texts of a line: what is computed, and how many numbers it learns.
fn texts(line: &Line) -> (String, String) {
    let times = if line.times > 1 { format!(" ×{}", line.times) } else { String::new() };
    let shape = if line.shape.is_empty() { String::new() } else { format!(" {}", line.shape) };
    let parameters = if line.parameters > 0 { count(line.parameters * line.times as u64) } else { String::new() };
    (format!("{}{times}{shape}", line.operator), parameters)
}

/// The lines of a box that are shown: the first and the last of many.
fn shown(vertex: &Vertex) -> Vec<(String, String)> {
    let all: Vec<(String, String)> = vertex.lines.iter().map(texts).collect();
    if all.len() <= MOST_LINES {
        return all;
    }
    let (first, last) = (MOST_LINES - 4, 3);
    let between = all.len() - first - last;
    let mut lines = all[..first].to_vec();
    lines.push((format!("… {between} more"), String::new()));
    lines.extend_from_slice(&all[all.len() - last..]);
    lines
}

fn size(vertex: &Vertex) -> (f64, f64) {
    let lines = shown(vertex);
    let widest =
        lines.iter().map(|(a, b)| wide(a) + if b.is_empty() { 0.0 } else { wide(b) + 16.0 }).fold(0.0, f64::max);
    let total = if vertex.kind == Kind::Block { wide(&total(vertex)) + 16.0 } else { 0.0 };
    let title = vertex.title.chars().count() as f64 * TITLE * 0.68 + total;
    let rows = lines.len() as f64 + f64::from(u8::from(!vertex.title.is_empty()));
    ((widest.max(title) + 2.0 * PAD).max(64.0), rows.max(1.0) * LINE + 2.0 * PAD - 3.0)
}

fn total(vertex: &Vertex) -> String {
    if vertex.parameters > 0 { count(vertex.parameters) } else { String::new() }
}

/// All panels in one picture, from left to right.
pub fn svg(panels: &[Panel]) -> String {
    let placed: Vec<Placed> = panels.iter().map(|panel| place(&sizes(&panel.diagram))).collect();
    let width_of = |panel: &Panel, placed: &Placed| placed.width.max(heading(panel).chars().count() as f64 * 8.2);
    let mut left = MARGIN;
    let mut parts = Vec::with_capacity(panels.len());
    for (panel, placed) in panels.iter().zip(&placed) {
        parts.push(drawn(panel, placed, left));
        left += width_of(panel, placed) + APART;
    }
    let width = (left - APART + MARGIN).max(2.0 * MARGIN);
    let height = placed.iter().map(|p| p.height).fold(0.0, f64::max) + HEAD + 2.0 * MARGIN + 24.0;
    let title = panels.iter().map(heading).collect::<Vec<_>>().join(" | ");
    let markup = html! {
        svg class="fx-drawing" xmlns="http://www.w3.org/2000/svg" width=(Px(width)) height=(Px(height)) viewBox={ "0 0 " (Px(width)) " " (Px(height)) } role="img" {
            title { (title) }
            style { (PreEscaped(STYLE)) }
            defs {
                marker id="fx-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto" {
                    path d="M0,0 L8,4 L0,8 z" fill="#475569" {}
                }
            }
            rect width="100%" height="100%" fill="#ffffff" {}
            @for part in &parts { (part) }
            (legend(panels, height - 12.0))
        }
    };
    markup.into_string()
}

/// Held to drawings, as they also stand in pages with rules of their own.
const STYLE: &str = ".fx-drawing text{font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:11px;fill:#1e293b}\
.fx-drawing .t,.fx-drawing .h{font-family:'DejaVu Sans',Helvetica,Arial,sans-serif;font-weight:bold;font-size:12px}\
.fx-drawing .h{font-size:14px}.fx-drawing .n{fill:#64748b}.fx-drawing .s{fill:#475569;font-size:10px}\
.fx-drawing .u{stroke:#fff;stroke-width:3px}.fx-drawing .b{stroke:#475569;stroke-width:1}\
.fx-drawing .i{stroke:#0f766e;stroke-width:1.4}.fx-drawing .o{stroke:#1d4ed8;stroke-width:1.4}\
.fx-drawing .a{fill:none;stroke:#475569;stroke-width:1.1}.fx-drawing .q{stroke-dasharray:5 3}\
.fx-drawing .m{stroke:#c2410c;stroke-width:2.6}";

fn sizes(diagram: &Diagram) -> Sizes {
    let mut arrows: Vec<(usize, usize)> = diagram.arrows.iter().map(|a| (a.from, a.to)).collect();
    arrows.dedup();
    Sizes { boxes: diagram.vertices.iter().map(size).collect(), arrows }
}

fn drawn(panel: &Panel, placed: &Placed, left: f64) -> Markup {
    let diagram = &panel.diagram;
    let mut pairs: Vec<(usize, usize)> = diagram.arrows.iter().map(|a| (a.from, a.to)).collect();
    pairs.dedup();
    html! {
        g transform={ "translate(" (Px(left)) "," (Px(MARGIN)) ")" } {
            text class="h" x="0" y="14" { (heading(panel)) }
            g transform={ "translate(0," (Px(HEAD)) ")" } {
                @for ((from, to), points) in pairs.iter().zip(&placed.arrows) {
                    (arrow(diagram, (*from, *to), points))
                }
                @for (at, vertex) in diagram.vertices.iter().enumerate() {
                    (framed(vertex, placed.boxes[at], panel.marked.contains(&at)))
                }
                @for label in labels(diagram, &pairs, placed) {
                    // The first lies under the second: a margin in which no arrow is seen.
                    text class="s u" x=(Px(label.x)) y=(Px(label.y)) { (label.text) }
                    text class="s" x=(Px(label.x)) y=(Px(label.y)) { (label.text) }
                }
            }
        }
    }
}

fn arrow(diagram: &Diagram, (from, to): (usize, usize), points: &[(f64, f64)]) -> Markup {
    let own: Vec<_> = diagram.arrows.iter().filter(|a| a.from == from && a.to == to).collect();
    let class = if own.iter().all(|a| a.absent) { "a q" } else { "a" };
    let mut path = String::new();
    let Some((x, y)) = points.first() else { return html! {} };
    path.push_str(&format!("M{},{}", Px(*x), Px(*y)));
    for pair in points.windows(2) {
        let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
        let bend = (y2 - y1) * 0.5;
        path.push_str(&format!(" C{},{} {},{} {},{}", Px(x1), Px(y1 + bend), Px(x2), Px(y2 - bend), Px(x2), Px(y2)));
    }
    html! { path class=(class) d=(path) marker-end="url(#fx-tip)" {} }
}

/// The shapes on arrows, each beside its own and, where there is room, on no box, no other arrow and no other shape.
fn labels(diagram: &Diagram, pairs: &[(usize, usize)], placed: &Placed) -> Vec<Label> {
    let boxes: Vec<Area> =
        placed.boxes.iter().zip(&diagram.vertices).map(|(at, vertex)| Area::of(*at, size(vertex))).collect();
    let curves: Vec<(f64, f64)> = placed.arrows.iter().flat_map(|points| sampled(points)).collect();
    let mut taken: Vec<Area> = Vec::new();
    let mut labels = Vec::new();
    for (pair, points) in pairs.iter().zip(&placed.arrows) {
        let Some((text, at_start)) = said(diagram, *pair) else { continue };
        let width = text.chars().count() as f64 * SHAPE * ADVANCE;
        let places = places(points, at_start, width);
        let Some(best) = places.into_iter().min_by_key(|place| {
            let area = Area::of((place.0, place.1 - SHAPE), (width, SHAPE + 2.0));
            let on = |others: &[Area]| others.iter().filter(|other| other.meets(&area)).count();
            let crossed = curves.iter().filter(|(x, y)| area.holds(*x, *y)).count();
            // Out of the panel it would stand on the one beside it, or out of the picture.
            let out = usize::from(area.left < 0.0 || area.right > placed.width.max(width));
            1_000 * (on(&boxes) + on(&taken)) + 500 * out + crossed
        }) else {
            continue;
        };
        taken.push(Area::of((best.0, best.1 - SHAPE), (width, SHAPE + 2.0)));
        labels.push(Label { text, x: best.0, y: best.1 });
    }
    labels
}

/// The shapes that lie on a box.
#[cfg(test)]
pub(crate) fn covered(diagram: &Diagram) -> Vec<String> {
    let placed = place(&sizes(diagram));
    let pairs: Vec<(usize, usize)> = sizes(diagram).arrows;
    let boxes = || placed.boxes.iter().zip(&diagram.vertices).map(|(at, vertex)| Area::of(*at, size(vertex)));
    let area = |label: &Label| {
        let width = label.text.chars().count() as f64 * SHAPE * ADVANCE;
        Area::of((label.x, label.y - SHAPE), (width, SHAPE + 2.0))
    };
    let on_a_box = |label: &Label| boxes().any(|own| own.meets(&area(label)));
    labels(diagram, &pairs, &placed).into_iter().filter(on_a_box).map(|label| label.text).collect()
}

/// Size of the letters of a shape.
const SHAPE: f64 = 10.0;
/// Between an arrow and its shape.
const BESIDE: f64 = 4.0;

/// A shape on an arrow.
struct Label {
    text: String,
    x: f64,
    y: f64,
}

/// A rectangle.
pub(crate) struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    pub(crate) fn of((left, top): (f64, f64), (width, height): (f64, f64)) -> Self {
        Self { left, top, right: left + width, bottom: top + height }
    }

    fn holds(&self, x: f64, y: f64) -> bool {
        self.left - 1.0 < x && x < self.right + 1.0 && self.top < y && y < self.bottom
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// Where the shape of an arrow may stand, the usual place first: right of it and left of it, at its start, below the row that it
/// starts in, and before its end.
fn places(points: &[(f64, f64)], at_start: bool, width: f64) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let start = [first.1 + 14.0];
    let below = points.get(1).filter(|second| second.0 == first.0 && points.len() > 2).map(|second| second.1 + 14.0);
    let starts = start.into_iter().chain(below).map(|y| (first.0, y));
    let ends = [(last.0, last.1 - 12.0)];
    let all: Vec<(f64, f64)> =
        if at_start { starts.chain(ends).collect() } else { ends.into_iter().chain(starts).collect() };
    all.into_iter().flat_map(|(x, y)| [(x + BESIDE, y), (x - BESIDE - width, y)]).collect()
}

/// Points on the curves of an arrow.
fn sampled(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const STEPS: usize = 16;
    let on = |((x1, y1), (x2, y2)): ((f64, f64), (f64, f64)), step: usize| {
        let (t, bend) = (step as f64 / STEPS as f64, (y2 - y1) * 0.5);
        let mix = |a: f64, b: f64, c: f64, d: f64| {
            let u = 1.0 - t;
            u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
        };
        (mix(x1, x1, x2, x2), mix(y1, y1 + bend, y2 - bend, y2))
    };
    points.windows(2).flat_map(|pair| (0..=STEPS).map(move |step| on((pair[0], pair[1]), step))).collect()
}

/// The shapes of an arrow in words, once where all arrows of a box carry the same; and whether they stand where it starts.
fn said(diagram: &Diagram, (from, to): (usize, usize)) -> Option<(String, bool)> {
    let mut own: Vec<&str> =
        diagram.arrows.iter().filter(|a| a.from == from && a.to == to).map(|a| a.shape.as_str()).collect();
    own.dedup();
    let all: Vec<&str> = diagram.arrows.iter().filter(|a| a.from == from).map(|a| a.shape.as_str()).collect();
    let same = all.iter().all(|shape| *shape == all[0]);
    let first = diagram.arrows.iter().find(|a| a.from == from).map(|a| a.to);
    if same && first != Some(to) {
        return None;
    }
    let text = match own.len() {
        0..=2 => own.join(", "),
        more => format!("{}, {} more", own[0], more - 1),
    };
    (!text.is_empty()).then_some((text, same))
}

fn framed(vertex: &Vertex, (x, y): (f64, f64), marked: bool) -> Markup {
    let (width, height) = size(vertex);
    let mut class = match vertex.kind {
        Kind::Input => "i",
        Kind::Output => "o",
        Kind::Block | Kind::Layers => "b",
    }
    .to_string();
    if vertex.absent {
        class.push_str(" q");
    }
    if marked {
        class.push_str(" m");
    }
    let fill = match (vertex.shared, vertex.kind) {
        (Some(colour), _) => PALETTE[colour % PALETTE.len()],
        (None, Kind::Input) => "#f0fdfa",
        (None, Kind::Output) => "#eff6ff",
        (None, Kind::Block) => "#f8fafc",
        (None, Kind::Layers) => "#ffffff",
    };
    let round = if matches!(vertex.kind, Kind::Input | Kind::Output) { "9" } else { "3" };
    let titled = !vertex.title.is_empty();
    let whole: Vec<String> =
        vertex.lines.iter().map(texts).map(|(a, b)| format!("{a}  {b}").trim_end().to_string()).collect();
    let lines = shown(vertex);
    let baseline = |row: usize| y + PAD + 8.0 + LINE * row as f64;
    html! {
        g {
            title { (vertex.path) "\n" (whole.join("\n")) }
            rect class=(class) x=(Px(x)) y=(Px(y)) width=(Px(width)) height=(Px(height)) rx=(round) fill=(fill) {}
            @if titled {
                text class="t" x=(Px(x + PAD)) y=(Px(baseline(0))) { (vertex.title) }
                @if vertex.kind == Kind::Block && vertex.parameters > 0 {
                    text class="n" x=(Px(x + width - PAD)) y=(Px(baseline(0))) text-anchor="end" { (total(vertex)) }
                }
            }
            @for (row, (operator, parameters)) in lines.iter().enumerate() {
                @let at = baseline(row + usize::from(titled));
                text x=(Px(x + PAD)) y=(Px(at)) { (operator) }
                @if !parameters.is_empty() {
                    text class="n" x=(Px(x + width - PAD)) y=(Px(at)) text-anchor="end" { (parameters) }
                }
            }
        }
    }
}

fn legend(panels: &[Panel], y: f64) -> Markup {
    let absent = panels.iter().any(|p| p.diagram.arrows.iter().any(|a| a.absent));
    let shared = panels.iter().any(|p| p.diagram.vertices.iter().any(|v| v.shared.is_some()));
    let marked = panels.iter().any(|p| !p.marked.is_empty());
    let mut words = vec!["numbers in grey: learnable parameters"];
    if absent {
        words.push("dashed: some people lack it");
    }
    if shared {
        words.push("one colour: the same weights");
    }
    if marked {
        words.push("orange border: not so in the first variant");
    }
    html! { text class="n" x=(Px(MARGIN)) y=(Px(y)) { (words.join(" · ")) } }
}
