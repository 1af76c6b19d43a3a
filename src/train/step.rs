//! One batch: forward, backward, and a look at whether all numbers still are.

use super::frozen::Still;
use super::gradient::Slopes;
use super::job::{Job, Weights};
use super::{NotFinite, TrainError};
use crate::graph::{InputId, ModuleId, NodeId};
use crate::nn::{self, B, Batch, Forward, Mode, Network, NnError, NonFinite, RunSettings};
use crate::program::Stage;
use burn::tensor::Tensor;

/// Who moves in a step: the stage itself, or one of its rivals.
#[derive(Debug, Clone, Copy)]
pub(super) enum Player {
    Stage,
    /// By position.
    Rival(usize),
}

/// What does not change from batch to batch.
pub(super) struct Stepper {
    forward: Forward,
    still: Still,
    settings: RunSettings,
    inputs: Vec<InputId>,
    loss: NodeId,
    terms: Vec<(String, NodeId)>,
    /// The modules that move, where others are trained in the same stage by steps of their own.
    own: Option<Vec<ModuleId>>,
}

/// Which batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Counted from 1.
    pub epoch: usize,
    /// Steps made before.
    pub step: u64,
    /// Batches before, over all epochs: what dropout and draws from Gaussians depend on, beside the seed.
    pub batch: u64,
    pub learning_rate: f64,
}

/// What a batch gives.
pub(super) struct Outcome {
    pub loss: f64,
    /// `None` for terms that no subject of the batch has.
    pub terms: Vec<Option<f64>>,
    pub slopes: Slopes,
    /// Norm of all gradients taken together.
    pub norm: f64,
}

impl Stepper {
    /// `weights` holds those of frozen batch normalisation. What a rival trains is no more frozen in the stage's own
    /// steps than what the stage trains is in the rival's: batches are normalised by their own statistics.
    pub fn new(job: &Job<'_>, player: Player, weights: &Weights) -> Self {
        let stage = job.stage;
        let still = Still::new(&job.graph, &trained(stage), weights);
        let (loss, terms, own) = match player {
            Player::Stage => (stage.loss, stage.terms.as_slice(), &stage.trainable),
            Player::Rival(at) => (stage.rivals[at].loss, &[][..], &stage.rivals[at].trainable),
        };
        let loss = still.place(loss);
        let own = (!stage.rivals.is_empty()).then(|| own.clone());
        let terms: Vec<(String, NodeId)> =
            terms.iter().map(|(label, node)| (label.clone(), still.place(*node))).collect();
        let mut roots = vec![loss];
        roots.extend(terms.iter().map(|(_, node)| *node));
        let forward = Forward::new(still.graph().clone(), &roots);
        let mut inputs = still.graph().live_inputs(forward.live());
        inputs.retain(|input| still.is_of_data(*input));
        let settings = RunSettings {
            class_weights: job.from_training.class_weights.clone(),
            training_means: job.from_training.means.clone(),
            ..RunSettings::new(Mode::Prediction)
        };
        Self { forward, still, settings, inputs, loss, terms, own }
    }

    /// Which inputs are read from the data.
    pub fn inputs(&self) -> &[InputId] {
        &self.inputs
    }

