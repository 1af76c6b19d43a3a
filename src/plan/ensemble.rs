//! Ensemble tasks: the predictions of several runs for the held-out people become one.
//!
//! ```text
//!  [Predicted], one a run of a group ──ranked, where the best are asked──▶ joined by row ──▶ combined by the ensemble's rule
//!                                                                                                └──▶ Predicted, one a group
//! ```
//!
//! What comes out has the form of a run's prediction, so that a score reads either. Class probabilities are kept as
//! their logarithms: those are logits, whose softmax is what was combined.

mod ranked;

pub use ranked::{Ranked, Ranking};

use super::context::Context;
use super::error::{PlanError, Result};
use super::metric::{TargetType, softmax};
use super::predict::{Predicted, Row, Values};
use super::request::PredictionRequest;
use super::store::{get_json, put_json};
use super::task::RunKey;
use crate::analysis::ensemble::{Combination, combine, mean_prediction};
use crate::graph::NodeId;
use crate::program::{Ensemble, EnsembleOver, Program, Protocol, Rule, Subset};
use ndarray::{Array2, Array3};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Changes when an ensemble changes its meaning.
pub(super) const VERSION: u32 = 1;

/// How runs were ranked.
const RANKINGS: &str = "rankings.json";

/// Runs that predict as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// What its members have in common; what they differ in is 0.
    pub key: RunKey,
    pub members: Vec<RunKey>,
}

/// The groups of runs, in the order of their first members.
pub(super) fn groups(over: EnsembleOver, runs: &[RunKey]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for run in runs {
        let key = match over {
            EnsembleOver::Folds => RunKey { fold: 0, ..*run },
            EnsembleOver::Repeats => RunKey { repeat: 0, ..*run },
            EnsembleOver::Runs => runs[0],
        };
        match groups.iter_mut().find(|group| group.key == key) {
            Some(group) => group.members.push(*run),
            None => groups.push(Group { key, members: vec![*run] }),
        }
    }
    groups
}

/// `all folds, repeat 2`: a group without its seed.
pub(super) fn group_name(over: EnsembleOver, key: RunKey, protocol: &Protocol) -> String {
    match over {
        EnsembleOver::Folds if protocol.repeats > 1 => format!("all folds, repeat {}", key.repeat + 1),
        EnsembleOver::Folds => "all folds".into(),
        EnsembleOver::Repeats if protocol.kind.folds() == 1 => "all repeats".into(),
        EnsembleOver::Repeats => format!("fold {}, all repeats", key.fold + 1),
        EnsembleOver::Runs => "all folds and seeds".into(),
    }
}

/// What of an ensemble decides its result.
pub(super) fn identity(program: &Program, ensemble: usize) -> Value {
    let declared = &program.ensembles[ensemble];
    let request = PredictionRequest::of(program, declared.model).unwrap_or_default();
    let nodes: Vec<Value> = combined(program, ensemble)
        .iter()
        .map(|(node, what)| json!([request.node(*node), format!("{what:?}")]))
        .collect();
    let plain = json!([declared.over, declared.rule, nodes]);
    match (declared.on, declared.best) {
        (Subset::Holdout, None) => plain,
        (on, None) => json!([plain, on]),
        (on, Some(best)) => {
            let pairs = program.ranked_by(ensemble).map_or(&[][..], |score| &score.pairs);
            let ranked: Vec<Value> = pairs
                .iter()
                .map(|pair| json!([request.node(pair.prediction), request.truth(pair.truth), pair.without.is_some()]))
                .collect();
            json!([plain, on, best, ranked])
        }
    }
}

/// The nodes that scores ask of an ensemble, each once, with what they predict.
fn combined(program: &Program, ensemble: usize) -> BTreeMap<NodeId, TargetType> {
    let scores = program.scores.iter().filter(|score| score.ensemble == Some(ensemble));
    scores.flat_map(|score| &score.pairs).map(|pair| (pair.prediction, TargetType::of(program, pair.truth))).collect()
}

