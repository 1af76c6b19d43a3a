//! All declarations that take part in a compilation, and what each file can see of the others.
//!
//! ```text
//!  main.fx ── extends ─▶ base.fx        one scope: a declaration of main.fx replaces that of base.fx
//!     └───── use ──────▶ std/blocks.fx  a scope of its own; main.fx sees the names it takes
//! ```

use super::code::Code;
use super::diagnostic::{Diagnostic, Sources};
use super::repair;
use super::world::World;
use crate::stdlib;
use fascicle_syntax::{
    DECLARATION_WORDS, Declaration, DeclarationKind, Expr, ExprKind, File, Name, SourceId, Span, Use, nearest, parse,
};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::path::Path;

/// A declaration with the scope it stands in.
pub(super) struct Declared {
    pub declaration: Declaration,
    pub scope: usize,
}

/// What one file (with those it extends) can see.
#[derive(Default)]
pub(super) struct Scope {
    /// Names of its own, by position in [`Unit::declarations`].
    pub names: IndexMap<String, usize>,
    /// Names taken from other scopes, by scope.
    pub imports: IndexMap<String, (usize, Span)>,
    /// Names whose declaration cannot be read, or that could not be taken: their use is no further mistake.
    pub broken: BTreeSet<String>,
}

/// Everything that was read.
#[derive(Default)]
pub(super) struct Unit {
    pub declarations: Vec<Declared>,
    pub scopes: Vec<Scope>,
    /// The doc comment of the main file.
    pub doc: String,
    /// The main file.
    pub main: Option<SourceId>,
}

impl Unit {
    /// The declaration that a name means in a scope.
    pub fn resolve(&self, scope: usize, name: &str) -> Option<usize> {
        let here = self.scopes.get(scope)?;
        here.names.get(name).copied().or_else(|| {
            let other = self.scopes.get(here.imports.get(name)?.0)?;
            other.names.get(name).copied()
        })
    }

    /// Whether the name's declaration was told to be broken already.
    pub fn is_broken(&self, scope: usize, name: &str) -> bool {
        self.scopes.get(scope).is_some_and(|s| s.broken.contains(name))
    }

    /// Every name a scope can see.
    pub fn visible(&self, scope: usize) -> impl Iterator<Item = &str> {
        let here = self.scopes.get(scope);
        here.into_iter().flat_map(|s| s.names.keys().chain(s.imports.keys())).map(String::as_str)
    }

    /// Whether the declaration is one of the file's params and groups, whose value can be set from outside.
    pub fn can_be_set(&self, position: usize) -> bool {
        let declared = &self.declarations[position];
        let settable =
            matches!(declared.declaration.kind, DeclarationKind::Param { .. } | DeclarationKind::Group { .. });
        declared.scope == 0 && settable
    }

    fn index_names(&mut self) {
        for (position, declared) in self.declarations.iter().enumerate() {
            if let Some(name) = declared.declaration.kind.name() {
                self.scopes[declared.scope].names.insert(name.text.clone(), position);
            }
        }
    }
}

/// The name that a declaration declares, or that of the model it speaks of; scores and comparisons may speak of several.
fn subject(kind: &DeclarationKind) -> Option<&str> {
    use DeclarationKind as D;
    match kind {
        D::Train { model, .. } | D::Ensemble { model, .. } => Some(&model.text),
        D::Score { .. } | D::Compare { .. } => None,
        kind => kind.name().map(|name| name.text.as_str()),
    }
}

