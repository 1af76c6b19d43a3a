//! A mistake in the language's words: what was expected, what was found, what to do.
//!
//! In comes a declaration that the grammar refused, or of which it read only a beginning; out goes a [`SyntaxError`] at
//! the furthest place that the grammar reached, which is rarely the place where it gave up.

pub(super) mod python;

use super::{Grammar, Rule, SyntaxError, near, nearest};
use crate::lexeme::{DECLARATION_WORDS, Lexeme, LexemeKind, RESERVED_WORDS, lexemes};
use crate::{Fix, SourceId, Span};
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use python::Origin;
use std::sync::{Mutex, PoisonError};

/// pest keeps the switch for its details in a global; one mistake at a time is explained with it.
static DETAILS: Mutex<()> = Mutex::new(());

/// How far the grammar came.
struct Reach {
    /// The byte of the declaration's text where it could not go on.
    at: usize,
    /// Marks and words that would have let it go on there; empty where only letters of a word would have.
    tokens: Vec<String>,
    /// Rules that it tried in vain.
    rules: Vec<Rule>,
}

/// What was wanted at a place.
#[derive(Default)]
struct Wanted {
    /// In words or between back quotes.
    words: Vec<String>,
    /// Whether a value had just ended, so that it could also have gone on.
    after_value: bool,
    /// Whether a value was to begin.
    value: bool,
    /// Whether the declaration could have ended.
    end: bool,
}

/// What is wrong with the declaration in `text[start..limit]`; nothing if the grammar takes it as it is.
pub(super) fn explain(text: &str, start: usize, limit: usize, source: SourceId) -> Option<SyntaxError> {
    let part = text.get(start..limit)?;
    let reach = reach(part)?;
    let words: Vec<Lexeme> =
        lexemes(part).into_iter().filter(|l| !matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc)).collect();
    let next = words.iter().position(|word| word.start >= reach.at);
    let spelt = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", |word| &part[word.start..word.end]);
    let wanted = wanted(&reach);
    let found = spelt(next);
    let expected = if wanted.end { "the end of the declaration".to_string() } else { join(&wanted.words) };
    let message = match (expected.is_empty(), found.is_empty()) {
        (true, true) => "the declaration ends too early".to_string(),
        (false, true) => format!("expected {expected}, found the end of the declaration"),
        (true, false) => format!("`{found}` cannot stand here"),
        (false, false) => format!("expected {expected}, found `{found}`"),
    };
    let place = next.or(words.len().checked_sub(1)).and_then(|at| words.get(at));
    let (first, last) = place.map_or((0, 0), |word| (word.start, word.end));
    let before = next.unwrap_or(words.len());
    let around = Around { part, words: &words, at: before };
    let fixes = repairs(&around, &wanted, start, source);
    Some(SyntaxError {
        message,
        span: Span { source, start: (start + first) as u32, end: (start + last) as u32 },
        related: None,
        hint: hint(&around, &wanted),
        fixes,
    })
}

