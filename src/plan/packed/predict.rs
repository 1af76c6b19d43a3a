//! A packed model applied to people it never saw.
//!
//! 1. The people are found and prepared by what was fitted in each training run.
//! 2. Every run predicts; probabilities, numbers and images are averaged over runs, and their spread is kept.
//! 3. Tables, label maps and images are written aside and put in place.

use super::super::baseline::predicted;
use super::super::drawn::{Channels, Drawn, probabilities};
use super::super::error::{PlanError, Result};
use super::super::evaluate::Evaluation;
use super::super::maps::plain;
use super::super::metric::softmax;
use super::super::predict::Values;
use super::super::rows::Rows;
use super::super::score::label;
use super::super::store::{put_bytes, put_json};
use super::super::subgraph::Subgraph;
use super::people::people;
use super::tables::{Numbers, Predictions};
use super::{Packed, PackedModel};
use crate::data::cache::Cache;
use crate::data::dataset::{Dataset, FittedInput, FittedInputs, Item};
use crate::data::error::DataError;
use crate::data::flow::Flow;
use crate::data::nifti::read_header;
use crate::graph::{InputId, Kind, NodeId};
use crate::nn::{Device, Windows};
use crate::program::{InputRole, InputSource, InputSpec, Output};
use crate::train::TrainingStatistics;
use indexmap::IndexMap;
use ndarray::ArrayView4;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a packed model is applied.
pub struct PredictOptions<'a> {
    /// A BIDS folder or a table.
    pub data: PathBuf,
    /// The folder to write, which must not be there or be empty, or hold an earlier prediction.
    pub out: PathBuf,
    /// The column that identifies people, where it is another than in training.
    pub subject: Option<String>,
    /// Columns by the names the model uses: new to old.
    pub rename: IndexMap<String, String>,
    /// Further tables.
    pub join: Vec<String>,
    /// Whether voxels of another size are meant.
    pub any_spacing: bool,
    /// Whether maps of probabilities are written.
    pub probabilities: bool,
    /// Where numbers are computed.
    pub device: Device,
    /// Set by Ctrl-C.
    pub interrupt: &'a AtomicBool,
    /// Told what is done, and how far.
    pub progress: &'a (dyn Fn(&str, usize, usize) + Sync),
    /// The command line as typed.
    pub command: String,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Applied {
    /// Who was found, left out and why.
    pub flow: Flow,
    /// People that were predicted.
    pub predicted: usize,
    /// Training runs whose predictions were averaged.
    pub runs: usize,
    /// Files that were written, relative to the folder.
    pub files: Vec<String>,
    /// What a reader should know.
    pub warnings: Vec<String>,
}

/// What an output holds.
enum Meaning {
    Classes(Vec<String>),
    Drawn(Channels),
    /// Numbers, with names where they are columns.
    Numbers(Vec<String>),
}

/// An output of the model.
struct Asked {
    label: String,
    node: NodeId,
    meaning: Meaning,
}

/// The file that says that a folder is an earlier prediction.
const PROVENANCE: &str = "provenance.json";
const TASK: &str = "predict";

