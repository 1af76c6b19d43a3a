//! Document to text: decides which groups are broken, and puts the comments back.
//!
//! A group is broken if the author broke it or if what it holds, with what follows up to the next place to break, does
//! not fit on the line (after Wadler, "A prettier printer", 2003). White space is held back until the next word, so that
//! comments can be set before it.

use super::comments::{Comment, Trailing, trail};
use super::document::{Blank, Doc};
use super::{STEP, WIDTH};

/// White space that has not been written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pending {
    Nothing,
    Space,
    Line { indent: usize, blank: Blank },
}

/// A piece of work: a document, where its lines begin, and whether the group around it is broken.
#[derive(Clone, Copy)]
struct Task<'d> {
    doc: &'d Doc,
    indent: usize,
    broken: bool,
}

struct Printer<'s> {
    source: &'s str,
    comments: std::iter::Peekable<std::vec::IntoIter<Comment<'s>>>,
    lines: Vec<String>,
    trailing: Vec<Trailing<'s>>,
    pending: Pending,
    /// One past the last byte of the source that was written.
    at: usize,
    /// Whether the last thing at the outermost level was indented code or a comment that hangs on a declaration.
    hanging: bool,
}

/// Prints a document with the comments of its source.
pub(super) fn print(document: &[Doc], source: &str, comments: Vec<Comment<'_>>) -> String {
    let mut printer = Printer {
        source,
        comments: comments.into_iter().peekable(),
        lines: vec![String::new()],
        trailing: Vec::new(),
        pending: Pending::Line { indent: 0, blank: Blank::Kept },
        at: 0,
        hanging: false,
    };
    let mut tasks: Vec<Task<'_>> = Vec::new();
    push(&mut tasks, document, 0, true);
    while let Some(task) = tasks.pop() {
        printer.one(task, &mut tasks);
    }
    if printer.pending == Pending::Nothing {
        printer.pending = Pending::Line { indent: 0, blank: Blank::Kept };
    }
    printer.comments_before(source.len(), 0);
    trail(&mut printer.lines, &printer.trailing);
    let mut text = printer.lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn push<'d>(tasks: &mut Vec<Task<'d>>, parts: &'d [Doc], indent: usize, broken: bool) {
    tasks.extend(parts.iter().rev().map(|doc| Task { doc, indent, broken }));
}