fn reach(part: &str) -> Option<Reach> {
    let guard = DETAILS.lock().unwrap_or_else(PoisonError::into_inner);
    pest::set_error_detail(true);
    let result = Grammar::parse(Rule::alone, part);
    pest::set_error_detail(false);
    drop(guard);
    let error = result.err()?;
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rules = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.clone(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    if let Some(attempts) = error.parse_attempts() {
        let is_said = |token: &String| {
            token.trim() != "" && token != "//" && token != "_" && !token.contains("..") || token == ".."
        };
        let tokens: Vec<String> = attempts.expected_tokens().iter().map(ToString::to_string).collect();
        let names = tokens.iter().any(|token| token == "a..z");
        let mut said: Vec<String> = tokens.into_iter().filter(is_said).collect();
        // Letters alone, past the end of a word, say only that the word could have been longer.
        if names && (!said.is_empty() || attempts.max_position == at) {
            said.push("a..z".into());
        }
        if !said.is_empty() {
            let rules = if attempts.max_position == at { rules } else { Vec::new() };
            return Some(Reach { at: attempts.max_position, tokens: said, rules });
        }
    }
    Some(Reach { at, tokens: Vec::new(), rules })
}

fn wanted(reach: &Reach) -> Wanted {
    let has = |token: &str| reach.tokens.iter().any(|t| t == token);
    let rule = |rules: &[Rule]| reach.rules.iter().any(|r| rules.contains(r));
    let mut wanted = Wanted {
        after_value: has("|>") || rule(&[Rule::group_op]),
        value: has("\"") && has("match"),
        ..Wanted::default()
    };
    wanted.end = rule(&[Rule::EOI]);
    if wanted.value {
        wanted.words.push("a value".into());
        return wanted;
    }
    // Behind the name of a packed model stands where it is from.
    let named = has("as") && has("from");
    if has("a..z") && !wanted.after_value && !named {
        // A word of a class may have been longer, but what comes after it is what is missing.
        let longer = rule(&[Rule::call, Rule::field, Rule::shape_args]);
        let word = if has("[") { "a type" } else { "a name" };
        if !longer {
            wanted.words.push(word.into());
        }
    } else if reach.tokens.is_empty() {
        if rule(&[Rule::ident, Rule::name, Rule::parameter]) {
            wanted.words.push("a name".into());
        } else if rule(&[Rule::r#type]) {
            wanted.words.push("a type".into());
        }
    }
    // Behind a value it may always go on with an operator, a call, a field: that is not what is missing.
    let goes_on = has("[");
    for token in &reach.tokens {
        let said = match token.as_str() {
            "," | ")" | "]" | "}" | "=" | ":" | "=>" | "->" => true,
            "{" => wanted.after_value || !goes_on,
            "from" => !has("with"),
            "as" => false,
            "in" | "on" | "over" => !wanted.after_value,
            "(" => !goes_on && !wanted.after_value,
            "|" => false,
            "if" => !wanted.after_value,
            _ => false,
        };
        let quoted = format!("`{token}`");
        if said && !wanted.words.contains(&quoted) {
            wanted.words.push(quoted);
        }
    }
    wanted
}

fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// The words around a mistake.
struct Around<'a> {
    part: &'a str,
    words: &'a [Lexeme],
    /// The word that was found; one past the last at the end.
    at: usize,
}

impl Around<'_> {
    /// The word so many places behind the one that was found.
    fn text(&self, behind: isize) -> &str {
        let word = self.at.checked_add_signed(behind).and_then(|at| self.words.get(at));
        word.map_or("", |word| &self.part[word.start..word.end])
    }

    fn is_name(&self, behind: isize) -> bool {
        let word = self.at.checked_add_signed(behind).and_then(|at| self.words.get(at));
        word.is_some_and(|word| matches!(word.kind, LexemeKind::Word | LexemeKind::Capital | LexemeKind::Keyword))
    }

    /// Whether nothing of the declaration stands before the word that was found.
    fn is_first(&self) -> bool {
        self.at == 0
    }

    /// Whether nothing stands between the word that was found and the one before it.
    fn is_adjacent(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.words.get(at));
        before.zip(self.words.get(self.at)).is_some_and(|(before, found)| before.end == found.start)
    }
}

impl Around<'_> {
    /// Where the words stand from one place behind the one that was found to another, the last included.
    fn place(&self, from: isize, to: isize) -> Option<(usize, usize)> {
        let word = |behind: isize| self.at.checked_add_signed(behind).and_then(|at| self.words.get(at));
        Some((word(from)?.start, word(to)?.end))
    }
}

