//! Who was found, who was left out and why, and how the rest was split.

use serde::{Deserialize, Serialize};

/// The flow of one cohort from its source to the splits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cohort {
    /// The name in the file.
    pub name: String,
    /// What it was read from, as the file says it: `bids("data/adni")`.
    pub origin: String,
    /// How many subjects the source has.
    pub found: u64,
    /// Those that were left out, by reason, in the order in which the rules apply. A subject counts once.
    pub left_out: Vec<LeftOut>,
    /// How many subjects remain.
    pub analysed: u64,
    /// How the remaining subjects were split; empty when they were not.
    pub splits: Vec<Split>,
    /// What is missing, one entry a modality.
    pub missing: Vec<Missingness>,
}

/// One reason for leaving subjects out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOut {
    /// "no T1-weighted image", "depression is not 0".
    pub reason: String,
    /// Who.
    pub subjects: Vec<String>,
}

/// One way of parting the subjects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Split {
    /// "fold 1", "repeat 2, fold 1", "holdout".
    pub name: String,
    /// Train, validation, test, in this order; the name is free.
    pub parts: Vec<SplitPart>,
}

/// One part of a split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SplitPart {
    /// "train", "validation", "test".
    pub name: String,
    /// How many subjects.
    pub subjects: u64,
}

/// How often a modality is there, among those analysed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Missingness {
    /// The modality's name.
    pub modality: String,
    /// Its type, as the language writes it.
    pub kind: String,
    /// How many subjects have it.
    pub present: u64,
    /// How many subjects lack it.
    pub absent: u64,
    /// What becomes of those who lack it: "skipped by poe", "filled with the training mean", "left out".
    pub treatment: String,
}
