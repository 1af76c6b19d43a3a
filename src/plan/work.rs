//! Some tasks of a plan, on behalf of a run that is made in pieces: an element of a submission.

use super::context::Context;
use super::error::{Failures, PlanError, Result};
use super::execute::execute;
use super::fingerprint::Fingerprint;
use super::layout::{Known, Layout};
use super::options::RunOptions;
use super::outcome::TaskOutcome;
use super::run::store_path;
use super::sources::Sources;
use super::store::{Entry, FailureRecord, Owner, Reason, RecordedTask, Store, plans};
use super::task::Kind;
use super::told::Told;
use crate::program::Experiment;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

/// What came of some tasks.
#[derive(Debug)]
pub struct Worked {
    /// Those that are done.
    pub done: Vec<TaskOutcome>,
    /// What failed, and what was not reached for it.
    pub failures: Option<Failures>,
    /// Trainings that others were to do, and have not: what needs them was left out.
    pub missing: Vec<String>,
    /// The task under way when it was interrupted.
    pub interrupted: Option<String>,
}

/// Does the tasks with these keys. What they need and is not there is done as well, but for trainings: those are other elements'.
/// Tasks that failed in this submission are not tried again.
///
/// # Errors
/// A plan that cannot be laid out: its data cannot be read.
pub fn work(experiment: &Experiment, options: &RunOptions<'_>, wanted: &BTreeSet<String>) -> Result<Worked> {
    let store = Store::open(&store_path(&options.out))?;
    let sources = Sources::of(options, &store);
    let layout = Layout::of(experiment, &sources, &Known::new(&store, options.trials))?;
    sources.keep_hashes()?;
    let device = options.devices.first().ok_or_else(|| PlanError::inconsistent("a run has no device"))?;
    let entries: Vec<OnceLock<Entry>> = layout.tasks.iter().map(|_| OnceLock::new()).collect();
    let told = Told::default();
    let context = Context {
        experiment,
        layout: &layout,
        store: &store,
        sources: &sources,
        options,
        entries: &entries,
        told: &told,
        at: None,
        device,
    };
    // What is asked for, and what that needs.
    let asked: Vec<usize> =
        (0..layout.tasks.len()).filter(|at| wanted.contains(layout.tasks[*at].identity.fingerprint.as_str())).collect();
    let (mut needed, mut waiting) = (BTreeSet::new(), asked.clone());
    while let Some(at) = waiting.pop() {
        if needed.insert(at) {
            waiting.extend(layout.needs(at));
        }
    }
    let asked: BTreeSet<usize> = asked.into_iter().collect();
    let is_there = |at: &usize| {
        let task = &layout.tasks[*at];
        store.present_one(task.work.kind(), &task.identity.fingerprint)
    };
    let (mut lost, mut missing) = (BTreeSet::new(), Vec::new());
    for at in &needed {
        let task = &layout.tasks[*at];
        let kind = task.work.kind();
        let failed_here = || {
            let failure = store.failure(kind, &task.identity.fingerprint);
            failure.is_some_and(|failure| failure.submission.is_some() && failure.submission == options.submission)
        };
        let is_training = matches!(kind, Kind::Train | Kind::Baseline | Kind::Judge);
        if !is_there(at) && (is_training && !asked.contains(at) || failed_here()) {
            missing.push(task.name.clone());
            lost.insert(*at);
        }
    }
    // In the order of the plan what a task needs stands before it.
    let mut reached: Vec<usize> = Vec::new();
    for at in &needed {
        if lost.contains(at) || !is_there(at) && layout.needs(*at).iter().any(|need| lost.contains(need)) {
            lost.insert(*at);
        } else {
            reached.push(*at);
        }
    }
    let executed = execute(&context, &reached);
    Ok(Worked {
        done: executed.outcomes.into_iter().map(|(_, outcome)| outcome).collect(),
        failures: executed.failures,
        missing,
        interrupted: executed.interrupted,
    })
}

/// Keeps how the process that was at some tasks ended, and that they failed by it; gives their names.
///
/// # Errors
/// A store that cannot be written.
pub fn record_end(
    out: &Path,
    process: u32,
    (reason, problem): (Reason, &str),
    submission: &str,
    memory: Option<u64>,
) -> Result<Vec<String>> {
    // Its claims are read before the store is opened for writing, which clears up after the dead.
    let looked_at = Store::look(&store_path(out));
    let here = Owner::here().host;
    let is_of = |owner: &Owner| owner.process == process && owner.host == here;
    let claims = looked_at.claimed().into_iter();
    let claims: Vec<_> = claims.filter_map(|name| Some((looked_at.claimed_by(&name).filter(is_of)?, name))).collect();
    let store = Store::open(&store_path(out))?;
    let names = names_of(out);
    let mut told = Vec::new();
    for (owner, claim) in claims {
        let Some((kind, fingerprint)) = claim.split_once('-').and_then(|(kind, key)| Some((Kind::named(kind)?, key)))
        else {
            continue;
        };
        let task = names.get(fingerprint).cloned().unwrap_or_else(|| claim.clone());
        let failure = FailureRecord {
            task: task.clone(),
            reason,
            problem: problem.to_owned(),
            owner,
            at: jiff::Timestamp::now().to_string(),
            submission: Some(submission.to_owned()),
            memory,
        };
        store.put_failure(kind, &Fingerprint::of_name(fingerprint), &failure)?;
        told.push(task);
    }
    Ok(told)
}

/// Keeps that the first of some tasks that is not done has run out of time; gives its name.
///
/// # Errors
/// A store that cannot be written.
pub fn record_time_out(out: &Path, keys: &[String], problem: &str, submission: &str) -> Result<Option<String>> {
    let store = Store::open(&store_path(out))?;
    let plans = plans(&store_path(out));
    let tasks: BTreeMap<&str, &RecordedTask> =
        plans.values().flat_map(|plan| &plan.tasks).map(|task| (task.fingerprint.as_str(), task)).collect();
    for task in keys.iter().filter_map(|key| tasks.get(key.as_str())) {
        let fingerprint = Fingerprint::of_name(&task.fingerprint);
        if store.present_one(task.kind, &fingerprint) {
            continue;
        }
        let failure = FailureRecord {
            task: task.name.clone(),
            reason: Reason::TimeLimit,
            problem: problem.to_owned(),
            owner: store.owner(),
            at: jiff::Timestamp::now().to_string(),
            submission: Some(submission.to_owned()),
            memory: None,
        };
        store.put_failure(task.kind, &fingerprint, &failure)?;
        return Ok(Some(task.name.clone()));
    }
    Ok(None)
}

/// The names of all tasks of all plans, by their keys.
fn names_of(out: &Path) -> BTreeMap<String, String> {
    let plans = plans(&store_path(out));
    plans.into_values().flat_map(|plan| plan.tasks).map(|task| (task.fingerprint, task.name)).collect()
}
