//! How subjects are divided into training, validation and test.

use serde::{Deserialize, Serialize};

/// The division of the subjects that models are trained on. Always by subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// Which scheme.
    pub kind: ProtocolKind,
    /// Columns whose distribution is kept alike: classes as they are, numbers by quartile.
    pub stratify: Vec<String>,
    /// Seeds of the division; each gives a division of its own.
    pub seeds: Vec<u64>,
    /// Initialisations a division.
    pub repeats: usize,
}

/// The scheme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ProtocolKind {
    /// Each fold is the test set once.
    KFold {
        /// How many.
        folds: usize,
        /// Share of the non-test subjects that validates.
        validation: f64,
        /// Subjects kept out of every fold, for `on holdout`.
        holdout: usize,
    },
    /// One division by shares.
    Holdout {
        /// Training share.
        train: f64,
        /// Validation share.
        validation: f64,
        /// Test share.
        test: f64,
    },
}

impl ProtocolKind {
    /// Divisions it makes a seed.
    pub fn folds(&self) -> usize {
        match self {
            Self::KFold { folds, .. } => *folds,
            Self::Holdout { .. } => 1,
        }
    }
}
