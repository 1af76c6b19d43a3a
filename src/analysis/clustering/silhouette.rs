//! The silhouette (Rousseeuw 1987): how much nearer each subject is to its own cluster than to the next.
//!
//! Distances between all pairs of subjects and a label a subject come in; a number between -1 and 1, one a subject or
//! their mean, goes out. Follows scikit-learn: a subject alone in its cluster counts 0.

use crate::error::{AnalysisError, Result, check_array};
use indexmap::IndexMap;
use ndarray::ArrayView2;

/// The silhouette of every subject.
///
/// `distances` is `[subjects, subjects]`; labels are any numbers, equal within a cluster.
///
/// # Errors
/// Shapes that do not agree, distances that are not finite, a single cluster, or as many clusters as subjects.
pub fn silhouettes(distances: ArrayView2<'_, f64>, labels: &[usize]) -> Result<Vec<f64>> {
    check_array("the distances", &distances)?;
    let n = labels.len();
    if distances.dim() != (n, n) {
        return Err(AnalysisError::ShapeMismatch {
            left: "the distances",
            left_shape: distances.shape().to_vec(),
            right: "the list of labels",
            right_shape: vec![n],
        });
    }
    let mut sizes = IndexMap::<usize, usize>::new();
    labels.iter().for_each(|&label| *sizes.entry(label).or_default() += 1);
    if !(2..n).contains(&sizes.len()) {
        return Err(AnalysisError::Setting {
            setting: "the number of clusters",
            found: sizes.len().to_string(),
            expected: "at least 2, and fewer than there are subjects",
        });
    }
    let cluster: Vec<usize> = labels.iter().filter_map(|label| sizes.get_index_of(label)).collect();
    let sizes: Vec<usize> = sizes.into_values().collect();

    let silhouette = |i: usize| {
        let own = cluster[i];
        if sizes[own] == 1 {
            return 0.0;
        }
        let mut sums = vec![0.0; sizes.len()];
        distances.row(i).iter().zip(&cluster).for_each(|(d, &c)| sums[c] += d);
        let within = sums[own] / (sizes[own] - 1) as f64;
        let means = sums.iter().zip(&sizes).map(|(sum, &size)| sum / size as f64);
        let next = means.enumerate().filter(|&(c, _)| c != own).map(|(_, m)| m).fold(f64::INFINITY, f64::min);
        let scale = within.max(next);
        if scale == 0.0 { 0.0 } else { (next - within) / scale }
    };
    Ok((0..n).map(silhouette).collect())
}

/// The mean silhouette.
///
/// # Errors
/// As [`silhouettes`].
pub fn silhouette(distances: ArrayView2<'_, f64>, labels: &[usize]) -> Result<f64> {
    let all = silhouettes(distances, labels)?;
    Ok(all.iter().sum::<f64>() / all.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::distances::{Distance, distances};
    use super::*;
    use fascicle_reference::{assert_all_close, assert_close, labels, number, numbers, stats, table};
    use ndarray::{Array2, array};

    #[test]
    fn silhouettes_are_scikit_learns() {
        let Some(golden) = stats("silhouette") else {
            return;
        };
        let x = table(&golden["X"]);
        let euclidean = distances(x.view(), Distance::Euclidean).unwrap();
        let cosine = distances(x.view(), Distance::Cosine).unwrap();
        let clusters = labels(&golden["labels"]);
        assert_close(silhouette(euclidean.view(), &clusters).unwrap(), number(&golden["euclidean"]), 1e-12);
        assert_close(silhouette(cosine.view(), &clusters).unwrap(), number(&golden["cosine"]), 1e-11);
        assert_all_close(
            &silhouettes(euclidean.view(), &clusters).unwrap(),
            &numbers(&golden["samples_euclidean"]),
            1e-11,
        );
        let single = &golden["with_singleton"];
        let clusters = labels(&single["labels"]);
        assert_close(silhouette(euclidean.view(), &clusters).unwrap(), number(&single["score"]), 1e-12);
        assert_all_close(&silhouettes(euclidean.view(), &clusters).unwrap(), &numbers(&single["samples"]), 1e-11);
    }

    #[test]
    fn one_cluster_has_no_silhouette() {
        let d = distances(array![[0.0], [1.0], [2.0]].view(), Distance::Euclidean).unwrap();
        let error = silhouette(d.view(), &[4, 4, 4]).unwrap_err();
        assert!(error.to_string().starts_with("the number of clusters is 1: expected at least 2"), "{error}");
        assert!(silhouette(d.view(), &[0, 1, 2]).is_err());
        assert!(matches!(silhouette(d.view(), &[0, 1]), Err(AnalysisError::ShapeMismatch { .. })));
    }

    #[test]
    fn equal_subjects_in_two_clusters_count_zero() {
        let d = Array2::zeros((3, 3));
        assert_eq!(silhouette(d.view(), &[0, 0, 1]).unwrap(), 0.0);
    }
}
