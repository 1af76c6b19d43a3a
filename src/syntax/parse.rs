//! The parser: pest's pairs turned into the tree, one declaration at a time.
//!
//! pest stops at its first error. Declarations are therefore parsed one after the other; where one cannot be read, its
//! error is kept and reading goes on at the next line that begins, at its very start, with a declaration's keyword.

pub(crate) mod concrete;
mod convert;
mod explain;
mod limits;

use super::lexeme::{BYTE_ORDER_MARK, DECLARATION_WORDS, Lexeme, LexemeKind, lexemes};
use super::{File, Fix, SourceId, Span};
use pest::Parser;
use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../../grammar/fx.pest"]
// A declaration and nothing else: asked only after a mistake, for the furthest place that was reached.
#[grammar_inline = "alone = { declaration ~ EOI }"]
pub(crate) struct Grammar;

/// Text that is not of the language.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// A second place that matters, such as the bracket that was left open.
    pub related: Option<(Span, String)>,
    /// What to do.
    pub hint: Option<String>,
    /// The same as edits, where it can be said so.
    pub fixes: Box<[Fix]>,
}

/// Reads a source: the declarations that can be read, and the errors of those that cannot.
pub fn parse(text: &str, source: SourceId) -> (File, Vec<SyntaxError>) {
    if text.len() > u32::MAX as usize / 2 {
        let span = Span { source, start: 0, end: 0 };
        let error = SyntaxError {
            message: "the file is too large to be a program".into(),
            span,
            related: None,
            hint: None,
            fixes: Box::default(),
        };
        return (File::default(), vec![error]);
    }
    let mut file = File::default();
    let mut errors = Vec::new();
    let starts = declaration_starts(text);
    let mut at = 0;
    let mut first = true;
    while let Some((doc, start)) = skip_blank(text, at) {
        if first {
            file.doc.clone_from(&doc);
        }
        let limit = starts.iter().copied().find(|s| *s > start).unwrap_or(text.len());
        match declaration(text, start, limit, source) {
            Ok((mut declaration, end)) => {
                if !first || at > 0 {
                    declaration.doc = doc;
                }
                file.declarations.push(declaration);
                at = end;
            }
            Err(error) => {
                errors.push(error);
                at = limit;
            }
        }
        first = false;
    }
    if first {
        file.doc = doc_of(text);
    }
    (file, errors)
}

/// Where lines begin, at their very start, with a declaration's keyword.
fn declaration_starts(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let word = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
        if DECLARATION_WORDS.contains(&word) && !(word == "compare" && is_in_sweep(&text[..at], starts.last())) {
            starts.push(at);
        }
        at += line.len();
    }
    starts
}

/// Whether the last declaration before a `compare` at the start of a line is a sweep whose braces are still open: then it
/// is a clause of the sweep.
fn is_in_sweep(before: &str, last: Option<&usize>) -> bool {
    let Some(sweep) = last.map(|last| &before[*last..]).filter(|text| text.starts_with("sweep")) else { return false };
    let brackets = lexemes(sweep).into_iter().filter(|lexeme| lexeme.kind == LexemeKind::Bracket);
    let count = |count: i64, lexeme: Lexeme| match &sweep[lexeme.start..lexeme.end] {
        "{" => count + 1,
        "}" => count - 1,
        _ => count,
    };
    brackets.fold(0, count) > 0
}

/// Skips white space and comments; returns the doc comment right before what follows, and where that is.
fn skip_blank(text: &str, mut at: usize) -> Option<(String, usize)> {
    let mut doc: Vec<&str> = Vec::new();
    if at == 0 && text.starts_with(BYTE_ORDER_MARK) {
        at = BYTE_ORDER_MARK.len_utf8();
    }
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() {
            return None;
        }
        let line = &trimmed[..trimmed.find(['\n', '\r']).unwrap_or(trimmed.len())];
        if let Some(words) = line.strip_prefix("///") {
            doc.push(words.strip_prefix(' ').unwrap_or(words).trim_end());
        } else if line.starts_with("//") {
            doc.clear();
        } else {
            return Some((doc.join("\n"), at));
        }
        at += line.len();
    }
}

