//! Gradients on their way from the backward pass to the optimiser: collected, averaged, measured, clipped.

use super::step::on_host;
use crate::nn::{B, Gradients, Network, NnError};
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use std::collections::{BTreeMap, BTreeSet};

/// The gradients of those weights that have one, each as one axis, by the weight's id.
#[derive(Debug, Clone, Default)]
pub(super) struct Slopes(pub BTreeMap<ParamId, Tensor<B, 1>>);

impl Slopes {
    /// From a backward pass. `network` must be the one that ran.
    pub fn of(gradients: Gradients, network: &Network) -> Self {
        struct Collect {
            gradients: GradientsParams,
            slopes: BTreeMap<ParamId, Tensor<B, 1>>,
        }
        impl ModuleVisitor<B> for Collect {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
                if let Some(gradient) = self.gradients.remove::<B, D>(param.id) {
                    let len = gradient.shape().num_elements();
                    self.slopes.insert(param.id, gradient.reshape([len]));
                }
            }
        }
        let mut collect = Collect { gradients: gradients.into_params(network), slopes: BTreeMap::new() };
        network.visit(&mut collect);
        Self(collect.slopes)
    }

    /// Those of these weights alone.
    pub fn of_weights(mut self, ids: &BTreeSet<ParamId>) -> Self {
        self.0.retain(|id, _| ids.contains(id));
        self
    }

    /// Adds another batch's, times a weight. One that only one of the two has counts as zero in the other.
    pub fn add(&mut self, other: Self, weight: f64) {
        for (id, slope) in other.0 {
            let slope = if weight == 1.0 { slope } else { slope.mul_scalar(weight) };
            let sum = match self.0.remove(&id) {
                Some(held) => held + slope,
                None => slope,
            };
            self.0.insert(id, sum);
        }
    }

    /// The sum of squares of each, still on the device: `[1]` each.
    pub fn squares(&self) -> Vec<Tensor<B, 1>> {
        self.0.values().map(|slope| (slope.clone() * slope.clone()).sum()).collect()
    }

    /// The norm of all taken together.
    ///
    /// # Errors
    /// When the device cannot deliver it.
    pub fn norm(&self) -> Result<f64, NnError> {
        Ok(on_host(self.squares())?.iter().sum::<f64>().sqrt())
    }

    /// Scales all so that their norm taken together is at most `limit`, as PyTorch's `clip_grad_norm_`.
    pub fn clip(self, norm: f64, limit: f64) -> Self {
        let scale = limit / (norm + 1e-6);
        if scale >= 1.0 {
            return self;
        }
        Self(self.0.into_iter().map(|(id, slope)| (id, slope.mul_scalar(scale))).collect())
    }
}
