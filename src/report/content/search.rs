//! Settings that were searched: what was tried, what was chosen, and how much the choice can be trusted.

use super::{Quantity, Table, missing};
use serde::{Deserialize, Serialize};

/// One `search`, of one variant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Search {
    /// Its name in the file, with the variant where there are several.
    pub name: String,
    /// How was searched, how stable the choice is, what it costs on people who were not chosen by.
    pub sentences: Vec<String>,
    /// What was chosen, a row a fold.
    pub chosen: Table,
    /// What was tried.
    pub tried: Table,
    /// What the settings are chosen by.
    pub score: Quantity,
    /// The trials by each setting.
    pub settings: Vec<SearchedSetting>,
}

/// The trials by one setting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchedSetting {
    /// The param.
    pub name: String,
    /// Whether its axis is logarithmic.
    pub logarithmic: bool,
    /// The words that it may be; none for a number. Of a word the value is its place among these.
    pub choices: Vec<String>,
    /// The trials.
    pub trials: Vec<SearchedTrial>,
}

/// One trial in one fold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchedTrial {
    /// The fold and all its settings.
    pub name: String,
    /// The setting.
    #[serde(with = "missing::number")]
    pub value: f64,
    /// What it came to on the validation subjects.
    #[serde(with = "missing::number")]
    pub score: f64,
    /// Whether it was chosen in its fold.
    pub chosen: bool,
}
