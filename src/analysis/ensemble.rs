//! One prediction from several models.
//!
//! The class probabilities of every model (of every fold, say) come in, one table of probabilities goes out. The
//! combinations are those of Duenias et al. (HyperFusion, `model_ensemble.py`): a model that is sure of a subject
//! counts for more, its weight being the inverse of the entropy of its prediction.

use super::error::{AnalysisError, Result, check_array};
use ndarray::{Array2, Array3, ArrayView1, ArrayView2, ArrayView3, Axis};
use serde::{Deserialize, Serialize};

/// Entropies below this count as this much, so that a model that is certain does not divide by zero.
const LEAST_ENTROPY: f64 = 1e-14;

/// How predictions are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// The plain mean.
    Mean,
    /// The mean weighted by inverse entropy.
    InverseEntropy,
    /// A vote for each model's most probable class (all of equals): the share of the votes.
    Vote,
    /// That vote, weighted by inverse entropy.
    InverseEntropyVote,
    /// The prediction of the model of highest probability, subject by subject; of equals, the first.
    MostConfident,
}

/// The entropy `-sum p log(p + 1e-14)` of every prediction in `[models, subjects, classes]`, in nats: `[models, subjects]`.
///
/// # Errors
/// Nothing to combine, a value that is not finite, or one outside 0..=1.
pub fn entropies(probabilities: ArrayView3<'_, f64>) -> Result<Array2<f64>> {
    check(&probabilities)?;
    Ok(probabilities.map_axis(Axis(2), |p| entropy(p)))
}

/// The weight of every model for every subject, `[models, subjects]`; the weights of a subject add up to 1.
///
/// Two models that are both certain share the weight.
///
/// # Errors
/// As [`entropies`].
pub fn inverse_entropy_weights(probabilities: ArrayView3<'_, f64>) -> Result<Array2<f64>> {
    let mut weights = entropies(probabilities)?.mapv(|h| 1.0 / h.max(LEAST_ENTROPY));
    for mut of_subject in weights.columns_mut() {
        let sum = of_subject.sum();
        of_subject.mapv_inplace(|w| w / sum);
    }
    Ok(weights)
}

/// Combines `[models, subjects, classes]` probabilities into `[subjects, classes]`.
///
/// # Errors
/// As [`entropies`].
pub fn combine(probabilities: ArrayView3<'_, f64>, combination: Combination) -> Result<Array2<f64>> {
    check(&probabilities)?;
    let (_, subjects, classes) = probabilities.dim();
    match combination {
        Combination::Mean => Ok(probabilities.sum_axis(Axis(0)) / probabilities.len_of(Axis(0)) as f64),
        Combination::InverseEntropy => Ok(weigh(probabilities, &inverse_entropy_weights(probabilities)?)),
        Combination::Vote => Ok(shares(votes(probabilities).sum_axis(Axis(0)))),
        Combination::InverseEntropyVote => {
            Ok(weigh(votes(probabilities).view(), &inverse_entropy_weights(probabilities)?))
        }
        Combination::MostConfident => {
            let mut chosen = Array2::zeros((subjects, classes));
            for (subject, mut row) in chosen.rows_mut().into_iter().enumerate() {
                let of_subject: ArrayView2<'_, f64> = probabilities.index_axis(Axis(1), subject);
                let mut best = of_subject.row(0);
                for candidate in of_subject.rows() {
                    if largest(candidate) > largest(best) {
                        best = candidate;
                    }
                }
                row.assign(&best);
            }
            Ok(chosen)
        }
    }
}

/// The mean over models of `[models, subjects]` predicted numbers.
///
/// # Errors
/// Nothing to combine, or a value that is not finite.
pub fn mean_prediction(predictions: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    check_array("the predictions", &predictions)?;
    Ok((predictions.sum_axis(Axis(0)) / predictions.nrows() as f64).to_vec())
}

/// 1 for the most probable class of every prediction, and for those that equal it.
fn votes(probabilities: ArrayView3<'_, f64>) -> Array3<f64> {
    let mut votes = Array3::zeros(probabilities.dim());
    for (mut vote, p) in votes.lanes_mut(Axis(2)).into_iter().zip(probabilities.lanes(Axis(2))) {
        let most = largest(p);
        vote.zip_mut_with(&p, |v, &p| *v = f64::from(u8::from(p == most)));
    }
    votes
}

/// Rows divided by their sums.
fn shares(mut counts: Array2<f64>) -> Array2<f64> {
    for mut row in counts.rows_mut() {
        let sum = row.sum();
        row.mapv_inplace(|n| n / sum);
    }
    counts
}

fn weigh(values: ArrayView3<'_, f64>, weights: &Array2<f64>) -> Array2<f64> {
    let weighted = &values * &weights.view().insert_axis(Axis(2));
    weighted.sum_axis(Axis(0))
}

fn entropy(p: ArrayView1<'_, f64>) -> f64 {
    -p.iter().map(|&p| p * (p + 1e-14).ln()).sum::<f64>()
}

