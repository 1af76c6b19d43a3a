//! Clustering by passing messages (Frey and Dueck 2007): the number of clusters is found, not given.
//!
//! Similarities between all pairs of subjects come in; a label a subject and the subject that stands for each cluster
//! go out. Follows scikit-learn's `AffinityPropagation`. Ties are broken, as there, by noise in the last digits; the
//! noise is always the same.

use super::messages::{Messages, Similarities};
use super::silhouette::silhouette;
use crate::bootstrap::quantile;
use crate::error::{AnalysisError, Checkpoint, Result};
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How messages are passed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AffinityPropagation {
    /// How much of each old message is kept, from 0.5 to below 1. More is slower and steadier.
    pub damping: f64,
    /// How much each subject is inclined to stand for a cluster, on the scale of the similarities: larger gives more
    /// clusters. Without one, the median of all similarities.
    pub preference: Option<f64>,
    /// The most rounds of messages.
    pub rounds: usize,
    /// For how many rounds the clusters must stay the same.
    pub settled: usize,
}

/// Clusters, numbered in the order of the subjects that stand for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clusters {
    /// The cluster of every subject, from 0.
    pub labels: Vec<usize>,
    /// The subject that stands for each cluster.
    pub exemplars: Vec<usize>,
    /// The rounds of messages that were passed.
    pub rounds: usize,
    /// Whether the clusters settled. If not, they are those of the last round.
    pub converged: bool,
}

/// The best of many settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BestClusters {
    /// The clusters.
    pub clusters: Clusters,
    /// Their mean silhouette.
    pub silhouette: f64,
    /// The damping and the preference that gave them.
    pub settings: (f64, f64),
}

impl Default for AffinityPropagation {
    fn default() -> Self {
        Self { damping: 0.5, preference: None, rounds: 200, settled: 15 }
    }
}

impl AffinityPropagation {
    /// Clusters subjects by their `[subjects, subjects]` similarities, usually negative squared distances.
    ///
    /// # Errors
    /// Similarities that are not square or not finite, settings out of range, or no cluster at all.
    pub fn cluster(&self, similarities: ArrayView2<'_, f64>) -> Result<Clusters> {
        self.cluster_interruptible(similarities, &|| Ok(()))
    }

    /// As [`AffinityPropagation::cluster`], asked before each round whether to go on.
    ///
    /// # Errors
    /// As [`AffinityPropagation::cluster`], and what `checkpoint` returns.
    pub fn cluster_interruptible(
        &self,
        similarities: ArrayView2<'_, f64>,
        checkpoint: Checkpoint<'_>,
    ) -> Result<Clusters> {
        self.check()?;
        let prepared = Similarities::new(similarities)?;
        let preference = match self.preference {
            Some(preference) => preference,
            None => quantile(&similarities.iter().copied().collect::<Vec<_>>(), 0.5)?,
        };
        self.cluster_prepared(&prepared, preference, checkpoint)
    }

    /// Clusters by similarities that other settings may share.
    fn cluster_prepared(
        &self,
        similarities: &Similarities,
        preference: f64,
        checkpoint: Checkpoint<'_>,
    ) -> Result<Clusters> {
        let n = similarities.subjects();
        if let Some(similarity) = similarities.equal() {
            return Ok(Clusters::of_equals(n, preference > similarity));
        }
        let mut messages = Messages::new(similarities, preference);
        let mut standing = vec![false; n];
        // For how many rounds each subject has been, or not been, an exemplar.
        let mut unchanged = vec![0; n];
        for round in 0..self.rounds {
            checkpoint()?;
            messages.pass(self.damping);
            for (k, unchanged) in unchanged.iter_mut().enumerate() {
                let stands = messages.exemplar(k);
                *unchanged = if stands == standing[k] && round > 0 { *unchanged + 1 } else { 1 };
                standing[k] = stands;
            }
            if round >= self.settled && standing.contains(&true) && unchanged.iter().all(|&u| u >= self.settled) {
                let (labels, exemplars) = messages.clusters(&standing);
                return Ok(Clusters { labels, exemplars, rounds: round + 1, converged: true });
            }
        }
        if !standing.contains(&true) {
            return Err(AnalysisError::NotConverged { what: "affinity propagation", iterations: self.rounds });
        }
        let (labels, exemplars) = messages.clusters(&standing);
        Ok(Clusters { labels, exemplars, rounds: self.rounds, converged: false })
    }

