//! What the targets share: a limit on memory, a file for readers that take paths, programs and how they are changed, and the
//! small files that the search starts from.
//!
//! ```text
//!  bytes of libFuzzer ──targets/*.rs──▶ a reader of fascicle, within limits ──▶ an error in words, or a value that keeps
//!         ▲                                                                     its promises; anything else is a finding
//!  seeds/, made ones, files of the tree
//! ```

pub mod craft;
pub mod limit;
mod pieces;
pub mod program;
pub mod scratch;
pub mod seeds;

use std::path::PathBuf;

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
