//! One batch: forward, backward, and what is to be looked at of both.

use super::frozen::FrozenGraph;
use super::gradient::WeightGradients;
use super::job::{Job, Weights};
use super::{NotFinite, TrainError};
use crate::graph::{Evaluation, InputId, ModuleId, NodeId, Processor};
use crate::nn::{self, Arithmetic, Batch, Forward, Mode, Network, NnError, NonFinite, RunSettings, Statistics, Tensor};
use crate::program::{Memory, Precision};

/// Whose step it is: the stage's own, or that of one of its adversaries.
#[derive(Debug, Clone, Copy)]
pub(super) enum StepOwner {
    Stage,
    /// By position.
    Adversary(usize),
}

/// What does not change from batch to batch.
pub(super) struct TrainingStep {
    forward: Forward,
    frozen: FrozenGraph,
    settings: RunSettings,
    inputs: Vec<InputId>,
    loss: NodeId,
    terms: Vec<(String, NodeId)>,
    /// The modules that move, where others are trained in the same stage by steps of their own.
    own: Option<Vec<ModuleId>>,
}

/// Which batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepContext {
    /// Counted from 1.
    pub epoch: usize,
    /// Steps made before.
    pub step: u64,
    /// Batches before, over all epochs: what dropout and draws from Gaussians depend on, beside the seed.
    pub batch: u64,
    pub learning_rate: f64,
}

/// What a batch gives, on the device.
pub(super) struct StepOutput {
    pub gradients: WeightGradients,
    pub numbers: StepNumbers,
    /// Running statistics that the batch has moved, for [`TrainingStep::absorb`].
    pub statistics: Statistics,
}

/// What is looked at of a batch, on the device: reading it waits until everything before is done.
#[derive(Debug, Clone)]
pub(super) struct StepNumbers {
    loss: Option<Tensor>,
    /// `None` for terms that no subject of the batch has.
    terms: Vec<Option<Tensor>>,
    /// The sum of the squares of all gradients: finite where they all are.
    squares: Option<Tensor>,
}

/// The same, on the host.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Losses {
    pub loss: f64,
    pub terms: Vec<Option<f64>>,
    /// Whether loss, terms and gradients are.
    pub finite: bool,
}

impl StepNumbers {
    fn tensors(&self) -> impl Iterator<Item = &Tensor> {
        self.loss.iter().chain(self.terms.iter().flatten()).chain(&self.squares)
    }

    /// Reads them.
    ///
    /// # Errors
    /// When the device cannot deliver them.
    pub fn read(&self) -> Result<Losses, NnError> {
        let mut read = Self::read_all(&[self])?;
        Ok(read.swap_remove(0))
    }

    /// Reads those of several batches in one transfer, one [`Losses`] each.
    ///
    /// # Errors
    /// When the device cannot deliver them.
    pub fn read_all(all: &[&Self]) -> Result<Vec<Losses>, NnError> {
        let tensors: Vec<Tensor> = all.iter().flat_map(|numbers| numbers.tensors()).cloned().collect();
        if tensors.is_empty() {
            return Ok(all.iter().map(|numbers| numbers.taken_from(&mut std::iter::empty())).collect());
        }
        let values = Tensor::cat(tensors, 0).to_host().map_err(|reason| NnError::DeviceFailed { reason })?;
        let mut values = values.into_iter().map(f64::from);
        Ok(all.iter().map(|numbers| numbers.taken_from(&mut values)).collect())
    }

    fn taken_from(&self, values: &mut dyn Iterator<Item = f64>) -> Losses {
        let mut finite = true;
        let mut next = |tensor: &Option<Tensor>| {
            let value = tensor.as_ref().and_then(|_| values.next());
            finite &= value.is_none_or(f64::is_finite);
            value
        };
        let loss = next(&self.loss).unwrap_or(0.0);
        let terms = self.terms.iter().map(&mut next).collect();
        next(&self.squares);
        Losses { loss, terms, finite }
    }
}

