//! What stands before the caret, read from words alone: which declaration, clause, brackets and argument, so that it is known in a
//! half typed text too.
//!
//! ```text
//!  train m {                      declaration `train`
//!    optimizer Adam(lr: 1e-3, |   clause `optimizer`, in a call of `Adam` whose `lr` is given, at its second argument
//! ```

use fascicle_syntax::{DECLARATION_WORDS, Lexeme, LexemeKind, lexemes};
use std::ops::Range;

/// What stands before the caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The word under the caret, up to it: what is to be completed.
    pub word: Range<usize>,
    /// Where that word ends.
    pub word_end: usize,
    /// Where the caret stands within a comment or a text in quotes.
    pub quoted: Option<Quoted>,
    /// The keyword of the declaration, and where it begins; `None` where a new one begins.
    pub declaration: Option<(String, usize)>,
    /// The name behind the keyword.
    pub declared: Option<String>,
    /// The brackets that are open, the outermost first.
    pub open: Vec<Open>,
    /// The clause of the declaration's braces, where the caret stands in one.
    pub clause: Option<Clause>,
    /// The words before the one under the caret, the nearest last.
    pub before: Vec<(Range<usize>, LexemeKind)>,
}

/// Text that is not the language's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoted {
    /// A comment.
    Comment,
    /// A text; where it begins.
    Text(usize),
    /// A regular expression.
    Regex,
}

/// A bracket that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Where it stands.
    pub at: usize,
    /// `(`, `[` or `{`.
    pub bracket: char,
    /// The name of what is called, and where it stands, if the bracket is that of a call.
    pub callee: Option<(String, Range<usize>)>,
    /// Whether a `|>` stands before what is called.
    pub piped: bool,
    /// The names of the arguments before this one.
    pub given: Vec<String>,
    /// How many arguments without a name stand before this one.
    pub position: usize,
    /// The name of the argument around the caret, where it has one.
    pub argument: Option<String>,
    /// Whether nothing of the argument stands yet but the word under the caret.
    pub fresh: bool,
}

/// A clause of a declaration's braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its word; empty where the word under the caret is that of a new clause.
    pub word: String,
    /// The words of the clauses before.
    pub given: Vec<String>,
    /// Whether a new clause may begin here.
    pub may_begin: bool,
}

/// Declarations whose braces hold clauses.
const OF_CLAUSES: [&str; 4] = ["cohort", "train", "sweep", "search"];

impl Context {
    /// What stands before a place.
    pub fn at(text: &str, at: usize) -> Self {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let all = lexemes(text);
        let is_word = |l: &Lexeme| {
            matches!(l.kind, LexemeKind::Word | LexemeKind::Capital | LexemeKind::Keyword | LexemeKind::Number)
        };
        let under = all.iter().find(|l| l.start < at && at <= l.end && is_word(l));
        let under = under.filter(|l| l.kind != LexemeKind::Number);
        let word = under.map_or(at..at, |l| l.start..at);
        let word_end = under.map_or(at, |l| l.end);
        let quoted = all.iter().find_map(|l| match l.kind {
            LexemeKind::Comment | LexemeKind::Doc if l.start < at && at <= l.end => Some(Quoted::Comment),
            // A text that is not closed yet is one character: the rest of its line is what is being typed.
            LexemeKind::Text
                if l.start < at && (at < l.end || l.end == l.start + 1 && !text[l.end..at].contains('\n')) =>
            {
                Some(Quoted::Text(l.start))
            }
            LexemeKind::Regex if l.start < at && at < l.end => Some(Quoted::Regex),
            _ => None,
        });
        let before: Vec<Lexeme> = all
            .iter()
            .take_while(|l| l.end <= word.start)
            .filter(|l| !matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc))
            .copied()
            .collect();
        let begins =
            |l: &Lexeme| l.start == 0 || text.as_bytes().get(l.start - 1).is_some_and(|b| matches!(b, b'\n' | b'\r'));
        let spelled = |l: &Lexeme| &text[l.start..l.end];
        let starts = |l: &Lexeme| begins(l) && l.kind == LexemeKind::Keyword && DECLARATION_WORDS.contains(&spelled(l));
        let first = before.iter().rposition(starts);
        let within: &[Lexeme] = first.map_or(&[], |first| &before[first..]);
        let mut context = Self {
            word: word.clone(),
            word_end,
            quoted,
            declaration: first.map(|first| (spelled(&before[first]).to_owned(), before[first].start)),
            declared: within
                .get(1)
                .filter(|l| matches!(l.kind, LexemeKind::Word | LexemeKind::Capital))
                .map(|l| spelled(l).to_owned()),
            open: brackets(text, within),
            clause: None,
            before: within.iter().map(|l| (l.start..l.end, l.kind)).collect(),
        };
        // At the very start of a line a new declaration begins: what goes on with the one before is set in, and a bracket that was
        // left open is no reason to go on.
        let line_start = word.start == 0 || matches!(text.as_bytes().get(word.start - 1), Some(b'\n' | b'\r'));
        if line_start {
            context.declaration = None;
            context.declared = None;
            context.open.clear();
            context.before.clear();
        }
        context.clause = context.clause_of(text, within);
        context
    }

    /// The word so many places before the caret's, from 0; empty where there is none.
    pub fn back<'t>(&self, text: &'t str, places: usize) -> &'t str {
        let at = self.before.len().checked_sub(places + 1);
        at.and_then(|at| self.before.get(at)).and_then(|(range, _)| text.get(range.clone())).unwrap_or("")
    }

    /// The keyword of the declaration; empty where a new one begins.
    pub fn keyword(&self) -> &str {
        self.declaration.as_ref().map_or("", |(word, _)| word.as_str())
    }

    /// The innermost bracket, where it is that of a call.
    pub fn innermost_call(&self) -> Option<&Open> {
        self.open.last().filter(|open| open.callee.is_some())
    }

    /// The clause around the caret, where the declaration has clauses and the caret stands in its braces.
    fn clause_of(&self, text: &str, within: &[Lexeme]) -> Option<Clause> {
        let braces = self.open.first().filter(|open| open.bracket == '{' && OF_CLAUSES.contains(&self.keyword()))?;
        let words: Vec<&Lexeme> = within.iter().filter(|l| l.start > braces.at).collect();
        let mut clause = Clause { word: String::new(), given: Vec::new(), may_begin: true };
        let mut depth = 0;
        let mut previous: Option<&Lexeme> = None;
        for (at, lexeme) in words.iter().enumerate() {
            let spelled = &text[lexeme.start..lexeme.end];
            if depth == 0 {
                let new_line = previous.is_none_or(|p| text[p.end..lexeme.start].contains('\n'));
                let behind_comma = previous.is_some_and(|p| &text[p.start..p.end] == ",");
                let leads = previous.is_some_and(|p| leads_on(&text[p.start..p.end]));
                let is_name = matches!(lexeme.kind, LexemeKind::Word | LexemeKind::Keyword | LexemeKind::Capital);
                let next = words.get(at + 1).map_or("", |l| &text[l.start..l.end]);
                // `batch 32, epochs 10`: a word and, on the same line, a value.
                let valued = !next.is_empty() && !matches!(next, "(" | "," | "." | "[" | "|>" | ":" | ")");
                let begins = previous.is_none()
                    || new_line && !leads && !behind_comma && !continues(spelled)
                    || behind_comma && valued;
                if is_name && begins {
                    if !clause.word.is_empty() {
                        clause.given.push(std::mem::take(&mut clause.word));
                    }
                    clause.word = spelled.to_owned();
                }
            }
            match spelled {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            previous = Some(lexeme);
        }
        let last = previous.map_or("{", |p| &text[p.start..p.end]);
        let gap = previous.map_or("\n", |p| text.get(p.end..self.word.start).unwrap_or(""));
        let inside = self.open.len() > 1;
        let new_line = gap.contains('\n') && !leads_on(last);
        clause.may_begin = !inside && (clause.word.is_empty() || new_line || last == ",");
        if !inside && new_line && last != "," && !clause.word.is_empty() {
            clause.given.push(std::mem::take(&mut clause.word));
        }
        Some(clause)
    }
}

