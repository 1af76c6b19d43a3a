//! Weights in and out of PyTorch: files, names and layouts.
//!
//! ```text
//!  .pt, .pth, .safetensors ──▶ Tensors ──Binding::import──▶ weights by the program's names
//!                              a NameMap (TOML) bound to both sides │
//!  .safetensors            ◀── Tensors ◀──Binding::export───────────┘
//! ```
//!
//! A [`NameMap`] says which tensor of the file is which weight of the program, by prefixes and by names, and where the two
//! are laid out differently. [`NameMap::bind`] checks every name and every shape on both sides before a number is moved,
//! and tells of all that do not meet at once. [`draft`] guesses a first map.
//!
//! | module | holds |
//! |---|---|
//! | `tensors` | arrays by name, and safetensors files |
//! | `pytorch` | the reader of `.pt` and `.pth`: archive, pickle, storages and views of them |
//! | `names`, `layout` | the name map, and how a weight is laid out in the file |
//! | `binding` | a map applied to a file and a program, both ways |
//! | `draft`, `pairing` | a first map, guessed |
//! | `numbers` | the types of numbers in files |
//!
//! Files come from anywhere: no class of a pickle is looked up, nothing in a file is run, and no more is allocated than the
//! file holds bytes for (a small, stated multiple where tensors repeat numbers).

mod binding;
mod draft;
mod error;
mod layout;
mod names;
mod numbers;
mod pairing;
mod pytorch;
mod tensors;

pub use binding::{Binding, Place};
pub use draft::draft;
pub use error::{ExchangeError, Mismatch, ShapeMismatch, UnmatchedTensor};
pub use names::NameMap;
pub use pytorch::read_pytorch;
pub use tensors::{
    Array, OrderedTensors, Tensors, parse_safetensors, read_in_order, read_safetensors, read_safetensors_with,
    read_tensors, safetensors_bytes, safetensors_bytes_with, shapes_of_safetensors,
};

#[cfg(test)]
mod tests;