/// Applies a model and writes what it predicts.
///
/// # Errors
/// See [`PlanError`].
pub fn predict(packed: &Packed, options: &PredictOptions<'_>) -> Result<Applied> {
    let model = &packed.model;
    check_folder(&options.out)?;
    let parent = options.out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(PlanError::io("make", parent))?;
    let aside =
        tempfile::Builder::new().prefix(".writing-").tempdir_in(parent).map_err(PlanError::io("write", parent))?;
    let folder = aside.path().join("out");
    std::fs::create_dir_all(&folder).map_err(PlanError::io("make", &folder))?;

    // Decoded volumes are of no use afterwards.
    let cache = Cache::new(&aside.path().join("volumes"));
    let decoded = |done: usize, total: usize| {
        (options.progress)("images", done, total);
        if options.interrupt.load(Ordering::Relaxed) { Err(DataError::Interrupted) } else { Ok(()) }
    };
    let dataset = people(model, options, &cache, &decoded)?;
    let asked = outputs(model);
    let nodes: Vec<NodeId> = asked.iter().map(|output| output.node).collect();
    let subgraph = Subgraph::of(&model.program.graph, &nodes);
    let (items, by_run) = evaluate(packed, options, &dataset, (&subgraph, &nodes), aside.path())?;

    let names: Vec<String> = items.iter().map(|item| dataset.members[item.member].key.clone()).collect();
    let mut predictions = Predictions::default();
    for (at, output) in asked.iter().enumerate() {
        let of_runs: Vec<&Values> = by_run.iter().map(|values| &values[at]).collect();
        match &output.meaning {
            Meaning::Classes(levels) => {
                let values = of_runs.iter().map(|v| each_row(v, softmax)).collect();
                let numbers = Numbers::new(values, &of_runs[0].rows);
                predictions.classes(&output.label, &names, levels, &numbers);
            }
            Meaning::Numbers(elements) => {
                let values = of_runs.iter().map(|v| each_row(v, |row| row.iter().map(|x| f64::from(*x)).collect()));
                let numbers = Numbers::new(values.collect(), &of_runs[0].rows);
                predictions.numbers(&output.label, &names, elements, &numbers);
            }
            Meaning::Drawn(channels) => {
                let drawing = Drawing { model, dataset: &dataset, subgraph: &subgraph, items: &items, options };
                drawing.write(output, channels, &of_runs, packed, &folder)?;
            }
        }
    }
    predictions.write(&folder)?;
    let flow = dataset.flows.first().cloned().unwrap_or_default();
    let flows = [(vec![model.program.variant.clone()], vec![flow.clone()])];
    put_bytes(&folder.join("flow.tsv"), super::super::folder::flow_table(&flows).as_bytes())?;
    let mut warnings = dataset.warnings.clone();
    if names.is_empty() {
        warnings.push("nobody has what the model needs: nothing is predicted".into());
    }
    put_json(
        &folder.join("dataset_description.json"),
        &json!({
            "Name": format!("{} applied to {}", model.program.models[0].name, options.data.display()),
            "BIDSVersion": "1.9.0",
            "DatasetType": "derivative",
            "GeneratedBy": [{ "Name": "fascicle", "Version": env!("CARGO_PKG_VERSION"), "Description": model.doc }],
        }),
    )?;
    let provenance = json!({
        "fascicle": env!("CARGO_PKG_VERSION"),
        "command": options.command,
        "device": options.device.describe(),
        "experiment": model.experiment,
        "model": model.program.models[0].name,
        "variant": model.program.variant,
        "runs": model.runs.iter().map(|run| &run.name).collect::<Vec<_>>(),
        "warnings": warnings,
    });
    put_json(&folder.join(PROVENANCE), &provenance)?;
    let files = files_of(&folder)?;
    if options.out.exists() {
        std::fs::remove_dir_all(&options.out).map_err(PlanError::io("replace", &options.out))?;
    }
    std::fs::rename(&folder, &options.out).map_err(PlanError::io("rename", &options.out))?;
    Ok(Applied { flow, predicted: names.len(), runs: packed.weights.len(), files, warnings })
}

/// The outputs with what they hold, which is told by what they are compared to.
fn outputs(model: &PackedModel) -> Vec<Asked> {
    let program = &model.program;
    let declared = &program.models[0];
    // Of images that are seen by windows, maps alone are put together to a whole.
    let specs: Vec<&InputSpec> = program.inputs.iter().collect();
    let windows = Windows::of(&specs);
    let whole = |node: NodeId| windows.as_ref().is_none_or(|windows| windows.is_map(&program.graph, node));
    let asked = members(model).zip(&model.truths).filter(|((_, _, node), _)| whole(*node)).map(
        |((output, key, node), truth)| {
            let spelled = match output.name == declared.name {
                true => declared.name.clone(),
                false => format!("{}.{}", declared.name, output.name),
            };
            let meaning = truth.map_or(Meaning::Numbers(Vec::new()), |truth| {
                let spec = &program.inputs[truth.index()];
                match &program.graph.inputs[truth.index()].ty.kind {
                    Kind::Class(levels) => Meaning::Classes(levels.clone()),
                    kind if program.graph.node(node).ty.shape.len() == 4
                        && matches!(spec.source, InputSource::Image { .. }) =>
                    {
                        Meaning::Drawn(Channels::of(kind, spec))
                    }
                    _ => Meaning::Numbers(element_names(model, truth.index())),
                }
            });
            Asked { label: label(&spelled, key), node, meaning }
        },
    );
    asked.collect()
}

