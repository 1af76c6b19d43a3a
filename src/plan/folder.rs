//! The run's folder: a BIDS derivative with everything a reader needs, written aside and put in place as a whole.
//!
//! ```text
//!  RUNS/NAME/
//!    dataset_description.json  README  .bidsignore  report.html  NAME.fx  program.json.gz  params.json  provenance.json
//!    scores.tsv  scores_summary.tsv  comparison.tsv  analysis-NAME.tsv  analysis-NAME/  flow.json  flow.tsv  split.tsv
//!    variant-base/ensemble-MODEL/seed-1/  scores.tsv  predictions.tsv  ranking.tsv
//!    variant-base/seed-1/fold-1/  scores.tsv  predictions.tsv  MODEL_weights.safetensors  fitted.json  MODEL_events..  BASELINE_baseline.json  maps/
//! ```
//!
//! Large files are linked to the store where the file system can. What a user has put into the folder stays there.

mod bids;
mod place;
pub(super) mod record;
mod tables;

pub(super) use place::{check, recover};
pub(super) use tables::flow as flow_table;

use super::compare;
use super::content::{self, Results};
use super::context::Context;
use super::ensemble::groups;
use super::error::{PlanError, Result};
use super::fit::{FITTED, MEANS};
use super::outcome::TaskOutcome;
use super::score::{BY_SUBJECT_HEADING, by_subject_lines};
use super::store::{put_bytes, put_json};
use super::task::RunKey;
use super::train::WEIGHTS;
use super::{analyse, baseline, index};
use crate::program::{Analysis, EnsembleOver, Experiment, Program, Protocol};
use crate::report::{ReportContent, render, tables as report_tables};
use crate::train::EVENT_FILE;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The weights of a stage in the folder of a run: one file where there is one stage, else one a stage.
pub(super) fn weights_file(program: &Program, stage: usize) -> String {
    match program.stages.as_slice() {
        [_] => WEIGHTS.to_owned(),
        stages => format!("{}_{WEIGHTS}", stages.get(stage).map_or("", |stage| stage.name.as_str())),
    }
}

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
    let aside = tempfile::Builder::new()
        .prefix(&place::writing_prefix(target))
        .tempdir_in(out)
        .map_err(PlanError::io("write", out))?;
    let draft = Draft { context, root: aside.path().to_owned() };
    draft.top(results, report, tasks)?;
    draft.bids(target)?;
    for (variant, folder) in folders(context.experiment).iter().enumerate() {
        draft.variant(results, variant, folder)?;
    }
    place::put(aside, target)
}

