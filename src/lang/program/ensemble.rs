//! Ensembles: one prediction of the held-out people from the models of several training runs.

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