/// The edits that the hints ask for, where the mistake is a mark or a word that has another in its place here.
fn repairs(around: &Around<'_>, wanted: &Wanted, offset: usize, source: SourceId) -> Box<[Fix]> {
    let found = around.text(0);
    let before = around.text(-1);
    let wants = |mark: &str| wanted.words.iter().any(|word| word == mark);
    let at = |from: isize, to: isize| {
        let (start, end) = around.place(from, to)?;
        Some(Span { source, start: (offset + start) as u32, end: (offset + end) as u32 })
    };
    let write =
        |title: &str, place: Option<Span>, text: &str| place.map(|place| Fix::new(title, place, text).certain());
    let origin = Origin { offset, source };
    // A mark between two words goes with the blanks before it.
    let without_mark = || {
        let (place, word) = (at(0, 0)?, at(-1, -1)?);
        Some(Fix::new(format!("remove `{found}`"), Span { start: word.end, ..place }, "").certain())
    };
    let fix = match found {
        "=" | ":" if wanted.value && around.is_name(-1) => without_mark(),
        "=" if around.is_adjacent() && matches!(before, "+" | "-" | "*" | "/") => python::assigned(around, origin),
        "=" if wants("`:`") && around.at == 2 => None,
        "=" if wants("`:`") => at(0, 0).zip(at(-1, -1)).map(|(place, word)| {
            let behind = around.place(1, 1).map_or(place.end, |(start, _)| (offset + start) as u32);
            Fix::new("write `:`", Span { start: word.end, end: behind, ..place }, ": ").certain()
        }),
        "=" | "->" | ":" if wants("`=>`") => write("write `=>`", at(0, 0), "=>"),
        "=" if wanted.after_value && wants("`}`") && around.is_name(-1) => {
            at(-1, -1).map(|place| Fix::new("add `let`", Span { end: place.start, ..place }, "let ").certain())
        }
        "=" if wanted.after_value => write("write `==`", at(0, 0), "=="),
        "|" if around.text(1) == "|" => write("write `or`", at(0, 1), "or"),
        "|" => write("write `|>`", at(0, 0), "|>"),
        "*" if before == "*" => write("write `^`", at(-1, 0), "^"),
        ">" if before == "%" && around.text(1) == "%" => write("write `|>`", at(-1, 1), "|>"),
        "," if wanted.words == ["`)`"] => round_list(around, offset, source),
        ";" => without_mark(),
        ":" if wants("`{`") && before != "lambda" && around.text(-2) != "lambda" => python::braced(around, origin),
        "for" if wants("`]`") => python::comprehension(around, origin),
        "if" if !around.is_first() => python::conditional(around, origin),
        "elif" => write("write `else if`", at(0, 0), "else if"),
        _ if before == "f" && around.is_adjacent() && found.starts_with('"') => {
            let name = at(-1, -1);
            name.zip(at(0, 0)).map(|(name, text)| Fix::new("join the parts by `+`", name.to(text), joined(found)))
        }
        _ if wants("a name") && found.starts_with('"') => {
            let list = quoted_words(around, offset, source);
            list.or_else(|| write("remove the quotes", at(0, 0), found.trim_matches('"')))
        }
        "(" if !around.is_adjacent() && around.is_name(-1) => at(0, 0).zip(at(-1, -1)).map(|(place, word)| {
            Fix::new("remove the blank", Span { start: word.end, end: place.start, ..place }, "").certain()
        }),
        "mm" => at(0, 0).zip(at(-1, -1)).map(|(place, number)| {
            Fix::new("remove the blank", Span { start: number.end, end: place.start, ..place }, "").certain()
        }),
        _ if wanted.words.is_empty()
            && !wanted.end
            && around.is_name(-1)
            && around.is_name(0)
            && before != "lambda"
            && around.text(1) == ":" =>
        {
            at(-1, -1).map(|place| Fix::new("add a comma", Span { start: place.end, ..place }, ",").certain())
        }
        "->" => write("write `|>`", at(0, 0), "|>"),
        _ if wants("a name") && before == "." && found.starts_with(|c: char| c.is_ascii_digit()) => {
            write("take it by square brackets", at(-1, 0), &format!("[{found}]"))
        }
        _ => None,
    };
    fix.into_iter().collect()
}

/// `"{data}/adni"` as `data + "/adni"`.
fn joined(text: &str) -> String {
    let mut parts = Vec::new();
    let mut rest = text.trim_matches('"');
    while !rest.is_empty() {
        let (plain, inside) = rest.split_once('{').unwrap_or((rest, ""));
        if !plain.is_empty() {
            parts.push(format!("\"{plain}\""));
        }
        let (name, behind) = inside.split_once('}').unwrap_or((inside, ""));
        if !name.is_empty() {
            parts.push(name.to_string());
        }
        rest = behind;
    }
    parts.join(" + ")
}

/// Every text of the round brackets around a place as a word: `one_of("early", "late")`.
fn quoted_words(around: &Around<'_>, offset: usize, source: SourceId) -> Option<Fix> {
    let inside = around.words.get(around.at..)?.iter().take_while(|w| around.part.get(w.start..w.end) != Some(")"));
    let texts = inside.filter(|w| w.kind == LexemeKind::Text);
    let mut fix: Option<Fix> = None;
    for text in texts {
        let span = Span { source, start: (offset + text.start) as u32, end: (offset + text.end) as u32 };
        let word = around.part.get(text.start..text.end)?.trim_matches('"');
        if !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        fix = Some(match fix {
            None => Fix::new("remove the quotes", span, word).certain(),
            Some(fix) => fix.and(span, word),
        });
    }
    fix
}

/// `(3, 3, 3)` as `[3, 3, 3]`.
fn round_list(around: &Around<'_>, offset: usize, source: SourceId) -> Option<Fix> {
    let text = |at: usize| around.words.get(at).and_then(|w| around.part.get(w.start..w.end)).unwrap_or("");
    let mut depth = 0;
    let open = (0..around.at).rev().find(|at| match text(*at) {
        ")" => {
            depth += 1;
            false
        }
        "(" if depth > 0 => {
            depth -= 1;
            false
        }
        "(" => true,
        _ => false,
    })?;
    let mut depth = 0;
    let close = (around.at..around.words.len()).find(|at| match text(*at) {
        "(" => {
            depth += 1;
            false
        }
        ")" if depth > 0 => {
            depth -= 1;
            false
        }
        ")" => true,
        _ => false,
    })?;
    let span = |at: usize| {
        let word = around.words[at];
        Span { source, start: (offset + word.start) as u32, end: (offset + word.end) as u32 }
    };
    Some(Fix::new("write a list in square brackets", span(open), "[").and(span(close), "]").certain())
}

