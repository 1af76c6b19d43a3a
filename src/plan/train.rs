//! Training tasks: one stage, fold, seed and repeat, from fitted data to weights in the store.

use super::context::Context;
use super::error::{PlanError, Result};
use super::fit::Fitted;
use super::monitor::monitored;
use super::rows::Rows;
use super::store::{get_json, put_bytes, put_json};
use super::subgraph::Subgraph;
use super::subgroup;
use super::task::{ProgramKey, RunKey, Task};
use super::weights::{read_weights, weights_bytes};
use crate::data::dataset::{Augmentation, Dataset, Item};
use crate::data::split::Split;
use crate::graph::{ClassWeights, InputId, Kind, LossOp, ModuleId, NodeId, Op};
use crate::nn::{Batch, Windows};
use crate::program::{Adversary, Augment, Keep, Model, Monitor, Output, Program, Protocol, Stage};
use crate::train::{
    Batches, DataError, DrawnSubject, EVENT_FILE, Epoch, Job, Progress, Trained, TrainingStatistics,
    ValidationPredictions, Weights, train,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Changes when training changes its meaning.
pub(super) const VERSION: u32 = 1;

/// The file with the weights.
pub(super) const WEIGHTS: &str = "weights.safetensors";
const HISTORY: &str = "history.json";
/// Least time between two checkpoints.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(30);

/// A stage in terms of its own live part.
#[derive(Debug)]
pub(super) struct StageJob {
    pub subgraph: Subgraph,
    pub stage: Stage,
    pub model: Model,
    /// Modules that start from others: path, path of the other, stage that trained that one.
    init: Vec<(String, String, usize)>,
    /// Modules that start from a file: path and file.
    pub loads: Vec<(String, String)>,
}

/// How a stage went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct History {
    pub epochs: Vec<Epoch>,
    /// Counted from 1.
    pub best_epoch: usize,
    pub steps: u64,
    pub stopped_early: bool,
    /// Whether it was a trial that was given up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
    /// Subjects (or slices) that trained and validated.
    pub training: usize,
    pub validation: usize,
    pub device: String,
}

impl StageJob {
    /// A stage of a program.
    ///
    /// # Errors
    /// A stage that does not fit its program.
    pub fn of(program: &Program, stage: usize) -> Result<Self> {
        let declared = program.stages.get(stage).ok_or_else(|| PlanError::inconsistent("a stage is not there"))?;
        let model = &program.models[declared.model];
        let judged: Option<NodeId> = match declared.keep {
            Keep::Best(Monitor::Metric(_)) => {
                model.output(&model.name).and_then(|o| o.members.first()).map(|(_, node)| *node)
            }
            Keep::Best(Monitor::Loss) | Keep::Last => None,
        };
        let mut roots = vec![declared.loss];
        roots.extend(declared.terms.iter().map(|(_, node)| *node));
        roots.extend(declared.adversaries.iter().map(|adversary| adversary.loss));
        roots.extend(judged);
        let mut subgraph = Subgraph::of(&program.graph, &roots);
        let node = |subgraph: &Subgraph, id: NodeId| {
            subgraph.node(id).ok_or_else(|| PlanError::inconsistent("a loss is not in its graph"))
        };
        let target = match (judged, model.target) {
            (Some(_), Some(target)) => Some(subgraph.input(&program.graph, target)),
            _ => None,
        };
        let mut outputs = Vec::new();
        if let Some(judged) = judged {
            let members = vec![(String::new(), node(&subgraph, judged)?)];
            outputs.push(Output { name: model.name.clone(), members });
        }
        let path = |module: ModuleId| program.graph.module(module).path.clone();
        let init = declared.init.iter().map(|i| (path(i.to), path(i.from), i.stage)).collect();
        let loads = declared.loads.iter().map(|l| (path(l.to), l.file.clone())).collect();
        let stage = Stage {
            model: 0,
            loss: node(&subgraph, declared.loss)?,
            terms: declared
                .terms
                .iter()
                .map(|(label, term)| Ok((label.clone(), node(&subgraph, *term)?)))
                .collect::<Result<_>>()?,
            adversaries: declared
                .adversaries
                .iter()
                .map(|adversary| {
                    let (loss, trainable) =
                        (node(&subgraph, adversary.loss)?, subgraph.modules_of(&adversary.trainable));
                    Ok(Adversary { loss, trainable, ..adversary.clone() })
                })
                .collect::<Result<_>>()?,
            trainable: subgraph.modules_of(&declared.trainable),
            frozen: subgraph.modules_of(&declared.frozen),
            init: Vec::new(),
            loads: Vec::new(),
            after: Vec::new(),
            ..declared.clone()
        };
        let model = Model { name: model.name.clone(), outputs, target, live_roots: Vec::new() };
        Ok(Self { subgraph, stage, model, init, loads })
    }

