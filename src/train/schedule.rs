//! Learning rates: from a [`Schedule`] and the place in training to the numbers one step uses.
//!
//! Definitions follow PyTorch's `StepLR`, `ExponentialLR`, `CosineAnnealingLR`, `ReduceLROnPlateau` and `OneCycleLR`.
//! Everything but [`Schedule::Plateau`] is a function of the epoch and the step alone; the plateau's memory is
//! [`Plateau`], which checkpoints keep.

use crate::program::Schedule;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// The momentum that one-cycle begins and ends with, and the one at the top of the learning rate.
const CYCLED_MOMENTUM: (f64, f64) = (0.95, 0.85);

/// What one step uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StepRates {
    /// The learning rate.
    pub learning_rate: f64,
    /// In place of the optimizer's momentum (or its first beta) where the schedule cycles it.
    pub momentum: Option<f64>,
}

/// A schedule, with the numbers it depends on.
#[derive(Debug, Clone)]
pub(super) struct LearningRateSchedule {
    /// The schedule.
    pub schedule: Schedule,
    /// The optimizer's learning rate.
    pub base: f64,
    /// Epochs in all.
    pub epochs: usize,
    /// Steps in all.
    pub steps: u64,
}

impl LearningRateSchedule {
    /// The rates of a step. `epoch` and `step` count from 0, `step` over all epochs; `reduction` is what
    /// [`Plateau::factor`] says.
    pub fn at(&self, epoch: usize, step: u64, reduction: f64) -> StepRates {
        let base = self.base;
        let plain = |learning_rate| StepRates { learning_rate, momentum: None };
        match &self.schedule {
            Schedule::Constant => plain(base),
            Schedule::Step { every, factor } => plain(base * factor.powf((epoch / (*every).max(1)) as f64)),
            Schedule::Exponential { factor } => plain(base * factor.powf(epoch as f64)),
            Schedule::Cosine { min_lr, warmup } => plain(self.cosine(epoch, *min_lr, *warmup)),
            Schedule::Plateau { .. } => plain(base * reduction),
            Schedule::OneCycle { max_lr, rise, start_divisor, end_divisor, cycle_momentum } => {
                let start = max_lr / start_divisor;
                let end = start / end_divisor;
                let (slow, fast) = CYCLED_MOMENTUM;
                StepRates {
                    learning_rate: self.cycle(step, *rise, [start, *max_lr, end]),
                    momentum: cycle_momentum.then(|| self.cycle(step, *rise, [slow, fast, slow])),
                }
            }
        }
    }

    /// A linear rise to the full rate over `warmup` epochs, of which the first has `1 / (warmup + 1)` of it, then
    /// half a cosine over the others.
    fn cosine(&self, epoch: usize, min_lr: f64, warmup: usize) -> f64 {
        if epoch < warmup {
            return self.base * (epoch + 1) as f64 / (warmup + 1) as f64;
        }
        let length = self.epochs.saturating_sub(warmup).max(1);
        between(self.base, min_lr, (epoch - warmup) as f64 / length as f64)
    }

    /// From the first number to the second in the rising share of the steps, then to the third, by half cosines.
    fn cycle(&self, step: u64, rise: f64, [start, top, end]: [f64; 3]) -> f64 {
        let peak = rise * self.steps as f64 - 1.0;
        let last = self.steps as f64 - 1.0;
        let step = (step as f64).min(last);
        let share = |from: f64, to: f64| if to > from { (step - from) / (to - from) } else { 1.0 };
        if step <= peak { between(start, top, share(0.0, peak)) } else { between(top, end, share(peak, last)) }
    }
}

/// Half a cosine from one number to another, `share` in `0..=1`.
fn between(from: f64, to: f64, share: f64) -> f64 {
    to + (from - to) / 2.0 * (1.0 + (PI * share).cos())
}

/// The memory of [`Schedule::Plateau`], with PyTorch's defaults: an improvement is one by at least 0.01 % of the best
/// loss, and nothing rests after a reduction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Plateau {
    best: Option<f64>,
    waited: usize,
    factor: f64,
}

impl Default for Plateau {
    fn default() -> Self {
        Self { best: None, waited: 0, factor: 1.0 }
    }
}

impl Plateau {
    /// An improvement is a loss below this share of the best.
    const THRESHOLD: f64 = 1.0 - 1e-4;

    /// What the learning rate is multiplied by, so far.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// Takes note of an epoch's validation loss (`None`: not a number, which is no improvement). `floor` is the
    /// smallest factor; 0 for none.
    pub fn observe(&mut self, loss: Option<f64>, factor: f64, patience: usize, floor: f64) {
        let improved = loss.is_some_and(|loss| self.best.is_none_or(|best| loss < best * Self::THRESHOLD));
        if improved {
            self.best = loss;
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        if self.waited > patience {
            self.waited = 0;
            self.factor = (self.factor * factor).max(floor);
        }
    }
}
