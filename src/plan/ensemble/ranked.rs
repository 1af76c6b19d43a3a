//! The best of several runs by what they reach on those who validate.
//!
//! ```text
//!  [Predicted], one a run of a group ──metric of the validation rows──▶ Ranking { runs, scores, who is taken } ──▶ members
//! ```

use super::super::error::{PlanError, Result};
use super::super::metric::{PairedValues, TargetType, mean_of};
use super::super::predict::Predicted;
use super::super::request::PredictionRequest;
use super::super::task::RunKey;
use crate::analysis::AnalysisError;
use crate::program::{Best, Metric, Program, Score, Subset};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// How the runs of one group were ranked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// What the runs of the group have in common; what they differ in is 0.
    pub group: RunKey,
    /// What they were ranked by, on those who validate.
    pub by: Metric,
    /// The runs, in the order in which they ran.
    pub runs: Vec<Ranked>,
}

/// A run and what it reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Which.
    pub run: RunKey,
    /// `fold 1, repeat 3, seed 1`.
    pub name: String,
    /// The metric on those who validate it; `None` where it is not defined.
    pub value: Option<f64>,
    /// Whether it is among the best.
    pub taken: bool,
}

impl Ranking {
    /// Ranks runs that predicted; of equals the one that ran first is the better.
    ///
    /// # Errors
    /// Fewer runs with a score than are to be taken.
    pub(super) fn of(
        task: &str,
        program: &Program,
        ensemble: usize,
        best: Best,
        (group, runs, predicted): (RunKey, &[RunKey], &[Predicted]),
    ) -> Result<Self> {
        let judged = program.ranked_by(ensemble);
        let judged = judged.ok_or_else(|| PlanError::inconsistent("runs are ranked by what is not scored"))?;
        let mut ranked = Vec::with_capacity(runs.len());
        let mut reason = None;
        for (run, predicted) in runs.iter().zip(predicted) {
            let value = match reached(program, judged, best.by, predicted)? {
                Ok(value) if value.is_finite() => Some(value),
                Ok(_) => None,
                Err(why) => {
                    reason.get_or_insert(format!("; {}: {why}", run.name(&program.protocol)));
                    None
                }
            };
            ranked.push(Ranked { run: *run, name: run.name(&program.protocol), value, taken: false });
        }
        let sign = if best.by.larger_is_better() == Some(false) { 1.0 } else { -1.0 };
        let mut order: Vec<(usize, f64)> =
            ranked.iter().enumerate().filter_map(|(at, run)| Some((at, sign * run.value?))).collect();
        if order.len() < best.count {
            let problem = format!(
                "the best {} of {} runs are to be taken by {} on those who validate, and {} of them have it{}; let more people \
                 validate, or take fewer",
                best.count,
                runs.len(),
                best.by.name(),
                order.len(),
                reason.unwrap_or_default()
            );
            return Err(PlanError::task(task, problem));
        }
        // Stable: of equals the first stays first.
        order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        for (at, _) in order.into_iter().take(best.count) {
            ranked[at].taken = true;
        }
        Ok(Self { group, by: best.by, runs: ranked })
    }

    /// Those that are taken, the best first.
    pub fn taken(&self) -> Vec<&Ranked> {
        let mut taken: Vec<&Ranked> = self.runs.iter().filter(|run| run.taken).collect();
        let sign = if self.by.larger_is_better() == Some(false) { 1.0 } else { -1.0 };
        taken.sort_by(|a, b| (sign * a.value.unwrap_or(f64::NAN)).total_cmp(&(sign * b.value.unwrap_or(f64::NAN))));
        taken
    }

    /// All runs with what they reached, as a table.
    pub(in super::super) fn tsv(&self) -> String {
        let mut text = String::from("run\tseed\tmetric\tvalidation\ttaken\n");
        for run in &self.runs {
            let value = run.value.map_or("n/a".to_owned(), |value| value.to_string());
            let taken = if run.taken { "yes" } else { "no" };
            let _ = writeln!(text, "{}\t{}\t{}\t{value}\t{taken}", run.name, run.run.seed, self.by.name());
        }
        text
    }
}

/// The metric of a run's predictions for those who validate it, over all members of the output.
fn reached(
    program: &Program,
    score: &Score,
    by: Metric,
    predicted: &Predicted,
) -> Result<std::result::Result<f64, AnalysisError>> {
    let request = PredictionRequest::of(program, score.model).unwrap_or_default();
    let mut of_members = Vec::new();
    for pair in score.pairs.iter().filter(|pair| pair.without.is_none()) {
        let node = request.node(pair.prediction).and_then(|node| predicted.nodes.get(node));
        let truth = request.truth(pair.truth).and_then(|truth| predicted.truths.get(truth));
        let (node, truth) =
            node.zip(truth).ok_or_else(|| PlanError::inconsistent("an output is not among the predictions"))?;
        let mut paired = PairedValues::new(TargetType::of(program, pair.truth), &truth.shape, &node.shape);
        for (at, _) in predicted.rows.iter().enumerate().filter(|(_, row)| row.set == Subset::Validation) {
            if let (Some(t), Some(p)) = (truth.row(at), node.row(at)) {
                paired.push(t, p);
            }
        }
        let rows: Vec<usize> = (0..paired.rows).collect();
        of_members.push(match rows.is_empty() {
            true => Err(AnalysisError::Empty { what: "the list of those who validate" }),
            false => paired.evidence(by, None).and_then(|evidence| evidence.value(by, &rows)),
        });
    }
    Ok(mean_of(of_members.into_iter()))
}
