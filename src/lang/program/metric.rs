//! What is computed of a prediction and its truth.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
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
    /// Normalised difference of images: absolute differences over magnitudes.
    NormDiff,
    /// Normalised difference of images in another form.
    NormDiffBy(NormDiff),
    /// Contrast-to-noise ratio of pairs of regions of an image.
    Cnr(Cnr),
    /// Mean squared error skill score of images: 0 for the mean of the training images, 1 for the truth.
    Skill,
    /// Root of the mean squared error.
    Rmse,
    /// Concordance index: of two people with different truths, how often the larger one is predicted the larger.
    Concordance,
    /// Mean squared error of the probabilities.
    Brier,
    /// Area under the precision-recall curve as a sum of steps.
    AveragePrecision,
    /// Expected calibration error over so many bins of confidence.
    CalibrationError {
        /// Bins of equal width.
        bins: usize,
    },
    /// Intersection over union of masks.
    Iou,
    /// Hausdorff distance of the surfaces of masks, mm.
    Hausdorff {
        /// The percentile of the distances that stands for the largest; 100: the largest.
        percent: u8,
    },
    /// Mean distance of the surfaces of masks, mm.
    SurfaceDistance,
    /// Share of the surfaces of masks that lies near the other.
    SurfaceDice {
        /// How near, in thousandths of a millimetre.
        tolerance_um: u32,
    },
    /// How alike masks are in volume.
    VolumeSimilarity,
    /// F1 of the connected parts of masks.
    LesionF1,
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
    /// Where regions lie. What is as it was before there was a choice is not written, so that results of then are
    /// found again.
    #[serde(default, skip_serializing_if = "RegionPlaces::is_random")]
    pub on: RegionPlaces,
    /// What a contrast is divided by.
    #[serde(default, skip_serializing_if = "Noise::is_each")]
    pub noise: Noise,
    /// What stands for all pairs.
    #[serde(default, skip_serializing_if = "Average::is_mean")]
    pub over: Average,
}

/// How the difference of two images is taken, where it is not the sum of absolute differences over that of magnitudes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NormDiff {
    /// Whether it tells which image is the brighter.
    pub signed: bool,
    /// One ratio of sums, or the median of the voxels' ratios.
    pub over: Average,
}

/// Where regions lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionPlaces {
    /// Anywhere.
    #[default]
    Random,
    /// Edge to edge.
    Grid,
}

/// What a contrast is divided by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// The noise of each region about its own mean.
    #[default]
    Each,
    /// The standard deviation of the voxels of both.
    Joint,
}

/// What stands for many numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// The mean; of ratios of voxels the ratio of their sums.
    #[default]
    Mean,
    /// The median.
    Median,
}

impl RegionPlaces {
    fn is_random(&self) -> bool {
        *self == Self::Random
    }
}

impl Noise {
    fn is_each(&self) -> bool {
        *self == Self::Each
    }
}

impl Average {
    fn is_mean(&self) -> bool {
        *self == Self::Mean
    }
}

/// Which of two images is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgedImage {
    /// What the model gives.
    Prediction,
    /// What it should give: the same regions of the true image, to compare with.
    Truth,
    /// Both: the normalised difference of their ratios.
    Difference,
}

