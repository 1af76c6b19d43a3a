//! Words, numbers and comments of a source, for the formatter, highlighting and recovery.
//!
//! Unlike the parser this never fails: whatever it does not know is one [`LexemeKind::Other`] character.

/// A stretch of text with its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexeme {
    /// Its class.
    pub kind: LexemeKind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Classes of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LexemeKind {
    /// `// ...`
    Comment,
    /// `/// ...`
    Doc,
    /// `"..."`
    Text,
    /// `/.../`
    Regex,
    /// `1.5mm`
    Number,
    /// A word that begins a declaration or directs an expression.
    Keyword,
    /// A word with a capital letter: something with parameters.
    Capital,
    /// Any other word.
    Word,
    /// `|>`, `=>`, `->`, `..`, `??`, `==`, ...
    Operator,
    /// A bracket.
    Bracket,
    /// A comma, colon, dot or semicolon.
    Punctuation,
    /// Anything else.
    Other,
}

/// Words that begin a declaration.
pub const DECLARATION_WORDS: &[&str] = &[
    "use",
    "extends",
    "param",
    "cohort",
    "modality",
    "condition",
    "target",
    "group",
    "block",
    "model",
    "baseline",
    "loss",
    "train",
    "protocol",
    "ensemble",
    "score",
    "compare",
    "analysis",
    "sweep",
    "search",
];

/// Words that direct an expression and cannot be names.
pub const RESERVED_WORDS: &[&str] = &[
    "let", "output", "if", "else", "for", "in", "match", "scan", "fold", "from", "true", "false", "and", "or", "not",
    "by", "vs", "on",
];

/// What some editors write at the head of a file; it says nothing.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

const OPERATORS: &[&str] = &[
    "..=", "|>", "=>", "->", "..", "??", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "^", "<", ">", "=", "?", "|",
];

/// The lexemes of a source, white space left out.
pub fn lexemes(source: &str) -> Vec<Lexeme> {
    let bytes = source.as_bytes();
    let mut found: Vec<Lexeme> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &source[at..];
        let Some(first) = rest.chars().next() else { break };
        // The white space of the grammar; other blanks, such as no-break spaces, are not part of the language.
        if matches!(first, ' ' | '\t' | '\n' | '\r') || at == 0 && first == BYTE_ORDER_MARK {
            at += first.len_utf8();
            continue;
        }
        let before =
            found.last().map(|l| Before { kind: l.kind, text: &source[l.start..l.end], adjacent: l.end == at });
        let (kind, length) = one(rest, first, before);
        found.push(Lexeme { kind, start: at, end: at + length });
        at += length;
    }
    found
}

/// The lexeme before another.
#[derive(Clone, Copy)]
struct Before<'s> {
    kind: LexemeKind,
    text: &'s str,
    /// Whether nothing stands between them.
    adjacent: bool,
}

fn one(rest: &str, first: char, before: Option<Before<'_>>) -> (LexemeKind, usize) {
    if rest.starts_with("//") {
        let kind = if rest.starts_with("///") { LexemeKind::Doc } else { LexemeKind::Comment };
        return (kind, rest.find(['\n', '\r']).unwrap_or(rest.len()));
    }
    if first == '"' {
        return (LexemeKind::Text, delimited(rest, '"').unwrap_or(1));
    }
    if first == '/'
        && let Some(length) = delimited(rest, '/')
        && opens_a_regex(&rest[1..length - 1], before)
    {
        return (LexemeKind::Regex, length);
    }
    if first.is_ascii_digit() {
        return (LexemeKind::Number, number(rest));
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let word = &rest[..length];
        let kind = if DECLARATION_WORDS.contains(&word) || RESERVED_WORDS.contains(&word) {
            LexemeKind::Keyword
        } else if first.is_ascii_uppercase() {
            LexemeKind::Capital
        } else {
            LexemeKind::Word
        };
        return (kind, length);
    }
    if let Some(operator) = OPERATORS.iter().find(|op| rest.starts_with(**op)) {
        return (LexemeKind::Operator, operator.len());
    }
    match first {
        '(' | ')' | '[' | ']' | '{' | '}' => (LexemeKind::Bracket, 1),
        ',' | ':' | '.' | ';' => (LexemeKind::Punctuation, 1),
        other => (LexemeKind::Other, other.len_utf8()),
    }
}

/// Whether a slash opens a regular expression rather than dividing. After a word it may do either: it opens one in
/// `keep /^sub/`, set off from the word and not from what follows, if its brackets match (so that one that was not meant
/// hides no bracket).
fn opens_a_regex(inner: &str, before: Option<Before<'_>>) -> bool {
    let Some(before) = before else { return true };
    match before.kind {
        LexemeKind::Word | LexemeKind::Capital => {
            !before.adjacent
                && !inner.starts_with([' ', '\t'])
                && !inner.ends_with([' ', '\t'])
                && has_matching_brackets(inner)
        }
        LexemeKind::Number | LexemeKind::Text | LexemeKind::Regex => false,
        LexemeKind::Bracket => !matches!(before.text, ")" | "]" | "}"),
        _ => true,
    }
}

fn has_matching_brackets(text: &str) -> bool {
    let mut open = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let matches = match c {
            '\\' => chars.next().is_some(),
            '(' | '[' | '{' => {
                open.push(c);
                true
            }
            ')' => open.pop() == Some('('),
            ']' => open.pop() == Some('['),
            '}' => open.pop() == Some('{'),
            _ => true,
        };
        if !matches {
            return false;
        }
    }
    open.is_empty()
}

/// Length of a text or regular expression, both delimiters included, if it is closed on its line.
fn delimited(rest: &str, delimiter: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == delimiter => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(|b| b.is_ascii_digit() || *b == b'_') {
            at += 1;
        }
        at
    };
    let mut at = digits(0);
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at = digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if bytes.get(at + 1 + sign).is_some_and(u8::is_ascii_digit) {
            at = digits(at + 1 + sign);
        }
    }
    if let Some(unit) = ["mm", "deg"].iter().find(|unit| rest[at..].starts_with(**unit)) {
        at += unit.len();
    } else if rest[at..].starts_with('%') && !rest[at + 1..].trim_start().starts_with(|c: char| c.is_alphanumeric()) {
        at += 1;
    }
    at
}
