//! Probes: what a simple model can tell from embeddings, fitted in every run to its training subjects and judged on
//! people that neither the model nor the probe has seen.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::task::RunKey;
use super::items::{Item, Items, Members, sets, sets_name};
use super::runs::RunValues;
use super::{AnalysisResult, argument};
use crate::analysis::probe::Standardizer;
use crate::analysis::probe::logistic::Penalty;
use crate::analysis::probe::ridge::{Ridge, default_penalties};
use crate::analysis::probe::search::{Criterion, Labelled, LogisticProbe, PenaltyKind};
use crate::analysis::{AnalysisError, pearson, r2};
use crate::program::{Analysis, Argument, Subset};
use std::collections::BTreeMap;

impl Context<'_> {
    /// A class told from embeddings.
    pub(super) fn logistic_probe(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let groups = self.groups(task, variant, argument(task, declared, "target")?)?;
        let classes: Vec<&String> = groups.keys().collect();
        if classes.len() < 2 {
            let problem = format!("two classes are needed, and there is {}", classes.len());
            return Err(PlanError::task(task, problem));
        }
        let class_of: BTreeMap<&str, usize> = groups
            .values()
            .enumerate()
            .flat_map(|(class, subjects)| subjects.iter().map(move |s| (s.as_str(), class)))
            .collect();
        let draws = declared.number("search").unwrap_or(0.0) as usize;
        let kinds = penalty_kinds(declared);
        let criterion = match declared.word("score") {
            Some("accuracy") => Criterion::Accuracy,
            Some("balanced_accuracy") => Criterion::BalancedAccuracy,
            _ => Criterion::Auc,
        };
        let names: Vec<&str> = classes.iter().map(|c| c.as_str()).collect();
        let how = if draws == 0 {
            "logistic regression on standardised columns, C = 1".to_owned()
        } else {
            format!(
                "logistic regression on standardised columns, fitted to the training subjects; of {draws} random penalties \
                 the one of best {} on the validation subjects",
                declared.word("score").unwrap_or("auc")
            )
        };
        let method = format!("{how}; {} told apart on {}", names.join(" and "), sets_name(declared));
        let labelled = |items: Vec<&Item>| -> (ndarray::Array2<f64>, Vec<usize>) {
            let with: Vec<(&Item, usize)> =
                items.into_iter().filter_map(|item| Some((item, class(&class_of, item)?))).collect();
            let (items, labels): (Vec<&Item>, Vec<usize>) = with.into_iter().unzip();
            (Items::table(&items), labels)
        };
        self.probed(task, variant, (declared, method), &[String::new()], |run, items| {
            let (training, labels) = labelled(items.of(&[Subset::Training]));
            let training = Labelled { table: training.view(), labels: &labels };
            let probe = if draws == 0 {
                let mixture = match kinds.first() {
                    Some(PenaltyKind::L1) => 1.0,
                    Some(PenaltyKind::Elastic) => 0.5,
                    _ => 0.0,
                };
                LogisticProbe::fit(training, classes.len(), Penalty { strength: 1.0, mixture })
            } else {
                let (validation, labels) = labelled(items.of(&[Subset::Validation]));
                if labels.is_empty() {
                    let problem = "there are no validation subjects to choose the penalty on; give the protocol some \
                                   (kfold(5, validation: 0.1)), or write `search: 0`";
                    return Err(PlanError::task(task, problem));
                }
                let validation = Labelled { table: validation.view(), labels: &labels };
                let how = (draws, kinds.as_slice(), criterion);
                LogisticProbe::search(training, validation, classes.len(), how, run.number())
            };
            let (judged, labels) = labelled(items.of(sets(declared)));
            let scored = probe.and_then(|probe| {
                let scores = probe.score(Labelled { table: judged.view(), labels: &labels })?;
                Ok((probe.penalty, scores))
            });
            let (penalty, scores) = match scored {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
            Ok(Ok(vec![
                ("auc", vec![scores.auc]),
                ("accuracy", vec![Some(scores.accuracy)]),
                ("balanced_accuracy", vec![Some(scores.balanced_accuracy)]),
                ("strength", vec![Some(penalty.strength)]),
                ("mixture", vec![Some(penalty.mixture)]),
            ]))
        })
    }

    /// Numbers told from embeddings.
    pub(super) fn linear_probe(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let factors = self.values(task, variant, argument(task, declared, "factor")?)?;
        let places = factors.places();
        let method = format!(
            "ridge regression on standardised columns, fitted to the training subjects with the penalty of least \
             leave-one-out error; judged on {}",
            sets_name(declared)
        );
        let names = factors.names.clone();
        self.probed(task, variant, (declared, method), &names, |_, items| {
            let told = |item: &Item| -> Option<Vec<f64>> {
                let row = places.get(item.subject.as_str()).or_else(|| places.get(item.key.as_str()))?;
                factors.values[*row].iter().copied().collect()
            };
            Ok(ridge(&names, items, sets(declared), &told))
        })
    }

    /// Runs a probe in every run; where a run has no answer the others stay, with a note.
    fn probed(
        &self,
        task: &str,
        variant: usize,
        (declared, method): (&Analysis, String),
        names: &[String],
        probe: impl Fn(RunKey, &Items) -> Result<std::result::Result<RunValues, AnalysisError>>,
    ) -> Result<AnalysisResult> {
        let values = argument(task, declared, "values")?;
        self.by_run(task, variant, (declared, method), names, |run| {
            let items = self.items(task, variant, run, values, Members::Joined)?;
            probe(run, &items)
        })
    }
}

