//! What is to run as arrays of a scheduler: one a stage and resource class, whose elements take 15 to 60 minutes.
//!
//! ```text
//!  prepare: subjects, divisions, fitted steps      one element
//!     └▶ train 1: first stages ─▶ train 2: stages that start from those ─▶ ..      elements: a long training, or several short ones,
//!           └──────────────────────────┴─▶ finish: all that is left, the report                 each with the predictions it makes
//! ```

use super::estimate::Estimator;
use super::settings::Slurm;
use crate::plan::{Kind, SurveyedTask, TaskState};
use std::collections::{BTreeMap, BTreeSet};

/// Minutes of an element are asked for in steps of this.
const STEP: u64 = 5;
/// The least that is asked for: queues do not tell shorter ones apart.
const LEAST: u64 = 15;

/// Elements that need the same, submitted at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// `prepare`, `train 1`, `finish`.
    pub label: String,
    /// Arrays of a lower step end first.
    pub step: usize,
    /// The tasks of each element, by their places in the plan.
    pub elements: Vec<Vec<usize>>,
    /// Cores.
    pub cpus: usize,
    /// Cards.
    pub gpus: usize,
    /// Bytes.
    pub memory: u64,
    /// Minutes.
    pub minutes: u64,
    /// What its elements are thought to take together, seconds, without the margin.
    pub seconds: f64,
}

/// What an array's elements have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    step: usize,
    cpus: usize,
    gpus: usize,
    /// Half a power of two of gigabytes.
    memory: u64,
}

#[derive(Debug, Clone, Default)]
struct Element {
    tasks: Vec<usize>,
    seconds: f64,
    memory: u64,
}

