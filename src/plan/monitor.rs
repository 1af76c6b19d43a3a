//! The metric that chooses an epoch, computed on the validation subjects after each.

use super::metric::{PairedValues, TargetType};
use crate::analysis::AnalysisError;
use crate::train::ValidationPredictions;

/// The metric of what was predicted; NaN where these subjects do not define it (all of one class, say).
///
/// # Errors
/// Predictions of which the metric can never be computed.
pub(super) fn monitored(seen: &ValidationPredictions) -> Result<f64, String> {
    let classes = seen.prediction_shape.first().copied().unwrap_or(1);
    let is_of_classes = seen.metric.is_of_classes()
        || (seen.metric.is_of_masks() && seen.prediction_shape.len() == seen.truth_shape.len() + 1);
    let what = match (is_of_classes, seen.truth_shape.len()) {
        (true, 0) => TargetType::Class(classes),
        (true, _) => TargetType::Mask(classes),
        (false, 0 | 1) => TargetType::Numbers,
        (false, _) => TargetType::Image(None),
    };
    let paired = PairedValues {
        what,
        rows: seen.rows,
        truth: seen.truth.clone(),
        truth_shape: seen.truth_shape.clone(),
        predicted: seen.prediction.clone(),
        predicted_shape: seen.prediction_shape.clone(),
        training_mean: None,
        voxel_mm: Vec::new(),
    };
    let rows: Vec<usize> = (0..seen.rows).collect();
    match paired.evidence(seen.metric, None).and_then(|evidence| evidence.value(seen.metric, &rows)) {
        Ok(value) => Ok(value),
        Err(
            AnalysisError::MissingClass { .. }
            | AnalysisError::Constant { .. }
            | AnalysisError::TooFew { .. }
            | AnalysisError::Empty { .. }
            | AnalysisError::Identical,
        ) => Ok(f64::NAN),
        Err(e) => Err(e.to_string()),
    }
}
