//! What a score takes: its interval is drawn thousands of times, of every metric, member and run.

use super::Rates;
use crate::graph::Kind;
use crate::program::{InputSource, Metric, Program, Score, ScorePair};

/// Draws of an interval.
const DRAWS: f64 = 2000.0;

/// Seconds of a score of so many people, all runs together, of whom each has so many rows.
pub(super) fn score(program: &Program, score: &Score, people: f64, rows: f64, rates: &Rates) -> f64 {
    let rows = people * rows;
    let several = score.pairs.len() > 1 && score.within.is_empty() && !score.each_class;
    let metrics = score.metrics.iter().filter(|metric| **metric != Metric::Confusion);
    let of_metric = |metric: &Metric| {
        let of_pair = |pair: &ScorePair| {
            let Judged { person, drawn, once, classes } = Judged::of(program, pair, *metric);
            let lines = if score.each_class { classes } else { 1.0 };
            // A family has a line for its mean, in which every member is drawn once more.
            let times = if several { 2.0 * lines } else { lines };
            let draw = person * rates.drawn_person + drawn * rates.drawn_number;
            times * DRAWS * rows * draw + rows * once * rates.drawn_number
        };
        score.pairs.iter().map(of_pair).sum::<f64>()
    };
    metrics.map(of_metric).sum()
}

/// How a metric judges a row: what that is in every draw, as often as drawing it, and in numbers gone over; and numbers once before.
struct Judged {
    person: f64,
    drawn: f64,
    once: f64,
    classes: f64,
}

impl Judged {
    fn of(program: &Program, pair: &ScorePair, metric: Metric) -> Self {
        let truth = &program.graph.inputs[pair.truth.index()].ty;
        let length = program.graph.node(pair.prediction).ty.len() as f64;
        let is_image = matches!(program.inputs[pair.truth.index()].source, InputSource::Image { .. });
        match &truth.kind {
            Kind::Class(levels) => {
                let classes = levels.len() as f64;
                let person = match metric {
                    // Counted by class, in the order of the probabilities.
                    Metric::Auc => 0.5 + 0.5 * (classes - 1.0).max(1.0),
                    Metric::AveragePrecision => 2.0 + 4.0 * classes,
                    // Probabilities are copied, and checked.
                    _ => 1.0 + 0.5 * classes,
                };
                Self { person, drawn: 0.0, once: 10.0 * classes, classes }
            }
            Kind::Mask(levels) => {
                Self { person: 1.0, drawn: 0.0, once: of_image(metric) * length, classes: levels.len() as f64 }
            }
            _ if is_image || metric == Metric::Skill => {
                Self { person: 1.0, drawn: 0.0, once: of_image(metric) * length, classes: 1.0 }
            }
            _ => Self { person: 1.0, drawn: of_number(metric) * length, once: 2.0 * length, classes: 1.0 },
        }
    }
}

/// Passes over a number in every draw.
fn of_number(metric: Metric) -> f64 {
    match metric {
        Metric::Mae | Metric::Mse | Metric::Rmse => 1.0,
        // Residuals, the mean, what is about it, and whether it varies.
        Metric::R2 => 4.0,
        // Values are copied first.
        Metric::Pearson => 8.0,
        // Sorted.
        _ => 60.0,
    }
}

/// Passes over an image or a mask, which is judged once; on one thread, where draws are made on all.
fn of_image(metric: Metric) -> f64 {
    let passes = match metric {
        Metric::Ssim => 60.0,
        Metric::Hausdorff { .. } => 100.0,
        _ => 4.0,
    };
    passes * rayon::current_num_threads() as f64
}