    /// Gradients of the loss for a batch. The network's running statistics are moved, its weights are not.
    ///
    /// # Errors
    /// [`TrainError::NotFinite`] where a number of the forward or the backward pass is none.
    pub fn batch(
        &mut self,
        job: &Job<'_>,
        network: &mut Network,
        batch: Batch,
        moment: Moment,
    ) -> Result<Outcome, TrainError> {
        self.settings.mode = Mode::Training { seed: job.seed, step: moment.batch };
        let batch = self.still.complete(batch);
        let mut values = self.forward.run(network, &batch, &self.settings)?;
        let slopes = Slopes::of(values.backward(self.loss)?, network);
        let slopes = match &self.own {
            Some(own) => slopes.of_weights(&network.ids_of(own)),
            None => slopes,
        };

        // Loss, terms and squares come to the host together: one wait for the device a batch.
        let number = |node: NodeId| values.get(node).map(|value| value.tensor.clone().mean_all().rank::<1>().inner());
        let mut numbers: Vec<Tensor<B, 1>> = number(self.loss).into_iter().collect();
        let losses = numbers.len();
        let terms: Vec<Option<Tensor<B, 1>>> = self.terms.iter().map(|(_, node)| number(*node)).collect();
        numbers.extend(terms.iter().flatten().cloned());
        let before_squares = numbers.len();
        numbers.extend(slopes.squares());
        let numbers = on_host(numbers)?;

        let mut rest = numbers[losses..before_squares].iter().copied();
        let terms: Vec<Option<f64>> = terms.iter().map(|term| term.as_ref().and_then(|_| rest.next())).collect();
        if numbers.iter().any(|n| !n.is_finite()) {
            return Err(self.diagnosis(job, network, &batch, moment, &terms)?);
        }
        match &self.own {
            Some(own) => network.absorb_of(values.take_statistics(), own),
            None => network.absorb(values.take_statistics()),
        }
        let norm = numbers[before_squares..].iter().sum::<f64>().sqrt();
        Ok(Outcome { loss: numbers[..losses].first().copied().unwrap_or(0.0), terms, slopes, norm })
    }

    /// Runs the batch again to see where a number first was none.
    fn diagnosis(
        &self,
        job: &Job<'_>,
        network: &Network,
        batch: &Batch,
        moment: Moment,
        terms: &[Option<f64>],
    ) -> Result<TrainError, NnError> {
        let forward = nn::first_non_finite(&self.forward, network, batch, &self.settings)?;
        let (place, advice) = match forward {
            Some(found) => self.of_forward(&found, terms),
            None => {
                let gradients = self.forward.run(network, batch, &self.settings)?.backward(self.loss)?;
                match nn::first_non_finite_gradient(&gradients, network)? {
                    Some(found) => (
                        format!("the loss is finite, but a gradient is not: {found}"),
                        "square roots, logarithms and quotients of numbers near 0 have such slopes: keep them away \
                         from 0, or lower the learning rate",
                    ),
                    None => (
                        "the gradients are too large to be squared".to_owned(),
                        "lower the learning rate, or scale the inputs (`|> standardize`, `|> zscore`)",
                    ),
                }
            }
        };
        Ok(TrainError::NotFinite(Box::new(NotFinite {
            stage: job.stage.name.clone(),
            epoch: moment.epoch,
            step: moment.step,
            place,
            learning_rate: moment.learning_rate,
            advice: advice.to_owned(),
        })))
    }

    fn of_forward(&self, found: &NonFinite, terms: &[Option<f64>]) -> (String, &'static str) {
        let mut place = found.to_string();
        let broken = self.terms.iter().zip(terms).filter(|(_, value)| value.is_some_and(|v| !v.is_finite()));
        let broken: Vec<String> = broken.map(|((label, _), _)| format!("`{label}`")).collect();
        if !broken.is_empty() {
            place += &format!(", which reaches the loss through {}", broken.join(", "));
        }
        let advice = match found.op.as_str() {
            "Input" => "look at the data: a subject has a value that is no number, or an infinite one",
            "weight" => {
                "the step before has moved it there: lower the learning rate, or limit the gradient with `clip 1.0`"
            }
            _ => {
                "lower the learning rate, limit the gradient with `clip 1.0`, or scale the inputs \
                 (`|> standardize`, `|> zscore`)"
            }
        };
        (place, advice)
    }
}

/// All modules that move in a stage, the rivals' included.
pub(super) fn trained(stage: &Stage) -> Vec<ModuleId> {
    let rivals = stage.rivals.iter().flat_map(|rival| &rival.trainable);
    stage.trainable.iter().chain(rivals).copied().collect()
}

/// Several one-number tensors, in one transfer.
pub(super) fn on_host(numbers: Vec<Tensor<B, 1>>) -> Result<Vec<f64>, NnError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let failed = |reason: String| NnError::DeviceFailed { reason };
    let data = Tensor::cat(numbers, 0).try_into_data().map_err(|e| failed(format!("{e:?}")))?;
    let values = data.into_vec::<f32>().map_err(|e| failed(format!("{e:?}")))?;
    Ok(values.into_iter().map(f64::from).collect())
}
