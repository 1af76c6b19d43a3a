//! Lowering: the typed graph as weights and a forward pass over tensors.
//!
//! ```text
//!  graph::Graph ──▶ Network (weights by PyTorch's names, in its layout)
//!              └──▶ Forward ──run(network, batch, settings)──▶ Values ──backward(loss)──▶ Gradients
//! ```
//!
//! One [`Network`] holds the weights of the live modules of a graph, a [`Forward`] evaluates its live nodes for a
//! [`Batch`] that comes from the host, and [`Values`] hands out results, the gradients of any result by weight and by
//! input, and the running statistics to take over. What a node comes to is in `lower`, one arm an operation; numbers, devices
//! and derivatives are [`fascicle_tensor`]'s.

mod batch;
mod canonical;
mod draw;
mod error;
mod finite;
mod forward;
mod gradients;
mod lower;
mod network;
mod settings;
mod step;
mod values;
mod windows;

pub use batch::{Batch, InputBatch};
pub use error::{NnError, WeightsError};
pub use finite::{NonFinite, first_non_finite, first_non_finite_gradient};
pub use forward::Forward;
pub use gradients::Gradients;
pub use network::{Network, Weight, WeightId};
pub use settings::{Mode, RunSettings};
pub use values::{HostValue, Statistics, Value, Values};
pub use windows::{ByWindows, Whole, Windows};

pub use fascicle_tensor::{Arithmetic, Device, Precision, Tensor};

#[cfg(test)]
pub(crate) mod tests;
