//! A model with given weights on given tensors, without a cohort: outputs, losses, gradients.

use crate::graph::{Graph, InputId, ModuleId, NodeId, Op, show_shape};
use crate::nn::{
    Batch, ByWindows, Device, Forward, HostValue, InputBatch, Mode, Network, NnError, RunSettings, Values, Windows,
};
use crate::program::{InputSpec, Program, Stage};
use fascicle_exchange::{Mismatch, Place, ShapeMismatch, Tensors, UnmatchedTensor};
use places::{chosen, places_of};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use thiserror::Error;

mod places;

pub use places::places;

/// What is to be applied, and how.
#[derive(Debug)]
pub struct Application<'a> {
    /// The models, and the stages whose losses are wanted with gradients.
    pub program: &'a Program,
    /// One model alone; all where `None`.
    pub model: Option<&'a str>,
    /// Weights and buffers by their names in the program.
    pub weights: &'a Tensors,
    /// Values of inputs by their names in the program, `[rows, ..shape]`; `NAME/present` (one number a row, not 0 for those
    /// who have it) for an input that some lack. An input with `?` that is not here is one that nobody has.
    pub inputs: &'a Tensors,
    /// As in training: batch statistics, and draws from Gaussians by this seed. Dropout stays off, so that what comes out
    /// is a function of weights and inputs.
    pub training: Option<u64>,
    /// Whether the losses of the stages are wanted, with their gradients.
    pub gradients: bool,
    /// Where it is computed.
    pub device: Device,
}

