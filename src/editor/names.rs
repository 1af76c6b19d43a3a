//! Where a name is declared and used: in a file, in the files that it names, and in those of the project that name them.
//!
//! One file's [`Names`] tell it and what it names apart word by word. A project is asked file by file: two words are one name if
//! some file sees them so.

mod rename;

pub use rename::{Renaming, Warning, renamable, rename};

use crate::document::Document;
use crate::snapshot::{Snapshot, Workspace};
use fascicle_lang::compile::{TableProblem, TableSummary, World};
use fascicle_lang::names::{self as lang, Names, Occurrence, Role, SymbolId, SymbolKind};
use fascicle_lang::program::Cohort;
use fascicle_lang::stdlib;
use fascicle_syntax::{SourceId, Span};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, PoisonError};

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file: a path, or `std/blocks.fx` for a part of the standard library.
    pub file: String,
    /// The first byte.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

impl Location {
    fn new(file: String, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end }
    }

    /// The bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// A place that names something, to be lit up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// The bytes.
    pub range: Range<usize>,
    /// Whether it is declared or set here, rather than read.
    pub writes: bool,
}

/// What the words of an open file mean. It is kept with the text, and holds as long as the other files say what they said.
pub fn names_of(snapshot: &Snapshot, workspace: &Workspace) -> Arc<Names> {
    let mut kept = snapshot.named.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.as_ref().filter(|known| holds(known, snapshot, workspace)) {
        return known.clone();
    }
    let (file, errors) = snapshot.parsed().clone();
    let world = Around { workspace, file: &snapshot.file };
    let names = Arc::new(lang::names_of(&snapshot.file, snapshot.text(), file, errors, &world));
    *kept = Some(names.clone());
    names
}

/// Whether the files that took part are as they were.
fn holds(names: &Names, snapshot: &Snapshot, workspace: &Workspace) -> bool {
    let same = |name: &str, text: &str| {
        library_part(name).is_some()
            || workspace.text(&workspace.outside.beside(&snapshot.file, name)).is_ok_and(|now| *now == *text)
    };
    names.missing().is_empty() && names.sources().iter().skip(1).all(|source| same(&source.name, &source.text))
}

/// What the words of a file mean, open or not; `None` where it cannot be read.
pub fn names_in(file: &str, workspace: &Workspace) -> Option<Arc<Names>> {
    let text = text_of(file, workspace)?;
    if let Some(open) = workspace.files.get(file) {
        return Some(names_of(open, workspace));
    }
    Some(Arc::new(lang::names(file, &text, &Around { workspace, file })))
}

/// The text of a file, or of a part of the standard library.
pub fn text_of(file: &str, workspace: &Workspace) -> Option<Arc<str>> {
    match library_part(file) {
        Some(part) => stdlib::source(part).map(Arc::from),
        None => workspace.text(file).ok(),
    }
}

/// The part of the standard library that a file is: `blocks` of `std/blocks.fx`, also where it is open as `fascicle:/std/blocks.fx`.
pub fn library_part(file: &str) -> Option<&str> {
    let file = file.strip_prefix("fascicle:/").unwrap_or(file);
    let part = file.strip_prefix("std/")?.strip_suffix(".fx")?;
    stdlib::source(part).map(|_| part)
}

/// Where what is named at a place is declared: the place that counts first.
pub fn definition(snapshot: &Snapshot, workspace: &Workspace, at: usize) -> Vec<Location> {
    let names = names_of(snapshot, workspace);
    let source = SourceId::default();
    if let Some(to) = names.link_at(source, at)
        && names.at(source, at).is_none()
    {
        return vec![Location::new(file_of(&names, to, &snapshot.file, workspace), 0..0)];
    }
    let Some(occurrence) = names.at(source, at) else { return Vec::new() };
    let declared = &names.symbol(occurrence.symbol).declared;
    declared.iter().map(|span| location(&names, *span, &snapshot.file, workspace)).collect()
}

/// Where what is named at a place is named, in the whole project.
pub fn references(snapshot: &Snapshot, workspace: &Workspace, at: usize, with_declarations: bool) -> Vec<Location> {
    let names = names_of(snapshot, workspace);
    let Some(symbol) = names.at(SourceId::default(), at).map(|o| o.symbol) else { return Vec::new() };
    let others = reaches(&names, symbol);
    let project = Project::around(snapshot, workspace, names, others);
    let found = project.places(0, Some(symbol)).into_iter();
    let wanted = found.filter(|place| with_declarations || place.role != Role::Declaration);
    let all: BTreeSet<Location> = wanted.map(|place| place.location).collect();
    all.into_iter().collect()
}

/// Whether other files can name a symbol.
fn reaches(names: &Names, symbol: SymbolId) -> bool {
    let local = [SymbolKind::Dimension, SymbolKind::Turn, SymbolKind::Column];
    let symbol = names.symbol(symbol);
    let bound = local.contains(&symbol.kind) || symbol.kind == SymbolKind::Let && symbol.owner.is_none();
    symbol.kind.is_declared() && !bound
}

