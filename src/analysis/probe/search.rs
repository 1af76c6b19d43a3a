//! The penalty of a logistic probe: drawn at random, kept where people who were not fitted on are told best.
//!
//! ```text
//!  training ──fit (every draw)──▶ validation ──best score──▶ the probe
//! ```

use super::Standardizer;
use super::logistic::{LogisticRegression, Penalty};
use crate::error::{AnalysisError, Result};
use crate::metrics::classification::ConfusionMatrix;
use crate::metrics::roc::{roc_auc, roc_auc_one_vs_rest};
use ndarray::{Array2, ArrayView2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The weakest and the strongest penalty that are drawn, as powers of ten of `C`.
const STRENGTHS: (f64, f64) = (-4.0, 3.0);
/// Coefficients are found to this share of the largest.
const TOLERANCE: f64 = 1e-5;

/// What makes one penalty better than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The area under the ROC curve; of more than two classes the mean of each against the rest.
    Auc,
    /// The share told rightly.
    Accuracy,
    /// The mean of that share over classes.
    BalancedAccuracy,
}

/// A kind of penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PenaltyKind {
    /// Absolute values: many coefficients become 0.
    L1,
    /// Squares.
    L2,
    /// A mixture that is drawn too.
    Elastic,
}

/// Embeddings with the class of each.
#[derive(Debug, Clone, Copy)]
pub struct Labelled<'a> {
    /// `[subjects, columns]`.
    pub table: ArrayView2<'a, f64>,
    /// From 0.
    pub labels: &'a [usize],
}

/// A probe.
#[derive(Debug, Clone)]
pub struct LogisticProbe {
    /// The penalty that was chosen.
    pub penalty: Penalty,
    scale: Standardizer,
    fitted: LogisticRegression,
}

/// How a probe tells people it was not fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ProbeScores {
    /// Area under the ROC curve; `None` where a class is missing.
    pub auc: Option<f64>,
    /// The share told rightly.
    pub accuracy: f64,
    /// Its mean over classes.
    pub balanced_accuracy: f64,
}

impl LogisticProbe {
    /// Fits a probe with one penalty.
    ///
    /// # Errors
    /// See [`LogisticRegression::fit`].
    pub fn fit(training: Labelled<'_>, classes: usize, penalty: Penalty) -> Result<Self> {
        let scale = Standardizer::fit(training.table)?;
        let table = scale.apply(training.table)?;
        let fitted = LogisticRegression::fit(table.view(), training.labels, classes, penalty, TOLERANCE)?;
        Ok(Self { penalty, scale, fitted })
    }

    /// Draws `draws` penalties and fits a probe with each to `training`; the one that tells `validation` best is kept.
    /// Of equally good ones that is the one of the strongest penalty.
    ///
    /// # Errors
    /// See [`LogisticRegression::fit`]; no draws, no kinds, or validation subjects of one class only.
    pub fn search(
        training: Labelled<'_>,
        validation: Labelled<'_>,
        classes: usize,
        (draws, kinds, criterion): (usize, &[PenaltyKind], Criterion),
        seed: u64,
    ) -> Result<Self> {
        let penalties = drawn(draws, kinds, seed);
        let scale = Standardizer::fit(training.table)?;
        let (fit_on, judge_on) = (scale.apply(training.table)?, scale.apply(validation.table)?);
        let tried = penalties
            .into_par_iter()
            .map(|penalty| {
                let fit = LogisticRegression::fit(fit_on.view(), training.labels, classes, penalty, TOLERANCE);
                let fitted = match fit {
                    Ok(fitted) => fitted,
                    // Separated classes with next to no penalty: others are as good.
                    Err(AnalysisError::NotConverged { .. }) => return Ok(None),
                    Err(error) => return Err(error),
                };
                let scores = scores(&fitted, judge_on.view(), validation.labels)?;
                let score = match criterion {
                    Criterion::Auc => scores.auc.ok_or(AnalysisError::Undefined {
                        what: "the search for a penalty",
                        reason: "the validation subjects lack a class, so no area under the curve can choose one",
                    })?,
                    Criterion::Accuracy => scores.accuracy,
                    Criterion::BalancedAccuracy => scores.balanced_accuracy,
                };
                Ok(Some((score, penalty, fitted)))
            })
            .collect::<Result<Vec<_>>>()?;
        let better = |best: (f64, Penalty, LogisticRegression), next: (f64, Penalty, LogisticRegression)| {
            let stronger = next.0 == best.0 && next.1.strength < best.1.strength;
            if next.0 > best.0 || stronger { next } else { best }
        };
        let best = tried.into_iter().flatten().reduce(better).ok_or(AnalysisError::Undefined {
            what: "the search for a penalty",
            reason: "no penalty was tried, or with none did the regression settle",
        })?;
        Ok(Self { penalty: best.1, scale, fitted: best.2 })
    }