    /// The stages whose weights this one takes over, in the order in which they are asked for.
    pub fn sources(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut stages: Vec<usize> = Vec::new();
        for (_, _, stage) in &self.init {
            if !stages.contains(stage) {
                stages.push(*stage);
            }
        }
        stages.into_iter().enumerate()
    }
}

/// What of a stage's settings decides its result: all but its name.
pub(super) fn settings_identity(job: &StageJob) -> Value {
    let sources: Vec<usize> = job.sources().map(|(_, stage)| stage).collect();
    let place = |stage: &usize| sources.iter().position(|s| s == stage);
    let init: Vec<Value> = job.init.iter().map(|(to, from, stage)| json!([to, from, place(stage)])).collect();
    let stage = Stage { name: String::new(), ..job.stage.clone() };
    json!([stage, init, job.model.outputs, job.model.target])
}

/// The training and validation subjects of a fold, as a stage reads them.
pub(super) struct FoldBatches<'a> {
    rows: &'a Rows<'a>,
    training: Vec<Item>,
    validation: Vec<Item>,
    augment: &'a [Augment],
    patches: Option<DrawnPatches>,
    /// How whole images are gone over, where the stage sees patches of them.
    windows: Option<Windows>,
}

/// How a stage draws patches.
struct DrawnPatches {
    /// The mask whose classes are drawn alike, by its place in the dataset.
    balanced: Option<usize>,
    /// Patches of a subject in an epoch.
    each: usize,
}

impl<'a> FoldBatches<'a> {
    /// The subjects of a division that a stage asks for and that have what it reads.
    ///
    /// # Errors
    /// A name that nobody has, or fewer people than the stage is to take.
    pub fn of(task: &str, stage: &'a Stage, rows: &'a Rows<'a>, split: &Split, protocol: &Protocol) -> Result<Self> {
        let of_stage = |keys: &[String]| of_cohorts(rows.inputs.dataset(), keys, &stage.cohorts);
        let training = rows.items(&of_stage(&split.train)).map_err(PlanError::data(task))?;
        let validation = rows.items(&of_stage(&split.validation)).map_err(PlanError::data(task))?;
        let training = subgroup::training(task, stage, rows.inputs.dataset(), training, split, &protocol.stratify)?;
        rows.check_moves(&training, &stage.augment).map_err(PlanError::data(task))?;
        let patches = stage.patches.as_ref().map(|patches| DrawnPatches {
            balanced: patches.balanced.as_ref().and_then(|mask| rows.inputs.dataset().input(mask)),
            each: patches.each.max(1),
        });
        if patches.is_some() {
            rows.check_parts(&training).map_err(PlanError::data(task))?;
        }
        Ok(Self {
            windows: patches.as_ref().and_then(|_| rows.windows()),
            patches,
            training,
            validation: subgroup::within(task, stage, rows.inputs.dataset(), validation)?,
            rows,
            augment: &stage.augment,
        })
    }

