//! Analyses: from predictions, latent vectors and residuals to numbers that can be reported.
//!
//! The last step before the report. What models gave comes in as slices and arrays on the host, one value or one row
//! a subject, truth and prediction in the same order; scores, tests, clusters and deviations go out, all of them
//! serialisable. Nothing here knows of files, of the plan or of tensors on a device, so every function can be checked
//! against the package whose definition it follows.
//!
//! ```text
//!  predictions ──▶ metrics ──▶ bootstrap (intervals) ──▶ statistics (is the difference real?)
//!  models      ──▶ ensemble ──▶ metrics
//!  residuals   ──▶ normative (deviations) ──▶ statistics
//!  latents     ──▶ clustering, latent (factors, similarity) ──▶ statistics
//!                 └─▶ probe (is a class, a number, a person in it?)
//!  columns     ──▶ harmonisation ──▶ columns without their sites, before any model
//! ```
//!
//! | module | holds | follows |
//! |---|---|---|
//! | [`metrics::classification`], [`metrics::roc`] | confusion matrix, accuracies, precision, recall, F1; areas under the curve | scikit-learn |
//! | [`metrics::regression`] | squared and absolute error, R2, correlations | scikit-learn, scipy |
//! | [`metrics::image`], [`metrics::ssim`] | image errors, PSNR, Dice; structural similarity | scikit-image, torchmetrics, MONAI |
//! | [`metrics::calibration`], [`metrics::precision_recall`] | Brier's score, calibration error; average precision | scikit-learn, Guo et al. |
//! | [`metrics::surface`] | distances between the surfaces of masks, mm | MONAI |
//! | [`metrics::drawn`] | errors, R2 and areas of drawn rows, for intervals | the above |
//! | [`metrics::contrast`] | contrast-to-noise ratio of pairs of regions | Patterson and Foster; Dimitri et al. |
//! | [`bootstrap`] | percentile intervals by subject, spread over folds, quantiles | Efron and Tibshirani |
//! | [`statistics`] | t, rank, permutation and resampled tests; multiple testing | scipy, statsmodels |
//! | [`ensemble`] | means weighted by inverse entropy | HyperFusion |
//! | [`loss_entropy`] | how much a loss depends on each layer | HyperFusion |
//! | [`normative`] | deviations from held-out healthy subjects | Kumar et al. |
//! | [`harmonisation`] | ComBat over sites, residuals of covariates | neuroCombat, neuroHarmonize, statsmodels |
//! | [`clustering`] | affinity propagation, silhouettes | scikit-learn |
//! | [`saliency`] | noisy copies of an image, norms over channels | Smilkov et al. |
//! | [`probe`] | logistic and ridge probes, nearest neighbours | scikit-learn |
//! | [`search`] | which settings to try next, which trials are hopeless | Optuna |
//! | [`latent`] | factors with varimax, CKA, CCA, SVCCA, t-SNE, Gaussians | factor_analyzer, Kornblith et al., scikit-learn, torch |
//!
//! Two rules hold everywhere. No answer is NaN or infinite: what has no answer returns an [`AnalysisError`] that says
//! why, and a number that is not finite is refused with its place (numbers beyond 1e150, whose squares overflow, are
//! not provided for). And what is random takes a seed and gives the same result on any number of processors.

pub mod bootstrap;
pub mod clustering;
pub mod ensemble;
pub mod error;
pub mod harmonisation;
pub mod latent;
pub mod loss_entropy;
pub mod metrics;
pub mod normative;
pub mod probe;
pub mod saliency;
pub mod search;
pub mod statistics;

pub use bootstrap::{Bootstrap, Interval, Spread, quantile, share_below, spread};
pub use clustering::affinity_propagation::{AffinityPropagation, BestClusters, Clusters};
pub use clustering::distances::{Distance, distances};
pub use clustering::silhouette::{silhouette, silhouettes};
pub use ensemble::{Combination, combine, inverse_entropy_weights};
pub use error::{AnalysisError, Result};
pub use harmonisation::{Combat, CombatSettings, Residuals};
pub use latent::factors::{FactorAnalysis, Keep, Rotation};
pub use latent::similarity::{Energy, Svcca, canonical_correlations, debiased_linear_cka, linear_cka, svcca};
pub use metrics::calibration::{brier, brier_of_class, calibration_error};
pub use metrics::classification::{AverageScores, ClassScores, ConfusionMatrix, most_probable};
pub use metrics::contrast::{Average, Noise, RegionPairs, RegionPlaces, contrast_to_noise};
pub use metrics::drawn::{DrawnNumbers, DrawnRanks, ErrorKind};
pub use metrics::image::{dice, intersection_over_union, normalised_difference, psnr};
pub use metrics::precision_recall::average_precision;
pub use metrics::regression::{
    Correlation, concordance, mean_absolute_error, mean_squared_error, pearson, r2, root_mean_squared_error, spearman,
};
pub use metrics::roc::{OneVsRest, roc_auc, roc_auc_one_vs_rest};
pub use metrics::ssim::Ssim;
pub use metrics::surface::hausdorff;
pub use normative::{Deviation, Exceedance, NormativeReference};
pub use statistics::anova::{OneWayAnova, one_way_anova};
pub use statistics::contingency::{Contingency, contingency};
pub use statistics::kruskal_wallis::{KruskalWallis, kruskal_wallis, kruskal_wallis_by};
pub use statistics::mann_whitney::{MannWhitney, mann_whitney, mann_whitney_of_maps};
pub use statistics::multiple::{Correction, adjust};
pub use statistics::permutation::{
    GroupStatistic, PermutationTest, Permutations, permutation_of_groups, permutation_of_labels, permutation_of_pairs,
    permutation_paired,
};
pub use statistics::resampled::corrected_resampled_t;
pub use statistics::t_test::{TTest, one_sample_t, paired_t, welch_t};
pub use statistics::wilcoxon::{SignedRank, signed_rank_of_differences, wilcoxon_signed_rank};
pub use statistics::{Alternative, Method};
