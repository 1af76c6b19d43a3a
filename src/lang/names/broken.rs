//! What is not of the language: comments that speak of params, and declarations that cannot be read, whose words are guessed.

use super::resolve::Resolver;
use super::{Language, Role, Symbol, SymbolId, SymbolKind};
use fascicle_syntax::{Lexeme, LexemeKind, Name, Span, lexemes};

/// A declaration that cannot be read.
pub(super) struct Broken {
    /// The keyword that begins it.
    pub word: String,
    /// The name behind it.
    pub name: Option<Name>,
    /// From the keyword to the next declaration.
    pub span: Span,
    /// Its words.
    pub lexemes: Vec<Lexeme>,
}

impl Resolver {
    /// `--set width=32` in a comment names a param.
    pub(super) fn comments(&mut self) {
        let Some(source) = self.names.sources.get(self.source) else { return };
        let mut found = Vec::new();
        if !source.text.contains("--set") {
            return;
        }
        for comment in lexemes(&source.text) {
            if !matches!(comment.kind, LexemeKind::Doc | LexemeKind::Comment) {
                continue;
            }
            let text = &source.text[comment.start..comment.end];
            for (at, flag) in text.match_indices("--set") {
                let rest = &text[at + flag.len()..];
                let blank = rest.len() - rest.trim_start().len();
                let word = &rest[blank..];
                let length = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(word.len());
                if blank == 0 || length == 0 || !word[length..].starts_with('=') {
                    continue;
                }
                let start = comment.start + at + flag.len() + blank;
                found.push((word[..length].to_owned(), start, start + length));
            }
        }
        for (name, start, end) in found {
            let span = Span { source: self.source, start: start as u32, end: end as u32 };
            let settable = |id: &SymbolId| matches!(self.names.symbol(*id).kind, SymbolKind::Param | SymbolKind::Group);
            if let Some(id) = self.known(&name).filter(settable) {
                self.names.occurs(span, id, Role::Comment);
            }
        }
    }

    /// Words of a declaration that cannot be read: those that name something around, and the names that it seems to bind.
    pub(super) fn broken(&mut self, broken: &Broken) {
        let Some(source) = self.names.sources.get(self.source) else { return };
        let text = source.text.clone();
        let word = |at: usize| broken.lexemes.get(at).map_or("", |l| &text[l.start..l.end]);
        let is_word = |l: &Lexeme| matches!(l.kind, LexemeKind::Word | LexemeKind::Capital);
        let owner = broken.name.as_ref().and_then(|name| self.by_place.get(&name.span).copied());
        let head = (0..broken.lexemes.len()).find(|at| word(*at) == "{").unwrap_or(broken.lexemes.len());
        let (mut depth, mut nested) = (0i32, 0i32);
        for (at, lexeme) in broken.lexemes.iter().enumerate().skip(1) {
            let this = word(at);
            depth += i32::from(matches!(this, "(")) - i32::from(matches!(this, ")"));
            nested += i32::from(matches!(this, "[" | "{")) - i32::from(matches!(this, "]" | "}"));
            if !is_word(lexeme) {
                continue;
            }
            let span = Span { source: self.source, start: lexeme.start as u32, end: lexeme.end as u32 };
            if Some(span) == broken.name.as_ref().map(|name| name.span) {
                continue;
            }
            let (before, behind) = (word(at - 1), word(at + 1));
            let bound = match before {
                "let" => Some(SymbolKind::Let),
                "output" => Some(SymbolKind::Output),
                "for" | "scan" => Some(SymbolKind::Turn),
                "fold" if behind == "in" => Some(SymbolKind::Turn),
                "{" if behind == "=>" => Some(SymbolKind::Turn),
                "(" | "," if at < head && depth == 1 && nested == 0 && behind == ":" && broken.word == "block" => {
                    Some(SymbolKind::Applied)
                }
                "(" | "," if at < head && depth == 1 && nested == 0 && broken.word == "loss" => {
                    Some(SymbolKind::Applied)
                }
                "[" | "," if at < head && nested == 1 && broken.word == "block" && self.local(this).is_none() => {
                    Some(SymbolKind::Dimension)
                }
                _ => None,
            };
            let known = self.local(this).or_else(|| self.known(this));
            match bound {
                Some(kind) if !(kind == SymbolKind::Dimension && (known.is_some() || this == "_")) => {
                    let start = if at < head { broken.span.start } else { span.end };
                    let owned = matches!(kind, SymbolKind::Output | SymbolKind::Applied) || broken.word == "model";
                    let id = self.names.add(Symbol {
                        name: this.to_owned(),
                        kind,
                        declared: vec![span],
                        extent: None,
                        owner: owner.filter(|_| owned),
                        within: Some(Span { start, ..broken.span }),
                        doc: String::new(),
                        whole: false,
                    });
                    self.names.occurs(span, id, Role::Declaration);
                    self.locals.push((this.to_owned(), id));
                }
                _ if before == "." => {
                    let of = broken.lexemes.get(at.wrapping_sub(2)).map_or("", |l| &text[l.start..l.end]);
                    let owner = self.local(of).or_else(|| self.known(of));
                    let member =
                        owner.and_then(|o| self.names.members(o).find(|(_, s)| s.name == this).map(|(id, _)| id));
                    if let Some(id) = member {
                        self.names.occurs(span, id, Role::Use);
                    }
                }
                _ if behind == ":" => {}
                _ => {
                    if let Some(id) = known {
                        self.names.occurs(span, id, Role::Use);
                    } else if crate::ops::find(this).is_some() {
                        self.language(Language::Operator, this, span, None);
                    }
                }
            }
        }
    }
}
