//! Weights in and out of PyTorch: files, names and layouts.
//!
//! ```text
//!  .pt, .pth, .safetensors ──▶ Tensors ──Binding::import──▶ weights of a nn::Network
//!                              a NameMap (TOML) bound to both sides │
//!  .safetensors            ◀── Tensors ◀──Binding::export───────────┘
//! ```
//!
//! A [`NameMap`] says which tensor of the file is which weight of the program, by prefixes and by names, and where the two
//! are laid out differently. [`NameMap::bind`] checks every name and every shape on both sides before a number is moved,
//! and tells of all that do not meet at once.

mod apply;
mod binding;
mod draft;
mod error;
mod layout;
mod names;
mod program;
mod pytorch;
mod tensors;

pub use apply::{Application, ApplyError, apply, renamed};
pub use binding::{Binding, Place};
pub use draft::draft;
pub use error::{ExchangeError, Mismatch, ShapeMismatch, UnmatchedTensor};
pub use names::NameMap;
pub use program::places;
pub use pytorch::{read_pytorch, read_tensors};
pub use tensors::{Tensors, parse_safetensors, read_safetensors, safetensors_bytes, shapes_of_safetensors};

#[cfg(test)]
mod tests;
