//! Deviations from the norm.

use super::missing;
use serde::{Deserialize, Serialize};

/// One normative analysis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deviation {
    /// The name in the file, and the variant if there is more than one.
    pub name: String,
    /// What was compared with what: "patients against healthy.validation".
    pub compared: String,
    /// "one-sample t test against 0, two-sided".
    pub test: String,
    /// "Benjamini and Hochberg's false discovery rate over 150 regions, q < 0.05".
    pub correction: String,
    /// What the interval is: "95% interval of the mean".
    pub interval: String,
    /// One entry a region, in any order.
    pub regions: Vec<Region>,
    /// Mean deviation of every subject, by group; the reference first.
    pub groups: Vec<Group>,
}

/// One region's mean deviation among the cases, in standard deviations of the reference.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Region {
    /// The region's name, as the column has it.
    pub name: String,
    /// Mean z.
    #[serde(with = "missing::number")]
    pub mean: f64,
    /// Lower end of its interval.
    #[serde(with = "missing::number")]
    pub low: f64,
    /// Upper end.
    #[serde(with = "missing::number")]
    pub high: f64,
    /// The test's statistic.
    #[serde(with = "missing::number")]
    pub t: f64,
    /// Uncorrected.
    #[serde(with = "missing::number")]
    pub p: f64,
    /// Corrected.
    #[serde(with = "missing::number")]
    pub q: f64,
    /// Whether the corrected test finds it.
    pub significant: bool,
}

/// The subjects of one group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// "healthy.validation", "patients".
    pub name: String,
    /// Mean deviation over regions, one a subject.
    #[serde(with = "missing::numbers")]
    pub means: Vec<f64>,
}
