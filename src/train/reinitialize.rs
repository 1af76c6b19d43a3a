//! Losses with the weights of one layer at a time drawn anew: how much does the loss depend on the layer?

use super::history::Mean;
use super::predict::{HostOutput, ReadBatch, prediction_settings};
use super::{TrainError, TrainingStatistics, Weights};
use crate::graph::{Graph, ModuleId, NodeId};
use crate::nn::{Device, Forward, Network};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whose loss is evaluated, with which layers drawn how often.
pub struct ReinitializeJob<'a> {
    /// The network.
    pub graph: Arc<Graph>,
    /// The loss.
    pub loss: NodeId,
    /// Weights of all modules that the loss depends on, and perhaps of others.
    pub weights: &'a Weights,
    /// Layers that are drawn anew, one at a time; all others keep their weights.
    pub layers: &'a [ModuleId],
    /// Draws a layer.
    pub draws: usize,
    /// Decides every draw.
    pub seed: u64,
    /// Numbers computed on the training subjects.
    pub training_statistics: &'a TrainingStatistics,
    /// Number of subjects.
    pub subjects: usize,
    /// Subjects evaluated at a time.
    pub batch: usize,
    /// Delivers their inputs.
    pub read: &'a ReadBatch<'a>,
    /// Where to compute.
    pub device: &'a Device,
    /// Set by Ctrl-C: looked at between draws.
    pub interrupt: &'a AtomicBool,
}

/// What drawing came to.
#[derive(Debug, Clone, PartialEq)]
pub struct ReinitializedLosses {
    /// The loss with the weights as they are.
    pub loss: f64,
    /// By layer, by draw. A loss that is not a number is NaN here.
    pub losses: Vec<Vec<f64>>,
}

/// Evaluates the loss in prediction mode with the given weights, and with each layer's drawn anew as training would
/// start from them. Means over subjects; `None` where the interrupt flag was set.
///
/// Batches are read once: each layer is drawn for each batch, and a draw is the same in all of them.
///
/// # Errors
/// Weights that are missing or of another shape, data that cannot be read, a device that fails.
pub fn reinitialized_losses(job: &ReinitializeJob<'_>) -> Result<Option<ReinitializedLosses>, TrainError> {
    let forward = Forward::new(job.graph.clone(), &[job.loss]);
    let modules = job.graph.live_modules(forward.live());
    let inputs = job.graph.live_inputs(forward.live());
    let mut network = Network::new(&job.graph, &modules, 0, job.device);
    let own: Weights = network.names().filter_map(|name| job.weights.get(&name).map(|w| (name, w.clone()))).collect();
    network.set_weights(&own)?;
    let network = network.for_prediction();
    let settings = prediction_settings(job.training_statistics);

    let mut as_it_is = Mean::default();
    let mut means = vec![vec![Mean::default(); job.draws]; job.layers.len()];
    let positions: Vec<usize> = (0..job.subjects).collect();
    for piece in positions.chunks(job.batch.max(1)) {
        let batch = (job.read)(piece, &inputs)
            .map_err(|source| TrainError::Data { during: "drawing layers anew".into(), source })?;
        let loss = |network: &Network| -> Result<Option<f64>, TrainError> {
            Ok(HostOutput::of(&forward.run(network, &batch, &settings)?, job.loss)?.mean())
        };
        if let Some(value) = loss(&network)? {
            as_it_is.add(value, piece.len());
        }
        for (layer, of_layer) in job.layers.iter().zip(&mut means) {
            let mut changed = network.clone();
            for (draw, mean) in of_layer.iter_mut().enumerate() {
                if job.interrupt.load(Ordering::Relaxed) {
                    return Ok(None);
                }
                changed.reinitialize(&job.graph, *layer, job.seed.wrapping_add(draw as u64));
                if let Some(value) = loss(&changed)? {
                    mean.add(value, piece.len());
                }
            }
        }
    }
    let value = |mean: &Mean| mean.value().unwrap_or(f64::NAN);
    let losses = means.iter().map(|of_layer| of_layer.iter().map(value).collect()).collect();
    Ok(Some(ReinitializedLosses { loss: value(&as_it_is), losses }))
}
