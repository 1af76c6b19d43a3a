//! Scores of predicted classes, all read off one confusion matrix.
//!
//! True and predicted class numbers come in (one pair a subject, counted from 0), a [`ConfusionMatrix`] goes out.
//! Definitions follow scikit-learn with `zero_division=0`. Areas under the ROC curve, which need probabilities, are
//! in [`super::roc`].

use crate::error::{AnalysisError, Result, check_array, check_paired, check_size};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// How many subjects of each class were given which class.
///
/// ```text
///              predicted
///            0   1   2
///  true  0 [ 4   3   0 ]
///        1 [ 1   5   2 ]
///        2 [ 0   1   4 ]
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    counts: Array2<usize>,
}

/// Precision, recall and F1 of one class; 0 where a denominator is 0, as scikit-learn's `zero_division=0`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassScores {
    /// Subjects that belong to the class.
    pub support: usize,
    /// Subjects that were given the class.
    pub predicted: usize,
    /// Of those given the class, the fraction that belongs to it.
    pub precision: f64,
    /// Of those that belong to the class, the fraction that was given it (the sensitivity).
    pub recall: f64,
    /// The harmonic mean of the two.
    pub f1: f64,
}

/// A mean over classes of precision, recall and F1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AverageScores {
    /// Mean precision.
    pub precision: f64,
    /// Mean recall.
    pub recall: f64,
    /// Mean F1 (the mean of the classes' F1, not the F1 of the means).
    pub f1: f64,
}

impl ConfusionMatrix {
    /// Counts pairs of `truth` and `predicted`, both in `0..classes`.
    ///
    /// # Errors
    /// No subjects, lists of different length, or a label that is not below `classes`.
    pub fn new(truth: &[usize], predicted: &[usize], classes: usize) -> Result<Self> {
        check_size("the true classes", truth, 1)?;
        check_paired("the true classes", truth, "the predicted classes", predicted)?;
        check_labels("the true classes", truth, classes)?;
        check_labels("the predicted classes", predicted, classes)?;
        let mut counts = Array2::zeros((classes, classes));
        for (&row, &column) in truth.iter().zip(predicted) {
            counts[[row, column]] += 1;
        }
        Ok(Self { counts })
    }

    /// Counts subjects by their true class and the class of highest probability ([`most_probable`]).
    ///
    /// # Errors
    /// As [`ConfusionMatrix::new`], and a probability that is not finite.
    pub fn from_probabilities(truth: &[usize], probabilities: ArrayView2<'_, f64>) -> Result<Self> {
        Self::new(truth, &most_probable(probabilities)?, probabilities.ncols())
    }

    /// `[classes, classes]`: rows are true classes, columns predicted ones.
    pub fn counts(&self) -> ArrayView2<'_, usize> {
        self.counts.view()
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.counts.nrows()
    }

    /// The fraction of subjects given their own class.
    pub fn accuracy(&self) -> f64 {
        ratio(self.counts.diag().sum(), self.counts.sum())
    }

    /// The mean recall over the classes that somebody belongs to.
    ///
    /// A class absent from the truth takes no part, as in scikit-learn's `balanced_accuracy_score`.
    pub fn balanced_accuracy(&self) -> f64 {
        let recalls: Vec<f64> = self.per_class().iter().filter(|c| c.support > 0).map(|c| c.recall).collect();
        recalls.iter().sum::<f64>() / recalls.len() as f64
    }

    /// The scores of every class, in class order; all zero for a class nobody has or was given.
    pub fn per_class(&self) -> Vec<ClassScores> {
        (0..self.classes())
            .map(|class| {
                let hits = self.counts[[class, class]];
                let support = self.counts.row(class).sum();
                let predicted = self.counts.column(class).sum();
                ClassScores {
                    support,
                    predicted,
                    precision: ratio(hits, predicted),
                    recall: ratio(hits, support),
                    f1: ratio(2 * hits, support + predicted),
                }
            })
            .collect()
    }

    /// The unweighted mean over classes.
    ///
    /// As in scikit-learn without `labels`, a class that is neither in the truth nor among the predictions takes no
    /// part; a class that is in only one of them does, with zeros.
    pub fn macro_average(&self) -> AverageScores {
        self.average(|class| usize::from(class.support + class.predicted > 0))
    }

    /// The mean over classes, each weighted by the number of subjects that belong to it.
    pub fn weighted_average(&self) -> AverageScores {
        self.average(|class| class.support)
    }

    fn average(&self, weight: impl Fn(&ClassScores) -> usize) -> AverageScores {
        let mut sum = AverageScores { precision: 0.0, recall: 0.0, f1: 0.0 };
        let mut total = 0.0;
        for class in self.per_class() {
            let w = weight(&class) as f64;
            sum.precision += w * class.precision;
            sum.recall += w * class.recall;
            sum.f1 += w * class.f1;
            total += w;
        }
        AverageScores { precision: sum.precision / total, recall: sum.recall / total, f1: sum.f1 / total }
    }
}

/// The class of highest probability in each row of `[subjects, classes]`; of equals, the first.
///
/// # Errors
/// An empty table or a value that is not finite.
pub fn most_probable(probabilities: ArrayView2<'_, f64>) -> Result<Vec<usize>> {
    check_array("the probabilities", &probabilities)?;
    Ok(probabilities
        .rows()
        .into_iter()
        .map(|row| {
            row.iter()
                .enumerate()
                .fold((0, f64::NEG_INFINITY), |best, (i, &p)| if p > best.1 { (i, p) } else { best })
                .0
        })
        .collect())
}