/// The model's outputs, each with the key of a member and its node.
fn members(model: &PackedModel) -> impl Iterator<Item = (&Output, &str, NodeId)> {
    let outputs = model.program.models.first().into_iter().flat_map(|declared| &declared.outputs);
    outputs.flat_map(|output| output.members.iter().map(move |(key, node)| (output, key.as_str(), *node)))
}

fn element_names(model: &PackedModel, input: usize) -> Vec<String> {
    match model.runs.first().and_then(|run| run.fitted.get(input)) {
        Some(FittedInput::Columns(columns)) => columns.names(),
        _ => Vec::new(),
    }
}

/// The values of the outputs in every run, of everybody who has what is needed.
fn evaluate(
    packed: &Packed,
    options: &PredictOptions<'_>,
    dataset: &Dataset,
    (subgraph, nodes): (&Subgraph, &[NodeId]),
    aside: &Path,
) -> Result<(Vec<Item>, Vec<Vec<Values>>)> {
    let keys: Vec<String> = dataset.members.iter().map(|member| member.key.clone()).collect();
    let graph = Arc::new(subgraph.graph.clone());
    let soft = soft_over_views(&packed.model);
    let (mut everybody, mut by_run) = (Vec::new(), Vec::new());
    for (at, (run, weights)) in packed.model.runs.iter().zip(&packed.weights).enumerate() {
        (options.progress)("runs", at, packed.weights.len());
        let inputs = dataset.with_fitted(run.fitted.clone()).map_err(PlanError::data(TASK))?;
        let reader = Rows::new(subgraph, &inputs);
        inputs.check(&keys, |_| true).map_err(PlanError::data(TASK))?;
        let items = reader.items(&keys).map_err(PlanError::data(TASK))?;
        let means = run.means.iter().filter_map(|(input, mean)| Some((subgraph.input_of(*input)?, mean.clone())));
        let training_statistics = TrainingStatistics { means: means.collect(), ..TrainingStatistics::default() };
        let evaluation = Evaluation {
            task: TASK,
            subgraph,
            graph: graph.clone(),
            reader: &reader,
            items: &items,
            weights,
            training_statistics: &training_statistics,
            soft: &soft,
            batch: packed.model.batch,
            device: &options.device,
            interrupt: options.interrupt,
            aside,
        };
        let mut values = match (packed.model.program.baselines.first(), &run.baseline) {
            (Some(declared), Some(fitted)) => {
                let program = &packed.model.program;
                vec![predicted(TASK, program, &declared.inputs, fitted, (&inputs, &items))?]
            }
            _ => evaluation.values(nodes, None)?,
        };
        run.in_own_units(&mut values);
        by_run.push(values);
        everybody = items;
    }
    (options.progress)("runs", packed.weights.len(), packed.weights.len());
    Ok((everybody, by_run))
}

/// The outputs of classes whose views are averaged as probabilities; what they are compared to says which these are.
fn soft_over_views(model: &PackedModel) -> BTreeMap<NodeId, usize> {
    let program = &model.program;
    let classes = |truth: &Option<InputId>| match &program.graph.inputs[(*truth)?.index()].ty.kind {
        Kind::Class(levels) | Kind::Mask(levels) => Some(levels.len()),
        _ => None,
    };
    let known: BTreeMap<NodeId, usize> =
        members(model).zip(&model.truths).filter_map(|((_, _, node), truth)| Some((node, classes(truth)?))).collect();
    let reads = program.inputs[..model.reads].iter().any(|spec| spec.source.averages_probabilities());
    if reads { known } else { BTreeMap::new() }
}

fn each_row(values: &Values, of_row: impl Fn(&[f32]) -> Vec<f64>) -> Vec<Vec<f64>> {
    values.rows.iter().filter_map(|row| values.row(*row)).map(of_row).collect()
}

/// Images that are drawn of everybody.
struct Drawing<'a> {
    model: &'a PackedModel,
    dataset: &'a Dataset,
    subgraph: &'a Subgraph,
    items: &'a [Item],
    options: &'a PredictOptions<'a>,
}

