//! What can be folded.

use crate::snapshot::Snapshot;
use fascicle_syntax::{LexemeKind, lexemes};
use std::ops::Range;

/// A stretch of lines that can be folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// From the end of the line that stays to the end of the last that goes.
    pub range: Range<usize>,
    /// Whether it is a comment.
    pub comment: bool,
    /// Whether it takes names from elsewhere.
    pub imports: bool,
}

/// What can be folded: brackets over several lines, comments, runs of `use`. It asks for words alone, so that a broken file folds.
pub fn folds(snapshot: &Snapshot) -> Vec<Fold> {
    let (text, document) = (snapshot.text(), &snapshot.document);
    let mut found = Vec::new();
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut comment: Option<(usize, usize)> = None;
    let mut imports: Option<(usize, usize)> = None;
    let line = |at: usize| document.line_of(at);
    let mut add = |start: usize, end: usize, comment: bool, imports: bool| {
        let last = document.line(line(end)).end;
        let first = document.line(line(start)).end;
        if line(start) < line(end) {
            found.push(Fold { range: first..last, comment, imports });
        }
    };
    for lexeme in lexemes(text) {
        let word = &text[lexeme.start..lexeme.end];
        let is_comment = matches!(lexeme.kind, LexemeKind::Comment | LexemeKind::Doc);
        if is_comment {
            let alone = text[document.line(line(lexeme.start)).start..lexeme.start].trim().is_empty();
            match comment {
                Some((_, last)) if alone && line(last) + 1 == line(lexeme.start) => {
                    comment = comment.map(|(first, _)| (first, lexeme.start));
                }
                _ => {
                    comment.iter().for_each(|(first, last)| add(*first, *last, true, false));
                    comment = alone.then_some((lexeme.start, lexeme.start));
                }
            }
        }
        let begins = document.line(line(lexeme.start)).start == lexeme.start;
        if begins && lexeme.kind == LexemeKind::Keyword {
            match (word, imports) {
                ("use", Some((first, _))) => imports = Some((first, lexeme.end)),
                ("use", None) => imports = Some((lexeme.start, lexeme.end)),
                (_, Some((first, last))) => {
                    add(first, last, false, true);
                    imports = None;
                }
                _ => {}
            }
        }
        match word {
            "(" | "[" | "{" if lexeme.kind == LexemeKind::Bracket => open.push((lexeme.start, word)),
            ")" | "]" | "}" if lexeme.kind == LexemeKind::Bracket => {
                let opens = match word {
                    ")" => "(",
                    "]" => "[",
                    _ => "{",
                };
                if let Some(at) = open.iter().rposition(|(_, bracket)| *bracket == opens) {
                    let start = open[at].0;
                    open.truncate(at);
                    // The closing bracket stays in sight.
                    let before = line(lexeme.start).saturating_sub(1);
                    if before > line(start) {
                        add(start, document.line(before).end, false, false);
                    }
                }
            }
            _ => {}
        }
    }
    comment.iter().for_each(|(first, last)| add(*first, *last, true, false));
    imports.iter().for_each(|(first, last)| add(*first, *last, false, true));
    found.sort_by_key(|fold| (fold.range.start, fold.range.end));
    // Two on one line: the wider.
    found.dedup_by(|later, earlier| {
        let same = document.line_of(later.range.start) == document.line_of(earlier.range.start);
        if same {
            earlier.range.end = earlier.range.end.max(later.range.end);
        }
        same
    });
    found
}
