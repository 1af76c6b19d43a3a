//! What the metrics of an output are computed from, run by run: of everybody or of a group, of all classes or of one.
//!
//! ```text
//!  Predicted of a run ──add──▶ Gathered { evidence and score, by metric and class } ──finish──▶ Lines, matrices, scatters
//! ```

use super::super::analyse::row_name;
use super::super::error::{PlanError, Result};
use super::super::metric::{MetricInput, PairedValues, TargetType};
use super::super::predict::Predicted;
use super::super::request::PredictionRequest;
use super::super::task::RunKey;
use super::by_subject::BySubject;
use super::label::{label, with_part};
use super::people::{Group, OfTruth};
use super::{Line, MOST_POINTS, Matrix, RunScore, Scatter, Scored};
use crate::analysis::Bootstrap;
use crate::graph::Kind;
use crate::program::{Metric, Program, Score, ScorePair};

/// A logit that leaves no other class a chance.
const BACKGROUND: f32 = 100.0;

/// What one output's metric is computed from, by run, and whose each row is.
pub(super) type EnsembleMember<'a> = (&'a [MetricInput], &'a [Vec<usize>]);

/// A pair's evidence over all runs, of everybody or of one group.
pub(super) struct Gathered<'a> {
    score: &'a Score,
    pub pair: &'a ScorePair,
    /// The pair's key, and the group's.
    key: String,
    group: Option<&'a Group>,
    /// Scores and evidence by run, by metric and class.
    lines: Vec<Asked>,
    /// By run: whose each row is.
    persons: Vec<Vec<usize>>,
    points: Vec<(String, f64, f64)>,
}

/// A metric of all classes together or of one.
struct Asked {
    key: String,
    metric: Metric,
    class: Option<usize>,
    runs: Vec<RunScore>,
    evidence: Vec<MetricInput>,
}

/// What a run gives to be judged.
pub(super) struct OfRun<'a> {
    pub run: RunKey,
    /// What was asked: where each output and truth is among what was predicted.
    pub request: &'a PredictionRequest,
    pub predicted: &'a Predicted,
    pub of_truth: &'a OfTruth,
}

impl<'a> Gathered<'a> {
    pub fn of(program: &Program, score: &'a Score, pair: &'a ScorePair, group: Option<&'a Group>) -> Self {
        let key = match group {
            Some(group) => with_part(&pair.key, &format!("where {}", group.name)),
            None => pair.key.clone(),
        };
        let (levels, first) = match &program.graph.inputs[pair.truth.index()].ty.kind {
            Kind::Class(levels) => (levels.as_slice(), 0),
            // The background of a mask is no class that is looked for.
            Kind::Mask(levels) => (levels.as_slice(), 1),
            _ => (&[][..], 0),
        };
        let mut lines = Vec::new();
        for metric in &score.metrics {
            let asked =
                |key: String, class| Asked { key, metric: *metric, class, runs: Vec::new(), evidence: Vec::new() };
            if score.each_class && *metric != Metric::Confusion {
                let classes = levels.iter().enumerate().skip(first);
                lines.extend(
                    classes.map(|(class, level)| asked(with_part(&key, &format!("class {level}")), Some(class))),
                );
            } else {
                lines.push(asked(key.clone(), None));
            }
        }
        Self { score, pair, key, group, lines, persons: Vec::new(), points: Vec::new() }
    }

