//! Another name for something, over the whole project: where it can be had, what it changes beside the text.

use super::{Location, Place, Project, View, library_part, names_of, reaches, said};
use crate::snapshot::{Snapshot, Workspace};
use fascicle_lang::names::{Names, Role, SymbolId, SymbolKind};
use fascicle_lang::ops;
use fascicle_syntax::{LexemeKind, SourceId, lexemes};
use std::collections::BTreeSet;
use std::ops::Range;

/// The edits that give something another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renaming {
    /// What is replaced, by file and place, with what.
    pub edits: Vec<(Location, String)>,
    /// What changes that no edit shows.
    pub warnings: Vec<Warning>,
}

/// Something that an edit cannot show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// In a few words.
    pub label: String,
    /// What follows from it.
    pub description: String,
}

/// What can be renamed at a place: its bytes.
///
/// # Errors
/// Why it cannot.
pub fn renamable(snapshot: &Snapshot, workspace: &Workspace, at: usize) -> Result<Range<usize>, String> {
    let names = names_of(snapshot, workspace);
    let occurrence = names.at(SourceId::default(), at).ok_or("nothing that has a name of its own stands here")?;
    can_be_renamed(&names, occurrence.symbol)?;
    Ok(occurrence.span.range())
}

/// Gives what is named at a place another name, in every file of the project that names it.
///
/// # Errors
/// Why that cannot be: the name is no name, is taken, or belongs to the language, the library or a table.
pub fn rename(snapshot: &Snapshot, workspace: &Workspace, at: usize, new: &str) -> Result<Renaming, String> {
    let names = names_of(snapshot, workspace);
    let symbol = names.at(SourceId::default(), at).ok_or("nothing that has a name of its own stands here")?.symbol;
    can_be_renamed(&names, symbol)?;
    let (old, kind) = (names.symbol(symbol).name.clone(), names.symbol(symbol).kind);
    if old == new {
        return Ok(Renaming { edits: Vec::new(), warnings: Vec::new() });
    }
    is_a_name(new, kind)?;
    let others = reaches(&names, symbol);
    let has = |role| names.places(symbol).any(|o| o.role == role);
    let told = (has(Role::Setting), has(Role::Path));
    let project = Project::around(snapshot, workspace, names, others);
    let places = project.places(0, Some(symbol));
    if let Some(place) = places.iter().find(|place| library_part(&place.location.file).is_some()) {
        return Err(format!(
            "`{old}` is named in the standard library ({}), which stays as it is",
            place.location.file
        ));
    }
    is_readable(&project, &places, &old)?;
    for view in &project.views {
        is_free(view, &project, &places, new)?;
    }
    let edits: BTreeSet<(Location, String)> = places
        .into_iter()
        .map(|place| {
            let text = match place.role {
                Role::Shorthand => format!("{old}: {new}"),
                _ => new.to_owned(),
            };
            (place.location, text)
        })
        .collect();
    Ok(Renaming { edits: edits.into_iter().collect(), warnings: warnings(snapshot, &old, new, kind, told) })
}

/// Whether a symbol's name is the file's to choose.
fn can_be_renamed(names: &Names, id: SymbolId) -> Result<(), String> {
    let symbol = names.symbol(id);
    let name = &symbol.name;
    match symbol.kind {
        SymbolKind::Language(_) => {
            return Err(format!("`{name}` is a word of the language: {}", symbol.kind.describe()));
        }
        SymbolKind::Column if symbol.declared.is_empty() => {
            return Err(format!(
                "`{name}` is a column of the table; give it another name in the cohort: rename NAME from \"{name}\""
            ));
        }
        SymbolKind::Level if !is_of_mask(names, id) => {
            return Err(format!(
                "`{name}` is a value that cells of the table have; renamed here, nobody would have it"
            ));
        }
        _ => {}
    }
    let source = symbol.declared.first().and_then(|span| names.sources().get(span.source));
    match source.filter(|source| library_part(&source.name).is_some()) {
        Some(source) => {
            Err(format!("`{name}` is declared in the standard library ({}), which stays as it is", source.name))
        }
        None => Ok(()),
    }
}

/// Levels of a mask have names of the file's own: they stand for numbers in their order.
fn is_of_mask(names: &Names, level: SymbolId) -> bool {
    let owner = names.symbol(level).owner.map(|owner| names.symbol(owner));
    let extent = owner.and_then(|owner| owner.extent).map(|extent| names.sources().text(extent));
    let ty = extent.and_then(|text| text.split_once(':')).map(|(_, ty)| ty.trim_start());
    ty.is_some_and(|ty| ty.starts_with("mask"))
}

fn is_a_name(new: &str, kind: SymbolKind) -> Result<(), String> {
    let of_words = new.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let starts = new.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !of_words || !starts || new == "_" {
        return Err(format!("`{new}` is no name: a letter, then letters, digits and _"));
    }
    if fascicle_syntax::RESERVED_WORDS.contains(&new) {
        return Err(format!("`{new}` is a reserved word"));
    }
    // Options and outputs are told by where they stand; what is looked up by its name alone would hide the operator.
    let alone = !matches!(kind, SymbolKind::Choice | SymbolKind::Level | SymbolKind::Column);
    if alone && (ops::find(new).is_some() || new == "prior") {
        return Err(format!("`{new}` is the name of an operator, which would be hidden"));
    }
    Ok(())
}

