//! What was tried in a fold, and what is tried next.

use super::judge::Judged;
use super::settings::{axes, spelled};
use crate::analysis::search::{Outcome, Sampler, Trial, median_thresholds};
use crate::program::{Search, SearchSampler};

/// A search in one fold of one seed, as far as it is laid out.
#[derive(Debug, Clone)]
pub(in crate::plan) struct FoldSearch {
    /// Position in [`crate::program::Program::searches`].
    pub search: usize,
    pub seed: u64,
    pub fold: usize,
    pub trials: Vec<Tried>,
    /// The best of them; `None` while some are not judged.
    pub chosen: Option<usize>,
}

/// A trial of the plan.
#[derive(Debug, Clone)]
pub(in crate::plan) struct Tried {
    pub settings: Vec<(String, String)>,
    /// What it came to; `None` while that is not known.
    pub judged: Option<Judged>,
}

/// The trials of a search in a fold, one added after the other.
pub(in crate::plan) struct Trials<'s> {
    search: &'s Search,
    trials: Vec<Trial>,
    /// Whether some are not judged yet.
    waiting: bool,
    /// Losses of those that finished, epoch by epoch.
    curves: Vec<Vec<Option<f64>>>,
}

/// Settings to try.
pub(in crate::plan) struct Next {
    pub settings: Vec<(String, String)>,
    /// What the loss must have come to by each epoch, else the trial is given up; nothing is asked where it is empty.
    pub thresholds: Vec<f64>,
    point: Vec<f64>,
}

impl<'s> Trials<'s> {
    pub fn new(search: &'s Search) -> Self {
        Self { search, trials: Vec::new(), waiting: false, curves: Vec::new() }
    }

    /// The next settings; `None` when there are enough, when all of a finite space have been tried, or when what comes next
    /// depends on trials that are not judged.
    pub fn next(&self) -> Option<Next> {
        let (search, tried) = (self.search, self.trials.len());
        if tried >= search.trials || self.waiting && tried >= self.free() {
            return None;
        }
        let sampler = match search.sampler {
            SearchSampler::Random => Sampler::Random,
            SearchSampler::Tpe { startup } => Sampler::Tpe { startup },
        };
        let point = sampler.next(&axes(search), search.seed, &self.trials)?;
        let (settings, point) = spelled(search, &point);
        let thresholds = match search.prune {
            Some(prune) => median_thresholds(&self.curves, prune.startup, prune.warmup),
            None => Vec::new(),
        };
        Some(Next { settings, thresholds, point })
    }

    /// Trials that depend on no result.
    fn free(&self) -> usize {
        let of_sampler = match self.search.sampler {
            SearchSampler::Random => usize::MAX,
            SearchSampler::Tpe { startup } => startup,
        };
        self.search.prune.map_or(of_sampler, |prune| of_sampler.min(prune.startup))
    }

    /// Takes note of a trial, and of what it came to where that is known.
    pub fn add(&mut self, next: Next, judged: Option<&Judged>) {
        let outcome = match judged {
            None => {
                self.waiting = true;
                Outcome::Undefined
            }
            Some(Judged { given_up: Some(epoch), curve, .. }) => {
                let last = curve.iter().rev().find_map(|value| *value);
                last.map_or(Outcome::Undefined, |value| Outcome::Stopped { epoch: *epoch, loss: self.loss(value) })
            }
            Some(Judged { value: Some(value), curve, .. }) => {
                self.curves.push(curve.iter().map(|value| value.map(|value| self.loss(value))).collect());
                Outcome::Finished(self.loss(*value))
            }
            Some(_) => Outcome::Undefined,
        };
        self.trials.push(Trial { point: next.point, outcome });
    }

    /// A value of the metric such that less is better.
    fn loss(&self, value: f64) -> f64 {
        let larger_is_better = self.search.judged.metrics.first().and_then(|m| m.larger_is_better()).unwrap_or(false);
        if larger_is_better { -value } else { value }
    }

    /// The best, the first of equals; `None` while some are not judged, and where none has a value.
    pub fn best(&self) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for (at, trial) in self.trials.iter().enumerate() {
            if let Outcome::Finished(loss) = trial.outcome
                && best.is_none_or(|(_, least)| loss < least)
            {
                best = Some((at, loss));
            }
        }
        best.filter(|_| !self.waiting).map(|(at, _)| at)
    }

    /// Whether every trial is judged.
    pub fn are_judged(&self) -> bool {
        !self.waiting
    }
}
