//! What is looked at before the grammar is asked: brackets that do not match, quotes left open, characters that the
//! language does not have, and nesting so deep that it would exhaust the stack. The grammar's answer to those is rarely
//! the place where the mistake was made.

use super::SyntaxError;
use super::explain::python::product;
use super::explain::{character_hint, character_repair};
use crate::lexeme::{Lexeme, LexemeKind, lexemes};
use crate::{Fix, SourceId, Span};

/// Deepest nesting, of brackets and of what nests without them: `for i in for j in ..`, `else if`, `a ^ b ^ c`.
const MAX_DEPTH: usize = 64;
/// Most operators and keywords of a declaration.
const MAX_OPERATORS: usize = 2_000;

/// A bracket that is open, or the declaration itself.
struct Level {
    /// The bracket and where it stands.
    open: Option<(char, usize)>,
    /// Keywords that may nest, since the last separator.
    words: usize,
    /// Powers in a row.
    powers: usize,
}

impl Level {
    fn new(open: Option<(char, usize)>) -> Self {
        Level { open, words: 0, powers: 0 }
    }
}

/// Checks the declaration in `text[start..limit]`.
pub(super) fn check(text: &str, start: usize, limit: usize, source: SourceId) -> Result<(), SyntaxError> {
    let span = |from: usize, to: usize| Span { source, start: from as u32, end: to as u32 };
    let error = |message: String, lexeme: Lexeme, hint: &str| SyntaxError {
        message,
        span: span(start + lexeme.start, start + lexeme.end),
        related: None,
        hint: Some(hint.into()),
        fixes: Box::default(),
    };
    let part = &text[start..limit];
    let mut levels = vec![Level::new(None)];
    let mut operators = 0;
    let mut before = "";
    for lexeme in lexemes(part) {
        let spelling = &part[lexeme.start..lexeme.end];
        let bracket = spelling.chars().next().filter(|_| lexeme.kind == LexemeKind::Bracket);
        match (lexeme.kind, bracket) {
            (_, Some(open @ ('(' | '[' | '{'))) => levels.push(Level::new(Some((open, start + lexeme.start)))),
            (_, Some(close)) => match levels.last().and_then(|level| level.open) {
                Some((open, _)) if closing(open) == close => {
                    levels.pop();
                }
                Some((open, place)) => {
                    let hint = format!("add the missing `{}` before it", closing(open));
                    let mut error = error(format!("`{close}` closes nothing: `{open}` is still open"), lexeme, &hint);
                    error.related = Some((span(place, place + 1), "opened here".into()));
                    let before = start + lexeme.start;
                    error.fixes = Box::new([Fix::new(
                        format!("add `{}`", closing(open)),
                        span(before, before),
                        closing(open).to_string(),
                    )]);
                    return Err(error);
                }
                None => {
                    let hint = "remove it, or add the bracket that it should close";
                    let mut error = error(format!("`{close}` closes nothing"), lexeme, hint);
                    error.fixes = Box::new([Fix::new(format!("remove `{close}`"), error.span, "")]);
                    return Err(error);
                }
            },
            (LexemeKind::Comment | LexemeKind::Doc, _) => continue,
            (LexemeKind::Text, _) if spelling == "\"" => {
                let mut error = error("a text is not closed on its line".into(), lexeme, "add the closing `\"`");
                // What closes the brackets around it most likely does not belong to it.
                let line = part[lexeme.start..].lines().next().unwrap_or("");
                let inner =
                    line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '}' | ',' | '{'));
                let close = start + lexeme.start + inner.len();
                error.fixes = Box::new([Fix::new("add the closing `\"`", span(close, close), "\"")]);
                return Err(error);
            }
            (LexemeKind::Other, _) => {
                let shown = if spelling == "'" { spelling.to_string() } else { spelling.escape_debug().to_string() };
                let hint = spelling.chars().next().and_then(character_hint);
                let place = span(start + lexeme.start, start + lexeme.end);
                return Err(SyntaxError {
                    fixes: match spelling {
                        "@" => product(text, place).into_iter().collect(),
                        _ => character_repair(&text[start + lexeme.start..], place).into_iter().collect(),
                    },
                    hint,
                    ..error(format!("`{shown}` is not part of the language"), lexeme, "")
                });
            }
            (kind, _) => {
                operators += usize::from(matches!(kind, LexemeKind::Operator | LexemeKind::Keyword));
                if let Some(level) = levels.last_mut() {
                    nest(level, kind, spelling, before);
                }
            }
        }
        before = spelling;
        if levels.iter().map(|level| 1 + level.words + level.powers).sum::<usize>() > MAX_DEPTH + 1 {
            let hint = "give the inner parts names with `let` or make blocks of them";
            return Err(error(format!("this is nested more than {MAX_DEPTH} deep"), lexeme, hint));
        }
        if operators > MAX_OPERATORS {
            let message = format!("a declaration with more than {MAX_OPERATORS} operators and keywords");
            return Err(error(message, lexeme, "use `for`, `scan` or `fold` to write what repeats"));
        }
    }
    let all: String = levels.iter().rev().filter_map(|level| level.open).map(|(open, _)| closing(open)).collect();
    match levels.pop().and_then(|level| level.open) {
        Some((open, place)) => Err(SyntaxError {
            message: format!("`{open}` is never closed"),
            span: span(place, place + 1),
            related: None,
            hint: Some(format!("add the matching `{}`", closing(open))),
            fixes: {
                let code = |l: &Lexeme| !matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc);
                let end = lexemes(part).into_iter().rfind(code).map_or(limit, |last| start + last.end);
                Box::new([Fix::new(format!("add `{all}`"), span(end, end), all)])
            },
        }),
        None => Ok(()),
    }
}

/// Counts what nests without brackets.
fn nest(level: &mut Level, kind: LexemeKind, spelling: &str, before: &str) {
    match spelling {
        "for" | "if" | "else" | "scan" | "fold" | "match" => level.words += 1,
        "let" | "output" | "=>" | "," | ";" => *level = Level::new(level.open),
        "^" => level.powers += 1,
        // `a ^ -b ^ -c` nests all the same.
        _ if kind == LexemeKind::Operator && before != "^" => level.powers = 0,
        _ => {}
    }
}

/// The bracket that closes another.
fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