    /// Looks at a subject in an epoch.
    fn each(&self) -> usize {
        self.patches.as_ref().map_or(1, |patches| patches.each)
    }
}

impl Batches for FoldBatches<'_> {
    fn training_len(&self) -> usize {
        self.training.len() * self.each()
    }

    fn validation_len(&self) -> usize {
        self.validation.len()
    }

    fn training(&self, draws: &[DrawnSubject], inputs: &[InputId]) -> std::result::Result<Batch, DataError> {
        let look = |draw: &DrawnSubject| {
            let position = draw.position / self.each();
            let item = self.training.get(position).copied().ok_or("a subject is drawn that does not train")?;
            let (seed, augment) = (draw.seed, self.augment);
            Ok((
                item,
                match &self.patches {
                    Some(patches) => Augmentation::Patch { seed, augment, balanced: patches.balanced },
                    None => Augmentation::Random { seed, epoch: 0, augment },
                },
            ))
        };
        let rows = draws.iter().map(look).collect::<std::result::Result<Vec<_>, DataError>>()?;
        self.rows.batch(&rows, inputs)
    }

    fn validation(&self, positions: &[usize], inputs: &[InputId]) -> std::result::Result<Batch, DataError> {
        let look = |position: &usize| {
            let item = self.validation.get(*position).copied().ok_or("a subject is read that does not validate")?;
            Ok((item, Augmentation::Fixed { view: 0 }))
        };
        let rows = positions.iter().map(look).collect::<std::result::Result<Vec<_>, DataError>>()?;
        self.rows.batch(&rows, inputs)
    }

    fn windows(&self) -> Option<&Windows> {
        self.windows.as_ref()
    }

    fn class_of(&self, column: &str, position: usize) -> Option<usize> {
        let dataset = self.rows.inputs.dataset();
        let input = dataset.input(column)?;
        dataset.classes(input)?.get(self.training.get(position / self.each())?.member).copied().flatten()
    }
}

