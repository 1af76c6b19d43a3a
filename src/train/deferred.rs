//! Steps whose numbers have not been looked at.
//!
//! A card computes while the host goes on; to read a loss is to wait until everything before is done. So losses and the check
//! that all numbers still are come to the host every so many steps, in one transfer. What is needed to say where a number
//! first was none is kept until then: where training stood, and the batches since.

use super::TrainError;
use super::state::TrainingState;
use super::step::{Losses, StepNumbers};
use crate::nn::Batch;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Batches after which the numbers are looked at.
const MOST_BATCHES: usize = 64;
/// Numbers of kept batches after which they are: half a gigabyte.
const MOST_NUMBERS: usize = 128 << 20;
/// Time after which they are, so that progress is seen.
const LONGEST: Duration = Duration::from_secs(1);

/// The steps since the numbers were last looked at.
#[derive(Default)]
pub(super) struct Deferred {
    steps: Option<PendingSteps>,
    /// Of the stage, with the subjects of each batch.
    own: Vec<(StepNumbers, usize)>,
    /// Of its adversaries.
    adversaries: Vec<StepNumbers>,
    held: usize,
    since: Option<Instant>,
}

/// What steps were made from.
pub(super) struct PendingSteps {
    /// Where training stood before the first of them.
    pub start: TrainingState,
    /// Batches of the epoch before them.
    pub done: usize,
    /// By step: its batches, and the subjects of each.
    pub batches: Vec<(Vec<Arc<Batch>>, Vec<usize>)>,
}

/// What came of looking.
pub(super) struct CheckedSteps {
    /// By batch, with its subjects.
    pub losses: Vec<(Losses, usize)>,
    /// Whether a number of an adversary was none.
    pub adversary_failed: bool,
    pub steps: Option<PendingSteps>,
}

impl Deferred {
    /// A step begins.
    pub fn begin(&mut self, now: &TrainingState, done: usize) {
        self.since.get_or_insert_with(Instant::now);
        self.steps.get_or_insert_with(|| PendingSteps { start: now.clone(), done, batches: Vec::new() });
    }

    /// Numbers of a batch of so many subjects.
    pub fn add(&mut self, numbers: StepNumbers, subjects: usize) {
        self.own.push((numbers, subjects));
    }

    /// Numbers of an adversary's batch.
    pub fn early_stopping(&mut self, numbers: StepNumbers) {
        self.adversaries.push(numbers);
    }

    /// The batches of the step that has ended.
    pub fn keep(&mut self, batches: impl Iterator<Item = Arc<Batch>>, sizes: &[usize]) {
        let batches: Vec<Arc<Batch>> = batches.collect();
        let numbers = |batch: &Arc<Batch>| batch.inputs.iter().flatten().map(|input| input.values.len()).sum::<usize>();
        self.held += batches.iter().map(numbers).sum::<usize>();
        if let Some(steps) = &mut self.steps {
            steps.batches.push((batches, sizes.to_vec()));
        }
    }

    /// Whether it is time to look.
    pub fn is_due(&self) -> bool {
        self.own.len() >= MOST_BATCHES
            || self.held >= MOST_NUMBERS
            || self.since.is_some_and(|since| since.elapsed() >= LONGEST)
    }

    /// Looks, in one transfer.
    ///
    /// # Errors
    /// When the device cannot deliver the numbers.
    pub fn check(self) -> Result<CheckedSteps, TrainError> {
        let Self { steps, own, adversaries, .. } = self;
        let all: Vec<&StepNumbers> = own.iter().map(|(numbers, _)| numbers).chain(&adversaries).collect();
        let mut losses = StepNumbers::read_all(&all)?;
        let adversary_failed = losses.drain(own.len()..).any(|losses| !losses.finite);
        let losses = losses.into_iter().zip(own.iter().map(|(_, subjects)| *subjects)).collect();
        Ok(CheckedSteps { losses, adversary_failed, steps })
    }
}
