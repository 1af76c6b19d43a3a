//! What can stand at a place: which of the language's tables, and which names.

mod call;
mod clause;
mod columns;
mod fields;
mod head;

pub(super) use call::chapters;

use super::list::{List, Proposal, ProposalKind};
use super::{Asked, snippets, value};
use crate::callable::Callable;
use call::arguments;
use clause::in_clause;
use columns::{columns, in_columns, is_image, levels_of, list_of_columns};
use fascicle_lang::compile::{Chapter, Entry, analyses, entries};
use fascicle_lang::names::{SymbolId, SymbolKind};
use fascicle_syntax::{InputWord, SourceId};
use fields::{fields, taken};
use head::{head, in_head, is_head, models, type_words};

/// Words for people of a protocol.
const SUBSETS: [&str; 4] = ["test", "validation", "holdout", "training"];

/// Fills a list with what can stand at a place.
pub(super) fn at_place(asked: &Asked<'_>, list: &mut List<'_>) {
    let (context, text) = (&asked.context, asked.text);
    let keyword = context.keyword();
    let (last, before) = (context.back(text, 0), context.back(text, 1));
    match keyword {
        "" => return snippets::declarations(list),
        "use" => return taken(asked, list),
        "extends" if last == "without" || context.before.iter().any(|(r, _)| &text[r.clone()] == "without") => {
            return value::named(asked, list, 0, |_| true);
        }
        "extends" => return words(list, &["without"]),
        _ => {}
    }
    if last == "." {
        return fields(asked, list);
    }
    // The name that a declaration gives, and what a keyword alone is followed by.
    if context.before.len() == 1 {
        return head(asked, list, keyword);
    }
    if let Some(clause) = context.clause.as_ref() {
        let chapter = match keyword {
            "cohort" => Some(Chapter::CohortClause),
            "train" => Some(Chapter::Clause),
            "search" => Some(Chapter::SearchClause),
            _ => None,
        };
        if clause.may_begin {
            match chapter {
                Some(chapter) => {
                    let repeats = ["init", "freeze", "augment", "keep", "join", "rename"];
                    for entry in entries().filter(|e| e.chapter == chapter) {
                        let again = repeats.contains(&entry.name) && keyword != "train"
                            || ["init", "freeze"].contains(&entry.name);
                        if again || !clause.given.iter().any(|given| given == entry.name) {
                            let said = entry.doc.split_once(". ").map_or(entry.doc, |(first, _)| first);
                            list.add(
                                entry_proposal(entry, ProposalKind::Keyword, 0)
                                    .detail(said)
                                    .insert(format!("{} ", entry.name)),
                            );
                        }
                    }
                }
                None => list.add(Proposal::new("compare", ProposalKind::Keyword, 0).insert("compare ")),
            }
        }
        if context.innermost_call().is_none() && (!clause.may_begin || last == ",") && !clause.word.is_empty() {
            return in_clause(asked, list, &clause.word.clone());
        }
        if context.open.len() == 1 {
            return;
        }
    }
    if let Some(options) = compared_with(asked) {
        return options.into_iter().for_each(|option| list.add(option));
    }
    if last == "|>" {
        return stage(asked, list);
    }
    if let Some(open) = context.innermost_call() {
        return arguments(asked, list, open);
    }
    if context.open.last().is_some_and(|open| open.bracket == '(') && is_head(asked) {
        return in_head(asked, list, keyword, last);
    }
    if matches!(last, ":" | "->") && is_head(asked) {
        return in_head(asked, list, keyword, last);
    }
    if list_of_columns(asked) {
        return columns(asked, list, 0);
    }
    declaration(asked, list, (keyword, last, before));
}

fn options(asked: &Asked<'_>, id: SymbolId) -> Vec<Proposal> {
    let members = asked.names.members(id).filter(|(_, s)| s.kind == SymbolKind::Choice);
    members
        .map(|(_, s)| {
            Proposal::new(&s.name, ProposalKind::Word, 0).detail(format!("option of {}", asked.names.symbol(id).name))
        })
        .collect()
}

