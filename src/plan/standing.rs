//! How far a run is: from what the store has of it, without laying its plan out again.

use super::error::{PlanError, Result};
use super::fingerprint::Fingerprint;
use super::run::store_path;
use super::store::{Owner, PlanRecord, Store, at_work, claim_name, plans};
use super::survey::TaskState;
use super::task::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A plan, and how far each of its tasks is.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The plan as it was last run or submitted.
    pub plan: PlanRecord,
    /// By task. One whose worker has gone is to be run.
    pub states: Vec<TaskState>,
    /// Those that cannot be reached, because of one that failed.
    pub not_reached: BTreeSet<usize>,
}

/// The experiments that a folder of runs has plans of.
///
/// # Errors
/// A folder without a store.
pub fn planned_experiments(out: &Path) -> Result<Vec<String>> {
    let root = store_path(out);
    match root.is_dir() {
        true => Ok(plans(&root).into_keys().collect()),
        false => Err(PlanError::NoStore { path: root }),
    }
}

/// Keeps the plan of an experiment that others will run.
///
/// # Errors
/// A folder that cannot be written.
pub fn put_plan(out: &Path, plan: &PlanRecord) -> Result<()> {
    Store::open(&store_path(out))?.put_plan(plan)
}

/// How far the run of an experiment is. A folder is listed for each kind of task, and files are read of what is claimed or failed.
///
/// # Errors
/// A folder without a store, an experiment that was never run there.
pub fn standing(out: &Path, experiment: &str) -> Result<Standing> {
    let root = store_path(out);
    if !root.is_dir() {
        return Err(PlanError::NoStore { path: root });
    }
    let mut all = plans(&root);
    let Some(plan) = all.remove(experiment) else {
        let known = all.into_keys().collect::<Vec<_>>().join(", ");
        let there = if known.is_empty() { "none".to_owned() } else { known };
        let problem = format!("no run of it is in {} (there are: {there})", root.display());
        return Err(PlanError::task(experiment, problem));
    };
    let store = Store::look(&root);
    let (claims, failed) = (store.claimed(), store.failed());
    let alive: BTreeSet<String> = match claims.is_empty() {
        true => BTreeSet::new(),
        false => at_work(&root).into_iter().map(|owner| owner.session).collect(),
    };
    let lives = |owner: &Owner| alive.contains(&owner.session);
    let mut present: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
    let state = |task: &super::store::RecordedTask| {
        let there = present.entry(task.kind).or_insert_with(|| store.present(task.kind));
        if there.contains(&task.fingerprint) {
            return TaskState::Done;
        }
        let fingerprint = Fingerprint::of_name(&task.fingerprint);
        let name = claim_name(task.kind.name(), &fingerprint);
        if claims.contains(&name)
            && let Some(owner) = store.claimed_by(&name).filter(lives)
        {
            return TaskState::Claimed(owner);
        }
        let failure = failed.contains(&name).then(|| store.failure(task.kind, &fingerprint)).flatten();
        failure.map_or(TaskState::ToRun, |failure| TaskState::Failed(Box::new(failure)))
    };
    let states: Vec<TaskState> = plan.tasks.iter().map(state).collect();
    // What a task needs stands before it in the plan.
    let mut not_reached = BTreeSet::new();
    for (at, task) in plan.tasks.iter().enumerate() {
        let is_lost =
            |need: &usize| not_reached.contains(need) || matches!(states.get(*need), Some(TaskState::Failed(_)));
        if states.get(at) == Some(&TaskState::ToRun) && task.needs.iter().any(is_lost) {
            not_reached.insert(at);
        }
    }
    Ok(Standing { plan, states, not_reached })
}
