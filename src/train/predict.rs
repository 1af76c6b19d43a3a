//! Prediction: the values of any nodes for any subjects, with given weights.

use super::{DataError, TrainError, TrainingStatistics, Weights};
use crate::graph::{Graph, InputId, NodeId};
use crate::nn::{Batch, ByWindows, Device, Forward, HostValue, Mode, Network, NnError, RunSettings, Values, Windows};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The values of a node for the subjects that have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The node.
    pub node: NodeId,
    /// Shape of one subject's value; a Gaussian is `[2, n]`.
    pub shape: Vec<usize>,
    /// Row-major, one subject after the other.
    pub values: Vec<f32>,
    /// Positions of those subjects, ascending. Where the node is one number for a batch (a loss), empty: `values` then holds
    /// its mean over subjects.
    pub subjects: Vec<usize>,
}

/// The value of a node for one batch, on the host; `None` where no subject has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HostOutput(pub Option<HostValue>);

impl HostOutput {
    /// Fetches it.
    pub fn of(values: &Values, node: NodeId) -> Result<Self, NnError> {
        values.host(node).map(Self)
    }

    /// The mean of all its numbers: of a loss, the loss itself.
    pub fn mean(&self) -> Option<f64> {
        let values = &self.0.as_ref()?.values;
        (!values.is_empty()).then(|| values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64)
    }
}

/// A pass in prediction mode.
pub(super) fn prediction_settings(training_statistics: &TrainingStatistics) -> RunSettings {
    RunSettings {
        class_weights: training_statistics.class_weights.clone(),
        training_means: training_statistics.means.clone(),
        ..RunSettings::new(Mode::Prediction)
    }
}

/// How a [`PredictJob`] reads the inputs of the subjects at some positions; `inputs` are those the network reads.
pub type ReadBatch<'a> = dyn Fn(&[usize], &[InputId]) -> Result<Batch, DataError> + 'a;

/// Where whole maps go, see [`PredictJob::lay_aside`].
pub type LayAside<'a> = dyn Fn(usize, &[f32]) -> Result<(), DataError> + 'a;

/// What is to be predicted, with what, for whom.
pub struct PredictJob<'a> {
    /// The network.
    pub graph: Arc<Graph>,
    /// The nodes whose values are wanted.
    pub nodes: &'a [NodeId],
    /// Weights of all modules that the nodes depend on, and perhaps of others.
    pub weights: &'a Weights,
    /// Numbers computed on the training subjects.
    pub training_statistics: &'a TrainingStatistics,
    /// Number of subjects.
    pub subjects: usize,
    /// Subjects evaluated at a time; where there are windows, so many of them of one subject.
    pub batch: usize,
    /// Delivers their inputs.
    pub read: &'a ReadBatch<'a>,
    /// How images are gone over that the network sees by windows: what is read is whole, and so are the predictions.
    pub windows: Option<&'a Windows>,
    /// Takes the whole map of a node (by its place) of the next subject who has it, in the place of [`Prediction::values`].
    pub lay_aside: Option<&'a LayAside<'a>>,
    /// Ends a prediction by windows between two batches of them.
    pub interrupt: &'a AtomicBool,
    /// Where to compute.
    pub device: &'a Device,
}

