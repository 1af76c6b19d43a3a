//! Prediction tasks: a model's (or a baseline's) outputs, and what they are compared to, for people that did not train it.
//!
//! A prediction is kept as `values.safetensors` (`node/0`, `truth/0`, ..: rows of those who have it, one after the
//! other) and `predicted.json` (who the rows are, and which rows have what). Where inputs have several views, the values
//! are means over views; a truth is that of the first. A target that was changed for training is kept as the table has it, and
//! what is predicted of it in that unit.

use super::context::Context;
use super::error::{PlanError, Result};
use super::evaluate::Evaluation;
use super::index::{key_here, person_numbers};
use super::request::{PredictionRequest, SETS, is_image};
use super::rows::Rows;
use super::store::{get_json, put_json};
use super::subgraph::Subgraph;
use super::task::{ProgramKey, RunKey, trained_cohorts};
use super::train::means_of;
use crate::data::affine::Affine;
use crate::data::dataset::{Dataset, FittedInput, FittedInputs, Item};
use crate::data::numbers::{self, Growing, Numbers};
use crate::data::split::Split;
use crate::graph::{InputId, ModuleId, NodeId};
use crate::nn::{Device, Network};
use crate::program::{Program, Subset};
use crate::train::{TrainingStatistics, Weights};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Changes when prediction changes its meaning.
pub(super) const VERSION: u32 = 1;

const VALUES: &str = "values.safetensors";
const PREDICTED: &str = "predicted.json";
/// Test subjects whose images are shown and written as maps.
const SHOWN: usize = 3;
/// Subjects a batch, where no stage says how many.
const BATCH: usize = 8;

/// The result of a prediction task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Predicted {
    pub rows: Vec<Row>,
    /// In the order of [`PredictionRequest::nodes`].
    pub nodes: Vec<Values>,
    /// In the order of [`PredictionRequest::truths`].
    pub truths: Vec<Values>,
    /// In the order of [`PredictionRequest::without`], and of the nodes there.
    #[serde(default)]
    pub without: Vec<Vec<Values>>,
    pub grids: Vec<Grid>,
}

/// Who a row is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    /// The member: `sub-01`, or `adni:sub-01`.
    pub key: String,
    pub cohort: String,
    /// Number of the person, the same for all rows of one.
    pub person: usize,
    pub set: Subset,
    pub slice: usize,
}

/// The values of a node or a truth.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Values {
    /// The truth's name; empty for a node.
    pub name: String,
    /// Shape of one row.
    pub shape: Vec<usize>,
    /// What each element is called, where it is a column.
    pub elements: Vec<String>,
    /// Rows that have it, ascending.
    pub rows: Vec<usize>,
    #[serde(skip)]
    pub values: Numbers,
}

/// Where the voxels of a truth are in the world, for rows that are shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Grid {
    pub row: usize,
    /// Place among the truths.
    pub truth: usize,
    pub affine: Affine,
    /// The file it was read from.
    pub source: Option<PathBuf>,
}

impl Values {
    /// Numbers a row.
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }

    /// The values of those rows alone.
    fn of_rows(mut self, wanted: impl Fn(usize) -> bool) -> Self {
        let width = self.width();
        let kept = self.rows.iter().enumerate().filter(|(_, row)| wanted(**row));
        let values: Vec<f32> = kept.flat_map(|(at, _)| &self.values[at * width..(at + 1) * width]).copied().collect();
        self.values = values.into();
        self.rows.retain(|row| wanted(*row));
        self
    }

    /// The values of a row, if it has any.
    pub fn row(&self, row: usize) -> Option<&[f32]> {
        let at = self.rows.binary_search(&row).ok()?;
        self.values.get(at * self.width()..(at + 1) * self.width())
    }
}

impl Predicted {
    /// Reads a result.
    ///
    /// # Errors
    /// Files that cannot be read or do not belong together.
    pub fn read(folder: &Path) -> Result<Self> {
        Self::read_part(folder, "")
    }

