//! What is computed of a prediction and its truth.

use serde::{Deserialize, Serialize};
use std::mem::discriminant;

/// A metric. Definitions stand in `fascicle_analysis::metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Share of right answers.
    Accuracy,
    /// Mean recall over classes.
    BalancedAccuracy,
    /// Macro precision.
    Precision,
    /// Macro recall.
    Recall,
    /// Macro F1.
    F1,
    /// Area under the ROC curve; several classes: one against the rest, macro mean.
    Auc,
    /// The confusion matrix.
    Confusion,
    /// Mean absolute error.
    Mae,
    /// Mean squared error.
    Mse,
    /// Coefficient of determination.
    R2,
    /// Pearson's correlation.
    Pearson,
    /// Spearman's rank correlation.
    Spearman,
    /// Peak signal-to-noise ratio, dB.
    Psnr,
    /// Structural similarity.
    Ssim,
    /// Dice overlap.
    Dice,
    /// Normalised difference of images.
    NormDiff,
    /// Contrast-to-noise ratio of random pairs of regions of an image.
    Cnr(Cnr),
    /// Mean squared error skill score of images: 0 for the mean of the training images, 1 for the truth.
    Skill,
}

/// How a contrast-to-noise ratio is taken; the ratio itself is in `fascicle_analysis::metrics::contrast`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cnr {
    /// Extents of a region in voxels, the last axes of the image; 1 before them where the image has two.
    pub roi: [usize; 3],
    /// Pairs of regions an image.
    pub pairs: usize,
    /// Decides which.
    pub seed: u64,
    /// The image that is judged.
    pub of: JudgedImage,
}

/// Which of two images is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgedImage {
    /// What the model gives.
    Prediction,
    /// What it should give: the same regions of the true image, to compare with.
    Truth,
}

impl Cnr {
    /// A thousand pairs of 4 x 4 x 3 voxels (Dimitri et al. 2022).
    pub const DEFAULT: Self = Self { roi: [4, 4, 3], pairs: 1000, seed: 0, of: JudgedImage::Prediction };
}

impl Metric {
    /// All of them with their names in the language, and their options as they are where none is given.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("accuracy", Self::Accuracy),
        ("balanced_accuracy", Self::BalancedAccuracy),
        ("precision", Self::Precision),
        ("recall", Self::Recall),
        ("f1", Self::F1),
        ("auc", Self::Auc),
        ("confusion", Self::Confusion),
        ("mae", Self::Mae),
        ("mse", Self::Mse),
        ("r2", Self::R2),
        ("pearson", Self::Pearson),
        ("spearman", Self::Spearman),
        ("psnr", Self::Psnr),
        ("ssim", Self::Ssim),
        ("dice", Self::Dice),
        ("norm_diff", Self::NormDiff),
        ("cnr", Self::Cnr(Cnr::DEFAULT)),
        ("skill", Self::Skill),
    ];

    /// Its name in the language and in results, whatever its options; a ratio of the truth has a name of its own.
    pub fn name(self) -> &'static str {
        if let Self::Cnr(Cnr { of: JudgedImage::Truth, .. }) = self {
            return "cnr_of_truth";
        }
        Self::ALL.iter().find(|(_, m)| discriminant(m) == discriminant(&self)).map_or("metric", |(name, _)| name)
    }

    /// Whether it asks for an image as truth.
    pub fn is_of_images(self) -> bool {
        matches!(self, Self::Psnr | Self::Ssim | Self::Cnr(_) | Self::Skill)
    }

    /// Whether it asks for a class as truth (`true`), for numbers (`false`).
    pub fn is_of_classes(self) -> bool {
        use Metric::{Accuracy, Auc, BalancedAccuracy, Confusion, F1, Precision, Recall};
        matches!(self, Accuracy | BalancedAccuracy | Precision | Recall | F1 | Auc | Confusion)
    }

    /// Whether larger is better; `None` where the question has no answer.
    pub fn larger_is_better(self) -> Option<bool> {
        match self {
            // A blurred image has little noise: a larger contrast-to-noise ratio is not a better reconstruction.
            Self::Confusion | Self::Cnr(_) => None,
            Self::Mae | Self::Mse | Self::NormDiff => Some(false),
            _ => Some(true),
        }
    }
}
