//! Colours of the source in the report.

use crate::report::content::{HighlightClass, Mark};
use crate::syntax::{Lexeme, LexemeKind, lexemes};

/// What each piece of the text is.
pub(super) fn marks(text: &str) -> Vec<Mark> {
    let all = lexemes(text);
    all.iter()
        .enumerate()
        .filter_map(|(at, l)| Some(Mark { range: l.start..l.end, class: class(text, &all, at)? }))
        .collect()
}

fn class(text: &str, all: &[Lexeme], at: usize) -> Option<HighlightClass> {
    let spelled = |l: &Lexeme| &text[l.start..l.end];
    let next = all.get(at + 1).map(spelled);
    let before = at.checked_sub(1).and_then(|i| all.get(i));
    Some(match all[at].kind {
        LexemeKind::Comment => HighlightClass::Comment,
        LexemeKind::Doc => HighlightClass::Doc,
        LexemeKind::Text => HighlightClass::Text,
        LexemeKind::Regex => HighlightClass::Pattern,
        LexemeKind::Number => HighlightClass::Number,
        LexemeKind::Keyword => HighlightClass::Keyword,
        LexemeKind::Operator => HighlightClass::Operator,
        LexemeKind::Capital | LexemeKind::Word => {
            let declared =
                before.is_some_and(|l| l.kind == LexemeKind::Keyword && !matches!(spelled(l), "in" | "if" | "by"));
            let after_colon = before.is_some_and(|l| spelled(l) == ":");
            match next {
                _ if declared => HighlightClass::Definition,
                Some(":") => HighlightClass::Argument,
                Some("[" | "{") if after_colon => HighlightClass::Type,
                _ if all[at].kind == LexemeKind::Capital => HighlightClass::Module,
                Some("(") => HighlightClass::Function,
                _ if before.is_some_and(|l| spelled(l) == "|>") => HighlightClass::Function,
                _ => return None,
            }
        }
        LexemeKind::Bracket | LexemeKind::Punctuation | LexemeKind::Other => return None,
    })
}
