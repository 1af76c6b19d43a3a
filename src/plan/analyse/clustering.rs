//! Clustering of embeddings: people divided into as many groups as there are.
//!
//! Embeddings of different models cannot be put together, so that clusters are those of the first run's: of the people
//! whom its model has not seen, unless `on:` says otherwise.

use super::super::context::{Context, goes_on};
use super::super::error::{PlanError, Result};
use super::items::{Item, Items, Members, sets};
use super::{AnalysisResult, Field};
use crate::analysis::clustering::affinity_propagation::{AffinityPropagation, BestClusters};
use crate::analysis::{AnalysisError, Distance, distances, quantile, silhouette};
use crate::program::{Analysis, Argument};
use ndarray::Array2;

impl Context<'_> {
    /// Affinity propagation, its settings searched for the best silhouette.
    pub(super) fn affinity_propagation(
        &self,
        task: &str,
        variant: usize,
        declared: &Analysis,
    ) -> Result<AnalysisResult> {
        let (items, whose) = self.first_run(task, variant, declared, Members::Joined)?;
        let people = items.of(sets(declared));
        let table = Items::table(&people);
        let failed = |e: AnalysisError| PlanError::analysis(task, e);
        let interrupt = self.options.interrupt;
        let similarities = -distances(table.view(), Distance::SquaredEuclidean).map_err(failed)?;
        let apart = similarities.mapv(|squared| (-squared).sqrt());
        let dampings = match declared.arguments.get("damping") {
            Some(Argument::Numbers(numbers)) => numbers.clone(),
            _ => vec![AffinityPropagation::default().damping],
        };
        let preferences = preferences(declared.arguments.get("preference"), &similarities).map_err(failed)?;
        let tried = dampings.len() * preferences.len();
        let how = match tried {
            1 => String::new(),
            tried => format!(", of {tried} settings the one of best silhouette"),
        };
        let method = format!("affinity propagation of negative squared distances (Frey and Dueck, 2007){how}; {whose}");
        let mut analysed = AnalysisResult::new(declared, method);
        let best = if tried == 1 {
            let settings = (dampings[0], preferences[0]);
            let method =
                AffinityPropagation { damping: settings.0, preference: Some(settings.1), ..Default::default() };
            let clusters = method.cluster_interruptible(similarities.view(), &|| goes_on(interrupt)).map_err(failed)?;
            if !clusters.converged {
                analysed.notes.push("the clusters had not settled after 200 rounds; give more damping".into());
            }
            let score = silhouette(apart.view(), &clusters.labels).unwrap_or(f64::NAN);
            BestClusters { clusters, silhouette: score, settings }
        } else {
            let search = AffinityPropagation::default();
            let compared = (similarities.view(), apart.view());
            search.search_interruptible(compared, &dampings, &preferences, &|| goes_on(interrupt)).map_err(failed)?
        };
        let subjects = |items: &[&Item]| items.iter().map(|item| item.subject.clone()).collect::<Vec<_>>();
        let labels = best.clusters.labels.iter().map(|label| (label + 1).to_string()).collect();
        analysed.fields.insert("labels".into(), Field::Labels { subjects: subjects(&people), labels });
        for (field, value) in [
            ("clusters", best.clusters.exemplars.len() as f64),
            ("silhouette", best.silhouette),
            ("damping", best.settings.0),
            ("preference", best.settings.1),
        ] {
            // One cluster has no silhouette.
            if value.is_finite() {
                analysed.fields.insert(field.into(), Field::Number(value));
            }
        }
        Ok(analysed)
    }
}

/// What is tried: numbers, percentiles of the similarities between different people, numbers between two of these, or their median.
fn preferences(
    argument: Option<&Argument>,
    similarities: &Array2<f64>,
) -> std::result::Result<Vec<f64>, AnalysisError> {
    let between: Vec<f64> = similarities.indexed_iter().filter(|((i, j), _)| i != j).map(|(_, s)| *s).collect();
    match argument {
        Some(Argument::Numbers(numbers)) => Ok(numbers.clone()),
        Some(Argument::Percentiles(percents)) => {
            let mut sorted = between;
            sorted.sort_by(f64::total_cmp);
            percents.iter().map(|percent| quantile(&sorted, percent / 100.0)).collect()
        }
        Some(Argument::Spaced { from, to, at }) => {
            let mut sorted = between;
            sorted.sort_by(f64::total_cmp);
            let (from, to) = (quantile(&sorted, from / 100.0)?, quantile(&sorted, to / 100.0)?);
            Ok(at.iter().map(|at| from + (to - from) * at).collect())
        }
        // scikit-learn's own choice counts everybody's similarity to themselves.
        _ => Ok(vec![quantile(&similarities.iter().copied().collect::<Vec<_>>(), 0.5)?]),
    }
}
