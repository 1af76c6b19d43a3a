//! Analysis tasks: what is asked of predictions, of tables and of one another.
//!
//! ```text
//!  Analysis { kind, arguments } ──┬─ table ──▶ Table (subjects by columns), groups ─┐
//!                                 └─ items ──▶ embeddings of one run, by set ───────┴─▶ Analysed { fields }
//! ```
//!
//! A field is a number, one for every run, one for every column (t, p, q of every region), or something by subject (z,
//! labels); later analyses and `compare` name it: `deviation.z`, `by_region.significant`. What an analysis of a kind
//! does is one file; [`Context::analyse`] has an arm for each.
//!
//! **What is pooled, and what is not.** Every fold and seed has a model of its own. What predicts something that was
//! observed (a target, an input) means the same in all of them, so that everybody's value is the mean over the models
//! that did not train on them (`table`). The coordinates of an embedding mean something else in every model: probes,
//! similarities and retrieval are worked out in every run by itself and give a number for each (`items`), clusters and
//! maps are those of the first run.

mod clustering;
mod columnwise;
mod describe;
mod factors;
mod frequency;
mod items;
mod layer_entropy;
mod map;
mod neighbours;
mod normative;
mod paint;
mod permutation;
mod probe;
mod quantiles;
mod residuals;
mod runs;
mod saliency;
mod similarity;
mod table;
mod tested;
mod tsv;
mod voxels;

pub(super) use describe::{ALL, SAID};
pub(super) use layer_entropy::stage_of;
pub(super) use normative::REFERENCE;
pub use normative::Reference;
pub use table::Table;
pub(super) use table::row_name;
pub(super) use voxels::{PAINTED, VoxelMaps, is_map};
pub use voxels::{Place, Space};

use super::context::Context;
use super::error::{PlanError, Result};
use super::request::PredictionRequest;
use super::store::{get_json, put_bytes, put_json};
use super::task::RunKey;
use crate::program::{Analysis, AnalysisKind, Argument, Program};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// Changes when an analysis changes its meaning.
pub(super) const VERSION: u32 = 3;

const RESULT: &str = "analysis.json";
/// The result for people and for other programs.
pub(super) const TSV: &str = "analysis.tsv";

/// The result of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalysisResult {
    /// Its name.
    pub name: String,
    /// As the file spells it.
    pub spelling: String,
    /// What was done, with the method's source.
    pub method: String,
    /// What it found, by the names that later analyses use.
    pub fields: IndexMap<String, Field>,
    /// Mean deviations of the people compared, reference first; of a normative analysis.
    pub groups: Vec<(String, Vec<f64>)>,
    /// What a reader should know: regions without variation, people left out.
    pub notes: Vec<String>,
    /// The grid of its maps, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<Space>,
    /// What the residuals of the reference were, of a normative analysis; in a file of its own.
    #[serde(skip)]
    pub reference: Option<Reference>,
}

/// A field of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// One number.
    Number(f64),
    /// One a run: a probe is fitted anew to every fold's embeddings.
    Runs {
        /// Which run.
        runs: Vec<RunKey>,
        /// What the numbers of a run are of; one empty name where there is one number a run.
        names: Vec<String>,
        /// By run, then by name; `None` where it is not defined.
        values: Vec<Vec<Option<f64>>>,
    },
    /// One a column.
    Columns {
        /// Names of the columns.
        names: Vec<String>,
        /// `None` where it is not defined.
        values: Vec<Option<f64>>,
    },
    /// One a subject and column.
    Subjects(Table),
    /// Rows by columns, of which neither are subjects: loadings, profiles.
    Matrix {
        /// Names of the rows.
        rows: Vec<String>,
        /// Names of the columns.
        columns: Vec<String>,
        /// By row, then by column; `None` where it is not defined.
        values: Vec<Vec<Option<f64>>>,
    },
    /// One a voxel of the result's space, for each of some names.
    Maps {
        /// Of whom or of what each map is; one empty name where there is one.
        names: Vec<String>,
        /// Where each subject's own image lies; empty where the maps are no subjects'.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        places: Vec<Place>,
        /// By map, then by voxel of the mask; not-a-number where there is none. In a file of their own.
        #[serde(skip)]
        values: Vec<Vec<f32>>,
    },
    /// A group a subject.
    Labels {
        /// Names of the subjects.
        subjects: Vec<String>,
        /// The group of each.
        labels: Vec<String>,
    },
}

impl Field {
    /// A number to compare variants by: the number, or the mean over columns or subjects.
    pub fn number(&self) -> Option<f64> {
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let (sum, n) = values.fold((0.0, 0_usize), |(sum, n), v| (sum + v, n + 1));
            (n > 0).then(|| sum / n as f64)
        };
        match self {
            Self::Number(value) => Some(*value),
            Self::Runs { values, .. } => mean(&mut values.iter().flatten().flatten().copied()),
            Self::Columns { values, .. } => mean(&mut values.iter().flatten().copied()),
            Self::Labels { .. } | Self::Matrix { .. } | Self::Maps { .. } => None,
            Self::Subjects(table) => mean(&mut table.values.iter().flatten().flatten().copied()),
        }
    }

    /// A number for every run: the mean over what it is of. Empty where it is not by run.
    pub fn by_run(&self) -> Vec<(RunKey, Option<f64>)> {
        let Self::Runs { runs, values, .. } = self else { return Vec::new() };
        let mean = |row: &Vec<Option<f64>>| {
            let there: Vec<f64> = row.iter().copied().flatten().collect();
            (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
        };
        runs.iter().copied().zip(values.iter().map(mean)).collect()
    }
}

