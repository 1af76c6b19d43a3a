//! Behind a dot: parts of the library, outputs of a model, columns of a cohort, fields of an analysis.

use super::columns::columns_of;
use super::{SUBSETS, entry_proposal};
use crate::callable::Callable;
use crate::complete::list::{List, Proposal, ProposalKind};
use crate::complete::{Asked, value};
use crate::names::names_in;
use fascicle_lang::compile::{Chapter, EmptyWorld, Seen, analyses, entries};
use fascicle_lang::graph::Kind;
use fascicle_lang::names::{SymbolKind, names};
use fascicle_lang::stdlib;
use fascicle_syntax::SourceId;

/// `use std.`, `use std.blocks.{`.
pub(in crate::complete) fn taken(asked: &Asked<'_>, list: &mut List<'_>) {
    let words: Vec<&str> = asked.context.before.iter().skip(1).map(|(range, _)| &asked.text[range.clone()]).collect();
    match words.as_slice() {
        [] => {
            list.add(Proposal::new("std", ProposalKind::Cohort, 0).detail("the standard library").insert("std."));
            list.add(
                Proposal::new("model", ProposalKind::Keyword, 1)
                    .detail("a packed model")
                    .snippet("model ${1:name} from \"${2:model.fascicle}\""),
            );
        }
        ["std", "."] => {
            for part in stdlib::names() {
                let doc = stdlib::source(part).and_then(|text| text.lines().next()).unwrap_or("");
                list.add(Proposal::new(part, ProposalKind::Cohort, 0).detail(doc.trim_start_matches('/').trim()));
            }
        }
        ["std", ".", part, ".", given @ ..] => {
            let Some(text) = stdlib::source(part) else { return };
            let names = names(part, text, &EmptyWorld);
            for (id, symbol) in names.symbols() {
                let own = symbol.declared.first().is_some_and(|d| d.source == SourceId::default());
                let taken = matches!(symbol.kind, SymbolKind::Block | SymbolKind::Loss);
                if let Some(callable) =
                    Callable::declared(&names, id).filter(|_| own && taken && !given.contains(&symbol.name.as_str()))
                {
                    let kind =
                        if symbol.kind == SymbolKind::Block { ProposalKind::Block } else { ProposalKind::Function };
                    let proposal = Proposal::new(&symbol.name, kind, 0).detail(callable.head().0);
                    list.add(proposal.key(format!("std:{part}.{}", symbol.name)));
                }
            }
        }
        [file, ".", given @ ..] if file.starts_with('"') => {
            let path = asked.workspace.outside.beside(&asked.snapshot.file, file.trim_matches('"'));
            let Some(names) = names_in(&path, asked.workspace) else { return };
            for (id, symbol) in names.symbols() {
                let own = symbol.declared.first().is_some_and(|d| d.source == SourceId::default());
                let global = symbol.owner.is_none() && symbol.within.is_none() && symbol.kind.is_declared();
                if own && global && !given.contains(&symbol.name.as_str()) {
                    let callable = Callable::declared(&names, id).map(|callable| callable.head().0);
                    let detail = callable.unwrap_or_else(|| symbol.kind.describe().to_owned());
                    list.add(Proposal::new(&symbol.name, ProposalKind::Value, 0).detail(detail));
                }
            }
        }
        _ => {}
    }
}

/// Behind a dot: outputs of a model, columns of a cohort, fields of an analysis or a record.
pub(in crate::complete) fn fields(asked: &Asked<'_>, list: &mut List<'_>) {
    let (context, text) = (&asked.context, asked.text);
    let keyword = context.keyword();
    // What stands before the dot, without an index.
    let mut at = context.before.len().saturating_sub(2);
    if context.back(text, 1) == "]" {
        let mut depth = 0;
        while at > 0 {
            let word = &text[context.before[at].0.clone()];
            depth += i32::from(word == "]") - i32::from(word == "[");
            at -= 1;
            if depth == 0 {
                break;
            }
        }
    }
    let Some((range, _)) = context.before.get(at) else { return };
    let name = &text[range.clone()];
    let visible = asked.names.visible(SourceId::default(), range.start);
    let symbol = visible.into_iter().find(|id| asked.names.symbol(*id).name == *name);
    match symbol.map(|id| (id, asked.names.symbol(id).kind)) {
        Some((id, SymbolKind::Model)) => {
            for (_, member) in asked.names.members(id) {
                let rank = match member.kind {
                    SymbolKind::Output => 0,
                    SymbolKind::Let => 1,
                    _ => continue,
                };
                list.add(
                    Proposal::new(&member.name, ProposalKind::Field, rank)
                        .detail(format!("{} of {name}", member.kind.describe())),
                );
            }
            module_paths(asked, list);
        }
        Some((_, SymbolKind::Cohort)) => {
            if keyword == "analysis" {
                for subset in SUBSETS {
                    list.add(Proposal::new(subset, ProposalKind::Word, 0).detail("of the protocol"));
                }
                columns_of(asked, list, 1, Some(name));
            }
            for entry in entries().filter(|e| e.chapter == Chapter::InputSource) {
                list.add(value::called(entry_proposal(entry, ProposalKind::Step, 0), &Callable::entry(entry), false));
            }
        }
        Some((id, SymbolKind::Analysis)) => {
            let Some(extent) = asked.names.symbol(id).extent else { return };
            let source = asked.names.sources().text(extent);
            let called = analyses().filter(|a| source.contains(&format!("{}(", a.name)));
            for (field, said) in called.max_by_key(|a| a.name.len()).into_iter().flat_map(|a| a.fields) {
                list.add(Proposal::new(field, ProposalKind::Field, 0).detail(said));
            }
        }
        _ => {
            let end = context.before.get(context.before.len().saturating_sub(2)).map_or(0, |(range, _)| range.end);
            match value::ending_at(asked, end) {
                Some(Seen::Record(fields)) => {
                    for (field, seen) in fields {
                        let shape = seen.ty().map_or(String::new(), ToString::to_string);
                        list.add(Proposal::new(&field, ProposalKind::Field, 0).detail(shape));
                    }
                }
                Some(Seen::List { .. }) => {
                    list.add(Proposal::new("last", ProposalKind::Field, 0).detail("the last of the list"))
                }
                Some(seen) if seen.ty().is_some_and(|ty| ty.kind == Kind::Normal) => {
                    for (field, said) in [("mean", "of the Gaussian"), ("log_var", "the logarithm of its variance")] {
                        list.add(Proposal::new(field, ProposalKind::Field, 0).detail(said));
                    }
                }
                _ => module_paths(asked, list),
            }
        }
    }
}

/// `init ad.`, `freeze ad.Embed.`: what stands below a path.
pub(in crate::complete) fn module_paths(asked: &Asked<'_>, list: &mut List<'_>) {
    let clause = asked.context.clause.as_ref().map_or("", |clause| clause.word.as_str());
    if !matches!(clause, "init" | "freeze") {
        return;
    }
    // The path up to the dot: words, dots and indexes without blanks between them.
    let end = asked.context.word.start;
    let start =
        asked.text[..end].rfind(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '(')).map_or(0, |at| at + 1);
    let prefix = &asked.text[start..end];
    let Some(program) = asked.snapshot.program() else { return };
    for module in &program.graph.modules {
        let Some(rest) = module.path.strip_prefix(prefix) else { continue };
        let segment = rest.split('.').next().unwrap_or(rest);
        list.add(Proposal::new(segment, ProposalKind::Block, 0).detail(format!("{prefix}{segment}")));
    }
}