    /// Reads one of several results in a folder, whose files begin with `part`.
    ///
    /// # Errors
    /// As [`Predicted::read`].
    pub fn read_part(folder: &Path, part: &str) -> Result<Self> {
        let mut read: Self = get_json(&folder.join(format!("{part}{PREDICTED}")))?;
        let path = folder.join(format!("{part}{VALUES}"));
        let mut values = numbers::read(&path).map_err(PlanError::io("read", &path))?;
        let without = read.without.iter_mut().enumerate().map(|(at, arrays)| (format!("without/{at}"), arrays));
        let all = [("node".into(), &mut read.nodes), ("truth".into(), &mut read.truths)];
        for (kind, arrays) in all.into_iter().chain(without) {
            for (at, array) in arrays.iter_mut().enumerate() {
                let numbers = values.remove(&format!("{kind}/{at}")).unwrap_or_default();
                if numbers.len() != array.rows.len() * array.width() {
                    let problem = format!("{kind}/{at} has {} numbers for {} rows", numbers.len(), array.rows.len());
                    return Err(PlanError::Unreadable { path, problem });
                }
                array.values = numbers;
            }
        }
        Ok(read)
    }

    /// With the names that subjects have in this program, see [`key_here`].
    pub fn of_program(mut self, program: &Program) -> Self {
        for row in &mut self.rows {
            row.key = key_here(program, Some(&row.cohort), &row.key);
        }
        self
    }

    /// What a trial's program has predicted, in the places that the program of the file has it in.
    ///
    /// # Errors
    /// Programs that are not asked the same.
    fn in_order_of(mut self, base: &Program, own: &Program, model: usize) -> Result<Self> {
        let lost = || PlanError::inconsistent("a trial is not asked what the file asks");
        let (here, there) = (PredictionRequest::of(base, model), PredictionRequest::of(own, model));
        let (here, there) = (here.ok_or_else(lost)?, there.ok_or_else(lost)?);
        let asked: BTreeMap<NodeId, NodeId> =
            base.asked(model).into_iter().zip(own.asked(model)).map(|((_, base), (_, own))| (base, own)).collect();
        let places = |nodes: &[NodeId], own: &[NodeId]| -> Result<Vec<usize>> {
            let place = |node| own.iter().position(|other| Some(other) == asked.get(node)).ok_or_else(lost);
            nodes.iter().map(place).collect()
        };
        let in_order = |values: &mut Vec<Values>, places: Vec<usize>| -> Result<()> {
            let taken = places.into_iter().map(|place| values.get(place).cloned().ok_or_else(lost));
            *values = taken.collect::<Result<_>>()?;
            Ok(())
        };
        in_order(&mut self.nodes, places(&here.nodes, &there.nodes)?)?;
        for (values, (here, there)) in self.without.iter_mut().zip(here.without.iter().zip(&there.without)) {
            in_order(values, places(&here.1, &there.1)?)?;
        }
        Ok(self)
    }

    /// Writes a result into a folder, in files that begin with `part`.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write_part(&self, folder: &Path, part: &str) -> Result<()> {
        let mut arrays = BTreeMap::new();
        let without = self.without.iter().enumerate().map(|(at, values)| (format!("without/{at}"), values));
        let all = [("node".into(), &self.nodes), ("truth".into(), &self.truths)];
        for (kind, values) in all.into_iter().chain(without) {
            for (at, values) in values.iter().enumerate() {
                arrays.insert(format!("{kind}/{at}"), ([values.rows.len(), values.width()], &values.values));
            }
        }
        let path = folder.join(format!("{part}{VALUES}"));
        numbers::write(&path, &arrays).map_err(PlanError::io("write", &path))?;
        put_json(&folder.join(format!("{part}{PREDICTED}")), self)
    }
}

/// For each module of a live part, the last stage that trains it; `None` where none does.
pub(super) fn origins(program: &Program, subgraph: &Subgraph) -> Vec<Option<usize>> {
    subgraph
        .modules
        .iter()
        .map(|module| program.stages.iter().rposition(|stage| stage.trainable.contains(module)))
        .collect()
}

