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
    /// The column that says who belongs together: people who share its value are never parted.
    // Left out of what is written where a protocol is as it was before there was this field, so that results of then are
    // found again; so are those below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether of several records of a person the first alone validates and tests.
    #[serde(default, skip_serializing_if = "is_false")]
    pub once: bool,
}

/// The scheme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ProtocolKind {
    /// Each fold is the test set once, or validates once where those held out test.
    KFold {
        /// How many.
        folds: usize,
        /// Who of the non-test subjects validates.
        validation: Validation,
        /// Subjects kept out of every fold, for `on holdout`.
        holdout: usize,
        /// Whether each seed holds out others; else those of the first seed are held out of all.
        #[serde(default, skip_serializing_if = "is_false")]
        redraw: bool,
        /// Who tests.
        #[serde(default, skip_serializing_if = "Tested::is_fold")]
        test: Tested,
    },
    /// Each level of a column is the test set once.
    LeaveOut {
        /// The column.
        column: String,
        /// Its levels among those who are divided, in their order; none where no table could be read.
        levels: Vec<String>,
        /// Share of the people of the other levels that validates.
        validation: f64,
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

/// Who validates in a fold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Validation {
    /// A share of those who do not test.
    Share(f64),
    /// A fold: the one behind the fold that tests, or each in its turn where those held out test.
    Fold,
}

/// Who tests the models of a fold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tested {
    /// The fold.
    #[default]
    Fold,
    /// Those held out, the same for all folds.
    Holdout,
}

impl ProtocolKind {
    /// Folds that test in turn; a share of the others validates, and so many people are held out of all.
    pub fn kfold(folds: usize, validation: f64, holdout: usize) -> Self {
        let validation = Validation::Share(validation);
        Self::KFold { folds, validation, holdout, redraw: false, test: Tested::Fold }
    }

    /// Divisions it makes a seed.
    pub fn folds(&self) -> usize {
        match self {
            Self::KFold { folds, .. } => *folds,
            Self::LeaveOut { levels, .. } => levels.len(),
            Self::Holdout { .. } => 1,
        }
    }

    /// Whom a fold leaves out: `site = A`.
    pub fn left_out(&self, fold: usize) -> Option<String> {
        match self {
            Self::LeaveOut { column, levels, .. } => levels.get(fold).map(|level| format!("{column} = {level}")),
            Self::KFold { .. } | Self::Holdout { .. } => None,
        }
    }

    /// Whether somebody validates.
    pub fn validates(&self) -> bool {
        match self {
            Self::KFold { validation: Validation::Fold, .. } => true,
            Self::KFold { validation: Validation::Share(share), .. } => *share > 0.0,
            Self::LeaveOut { validation, .. } | Self::Holdout { validation, .. } => *validation > 0.0,
        }
    }

    /// Whether people are kept out of every fold.
    pub fn holds_out(&self) -> bool {
        matches!(self, Self::KFold { holdout, .. } if *holdout > 0)
    }

    /// Whether each seed holds out others.
    pub fn redraws(&self) -> bool {
        matches!(self, Self::KFold { redraw: true, .. })
    }

    /// Whether those held out are who tests.
    pub fn tests_on_holdout(&self) -> bool {
        matches!(self, Self::KFold { test: Tested::Holdout, .. })
    }
}

impl Protocol {
    /// A scheme with seed 1, one training a division, and nothing else asked.
    pub fn new(kind: ProtocolKind) -> Self {
        Self { kind, stratify: Vec::new(), seeds: vec![1], repeats: 1, group: None, once: false }
    }

    /// The columns that decide who may be parted from whom: who has no cell in one of them is in no set.
    pub fn needed_columns(&self) -> Vec<&str> {
        let left_out = match &self.kind {
            ProtocolKind::LeaveOut { column, .. } => Some(column.as_str()),
            ProtocolKind::KFold { .. } | ProtocolKind::Holdout { .. } => None,
        };
        left_out.into_iter().chain(self.group.as_deref()).collect()
    }
}

impl Tested {
    fn is_fold(&self) -> bool {
        *self == Self::Fold
    }
}

fn is_false(flag: &bool) -> bool {
    !*flag
}
