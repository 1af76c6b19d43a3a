//! Numbers and images against scikit-learn, scipy, scikit-image, torchmetrics and MONAI.

use super::calibration::{brier, brier_of_class, calibration_error};
use super::contrast::Average;
use super::image::{dice, intersection_over_union, mae, mse, normalised_difference, psnr};
use super::precision_recall::average_precision;
use super::regression::{
    concordance, mean_absolute_error, mean_squared_error, pearson, r2, root_mean_squared_error, spearman,
};
use super::ssim::Ssim;
use crate::error::AnalysisError;
use fascicle_reference::{assert_close, flat, number, stats, table};
use ndarray::{Array1, Array2, Array3, Array4, ArrayD, Axis, arr1};
use serde_json::Value;

fn volume(value: &Value) -> Array3<f64> {
    Array3::from_shape_vec((12, 13, 14), flat(value)).unwrap()
}

#[test]
fn the_structural_similarity_of_a_slice_is_that_of_three_packages() {
    let Some(golden) = stats("psnr_ssim") else {
        return;
    };
    let (truth, predicted) = (table(&golden["target2d"]), table(&golden["pred2d"]));
    let score = |ssim: Ssim| ssim.score(truth.view(), predicted.view()).unwrap();
    assert_close(score(Ssim::uniform(1.0)), number(&golden["skimage_ssim_default_range1"]), 1e-10);
    assert_close(score(Ssim::gaussian(1.0)), number(&golden["skimage_ssim_gaussian_range1"]), 1e-10);
    assert_close(score(Ssim::torchmetrics(1.0)), number(&golden["torchmetrics_ssim2d_range1"]), 1e-5);
}

#[test]
fn the_structural_similarity_of_a_volume_is_that_of_three_packages() {
    let Some(golden) = stats("psnr_ssim") else {
        return;
    };
    let (truth, predicted) = (volume(&golden["target3d"]), volume(&golden["pred3d"]));
    let score = |ssim: Ssim| ssim.score(truth.view(), predicted.view()).unwrap();
    assert_close(score(Ssim::uniform(1.0)), number(&golden["skimage_ssim3d_default_range1"]), 1e-10);
    assert_close(score(Ssim::gaussian(1.0)), number(&golden["skimage_ssim3d_gaussian"]), 1e-10);
    assert_close(score(Ssim::torchmetrics(1.0)), number(&golden["torchmetrics_ssim3d_range1"]), 1e-5);
}

#[test]
fn the_peak_signal_to_noise_ratio_is_scikit_images() {
    let Some(golden) = stats("psnr_ssim") else {
        return;
    };
    let (truth, predicted) = (table(&golden["target2d"]), table(&golden["pred2d"]));
    assert_close(mse(truth.view(), predicted.view()).unwrap(), number(&golden["mse"]), 1e-10);
    assert_close(psnr(truth.view(), predicted.view(), 1.0).unwrap(), number(&golden["skimage_psnr_range1"]), 1e-10);
    let (truth, predicted) = (volume(&golden["target3d"]), volume(&golden["pred3d"]));
    assert_close(psnr(truth.view(), predicted.view(), 1.0).unwrap(), number(&golden["skimage_psnr3d_range1"]), 1e-10);
}

#[test]
fn images_shifted_by_their_minimum_score_as_the_disentanglement_code_does() {
    let Some(golden) = stats("psnr_ssim") else {
        return;
    };
    let shifted = |value: &Value| {
        let image = table(value);
        let least = image.iter().copied().fold(f64::INFINITY, f64::min);
        image - least
    };
    let (truth, predicted) = (shifted(&golden["target2d"]), shifted(&golden["pred2d"]));
    let range = truth.iter().copied().fold(0.0, f64::max);
    let expected = &golden["official_disentangle"];
    let ssim = Ssim::uniform(range).score(truth.view(), predicted.view()).unwrap();
    assert_close(ssim, number(&expected["ssim"][0]), 1e-6);
    assert_close(psnr(truth.view(), predicted.view(), range).unwrap(), number(&expected["psnr"][0]), 1e-6);
    assert_close(mse(truth.view(), predicted.view()).unwrap(), number(&expected["rmse"][0]), 1e-6);
}

#[test]
fn single_precision_images_are_scored_without_being_copied_to_double() {
    let truth = arr1(&[0.0_f32, 1.0, 2.0]);
    let predicted = arr1(&[1.0_f32, 1.0, 4.0]);
    assert_close(mse(truth.view(), predicted.view()).unwrap(), 5.0 / 3.0, 1e-12);
    assert_close(mae(truth.view(), predicted.view()).unwrap(), 1.0, 1e-12);
    assert_close(
        normalised_difference(truth.view(), predicted.view(), Average::Mean, false).unwrap(),
        3.0 / 9.0,
        1e-12,
    );
}

