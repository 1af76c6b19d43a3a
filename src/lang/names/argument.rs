//! The words of what is written with entries of the reference: sources, steps, clauses, metrics; and those that name columns.

use super::expression::children;
use super::resolve::Resolver;
use super::{Language, Role, SymbolId, SymbolKind};
use crate::compile::{Chapter, EntryParameter, analyses, find_entry};
use fascicle_syntax::{Argument, BinaryOp, Expr, ExprKind, Span};

/// Subsets of people: `people.test` is none of its columns.
pub(super) const SUBSETS: &[&str] = &["train", "training", "validation", "test", "holdout", "unseen", "all"];

/// Arguments of entries that name columns, with whether an input may stand for its column.
const COLUMNS: &[(Chapter, &str, &str, bool)] = &[
    (Chapter::Protocol, "kfold", "stratify", true),
    (Chapter::Protocol, "kfold", "group", true),
    (Chapter::Protocol, "holdout", "stratify", true),
    (Chapter::Protocol, "holdout", "group", true),
    (Chapter::Protocol, "leave_out", "stratify", true),
    (Chapter::Protocol, "leave_out", "column", true),
    (Chapter::ColumnStep, "combat", "by", false),
    (Chapter::ColumnStep, "combat", "keep", false),
    (Chapter::ColumnStep, "residualize", "on", false),
    (Chapter::Missing, "mean", "flags", false),
    (Chapter::Missing, "iterative", "flags", false),
    (Chapter::Sampling, "balanced", "by", true),
];

/// Whether an argument of an entry names columns.
pub(super) fn takes_columns(chapter: Chapter, entry: &str, argument: &str) -> bool {
    COLUMNS.iter().any(|(c, e, p, _)| (*c, *e, *p) == (chapter, entry, argument))
}

