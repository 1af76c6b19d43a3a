//! Every other analysis: its map or maps of the brain, where it has any, and a table.

use super::{brain, table};
use crate::content::{Analysis, BoxGroup, ColumnBar, ColumnBars, Map, Points, ReportContent};
use crate::figure::bars::{self, Bar, Bars};
use crate::figure::map::{self, COLOURS, MOST_POINTS};
use crate::figure::{at_both_widths, boxes, points, scatter};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// Columns whose groups are drawn as boxes; tables have them all.
const MOST_BOXES: usize = 12;
/// As many columns as one figure shows.
const MOST_BARS: usize = 30;

/// A table each, under its name in the file.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let drawn: Vec<_> = content.analyses.iter().filter(|analysis| is_shown(analysis)).collect();
    (!drawn.is_empty()).then(|| {
        html! {
            @for analysis in drawn {
                h3 { span class="name" { (analysis.name) } }
                @if let Some(map) = analysis.map.as_ref().filter(|map| has_points(map)) {
                    (mapped(&analysis.name, &analysis.method, map, numbering))
                }
                @if !analysis.boxes.is_empty() {
                    (boxed(analysis, numbering))
                }
                @if let Some(plot) = analysis.points.as_ref().filter(|plot| !plot.points.is_empty()) {
                    (plotted(&analysis.name, plot, numbering))
                }
                @if let Some(bars) = analysis.bars.as_ref().filter(|bars| !bars.bars.is_empty()) {
                    (by_column(bars, numbering))
                }
                @for sheet in analysis.brains.iter().filter(|sheet| !sheet.maps.is_empty()) {
                    (brain::draw(sheet, numbering))
                }
                @let rows = analysis.table.rows.len();
                @if rows > 0 {
                    (numbering.table(
                        html! { (caption(analysis)) "." },
                        table::folded_when_long(rows, &format!("All {rows} rows"), table::generic(&analysis.table)),
                    ))
                }
            }
        }
    })
}

/// What stands over the table; where pictures have said what was done, the name is enough.
fn caption(analysis: &Analysis) -> String {
    if analysis.method.is_empty() || !analysis.brains.is_empty() {
        analysis.name.clone()
    } else {
        analysis.method.clone()
    }
}

fn is_shown(analysis: &Analysis) -> bool {
    let has_planes = analysis.brains.iter().any(|sheet| !sheet.maps.is_empty());
    let has_figure = !analysis.boxes.is_empty() || analysis.points.as_ref().is_some_and(|p| !p.points.is_empty());
    !analysis.table.rows.is_empty() || analysis.map.as_ref().is_some_and(has_points) || has_planes || has_figure
}

/// A box plot for each column, groups below one another.
fn boxed(analysis: &Analysis, numbering: &mut Numbering) -> Markup {
    let shown = &analysis.boxes[..analysis.boxes.len().min(MOST_BOXES)];
    let drawn = shown.iter().map(|of| {
        let axis = of.of.to_string();
        let description = format!("{axis} in {}", number::counted(of.groups.len(), "group"));
        at_both_widths(|width| {
            let rows = of.groups.iter().map(box_row).collect();
            boxes::draw(&boxes::Boxes { axis: &axis, rows, description: &description }, width)
        })
    });
    let drawn: Vec<Markup> = drawn.collect();
    let left_out = analysis.boxes.len() - shown.len();
    numbering.figure(
        html! { @for plot in drawn { (plot) } },
        html! {
            (analysis.name) ". Boxes go from the lower to the upper quartile with a line at the median, whiskers to the extremes."
            @if left_out > 0 { " The other " (number::counted(left_out, "column")) " stand in the table." }
        },
    )
}

fn box_row(group: &BoxGroup) -> boxes::Row<'_> {
    boxes::Row {
        label: &group.name,
        five: [group.lowest, group.lower, group.median, group.upper, group.highest],
        name: format!(
            "{}: {}, median {}",
            group.name,
            number::counted(group.n, "subject"),
            number::short(group.median)
        ),
    }
}

/// One number of everybody against another.
fn plotted(name: &str, plot: &Points, numbering: &mut Numbering) -> Markup {
    let known = plot.points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).count();
    let (x, y) = (plot.x.to_string(), plot.y.to_string());
    let description = format!("{y} against {x}, {}", number::counted(known, "subject"));
    numbering.figure(
        at_both_widths(|width| {
            let points = plot.points.iter().map(|point| (point.name.as_str(), point.x, point.y)).collect();
            let plot = points::Points { title: name, x_title: &x, y_title: &y, points, description: &description };
            points::draw(&plot, width)
        }),
        html! {
            (description) "; " i { "r" } " = " (number::fixed(plot.r, 2)) "."
            @if known > scatter::MOST_POINTS { " An even selection of the points is drawn." }
        },
    )
}

fn has_points(map: &Map) -> bool {
    map.points.iter().any(|point| point.x.is_finite() && point.y.is_finite())
}

/// The columns with the largest numbers, the largest on top.
fn by_column(bars: &ColumnBars, numbering: &mut Numbering) -> Markup {
    let mut sorted: Vec<&ColumnBar> = bars.bars.iter().filter(|bar| bar.value.is_finite()).collect();
    sorted.sort_by(|a, b| b.value.total_cmp(&a.value));
    let all = sorted.len();
    sorted.truncate(MOST_BARS);
    let draw = |width| {
        let rows = sorted.iter().map(|one| bar(one)).collect();
        bars::draw(&Bars { axis: &bars.axis, rows, description: &bars.told }, width)
    };
    numbering.figure(
        at_both_widths(draw),
        html! {
            @if sorted.len() < all { "The " (sorted.len()) " largest of " (number::counted(all, "column")) ". " }
            (bars.told)
        },
    )
}

fn bar(one: &ColumnBar) -> Bar<'_> {
    Bar {
        label: &one.name,
        value: one.value,
        interval: (f64::NAN, f64::NAN),
        filled: true,
        name: format!("{}: {}", one.name, one.told),
    }
}

fn mapped(name: &str, method: &str, map: &Map, numbering: &mut Numbering) -> Markup {
    let points = map.points.len();
    let groups = map.groups.len();
    let description = format!("{} in {}", number::counted(points, "point"), number::counted(groups, "group"));
    let place = |group: &String| map.groups.iter().position(|known| known == group).unwrap_or(0);
    let figure = map::Map {
        title: name,
        points: map.points.iter().map(|p| (p.name.as_str(), p.x, p.y, place(&p.group))).collect(),
        description: &description,
    };
    numbering.figure(
        html! {
            @if groups <= COLOURS {
                div class="legend" {
                    @for (series, group) in map.groups.iter().enumerate() {
                        span class={ "key box-key s" (series) } { (group) }
                    }
                }
            }
            (at_both_widths(|width| map::draw(&figure, width)))
        },
        html! {
            (method) ". " (description) "."
            @if groups > COLOURS { " There are more groups than colours: equal colours need not be one group." }
            @if points > MOST_POINTS { " An even selection of the points is drawn." }
        },
    )
}
