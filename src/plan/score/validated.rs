//! One metric of what was predicted for the validation subjects: what a trial of a search is judged by.

use super::super::context::Context;
use super::super::error::Result;
use super::super::predict::Predicted;
use super::super::request::PredictionRequest;
use super::super::task::{ProgramKey, RunKey};
use super::by_subject::BySubject;
use super::gathered::{Gathered, OfRun};
use crate::program::Score;

/// The first metric of a score, of a family the mean over its members; or why there is none.
///
/// # Errors
/// Nobody who is judged, truths that cannot be prepared.
pub(in crate::plan) fn validated(
    context: &Context<'_>,
    task: &str,
    key: ProgramKey,
    (score, request): (&Score, &PredictionRequest),
    (run, predicted): (RunKey, &Predicted),
) -> Result<(Option<f64>, Option<String>)> {
    let program = context.program_at(key);
    let (mut values, mut reason) = (Vec::new(), None);
    for pair in &score.pairs {
        let mut gathered = Gathered::of(program, score, pair, None);
        let of_truth = context.of_truth(task, key.variant, run, score, (pair.truth, predicted))?;
        let of_run = OfRun { run, request, predicted, of_truth: &of_truth };
        gathered.add(task, program, of_run, &mut BySubject::default())?;
        let Some(scored) = gathered.first() else { continue };
        match scored.value {
            Some(value) if value.is_finite() => values.push(value),
            _ => reason = scored.reason.clone().or(Some("it is not finite".to_owned())),
        }
    }
    let mean = (values.len() == score.pairs.len()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    Ok((mean.filter(|mean| mean.is_finite()), reason))
}
