//! Optimizers: from gradients to moved weights, and what is remembered from one step to the next.
//!
//! SGD follows PyTorch's; [`Adam`], AdamW and RAdam are in [`adam`](super::adam). All are element by element.

use super::adam::{Adam, Decay};
use super::checkpoint::SavedMoments;
use super::gradient::WeightGradients;
use super::moments::Moments;
use super::schedule::StepRates;
use crate::nn::{Device, Network, NnError, Tensor, WeightId};
use crate::program::Optimizer;
use std::collections::BTreeMap;

/// An optimizer and what it remembers.
#[derive(Debug, Clone)]
pub(super) struct OptimizerState {
    rule: Rule,
    moments: BTreeMap<WeightId, Moments>,
}

#[derive(Debug, Clone)]
enum Rule {
    Sgd { momentum: f64, nesterov: bool, weight_decay: f64 },
    Adam(Adam),
}

impl OptimizerState {
    /// An optimizer that remembers nothing yet.
    pub fn new(optimizer: &Optimizer) -> Self {
        let adam = |betas, eps, decay, rectified| Rule::Adam(Adam { betas, eps, decay, rectified });
        let rule = match *optimizer {
            Optimizer::Sgd { lr: _, momentum, nesterov, weight_decay } => {
                Rule::Sgd { momentum, nesterov, weight_decay }
            }
            Optimizer::Adam { lr: _, betas, eps, weight_decay } => {
                adam(betas, eps, Decay::Penalty(weight_decay), false)
            }
            Optimizer::AdamW { lr: _, betas, eps, weight_decay } => {
                adam(betas, eps, Decay::Decoupled(weight_decay), false)
            }
            Optimizer::RAdam { lr: _, betas, eps, weight_decay } => {
                adam(betas, eps, Decay::Penalty(weight_decay), true)
            }
        };
        Self { rule, moments: BTreeMap::new() }
    }

    /// One step. Weights without a gradient stay, and so does what is remembered of them.
    pub fn step(&mut self, network: &mut Network, gradients: WeightGradients, rates: StepRates) {
        let mut gradients = gradients.0;
        network.replace(|id, weight| {
            let gradient = gradients.remove(&id)?;
            let weight = weight.clone().detach();
            Some(match &self.rule {
                Rule::Sgd { momentum, nesterov, weight_decay } => {
                    // A schedule cycles the momentum of an optimizer that has one.
                    let momentum = if *momentum == 0.0 { 0.0 } else { rates.momentum.unwrap_or(*momentum) };
                    let gradient = match *weight_decay {
                        0.0 => gradient,
                        decay => gradient.add(weight.clone().mul_scalar(decay)),
                    };
                    let step = if momentum == 0.0 {
                        gradient
                    } else {
                        let velocity = match self.moments.remove(&id) {
                            Some(old) => old.first.mul_scalar(momentum).add(gradient.clone()),
                            None => gradient.clone(),
                        };
                        self.moments.insert(id, Moments { time: 0, first: velocity.clone(), second: None });
                        if *nesterov { gradient.add(velocity.mul_scalar(momentum)) } else { velocity }
                    };
                    weight.sub(step.mul_scalar(rates.learning_rate))
                }
                Rule::Adam(adam) => {
                    let mut adam = adam.clone();
                    adam.betas.0 = rates.momentum.unwrap_or(adam.betas.0);
                    let (moved, moments) = adam.step(rates.learning_rate, weight, gradient, self.moments.remove(&id));
                    self.moments.insert(id, moments);
                    moved
                }
            })
        });
    }

    /// What is remembered, for a checkpoint.
    ///
    /// # Errors
    /// When the device cannot deliver it.
    pub fn save(&self, network: &Network) -> Result<SavedMoments, NnError> {
        let host = |tensor: &Tensor| {
            let values = tensor.to_host().map_err(|reason| NnError::DeviceFailed { reason })?;
            Ok::<_, NnError>((tensor.dims(), values))
        };
        let mut saved = SavedMoments::default();
        for (id, moments) in &self.moments {
            let Some(name) = network.name(*id) else { continue };
            saved.times.insert(name.clone(), moments.time);
            if let Some(second) = &moments.second {
                saved.second.insert(name.clone(), host(second)?);
            }
            saved.first.insert(name, host(&moments.first)?);
        }
        Ok(saved)
    }

    /// Takes up what a checkpoint remembers of the weights of a network.
    pub fn load(&mut self, saved: &SavedMoments, network: &Network, device: &Device) {
        let tensor = |(dims, values): &(Vec<usize>, Vec<f32>)| Tensor::from_host(values.clone(), dims, device);
        for (id, _) in network.weights_by_id() {
            let Some(name) = network.name(id) else { continue };
            if let (Some(time), Some(first)) = (saved.times.get(&name), saved.first.get(&name)) {
                let second = saved.second.get(&name).map(tensor);
                self.moments.insert(id, Moments { time: *time, first: tensor(first), second });
            }
        }
    }
}
