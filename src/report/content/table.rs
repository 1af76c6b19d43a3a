//! Tables whose columns know what they hold.

use super::missing;
use serde::{Deserialize, Serialize};

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    /// Left to right.
    pub columns: Vec<Column>,
    /// One cell a column; a row that is short is filled with missing cells, one that is long is cut.
    pub rows: Vec<Vec<Cell>>,
}

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// The heading.
    pub name: String,
    /// The unit, shown in the heading.
    pub unit: Option<String>,
    /// What it holds.
    pub kind: ColumnKind,
}

impl Column {
    /// A column without a unit.
    pub fn new(name: impl Into<String>, kind: ColumnKind) -> Self {
        Self { name: name.into(), unit: None, kind }
    }
}

/// What a column holds, and so how it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// At the left, as it is.
    #[default]
    Text,
    /// Thousands apart.
    Integer,
    /// Real numbers and [`Cell::Estimate`]s.
    Real {
        /// After the decimal point.
        digits: u8,
    },
    /// Probabilities of a test.
    P {
        /// Smaller ones are marked.
        alpha: f64,
    },
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Any text.
    Text(String),
    /// A number; the column says how it is shown.
    Number(f64),
    /// A number with its interval.
    Estimate {
        /// The number.
        #[serde(with = "missing::number")]
        value: f64,
        /// Lower end.
        #[serde(with = "missing::number")]
        low: f64,
        /// Upper end.
        #[serde(with = "missing::number")]
        high: f64,
    },
    /// Nothing there.
    Missing,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}
