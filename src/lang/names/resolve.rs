//! Every declaration of every file, word by word.

use super::declared::Files;
use super::{Language, Names, Role, Symbol, SymbolId, SymbolKind};
use crate::compile::Chapter;
use fascicle_syntax::{
    Clause, ClauseValue, Declaration, DeclarationKind, Expr, ExprKind, Lexeme, LexemeKind, Name, SourceId, Span,
    SweepAxis, Type, TypeKind, lexemes,
};
use indexmap::IndexMap;

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

/// Resolves all words of all files.
pub(super) fn resolve(files: &mut Files) {
    let parsed = std::mem::take(&mut files.parsed);
    let broken = std::mem::take(&mut files.broken);
    let mut resolver = Resolver {
        names: std::mem::take(&mut files.names),
        by_place: std::mem::take(&mut files.by_place),
        of_one_column: std::mem::take(&mut files.of_one_column),
        source: SourceId::default(),
        scope: 0,
        locals: Vec::new(),
        columns: IndexMap::new(),
        language: IndexMap::new(),
    };
    for (at, file) in parsed.iter().enumerate() {
        resolver.source = SourceId(at as u16);
        resolver.scope = resolver.names.scope_of[at];
        for declaration in &file.declarations {
            resolver.locals.clear();
            resolver.declaration(declaration);
        }
        resolver.comments();
    }
    for one in &broken {
        resolver.source = one.span.source;
        resolver.scope = resolver.names.scope_of[usize::from(one.span.source.0)];
        resolver.locals.clear();
        resolver.broken(one);
    }
    files.names = resolver.names;
    files.names.files = parsed;
    files.names.broken = broken.iter().map(|one| one.span).collect();
}

pub(super) struct Resolver {
    pub names: Names,
    by_place: IndexMap<Span, SymbolId>,
    of_one_column: Vec<SymbolId>,
    source: SourceId,
    pub scope: usize,
    /// Names bound around, the innermost last.
    pub locals: Vec<(String, SymbolId)>,
    columns: IndexMap<(usize, String), SymbolId>,
    language: IndexMap<(String, Option<SymbolId>, &'static str), SymbolId>,
}

impl Resolver {
    fn declaration(&mut self, declaration: &Declaration) {
        match &declaration.kind {
            DeclarationKind::Use(_) => {}
            DeclarationKind::Extends { without, .. } => {
                for name in without {
                    self.global(name, Role::Import);
                }
            }
            DeclarationKind::UseModel { file, .. } => self.value(file),
            DeclarationKind::Param { name, ty, default } => {
                let param = self.by_place.get(&name.span).copied();
                self.ty(ty);
                self.choice_or_value(param, default);
            }
            DeclarationKind::Cohort { source, clauses, .. } => {
                self.entry(Chapter::CohortSource, source);
                clauses.iter().for_each(|clause| self.cohort_clause(clause));
            }
            DeclarationKind::Input { ty, source, .. } => {
                self.ty(ty);
                self.input_source(source);
            }
            DeclarationKind::Group { members, .. } => self.value(members),
            DeclarationKind::Block(block) => {
                let owner = self.by_place.get(&block.name.span).copied();
                self.enter(owner);
                for parameter in &block.parameters {
                    self.parameter(parameter);
                }
                for input in &block.inputs {
                    if let Some(ty) = &input.ty {
                        self.signature(ty, owner, declaration.span);
                    }
                    input.default.iter().for_each(|default| self.value(default));
                }
                if let Some(ty) = &block.result {
                    self.signature(ty, owner, declaration.span);
                }
                self.body(&block.body, None);
            }
            DeclarationKind::Loss { name, parameters, body } => {
                let owner = self.by_place.get(&name.span).copied();
                self.enter(owner);
                for parameter in parameters {
                    self.parameter(parameter);
                }
                self.body(body, None);
            }
            DeclarationKind::Model { name, inputs, target, body } => {
                let owner = self.by_place.get(&name.span).copied();
                inputs.iter().for_each(|input| self.value(input));
                target.iter().for_each(|target| self.global(target, Role::Use));
                self.body(body, owner);
            }
            DeclarationKind::Baseline { inputs, target, on, method, .. } => {
                inputs.iter().for_each(|input| self.value(input));
                self.global(target, Role::Use);
                on.iter().for_each(|cohort| self.global(cohort, Role::Use));
                self.entry(Chapter::Baseline, method);
            }
            DeclarationKind::Train { model, on, clauses } => {
                self.global(model, Role::Use);
                on.iter().for_each(|cohort| self.global(cohort, Role::Use));
                clauses.iter().for_each(|clause| self.stage_clause(clause));
            }
            DeclarationKind::Protocol { scheme, .. } => self.entry(Chapter::Protocol, scheme),
            DeclarationKind::Ensemble { model, arguments, .. } => {
                self.global(model, Role::Use);
                for argument in arguments {
                    match argument.name.as_ref().map(|name| name.text.as_str()) {
                        Some("by") => self.entry(Chapter::Metric, &argument.value),
                        _ => self.value(&argument.value),
                    }
                }
            }
            DeclarationKind::Score { of, on, items } => {
                of.iter().for_each(|of| self.value(of));
                on.iter().for_each(|on| self.global(on, Role::Use));
                for item in items {
                    match &item.name {
                        None => self.entry(Chapter::Metric, &item.value),
                        Some(name) => {
                            self.language(Language::Entry(Chapter::ScoreOption), &name.text, name.span, None);
                            match name.text.as_str() {
                                "within" => self.condition(&item.value, true),
                                "each" => {}
                                _ => self.value(&item.value),
                            }
                        }
                    }
                }
            }
            DeclarationKind::Compare { of, against, on, items } => {
                of.iter().chain(against).for_each(|of| self.value(of));
                on.iter().for_each(|on| self.global(on, Role::Use));
                items.iter().for_each(|item| self.entry(Chapter::Metric, &item.value));
            }
            DeclarationKind::Analysis { calls, .. } => calls.iter().for_each(|call| self.analysis(call)),
            DeclarationKind::Sweep { axes, clauses, .. } => {
                let params = self.axes(axes);
                clauses.iter().for_each(|clause| self.sweep_clause(clause, &params));
            }
            DeclarationKind::Search { axes, clauses, .. } => {
                self.axes(axes);
                clauses.iter().for_each(|clause| self.search_clause(clause));
            }
        }
    }

