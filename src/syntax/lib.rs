//! Text to tree, and tree to text.
//!
//! ```text
//!  .fx text ──parse──▶ File { declarations with spans } + syntax errors
//!  .fx text ──format─▶ the same text, laid out one way, every comment kept
//! ```
//!
//! Knows nothing of tensors or names: whether `Conv3d` exists is a question for the compiler.

mod fix;
mod format;
mod lexeme;
mod parse;
#[cfg(test)]
mod tests;
mod tree;

pub use fix::{Edit, Fix, apply};
pub use format::format;
pub use lexeme::{DECLARATION_WORDS, Lexeme, LexemeKind, RESERVED_WORDS, lexemes};
pub use parse::{SyntaxError, near, nearest, parse};
pub use tree::*;

use serde::{Deserialize, Serialize};

/// Which source a span lies in: position in the list of sources of one compilation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct SourceId(pub u16);

/// A stretch of a source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From the start of this one to the end of another in the same source.
    pub fn to(self, other: Span) -> Span {
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// As a byte range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}