/// The model of which something is scored.
fn scored(of: &Expr) -> Option<&str> {
    let mut of = of;
    while let ExprKind::Field { of: inner, .. } | ExprKind::Index { of: inner, .. } = &of.kind {
        of = inner;
    }
    match &of.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

/// What a declaration replaces in a file that is extended: one key, one declaration.
fn replacement_key(kind: &DeclarationKind, sources: &Sources) -> Option<String> {
    use DeclarationKind as D;
    match kind {
        D::Train { model, .. } => Some(format!("train {}", model.text)),
        D::Ensemble { model, .. } => Some(format!("ensemble {}", model.text)),
        D::Score { of, on, .. } => {
            let of: Vec<&str> = of.iter().map(|of| sources.text(of.span)).collect();
            Some(format!("score {} {}", of.join(", "), on.as_ref().map_or("", |n| n.text.as_str())))
        }
        D::Compare { of, against, on, .. } => {
            let texts = |of: &[Expr]| of.iter().map(|of| sources.text(of.span)).collect::<Vec<_>>().join(", ");
            let on = on.as_ref().map_or("", |n| n.text.as_str());
            Some(format!("compare {} against {} on {on}", texts(of), texts(against)))
        }
        D::Protocol { .. } => Some("protocol".into()),
        other => other.name().map(|n| n.text.clone()),
    }
}

/// A path that the last file of a chain names, relative to the main file's folder: `models/base.fx` names `parts.fx` beside
/// itself, which is `models/parts.fx`.
pub(crate) fn beside(chain: &[String], path: &str) -> String {
    let folder = chain.last().and_then(|file| Path::new(file).parent()).unwrap_or(Path::new(""));
    let mut plain: Vec<&str> = Vec::new();
    let joined = folder.join(path);
    let text = joined.to_string_lossy();
    for part in text.split('/') {
        match part {
            "." => {}
            ".." if plain.last().is_some_and(|last| !["..", ""].contains(last)) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain.join("/")
}

/// Reads a file and all that it names.
pub(super) struct Loader<'a> {
    pub world: &'a dyn World,
    pub sources: &'a mut Sources,
    pub diagnostics: &'a mut Vec<Diagnostic>,
    pub unit: Unit,
    files: IndexMap<String, usize>,
}

impl<'a> Loader<'a> {
    pub fn new(world: &'a dyn World, sources: &'a mut Sources, diagnostics: &'a mut Vec<Diagnostic>) -> Self {
        Self { world, sources, diagnostics, unit: Unit::default(), files: IndexMap::new() }
    }

    /// Reads the main file.
    pub fn main(mut self, name: &str, text: &str) -> Unit {
        let id = self.sources.add(name, text);
        self.unit.main = Some(id);
        // Other files are named relative to the main file's folder, where it is its last part.
        let own = Path::new(name).file_name().map_or_else(|| name.to_owned(), |n| n.to_string_lossy().into_owned());
        self.files.insert(own.clone(), 0);
        self.unit.scopes.push(Scope::default());
        let chain = vec![own];
        self.unit.doc = self.file(text, id, 0, &chain);
        self.unit.index_names();
        self.names_taken_and_declared();
        self.unit
    }

    /// A name that a file both takes and declares would mean two things.
    fn names_taken_and_declared(&mut self) {
        for scope in &self.unit.scopes {
            for (name, (_, taken)) in &scope.imports {
                let Some(own) = scope.names.get(name) else { continue };
                let kind = &self.unit.declarations[*own].declaration.kind;
                let place = kind.name().map_or(*taken, |n| n.span);
                self.diagnostics.push(
                    Diagnostic::error(Code::TwiceDeclared, place, format!("`{name}` is declared twice"))
                        .label("again here")
                        .also(*taken, "first taken here")
                        .hint("rename the declaration, or do not take the other")
                        .repair(repair::written(place, &format!("{name}_2"))),
                );
            }
        }
    }

    /// Reads one file into a scope; returns its documentation.
    fn file(&mut self, text: &str, id: SourceId, scope: usize, chain: &[String]) -> String {
        let (file, errors) = match stdlib::parsed(text, id) {
            Some(file) => (File::clone(&file), Vec::new()),
            None => parse(text, id),
        };
        for error in errors {
            self.unit.scopes[scope].broken.extend(name_declared_around(text, error.span));
            let mut diagnostic =
                Diagnostic::error(Code::Syntax, error.span, error.message).maybe_hint(error.hint).repairs(error.fixes);
            if let Some((span, text)) = error.related {
                diagnostic = diagnostic.also(span, text);
            }
            self.diagnostics.push(diagnostic);
        }
        for declaration in &file.declarations {
            if let DeclarationKind::Extends { path, without } = &declaration.kind {
                self.extends((path, without), scope, chain);
            }
        }
        // Only what another file declared in this scope is replaced.
        let inherits = self.unit.declarations.iter().any(|d| d.scope == scope);
        let mut own: IndexMap<String, Span> = IndexMap::new();
        for declaration in file.declarations {
            match &declaration.kind {
                DeclarationKind::Extends { .. } => continue,
                DeclarationKind::Use(used) => {
                    let used = used.clone();
                    self.use_declaration(&used, declaration.span, scope, chain);
                    continue;
                }
                _ => {}
            }
            let key = replacement_key(&declaration.kind, self.sources);
            if let Some(key) = &key {
                let place = declaration.kind.name().map_or(declaration.span, |n| n.span);
                let stage = matches!(
                    declaration.kind,
                    DeclarationKind::Train { .. } | DeclarationKind::Score { .. } | DeclarationKind::Compare { .. }
                );
                if let Some(first) = own.get(key).filter(|_| !stage) {
                    let what = key.strip_prefix("ensemble ").unwrap_or(key);
                    let removed =
                        repair::without(self.sources, declaration.span, format!("remove the second `{what}`"));
                    let renamed = declaration.kind.name().filter(|name| name.text == *key);
                    let renamed = renamed.map(|name| repair::written(name.span, &format!("{}_2", name.text)));
                    let twice = renamed.or(removed);
                    self.diagnostics.push(
                        Diagnostic::error(Code::TwiceDeclared, place, format!("`{what}` is declared twice"))
                            .label("again here")
                            .also(*first, "first declared here")
                            .hint("rename one of the two; order means nothing, so neither replaces the other")
                            .repairs(twice),
                    );
                    continue;
                }
                let replaced = inherits && !own.contains_key(key);
                own.insert(key.clone(), place);
                if replaced {
                    let sources = &*self.sources;
                    self.unit.declarations.retain(|d| {
                        d.scope != scope
                            || d.declaration.span.source == id
                            || replacement_key(&d.declaration.kind, sources).as_ref() != Some(key)
                    });
                }
            }
            self.unit.declarations.push(Declared { declaration, scope });
        }
        file.doc
    }

    fn extends(&mut self, (path, without): (&Name, &[Name]), scope: usize, chain: &[String]) {
        let file = beside(chain, &path.text);
        if chain.contains(&file) {
            let message = format!("`{}` extends itself, through {}", path.text, chain.join(" and "));
            self.diagnostics.push(
                Diagnostic::error(Code::SourceCycle, path.span, message).hint("move what both need to a third file"),
            );
            return;
        }
        match self.world.source(&file) {
            Ok(text) => {
                let id = self.sources.add(&file, &text);
                let mut chain = chain.to_vec();
                chain.push(file);
                self.file(&text, id, scope, &chain);
                self.leave_out(without, path, id, scope);
            }
            Err(why) => self.not_read(path, &why),
        }
    }

    /// Takes back what `extends .. without` names of what a file and those that it extends declare; with a model its
    /// stages, scores, ensembles, and its part in comparisons.
    fn leave_out(&mut self, names: &[Name], path: &Name, from: SourceId, scope: usize) {
        let is_inherited = |d: &Declared| d.scope == scope && d.declaration.span.source >= from;
        for name in names {
            let inherited = self.unit.declarations.iter().filter(|d| is_inherited(d));
            let known: Vec<&str> =
                inherited.filter_map(|d| d.declaration.kind.name()).map(|n| n.text.as_str()).collect();
            if known.contains(&name.text.as_str()) || self.unit.is_broken(scope, &name.text) {
                continue;
            }
            let hint = match nearest(&name.text, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", known.join(", ")),
            };
            let message = format!("`{}` declares no `{}` to be left out", path.text, name.text);
            self.diagnostics.push(
                Diagnostic::error(Code::UnknownName, name.span, message)
                    .hint(hint)
                    .repairs(repair::meant(&name.text, &known, name.span)),
            );
        }
        let is_named = |subject: &str| names.iter().any(|name| name.text == subject);
        for declared in self.unit.declarations.iter_mut().filter(|d| is_inherited(d)) {
            match &mut declared.declaration.kind {
                DeclarationKind::Score { of, .. } => of.retain(|of| !scored(of).is_some_and(is_named)),
                // Without its reference, or with nothing left to compare with it, a comparison goes, too.
                DeclarationKind::Compare { of, against, .. } => {
                    let reference_goes = of.first().and_then(scored).is_some_and(is_named);
                    [&mut *of, &mut *against]
                        .into_iter()
                        .for_each(|list| list.retain(|of| !scored(of).is_some_and(is_named)));
                    if reference_goes || of.len() + against.len() < 2 {
                        of.clear();
                    }
                }
                _ => {}
            }
        }
        let is_empty = |kind: &DeclarationKind| matches!(kind, DeclarationKind::Score { of, .. } | DeclarationKind::Compare { of, .. } if of.is_empty());
        self.unit.declarations.retain(|d| !is_empty(&d.declaration.kind));
        self.unit.declarations.retain(|d| !(is_inherited(d) && subject(&d.declaration.kind).is_some_and(is_named)));
    }

    fn not_read(&mut self, path: &Name, why: &str) {
        self.diagnostics.push(
            Diagnostic::error(Code::SourceNotRead, path.span, format!("`{}` cannot be read: {why}", path.text))
                .hint("paths are relative to the file that names them"),
        );
    }

    fn use_declaration(&mut self, used: &Use, span: Span, scope: usize, chain: &[String]) {
        let wanted =
            if used.names.is_empty() { used.path.last().into_iter().collect() } else { Vec::from_iter(&used.names) };
        if self.take(used, span, scope, chain).is_none() {
            self.unit.scopes[scope].broken.extend(wanted.iter().map(|n| n.text.clone()));
        }
    }

    /// Takes the names; `None` where something is wrong, which has been told.
    fn take(&mut self, used: &Use, span: Span, scope: usize, chain: &[String]) -> Option<()> {
        let mut path: Vec<&Name> = used.path.iter().collect();
        let (key, text) = if let Some(file) = &used.file {
            let at = beside(chain, &file.text);
            if chain.contains(&at) {
                let message = format!("`{}` uses itself, through {}", file.text, chain.join(" and "));
                self.diagnostics.push(
                    Diagnostic::error(Code::SourceCycle, file.span, message)
                        .hint("move what both need to a third file"),
                );
                return None;
            }
            match self.world.source(&at) {
                Ok(text) => (at, text),
                Err(why) => {
                    self.not_read(file, &why);
                    return None;
                }
            }
        } else {
            let words: Vec<&str> = path.iter().map(|n| n.text.as_str()).collect();
            if words.first() != Some(&"std") || words.len() < 2 {
                let place = path.first().map_or(span, |n| n.span);
                self.diagnostics.push(
                    Diagnostic::error(Code::SourceNotRead, place, format!("there is no library `{}`", words.join(".")))
                        .hint("the library is `std`; a file of your own is named in quotes: use \"blocks.fx\".Name"),
                );
                return None;
            }
            let Some(text) = stdlib::source(words[1]) else {
                let known: Vec<&str> = stdlib::names().collect();
                let hint = match nearest(words[1], &known) {
                    Some(near) => format!("did you mean `std.{near}`?"),
                    None => {
                        format!("it has {}", known.iter().map(|n| format!("std.{n}")).collect::<Vec<_>>().join(", "))
                    }
                };
                let message = format!("the standard library has no part `{}`", words[1]);
                self.diagnostics.push(
                    Diagnostic::error(Code::SourceNotRead, path[1].span, message).hint(hint).repairs(repair::meant(
                        words[1],
                        &known,
                        path[1].span,
                    )),
                );
                return None;
            };
            let key = format!("std/{}.fx", words[1]);
            path.drain(..2);
            (key, text.to_string())
        };
        let used_scope = match self.files.get(&key) {
            Some(scope) => *scope,
            None => {
                self.unit.scopes.push(Scope::default());
                let new = self.unit.scopes.len() - 1;
                self.files.insert(key.clone(), new);
                let id = self.sources.add(&key, &text);
                let mut chain = chain.to_vec();
                chain.push(key.clone());
                self.file(&text, id, new, &chain);
                new
            }
        };
        let wanted: Vec<&Name> = if used.names.is_empty() { path } else { used.names.iter().collect() };
        if wanted.is_empty() {
            let message = format!("`use` does not say what it takes from `{key}`");
            let known = self.names_of(used_scope).join(", ");
            self.diagnostics.push(Diagnostic::error(Code::UnknownName, span, message).hint(format!("it has {known}")));
            return None;
        }
        for name in wanted {
            self.take_name(name, used_scope, &key, scope);
        }
        Some(())
    }

    fn take_name(&mut self, name: &Name, from: usize, key: &str, scope: usize) {
        let known = self.names_of(from);
        if !known.contains(&name.text) {
            let broken = self.unit.is_broken(from, &name.text);
            self.unit.scopes[scope].broken.insert(name.text.clone());
            if !broken {
                let words: Vec<&str> = known.iter().map(String::as_str).collect();
                let hint = match nearest(&name.text, &words) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it has {}", words.join(", ")),
                };
                let message = format!("`{key}` has no `{}`", name.text);
                self.diagnostics.push(
                    Diagnostic::error(Code::UnknownName, name.span, message)
                        .hint(hint)
                        .repairs(repair::one_of(&name.text, &words, name.span)),
                );
            }
            return;
        }
        match self.unit.scopes[scope].imports.get(&name.text) {
            Some((other, first)) if *other != from => self.diagnostics.push(
                Diagnostic::error(Code::TwiceDeclared, name.span, format!("`{}` is taken twice", name.text))
                    .label("again here")
                    .also(*first, "first taken here")
                    .hint("take it from one of the two")
                    .repairs(repair::without_item(self.sources, name.span)),
            ),
            _ => {
                self.unit.scopes[scope].imports.insert(name.text.clone(), (from, name.span));
            }
        }
    }

    /// The names that a scope declares itself.
    fn names_of(&self, scope: usize) -> Vec<String> {
        let own = self.unit.declarations.iter().filter(|d| d.scope == scope);
        own.filter_map(|d| d.declaration.kind.name().map(|n| n.text.clone())).collect()
    }
}

/// The name that a declaration which cannot be read would have declared: the word behind the keyword that begins the
/// last line with one before the place.
fn name_declared_around(text: &str, place: Span) -> Option<String> {
    let before = text.get(..place.end as usize).unwrap_or(text);
    let starts = std::iter::once(0).chain(before.match_indices('\n').map(|(newline, _)| newline + 1));
    let lines = starts.map(|at| text[at..].lines().next().unwrap_or(""));
    let words = |line: &'_ str| -> Vec<String> {
        line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map(String::from).collect()
    };
    let declaring = |words: &Vec<String>| DECLARATION_WORDS.contains(&words[0].as_str());
    lines.map(words).rfind(declaring)?.into_iter().skip(1).find(|word| !word.is_empty())
}
