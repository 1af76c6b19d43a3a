//! Names as a question that can be asked: which declaration each word of a program means.
//!
//! ```text
//!  text ──parse──▶ declarations ─▶ 1. declared   who declares what, file by file      Scope
//!                                  2. resolve    every word -> its symbol              Occurrence
//! ```
//!
//! It stands beside the compiler, not in its way: it asks for no shape and no value, so that it answers in a file that does not
//! compile. Declarations that cannot be read are left out one by one; what they would have declared is known by their first
//! words. Editors ask it where a name is declared, where it is used, and what can be named at a place.

mod argument;
mod broken;
mod clause;
mod declared;
mod expression;
mod meaning;
mod resolve;
mod scope;
#[cfg(test)]
mod tests;

pub use meaning::{Language, SymbolKind};

use crate::compile::{Chapter, Sources, World};
use fascicle_syntax::{Declaration, File, SourceId, Span, SyntaxError, parse};
use std::ops::Range;
use std::sync::Arc;

/// Which symbol: its position in [`Names::symbols`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(u32);

/// Something that words mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// Where its name is declared: the place that counts first, then those that it replaces in files that are extended. Empty
    /// for the language's own words and for columns that no file declares.
    pub declared: Vec<Span>,
    /// The whole of the declaration that counts.
    pub extent: Option<Span>,
    /// What it is declared in: the block of a parameter, the model of an output, the param of an option.
    pub owner: Option<SymbolId>,
    /// Where it can be named without its owner; everywhere in its file, and where that is taken, for what has none.
    pub within: Option<Span>,
    /// The documentation that stands before its declaration.
    pub doc: String,
    /// Whether its declaration can be read.
    pub whole: bool,
}

/// A place where a symbol is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Where.
    pub span: Span,
    /// Which.
    pub symbol: SymbolId,
    /// How.
    pub role: Role,
}

/// How a symbol is named at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It is declared here.
    Declaration,
    /// It is read, applied or asked for.
    Use,
    /// `use` or `without` names it.
    Import,
    /// A sweep or a search gives it values.
    Setting,
    /// A part of the path of a module: `init a.Embed from b.Embed`.
    Path,
    /// `{ layer }` names a field after what it holds.
    Shorthand,
    /// A comment says `--set name=value`.
    Comment,
}

/// What every word of a file, and of the files that it names, means.
#[derive(Debug, Clone, Default)]
pub struct Names {
    sources: Sources,
    symbols: Vec<Symbol>,
    /// By source and place.
    occurrences: Vec<Occurrence>,
    scopes: Vec<scope::Scope>,
    /// The scope of each source.
    scope_of: Vec<usize>,
    /// The declarations of each source.
    files: Vec<Arc<File>>,
    /// What of each source cannot be read.
    errors: Vec<SyntaxError>,
    /// Declarations that cannot be read.
    broken: Vec<Span>,
    /// Files that are named and cannot be read, by the place that names them.
    missing: Vec<(Span, String)>,
    /// Which file each `use` and `extends` names.
    links: Vec<(Span, SourceId)>,
}

/// What every word of a file means. Files that it names are asked of the world, as the compiler does.
pub fn names(name: &str, text: &str, world: &dyn World) -> Names {
    let (file, errors) = parse(text, SourceId::default());
    names_of(name, text, Arc::new(file), errors, world)
}

/// As [`names`], of a file that was read already.
pub fn names_of(name: &str, text: &str, file: Arc<File>, errors: Vec<SyntaxError>, world: &dyn World) -> Names {
    let mut files = declared::files(name, text, (file, errors), world);
    resolve::resolve(&mut files);
    let declared::Files { mut names, .. } = files;
    names.occurrences.sort_by_key(|o| (o.span.source, o.span.start, o.span.end, o.symbol));
    names.occurrences.dedup_by_key(|o| (o.span, o.symbol));
    names
}

/// Whether an argument of an entry of the reference names columns: `kfold`'s `stratify`, `combat`'s `by`.
pub fn takes_columns(chapter: Chapter, entry: &str, argument: &str) -> bool {
    argument::takes_columns(chapter, entry, argument)
}

