//! A model that has left its run: one file with everything that is needed to apply it to people it never saw.
//!
//! ```text
//!  run folder ──pack──▶ norm.fascicle ──predict(folder or table)──▶ predictions.tsv, label maps, flow
//! ```
//!
//! The file is a safetensors archive, which Python's `safetensors` opens, too. Its tensors are the weights of every run,
//! `run-1/m.Linear.weight`; its metadata hold a manifest as JSON, [`PackedModel`], and a checksum of manifest and weights.
//! No subject's data and no name of one is in it: what was fitted are means, deviations, landmarks and coefficients.

mod pack;
mod people;
mod predict;
mod tables;
mod used;

pub use pack::{PackOptions, contents_of, pack};
pub(super) use people::lacks_column;
pub use predict::{Applied, PredictOptions, predict};
pub(super) use used::compare_voxels;

use super::error::{PlanError, Result};
use super::predict::Values;
use super::store::put_bytes;
use super::task::RunKey;
use crate::baselines::Fitted;
use crate::data::Grid;
use crate::data::dataset::FittedInput;
use crate::data::transform::FittedTarget;
use crate::exchange::{read_safetensors_with, safetensors_bytes_with};
use crate::graph::{InputId, Node, Op};
use crate::program::Program;
use crate::train::Weights;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Changes when a packed model changes its meaning.
const FORMAT: &str = "fascicle model 1";
/// The same, of models that were trained on targets in another unit: a version that knows nothing of that would predict in it.
const FORMAT_WITH_UNITS: &str = "fascicle model 2";

/// The entry of the archive's metadata.
const METADATA: &str = "fascicle";

/// What stands in the archive's metadata.
#[derive(Serialize, Deserialize)]
struct Envelope {
    format: String,
    /// Of the manifest and the weights.
    checksum: String,
    /// A [`PackedModel`], as text: the checksum is of its bytes.
    manifest: String,
}

/// Everything but the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackedModel {
    /// The version of fascicle that packed it.
    pub version: String,
    /// The experiment it is from.
    pub experiment: String,
    /// Its doc comment.
    pub doc: String,
    /// The network, its inputs and its outputs; no cohort, stage, score or analysis. Inputs that are read come first.
    pub program: Program,
    /// How many of the inputs are read; the rest says what outputs are compared to.
    pub reads: usize,
    /// What each member of each output is compared to, in their order, where that is known: it says what its numbers are.
    pub truths: Vec<Option<InputId>>,
    /// The column of subjects, and columns by the names the program uses, as where it was trained.
    pub subject: Option<String>,
    /// See `subject`.
    pub rename: IndexMap<String, String>,
    /// Subjects that are evaluated at a time.
    pub batch: usize,
    /// The grid of most training images, by input.
    pub grids: Vec<Option<Grid>>,
    /// Every training run.
    pub runs: Vec<PackedRun>,
    /// Whose residuals [`PackedRun::reference`] are of: `young.test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What one training run has learnt besides its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackedRun {
    /// Which.
    pub run: RunKey,
    /// `fold 1, seed 1`
    pub name: String,
    /// What was fitted, of the inputs that are read.
    pub fitted: Vec<FittedInput>,
    /// Means of inputs over the training subjects, where a mean stands in for an absent input.
    pub means: Vec<(InputId, Vec<f32>)>,
    /// The ways back to the units of what is predicted, by the place of the output's member; of those that were trained in
    /// another unit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<(usize, FittedTarget)>,
    /// What was fitted of the inputs that outputs are compared with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fitted_truths: Vec<FittedInput>,
    /// What a baseline has learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Fitted>,
    /// The residuals of the reference, of each output that a deviation is worked out of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference: Vec<ResidualsOfReference>,
}

impl PackedRun {
    /// Brings what was evaluated of the outputs, member by member in their order, back to the units of what is predicted.
    pub(in crate::plan) fn in_own_units(&self, values: &mut [Values]) {
        for (member, unit) in &self.units {
            if let Some(values) = values.get_mut(*member) {
                values.values.change(|values| unit.revert_all(values));
            }
        }
    }
}

/// What people who are the norm deviate from an output by, in one run; no person's number is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResidualsOfReference {
    /// The output: `recon[left]`.
    pub name: String,
    /// The people who have it.
    pub subjects: usize,
    /// By element; `None` where residuals do not vary.
    pub mean: Vec<Option<f64>>,
    /// The sample standard deviation, likewise.
    pub sd: Vec<Option<f64>>,
}

/// A packed model with the weights of its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    /// What it is.
    pub model: PackedModel,
    /// By run.
    pub weights: Vec<Weights>,
    /// Of manifest and weights, as the file has it.
    pub checksum: String,
}

