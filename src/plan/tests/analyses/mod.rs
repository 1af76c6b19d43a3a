//! Analyses of embeddings and columns, from the text of a file to the numbers, on tables with a known answer.

mod described;
mod embeddings;
mod maps;
mod saliency;
mod strata;

use super::{Bench, Outcome};
use crate::compile::{ColumnSummary, TableProblem, TableSummary, World, compile};
use crate::data::{CohortData, TableSummary as DataSummary};
use crate::plan::{AnalysisResult, Field, RunSummary};
use crate::program::{Cohort, Experiment};
use std::path::{Path, PathBuf};

/// The bench's folder as the compiler's world.
pub(super) struct Tables(pub(super) PathBuf);

impl World for Tables {
    fn source(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.0.join(path)).map_err(|e| e.to_string())
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        let summary = CohortData::load(cohort, &self.0).and_then(|data| DataSummary::of(&data));
        let column = |c: crate::data::summary::ColumnSummary| ColumnSummary {
            name: c.name,
            numeric: c.numeric,
            levels: c.levels,
            first_text: c.first_text,
            counts: c.counts,
            missing: c.missing,
            range: None,
        };
        summary
            .map(|s| TableSummary { people: Some(s.rows), columns: s.columns.into_iter().map(column).collect() })
            .map_err(|e| TableProblem::unknown(e.to_string()))
    }
}

/// The experiment of a file whose tables are in the bench's folder.
pub(super) fn experiment(bench: &Bench, text: &str) -> Result<Experiment, Box<dyn std::error::Error>> {
    let compiled = compile("test.fx", text, &[], &Tables(bench.path().to_owned()));
    let told: Vec<String> = compiled.diagnostics.iter().map(|d| format!("{d:?}")).collect();
    compiled.experiment.ok_or_else(|| told.join("\n").into())
}

/// An analysis of the first variant, as the store has it.
fn analysed(bench: &Bench, summary: &RunSummary, name: &str) -> Result<AnalysisResult, Box<dyn std::error::Error>> {
    let at = bench.stored(summary, super::Kind::Analyse, &format!("analyse {name}"), "analysis.json");
    Ok(serde_json::from_str(&text(&at)?)?)
}

fn text(path: &Path) -> Result<String, Box<dyn std::error::Error>> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()).into())
}

/// A field that is there.
fn field<'a>(analysed: &'a AnalysisResult, name: &str) -> Result<&'a Field, Box<dyn std::error::Error>> {
    analysed.fields.get(name).ok_or_else(|| format!("no field {name}").into())
}

/// A field's number, or its mean.
fn number(analysed: &AnalysisResult, name: &str) -> Result<f64, Box<dyn std::error::Error>> {
    field(analysed, name)?.number().ok_or_else(|| format!("{name} is no number").into())
}