/// The doc comment of a file without declarations.
fn doc_of(text: &str) -> String {
    let lines = text.lines().map_while(|l| l.strip_prefix("///"));
    lines.map(|l| l.trim()).collect::<Vec<_>>().join("\n")
}

fn declaration(
    text: &str,
    start: usize,
    limit: usize,
    source: SourceId,
) -> Result<(super::Declaration, usize), SyntaxError> {
    let at = |from: usize, to: usize| Span { source, start: from as u32, end: to as u32 };
    let word_end =
        start + text[start..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len() - start);
    let word = &text[start..word_end];
    if !DECLARATION_WORDS.contains(&word) {
        let end =
            if word.is_empty() { start + text[start..].chars().next().map_or(0, char::len_utf8) } else { word_end };
        let line = text[end..].lines().next().unwrap_or("");
        return Err(SyntaxError {
            message: format!("expected a declaration, found `{}`", text[start..end].escape_debug()),
            span: at(start, end),
            related: None,
            hint: Some(explain::declaration_hint(word, &text[start..end], &text[end..])),
            fixes: explain::declaration_repair(word, &text[start..end], line, at(start, end)).into_iter().collect(),
        });
    }
    limits::check(text, start, limit, source)?;
    // What follows the declaration is left alone: the next one is read when its turn comes.
    let Ok(pairs) = Grammar::parse(Rule::declaration, &text[start..limit]) else {
        return Err(explain::explain(text, start, limit, source).unwrap_or_else(|| SyntaxError {
            message: "this declaration cannot be read".into(),
            span: at(start, word_end),
            related: None,
            hint: None,
            fixes: Box::default(),
        }));
    };
    let mut convert = convert::Convert { source, offset: start };
    let declaration = convert.declaration(pairs)?;
    let end = declaration.span.end as usize;
    // A declaration ends where its line ends; anything after it belongs to nobody.
    let tail = &text[end..limit];
    let line = &tail[..tail.find(['\n', '\r']).unwrap_or(tail.len())];
    let rest = line.trim();
    if !rest.is_empty() && !rest.starts_with("//") || !starts_something(tail) {
        return Err(explain::explain(text, start, limit, source).unwrap_or_else(|| SyntaxError {
            message: "expected the end of the declaration".into(),
            span: declaration.span,
            related: None,
            hint: Some("begin the next declaration on a line of its own".into()),
            fixes: Box::default(),
        }));
    }
    Ok((declaration, end))
}

/// Whether nothing but blanks and comments follows, or a new declaration, or a word at the very start of a line that is
/// none: a misspelt keyword is the mistake of what it begins, not of what stands before it.
fn starts_something(tail: &str) -> bool {
    match skip_blank(tail, 0) {
        None => true,
        Some((_, at)) => {
            let word = tail[at..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
            DECLARATION_WORDS.contains(&word) || !word.is_empty() && tail[..at].ends_with(['\n', '\r'])
        }
    }
}

/// The candidate that a misspelt word was most likely meant to be: one that differs in capitals and `_` alone, or by a few
/// letters.
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    near(word, candidates).map(|(name, _)| name)
}

/// The nearest candidate, and whether nothing else can have been meant: the others are far, or it differs in capitals and
/// `_` alone.
pub fn near<'a>(word: &str, candidates: &[&'a str]) -> Option<(&'a str, bool)> {
    let plain = |word: &str| word.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect::<String>();
    let asked = plain(word);
    let mut all: Vec<_> = candidates
        .iter()
        .map(|c| (!asked.is_empty() && plain(c) == asked, strsim::damerau_levenshtein(word, c), *c))
        .filter(|(same, distance, c)| {
            *same || *distance <= 1 + c.len().min(word.len()) / 4 && *distance < word.len().max(2)
        })
        .map(|(same, distance, c)| (!same, distance, c))
        .collect();
    all.sort_unstable();
    all.dedup();
    let (differs, _, name) = *all.first()?;
    Some((name, !differs || all.len() == 1))
}
