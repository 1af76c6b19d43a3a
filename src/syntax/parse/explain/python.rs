//! Repairs of what is written as in Python: bodies behind a colon, `a if c else b`, `[a for i in b]`, `h += 1`, `a @ b`.
//!
//! In comes the place where the grammar stopped, with the words around it; out goes the same in the language's words.

use super::Around;
use crate::lexeme::{LexemeKind, lexemes};
use crate::{Fix, SourceId, Span};

/// Where a declaration's text begins in its source.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub offset: usize,
    pub source: SourceId,
}

impl Origin {
    fn span(self, start: usize, end: usize) -> Span {
        Span { source: self.source, start: (self.offset + start) as u32, end: (self.offset + end) as u32 }
    }
}

impl Around<'_> {
    /// A word by its position in the declaration.
    fn spelt(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &self.part[word.start..word.end])
    }

    /// The words from one on up to where its brackets close, a comma parts it from the next, or `until` holds.
    fn inner(&self, from: usize, until: impl Fn(&str) -> bool) -> usize {
        let mut depth = 0;
        (from..self.words.len())
            .find(|at| match self.spelt(*at) {
                "(" | "[" | "{" => {
                    depth += 1;
                    false
                }
                ")" | "]" | "}" if depth == 0 => true,
                ")" | "]" | "}" => {
                    depth -= 1;
                    false
                }
                word => depth == 0 && (word == "," || until(word)),
            })
            .unwrap_or(self.words.len())
    }

    /// The first word of what ends before a place: behind the bracket, the comma or the `=` before it.
    fn outset(&self, behind: usize) -> usize {
        let mut depth = 0;
        let before = (0..behind).rev().find(|at| match self.spelt(*at) {
            ")" | "]" | "}" => {
                depth += 1;
                false
            }
            "(" | "[" | "{" if depth == 0 => true,
            "(" | "[" | "{" => {
                depth -= 1;
                false
            }
            word => depth == 0 && matches!(word, "," | "=" | "=>"),
        });
        before.map_or(0, |at| at + 1)
    }

    /// The text of some words, the last not included.
    fn text_of(&self, from: usize, behind: usize) -> Option<&str> {
        let (first, last) = (self.words.get(from)?, self.words.get(behind.checked_sub(1)?)?);
        self.part.get(first.start..last.end).filter(|text| !text.is_empty())
    }
}

/// `for i in 0..3: x`, `model m(a):` with an indented body: the body in braces.
pub(super) fn braced(around: &Around<'_>, origin: Origin) -> Option<Fix> {
    let (part, colon) = (around.part, *around.words.get(around.at)?);
    let before = around.words.get(around.at.checked_sub(1)?)?.end;
    let next = *around.words.get(around.at + 1)?;
    let line_of = |at: usize| part.get(..at).map_or(0, |text| text.rfind('\n').map_or(0, |feed| feed + 1));
    let indent = |at: usize| part.get(line_of(at)..).map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
    let same_line = !part.get(colon.end..next.start)?.contains('\n');
    let own = indent(colon.start);
    let mut depth = 0;
    let end = (around.at + 1..around.words.len()).find(|at| {
        let word = around.words[*at];
        match around.spelt(*at) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth == 0 => return true,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        let begins_line = part.get(line_of(word.start)..word.start).is_some_and(|text| text.trim().is_empty());
        match same_line {
            true => depth == 0 && begins_line,
            false => depth == 0 && begins_line && indent(word.start) <= own,
        }
    });
    let last = around.words.get(end.unwrap_or(around.words.len()).checked_sub(1)?)?;
    let close = if same_line { " }".to_owned() } else { format!("\n{}}}", " ".repeat(own)) };
    let fix = Fix::new("put the body in braces", origin.span(before, colon.end), " {");
    Some(fix.and(origin.span(last.end, last.end), close).certain())
}

/// `a if c else b`.
pub(super) fn conditional(around: &Around<'_>, origin: Origin) -> Option<Fix> {
    let first = around.outset(around.at);
    let otherwise = around.inner(around.at + 1, |word| word == "else");
    if around.spelt(otherwise) != "else" {
        return None;
    }
    let end = around.inner(otherwise + 1, |word| matches!(word, "let" | "output"));
    let (then, condition) = (around.text_of(first, around.at)?, around.text_of(around.at + 1, otherwise)?);
    let other = around.text_of(otherwise + 1, end)?;
    let place = origin.span(around.words.get(first)?.start, around.words.get(end.checked_sub(1)?)?.end);
    let now = format!("if {condition} {{ {then} }} else {{ {other} }}");
    Some(Fix::new("write `if .. { .. } else { .. }`", place, now).certain())
}

/// `[a for i in b]`.
pub(super) fn comprehension(around: &Around<'_>, origin: Origin) -> Option<Fix> {
    let first = around.outset(around.at);
    let open = *around.words.get(first.checked_sub(1)?)?;
    let end = around.inner(around.at, |word| word == "if");
    let close = *around.words.get(end)?;
    if &around.part[open.start..open.end] != "[" || &around.part[close.start..close.end] != "]" {
        return None;
    }
    let (member, turns) = (around.text_of(first, around.at)?, around.text_of(around.at, end)?);
    let now = format!("{turns} {{ {member} }}");
    Some(Fix::new("write `for .. in .. { .. }`", origin.span(open.start, close.end), now).certain())
}

/// `h += 1` as `let h_2 = h + 1`, and `h_2` where the body goes on to read it.
pub(super) fn assigned(around: &Around<'_>, origin: Origin) -> Option<Fix> {
    let name = around.text(-2).to_owned();
    if !around.is_name(-2) {
        return None;
    }
    let known = |name: &str| around.words.iter().any(|word| &around.part[word.start..word.end] == name);
    let now = (2..100).map(|at| format!("{name}_{at}")).find(|now| !known(now))?;
    let (start, _) = around.place(-2, 0)?;
    let first = *around.words.get(around.at + 1)?;
    let head = format!("let {now} = {name} {} ", around.text(-1));
    let mut fix = Fix::new(format!("write `let {now} = ..`"), origin.span(start, first.start), head);
    let line = first.start + around.part.get(first.start..)?.find('\n').unwrap_or(around.part.len() - first.start);
    let mut depth = 0;
    for at in around.at + 1..around.words.len() {
        let word = around.words[at];
        match around.spelt(at) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth == 0 => break,
            ")" | "]" | "}" => depth -= 1,
            spelt if spelt == name && word.start > line => {
                let (before, behind) = (around.spelt(at - 1), around.spelt(at + 1));
                if before != "." && behind != ":" {
                    fix = fix.and(origin.span(word.start, word.end), now.clone());
                }
            }
            _ => {}
        }
    }
    Some(fix)
}

/// `a @ b`, of two names: `matmul(a, b)`.
pub(in crate::parse) fn product(text: &str, at: Span) -> Option<Fix> {
    let (before, behind) = (text.get(..at.start as usize)?.trim_end(), text.get(at.end as usize..)?);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let start = before.trim_end_matches(is_name).len();
    let left = &before[start..];
    let blank = behind.len() - behind.trim_start().len();
    let rest = behind.get(blank..)?;
    let right = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
    let is_word = |word: &str| lexemes(word).first().is_some_and(|l| l.kind == LexemeKind::Word);
    if !is_word(left) || !is_word(right) || rest[right.len()..].starts_with(['(', '[']) {
        return None;
    }
    let end = at.end + (blank + right.len()) as u32;
    let now = format!("matmul({left}, {right})");
    Some(Fix::new(format!("write `{now}`"), Span { start: start as u32, end, ..at }, now).certain())
}
