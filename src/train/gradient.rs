//! Gradients on their way from the backward pass to the optimizer: collected, averaged, measured, clipped. All of it stays on
//! the device.

use crate::nn::{Gradients, Network, Tensor, WeightId};
use std::collections::{BTreeMap, BTreeSet};

/// The gradients of those weights that have one.
#[derive(Debug, Clone, Default)]
pub(super) struct WeightGradients(pub BTreeMap<WeightId, Tensor>);

impl WeightGradients {
    /// From a backward pass. `network` must be the one that ran.
    pub fn of(gradients: Gradients, network: &Network) -> Self {
        Self(gradients.into_weights(network))
    }

    /// Those of these weights alone.
    pub fn of_weights(mut self, ids: &BTreeSet<WeightId>) -> Self {
        self.0.retain(|id, _| ids.contains(id));
        self
    }

    /// Adds another batch's, times a factor. One that only one of the two has counts as zero in the other.
    pub fn add(&mut self, other: Self, factor: f64) {
        for (id, gradient) in other.0 {
            let gradient = if factor == 1.0 { gradient } else { gradient.mul_scalar(factor) };
            let sum = match self.0.remove(&id) {
                Some(held) => held.add(gradient),
                None => gradient,
            };
            self.0.insert(id, sum);
        }
    }

    /// The sum of the squares of all, `[1]`; `None` where there are none.
    pub fn sum_of_squares(&self) -> Option<Tensor> {
        let squares: Vec<Tensor> = self.0.values().map(|gradient| gradient.clone().square().sum_all()).collect();
        (!squares.is_empty()).then(|| Tensor::cat(squares, 0).sum_all())
    }

    /// Scales all so that their norm taken together is at most `limit`, as PyTorch's `clip_grad_norm_`.
    pub fn clip(self, limit: f64) -> Self {
        let Some(squares) = self.sum_of_squares() else { return self };
        let scale = squares.sqrt().add_scalar(1e-6).recip().mul_scalar(limit).at_most(1.0);
        let scaled = |(id, gradient): (WeightId, Tensor)| (id, gradient.mul(scale.clone()));
        Self(self.0.into_iter().map(scaled).collect())
    }
}
