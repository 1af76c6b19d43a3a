use super::*;

fn paired(
    what: TargetType,
    truth: &[f32],
    truth_shape: &[usize],
    predicted: &[f32],
    predicted_shape: &[usize],
) -> PairedValues {
    let width = |shape: &[usize]| shape.iter().product::<usize>();
    let mut paired = PairedValues::new(what, truth_shape, predicted_shape);
    for (t, p) in truth.chunks(width(truth_shape)).zip(predicted.chunks(width(predicted_shape))) {
        paired.push(t, p);
    }
    paired
}

fn score(paired: &PairedValues, metric: Metric) -> Result<f64> {
    let rows: Vec<usize> = (0..paired.rows).collect();
    paired.evidence(metric, None)?.value(metric, &rows)
}

#[test]
fn classes_are_told_by_the_largest_logit() -> Result<()> {
    let logits = [2.0, 1.0, -1.0, 0.5, 3.0, 2.9, 0.0, 0.1];
    let paired = paired(TargetType::Class(2), &[0.0, 1.0, 1.0, 1.0], &[], &logits, &[2]);
    assert_eq!(score(&paired, Metric::Accuracy)?, 0.75);
    assert_eq!(score(&paired, Metric::BalancedAccuracy)?, (1.0 + 2.0 / 3.0) / 2.0);
    let MetricInput::Classes { .. } = paired.evidence(Metric::Auc, None)? else { unreachable!("classes") };
    assert_eq!(paired.evidence(Metric::Confusion, None)?.confusion(), Some(vec![vec![1, 0], vec![1, 2]]));
    Ok(())
}

#[test]
fn an_area_under_the_curve_needs_two_classes() {
    let paired = paired(TargetType::Class(2), &[1.0, 1.0], &[], &[0.0, 1.0, 1.0, 0.0], &[2]);
    assert_eq!(score(&paired, Metric::Auc), Err(AnalysisError::MissingClass { class: 0 }));
}

#[test]
fn an_image_is_judged_against_the_mean_of_the_training_images() -> Result<()> {
    let mut paired =
        paired(TargetType::Image(None), &[0.0, 2.0, 4.0, 2.0], &[1, 1, 2], &[1.0, 2.0, 4.0, 2.0], &[1, 1, 2]);
    assert!(score(&paired, Metric::Skill).is_err_and(|e| e.to_string().contains("mean of the training images")));
    paired.training_mean = Some(vec![2.0, 2.0]);
    // Errors 1/2 and 0; those of the mean 4/2 and 4/2.
    assert_eq!(score(&paired, Metric::Skill)?, 1.0 - 0.5 / 4.0);
    assert_eq!(paired.evidence(Metric::Skill, None)?.value(Metric::Skill, &[1, 1])?, 1.0);
    Ok(())
}

#[test]
fn contrast_is_judged_in_the_prediction_or_in_the_truth() -> Result<()> {
    use crate::program::{Cnr, JudgedImage};
    let truth: Vec<f32> = (0..64).map(|i| (i * 37 % 101) as f32).collect();
    let smooth: Vec<f32> = truth.iter().enumerate().map(|(i, v)| 0.1 * v + (i / 16) as f32).collect();
    let paired = paired(TargetType::Image(None), &truth, &[1, 8, 8], &smooth, &[1, 8, 8]);
    let cnr = |of| Metric::Cnr(Cnr { roi: [1, 3, 3], pairs: 40, seed: 2, of, ..Cnr::DEFAULT });
    assert!(score(&paired, cnr(JudgedImage::Prediction))? > score(&paired, cnr(JudgedImage::Truth))?);
    Ok(())
}

#[test]
fn a_metric_takes_the_form_that_its_arguments_say() -> Result<()> {
    use crate::program::{Average, Cnr, JudgedImage, Noise, NormDiff, RegionPlaces};
    // Two cells of 2 voxels.
    let paired = paired(TargetType::Image(None), &[0.0, 2.0, 4.0, 8.0], &[1, 1, 4], &[0.0, 1.0, 2.0, 2.0], &[1, 1, 4]);
    let cnr =
        |of, noise| Cnr { roi: [1, 1, 2], of, on: RegionPlaces::Grid, noise, over: Average::Median, ..Cnr::DEFAULT };
    let score = |metric| score(&paired, metric);
    let (t, p) = (5.0 / 8.75_f64.sqrt(), 1.5 / 0.6875_f64.sqrt());
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
    close(score(Metric::Cnr(cnr(JudgedImage::Truth, Noise::Joint)))?, t);
    close(score(Metric::Cnr(cnr(JudgedImage::Prediction, Noise::Joint)))?, p);
    close(score(Metric::Cnr(cnr(JudgedImage::Difference, Noise::Joint)))?, (p - t) / (p + t));
    close(score(Metric::Cnr(cnr(JudgedImage::Truth, Noise::Each)))?, 5.0 / 5.0_f64.sqrt());
    let norm_diff = |signed| Metric::NormDiffBy(NormDiff { signed, over: Average::Median });
    close(score(norm_diff(true))?, -1.0 / 3.0);
    close(score(norm_diff(false))?, 1.0 / 3.0);
    close(score(Metric::NormDiff)?, 9.0 / 19.0);
    Ok(())
}

#[test]
fn vectors_are_judged_element_by_element() -> Result<()> {
    let paired = paired(TargetType::Numbers, &[0.0, 10.0, 1.0, 20.0], &[2], &[1.0, 10.0, 1.0, 24.0], &[2]);
    assert_eq!(score(&paired, Metric::Mae)?, (0.5 + 2.0) / 2.0);
    assert_eq!(score(&paired, Metric::Mse)?, (0.5 + 8.0) / 2.0);
    Ok(())
}

#[test]
fn images_are_judged_one_by_one_on_the_range_they_were_scaled_to() -> Result<()> {
    let truth: Vec<f32> = (0..16).map(|i| i as f32 / 15.0).collect();
    let predicted: Vec<f32> = truth.iter().map(|v| v + 0.1).collect();
    let paired = paired(TargetType::Image(Some(1.0)), &truth, &[1, 4, 4], &predicted, &[1, 4, 4]);
    assert!((score(&paired, Metric::Psnr)? - 20.0).abs() < 1e-5);
    assert!(score(&paired, Metric::Ssim).is_err(), "smaller than the window");
    Ok(())
}

#[test]
fn the_overlap_of_masks_leaves_out_the_background_and_classes_that_nobody_has() -> Result<()> {
    // Logits [3 classes, 4 places].
    let logits = [0.0, 9.0, 0.0, 9.0, 9.0, 0.0, 9.0, 0.0, -9.0, -9.0, -9.0, -9.0];
    let paired = paired(TargetType::Mask(3), &[1.0, 0.0, 0.0, 0.0], &[4], &logits, &[3, 4]);
    assert!((score(&paired, Metric::Dice)? - 2.0 / 3.0).abs() < 1e-12);
    Ok(())
}

#[test]
fn channels_of_labels_overlap_each_by_itself() -> Result<()> {
    let truth = [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    let predicted = [0.9, 0.2, 0.1, 0.0, 0.0, 0.0, 0.3, 0.8];
    let paired = paired(TargetType::Image(None), &truth, &[2, 2, 2], &predicted, &[2, 2, 2]);
    assert!((score(&paired, Metric::Dice)? - (2.0 / 3.0 + 1.0) / 2.0).abs() < 1e-12);
    Ok(())
}
