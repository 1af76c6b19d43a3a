//! The run's folder: a BIDS derivative with everything a reader needs, written aside and put in place as a whole.
//!
//! ```text
//!  RUNS/NAME/
//!    dataset_description.json  README  .bidsignore  report.html  NAME.fx  params.json  provenance.json  files.json
//!    scores.tsv  scores_summary.tsv  comparison.tsv  analysis-NAME.tsv  analysis-NAME/  flow.json  flow.tsv  split.tsv
//!    variant-base/ensemble-MODEL/seed-1/  scores.tsv  predictions.tsv
//!    variant-base/seed-1/fold-1/  scores.tsv  predictions.tsv  MODEL_weights.safetensors  MODEL_events..  BASELINE_baseline.json  maps/
//! ```
//!
//! Large files are linked to the store where the file system can. What a user has put into the folder stays there.

mod bids;
mod maps;
mod place;
mod tables;

pub(super) use place::{check, recover};

use super::compare;
use super::content::Results;
use super::context::Context;
use super::ensemble::groups;
use super::error::{PlanError, Result};
use super::outcome::TaskOutcome;
use super::store::{put_bytes, put_json};
use super::task::RunKey;
use super::train::WEIGHTS;
use super::{analyse, baseline, index};
use crate::program::EnsembleOver;
use crate::report::{ReportContent, render, tables as report_tables};
use crate::train::EVENT_FILE;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A run's folder under construction.
struct Draft<'a> {
    context: &'a Context<'a>,
    root: PathBuf,
}

/// Writes everything aside, and puts it in the place of an older run.
///
/// # Errors
/// What the operating system says, or a file of the user's in the way.
pub(super) fn write(
    context: &Context<'_>,
    results: &Results,
    report: &ReportContent,
    tasks: &[TaskOutcome],
    target: &Path,
) -> Result<()> {
    let out = &context.options.out;
    let aside = tempfile::Builder::new().prefix(place::WRITING).tempdir_in(out).map_err(PlanError::io("write", out))?;
    let draft = Draft { context, root: aside.path().to_owned() };
    draft.top(results, report, tasks)?;
    draft.bids(target)?;
    for (variant, folder) in folders(context).iter().enumerate() {
        draft.variant(results, variant, folder)?;
    }
    place::put(aside, target)
}

/// `variant-fusion=film`: one folder a variant, of characters that every file system takes.
fn folders(context: &Context<'_>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    context
        .experiment
        .variants
        .iter()
        .map(|program| {
            let plain = |c: char| if c.is_alphanumeric() || "=,.+-_".contains(c) { c } else { '-' };
            let name: String = program.variant.chars().map(plain).take(120).collect();
            let mut unique = name.clone();
            let mut n = 2;
            while !taken.insert(unique.clone()) {
                unique = format!("{name}-{n}");
                n += 1;
            }
            format!("variant-{unique}")
        })
        .collect()
}

/// The folder of a run within its variant's.
fn run_folder(context: &Context<'_>, variant: usize, run: RunKey) -> PathBuf {
    let protocol = &context.program(variant).protocol;
    let folder = PathBuf::from(format!("seed-{}", run.seed)).join(format!("fold-{}", run.fold + 1));
    if protocol.repeats > 1 { folder.join(format!("repeat-{}", run.repeat + 1)) } else { folder }
}