#[test]
fn a_difference_has_a_sign_and_a_median_where_they_are_asked_for() {
    let truth = arr1(&[0.0_f32, 2.0, 4.0, 1.0, 0.0]);
    let predicted = arr1(&[0.0_f32, 1.0, 4.0, 3.0, 5.0]);
    // Voxel by voxel none, -1/3, 0, 1/2 and 1.
    let score = |over, signed| normalised_difference(truth.view(), predicted.view(), over, signed).unwrap();
    assert_close(score(Average::Mean, false), (1.0 + 2.0 + 5.0) / 20.0, 1e-12);
    assert_close(score(Average::Mean, true), (-1.0 + 2.0 + 5.0) / 20.0, 1e-12);
    assert_close(score(Average::Median, false), (1.0 / 3.0 + 1.0 / 2.0) / 2.0, 1e-12);
    assert_close(score(Average::Median, true), (0.0 + 1.0 / 2.0) / 2.0, 1e-12);
}

#[test]
fn the_normalised_difference_of_patterned_images_is_that_of_numpy() {
    // t = 1 + numpy.arange(60) * 37 % 101; p = 1 + numpy.arange(60) * 53 % 89; r = (p - t) / (p + t);
    // numpy.median(r), numpy.median(abs(r)), abs(p - t).sum() / (p + t).sum(), scipy.spatial.distance.braycurtis(t, p)
    let pattern = |by: usize, of: usize| Array1::from_shape_fn(60, |i| (1 + i * by % of) as f64);
    let (truth, predicted) = (pattern(37, 101), pattern(53, 89));
    let score = |over, signed| normalised_difference(truth.view(), predicted.view(), over, signed).unwrap();
    assert_close(score(Average::Median, true), -0.039285714285714285, 1e-14);
    assert_close(score(Average::Median, false), 0.3333333333333333, 1e-14);
    assert_close(score(Average::Mean, false), 0.33183000867302687, 1e-14);
}

#[test]
fn masks_overlap_as_monai_says() {
    let Some(golden) = stats("dice") else { return };
    let masks = |value: &Value| Array4::from_shape_vec((2, 6, 6, 6), flat(value)).unwrap().mapv(|v| v > 0.5);
    let (predicted, truth) = (masks(&golden["pred"]), masks(&golden["target"]));
    for subject in 0..2 {
        let (t, p) = (truth.index_axis(Axis(0), subject), predicted.index_axis(Axis(0), subject));
        assert_close(dice(t, p).unwrap(), number(&golden["dice"][subject]), 1e-12);
        assert_close(dice(t, p).unwrap(), number(&golden["monai"][subject][0]), 1e-6);
        assert_close(intersection_over_union(t, p).unwrap(), number(&golden["iou"][subject]), 1e-12);
    }
    let empty = Array1::from_elem(4, false);
    assert_eq!(dice(empty.view(), empty.view()).unwrap(), 1.0);
}

#[test]
fn images_that_cannot_be_compared_are_refused() {
    let (a, b) = (ArrayD::<f64>::zeros(vec![8, 8]), ArrayD::<f64>::zeros(vec![8, 9]));
    assert!(matches!(mse(a.view(), b.view()), Err(AnalysisError::ShapeMismatch { .. })));
    assert_eq!(psnr(a.view(), a.view(), 1.0), Err(AnalysisError::Identical));
    assert!(matches!(psnr(a.view(), a.view(), 0.0), Err(AnalysisError::Setting { .. })));
    assert!(matches!(
        Ssim::gaussian(1.0).score(a.view(), a.view()),
        Err(AnalysisError::TooFew { needed: 11, found: 8, .. })
    ));
    assert_close(Ssim::uniform(1.0).score(a.view(), a.view()).unwrap(), 1.0, 1e-15);
    assert!(matches!(
        normalised_difference(a.view(), a.view(), Average::Mean, false),
        Err(AnalysisError::Constant { .. })
    ));
}

#[test]
fn numbers_are_scored_as_scikit_learn_and_scipy_do() {
    let truth = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7, 4.9];
    let predicted = [1.8, 3.9, 1.2, 4.1, 4.6, 2.2, 2.9, 3.3];
    assert_close(r2(&truth, &predicted).unwrap(), 0.33009708737864085, 1e-12);
    assert_close(mean_squared_error(&truth, &predicted).unwrap(), 1.035, 1e-12);
    assert_close(mean_absolute_error(&truth, &predicted).unwrap(), 0.825, 1e-12);
    let line = pearson(&truth, &predicted).unwrap();
    assert_close(line.r, 0.7627577287388236, 1e-12);
    assert_close(line.p_value.unwrap(), 0.027724361612863947, 1e-10);
    let rank = spearman(&truth, &predicted).unwrap();
    assert_close(rank.r, 0.7857142857142858, 1e-12);
    assert_close(rank.p_value.unwrap(), 0.020815127253525273, 1e-10);
    let tied = spearman(&[1.0, 2.0, 2.0, 3.0, 5.0, 4.0], &[2.0, 1.0, 3.0, 3.0, 6.0, 5.0]).unwrap();
    assert_close(tied.r, 0.8676470588235294, 1e-12);
    assert_close(tied.p_value.unwrap(), 0.025116718400162802, 1e-10);
    let same_order = spearman(&[0.3, 0.1, 0.2], &[9.0, 1.0, 2.0]).unwrap();
    assert_eq!((same_order.r, same_order.p_value), (1.0, Some(0.0)));
}

