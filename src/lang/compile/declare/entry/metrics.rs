//! Metrics: what a score is of. Classes are predicted as logits, of which the softmax is taken.

use super::{Chapter, Entry, Parameter, Takes};

const fn metric(name: &'static str, doc: &'static str, source: &'static str, example: &'static str) -> Entry {
    Entry { name, chapter: Chapter::Metric, doc, source, parameters: &[], example }
}

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    metric(
        "accuracy",
        "Share of subjects given their own class.",
        "scikit-learn `accuracy_score`",
        "score dx: accuracy",
    ),
    metric(
        "balanced_accuracy",
        "Mean over classes of the share of their subjects that were given them.",
        "scikit-learn `balanced_accuracy_score`",
        "score dx: balanced_accuracy",
    ),
    metric(
        "precision",
        "Of those given a class, the share that belongs to it; mean over classes, 0 where nobody was given it.",
        "scikit-learn `precision_score(average=\"macro\", zero_division=0)`",
        "score dx: precision",
    ),
    metric(
        "recall",
        "Of those who belong to a class, the share that was given it; mean over classes.",
        "scikit-learn `recall_score(average=\"macro\", zero_division=0)`",
        "score dx: recall",
    ),
    metric(
        "f1",
        "Harmonic mean of precision and recall of each class; mean over classes.",
        "scikit-learn `f1_score(average=\"macro\", zero_division=0)`",
        "score dx: f1",
    ),
    metric(
        "auc",
        "Area under the ROC curve; of several classes, one against the rest, mean over classes.",
        "scikit-learn `roc_auc_score(multi_class=\"ovr\")`",
        "score dx: auc",
    ),
    metric(
        "confusion",
        "How many subjects of each class were given which: rows are true classes.",
        "scikit-learn `confusion_matrix`",
        "score dx: confusion",
    ),
    metric(
        "mae",
        "Mean absolute error, in the unit of the target.",
        "scikit-learn `mean_absolute_error`",
        "score years: mae",
    ),
    metric(
        "mse",
        "Mean squared error, in the unit of the target squared.",
        "scikit-learn `mean_squared_error`",
        "score years: mse",
    ),
    metric(
        "r2",
        "Share of the variance that is explained: 1 - sum of squared errors / sum of squares about the mean.",
        "scikit-learn `r2_score`",
        "score years: r2",
    ),
    metric("pearson", "Pearson's correlation of prediction and truth.", "scipy `pearsonr`", "score years: pearson"),
    metric(
        "spearman",
        "Spearman's rank correlation of prediction and truth.",
        "scipy `spearmanr`",
        "score years: spearman",
    ),
    metric(
        "psnr",
        "Peak signal-to-noise ratio of an image in decibels: 10 log10(range^2 / mse).",
        "scikit-image `peak_signal_noise_ratio`",
        "score back.t1: psnr",
    ),
    metric(
        "ssim",
        "Structural similarity of two images.",
        "Wang et al. 2004; scikit-image `structural_similarity`",
        "score back.t1: ssim",
    ),
    metric(
        "dice",
        "Overlap of two masks, 2 |A and B| / (|A| + |B|), mean over classes but the background; 1 where both are empty.",
        "MONAI `DiceMetric(ignore_empty=False)`",
        "score spots: dice",
    ),
    Entry {
        name: "norm_diff",
        chapter: Chapter::Metric,
        doc: "Difference of two images over their magnitude, |p - t| / (|p| + |t|); 0 where they are equal.\n\n\
              `over: mean` divides the sum of the differences by that of the magnitudes. `over: median` takes the median of \
              the voxels' own ratios; voxels that are 0 in both images have none. With `signed: true` a voxel of the \
              prediction that is too bright weighs against one that is too dark, and 0 is best: a variant is then \
              compared, and none is called better. Dimitri et al. use `norm_diff(over: median, signed: true)`. In results \
              the forms are called norm_diff, norm_diff_signed, norm_diff_median and norm_diff_signed_median.",
        source: "scipy `braycurtis`; Dimitri et al. 2022",
        parameters: &[
            Parameter::named(
                "over",
                Takes::Word(&["mean", "median"]),
                "",
                "one ratio of sums over all voxels, or the median of the voxels' ratios",
            ),
            Parameter::named("signed", Takes::Flag(false), "", "whether it tells too bright (above 0) from too dark"),
        ],
        example: "score back.t1: norm_diff(over: median, signed: true)",
    },
    Entry {
        name: "cnr",
        chapter: Chapter::Metric,
        doc: "Contrast-to-noise ratio of an image, |mean(a) - mean(b)| over the noise of a and b, over pairs of regions.\n\n\
              Regions lie where the true image varies, and share no voxel. `noise: each` is sqrt(var(a) + var(b)); `noise: \
              joint` is the standard deviation of the voxels of both together, which holds the contrast too, so that the \
              ratio is 2 at most. `on: grid` lays regions edge to edge and pairs different ones; where they make no more \
              than `pairs`, each pair counts once. `of: difference` is (p - t) / (p + t), pair by pair, of the ratios of \
              the prediction and the truth. Dimitri et al. use `on: grid, noise: joint, over: median`. In results \
              `of: truth` is called cnr_of_truth, `of: difference` cnr_difference.",
        source: "Patterson and Foster 1983; Dimitri et al. 2022",
        parameters: &[
            Parameter::positional(
                "roi",
                Takes::said("two or three whole numbers", "[4, 4, 3]"),
                "voxels",
                "extent of a region along each axis",
            ),
            Parameter::named("pairs", Takes::count(1, 1000), "", "how many pairs an image"),
            Parameter::named("seed", Takes::count(0, 0), "", "what decides which"),
            Parameter::named(
                "of",
                Takes::Word(&["prediction", "truth", "difference"]),
                "",
                "which image is judged, in the same places; or how the two ratios differ",
            ),
            Parameter::named("on", Takes::Word(&["random", "grid"]), "", "where regions lie"),
            Parameter::named("noise", Takes::Word(&["each", "joint"]), "", "what a contrast is divided by"),
            Parameter::named("over", Takes::Word(&["mean", "median"]), "", "what stands for all pairs"),
        ],
        example: "score back.t1: cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median)",
    },
    metric(
        "rmse",
        "Root of the mean squared error, in the unit of the target.",
        "scikit-learn `root_mean_squared_error`",
        "score years: rmse",
    ),
    metric(
        "concordance",
        "Concordance index: of the pairs of people whose truths differ, the share in which the larger truth is predicted the \
         larger; equal predictions count half.",
        "Harrell et al. 1982; lifelines `concordance_index` without censoring",
        "score years: concordance",
    ),
    metric(
        "brier",
        "Mean squared error of the probabilities, summed over classes; of two classes, that of the second alone.",
        "scikit-learn `brier_score_loss`",
        "score dx: brier",
    ),
    metric(
        "average_precision",
        "Area under the precision-recall curve as a sum of steps, not interpolated: of two classes that of the second, of \
         more the mean over classes, one against the rest.",
        "scikit-learn `average_precision_score`",
        "score dx: average_precision",
    ),
    Entry {
        name: "calibration_error",
        chapter: Chapter::Metric,
        doc: "Expected calibration error: how far the confidence in the most probable class is from the share of right \
              answers, over bins of confidence of equal width, weighted by how many fall into each. 0 where a model is as \
              often right as it says.",
        source: "Guo et al. 2017; torchmetrics `MulticlassCalibrationError(norm=\"l1\")`",
        parameters: &[Parameter::named("bins", Takes::count(1, 15), "", "bins between 0 and 1")],
        example: "score dx: calibration_error(bins: 10)",
    },
    metric(
        "iou",
        "Intersection over union of two masks, |A and B| / |A or B|, mean over classes but the background.",
        "MONAI `MeanIoU(ignore_empty=False)`",
        "score spots: iou",
    ),
    Entry {
        name: "hausdorff",
        chapter: Chapter::Metric,
        doc: "Hausdorff distance of two masks in millimetres: the farthest that a voxel of one surface is from the other \
              surface, the larger of both directions; mean over classes but the background.\n\n\
              With a percentile it is that of the distances in place of the largest, so that a few stray voxels do not \
              decide. A surface is the voxels of a mask that touch, by a face, one outside it. Whoever has a class in one \
              mask alone has no distance, and the table by subject says so. In results hausdorff(95%) is called hausdorff95.",
        source: "MONAI `compute_hausdorff_distance(percentile=95, spacing=..)`",
        parameters: &[Parameter::positional(
            "percentile",
            Takes::said("a whole number from 1 to 100", "100"),
            "%",
            "the percentile of the distances",
        )],
        example: "score spots: hausdorff(95%)",
    },
    metric(
        "skill",
        "What is gained over an answer that knows nothing of the subject: 1 - mse / mse of the mean training image.",
        "Murphy 1988, mean squared error skill score",
        "score back.t1: skill",
    ),
    metric(
        "surface_distance",
        "Average symmetric surface distance of two masks in millimetres: the mean over the voxels of both surfaces of how far the other \
         surface is; mean over classes but the background. Surfaces are those of `hausdorff`.",
        "MONAI `compute_average_surface_distance(symmetric=True, spacing=..)`",
        "score spots: surface_distance",
    ),
    Entry {
        name: "surface_dice",
        chapter: Chapter::Metric,
        doc: "The share of the surfaces of two masks that lies at most so far from the other surface; mean over classes but the background. \
              Surfaces are those of `hausdorff`. In results surface_dice(2mm) is called surface_dice_2mm.",
        source: "Nikolov et al. 2021; MONAI `compute_surface_dice(class_thresholds=.., spacing=..)`",
        parameters: &[Parameter::positional(
            "tolerance",
            Takes::number(0.0, 1000.0, 1.0),
            "mm",
            "how far apart surfaces count as the same",
        )],
        example: "score spots: surface_dice(2mm)",
    },
    metric(
        "volume_similarity",
        "How alike two masks are in volume, wherever they lie: 1 - |a - b| / (a + b); mean over classes but the background.",
        "Taha and Hanbury 2015; 1 - |v| / 2 of SimpleITK's `GetVolumeSimilarity`",
        "score spots: volume_similarity",
    ),
    metric(
        "lesion_f1",
        "F1 of lesions, the connected parts of a class: of the share of true ones that a predicted one touches and of the share of predicted \
         ones that touch a true one. Voxels are connected by a face, an edge or a corner; mean over classes but the background.",
        "Commowick et al. 2018, MSSEG; SimpleITK `ConnectedComponent(fullyConnected=True)`",
        "score spots: lesion_f1",
    ),
];