/// What stands for a function without a name.
const LAMBDA: &str = "a function of tensors is declared: `block Name(x: [n]) -> [n] { .. }`";

fn hint(around: &Around<'_>, wanted: &Wanted) -> Option<String> {
    let found = around.text(0);
    let before = around.text(-1);
    let wants = |mark: &str| wanted.words.iter().any(|word| word == mark);
    let declaration = around.words.first().map_or("", |word| &around.part[word.start..word.end]);
    let hint = match found {
        "=" | ":" if wanted.value && around.is_name(-1) => {
            format!("a clause is a word and its values, with nothing between: `{before} {}`", around.text(1))
        }
        "=" if around.is_adjacent() && matches!(before, "+" | "-" | "*" | "/") => {
            "a name keeps its value: give the new one a name of its own with `let`".into()
        }
        "=" if wants("`:`") && around.at == 2 => format!("say its type: `{declaration} {before}: type = ...`"),
        "=" if wants("`:`") => format!("write `{before}: {}`", around.text(1)),
        "=" | "->" | ":" if wants("`=>`") => format!("arms are written `{before} => value`"),
        "=" if wanted.after_value && wants("`}`") && around.is_name(-1) => {
            format!("names are given with `let {before} = ...`")
        }
        "=" if wanted.after_value => "values are compared with `==`".into(),
        "|" if around.text(1) == "|" => "one of two conditions is written with `or`".into(),
        "|" => "values are piped with `|>`".into(),
        "*" if before == "*" => "powers are written `a ^ b`".into(),
        ">" if before == "%" => "values are piped with `|>`".into(),
        ":" if before == "[" => {
            format!("an axis is cut by `slice`: `{} |> slice(axis: 0, from: 0, to: 1)`", around.text(-2))
        }
        ":" if before == "lambda" || around.text(-2) == "lambda" => LAMBDA.into(),
        ":" if wants("`{`") => "a body stands in braces: `{ .. }`".into(),
        ";" => "a declaration ends with its line: remove `;`".into(),
        "," if wanted.words == ["`)`"] => "several values stand in square brackets: `[3, 3, 3]`".into(),
        "elif" => "a further condition is written `else if`".into(),
        "for" if wants("`]`") => "a family is written `for i in 0..3 { .. }`, without brackets around it".into(),
        "if" if !around.is_first() => "conditionals are written `if a { b } else { c }`".into(),
        _ if before == "lambda" => LAMBDA.into(),
        _ if before == "f" && around.is_adjacent() && found.starts_with('"') => {
            "texts are joined by `+`: `data + \"/adni\"`".into()
        }
        _ if wants("a name") && found.starts_with('"') => {
            format!("a word stands without quotes: `{}`", found.trim_matches('"'))
        }
        "(" if !around.is_adjacent() && around.is_name(-1) => {
            format!("the bracket of a call stands right behind the name: `{before}(...)`")
        }
        "<" | "<=" | ">" | ">=" | "==" | "!=" if wanted.after_value => {
            "join comparisons with `and`: `a < b and b < c`".into()
        }
        "mm" | "deg" => format!("the unit stands right behind the number: `{before}{found}`"),
        _ if wanted.words.is_empty()
            && !wanted.end
            && around.is_name(-1)
            && around.is_name(0)
            && around.text(1) == ":" =>
        {
            format!("a comma is missing before `{found}`")
        }
        "let" | "output" if wanted.after_value => {
            format!("`{found}` comes before the result of a body, which is its last line")
        }
        _ if wants("`{`") && around.words.iter().any(|word| &around.part[word.start..word.end] == "then") => {
            "conditionals are written `if a { b } else { c }`".into()
        }
        _ if wants("a name") && before == "." && found.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("elements are taken with square brackets: `[{found}]`")
        }
        _ if wants("a name") && RESERVED_WORDS.contains(&found) => {
            format!("`{found}` is a word of the language and cannot be a name")
        }
        "*" if before == "." => "name what is used: `use path.{A, B}`".into(),
        "->" => "values are piped with `|>`".into(),
        _ if wants("`=`") && matches!(before, "output" | "let") => format!("write `{before} {found} = ...`"),
        _ if wants("`=`") && matches!(around.text(-2), "output" | "let") => {
            format!("write `{} {before} = ...`", around.text(-2))
        }
        _ => return None,
    };
    Some(hint)
}

