//! Gradients of one node with respect to weights and inputs.

use super::network::host_weight;
use super::tape::Grads;
use super::{B, Dynamic, Network, NnError, Weight};
use crate::graph::InputId;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use std::collections::BTreeMap;

/// What [`Values::backward`](super::Values::backward) gives.
pub struct Gradients {
    grads: Grads,
    inputs: BTreeMap<InputId, Dynamic>,
}

impl Gradients {
    pub(super) fn new(grads: Grads, inputs: BTreeMap<InputId, Dynamic>) -> Self {
        Self { grads, inputs }
    }

    /// The gradients of the weights that have one, in the order of the graph and in PyTorch's layout. `network` must be
    /// the one that ran.
    ///
    /// # Errors
    /// When the device cannot deliver them.
    pub fn weights(&self, network: &Network) -> Result<Vec<Weight>, NnError> {
        let mut out = Vec::new();
        network.each_weight(|name, tensor, transposed| {
            if let Some(grad) = B::grad(tensor.primitive(), &self.grads) {
                out.push(host_weight(name, Dynamic::from_primitive(grad), transposed)?);
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// The gradient of an input: its present rows, row-major. `None` where the run did not track inputs, or the node
    /// does not depend on it.
    ///
    /// # Errors
    /// When the device cannot deliver it.
    pub fn input(&self, input: InputId) -> Result<Option<Vec<f32>>, NnError> {
        let Some(grad) = self.inputs.get(&input).and_then(|t| B::grad(t.primitive(), &self.grads)) else {
            return Ok(None);
        };
        Dynamic::from_primitive(grad).to_host().map(Some).map_err(|reason| NnError::DeviceFailed { reason })
    }

    /// In the form burn's optimisers take. `network` must be the one that ran.
    pub fn into_params(self, network: &Network) -> GradientsParams {
        GradientsParams::from_grads(self.grads, network)
    }
}
