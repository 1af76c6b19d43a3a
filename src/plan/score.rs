//! Score tasks: every metric of an output in every run, with mean, spread and a bootstrap interval by subject.

mod by_subject;
mod gathered;
mod label;
mod people;
mod validated;

pub(super) use by_subject::{BY_SUBJECT, HEADING as BY_SUBJECT_HEADING, lines as by_subject_lines};
pub(super) use label::{is_of_part, label};
pub(super) use validated::validated;

use by_subject::BySubject;
use gathered::{EnsembleMember, Gathered, OfRun};
use people::OfTruth;

use super::context::Context;
use super::ensemble::{Ranking, group_name, groups};
use super::error::Result;
use super::metric::mean_of;
use super::request::PredictionRequest;
use super::store::{get_json, put_bytes, put_json};
use super::task::RunKey;
use crate::analysis::{Bootstrap, spread};
use crate::graph::InputId;
use crate::program::{EnsembleOver, Metric, Program, Protocol, Score, ScorePair, Subset};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

/// Changes when a score changes its meaning.
pub(super) const VERSION: u32 = 1;

const SCORE: &str = "score.json";
/// The key of the mean over all that is left out in turn.
const WITHOUT_MEAN: &str = "without one (mean)";
/// What the interval of a score is.
pub(super) const INTERVAL: &str = "95% bootstrap interval over subjects of the mean over folds and seeds, 2000 draws";
/// Points of a scatter plot.
const MOST_POINTS: usize = 5000;

/// All metrics of one `score`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// As the file spells it: `ad`, `fused.image`.
    pub of: String,
    /// On which subjects.
    pub on: Subset,
    /// The cohort that alone is judged, of those that train nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<String>,
    /// Whose predictions were combined, where it is the score of ensembles; their runs are named after what their
    /// members share.
    #[serde(default)]
    pub ensemble: Option<EnsembleOver>,
    /// One a metric and member of a family, and one for the family as a whole.
    pub lines: Vec<Line>,
    /// Confusion matrices, all runs together.
    pub confusions: Vec<Matrix>,
    /// Predicted against true numbers, all runs together.
    pub scatters: Vec<Scatter>,
    /// Of an ensemble of the best runs: how they were ranked, group by group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rankings: Vec<Ranking>,
}

/// One metric of one output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The member of a family; empty for a single output, `mean` for a family as a whole.
    pub key: String,
    /// Which.
    pub metric: Metric,
    /// By run.
    pub runs: Vec<RunScore>,
    /// Mean over the runs that have one.
    pub mean: Option<f64>,
    /// Standard deviation over them (`n - 1`).
    pub sd: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A metric of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunScore {
    /// Which run.
    pub run: RunKey,
    /// The score; `None` where it is not defined.
    pub value: Option<f64>,
    /// Why there is none.
    pub reason: Option<String>,
    /// Rows it was computed from.
    pub rows: usize,
}

/// A confusion matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// The member of a family.
    pub key: String,
    /// The classes, in order.
    pub classes: Vec<String>,
    /// `counts[truth][predicted]`.
    pub counts: Vec<Vec<u64>>,
}

/// Predicted against true numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// The member of a family.
    pub key: String,
    /// What is predicted.
    pub target: String,
    /// Subject, truth, prediction.
    pub points: Vec<(String, f64, f64)>,
}

/// What of a score decides its result.
pub(super) fn identity(program: &Program, score: &Score) -> Result<Value> {
    let request = PredictionRequest::of(program, score.model).unwrap_or_default();
    let pairs: Vec<Value> = score
        .pairs
        .iter()
        .map(|pair| {
            let truth = &program.inputs[pair.truth.index()];
            let left_out = pair.without.and_then(|input| request.node_without(pair.prediction, input));
            match left_out {
                None => json!([pair.key, request.node(pair.prediction), request.truth(pair.truth), truth]),
                Some(place) => json!([pair.key, place, request.truth(pair.truth), truth]),
            }
        })
        .collect();
    let plain = json!([score.of, pairs, score.metrics, score.on]);
    // What is drawn beyond a scan counts no more.
    let plain = match score.pairs.iter().any(|pair| people::is_volume_of_labels(program, pair.truth)) {
        true => json!([plain, "within the scan"]),
        false => plain,
    };
    // What a score says since there is more to be said.
    let more = (&score.cohort, &score.within, score.each_class);
    let is_plain = score.cohort.is_none() && score.within.is_empty() && !score.each_class;
    Ok(if is_plain { plain } else { json!([plain, more]) })
}