    /// The parameters of a block or loss can be named in it.
    fn enter(&mut self, owner: Option<SymbolId>) {
        let Some(owner) = owner else { return };
        let bound = |kind| matches!(kind, SymbolKind::Parameter | SymbolKind::Applied);
        let source = self.source;
        let own = |symbol: &Symbol| symbol.declared.iter().any(|d| d.source == source);
        let members = self.names.members(owner).filter(|(_, s)| bound(s.kind) && own(s));
        let members: Vec<_> = members.map(|(id, s)| (s.name.clone(), id)).collect();
        self.locals.extend(members);
    }

    fn parameter(&mut self, parameter: &fascicle_syntax::Parameter) {
        let id = self.by_place.get(&parameter.name.span).copied();
        if let Some(default) = &parameter.default {
            self.choice_or_value(id, default);
        }
    }

    /// The words of a type that are not its own: dimensions.
    fn ty(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::Shape(shape) => shape.iter().for_each(|d| self.value(d)),
            TypeKind::Named { name, shape, .. } => {
                if crate::compile::find_entry(Chapter::InputType, &name.text).is_some() {
                    self.language(Language::Entry(Chapter::InputType), &name.text, name.span, None);
                }
                shape.iter().flatten().for_each(|d| self.value(d));
            }
        }
    }

    /// A type of a block's signature: a name that nobody declared is a dimension, to be solved.
    fn signature(&mut self, ty: &Type, owner: Option<SymbolId>, within: Span) {
        let shape = match &ty.kind {
            TypeKind::Shape(shape) => shape,
            TypeKind::Named { shape: Some(shape), .. } => shape,
            TypeKind::Named { shape: None, .. } => return,
        };
        for dimension in shape {
            self.dimension(dimension, owner, within);
        }
    }

