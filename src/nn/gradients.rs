//! Gradients of one node with respect to weights and inputs.

use super::network::host_weight;
use super::{Network, NnError, Tensor, Weight, WeightId};
use crate::graph::InputId;
use fascicle_tensor::WayBack;
use std::collections::BTreeMap;

/// What [`Values::backward`](super::Values::backward) gives.
#[derive(Debug)]
pub struct Gradients {
    leaves: fascicle_tensor::Gradients,
    inputs: BTreeMap<InputId, Tensor>,
}

impl Gradients {
    pub(super) fn new(leaves: fascicle_tensor::Gradients, inputs: BTreeMap<InputId, Tensor>) -> Self {
        Self { leaves, inputs }
    }

    /// Goes further back, from values that have been made again, each in place of a leaf.
    pub(super) fn further(&mut self, made_again: Vec<(WayBack, &Tensor)>) -> Result<(), NnError> {
        self.leaves.further(made_again).map_err(|_| NnError::NoGradient {
            what: "a value that was made again".into(),
            reason: "its way back has been gone before".into(),
        })
    }

    /// The gradients of the weights that have one, on the host, in the order of the graph and in PyTorch's layout. `network` must
    /// be the one that ran.
    ///
    /// # Errors
    /// When the device cannot deliver them.
    pub fn weights(&self, network: &Network) -> Result<Vec<Weight>, NnError> {
        let of = |(name, tensor): (String, &Tensor)| Some(host_weight(name, &self.leaves.get(tensor)?));
        network.named_weights().filter_map(of).collect()
    }

    /// The gradient of an input: its present rows, row-major. `None` where the run did not track inputs, or the node
    /// does not depend on it.
    ///
    /// # Errors
    /// When the device cannot deliver it.
    pub fn input(&self, input: InputId) -> Result<Option<Vec<f32>>, NnError> {
        let Some(gradient) = self.inputs.get(&input).and_then(|input| self.leaves.get(input)) else { return Ok(None) };
        gradient.to_host().map(Some).map_err(|reason| NnError::DeviceFailed { reason })
    }

    /// The gradients of the weights that have one, on the device. `network` must be the one that ran.
    pub fn into_weights(mut self, network: &Network) -> BTreeMap<WeightId, Tensor> {
        network.weights_by_id().filter_map(|(id, weight)| Some((id, self.leaves.take(weight)?))).collect()
    }
}
