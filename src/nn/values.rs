//! What a forward pass gives: a tensor for each kept node, with the rows of the batch that have it.

use super::{Gradients, Network, NnError, Tensor};
use crate::graph::{InputId, ModuleId, NodeId};
use fascicle_tensor::ChannelMoments;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The value of a node.
#[derive(Debug, Clone)]
pub struct Value {
    /// `[rows.len(), ...shape]`; a Gaussian is `[rows.len(), 2, n]`; a loss is `[1]`.
    pub tensor: Tensor,
    /// The rows of the batch that have it, ascending; `None` where one value stands for the whole batch.
    pub rows: Option<Arc<[usize]>>,
}

/// A value on the host.
#[derive(Debug, Clone, PartialEq)]
pub struct HostValue {
    /// Row-major, the present rows one after the other.
    pub values: Vec<f32>,
    /// Shape of one row.
    pub shape: Vec<usize>,
    /// The rows of the batch that have it; `None` where one value stands for the whole batch.
    pub rows: Option<Vec<usize>>,
}

/// Running statistics that a forward pass in training has moved; [`Network::absorb`] takes them over.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    /// By module.
    pub(super) of_modules: BTreeMap<ModuleId, ChannelMoments>,
}

/// The results of one forward pass.
#[derive(Debug)]
pub struct Values {
    pub(super) nodes: Vec<Option<Value>>,
    pub(super) inputs: BTreeMap<InputId, Tensor>,
    pub(super) statistics: Statistics,
    pub(super) tracked: bool,
}

impl Values {
    /// The value of a node that was asked for; `None` where no row of the batch has it.
    pub fn get(&self, node: NodeId) -> Option<&Value> {
        self.nodes.get(node.index())?.as_ref()
    }

    /// The value of a node on the host; `None` where no row of the batch has it.
    ///
    /// # Errors
    /// When the device cannot deliver it.
    pub fn host(&self, node: NodeId) -> Result<Option<HostValue>, NnError> {
        let Some(value) = self.get(node) else { return Ok(None) };
        let values = value.tensor.to_host().map_err(|reason| NnError::DeviceFailed { reason })?;
        let shape = value.tensor.dims()[1..].to_vec();
        let rows = value.rows.as_ref().map(|rows| rows.to_vec());
        Ok(Some(HostValue { values, shape, rows }))
    }

    /// One number for the whole batch: a loss.
    ///
    /// # Errors
    /// When the device cannot deliver it.
    pub fn number(&self, node: NodeId) -> Result<Option<f32>, NnError> {
        Ok(self.host(node)?.and_then(|value| value.values.first().copied()))
    }

    /// The running statistics to hand to [`Network::absorb`].
    pub fn take_statistics(&mut self) -> Statistics {
        std::mem::take(&mut self.statistics)
    }

    /// The gradients of the sum of a node's value. The way back is used up: ask for one
    /// node per forward pass, a sum of losses where there are several.
    ///
    /// # Errors
    /// Where the network tracks no gradients, or no row of the batch has the node.
    pub fn backward(&self, node: NodeId) -> Result<Gradients, NnError> {
        self.back_from(node, |value| Ok(value.tensor.clone()))
    }

    /// The gradients of one element of a node's value (row-major in a row's shape), summed over the rows. In prediction
    /// rows do not see one another, so that an input's gradient is, row by row, that of the row's own element. As with
    /// [`Values::backward`], one way back a forward pass.
    ///
    /// # Errors
    /// As [`Values::backward`]; an element that the value does not have.
    pub fn backward_of(&self, node: NodeId, element: usize) -> Result<Gradients, NnError> {
        self.back_from(node, |value| {
            let rows = value.tensor.dims().first().copied().unwrap_or(1).max(1);
            let elements = value.tensor.len() / rows;
            if element >= elements {
                return Err(no_gradient(
                    node,
                    &format!("it has {elements} elements a row, and {element} is asked for"),
                ));
            }
            Ok(value.tensor.clone().reshape(&[rows, elements]).slice(1, element, element + 1, 1))
        })
    }

    /// The gradients of the sum of a part of a node's value.
    fn back_from(&self, node: NodeId, part: impl Fn(&Value) -> Result<Tensor, NnError>) -> Result<Gradients, NnError> {
        if !self.tracked {
            return Err(no_gradient(node, "the network is one for prediction"));
        }
        let value = self.get(node);
        let value = value.ok_or_else(|| no_gradient(node, "no row of the batch has it, or it was not asked for"))?;
        let gradients =
            part(value)?.backward().map_err(|_| no_gradient(node, "those of another node were asked for before"))?;
        Ok(Gradients::new(gradients, self.inputs.clone()))
    }

    /// As [`Values::backward`], to be used with this network only; a shorthand for its weights' gradients.
    ///
    /// # Errors
    /// As [`Values::backward`].
    pub fn weight_gradients(&self, node: NodeId, network: &Network) -> Result<Vec<super::Weight>, NnError> {
        self.backward(node)?.weights(network)
    }
}

fn no_gradient(node: NodeId, reason: &str) -> NnError {
    NnError::NoGradient { what: format!("node {}", node.0), reason: reason.into() }
}
