//! How well the variants do, and whether they differ.

use super::missing;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an axis or a column is of, with its unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quantity {
    /// "balanced accuracy".
    pub name: String,
    /// "years"; none for a pure number.
    pub unit: Option<String>,
}

impl Quantity {
    /// A pure number.
    pub fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), unit: None }
    }

    /// With a unit.
    pub fn with_unit(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), unit: Some(unit.into()) }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            Some(unit) => write!(f, "{} ({unit})", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Which way a metric is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Accuracy.
    #[default]
    Higher,
    /// Error.
    Lower,
    /// Neither.
    Neither,
}

/// One metric of every variant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Score {
    /// What is scored and on whom: "ad on holdout".
    pub of: String,
    /// The metric's name in the experiment and in tables: "auc".
    pub name: String,
    /// The same in words: "area under the ROC curve".
    pub metric: Quantity,
    /// Which way is good.
    pub better: Better,
    /// What guessing would reach.
    pub chance: Option<f64>,
    /// What the interval is: "95% bootstrap interval over subjects, 10000 draws".
    pub interval: String,
    /// One entry a variant, in the order of the sweep.
    pub variants: Vec<VariantScore>,
    /// Of ensembles of the best runs: how runs were ranked, one entry an ensemble.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rankings: Vec<Ranking>,
}

/// Runs of which an ensemble takes the best.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ranking {
    /// The variant's name; empty when there is only one.
    pub variant: String,
    /// What they are ranked by, on those who validate.
    pub by: Quantity,
    /// The runs, in the order in which they ran.
    pub runs: Vec<RankedRun>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RankedRun {
    /// "fold 1, repeat 3, seed 1".
    pub run: String,
    /// What it reached; `NaN` where that is not defined.
    #[serde(with = "missing::number")]
    pub value: f64,
    /// Whether the ensemble takes it.
    pub taken: bool,
}

/// One metric of one variant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VariantScore {
    /// The variant's name; empty when there is only one.
    pub variant: String,
    /// One entry a fold and seed.
    pub folds: Vec<FoldScore>,
    /// Mean over `folds`.
    #[serde(with = "missing::number")]
    pub mean: f64,
    /// Standard deviation over `folds`.
    #[serde(with = "missing::number")]
    pub sd: f64,
    /// Lower end of the interval of the mean.
    #[serde(with = "missing::number")]
    pub low: f64,
    /// Upper end.
    #[serde(with = "missing::number")]
    pub high: f64,
}

/// The score of one fold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FoldScore {
    /// The fold's name.
    pub fold: String,
    /// The seed.
    pub seed: u64,
    /// `NaN` where it could not be computed.
    #[serde(with = "missing::number")]
    pub value: f64,
}

/// Paired tests between the variants of a sweep, or between models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comparison {
    /// The sweep's name and what is compared: "methods, ad on holdout".
    pub name: String,
    /// The metric.
    pub metric: Quantity,
    /// Which way is good.
    pub better: Better,
    /// How the reference came to be one: "the reference is named by the file".
    pub reference: String,
    /// "corrected resampled t test over 10 folds (Nadeau and Bengio, 2003), two-sided".
    pub test: String,
    /// How p was corrected: "Benjamini and Hochberg's false discovery rate over 6 tests".
    pub correction: Option<String>,
    /// What the interval of the difference is: "95% interval".
    pub interval: String,
    /// A difference is marked when its corrected p (or, uncorrected, its p) is below this.
    #[serde(with = "missing::number")]
    pub alpha: f64,
    /// One entry a pair.
    pub contrasts: Vec<Contrast>,
}

/// One pair of variants: first minus second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contrast {
    /// The one.
    pub first: String,
    /// The other.
    pub second: String,
    /// Mean of first minus second.
    #[serde(with = "missing::number")]
    pub difference: f64,
    /// Lower end of its interval.
    #[serde(with = "missing::number")]
    pub low: f64,
    /// Upper end.
    #[serde(with = "missing::number")]
    pub high: f64,
    /// Uncorrected.
    #[serde(with = "missing::number")]
    pub p: f64,
    /// Corrected; `NaN` where nothing was corrected.
    #[serde(with = "missing::number")]
    pub p_corrected: f64,
}

/// A confusion matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Confusion {
    /// What it is of: "hyper, ad on holdout, all folds".
    pub name: String,
    /// The classes, in order.
    pub classes: Vec<String>,
    /// `counts[t][p]`: how many of true class `t` were predicted as `p`.
    pub counts: Vec<Vec<u64>>,
}

/// Predicted against true values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Regression {
    /// What it is of: "hyper, age on test".
    pub name: String,
    /// What is predicted.
    pub target: Quantity,
    /// One entry a subject.
    pub points: Vec<ScatterPoint>,
    /// Pearson's correlation.
    #[serde(with = "missing::number")]
    pub r: f64,
    /// Mean absolute error, in the target's unit.
    #[serde(with = "missing::number")]
    pub mae: f64,
}

/// One subject of a scatter plot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScatterPoint {
    /// Who.
    pub subject: String,
    /// The true value.
    #[serde(with = "missing::number")]
    pub truth: f64,
    /// The predicted value.
    #[serde(with = "missing::number")]
    pub predicted: f64,
}
