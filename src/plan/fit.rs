//! Fitted transforms: what scaling, imputation and landmarks learn from the training subjects of a fold.

use super::context::{Context, check_interrupt};
use super::error::{PlanError, Result};
use super::store::{get_json, put_json};
use super::task::RunKey;
use crate::data::dataset::{Dataset, FittedInput, FittedInputs};
use crate::data::split::Split;
use crate::graph::InputId;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Changes when fitting changes its meaning.
pub(super) const VERSION: u32 = 1;

pub(super) const FITTED: &str = "fitted.json";
pub(super) const MEANS: &str = "means.json";

/// Fits every input, and takes the means of those of which a graph wants them.
pub(super) fn fit(
    task: &str,
    dataset: &Dataset,
    split: &Split,
    means: &[InputId],
    interrupt: &AtomicBool,
    folder: &Path,
) -> Result<()> {
    let fitted =
        dataset.fit_interruptible(&split.train, &|| check_interrupt(interrupt)).map_err(PlanError::data(task))?;
    // Who will be prepared by it is looked at now, not when a model has been trained for them.
    let others: Vec<String> = split.sets()[1..].iter().flat_map(|(_, keys)| keys.iter().cloned()).collect();
    fitted.check(&others, |_| true).map_err(PlanError::data(task))?;
    put_json(&folder.join(FITTED), &fitted.fitted())?;
    let means = means
        .iter()
        .map(|input| {
            let mean = fitted.mean(&split.train, input.index()).map_err(PlanError::data(task))?;
            let name = &dataset.inputs[input.index()].name;
            let mean = mean.ok_or_else(|| {
                let problem =
                    format!("`{name} ?? mean` needs the mean of the training subjects, and none of them has `{name}`");
                PlanError::task(task, problem)
            })?;
            Ok((*input, mean))
        })
        .collect::<Result<Vec<_>>>()?;
    put_json(&folder.join(MEANS), &means)
}

/// What a fold has learnt.
#[derive(Debug)]
pub(super) struct Fitted {
    inputs: Vec<FittedInput>,
    /// Means of inputs over the training subjects.
    pub means: BTreeMap<InputId, Vec<f32>>,
}

impl Context<'_> {
    /// The fitted steps of a variant's fold.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn fitted(&self, variant: usize, seed: u64, fold: usize) -> Result<Fitted> {
        let task = self.layout.variants[variant].fit.get(&(seed, fold)).copied();
        let task = task.ok_or_else(|| PlanError::inconsistent(format!("fold {fold} has no fitted steps")))?;
        let folder = self.folder(task)?;
        let means: Vec<(InputId, Vec<f32>)> = get_json(&folder.join(MEANS))?;
        Ok(Fitted { inputs: get_json(&folder.join(FITTED))?, means: means.into_iter().collect() })
    }
}

impl Context<'_> {
    /// What a run of a model has learnt of its inputs: in its fold, or where it was packed.
    ///
    /// # Errors
    /// A result, or a packed model, that cannot be read.
    pub fn fitted_of(&self, variant: usize, model: usize, run: RunKey) -> Result<Fitted> {
        let program = self.program(variant);
        match program.used(model) {
            Some(used) => self.packed_fitted(program, used, run),
            None => self.fitted(variant, run.seed, run.fold),
        }
    }
}

impl Fitted {
    /// Steps, and means of inputs, that were fitted elsewhere.
    pub fn new(inputs: Vec<FittedInput>, means: BTreeMap<InputId, Vec<f32>>) -> Self {
        Self { inputs, means }
    }

    /// The dataset seen through these steps.
    ///
    /// # Errors
    /// Steps of another dataset.
    pub fn of<'d>(&self, task: &str, dataset: &'d Dataset) -> Result<FittedInputs<'d>> {
        dataset.with_fitted(self.inputs.clone()).map_err(PlanError::data(task))
    }
}