impl Context<'_> {
    /// Runs a stage and writes what it came to into `folder`; the checkpoint lives in `partial`.
    ///
    /// # Errors
    /// See [`PlanError`]; an interruption leaves a checkpoint.
    pub fn train(&self, task: &Task, stage: usize, run: RunKey, partial: &Path, folder: &Path) -> Result<()> {
        let (program, variant) = (self.program_at(task.program), task.program.variant);
        let (key, thresholds, task) = (task.program, task.thresholds.as_slice(), task.name.as_str());
        let job = StageJob::of(program, stage)?;
        let dataset = self.dataset(variant)?;
        let split = self.split(variant, run.seed, run.fold)?;
        let fitted = self.fitted(variant, run.seed, run.fold)?;
        let inputs = fitted.of(task, &dataset)?;
        let rows = Rows::new(&job.subgraph, &inputs);
        let batches = FoldBatches::of(task, &job.stage, &rows, &split, &program.protocol)?;
        self.warn_of_unseen_classes(task, &job.subgraph, &batches);
        let training_statistics = self.training_statistics(task, &job.subgraph, &batches, &fitted)?;
        let progress = |progress: &Progress| self.options.listener.epoch(task, progress);
        let warn = |text: &str| self.warn(text);
        // The metric that chooses an epoch is told in the unit of the target, whatever it was changed to.
        let unit = job.model.target.and_then(|target| inputs.unit(job.subgraph.inputs.get(target.index())?.index()));
        let monitor = |seen: &ValidationPredictions| match unit {
            None => monitored(seen),
            Some(unit) => {
                let mut seen = seen.clone();
                unit.revert_all(&mut seen.prediction);
                unit.revert_all(&mut seen.truth);
                monitored(&seen)
            }
        };
        let trained = train(&Job {
            graph: Arc::new(job.subgraph.graph.clone()),
            stage: &job.stage,
            model: &job.model,
            batches: &batches,
            device: self.device,
            seed: run.number(),
            initial: self.initial(key, &job, run)?,
            training_statistics,
            folder: Some(partial),
            checkpoint_interval: CHECKPOINT_INTERVAL,
            interrupt: self.options.interrupt,
            monitor: Some(&monitor),
            thresholds,
            progress: &progress,
            warn: &warn,
        })
        .map_err(PlanError::train(task))?;
        let (training, validation) = (batches.training.len(), batches.validation.len());
        self.keep_trained(task, trained, training, validation, partial, folder)
    }

    fn keep_trained(
        &self,
        task: &str,
        trained: Trained,
        training: usize,
        validation: usize,
        partial: &Path,
        folder: &Path,
    ) -> Result<()> {
        put_bytes(&folder.join(WEIGHTS), &weights_bytes(task, &trained.weights)?)?;
        let history = History {
            epochs: trained.history,
            best_epoch: trained.best_epoch,
            steps: trained.steps,
            stopped_early: trained.stopped_early,
            given_up: trained.given_up,
            training,
            validation,
            device: self.device.describe(),
        };
        put_json(&folder.join(HISTORY), &history)?;
        let events = partial.join(EVENT_FILE);
        if events.is_file() {
            std::fs::copy(&events, folder.join(EVENT_FILE)).map_err(PlanError::io("write", folder))?;
        }
        Ok(())
    }

    /// The weights that a stage takes over, by the names they have in it.
    fn initial(&self, key: ProgramKey, job: &StageJob, run: RunKey) -> Result<Weights> {
        let mut read: BTreeMap<usize, Weights> = BTreeMap::new();
        for (_, stage) in job.sources() {
            read.insert(stage, self.stage_weights(key, stage, run)?);
        }
        let mut initial = Weights::new();
        for (to, from, stage) in &job.init {
            for (name, weight) in read.get(stage).into_iter().flatten() {
                // A module's own names may have a point in them: `weights_gen.weight`.
                if let Some(own) = name.strip_prefix(from.as_str()).and_then(|rest| rest.strip_prefix('.')) {
                    initial.insert(format!("{to}.{own}"), weight.clone());
                }
            }
        }
        let mut files: BTreeMap<&str, Weights> = BTreeMap::new();
        for (to, file) in &job.loads {
            if !files.contains_key(file.as_str()) {
                files.insert(file, read_weights(&self.options.base.join(file))?);
            }
            for (name, weight) in files.get(file.as_str()).into_iter().flatten() {
                let own = name.strip_prefix(to.as_str()).and_then(|rest| rest.strip_prefix('.'));
                if own.is_some_and(|own| !own.contains('.')) {
                    initial.insert(name.clone(), weight.clone());
                }
            }
        }
        Ok(initial)
    }

    /// The weights that a stage came to.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn stage_weights(&self, key: ProgramKey, stage: usize, run: RunKey) -> Result<Weights> {
        read_weights(&self.stage_folder(key, stage, run)?.join(WEIGHTS))
    }

    /// How a stage went.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn history(&self, key: ProgramKey, stage: usize, run: RunKey) -> Result<History> {
        get_json(&self.stage_folder(key, stage, run)?.join(HISTORY))
    }

    /// The folder of a stage's result.
    ///
    /// # Errors
    /// A stage that has not run.
    pub fn stage_folder(&self, key: ProgramKey, stage: usize, run: RunKey) -> Result<std::path::PathBuf> {
        let task = self.layout.variants[key.variant].train.get(&(key.trial, stage, run)).copied();
        self.folder(task.ok_or_else(|| PlanError::inconsistent("a stage has no task"))?)
    }

    /// A class that nobody in training has can never be predicted.
    fn warn_of_unseen_classes(&self, task: &str, subgraph: &Subgraph, batches: &FoldBatches<'_>) {
        let dataset = batches.rows.inputs.dataset();
        for input in &subgraph.inputs {
            let (Some(spec), Some(classes)) = (dataset.inputs.get(input.index()), dataset.classes(input.index()))
            else {
                continue;
            };
            let seen: BTreeSet<usize> = batches.training.iter().filter_map(|item| classes[item.member]).collect();
            for (_, level) in spec.levels.iter().enumerate().filter(|(class, _)| !seen.contains(class)) {
                self.warn(&format!("{task}: no training subject has `{}` = {level}", spec.name));
            }
        }
    }

    /// Class weights and means.
    ///
    /// # Errors
    /// A class that nobody in training has.
    pub(super) fn training_statistics(
        &self,
        task: &str,
        subgraph: &Subgraph,
        batches: &FoldBatches<'_>,
        fitted: &Fitted,
    ) -> Result<TrainingStatistics> {
        let mut class_weights = BTreeMap::new();
        for input in weighted_targets(subgraph) {
            let (Kind::Class(levels) | Kind::Mask(levels)) = &subgraph.graph.inputs[input.index()].ty.kind else {
                continue;
            };
            let mut counts = vec![0_u64; levels.len()];
            for item in &batches.training {
                let place = subgraph.inputs[input.index()].index();
                let value = batches.rows.inputs.value(*item, place, &Augmentation::Fixed { view: 0 });
                for class in value.map_err(PlanError::data(task))?.into_iter().flatten() {
                    if let Some(count) = counts.get_mut(class as usize) {
                        *count += 1;
                    }
                }
            }
            if let Some(class) = counts.iter().position(|n| *n == 0) {
                let name = &subgraph.graph.inputs[input.index()].name;
                return Err(PlanError::task(
                    task,
                    format!(
                        "no training subject has `{name}` = {}, so its weight by inverse frequency is infinite; stratify \
                         the protocol by `{name}`, or take the class out",
                        levels[class]
                    ),
                ));
            }
            let n: u64 = counts.iter().sum();
            let weight = |count: &u64| n as f64 / (levels.len() as f64 * *count as f64);
            class_weights.insert(input, counts.iter().map(weight).collect());
        }
        Ok(TrainingStatistics { class_weights, means: means_of(subgraph, fitted) })
    }
}

