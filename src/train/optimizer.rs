//! Optimisers: from gradients to moved weights.
//!
//! The rules are burn's `Sgd`, which follows PyTorch when configured as here, and our [`Adaptive`]. Both are element by
//! element, so that every weight is handed over as one axis; their memory is kept by the weight's id, which is made
//! from its name and is the same in every run.

use super::adaptive::{Adaptive, Decay};
use super::gradient::Slopes;
use super::schedule::Rates;
use crate::nn::{B, Network};
use crate::program::Optimizer;
use burn::DispatchDevice;
use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{Sgd, SgdConfig, SimpleOptimizer};
use burn::record::{FullPrecisionSettings, NamedMpkBytesRecorder, Recorder};
use burn::tensor::Tensor;
use std::collections::BTreeMap;

/// What a rule remembers of each weight.
type Memory<O> = BTreeMap<ParamId, <O as SimpleOptimizer<B>>::State<1>>;

/// A rule's memory on the host, by the weight's id in hexadecimal.
pub(super) type SavedMoments = BTreeMap<String, Vec<u8>>;

/// An optimiser and what it remembers.
#[derive(Clone)]
pub(super) enum Mover {
    Sgd { momentum: f64, nesterov: bool, weight_decay: f64, memory: Memory<Sgd<B>> },
    Adaptive { rule: Adaptive, memory: Memory<Adaptive> },
}

impl Mover {
    /// An optimiser that remembers nothing yet.
    pub fn new(optimizer: &Optimizer) -> Self {
        let adaptive = |betas, eps, decay, rectified| Self::Adaptive {
            rule: Adaptive { betas, eps, decay, rectified },
            memory: BTreeMap::new(),
        };
        match *optimizer {
            Optimizer::Sgd { lr: _, momentum, nesterov, weight_decay } => {
                Self::Sgd { momentum, nesterov, weight_decay, memory: BTreeMap::new() }
            }
            Optimizer::Adam { lr: _, betas, eps, weight_decay } => {
                adaptive(betas, eps, Decay::Penalty(weight_decay), false)
            }
            Optimizer::AdamW { lr: _, betas, eps, weight_decay } => {
                adaptive(betas, eps, Decay::Decoupled(weight_decay), false)
            }
            Optimizer::RAdam { lr: _, betas, eps, weight_decay } => {
                adaptive(betas, eps, Decay::Penalty(weight_decay), true)
            }
        }
    }

    /// One step. Weights without a gradient stay, and so does what is remembered of them.
    pub fn step(&mut self, network: Network, slopes: Slopes, rates: Rates) -> Network {
        network.map(&mut Step { mover: self, slopes: slopes.0, rates })
    }

    fn moved(&mut self, id: ParamId, weight: Tensor<B, 1>, slope: Tensor<B, 1>, rates: Rates) -> Tensor<B, 1> {
        let lr = rates.learning_rate;
        match self {
            Self::Sgd { momentum, nesterov, weight_decay, memory } => {
                // A schedule cycles the momentum of an optimiser that has one.
                let momentum = (*momentum != 0.0).then(|| {
                    MomentumConfig::new()
                        .with_momentum(rates.momentum.unwrap_or(*momentum))
                        .with_dampening(0.0)
                        .with_nesterov(*nesterov)
                });
                let decay = (*weight_decay != 0.0).then(|| WeightDecayConfig::new(*weight_decay as f32));
                let rule = SgdConfig::new().with_momentum(momentum).with_weight_decay(decay).build();
                advance(&rule, memory, id, weight, slope, lr)
            }
            Self::Adaptive { rule, memory } => {
                let mut rule = rule.clone();
                rule.betas.0 = rates.momentum.unwrap_or(rule.betas.0);
                advance(&rule, memory, id, weight, slope, lr)
            }
        }
    }

    /// What is remembered, for a checkpoint.
    pub fn save(&self) -> Result<SavedMoments, String> {
        match self {
            Self::Sgd { memory, .. } => saved::<Sgd<B>>(memory),
            Self::Adaptive { memory, .. } => saved::<Adaptive>(memory),
        }
    }

    /// Takes up what a checkpoint remembers.
    pub fn load(&mut self, moments: &SavedMoments, device: &DispatchDevice) -> Result<(), String> {
        match self {
            Self::Sgd { memory, .. } => *memory = loaded::<Sgd<B>>(moments, device)?,
            Self::Adaptive { memory, .. } => *memory = loaded::<Adaptive>(moments, device)?,
        }
        Ok(())
    }
}

/// The same weights, each laid out row by row in memory. Kernels add up in an order that depends on the layout, so that
/// a network must not depend on whether its weights were drawn, moved or loaded.
pub(super) fn laid_out(network: Network) -> Network {
    struct LayOut;
    impl ModuleMapper<B> for LayOut {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
            rebuilt(param, |_, flat| flat)
        }
    }
    network.map(&mut LayOut)
}

/// A parameter with new values, which come from the old ones as one axis.
fn rebuilt<const D: usize>(
    param: Param<Tensor<B, D>>,
    change: impl FnOnce(ParamId, Tensor<B, 1>) -> Tensor<B, 1>,
) -> Param<Tensor<B, D>> {
    let (id, tensor, mapper) = param.consume();
    let tracked = tensor.is_require_grad();
    let weight = tensor.inner();
    let shape = weight.shape();
    let len = shape.num_elements();
    let changed = Tensor::from_inner(change(id, weight.reshape([len])).reshape(shape));
    Param::from_mapped_value(id, if tracked { changed.require_grad() } else { changed }, mapper)
}

fn advance<O: SimpleOptimizer<B>>(
    rule: &O,
    memory: &mut Memory<O>,
    id: ParamId,
    weight: Tensor<B, 1>,
    slope: Tensor<B, 1>,
    lr: f64,
) -> Tensor<B, 1> {
    let (weight, state) = rule.step(lr, weight, slope, memory.remove(&id));
    if let Some(state) = state {
        memory.insert(id, state);
    }
    weight
}

fn recorder() -> NamedMpkBytesRecorder<FullPrecisionSettings> {
    NamedMpkBytesRecorder::default()
}

fn saved<O: SimpleOptimizer<B>>(memory: &Memory<O>) -> Result<SavedMoments, String> {
    let save = |(id, state): (&ParamId, &O::State<1>)| {
        let bytes = Recorder::<B>::record(&recorder(), state.clone(), ()).map_err(|e| e.to_string())?;
        Ok((format!("{:016x}", id.val()), bytes))
    };
    memory.iter().map(save).collect()
}

fn loaded<O: SimpleOptimizer<B>>(moments: &SavedMoments, device: &DispatchDevice) -> Result<Memory<O>, String> {
    let load = |(id, bytes): (&String, &Vec<u8>)| {
        let id = u64::from_str_radix(id, 16).map_err(|e| e.to_string())?;
        let state = Recorder::<B>::load(&recorder(), bytes.clone(), device).map_err(|e| e.to_string())?;
        Ok((ParamId::from(id), state))
    };
    moments.iter().map(load).collect()
}

/// Walks the weights of a network and moves those that have a gradient.
struct Step<'a> {
    mover: &'a mut Mover,
    slopes: BTreeMap<ParamId, Tensor<B, 1>>,
    rates: Rates,
}

impl ModuleMapper<B> for Step<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        match self.slopes.remove(&param.id) {
            Some(slope) => rebuilt(param, |id, weight| self.mover.moved(id, weight, slope, self.rates)),
            None => param,
        }
    }
}