/// No declaration that cannot be read may name it: what is meant there is not known.
fn is_readable(project: &Project<'_>, places: &BTreeSet<Place>, old: &str) -> Result<(), String> {
    for view in &project.views {
        for span in view.names.broken() {
            let file = &view.files[usize::from(span.source.0)];
            let text = view.names.sources().text(*span);
            let named = |l: &fascicle_syntax::Lexeme| {
                matches!(l.kind, LexemeKind::Word | LexemeKind::Capital) && &text[l.start..l.end] == old
            };
            if places.iter().any(|place| place.location.file == *file) && lexemes(text).iter().any(named) {
                let at = Location::new(file.clone(), span.range());
                return Err(format!(
                    "the declaration at {} cannot be read and says `{old}`: mend it first",
                    said(&at, project.workspace)
                ));
            }
        }
    }
    Ok(())
}

/// Nothing else may have the new name where the old one stands, nor where it could be seen.
fn is_free(view: &View, project: &Project<'_>, places: &BTreeSet<Place>, new: &str) -> Result<(), String> {
    let taken = |names: &Names, id: SymbolId| {
        let symbol = names.symbol(id);
        let place = symbol.declared.first().map(|span| {
            let location = Location::new(view.files[usize::from(span.source.0)].clone(), span.range());
            format!(", declared at {}", said(&location, project.workspace))
        });
        format!("`{new}` is taken: {}{}", symbol.kind.describe(), place.unwrap_or_default())
    };
    let names = &view.names;
    for place in places.iter().filter(|place| place.role != Role::Comment) {
        let Some(source) = view.files.iter().position(|file| *file == place.location.file) else { continue };
        let source = SourceId(source as u16);
        let here = names.occurrences_in(source, place.location.start..place.location.start + 1);
        for occurrence in here.iter().filter(|o| o.span.range() == place.location.range()) {
            let symbol = names.symbol(occurrence.symbol);
            let alone = !matches!(symbol.kind, SymbolKind::Choice | SymbolKind::Level | SymbolKind::Column);
            let seen = names.visible(source, place.location.start).into_iter();
            if let Some(other) = seen.filter(|_| alone).find(|id| names.symbol(*id).name == new) {
                return Err(taken(names, other));
            }
            let mut siblings = symbol.owner.into_iter().flat_map(|owner| names.members(owner));
            if let Some((other, _)) = siblings.find(|(_, s)| s.name == new) {
                return Err(taken(names, other));
            }
            // A name of the whole file would be hidden by one that is bound within a declaration that reads it.
            let global = symbol.owner.is_none() && symbol.within.is_none() && alone;
            let mut bound =
                names.symbols().filter(|(_, s)| s.name == new && s.within.is_some_and(|w| w.source == source));
            let hides = |w: fascicle_syntax::Span| {
                names
                    .places(occurrence.symbol)
                    .any(|o| o.span.source == w.source && w.start <= o.span.start && o.span.end <= w.end)
            };
            if let Some((other, _)) = bound.find(|(_, s)| global && s.within.is_some_and(hides)) {
                return Err(taken(names, other));
            }
        }
    }
    Ok(())
}

/// What changes with a name besides the text.
fn warnings(
    snapshot: &Snapshot,
    old: &str,
    new: &str,
    kind: SymbolKind,
    (swept, named_in_paths): (bool, bool),
) -> Vec<Warning> {
    let mut found = Vec::new();
    let segment = |path: &str| match kind {
        SymbolKind::Model => path.split(['.', '[']).next() == Some(old),
        SymbolKind::Block => path.split('.').any(|part| {
            let part = part.split('[').next().unwrap_or(part);
            let number = part.strip_prefix(old).and_then(|rest| rest.strip_prefix('_'));
            part == old || number.is_some_and(|n| n.parse::<u32>().is_ok())
        }),
        SymbolKind::Input(_) => {
            let keys = path.split('[').skip(1).filter_map(|rest| rest.split(']').next());
            keys.flat_map(|keys| keys.split(", ")).any(|key| key == old)
        }
        _ => false,
    };
    let modules = snapshot.program().map_or(Vec::new(), |program| {
        let weighted = program.graph.modules.iter().filter(|m| !m.weights.is_empty());
        weighted.map(|m| m.path.clone()).filter(|path| segment(path)).collect::<Vec<_>>()
    });
    if modules.is_empty() && named_in_paths {
        found.push(Warning {
            label: "paths of weights change".into(),
            description: format!(
                "stages name modules below `{old}`; files of weights and name maps say `{old}` where `{new}` is needed"
            ),
        });
    }
    if let Some(first) = modules.first() {
        let more = if modules.len() > 1 { format!(" and {} more", modules.len() - 1) } else { String::new() };
        found.push(Warning {
            label: "paths of weights change".into(),
            description: format!(
                "`{first}`{more}: weights start otherwise under another path, so stages are trained anew; files of weights and name maps \
                 say `{old}` where `{new}` is needed"
            ),
        });
    }
    if matches!(kind, SymbolKind::Param | SymbolKind::Group) && swept {
        found.push(Warning {
            label: "names of variants change".into(),
            description: format!("results stand under `{old}=..`, and scripts that say `--set {old}=..` need `{new}`"),
        });
    }
    found
}
