//! Every declaration of every file, word by word.

use super::declared::Files;
use super::{Language, Names, Role, Symbol, SymbolId, SymbolKind};
use crate::compile::Chapter;
use fascicle_syntax::{Declaration, DeclarationKind, Expr, ExprKind, Name, SourceId, Span, Type, TypeKind};
use indexmap::IndexMap;

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
    pub by_place: IndexMap<Span, SymbolId>,
    of_one_column: Vec<SymbolId>,
    pub source: SourceId,
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
