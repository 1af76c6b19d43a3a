//! The parser: pest's pairs turned into the tree, one declaration at a time.
//!
//! pest stops at its first error. Declarations are therefore parsed one after the other; where one cannot be read, its
//! error is kept and reading goes on at the next line that begins, at its very start, with a declaration's keyword.

pub(in crate::syntax) mod concrete;
mod convert;

use super::lexeme::{BYTE_ORDER_MARK, DECLARATION_WORDS, LexemeKind, RESERVED_WORDS, lexemes};
use super::{File, SourceId, Span};
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../grammar/fx.pest"]
// A declaration and nothing else: asked only after a mistake, for the furthest place that was reached.
#[grammar_inline = "alone = { declaration ~ EOI }"]
pub(in crate::syntax) struct Grammar;

/// Deepest nesting of brackets. Deeper text is refused rather than risking the stack.
const MAX_DEPTH: usize = 64;
/// Longest declaration in lexemes that is not brackets' doing: a chain of 10,000 `+` is as deep as one of brackets.
const MAX_OPERATORS: usize = 2_000;

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
}

/// Reads a source: the declarations that can be read, and the errors of those that cannot.
pub fn parse(text: &str, source: SourceId) -> (File, Vec<SyntaxError>) {
    if text.len() > u32::MAX as usize / 2 {
        let span = Span { source, start: 0, end: 0 };
        let error = SyntaxError { message: "the file is too large to be a program".into(), span, related: None, hint: None };
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
        if DECLARATION_WORDS.contains(&word) {
            starts.push(at);
        }
        at += line.len();
    }
    starts
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

fn declaration(text: &str, start: usize, limit: usize, source: SourceId) -> Result<(super::Declaration, usize), SyntaxError> {
    let at = |from: usize, to: usize| Span { source, start: from as u32, end: to as u32 };
    let word_end = start + text[start..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len() - start);
    let word = &text[start..word_end];
    if !DECLARATION_WORDS.contains(&word) {
        let end = if word.is_empty() { start + text[start..].chars().next().map_or(0, char::len_utf8) } else { word_end };
        return Err(SyntaxError {
            message: format!("expected a declaration, found `{}`", &text[start..end]),
            span: at(start, end),
            related: None,
            hint: Some(match nearest(word, DECLARATION_WORDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a file is made of declarations: {}", DECLARATION_WORDS.join(", ")),
            }),
        });
    }
    brackets(text, start, limit, source)?;
    // What follows the declaration is left alone: the next one is read when its turn comes.
    let pairs = Grammar::parse(Rule::declaration, &text[start..limit]).map_err(|error| explain(text, start, limit, source, error))?;
    let words = lexemes(&text[start..limit]).into_iter().filter(|l| !matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc));
    let mut convert = convert::Convert { source, offset: start, ends: words.map(|l| l.end).collect() };
    let declaration = convert.declaration(pairs)?;
    let end = declaration.span.end as usize;
    // A declaration ends where its line ends; anything after it belongs to nobody.
    let tail = &text[end..limit];
    let line = &tail[..tail.find(['\n', '\r']).unwrap_or(tail.len())];
    let rest = line.trim();
    if !rest.is_empty() && !rest.starts_with("//") || !starts_something(tail) {
        let from = end + tail.len() - tail.trim_start().len();
        let found = lexemes(&text[from..limit]).into_iter().find(|l| !matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc));
        let (first, last) = found.map_or((from, from), |l| (from + l.start, from + l.end));
        return Err(SyntaxError {
            message: format!("expected the end of the declaration, found `{}`", &text[first..last]),
            span: at(first, last),
            related: Some((declaration.span, "the declaration that was read so far".into())),
            hint: unexpected_hint(&text[first..last], text, first),
        });
    }
    Ok((declaration, end))
}

