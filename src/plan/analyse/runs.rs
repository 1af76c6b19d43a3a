//! What is worked out in every run by itself: a number, or several, for every fold and seed.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::task::RunKey;
use super::{AnalysisResult, Field};
use crate::analysis::AnalysisError;
use crate::program::{Analysis, Argument};

/// Numbers of one run, by field; in a field one for each of its names.
pub(super) type RunValues = Vec<(&'static str, Vec<Option<f64>>)>;

impl Context<'_> {
    /// Works something out in every run; where a run has no answer the others stay, with a note.
    ///
    /// # Errors
    /// What `work` returns; no run with an answer.
    pub(super) fn by_run(
        &self,
        task: &str,
        variant: usize,
        (declared, method): (&Analysis, String),
        names: &[String],
        work: impl Fn(RunKey) -> Result<std::result::Result<RunValues, AnalysisError>>,
    ) -> Result<AnalysisResult> {
        let mut analysed = AnalysisResult::new(declared, method);
        let first = declared.arguments.values().find(|a| matches!(a, Argument::Model(_) | Argument::Output { .. }));
        let protocol = match first {
            Some(Argument::Model(model) | Argument::Output { model, .. }) => self.program(variant).protocol_of(*model),
            _ => &self.program(variant).protocol,
        };
        let runs = &self.runs_of_argument(variant, first.unwrap_or(&Argument::Nothing));
        let mut found: Vec<Option<RunValues>> = Vec::with_capacity(runs.len());
        let mut failed = Vec::new();
        for run in runs {
            match work(*run)? {
                Ok(numbers) => found.push(Some(numbers)),
                Err(error) => {
                    failed.push(format!("{}: {error}", run.name(protocol)));
                    found.push(None);
                }
            }
        }
        let Some(fields) = found.iter().flatten().next() else {
            return Err(PlanError::task(task, failed.first().cloned().unwrap_or_else(|| "there is no run".into())));
        };
        if let Some(first) = failed.first() {
            analysed.notes.push(format!("{} of {} runs have no answer; {first}", failed.len(), runs.len()));
        }
        for (at, (field, _)) in fields.iter().enumerate() {
            let values = found.iter().map(|numbers| match numbers {
                Some(numbers) => numbers[at].1.clone(),
                None => vec![None; names.len()],
            });
            let values = Field::Runs { runs: runs.clone(), names: names.to_vec(), values: values.collect() };
            analysed.fields.insert((*field).to_owned(), values);
        }
        Ok(analysed)
    }
}