/// The places of the file that name what is named at a place.
pub fn highlights(snapshot: &Snapshot, workspace: &Workspace, at: usize) -> Vec<Highlight> {
    let names = names_of(snapshot, workspace);
    let Some(occurrence) = names.at(SourceId::default(), at) else { return Vec::new() };
    let here = names.places(occurrence.symbol).filter(|o| o.span.source == SourceId::default());
    here.map(|o| Highlight { range: o.span.range(), writes: matches!(o.role, Role::Declaration | Role::Setting) })
        .collect()
}

/// The path of a source.
fn file_of(names: &Names, source: SourceId, main: &str, workspace: &Workspace) -> String {
    let name = names.sources().get(source).map_or("", |s| s.name.as_str());
    if source == SourceId::default() {
        return main.to_owned();
    }
    if library_part(name).is_some() {
        return name.to_owned();
    }
    workspace.outside.beside(main, name)
}

fn location(names: &Names, span: Span, main: &str, workspace: &Workspace) -> Location {
    Location::new(file_of(names, span.source, main, workspace), span.range())
}

/// What each file of a project sees.
struct Project<'w> {
    workspace: &'w Workspace,
    /// The file that is asked first.
    views: Vec<View>,
}

struct View {
    names: Arc<Names>,
    /// The path of each source.
    files: Vec<String>,
}

/// A place in a project that names something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    location: Location,
    role: Role,
}

impl View {
    fn new(file: &str, names: Arc<Names>, workspace: &Workspace) -> Self {
        let count = names.sources().iter().count();
        let files = (0..count).map(|at| file_of(&names, SourceId(at as u16), file, workspace)).collect();
        Self { names, files }
    }

    fn place(&self, occurrence: &Occurrence) -> Place {
        let file = self.files[usize::from(occurrence.span.source.0)].clone();
        Place { location: Location::new(file, occurrence.span.range()), role: occurrence.role }
    }
}

impl<'w> Project<'w> {
    /// The file, and where others may name the same all experiments of the workspace.
    fn around(snapshot: &Snapshot, workspace: &'w Workspace, names: Arc<Names>, others: bool) -> Self {
        let mut views = vec![View::new(&snapshot.file, names, workspace)];
        if others {
            let mut files: BTreeSet<String> = workspace.outside.experiments().into_iter().collect();
            files.extend(workspace.files.keys().cloned());
            files.remove(&snapshot.file);
            for file in files {
                if let Some(names) = names_in(&file, workspace) {
                    views.push(View::new(&file, names, workspace));
                }
            }
        }
        Self { workspace, views }
    }

    /// All places that name what a symbol of a view is: whatever some view sees as one name is one.
    fn places(&self, view: usize, symbol: Option<SymbolId>) -> BTreeSet<Place> {
        let mut found: BTreeSet<Place> = BTreeSet::new();
        let mut open: Vec<(usize, SymbolId)> = symbol.map(|symbol| (view, symbol)).into_iter().collect();
        let mut seen: BTreeSet<(usize, SymbolId)> = open.iter().copied().collect();
        while let Some((view, symbol)) = open.pop() {
            let view = &self.views[view];
            for place in view.names.places(symbol).map(|o| view.place(o)) {
                if found.contains(&place) {
                    continue;
                }
                for (at, other) in self.views.iter().enumerate() {
                    let Some(source) = other.files.iter().position(|file| *file == place.location.file) else {
                        continue;
                    };
                    let source = SourceId(source as u16);
                    let range = place.location.range();
                    let same = |o: &&Occurrence| o.span.range() == range;
                    let same = other.names.occurrences_in(source, range.start..range.start + 1).iter().filter(same);
                    for occurrence in same.filter(|o| o.role != Role::Path || place.role == Role::Path) {
                        if seen.insert((at, occurrence.symbol)) {
                            open.push((at, occurrence.symbol));
                        }
                    }
                }
                found.insert(place);
            }
        }
        found
    }
}

/// The world of a file among those of a workspace: texts, and nothing else.
struct Around<'w> {
    workspace: &'w Workspace,
    file: &'w str,
}

impl World for Around<'_> {
    fn source(&self, path: &str) -> Result<String, String> {
        let path = self.workspace.outside.beside(self.file, path);
        self.workspace.text(&path).map(|text| text.to_string())
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        Err(TableProblem::unknown(format!("the table of `{}` is not asked for names", cohort.name)))
    }
}

/// The line of a place, from 1, with its file, as messages say it.
fn said(location: &Location, workspace: &Workspace) -> String {
    let text = text_of(&location.file, workspace).unwrap_or_default();
    let line = Document::new(&text, 0).line_of(location.start) + 1;
    format!("{}:{line}", location.file)
}