/// Whether nothing but blanks and comments follows, or a new declaration.
fn starts_something(tail: &str) -> bool {
    match skip_blank(tail, 0) {
        None => true,
        Some((_, at)) => {
            let word = tail[at..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
            DECLARATION_WORDS.contains(&word)
        }
    }
}

/// Finds brackets that do not match, quotes left open, and nesting that is too deep, before the grammar is asked:
/// its answer to those is rarely the place where the mistake was made.
fn brackets(text: &str, start: usize, limit: usize, source: SourceId) -> Result<(), SyntaxError> {
    let at = |from: usize, to: usize| Span { source, start: from as u32, end: to as u32 };
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut operators = 0;
    for lexeme in lexemes(&text[start..limit]) {
        let (from, to) = (start + lexeme.start, start + lexeme.end);
        let spelling = &text[from..to];
        match lexeme.kind {
            LexemeKind::Bracket => match spelling.chars().next() {
                Some(c @ ('(' | '[' | '{')) => {
                    open.push((c, from));
                    if open.len() > MAX_DEPTH {
                        return Err(SyntaxError {
                            message: format!("brackets are nested more than {MAX_DEPTH} deep"),
                            span: at(from, to),
                            related: None,
                            hint: Some("give the inner parts names with `let` or make blocks of them".into()),
                        });
                    }
                }
                Some(close) => {
                    let expected = match close {
                        ')' => '(',
                        ']' => '[',
                        _ => '{',
                    };
                    match open.pop() {
                        Some((c, _)) if c == expected => {}
                        Some((c, place)) => {
                            return Err(SyntaxError {
                                message: format!("`{close}` closes nothing: `{c}` is still open"),
                                span: at(from, to),
                                related: Some((at(place, place + 1), "opened here".into())),
                                hint: None,
                            });
                        }
                        None => {
                            return Err(SyntaxError {
                                message: format!("`{close}` closes nothing"),
                                span: at(from, to),
                                related: None,
                                hint: Some("remove it, or add the bracket that it should close".into()),
                            });
                        }
                    }
                }
                None => {}
            },
            LexemeKind::Operator => operators += 1,
            LexemeKind::Text if spelling == "\"" => {
                return Err(SyntaxError {
                    message: "a text is not closed on its line".into(),
                    span: at(from, to),
                    related: None,
                    hint: Some("add the closing `\"`".into()),
                });
            }
            LexemeKind::Other => {
                return Err(SyntaxError {
                    message: format!("`{}` is not part of the language", spelling.escape_debug()),
                    span: at(from, to),
                    related: None,
                    hint: match spelling {
                        "'" => Some("texts stand in double quotes: \"...\"".into()),
                        "#" => Some("comments begin with `//`".into()),
                        "&" => Some("conditions are joined by `and`".into()),
                        "!" => Some("a condition is reversed by `not`".into()),
                        _ => None,
                    },
                });
            }
            _ => {}
        }
        if operators > MAX_OPERATORS {
            return Err(SyntaxError {
                message: format!("a declaration with more than {MAX_OPERATORS} operators"),
                span: at(from, to),
                related: None,
                hint: Some("use `for`, `scan` or `fold` to write what repeats".into()),
            });
        }
    }
    match open.pop() {
        Some((c, place)) => Err(SyntaxError {
            message: format!("`{c}` is never closed"),
            span: at(place, place + 1),
            related: None,
            hint: Some(format!("add the matching `{}`", match c { '(' => ')', '[' => ']', _ => '}' })),
        }),
        None => Ok(()),
    }
}

/// pest's error in the language's words.
fn explain(text: &str, start: usize, limit: usize, source: SourceId, error: pest::error::Error<Rule>) -> SyntaxError {
    let place = match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((at, _)) => at,
    };
    let blank = text[start + place..limit].len() - text[start + place..limit].trim_start().len();
    let from = (start + place + blank).min(limit);
    let lexeme = lexemes(&text[from..limit]).into_iter().find(|l| !matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc));
    let (first, last) = lexeme.map_or((from, from), |l| (from + l.start, from + l.end));
    let found = &text[first..last];
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => spell(positives),
        ErrorVariant::CustomError { message } => message.clone(),
    };
    let message = match (expected.is_empty(), found.is_empty()) {
        (true, true) => "the declaration ends too early".to_string(),
        (false, true) => format!("expected {expected}, found the end of the declaration"),
        (true, false) => format!("`{found}` cannot stand here"),
        (false, false) => format!("expected {expected}, found `{found}`"),
    };
    let (first, last) = if found.is_empty() {
        let end = start + text[start..limit].trim_end().len();
        (end.saturating_sub(1).max(start), end)
    } else {
        (first, last)
    };
    SyntaxError {
        message,
        span: Span { source, start: first as u32, end: last as u32 },
        related: None,
        hint: unexpected_hint(found, text, first),
    }
}