    fn dimension(&mut self, expr: &Expr, owner: Option<SymbolId>, within: Span) {
        match &expr.kind {
            ExprKind::Name(name) if name == "_" => {}
            ExprKind::Name(name) => {
                let param = |id: &SymbolId| self.names.symbol(*id).kind == SymbolKind::Param;
                let known = self.local(name).or_else(|| self.known(name).filter(param));
                match known {
                    Some(id) => self.names.occurs(expr.span, id, Role::Use),
                    None => {
                        let id = self.names.add(Symbol {
                            name: name.clone(),
                            kind: SymbolKind::Dimension,
                            declared: vec![expr.span],
                            extent: None,
                            owner,
                            within: Some(within),
                            doc: String::new(),
                            whole: true,
                        });
                        self.names.occurs(expr.span, id, Role::Declaration);
                        self.locals.push((name.clone(), id));
                    }
                }
            }
            ExprKind::Binary { left, right, .. } => {
                self.dimension(left, owner, within);
                self.dimension(right, owner, within);
            }
            ExprKind::Negate(inner) => self.dimension(inner, owner, within),
            _ => self.value(expr),
        }
    }

    fn cohort_clause(&mut self, clause: &Clause) {
        let word = &clause.word;
        self.clause_word(Chapter::CohortClause, word);
        for ClauseValue { value, links } in &clause.values {
            match word.text.as_str() {
                "subject" => self.column(value, false),
                "keep" => self.condition(value, false),
                "rename" => {
                    if let ExprKind::Name(name) = &value.kind {
                        let id = self.column_symbol(name);
                        self.names.symbols[id.0 as usize].declared.push(value.span);
                        self.names.occurs(value.span, id, Role::Declaration);
                    }
                    continue;
                }
                _ => self.value(value),
            }
            links.iter().for_each(|(_, linked)| self.value(linked));
        }
    }

    fn clause_word(&mut self, chapter: Chapter, word: &Name) {
        if crate::compile::find_entry(chapter, &word.text).is_some() {
            self.language(Language::Entry(chapter), &word.text, word.span, None);
        }
    }

    fn stage_clause(&mut self, clause: &Clause) {
        self.clause_word(Chapter::Clause, &clause.word);
        for ClauseValue { value, links } in &clause.values {
            match clause.word.text.as_str() {
                "optimizer" => self.entry(Chapter::Optimizer, value),
                "schedule" => self.entry(Chapter::Schedule, value),
                "augment" => self.entry(Chapter::Augmentation, value),
                "sample" => self.entry(Chapter::Sampling, value),
                "stop" => self.entry(Chapter::Stop, value),
                "keep" => self.kept(value),
                "within" => self.condition(value, false),
                "init" | "freeze" => self.module_path(value),
                _ => self.value(value),
            }
            for (word, linked) in links {
                match (clause.word.text.as_str(), word.text.as_str()) {
                    ("init", "from") => self.module_path(linked),
                    _ => self.value(linked),
                }
            }
        }
    }

    /// `keep best auc`: the metric is the last of its words.
    fn kept(&mut self, value: &Expr) {
        match &value.kind {
            ExprKind::Phrase(words) => {
                for word in words {
                    if crate::compile::find_entry(Chapter::Metric, &word.text).is_some() {
                        self.language(Language::Entry(Chapter::Metric), &word.text, word.span, None);
                    }
                }
            }
            _ => self.value(value),
        }
    }

    /// What is swept: the params and groups, and their values.
    fn axes(&mut self, axes: &[SweepAxis]) -> Vec<SymbolId> {
        let mut all = Vec::new();
        for axis in axes {
            let params: Vec<Option<SymbolId>> = axis.names.iter().map(|name| self.known(&name.text)).collect();
            for (name, param) in axis.names.iter().zip(&params) {
                if let Some(param) = param {
                    self.names.occurs(name.span, *param, Role::Setting);
                }
            }
            if let Some(values) = &axis.values {
                match (&values.kind, params.as_slice()) {
                    (ExprKind::List(items), [one]) => items.iter().for_each(|item| self.choice_or_value(*one, item)),
                    (ExprKind::List(rows), several) => {
                        for row in rows {
                            match &row.kind {
                                ExprKind::List(items) => {
                                    for (item, param) in items.iter().zip(several) {
                                        self.choice_or_value(*param, item);
                                    }
                                }
                                _ => self.value(row),
                            }
                        }
                    }
                    _ => self.value(values),
                }
            }
            all.extend(params.into_iter().flatten());
        }
        all
    }