    pub fn add(&mut self, task: &str, program: &Program, of_run: OfRun<'_>, by_subject: &mut BySubject) -> Result<()> {
        let (score, pair) = (self.score, self.pair);
        let OfRun { run, request, predicted, of_truth } = of_run;
        let truth = request.truth(pair.truth).and_then(|truth| predicted.truths.get(truth));
        let node = match pair.without {
            None => request.node(pair.prediction).and_then(|node| predicted.nodes.get(node)),
            Some(left_out) => request
                .node_without(pair.prediction, left_out)
                .and_then(|(input, node)| predicted.without.get(input)?.get(node)),
        };
        let values = node.zip(truth);
        let (node, truth) =
            values.ok_or_else(|| PlanError::inconsistent("a score's output is not among the predictions"))?;
        let mut paired = PairedValues::new(TargetType::of(program, pair.truth), &truth.shape, &node.shape);
        paired.training_mean.clone_from(&of_truth.mean);
        let (mut persons, mut subjects) = (Vec::new(), Vec::new());
        // Masks are judged subject by subject as they come: those of whole heads would not lie side by side.
        let one_by_one = matches!(paired.what, TargetType::Mask(_)) && !score.metrics.contains(&Metric::Skill);
        let mut by_row: Vec<Vec<crate::analysis::error::Result<f64>>> = vec![Vec::new(); self.lines.len()];
        let mut rows = 0;
        for (at, row) in predicted.rows.iter().enumerate().filter(|(_, row)| row.set == score.on) {
            if score.cohort.as_ref().is_some_and(|cohort| *cohort != row.cohort)
                || self.group.is_some_and(|group| !group.members.contains(&row.key))
            {
                continue;
            }
            let (Some(t), Some(p)) = (truth.row(at), node.row(at)) else { continue };
            match of_truth.beyond.get(&row.key) {
                Some(beyond) => paired.push(t, &without_what_is_beyond(p, beyond)),
                None => paired.push(t, p),
            }
            persons.push(row.person);
            subjects.push(row_name(&row.key, row.slice));
            paired.voxel_mm.extend(of_truth.voxel_mm.get(&row.key));
            rows += 1;
            if one_by_one {
                for (asked, scores) in self.lines.iter().zip(&mut by_row) {
                    let here = paired.evidence(asked.metric, asked.class).map_err(|e| PlanError::task(task, e))?;
                    if let MetricInput::ByRow(of_row) = here {
                        scores.extend(of_row);
                    }
                }
                paired.clear();
                [truth, node].into_iter().for_each(|values| values.values.give_back());
            }
            if let ([t], [p]) = (t, p)
                && paired.what == TargetType::Numbers
            {
                self.points.push((row.key.clone(), f64::from(*t), f64::from(*p)));
            }
        }
        if rows == 0 && self.group.is_some() {
            // A fold without anybody of a group is none of the others' fault: the score is missing there, and says why.
            self.persons.push(persons);
            for asked in &mut self.lines {
                let reason = Some("nobody of the group is judged there".to_owned());
                asked.runs.push(RunScore { run, value: None, reason, rows: 0 });
                asked.evidence.push(MetricInput::ByRow(Vec::new()));
            }
            return Ok(());
        }
        if rows == 0 {
            let problem = format!(
                "{} has nobody to be scored on in {}: no subject of that set has both the output and `{}`",
                label(&score.of, &self.key),
                run.name(program.protocol_of(score.model)),
                truth.name,
            );
            return Err(PlanError::task(task, problem));
        }
        self.persons.push(persons);
        let all: Vec<usize> = (0..rows).collect();
        for (asked, of_rows) in self.lines.iter_mut().zip(by_row) {
            let here = match one_by_one {
                true => MetricInput::ByRow(of_rows),
                false => paired.evidence(asked.metric, asked.class).map_err(|e| PlanError::task(task, e))?,
            };
            let value = if asked.metric == Metric::Confusion { None } else { Some(here.value(asked.metric, &all)) };
            let (value, reason) = match value {
                Some(Ok(value)) => (Some(value), None),
                Some(Err(e)) => (None, Some(e.to_string())),
                None => (None, None),
            };
            if let MetricInput::ByRow(values) = &here {
                by_subject.add(run, &asked.key, asked.metric, &subjects, values);
            }
            asked.runs.push(RunScore { run, value, reason, rows });
            asked.evidence.push(here);
        }
        Ok(())
    }

    /// The score of the first metric in the first run.
    pub fn first(&self) -> Option<&RunScore> {
        self.lines.first()?.runs.first()
    }

    pub fn member(&self, metric: usize) -> EnsembleMember<'_> {
        (self.lines.get(metric).map_or(&[], |asked| &asked.evidence), &self.persons)
    }

    pub fn finish(&self, program: &Program, bootstrap: &Bootstrap, scored: &mut Scored) {
        for (at, asked) in self.lines.iter().enumerate() {
            if asked.metric == Metric::Confusion {
                if let (Some(counts), Kind::Class(classes)) =
                    (confusion(&asked.evidence), &program.graph.inputs[self.pair.truth.index()].ty.kind)
                {
                    scored.confusions.push(Matrix { key: self.key.clone(), classes: classes.clone(), counts });
                }
                continue;
            }
            let line = Line::of(&asked.key, asked.metric, asked.runs.clone());
            scored.lines.push(line.within(asked.metric, &[self.member(at)], bootstrap));
        }
        if !self.points.is_empty() && self.points.len() <= MOST_POINTS {
            let target = program.inputs[self.pair.truth.index()].name.clone();
            scored.scatters.push(Scatter { key: self.key.clone(), target, points: self.points.clone() });
        }
    }
}

/// Logits `[classes, voxels]` with the background beyond the scan: what is drawn there is in no label map, and nobody's error.
fn without_what_is_beyond(logits: &[f32], beyond: &[bool]) -> Vec<f32> {
    let mut logits = logits.to_vec();
    let voxels = beyond.len();
    for (class, of_class) in logits.chunks_exact_mut(voxels.max(1)).enumerate() {
        let value = if class == 0 { BACKGROUND } else { -BACKGROUND };
        of_class.iter_mut().zip(beyond).filter(|(_, beyond)| **beyond).for_each(|(logit, _)| *logit = value);
    }
    logits
}

/// The matrices of all runs added up.
fn confusion(evidence: &[MetricInput]) -> Option<Vec<Vec<u64>>> {
    evidence.iter().filter_map(MetricInput::confusion).reduce(|mut sum, run| {
        let cells = sum.iter_mut().flatten().zip(run.into_iter().flatten());
        cells.for_each(|(sum, n)| *sum += n);
        sum
    })
}
