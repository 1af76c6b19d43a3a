//! The methods with their settings, and what they have learnt.

use super::error::{BaselineError, Result};
use super::forest::{self, Forest};
use super::linear::{self, Linear};
use super::logistic::{self, Logistic};
use super::neighbours::{self, Neighbours};
use super::rows::{Rows, Target};
use super::svm::{self, Svm};
use serde::{Deserialize, Serialize};

/// A method and its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Method {
    /// Least squares with a penalty on the squares of the weights: `||y - Xw||^2 + strength ||w||^2`.
    Ridge {
        /// Of the penalty.
        strength: f64,
    },
    /// Least squares with a penalty on squares and absolute values of the weights:
    /// `||y - Xw||^2 / (2 n) + strength (mixture ||w||_1 + (1 - mixture) ||w||^2 / 2)`.
    ElasticNet {
        /// Of the penalty.
        strength: f64,
        /// The share of the absolute values.
        mixture: f64,
    },
    /// Logistic regression with a penalty on the squares of the weights: the sum of the log losses `+ strength ||w||^2 / 2`.
    Logistic {
        /// Of the penalty.
        strength: f64,
    },
    /// A support vector machine; of numbers one that forgives an error.
    Svm {
        /// The inverse of the price of an error.
        strength: f64,
        /// How rows are compared.
        kernel: Kernel,
        /// The error that costs nothing, where numbers are predicted.
        epsilon: f64,
    },
    /// One tree.
    Tree {
        /// Most splits one after the other.
        depth: Option<usize>,
        /// Fewest people in a leaf.
        leaf: usize,
    },
    /// The mean of trees, each grown on people drawn with replacement.
    Forest {
        /// How many.
        trees: usize,
        /// Most splits one after the other.
        depth: Option<usize>,
        /// Fewest people in a leaf.
        leaf: usize,
        /// The share of the columns that is looked at for a split; all for numbers, their root for classes where not given.
        columns: Option<f64>,
    },
    /// The mean of the nearest people.
    Nearest {
        /// How many.
        neighbours: usize,
        /// How they count.
        weights: Weights,
    },
}

/// How a support vector machine compares rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Kernel {
    /// By their product.
    Linear,
    /// `exp(-width ||a - b||^2)`; the inverse of the columns' number times the variance of all numbers where not given.
    Gaussian {
        /// The factor.
        width: Option<f64>,
    },
}

/// How neighbours count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weights {
    /// All alike.
    Equal,
    /// By the inverse of their distance.
    Distance,
}

/// What a method is asked to predict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Numbers.
    Numbers,
    /// Classes.
    Classes,
}

/// What the numbers of a prediction are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gives {
    /// What was to be predicted.
    Numbers,
    /// A probability for each class.
    Probabilities,
    /// For each class a number that is larger the more likely it is, and no probability.
    Decisions,
}

/// What was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Fitted {
    /// Weights of columns.
    Linear(Linear),
    /// Weights of columns, for each class.
    Logistic(Logistic),
    /// Weights of people.
    Svm(Svm),
    /// Trees.
    Forest(Forest),
    /// The people themselves.
    Neighbours(Neighbours),
}

/// What was learnt, and what to mention of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// What was learnt.
    pub fitted: Fitted,
    /// A solver that ended early.
    pub warning: Option<String>,
}

/// What is predicted for rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// What the numbers are.
    pub gives: Gives,
    /// Numbers a row: one, or one a class.
    pub outputs: usize,
    /// Row after row.
    pub values: Vec<f64>,
}

