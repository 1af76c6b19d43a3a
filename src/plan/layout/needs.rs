//! What each task waits for.
//!
//! What decides a task's result is in its fingerprint, the fingerprints of other tasks among it: those it needs. Besides, fitted
//! steps and divisions are read that the fingerprint has in another form (how inputs are read, of whom). A task that reads the
//! result of one that it does not wait for is refused ([`Context::folder`](super::super::context::Context::folder)), with any
//! number of workers, so that every test of a plan is a test of this.

use super::{Layout, VariantTasks};
use crate::plan::task::{RunKey, Task, Work};
use crate::program::Sweep;
use std::collections::{BTreeMap, BTreeSet};

/// The tasks that each needs, by their positions.
pub(super) fn needs(tasks: &[Task], variants: &[VariantTasks], sweeps: &[Sweep]) -> Vec<BTreeSet<usize>> {
    let places: BTreeMap<&str, usize> =
        tasks.iter().enumerate().map(|(at, task)| (task.identity.fingerprint.as_str(), at)).collect();
    let of = |(at, task): (usize, &Task)| {
        let decided_by = task.identity.parts.values().filter_map(|hash| places.get(hash.as_str()).copied());
        let mut needed: BTreeSet<usize> = decided_by.collect();
        if let Some(variant) = variants.get(task.program.variant) {
            needed.extend(read_besides(task, variant));
        }
        if let Work::Compare { sweep } = task.work {
            // Of scores with one name, as of a model asked twice, the fingerprint has them by their places.
            let compared = sweeps.get(sweep).into_iter().flat_map(|sweep| &sweep.variants);
            for variant in compared.filter_map(|at| variants.get(*at)) {
                needed.extend(variant.scores.iter().chain(&variant.analyses).chain(variant.split.values()));
            }
        }
        needed.remove(&at);
        needed
    };
    tasks.iter().enumerate().map(of).collect()
}

/// What a task reads that its fingerprint has in another form.
fn read_besides(task: &Task, variant: &VariantTasks) -> Vec<usize> {
    let of_run = |run: RunKey| {
        let fit = variant.fit.get(&(run.seed, run.fold));
        variant.split.get(&run.seed).into_iter().chain(fit).copied()
    };
    // Who is there is known, and images are decoded, before anything else.
    let mut read = vec![variant.index];
    match task.work {
        Work::Index => read.clear(),
        Work::Split { .. } | Work::Ensemble { .. } => {}
        Work::Fit { seed, .. } => read.extend(variant.split.get(&seed)),
        // People whom one fold cannot prepare are told before any is trained: what mends them changes every fold.
        Work::Train { run, .. } | Work::Baseline { run, .. } => {
            read.extend(of_run(run).chain(variant.fit.values().copied()))
        }
        Work::Predict { run, .. } | Work::Map { run, .. } => read.extend(of_run(run)),
        Work::Judge { run, .. } => {
            read.extend(of_run(run));
            // A prediction is made on the way, with the weights and the baselines of the trial.
            let trial = task.program.trial;
            let of_trial = |key: &RunKey, own: &Option<usize>| *own == trial && *key == run;
            read.extend(variant.train.iter().filter(|((own, _, key), _)| of_trial(key, own)).map(|(_, task)| *task));
            read.extend(
                variant.baselines.iter().filter(|((own, _, key), _)| of_trial(key, own)).map(|(_, task)| *task),
            );
        }
        Work::Score { .. } | Work::Analyse { .. } | Work::Compare { .. } | Work::CompareModels { .. } => {
            read.extend(variant.split.values());
            read.extend(variant.fit.values());
        }
    }
    read
}

impl Layout {
    /// The tasks that one waits for.
    pub fn needs(&self, task: usize) -> &BTreeSet<usize> {
        static NONE: BTreeSet<usize> = BTreeSet::new();
        self.needs.get(task).unwrap_or(&NONE)
    }

    /// Whether a task is done before another begins: because that one needs it, or needs one that does.
    pub fn waits_for(&self, task: usize, other: usize) -> bool {
        if task == other || self.needs(task).contains(&other) {
            return true;
        }
        let (mut seen, mut looked_at) = (BTreeSet::new(), vec![task]);
        while let Some(at) = looked_at.pop() {
            for need in self.needs(at) {
                // What a task needs stands before it in the plan.
                if *need == other {
                    return true;
                }
                if *need > other && seen.insert(*need) {
                    looked_at.push(*need);
                }
            }
        }
        false
    }
}
