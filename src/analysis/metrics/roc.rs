//! Areas under the receiver operating characteristic.
//!
//! True classes and the probabilities (or any scores) a model gave come in; one area, or one a class, goes out.
//! Equal scores count half, which is the trapezoid rule of scikit-learn's `roc_auc_score` and the Mann-Whitney
//! statistic divided by the number of pairs (Hanley and McNeil 1982).

use super::classification::check_probabilities;
use crate::error::{AnalysisError, Result, check_paired, check_sample};
use crate::statistics::ranks::Ranks;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// One-vs-rest areas of several classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneVsRest {
    /// The area of each class against all others.
    pub per_class: Vec<f64>,
    /// Their unweighted mean.
    pub macro_average: f64,
    /// Their mean, each weighted by the number of subjects in the class.
    pub weighted_average: f64,
}

/// The probability that a random member scores higher than a random non-member, equal scores counting half.
///
/// `member[i]` says whether subject `i` belongs to the class, `scores[i]` what the model gave it (higher: more
/// probably a member; any monotone scale).
///
/// # Errors
/// No members ([`AnalysisError::MissingClass`] 1) or nothing but members (0), lists of different length, or a score
/// that is not finite.
pub fn roc_auc(member: &[bool], scores: &[f64]) -> Result<f64> {
    check_sample("the scores", scores)?;
    check_paired("the true classes", member, "the scores", scores)?;
    area(member, scores, 0, 1)
}

/// Areas under the curve from `[subjects, classes]` probabilities, each class against the rest.
///
/// With two classes, the area of class 1, for both.
///
/// # Errors
/// A class without members (which one), rows that do not add up to 1 (to scikit-learn's tolerance, 1e-5), labels that
/// are not columns, fewer than two columns, or values that are not finite.
pub fn roc_auc_one_vs_rest(truth: &[usize], probabilities: ArrayView2<'_, f64>) -> Result<OneVsRest> {
    check_probabilities(truth, probabilities)?;
    let classes = probabilities.ncols();
    for (row, p) in probabilities.rows().into_iter().enumerate() {
        let sum = p.sum();
        if (sum - 1.0).abs() > 1e-8 + 1e-5 * sum.abs() {
            return Err(AnalysisError::NotProbabilities { what: "the probabilities", row, sum });
        }
    }

    let mut support = vec![0; classes];
    truth.iter().for_each(|&class| support[class] += 1);
    if let Some(class) = support.iter().position(|&n| n == 0) {
        return Err(AnalysisError::MissingClass { class });
    }
    let one = |class: usize| {
        let member: Vec<bool> = truth.iter().map(|&label| label == class).collect();
        area(&member, &probabilities.column(class).to_vec(), class, class)
    };
    let per_class = if classes == 2 { vec![one(1)?; 2] } else { (0..classes).map(one).collect::<Result<Vec<_>>>()? };
    let weighted: f64 = per_class.iter().zip(&support).map(|(&auc, &n)| auc * n as f64).sum();
    Ok(OneVsRest {
        macro_average: per_class.iter().sum::<f64>() / classes as f64,
        weighted_average: weighted / truth.len() as f64,
        per_class,
    })
}

/// The area; `without` and `with` name the class to be reported where non-members or members are missing.
fn area(member: &[bool], scores: &[f64], without: usize, with: usize) -> Result<f64> {
    let members = member.iter().filter(|&&m| m).count();
    let others = member.len() - members;
    if members == 0 {
        return Err(AnalysisError::MissingClass { class: with });
    }
    if others == 0 {
        return Err(AnalysisError::MissingClass { class: without });
    }
    let ranks = Ranks::of(scores);
    let rank_sum: f64 = ranks.values.iter().zip(member).filter(|(_, m)| **m).map(|(&rank, _)| rank).sum();
    let (members, others) = (members as f64, others as f64);
    Ok((rank_sum - members * (members + 1.0) / 2.0) / (members * others))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_all_close, assert_close, labels, number, numbers, stats, table};

    #[test]
    fn the_areas_of_three_classes_are_scikit_learns() {
        let Some(golden) = stats("classification") else {
            return;
        };
        let found = roc_auc_one_vs_rest(&labels(&golden["y"]), table(&golden["prob"]).view()).unwrap();
        assert_all_close(&found.per_class, &numbers(&golden["auc_per_class"]), 1e-12);
        assert_close(found.macro_average, number(&golden["auc_ovr_macro"]), 1e-12);
        assert_close(found.weighted_average, number(&golden["auc_ovr_weighted"]), 1e-12);
    }

    #[test]
    fn equal_scores_count_half() {
        let Some(golden) = stats("classification") else {
            return;
        };
        let golden = &golden["binary_with_ties"];
        let member: Vec<bool> = labels(&golden["y"]).iter().map(|&y| y == 1).collect();
        assert_close(roc_auc(&member, &numbers(&golden["score"])).unwrap(), number(&golden["auc"]), 1e-12);
        assert_close(roc_auc(&[true, false], &[0.5, 0.5]).unwrap(), 0.5, 1e-15);
    }

    #[test]
    fn the_class_without_members_is_named() {
        let p = ndarray::array![[0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.3, 0.3, 0.4]];
        assert_eq!(roc_auc_one_vs_rest(&[0, 2, 2], p.view()), Err(AnalysisError::MissingClass { class: 1 }));
        assert_eq!(roc_auc(&[false, false], &[0.1, 0.2]), Err(AnalysisError::MissingClass { class: 1 }));
        assert_eq!(roc_auc(&[true, true], &[0.1, 0.2]), Err(AnalysisError::MissingClass { class: 0 }));
    }

    #[test]
    fn rows_that_are_not_probabilities_are_refused() {
        let p = ndarray::array![[0.2, 0.8], [0.5, 0.6]];
        let error = roc_auc_one_vs_rest(&[0, 1], p.view()).unwrap_err();
        assert!(matches!(error, AnalysisError::NotProbabilities { row: 1, .. }), "{error}");
    }

    #[test]
    fn two_classes_share_one_area() {
        let p = ndarray::array![[0.9, 0.1], [0.4, 0.6], [0.7, 0.3], [0.2, 0.8]];
        let found = roc_auc_one_vs_rest(&[0, 0, 1, 1], p.view()).unwrap();
        assert_eq!(found.per_class, [0.75, 0.75]);
        assert_close(found.macro_average, 0.75, 1e-15);
    }
}