impl Packed {
    /// Reads a file and compares its checksum.
    ///
    /// # Errors
    /// No such file, another file, a damaged one, one of another version.
    pub fn read(path: &Path) -> Result<Self> {
        let refuse = |problem: String| PlanError::Packed { path: path.to_owned(), problem };
        let (tensors, envelope) = read_safetensors_with(path, METADATA).map_err(|e| refuse(e.to_string()))?;
        let foreign = "it is no packed model; `fascicle pack RUN` makes one from a run's folder";
        let envelope = envelope.ok_or_else(|| refuse(foreign.into()))?;
        let Envelope { format, checksum, manifest } =
            serde_json::from_str(&envelope).map_err(|e| refuse(e.to_string()))?;
        if format != FORMAT && format != FORMAT_WITH_UNITS {
            return Err(refuse(format!(
                "its format is `{format}`, and this version of fascicle reads `{FORMAT}` and `{FORMAT_WITH_UNITS}`; pack \
                 the run again"
            )));
        }
        if checksum != checksum_of(&manifest, &tensors) {
            return Err(refuse(
                "its checksum is not that of its content: it was damaged or changed; copy it again".into(),
            ));
        }
        let model: PackedModel = serde_json::from_str(&manifest).map_err(|e| refuse(e.to_string()))?;
        let mut weights = vec![Weights::new(); model.runs.len()];
        for (name, tensor) in tensors {
            let place = name.strip_prefix("run-").and_then(|rest| rest.split_once('/'));
            let Some((run, name)) =
                place.and_then(|(run, name)| Some((run.parse::<usize>().ok()?.checked_sub(1)?, name)))
            else {
                return Err(refuse(format!("the tensor `{name}` is of no run")));
            };
            let of_run = weights.get_mut(run).ok_or_else(|| refuse(format!("the tensor `{name}` is of no run")))?;
            of_run.insert(name.to_owned(), tensor);
        }
        model.check().map_err(refuse)?;
        Ok(Self { model, weights, checksum })
    }

    /// Writes the file, aside and then into place; how many bytes it has.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, path: &Path) -> Result<usize> {
        let bytes = self.bytes()?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let aside = tempfile::NamedTempFile::new_in(folder).map_err(PlanError::io("write", path))?;
        put_bytes(aside.path(), &bytes)?;
        aside.persist(path).map_err(|e| PlanError::io("write", path)(e.error))?;
        Ok(bytes.len())
    }

    /// A model with its weights.
    ///
    /// # Errors
    /// A model that JSON cannot hold.
    fn new(model: PackedModel, weights: Vec<Weights>) -> Result<Self> {
        let mut packed = Self { model, weights, checksum: String::new() };
        let (manifest, tensors) = packed.parts()?;
        packed.checksum = checksum_of(&manifest, &tensors);
        Ok(packed)
    }

    /// The manifest and the weights as they are written.
    fn parts(&self) -> Result<(String, Weights)> {
        let manifest = serde_json::to_string(&self.model).map_err(|e| unwritten(e.to_string()))?;
        let mut tensors = Weights::new();
        for (run, weights) in self.weights.iter().enumerate() {
            tensors.extend(weights.iter().map(|(name, tensor)| (format!("run-{}/{name}", run + 1), tensor.clone())));
        }
        Ok((manifest, tensors))
    }

    /// The bytes of the file; the same model gives the same.
    ///
    /// # Errors
    /// A model that JSON cannot hold.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let (manifest, tensors) = self.parts()?;
        let checksum = checksum_of(&manifest, &tensors);
        let has_units = self.model.runs.iter().any(|run| !run.units.is_empty());
        let format = if has_units { FORMAT_WITH_UNITS } else { FORMAT };
        let envelope = Envelope { format: format.into(), checksum, manifest };
        let envelope = serde_json::to_string(&envelope).map_err(|e| unwritten(e.to_string()))?;
        safetensors_bytes_with(&tensors, METADATA, envelope).map_err(unwritten)
    }
}

impl PackedModel {
    /// Positions that would be out of range: a file that no version of ours has written.
    fn check(&self) -> std::result::Result<(), String> {
        let (inputs, nodes) = (self.program.inputs.len(), self.program.graph.nodes.len());
        let outputs = self.program.models.iter().flat_map(|model| &model.outputs).flat_map(|output| &output.members);
        let fits = self.program.graph.inputs.len() == inputs
            && self.reads <= inputs
            && self.program.models.len() == 1
            && outputs.clone().all(|(_, node)| node.index() < nodes)
            && outputs.clone().count() == self.truths.len()
            && self.truths.iter().flatten().all(|input| input.index() < inputs)
            && self.runs.iter().all(|run| run.fitted.len() == self.reads)
            && self.runs.iter().flat_map(|run| &run.units).all(|(member, _)| *member < self.truths.len())
            && self.program.baselines.len() <= 1
            && self.program.baselines.iter().flat_map(|b| &b.inputs).all(|input| input.index() < self.reads)
            && self.runs.iter().all(|run| run.baseline.is_some() != self.program.baselines.is_empty())
            && self.program.at_least_one.iter().flatten().all(|input| input.index() < inputs)
            && self.program.graph.nodes.iter().enumerate().all(|(at, node)| self.is_node(at, node))
            && !self.runs.is_empty();
        if fits { Ok(()) } else { Err("its manifest does not fit together".into()) }
    }

    /// Whether a node reads nodes before it, modules and inputs that there are.
    fn is_node(&self, at: usize, node: &Node) -> bool {
        let reads = match node.op {
            Op::Input(input) => input.index() < self.reads,
            _ => true,
        };
        reads
            && node.inputs.iter().all(|input| input.index() < at)
            && node.module.is_none_or(|module| module.index() < self.program.graph.modules.len())
            && node.ty.presence.iter().all(|input| input.index() < self.program.inputs.len())
    }
}

fn unwritten(problem: String) -> PlanError {
    PlanError::inconsistent(format!("the model cannot be written: {problem}"))
}

/// BLAKE3 of the manifest and of every weight, in order of their names.
fn checksum_of(manifest: &str, tensors: &Weights) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(manifest.len() as u64).to_le_bytes()).update(manifest.as_bytes());
    for (name, (shape, values)) in tensors {
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
        for extent in shape {
            hasher.update(&(*extent as u64).to_le_bytes());
        }
        for value in values {
            hasher.update(&value.to_le_bytes());
        }
    }
    hasher.finalize().to_hex().to_string()
}