/// `variant-fusion=film`: one folder a variant, of characters that every file system takes.
pub(super) fn folders(experiment: &Experiment) -> Vec<String> {
    let mut taken = BTreeSet::new();
    experiment
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
pub(super) fn run_folder(protocol: &Protocol, run: RunKey) -> PathBuf {
    let folder = PathBuf::from(format!("seed-{}", run.seed)).join(format!("fold-{}", run.fold + 1));
    if protocol.repeats > 1 { folder.join(format!("repeat-{}", run.repeat + 1)) } else { folder }
}

/// What the files of an analysis begin with, in the run's folder or in that of a variant.
pub(super) fn analysis_name(experiment: &Experiment, variant: &Path, analysis: &Analysis) -> PathBuf {
    // A member of a family: `probe[t1]`.
    let name = analysis.name.replace('[', "-").replace([']', ' '], "").replace(',', "-");
    let name = format!("analysis-{name}");
    if experiment.variants.len() > 1 { variant.join(name) } else { name.into() }
}

/// Where an analysis keeps what the residuals of its reference were.
pub(super) fn reference_file(analysis: &Path) -> PathBuf {
    let mut name = analysis.as_os_str().to_owned();
    name.push("_");
    name.push(analyse::REFERENCE);
    name.into()
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

    /// Some files of a folder of the store, see [`Draft::link`].
    fn link_all(&self, from: &Path, to: &Path, wanted: impl Fn(&Path) -> bool) -> Result<()> {
        for entry in std::fs::read_dir(from).map_err(PlanError::io("read", from))? {
            let entry = entry.map_err(PlanError::io("read", from))?;
            if wanted(&entry.path()) {
                self.link(&entry.path(), to.join(entry.file_name()))?;
            }
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
        put_bytes(&self.root.join(record::FILE), &record::of(self.context)?)?;
        let seeds: BTreeSet<u64> = experiment.variants.iter().flat_map(|p| p.protocol.seeds.iter().copied()).collect();
        let mut packed: Vec<Value> = Vec::new();
        for used in experiment.variants.iter().flat_map(|program| &program.used) {
            let used = json!({ "model": used.packed, "file": used.file, "checksum": used.checksum });
            if !packed.contains(&used) {
                packed.push(used);
            }
        }
        let mut provenance = json!({
            "fascicle": env!("CARGO_PKG_VERSION"),
            "command": options.command,
            "device": content::described_devices(options),
            "seeds": seeds,
            "started": report.provenance.as_ref().map(|p| &p.started),
            "seconds": report.provenance.as_ref().map(|p| p.seconds),
            "versions": report.provenance.as_ref().map(|p| &p.versions),
            "tasks": tasks,
            "warnings": report.warnings.iter().map(|w| &w.message).collect::<Vec<_>>(),
        });
        if !packed.is_empty() {
            provenance["packed_models"] = Value::from(packed);
        }
        put_json(&self.root.join("provenance.json"), &provenance)?;
        self.text("report.html", &render(report))?;
        self.scores("scores.tsv", "scores_summary.tsv", &report.scores)?;
        put_json(&self.root.join("flow.json"), &results.flows)?;
        self.text("flow.tsv", &tables::flow(&results.flows_by_variant))?;
        if !results.comparisons.is_empty() {
            self.text("comparison.tsv", &compare::to_tsv(&results.comparisons))?;
        }
        if let Some(searched) = content::search::to_tsv(self.context) {
            self.text("search.tsv", &searched)?;
        }
        self.scores_by_subject()?;
        match self.context.layout.variants.first().is_some_and(|tasks| tasks.split.is_empty()) {
            // Nobody is divided.
            true => Ok(()),
            false => self.text("split.tsv", &self.splits(0)?),
        }
    }

    /// The scores of every image and mask by itself.
    fn scores_by_subject(&self) -> Result<()> {
        let context = self.context;
        let mut text = String::new();
        for (program, tasks) in context.experiment.variants.iter().zip(&context.layout.variants) {
            let scores = program.scores.iter().zip(&tasks.scores).filter(|(score, _)| score.ensemble.is_none());
            for (score, task) in scores {
                for line in by_subject_lines(&context.folder(*task)?)?.unwrap_or_default().lines() {
                    let on = analyse::clean(score.on_name());
                    text.push_str(&format!("{}\t{on}\t{line}\n", analyse::clean(&program.variant)));
                }
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        self.text("scores_by_subject.tsv", &format!("variant\ton\t{BY_SUBJECT_HEADING}\n{text}"))
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
            let name = analysis_name(context.experiment, folder, analysis);
            let from = context.folder(*task)?;
            if from.join(analyse::REFERENCE).is_file() {
                self.link(&from.join(analyse::REFERENCE), reference_file(&name))?;
            }
            self.link(&from.join(analyse::TSV), name.with_added_extension("tsv"))?;
            self.link_all(&from, &name, analyse::is_map)?;
        }
        for run in &tasks.runs {
            let folder = folder.join(run_folder(&program.protocol, *run));
            if let Some(fit) = tasks.fit.get(&(run.seed, run.fold)) {
                let from = context.folder(*fit)?;
                for file in [FITTED, MEANS] {
                    self.link(&from.join(file), folder.join(file))?;
                }
            }
            for (at, stage) in program.stages.iter().enumerate() {
                let from = context.stage_folder(context.program_of_run(variant, *run), at, *run)?;
                // One file where there is one stage, else one a stage.
                let events = match program.stages.len() {
                    1 => EVENT_FILE.to_owned(),
                    _ => format!("{}/{EVENT_FILE}", stage.name),
                };
                let weights = weights_file(program, at);
                self.link(&from.join(WEIGHTS), folder.join(weights))?;
                if from.join(EVENT_FILE).is_file() {
                    self.link(&from.join(EVENT_FILE), folder.join(events))?;
                }
            }
            for (at, baseline) in program.baselines.iter().enumerate() {
                let name = format!("{}_{}", program.models[baseline.model].name, baseline::FITTED);
                let key = context.program_of_run(variant, *run);
                self.link(&context.baseline_folder(key, at, *run)?.join(baseline::FITTED), folder.join(name))?;
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
                if let Some(maps) = tasks.maps.get(&(model, *run)) {
                    self.link_all(&context.folder(*maps)?, &folder.join("maps"), |file| {
                        analyse::is_map(file) || file.to_string_lossy().ends_with("_dseg.tsv")
                    })?;
                }
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
            let name = &program.models[ensemble.model].name;
            let folder = folder.join(match ensemble.best {
                None => format!("ensemble-{name}"),
                Some(best) => format!("ensemble-best-{}-{name}", best.count),
            });
            let rankings = context.rankings(variant, at)?;
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
                if let Some(ranking) = rankings.get(number) {
                    self.text(folder.join("ranking.tsv"), &ranking.tsv())?;
                }
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
