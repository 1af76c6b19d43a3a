//! Baselines: classical methods on tables of numbers, to which a network is compared.
//!
//! They stand between the data and the plan, where a training stage and its network stand. One row a person and what is to
//! be predicted come in; what was learnt goes out as plain data that can be kept, and predicts for other rows.
//!
//! ```text
//!  Rows + Target ──Method::fit──▶ Fitted (serialisable) ──predict(Rows)──▶ Prediction: numbers, probabilities or decisions
//! ```
//!
//! | module | methods | computed by |
//! |---|---|---|
//! | `linear` | ridge regression, elastic net | `linfa-linear`, `linfa-elasticnet` |
//! | `logistic` | logistic regression | `linfa-logistic` |
//! | `svm` | support vector machines | `linfa-svm` |
//! | `neighbours` | nearest neighbours | `linfa-nn` |
//! | `tree`, `forest` | a decision tree, a random forest | here |
//!
//! Trees are ours because no crate has them as they are needed: `linfa-trees` (0.8) knows classes alone, says which and not how
//! probable, and looks at every column at every split; `smartcore`'s (0.7) forests of classes give votes, and neither lets
//! its trees be kept but as text of a hundred bytes a node.
//!
//! Settings mean what they mean in scikit-learn, and the tests compare with it. What is random takes a seed and gives the
//! same result on any number of processors. Nothing here knows of the language, of files or of networks.

mod error;
mod forest;
mod linear;
mod logistic;
mod method;
mod neighbours;
mod rows;
mod svm;
#[cfg(test)]
mod tests;
mod tree;

pub use error::{BaselineError, Result};
pub use forest::Forest;
pub use linear::Linear;
pub use logistic::Logistic;
pub use method::{Fit, Fitted, Gives, Kernel, Method, Prediction, Task, Weights};
pub use neighbours::Neighbours;
pub use rows::{Rows, Target};
pub use svm::{Machine, Svm};
pub use tree::Tree;
