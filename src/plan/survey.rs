//! The plan with what each task needs, takes and stands at: what a cluster is asked for by.

use super::error::Result;
use super::execute::Demand;
use super::layout::{Known, Layout};
use super::options::RunOptions;
use super::run::{plan_record, store_path};
use super::sources::Sources;
use super::store::{FailureRecord, Measured, Owner, PlanRecord, Store, claim_name};
use super::task::{Kind, Task, Work};
use crate::graph::{Cost, NodeId};
use crate::program::{Experiment, Program};
use std::collections::{BTreeMap, BTreeSet};

/// A plan, and how far it is.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The tasks, in the order of the plan.
    pub tasks: Vec<SurveyedTask>,
    /// Whether these are all: what follows the trials of a search is known when they are judged.
    pub is_whole: bool,
    /// What tasks of each kind took that are in the store.
    pub measured: BTreeMap<Kind, Vec<Measured>>,
    /// The plan as the store keeps it.
    pub record: PlanRecord,
}

/// A task of a plan.
#[derive(Debug, Clone)]
pub struct SurveyedTask {
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// The key of its result.
    pub fingerprint: String,
    /// Those that it needs, by their places.
    pub needs: BTreeSet<usize>,
    /// How far it is.
    pub state: TaskState,
    /// Threads that it makes good use of.
    pub threads: usize,
    /// Bytes at its peak, as predicted.
    pub memory: u64,
    /// Multiply-adds in all, as predicted; 0 where that says nothing.
    pub operations: u64,
}

/// How far a task is.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskState {
    /// Its result is in the store.
    Done,
    /// Somebody is at it.
    Claimed(Owner),
    /// It failed when it was tried last.
    Failed(Box<FailureRecord>),
    /// None of these.
    ToRun,
}

/// Every task of an experiment with what it takes. Nothing is written, no image is decoded, and a result counts as done where it
/// is there: whoever reads it compares its checksums.
///
/// # Errors
/// A cohort or a file that cannot be read.
pub fn survey(experiment: &Experiment, options: &RunOptions<'_>) -> Result<Survey> {
    let store = Store::look(&store_path(&options.out));
    let sources = Sources::of(options, &store);
    let layout = Layout::of(experiment, &sources, &Known::new(&store, options.trials))?;
    let record = plan_record(experiment, &layout, &options.command);
    let (mut present, mut measured) = (BTreeMap::new(), BTreeMap::new());
    for kind in layout.tasks.iter().map(|task| task.work.kind()) {
        present.entry(kind).or_insert_with(|| store.present(kind));
        measured.entry(kind).or_insert_with(|| store.measured(kind));
    }
    let claims = store.claimed();
    let mut people: BTreeMap<usize, usize> = BTreeMap::new();
    let mut tasks = Vec::with_capacity(layout.tasks.len());
    for (at, task) in layout.tasks.iter().enumerate() {
        let kind = task.work.kind();
        let program = layout.program_of(experiment, task.program);
        let people = match people.get(&task.program.variant) {
            Some(people) => *people,
            None => {
                let found = records(program, &sources)?;
                people.insert(task.program.variant, found);
                found
            }
        };
        let claim = claim_name(kind.name(), &task.identity.fingerprint);
        let state = if present.get(&kind).is_some_and(|there| there.contains(task.identity.fingerprint.as_str())) {
            TaskState::Done
        } else if claims.contains(&claim) {
            TaskState::Claimed(store.claimed_by(&claim).unwrap_or_default())
        } else {
            let failure = store.failure(kind, &task.identity.fingerprint);
            failure.map_or(TaskState::ToRun, |failure| TaskState::Failed(Box::new(failure)))
        };
        let demand = Demand::of_task(program, task);
        tasks.push(SurveyedTask {
            name: task.name.clone(),
            kind,
            fingerprint: task.identity.fingerprint.to_string(),
            needs: layout.needs(at).clone(),
            state,
            threads: demand.threads,
            memory: demand.memory,
            operations: operations(program, task, people),
        });
    }
    Ok(Survey { tasks, is_whole: layout.is_whole, measured, record })
}

/// People of the cohorts, before any is left out.
fn records(program: &Program, sources: &Sources<'_>) -> Result<usize> {
    program.cohorts.iter().map(|cohort| Ok(sources.cohort(cohort)?.records.len())).sum()
}

/// Multiply-adds of a whole training or prediction: forward and backward, all epochs, all people.
pub(super) fn operations(program: &Program, task: &Task, people: usize) -> u64 {
    let of = |roots: Vec<NodeId>| Cost::of(&program.graph, &program.graph.live(roots)).operations;
    match task.work {
        Work::Train { stage, .. } => {
            program.stages.get(stage).map_or(0, |stage| 3 * of(vec![stage.loss]) * people as u64 * stage.epochs as u64)
        }
        Work::Predict { model, .. } => {
            program.models.get(model).map_or(0, |model| of(model.live_roots.clone()) * people as u64)
        }
        _ => 0,
    }
}
