//! What each word of a file is, for colours: by what it means, not by how it is spelled.

use crate::names::names_of;
use crate::snapshot::{Snapshot, Workspace};
use fascicle_lang::compile::Chapter;
use fascicle_lang::names::{Language, Occurrence, Role, SymbolKind};
use fascicle_syntax::{Lexeme, LexemeKind, SourceId, lexemes};
use std::ops::Range;

/// A stretch of text with its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The bytes, on one line.
    pub range: Range<usize>,
    /// What it is.
    pub class: TokenClass,
    /// Whether it is declared here.
    pub declares: bool,
    /// Whether it is the language's or the library's own.
    pub library: bool,
    /// Whether it is a knob of the file: a `param` or a `group`.
    pub settable: bool,
}

/// Classes of words. Their names are those that editors have colours for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenClass {
    /// A comment.
    Comment,
    /// A text in quotes.
    Text,
    /// A regular expression.
    Regex,
    /// A number.
    Number,
    /// A word that begins a declaration or a clause, or directs an expression.
    Keyword,
    /// `|>`, `+`, `->`.
    Mark,
    /// A type.
    Type,
    /// A cohort, or the library.
    Cohort,
    /// What has weights: a block, or an operator with a capital letter.
    Block,
    /// A model, a baseline.
    Model,
    /// A function: an operator without weights, a loss, an analysis, a metric.
    Function,
    /// A step, an optimizer, a source.
    Step,
    /// An input, a `let`, a `param`, an analysis.
    Value,
    /// What a block is given; an argument's name.
    Parameter,
    /// A dimension of a signature.
    Dimension,
    /// A column, a field, an output.
    Field,
    /// A class, an option, a word.
    Word,
}

impl TokenClass {
    /// All of them; a class's place is its number in the legend.
    pub const ALL: [Self; 17] = [
        Self::Comment,
        Self::Text,
        Self::Regex,
        Self::Number,
        Self::Keyword,
        Self::Mark,
        Self::Type,
        Self::Cohort,
        Self::Block,
        Self::Model,
        Self::Function,
        Self::Step,
        Self::Value,
        Self::Parameter,
        Self::Dimension,
        Self::Field,
        Self::Word,
    ];

    /// Its name in the legend: the protocol's own, so that every theme has a colour for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Text => "string",
            Self::Regex => "regexp",
            Self::Number => "number",
            Self::Keyword => "keyword",
            Self::Mark => "operator",
            Self::Type => "type",
            Self::Cohort => "namespace",
            Self::Block => "class",
            Self::Model => "struct",
            Self::Function => "function",
            Self::Step => "method",
            Self::Value => "variable",
            Self::Parameter => "parameter",
            Self::Dimension => "typeParameter",
            Self::Field => "property",
            Self::Word => "enumMember",
        }
    }
}

/// Modifiers of the legend, in the order of [`Token::modifiers`].
pub const MODIFIERS: [&str; 3] = ["declaration", "defaultLibrary", "readonly"];

impl Token {
    /// As bits, in the order of [`MODIFIERS`].
    pub fn modifiers(&self) -> u32 {
        u32::from(self.declares) | u32::from(self.library) << 1 | u32::from(self.settable) << 2
    }
}

/// Types of params, and of blocks' parameters and inputs, besides those of inputs.
const TYPES: &[&str] = &["int", "real", "bool", "text", "one_of", "block", "normal", "list", "class"];