/// `fusion == `, `match fusion {`, `fusion in [`: the options of what is compared.
fn compared_with(asked: &Asked<'_>) -> Option<Vec<Proposal>> {
    let (context, text) = (&asked.context, asked.text);
    let word_at = |at: usize| context.before.get(at).map_or("", |(range, _)| &text[range.clone()]);
    let count = context.before.len();
    let name_before = |at: usize| {
        let name = at.checked_sub(1).map(word_at)?;
        let visible = asked.names.visible(SourceId::default(), context.word.start);
        visible.into_iter().find(|id| asked.names.symbol(*id).name == name)
    };
    let last = context.back(text, 0);
    let found = if matches!(last, "==" | "!=") {
        name_before(count - 1)
    } else if let Some(open) = context.open.last() {
        let at = context.before.iter().position(|(range, _)| range.start == open.at)?;
        match open.bracket {
            '[' if at > 0 && word_at(at - 1) == "in" && matches!(last, "[" | ",") => name_before(at - 1),
            '{' if at > 1 && word_at(at - 2) == "match" => {
                // A new arm: behind the brace, behind a comma, or on a new line.
                let gap =
                    context.before.last().and_then(|(range, _)| text.get(range.end..context.word.start)).unwrap_or("");
                let arm = matches!(last, "{" | "," | "|") || gap.contains('\n') && last != "=>" && last != "|>";
                name_before(at).filter(|_| arm)
            }
            _ => None,
        }
    } else {
        None
    }?;
    let options = options(asked, found);
    if options.is_empty() {
        return None;
    }
    let arms = context.open.last().is_some_and(|o| o.bracket == '{') && !matches!(last, "==" | "!=");
    let otherwise = arms.then(|| Proposal::new("else", ProposalKind::Keyword, 1).detail("whatever else it is"));
    Some(options.into_iter().chain(otherwise).collect())
}

/// Behind a `|>`.
fn stage(asked: &Asked<'_>, list: &mut List<'_>) {
    match asked.context.keyword() {
        "modality" | "condition" | "target" if is_image(asked) => chapter(list, Chapter::ImageStep, 0),
        "modality" | "condition" | "target" => chapter(list, Chapter::ColumnStep, 0),
        "analysis" if in_columns(asked) => chapter(list, Chapter::ColumnStep, 0),
        _ => value::stages(asked, list),
    }
}