impl Context<'_> {
    /// The prediction of a model in a run.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn predicted(&self, variant: usize, model: usize, run: RunKey) -> Result<Predicted> {
        let task = self.layout.variants[variant].predict.get(&(model, run)).copied();
        let task = task.ok_or_else(|| PlanError::inconsistent("a model that is scored has no prediction"))?;
        let predicted = Predicted::read(&self.folder(task)?)?.of_program(self.program(variant));
        let (base, own) = (self.program(variant), self.program_at(self.program_of_run(variant, run)));
        if std::ptr::eq(base, own) { Ok(predicted) } else { predicted.in_order_of(base, own, model) }
    }

    /// Predicts, and writes the result into `folder`.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn predict(&self, task: &str, variant: usize, model: usize, run: RunKey, folder: &Path) -> Result<()> {
        let key = self.program_of_run(variant, run);
        let request = PredictionRequest::of(self.program_at(key), model)
            .ok_or_else(|| PlanError::inconsistent("nothing is asked of a model"))?;
        self.predicted_with(task, (key, model), &request, run, folder)?.write_part(folder, "")
    }

    /// What a program predicts of what is asked. Maps of whole images are laid aside in `folder`.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn predicted_with(
        &self,
        task: &str,
        (key, model): (ProgramKey, usize),
        request: &PredictionRequest,
        run: RunKey,
        folder: &Path,
    ) -> Result<Predicted> {
        let (program, variant) = (self.program_at(key), key.variant);
        let subgraph = Subgraph::of(&program.graph, &request.nodes);
        let dataset = self.dataset(variant)?;
        // Nobody is divided where packed models are used.
        let split = match program.used(model) {
            Some(_) => Split::default(),
            None => self.split(variant, run.seed, run.fold)?,
        };
        let fitted = self.fitted_of(variant, model, run)?;
        let inputs = fitted.of(task, &dataset)?;
        let reader = Rows::new(&subgraph, &inputs);

        let persons = person_numbers(program, &dataset);
        let mut rows = Vec::new();
        let mut items = Vec::new();
        for set in SETS.into_iter().filter(|set| request.sets.contains(set)) {
            let keys = self.people_of(task, program, &dataset, &split, set);
            let read = |input| subgraph.inputs.iter().any(|of_graph| of_graph.index() == input);
            inputs.check(&keys, read).map_err(PlanError::data(task))?;
            for item in reader.items(&keys).map_err(PlanError::data(task))? {
                let member = &dataset.members[item.member];
                let person = persons.get(member.key.as_str()).copied().unwrap_or(item.member);
                rows.push(Row {
                    key: member.key.clone(),
                    cohort: member.cohort.clone(),
                    person,
                    set,
                    slice: item.slice,
                });
                items.push(item);
            }
        }
        let weights = self.model_weights(task, (key, model), &subgraph, run)?;
        let training_statistics =
            TrainingStatistics { means: means_of(&subgraph, &fitted), ..TrainingStatistics::default() };
        let batch = Self::rows_at_a_time(program, model);
        let evaluation = Evaluation {
            task,
            subgraph: &subgraph,
            graph: Arc::new(subgraph.graph.clone()),
            reader: &reader,
            items: &items,
            weights: &weights,
            training_statistics: &training_statistics,
            soft: &program.soft_over_views(&request.nodes),
            batch,
            device: self.device,
            interrupt: self.options.interrupt,
            aside: folder,
        };
        let packed = program.used(model).filter(|used| used.baseline.is_some());
        let mut nodes = match program.baseline_of(model) {
            _ if let Some(used) = packed => {
                vec![self.packed_baseline(task, (program, used), run, (&inputs, &items))?]
            }
            Some(at) => vec![self.baseline_values(task, (key, at), run, &inputs, &items)?],
            None => evaluation.values(&request.nodes, None)?,
        };
        in_own_units(program, &inputs, &request.nodes, &mut nodes);
        let mut without = Vec::with_capacity(request.without.len());
        for (left_out, nodes) in &request.without {
            let has = |item: &Item, input: &InputId| input != left_out && dataset.has(item.member, input.index());
            let sets = program.at_least_one.iter().filter(|set| set.contains(left_out));
            let sets: Vec<&Vec<InputId>> = sets.collect();
            // Whoever has nothing else that would do is left out of the score.
            let goes_on = |row: usize| sets.iter().all(|set| set.iter().any(|input| has(&items[row], input)));
            let mut values = evaluation.values(nodes, Some(*left_out))?;
            in_own_units(program, &inputs, nodes, &mut values);
            without.push(values.into_iter().map(|v| v.of_rows(goes_on)).collect::<Vec<_>>());
        }
        // Of whole images that a network sees by windows the truth is as large as what is predicted.
        let aside = reader.windows().map(|_| folder);
        let truths = request
            .truths
            .iter()
            .map(|input| truth((task, aside), &inputs, *input, &items))
            .collect::<Result<Vec<_>>>()?;
        let is_finite = |v: &Values| {
            let is_finite = v.values.iter().all(|v| v.is_finite());
            v.values.give_back();
            is_finite
        };
        let computed = request.nodes.iter().zip(&nodes);
        let left_out = request.without.iter().zip(&without).flat_map(|((_, ids), values)| ids.iter().zip(values));
        if let Some((node, _)) = computed.chain(left_out).find(|(_, v)| !is_finite(v)) {
            let path = &program.graph.node(*node).path;
            let problem =
                format!("`{path}` is not finite for some subjects; lower the learning rate, or clip the gradient");
            return Err(PlanError::task(task, problem));
        }
        let grids = grids(task, program, request, &inputs, &rows, &items)?;
        Ok(Predicted { rows, nodes, truths, without, grids })
    }

    /// The people of a set: of those that are divided, or of the cohorts that nobody trains on. Whoever trained under
    /// another cohort's name is in no other set.
    fn people_of(&self, task: &str, program: &Program, dataset: &Dataset, split: &Split, set: Subset) -> Vec<String> {
        match set {
            Subset::Training => return split.train.clone(),
            Subset::Validation => return split.validation.clone(),
            Subset::Test => return split.test.clone(),
            Subset::Holdout => return split.holdout.clone(),
            Subset::All => {}
        }
        let trained = trained_cohorts(program);
        let others: Vec<String> =
            program.cohorts.iter().map(|c| c.name.clone()).filter(|name| !trained.contains(name)).collect();
        let person = |key: &String| dataset.place(key).ok().map(|at| dataset.members[at].person.as_str());
        let trainers: BTreeSet<&str> = split.train.iter().filter_map(person).collect();
        let all = dataset.keys(&others);
        let kept: Vec<String> =
            all.iter().filter(|key| !person(key).is_some_and(|p| trainers.contains(p))).cloned().collect();
        if kept.len() < all.len() {
            let out = all.len() - kept.len();
            self.warn(&format!(
                "{task}: {out} people of {} trained the model as people of {}; they are left out",
                others.join(", "),
                trained.join(", ")
            ));
        }
        kept
    }

    /// Subjects a batch when a model is evaluated: as many as its last stage takes.
    pub(super) fn rows_at_a_time(program: &Program, model: usize) -> usize {
        match program.used(model) {
            Some(used) => used.batch,
            None => program.stages.iter().rfind(|stage| stage.model == model).map_or(BATCH, |stage| stage.batch),
        }
    }

    /// The weights of a live part: each module's from the last stage that trained it, or as a run starts where none did; those
    /// of a packed model from its file.
    ///
    /// # Errors
    /// Weights of a stage, or a packed model, that cannot be read.
    pub(super) fn model_weights(
        &self,
        task: &str,
        (key, model): (ProgramKey, usize),
        subgraph: &Subgraph,
        run: RunKey,
    ) -> Result<Weights> {
        if let Some(used) = self.program_at(key).used(model) {
            return self.packed_weights(used, subgraph, run);
        }
        let read = |stage: usize| self.stage_weights(key, stage, run);
        let (weights, untrained) = live_weights(task, self.program_at(key), subgraph, run, self.device, &read)?;
        if !untrained.is_empty() {
            self.warn(&format!("{task}: no stage trains {}; it is used as it starts, at random", untrained.join(", ")));
        }
        Ok(weights)
    }
}