#[test]
fn correlations_survive_very_small_and_very_large_numbers() {
    let x = [1e-300, 2e-300, 4e-300];
    let y = [1e300, -2e300, 3e300];
    let plain = pearson(&[1.0, 2.0, 4.0], &[1.0, -2.0, 3.0]).unwrap();
    assert_close(pearson(&x, &y).unwrap().r, plain.r, 1e-12);
    let perfect = pearson(&[1.0, 2.0, 4.0], &[-2.0, -4.0, -8.0]).unwrap();
    assert_eq!((perfect.r, perfect.p_value), (-1.0, Some(0.0)));
    assert_eq!(pearson(&[1.0, 2.0], &[5.0, 3.0]).unwrap().p_value, None);
}

#[test]
fn a_constant_list_has_no_correlation() {
    let error = pearson(&[1.0, 2.0, 3.0], &[4.0, 4.0, 4.0]).unwrap_err();
    assert_eq!(error, AnalysisError::Constant { what: "the predictions", value: 4.0 });
    let error = r2(&[4.0, 4.0], &[4.0, 5.0]).unwrap_err();
    assert_eq!(error, AnalysisError::Constant { what: "the truth", value: 4.0 });
    assert!(matches!(spearman(&[1.0, f64::NAN], &[1.0, 2.0]), Err(AnalysisError::NotFinite { .. })));
}

/// Numbers between 0 and 1 that a script can draw alike.
fn congruential(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        state as f64 / (1_u64 << 31) as f64
    };
    (0..count).map(|_| next()).collect()
}

/// scikit-learn 1.7 on the same probabilities; the calibration error by Guo's equation 3 in numpy.
#[test]
fn probabilities_are_scored_as_scikit_learn_does() {
    let drawn = congruential(120, 1);
    let mut probabilities = Array2::from_shape_fn((40, 3), |(row, class)| (4.0 * drawn[3 * row + class]).exp());
    for mut row in probabilities.rows_mut() {
        let sum = row.sum();
        row.mapv_inplace(|v| v / sum);
    }
    let truth: Vec<usize> = congruential(40, 7).into_iter().map(|v| (3.0 * v) as usize).collect();
    assert_close(brier(&truth, probabilities.view()).unwrap(), 0.672_722_054_099_098_6, 1e-12);
    let of_class = |class: usize| truth.iter().map(|label| *label == class).collect::<Vec<_>>();
    let column = |class: usize| probabilities.column(class).to_vec();
    assert_close(brier_of_class(&truth, probabilities.view(), 1).unwrap(), 0.233_867_192_133_294_43, 1e-12);
    for (class, expected) in
        [0.584_580_818_628_055_1, 0.370_380_619_100_193_15, 0.627_298_081_425_216_1].iter().enumerate()
    {
        assert_close(average_precision(&of_class(class), &column(class)).unwrap(), *expected, 1e-12);
    }
    let tied = average_precision(&[false, true, true, false, true], &[0.5, 0.5, 0.7, 0.1, 0.1]);
    assert_close(tied.unwrap(), 0.755_555_555_555_555_5, 1e-12);
    assert_close(calibration_error(&truth, probabilities.view(), 15).unwrap(), 0.283_897_244_788_303_64, 1e-12);
    assert_close(calibration_error(&truth, probabilities.view(), 10).unwrap(), 0.252_812_527_117_116_2, 1e-12);
}

/// scikit-learn 1.7, lifelines 0.30.
#[test]
fn a_root_mean_squared_error_is_scikit_learns_and_a_concordance_is_lifelines() {
    let mut truth = congruential(25, 3);
    let mut predicted: Vec<f64> = truth.iter().zip(congruential(25, 9)).map(|(a, b)| a + 0.3 * b).collect();
    predicted[3] = predicted[4];
    truth[6] = truth[7];
    assert_close(root_mean_squared_error(&truth, &predicted).unwrap(), 0.207_108_934_262_579_54, 1e-12);
    assert_close(concordance(&truth, &predicted).unwrap(), 0.834_448_160_535_117_1, 1e-12);
    assert!(matches!(concordance(&[1.0, 1.0], &[0.0, 2.0]), Err(AnalysisError::Constant { .. })));
}
