//! What is compared: the variants of a sweep, or the models of one program.

use serde::{Deserialize, Serialize};

/// A sweep, resolved to variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// Its name.
    pub name: String,
    /// Indices into [`crate::program::Experiment::variants`].
    pub variants: Vec<usize>,
    /// What is compared: a metric's name (`auc`) or an analysis' field (`by_region.significant`).
    pub compare: Vec<String>,
    /// The paired test between variants.
    pub test: PairedTest,
    /// The variant that the file compares the others with: its position in [`Sweep::variants`]. Where the file names none,
    /// it is the one with the best scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<usize>,
}

/// A test between the scores of two variants on the same folds and seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PairedTest {
    /// Nadeau and Bengio's t test corrected for overlapping training sets.
    CorrectedT,
    /// Wilcoxon's signed ranks.
    Wilcoxon,
    /// Mann and Whitney's U (unpaired, as some papers report).
    MannWhitney,
}

/// Models that are judged on the same folds, seeds and people, side by side: `compare m against ridge: mae`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelComparison {
    /// As the file spells it: `m against ridge on holdout`.
    pub name: String,
    /// The outputs that are compared, as the file spells them; the first is the reference.
    pub of: Vec<String>,
    /// What is compared.
    pub items: Vec<ComparedScores>,
    /// The paired test between models.
    pub test: PairedTest,
}

/// One metric of the same score of several models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedScores {
    /// The metric's name.
    pub metric: String,
    /// Positions in [`crate::program::Program::scores`], in the order of [`ModelComparison::of`].
    pub scores: Vec<usize>,
}
