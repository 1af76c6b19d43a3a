//! What the compiler has to say: errors and warnings, each with the places that matter.
//!
//! A diagnostic is raised where the mistake is found, with its hint written there; its [`Code`] names the kind of
//! mistake, and the text that `fascicle explain` prints stands beside the code.

use super::code::Code;
use super::frameworks::{Repair, Suggestion};
use super::repair;
use fascicle_syntax::{Fix, SourceId, Span};
use std::ops::Range;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be run.
    Error,
    /// It can, but probably not as meant.
    Warning,
}

/// A place with what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What.
    pub text: String,
}

/// An error or a warning.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence: what was expected and what was found.
    pub message: String,
    /// Where it shows, first; then where the other side came from.
    pub labels: Vec<Label>,
    /// What to do, ready to be pasted where possible.
    pub hint: Option<String>,
    /// The same as edits of the text, where it can be said so: the likeliest first.
    pub fixes: Vec<Fix>,
    /// The variant it arises in, where it is not in every one.
    pub variant: Option<String>,
    /// It has no place in the text: what is wrong was given on the command line.
    pub on_command_line: bool,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        let severity = if code.is_warning() { Severity::Warning } else { Severity::Error };
        let labels = vec![Label { span, text: String::new() }];
        let (hint, fixes, variant) = (None, Vec::new(), None);
        Self { code, severity, message: message.into(), labels, hint, fixes, variant, on_command_line: false }
    }

    /// An error that is not in the text but on the command line.
    pub fn on_command_line(code: Code, message: impl Into<String>) -> Self {
        Self { on_command_line: true, ..Self::error(code, Span::default(), message) }
    }

    /// Says something about the place itself.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Adds another place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        if !self.labels.iter().any(|l| l.span == span) {
            self.labels.push(Label { span, text });
        }
        self
    }

    /// Adds what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what to do, if anything is known.
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// Adds a repair in one place, that somebody must choose.
    pub fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.repair(Fix::new(title, span, text))
    }

    /// Adds a repair.
    pub fn repair(mut self, fix: Fix) -> Self {
        if !self.fixes.contains(&fix) {
            self.fixes.push(fix);
        }
        self
    }

    /// Adds what to do about a name that is not known, in words and as an edit of its place.
    pub(super) fn suggest(self, sources: &Sources, span: Span, suggestion: Suggestion) -> Self {
        let fix = match suggestion.repair {
            None => None,
            Some(Repair::Write { name, is_certain }) => Some(Fix { is_certain, ..repair::written(span, &name) }),
            Some(Repair::Call { name, argument }) => repair::call(sources, span, &name, &argument),
            Some(Repair::LeaveOut) => repair::without_item(sources, span).map(Fix::certain),
        };
        self.hint(suggestion.words).repairs(fix)
    }

    /// Adds repairs, if any are known.
    pub fn repairs(self, fixes: impl IntoIterator<Item = Fix>) -> Self {
        fixes.into_iter().fold(self, Self::repair)
    }

    /// Where it shows.
    pub fn span(&self) -> Span {
        self.labels.first().map(|l| l.span).unwrap_or_default()
    }
}

/// A source that took part in a compilation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name: a path as the file spells it, or `std/blocks.fx`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The sources of a compilation, by [`SourceId`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    list: Vec<Source>,
    /// Where the lines of each begin.
    lines: Vec<Lines>,
}

/// Where the lines of a text begin, in bytes: thousands of diagnostics ask, and the text may be long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lines {
    /// Behind each line feed.
    fed: Vec<usize>,
    /// The same where a carriage return without one ends a line, too, as miette counts.
    shown: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let shown: Vec<usize> = [0].into_iter().chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect();
        let fed = shown.iter().copied().filter(|at| *at == 0 || bytes[at - 1] == b'\n').collect();
        Self { fed, shown }
    }

    /// The line that holds a byte, from 0.
    fn holding(starts: &[usize], byte: usize) -> usize {
        starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }
}

impl Sources {
    /// Adds a source.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let text = text.into();
        self.lines.push(Lines::of(&text));
        self.list.push(Source { name: name.into(), text });
        SourceId((self.list.len() - 1) as u16)
    }

    /// The source with this id.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.list.get(usize::from(id.0))
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).and_then(|s| s.text.get(span.range())).unwrap_or("")
    }

    /// Line and column of a span's start, both from 1; columns count characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let Some(lines) = self.lines.get(usize::from(span.source.0)) else { return (1, 1) };
        let line = Lines::holding(&lines.fed, span.start as usize);
        let start = lines.fed.get(line).copied().unwrap_or_default();
        let before = self.get(span.source).and_then(|s| s.text.get(start..span.start as usize));
        before.map_or((1, 1), |before| (line + 1, before.chars().count() + 1))
    }

    /// The lines that hold these bytes and so many around them: where they begin, the number of the first from 0, the text.
    pub(super) fn around(&self, source: SourceId, bytes: Range<usize>, lines: usize) -> (usize, usize, &str) {
        let text = self.get(source).map_or("", |s| s.text.as_str());
        let starts = self.lines.get(usize::from(source.0)).map_or(&[0][..], |l| &l.shown);
        let first = Lines::holding(starts, bytes.start).saturating_sub(lines);
        let start = starts.get(first).copied().unwrap_or_default();
        let end = starts.get(Lines::holding(starts, bytes.end) + lines + 1).copied().unwrap_or(text.len());
        (start, first, text.get(start..end).unwrap_or(""))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.list.iter()
    }
}