fn largest(p: ArrayView1<'_, f64>) -> f64 {
    p.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn check(probabilities: &ArrayView3<'_, f64>) -> Result<()> {
    check_array("the probabilities", probabilities)?;
    match probabilities.indexed_iter().find(|(_, p)| !(0.0..=1.0).contains(*p)) {
        Some(((model, subject, class), &value)) => Err(AnalysisError::OutOfRange {
            what: "the probabilities",
            position: vec![model, subject, class],
            value,
            expected: "a probability, from 0 to 1",
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_all_close, flat, numbers, stats};
    use serde_json::Value;

    /// The softmax of the reference logits, `[4 models, 6 subjects, 3 classes]`.
    fn probabilities(golden: &Value) -> Array3<f64> {
        let mut p = Array3::from_shape_vec((4, 6, 3), flat(&golden["logits"])).unwrap();
        for mut lane in p.lanes_mut(Axis(2)) {
            let most = lane.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            lane.mapv_inplace(|v| (v - most).exp());
            let sum = lane.sum();
            lane.mapv_inplace(|v| v / sum);
        }
        p
    }

    /// Within `1e-9` of numbers of order 1: where the authors' entropy of a certain model is slightly negative
    /// (-1e-14), so are the weights of the others, and the two differ by that much.
    fn assert_near(found: impl IntoIterator<Item = f64>, expected: &Value) {
        let found: Vec<f64> = found.into_iter().collect();
        let expected = flat(expected);
        assert_eq!(found.len(), expected.len());
        found.iter().zip(&expected).for_each(|(f, e)| assert!((f - e).abs() < 1e-9, "{f} and {e}"));
    }

    #[test]
    fn predictions_are_combined_as_the_authors_do() {
        let Some(golden) = stats("entropy_ensemble") else {
            return;
        };
        let p = probabilities(&golden);
        assert_near(entropies(p.view()).unwrap(), &golden["entropies"]);
        assert_near(inverse_entropy_weights(p.view()).unwrap(), &golden["weights"]);
        for (combination, key) in [
            (Combination::Mean, "average_softmax_prediction"),
            (Combination::InverseEntropy, "confidence_weighted_average_softmax_prediction"),
            (Combination::InverseEntropyVote, "confidence_weighted_majority_voting_prediction"),
            (Combination::MostConfident, "most_confidence_prediction"),
        ] {
            assert_near(combine(p.view(), combination).unwrap(), &golden["results"][key]);
        }
    }

    #[test]
    fn a_saturated_model_takes_all_the_weight_and_breaks_nothing() {
        let p = Array3::from_shape_vec((2, 1, 2), vec![1.0, 0.0, 0.5, 0.5]).unwrap();
        let weights = inverse_entropy_weights(p.view()).unwrap();
        assert!((weights[[0, 0]] - 1.0).abs() < 1e-12);
        let both = Array3::from_shape_vec((2, 1, 2), vec![1.0, 0.0, 0.0, 1.0]).unwrap();
        let combined = combine(both.view(), Combination::InverseEntropyVote).unwrap();
        assert_eq!(combined.into_raw_vec_and_offset().0, [0.5, 0.5]);
    }

    #[test]
    fn every_model_has_one_vote_and_of_equals_each_gets_it() {
        let p = Array3::from_shape_vec((3, 1, 2), vec![0.9, 0.1, 0.4, 0.6, 0.3, 0.7]).unwrap();
        let combined = combine(p.view(), Combination::Vote).unwrap();
        assert!((combined[[0, 1]] - 2.0 / 3.0).abs() < 1e-12, "{combined}");
        let tied = Array3::from_shape_vec((2, 1, 2), vec![0.5, 0.5, 0.8, 0.2]).unwrap();
        let combined = combine(tied.view(), Combination::Vote).unwrap();
        assert!((combined[[0, 0]] - 2.0 / 3.0).abs() < 1e-12, "both classes of the tie get a vote: {combined}");
    }

    #[test]
    fn numbers_outside_probabilities_are_refused_with_their_place() {
        let p = Array3::from_shape_vec((1, 2, 2), vec![0.5, 0.5, 1.5, -0.5]).unwrap();
        let error = combine(p.view(), Combination::Mean).unwrap_err();
        assert!(matches!(error, AnalysisError::OutOfRange { position, .. } if position == [0, 1, 0]));
    }

    #[test]
    fn predicted_numbers_are_averaged() {
        let predictions = ndarray::array![[1.0, 2.0], [3.0, 6.0]];
        assert_eq!(mean_prediction(predictions.view()).unwrap(), [2.0, 4.0]);
        let Some(golden) = stats("entropy_ensemble") else {
            return;
        };
        let logits = Array3::from_shape_vec((4, 6, 3), flat(&golden["logits"])).unwrap();
        let first = logits.index_axis(Axis(2), 0);
        assert_all_close(&mean_prediction(first).unwrap(), &numbers(&golden["regression_mean"]), 1e-12);
    }
}