/// What to do about a word that begins no declaration; `rest` is what follows it.
pub(super) fn declaration_hint(word: &str, found: &str, rest: &str) -> String {
    match (word, found) {
        ("import" | "include" | "require" | "from", _) => "other files are brought in with `use`".into(),
        ("def" | "fn" | "func" | "function" | "module" | "class", _) => {
            "a piece of a network is declared with `block`".into()
        }
        ("let" | "var" | "const" | "output", _) => {
            format!("`{word}` stands inside a body; at the top of a file, `param name: type = value` declares a value")
        }
        (_, "\"") => "comments begin with `//`, those that document what is below them with `///`".into(),
        (_, "#") => "comments begin with `//`".into(),
        (_, "}" | ")" | "]") => format!("`{found}` closes nothing: remove it, or look for one too many above"),
        _ => match nearest(word, DECLARATION_WORDS) {
            Some(near) => format!("did you mean `{near}`?"),
            None if rest.trim_start().starts_with('=') => {
                format!("a value is declared with its type: `param {word}: int = ..`")
            }
            None if rest.starts_with(['.', '(']) => {
                "nothing is called at the top of a file: `train m { .. }` trains a model, `score m: auc` measures it"
                    .into()
            }
            None => format!("a file is made of declarations: {}", DECLARATION_WORDS.join(", ")),
        },
    }
}

/// The same as an edit, where it is one.
pub(super) fn declaration_repair(word: &str, found: &str, rest: &str, place: Span) -> Option<Fix> {
    match (word, found) {
        ("import" | "from", _) if !rest.contains('"') => {
            let end = Span { end: place.end + rest.len() as u32, ..place };
            Some(Fix::new("remove the line: nothing is imported", end, "").certain())
        }
        ("import" | "include" | "require" | "from" | "def" | "fn" | "func" | "function" | "module" | "class", _) => {
            None
        }
        ("let" | "var" | "const" | "output", _) => None,
        (_, "#") => Some(Fix::new("write `//`", place, "//").certain()),
        _ => near(word, DECLARATION_WORDS)
            .map(|(name, is_certain)| Fix { is_certain, ..Fix::new(format!("write `{name}`"), place, name) }),
    }
}

/// The edit for a character that the language does not have.
pub(super) fn character_repair(rest: &str, place: Span) -> Option<Fix> {
    let mut characters = rest.chars();
    let (found, next) = (characters.next()?, characters.next());
    let write = |now: &str| Some(Fix::new(format!("write `{now}`"), place, now).certain());
    match (found, next) {
        ('#', _) => write("//"),
        ('&', Some('&')) => {
            let both = Span { end: place.start + 2, ..place };
            Some(Fix::new("write `and`", both, "and").certain())
        }
        ('!', _) => Some(Fix::new("write `not`", place, "not ").certain()),
        ('\u{2013}' | '\u{2014}' | '\u{2212}', _) => write("-"),
        ('\u{d7}', _) => write("*"),
        ('\'' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}', _) => {
            let line = rest.lines().next()?;
            let quotes = ['\'', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];
            let (close, last) = line.char_indices().skip(1).find(|(_, c)| quotes.contains(c))?;
            let start = place.start + close as u32;
            let end = Span { start, end: start + last.len_utf8() as u32, ..place };
            Some(Fix::new("write straight double quotes", place, "\"").and(end, "\"").certain())
        }
        (c, _) if c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}' => {
            Some(Fix::new("write a space", place, " ").certain())
        }
        _ => None,
    }
}

/// What to do about a character that the language does not have.
pub(super) fn character_hint(found: char) -> Option<String> {
    let hint = match found {
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => "texts stand in straight double quotes: \"...\"",
        '#' => "comments begin with `//`",
        '&' => "conditions are joined by `and`",
        '!' => "a condition is reversed by `not`",
        '\\' => "a line goes on by itself where it begins with `|>` or an operator, or stands in brackets",
        '\u{2013}' | '\u{2014}' | '\u{2212}' => "minus is written `-`",
        '\u{d7}' => "times is written `*`",
        '@' => "matrices are multiplied by `matmul`",
        c if c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}' => {
            "this is a blank of another kind: write a space"
        }
        c if c.is_alphabetic() => "names are made of the letters a to z, digits and `_`; other letters stand in texts",
        _ => return None,
    };
    Some(hint.into())
}
