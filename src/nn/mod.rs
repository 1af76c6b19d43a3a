//! Lowering: the typed graph as a burn module and a forward pass.
//!
//! ```text
//!  graph::Graph ──▶ Network (burn Module: weights by PyTorch's names)
//!              └──▶ Forward ──run(network, batch, settings)──▶ Values ──backward(loss)──▶ Gradients
//! ```
//!
//! One [`Network`] holds the layers of the live modules of a graph, a [`Forward`] evaluates its live nodes for a
//! [`Batch`] that comes from the host, and [`Values`] hands out results, the gradients of any result by weight name and by
//! input, and the running statistics to take over. Nothing is generic over the backend: burn's `Dispatch`
//! picks it by [`Device`].

mod batch;
mod batch_norm;
mod by_kernel;
mod canonical;
mod device;
mod draw;
mod dynamic;
mod error;
mod finite;
mod forward;
mod gradients;
mod hyper_linear;
mod layer;
mod learned;
mod lower;
mod network;
mod tape;
mod values;

pub use batch::{Batch, InputBatch};
pub use device::Device;
pub use dynamic::Dynamic;
pub use error::{NnError, WeightsError};
pub use finite::{NonFinite, first_non_finite, first_non_finite_gradient};
pub use forward::{Forward, Mode, RunSettings};
pub use gradients::Gradients;
pub use layer::Layer;
pub use network::{Layers, Network, Weight};
pub use values::{HostValue, Statistics, Value, Values};

/// The backend: burn's dispatcher, which picks the real one by device.
pub type B = burn::Dispatch;

#[cfg(test)]
mod tests;