/// The words of a file with their classes, in order; what has none keeps the colour of plain text.
pub fn tokens(snapshot: &Snapshot, workspace: &Workspace) -> Vec<Token> {
    let names = names_of(snapshot, workspace);
    let text = snapshot.text();
    let all = lexemes(text);
    let own = names.occurrences_in(SourceId::default(), 0..text.len() + 1);
    let mut occurrences = own.iter().filter(|o| o.role != Role::Comment).peekable();
    let mut found = Vec::with_capacity(all.len());
    for (at, lexeme) in all.iter().enumerate() {
        while occurrences.next_if(|o| (o.span.start as usize) < lexeme.start).is_some() {}
        let here = occurrences.peek().filter(|o| o.span.start as usize == lexeme.start);
        let token =
            |class| Token { range: lexeme.start..lexeme.end, class, declares: false, library: false, settable: false };
        let meant = here.map(|occurrence| {
            let symbol = names.symbol(occurrence.symbol);
            let library = match symbol.kind {
                SymbolKind::Language(_) => true,
                _ => symbol.declared.first().is_some_and(|span| {
                    names.sources().get(span.source).is_some_and(|s| crate::names::library_part(&s.name).is_some())
                }),
            };
            Token {
                declares: declares(occurrence),
                library,
                settable: matches!(symbol.kind, SymbolKind::Param | SymbolKind::Group),
                ..token(class(symbol.kind, &symbol.name))
            }
        });
        found.extend(meant.or_else(|| spelled(text, &all, at).map(token)));
    }
    found
}

fn declares(occurrence: &Occurrence) -> bool {
    occurrence.role == Role::Declaration
}

fn class(kind: SymbolKind, name: &str) -> TokenClass {
    match kind {
        SymbolKind::Cohort => TokenClass::Cohort,
        SymbolKind::Block => TokenClass::Block,
        SymbolKind::Model | SymbolKind::Baseline | SymbolKind::PackedModel => TokenClass::Model,
        SymbolKind::Loss => TokenClass::Function,
        SymbolKind::Param
        | SymbolKind::Input(_)
        | SymbolKind::Group
        | SymbolKind::Protocol
        | SymbolKind::Analysis
        | SymbolKind::Sweep
        | SymbolKind::Search
        | SymbolKind::Let
        | SymbolKind::Turn => TokenClass::Value,
        SymbolKind::Parameter | SymbolKind::Applied => TokenClass::Parameter,
        SymbolKind::Dimension => TokenClass::Dimension,
        SymbolKind::Output | SymbolKind::Column => TokenClass::Field,
        SymbolKind::Level | SymbolKind::Choice => TokenClass::Word,
        SymbolKind::Language(Language::Operator) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
            TokenClass::Block
        }
        SymbolKind::Language(Language::Operator | Language::Analysis) => TokenClass::Function,
        SymbolKind::Language(Language::Argument) => TokenClass::Parameter,
        SymbolKind::Language(Language::Entry(chapter)) => match chapter {
            Chapter::InputType => TokenClass::Type,
            Chapter::Clause | Chapter::CohortClause | Chapter::SearchClause => TokenClass::Keyword,
            Chapter::Function | Chapter::Metric => TokenClass::Function,
            Chapter::ScoreOption => TokenClass::Parameter,
            _ => TokenClass::Step,
        },
    }
}

/// The class of a word that names nothing, by how it is spelled and what stands around it.
fn spelled(text: &str, all: &[Lexeme], at: usize) -> Option<TokenClass> {
    let word = |at: usize| all.get(at).map_or("", |l| &text[l.start..l.end]);
    let (this, before, behind) = (word(at), word(at.wrapping_sub(1)), word(at + 1));
    Some(match all.get(at)?.kind {
        LexemeKind::Comment | LexemeKind::Doc => TokenClass::Comment,
        LexemeKind::Text => TokenClass::Text,
        LexemeKind::Regex => TokenClass::Regex,
        LexemeKind::Number => TokenClass::Number,
        LexemeKind::Operator => TokenClass::Mark,
        // `by: 0.1` and `q.in` are no keywords, and `param unit: block` is a type.
        LexemeKind::Keyword if before == "." => TokenClass::Field,
        LexemeKind::Keyword if behind == ":" && matches!(before, "(" | ",") => TokenClass::Parameter,
        LexemeKind::Keyword if before == ":" && TYPES.contains(&this) => TokenClass::Type,
        LexemeKind::Keyword => TokenClass::Keyword,
        LexemeKind::Word if matches!(before, ":" | "->") && TYPES.contains(&this) => TokenClass::Type,
        LexemeKind::Word if before == "use" && this == "std" => TokenClass::Cohort,
        LexemeKind::Word if before == "." => TokenClass::Field,
        LexemeKind::Word if matches!(this, "with" | "against" | "without" | "over" | "as") => TokenClass::Keyword,
        _ => return None,
    })
}
