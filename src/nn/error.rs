//! What can go wrong between a checked graph and its numbers.

use crate::graph::show_shape;
use std::fmt;
use thiserror::Error;

/// An error of the lowering: a device that is not there, a batch or weights that do not fit the graph.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum NnError {
    /// The batch lacks an input that the network reads.
    #[error("input `{input}` is read by the network but is not in the batch")]
    InputMissing {
        /// The input's name.
        input: String,
    },
    /// An input's values have another shape than the graph says.
    #[error("input `{input}`: expected {expected}, found {found}")]
    InputShape {
        /// The input's name.
        input: String,
        /// What the graph says.
        expected: String,
        /// What the batch holds.
        found: String,
    },
    /// A class number that is no class.
    #[error("input `{input}`: {value} is not a class number; expected a whole number from 0 to {last}")]
    InputClass {
        /// The input's name.
        input: String,
        /// What the batch holds.
        value: f32,
        /// The largest class number.
        last: usize,
    },
    /// Weights that were given do not fit the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A loss wants class weights that were not computed.
    #[error(
        "{path}: the weights of the {classes} classes were to come from the training subjects, but {found} were given"
    )]
    ClassWeights {
        /// Where the loss stands.
        path: String,
        /// Number of classes.
        classes: usize,
        /// Number of weights given.
        found: usize,
    },
    /// `x ?? mean` without the mean over the training subjects.
    #[error("{path}: the mean over the training subjects is needed ({expected} numbers), but {found} were given")]
    TrainingMean {
        /// Where the node stands.
        path: String,
        /// Numbers a subject holds.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
    /// The gradient was asked of something that has none.
    #[error("no gradient can be taken of {what}: {reason}")]
    NoGradient {
        /// What it was asked of.
        what: String,
        /// Why.
        reason: String,
    },
    /// A node of the graph that breaks the graph's own rules. The compiler should have refused it.
    #[error("{path} ({op}): {problem}; this is an error in fascicle, please report it")]
    Graph {
        /// Where the node stands.
        path: String,
        /// Its operation.
        op: String,
        /// What does not fit.
        problem: String,
    },
    /// The device gave up: out of memory, or lost.
    #[error("the device failed: {reason}")]
    DeviceFailed {
        /// As the backend says it.
        reason: String,
    },
}

/// Weights that do not fit the network: all that is wrong at once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WeightsError {
    /// Weights of the network that were not given.
    pub missing: Vec<String>,
    /// Weights that were given and that the network does not have.
    pub unknown: Vec<String>,
    /// Weights of another shape: name, shape in the network, shape given.
    pub misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
}

impl WeightsError {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.unknown.is_empty() && self.misshapen.is_empty()
    }
}

impl std::error::Error for WeightsError {}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the weights do not fit the network")?;
        for (name, expected, found) in self.misshapen.iter().take(5) {
            write!(f, "\n  {name}: expected {}, found {}", show_shape(expected), show_shape(found))?;
        }
        more(f, self.misshapen.len())?;
        for name in self.missing.iter().take(5) {
            write!(f, "\n  {name}: is in the network, was not given")?;
        }
        more(f, self.missing.len())?;
        for name in self.unknown.iter().take(5) {
            write!(f, "\n  {name}: was given, is not in the network")?;
        }
        more(f, self.unknown.len())
    }
}

fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    if count > 5 { write!(f, "\n  and {} more", count - 5) } else { Ok(()) }
}
