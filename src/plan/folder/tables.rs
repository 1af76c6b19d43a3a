//! Tables of a run's folder: flow, scores of one run, predictions.

use super::super::analyse::clean;
use super::super::metric::{largest, softmax};
use super::super::predict::Predicted;
use super::super::request::PredictionRequest;
use super::super::score::{Scored, label};
use super::super::task::RunKey;
use crate::data::flow::Flow;
use crate::graph::Kind;
use crate::program::{Program, Score};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Outputs with more numbers a subject are kept in the store alone.
const WIDEST: usize = 64;

/// Who was left out, or kept without something, and why; then who is analysed.
pub(in crate::plan) fn flow(by_variant: &[(Vec<String>, Vec<Flow>)]) -> String {
    let mut text = String::from("variants\tcohort\tstate\treason\trecords\tparticipants\n");
    let mut line = |variants: &str, cohort: &str, state: &str, reason: &str, n: usize, who: &[String]| {
        let who = if who.is_empty() { "n/a".to_owned() } else { clean(&who.join(",")) };
        let reason = if reason.is_empty() { "n/a".to_owned() } else { clean(reason) };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{variants}\t{}\t{state}\t{reason}\t{n}\t{who}", clean(cohort));
    };
    for (variants, flows) in by_variant {
        let variants = if by_variant.len() == 1 { "all".to_owned() } else { clean(&variants.join(",")) };
        for flow in flows {
            line(&variants, &flow.cohort, "found", "", flow.found, &[]);
            let groups = [("left out", &flow.left_out), ("note", &flow.notes), ("unreadable", &flow.unreadable)];
            for (state, group) in groups.iter().flat_map(|(state, groups)| groups.iter().map(move |g| (state, g))) {
                line(&variants, &flow.cohort, state, &group.reason, group.records.len(), &group.records);
            }
            line(&variants, &flow.cohort, "analysed", "", flow.analysed, &[]);
            for (input, count) in &flow.having {
                line(&variants, &flow.cohort, "have", input, *count, &[]);
            }
        }
    }
    text
}

/// The scores of one run, or of one group of runs.
pub(super) fn scores_of_run<'a>(scores: impl IntoIterator<Item = &'a Scored>, run: RunKey) -> String {
    let mut text = String::from("of\ton\tmetric\tvalue\trows\tnote\n");
    for scored in scores {
        for line in &scored.lines {
            for score in line.runs.iter().filter(|score| score.run == run) {
                let value = score.value.map_or("n/a".to_owned(), |v| v.to_string());
                let note = score.reason.as_deref().map_or("n/a".to_owned(), clean);
                let (of, on) = (clean(&label(&scored.of, &line.key)), scored.on_name());
                let _ = writeln!(text, "{of}\t{on}\t{}\t{value}\t{}\t{note}", line.metric.name(), score.rows);
            }
        }
    }
    text
}

/// Predictions of one run, by subject.
#[derive(Debug, Default)]
pub(super) struct Predictions {
    lines: String,
}

impl Predictions {
    /// Adds what a model predicted and is scored on: classes with their probabilities or decisions, and numbers.
    pub fn add<'a>(
        &mut self,
        program: &Program,
        model: usize,
        scores: impl Iterator<Item = &'a Score>,
        predicted: &Predicted,
    ) {
        let Some(request) = PredictionRequest::of(program, model) else { return };
        // What a support vector machine says of classes is no probability.
        let baseline = program.baseline_of(model).and_then(|at| program.baselines.get(at));
        let decides = baseline.is_some_and(|baseline| !baseline.method.gives_probabilities());
        // Of an output that is scored in several ways (by class, by group) people have one row each.
        let mut told = BTreeSet::new();
        for score in scores {
            for pair in score.pairs.iter().filter(|pair| pair.without.is_none()) {
                if !told.insert((pair.prediction, pair.truth)) {
                    continue;
                }
                let places = request.node(pair.prediction).zip(request.truth(pair.truth));
                let Some((node, truth)) =
                    places.and_then(|(n, t)| Some((predicted.nodes.get(n)?, predicted.truths.get(t)?)))
                else {
                    continue;
                };
                if node.width() > WIDEST {
                    continue;
                }
                let kind = &program.graph.inputs[pair.truth.index()].ty.kind;
                for (at, row) in predicted.rows.iter().enumerate() {
                    let Some(values) = node.row(at) else { continue };
                    let of = clean(&label(&score.of, &pair.key));
                    for (element, shown, true_value) in cells((kind, decides), values, truth.row(at), &truth.elements) {
                        let who = clean(&row.key);
                        let set = row.set.name();
                        let _ = writeln!(
                            self.lines,
                            "{who}\t{}\t{set}\t{of}\t{element}\t{true_value}\t{shown}",
                            clean(&row.cohort)
                        );
                    }
                }
            }
        }
    }

    /// The table; `None` where there is nothing in it.
    pub fn text(&self) -> Option<String> {
        (!self.lines.is_empty())
            .then(|| format!("participant_id\tcohort\tset\toutput\telement\ttruth\tprediction\n{}", self.lines))
    }
}

/// Element, prediction and truth as text; of classes what decided, or their probabilities.
fn cells(
    (kind, decides): (&Kind, bool),
    values: &[f32],
    truth: Option<&[f32]>,
    elements: &[String],
) -> Vec<(String, String, String)> {
    let absent = || "n/a".to_owned();
    if let Kind::Class(levels) = kind {
        let probabilities = softmax(values);
        let name = |class: usize| levels.get(class).map_or_else(absent, |l| clean(l));
        let best = largest(probabilities.iter().copied());
        let true_class = truth.and_then(|t| t.first()).map_or_else(absent, |t| name(*t as usize));
        let mut cells = vec![("class".to_owned(), name(best), true_class.clone())];
        if decides {
            let decision = |(class, d): (usize, &f32)| {
                (format!("decision for {}", name(class)), d.to_string(), true_class.clone())
            };
            cells.extend(values.iter().enumerate().map(decision));
            return cells;
        }
        let probability =
            |(class, p): (usize, &f64)| (format!("probability of {}", name(class)), p.to_string(), true_class.clone());
        cells.extend(probabilities.iter().enumerate().map(probability));
        return cells;
    }
    let element = |i: usize| match elements.get(i) {
        Some(name) => clean(name),
        None if values.len() == 1 => "value".to_owned(),
        None => (i + 1).to_string(),
    };
    let value = |i: usize| truth.and_then(|t| t.get(i)).map_or_else(absent, ToString::to_string);
    values.iter().enumerate().map(|(i, v)| (element(i), v.to_string(), value(i))).collect()
}
