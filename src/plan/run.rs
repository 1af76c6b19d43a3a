//! A run: the plan laid out and executed, until all of it is done, then the run's folder.

use super::content;
use super::context::Context;
use super::error::{PlanError, Result};
use super::execute::execute;
use super::folder;
use super::layout::{Known, Layout, mean_inputs};
use super::options::RunOptions;
use super::outcome::TaskOutcome;
use super::sources::Sources;
use super::store::{Claim, Claiming, Entry, LastRun, PlanRecord, RecordedTask, Store};
use super::summary::RunSummary;
use super::task::{Task, Work};
use super::told::Told;
use super::track;
use super::{fit, index};
use crate::nn::Device;
use crate::program::Experiment;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Runs an experiment: every task whose result is not in the store, then the run's folder with its report.
///
/// # Errors
/// See [`PlanError`]. An interruption is no error: see [`RunSummary::outcome`].
pub fn run(experiment: &Experiment, options: &RunOptions<'_>) -> Result<RunSummary> {
    let began = Instant::now();
    let started = jiff::Timestamp::now();
    let target = folder::check(experiment, &options.out)?;
    let device = options.devices.first().ok_or_else(|| PlanError::inconsistent("a run has no device"))?;
    let store = Store::open(&store_path(&options.out))?;
    // Whoever is writing the folder now has cleared up.
    if let Claiming::Ours(_claim) = store.claim(&folder_name(experiment))? {
        folder::recover(&target, &store)?;
    }
    let sources = Sources::of(options, &store);
    let known = Known::new(&store, options.trials);
    let (mut done, told) = (Done::default(), Told::default());
    let view = View { experiment, store: &store, sources: &sources, options, told: &told, device };
    // Where settings are searched, results say how the plan goes on.
    let (layout, entries) = loop {
        let layout = Layout::of(experiment, &sources, &known)?;
        sources.keep_hashes()?;
        store.put_plan(&plan_record(experiment, &layout, &options.command))?;
        let entries = done.entries_of(&layout);
        let context = view.of(&layout, &entries);
        let wanted: Vec<usize> = (0..layout.tasks.len()).collect();
        let executed = execute(&context, &wanted);
        let before = done.entries.len();
        done.add(&layout, &entries, executed.outcomes);
        sources.keep_hashes()?;
        if let Some(task) = executed.interrupted {
            return Ok(RunSummary::interrupted(experiment, task, done.outcomes()));
        }
        if let Some(failures) = executed.failures {
            return Err(failures.into());
        }
        if layout.is_whole {
            break (layout, entries);
        }
        if done.entries.len() == before {
            return Err(PlanError::inconsistent("a search waits for trials that are judged"));
        }
        told.next_round();
    };
    let context = view.of(&layout, &entries);
    let outcomes = done.outcomes();
    let last: LastRun = layout.tasks.iter().map(|task| (task.name.clone(), task.identity.clone())).collect();
    store.put_last_run(&experiment.name, &last)?;

    let provenance =
        content::Provenance { started: started.to_string(), seconds: began.elapsed().as_secs_f64(), tasks: &outcomes };
    let results = content::Results::gather(&context)?;
    let report = content::content(&context, &results, &provenance)?;
    let claim = folder_claim(&context)?;
    folder::recover(&target, &store)?;
    folder::write(&context, &results, &report, &outcomes, &target)?;
    track::track(&context, &results, started, &target)?;
    drop(claim);
    store.tidy()?;
    Ok(RunSummary::finished(&context, results, report, outcomes, target, began.elapsed().as_secs_f64()))
}

/// What every round of a run has in common.
struct View<'a> {
    experiment: &'a Experiment,
    store: &'a Store,
    sources: &'a Sources<'a>,
    options: &'a RunOptions<'a>,
    told: &'a Told,
    device: &'a Device,
}

impl View<'_> {
    fn of<'b>(&'b self, layout: &'b Layout, entries: &'b [OnceLock<Entry>]) -> Context<'b> {
        let Self { experiment, store, sources, options, told, device } = *self;
        Context { experiment, layout, store, sources, options, entries, told, at: None, device }
    }
}

/// The name of the claim of a run's folder.
fn folder_name(experiment: &Experiment) -> String {
    format!("folder-{}", experiment.name)
}

