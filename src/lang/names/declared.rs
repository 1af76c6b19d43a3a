//! The files of a program, and what each declares: symbols with their members, before any word is resolved.

use super::broken::Broken;
use super::scope::Scope;
use super::{Names, Role, Symbol, SymbolId, SymbolKind};
use crate::compile::{World, beside};
use crate::stdlib;
use fascicle_syntax::{
    DECLARATION_WORDS, Declaration, DeclarationKind, Expr, ExprKind, File, InputWord, LexemeKind, Name, Parameter,
    SourceId, Span, SyntaxError, Type, TypeKind, Use, lexemes, parse,
};
use indexmap::IndexMap;
use std::path::Path;
use std::sync::Arc;

/// Everything that was read, on its way to [`Names`].
pub(super) struct Files {
    pub names: Names,
    /// The declarations of each source.
    pub parsed: Vec<Arc<File>>,
    /// Declarations that cannot be read.
    pub broken: Vec<Broken>,
    /// The symbol that each readable declaration declares, by where its name stands.
    pub by_place: IndexMap<Span, SymbolId>,
    /// Inputs that are one column: where a column is asked for they stand for it.
    pub of_one_column: Vec<SymbolId>,
}

/// Most files of one program: a chain of files that name one another is a mistake before.
const MOST_FILES: usize = 1_000;

/// Reads a file and all that it names.
pub(super) fn files(name: &str, text: &str, parsed: Parsed, world: &dyn World) -> Files {
    let mut loader = Loader {
        world,
        files: Files {
            names: Names::default(),
            parsed: Vec::new(),
            broken: Vec::new(),
            by_place: IndexMap::new(),
            of_one_column: Vec::new(),
        },
        scopes: IndexMap::new(),
    };
    let own = Path::new(name).file_name().map_or_else(|| name.to_owned(), |n| n.to_string_lossy().into_owned());
    loader.scopes.insert(own.clone(), 0);
    loader.files.names.scopes.push(Scope::default());
    loader.file(name, text, Some(parsed), 0, &[own]);
    loader.files
}

/// A file as the parser gives it.
type Parsed = (Arc<File>, Vec<SyntaxError>);

struct Loader<'w> {
    world: &'w dyn World,
    files: Files,
    /// The scope of each file that was taken from, by its name.
    scopes: IndexMap<String, usize>,
}

