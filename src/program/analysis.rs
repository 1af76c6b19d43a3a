//! Analyses: what is asked of predictions, tables and one another.

use crate::graph::NodeId;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// One `analysis`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Its name.
    pub name: String,
    /// What is done.
    pub kind: AnalysisKind,
    /// Its arguments by parameter name, defaults included.
    pub arguments: IndexMap<String, Argument>,
    /// As the file spells it.
    pub spelling: String,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisKind {
    /// z-scores of cases' residuals against those of held-out reference people, by element of each output.
    NormativeDeviation,
    /// One-sample t test of every column against 0.
    OneSampleT,
    /// Two groups, every column: Welch's t test.
    TwoSampleT,
    /// Two groups, every column: Mann and Whitney's U.
    MannWhitney,
    /// Several groups, every column.
    KruskalWallis,
    /// Pearson and Spearman correlations with a column.
    Correlation,
}

/// An argument of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    /// A model: position in [`super::Program::models`].
    Model(usize),
    /// An output of a model, or one member of a family.
    Output {
        /// Position in [`super::Program::models`].
        model: usize,
        /// The output's name.
        output: String,
        /// Members: key and node.
        members: Vec<(String, NodeId)>,
    },
    /// People.
    People {
        /// The cohort.
        cohort: String,
        /// Which of them.
        subset: Subset,
    },
    /// A column of a cohort's table.
    Column {
        /// The cohort; `None` where any cohort has it.
        cohort: Option<String>,
        /// The column.
        column: String,
    },
    /// A field of another analysis' result: `deviation.z`.
    Result {
        /// The analysis.
        analysis: String,
        /// The field.
        field: String,
    },
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
    /// Correction for many tests.
    Correction(Correction),
    /// Not given, and no default.
    Nothing,
}

/// Which subjects of a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subset {
    /// Everybody who trains nothing: all of a cohort that no stage trains on.
    All,
    /// Those that trained (scores on them only where the file says `on training`).
    Training,
    /// Those that chose the epoch.
    Validation,
    /// Those of the test fold.
    Test,
    /// Those kept out of every fold.
    Holdout,
}

/// Correction for many tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// None.
    None,
    /// Benjamini and Hochberg's false discovery rate.
    Fdr,
    /// Benjamini and Yekutieli's.
    FdrBy,
    /// Bonferroni's.
    Bonferroni,
    /// Holm's.
    Holm,
}