impl Printer<'_> {
    fn one<'d>(&mut self, task: Task<'d>, tasks: &mut Vec<Task<'d>>) {
        let Task { doc, indent, broken } = task;
        match doc {
            Doc::Word { start, end } => {
                self.comments_before(*start, indent);
                self.space();
                self.write(&self.source[*start..*end]);
                self.at = *end;
                self.hanging = true;
            }
            Doc::Mark(mark) => self.write(mark),
            Doc::MarkIfBroken(mark) if broken => self.write(mark),
            Doc::MarkIfFlat(mark) if !broken => self.write(mark),
            Doc::MarkIfBroken(_) | Doc::MarkIfFlat(_) => {}
            Doc::Space => self.pending = Pending::Space,
            Doc::Line(line) if broken => self.pending = Pending::Line { indent, blank: line.blank },
            Doc::Line(line) if line.space => self.pending = Pending::Space,
            Doc::Line(_) => {}
            Doc::NewLine => self.pending = Pending::Line { indent: indent + STEP, blank: Blank::Never },
            Doc::Indent(parts) => push(tasks, parts, if broken { indent + STEP } else { indent }, broken),
            Doc::Sequence(parts) => push(tasks, parts, indent, broken),
            Doc::Group { broken: must, parts } => {
                let broken = *must || !self.fits(parts, tasks);
                push(tasks, parts, indent, broken);
            }
        }
    }

    /// Whether a group fits on the line, unbroken, with what follows it up to the next place to break.
    fn fits(&self, parts: &[Doc], after: &[Task<'_>]) -> bool {
        let used = match self.pending {
            Pending::Nothing => self.line().chars().count(),
            Pending::Space => self.line().chars().count() + 1,
            Pending::Line { indent, .. } => indent,
        };
        let Some(mut left) = WIDTH.checked_sub(used) else { return false };
        let mut open: Vec<(&Doc, bool)> = parts.iter().rev().map(|doc| (doc, false)).collect();
        let mut after = after.iter().rev();
        loop {
            let Some((doc, broken)) = open.pop().or_else(|| after.next().map(|task| (task.doc, task.broken))) else {
                return true;
            };
            let width = match doc {
                Doc::Word { start, end } => self.source[*start..*end].chars().count(),
                Doc::Mark(mark) => mark.len(),
                Doc::MarkIfBroken(mark) if broken => mark.len(),
                Doc::MarkIfFlat(mark) if !broken => mark.len(),
                Doc::MarkIfBroken(_) | Doc::MarkIfFlat(_) => 0,
                Doc::Space => 1,
                Doc::Line(_) if broken => return true,
                Doc::Line(line) => usize::from(line.space),
                Doc::NewLine => return true,
                Doc::Indent(parts) | Doc::Sequence(parts) => {
                    open.extend(parts.iter().rev().map(|doc| (doc, broken)));
                    0
                }
                Doc::Group { broken: must, parts } => {
                    open.extend(parts.iter().rev().map(|doc| (doc, broken || *must)));
                    0
                }
            };
            match left.checked_sub(width) {
                Some(rest) => left = rest,
                None => return false,
            }
        }
    }

    /// Prints the comments of the source that stand before a place and have not been printed.
    fn comments_before(&mut self, place: usize, indent: usize) {
        let mut first = true;
        while let Some(comment) = self.comments.next_if(|comment| comment.start < place) {
            let breaks = breaks(&self.source[self.at..comment.start]);
            if breaks == 0 && self.at > 0 {
                let column = column(self.source, comment.start);
                self.trailing.push(Trailing { line: self.lines.len() - 1, column, text: comment.text });
            } else {
                self.comment_line(comment, breaks, indent, first);
            }
            if !matches!(self.pending, Pending::Line { .. }) && !self.line().is_empty() {
                self.pending = Pending::Line { indent: indent + STEP, blank: Blank::Never };
            }
            self.at = comment.end;
            first = false;
        }
        // A blank line behind the opening bracket is dropped, one behind the first comment there is not.
        if let Pending::Line { indent, blank } = self.pending {
            let breaks = breaks(&self.source[self.at..place]);
            let keep = breaks > 1 && (blank == Blank::Kept || blank == Blank::Opening && !first);
            self.pending = Pending::Line { indent, blank: if keep { Blank::Kept } else { Blank::Never } };
        }
    }

    /// Prints a comment on a line of its own.
    fn comment_line(&mut self, comment: Comment<'_>, breaks: usize, indent: usize, first: bool) {
        let then = match self.pending {
            Pending::Line { .. } => self.pending,
            _ => Pending::Line { indent: indent + STEP, blank: Blank::Never },
        };
        if let Pending::Line { indent, blank } = then {
            let keep = match blank {
                Blank::Never => false,
                Blank::Kept => true,
                Blank::Opening => !first,
                Blank::Closing => !self.source[..self.at].ends_with(['(', '[', '{']),
            };
            let blank_line = keep && breaks > 1;
            // At the outermost level, a comment right under a declaration that is set in stays set in.
            self.hanging &= breaks == 1 && column(self.source, comment.start) > 0;
            let inside = blank == Blank::Closing || indent == 0 && self.hanging;
            let place = if inside { indent + STEP } else { indent };
            let blank = if blank_line { Blank::Kept } else { Blank::Never };
            self.pending = Pending::Line { indent: place, blank };
            self.space();
        }
        self.write(comment.text);
        self.pending = then;
    }

    /// Writes the white space that was held back.
    fn space(&mut self) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Space => self.write(" "),
            Pending::Line { indent, blank } => {
                let begun = self.lines.len() > 1 || !self.line().is_empty();
                if begun {
                    if blank == Blank::Kept {
                        self.lines.push(String::new());
                    }
                    self.lines.push(" ".repeat(indent));
                }
            }
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(line) = self.lines.last_mut() {
            line.push_str(text);
        }
    }

    fn line(&self) -> &str {
        self.lines.last().map_or("", String::as_str)
    }
}

/// Ends of lines in a text.
fn breaks(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
        + text.bytes().zip(text.bytes().skip(1).chain([b' '])).filter(|(a, b)| *a == b'\r' && *b != b'\n').count()
}

/// The column of a place in the source, in characters from 0.
fn column(source: &str, place: usize) -> usize {
    let before = &source[..place];
    before[before.rfind(['\n', '\r']).map_or(0, |at| at + 1)..].chars().count()
}