impl Scored {
    /// Whom it is taken of: `test`, or a cohort.
    pub fn on_name(&self) -> &str {
        self.cohort.as_deref().unwrap_or_else(|| self.on.name())
    }

    /// Reads a result.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        get_json(&folder.join(SCORE))
    }

    /// `fold 1`, `all folds, repeat 2`: a run, or a group of them, without its seed.
    pub(super) fn fold_name(&self, run: RunKey, protocol: &Protocol) -> String {
        match self.ensemble {
            Some(over) => group_name(over, run, protocol),
            None => run.fold_name(protocol),
        }
    }
}

impl Context<'_> {
    /// Computes a score and writes it into `folder`.
    ///
    /// # Errors
    /// Predictions that cannot be read, or that are of nobody.
    pub fn score(&self, task: &str, variant: usize, score: usize, folder: &Path) -> Result<()> {
        let program = self.program(variant);
        let declared = &program.scores[score];
        let mut runs = self.runs_of(variant, declared.model);
        let over = declared.ensemble.and_then(|at| program.ensembles.get(at)).map(|ensemble| ensemble.over);
        if let Some(over) = over {
            runs = groups(over, &runs).into_iter().map(|group| group.key).collect();
        }
        let mut scored = Scored {
            of: declared.of.clone(),
            on: declared.on,
            cohort: declared.cohort.clone(),
            ensemble: over,
            lines: Vec::new(),
            confusions: Vec::new(),
            scatters: Vec::new(),
            rankings: match declared.ensemble {
                Some(ensemble) => self.rankings(variant, ensemble)?,
                None => Vec::new(),
            },
        };
        let groups = self.judged_groups(task, variant, declared)?;
        let mut gathered: Vec<Gathered<'_>> = Vec::new();
        for pair in &declared.pairs {
            let of_group = |group| Gathered::of(program, declared, pair, group);
            match groups.as_slice() {
                [] => gathered.push(of_group(None)),
                groups => gathered.extend(groups.iter().map(|group| of_group(Some(group)))),
            }
        }
        let mut by_subject = BySubject::default();
        let request = PredictionRequest::of(program, declared.model).unwrap_or_default();
        for (at, run) in runs.iter().enumerate() {
            let predicted = match declared.ensemble {
                Some(ensemble) => self.ensembled(variant, ensemble, at)?,
                None => self.predicted(variant, declared.model, *run)?,
            };
            // What is known of a truth serves every output, class and group that is compared to it.
            let mut truths: BTreeMap<InputId, OfTruth> = BTreeMap::new();
            for gathered in &mut gathered {
                let of_truth = match truths.entry(gathered.pair.truth) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => {
                        let input = *place.key();
                        place.insert(self.of_truth(task, variant, *run, declared, (input, &predicted))?)
                    }
                };
                let of_run = OfRun { run: *run, request: &request, predicted: &predicted, of_truth };
                gathered.add(task, program, of_run, &mut by_subject)?;
            }
        }
        let bootstrap = Bootstrap::with_seed(runs[0].number());
        if let Some(table) = by_subject.table(&scored.of) {
            put_bytes(&folder.join(BY_SUBJECT), table.as_bytes())?;
        }
        for gathered in &gathered {
            gathered.finish(program, &bootstrap, &mut scored);
        }
        for (name, left_out) in [("mean", false), (WITHOUT_MEAN, true)] {
            let of_these = |pair: &ScorePair| pair.without.is_some() == left_out;
            let count = declared.pairs.iter().filter(|pair| of_these(pair)).count();
            // Of groups and classes, a family has no mean: each stands for itself.
            if count < 2 || !groups.is_empty() || declared.each_class {
                continue;
            }
            for (at, metric) in declared.metrics.iter().enumerate().filter(|(_, m)| **m != Metric::Confusion) {
                let these = declared.pairs.iter().zip(&gathered).filter(|(pair, _)| of_these(pair));
                let keys: Vec<&str> = these.clone().map(|(pair, _)| pair.key.as_str()).collect();
                let members: Vec<EnsembleMember<'_>> = these.map(|(_, g)| g.member(at)).collect();
                let lines: Vec<&Line> =
                    scored.lines.iter().filter(|l| l.metric == *metric && keys.contains(&l.key.as_str())).collect();
                let line = family(name, &lines, *metric, &runs);
                scored.lines.extend(line.map(|line| line.within(*metric, &members, &bootstrap)));
            }
        }
        for line in &scored.lines {
            if let Some(run) = line.runs.iter().find(|run| run.value.is_none() && line.metric != Metric::Confusion) {
                let reason = run.reason.as_deref().unwrap_or_default();
                let of = label(&scored.of, &line.key);
                let (metric, fold) =
                    (line.metric.name(), scored.fold_name(run.run, program.protocol_of(declared.model)));
                self.warn(&format!("{metric} of {of} is missing in {fold}, seed {}: {reason}", run.run.seed));
            }
        }
        put_json(&folder.join(SCORE), &scored)
    }
}

