//! Analysis tasks: what is asked of predictions, of tables and of one another.
//!
//! ```text
//!  Analysis { kind, arguments } ──resolve──▶ Table (subjects by columns), groups ──▶ Analysed { fields }
//! ```
//!
//! A field is a number, numbers by column (t, p, q of every region) or a table by subject (z); later analyses and
//! `compare` name it: `deviation.z`, `by_region.significant`.

mod columnwise;
mod normative;
mod table;

pub use table::Table;

use super::asked::{Asked, residuals};
use super::context::Context;
use super::error::{PlanError, Result};
use super::store::{get_json, put_bytes, put_json};
use crate::program::{Analysis, AnalysisKind, Argument, Program};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// Changes when an analysis changes its meaning.
pub(super) const VERSION: u32 = 1;

const RESULT: &str = "analysis.json";
/// The result for people and for other programs.
pub(super) const TSV: &str = "analysis.tsv";
/// Wider tables are kept as JSON alone.
const WIDEST: usize = 20_000;

/// The result of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysed {
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
}

/// A field of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// One number.
    Number(f64),
    /// One a column.
    Columns {
        /// Names of the columns.
        names: Vec<String>,
        /// `None` where it is not defined.
        values: Vec<Option<f64>>,
    },
    /// One a subject and column.
    Subjects(Table),
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
            Self::Columns { values, .. } => mean(&mut values.iter().flatten().copied()),
            Self::Subjects(table) => mean(&mut table.values.iter().flatten().flatten().copied()),
        }
    }
}

/// A field's name, the names of its columns, and its numbers.
pub(super) type ByColumn<'a> = (&'a str, &'a [String], &'a [Option<f64>]);

/// What of an analysis decides its result, the results it reads aside.
pub(super) fn identity(program: &Program, analysis: &Analysis) -> Result<Value> {
    let mut arguments = Vec::new();
    for (name, argument) in &analysis.arguments {
        let what = match argument {
            Argument::Model(model) => {
                let asked = Asked::of(program, *model).unwrap_or_default();
                let residuals: Vec<Value> = residuals(program, &program.models[*model])
                    .iter()
                    .map(|r| json!([r.name, asked.node(r.prediction), asked.truth(r.truth)]))
                    .collect();
                json!(["model", residuals])
            }
            Argument::Output { model, output, members } => {
                let asked = Asked::of(program, *model).unwrap_or_default();
                let members: Vec<Value> = members.iter().map(|(key, node)| json!([key, asked.node(*node)])).collect();
                json!(["output", output, members])
            }
            Argument::Result { field, .. } => json!(["result", field]),
            other => json!(other),
        };
        arguments.push(json!([name, what]));
    }
    Ok(json!([analysis.kind, analysis.name, arguments]))
}

impl Analysed {
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
        }
    }

    /// The fields that are numbers by column: name, names of the columns, numbers.
    pub(super) fn columns(&self) -> Vec<ByColumn<'_>> {
        self.fields
            .iter()
            .filter_map(|(field, f)| match f {
                Field::Columns { names, values } => Some((field.as_str(), names.as_slice(), values.as_slice())),
                Field::Number(_) | Field::Subjects(_) => None,
            })
            .collect()
    }

    /// Numbers by column side by side, or the first table by subject.
    fn tsv(&self) -> String {
        let cell = |value: &Option<f64>| value.map_or("n/a".to_owned(), |v| v.to_string());
        let mut text = String::new();
        let columns = self.columns();
        if let Some((_, names, _)) = columns.first() {
            text.push_str("name");
            for (field, ..) in &columns {
                let _ = write!(text, "\t{field}");
            }
            for (row, name) in names.iter().enumerate() {
                let _ = write!(text, "\n{}", clean(name));
                for (_, _, values) in &columns {
                    let _ = write!(text, "\t{}", values.get(row).map_or("n/a".to_owned(), cell));
                }
            }
            text.push('\n');
            return text;
        }
        let tables: Vec<(&String, &Table)> = self
            .fields
            .iter()
            .filter_map(|(name, f)| if let Field::Subjects(t) = f { Some((name, t)) } else { None })
            .collect();
        let Some((_, first)) = tables.first() else { return text };
        text.push_str("participant_id");
        let shown: Vec<&(&String, &Table)> =
            tables.iter().filter(|(_, t)| t.names.len() <= WIDEST && t.subjects == first.subjects).collect();
        for (field, table) in &shown {
            for name in &table.names {
                let _ = if table.names.len() == 1 {
                    write!(text, "\t{field}")
                } else {
                    write!(text, "\t{field} {}", clean(name))
                };
            }
        }
        for (row, subject) in first.subjects.iter().enumerate() {
            let _ = write!(text, "\n{}", clean(subject));
            for value in shown.iter().flat_map(|(_, table)| &table.values[row]) {
                let _ = write!(text, "\t{}", cell(value));
            }
        }
        text.push('\n');
        text
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
    pub fn analysed(&self, variant: usize, analysis: usize) -> Result<Analysed> {
        let task = self.layout.variants[variant].analyses.get(analysis).copied();
        Analysed::read(&self.folder(task.ok_or_else(|| PlanError::inconsistent("an analysis has no task"))?)?)
    }

    /// Runs an analysis and writes what it found into `folder`.
    ///
    /// # Errors
    /// Values that cannot be analysed, with what to do.
    pub fn analyse(&self, task: &str, variant: usize, analysis: usize, folder: &Path) -> Result<()> {
        let declared = &self.program(variant).analyses[analysis];
        let analysed = match declared.kind {
            AnalysisKind::NormativeDeviation => self.normative(task, variant, declared)?,
            _ => self.columnwise(task, variant, declared)?,
        };
        for note in &analysed.notes {
            self.warn(&format!("{}: {note}", declared.name));
        }
        put_json(&folder.join(RESULT), &analysed)?;
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