impl Loader<'_> {
    fn file(&mut self, name: &str, text: &str, parsed: Option<Parsed>, scope: usize, chain: &[String]) -> SourceId {
        let names = &mut self.files.names;
        let id = names.sources.add(name, text);
        names.scope_of.push(scope);
        let (file, errors) = parsed.unwrap_or_else(|| {
            let (file, errors) = parse(text, id);
            (Arc::new(file), errors)
        });
        names.errors.extend(errors);
        self.files.parsed.push(file.clone());
        for declaration in &file.declarations {
            if let DeclarationKind::Extends { path, .. } = &declaration.kind {
                self.extends(path, scope, chain);
            }
        }
        for declaration in &file.declarations {
            match &declaration.kind {
                DeclarationKind::Use(used) => self.used(used, scope, chain),
                _ => self.declare(declaration, scope),
            }
        }
        let broken = broken(text, id, &file);
        for one in &broken {
            self.declare_broken(one, scope);
        }
        self.files.broken.extend(broken);
        id
    }

    fn extends(&mut self, path: &Name, scope: usize, chain: &[String]) {
        let file = beside(chain, &path.text);
        if chain.contains(&file) || self.files.parsed.len() > MOST_FILES {
            return;
        }
        match self.world.source(&file) {
            Ok(text) => {
                let mut chain = chain.to_vec();
                chain.push(file.clone());
                let id = self.file(&file, &text, None, scope, &chain);
                self.files.names.links.push((path.span, id));
            }
            Err(why) => self.files.names.missing.push((path.span, why)),
        }
    }

    fn used(&mut self, used: &Use, scope: usize, chain: &[String]) {
        let (key, text, place, rest) = match &used.file {
            Some(file) => {
                let at = beside(chain, &file.text);
                if chain.contains(&at) {
                    return;
                }
                let text = match self.scopes.contains_key(&at) {
                    true => Ok(String::new()),
                    false => self.world.source(&at),
                };
                match text {
                    Ok(text) => (at, text, file.span, &used.path[..]),
                    Err(why) => {
                        self.files.names.missing.push((file.span, why));
                        return;
                    }
                }
            }
            None => {
                let [std, part, rest @ ..] = used.path.as_slice() else { return };
                let Some(text) = (std.text == "std").then(|| stdlib::source(&part.text)).flatten() else { return };
                (format!("std/{}.fx", part.text), text.to_owned(), std.span.to(part.span), rest)
            }
        };
        let from = match self.scopes.get(&key) {
            Some(known) => *known,
            None if self.files.parsed.len() > MOST_FILES => return,
            None => {
                self.files.names.scopes.push(Scope::default());
                let new = self.files.names.scopes.len() - 1;
                self.scopes.insert(key.clone(), new);
                let mut chain = chain.to_vec();
                chain.push(key.clone());
                let id = SourceId(self.files.parsed.len() as u16);
                let parsed = stdlib::parsed(&text, id).map(|file| (file, Vec::new()));
                self.file(&key, &text, parsed, new, &chain);
                new
            }
        };
        let source = self.files.names.scope_of.iter().position(|s| *s == from);
        if let Some(source) = source.and_then(|s| u16::try_from(s).ok()) {
            self.files.names.links.push((place, SourceId(source)));
        }
        let wanted: &[Name] = if used.names.is_empty() { rest } else { &used.names };
        for name in wanted {
            let names = &mut self.files.names;
            if let Some(symbol) = names.scopes[from].own.get(&name.text).copied() {
                names.scopes[scope].taken.insert(name.text.clone(), from);
                names.occurs(name.span, symbol, Role::Import);
            }
        }
    }

    /// Declares what a declaration declares, with its members.
    fn declare(&mut self, declaration: &Declaration, scope: usize) {
        let Some(name) = declaration.kind.name() else { return };
        let Some(kind) = kind(&declaration.kind) else { return };
        let symbol = self.global(name, kind, declaration.span, &declaration.doc, scope, true);
        match &declaration.kind {
            DeclarationKind::Param { ty, .. } => self.words(ty, SymbolKind::Choice, symbol),
            DeclarationKind::Input { ty, source, .. } => {
                self.words(ty, SymbolKind::Level, symbol);
                if is_one_column(source) {
                    self.files.of_one_column.push(symbol);
                }
            }
            DeclarationKind::Block(block) => {
                self.parameters(&block.parameters, SymbolKind::Parameter, symbol, declaration.span);
                self.parameters(&block.inputs, SymbolKind::Applied, symbol, declaration.span);
            }
            DeclarationKind::Loss { parameters, .. } => {
                self.parameters(parameters, SymbolKind::Applied, symbol, declaration.span);
            }
            DeclarationKind::Model { body, .. } => {
                for statement in &body.statements {
                    let kind = if statement.output { SymbolKind::Output } else { SymbolKind::Let };
                    let within = Span { start: statement.value.span.end, ..body.span };
                    self.member(&statement.name, kind, symbol, Some(within));
                }
            }
            _ => {}
        }
    }

    fn parameters(&mut self, list: &[Parameter], kind: SymbolKind, owner: SymbolId, within: Span) {
        for parameter in list {
            let id = self.member(&parameter.name, kind, owner, Some(within));
            if let Some(ty) = &parameter.ty {
                self.words(ty, SymbolKind::Choice, id);
            }
        }
    }

    /// The levels of a class, or the options of a `one_of`. One that a file declares in the place of another file's has the
    /// same: they are one symbol.
    fn words(&mut self, ty: &Type, kind: SymbolKind, owner: SymbolId) {
        let TypeKind::Named { levels, options, .. } = &ty.kind else { return };
        let words = if kind == SymbolKind::Level { levels } else { options };
        for word in words.iter().flatten() {
            let known = self.files.names.members(owner).find(|(_, s)| s.name == word.text && s.kind == kind);
            match known.map(|(id, _)| id) {
                Some(id) => self.again(id, word.span),
                None => {
                    self.member(word, kind, owner, None);
                }
            }
        }
    }

    /// Another place that declares the symbol; that of the later file counts.
    fn again(&mut self, id: SymbolId, span: Span) {
        let symbol = &mut self.files.names.symbols[id.0 as usize];
        let replaces = symbol.declared.first().is_none_or(|first| first.source != span.source);
        let at = if replaces { 0 } else { symbol.declared.len() };
        symbol.declared.insert(at, span);
        self.files.names.occurs(span, id, Role::Declaration);
        self.files.by_place.insert(span, id);
    }

    fn member(&mut self, name: &Name, kind: SymbolKind, owner: SymbolId, within: Option<Span>) -> SymbolId {
        let id = self.files.names.add(Symbol {
            name: name.text.clone(),
            kind,
            declared: vec![name.span],
            extent: None,
            owner: Some(owner),
            within,
            doc: String::new(),
            whole: true,
        });
        self.files.names.occurs(name.span, id, Role::Declaration);
        self.files.by_place.insert(name.span, id);
        id
    }

    fn global(
        &mut self,
        name: &Name,
        kind: SymbolKind,
        extent: Span,
        doc: &str,
        scope: usize,
        whole: bool,
    ) -> SymbolId {
        if let Some(id) = self.files.names.scopes[scope].own.get(&name.text).copied() {
            let symbol = &mut self.files.names.symbols[id.0 as usize];
            if symbol.declared.first().is_none_or(|first| first.source != name.span.source) {
                symbol.kind = kind;
                symbol.extent = Some(extent);
                if !doc.is_empty() {
                    doc.clone_into(&mut symbol.doc);
                }
            }
            self.again(id, name.span);
            return id;
        }
        let id = self.files.names.add(Symbol {
            name: name.text.clone(),
            kind,
            declared: vec![name.span],
            extent: Some(extent),
            owner: None,
            within: None,
            doc: doc.to_owned(),
            whole,
        });
        self.files.names.scopes[scope].own.insert(name.text.clone(), id);
        self.files.names.occurs(name.span, id, Role::Declaration);
        self.files.by_place.insert(name.span, id);
        id
    }

    fn declare_broken(&mut self, broken: &Broken, scope: usize) {
        let (Some(name), Some(kind)) = (&broken.name, kind_of_word(&broken.word)) else { return };
        self.global(name, kind, broken.span, "", scope, false);
    }
}

