//! What a run would do, and why: `fascicle plan`.

use super::clock::Expected;
use super::error::Result;
use super::execute::{Demand, Scheduled, makespan};
use super::fingerprint::Identity;
use super::layout::{Known, Layout};
use super::options::RunOptions;
use super::run::store_path;
use super::sources::Sources;
use super::store::{Store, Stored};
use super::task::Kind;
use crate::program::Experiment;
use serde::Serialize;

/// A task of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedTask {
    /// Its name, unique in the plan.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// The key of its result.
    pub fingerprint: String,
    /// Whether its result is in the store.
    pub cached: bool,
    /// Why it would run: what changed since the experiment's last run, as far as that is known.
    pub why: Option<String>,
    /// What it will take, as far as that is known: by what tasks of its kind took, or by its work and the speed of this machine. What
    /// is in the store takes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}

/// A plan, as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Planned {
    /// The tasks, in the order in which they run.
    pub tasks: Vec<PlannedTask>,
    /// Whether these are all: what follows the trials of a search is known when they are judged.
    pub is_whole: bool,
    /// What those that are to run take on this machine, side by side as they fit; `None` where that is not known of all of them.
    pub seconds: Option<f64>,
}

/// Every task of an experiment, with what would become of it. Nothing is written, no image is decoded.
///
/// # Errors
/// A cohort or a file that cannot be read.
pub fn plan(experiment: &Experiment, options: &RunOptions<'_>) -> Result<Planned> {
    let store = Store::look(&store_path(&options.out));
    let sources = Sources::of(options, &store);
    let layout = Layout::of(experiment, &sources, &Known::new(&store, options.trials))?;
    let last = store.last_run(&experiment.name);
    let stored: Vec<Stored> =
        layout.tasks.iter().map(|task| store.find(task.work.kind().name(), &task.identity.fingerprint)).collect();
    let took = |stored: &Stored| match stored {
        Stored::Whole(entry) => Some(entry.seconds),
        Stored::Damaged(_) | Stored::Absent => None,
    };
    let took: Vec<Option<f64>> = stored.iter().map(took).collect();
    let expected = Expected::of(experiment, &layout, &sources, options.clock.as_ref()).corrected(&took);
    let planned = layout.tasks.iter().zip(stored).zip(expected.seconds).map(|((task, stored), expected)| {
        let kind = task.work.kind();
        let (cached, why) = match stored {
            Stored::Whole(_) => (true, None),
            Stored::Damaged(problem) => (false, Some(format!("its result is damaged: {problem}"))),
            Stored::Absent => (false, Some(why(last.get(&task.name), &task.identity, !last.is_empty()))),
        };
        let fingerprint = task.identity.fingerprint.to_string();
        let seconds = if cached { Some(0.0) } else { expected };
        PlannedTask { name: task.name.clone(), kind, fingerprint, cached, why, seconds }
    });
    let tasks: Vec<PlannedTask> = planned.collect();
    let seconds = whole(experiment, &layout, &tasks);
    Ok(Planned { tasks, is_whole: layout.is_whole, seconds })
}

/// What tasks take together.
fn whole(experiment: &Experiment, layout: &Layout, planned: &[PlannedTask]) -> Option<f64> {
    let scheduled = layout.tasks.iter().zip(planned).enumerate().map(|(at, (task, planned))| {
        let demand = match planned.cached {
            true => Demand::default(),
            false => Demand::of_task(layout.program_of(experiment, task.program), task),
        };
        Some(Scheduled { seconds: planned.seconds?, demand, needs: layout.needs(at) })
    });
    Some(makespan(&scheduled.collect::<Option<Vec<_>>>()?))
}

fn why(last: Option<&Identity>, now: &Identity, has_run: bool) -> String {
    let Some(last) = last else {
        return if has_run { "new since the last run".into() } else { "never run".into() };
    };
    if last.fingerprint == now.fingerprint {
        return "its result is no longer in the store".into();
    }
    let mut changed: Vec<String> = Vec::new();
    for (name, hash) in &now.parts {
        match last.parts.get(name) {
            None => changed.push(format!("{name} (new)")),
            Some(before) if before != hash => changed.push(name.clone()),
            Some(_) => {}
        }
    }
    changed
        .extend(last.parts.keys().filter(|name| !now.parts.contains_key(*name)).map(|name| format!("{name} (gone)")));
    format!("changed: {}", changed.join(", "))
}