    /// The probability of every class, `[subjects, classes]`.
    ///
    /// # Errors
    /// Another number of columns, or values that are not finite.
    pub fn probabilities(&self, table: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        self.fitted.probabilities(self.scale.apply(table)?.view())
    }

    /// How well it tells people it was not fitted on.
    ///
    /// # Errors
    /// Nobody, another number of columns, or values that are not finite.
    pub fn score(&self, people: Labelled<'_>) -> Result<ProbeScores> {
        scores(&self.fitted, self.scale.apply(people.table)?.view(), people.labels)
    }
}

fn scores(fitted: &LogisticRegression, table: ArrayView2<'_, f64>, labels: &[usize]) -> Result<ProbeScores> {
    let probabilities = fitted.probabilities(table)?;
    let confusion = ConfusionMatrix::from_probabilities(labels, probabilities.view())?;
    let auc = if probabilities.ncols() == 2 {
        let member: Vec<bool> = labels.iter().map(|l| *l == 1).collect();
        roc_auc(&member, &probabilities.column(1).to_vec())
    } else {
        roc_auc_one_vs_rest(labels, probabilities.view()).map(|areas| areas.macro_average)
    };
    let auc = match auc {
        Ok(auc) => Some(auc),
        Err(AnalysisError::MissingClass { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(ProbeScores { auc, accuracy: confusion.accuracy(), balanced_accuracy: confusion.balanced_accuracy() })
}

/// Penalties, each drawn from a stream of its own: more draws begin with the same ones.
fn drawn(draws: usize, kinds: &[PenaltyKind], seed: u64) -> Vec<Penalty> {
    if kinds.is_empty() {
        return Vec::new();
    }
    let one = |draw: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(draw as u64);
        let strength = 10_f64.powf(rng.random_range(STRENGTHS.0..STRENGTHS.1));
        let mixture = match kinds[rng.random_range(0..kinds.len())] {
            PenaltyKind::L1 => 1.0,
            PenaltyKind::L2 => 0.0,
            PenaltyKind::Elastic => rng.random_range(0.0..1.0),
        };
        Penalty { strength, mixture }
    };
    (0..draws).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns that tell the class, and eight that do not.
    fn made_up(n: usize, seed: u64) -> (Array2<f64>, Vec<usize>) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let labels: Vec<usize> = (0..n).map(|i| i % 2).collect();
        let table = Array2::from_shape_fn((n, 10), |(i, j)| {
            let noise: f64 = (0..6).map(|_| rng.random_range(-0.7..0.7)).sum();
            noise + if j < 2 { labels[i] as f64 * 1.5 } else { 0.0 }
        });
        (table, labels)
    }

    #[test]
    fn a_search_finds_a_probe_that_tells_new_people() {
        let (sets, seed) = ([made_up(60, 1), made_up(40, 2), made_up(200, 3)], 7);
        let [training, validation, test] =
            sets.each_ref().map(|(table, labels)| Labelled { table: table.view(), labels });
        let how = (40, [PenaltyKind::L1, PenaltyKind::Elastic].as_slice(), Criterion::Auc);
        let probe = LogisticProbe::search(training, validation, 2, how, seed).unwrap();
        let found = probe.score(test).unwrap();
        assert!(found.auc.unwrap() > 0.85 && found.accuracy > 0.75, "{found:?}");
        let again = LogisticProbe::search(training, validation, 2, how, seed).unwrap();
        assert_eq!(again.penalty, probe.penalty);
        let none = LogisticProbe::search(training, validation, 2, (0, how.1, how.2), seed);
        assert!(matches!(none, Err(AnalysisError::Undefined { .. })));
    }

    #[test]
    fn more_draws_begin_with_the_same_penalties() {
        let kinds = [PenaltyKind::L1, PenaltyKind::L2, PenaltyKind::Elastic];
        let (few, many) = (drawn(5, &kinds, 3), drawn(50, &kinds, 3));
        assert_eq!(few, many[..5]);
        assert!(many.iter().any(|p| p.mixture == 0.0) && many.iter().any(|p| p.mixture == 1.0));
        assert!(many.iter().all(|p| (1e-4..=1e3).contains(&p.strength)));
    }

    #[test]
    fn validation_subjects_of_one_class_cannot_choose() {
        let (table, labels) = made_up(20, 1);
        let one = Labelled { table: table.view(), labels: &[1; 20] };
        let training = Labelled { table: table.view(), labels: &labels };
        let how = (3, [PenaltyKind::L2].as_slice(), Criterion::Auc);
        assert!(matches!(LogisticProbe::search(training, one, 2, how, 1), Err(AnalysisError::Undefined { .. })));
    }
}