/// Whether an input is read by `column(..)`.
fn is_one_column(source: &Expr) -> bool {
    match &source.kind {
        ExprKind::Pipe { input, .. } => is_one_column(input),
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Name(name) => name == "column",
            ExprKind::Field { name, .. } => name.text == "column",
            _ => false,
        },
        _ => false,
    }
}

fn kind(kind: &DeclarationKind) -> Option<SymbolKind> {
    use DeclarationKind as D;
    Some(match kind {
        D::Param { .. } => SymbolKind::Param,
        D::Cohort { .. } => SymbolKind::Cohort,
        D::Input { role, .. } => SymbolKind::Input(*role),
        D::Group { .. } => SymbolKind::Group,
        D::Block(_) => SymbolKind::Block,
        D::Model { .. } => SymbolKind::Model,
        D::Baseline { .. } => SymbolKind::Baseline,
        D::UseModel { .. } => SymbolKind::PackedModel,
        D::Loss { .. } => SymbolKind::Loss,
        D::Protocol { .. } => SymbolKind::Protocol,
        D::Analysis { .. } => SymbolKind::Analysis,
        D::Sweep { .. } => SymbolKind::Sweep,
        D::Search { .. } => SymbolKind::Search,
        D::Use(_) | D::Extends { .. } | D::Train { .. } | D::Ensemble { .. } | D::Score { .. } | D::Compare { .. } => {
            return None;
        }
    })
}

/// What a declaration that begins with this word declares.
pub(super) fn kind_of_word(word: &str) -> Option<SymbolKind> {
    Some(match word {
        "param" => SymbolKind::Param,
        "cohort" => SymbolKind::Cohort,
        "modality" => SymbolKind::Input(InputWord::Modality),
        "condition" => SymbolKind::Input(InputWord::Condition),
        "target" => SymbolKind::Input(InputWord::Target),
        "group" => SymbolKind::Group,
        "block" => SymbolKind::Block,
        "model" => SymbolKind::Model,
        "baseline" => SymbolKind::Baseline,
        "loss" => SymbolKind::Loss,
        "protocol" => SymbolKind::Protocol,
        "analysis" => SymbolKind::Analysis,
        "sweep" => SymbolKind::Sweep,
        "search" => SymbolKind::Search,
        _ => return None,
    })
}

/// The declarations of a text that the parser left out: from the keyword to the next declaration.
fn broken(text: &str, source: SourceId, file: &File) -> Vec<Broken> {
    let readable = |at: usize| file.declarations.iter().any(|d| d.span.range().contains(&at));
    let all = lexemes(text);
    let begins = |at: usize| at == 0 || text.as_bytes().get(at - 1).is_some_and(|b| matches!(b, b'\n' | b'\r'));
    let starts: Vec<usize> = (0..all.len())
        .filter(|i| {
            let word = &text[all[*i].start..all[*i].end];
            all[*i].kind == LexemeKind::Keyword && begins(all[*i].start) && DECLARATION_WORDS.contains(&word)
        })
        .collect();
    let mut found = Vec::new();
    for (nth, first) in starts.iter().enumerate() {
        if readable(all[*first].start) {
            continue;
        }
        let last = starts.get(nth + 1).copied().unwrap_or(all.len());
        let end = starts.get(nth + 1).map_or(text.len(), |next| all[*next].start);
        let span = Span { source, start: all[*first].start as u32, end: end as u32 };
        let name = all.get(first + 1).filter(|l| matches!(l.kind, LexemeKind::Word | LexemeKind::Capital));
        let name = name.filter(|_| first + 1 < last).map(|l| Name {
            text: text[l.start..l.end].to_owned(),
            span: Span { source, start: l.start as u32, end: l.end as u32 },
        });
        found.push(Broken {
            word: text[all[*first].start..all[*first].end].to_owned(),
            name,
            span,
            lexemes: all[*first..last].to_vec(),
        });
    }
    found
}
