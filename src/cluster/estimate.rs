//! What a task will take: from what tasks of its kind took, else from what is predicted of it.

use crate::plan::{Kind, Measured, Reason, SurveyedTask, TaskState};
use std::collections::BTreeMap;

/// Multiply-adds that a thread makes in a second, where nothing was measured: half of what a current core does.
const PER_SECOND: f64 = 5e9;
/// Seconds of a task of which nothing is known.
const UNKNOWN: f64 = 5.0;
/// Reading a study's images for the first time.
const UNKNOWN_INDEX: f64 = 120.0;
/// Bytes of the program itself, with its tables and what it reads ahead.
const PROGRAM: u64 = 400 << 20;
/// Operations of like tasks differ by less than this factor.
const ALIKE: f64 = 2.0;

/// What a task will take, with the margin that settings ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Seconds, without a margin.
    pub seconds: f64,
    /// Bytes, with it.
    pub memory: u64,
    /// Whether tasks of its kind were measured.
    pub measured: bool,
}

/// What was measured, by kind.
#[derive(Debug, Clone)]
pub struct Estimator<'m> {
    measured: &'m BTreeMap<Kind, Vec<Measured>>,
    margin: f64,
}

impl<'m> Estimator<'m> {
    /// By what was measured.
    pub fn new(measured: &'m BTreeMap<Kind, Vec<Measured>>, margin: f64) -> Self {
        Self { measured, margin }
    }

    /// What a task will take on so many threads.
    pub fn of(&self, task: &SurveyedTask, threads: usize) -> Estimate {
        let known = self.measured.get(&task.kind).map_or(&[][..], Vec::as_slice);
        let seconds = self.seconds(task, known, threads);
        Estimate { seconds, memory: self.memory(task, known), measured: !known.is_empty() }
    }

    fn seconds(&self, task: &SurveyedTask, known: &[Measured], threads: usize) -> f64 {
        let operations = task.operations as f64;
        if operations > 0.0 {
            let like = |m: &&Measured| m.operations > 0 && ratio(m.operations, task.operations) <= ALIKE;
            let of_like = known.iter().filter(like).map(|m| m.seconds * operations / m.operations as f64).collect();
            let of_any =
                || known.iter().filter(|m| m.operations > 0).map(|m| m.seconds * operations / m.operations as f64);
            if let Some(seconds) = median(of_like).or_else(|| median(of_any().collect())) {
                return seconds;
            }
            return UNKNOWN + operations / (PER_SECOND * threads.max(1) as f64);
        }
        let unknown = if task.kind == Kind::Index { UNKNOWN_INDEX } else { UNKNOWN };
        median(known.iter().map(|m| m.seconds).collect()).unwrap_or(unknown)
    }

    fn memory(&self, task: &SurveyedTask, known: &[Measured]) -> u64 {
        let predicted = PROGRAM + (task.memory as f64 * self.margin) as u64;
        let like = |m: &&Measured| ratio(m.operations.max(1), task.operations.max(1)) <= ALIKE;
        let peak = known.iter().filter(like).filter_map(|m| m.memory).max();
        let measured = peak.map(|peak| (peak as f64 * self.margin) as u64);
        let ran_out = match &task.state {
            TaskState::Failed(failure) if failure.reason == Reason::OutOfMemory => failure.memory.unwrap_or(predicted),
            _ => 0,
        };
        // Where memory ran out, what was in use then was too little.
        measured.unwrap_or(predicted).max((ran_out as f64 * self.margin.max(1.5)) as u64)
    }
}

fn ratio(a: u64, b: u64) -> f64 {
    let (a, b) = (a as f64, b as f64);
    (a / b).max(b / a)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