fn penalty_kinds(declared: &Analysis) -> Vec<PenaltyKind> {
    let Some(Argument::Words(words)) = declared.arguments.get("penalty") else { return vec![PenaltyKind::L2] };
    let kind = |word: &String| match word.as_str() {
        "l1" => PenaltyKind::L1,
        "elastic" => PenaltyKind::Elastic,
        _ => PenaltyKind::L2,
    };
    words.iter().map(kind).collect()
}

fn class(classes: &BTreeMap<&str, usize>, item: &Item) -> Option<usize> {
    classes.get(item.subject.as_str()).or_else(|| classes.get(item.key.as_str())).copied()
}

/// Ridge regression of every factor on the embeddings.
fn ridge(
    names: &[String],
    items: &Items,
    judged: &[Subset],
    told: &dyn Fn(&Item) -> Option<Vec<f64>>,
) -> std::result::Result<RunValues, AnalysisError> {
    let with = |items: Vec<&Item>| -> (ndarray::Array2<f64>, Vec<Vec<f64>>) {
        let with: Vec<_> = items.into_iter().filter_map(|item| Some((item, told(item)?))).collect();
        let (items, numbers): (Vec<&Item>, Vec<Vec<f64>>) = with.into_iter().unzip();
        (Items::table(&items), numbers)
    };
    let (training, known) = with(items.of(&[Subset::Training]));
    let (tested, truth) = with(items.of(judged));
    let scale = Standardizer::fit(training.view())?;
    let fit = Ridge::of(scale.apply(training.view())?.view())?;
    let tested = scale.apply(tested.view())?;
    let (mut share, mut r, mut strength) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..names.len() {
        let column = |rows: &[Vec<f64>]| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        let fitted = fit.fit(&column(&known), &default_penalties())?;
        let (truth, predicted) = (column(&truth), fitted.predict(tested.view())?);
        share.push(Some(r2(&truth, &predicted)?));
        // Predictions that do not vary correlate with nothing.
        r.push(pearson(&truth, &predicted).ok().map(|c| c.r));
        strength.push(Some(fitted.penalty));
    }
    Ok(vec![("r2", share), ("r", r), ("strength", strength)])
}