impl Names {
    /// The texts, the main file first.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// A symbol.
    ///
    /// # Panics
    /// If it is one of other names.
    pub fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.0 as usize]
    }

    /// All symbols.
    pub fn symbols(&self) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        self.symbols.iter().enumerate().map(|(at, symbol)| (SymbolId(at as u32), symbol))
    }

    /// All places where something is named, by source and place.
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }

    /// What is named at a place: at a byte within the name or right behind it.
    pub fn at(&self, source: SourceId, offset: usize) -> Option<&Occurrence> {
        let offset = u32::try_from(offset).ok()?;
        let end = self.occurrences.partition_point(|o| (o.span.source, o.span.start) <= (source, offset));
        let near = self.occurrences[end.saturating_sub(8)..end].iter().rev();
        near.clone()
            .find(|o| o.span.source == source && o.span.end > offset)
            .or_else(|| near.clone().find(|o| o.span.source == source && o.span.end == offset))
    }

    /// The occurrences within a stretch of a source.
    pub fn occurrences_in(&self, source: SourceId, range: Range<usize>) -> &[Occurrence] {
        let at = |offset: usize| {
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            self.occurrences.partition_point(|o| (o.span.source, o.span.start) < (source, offset))
        };
        &self.occurrences[at(range.start)..at(range.end).max(at(range.start))]
    }

    /// Where a symbol is named.
    pub fn places(&self, symbol: SymbolId) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.iter().filter(move |o| o.symbol == symbol)
    }

    /// What belongs to a symbol: the parameters of a block, the outputs of a model, the options of a param.
    pub fn members(&self, owner: SymbolId) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        self.symbols().filter(move |(_, symbol)| symbol.owner == Some(owner))
    }

    /// The symbol that a name of its own or taken by `use` means in a source.
    pub fn global(&self, source: SourceId, name: &str) -> Option<SymbolId> {
        let scope = *self.scope_of.get(usize::from(source.0))?;
        scope::resolve(&self.scopes, scope, name)
    }

    /// What can be named at a place: the innermost first, each name once.
    pub fn visible(&self, source: SourceId, offset: usize) -> Vec<SymbolId> {
        let at = u32::try_from(offset).unwrap_or(u32::MAX);
        let holds = |symbol: &Symbol| symbol.within.is_some_and(|w| w.source == source && w.start <= at && at <= w.end);
        let mut found: Vec<(u32, SymbolId)> = self
            .symbols()
            .filter(|(_, symbol)| holds(symbol))
            .map(|(id, symbol)| (symbol.within.map_or(0, |w| w.start), id))
            .collect();
        found.sort_by_key(|(start, id)| (std::cmp::Reverse(*start), *id));
        let mut seen: Vec<&str> = Vec::new();
        let mut all: Vec<SymbolId> = Vec::new();
        let globals = self.scope_of.get(usize::from(source.0)).map_or(Vec::new(), |s| scope::visible(&self.scopes, *s));
        for id in found.into_iter().map(|(_, id)| id).chain(globals) {
            let name = self.symbol(id).name.as_str();
            if !seen.contains(&name) {
                seen.push(name);
                all.push(id);
            }
        }
        all
    }

    /// The declaration of a symbol that counts, or of its owner.
    pub fn declaration(&self, id: SymbolId) -> Option<&Declaration> {
        let symbol = self.symbol(id);
        let Some(extent) = symbol.extent else { return self.declaration(symbol.owner?) };
        let file = self.files.get(usize::from(extent.source.0))?;
        file.declarations.iter().find(|declaration| declaration.span == extent)
    }

    /// What of the files cannot be read.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// Declarations that cannot be read: from the keyword to the next declaration. What they name is guessed word by word.
    pub fn broken(&self) -> &[Span] {
        &self.broken
    }

    /// Files that are named and not there: where, and why.
    pub fn missing(&self) -> &[(Span, String)] {
        &self.missing
    }

    /// The source that `use` or `extends` names at a place.
    pub fn link_at(&self, source: SourceId, offset: usize) -> Option<SourceId> {
        let holds = |span: &Span| span.source == source && span.range().contains(&offset);
        self.links.iter().find(|(span, _)| holds(span)).map(|(_, to)| *to)
    }

    /// The name that a symbol's declaration has in full: `ad.z` for an output of a model.
    pub fn path(&self, id: SymbolId) -> String {
        let symbol = self.symbol(id);
        match symbol.owner {
            Some(owner) => format!("{}.{}", self.symbol(owner).name, symbol.name),
            None => symbol.name.clone(),
        }
    }

    fn add(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId((self.symbols.len() - 1) as u32)
    }

    fn occurs(&mut self, span: Span, symbol: SymbolId, role: Role) {
        self.occurrences.push(Occurrence { span, symbol, role });
    }
}
