//! Factor analysis: the few factors behind many columns, and where everybody stands on them.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::table::Table;
use super::{AnalysisResult, Field, argument};
use crate::analysis::{FactorAnalysis, Keep, Rotation};
use crate::program::{Analysis, Argument};
use ndarray::Array2;

impl Context<'_> {
    /// Principal factors of standardised columns, of the people who have all of them.
    pub(super) fn factor_analysis(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let values = self.values(task, variant, argument(task, declared, "values")?)?;
        let complete: Vec<(&String, Vec<f64>)> = values
            .subjects
            .iter()
            .zip(&values.values)
            .filter_map(|(subject, row)| Some((subject, row.iter().copied().collect::<Option<Vec<f64>>>()?)))
            .collect();
        let (rotation, how) = match declared.word("rotate") {
            Some("none") => (Rotation::None, "not rotated"),
            _ => (Rotation::Varimax, "rotated by varimax"),
        };
        let (keep, kept) = match declared.arguments.get("keep") {
            Some(Argument::Number(count)) => (Keep::Count(*count as usize), format!("the first {count}")),
            Some(Argument::Above(least)) => {
                (Keep::EigenvaluesAbove(*least), format!("those of eigenvalue above {least}"))
            }
            _ => (Keep::EigenvaluesAbove(1.0), "those of eigenvalue above 1".to_owned()),
        };
        let table = Array2::from_shape_fn((complete.len(), values.names.len()), |(i, j)| complete[i].1[j]);
        let found = FactorAnalysis::fit(table.view(), keep, rotation).map_err(|e| {
            PlanError::task(task, format!("the {} columns of {} people: {e}", values.names.len(), complete.len()))
        })?;
        let scores = found.scores(table.view()).map_err(|e| PlanError::task(task, e))?;
        let names: Vec<String> = (1..=scores.ncols()).map(|k| format!("factor {k}")).collect();
        let method = format!(
            "principal factors of {} standardised columns of {} people, {kept}, {how}; regression scores",
            values.names.len(),
            complete.len()
        );
        let mut analysed = AnalysisResult::new(declared, method);
        if complete.len() < values.subjects.len() {
            let out = values.subjects.len() - complete.len();
            analysed.notes.push(format!("{out} people lack a column and are left out"));
        }
        let subjects = complete.into_iter().map(|(subject, _)| subject.clone()).collect();
        let rows =
            |table: &Array2<f64>| table.rows().into_iter().map(|r| r.iter().copied().map(Some).collect()).collect();
        let scores = Table { names: names.clone(), subjects, values: rows(&scores) };
        let loadings = Field::Matrix { rows: values.names.clone(), columns: names, values: rows(&found.loadings) };
        let communality = found.communalities().into_iter().map(Some).collect();
        let explained: f64 = found.eigenvalues[..scores.names.len()].iter().sum::<f64>() / values.names.len() as f64;
        analysed.fields.insert("factors".into(), Field::Number(scores.names.len() as f64));
        analysed.fields.insert("explained".into(), Field::Number(explained));
        analysed.fields.insert("scores".into(), Field::Subjects(scores));
        analysed.fields.insert("loadings".into(), loadings);
        analysed.fields.insert("communality".into(), Field::Columns { names: values.names, values: communality });
        Ok(analysed)
    }
}
