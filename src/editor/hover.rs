//! What stands under the cursor: shape and how it came about, cost, who lacks it, what differs between variants; the
//! documentation of what the language brings; columns of tables.

mod declared;
mod derivation;
mod value;

pub(crate) use declared::swept;
pub(crate) use value::input;

use crate::reference;
use crate::snapshot::Snapshot;
use fascicle_syntax::{LexemeKind, lexemes};
use std::ops::Range;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about, in the present text.
    pub range: Range<usize>,
    /// Markdown.
    pub text: String,
}

/// What is known of what stands at a byte.
pub fn hover(snapshot: &Snapshot, at: usize) -> Option<Hover> {
    let word = word_at(snapshot.text(), at)?;
    let text = &snapshot.text()[word.range.clone()];
    if word.kind == LexemeKind::Text {
        return None;
    }
    let is_name = matches!(word.kind, LexemeKind::Word | LexemeKind::Capital);
    let value = value::value(snapshot, at, word.kind);
    if !is_name && word.kind != LexemeKind::Keyword {
        return value.map(|(range, text)| Hover { range, text });
    }
    // What is declared under the cursor, or of what is declared elsewhere; then what the language brings.
    let declared = declared::declared(snapshot, at, &word.range);
    let shadowed = declared.is_some() || declared::is_declared(snapshot, text);
    let around = snapshot.declaration_at(at).map(|d| &d.kind);
    let documented = match around {
        _ if shadowed => None,
        Some(around) => reference::find(text, around),
        None => reference::named(text),
    };
    let range = value.as_ref().map_or(word.range.clone(), |(range, _)| range.clone());
    let parts: Vec<String> = value.map(|(_, text)| text).into_iter().chain(declared).chain(documented).collect();
    (!parts.is_empty()).then(|| Hover { range, text: parts.join("\n---\n\n") })
}

/// A word of the text.
struct Word {
    range: Range<usize>,
    kind: LexemeKind,
}

/// The word around a byte, or the one that ends there; nothing in a comment.
fn word_at(text: &str, at: usize) -> Option<Word> {
    let mut best: Option<Word> = None;
    for lexeme in lexemes(text) {
        if lexeme.start > at {
            break;
        }
        if at <= lexeme.end {
            let is_name = matches!(lexeme.kind, LexemeKind::Word | LexemeKind::Capital | LexemeKind::Keyword);
            let begins = best.is_none() || at > lexeme.start || at == lexeme.start && is_name;
            if begins && (at < lexeme.end || best.is_none()) {
                best = Some(Word { range: lexeme.start..lexeme.end, kind: lexeme.kind });
            }
        }
    }
    best.filter(|word| !matches!(word.kind, LexemeKind::Comment | LexemeKind::Doc))
}