/// The weights of a live part, see [`Context::model_weights`], and the modules that no stage trains. `read` gives those of a
/// stage.
///
/// # Errors
/// What `read` returns; a weight that its stage has not left.
pub(super) fn live_weights(
    task: &str,
    program: &Program,
    subgraph: &Subgraph,
    run: RunKey,
    device: &Device,
    read: &dyn Fn(usize) -> Result<Weights>,
) -> Result<(Weights, Vec<String>)> {
    let origins = origins(program, subgraph);
    let mut weights = Weights::new();
    let untrained: Vec<ModuleId> =
        (0..origins.len()).filter(|at| origins[*at].is_none()).map(|at| ModuleId(at as u32)).collect();
    if !untrained.is_empty() {
        let network = Network::new(&subgraph.graph, &untrained, run.number(), device);
        let network = network.weights().map_err(|e| PlanError::task(task, e))?;
        weights.extend(network.into_iter().map(|w| (w.name, (w.shape, w.values))));
    }
    let stages: BTreeSet<usize> = origins.iter().copied().flatten().collect();
    for stage in stages {
        let trained = read(stage)?;
        for (module, _) in subgraph.graph.modules.iter().zip(&origins).filter(|(_, origin)| **origin == Some(stage)) {
            for weight in &module.weights {
                let name = format!("{}.{}", module.path, weight.name);
                let found = trained.get(&name).cloned();
                let missing = || PlanError::task(task, format!("the stage that trained `{name}` has not left it"));
                weights.insert(name.clone(), found.ok_or_else(missing)?);
            }
        }
    }
    let names = untrained.iter().map(|module| subgraph.graph.module(*module).path.clone());
    Ok((weights, names.collect()))
}

