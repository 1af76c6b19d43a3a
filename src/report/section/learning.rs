//! Learning curves: small multiples, one panel a variant, every run a thin line and their mean a strong one.

use super::table;
use crate::content::{Curve, EpochLoss, ReportContent, Run, Stage};
use crate::figure::axis::{padded, padded_log, range};
use crate::figure::line::{self, Dot, Line, Panel};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// More panels than this are folded away.
const MOST_PANELS: usize = 8;
const TRAIN: usize = 1;
const VALIDATION: usize = 0;

/// For every stage a figure.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let drawn: Vec<&Stage> = content.stages.iter().filter(|stage| losses(stage).next().is_some()).collect();
    (!drawn.is_empty()).then(|| html! { @for stage in drawn { (one(stage, numbering)) } })
}

fn losses(stage: &Stage) -> impl Iterator<Item = EpochLoss> + '_ {
    stage.curves.iter().flat_map(|curve| &curve.runs).flat_map(|run| run.train.iter().chain(&run.validation)).copied()
}

fn one(stage: &Stage, numbering: &mut Numbering) -> Markup {
    let span = range(losses(stage).map(|point| point.loss)).unwrap_or((0.0, 1.0));
    let logarithmic = stage.logarithmic && span.0 > 0.0;
    let y_range = if logarithmic { padded_log(span, 0.03) } else { padded(span, 0.03) };
    let x_range = range(losses(stage).map(|point| f64::from(point.epoch))).unwrap_or((1.0, 2.0));
    let name = stage.loss.to_string();
    let panels: Vec<Markup> = stage
        .curves
        .iter()
        .map(|curve| {
            line::draw(&Panel {
                title: &curve.variant,
                x_title: "epoch",
                y_title: &name,
                x_range,
                y_range,
                logarithmic,
                lines: lines(curve),
                dots: dots(curve),
                description: &format!("{} by epoch in {}.", stage.loss.name, number::counted(curve.runs.len(), "run")),
            })
        })
        .collect();
    let runs: usize = stage.curves.iter().map(|curve| curve.runs.len()).sum();
    let diverged = stage.curves.iter().flat_map(|curve| &curve.runs).filter(|run| diverges(run)).count();
    let kept = stage.curves.iter().flat_map(|curve| &curve.runs).any(|run| run.best.is_some());
    let (shown, rest) = panels.split_at(panels.len().min(MOST_PANELS));
    let body = html! {
        div class="legend" {
            span class={ "key line-key s" (TRAIN) } { "training" }
            span class={ "key line-key s" (VALIDATION) } { "validation" }
            @if kept { span class={ "key dot-key s" (VALIDATION) } { "best epoch" } }
        }
        div class="panels" { @for panel in shown { (panel) } }
        @if !rest.is_empty() {
            (table::folded(&number::counted(rest.len(), "more variant"), html! { div class="panels" { @for panel in rest { (panel) } } }))
        }
    };
    html! {
        h3 { "Stage " span class="name" { (stage.name) } }
        (numbering.figure(body, html! {
            "Loss of " (stage.name) " by epoch, " (number::counted(runs, "run")) ". "
            "Thin lines are single folds and seeds; strong lines are their means, drawn while at least half of the runs go on. "
            @if kept { "Dots mark the epochs whose weights were kept. " }
            @if logarithmic { "The vertical axis is logarithmic. " }
            @if diverged > 0 { "In " (number::counted(diverged, "run")) " the loss was not finite at some epoch; the line has a gap there." }
        }))
    }
}

fn diverges(run: &Run) -> bool {
    run.train.iter().chain(&run.validation).any(|point| !point.loss.is_finite())
}

fn lines(curve: &Curve) -> Vec<Line> {
    type Losses = fn(&Run) -> &[EpochLoss];
    let sides: [(usize, &str, Losses); 2] =
        [(TRAIN, "training", |run| &run.train), (VALIDATION, "validation", |run| &run.validation)];
    let mut lines = Vec::new();
    for (series, what, points) in sides {
        lines.extend(curve.runs.iter().filter(|run| !points(run).is_empty()).map(|run| Line {
            series,
            strong: false,
            points: points(run).iter().map(|point| (f64::from(point.epoch), point.loss)).collect(),
            name: format!("{what}, {}", run_name(run)),
        }));
    }
    for (series, what, points) in sides {
        let mean = mean_by_epoch(curve.runs.iter().map(points));
        if curve.runs.len() > 1 && !mean.is_empty() {
            lines.push(Line { series, strong: true, points: mean, name: format!("{what}, mean") });
        }
    }
    if curve.runs.len() == 1 {
        lines.iter_mut().for_each(|line| line.strong = true);
    }
    lines
}

fn dots(curve: &Curve) -> Vec<Dot> {
    let loss_at =
        |points: &[EpochLoss], epoch| points.iter().find(|point| point.epoch == epoch).map(|point| point.loss);
    curve
        .runs
        .iter()
        .filter_map(|run| {
            let epoch = run.best?;
            let (series, loss) = match loss_at(&run.validation, epoch) {
                Some(loss) => (VALIDATION, loss),
                None => (TRAIN, loss_at(&run.train, epoch)?),
            };
            Some(Dot {
                series,
                at: (f64::from(epoch), loss),
                name: format!("{}: best epoch {epoch}, loss {}", run_name(run), number::short(loss)),
            })
        })
        .collect()
}

fn run_name(run: &Run) -> String {
    format!("{}, seed {}", run.fold, run.seed)
}

/// The mean of the finite losses at every epoch that at least half of the runs reached.
fn mean_by_epoch<'a>(runs: impl Iterator<Item = &'a [EpochLoss]>) -> Vec<(f64, f64)> {
    let mut sums: BTreeMap<u32, (usize, f64)> = BTreeMap::new();
    let mut count = 0;
    for run in runs.filter(|run| !run.is_empty()) {
        count += 1;
        for point in run.iter().filter(|point| point.loss.is_finite()) {
            let sum = sums.entry(point.epoch).or_insert((0, 0.0));
            sum.0 += 1;
            sum.1 += point.loss;
        }
    }
    sums.into_iter()
        .filter(|(_, (runs, _))| 2 * runs >= count)
        .map(|(epoch, (runs, sum))| (f64::from(epoch), sum / runs as f64))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_goes_on_while_half_of_the_runs_do() {
        let run = |epochs: u32, loss| (1..=epochs).map(|epoch| EpochLoss { epoch, loss }).collect::<Vec<_>>();
        let runs = [run(4, 1.0), run(2, 3.0), run(3, f64::NAN), run(1, 2.0)];
        let mean = mean_by_epoch(runs.iter().map(Vec::as_slice));
        assert_eq!(mean, [(1.0, 2.0), (2.0, 2.0)]);
    }
}
