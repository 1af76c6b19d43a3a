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

impl Gradients {
    /// Those of the sum of a tensor's elements.
    ///
    /// # Errors
    /// When a way on which it depends has been gone back before.
    pub(crate) fn of(root: &Tensor) -> Result<Self, HistoryFreed> {
        let mut leaves = BTreeMap::new();
        let Some(node) = &root.node else { return Ok(Self(leaves)) };
        let ones = root.array.filled_like(1.0, &root.array.dims());
        let mut waiting = BTreeMap::from([(node.id, (node.clone(), ones))]);
        while let Some((id, (node, gradient))) = waiting.pop_last() {
            if node.is_leaf() {
                leaves.insert(id, gradient);
                continue;
            }
            let backward = node.take().ok_or(HistoryFreed)?;
            for (parent, gradient) in node.parents.iter().zip(backward(gradient)) {
                let sum = match waiting.remove(&parent.id) {
                    Some((_, known)) => known.add(gradient),
                    None => gradient,
                };
                waiting.insert(parent.id, (parent.clone(), sum));
            }
        }
        Ok(Self(leaves))
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
