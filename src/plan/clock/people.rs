//! How many people train, validate and test, as far as tables tell; and what trainings of a program come to.

use super::Clock;
use super::steps::work_of_step;
use crate::graph::{NodeId, Work};
use crate::plan::task::trained_cohorts;
use crate::program::{
    CohortSource, ImageStep, InputSource, Program, Protocol, ProtocolKind, SpatialKind, Stage, Subset, Take, Tested,
    Validation,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Records of each cohort, by its name.
pub(in crate::plan) type Records = BTreeMap<String, usize>;

/// How many of those that are divided are where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plan) struct Divided {
    pub training: f64,
    pub validation: f64,
    pub test: f64,
    pub holdout: f64,
}

impl Divided {
    /// So many, in a fold of middling size.
    pub fn of(protocol: &Protocol, all: f64) -> Self {
        let (validation, test, holdout) = match &protocol.kind {
            ProtocolKind::KFold { folds, validation, holdout, test, .. } => {
                let kept_out = (*holdout as f64).min(all);
                let of_fold = (all - kept_out) / (*folds).max(1) as f64;
                let tested = if *test == Tested::Fold { of_fold } else { 0.0 };
                let validation = match validation {
                    Validation::Share(share) => share * (all - kept_out - tested),
                    Validation::Fold => of_fold,
                };
                (validation, if *test == Tested::Fold { of_fold } else { kept_out }, kept_out)
            }
            ProtocolKind::LeaveOut { levels, validation, .. } => {
                let of_level = all / levels.len().max(1) as f64;
                (validation * (all - of_level), of_level, 0.0)
            }
            ProtocolKind::Holdout { validation, test, .. } => (validation * all, test * all, 0.0),
        };
        let on_holdout = protocol.kind.tests_on_holdout();
        let elsewhere = validation + if on_holdout { holdout } else { test + holdout };
        Self { training: (all - elsewhere).max(1.0), validation, test, holdout }
    }

    /// Those of a set; of people who train nothing there are so many others.
    pub fn count(&self, set: Subset, others: f64) -> f64 {
        match set {
            Subset::Training => self.training,
            Subset::Validation => self.validation,
            Subset::Test => self.test,
            Subset::Holdout => self.holdout,
            Subset::All => others,
        }
    }
}

/// Records of some cohorts; of all where none is named.
fn of_cohorts(records: &Records, named: &[String]) -> f64 {
    let counted = records.iter().filter(|(name, _)| named.is_empty() || named.contains(name));
    counted.map(|(_, count)| *count as f64).sum()
}

/// Records of those that anything trains on.
pub(in crate::plan) fn divided(program: &Program, records: &Records) -> Divided {
    let trained = trained_cohorts(program);
    let all = if trained.is_empty() { 0.0 } else { of_cohorts(records, &trained) };
    Divided::of(&program.protocol, all)
}

/// Records of those that nothing trains on.
pub(in crate::plan) fn others(program: &Program, records: &Records) -> f64 {
    let trained = trained_cohorts(program);
    records.iter().filter(|(name, _)| !trained.contains(name)).map(|(_, count)| *count as f64).sum()
}

/// Rows that a record stands for: its slices, where images are cut into slices.
pub(in crate::plan) fn rows_of_a_record(program: &Program) -> f64 {
    let sliced = program.inputs.iter().find_map(|input| match &input.source {
        InputSource::Image { kind: SpatialKind::Slices, steps, .. } => Some((input, steps)),
        _ => None,
    });
    let Some((input, steps)) = sliced else { return 1.0 };
    // What is cut out of a volume says how many slices are left; else a phantom says how many it paints.
    let cut = steps.iter().rev().find_map(|step| match step {
        ImageStep::Crop { size, .. } => size.get(2).copied(),
        ImageStep::Around { size, .. } => Some(size[2]),
        _ => None,
    });
    let painted = || {
        program.cohorts.iter().find_map(|cohort| match &cohort.source {
            CohortSource::Phantom(settings) => Some(settings.shape[2]),
            _ => None,
        })
    };
    // Of files that have not been read, as many as a plane is wide.
    let plane = || input.shape.iter().skip(1).max().copied();
    cut.or_else(painted).or_else(plane).unwrap_or(1) as f64
}

/// Windows that a network goes over to see all of a row, where it sees images by windows; else 1.
pub(in crate::plan) fn windows_of_a_record(program: &Program, node: NodeId) -> f64 {
    let live = program.graph.live([node]);
    let seen = program.graph.live_inputs(&live).into_iter().find_map(|input| {
        let spec = program.inputs.get(input.index())?;
        Some(spec.window?.count(spec.extents()?))
    });
    seen.unwrap_or(1) as f64
}