/// Two runs of one experiment write one folder, one after the other.
fn folder_claim(context: &Context<'_>) -> Result<Claim> {
    let name = folder_name(context.experiment);
    let mut wait = Duration::from_millis(50);
    loop {
        if let Claiming::Ours(claim) = context.store.claim(&name)? {
            return Ok(claim);
        }
        if context.options.interrupt.load(Ordering::Relaxed) {
            return Err(PlanError::Interrupted { task: "the run's folder".into() });
        }
        std::thread::sleep(wait);
        wait = (wait * 2).min(Duration::from_secs(2));
    }
}

/// Results so far, by fingerprint: round by round, each in the order of the plan.
#[derive(Default)]
struct Done {
    entries: IndexMap<String, (TaskOutcome, Entry)>,
}

impl Done {
    fn outcomes(&self) -> Vec<TaskOutcome> {
        self.entries.values().map(|(outcome, _)| outcome.clone()).collect()
    }

    /// The places of a plan's results, with what is there.
    fn entries_of(&self, layout: &Layout) -> Vec<OnceLock<Entry>> {
        let known = |task: &Task| match self.entries.get(task.identity.fingerprint.as_str()) {
            Some((_, entry)) => OnceLock::from(entry.clone()),
            None => OnceLock::new(),
        };
        layout.tasks.iter().map(known).collect()
    }

    fn add(&mut self, layout: &Layout, entries: &[OnceLock<Entry>], outcomes: Vec<(usize, TaskOutcome)>) {
        for (at, outcome) in outcomes {
            if let (Some(task), Some(entry)) = (layout.tasks.get(at), entries.get(at).and_then(OnceLock::get)) {
                self.entries.insert(task.identity.fingerprint.to_string(), (outcome, entry.clone()));
            }
        }
    }
}

/// A plan as the store keeps it.
pub(super) fn plan_record(experiment: &Experiment, layout: &Layout, command: &str) -> PlanRecord {
    let of = |(at, task): (usize, &Task)| RecordedTask {
        name: task.name.clone(),
        kind: task.work.kind(),
        fingerprint: task.identity.fingerprint.to_string(),
        needs: layout.needs(at).clone(),
    };
    PlanRecord {
        experiment: experiment.name.clone(),
        command: command.to_owned(),
        at: jiff::Timestamp::now().to_string(),
        is_whole: layout.is_whole,
        tasks: layout.tasks.iter().enumerate().map(of).collect(),
    }
}

/// The store of a folder of runs.
pub(super) fn store_path(out: &Path) -> PathBuf {
    out.join("store")
}

impl Context<'_> {
    /// Does what a task says, into a folder.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub(super) fn work(&self, task: &Task, folder: &Path) -> Result<()> {
        let (name, key) = (task.name.as_str(), task.program);
        let (program, variant) = (self.program(key.variant), key.variant);
        match task.work {
            Work::Index => index::index(self.dataset(variant)?.as_ref(), folder),
            Work::Split { seed } => index::split(name, program, self.dataset(variant)?.as_ref(), seed, folder),
            Work::Fit { seed, fold } => {
                let split = self.split(variant, seed, fold)?;
                let (dataset, interrupt) = (self.dataset(variant)?, self.options.interrupt);
                fit::fit(name, &dataset, &split, &mean_inputs(program), interrupt, folder)
            }
            Work::Train { stage, run } => {
                let partial = self.store.partial(&task.identity.fingerprint)?;
                self.train(task, stage, run, &partial, folder)
            }
            Work::Baseline { baseline, run } => self.fit_baseline(name, key, baseline, run, folder),
            Work::Judge { search, run } => self.judge(name, key, search, run, folder),
            Work::Predict { model, run } => self.predict(name, variant, model, run, folder),
            Work::Map { model, run } => self.draw_maps(name, variant, model, run, folder),
            Work::Ensemble { ensemble } => self.ensemble(name, variant, ensemble, folder),
            Work::Score { score } => self.score(name, variant, score, folder),
            Work::Analyse { analysis } => self.analyse(name, variant, analysis, folder),
            Work::Compare { sweep } => self.compare(name, sweep, folder),
            Work::CompareModels { comparison } => self.compare_models(name, variant, comparison, folder),
        }
    }
}
