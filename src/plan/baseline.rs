//! Baselines: one method, fold, seed and repeat, from fitted data to what it has learnt, and from there to predictions.
//!
//! A baseline stands where a stage and its network stand: it is fitted on the training subjects of the same divisions, and what
//! it predicts is kept in the form of a model's outputs. It looks at no validation subject. Who lacks an input or the target is
//! not fitted on; who lacks an input is not predicted.

use super::context::Context;
use super::error::{PlanError, Result};
use super::predict::Values;
use super::store::{get_json, put_json};
use super::task::{ProgramKey, RunKey};
use super::train::of_cohorts;
use crate::baselines::{Fitted, Gives, Kernel, Method, Prediction, Rows, Target, Weights};
use crate::data::dataset::{Augmentation, FittedInputs, Item};
use crate::graph::InputId;
use crate::program::{Baseline, BaselineMethod, InputSpec, Program, SvmKernel};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Changes when fitting a baseline changes its meaning.
pub(super) const VERSION: u32 = 1;

/// The file with what was learnt.
pub(super) const FITTED: &str = "baseline.json";
/// Stands for a probability of 0, whose logarithm is no number.
const LEAST: f64 = 1e-12;

/// What of a baseline decides what it learns: all but its name.
pub(super) fn identity(program: &Program, baseline: &Baseline) -> Value {
    let spec = |input: &InputId| &program.inputs[input.index()];
    let read: Vec<&InputSpec> = baseline.inputs.iter().map(spec).collect();
    json!([baseline.method, read, spec(&baseline.target), baseline.cohorts])
}

impl Context<'_> {
    /// Fits a baseline and writes what it has learnt into `folder`.
    ///
    /// # Errors
    /// See [`PlanError`]: people or columns from which nothing can be learnt.
    pub fn fit_baseline(&self, task: &str, key: ProgramKey, at: usize, run: RunKey, folder: &Path) -> Result<()> {
        let (program, variant) = (self.program_at(key), key.variant);
        let baseline = declared(program, at)?;
        let dataset = self.dataset(variant)?;
        let split = self.split(variant, run.seed, run.fold)?;
        let fitted = self.fitted(variant, run.seed, run.fold)?;
        let inputs = fitted.of(task, &dataset)?;
        let mut items = Vec::new();
        for key in of_cohorts(&dataset, &split.train, &baseline.cohorts) {
            let member = dataset.place(&key).map_err(PlanError::data(task))?;
            // Of somebody whose images are cut into slices there are many rows, and here all are one.
            if dataset.has(member, baseline.target.index()) {
                items.push(Item { member, slice: 0 });
            }
        }
        let (rows, at) = table(task, program, &baseline.inputs, &inputs, &items)?;
        let target = target(task, program, baseline, &inputs, at.iter().map(|at| items[*at]))?;
        let fit = method(baseline.method).fit(&rows, &target, run.number()).map_err(|e| PlanError::task(task, e))?;
        if let Some(warning) = fit.warning {
            self.warn(&format!("{task}: {warning}"));
        }
        put_json(&folder.join(FITTED), &fit.fitted)
    }

    /// What a baseline predicts for items, as the output of a model.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub(super) fn baseline_values(
        &self,
        task: &str,
        (key, at): (ProgramKey, usize),
        run: RunKey,
        inputs: &FittedInputs<'_>,
        items: &[Item],
    ) -> Result<Values> {
        let program = self.program_at(key);
        let fitted: Fitted = get_json(&self.baseline_folder(key, at, run)?.join(FITTED))?;
        predicted(task, program, &declared(program, at)?.inputs, &fitted, (inputs, items))
    }

    /// The folder of what a baseline has learnt.
    ///
    /// # Errors
    /// A baseline that has not run.
    pub fn baseline_folder(&self, key: ProgramKey, at: usize, run: RunKey) -> Result<PathBuf> {
        let task = self.layout.variants[key.variant].baselines.get(&(key.trial, at, run)).copied();
        self.folder(task.ok_or_else(|| PlanError::inconsistent("a baseline has no task"))?)
    }
}