/// Arrays of what is to run; `excluded` is with others already.
pub fn arrays(
    tasks: &[SurveyedTask],
    excluded: &BTreeSet<usize>,
    settings: &Slurm,
    estimator: &Estimator<'_>,
) -> Vec<Array> {
    let to_run = |at: usize| tasks.get(at).is_some_and(|t| t.state != TaskState::Done) && !excluded.contains(&at);
    let is_training = |kind: Kind| matches!(kind, Kind::Train | Kind::Baseline);
    let is_preparation = |kind: Kind| matches!(kind, Kind::Index | Kind::Split | Kind::Fit);
    let mut arrays = Vec::new();
    let preparation: Vec<usize> =
        (0..tasks.len()).filter(|at| to_run(*at) && is_preparation(tasks[*at].kind)).collect();
    // Where little is left to prepare the trainings do it: a claim keeps them apart.
    let mut step = 0;
    if !preparation.is_empty() {
        let estimates: Vec<_> = preparation.iter().map(|at| estimator.of(&tasks[*at], 1)).collect();
        let seconds = estimates.iter().map(|e| e.seconds).sum();
        let memory = estimates.iter().map(|e| e.memory).max().unwrap_or(0);
        let element = Element { tasks: preparation.clone(), seconds, memory };
        arrays.push(array("prepare", step, vec![element], (settings.cpus, 0), settings));
        step += 1;
    }
    // A training stands behind those whose weights it takes over: what a task needs stands before it in the plan.
    let mut level: BTreeMap<usize, usize> = BTreeMap::new();
    let mut classes: BTreeMap<Class, Vec<Element>> = BTreeMap::new();
    let mut place: BTreeMap<usize, (Class, usize)> = BTreeMap::new();
    let limit = settings.bundle as f64;
    // What a training alone leads to is done where it was trained: its time is counted there.
    let is_behind = |at: usize| to_run(at) && matches!(tasks[at].kind, Kind::Predict | Kind::Map | Kind::Judge);
    let mut behind: BTreeMap<usize, f64> = BTreeMap::new();
    for at in (0..tasks.len()).filter(|at| is_behind(*at)) {
        if let Some(last) = tasks[at].needs.iter().rev().find(|need| is_training(tasks[**need].kind)) {
            *behind.entry(*last).or_default() += estimator.of(&tasks[at], 1).seconds;
        }
    }
    for at in (0..tasks.len()).filter(|at| to_run(*at) && is_training(tasks[*at].kind)) {
        let task = &tasks[at];
        let own = task.needs.iter().filter_map(|need| level.get(need)).max().map_or(0, |before| before + 1);
        level.insert(at, own);
        let trains = task.kind == Kind::Train;
        let gpus = if trains { settings.gpus_per_task } else { 0 };
        let cpus = if gpus > 0 { settings.cpus } else { task.threads.clamp(1, settings.cpus) };
        let estimate = estimator.of(task, cpus);
        let class = Class { step: step + own, cpus, gpus, memory: memory_class(estimate.memory.max(settings.memory)) };
        let elements = classes.entry(class).or_default();
        let seconds = estimate.seconds + behind.get(&at).copied().unwrap_or(0.0);
        let fits = |element: &Element| element.seconds + seconds <= limit;
        if !elements.last().is_some_and(fits) {
            elements.push(Element::default());
        }
        if let Some(element) = elements.last_mut() {
            element.tasks.push(at);
            element.seconds += seconds;
            element.memory = element.memory.max(estimate.memory);
        }
        place.insert(at, (class, elements.len() - 1));
    }
    let mut finish: Vec<usize> = Vec::new();
    let prepared: BTreeSet<usize> = preparation.into_iter().collect();
    for at in (0..tasks.len()).filter(|at| to_run(*at) && !is_training(tasks[*at].kind) && !prepared.contains(at)) {
        let needed: Vec<usize> =
            tasks[at].needs.iter().copied().filter(|n| to_run(*n) && !prepared.contains(n)).collect();
        let places: Vec<_> = needed.iter().map(|need| place.get(need).copied()).collect();
        let last = places.iter().flatten().max_by_key(|(class, _)| class.step).copied();
        let earlier = |found: &Option<(Class, usize)>| match (found, last) {
            (Some(own), Some(last)) => *own == last || own.0.step < last.0.step,
            _ => false,
        };
        match last.filter(|_| is_behind(at) && places.iter().all(earlier)) {
            Some((class, element)) => {
                let estimate = estimator.of(&tasks[at], class.cpus);
                if let Some(element) = classes.get_mut(&class).and_then(|elements| elements.get_mut(element)) {
                    element.tasks.push(at);
                    element.memory = element.memory.max(estimate.memory);
                }
                place.insert(at, (class, element));
            }
            None => finish.push(at),
        }
    }
    for (class, elements) in classes {
        let name = format!("train {}", class.step - step + 1);
        for part in elements.chunks(settings.array) {
            arrays.push(array(&name, class.step, part.to_vec(), (class.cpus, class.gpus), settings));
        }
    }
    let estimates: Vec<_> = finish.iter().map(|at| estimator.of(&tasks[*at], settings.cpus)).collect();
    let seconds = estimates.iter().map(|e| e.seconds).sum();
    let memory = estimates.iter().map(|e| e.memory).max().unwrap_or(0);
    let last = arrays.iter().map(|array| array.step + 1).max().unwrap_or(0);
    arrays.push(array("finish", last, vec![Element { tasks: finish, seconds, memory }], (settings.cpus, 0), settings));
    arrays
}

fn array(label: &str, step: usize, elements: Vec<Element>, (cpus, gpus): (usize, usize), settings: &Slurm) -> Array {
    let longest = elements.iter().map(|element| element.seconds).fold(0.0, f64::max);
    let memory = elements.iter().map(|element| element.memory).max().unwrap_or(0).max(settings.memory);
    let minutes = (longest * settings.margin / 60.0).ceil() as u64 + 2;
    let minutes = (minutes.div_ceil(STEP) * STEP).max(LEAST).min(settings.time);
    let seconds = elements.iter().map(|element| element.seconds).sum();
    let elements = elements.into_iter().map(|element| element.tasks).collect();
    Array { label: label.to_owned(), step, elements, cpus, gpus, memory, minutes, seconds }
}

/// Sizes within a factor 1.4 go together.
fn memory_class(bytes: u64) -> u64 {
    let gigabytes = (bytes as f64 / f64::from(1u32 << 30)).max(0.25);
    (gigabytes.log2() * 2.0).ceil().max(0.0) as u64
}
