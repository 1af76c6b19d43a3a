//! A repair of a mistake: edits of the text, beside the words of its hint.
//!
//! It is written where the mistake is found, by the parser or the compiler, and applied by whoever has the text: an
//! editor as a quick fix, `fascicle fix` on the file.

use crate::Span;

/// A stretch of text and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; of no length where something is put in.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A repair: edits that are made together, none of which overlaps another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "write `Conv3d`".
    pub title: String,
    /// What is changed, in any order.
    pub edits: Vec<Edit>,
    /// Whether it is what was meant, as far as can be told; otherwise somebody must choose it.
    pub is_certain: bool,
}

impl Fix {
    /// A repair in one place, that somebody must choose.
    pub fn new(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self { title: title.into(), edits: vec![Edit { span, text: text.into() }], is_certain: false }
    }

    /// The same, where nothing else can have been meant.
    pub fn certain(self) -> Self {
        Self { is_certain: true, ..self }
    }

    /// Changes another place with it.
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }

    /// The text of one source with the edits that are in it; nothing where two of them overlap or one is out of the text.
    pub fn applied(&self, source: crate::SourceId, text: &str) -> Option<String> {
        apply(self.edits.iter().filter(|edit| edit.span.source == source), text)
    }
}

/// A text with edits made; nothing where two of them overlap or one does not lie in the text. Two that put something in at one
/// place do so in their order.
pub fn apply<'e>(edits: impl Iterator<Item = &'e Edit>, text: &str) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < done || range.end < range.start {
            return None;
        }
        out.push_str(text.get(done..range.start)?);
        text.get(range.clone())?;
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}