/// A field's name, the names of its columns, and its numbers.
pub(super) type ColumnField<'a> = (&'a str, &'a [String], &'a [Option<f64>]);

/// What of an analysis decides its result, the results it reads aside.
pub(super) fn identity(program: &Program, analysis: &Analysis) -> Result<Value> {
    let mut arguments = Vec::new();
    for (name, argument) in &analysis.arguments {
        let what = match argument {
            Argument::Model(model) => {
                let request = PredictionRequest::of(program, *model).unwrap_or_default();
                let residuals: Vec<Value> = program
                    .residuals(*model)
                    .iter()
                    .map(|r| json!([r.name, request.node(r.prediction), request.truth(r.truth)]))
                    .collect();
                json!(["model", residuals])
            }
            Argument::Output { model, output, members } => {
                let request = PredictionRequest::of(program, *model).unwrap_or_default();
                let members: Vec<Value> = members.iter().map(|(key, node)| json!([key, request.node(*node)])).collect();
                json!(["output", output, members])
            }
            // Its weights are those of a task, which is part of the fingerprint.
            Argument::Trained(_) => json!(["trained"]),
            Argument::Result { field, .. } | Argument::Maps { field, .. } => json!(["result", field]),
            // Its content is part of the fingerprint; where it lies is not.
            Argument::File(_) => json!(["file"]),
            // How it is read is part of the predictions' identity.
            Argument::Image(input) => json!(["image", program.inputs[input.index()].name]),
            other => json!(other),
        };
        arguments.push(json!([name, what]));
    }
    Ok(json!([analysis.kind, analysis.name, arguments]))
}

impl AnalysisResult {
    /// Whether it is the result of the analysis of this name, or of a member of the family of this name.
    pub(super) fn is_of(&self, name: &str) -> bool {
        self.name == name || self.name.split_once('[').is_some_and(|(family, _)| family == name)
    }

    /// Reads a result.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        get_json(&folder.join(RESULT))
    }

    fn new(analysis: &Analysis, method: String) -> Self {
        Self {
            name: analysis.name.clone(),
            spelling: analysis.spelling.clone(),
            method,
            fields: IndexMap::new(),
            groups: Vec::new(),
            notes: Vec::new(),
            space: None,
            reference: None,
        }
    }

    /// The fields that are numbers by column: name, names of the columns, numbers.
    pub(super) fn columns(&self) -> Vec<ColumnField<'_>> {
        self.fields
            .iter()
            .filter_map(|(field, f)| match f {
                Field::Columns { names, values } => Some((field.as_str(), names.as_slice(), values.as_slice())),
                _ => None,
            })
            .collect()
    }
}

/// A text that stays in its cell.
pub(super) fn clean(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}

impl Context<'_> {
    /// The result of an analysis of a variant.
    ///
    /// # Errors
    /// An analysis that has not run.
    pub fn analysed(&self, variant: usize, analysis: usize) -> Result<AnalysisResult> {
        let task = self.layout.variants[variant].analyses.get(analysis).copied();
        AnalysisResult::read(&self.folder(task.ok_or_else(|| PlanError::inconsistent("an analysis has no task"))?)?)
    }

    /// Runs an analysis and writes what it found into `folder`.
    ///
    /// # Errors
    /// Values that cannot be analysed, with what to do.
    pub fn analyse(&self, task: &str, variant: usize, analysis: usize, folder: &Path) -> Result<()> {
        let declared = &self.program(variant).analyses[analysis];
        let analysed = match declared.kind {
            AnalysisKind::NormativeDeviation => self.normative(task, variant, declared)?,
            AnalysisKind::Test(test) => self.columnwise(task, variant, declared, test)?,
            AnalysisKind::LogisticProbe => self.logistic_probe(task, variant, declared)?,
            AnalysisKind::LinearProbe => self.linear_probe(task, variant, declared)?,
            AnalysisKind::Retrieval => self.retrieval(task, variant, declared)?,
            AnalysisKind::AffinityPropagation => self.affinity_propagation(task, variant, declared)?,
            AnalysisKind::FactorAnalysis => self.factor_analysis(task, variant, declared)?,
            AnalysisKind::Permutation => self.permutation(task, variant, declared)?,
            AnalysisKind::Quantiles => self.quantiles(task, variant, declared)?,
            AnalysisKind::Similarity => self.similarity(task, variant, declared)?,
            AnalysisKind::Tsne => self.tsne(task, variant, declared)?,
            AnalysisKind::LayerEntropy => self.layer_entropy(task, variant, declared)?,
            AnalysisKind::SmoothGrad => self.smooth_grad(task, variant, declared)?,
            AnalysisKind::Describe => self.describe(task, variant, declared)?,
            AnalysisKind::Residuals => self.residuals(task, variant, declared)?,
            AnalysisKind::Frequency => self.frequency(task, variant, declared)?,
            AnalysisKind::Paint => self.paint(task, variant, declared)?,
        };
        for note in &analysed.notes {
            self.warn(&format!("{}: {note}", declared.name));
        }
        put_json(&folder.join(RESULT), &analysed)?;
        if let Some(reference) = &analysed.reference {
            put_json(&folder.join(REFERENCE), reference)?;
        }
        voxels::write(task, &analysed, folder)?;
        put_bytes(&folder.join(TSV), analysed.tsv().as_bytes())
    }
}

/// An argument that the compiler should have given.
fn argument<'a>(task: &str, analysis: &'a Analysis, name: &str) -> Result<&'a Argument> {
    match analysis.arguments.get(name) {
        None | Some(Argument::Nothing) => Err(PlanError::task(task, format!("`{name}` is not given"))),
        Some(argument) => Ok(argument),
    }
}
