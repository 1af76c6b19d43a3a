//! The executor: every task in order, reused from the store or run, and reported to a listener.

use super::clock::{Expected, Remaining};
use super::content;
use super::context::Context;
use super::error::{PlanError, Result};
use super::folder;
use super::layout::{Known, Layout, mean_inputs};
use super::options::RunOptions;
use super::outcome::TaskOutcome;
use super::sources::Sources;
use super::store::{Entry, LastRun, Store, Stored};
use super::summary::RunSummary;
use super::task::{Kind, Task, Work};
use super::{fit, index};
use crate::program::Experiment;
use indexmap::IndexMap;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Runs an experiment: every task whose result is not in the store, then the run's folder with its report.
///
/// # Errors
/// See [`PlanError`]. An interruption is no error: see [`RunSummary::outcome`].
pub fn run(experiment: &Experiment, options: &RunOptions<'_>) -> Result<RunSummary> {
    let began = Instant::now();
    let started = jiff::Timestamp::now();
    let target = folder::check(experiment, &options.out)?;
    let store = Store::open(&store_path(&options.out))?;
    folder::recover(&target)?;
    let sources = Sources::new(&options.base, &store.volumes());
    let known = Known::new(&store, options.trials);
    let mut done = Done::default();
    // Where settings are searched, results say how the plan goes on.
    let layout = loop {
        let layout = Layout::of(experiment, &sources, &known)?;
        sources.keep_hashes()?;
        let context = context_of(experiment, &layout, &store, &sources, options, &done);
        let before = done.entries.len();
        match context.tasks(&mut done) {
            Err(PlanError::Interrupted { task }) => {
                sources.keep_hashes()?;
                return Ok(RunSummary::interrupted(experiment, task, done.outcomes()));
            }
            result => result?,
        }
        if layout.is_whole {
            break layout;
        }
        if done.entries.len() == before {
            return Err(PlanError::inconsistent("a search waits for trials that are judged"));
        }
    };
    let context = context_of(experiment, &layout, &store, &sources, options, &done);
    let outcomes = done.outcomes();
    let last: LastRun = layout.tasks.iter().map(|task| (task.name.clone(), task.identity.clone())).collect();
    sources.keep_hashes()?;
    store.put_last_run(&experiment.name, &last)?;

    let provenance =
        content::Provenance { started: started.to_string(), seconds: began.elapsed().as_secs_f64(), tasks: &outcomes };
    let results = content::Results::gather(&context)?;
    let report = content::content(&context, &results, &provenance)?;
    folder::write(&context, &results, &report, &outcomes, &target)?;
    Ok(RunSummary::finished(&context, results, report, outcomes, target, began.elapsed().as_secs_f64()))
}

/// Results so far, by fingerprint, in the order in which they came.
#[derive(Default)]
struct Done {
    entries: IndexMap<String, (TaskOutcome, Entry)>,
    warnings: Vec<String>,
}

impl Done {
    fn outcomes(&self) -> Vec<TaskOutcome> {
        self.entries.values().map(|(outcome, _)| outcome.clone()).collect()
    }
}

fn context_of<'a>(
    experiment: &'a Experiment,
    layout: &'a Layout,
    store: &'a Store,
    sources: &'a Sources<'a>,
    options: &'a RunOptions<'a>,
    done: &Done,
) -> Context<'a> {
    let entry = |task: &Task| done.entries.get(task.identity.fingerprint.as_str()).map(|(_, entry)| entry.clone());
    Context {
        experiment,
        layout,
        store,
        sources,
        options,
        entries: RefCell::new(layout.tasks.iter().map(entry).collect()),
        warnings: Mutex::new(done.warnings.clone()),
    }
}

/// The store of a folder of runs.
pub(super) fn store_path(out: &Path) -> PathBuf {
    out.join("store")
}

impl Context<'_> {
    /// Every task that is not done.
    fn tasks(&self, done: &mut Done) -> Result<()> {
        let expected = Expected::of(self.experiment, self.layout, self.sources, self.options.rates.as_ref());
        let mut remaining = Remaining::new(expected);
        for at in 0..self.layout.tasks.len() {
            if let Some(entry) = &self.entries.borrow()[at] {
                remaining.end(at, entry.seconds);
                continue;
            }
            self.options.listener.time_behind(remaining.behind(at));
            let outcome = self.task(at)?;
            remaining.end(at, outcome.seconds);
            if outcome.kind == Kind::Index {
                self.tell_flows(at)?;
            }
            if let Some(entry) = self.entries.borrow()[at].clone() {
                done.entries.insert(outcome.fingerprint.clone(), (outcome, entry));
            }
        }
        done.warnings = self.warned();
        Ok(())
    }

    /// Finds a task's result, or runs it.
    fn task(&self, at: usize) -> Result<TaskOutcome> {
        let task = &self.layout.tasks[at];
        if self.options.interrupt.load(Ordering::Relaxed) {
            return Err(PlanError::Interrupted { task: task.name.clone() });
        }
        let kind = task.work.kind();
        let outcome = |ran: bool, entry: &Entry| TaskOutcome {
            name: task.name.clone(),
            kind,
            fingerprint: task.identity.fingerprint.to_string(),
            ran,
            seconds: entry.seconds,
        };
        match self.store.find(kind.name(), &task.identity.fingerprint) {
            Stored::Whole(entry) => {
                self.options.listener.task_reused(&task.name);
                // A kill may have come between the result and the end of its checkpoint.
                if kind == Kind::Train {
                    self.store.drop_partial(&task.identity.fingerprint)?;
                }
                let outcome = outcome(false, &entry);
                self.entries.borrow_mut()[at] = Some(entry);
                return Ok(outcome);
            }
            Stored::Damaged(problem) => {
                self.warn(&format!("{}: the stored result is damaged ({problem}); it is computed again", task.name))
            }
            Stored::Absent => {}
        }
        self.options.listener.task_started(&task.name);
        let started = Instant::now();
        let seconds = || started.elapsed().as_secs_f64();
        let entry =
            self.store.put(kind.name(), &task.name, &task.identity, &seconds, |folder| self.work(task, folder))?;
        if kind == Kind::Train {
            self.store.drop_partial(&task.identity.fingerprint)?;
        }
        self.options.listener.task_finished(&task.name, entry.seconds);
        let outcome = outcome(true, &entry);
        self.entries.borrow_mut()[at] = Some(entry);
        Ok(outcome)
    }

    fn work(&self, task: &Task, folder: &Path) -> Result<()> {
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