/// Evaluates nodes for all subjects in prediction mode: running statistics, no dropout, means of Gaussians. One
/// [`Prediction`] a node, in the order asked for.
///
/// # Errors
/// Weights that are missing or of another shape, data that cannot be read, a device that fails.
pub fn predict(job: &PredictJob<'_>) -> Result<Vec<Prediction>, TrainError> {
    let PredictJob { graph, nodes, weights, training_statistics, subjects, batch, read, .. } = job;
    let PredictJob { windows, lay_aside, interrupt, device, .. } = job;
    let forward = Forward::new(graph.clone(), nodes);
    let modules = graph.live_modules(forward.live());
    let inputs = graph.live_inputs(forward.live());
    let mut network = Network::new(graph, &modules, 0, device);
    let own: Weights = network.names().filter_map(|name| weights.get(&name).map(|w| (name, w.clone()))).collect();
    network.set_weights(&own)?;
    let network = network.for_prediction();
    let settings = prediction_settings(training_statistics);

    let mut gathered: Vec<Gathered> = nodes.iter().map(|node| Gathered::of(graph, *node)).collect();
    let positions: Vec<usize> = (0..*subjects).collect();
    let during = |source| TrainError::Data { during: "prediction".into(), source };
    if let Some(windows) = windows {
        check_maps(windows, graph, nodes).map_err(during)?;
        for node in &mut gathered {
            node.prediction.shape = windows.whole_shape(&node.prediction.shape);
        }
        for position in positions {
            let subject = read(&[position], &inputs).map_err(during)?;
            let by_windows =
                ByWindows { windows, forward: &forward, network: &network, settings: &settings, batch: *batch };
            let whole = by_windows
                .of_subject(&subject, nodes, interrupt, |_, _| Ok(()))?
                .ok_or_else(|| during("interrupted".into()))?;
            for (at, (node, whole)) in gathered.iter_mut().zip(whole).enumerate() {
                let Some((values, _)) = whole.finish() else { continue };
                node.prediction.subjects.push(position);
                match lay_aside {
                    Some(lay_aside) => lay_aside(at, &values).map_err(during)?,
                    None => node.prediction.values.extend(values),
                }
            }
        }
        return Ok(gathered.into_iter().map(Gathered::finish).collect());
    }
    for piece in positions.chunks((*batch).max(1)) {
        let batch = read(piece, &inputs).map_err(during)?;
        let values = forward.run(&network, &batch, &settings)?;
        for node in &mut gathered {
            let value = HostOutput::of(&values, node.prediction.node)?;
            node.add(value, piece);
        }
    }
    Ok(gathered.into_iter().map(Gathered::finish).collect())
}

/// Whole maps are made of maps.
fn check_maps(windows: &Windows, graph: &Graph, nodes: &[NodeId]) -> Result<(), DataError> {
    match nodes.iter().find(|node| !windows.is_map(graph, **node)) {
        None => Ok(()),
        Some(node) => Err(format!(
            "`{}` has no value at each voxel of a window, of which a whole could be made",
            graph.node(*node).path
        )
        .into()),
    }
}

/// A prediction that grows batch by batch.
struct Gathered {
    prediction: Prediction,
    /// For one number a batch: sum over subjects, and how many.
    number: Option<(f64, usize)>,
}

impl Gathered {
    fn of(graph: &Graph, node: NodeId) -> Self {
        let ty = &graph.node(node).ty;
        let mut shape = ty.shape.clone();
        if ty.kind == crate::graph::Kind::Normal {
            shape.insert(0, 2);
        }
        let number = (!ty.batched).then_some((0.0, 0));
        Self { prediction: Prediction { node, shape, values: Vec::new(), subjects: Vec::new() }, number }
    }

    fn add(&mut self, reading: HostOutput, positions: &[usize]) {
        let Some(value) = reading.0 else { return };
        match (&mut self.number, value.rows) {
            (Some((sum, subjects)), _) => {
                let first = value.values.first().copied().unwrap_or(0.0);
                *sum += f64::from(first) * positions.len() as f64;
                *subjects += positions.len();
            }
            (None, Some(rows)) => {
                self.prediction.subjects.extend(rows.iter().filter_map(|row| positions.get(*row)));
                self.prediction.values.extend(value.values);
            }
            // A constant is the same for everybody.
            (None, None) => {
                for position in positions {
                    self.prediction.subjects.push(*position);
                    self.prediction.values.extend(&value.values);
                }
            }
        }
    }

    fn finish(mut self) -> Prediction {
        if let Some((sum, subjects)) = self.number
            && subjects > 0
        {
            self.prediction.values = vec![(sum / subjects as f64) as f32];
        }
        self.prediction
    }
}