/// Brings what is predicted of targets that were changed for training back to the unit of their columns.
fn in_own_units(program: &Program, inputs: &FittedInputs<'_>, nodes: &[NodeId], values: &mut [Values]) {
    for (node, values) in nodes.iter().zip(values) {
        if let Some(unit) = program.unit_of(*node).and_then(|target| inputs.unit(target.index())) {
            values.values.change(|values| unit.revert_all(values));
        }
    }
}

fn truth(
    (task, aside): (&str, Option<&Path>),
    inputs: &FittedInputs<'_>,
    input: InputId,
    items: &[Item],
) -> Result<Values> {
    let spec = &inputs.dataset().inputs[input.index()];
    let elements = match &inputs.fitted()[input.index()] {
        FittedInput::Columns(columns) => columns.names(),
        FittedInput::Image(_) | FittedInput::AsItIs | FittedInput::Target(_) => Vec::new(),
    };
    let (mut rows, failed) =
        (Vec::new(), |source| PlanError::task(task, format!("maps cannot be laid aside: {source}")));
    let mut values = Growing::new(aside).map_err(failed)?;
    for (row, item) in items.iter().enumerate() {
        let value = inputs.observed(*item, input.index()).map_err(PlanError::data(task))?;
        if let Some(value) = value {
            rows.push(row);
            values.push(&value).map_err(failed)?;
        }
    }
    let values = values.finish().map_err(failed)?;
    Ok(Values { name: spec.name.clone(), shape: spec.shape.clone(), elements, rows, values })
}

/// Where the images of the first test subjects lie.
fn grids(
    task: &str,
    program: &Program,
    request: &PredictionRequest,
    inputs: &FittedInputs<'_>,
    rows: &[Row],
    items: &[Item],
) -> Result<Vec<Grid>> {
    let mut grids = Vec::new();
    for (at, truth) in request.truths.iter().enumerate().filter(|(_, truth)| is_image(program, **truth)) {
        let tested = (0..rows.len()).filter(|row| matches!(rows[*row].set, Subset::Test | Subset::Holdout));
        for row in tested.filter(|row| rows[*row].slice == 0) {
            let item = items[row];
            let Some(image) = inputs.image(item, truth.index()).map_err(PlanError::data(task))? else { continue };
            let source = inputs.dataset().image_path(item.member, truth.index()).map_err(PlanError::data(task))?;
            grids.push(Grid { row, truth: at, affine: image.affine, source });
            if grids.iter().filter(|g| g.truth == at).count() == SHOWN {
                break;
            }
        }
    }
    Ok(grids)
}