impl Method {
    /// Its name, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ridge { .. } => "ridge regression",
            Self::ElasticNet { .. } => "the elastic net",
            Self::Logistic { .. } => "logistic regression",
            Self::Svm { .. } => "the support vector machine",
            Self::Tree { .. } => "the decision tree",
            Self::Forest { .. } => "the random forest",
            Self::Nearest { .. } => "the nearest neighbours",
        }
    }

    /// What it gives for a task; `None` where it cannot do it.
    pub fn gives(&self, task: Task) -> Option<Gives> {
        match (self, task) {
            (Self::Ridge { .. } | Self::ElasticNet { .. }, Task::Classes) | (Self::Logistic { .. }, Task::Numbers) => {
                None
            }
            (_, Task::Numbers) => Some(Gives::Numbers),
            (Self::Svm { .. }, Task::Classes) => Some(Gives::Decisions),
            (_, Task::Classes) => Some(Gives::Probabilities),
        }
    }

    /// Learns from rows. `seed` decides what is random; methods without chance do not look at it.
    ///
    /// # Errors
    /// See [`BaselineError`].
    pub fn fit(&self, rows: &Rows, target: &Target, seed: u64) -> Result<Fit> {
        target.check(rows)?;
        let plain = |fitted: Fitted| Ok(Fit { fitted, warning: None });
        match (self, target) {
            (Self::Ridge { strength }, Target::Numbers(values)) => {
                plain(Fitted::Linear(linear::ridge(rows, values, *strength)?))
            }
            (Self::ElasticNet { strength, mixture }, Target::Numbers(values)) => {
                let (linear, warning) = linear::elastic_net(rows, values, *strength, *mixture)?;
                Ok(Fit { fitted: Fitted::Linear(linear), warning })
            }
            (Self::Logistic { strength }, Target::Classes { of, count }) => {
                plain(Fitted::Logistic(logistic::fit(rows, of, *count, &target.present(), *strength)?))
            }
            (Self::Svm { strength, kernel, epsilon }, target) => {
                plain(Fitted::Svm(svm::fit(rows, target, *strength, *kernel, *epsilon)?))
            }
            (Self::Tree { depth, leaf }, target) => plain(Fitted::Forest(forest::one(rows, target, *depth, *leaf))),
            (Self::Forest { trees, depth, leaf, columns }, target) => {
                plain(Fitted::Forest(forest::grow(rows, target, (*trees, *columns), *depth, *leaf, seed)))
            }
            (Self::Nearest { neighbours, weights }, target) => {
                plain(Fitted::Neighbours(neighbours::fit(rows, target, *neighbours, *weights)?))
            }
            (Self::Ridge { .. } | Self::ElasticNet { .. }, Target::Classes { .. }) => {
                Err(BaselineError::Kind { method: self.name(), accepts: "numbers", found: "a class" })
            }
            (Self::Logistic { .. }, Target::Numbers(_)) => {
                Err(BaselineError::Kind { method: self.name(), accepts: "classes", found: "a number" })
            }
        }
    }
}

impl Fitted {
    /// Numbers that a row must have.
    pub fn width(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.weights.len(),
            Self::Logistic(logistic) => logistic.width(),
            Self::Svm(svm) => svm.width,
            Self::Forest(forest) => forest.width,
            Self::Neighbours(neighbours) => neighbours.width,
        }
    }

    /// Predicts for rows.
    ///
    /// # Errors
    /// Rows of another width.
    pub fn predict(&self, rows: &Rows) -> Result<Prediction> {
        if rows.width() != self.width() {
            return Err(BaselineError::Shape { what: "columns", expected: self.width(), found: rows.width() });
        }
        let (gives, outputs, values) = match self {
            Self::Linear(linear) => (Gives::Numbers, 1, linear.predict(rows)),
            Self::Logistic(logistic) => (Gives::Probabilities, logistic.classes, logistic.predict(rows)),
            Self::Svm(svm) => (svm.gives(), svm.outputs, svm.predict(rows)),
            Self::Forest(forest) => (forest.gives, forest.outputs, forest.predict(rows)),
            Self::Neighbours(neighbours) => (neighbours.gives, neighbours.outputs, neighbours.predict(rows)?),
        };
        Ok(Prediction { gives, outputs, values })
    }
}
