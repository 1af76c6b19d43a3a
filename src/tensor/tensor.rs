//! Tensors: numbers on a device, with what they were computed from.

use crate::array::{Array, Positions};
use crate::device::Device;
use crate::history::{Gradients, HistoryFreed, Node};
use std::sync::Arc;

/// Numbers of any rank on a device. What it is computed from is remembered where a [leaf](Tensor::tracked) is among it.
///
/// Nothing here checks shapes: the compiler has, and the forward pass compares every result with the graph.
#[derive(Debug, Clone)]
pub struct Tensor {
    pub(crate) array: Array,
    /// `None` where no gradient can be wanted.
    pub(crate) node: Option<Arc<Node>>,
}

impl Tensor {
    // --- to and from the host -------------------------------------------------------------------------------------

    /// Numbers from the host, row-major. `values.len()` must be the product of `dims`.
    pub fn from_host(values: Vec<f32>, dims: &[usize], device: &Device) -> Self {
        Self::constant(Array::from_host(values, dims, device))
    }

    /// Numbers of double precision from the host, rounded where the device has single precision.
    pub fn from_host_double(values: Vec<f64>, dims: &[usize], device: &Device) -> Self {
        Self::constant(Array::from_host(values, dims, device))
    }

    /// One number everywhere.
    pub fn filled(value: f64, dims: &[usize], device: &Device) -> Self {
        Self::constant(Array::filled(value, dims, device))
    }

    /// The numbers on the host, row-major.
    ///
    /// # Errors
    /// What the device says when it cannot deliver them (out of memory, lost).
    pub fn to_host(&self) -> Result<Vec<f32>, String> {
        self.array.clone().into_host()
    }

    /// The same in double precision, which is that of the device or finer.
    ///
    /// # Errors
    /// As [`Tensor::to_host`].
    pub fn to_host_double(&self) -> Result<Vec<f64>, String> {
        self.array.clone().into_host_double()
    }

    /// Where it lives.
    pub fn device(&self) -> Device {
        self.array.device()
    }

    /// Extents of all axes.
    pub fn dims(&self) -> Vec<usize> {
        self.array.dims()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.array.len()
    }

    /// Whether it has no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // --- history --------------------------------------------------------------------------------------------------

    pub(crate) fn constant(array: Array) -> Self {
        Self { array, node: None }
    }

    /// The same numbers as a new leaf, whose gradient is kept.
    pub fn tracked(self) -> Self {
        Self { array: self.array, node: Some(Node::leaf()) }
    }

    /// Whether it is a leaf whose gradient is kept.
    pub fn is_tracked(&self) -> bool {
        self.node.as_ref().is_some_and(|node| node.is_leaf())
    }

    /// Whether it is a leaf or depends on one.
    pub fn has_history(&self) -> bool {
        self.node.is_some()
    }

    /// The same numbers without their history.
    pub fn detach(self) -> Self {
        Self::constant(self.array)
    }

    /// What stands for a leaf when its gradient is asked for, and holds none of its numbers.
    pub fn without_numbers(self) -> Self {
        Self { array: self.array.filled_like(0.0, &[0]), node: self.node }
    }

    /// The gradients of the sum of the elements, of all leaves. The way back is used up.
    ///
    /// # Errors
    /// When it, or a part of it, has been gone before.
    pub fn backward(&self) -> Result<Gradients, HistoryFreed> {
        Gradients::of(self)
    }

    /// What was made of one tensor. `backward` is asked for only where the tensor has a history, and gives its gradient
    /// from that of what was made.
    pub(crate) fn made_of<G>(self, forward: impl FnOnce(Array) -> (Array, G), backward: fn(G, Array) -> Array) -> Self
    where
        G: Send + 'static,
    {
        let (made, kept) = forward(self.array);
        let node = self.node.map(|parent| Node::computed(vec![parent], move |gradient| vec![backward(kept, gradient)]));
        Self { array: made, node }
    }

    /// What was made of several tensors. `backward` gives the gradients of those that have a history, in their order.
    pub(crate) fn made_of_several(
        parents: impl IntoIterator<Item = Option<Arc<Node>>>,
        made: Array,
        backward: impl FnOnce(Array) -> Vec<Array> + Send + 'static,
    ) -> Self {
        let parents: Vec<Arc<Node>> = parents.into_iter().flatten().collect();
        let node = (!parents.is_empty()).then(|| Node::computed(parents, backward));
        Self { array: made, node }
    }

    /// Positions along an axis, for [`Array::select`].
    pub(crate) fn positions(&self, positions: &[usize]) -> Positions {
        Positions::from_host(positions, &self.device())
    }
}
