//! A run in the files of another tool, beside its own folder: `--track mlflow`, `--track wandb`.
//!
//! ```text
//!  Context, Results ──Tracked::of──▶ Tracked { whole, trainings } ──mlflow──▶ mlruns/EXPERIMENT/RUN/..
//!                                                                └─wandb──▶ wandb/offline-run-DAY_TIME-ID/..
//! ```
//!
//! The whole run is one run there, and each training (variant, seed, fold, repetition) one below it. Their names follow from the
//! experiment and the training alone: running again replaces what was there, and adds nothing twice.

mod mlflow;
mod wandb;

use super::content::Results;
use super::context::Context;
use super::error::Result;
use super::folder::{folders, run_folder};
use super::score::{Scored, label};
use crate::program::Program;
use std::path::{Path, PathBuf};

/// Whose files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tracker {
    /// MLflow's file store: `mlflow ui --backend-store-uri FOLDER` shows it.
    Mlflow,
    /// Runs of Weights & Biases that wait for `wandb sync`.
    Wandb,
}

impl Tracker {
    /// All of them, as the command line calls them.
    pub const ALL: [(&'static str, Self); 2] = [("mlflow", Self::Mlflow), ("wandb", Self::Wandb)];

    /// The folder that its files are in where none is named.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Mlflow => "mlruns",
            Self::Wandb => "wandb",
        }
    }
}

/// What another tool is told of a run.
#[derive(Debug)]
struct Tracked {
    /// The name of the experiment.
    experiment: String,
    whole: TrackedRun,
    trainings: Vec<TrackedRun>,
}

/// A run, as other tools know one.
#[derive(Debug, Default)]
struct TrackedRun {
    name: String,
    /// Milliseconds since 1970.
    start: i64,
    end: i64,
    params: Vec<(String, String)>,
    tags: Vec<(String, String)>,
    /// What it is about.
    note: Option<String>,
    metrics: Vec<TrackedMetric>,
    /// Files that belong to it.
    files: Vec<PathBuf>,
}

/// A number, or how it went from step to step.
#[derive(Debug)]
struct TrackedMetric {
    name: String,
    /// Milliseconds since 1970, step, value.
    points: Vec<(i64, u64, f64)>,
}

/// Writes a run for another tool, into a folder of that tool's.
///
/// # Errors
/// A result that cannot be read; what the operating system says.
pub(super) fn track(context: &Context<'_>, results: &Results, started: jiff::Timestamp, run: &Path) -> Result<()> {
    let Some((tracker, folder)) = &context.options.track else { return Ok(()) };
    let tracked = Tracked::of(context, results, started, run)?;
    match tracker {
        Tracker::Mlflow => mlflow::write(&tracked, folder),
        Tracker::Wandb => wandb::write(&tracked, folder),
    }
}

impl Tracked {
    fn of(context: &Context<'_>, results: &Results, started: jiff::Timestamp, run: &Path) -> Result<Self> {
        let experiment = context.experiment;
        let start = started.as_millisecond();
        let end = jiff::Timestamp::now().as_millisecond();
        let folders = folders(experiment);
        let mut trainings = Vec::new();
        let mut whole = TrackedRun { name: experiment.name.clone(), start, end, ..TrackedRun::default() };
        whole.tags = vec![
            ("fascicle.command".into(), context.options.command.clone()),
            ("fascicle.version".into(), env!("CARGO_PKG_VERSION").into()),
        ];
        if !experiment.doc.is_empty() {
            whole.note = Some(experiment.doc.clone());
        }
        whole.files = ["report.html", "scores.tsv", "scores_summary.tsv", "params.json", "provenance.json"]
            .iter()
            .map(|name| run.join(name))
            .chain([run.join(&context.options.source.name)])
            .filter(|path| path.is_file())
            .collect();
        for (variant, (program, folder)) in experiment.variants.iter().zip(&folders).enumerate() {
            let scores = &results.variants[variant].scores;
            let prefix = if experiment.variants.len() == 1 { String::new() } else { format!("{}/", program.variant) };
            whole.metrics.extend(means(scores, &prefix, end));
            for key in &context.layout.variants[variant].runs {
                let mut training = TrackedRun { start, ..TrackedRun::default() };
                let place = Path::new(folder).join(run_folder(&program.protocol, *key));
                training.name = place.to_string_lossy().replace('\\', "/");
                let trained_by = context.program_of_run(variant, *key);
                training.params = params(context.program_at(trained_by));
                let numbers = [("seed", key.seed), ("fold", key.fold as u64 + 1), ("repeat", key.repeat as u64 + 1)];
                training.params.extend(numbers.map(|(name, number)| (name.to_owned(), number.to_string())));
                training.tags = vec![("fascicle.variant".into(), program.variant.clone())];
                let mut now = start;
                for (stage, declared) in program.stages.iter().enumerate() {
                    let history = context.history(trained_by, stage, *key)?;
                    let epochs = history.epochs.iter().map(|epoch| {
                        now += (epoch.seconds * 1000.0) as i64;
                        (now, epoch)
                    });
                    training.metrics.extend(curves(&declared.name, epochs));
                }
                training.end = now;
                let of_run = scores.iter().filter(|scored| scored.ensemble.is_none());
                for (name, value) in of_run.flat_map(|scored| {
                    scores_of(scored, |line| {
                        line.runs.iter().find(|score| score.run == *key).and_then(|score| score.value)
                    })
                }) {
                    training.metrics.push(TrackedMetric { name, points: vec![(now, 0, value)] });
                }
                let files = ["scores.tsv", "predictions.tsv"].map(|name| run.join(&place).join(name));
                training.files = files.into_iter().filter(|path| path.is_file()).collect();
                trainings.push(training);
            }
        }
        Ok(Self { experiment: experiment.name.clone(), whole, trainings })
    }
}

/// What a run is called in files: so many digits, which follow from its names.
fn identifier(names: &[&str], digits: usize) -> String {
    let mut text = blake3::hash(names.join("\0").as_bytes()).to_hex().to_string();
    text.truncate(digits);
    text
}

fn params(program: &Program) -> Vec<(String, String)> {
    program.params.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The curves of a stage, each an epoch a step.
fn curves<'a>(stage: &str, epochs: impl Iterator<Item = (i64, &'a crate::train::Epoch)>) -> Vec<TrackedMetric> {
    let mut curves: indexmap::IndexMap<String, Vec<(i64, u64, f64)>> = indexmap::IndexMap::new();
    for (now, epoch) in epochs {
        for (name, value) in epoch.curves() {
            curves.entry(format!("{stage}/{name}")).or_default().push((now, epoch.epoch as u64, value));
        }
    }
    curves.into_iter().map(|(name, points)| TrackedMetric { name, points }).collect()
}

/// Of each line of a score its name, and the number that is asked for where it has one.
fn scores_of<'s>(
    scored: &'s Scored,
    value: impl Fn(&super::score::Line) -> Option<f64> + 's,
) -> impl Iterator<Item = (String, f64)> + 's {
    scored.lines.iter().filter_map(move |line| {
        let of = label(&scored.of, &line.key);
        Some((format!("{of} on {}/{}", scored.on_name(), line.metric.name()), value(line)?))
    })
}

fn means(scores: &[Scored], prefix: &str, now: i64) -> Vec<TrackedMetric> {
    let plain = scores.iter().filter(|scored| scored.ensemble.is_none());
    let all = plain.flat_map(|scored| scores_of(scored, |line| line.mean));
    all.map(|(name, value)| TrackedMetric { name: format!("{prefix}{name}"), points: vec![(now, 0, value)] }).collect()
}