/// Rows that a stage trains and validates on, in a fold of middling size.
pub(in crate::plan) fn rows_of_stage(program: &Program, stage: &Stage, records: &Records) -> (f64, f64) {
    let all = match stage.cohorts.is_empty() {
        true => of_cohorts(records, &trained_cohorts(program)),
        false => of_cohorts(records, &stage.cohorts),
    };
    let fold = Divided::of(&program.protocol, all);
    let training = match stage.take {
        None => fold.training,
        Some(Take::Count(count)) => (count as f64).min(fold.training),
        Some(Take::Share(share)) => share * fold.training,
    };
    let of_record = rows_of_a_record(program);
    let Some(patches) = &stage.patches else { return (training * of_record, fold.validation * of_record) };
    (training * of_record * patches.each as f64, fold.validation * of_record * windows_of_a_record(program, stage.loss))
}

/// What a stage does in one run: work, and steps an epoch.
pub(in crate::plan) fn work_of_stage(program: &Program, stage: &Stage, rows: (f64, f64)) -> (Work, f64) {
    let graph = &program.graph;
    let (training, validation) = rows;
    let batch = (stage.batch as f64).min(training.max(1.0));
    let batches = (training / batch.max(1.0)).ceil().max(1.0);
    // Batches of one size, as many as there are; the last is smaller, and this is the mean.
    let mean = (training / batches).round().max(1.0) as u64;
    let roots: Vec<_> = std::iter::once(stage.loss).chain(stage.terms.iter().map(|(_, node)| *node)).collect();
    let step = work_of_step(program, stage, mean);
    let live = graph.live(roots.iter().copied());
    let pieces = (validation / batch.max(1.0)).ceil();
    let validated = match pieces > 0.0 {
        true => Work::forward(graph, &live, (validation / pieces).round().max(1.0) as u64) * pieces,
        false => Work::default(),
    };
    let read: f64 = graph.live_inputs(&live).iter().map(|input| reading(program, input.index())).sum();
    let read = Work { moved_bytes: read * (training + validation), ..Work::default() };
    ((step * batches + validated + read) * stage.epochs as f64, batches)
}

/// Bytes that reading a row of an input goes over: each step of an image is a pass.
pub(in crate::plan) fn reading(program: &Program, input: usize) -> f64 {
    let Some(spec) = program.inputs.get(input) else { return 0.0 };
    let numbers: usize = spec.seen_shape().iter().product();
    let passes = match &spec.source {
        InputSource::Image { steps, .. } => 2 + 2 * steps.len(),
        _ => 1,
    };
    (4 * numbers * passes) as f64
}

/// What the trainings of a stage take, all runs together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trainings {
    /// The stage.
    pub stage: String,
    /// Folds, seeds and repeats.
    pub runs: usize,
    /// Passes over the training people, at most.
    pub epochs: usize,
    /// Steps a pass.
    pub steps: usize,
    /// Seconds a run, at most.
    pub seconds_a_run: f64,
    /// Whether steps of this network were made on this machine; else the time is that of its multiply-adds and bytes.
    pub is_measured: bool,
}

/// The trainings of a clock's first program, on so many records of each cohort.
pub fn trainings(program: &Program, records: &BTreeMap<String, usize>, clock: &Clock) -> Vec<Trainings> {
    let protocol = &program.protocol;
    let runs = protocol.kind.folds() * protocol.seeds.len() * protocol.repeats.max(1);
    let of_stage = |(at, stage): (usize, &Stage)| {
        let (work, steps) = work_of_stage(program, stage, rows_of_stage(program, stage, records));
        let (stage, epochs) = (stage.name.clone(), stage.epochs);
        let ratio = clock.ratio(0, at);
        let seconds_a_run = ratio.unwrap_or(1.0) * clock.rates.seconds(&work);
        Trainings { stage, runs, epochs, steps: steps as usize, seconds_a_run, is_measured: ratio.is_some() }
    };
    program.stages.iter().enumerate().map(of_stage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_divided_as_the_protocol_says() {
        let folds = Protocol::new(ProtocolKind::kfold(5, 0.25, 20));
        let divided = Divided::of(&folds, 120.0);
        assert_eq!((divided.test, divided.validation, divided.holdout), (20.0, 20.0, 20.0));
        assert_eq!(divided.training, 60.0);
        let once = Protocol::new(ProtocolKind::Holdout { train: 0.5, validation: 0.25, test: 0.25 });
        let divided = Divided::of(&once, 200.0);
        assert_eq!((divided.training, divided.validation, divided.test), (100.0, 50.0, 50.0));
        assert_eq!(divided.count(Subset::All, 7.0), 7.0);
    }
}