pub(crate) fn check_labels(what: &'static str, labels: &[usize], classes: usize) -> Result<()> {
    match labels.iter().position(|&label| label >= classes) {
        Some(position) => Err(AnalysisError::UnknownClass { what, position, label: labels[position], classes }),
        None => Ok(()),
    }
}

/// Checks true classes and the probabilities of `[subjects, classes]` beside them.
pub(super) fn check_probabilities(truth: &[usize], probabilities: ArrayView2<'_, f64>) -> Result<()> {
    check_size("the true classes", truth, 1)?;
    check_array("the probabilities", &probabilities)?;
    let (subjects, classes) = probabilities.dim();
    if subjects != truth.len() {
        return Err(AnalysisError::ShapeMismatch {
            left: "the true classes",
            left_shape: vec![truth.len()],
            right: "the probabilities",
            right_shape: vec![subjects, classes],
        });
    }
    if classes < 2 {
        return Err(AnalysisError::Setting {
            setting: "the number of classes",
            found: classes.to_string(),
            expected: "at least 2",
        });
    }
    check_labels("the true classes", truth, classes)
}

/// `part / whole`, and 0 where there is no whole.
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_all_close, assert_close, flat, labels, number, stats, table};

    #[test]
    fn the_scores_of_three_classes_are_scikit_learns() {
        let Some(golden) = stats("classification") else {
            return;
        };
        let matrix = ConfusionMatrix::from_probabilities(&labels(&golden["y"]), table(&golden["prob"]).view()).unwrap();
        let same = ConfusionMatrix::new(&labels(&golden["y"]), &labels(&golden["pred"]), 3).unwrap();
        assert_eq!(matrix, same);
        let counts: Vec<f64> = matrix.counts().iter().map(|&n| n as f64).collect();
        assert_eq!(counts, flat(&golden["confusion"]));
        assert_close(matrix.accuracy(), number(&golden["accuracy"]), 1e-12);
        assert_close(matrix.balanced_accuracy(), number(&golden["balanced_accuracy"]), 1e-12);
        let classes = matrix.per_class();
        let column = |get: fn(&ClassScores) -> f64| classes.iter().map(get).collect::<Vec<_>>();
        assert_all_close(&column(|c| c.precision), &flat(&golden["precision_per_class"]), 1e-12);
        assert_all_close(&column(|c| c.recall), &flat(&golden["recall_per_class"]), 1e-12);
        assert_close(matrix.macro_average().precision, number(&golden["precision_macro"]), 1e-12);
        assert_close(matrix.macro_average().f1, number(&golden["f1_macro"]), 1e-12);
        assert_close(matrix.weighted_average().f1, number(&golden["f1_weighted"]), 1e-12);
        assert_close(matrix.weighted_average().recall, number(&golden["f1_micro"]), 1e-12);
    }

    #[test]
    fn a_class_that_is_never_predicted_has_precision_zero() {
        let Some(golden) = stats("classification") else {
            return;
        };
        let expected = &golden["class_never_predicted"];
        let matrix = ConfusionMatrix::new(&labels(&golden["y"]), &labels(&expected["pred"]), 3).unwrap();
        assert_close(matrix.macro_average().precision, number(&expected["precision_macro"]), 1e-12);
        assert_close(matrix.macro_average().f1, number(&expected["f1_macro"]), 1e-12);
        assert_close(matrix.balanced_accuracy(), number(&expected["balanced_accuracy"]), 1e-12);
    }

    #[test]
    fn a_class_nobody_has_is_left_out_of_the_means() {
        // scikit-learn: balanced_accuracy_score([0,0,1,1], [0,1,1,1]) = 0.75; f1 macro = (2/3 + 4/5) / 2
        let matrix = ConfusionMatrix::new(&[0, 0, 1, 1], &[0, 1, 1, 1], 3).unwrap();
        assert_close(matrix.balanced_accuracy(), 0.75, 1e-15);
        assert_close(matrix.macro_average().f1, (2.0 / 3.0 + 0.8) / 2.0, 1e-15);
        // ... but one that is predicted counts, with zeros: f1_score([0,0,1,1], [0,2,1,1], average="macro") = 5/9
        let matrix = ConfusionMatrix::new(&[0, 0, 1, 1], &[0, 2, 1, 1], 3).unwrap();
        assert_close(matrix.macro_average().f1, 5.0 / 9.0, 1e-15);
        assert_close(matrix.balanced_accuracy(), 0.75, 1e-15);
    }

    #[test]
    fn labels_out_of_range_and_lists_of_different_length_are_refused() {
        let error = ConfusionMatrix::new(&[0, 3], &[0, 1], 3).unwrap_err();
        assert_eq!(error.to_string(), "the true classes holds class 3 at 1, but there are 3 classes (0 to 2)");
        assert!(matches!(ConfusionMatrix::new(&[0], &[0, 1], 3), Err(AnalysisError::ShapeMismatch { .. })));
        assert!(matches!(ConfusionMatrix::new(&[], &[], 3), Err(AnalysisError::Empty { .. })));
        let probabilities = ndarray::array![[0.5, 0.5], [0.2, f64::NAN]];
        let error = ConfusionMatrix::from_probabilities(&[0, 1], probabilities.view()).unwrap_err();
        assert!(matches!(error, AnalysisError::NotFinite { position, .. } if position == [1, 1]));
    }

    #[test]
    fn the_first_of_equal_probabilities_wins() {
        let probabilities = ndarray::array![[0.4, 0.4, 0.2], [0.2, 0.4, 0.4]];
        assert_eq!(most_probable(probabilities.view()).unwrap(), [0, 1]);
    }
}