fn unexpected_hint(found: &str, text: &str, at: usize) -> Option<String> {
    let before = text[..at].trim_end();
    if found == "=" && before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return Some("arguments are named with `:`, values compared with `==`".into());
    }
    if found == "|" {
        return Some("values are piped with `|>`".into());
    }
    if RESERVED_WORDS.contains(&found) {
        return Some(format!("`{found}` is a word of the language and cannot be a name"));
    }
    if found.starts_with('(') && before.len() < at {
        return Some("the bracket of a call stands right behind the name: `f(x)`".into());
    }
    None
}

/// What pest expected, in words, the most telling first.
fn spell(rules: &[Rule]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for rule in rules {
        let word = match rule {
            Rule::expr | Rule::primary | Rule::postfix | Rule::grouped | Rule::paren | Rule::unary | Rule::piped | Rule::list
            | Rule::record | Rule::for_expr | Rule::if_expr | Rule::match_expr | Rule::scan_expr | Rule::fold_expr
            | Rule::phrase | Rule::number | Rule::text | Rule::regex | Rule::boolean | Rule::stage | Rule::minus | Rule::not_op
            | Rule::clause_value | Rule::sum | Rule::product => "an expression",
            Rule::ident | Rule::name | Rule::use_name | Rule::use_path => "a name",
            Rule::r#type | Rule::type_name | Rule::shape => "a type",
            Rule::clause => "a clause",
            Rule::body => "`{`",
            Rule::clauses => "`{ ... }`",
            Rule::parameters => "`(`",
            Rule::parameter => "a parameter",
            Rule::result | Rule::model_target => "`->`",
            Rule::argument | Rule::named_argument => "an argument",
            Rule::pattern | Rule::match_arm => "a pattern",
            Rule::level => "a level",
            Rule::kw_in => "`in`",
            Rule::kw_from => "`from`",
            Rule::kw_else => "`else`",
            Rule::step => "`{ x => ... }`",
            Rule::statement | Rule::let_stmt | Rule::output_stmt => "a statement",
            Rule::sweep_axis => "a parameter",
            _ => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(3);
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_string(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// The candidate that a misspelt word was most likely meant to be.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|c| (strsim::damerau_levenshtein(word, c), *c))
        .filter(|(distance, c)| *distance <= 1 + c.len().min(word.len()) / 4 && *distance < word.len().max(2))
        .min()
        .map(|(_, c)| c)
}

pub fn dbg_attempts(text: &str) {
    pest::set_error_detail(true);
    let r = Grammar::parse(Rule::alone, text);
    pest::set_error_detail(false);
    if let Err(e) = r { 
        let at = match e.location { InputLocation::Pos(at) => at, InputLocation::Span((at, _)) => at };
        let pos = match &e.variant { ErrorVariant::ParsingError { positives, .. } => positives.clone(), _ => vec![] };
        if let Some(a) = e.parse_attempts() { println!("     >> {at} {:?} | {:?} {:?}", pos, a.max_position, a.expected_tokens().iter().map(|t| t.to_string()).collect::<Vec<_>>()); } }
}