/// Whether what follows a word, on the next line, still belongs to what stands before it.
fn leads_on(word: &str) -> bool {
    matches!(
        word,
        "|>" | "+"
            | "-"
            | "*"
            | "/"
            | "="
            | "=="
            | "("
            | "["
            | ":"
            | ","
            | "and"
            | "or"
            | "not"
            | "in"
            | "from"
            | "with"
            | "against"
            | "on"
            | "of"
            | "by"
    )
}

/// Whether a line that begins so goes on with the one before.
fn continues(word: &str) -> bool {
    matches!(word, "and" | "or" | "with" | "against" | "from" | "on" | "of" | "by" | "in")
}

/// The brackets that are open behind these words.
fn brackets(text: &str, words: &[Lexeme]) -> Vec<Open> {
    let mut open: Vec<Open> = Vec::new();
    let spelled = |at: usize| words.get(at).map_or("", |l| &text[l.start..l.end]);
    for (at, lexeme) in words.iter().enumerate() {
        let this = spelled(at);
        match this {
            "(" | "[" | "{" if lexeme.kind == LexemeKind::Bracket => {
                // The second word is what a declaration declares: `model m(` is no call.
                let callee = at.checked_sub(1).filter(|before| *before != 1).filter(|before| {
                    let before = &words[*before];
                    this == "("
                        && before.end == lexeme.start
                        && matches!(before.kind, LexemeKind::Word | LexemeKind::Capital | LexemeKind::Keyword)
                });
                let piped = callee.is_some_and(|callee| callee > 0 && spelled(callee - 1) == "|>");
                open.push(Open {
                    at: lexeme.start,
                    bracket: this.chars().next().unwrap_or('('),
                    callee: callee.map(|c| (spelled(c).to_owned(), words[c].start..words[c].end)),
                    piped,
                    given: Vec::new(),
                    position: 0,
                    argument: None,
                    fresh: true,
                });
            }
            ")" | "]" | "}" if lexeme.kind == LexemeKind::Bracket => {
                let opens = match this {
                    ")" => '(',
                    "]" => '[',
                    _ => '{',
                };
                if let Some(found) = open.iter().rposition(|o| o.bracket == opens) {
                    open.truncate(found);
                }
                if let Some(around) = open.last_mut() {
                    around.fresh = false;
                }
            }
            "," => {
                if let Some(around) = open.last_mut() {
                    match around.argument.take() {
                        Some(name) => around.given.push(name),
                        None => around.position += 1,
                    }
                    around.fresh = true;
                }
            }
            _ => {
                if let Some(around) = open.last_mut() {
                    let named = around.bracket == '(' && around.fresh && spelled(at + 1) == ":";
                    if named {
                        around.argument = Some(this.to_owned());
                    } else {
                        around.fresh = false;
                    }
                }
            }
        }
    }
    open
}