/// What is wrong with weights or inputs that are handed over.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// A model that is not there, or nothing to compute.
    #[error("{0}")]
    Asked(String),
    /// Weights that do not fit the program.
    #[error(transparent)]
    Weights(#[from] Mismatch),
    /// Everything that is wrong with the inputs.
    #[error("the inputs do not fit:\n  {}", .0.join("\n  "))]
    Inputs(Vec<String>),
    /// The pass itself.
    #[error(transparent)]
    Network(#[from] NnError),
}

/// Applies it. The result holds, by name:
///
/// | name | |
/// |---|---|
/// | `m.z`, `m.z[t1]`, `m` | an output, `[rows, ..shape]`; not-a-number in the rows of those who lack it |
/// | `loss/STAGE` | the loss of a stage |
/// | `gradient/STAGE/WEIGHT` | its gradient with respect to a weight |
/// | `gradient/STAGE/input/NAME` | with respect to an input, 0 in the rows of those who lack it |
/// | `after/WEIGHT` | running statistics after the pass, in training |
///
/// A Gaussian is `[rows, 2, n]`: means, then log-variances.
///
/// # Errors
/// Weights and inputs that do not fit, all of them at once; a device that fails.
pub fn apply(job: &Application<'_>) -> Result<Tensors, ApplyError> {
    let program = job.program;
    let models = chosen(program, job.model).map_err(ApplyError::Asked)?;
    let outputs: Vec<(String, NodeId)> = models.iter().flat_map(|m| named_outputs(program, *m)).collect();
    let stages: Vec<&Stage> = program.stages.iter().filter(|s| job.gradients && models.contains(&s.model)).collect();
    if outputs.is_empty() {
        return Err(ApplyError::Asked("the file has no model with an output".into()));
    }
    if job.gradients && stages.is_empty() {
        let message =
            "gradients are those of a stage's loss, and no `train` minimises one; add `train m { minimize .. }`";
        return Err(ApplyError::Asked(message.into()));
    }
    let mut graph = program.graph.clone();
    for node in graph.nodes.iter_mut().filter(|node| matches!(node.op, Op::Dropout { .. })) {
        if let Op::Dropout { probability, .. } = &mut Arc::make_mut(node).op {
            *probability = 0.0;
        }
    }
    let graph = Arc::new(graph);
    let roots: Vec<NodeId> = outputs.iter().map(|(_, n)| *n).chain(stages.iter().map(|s| s.loss)).collect();
    let live = graph.live(roots.iter().copied());
    let modules = graph.live_modules(&live);
    let places = places_of(&graph, &modules);
    let weights = fitting(program, &places, job.weights)?;
    let inputs = graph.live_inputs(&live);
    if let Some(windows) = whole_images(job, &inputs)? {
        return by_windows(job, &graph, (&modules, &weights), (&windows, &inputs), &outputs);
    }
    let batch = batch(program, &inputs, job.inputs, false)?;

    let mode = job.training.map_or(Mode::Prediction, |seed| Mode::Training { seed, step: 0 });
    let settings = RunSettings { track_inputs: job.gradients, ..RunSettings::new(mode) };
    let fresh = || -> Result<Network, NnError> {
        let mut network = Network::new(&graph, &modules, 0, &job.device);
        network.set_weights(&weights)?;
        Ok(network)
    };
    let mut result = Tensors::new();
    let mut network = fresh()?;
    let keep: Vec<NodeId> = outputs.iter().map(|(_, node)| *node).collect();
    let statistics = {
        let mut values = Forward::new(graph.clone(), &keep).run(&network, &batch, &settings)?;
        for (name, node) in &outputs {
            let shape = &graph.node(*node).ty.shape;
            result.insert(name.clone(), placed(values.host(*node)?, shape, batch.rows, f32::NAN));
        }
        values.take_statistics()
    };
    if job.training.is_some() {
        network.absorb(statistics);
        for weight in network.weights()? {
            if weights.get(&weight.name).is_some_and(|(_, before)| *before != weight.values) {
                result.insert(format!("after/{}", weight.name), (weight.shape, weight.values));
            }
        }
    }
    for stage in stages {
        // A pass of its own: walking back uses up the history of the values on the way.
        let network = fresh()?;
        let values = Forward::new(graph.clone(), &[stage.loss]).run(&network, &batch, &settings)?;
        gradients(program, stage, &network, &values, &batch, &mut result)?;
    }
    Ok(result)
}

/// The outputs of a model as the language spells them.
fn named_outputs(program: &Program, model: usize) -> impl Iterator<Item = (String, NodeId)> {
    let model = &program.models[model];
    model.outputs.iter().flat_map(move |output| {
        let path =
            if output.name == model.name { model.name.clone() } else { format!("{}.{}", model.name, output.name) };
        output.members.iter().map(move |(key, node)| {
            let name = if key.is_empty() { path.clone() } else { format!("{path}[{key}]") };
            (name, *node)
        })
    })
}

/// The weights that are needed; those of the program's other modules may be there too.
fn fitting(program: &Program, places: &[Place], given: &Tensors) -> Result<Tensors, Mismatch> {
    let mut wrong = Mismatch::default();
    let mut weights = Tensors::new();
    for (name, shape) in places {
        match given.get(name) {
            None => wrong.in_program.push((name.clone(), shape.clone())),
            Some(found) if found.0 != *shape => wrong.misshapen.push(ShapeMismatch {
                place: name.clone(),
                expected: shape.clone(),
                from: "the file".into(),
                problem: format!("found {}", show_shape(&found.0)),
            }),
            Some(found) => {
                weights.insert(name.clone(), found.clone());
            }
        }
    }
    let known = |name: &str| {
        program.graph.modules.iter().any(|m| {
            let weight = name.strip_prefix(m.path.as_str()).and_then(|rest| rest.strip_prefix('.'));
            weight.is_some_and(|weight| m.weights.iter().any(|w| w.name == weight))
        })
    };
    for (name, (shape, _)) in given.iter().filter(|(name, _)| !known(name)) {
        wrong.in_file.push(UnmatchedTensor { name: name.clone(), shape: shape.clone(), meant: None });
    }
    if wrong.is_empty() { Ok(weights) } else { Err(wrong) }
}

/// The inputs as a batch.
fn batch(program: &Program, needed: &[InputId], given: &Tensors, whole: bool) -> Result<Batch, ApplyError> {
    let mut wrong = Vec::new();
    let spec = |id: &InputId| &program.graph.inputs[id.index()];
    let rows = needed.iter().find_map(|id| given.get(&spec(id).name)?.0.first().copied());
    let Some(rows) = rows.filter(|rows| *rows > 0) else {
        let names: Vec<&str> = needed.iter().map(|id| spec(id).name.as_str()).collect();
        wrong.push(format!("none of {} is there with at least one row", names.join(", ")));
        return Err(ApplyError::Inputs(wrong));
    };
    let mut batch = Batch { rows, inputs: vec![None; program.graph.inputs.len()] };
    for id in needed {
        let input = spec(id);
        let of_row = if whole { &program.inputs[id.index()].shape } else { &input.ty.shape };
        let expected: Vec<usize> = std::iter::once(rows).chain(of_row.iter().copied()).collect();
        let present = match given.get(&format!("{}/present", input.name)) {
            Some((_, flags)) if flags.len() != rows => {
                wrong.push(format!("`{}/present`: expected {rows} numbers, found {}", input.name, flags.len()));
                continue;
            }
            Some((_, flags)) => flags.iter().map(|flag| *flag != 0.0).collect(),
            None => vec![given.contains_key(&input.name); rows],
        };
        let Some((shape, values)) = given.get(&input.name) else {
            if !input.ty.may_be_absent() {
                wrong.push(format!("`{}` is missing: expected {}", input.name, show_shape(&expected)));
            }
            let shape = of_row.clone();
            batch.inputs[id.index()] = Some(InputBatch { values: Vec::new(), shape, present: vec![false; rows] });
            continue;
        };
        // One number a subject may have an axis for it.
        let one_each = input.ty.shape.is_empty() && *shape == [rows, 1];
        if *shape != expected && !one_each {
            let (expected, found) = (show_shape(&expected), show_shape(shape));
            wrong.push(format!("`{}`: expected {expected} (the batch first), found {found}", input.name));
            continue;
        }
        let size = values.len() / rows;
        let kept = (0..rows).filter(|row| present[*row]).flat_map(|row| &values[row * size..(row + 1) * size]);
        let values = kept.copied().collect();
        batch.inputs[id.index()] = Some(InputBatch { values, shape: of_row.clone(), present });
    }
    if wrong.is_empty() { Ok(batch) } else { Err(ApplyError::Inputs(wrong)) }
}

/// How whole images are gone over, where whole images are given of what the program sees by windows; `None` where all is given as the network
/// reads it.
fn whole_images(job: &Application<'_>, needed: &[InputId]) -> Result<Option<Windows>, ApplyError> {
    let program = job.program;
    let seen: Vec<&InputSpec> = program.inputs.iter().collect();
    let is_whole = |id: &InputId| {
        let spec = &program.inputs[id.index()];
        let given = job.inputs.get(&spec.name).map(|(shape, _)| shape.get(1..));
        spec.shape != program.graph.inputs[id.index()].ty.shape && given.flatten() == Some(spec.shape.as_slice())
    };
    match needed.iter().find(|id| is_whole(id)) {
        None => Ok(None),
        Some(id) if job.training.is_some() || job.gradients => {
            let (spec, input) = (&program.inputs[id.index()], &program.graph.inputs[id.index()]);
            let (seen, whole) = (show_shape(&input.ty.shape), show_shape(&spec.shape));
            Err(ApplyError::Inputs(vec![format!(
                "`{}`: a step of training and gradients are those of a patch, {seen}, found whole images, {whole}",
                spec.name
            )]))
        }
        Some(_) => Ok(Windows::of(&seen)),
    }
}

/// Windows at a time, where no stage says how many.
const WINDOWS: usize = 4;

/// The outputs that are maps, over the whole images of each row.
fn by_windows(
    job: &Application<'_>,
    graph: &Arc<Graph>,
    (modules, weights): (&[ModuleId], &Tensors),
    (windows, inputs): (&Windows, &[InputId]),
    outputs: &[(String, NodeId)],
) -> Result<Tensors, ApplyError> {
    let program = job.program;
    let maps: Vec<&(String, NodeId)> = outputs.iter().filter(|(_, node)| windows.is_map(graph, *node)).collect();
    let nodes: Vec<NodeId> = maps.iter().map(|(_, node)| *node).collect();
    let all = batch(program, inputs, job.inputs, true)?;
    let mut network = Network::new(graph, modules, 0, &job.device);
    network.set_weights(weights)?;
    let network = network.for_prediction();
    let forward = Forward::new(graph.clone(), &nodes);
    let settings = RunSettings::new(Mode::Prediction);
    let stage = program.stages.iter().find(|stage| stage.patches.is_some());
    let at_a_time = stage.map_or(WINDOWS, |stage| stage.batch);
    let by_windows = ByWindows { windows, forward: &forward, network: &network, settings: &settings, batch: at_a_time };
    let mut values: Vec<Vec<f32>> = nodes.iter().map(|_| Vec::new()).collect();
    let shapes = nodes.iter().map(|node| windows.whole_shape(&graph.node(*node).ty.shape));
    let shapes: Vec<Vec<usize>> = shapes.collect();
    for row in 0..all.rows {
        let subject = row_of(&all, row);
        let whole = by_windows.of_subject(&subject, &nodes, &AtomicBool::new(false), |_, _| Ok(()))?;
        for ((whole, values), shape) in whole.into_iter().flatten().zip(&mut values).zip(&shapes) {
            match whole.finish() {
                Some((row, _)) => values.extend(row),
                None => values.extend(std::iter::repeat_n(f32::NAN, shape.iter().product())),
            }
        }
    }
    let named = maps.into_iter().zip(shapes).zip(values);
    Ok(named.map(|(((name, _), shape), values)| (name.clone(), ([vec![all.rows], shape].concat(), values))).collect())
}

/// One row of a batch.
fn row_of(batch: &Batch, row: usize) -> Batch {
    let inputs = batch.inputs.iter().map(|input| {
        let input = input.as_ref()?;
        let size: usize = input.shape.iter().product();
        let present = input.present.get(row).copied().unwrap_or(false);
        let at = input.present.iter().take(row).filter(|present| **present).count() * size;
        let values = if present { input.values.get(at..at + size).unwrap_or_default().to_vec() } else { Vec::new() };
        Some(InputBatch { values, shape: input.shape.clone(), present: vec![present] })
    });
    Batch { rows: 1, inputs: inputs.collect() }
}

/// A value with a row for every subject.
fn placed(value: Option<HostValue>, shape: &[usize], rows: usize, absent: f32) -> (Vec<usize>, Vec<f32>) {
    let Some(value) = value else {
        let full: Vec<usize> = std::iter::once(rows).chain(shape.iter().copied()).collect();
        let values = vec![absent; full.iter().product()];
        return (full, values);
    };
    match value.rows {
        None => (value.shape, value.values),
        Some(held) => {
            let full: Vec<usize> = std::iter::once(rows).chain(value.shape.iter().copied()).collect();
            (full, in_rows(&value.values, &held, rows, absent))
        }
    }
}

/// The values of these rows among all rows.
fn in_rows(values: &[f32], held: &[usize], rows: usize, absent: f32) -> Vec<f32> {
    let size = values.len() / held.len().max(1);
    let mut out = vec![absent; rows * size];
    for (from, to) in held.iter().enumerate() {
        out[to * size..(to + 1) * size].copy_from_slice(&values[from * size..(from + 1) * size]);
    }
    out
}

fn gradients(
    program: &Program,
    stage: &Stage,
    network: &Network,
    values: &Values,
    batch: &Batch,
    result: &mut Tensors,
) -> Result<(), NnError> {
    let name = &stage.name;
    let loss = values.number(stage.loss)?.unwrap_or(0.0);
    result.insert(format!("loss/{name}"), (Vec::new(), vec![loss]));
    let gradients = values.backward(stage.loss)?;
    for weight in gradients.weights(network)? {
        result.insert(format!("gradient/{name}/{}", weight.name), (weight.shape, weight.values));
    }
    for (index, input) in program.graph.inputs.iter().enumerate() {
        let Some(found) = gradients.input(InputId(index as u32))? else { continue };
        let Some(held) = &batch.inputs[index] else { continue };
        let rows: Vec<usize> = (0..batch.rows).filter(|row| held.present[*row]).collect();
        let shape = std::iter::once(batch.rows).chain(input.ty.shape.iter().copied()).collect();
        let values = in_rows(&found, &rows, batch.rows, 0.0);
        result.insert(format!("gradient/{name}/input/{}", input.name), (shape, values));
    }
    Ok(())
}

/// Renames inputs of a file: pairs of an input and its name there.
///
/// # Errors
/// A name that the file does not have, in words.
pub fn renamed(mut file: Tensors, pairs: &[(String, String)]) -> Result<Tensors, String> {
    let mut taken: BTreeMap<String, (Vec<usize>, Vec<f32>)> = BTreeMap::new();
    for (input, name) in pairs {
        let Some(tensor) = file.get(name) else {
            let known: Vec<&str> = file.keys().map(String::as_str).collect();
            return Err(format!("`{input}={name}`: the file has no `{name}`; it has {}", known.join(", ")));
        };
        taken.insert(input.clone(), tensor.clone());
    }
    file.extend(taken);
    Ok(file)
}
