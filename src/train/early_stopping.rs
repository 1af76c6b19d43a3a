//! What is watched on the validation subjects: which epoch was best, and when to give up.

use crate::program::{EarlyStop, Keep, Monitor};
use serde::{Deserialize, Serialize};

/// The memory of early stopping and of `keep best`; checkpoints keep it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct EarlyStopping {
    larger_is_better: bool,
    best: Option<(usize, f64)>,
    reference: Option<f64>,
    waited: usize,
}

impl EarlyStopping {
    /// A watch on what a stage keeps: its metric, or the validation loss where it names none.
    pub fn of(keep: &Keep) -> Self {
        let larger_is_better = match keep {
            Keep::Best(Monitor::Metric(metric)) => metric.larger_is_better().unwrap_or(true),
            Keep::Best(Monitor::Loss) | Keep::Last => false,
        };
        Self { larger_is_better, best: None, reference: None, waited: 0 }
    }

    /// Takes note of an epoch (counted from 1) and says whether it is the best so far. The first of equals is the
    /// best; a value that is no number (`None`) is never an improvement.
    pub fn observe(&mut self, epoch: usize, value: Option<f64>, early_stop: Option<&EarlyStop>) -> bool {
        let min_delta = early_stop.map_or(0.0, |rule| rule.min_delta);
        let gain = |old: f64, new: f64| if self.larger_is_better { new - old } else { old - new };
        let Some(value) = value.filter(|v| !v.is_nan()) else {
            self.waited += 1;
            return false;
        };
        let best = self.best.is_none_or(|(_, old)| gain(old, value) > 0.0);
        let improved = self.reference.is_none_or(|old| gain(old, value) > min_delta);
        if best {
            self.best = Some((epoch, value));
        }
        if improved {
            self.reference = Some(value);
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        best
    }

    /// Whether the best value so far is behind a threshold, on a scale on which less is better; so is none at all.
    pub fn is_behind(&self, threshold: f64) -> bool {
        let Some((_, best)) = self.best else { return threshold.is_finite() };
        (if self.larger_is_better { -best } else { best }) > threshold
    }

    /// The best epoch, counted from 1.
    pub fn best_epoch(&self) -> Option<usize> {
        self.best.map(|(epoch, _)| epoch)
    }

    /// Whether so many epochs went by without an improvement by `min_delta`.
    pub fn should_stop(&self, early_stop: Option<&EarlyStop>) -> bool {
        early_stop.is_some_and(|rule| self.waited >= rule.patience.max(1))
    }
}