impl Line {
    pub(in crate::plan) fn of(key: &str, metric: Metric, runs: Vec<RunScore>) -> Self {
        let values: Vec<f64> = runs.iter().filter_map(|run| run.value).collect();
        let spread = spread(&values).ok();
        Self {
            key: key.to_owned(),
            metric,
            runs,
            mean: spread.map(|s| s.mean),
            sd: spread.and_then(|s| s.sd),
            low: None,
            high: None,
        }
    }

    /// The line with its interval: subjects are drawn, and what is a mean over runs (and members) for the subjects as
    /// they are is the same mean for those who were drawn. A run that a draw leaves without a score does not count in it.
    pub(in crate::plan) fn within(
        mut self,
        metric: Metric,
        members: &[EnsembleMember<'_>],
        bootstrap: &Bootstrap,
    ) -> Self {
        // Rows of all members and runs in one list; each knows where it comes from.
        let mut persons = Vec::new();
        let mut places = Vec::new();
        let mut runs = 0;
        for (member, (_, of_runs)) in members.iter().enumerate() {
            runs = runs.max(of_runs.len());
            for (run, of_rows) in of_runs.iter().enumerate() {
                persons.extend_from_slice(of_rows);
                places.extend((0..of_rows.len()).map(|row| (member, run, row)));
            }
        }
        let statistic = |drawn: &[usize]| {
            let mut rows = vec![vec![Vec::new(); runs]; members.len()];
            for (member, run, row) in drawn.iter().map(|at| places[*at]) {
                rows[member][run].push(row);
            }
            let of_run = |run: usize| {
                let scores = members
                    .iter()
                    .zip(&rows)
                    .filter_map(|((evidence, _), rows)| Some(evidence.get(run)?.value(metric, rows.get(run)?)));
                mean_of(scores)
            };
            mean_of((0..runs).map(of_run))
        };
        if let Ok(interval) = bootstrap.interval(&persons, statistic) {
            (self.low, self.high) = (Some(interval.low), Some(interval.high));
        }
        self
    }
}

/// The mean over the members of a family, run by run.
fn family(name: &str, members: &[&Line], metric: Metric, runs: &[RunKey]) -> Option<Line> {
    if members.is_empty() {
        return None;
    }
    let of_run = |at: usize, run: &RunKey| {
        let scores: Vec<&RunScore> = members.iter().filter_map(|line| line.runs.get(at)).collect();
        let values: Vec<f64> = scores.iter().filter_map(|score| score.value).collect();
        let value = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let reason = if value.is_none() { scores.iter().find_map(|s| s.reason.clone()) } else { None };
        RunScore { run: *run, value, reason, rows: scores.iter().map(|s| s.rows).sum() }
    };
    let runs = runs.iter().enumerate().map(|(at, run)| of_run(at, run)).collect();
    Some(Line::of(name, metric, runs))
}