    /// Tries every damping with every preference and keeps the clusters of largest mean silhouette.
    ///
    /// Clusters that did not settle, or whose silhouette is not defined, take no part; of equals, the first setting
    /// wins. `distances` are those the silhouette is measured with.
    ///
    /// # Errors
    /// As [`AffinityPropagation::cluster`]; no setting with clusters that settle, are at least two and fewer than the
    /// subjects.
    pub fn search(
        &self,
        similarities: ArrayView2<'_, f64>,
        distances: ArrayView2<'_, f64>,
        dampings: &[f64],
        preferences: &[f64],
    ) -> Result<BestClusters> {
        self.search_interruptible((similarities, distances), dampings, preferences, &|| Ok(()))
    }

    /// As [`AffinityPropagation::search`] of similarities and distances, asked before each round whether to go on.
    ///
    /// # Errors
    /// As [`AffinityPropagation::search`], and what `checkpoint` returns.
    pub fn search_interruptible(
        &self,
        (similarities, distances): (ArrayView2<'_, f64>, ArrayView2<'_, f64>),
        dampings: &[f64],
        preferences: &[f64],
        checkpoint: Checkpoint<'_>,
    ) -> Result<BestClusters> {
        let settings: Vec<(f64, f64)> = dampings
            .iter()
            .flat_map(|&damping| preferences.iter().map(move |&preference| (damping, preference)))
            .collect();
        let similarities = Similarities::new(similarities)?;
        let tried = settings
            .into_par_iter()
            .map(|(damping, preference)| {
                let method = Self { damping, preference: Some(preference), ..*self };
                method.check()?;
                match method.cluster_prepared(&similarities, preference, checkpoint) {
                    Ok(clusters) => Ok(clusters.scored(distances)?.map(|(clusters, silhouette)| BestClusters {
                        clusters,
                        silhouette,
                        settings: (damping, preference),
                    })),
                    Err(AnalysisError::NotConverged { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        let better = |best: BestClusters, next: BestClusters| {
            if next.silhouette > best.silhouette { next } else { best }
        };
        tried.into_iter().flatten().reduce(better).ok_or(AnalysisError::Undefined {
            what: "the best clustering",
            reason: "no setting gave clusters that settled and were at least 2 and fewer than the subjects",
        })
    }

    fn check(&self) -> Result<()> {
        let setting = |setting, found: String, expected| Err(AnalysisError::Setting { setting, found, expected });
        if !(0.5..1.0).contains(&self.damping) {
            return setting("the damping", self.damping.to_string(), "a number from 0.5 to below 1");
        }
        if let Some(preference) = self.preference.filter(|p| !p.is_finite()) {
            return setting("the preference", preference.to_string(), "a finite number");
        }
        if self.rounds == 0 || self.settled == 0 {
            return setting("the number of rounds", "0".to_owned(), "at least 1");
        }
        Ok(())
    }
}

impl Clusters {
    /// Subjects that are all equally similar: each its own cluster, or all in one.
    fn of_equals(n: usize, apart: bool) -> Self {
        let labels = if apart { (0..n).collect() } else { vec![0; n] };
        let exemplars = if apart { (0..n).collect() } else { vec![0] };
        Self { labels, exemplars, rounds: 0, converged: true }
    }

    /// With their silhouette, where they settled and have one.
    fn scored(self, distances: ArrayView2<'_, f64>) -> Result<Option<(Self, f64)>> {
        if !self.converged || !(2..self.labels.len()).contains(&self.exemplars.len()) {
            return Ok(None);
        }
        let score = silhouette(distances, &self.labels)?;
        Ok(Some((self, score)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::distances::{Distance, distances};
    use super::*;
    use fascicle_reference::{assert_close, labels, number, stats, table};
    use indexmap::IndexMap;
    use ndarray::Array2;

    /// Labels renumbered in the order in which they appear: equal for equal partitions.
    fn partition(labels: &[usize]) -> Vec<usize> {
        let mut seen = IndexMap::<usize, ()>::new();
        labels.iter().map(|&label| seen.insert_full(label, ()).0).collect()
    }

    #[test]
    fn clusters_are_scikit_learns() {
        let Some(golden) = stats("affinity_propagation") else {
            return;
        };
        let runs = golden["runs"].as_array().unwrap();
        assert_eq!(runs.len(), 27);
        for run in runs {
            let name = run["data"].as_str().unwrap();
            let similarities = match name {
                "all_equal_-1_5x5" => Array2::from_elem((5, 5), -1.0),
                name => -distances(table(&golden["X"][name]).view(), Distance::SquaredEuclidean).unwrap(),
            };
            let mut method = AffinityPropagation { preference: run["preference"].as_f64(), ..Default::default() };
            if let Some(damping) = run["damping"].as_f64() {
                method.damping = damping;
            }
            if let Some(rounds) = run["max_iter"].as_u64() {
                method.rounds = rounds as usize;
            }
            let found = method.cluster(similarities.view()).unwrap();
            assert_eq!(partition(&found.labels), partition(&labels(&run["labels"])), "{run}");
            assert_eq!(found.rounds as u64, run["n_iter"].as_u64().unwrap(), "{run}");
            assert_eq!(found.exemplars.len(), labels(&run["centers"]).len());
            if run["preference"] != -2.0 {
                assert_eq!(found.exemplars, labels(&run["centers"]), "{run}");
                assert_eq!(found.labels, labels(&run["labels"]), "{run}");
            }
            if let Some(score) = run.get("silhouette_euclidean").and_then(|s| s.as_f64()) {
                let euclidean = distances(table(&golden["X"][name]).view(), Distance::Euclidean).unwrap();
                assert_close(silhouette(euclidean.view(), &found.labels).unwrap(), score, 1e-11);
            }
        }
    }

    #[test]
    fn the_setting_of_best_silhouette_is_found() {
        let Some(golden) = stats("affinity_propagation") else {
            return;
        };
        let x = table(&golden["X"]["blobs"]);
        let similarities = -distances(x.view(), Distance::SquaredEuclidean).unwrap();
        let euclidean = distances(x.view(), Distance::Euclidean).unwrap();
        let preferences = [-50.0, -10.0, -2.0];
        let best = AffinityPropagation::default()
            .search(similarities.view(), euclidean.view(), &[0.5, 0.7, 0.9], &preferences)
            .unwrap();
        assert_eq!(best.clusters.exemplars.len(), 3);
        assert_eq!(best.settings, (0.5, -50.0));
        let run = golden["runs"].as_array().unwrap().iter().find(|run| run["n_clusters"] == 3).unwrap();
        assert_close(best.silhouette, number(&run["silhouette_euclidean"]), 1e-11);
        let none = AffinityPropagation::default().search(similarities.view(), euclidean.view(), &[0.5], &[-1e6]);
        assert!(matches!(none, Err(AnalysisError::Undefined { .. })), "{none:?}");
    }

    #[test]
    fn subjects_that_are_there_twice_fall_into_one_cluster_with_enough_damping() {
        let x = ndarray::array![[0.0], [0.0], [5.0], [5.0], [5.0]];
        let similarities = -distances(x.view(), Distance::SquaredEuclidean).unwrap();
        // With less damping it depends on the noise whether they settle, here as in scikit-learn.
        for preference in [-1.0, -5.0, -10.0] {
            let method = AffinityPropagation { damping: 0.9, preference: Some(preference), ..Default::default() };
            let found = method.cluster(similarities.view()).unwrap();
            assert_eq!(partition(&found.labels), [0, 0, 1, 1, 1]);
            assert_eq!((found.converged, found.rounds), (true, 44));
        }
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let s = Array2::zeros((3, 3));
        for damping in [0.4, 1.0, f64::NAN] {
            let method = AffinityPropagation { damping, ..Default::default() };
            assert!(matches!(method.cluster(s.view()), Err(AnalysisError::Setting { .. })));
        }
        let wide = Array2::zeros((3, 4));
        assert!(matches!(
            AffinityPropagation::default().cluster(wide.view()),
            Err(AnalysisError::ShapeMismatch { .. })
        ));
    }
}