/// What is left: by the declaration.
fn declaration(asked: &Asked<'_>, list: &mut List<'_>, (keyword, last, before): (&str, &str, &str)) {
    let context = &asked.context;
    match (keyword, last) {
        ("cohort", "=") => chapter(list, Chapter::CohortSource, 0),
        ("modality" | "condition" | "target", "=") => {
            value::named(asked, list, 0, |kind| kind == SymbolKind::Cohort);
            chapter(list, Chapter::InputSource, 1);
        }
        ("modality" | "condition" | "target", _) if context.open.iter().any(|o| o.bracket == '{') => {
            let own: Vec<Proposal> = levels_of(asked, context.declared.as_deref().unwrap_or(""));
            own.into_iter().for_each(|level| list.add(level));
        }
        ("protocol", "=") => chapter(list, Chapter::Protocol, 0),
        ("baseline", "=") => chapter(list, Chapter::Baseline, 0),
        ("baseline", _) if before == "->" => words(list, &["on"]),
        ("analysis", "=" | "{") => {
            for analysis in analyses() {
                let proposal =
                    Proposal::new(analysis.name, ProposalKind::Function, 0).key(format!("analysis:{}", analysis.name));
                list.add(value::called(proposal, &Callable::analysis(&analysis), false));
            }
            list.add(Proposal::new("for", ProposalKind::Keyword, 1).snippet("for ${1:m} in ${2:group} { ${3} }"));
        }
        ("train" | "baseline", "on") => value::named(asked, list, 0, |kind| kind == SymbolKind::Cohort),
        ("train", _) if context.open.is_empty() => words(list, &["on"]),
        ("score" | "compare", "on") => {
            words(list, &SUBSETS);
            value::named(asked, list, 1, |kind| kind == SymbolKind::Cohort);
        }
        ("score" | "compare", _) if says(asked, ":") => {
            match context.before.iter().rev().nth(1).map(|(range, _)| &asked.text[range.clone()]) {
                Some("within") if last == ":" => return columns(asked, list, 0),
                Some("each") if last == ":" => return words(list, &["class"]),
                Some("probabilities") if last == ":" => return words(list, &["true", "false"]),
                Some("against" | "without") if last == ":" => {
                    return value::named(asked, list, 0, |kind| {
                        matches!(kind, SymbolKind::Input(_) | SymbolKind::Group)
                    });
                }
                _ => {}
            }
            if last == "with" {
                return words(list, &["corrected_t", "wilcoxon", "mann_whitney"]);
            }
            chapter(list, Chapter::Metric, 0);
            if keyword == "score" && last == "," {
                for entry in entries().filter(|e| e.chapter == Chapter::ScoreOption) {
                    list.add(entry_proposal(entry, ProposalKind::Argument, 1).insert(format!("{}: ", entry.name)));
                }
            }
        }
        ("score", ",") | ("compare", "," | "against") => models(asked, list),
        ("score", _) => words(list, &["on"]),
        ("compare", _) => words(list, &["against", "on"]),
        ("ensemble", "over") => words(list, &["folds", "repeats"]),
        ("ensemble", _) if !says(asked, "over") => words(list, &["over"]),
        ("sweep" | "search", ":" | ",") | ("sweep" | "search", "[")
            if !says(asked, "in") || last == "," && context.open.is_empty() =>
        {
            value::named(asked, list, 0, |kind| matches!(kind, SymbolKind::Param | SymbolKind::Group));
        }
        ("sweep" | "search", _) if context.open.is_empty() => words(list, &["in"]),
        ("group", _) => value::named(asked, list, 0, |kind| {
            matches!(kind, SymbolKind::Input(InputWord::Modality | InputWord::Condition) | SymbolKind::Group)
        }),
        ("param", "=") => {
            let own = context.declared.as_deref().and_then(|name| asked.names.global(SourceId::default(), name));
            let own = own.map_or(Vec::new(), |id| options(asked, id));
            let typed = type_words(asked);
            own.into_iter().chain(typed).for_each(|option| list.add(option));
            value::in_scope(asked, list, 3);
        }
        ("model" | "baseline", "->") => {
            value::named(asked, list, 0, |kind| kind == SymbolKind::Input(InputWord::Target))
        }
        ("block" | "loss" | "model", _) if !context.open.is_empty() || last == "=" => {
            let gap = context
                .before
                .last()
                .and_then(|(range, _)| asked.text.get(range.end..context.word.start))
                .unwrap_or("");
            let brace = context.open.last().is_some_and(|open| open.bracket == '{');
            if brace && (last == "{" || gap.contains('\n')) {
                value::statements(asked, list);
            }
            value::values(asked, list);
        }
        _ if !context.open.is_empty() => value::values(asked, list),
        _ => {}
    }
}

/// Whether a word stands in the declaration before the caret, outside of brackets.
fn says(asked: &Asked<'_>, wanted: &str) -> bool {
    let mut depth = 0;
    asked.context.before.iter().any(|(range, _)| {
        let word = &asked.text[range.clone()];
        depth += i32::from(matches!(word, "(" | "[" | "{")) - i32::from(matches!(word, ")" | "]" | "}"));
        depth == 0 && word == wanted
    })
}

/// The entries of a chapter.
fn chapter(list: &mut List<'_>, chapter: Chapter, rank: u8) {
    for entry in entries().filter(|e| e.chapter == chapter) {
        let proposal = value::called(entry_proposal(entry, ProposalKind::Step, rank), &Callable::entry(entry), false);
        list.add(match chapter {
            // The learning rate is what one sets.
            Chapter::Optimizer => proposal.snippet(format!("{}(lr: ${{1:1e-3}})", entry.name)),
            _ => proposal,
        });
    }
}

fn entry_proposal(entry: &Entry, kind: ProposalKind, rank: u8) -> Proposal {
    Proposal::new(entry.name, kind, rank).key(format!("{}:{}", entry.chapter.one(), entry.name))
}

fn words(list: &mut List<'_>, all: &[&str]) {
    for word in all {
        list.add(Proposal::new(word, ProposalKind::Keyword, 0));
    }
}