impl Drawing<'_> {
    fn write(
        &self,
        output: &Asked,
        channels: &Channels,
        of_runs: &[&Values],
        packed: &Packed,
        folder: &Path,
    ) -> Result<()> {
        let Some(first) = of_runs.first() else { return Ok(()) };
        let Ok(shape) = <[usize; 4]>::try_from(first.shape.as_slice()) else { return Ok(()) };
        let Some(source) = self.image_of(&shape[1..]) else { return Ok(()) };
        let what = plain(&output.label);
        if let Some(table) = channels.table() {
            put_bytes(&folder.join(format!("desc-{what}_dseg.tsv")), table.as_bytes())?;
        }
        let inputs = self.dataset.with_fitted(packed.model.runs[0].fitted.clone()).map_err(PlanError::data(TASK))?;
        let inputs: &FittedInputs<'_> = &inputs;
        let at = || PlanError::data("writing maps");
        first.rows.par_iter().try_for_each(|row| {
            if self.options.interrupt.load(Ordering::Relaxed) {
                return Err(PlanError::Interrupted { task: TASK.into() });
            }
            let item = self.items[*row];
            if item.slice != 0 {
                return Ok(());
            }
            let member = &self.dataset.members[item.member];
            let Some(image) = inputs.image(item, source).map_err(at())? else { return Ok(()) };
            let header = self.dataset.image_path(item.member, source).map_err(at())?;
            let header = header.map(|path| read_header(&path)).transpose().map_err(at())?;
            let mut mean: Option<ndarray::Array4<f32>> = None;
            for values in of_runs.iter().filter_map(|values| values.row(*row)) {
                let values = ArrayView4::from_shape(shape, values)
                    .map_err(|e| PlanError::inconsistent(format!("an image does not fill its shape: {e}")))?;
                let values = match channels {
                    Channels::Classes { .. } => probabilities(values),
                    Channels::Intensities => values.to_owned(),
                };
                mean = Some(match mean {
                    None => values,
                    Some(sum) => sum + values,
                });
            }
            let Some(mut mean) = mean else { return Ok(()) };
            mean.mapv_inplace(|v| v / of_runs.len() as f32);
            let drawn = Drawn { values: mean.view(), affine: image.affine, scan: header.as_ref(), channels };
            let of_subject = folder.join(subject_folder(&member.key));
            std::fs::create_dir_all(&of_subject).map_err(PlanError::io("make", &of_subject))?;
            drawn.write(&of_subject, &format!("{}_desc-{what}", member.key), self.options.probabilities)
        })
    }

    /// The image that tells where the voxels of an output are: the first modality of its extents.
    fn image_of(&self, extents: &[usize]) -> Option<usize> {
        self.subgraph.inputs.iter().map(|input| input.index()).find(|input| {
            let spec = &self.model.program.inputs[*input];
            matches!(spec.source, InputSource::Image { .. })
                && spec.role == InputRole::Modality
                && spec.shape.len() == 4
                && spec.shape[1..] == *extents
        })
    }
}

/// `sub-01/ses-02/anat` of `sub-01_ses-02`, as BIDS has it.
fn subject_folder(key: &str) -> PathBuf {
    let mut folder: PathBuf =
        key.split('_').filter(|part| part.starts_with("sub-") || part.starts_with("ses-")).collect();
    if folder.as_os_str().is_empty() {
        folder = format!("sub-{}", plain(key)).into();
    }
    folder.join("anat")
}

/// Nothing but an earlier prediction is replaced.
fn check_folder(out: &Path) -> Result<()> {
    let entries = match std::fs::read_dir(out) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(PlanError::io("write", out)(e)),
    };
    let names: BTreeSet<_> = entries.filter_map(|entry| entry.ok().map(|e| e.file_name())).collect();
    let is_earlier =
        names.contains(std::ffi::OsStr::new(PROVENANCE)) && names.contains(std::ffi::OsStr::new("flow.tsv"));
    match names.is_empty() || is_earlier {
        true => Ok(()),
        false => Err(PlanError::ForeignFolder { path: out.to_owned(), found: "it holds other files".into() }),
    }
}

fn files_of(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).map_err(PlanError::io("read", &next))? {
            let path = entry.map_err(PlanError::io("read", &next))?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                files.push(name.display().to_string());
            }
        }
    }
    files.sort();
    Ok(files)
}
