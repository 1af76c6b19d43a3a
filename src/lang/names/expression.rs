//! The words of expressions.

use super::resolve::Resolver;
use super::{Language, Role, Symbol, SymbolId, SymbolKind};
use crate::compile::{Chapter, find_entry};
use crate::ops::{self, ParameterType};
use fascicle_syntax::{Argument, Arm, BinaryOp, Body, Expr, ExprKind, Iteration, Name, Span};

impl Resolver {
    /// An expression of values.
    pub(super) fn value(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => {
                self.word(name, expr.span);
            }
            ExprKind::Call { callee, arguments } => self.call(callee, arguments),
            ExprKind::Field { of, name } => self.field(of, name, false),
            ExprKind::Pipe { input, stage } => {
                self.value(input);
                self.value(stage);
            }
            // What a `one_of` is compared with is one of its options, though an operator may be called so.
            ExprKind::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::In, left, right } => {
                let choice = self.chooses(left).or_else(|| self.chooses(right));
                for side in [left, right] {
                    match &side.kind {
                        ExprKind::List(items) => items.iter().for_each(|item| self.choice_or_value(choice, item)),
                        _ => self.choice_or_value(choice, side),
                    }
                }
            }
            ExprKind::Match { scrutinee, arms } => {
                self.patterns(scrutinee, arms);
                arms.iter().for_each(|arm| self.value(&arm.value));
            }
            ExprKind::For { names, over, filter, body } => {
                self.value(over);
                self.turn(names, body, |resolver| {
                    filter.iter().for_each(|filter| resolver.value(filter));
                });
            }
            ExprKind::Scan(iteration) | ExprKind::Fold(iteration) => self.iteration(iteration),
            ExprKind::If { condition, then, otherwise } => {
                self.value(condition);
                self.body(then, None);
                otherwise.iter().for_each(|otherwise| self.body(otherwise, None));
            }
            // `best of falff`, `x by subject`: what among the words is a name.
            ExprKind::Phrase(words) => {
                for word in words {
                    if let Some(id) = self.local(&word.text).or_else(|| self.known(&word.text)) {
                        self.names.occurs(word.span, id, Role::Use);
                    }
                }
            }
            ExprKind::Record(fields) => {
                for (name, value) in fields {
                    let first = self.names.occurrences.len();
                    self.value(value);
                    // `{ layer }` is `{ layer: layer }`.
                    if name.span == value.span {
                        self.names.occurrences[first..].iter_mut().for_each(|o| o.role = Role::Shorthand);
                    }
                }
            }
            _ => children(expr).into_iter().for_each(|child| self.value(child)),
        }
    }

    /// What a word means where a value stands.
    fn word(&mut self, name: &str, span: Span) -> Option<SymbolId> {
        if let Some(id) = self.local(name).or_else(|| self.known(name)) {
            self.names.occurs(span, id, Role::Use);
            return Some(id);
        }
        if ops::find(name).is_some() {
            return Some(self.language(Language::Operator, name, span, None));
        }
        if find_entry(Chapter::Function, name).is_some() {
            return Some(self.language(Language::Entry(Chapter::Function), name, span, None));
        }
        let id = self.level(name)?;
        self.names.occurs(span, id, Role::Use);
        Some(id)
    }

    /// The class of this name, of whichever input has one.
    fn level(&self, name: &str) -> Option<SymbolId> {
        let level = |(_, s): &(SymbolId, &Symbol)| s.kind == SymbolKind::Level && s.name == name;
        let here =
            |(_, s): &(SymbolId, &Symbol)| s.owner.is_some_and(|o| self.known(&self.names.symbol(o).name) == Some(o));
        self.names.symbols().filter(level).find(here).map(|(id, _)| id)
    }

    /// The param or parameter whose options an expression is of.
    fn chooses(&self, expr: &Expr) -> Option<SymbolId> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        let id = self.local(name).or_else(|| self.known(name))?;
        self.names.members(id).any(|(_, s)| s.kind == SymbolKind::Choice).then_some(id)
    }

    /// What a `match` asks, and what its arms are for.
    pub(super) fn patterns(&mut self, scrutinee: &Expr, arms: &[Arm]) {
        let choice = self.chooses(scrutinee);
        self.value(scrutinee);
        let patterns = arms.iter().flat_map(|arm| &arm.patterns);
        patterns.for_each(|pattern| self.choice_or_value(choice, pattern));
    }

    /// The option of a `one_of`.
    pub(super) fn choice(&self, param: SymbolId, name: &str) -> Option<SymbolId> {
        let members = &mut self.names.members(param);
        members.find(|(_, s)| s.kind == SymbolKind::Choice && s.name == name).map(|(id, _)| id)
    }

    /// A value of a param: a word that is one of its options is that option.
    pub(super) fn choice_or_value(&mut self, param: Option<SymbolId>, expr: &Expr) {
        let choice = match &expr.kind {
            ExprKind::Name(name) => param.and_then(|param| self.choice(param, name)),
            _ => None,
        };
        match choice {
            Some(choice) => self.names.occurs(expr.span, choice, Role::Use),
            None => self.value(expr),
        }
    }

    fn call(&mut self, callee: &Expr, arguments: &[Argument]) {
        let called = match &callee.kind {
            ExprKind::Name(name) => self.word(name, callee.span),
            ExprKind::Field { of, name } => {
                self.field(of, name, true);
                if matches!(name.text.as_str(), "columns" | "column" | "image" | "given") && self.is_cohort(of) {
                    self.source_arguments(&name.text, arguments);
                    return;
                }
                None
            }
            _ => {
                self.value(callee);
                None
            }
        };
        let kind = called.map(|id| self.names.symbol(id).kind);
        if called.is_none()
            && let ExprKind::Name(name) = &callee.kind
            && matches!(name.as_str(), "columns" | "column")
        {
            self.language(Language::Entry(Chapter::InputSource), name, callee.span, None);
            self.source_arguments(name, arguments);
            return;
        }
        match (called, kind) {
            (Some(id), Some(SymbolKind::Block | SymbolKind::Loss)) => self.declared_arguments(id, arguments),
            (Some(id), Some(SymbolKind::Language(_))) => {
                for argument in arguments {
                    if let Some(name) = &argument.name {
                        self.language(Language::Argument, &name.text, name.span, Some(id));
                    }
                    if !self.is_operator_word(id, argument) {
                        self.value(&argument.value);
                    }
                }
            }
            _ => arguments.iter().for_each(|argument| self.value(&argument.value)),
        }
    }

    /// Whether an argument is a word that an operator's parameter of its name takes.
    fn is_operator_word(&self, operator: SymbolId, argument: &Argument) -> bool {
        let (Some(name), ExprKind::Name(word)) = (&argument.name, &argument.value.kind) else { return false };
        let stanza = ops::find(&self.names.symbol(operator).name);
        let parameter = stanza.and_then(|stanza| stanza.parameters.iter().find(|p| p.name == name.text));
        let words = match parameter.map(|p| p.ty) {
            Some(ParameterType::Word(words) | ParameterType::WordOrReals(words)) => words,
            Some(ParameterType::Padding) => &["same"],
            _ => return false,
        };
        let kind = self.local(word).or_else(|| self.known(word)).map(|id| self.names.symbol(id).kind);
        words.contains(&word.as_str()) && !matches!(kind, Some(SymbolKind::Param | SymbolKind::Parameter))
    }

    /// The arguments of a block or a loss of a file.
    fn declared_arguments(&mut self, called: SymbolId, arguments: &[Argument]) {
        let wanted = match self.names.symbol(called).kind {
            SymbolKind::Loss => SymbolKind::Applied,
            _ => SymbolKind::Parameter,
        };
        let members = self.names.members(called).filter(|(_, s)| s.kind == wanted);
        let parameters: Vec<(SymbolId, String)> = members.map(|(id, s)| (id, s.name.clone())).collect();
        let mut next = parameters.iter();
        for argument in arguments {
            let parameter = match &argument.name {
                Some(name) => {
                    let found = parameters.iter().find(|(_, known)| *known == name.text).map(|(id, _)| *id);
                    if let Some(id) = found {
                        self.names.occurs(name.span, id, Role::Use);
                    }
                    found
                }
                None => next.next().map(|(id, _)| *id),
            };
            self.choice_or_value(parameter, &argument.value);
        }
    }

    fn is_cohort(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => self.known(name).is_some_and(|id| self.names.symbol(id).kind == SymbolKind::Cohort),
            _ => false,
        }
    }

    /// `m.output`, `cohort.column`, `levels.last`.
    fn field(&mut self, of: &Expr, name: &Name, called: bool) {
        self.value(of);
        let root = match &of.kind {
            ExprKind::Name(root) => root,
            ExprKind::Index { of, .. } => match &of.kind {
                ExprKind::Name(root) => root,
                _ => return,
            },
            _ => return,
        };
        let Some(owner) = self.local(root).or_else(|| self.known(root)) else { return };
        match self.names.symbol(owner).kind {
            SymbolKind::Model => {
                let fields = |kind| matches!(kind, SymbolKind::Output | SymbolKind::Let);
                let field = self.names.members(owner).find(|(_, s)| s.name == name.text && fields(s.kind));
                if let Some(id) = field.map(|(id, _)| id) {
                    self.names.occurs(name.span, id, Role::Use);
                }
            }
            SymbolKind::Cohort if called && find_entry(Chapter::InputSource, &name.text).is_some() => {
                self.language(Language::Entry(Chapter::InputSource), &name.text, name.span, None);
            }
            SymbolKind::Cohort if !super::argument::SUBSETS.contains(&name.text.as_str()) => {
                let id = self.column_symbol(&name.text);
                self.names.occurs(name.span, id, Role::Use);
            }
            _ => {}
        }
    }

    /// `ad.Embed[t1].Linear_2`: a model, then the blocks and members that make up the path of a module.
    pub(super) fn module_path(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(_) => self.value(expr),
            ExprKind::Field { of, name } => {
                self.module_path(of);
                // The second module of a name is `Conv3d_2`.
                let (text, number) = match name.text.rsplit_once('_') {
                    Some((text, number)) if number.parse::<u32>().is_ok() => (text, number.len() as u32 + 1),
                    _ => (name.text.as_str(), 0),
                };
                let span = Span { end: name.span.end - number, ..name.span };
                let block = |id: &SymbolId| self.names.symbol(*id).kind == SymbolKind::Block;
                match self.known(text).or_else(|| self.anywhere(text)).filter(block) {
                    Some(id) => self.names.occurs(span, id, Role::Path),
                    None if ops::find(text).is_some() => {
                        self.language(Language::Operator, text, span, None);
                    }
                    None => {}
                }
            }
            ExprKind::Index { of, by } => {
                self.module_path(of);
                by.iter().for_each(|by| self.value(by));
            }
            ExprKind::If { condition, then, otherwise } => {
                self.value(condition);
                for body in [Some(then), otherwise.as_ref()].into_iter().flatten() {
                    body.result.iter().for_each(|path| self.module_path(path));
                }
            }
            _ => self.value(expr),
        }
    }

    /// A block of any file: paths go on within blocks that this file does not see.
    fn anywhere(&self, name: &str) -> Option<SymbolId> {
        self.names.scopes.iter().find_map(|scope| scope.own.get(name).copied())
    }

    fn iteration(&mut self, iteration: &Iteration) {
        self.value(&iteration.over);
        self.value(&iteration.from);
        let names = [iteration.name.clone(), iteration.carried.clone()];
        self.turn(&names, &iteration.body, |_| {});
    }

    /// `for m in g { f(m) }`, of which `f` is an analysis.
    pub(super) fn looped_analysis(&mut self, expr: &Expr) {
        let ExprKind::For { names, over, filter, body } = &expr.kind else { return self.value(expr) };
        self.value(over);
        self.in_turn(names, body, |resolver| {
            filter.iter().for_each(|filter| resolver.value(filter));
            body.result.iter().for_each(|call| resolver.analysis(call));
        });
    }

    fn turn(&mut self, names: &[Name], body: &Body, before: impl FnOnce(&mut Self)) {
        self.in_turn(names, body, |resolver| {
            before(resolver);
            resolver.body(body, None);
        });
    }

    fn in_turn(&mut self, names: &[Name], body: &Body, work: impl FnOnce(&mut Self)) {
        let depth = self.locals.len();
        for name in names {
            self.bind(name, SymbolKind::Turn, name.span.to(body.span));
        }
        work(self);
        self.locals.truncate(depth);
    }

    fn bind(&mut self, name: &Name, kind: SymbolKind, within: Span) {
        let id = self.names.add(Symbol {
            name: name.text.clone(),
            kind,
            declared: vec![name.span],
            extent: None,
            owner: None,
            within: Some(within),
            doc: String::new(),
            whole: true,
        });
        self.names.occurs(name.span, id, Role::Declaration);
        self.locals.push((name.text.clone(), id));
    }

    /// Statements and a result; those of a model were declared with it.
    pub(super) fn body(&mut self, body: &Body, model: Option<SymbolId>) {
        let depth = self.locals.len();
        for statement in &body.statements {
            self.value(&statement.value);
            match model.and(self.declared_at(statement.name.span)) {
                Some(id) => self.locals.push((statement.name.text.clone(), id)),
                None => {
                    let kind = if statement.output { SymbolKind::Output } else { SymbolKind::Let };
                    self.bind(&statement.name, kind, Span { start: statement.value.span.end, ..body.span });
                }
            }
        }
        body.result.iter().for_each(|result| self.value(result));
        self.locals.truncate(depth);
    }
}

/// The expressions right within one, in the order of the text.
pub(super) fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::List(items) => items.iter().collect(),
        ExprKind::Record(fields) => fields.iter().map(|(_, value)| value).collect(),
        ExprKind::Call { callee, arguments } => {
            std::iter::once(&**callee).chain(arguments.iter().map(|a| &a.value)).collect()
        }
        ExprKind::Index { of, by } => std::iter::once(&**of).chain(by).collect(),
        ExprKind::Field { of, .. } => vec![of],
        ExprKind::Pipe { input, stage } => vec![input, stage],
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::Negate(inner) | ExprKind::Not(inner) => vec![inner],
        ExprKind::Range { start, end, .. } => vec![start, end],
        _ => Vec::new(),
    }
}
