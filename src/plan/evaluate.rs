//! One model with one set of weights for some people: what prediction tasks and packed models both do.
//!
//! ```text
//!  live part + weights + rows ──values(nodes, left out)──▶ [Values], one a node: means over views (of classes, where asked, of their probabilities)
//! ```

use super::error::{PlanError, Result};
use super::metric::softmax;
use super::predict::Values;
use super::rows::Rows;
use super::subgraph::Subgraph;
use crate::data::dataset::{Augmentation, Item};
use crate::data::numbers::Growing;
use crate::graph::{Graph, InputId, NodeId};
use crate::nn::Device;
use crate::train::{DataError, PredictJob, Prediction, TrainingStatistics, Weights, predict};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
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
    /// The nodes of the whole graph whose views are averaged as probabilities, with their classes.
    pub soft: &'a BTreeMap<NodeId, usize>,
    /// Rows at a time.
    pub batch: usize,
    pub device: &'a Device,
    pub interrupt: &'a AtomicBool,
    /// Where the maps of whole images are laid aside as they come.
    pub aside: &'a Path,
}

impl Evaluation<'_> {
    /// The values of nodes of the whole graph, as things are or as if nobody had one of the inputs.
    ///
    /// # Errors
    /// Data that cannot be read, a device that fails, Ctrl-C.
    pub fn values(&self, nodes: &[NodeId], left_out: Option<InputId>) -> Result<Vec<Values>> {
        let soft: Vec<Option<usize>> = nodes.iter().map(|node| self.soft.get(node).copied()).collect();
        let nodes: Vec<NodeId> = nodes.iter().filter_map(|node| self.subgraph.node(*node)).collect();
        let left_out = left_out.and_then(|input| self.subgraph.input_of(input));
        let windows = self.reader.windows();
        let several_views = self.reader.inputs.dataset().views() > 1;
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
            let mut aside: Vec<Growing> = Vec::new();
            let failed = |source| PlanError::task(self.task, format!("maps cannot be laid aside: {source}"));
            if windows.is_some() && !several_views {
                let files = nodes.iter().map(|_| Growing::new(Some(self.aside)));
                aside = files.collect::<std::io::Result<_>>().map_err(failed)?;
            }
            let is_laid_aside = !aside.is_empty();
            let aside = RefCell::new(aside);
            let lay_aside = |node: usize, values: &[f32]| {
                aside.borrow_mut().get_mut(node).map_or(Ok(()), |file| file.push(values)).map_err(DataError::from)
            };
            let predicted = predict(&PredictJob {
                graph: self.graph.clone(),
                nodes: &nodes,
                weights: self.weights,
                training_statistics: self.training_statistics,
                subjects: self.items.len(),
                batch: self.batch,
                read: &read,
                windows: windows.as_ref(),
                lay_aside: is_laid_aside.then_some(&lay_aside),
                interrupt: self.interrupt,
                device: self.device,
            });
            // The reader refuses where the flag is set; whatever then came out is of no use.
            if interrupted() {
                return Err(PlanError::Interrupted { task: self.task.to_owned() });
            }
            let predicted = predicted.map_err(PlanError::train(self.task))?;
            if is_laid_aside {
                let files = aside.into_inner().into_iter().zip(predicted);
                let values = files.map(|(file, of_node)| {
                    let values = file.finish()?;
                    Ok(Values { shape: of_node.shape, rows: of_node.subjects, values, ..Values::default() })
                });
                return values.collect::<std::io::Result<_>>().map_err(failed);
            }
            views.push(predicted);
        }
        Ok(mean_over_views(views, &soft))
    }
}

/// The mean over views, node by node; of those that are soft the mean of their probabilities, as logits again.
fn mean_over_views(mut views: Vec<Vec<Prediction>>, soft: &[Option<usize>]) -> Vec<Values> {
    let n = views.len() as f32;
    // A single view is what it is, without a detour.
    let soft = if views.len() > 1 { soft } else { &[] };
    for view in &mut views {
        for (prediction, classes) in view.iter_mut().zip(soft) {
            if let Some(classes) = classes {
                let width = prediction.shape.iter().product();
                by_place(&mut prediction.values, *classes, width, |logits| {
                    let p = softmax(logits);
                    logits.iter_mut().zip(p).for_each(|(to, p)| *to = p as f32);
                });
            }
        }
    }
    let mut views = views.into_iter();
    let mut sums = views.next().unwrap_or_default();
    for view in views {
        for (sum, values) in sums.iter_mut().zip(view) {
            sum.values.iter_mut().zip(values.values).for_each(|(s, v)| *s += v);
        }
    }
    sums.into_iter()
        .enumerate()
        .map(|(at, sum)| {
            let mut values = if n > 1.0 { sum.values.into_iter().map(|v| v / n).collect() } else { sum.values };
            if let Some(classes) = soft.get(at).copied().flatten() {
                // Logits whose softmax is the mean; a probability of 0 stays a number.
                let width = sum.shape.iter().product();
                by_place(&mut values, classes, width, |p| {
                    p.iter_mut().for_each(|p| *p = p.max(f32::MIN_POSITIVE).ln())
                });
            }
            Values { shape: sum.shape, rows: sum.subjects, values: values.into(), ..Values::default() }
        })
        .collect()
}

/// Changes the classes of each row and place together: rows are `[classes, places]`, `width` numbers each.
fn by_place(values: &mut [f32], classes: usize, width: usize, change: impl Fn(&mut [f32])) {
    let places = width / classes.max(1);
    let mut of_place = vec![0.0; classes];
    for row in values.chunks_mut(width.max(1)) {
        for place in 0..places {
            of_place.iter_mut().enumerate().for_each(|(class, to)| *to = row[class * places + place]);
            change(&mut of_place);
            of_place.iter().enumerate().for_each(|(class, from)| row[class * places + place] = *from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(values: &[f32]) -> Vec<Prediction> {
        vec![Prediction { node: NodeId(0), shape: vec![2], values: values.to_vec(), subjects: vec![0] }]
    }

    #[test]
    fn soft_decisions_of_views_are_averaged_as_probabilities() {
        // One view is sure of the first class, the other wavers: by logits 4 to 0.5, by probabilities nearly 3 to 1.
        let views = || vec![view(&[8.0, 0.0]), view(&[0.0, 1.0])];
        let logits = mean_over_views(views(), &[None]);
        assert_eq!(*logits[0].values, [4.0, 0.5]);
        let soft = mean_over_views(views(), &[Some(2)]);
        let sure = 1.0 / (1.0 + (-8.0_f64).exp());
        let wavering = 1.0 / (1.0 + 1.0_f64.exp());
        assert!((softmax(&soft[0].values)[0] - f64::midpoint(sure, wavering)).abs() < 1e-6, "{soft:?}");
        // Of one view nothing is averaged.
        assert_eq!(*mean_over_views(vec![view(&[8.0, 0.0])], &[Some(2)])[0].values, [8.0, 0.0]);
    }

    #[test]
    fn a_mask_is_averaged_place_by_place() {
        // Two classes at two places; classes come first.
        let mut values = [1.0, 2.0, 3.0, 4.0];
        by_place(&mut values, 2, 4, |classes| classes.reverse());
        assert_eq!(values, [3.0, 4.0, 1.0, 2.0]);
    }
}
