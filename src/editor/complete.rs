//! What can be written at a place, what fits first.
//!
//! ```text
//!  text before the caret ──Context──▶ declaration, clause, brackets, argument
//!       └─ names in scope, tables of the language, columns and levels of cohorts, the type of what is piped ─▶ Completion
//! ```
//!
//! It asks no tree of the declaration around the caret, which mostly cannot be read while it is typed: words say where the caret
//! stands, and the last good compilation what a value is.

mod list;
mod mended;
mod place;
mod snippets;
mod value;

pub use list::{Completion, Proposal, ProposalKind};

use crate::callable::Callable;
use crate::context::{Context, Open, Quoted};
use crate::names::{names_of, text_of};
use crate::reference;
use crate::snapshot::{Snapshot, Workspace};
use fascicle_lang::compile::{Chapter, analyses, entries};
use fascicle_lang::names::{Names, SymbolId, SymbolKind, names};
use fascicle_lang::ops;
use fascicle_syntax::SourceId;
use list::List;
use std::sync::Arc;

/// Everything that a completion is made of.
pub(crate) struct Asked<'s> {
    pub snapshot: &'s Snapshot,
    pub workspace: &'s Workspace,
    pub text: &'s str,
    pub names: Arc<Names>,
    pub context: Context,
}

/// What can be written at a place.
pub fn complete(snapshot: &Snapshot, workspace: &Workspace, at: usize) -> Completion {
    let text = snapshot.text();
    let context = Context::at(text, at);
    let mut list = List::new(context.word.start..context.word_end.max(context.word.end), text, context.word.clone());
    match context.quoted {
        Some(Quoted::Text(start)) => {
            files(snapshot, workspace, &context, start, at, &mut list);
            return list.done();
        }
        Some(_) => return list.done(),
        None => {}
    }
    let asked = Asked { snapshot, workspace, text, names: names_of(snapshot, workspace), context };
    place::at_place(&asked, &mut list);
    list.done()
}

/// The documentation of a proposal, by its key: asked when it is looked at.
pub fn documentation(key: &str) -> Option<String> {
    let (table, name) = key.split_once(':')?;
    match table {
        "operator" => ops::find(name).map(reference::operator),
        "analysis" => analyses().find(|analysis| analysis.name == name).map(|analysis| reference::analysis(&analysis)),
        "std" => {
            let (part, name) = name.split_once('.')?;
            let text = fascicle_lang::stdlib::source(part)?;
            let names = names(&format!("std/{part}.fx"), text, &fascicle_lang::compile::EmptyWorld);
            let id = names.global(SourceId::default(), name)?;
            Some(declared(&names, id))
        }
        _ => {
            let chapter = Chapter::ALL.into_iter().find(|chapter| chapter.one() == table)?;
            entries().find(|entry| entry.chapter == chapter && entry.name == name).map(reference::entry)
        }
    }
}

/// What is said of a declaration of a file.
pub(crate) fn declared(names: &Names, id: SymbolId) -> String {
    let symbol = names.symbol(id);
    let head = match Callable::declared(names, id) {
        Some(callable) => callable.head().0,
        None => {
            let extent = symbol.extent.map_or("", |extent| names.sources().text(extent));
            let first = extent.lines().next().unwrap_or("").trim_end_matches('{').trim();
            if first.is_empty() { format!("{} {}", symbol.kind.describe(), names.path(id)) } else { first.to_owned() }
        }
    };
    format!("```fx\n{head}\n```\n\n{}", symbol.doc).trim_end().to_owned()
}

/// The callable that a bracket's name means at this place.
pub(crate) fn callable(asked: &Asked<'_>, open: &Open) -> Option<(Callable, Option<Chapter>)> {
    let (name, range) = open.callee.as_ref()?;
    let received = asked.text.get(..range.start).is_some_and(|before| before.ends_with('.'));
    let entry = |chapter: Chapter| entries().find(|e| e.chapter == chapter && e.name == *name);
    let chapters = place::chapters(asked, open, received);
    if let Some(entry) = chapters.into_iter().find_map(entry) {
        return Some((Callable::entry(entry), Some(entry.chapter)));
    }
    if received {
        return None;
    }
    if asked.context.keyword() == "analysis"
        && let Some(analysis) = analyses().find(|analysis| analysis.name == *name)
    {
        return Some((Callable::analysis(&analysis), None));
    }
    let visible = asked.names.visible(SourceId::default(), range.start);
    if let Some(id) = visible.into_iter().find(|id| asked.names.symbol(*id).name == *name) {
        let declared = Callable::declared(&asked.names, id);
        if declared.is_some() || asked.names.symbol(id).kind != SymbolKind::Block {
            return Some((declared?, None));
        }
    }
    if let Some(stanza) = ops::find(name) {
        return Some((Callable::operator(stanza), None));
    }
    entry(Chapter::Function).map(|entry| (Callable::entry(entry), None))
}

/// Experiments beside the file, in the quotes of `use` and `extends`.
fn files(snapshot: &Snapshot, workspace: &Workspace, context: &Context, start: usize, at: usize, list: &mut List<'_>) {
    let keyword = context.back(snapshot.text(), 0);
    if !matches!(keyword, "use" | "extends") {
        return;
    }
    let text = snapshot.text();
    let end = text[at..].find(['"', '\n']).map_or(text.len(), |more| at + more);
    list.replace(start + 1..end, start + 1..at);
    let folder = snapshot.file.rsplit_once('/').map_or("", |(folder, _)| folder);
    for file in workspace.outside.experiments() {
        let beside = match folder.is_empty() {
            true => Some(file.as_str()),
            false => file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        };
        let Some(beside) = beside.filter(|_| file != snapshot.file) else { continue };
        let doc = text_of(&file, workspace).unwrap_or_default();
        let said = doc.lines().next().and_then(|line| line.strip_prefix("///")).unwrap_or("").trim().to_owned();
        list.add(Proposal::new(beside, ProposalKind::File, 0).detail(said));
    }
}
