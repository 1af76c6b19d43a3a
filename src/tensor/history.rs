//! What a tensor was computed from, and the way back.
//!
//! ```text
//!  leaf ──▶ node ──▶ node ──▶ root              each node: its parents, and a function from the gradient of what it
//!  leaf ──────────▶ node ──▶ ...                made to the gradients of its parents
//!        ◀─────────────────── backward           the youngest node first: its gradient is complete by then
//! ```
//!
//! A node holds what its function needs and no more, and the function is used up on the way back: what the forward pass
//! has kept is freed as soon as it has been read.

use crate::Tensor;
use crate::array::Array;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// From the gradient of what was made to the gradients of the parents, in their order.
type Backward = Box<dyn FnOnce(Array) -> Vec<Array> + Send>;

/// A value whose gradient may be wanted.
pub(crate) struct Node {
    /// Counts up: a node is younger than all it was computed from.
    id: u64,
    parents: Vec<Arc<Node>>,
    way: BackwardFn,
}

enum BackwardFn {
    /// The gradient is kept.
    Leaf,
    /// The gradient goes on; `None` once it has.
    Back(Mutex<Option<Backward>>),
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({})", self.id)
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Node {
    pub fn leaf() -> Arc<Self> {
        Arc::new(Self { id: next_id(), parents: Vec::new(), way: BackwardFn::Leaf })
    }

    pub fn computed(parents: Vec<Arc<Self>>, backward: impl FnOnce(Array) -> Vec<Array> + Send + 'static) -> Arc<Self> {
        Arc::new(Self { id: next_id(), parents, way: BackwardFn::Back(Mutex::new(Some(Box::new(backward)))) })
    }

    pub fn is_leaf(&self) -> bool {
        matches!(self.way, BackwardFn::Leaf)
    }

    /// The function that leads back, which is used up.
    fn take(&self) -> Option<Backward> {
        match &self.way {
            BackwardFn::Leaf => None,
            BackwardFn::Back(function) => function.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take(),
        }
    }
}

/// A network may be deeper than a stack: nodes are dropped one after the other, not one within the other.
impl Drop for Node {
    fn drop(&mut self) {
        let mut orphans = std::mem::take(&mut self.parents);
        while let Some(parent) = orphans.pop() {
            if let Some(mut node) = Arc::into_inner(parent) {
                orphans.append(&mut node.parents);
            }
        }
    }
}

/// The way back from a tensor has been gone before, and what it needs is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryFreed;

/// The gradients of leaves.
#[derive(Debug, Default)]
pub struct Gradients(BTreeMap<u64, Array>);

/// Where the way back from a tensor begins, without the tensor's numbers.
#[derive(Debug, Clone)]
pub struct WayBack(Arc<Node>);

impl WayBack {
    /// `None` where the tensor depends on no leaf.
    pub fn of(tensor: &Tensor) -> Option<Self> {
        tensor.node.clone().map(Self)
    }
}

impl Gradients {
    /// Those of the sum of a tensor's elements.
    ///
    /// # Errors
    /// When a way on which it depends has been gone back before.
    pub(crate) fn of(root: &Tensor) -> Result<Self, HistoryFreed> {
        let mut gradients = Self::default();
        if let Some(node) = &root.node {
            gradients.go_back([(node.clone(), root.array.filled_like(1.0, &root.array.dims()))])?;
        }
        Ok(gradients)
    }

    /// Goes further back: each leaf stood for a value that has been made again, and its gradient, as far as there is one, is
    /// that value's. What is added to the gradients of other leaves is added to what is known of them, so that a way gone in
    /// pieces sums in the order of the whole.
    ///
    /// # Errors
    /// When a way has been gone back before.
    pub fn further(&mut self, made_again: Vec<(WayBack, &Tensor)>) -> Result<(), HistoryFreed> {
        let known = made_again.into_iter().filter_map(|(way, leaf)| {
            let gradient = self.0.remove(&leaf.node.as_ref()?.id)?;
            Some((way.0, gradient))
        });
        let known: Vec<_> = known.collect();
        self.go_back(known)
    }

    /// From nodes with their gradients to all leaves. The youngest node is next: by then its gradient is complete.
    fn go_back(&mut self, from: impl IntoIterator<Item = (Arc<Node>, Array)>) -> Result<(), HistoryFreed> {
        let mut waiting = BTreeMap::new();
        from.into_iter().for_each(|(node, gradient)| self.add(&mut waiting, &node, gradient));
        while let Some((_, (node, gradient))) = waiting.pop_last() {
            let backward = node.take().ok_or(HistoryFreed)?;
            for (parent, gradient) in node.parents.iter().zip(backward(gradient)) {
                self.add(&mut waiting, parent, gradient);
            }
        }
        Ok(())
    }

    /// Adds to the gradient of a leaf, which is kept, or of a node, which waits for its turn.
    fn add(&mut self, waiting: &mut BTreeMap<u64, (Arc<Node>, Array)>, node: &Arc<Node>, gradient: Array) {
        let known = match node.is_leaf() {
            true => self.0.remove(&node.id),
            false => waiting.remove(&node.id).map(|(_, known)| known),
        };
        let sum = match known {
            Some(known) => known.add(gradient),
            None => gradient,
        };
        match node.is_leaf() {
            true => drop(self.0.insert(node.id, sum)),
            false => drop(waiting.insert(node.id, (node.clone(), sum))),
        }
    }

    /// The gradient of a leaf; `None` where the root does not depend on it.
    pub fn get(&self, leaf: &Tensor) -> Option<Tensor> {
        let id = leaf.node.as_ref()?.id;
        self.0.get(&id).cloned().map(Tensor::constant)
    }

    /// The same, taken out.
    pub fn take(&mut self, leaf: &Tensor) -> Option<Tensor> {
        let id = leaf.node.as_ref()?.id;
        self.0.remove(&id).map(Tensor::constant)
    }
}