impl Cnr {
    /// A thousand random pairs of 4 x 4 x 3 voxels.
    pub const DEFAULT: Self = Self {
        roi: [4, 4, 3],
        pairs: 1000,
        seed: 0,
        of: JudgedImage::Prediction,
        on: RegionPlaces::Random,
        noise: Noise::Each,
        over: Average::Mean,
    };
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
        ("rmse", Self::Rmse),
        ("concordance", Self::Concordance),
        ("brier", Self::Brier),
        ("average_precision", Self::AveragePrecision),
        ("calibration_error", Self::CalibrationError { bins: 15 }),
        ("iou", Self::Iou),
        ("hausdorff", Self::Hausdorff { percent: 100 }),
        ("skill", Self::Skill),
        ("surface_distance", Self::SurfaceDistance),
        ("surface_dice", Self::SurfaceDice { tolerance_um: 1000 }),
        ("volume_similarity", Self::VolumeSimilarity),
        ("lesion_f1", Self::LesionF1),
    ];

    /// Its name in results, and where variants are compared: that of the language, with what else it is a metric of.
    pub fn name(self) -> Cow<'static, str> {
        let plain = Self::ALL.iter().find(|(_, m)| discriminant(m) == discriminant(&self));
        let plain = plain.map_or("metric", |(name, _)| name);
        Cow::Borrowed(match self {
            Self::Cnr(Cnr { of: JudgedImage::Truth, .. }) => "cnr_of_truth",
            Self::Cnr(Cnr { of: JudgedImage::Difference, .. }) => "cnr_difference",
            Self::NormDiffBy(NormDiff { signed: true, over: Average::Median }) => "norm_diff_signed_median",
            Self::NormDiffBy(NormDiff { signed: true, over: Average::Mean }) => "norm_diff_signed",
            Self::NormDiffBy(NormDiff { signed: false, over: Average::Median }) => "norm_diff_median",
            Self::NormDiffBy(NormDiff { signed: false, over: Average::Mean }) => "norm_diff",
            Self::Hausdorff { percent } if percent < 100 => return format!("hausdorff{percent}").into(),
            Self::SurfaceDice { tolerance_um } if tolerance_um != 1000 => {
                return format!("surface_dice_{}mm", f64::from(tolerance_um) / 1000.0).into();
            }
            _ => plain,
        })
    }

    /// Whether it asks for an image as truth.
    pub fn is_of_images(self) -> bool {
        matches!(self, Self::Psnr | Self::Ssim | Self::Cnr(_) | Self::Skill)
    }

    /// Whether it asks for a class as truth (`true`), for numbers (`false`).
    pub fn is_of_classes(self) -> bool {
        use Metric::{Accuracy, Auc, AveragePrecision, BalancedAccuracy, Confusion, F1, Precision, Recall};
        matches!(self, Accuracy | BalancedAccuracy | Precision | Recall | F1 | Auc | Confusion | AveragePrecision)
            || matches!(self, Self::Brier | Self::CalibrationError { .. })
    }

    /// Whether it asks for probabilities, where a margin or a vote does not do.
    pub fn is_of_probabilities(self) -> bool {
        matches!(self, Self::Brier | Self::CalibrationError { .. })
    }

    /// Whether it asks for a mask as truth.
    pub fn is_of_masks(self) -> bool {
        matches!(self, Self::Dice | Self::Iou | Self::VolumeSimilarity) || self.is_of_grids()
    }

    /// Whether it asks for a mask and for how its voxels lie to one another, and of those of distances how large they are.
    pub fn is_of_grids(self) -> bool {
        matches!(self, Self::Hausdorff { .. } | Self::SurfaceDistance | Self::SurfaceDice { .. } | Self::LesionF1)
    }

    /// Whether it is known of each class by itself, too: of classes (`true`) or of the classes of a mask.
    pub fn has_classes(self, of_classes: bool) -> bool {
        match of_classes {
            true => {
                matches!(
                    self,
                    Self::Precision | Self::Recall | Self::F1 | Self::Auc | Self::AveragePrecision | Self::Brier
                )
            }
            false => matches!(self, Self::Precision | Self::Recall | Self::F1) || self.is_of_masks(),
        }
    }

    /// Whether larger is better; `None` where the question has no answer.
    pub fn larger_is_better(self) -> Option<bool> {
        match self {
            // A blurred image has little noise: a larger contrast-to-noise ratio is not a better reconstruction.
            Self::Confusion | Self::Cnr(_) => None,
            // What has a sign is best at 0.
            Self::NormDiffBy(NormDiff { signed, .. }) => (!signed).then_some(false),
            Self::Mae | Self::Mse | Self::Rmse | Self::NormDiff => Some(false),
            Self::Brier | Self::CalibrationError { .. } => Some(false),
            Self::Hausdorff { .. } | Self::SurfaceDistance => Some(false),
            _ => Some(true),
        }
    }
}