/// The means that a live part reads, by its own numbers.
pub(super) fn means_of(subgraph: &Subgraph, fitted: &Fitted) -> BTreeMap<InputId, Vec<f32>> {
    fitted.means.iter().filter_map(|(input, mean)| Some((subgraph.input_of(*input)?, mean.clone()))).collect()
}

/// Targets of losses whose classes are weighted by inverse frequency.
fn weighted_targets(subgraph: &Subgraph) -> Vec<InputId> {
    let source = |mut node: NodeId| loop {
        let found = subgraph.graph.node(node);
        match (&found.op, found.inputs.first()) {
            (Op::Input(input), _) => return Some(*input),
            (Op::Restrict | Op::Coalesce(_) | Op::Reshape, Some(first)) => node = *first,
            _ => return None,
        }
    };
    let wants = |op: &Op| matches!(op, Op::Loss(LossOp::CrossEntropy { weights: ClassWeights::InverseFrequency, .. }));
    let mut inputs: Vec<InputId> = subgraph
        .graph
        .nodes
        .iter()
        .filter(|node| wants(&node.op))
        .filter_map(|node| source(*node.inputs.get(1)?))
        .collect();
    inputs.sort_unstable();
    inputs.dedup();
    inputs
}

/// Those of these people that belong to some cohorts; everybody where none is named.
pub(super) fn of_cohorts(dataset: &Dataset, keys: &[String], cohorts: &[String]) -> Vec<String> {
    let belongs = |key: &&String| {
        cohorts.is_empty() || dataset.place(key).is_ok_and(|at| cohorts.contains(&dataset.members[at].cohort))
    };
    keys.iter().filter(belongs).cloned().collect()
}

/// How large the sets of a division are, for corrected tests.
pub(super) fn set_sizes(split: &Split) -> (usize, usize) {
    (split.train.len(), split.test.len())
}
