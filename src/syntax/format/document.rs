//! The document: text with the places where it may be broken. [`super::layout`] builds it, [`super::print`] prints it.

/// A piece of a document.
#[derive(Debug)]
pub(super) enum Doc {
    /// A word or mark of the source, by its bytes. Comments that stand before it there are printed before it.
    Word { start: usize, end: usize },
    /// A separator that need not be in the source, right behind what precedes it.
    Mark(&'static str),
    /// The same, only where the group around it is broken.
    MarkIfBroken(&'static str),
    /// The same, only where the group around it is on one line.
    MarkIfFlat(&'static str),
    /// One space.
    Space,
    /// A place to break: a new line where the group around it is broken.
    Line(Line),
    /// A new line whatever the group.
    NewLine,
    /// Lines in here are a step further in, where the group around it is broken.
    Indent(Vec<Doc>),
    /// Broken as a whole or not at all: broken if it must be, or if it does not fit on the line.
    Group { broken: bool, parts: Vec<Doc> },
    /// Pieces one after the other.
    Sequence(Vec<Doc>),
}

/// A place to break.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Where the group is on one line: a space rather than nothing.
    pub space: bool,
    /// Where it is broken: what becomes of blank lines.
    pub blank: Blank,
}

/// Which blank lines of the source are kept at a break: at most one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// None.
    Never,
    /// Those between the things that are separated, and around comments there.
    Kept,
    /// Behind an opening bracket: those behind the first comment.
    Opening,
    /// Before a closing bracket: those before the last comment. Comments stand a step further in than the bracket.
    Closing,
}

impl Doc {
    pub(super) fn line(space: bool, blank: Blank) -> Doc {
        Doc::Line(Line { space, blank })
    }

    /// A line or a space, blank lines left out.
    pub(super) fn soft() -> Doc {
        Doc::line(true, Blank::Never)
    }
}
