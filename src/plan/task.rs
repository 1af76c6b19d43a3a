//! The tasks of a plan.
//!
//! ```text
//!  index ─▶ split (a seed) ─▶ fit (a fold) ─▶ train (a stage, fold, seed, repeat) ─▶ predict (a model, ..)
//!                                          └▶ baseline (likewise) ──────────────────▶ predict (likewise)
//!                                             trials: train ─▶ judge ─▶ the best ─▶ ..  │
//!                                                                                       ├─▶ map
//!                     compare (a sweep, models) ◀─ score, analyse ◀─ ensemble (a model) ◀┤
//!                                                          ▲───────────────────────────────┘
//! ```

use super::fingerprint::Identity;
use crate::program::{Program, Protocol, ProtocolKind};
use serde::{Deserialize, Serialize};

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Finds out who has what, and decodes images.
    Index,
    /// Divides the subjects.
    Split,
    /// Fits scaling, imputation and landmarks on the training subjects of a fold.
    Fit,
    /// Runs a training stage.
    Train,
    /// Fits a baseline.
    Baseline,
    /// Judges a trial of a search on validation subjects.
    Judge,
    /// Evaluates a model's outputs on people that did not train it.
    Predict,
    /// Writes the images that a model drew on the grids of their scans.
    Map,
    /// Makes one prediction of those of several runs.
    Ensemble,
    /// Computes metrics.
    Score,
    /// Asks something of predictions, tables or other analyses.
    Analyse,
    /// Compares the variants of a sweep, or models.
    Compare,
}

impl Kind {
    /// Every kind, in the order in which a plan has them.
    pub const ALL: [Self; 12] = [
        Self::Index,
        Self::Split,
        Self::Fit,
        Self::Train,
        Self::Baseline,
        Self::Judge,
        Self::Predict,
        Self::Map,
        Self::Ensemble,
        Self::Score,
        Self::Analyse,
        Self::Compare,
    ];

    /// The kind of a folder of the store.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The folder of the store that holds its results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Split => "split",
            Self::Fit => "fit",
            Self::Train => "train",
            Self::Baseline => "baseline",
            Self::Judge => "judge",
            Self::Predict => "predict",
            Self::Map => "map",
            Self::Ensemble => "ensemble",
            Self::Score => "score",
            Self::Analyse => "analyse",
            Self::Compare => "compare",
        }
    }
}

/// One training run of a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKey {
    /// The seed of the division.
    pub seed: u64,
    /// The fold, from 0.
    pub fold: usize,
    /// The initialisation, from 0.
    pub repeat: usize,
}

impl RunKey {
    /// All runs of a protocol, seeds first.
    pub fn all(protocol: &Protocol) -> Vec<Self> {
        let mut runs = Vec::new();
        for seed in &protocol.seeds {
            for fold in 0..protocol.kind.folds() {
                for repeat in 0..protocol.repeats.max(1) {
                    runs.push(Self { seed: *seed, fold, repeat });
                }
            }
        }
        runs
    }

    /// The seed of everything that is random in this run: initial weights, order of subjects, augmentation. The same
    /// in every variant, so that variants can be compared run by run.
    pub fn number(self) -> u64 {
        let hash = blake3::hash(format!("run {} {} {}", self.seed, self.fold, self.repeat).as_bytes());
        hash.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// `fold 1`, `fold 1, repeat 2`, `fold 1 (site = A)`, `holdout`: without the seed.
    pub fn fold_name(self, protocol: &Protocol) -> String {
        let fold = match &protocol.kind {
            ProtocolKind::KFold { .. } => format!("fold {}", self.fold + 1),
            // Who is left out says more than the number.
            kind @ ProtocolKind::LeaveOut { .. } => match kind.left_out(self.fold) {
                Some(level) => format!("fold {} ({level})", self.fold + 1),
                None => format!("fold {}", self.fold + 1),
            },
            ProtocolKind::Holdout { .. } => "holdout".to_owned(),
        };
        if protocol.repeats > 1 { format!("{fold}, repeat {}", self.repeat + 1) } else { fold }
    }

    /// `fold 1, seed 3`.
    pub fn name(self, protocol: &Protocol) -> String {
        format!("{}, seed {}", self.fold_name(protocol), self.seed)
    }
}

/// What is to be done; positions count in the experiment and its variant's program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Index,
    Split { seed: u64 },
    Fit { seed: u64, fold: usize },
    Train { stage: usize, run: RunKey },
    Baseline { baseline: usize, run: RunKey },
    Judge { search: usize, run: RunKey },
    Predict { model: usize, run: RunKey },
    Map { model: usize, run: RunKey },
    Ensemble { ensemble: usize },
    Score { score: usize },
    Analyse { analysis: usize },
    Compare { sweep: usize },
    CompareModels { comparison: usize },
}

impl Work {
    pub fn kind(self) -> Kind {
        match self {
            Self::Index => Kind::Index,
            Self::Split { .. } => Kind::Split,
            Self::Fit { .. } => Kind::Fit,
            Self::Train { .. } => Kind::Train,
            Self::Baseline { .. } => Kind::Baseline,
            Self::Judge { .. } => Kind::Judge,
            Self::Predict { .. } => Kind::Predict,
            Self::Map { .. } => Kind::Map,
            Self::Ensemble { .. } => Kind::Ensemble,
            Self::Score { .. } => Kind::Score,
            Self::Analyse { .. } => Kind::Analyse,
            Self::Compare { .. } | Self::CompareModels { .. } => Kind::Compare,
        }
    }
}

/// One task; variants for which it would be the same share it.
#[derive(Debug, Clone)]
pub(super) struct Task {
    /// As `fascicle plan` prints it, unique in a plan.
    pub name: String,
    pub identity: Identity,
    pub work: Work,
    /// The program that says how it is done: of the first variant that needs it.
    pub program: ProgramKey,
    /// What the loss of a trial must have come to by each epoch, else it is given up; empty where nothing is asked.
    pub thresholds: Vec<f64>,
}

/// A variant's program, or that of a trial of its searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ProgramKey {
    /// Position in [`crate::program::Experiment::variants`].
    pub variant: usize,
    /// Position in [`super::layout::VariantTasks::trials`]; `None`: as the file says.
    pub trial: Option<usize>,
}

impl ProgramKey {
    /// A variant as the file says.
    pub fn of(variant: usize) -> Self {
        Self { variant, trial: None }
    }
}

/// The cohorts that any stage trains on, or any baseline is fitted on; all where one of them names none, or there is none.
/// Where packed models are used nobody trains.
pub(super) fn trained_cohorts(program: &Program) -> Vec<String> {
    if !program.used.is_empty() {
        return Vec::new();
    }
    let of_stages = program.stages.iter().map(|stage| &stage.cohorts);
    let named: Vec<_> = of_stages.chain(program.baselines.iter().map(|baseline| &baseline.cohorts)).collect();
    let names_all = named.is_empty() || named.iter().any(|cohorts| cohorts.is_empty());
    let trains = |name: &String| names_all || named.iter().any(|cohorts| cohorts.contains(name));
    program.cohorts.iter().map(|cohort| cohort.name.clone()).filter(trains).collect()
}