impl Context<'_> {
    /// The prediction of a group of an ensemble.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn ensembled(&self, variant: usize, ensemble: usize, group: usize) -> Result<Predicted> {
        let task = self.layout.variants[variant].ensembles.get(ensemble).copied();
        let task = task.ok_or_else(|| PlanError::inconsistent("an ensemble that is scored has no task"))?;
        Ok(Predicted::read_part(&self.folder(task)?, &part(group))?.of_program(self.program(variant)))
    }

    /// Combines the predictions of every group and writes them into `folder`.
    ///
    /// # Errors
    /// Predictions that cannot be read or do not belong together.
    pub fn ensemble(&self, task: &str, variant: usize, ensemble: usize, folder: &Path) -> Result<()> {
        let program = self.program(variant);
        let declared = &program.ensembles[ensemble];
        let request = PredictionRequest::of(program, declared.model).unwrap_or_default();
        let wanted = combined(program, ensemble);
        let mut rankings = Vec::new();
        for (at, group) in groups(declared.over, &self.layout.variants[variant].runs).iter().enumerate() {
            let members = group.members.iter().map(|run| self.predicted(variant, declared.model, *run));
            let mut members: Vec<Predicted> = members.collect::<Result<_>>()?;
            if let Some(best) = declared.best {
                let ranking = Ranking::of(task, program, ensemble, best, (group.key, &group.members, &members))?;
                members = members.into_iter().zip(&ranking.runs).filter(|(_, r)| r.taken).map(|(m, _)| m).collect();
                rankings.push(ranking);
            }
            let joined = joined(task, declared.on, &members)?;
            let nodes = request.nodes.iter().enumerate().map(|(place, node)| match wanted.get(node) {
                Some(what) => of_node(task, declared, *what, &members, &joined, place),
                None => Ok(Values::default()),
            });
            let nodes = nodes.collect::<Result<_>>()?;
            let truths = members[0].truths.iter().map(|truth| of_rows(truth, &joined.places[0])).collect();
            let together = Predicted { rows: joined.rows, nodes, truths, without: Vec::new(), grids: Vec::new() };
            together.write_part(folder, &part(at))?;
        }
        if declared.best.is_some() {
            put_json(&folder.join(RANKINGS), &rankings)?;
        }
        Ok(())
    }

    /// How the runs of an ensemble were ranked, group by group; nothing where it takes all of them.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn rankings(&self, variant: usize, ensemble: usize) -> Result<Vec<Ranking>> {
        if self.program(variant).ensembles.get(ensemble).is_none_or(|declared| declared.best.is_none()) {
            return Ok(Vec::new());
        }
        let task = self.layout.variants[variant].ensembles.get(ensemble).copied();
        let task = task.ok_or_else(|| PlanError::inconsistent("an ensemble that is scored has no task"))?;
        get_json(&self.folder(task)?.join(RANKINGS))
    }
}

/// What the names of a group's files begin with.
pub(super) fn part(group: usize) -> String {
    format!("group-{}_", group + 1)
}

/// The people who judge, and where each is in the predictions of every member.
struct Joined {
    rows: Vec<Row>,
    /// By member, by row.
    places: Vec<Vec<usize>>,
}

fn joined(task: &str, on: Subset, members: &[Predicted]) -> Result<Joined> {
    let Some(first) = members.first() else { return Err(PlanError::inconsistent("an ensemble has no member")) };
    let rows: Vec<Row> = first.rows.iter().filter(|row| row.set == on).cloned().collect();
    if rows.is_empty() {
        let problem = match on {
            Subset::Holdout => "nobody is held out; keep people out of the folds: kfold(5, holdout: 100)",
            _ => "nobody tests its models who has what they read",
        };
        return Err(PlanError::task(task, problem));
    }
    let mut places = Vec::with_capacity(members.len());
    for member in members {
        let judges = member.rows.iter().enumerate().filter(|(_, row)| row.set == on);
        let known: BTreeMap<(&str, usize), usize> =
            judges.map(|(at, row)| ((row.key.as_str(), row.slice), at)).collect();
        let place = |row: &Row| known.get(&(row.key.as_str(), row.slice)).copied();
        let found: Option<Vec<usize>> = rows.iter().map(place).collect();
        let Some(found) = found.filter(|found| found.len() == known.len()) else {
            return Err(PlanError::inconsistent(format!("{task}: two runs are judged on other people")));
        };
        places.push(found);
    }
    Ok(Joined { rows, places })
}

/// The values of some rows, numbered anew.
fn of_rows(values: &Values, places: &[usize]) -> Values {
    let (mut rows, mut kept) = (Vec::new(), Vec::new());
    for (row, place) in places.iter().enumerate() {
        if let Some(numbers) = values.row(*place) {
            rows.push(row);
            kept.extend_from_slice(numbers);
        }
    }
    Values { rows, values: kept.into(), ..values.clone() }
}