    fn sweep_clause(&mut self, clause: &Clause, params: &[SymbolId]) {
        for ClauseValue { value, links } in &clause.values {
            self.entry(Chapter::Metric, value);
            for (word, linked) in links {
                if word.text != "against" {
                    continue;
                }
                let items = match &linked.kind {
                    ExprKind::List(items) => items.as_slice(),
                    _ => std::slice::from_ref(linked),
                };
                for item in items {
                    let ExprKind::Name(name) = &item.kind else { continue };
                    let choice = params.iter().find_map(|param| self.choice(*param, name));
                    match choice {
                        Some(choice) => self.names.occurs(item.span, choice, Role::Use),
                        None => self.value(item),
                    }
                }
            }
        }
    }

    fn search_clause(&mut self, clause: &Clause) {
        self.clause_word(Chapter::SearchClause, &clause.word);
        for ClauseValue { value, links } in &clause.values {
            match clause.word.text.as_str() {
                "choose" => self.chosen_by(value),
                "sampler" => self.entry(Chapter::SearchSampler, value),
                "prune" => self.entry(Chapter::SearchPruning, value),
                _ => self.value(value),
            }
            links.iter().for_each(|(_, linked)| self.value(linked));
        }
    }

    /// `choose mae of m`: the metric is the first of the words, the model the last.
    fn chosen_by(&mut self, value: &Expr) {
        if let ExprKind::Phrase(words) = &value.kind
            && let Some(first) =
                words.first().filter(|w| crate::compile::find_entry(Chapter::Metric, &w.text).is_some())
        {
            self.language(Language::Entry(Chapter::Metric), &first.text, first.span, None);
            words[1..].iter().for_each(|word| self.global(word, Role::Use));
            return;
        }
        self.entry(Chapter::Metric, value);
    }

    /// `--set width=32` in a comment names a param.
    fn comments(&mut self) {
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
    fn broken(&mut self, broken: &Broken) {
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

    /// A name of the file, or one that it takes.
    pub(super) fn known(&self, name: &str) -> Option<SymbolId> {
        super::scope::resolve(&self.names.scopes, self.scope, name)
    }

    /// A name that is bound around.
    pub(super) fn local(&self, name: &str) -> Option<SymbolId> {
        self.locals.iter().rev().find(|(known, _)| known == name).map(|(_, id)| *id)
    }

    pub(super) fn global(&mut self, name: &Name, role: Role) {
        if let Some(id) = self.known(&name.text) {
            self.names.occurs(name.span, id, role);
        }
    }

    /// Whether a symbol is an input that is one column.
    pub(super) fn is_one_column(&self, id: SymbolId) -> bool {
        self.of_one_column.contains(&id)
    }

    /// The symbol that is declared at a place.
    pub(super) fn declared_at(&self, span: Span) -> Option<SymbolId> {
        self.by_place.get(&span).copied()
    }

    /// The column of this name: one of all tables that a file reads.
    pub(super) fn column_symbol(&mut self, name: &str) -> SymbolId {
        let key = (self.scope, name.to_owned());
        if let Some(known) = self.columns.get(&key) {
            return *known;
        }
        let id = self.names.add(undeclared(name, SymbolKind::Column, None));
        self.columns.insert(key, id);
        id
    }

    /// A word of the language at a place.
    pub(super) fn language(&mut self, table: Language, name: &str, span: Span, owner: Option<SymbolId>) -> SymbolId {
        let kind = SymbolKind::Language(table);
        let key = (name.to_owned(), owner, kind.describe());
        let id = match self.language.get(&key) {
            Some(known) => *known,
            None => {
                let id = self.names.add(undeclared(name, kind, owner));
                self.language.insert(key, id);
                id
            }
        };
        self.names.occurs(span, id, Role::Use);
        id
    }
}

fn undeclared(name: &str, kind: SymbolKind, owner: Option<SymbolId>) -> Symbol {
    Symbol {
        name: name.to_owned(),
        kind,
        declared: Vec::new(),
        extent: None,
        owner,
        within: None,
        doc: String::new(),
        whole: true,
    }
}
