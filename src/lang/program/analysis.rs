//! Analyses: what is asked of predictions, tables and one another.

use super::Covariate;
use crate::graph::{InputId, NodeId};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// One `analysis`, or one member of a family of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Its name; a member of a family has its key behind it: `probe[t1]`.
    pub name: String,
    /// What is done.
    pub kind: AnalysisKind,
    /// Its arguments by parameter name, defaults included.
    pub arguments: IndexMap<String, Argument>,
    /// As the file spells it.
    pub spelling: String,
}

impl Analysis {
    /// Whether it is the analysis of this name, or a member of the family of this name.
    pub fn is_of(&self, name: &str) -> bool {
        self.name == name || self.family() == Some(name)
    }

    /// The family that it is a member of.
    pub fn family(&self) -> Option<&str> {
        self.name.split_once('[').map(|(family, _)| family)
    }

    /// Its key in its family; empty where it is no member of one.
    pub fn key(&self) -> &str {
        self.name.split_once('[').map_or("", |(_, key)| key.trim_end_matches(']'))
    }

    /// Whether it looks at people who trained the model: to fit a probe on them, or because the file says so.
    pub fn reads_training(&self) -> bool {
        matches!(self.kind, AnalysisKind::LogisticProbe | AnalysisKind::LinearProbe)
            || matches!(self.arguments.get("on"), Some(Argument::Word(word)) if word == "all")
    }

    /// A number among the arguments.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.arguments.get(name) {
            Some(Argument::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A word among the arguments.
    pub fn word(&self, name: &str) -> Option<&str> {
        match self.arguments.get(name) {
            Some(Argument::Word(word)) => Some(word),
            _ => None,
        }
    }
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisKind {
    /// z-scores of cases' residuals against those of held-out reference people, by element of each output.
    NormativeDeviation,
    /// A class told from embeddings by logistic regression.
    LogisticProbe,
    /// Numbers told from embeddings by ridge regression.
    LinearProbe,
    /// Whether the nearest neighbour is of the same subject, modality or class.
    Retrieval,
    /// People divided into as many groups as there are, by passing messages.
    AffinityPropagation,
    /// The few factors behind many columns.
    FactorAnalysis,
    /// The p of another analysis by shuffling its labels.
    Permutation,
    /// Where the middle of each group lies among everybody.
    Quantiles,
    /// How alike two representations of the same people are.
    Similarity,
    /// A map on which neighbours stay neighbours.
    Tsne,
    /// How much the loss depends on each layer.
    LayerEntropy,
    /// Where in an image what a model says of it depends on.
    SmoothGrad,
    /// Numbers and levels by group: a paper's first table.
    Describe,
    /// What a model predicts of everybody, less what was observed.
    Residuals,
    /// How many people lie beyond a bound, column by column.
    Frequency,
    /// What is by column, at the voxels of an atlas.
    Paint,
    /// A test of every column.
    #[serde(untagged)]
    Test(ColumnTest),
}

/// A test of every column, or voxel. Any of them can be asked again with shuffled labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnTest {
    /// One-sample t test against 0.
    OneSampleT,
    /// Pearson and Spearman correlations with a column.
    Correlation,
    /// A comparison of groups.
    #[serde(untagged)]
    Groups(GroupTest),
}

/// A comparison of the same column in several groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupTest {
    /// Welch's t test of two groups.
    TwoSampleT,
    /// Mann and Whitney's U of two groups.
    MannWhitney,
    /// Kruskal and Wallis' H of two groups or more.
    KruskalWallis,
}

impl GroupTest {
    /// Whether it compares two groups and no more.
    pub fn is_of_two(self) -> bool {
        matches!(self, Self::TwoSampleT | Self::MannWhitney)
    }
}

/// What a field of a result is, which decides where it can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One number.
    Number,
    /// A number for every fold and seed.
    Runs,
    /// A number for every column.
    Columns,
    /// One number for every subject.
    Real,
    /// Several numbers for every subject.
    Vector,
    /// A group for every subject.
    Labels,
    /// Rows by columns, of which neither are subjects.
    Matrix,
    /// A number at every voxel, for every subject.
    Maps,
    /// A number at every voxel.
    Map,
}

impl FieldType {
    /// Whether variants can be compared by it: by the number, or the mean of its numbers.
    pub fn has_number(self) -> bool {
        !matches!(self, Self::Labels | Self::Matrix | Self::Maps | Self::Map)
    }

    /// What it is, in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Number => "one number",
            Self::Runs => "a number for every fold",
            Self::Columns => "a number for every column",
            Self::Real => "a number for every subject",
            Self::Vector => "numbers for every subject",
            Self::Labels => "a group for every subject",
            Self::Matrix => "a table that is not of subjects",
            Self::Maps => "a map for every subject",
            Self::Map => "a map",
        }
    }
}

/// An argument of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    /// A model: position in [`super::Program::models`].
    Model(usize),
    /// A model with the loss of the last stage that trains it: position in [`super::Program::models`].
    Trained(usize),
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
        /// The classes that count, in this order; where there are none, all that are found.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        levels: Vec<String>,
    },
    /// Several columns of a cohort's table, as numbers.
    Columns {
        /// The cohort; `None` where any cohort has them.
        cohort: Option<String>,
        /// The columns.
        columns: Vec<String>,
    },
    /// Several columns of a cohort's table, each as numbers or as levels.
    Described {
        /// The cohort; `None` where any cohort has them.
        cohort: Option<String>,
        /// The columns.
        columns: Vec<Covariate>,
    },
    /// A field of another analysis' result: `deviation.z`.
    Result {
        /// The analysis.
        analysis: String,
        /// The field.
        field: String,
    },
    /// Maps of another analysis, one a subject: `saliency[t1]`.
    Maps {
        /// The analysis.
        analysis: String,
        /// The field.
        field: String,
    },
    /// An image that a model reads.
    Image(InputId),
    /// A file, relative to the folder in which the command runs.
    File(String),
    /// A number.
    Number(f64),
    /// Another analysis, as it was asked.
    Analysis(String),
    /// Numbers to be tried: `10 in 0.5..1`.
    Numbers(Vec<f64>),
    /// The same as percentiles of what they are compared with: `1000 in percentile(1..99)`.
    Percentiles(Vec<f64>),
    /// Numbers to be tried, evenly spaced between two percentiles of what they are compared with: `1000 in values(1..99)`.
    Spaced {
        /// The percentile that the first is.
        from: f64,
        /// The percentile that they go to.
        to: f64,
        /// Where each lies between the two, from 0 to 1.
        at: Vec<f64>,
    },
    /// What is larger than this: `eigenvalue > 1`.
    Above(f64),
    /// A word.
    Word(String),
    /// Several words.
    Words(Vec<String>),
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

impl Subset {
    /// As the language spells it: `test`, `holdout`.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Training => "training",
            Self::Validation => "validation",
            Self::Test => "test",
            Self::Holdout => "holdout",
        }
    }
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