/// What the members say of a node, as one.
fn of_node(
    task: &str,
    ensemble: &Ensemble,
    what: TargetType,
    members: &[Predicted],
    joined: &Joined,
    node: usize,
) -> Result<Values> {
    let mut aligned = Vec::with_capacity(members.len());
    for (member, places) in members.iter().zip(&joined.places) {
        let values = member.nodes.get(node);
        let values = values.ok_or_else(|| PlanError::inconsistent("an output is not among the predictions"))?;
        aligned.push(of_rows(values, places));
    }
    let first = &aligned[0];
    if aligned.iter().any(|values| values.rows != first.rows || values.values.len() != first.values.len()) {
        return Err(PlanError::inconsistent(format!("{task}: two runs predict other people")));
    }
    let values = match what {
        TargetType::Class(classes) | TargetType::Mask(classes) => {
            let places = first.width() / classes.max(1);
            let p = probabilities(&aligned, classes, places);
            let p = combine(p.view(), combination(ensemble.rule)).map_err(|e| PlanError::task(task, e))?;
            log_probabilities(&p, places)
        }
        TargetType::Numbers | TargetType::Image(_) => {
            let numbers = aligned.iter().flat_map(|values| values.values.iter().map(|v| f64::from(*v))).collect();
            let numbers = Array2::from_shape_vec((aligned.len(), first.values.len()), numbers)
                .map_err(|e| PlanError::inconsistent(e.to_string()))?;
            let mean = mean_prediction(numbers.view()).map_err(|e| PlanError::task(task, e))?;
            mean.into_iter().map(|v| v as f32).collect()
        }
    };
    Ok(Values { values: values.into(), ..first.clone() })
}

fn combination(rule: Rule) -> Combination {
    match rule {
        Rule::Mean => Combination::Mean,
        Rule::InverseEntropy => Combination::InverseEntropy,
        Rule::Vote => Combination::Vote,
        Rule::InverseEntropyVote => Combination::InverseEntropyVote,
        Rule::MostConfident => Combination::MostConfident,
    }
}

/// Logits, one row `[classes, places]`, as `[members, rows * places, classes]` probabilities.
fn probabilities(members: &[Values], classes: usize, places: usize) -> Array3<f64> {
    let rows = members[0].rows.len();
    let mut p = Array3::zeros((members.len(), rows * places, classes));
    for (member, mut of_member) in members.iter().zip(p.outer_iter_mut()) {
        for (at, mut to) in of_member.rows_mut().into_iter().enumerate() {
            let (row, place) = (at / places, at % places);
            let logit = |class: usize| member.values[(row * classes + class) * places + place];
            let logits: Vec<f32> = (0..classes).map(logit).collect();
            to.iter_mut().zip(softmax(&logits)).for_each(|(to, p)| *to = p.min(1.0));
        }
    }
    p
}

/// The way back: `[rows * places, classes]` probabilities as logits.
fn log_probabilities(p: &Array2<f64>, places: usize) -> Vec<f32> {
    let (n, classes) = p.dim();
    let mut logits = Vec::with_capacity(n * classes);
    for row in 0..n / places.max(1) {
        for class in 0..classes {
            logits.extend((0..places).map(|place| p[[row * places + place, class]].ln() as f32));
        }
    }
    logits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logits(values: &[f32]) -> Values {
        Values { shape: vec![2, 2], rows: vec![0], values: values.to_vec().into(), ..Values::default() }
    }

    #[test]
    fn runs_are_grouped_by_what_they_share() {
        let run = |seed, fold, repeat| RunKey { seed, fold, repeat };
        let runs: Vec<RunKey> =
            [1, 2].into_iter().flat_map(|s| (0..2).flat_map(move |f| (0..2).map(move |r| run(s, f, r)))).collect();
        let folds = groups(EnsembleOver::Folds, &runs);
        assert_eq!(folds.len(), 4);
        assert_eq!(folds[1].members, [run(1, 0, 1), run(1, 1, 1)]);
        let repeats = groups(EnsembleOver::Repeats, &runs);
        assert_eq!(repeats.len(), 4);
        assert_eq!(repeats[1].members, [run(1, 1, 0), run(1, 1, 1)]);
        assert_eq!(groups(EnsembleOver::Runs, &runs)[0].members, runs);
    }

    #[test]
    fn a_mask_is_combined_place_by_place_and_comes_back_as_logits() {
        // Two classes at two places; the first model is sure of the first place, the second of the second.
        let members = [logits(&[4.0, 0.0, 0.0, 0.0]), logits(&[0.0, 0.0, 0.0, 4.0])];
        let p = probabilities(&members, 2, 2);
        let combined = combine(p.view(), Combination::MostConfident).unwrap_or_default();
        let back = logits(&log_probabilities(&combined, 2));
        let p = probabilities(&[back], 2, 2);
        let sure = 1.0 / (1.0 + (-4.0_f64).exp());
        for (at, class) in [(0, 0), (1, 1)] {
            assert!((p[[0, at, class]] - sure).abs() < 1e-6, "{p}");
        }
    }

    #[test]
    fn a_class_nobody_votes_for_has_probability_zero_and_not_nan() {
        let certain = log_probabilities(&ndarray::array![[1.0, 0.0]], 1);
        assert_eq!(softmax(&certain), [1.0, 0.0]);
    }
}
