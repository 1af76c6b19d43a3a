//! Baselines: classical methods that stand beside the models.

use super::{InputSpec, Program};
use crate::graph::InputId;
use serde::{Deserialize, Serialize};

/// One `baseline`. What it predicts is the output of a model of its name, whose only node is [`crate::graph::Op::Baseline`]:
/// scores, analyses and comparisons read it as they read any other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Position of that model in [`super::Program::models`].
    pub model: usize,
    /// What is read, in the order of the file: vectors, numbers, and classes as a 0/1 column for each.
    pub inputs: Vec<InputId>,
    /// What is predicted: a number or a class.
    pub target: InputId,
    /// The cohorts whose training subjects it is fitted on; all where none is named.
    pub cohorts: Vec<String>,
    /// How.
    pub method: BaselineMethod,
}

impl Baseline {
    /// Columns that are read, those of classes included.
    pub fn columns(&self, program: &Program) -> usize {
        self.inputs.iter().filter_map(|input| program.inputs.get(input.index())).map(Self::columns_of).sum()
    }

    /// Columns that an input becomes: a class one for each level.
    pub fn columns_of(input: &InputSpec) -> usize {
        if input.levels.is_empty() { input.shape.iter().product() } else { input.levels.len() }
    }
}

/// A method with its settings. Definitions stand in `fascicle_baselines`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselineMethod {
    /// Ridge regression.
    Ridge {
        /// scikit-learn's `alpha`.
        strength: f64,
    },
    /// Elastic net.
    ElasticNet {
        /// scikit-learn's `alpha`.
        strength: f64,
        /// scikit-learn's `l1_ratio`.
        mixture: f64,
    },
    /// Logistic regression.
    Logistic {
        /// scikit-learn's `1 / C`.
        strength: f64,
    },
    /// A support vector machine.
    Svm {
        /// scikit-learn's `1 / C`.
        strength: f64,
        /// How people are compared.
        kernel: SvmKernel,
        /// scikit-learn's `gamma`; its `"scale"` where not given.
        width: Option<f64>,
        /// The error of a number that costs nothing.
        epsilon: f64,
    },
    /// One decision tree.
    DecisionTree {
        /// Most splits one after the other.
        depth: Option<usize>,
        /// Fewest people in a leaf.
        leaf: usize,
    },
    /// A random forest.
    RandomForest {
        /// How many trees.
        trees: usize,
        /// Most splits one after the other.
        depth: Option<usize>,
        /// Fewest people in a leaf.
        leaf: usize,
        /// The share of the columns that a split looks at; all for numbers, their root for classes where not given.
        columns: Option<f64>,
    },
    /// Nearest neighbours.
    Nearest {
        /// How many.
        neighbours: usize,
        /// Whether they count by the inverse of their distance.
        by_distance: bool,
    },
}

/// How a support vector machine compares people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SvmKernel {
    /// `exp(-width d^2)` of their distance.
    Gaussian,
    /// The product of their rows.
    Linear,
}

impl BaselineMethod {
    /// Its name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ridge { .. } => "ridge",
            Self::ElasticNet { .. } => "elastic_net",
            Self::Logistic { .. } => "logistic",
            Self::Svm { .. } => "svm",
            Self::DecisionTree { .. } => "decision_tree",
            Self::RandomForest { .. } => "random_forest",
            Self::Nearest { .. } => "nearest",
        }
    }

    /// Whether it predicts numbers.
    pub fn predicts_numbers(self) -> bool {
        !matches!(self, Self::Logistic { .. })
    }

    /// Whether it predicts classes.
    pub fn predicts_classes(self) -> bool {
        !matches!(self, Self::Ridge { .. } | Self::ElasticNet { .. })
    }

    /// Whether what it gives for classes are probabilities, not decisions.
    pub fn gives_probabilities(self) -> bool {
        self.predicts_classes() && !matches!(self, Self::Svm { .. })
    }
}
