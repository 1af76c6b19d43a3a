//! Gradients of a model's output with respect to what it is shown, subject by subject, averaged over looks.

use super::predict::prediction_settings;
use super::{DataError, TrainError, TrainingStatistics, Weights};
use crate::graph::{Graph, InputId, NodeId};
use crate::nn::{Batch, Device, Forward, Network, RunSettings};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a [`SaliencyJob`] reads the inputs of some looks: pairs of a subject's position and the number of the look.
pub type ReadViews<'a> = dyn Fn(&[(usize, usize)], &[InputId]) -> Result<Batch, DataError> + 'a;

/// Of what the gradient is wanted, with respect to what, for whom.
pub struct SaliencyJob<'a> {
    /// The network.
    pub graph: Arc<Graph>,
    /// The output: some numbers a subject.
    pub output: NodeId,
    /// The input, which every look must have.
    pub input: InputId,
    /// Weights of all modules that the output depends on, and perhaps of others.
    pub weights: &'a Weights,
    /// Numbers computed on the training subjects.
    pub training_statistics: &'a TrainingStatistics,
    /// Number of subjects.
    pub subjects: usize,
    /// How often each is looked at.
    pub looks: usize,
    /// Looks evaluated at a time.
    pub batch: usize,
    /// Delivers their inputs.
    pub read: &'a ReadViews<'a>,
    /// Where to compute.
    pub device: &'a Device,
    /// Set by Ctrl-C: looked at before each pass.
    pub interrupt: &'a AtomicBool,
}

/// For each subject and each element of its input: the gradient of each number of the output, averaged over the looks;
/// then the Euclidean norm over the numbers. In prediction mode: running statistics, no dropout, means of Gaussians.
/// `None` where the interrupt flag was set.
///
/// A pass evaluates the output alone, with weights that are not differentiated, once for each number: rows do not see one
/// another, so that one walk back gives the gradients of all of them.
///
/// # Errors
/// Weights that are missing or of another shape, data that cannot be read, a device that fails.
pub fn saliency(job: &SaliencyJob<'_>) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
    let forward = Forward::new(job.graph.clone(), &[job.output]);
    let modules = job.graph.live_modules(forward.live());
    let inputs = job.graph.live_inputs(forward.live());
    let mut network = Network::new(&job.graph, &modules, 0, job.device);
    let own: Weights = network.names().filter_map(|name| job.weights.get(&name).map(|w| (name, w.clone()))).collect();
    network.set_weights(&own)?;
    network.freeze(&modules);
    let settings = RunSettings { track_inputs: true, ..prediction_settings(job.training_statistics) };

    let numbers = job.graph.node(job.output).ty.len() as usize;
    let size: usize = job.graph.inputs[job.input.index()].ty.shape.iter().product();
    let (looks, batch) = (job.looks.max(1), job.batch.max(1));
    let everybody: Vec<usize> = (0..job.subjects).collect();
    let mut maps = Vec::with_capacity(job.subjects);
    for people in everybody.chunks((batch / looks).max(1)) {
        let all: Vec<(usize, usize)> = people.iter().flat_map(|p| (0..looks).map(move |look| (*p, look))).collect();
        let read = |piece: &[(usize, usize)]| {
            let batch = (job.read)(piece, &inputs);
            batch.map_err(|source| TrainError::Data { during: "saliency".into(), source })
        };
        let batches = all.chunks(batch).map(read).collect::<Result<Vec<Batch>, _>>()?;
        let mut squares = vec![vec![0.0_f64; size]; people.len()];
        for number in 0..numbers {
            let mut sums = vec![vec![0.0_f64; size]; people.len()];
            for (piece, batch) in all.chunks(batch).zip(&batches) {
                if job.interrupt.load(Ordering::Relaxed) {
                    return Ok(None);
                }
                let values = forward.run(&network, batch, &settings)?;
                // An output that the input reaches through nothing that can be differentiated does not change with it.
                let Some(gradients) = values.backward_of(job.output, number)?.input(job.input)? else { continue };
                for ((person, _), gradient) in piece.iter().zip(gradients.chunks_exact(size.max(1))) {
                    let sum = &mut sums[person - people[0]];
                    sum.iter_mut().zip(gradient).for_each(|(s, g)| *s += f64::from(*g));
                }
            }
            for (square, sum) in squares.iter_mut().zip(&sums) {
                square.iter_mut().zip(sum).for_each(|(q, s)| *q += (s / looks as f64).powi(2));
            }
        }
        maps.extend(squares.into_iter().map(|q| q.into_iter().map(|q| q.sqrt() as f32).collect::<Vec<f32>>()));
    }
    Ok(Some(maps))
}
