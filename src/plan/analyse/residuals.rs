//! `residuals`: what a model predicts of everybody that it was not trained on, beside what was observed.
//!
//! Of somebody whom several models predict (folds, seeds, repeats), it is the mean of the predictions of those that did not train on
//! them, as wherever analyses take what is predicted.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::table::Table;
use super::{AnalysisResult, Field, argument};
use crate::analysis::spread;
use crate::program::Analysis;

impl Context<'_> {
    /// Predicted, true, difference and its magnitude, by subject.
    pub(super) fn residuals(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let predicted = self.values(task, variant, argument(task, declared, "model")?)?;
        let observed = self.values(task, variant, argument(task, declared, "truth")?)?;
        let truths = observed.beside(&predicted.subjects);
        let mut rows: Vec<(String, f64, f64)> = Vec::new();
        for ((subject, values), truth) in predicted.subjects.iter().zip(&predicted.values).zip(truths) {
            if let (Some(Some(value)), Some(truth)) = (values.first(), truth) {
                rows.push((subject.clone(), *value, truth));
            }
        }
        if rows.is_empty() {
            let problem =
                "nobody that the model was not trained on has both a prediction and the number that is predicted";
            return Err(PlanError::task(task, problem));
        }
        let method = format!(
            "{}: predicted less true, of people who trained none of the models that predict them",
            observed.names.first().map_or("", String::as_str)
        );
        let mut analysed = AnalysisResult::new(declared, method);
        let mut by_subject = |name: &str, of: &dyn Fn(f64, f64) -> f64| {
            let table = Table {
                names: vec![name.to_owned()],
                subjects: rows.iter().map(|(subject, ..)| subject.clone()).collect(),
                values: rows.iter().map(|(_, predicted, truth)| vec![Some(of(*predicted, *truth))]).collect(),
            };
            analysed.fields.insert(name.to_owned(), Field::Subjects(table));
        };
        by_subject("predicted", &|predicted, _| predicted);
        by_subject("truth", &|_, truth| truth);
        by_subject("difference", &|predicted, truth| predicted - truth);
        by_subject("absolute", &|predicted, truth| (predicted - truth).abs());
        let differences: Vec<f64> = rows.iter().map(|(_, predicted, truth)| predicted - truth).collect();
        let n = differences.len() as f64;
        let spread = spread(&differences).map_err(|e| PlanError::task(task, e))?;
        analysed.fields.insert("people".into(), Field::Number(n));
        analysed.fields.insert("mean_difference".into(), Field::Number(spread.mean));
        if let Some(sd) = spread.sd {
            analysed.fields.insert("sd_difference".into(), Field::Number(sd));
        }
        let mean_absolute = differences.iter().map(|d| d.abs()).sum::<f64>() / n;
        analysed.fields.insert("mean_absolute".into(), Field::Number(mean_absolute));
        Ok(analysed)
    }
}
