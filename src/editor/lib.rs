//! What an editor asks of a `.fx` file: diagnostics, shapes beside the text, costs, hover, names, completion.
//!
//! ```text
//!  edits ─▶ Document ─▶ Snapshot { text, tree, present compilation, last good one with positions carried } ◀─ analyse (a thread)
//!                           │
//!        hover · inlay · lens · diagnostics · names · complete · ..     functions of a Snapshot and byte offsets
//!                           │
//!                        server       the one place that knows the protocol
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`document`] | a text with its lines; places in it as editors count them; places carried over edits |
//! | [`outside`] | the door to files, tables and results: a trait that the program implements |
//! | [`analysis`] | one compilation with its record, behind `catch_unwind` |
//! | [`snapshot`] | what is known of a file at one moment; the files that are open |
//! | [`diagnostics`], [`hover`], [`inlay`], [`lens`], .. | one question each, as a function of a [`Snapshot`] |
//! | [`server`] | the language server: JSON-RPC, threads, capabilities |
//!
//! Nothing here reads a file or knows burn; the functions do not know the protocol, so that a test needs neither.

pub mod analysis;
pub mod callable;
pub mod complete;
mod context;
pub mod diagnostics;
pub mod document;
pub mod fixes;
pub mod hover;
pub mod inlay;
pub mod lens;
pub mod names;
pub mod outline;
pub mod outside;
pub mod reference;
pub mod server;
mod shown;
pub mod signature;
pub mod snapshot;
pub mod tokens;

pub use analysis::Analysis;
pub use document::{Carry, Document, Encoding, Place};
pub use outside::{NoOutside, Outside};
pub use snapshot::{Good, Snapshot, Workspace};
