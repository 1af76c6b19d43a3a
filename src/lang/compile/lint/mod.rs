//! Warnings: what a colleague would mention. Only for files without errors: what is broken uses nothing.
//!
//! ```text
//!  unused     what nothing uses, and what nobody asks
//!  network    layers that are right by their shapes and rarely meant
//!  training   clauses of a stage that undo one another
//! ```

mod network;
mod training;
mod unused;

use super::diagnostic::{Diagnostic, Sources};
use super::unit::Unit;
use crate::program::Program;
use fascicle_syntax::Span;

/// The file as it stands, compiled.
pub(super) struct Base<'a> {
    pub program: &'a Program,
    /// Where the file makes each node of the graph.
    pub origins: &'a [Span],
    /// The texts.
    pub sources: &'a Sources,
}

/// All warnings about a file; `used` says which of its declarations anything used.
pub(super) fn lint(
    (unit, sources): (&Unit, &Sources),
    used: &[bool],
    base: Option<Base<'_>>,
    variants: &[Program],
    diagnostics: &mut Vec<Diagnostic>,
) {
    unused::unused((unit, sources), used, base.as_ref().map(|b| b.program), variants, diagnostics);
    if let Some(base) = base {
        network::network(&base, diagnostics);
        training::training(unit, &base, diagnostics);
    }
}