/// What was learnt of some inputs predicts for items, as the output of a model.
///
/// # Errors
/// Items that cannot be prepared, or columns of another number.
pub(super) fn predicted(
    task: &str,
    program: &Program,
    read: &[InputId],
    fitted: &Fitted,
    (inputs, items): (&FittedInputs<'_>, &[Item]),
) -> Result<Values> {
    let (table, rows) = table(task, program, read, inputs, items)?;
    let predicted = fitted.predict(&table).map_err(|e| PlanError::task(task, e))?;
    let shape = vec![predicted.outputs];
    Ok(Values { shape, rows, values: as_output(&predicted).into(), ..Values::default() })
}

fn declared(program: &Program, at: usize) -> Result<&Baseline> {
    program.baselines.get(at).ok_or_else(|| PlanError::inconsistent("a baseline is not there"))
}

/// The rows of those items that have all that is read, and which these are.
fn table(
    task: &str,
    program: &Program,
    read: &[InputId],
    inputs: &FittedInputs<'_>,
    items: &[Item],
) -> Result<(Rows, Vec<usize>)> {
    let width = read.iter().filter_map(|input| program.inputs.get(input.index())).map(Baseline::columns_of).sum();
    let (mut values, mut kept) = (Vec::with_capacity(items.len() * width), Vec::with_capacity(items.len()));
    for (at, item) in items.iter().enumerate() {
        let before = values.len();
        let mut has_all = true;
        for input in read {
            let value = inputs.value(*item, input.index(), &Augmentation::Fixed { view: 0 });
            let Some(value) = value.map_err(PlanError::data(task))? else {
                has_all = false;
                break;
            };
            match program.inputs[input.index()].levels.len() {
                0 => values.extend(value.into_iter().map(f64::from)),
                levels => {
                    values.extend((0..levels).map(|level| f64::from(u8::from(value.first() == Some(&(level as f32))))))
                }
            }
        }
        match has_all {
            true => kept.push(at),
            false => values.truncate(before),
        }
    }
    Ok((Rows::new(width, values).map_err(|e| PlanError::task(task, e))?, kept))
}

/// What is to be predicted of items that have it.
fn target(
    task: &str,
    program: &Program,
    baseline: &Baseline,
    inputs: &FittedInputs<'_>,
    items: impl Iterator<Item = Item>,
) -> Result<Target> {
    let mut values = Vec::new();
    for item in items {
        let value = inputs.value(item, baseline.target.index(), &Augmentation::Fixed { view: 0 });
        values.extend(value.map_err(PlanError::data(task))?.into_iter().flatten().map(f64::from));
    }
    Ok(match program.inputs[baseline.target.index()].levels.len() {
        0 => Target::Numbers(values),
        count => Target::Classes { of: values.into_iter().map(|class| class as usize).collect(), count },
    })
}

/// A prediction as a network gives it: numbers as they are, for classes logits, of which a score takes the softmax.
fn as_output(predicted: &Prediction) -> Vec<f32> {
    let logit = |value: &f64| match predicted.gives {
        Gives::Probabilities => value.max(LEAST).ln() as f32,
        Gives::Numbers | Gives::Decisions => *value as f32,
    };
    predicted.values.iter().map(logit).collect()
}

fn method(method: BaselineMethod) -> Method {
    match method {
        BaselineMethod::Ridge { strength } => Method::Ridge { strength },
        BaselineMethod::ElasticNet { strength, mixture } => Method::ElasticNet { strength, mixture },
        BaselineMethod::Logistic { strength } => Method::Logistic { strength },
        BaselineMethod::Svm { strength, kernel, width, epsilon } => {
            let kernel = match kernel {
                SvmKernel::Gaussian => Kernel::Gaussian { width },
                SvmKernel::Linear => Kernel::Linear,
            };
            Method::Svm { strength, kernel, epsilon }
        }
        BaselineMethod::DecisionTree { depth, leaf } => Method::Tree { depth, leaf },
        BaselineMethod::RandomForest { trees, depth, leaf, columns } => Method::Forest { trees, depth, leaf, columns },
        BaselineMethod::Nearest { neighbours, by_distance } => {
            let weights = if by_distance { Weights::Distance } else { Weights::Equal };
            Method::Nearest { neighbours, weights }
        }
    }
}