impl Draft<'_> {
    fn text(&self, name: impl AsRef<Path>, text: &str) -> Result<()> {
        let path = self.root.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(PlanError::io("make", folder))?;
        }
        put_bytes(&path, text.as_bytes())
    }

    /// A file of the store: linked, or copied where links cannot be made.
    fn link(&self, from: &Path, name: impl AsRef<Path>) -> Result<()> {
        let path = self.root.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(PlanError::io("make", folder))?;
        }
        if std::fs::hard_link(from, &path).is_err() {
            std::fs::copy(from, &path).map_err(PlanError::io("write", &path))?;
        }
        Ok(())
    }

    fn top(&self, results: &Results, report: &ReportContent, tasks: &[TaskOutcome]) -> Result<()> {
        let (experiment, options) = (self.context.experiment, self.context.options);
        self.text(self.source_name(), &options.source.text)?;
        let variants: Vec<_> = experiment
            .variants
            .iter()
            .map(|p| json!({ "variant": p.variant, "settings": p.settings, "params": p.params }))
            .collect();
        put_json(&self.root.join("params.json"), &variants)?;
        let seeds: BTreeSet<u64> = experiment.variants.iter().flat_map(|p| p.protocol.seeds.iter().copied()).collect();
        let provenance = json!({
            "fascicle": env!("CARGO_PKG_VERSION"),
            "command": options.command,
            "device": options.device.describe(),
            "seeds": seeds,
            "started": report.provenance.as_ref().map(|p| &p.started),
            "seconds": report.provenance.as_ref().map(|p| p.seconds),
            "versions": report.provenance.as_ref().map(|p| &p.versions),
            "tasks": tasks,
            "warnings": report.warnings.iter().map(|w| &w.message).collect::<Vec<_>>(),
        });
        put_json(&self.root.join("provenance.json"), &provenance)?;
        self.text("report.html", &render(report))?;
        self.scores("scores.tsv", "scores_summary.tsv", &report.scores)?;
        put_json(&self.root.join("flow.json"), &results.flows)?;
        self.text("flow.tsv", &tables::flow(&results.flows_by_variant))?;
        if !results.comparisons.is_empty() {
            self.text("comparison.tsv", &compare::to_tsv(&results.comparisons))?;
        }
        self.text("split.tsv", &self.splits(0)?)
    }

    /// What BIDS asks of a folder, but for what a user has put in its place.
    fn bids(&self, target: &Path) -> Result<()> {
        let (experiment, source) = (self.context.experiment, self.source_name());
        for (name, text) in [(bids::README, bids::readme(experiment, &source)), (bids::IGNORE, bids::ignore(&source))] {
            if !place::is_users(target, name) {
                self.text(name, &text)?;
            }
        }
        put_json(&self.root.join("dataset_description.json"), &bids::description(experiment))
    }

    /// The name of the experiment's file.
    fn source_name(&self) -> PathBuf {
        let name = match self.context.options.source.name.as_str() {
            "" => format!("{}.fx", self.context.experiment.name),
            name => name.to_owned(),
        };
        Path::new(&name).file_name().map_or_else(|| "experiment.fx".into(), PathBuf::from)
    }

    fn scores(&self, folds: &str, summary: &str, scores: &[crate::report::content::Score]) -> Result<()> {
        if scores.is_empty() {
            return Ok(());
        }
        let (mut a, mut b) = (Vec::new(), Vec::new());
        report_tables::write_scores(scores, &mut a).map_err(PlanError::io("write", &self.root.join(folds)))?;
        report_tables::write_summary(scores, &mut b).map_err(PlanError::io("write", &self.root.join(summary)))?;
        put_bytes(&self.root.join(folds), &a)?;
        put_bytes(&self.root.join(summary), &b)
    }

    /// Who was in which set, of all seeds and folds.
    fn splits(&self, variant: usize) -> Result<String> {
        let mut text = String::new();
        for task in self.context.layout.variants[variant].split.values() {
            for split in index::splits(&self.context.folder(*task)?)? {
                let table = split.to_tsv();
                text.push_str(if text.is_empty() {
                    &table
                } else {
                    table.split_once('\n').map_or("", |(_, rest)| rest)
                });
            }
        }
        Ok(text)
    }

    fn variant(&self, results: &Results, variant: usize, folder: &str) -> Result<()> {
        let context = self.context;
        let program = context.program(variant);
        let tasks = &context.layout.variants[variant];
        let folder = Path::new(folder);
        if variant > 0 && tasks.split != context.layout.variants[0].split {
            self.text(folder.join("split.tsv"), &self.splits(variant)?)?;
        }
        for (analysis, task) in program.analyses.iter().zip(&tasks.analyses) {
            // A member of a family: `probe[t1]`.
            let name = analysis.name.replace('[', "-").replace([']', ' '], "").replace(',', "-");
            let name = format!("analysis-{name}");
            let name: PathBuf = if context.experiment.variants.len() > 1 { folder.join(name) } else { name.into() };
            let from = context.folder(*task)?;
            self.link(&from.join(analyse::TSV), name.with_added_extension("tsv"))?;
            for entry in std::fs::read_dir(&from).map_err(PlanError::io("read", &from))? {
                let entry = entry.map_err(PlanError::io("read", &from))?;
                if analyse::is_map(&entry.path()) {
                    self.link(&entry.path(), name.join(entry.file_name()))?;
                }
            }
        }
        for run in &tasks.runs {
            let folder = folder.join(run_folder(context, variant, *run));
            for (at, stage) in program.stages.iter().enumerate() {
                let from = context.stage_folder(variant, at, *run)?;
                // One file where there is one stage, else one a stage.
                let (weights, events) = match program.stages.len() {
                    1 => (WEIGHTS.to_owned(), EVENT_FILE.to_owned()),
                    _ => (format!("{}_{WEIGHTS}", stage.name), format!("{}/{EVENT_FILE}", stage.name)),
                };
                self.link(&from.join(WEIGHTS), folder.join(weights))?;
                if from.join(EVENT_FILE).is_file() {
                    self.link(&from.join(EVENT_FILE), folder.join(events))?;
                }
            }
            for (at, baseline) in program.baselines.iter().enumerate() {
                let name = format!("{}_{}", program.models[baseline.model].name, baseline::FITTED);
                self.link(&context.baseline_folder(variant, at, *run)?.join(baseline::FITTED), folder.join(name))?;
            }
            let scores = results.variants[variant].scores.iter().filter(|scored| scored.ensemble.is_none());
            self.text(folder.join("scores.tsv"), &tables::scores_of_run(scores, *run))?;
            let mut predictions = tables::Predictions::default();
            for model in 0..program.models.len() {
                if !tasks.predict.contains_key(&(model, *run)) {
                    continue;
                }
                let predicted = context.predicted(variant, model, *run)?;
                predictions.add(program, model, program.scores_of_runs(model), &predicted);
                maps::write(program, model, &predicted, &self.root.join(&folder).join("maps"))?;
            }
            if let Some(text) = predictions.text() {
                self.text(folder.join("predictions.tsv"), &text)?;
            }
        }
        self.ensembles(results, variant, folder)
    }

    /// What the ensembles of a variant predicted, and how well: one folder a group of runs.
    fn ensembles(&self, results: &Results, variant: usize, folder: &Path) -> Result<()> {
        let (context, program) = (self.context, self.context.program(variant));
        for (at, ensemble) in program.ensembles.iter().enumerate() {
            let folder = folder.join(format!("ensemble-{}", program.models[ensemble.model].name));
            let request = || program.scores.iter().filter(|score| score.ensemble == Some(at));
            for (number, group) in groups(ensemble.over, &context.layout.variants[variant].runs).iter().enumerate() {
                let folder = match ensemble.over {
                    EnsembleOver::Folds if program.protocol.repeats > 1 => {
                        folder.join(format!("seed-{}/repeat-{}", group.key.seed, group.key.repeat + 1))
                    }
                    EnsembleOver::Folds => folder.join(format!("seed-{}", group.key.seed)),
                    EnsembleOver::Repeats => {
                        folder.join(format!("seed-{}/fold-{}", group.key.seed, group.key.fold + 1))
                    }
                    EnsembleOver::Runs => folder.clone(),
                };
                let scores = program.scores.iter().zip(&results.variants[variant].scores);
                let scores = scores.filter(|(score, _)| score.ensemble == Some(at)).map(|(_, scored)| scored);
                self.text(folder.join("scores.tsv"), &tables::scores_of_run(scores, group.key))?;
                let mut predictions = tables::Predictions::default();
                predictions.add(program, ensemble.model, request(), &context.ensembled(variant, at, number)?);
                if let Some(text) = predictions.text() {
                    self.text(folder.join("predictions.tsv"), &text)?;
                }
            }
        }
        Ok(())
    }
}