impl TrainingStep {
    /// `weights` holds those of frozen batch normalisation. What an adversary trains is no more frozen in the stage's own
    /// steps than what the stage trains is in the adversary's: batches are normalised by their own statistics.
    pub fn new(job: &Job<'_>, player: StepOwner, weights: &Weights) -> Self {
        let stage = job.stage;
        let frozen = FrozenGraph::new(&job.graph, &stage.moving(), weights);
        let (loss, terms, own) = match player {
            StepOwner::Stage => (stage.loss, stage.terms.as_slice(), &stage.trainable),
            StepOwner::Adversary(at) => (stage.adversaries[at].loss, &[][..], &stage.adversaries[at].trainable),
        };
        let loss = frozen.place(loss);
        let own = (!stage.adversaries.is_empty()).then(|| own.clone());
        let terms: Vec<(String, NodeId)> =
            terms.iter().map(|(label, node)| (label.clone(), frozen.place(*node))).collect();
        let mut roots = vec![loss];
        roots.extend(terms.iter().map(|(_, node)| *node));
        let forward = Forward::new(frozen.graph().clone(), &roots);
        let forward = match stage.memory {
            Memory::Keep => forward,
            Memory::Recompute => {
                let on = if job.device.is_cpu() { Processor::Cpu } else { Processor::Card };
                let evaluation = Evaluation::new(frozen.graph(), roots, stage.moving(), stage.batch as u64, on);
                forward.recomputing(evaluation.segments(), &stage.moving())
            }
        };
        let mut inputs = frozen.graph().live_inputs(forward.live());
        inputs.retain(|input| frozen.is_of_data(*input));
        let settings = RunSettings {
            class_weights: job.training_statistics.class_weights.clone(),
            training_means: job.training_statistics.means.clone(),
            arithmetic: arithmetic(stage.precision),
            ..RunSettings::new(Mode::Prediction)
        };
        Self { forward, frozen, settings, inputs, loss, terms, own }
    }

    /// Which inputs are read from the data.
    pub fn inputs(&self) -> &[InputId] {
        &self.inputs
    }

    /// Gradients of the loss for a batch. Nothing is read back.
    ///
    /// # Errors
    /// A batch that does not fit.
    pub fn run(
        &mut self,
        job: &Job<'_>,
        network: &Network,
        batch: &Batch,
        context: StepContext,
    ) -> Result<StepOutput, TrainError> {
        self.settings.mode = Mode::Training { seed: job.seed, step: context.batch };
        let completed = self.frozen.complete(batch);
        let batch = completed.as_ref().unwrap_or(batch);
        let mut values = self.forward.run(network, batch, &self.settings)?;
        let gradients = self.forward.gradients(&mut values, self.loss, network, batch, &self.settings)?;
        let gradients = WeightGradients::of(gradients, network);
        let gradients = match &self.own {
            Some(own) => gradients.of_weights(&network.ids_of(own)),
            None => gradients,
        };
        let number = |node: NodeId| values.get(node).map(|value| value.tensor.clone().detach().mean_all());
        let numbers = StepNumbers {
            loss: number(self.loss),
            terms: self.terms.iter().map(|(_, node)| number(*node)).collect(),
            squares: gradients.sum_of_squares(),
        };
        Ok(StepOutput { gradients, numbers, statistics: values.take_statistics() })
    }

    /// Takes over the running statistics that a batch has moved.
    pub fn absorb(&self, network: &mut Network, statistics: Statistics) {
        match &self.own {
            Some(own) => network.absorb_of(statistics, own),
            None => network.absorb(statistics),
        }
    }

    /// The numbers of a batch that this network has just computed, on the host.
    ///
    /// # Errors
    /// [`TrainError::NotFinite`] where a number of the forward or the backward pass is none.
    pub fn checked(
        &mut self,
        job: &Job<'_>,
        network: &Network,
        batch: &Batch,
        context: StepContext,
        numbers: &StepNumbers,
    ) -> Result<Losses, TrainError> {
        let losses = numbers.read()?;
        match losses.finite {
            true => Ok(losses),
            false => Err(self.diagnosis(job, network, batch, context, &losses)?),
        }
    }

    /// Runs a batch again to see where a number first was none.
    ///
    /// # Errors
    /// When the device cannot deliver the numbers.
    fn diagnosis(
        &mut self,
        job: &Job<'_>,
        network: &Network,
        batch: &Batch,
        context: StepContext,
        losses: &Losses,
    ) -> Result<TrainError, NnError> {
        self.settings.mode = Mode::Training { seed: job.seed, step: context.batch };
        let completed = self.frozen.complete(batch);
        let batch = completed.as_ref().unwrap_or(batch);
        let forward = nn::first_non_finite(&self.forward, network, batch, &self.settings)?;
        let (place, advice) = match forward {
            Some(found) => self.of_forward(&found, &losses.terms),
            None => {
                let mut values = self.forward.run(network, batch, &self.settings)?;
                let gradients = self.forward.gradients(&mut values, self.loss, network, batch, &self.settings)?;
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
            epoch: context.epoch,
            step: context.step,
            place,
            learning_rate: context.learning_rate,
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

/// How a stage multiplies.
pub(super) fn arithmetic(precision: Precision) -> Arithmetic {
    match precision {
        Precision::Float32 => Arithmetic::Float32,
        Precision::Tf32 => Arithmetic::Tf32,
        Precision::Bf16 => Arithmetic::Bfloat16,
    }
}
