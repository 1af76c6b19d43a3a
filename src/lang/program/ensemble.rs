//! Ensembles: one prediction of the held-out people from the models of several training runs.

use super::{Metric, Program, Score, Subset};
use crate::graph::Kind;
use serde::{Deserialize, Serialize};

/// One `ensemble`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ensemble {
    /// Position of the model in [`super::Program::models`].
    pub model: usize,
    /// Whose predictions become one.
    pub over: EnsembleOver,
    /// How class probabilities become one; numbers are averaged.
    pub rule: Rule,
    /// Who judges it: those held out of every fold, or those who test, where they are the same for all its models.
    // Not written where it is what it was before there was a choice; so is what follows.
    #[serde(default = "held_out", skip_serializing_if = "is_held_out")]
    pub on: Subset,
    /// The runs that are taken, where it is not all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<Best>,
}

/// The best runs by what they reach on those who validate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Best {
    /// How many are taken of a group.
    pub count: usize,
    /// What they are ranked by.
    pub by: Metric,
}

fn held_out() -> Subset {
    Subset::Holdout
}

fn is_held_out(on: &Subset) -> bool {
    *on == Subset::Holdout
}

impl Program {
    /// The score of an ensemble whose output and truth rank its runs: the first of which the metric can be taken.
    pub fn ranked_by(&self, ensemble: usize) -> Option<&Score> {
        let by = self.ensembles.get(ensemble)?.best?.by;
        self.scores.iter().find(|score| score.ensemble == Some(ensemble) && self.is_of(by, score))
    }

    fn is_of(&self, metric: Metric, score: &Score) -> bool {
        (!metric.is_of_images() || score.metrics.contains(&metric))
            && score.pairs.first().is_some_and(|pair| metric.ranks(&self.graph.inputs[pair.truth.index()].ty.kind))
    }
}

impl Metric {
    /// Whether what runs predict of such a truth can be ranked by it, of those who validate and nothing besides.
    pub fn ranks(self, truth: &Kind) -> bool {
        // These need the training images, or the size of voxels.
        if self.larger_is_better().is_none() || matches!(self, Self::Skill) || self.is_of_grids() {
            return false;
        }
        match truth {
            Kind::Class(_) => self.is_of_classes(),
            Kind::Mask(_) => self.is_of_masks() || self.has_classes(false),
            _ => !self.is_of_classes() && !self.is_of_masks(),
        }
    }
}

/// The training runs whose models stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnsembleOver {
    /// The folds of one division with one initialisation: an ensemble a seed and repeat.
    Folds,
    /// The initialisations of one fold: an ensemble a seed and fold.
    Repeats,
    /// Every fold, seed and repeat: a single ensemble.
    Runs,
}

/// How the class probabilities of the models become one. Definitions stand in `fascicle_analysis::ensemble`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The plain mean.
    Mean,
    /// The mean weighted by inverse entropy, subject by subject.
    InverseEntropy,
    /// A vote for each model's most probable class.
    Vote,
    /// That vote, weighted by inverse entropy.
    InverseEntropyVote,
    /// The prediction of the surest model.
    MostConfident,
}

impl EnsembleOver {
    /// All of them with their names in the language.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("folds", Self::Folds), ("repeats", Self::Repeats), ("runs", Self::Runs)];

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, over)| *over == self).map_or("folds", |(name, _)| name)
    }
}
