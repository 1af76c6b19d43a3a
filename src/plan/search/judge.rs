//! Judging a trial: the metric that settings are chosen by, on the validation subjects of a fold.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::request::PredictionRequest;
use super::super::score::validated;
use super::super::store::{get_json, put_json};
use super::super::task::{ProgramKey, RunKey};
use crate::program::{Program, Search, Subset};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// Changes when judging changes its meaning.
pub(in crate::plan) const VERSION: u32 = 1;

const JUDGED: &str = "judged.json";

/// What a trial came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::plan) struct Judged {
    /// The metric on the validation subjects; `None` where it is not defined, or the trial was given up.
    pub value: Option<f64>,
    /// Why there is none.
    pub reason: Option<String>,
    /// The metric at each epoch of the last stage, where it watches it.
    pub curve: Vec<Option<f64>>,
    /// The epoch, counted from 1, at which it was given up.
    pub given_up: Option<usize>,
}

/// What is asked of a model to judge a trial.
pub(in crate::plan) fn judged_request(search: &Search) -> PredictionRequest {
    let pairs = &search.judged.pairs;
    let mut request = PredictionRequest {
        nodes: pairs.iter().map(|pair| pair.prediction).collect(),
        truths: pairs.iter().map(|pair| pair.truth).collect(),
        sets: vec![Subset::Validation],
        without: Vec::new(),
    };
    request.nodes.sort_unstable();
    request.nodes.dedup();
    request.truths.sort_unstable();
    request.truths.dedup();
    request
}

/// What of the question decides the answer.
pub(in crate::plan) fn identity(program: &Program, search: &Search) -> Value {
    let request = judged_request(search);
    let of = |pair: &crate::program::ScorePair| {
        json!([request.node(pair.prediction), request.truth(pair.truth), program.inputs[pair.truth.index()]])
    };
    let pairs: Vec<Value> = search.judged.pairs.iter().map(of).collect();
    json!([pairs, search.judged.metrics])
}

impl Judged {
    /// Reads a result.
    pub fn read(folder: &Path) -> Result<Self> {
        get_json(&folder.join(JUDGED))
    }
}

impl Context<'_> {
    /// Judges a trial and writes what it came to into `folder`.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn judge(&self, task: &str, key: ProgramKey, search: usize, run: RunKey, folder: &Path) -> Result<()> {
        let program = self.program_at(key);
        let search =
            program.searches.get(search).ok_or_else(|| PlanError::inconsistent("a trial has lost its search"))?;
        let (mut curve, mut given_up) = (Vec::new(), None);
        if let Some(stage) = search.prune.and_then(|_| search.last_stage(program)) {
            let history = self.history(key, stage, run)?;
            curve = history.epochs.iter().map(|epoch| epoch.monitored).collect();
            given_up = history.given_up.then_some(history.epochs.len());
        }
        let judged = match given_up {
            Some(epoch) => {
                let reason = format!("given up at epoch {epoch}, behind the median of those before");
                Judged { value: None, reason: Some(reason), curve, given_up }
            }
            None => {
                let request = judged_request(search);
                let predicted = self.predicted_with(task, (key, search.judged.model), &request, run, folder)?;
                let (value, reason) = validated(self, task, key, (&search.judged, &request), (run, &predicted))?;
                Judged { value, reason, curve, given_up }
            }
        };
        put_json(&folder.join(JUDGED), &judged)
    }
}