impl Resolver {
    /// An entry of a chapter, alone or called: `auc`, `kfold(5, stratify: [sex])`, `if a { x } else { y }`.
    pub(super) fn entry(&mut self, chapter: Chapter, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => match find_entry(chapter, name) {
                Some(_) => {
                    self.language(Language::Entry(chapter), name, expr.span, None);
                }
                None => self.value(expr),
            },
            ExprKind::Call { callee, arguments } => {
                let ExprKind::Name(name) = &callee.kind else { return self.value(expr) };
                let Some(entry) = find_entry(chapter, name) else { return self.value(expr) };
                let id = self.language(Language::Entry(chapter), name, callee.span, None);
                let mut positional = entry.parameters.iter().filter(|p| !p.by_name);
                for argument in arguments {
                    let parameter = match &argument.name {
                        Some(name) => {
                            let views = chapter == Chapter::ImageStep && entry.name == "views";
                            if !views || name.text == "average" {
                                self.language(Language::Argument, &name.text, name.span, Some(id));
                            }
                            Some(name.text.as_str())
                        }
                        None => positional.next().map(|p| p.name),
                    };
                    let parameter = parameter.unwrap_or("");
                    let takes = entry.parameters.iter().find(|p| p.name == parameter).map(EntryParameter::accepts);
                    if !takes.is_some_and(|takes| self.is_word_of(&takes, &argument.value)) {
                        self.entry_argument(chapter, entry.name, parameter, &argument.value);
                    }
                }
            }
            ExprKind::If { condition, then, otherwise } => {
                self.value(condition);
                for body in [Some(then), otherwise.as_ref()].into_iter().flatten() {
                    body.result.iter().for_each(|chosen| self.entry(chapter, chosen));
                }
            }
            ExprKind::Match { scrutinee, arms } => {
                self.patterns(scrutinee, arms);
                arms.iter().for_each(|arm| self.entry(chapter, &arm.value));
            }
            ExprKind::Binary { op: BinaryOp::By, left, .. } => self.entry(chapter, left),
            _ => self.value(expr),
        }
    }

    fn entry_argument(&mut self, chapter: Chapter, entry: &str, parameter: &str, value: &Expr) {
        let column = COLUMNS.iter().find(|(c, e, p, _)| (*c, *e, *p) == (chapter, entry, parameter));
        match (column, entry, parameter) {
            (Some((.., inputs)), ..) => match &value.kind {
                ExprKind::List(items) => items.iter().for_each(|item| self.column(item, *inputs)),
                _ => self.column(value, *inputs),
            },
            (None, "onehot", "levels") | (None, "combat", "reference") => self.levels(value),
            (None, "views", name) if name != "average" => self.entry(Chapter::ImageStep, value),
            _ => self.value(value),
        }
    }

    /// Whether an argument is one of the words that its parameter takes, told between backquotes: such a word comes before what a file
    /// declares under its name, unless that is a param.
    pub(super) fn is_word_of(&self, takes: &str, value: &Expr) -> bool {
        let ExprKind::Name(name) = &value.kind else { return false };
        let told = takes.split('`').skip(1).step_by(2).any(|word| word == name);
        let kind = self.local(name).or_else(|| self.known(name)).map(|id| self.names.symbol(id).kind);
        told && !matches!(kind, Some(SymbolKind::Param | SymbolKind::Parameter))
    }

    /// Levels of a column: a param's value, a class of the file, or a word of the table.
    fn levels(&mut self, value: &Expr) {
        match &value.kind {
            ExprKind::List(items) => items.iter().for_each(|item| self.levels(item)),
            ExprKind::Name(_) => self.value_unless_input(value),
            _ => {}
        }
    }

    /// A word that stands for a value of a table: a param or a class, never an input or a block.
    fn value_unless_input(&mut self, value: &Expr) {
        let ExprKind::Name(name) = &value.kind else { return self.value(value) };
        let id = self.known(name);
        match id.map(|id| self.names.symbol(id).kind) {
            Some(SymbolKind::Param) | None => self.value(value),
            _ => {}
        }
    }

    /// How an input is read: `c.image(..) |> zscore`, `columns(age |> standardize) |> ..`.
    pub(super) fn input_source(&mut self, expr: &Expr) {
        if let ExprKind::Pipe { input, stage } = &expr.kind {
            self.input_source(input);
            self.entry(if reads_image(input) { Chapter::ImageStep } else { Chapter::ColumnStep }, stage);
            return;
        }
        let ExprKind::Call { callee, arguments } = &expr.kind else { return self.value(expr) };
        let (word, span) = match &callee.kind {
            ExprKind::Name(name) => (name.as_str(), callee.span),
            ExprKind::Field { of, name } => {
                self.value(of);
                (name.text.as_str(), name.span)
            }
            _ => return self.value(expr),
        };
        if find_entry(Chapter::InputSource, word).is_some() {
            self.language(Language::Entry(Chapter::InputSource), word, span, None);
        }
        self.source_arguments(word, arguments);
    }

    /// The arguments of `columns`, `column`, `image`.
    pub(super) fn source_arguments(&mut self, source: &str, arguments: &[Argument]) {
        for argument in arguments {
            match (source, argument.name.as_ref().map(|name| name.text.as_str())) {
                ("columns", Some("missing")) => self.entry(Chapter::Missing, &argument.value),
                ("columns", None) => self.selection(&argument.value),
                ("column", None) => self.column(&argument.value, false),
                _ => self.value(&argument.value),
            }
        }
    }

    /// `[age |> log, education] |> standardize`
    fn selection(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Pipe { input, stage } => {
                self.selection(input);
                self.entry(Chapter::ColumnStep, stage);
            }
            ExprKind::List(items) => items.iter().for_each(|item| self.selection(item)),
            _ => self.column(expr, false),
        }
    }

    /// The name of a column: a param's words, an input's column where that may stand there, or a column of the table.
    pub(super) fn column(&mut self, expr: &Expr, inputs: bool) {
        match &expr.kind {
            ExprKind::Name(name) => {
                let stands = |id: &SymbolId| match self.names.symbol(*id).kind {
                    SymbolKind::Param => true,
                    SymbolKind::Input(_) => inputs && self.is_one_column(*id),
                    _ => false,
                };
                let declared: Option<SymbolId> = self.known(name).filter(stands);
                let id = declared.unwrap_or_else(|| self.column_symbol(name));
                self.names.occurs(expr.span, id, Role::Use);
            }
            ExprKind::Pipe { input, stage } => {
                self.column(input, inputs);
                self.entry(Chapter::ColumnStep, stage);
            }
            // Between the quotes, where nothing is escaped.
            ExprKind::Text(name) if expr.span.range().len() == name.len() + 2 => {
                let id = self.column_symbol(name);
                let span = Span { start: expr.span.start + 1, end: expr.span.end - 1, ..expr.span };
                self.names.occurs(span, id, Role::Use);
            }
            ExprKind::Text(_) | ExprKind::Regex(_) => {}
            _ => self.value(expr),
        }
    }

    /// A condition on columns, or a column alone.
    pub(super) fn condition(&mut self, expr: &Expr, inputs: bool) {
        match &expr.kind {
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                self.condition(left, inputs);
                self.condition(right, inputs);
            }
            ExprKind::Not(inner) => self.condition(inner, inputs),
            ExprKind::Binary { left, right, .. } => {
                self.column(left, inputs);
                match &right.kind {
                    ExprKind::List(items) => items.iter().for_each(|item| self.value_unless_input(item)),
                    _ => self.value_unless_input(right),
                }
            }
            ExprKind::Name(word) if word == "everybody" => {}
            ExprKind::Name(_) => self.column(expr, inputs),
            ExprKind::If { condition, then, otherwise } => {
                self.value(condition);
                for body in [Some(then), otherwise.as_ref()].into_iter().flatten() {
                    body.result.iter().for_each(|chosen| self.condition(chosen, inputs));
                }
            }
            ExprKind::Match { scrutinee, arms } => {
                self.patterns(scrutinee, arms);
                arms.iter().for_each(|arm| self.condition(&arm.value, inputs));
            }
            _ => self.value(expr),
        }
    }

    /// `analysis a = f(..)`, or one for each turn of a loop.
    pub(super) fn analysis(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call { callee, arguments } => {
                let ExprKind::Name(name) = &callee.kind else { return self.value(expr) };
                let Some(known) = analyses().find(|known| known.name == name) else { return self.value(expr) };
                let id = self.language(Language::Analysis, name, callee.span, None);
                for argument in arguments {
                    if let Some(name) = &argument.name {
                        self.language(Language::Argument, &name.text, name.span, Some(id));
                    }
                    let named = |name: &fascicle_syntax::Name| known.parameters.iter().find(|p| p.name == name.text);
                    let takes = argument.name.as_ref().and_then(named).map_or("", |p| p.takes.as_str());
                    // `groups` may be words, too, but what a file declares comes before those.
                    if !(takes.starts_with('`') && self.is_word_of(takes, &argument.value)) {
                        self.value(&argument.value);
                    }
                }
            }
            ExprKind::For { body, .. } if body.statements.is_empty() => {
                // The names of the loop are bound as in any; its body is the call.
                self.looped_analysis(expr);
            }
            _ => children(expr).into_iter().for_each(|child| self.value(child)),
        }
    }
}

/// Whether an input is read as an image.
fn reads_image(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Pipe { input, .. } => reads_image(input),
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Name(name) => name == "image",
            ExprKind::Field { name, .. } => name.text == "image",
            _ => false,
        },
        _ => false,
    }
}
