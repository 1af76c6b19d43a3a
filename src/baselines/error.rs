//! Why a baseline cannot be fitted.

use thiserror::Error;

/// The result of fitting or predicting.
pub type Result<T> = std::result::Result<T, BaselineError>;

/// What was expected, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// Too few people.
    #[error(
        "{found} people have all that is read and what is predicted, and at least {needed} are needed; look at who lacks what in the cohort's flow"
    )]
    TooFew {
        /// How many are needed.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// Rows and targets, or rows of two tables, that do not belong together.
    #[error("{found} {what}, expected {expected}")]
    Shape {
        /// What was counted.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A number that is none.
    #[error("column {} of {what} holds {value}; impute or leave out what is missing", column + 1)]
    NotFinite {
        /// Whose column.
        what: &'static str,
        /// Which, from 0.
        column: usize,
        /// What it holds.
        value: f64,
    },
    /// Nobody of a second class.
    #[error("all people who are fitted on are of one class; divide them so that every part has several (`stratify`)")]
    OneClass,
    /// A method that takes the other kind of target.
    #[error("{method} predicts {accepts}, and the target is {found}")]
    Kind {
        /// The method.
        method: &'static str,
        /// What it predicts.
        accepts: &'static str,
        /// What it was given.
        found: &'static str,
    },
    /// No answer.
    #[error("{method} found no solution: {problem}; standardise the columns, or give a larger `strength`")]
    NoSolution {
        /// The method.
        method: &'static str,
        /// What its solver says.
        problem: String,
    },
}
