//! One model with one set of weights for some people: what prediction tasks and packed models both do.
//!
//! ```text
//!  live part + weights + rows ──values(nodes, left out)──▶ [Values], one a node: means over views
//! ```

use super::error::{PlanError, Result};
use super::predict::Values;
use super::rows::Rows;
use super::subgraph::Subgraph;
use crate::data::dataset::{Augmentation, Item};
use crate::graph::{Graph, InputId, NodeId};
use crate::nn::Device;
use crate::train::{DataError, PredictJob, Prediction, TrainingStatistics, Weights, predict};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A model to be evaluated.
pub(super) struct Evaluation<'a> {
    pub task: &'a str,
    pub subgraph: &'a Subgraph,
    /// The graph of the live part.
    pub graph: Arc<Graph>,
    pub reader: &'a Rows<'a>,
    /// Whose values are wanted, in order.
    pub items: &'a [Item],
    pub weights: &'a Weights,
    pub training_statistics: &'a TrainingStatistics,
    /// Rows at a time.
    pub batch: usize,
    pub device: &'a Device,
    pub interrupt: &'a AtomicBool,
}

impl Evaluation<'_> {
    /// The values of nodes of the whole graph, as things are or as if nobody had one of the inputs.
    ///
    /// # Errors
    /// Data that cannot be read, a device that fails, Ctrl-C.
    pub fn values(&self, nodes: &[NodeId], left_out: Option<InputId>) -> Result<Vec<Values>> {
        let nodes: Vec<NodeId> = nodes.iter().filter_map(|node| self.subgraph.node(*node)).collect();
        let left_out = left_out.and_then(|input| self.subgraph.input_of(input));
        let interrupted = || self.interrupt.load(Ordering::Relaxed);
        let mut views = Vec::new();
        for view in 0..self.reader.inputs.dataset().views() {
            let read = |positions: &[usize], wanted: &[InputId]| {
                if interrupted() {
                    return Err(DataError::from("interrupted"));
                }
                let rows: Vec<_> = positions.iter().map(|at| (self.items[*at], Augmentation::Fixed { view })).collect();
                let mut batch = self.reader.batch(&rows, wanted)?;
                if let Some(Some(input)) = left_out.and_then(|input| batch.inputs.get_mut(input.index())) {
                    input.present.fill(false);
                    input.values.clear();
                }
                Ok(batch)
            };
            let predicted = predict(&PredictJob {
                graph: self.graph.clone(),
                nodes: &nodes,
                weights: self.weights,
                training_statistics: self.training_statistics,
                subjects: self.items.len(),
                batch: self.batch,
                read: &read,
                device: self.device,
            });
            // The reader refuses where the flag is set; whatever then came out is of no use.
            if interrupted() {
                return Err(PlanError::Interrupted { task: self.task.to_owned() });
            }
            views.push(predicted.map_err(PlanError::train(self.task))?);
        }
        Ok(mean_over_views(views))
    }
}

fn mean_over_views(views: Vec<Vec<Prediction>>) -> Vec<Values> {
    let n = views.len() as f32;
    let mut views = views.into_iter();
    let mut sums = views.next().unwrap_or_default();
    for view in views {
        for (sum, values) in sums.iter_mut().zip(view) {
            sum.values.iter_mut().zip(values.values).for_each(|(s, v)| *s += v);
        }
    }
    sums.into_iter()
        .map(|sum| {
            let values = if n > 1.0 { sum.values.into_iter().map(|v| v / n).collect() } else { sum.values };
            Values { shape: sum.shape, rows: sum.subjects, values, ..Values::default() }
        })
        .collect()
}
