//! What can stand at a place: which of the language's tables, and which names.

use super::list::{List, Proposal, ProposalKind};
use super::{Asked, callable, snippets, value};
use crate::callable::Callable;
use crate::context::Open;
use fascicle_lang::compile::{Chapter, Seen, TableSummary, analyses, entries};
use fascicle_lang::names::{SymbolKind, takes_columns};
use fascicle_lang::stdlib;
use fascicle_syntax::{InputWord, LexemeKind, SourceId};

/// Words for people of a protocol.
const SUBSETS: [&str; 4] = ["test", "validation", "holdout", "training"];
/// Types of params and of blocks' parameters.
const PARAM_TYPES: [(&str, &str); 6] = [
    ("int", "a whole number"),
    ("real", "a number"),
    ("bool", "`true` or `false`"),
    ("text", "a text in quotes"),
    ("one_of", "one of these words: one_of(a, b)"),
    ("block", "a block or an operator"),
];

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

/// Whether the caret stands before the `=` or the body of a declaration.
fn is_head(asked: &Asked<'_>) -> bool {
    const WITH_HEADS: [&str; 8] = ["param", "modality", "condition", "target", "block", "loss", "model", "baseline"];
    if !WITH_HEADS.contains(&asked.context.keyword()) {
        return false;
    }
    let mut depth = 0;
    let mut square = 0;
    !asked.context.before.iter().any(|(range, kind)| {
        let word = &asked.text[range.clone()];
        depth += i32::from(word == "(") - i32::from(word == ")");
        square += i32::from(word == "[") - i32::from(word == "]");
        let body =
            word == "{" && asked.context.open.iter().any(|o| o.at == range.start) && !is_level_list(asked, range.start);
        depth == 0 && square == 0 && (word == "=" && *kind == LexemeKind::Operator || body)
    })
}

/// `class{`: braces that hold levels.
fn is_level_list(asked: &Asked<'_>, at: usize) -> bool {
    asked.text.get(..at).is_some_and(|before| {
        let before = before.trim_end_matches(|c: char| c != ' ' && c != ':' && c != '\n');
        before.trim_end().ends_with(':')
    })
}

/// What follows a keyword.
fn head(asked: &Asked<'_>, list: &mut List<'_>, keyword: &str) {
    match keyword {
        "train" => value::named(asked, list, 0, |kind| kind == SymbolKind::Model),
        "ensemble" => value::named(asked, list, 0, |kind| kind == SymbolKind::Model),
        "score" | "compare" => models(asked, list),
        _ => {}
    }
}

fn models(asked: &Asked<'_>, list: &mut List<'_>) {
    value::named(asked, list, 0, |kind| {
        matches!(kind, SymbolKind::Model | SymbolKind::Baseline | SymbolKind::PackedModel)
    });
}

/// In the head of a declaration: types, inputs, targets.
fn in_head(asked: &Asked<'_>, list: &mut List<'_>, keyword: &str, last: &str) {
    match (keyword, last) {
        ("param", _) => types(list),
        ("modality" | "condition" | "target", ":") => {
            let wanted: &[&str] = match keyword {
                "target" => &["class", "real", "mask", "volume", "image", "slices"],
                "condition" => &["vector", "class", "real"],
                _ => &["volume", "image", "slices", "vector", "mask", "tensor"],
            };
            for (at, name) in wanted.iter().enumerate() {
                let entry = entries().find(|e| e.chapter == Chapter::InputType && e.name == *name);
                if let Some(entry) = entry {
                    let insert = match *name {
                        "class" => "class{${1:A, B}}",
                        "real" => "real",
                        "vector" => "vector[${1:_}]",
                        "volume" => "volume[${1:1, 64, 64, 64}]",
                        "mask" => "mask[${1:64, 64, 64}]{${2:rest, lesion}}",
                        "tensor" => "tensor[${1:8, 16}]",
                        _ => "",
                    };
                    let proposal = entry_proposal(entry, ProposalKind::Type, at as u8);
                    list.add(match insert {
                        "" => proposal.snippet(format!("{name}[${{1:1, 64, 64}}]")),
                        text => proposal.snippet(text),
                    });
                }
            }
        }
        ("block" | "loss", ":") => {
            types(list);
            for (word, said) in [("normal", "a diagonal Gaussian: normal[n]"), ("real", "one number a subject")] {
                list.add(Proposal::new(word, ProposalKind::Type, 1).detail(said));
            }
        }
        ("model" | "baseline", "->") => {
            value::named(asked, list, 0, |kind| kind == SymbolKind::Input(InputWord::Target))
        }
        ("model" | "baseline", _) => {
            value::named(asked, list, 0, |kind| {
                matches!(
                    kind,
                    SymbolKind::Input(InputWord::Modality | InputWord::Condition)
                        | SymbolKind::Group
                        | SymbolKind::Model
                )
            });
        }
        _ => value::in_scope(asked, list, 1),
    }
}

fn types(list: &mut List<'_>) {
    for (name, said) in PARAM_TYPES {
        let proposal = Proposal::new(name, ProposalKind::Type, 0).detail(said);
        list.add(if name == "one_of" { proposal.snippet("one_of(${1:a}, ${2:b})") } else { proposal });
    }
}

/// `use std.`, `use std.blocks.{`.
fn taken(asked: &Asked<'_>, list: &mut List<'_>) {
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
            let names = fascicle_lang::names::names(part, text, &fascicle_lang::compile::EmptyWorld);
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
        _ => {}
    }
}

/// Behind a dot: outputs of a model, columns of a cohort, fields of an analysis or a record.
fn fields(asked: &Asked<'_>, list: &mut List<'_>) {
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
                Some(seen) if seen.ty().is_some_and(|ty| ty.kind == fascicle_lang::graph::Kind::Normal) => {
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
fn module_paths(asked: &Asked<'_>, list: &mut List<'_>) {
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

/// The chapters that an open bracket's name is looked up in first.
pub(super) fn chapters(asked: &Asked<'_>, open: &Open, received: bool) -> Vec<Chapter> {
    let context = &asked.context;
    let clause = context.clause.as_ref().map_or("", |clause| clause.word.as_str());
    if received {
        return vec![Chapter::InputSource];
    }
    match context.keyword() {
        "cohort" => vec![Chapter::CohortSource],
        "modality" | "condition" | "target" => {
            let within = context.open.iter().take_while(|o| o.at < open.at).last().map(|o| o.argument.clone());
            if within == Some(Some("missing".into())) {
                return vec![Chapter::Missing];
            }
            let steps = if is_image(asked) { Chapter::ImageStep } else { Chapter::ColumnStep };
            vec![Chapter::InputSource, steps]
        }
        "protocol" => vec![Chapter::Protocol],
        "baseline" => vec![Chapter::Baseline],
        "score" | "compare" | "sweep" => vec![Chapter::Metric],
        "analysis" => vec![Chapter::ColumnStep].into_iter().filter(|_| in_columns(asked)).collect(),
        "train" | "search" => chapter_of_clause(clause).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn chapter_of_clause(clause: &str) -> Option<Chapter> {
    Some(match clause {
        "optimizer" => Chapter::Optimizer,
        "schedule" => Chapter::Schedule,
        "augment" => Chapter::Augmentation,
        "sample" => Chapter::Sampling,
        "stop" => Chapter::Stop,
        "sampler" => Chapter::SearchSampler,
        "prune" => Chapter::SearchPruning,
        "choose" | "compare" => Chapter::Metric,
        _ => return None,
    })
}

/// The value of a clause.
fn in_clause(asked: &Asked<'_>, list: &mut List<'_>, clause: &str) {
    let (last, keyword) = (asked.context.back(asked.text, 0), asked.context.keyword());
    let begun = asked.context.back(asked.text, 0) != clause
        && !matches!(
            last,
            "," | "from"
                | "of"
                | "on"
                | "with"
                | "against"
                | "=="
                | "!="
                | "in"
                | "|>"
                | "+"
                | "-"
                | "*"
                | "/"
                | "by"
                | "best"
                | "and"
                | "or"
                | "not"
                | "{"
                | "["
        );
    if begun {
        let links: &[&str] = match clause {
            "init" => &["from"],
            "choose" => &["of"],
            "compare" => &["on", "with", "against"],
            "rename" => &["from"],
            "keep" if keyword == "train" => &["on"],
            "keep" | "within" => &["and", "or", "in"],
            _ => &[],
        };
        words(list, links);
        if !matches!(clause, "minimize") {
            return;
        }
    }
    match (clause, last) {
        ("minimize", "|>") => value::stages(asked, list),
        ("keep", "on") if keyword == "train" => words(list, &["validation"]),
        ("keep", _) if keyword == "train" => {
            if last != "best" {
                words(list, &["best", "last", "loss"]);
            }
            chapter(list, Chapter::Metric, 1);
        }
        ("keep" | "within", "==" | "!=" | "in") => levels(asked, list),
        ("keep" | "within" | "subject", _) => {
            if clause == "within" {
                words(list, &["everybody"]);
            }
            columns(asked, list, 0);
            value::named(asked, list, 2, |kind| kind == SymbolKind::Param);
        }
        ("pair", _) => value::named(asked, list, 0, |kind| matches!(kind, SymbolKind::Input(_))),
        ("init" | "freeze", _) => models(asked, list),
        ("precision", _) => words(list, &["float32", "tf32", "bf16"]),
        ("memory", _) => words(list, &["keep", "recompute"]),
        ("choose", "of") => models(asked, list),
        ("compare", "on") => words(list, &SUBSETS),
        ("compare", "with") => words(list, &["corrected_t", "wilcoxon", "mann_whitney"]),
        ("compare", "against") => options_of_axes(asked, list),
        ("compare", _) => {
            chapter(list, Chapter::Metric, 0);
            value::named(asked, list, 1, |kind| kind == SymbolKind::Analysis);
        }
        (clause, _) => match chapter_of_clause(clause) {
            Some(found) => {
                chapter(list, found, 0);
                value::named(asked, list, 3, |kind| kind == SymbolKind::Param);
            }
            None => value::values(asked, list),
        },
    }
}

/// The options of what is swept.
fn options_of_axes(asked: &Asked<'_>, list: &mut List<'_>) {
    for (range, _) in asked.context.before.iter().skip(2) {
        let word = &asked.text[range.clone()];
        if word == "{" {
            return;
        }
        if let Some(id) = asked.names.global(SourceId::default(), word) {
            options(asked, id).into_iter().for_each(|option| list.add(option));
        }
    }
}

fn options(asked: &Asked<'_>, id: fascicle_lang::names::SymbolId) -> Vec<Proposal> {
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

fn is_image(asked: &Asked<'_>) -> bool {
    let words = asked.context.before.iter().map(|(range, _)| &asked.text[range.clone()]);
    words.into_iter().any(|word| word == "image")
}

fn in_columns(asked: &Asked<'_>) -> bool {
    asked.context.open.iter().any(|open| open.callee.as_ref().is_some_and(|(name, _)| name == "columns"))
}

/// Within a list in `columns(..)`, or one that an argument gives which names columns.
fn list_of_columns(asked: &Asked<'_>) -> bool {
    let Some(last) = asked.context.open.last().filter(|open| open.bracket == '[') else { return false };
    let Some(call) = asked.context.open.iter().rev().find(|open| open.at < last.at && open.bracket == '(') else {
        return false;
    };
    if call.callee.as_ref().is_some_and(|(name, _)| name == "columns") && call.argument.is_none() {
        return true;
    }
    let Some((found, Some(chapter))) = callable(asked, call) else { return false };
    let parameter = found.parameter(call.argument.as_deref(), call.position, call.piped);
    parameter.is_some_and(|at| takes_columns(chapter, &found.name, &found.parameters[at].name))
}

/// Within the brackets of a call: names of arguments not given yet, then what the one at hand can be.
fn arguments(asked: &Asked<'_>, list: &mut List<'_>, open: &Open) {
    let source = open.callee.as_ref().map_or("", |(name, _)| name.as_str());
    if matches!(source, "columns" | "column") && open.argument.as_deref() != Some("missing") && has_columns(asked) {
        columns(asked, list, 0);
        if source == "columns" && open.fresh {
            list.add(Proposal::new("missing", ProposalKind::Argument, 3).detail("absent").insert("missing: "));
        }
        return;
    }
    if open.argument.as_deref() == Some("missing") {
        return chapter(list, Chapter::Missing, 0);
    }
    let Some((found, chapter)) = callable(asked, open) else {
        // What a module is applied to.
        return value::values(asked, list);
    };
    let parameter =
        found.parameter(open.argument.as_deref(), open.position, open.piped).and_then(|at| found.parameters.get(at));
    if open.fresh && open.argument.is_none() {
        // What must be given comes before what can.
        for parameter in found.parameters.iter().filter(|p| !p.reads && p.name != "NAME") {
            if open.given.contains(&parameter.name) || is_given(&found, open, &parameter.name) {
                continue;
            }
            let detail = match &parameter.default {
                None => format!("required, {}", parameter.takes),
                Some(default) if default.is_empty() => parameter.takes.clone(),
                Some(default) => format!("= {default}, {}", parameter.takes),
            };
            let rank = if parameter.default.is_none() { 0 } else { 1 };
            let proposal = Proposal::new(&parameter.name, ProposalKind::Argument, rank).detail(detail);
            list.add(proposal.documentation(parameter.doc.clone()).insert(format!("{}: ", parameter.name)));
        }
    }
    let Some(parameter) = parameter else { return value::values(asked, list) };
    for word in &parameter.words {
        list.add(Proposal::new(word, ProposalKind::Word, 0).detail(parameter.name.clone()));
    }
    if chapter.is_some_and(|chapter| takes_columns(chapter, &found.name, &parameter.name)) {
        columns(asked, list, 0);
        return value::named(asked, list, 2, |kind| matches!(kind, SymbolKind::Input(InputWord::Target)));
    }
    if asked.context.keyword() == "analysis" {
        value::named(asked, list, 1, |kind| {
            matches!(
                kind,
                SymbolKind::Cohort
                    | SymbolKind::Model
                    | SymbolKind::Baseline
                    | SymbolKind::PackedModel
                    | SymbolKind::Analysis
                    | SymbolKind::Input(_)
            )
        });
        return columns_word(list);
    }
    match chapter {
        Some(Chapter::Function) | None => value::values(asked, list),
        Some(_) => value::named(asked, list, 2, |kind| matches!(kind, SymbolKind::Param | SymbolKind::Parameter)),
    }
}

fn columns_word(list: &mut List<'_>) {
    list.add(Proposal::new("columns", ProposalKind::Step, 2).snippet("columns(${1})"));
}

/// Whether an argument without a name gives the parameter.
fn is_given(found: &Callable, open: &Open, parameter: &str) -> bool {
    (0..open.position).any(|at| {
        found
            .parameter(None, at, open.piped)
            .is_some_and(|p| found.parameters[p].name == parameter && !found.parameters[p].reads)
    })
}

fn has_columns(asked: &Asked<'_>) -> bool {
    matches!(asked.context.keyword(), "modality" | "condition" | "target" | "analysis")
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
        ("analysis", "=") => {
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

/// The words of a `param`'s own type, before the declaration can be read: `one_of(a, b) =`.
fn type_words(asked: &Asked<'_>) -> Vec<Proposal> {
    let words: Vec<&str> = asked.context.before.iter().map(|(range, _)| &asked.text[range.clone()]).collect();
    let option = |word: &&str| Proposal::new(word, ProposalKind::Word, 0).detail("option");
    match words.iter().position(|word| *word == "one_of") {
        Some(at) => {
            let inner = words[at + 1..].iter().take_while(|word| **word != ")");
            inner.filter(|word| !matches!(**word, "(" | ",")).map(option).collect()
        }
        None if words.contains(&"bool") => ["true", "false"].iter().map(option).collect(),
        None => Vec::new(),
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

fn entry_proposal(entry: &fascicle_lang::compile::Entry, kind: ProposalKind, rank: u8) -> Proposal {
    Proposal::new(entry.name, kind, rank).key(format!("{}:{}", entry.chapter.one(), entry.name))
}

fn words(list: &mut List<'_>, all: &[&str]) {
    for word in all {
        list.add(Proposal::new(word, ProposalKind::Keyword, 0));
    }
}

/// The tables that the caret's columns are of.
fn tables<'s>(asked: &'s Asked<'_>, cohort: Option<&str>) -> Vec<&'s (String, TableSummary)> {
    let named = asked.snapshot.tables().iter().filter(|(name, _)| cohort.is_none_or(|cohort| cohort == name));
    let found: Vec<_> = named.collect();
    if found.is_empty() { asked.snapshot.tables().iter().collect() } else { found }
}

/// The cohort before the dot of `people.columns(`, or the one that is declared.
fn cohort_around(asked: &Asked<'_>) -> Option<String> {
    if asked.context.keyword() == "cohort" {
        return asked.context.declared.clone();
    }
    let call = asked.context.open.iter().rev().find_map(|open| {
        let (name, range) = open.callee.as_ref()?;
        matches!(name.as_str(), "columns" | "column").then_some(range.start)
    })?;
    let before = asked.text.get(..call)?.strip_suffix('.')?;
    let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    Some(before[start..].to_owned())
}

fn columns(asked: &Asked<'_>, list: &mut List<'_>, rank: u8) {
    columns_of(asked, list, rank, cohort_around(asked).as_deref());
}

/// The columns of a cohort's table, with what each holds; without a table those that the file names elsewhere.
fn columns_of(asked: &Asked<'_>, list: &mut List<'_>, rank: u8, cohort: Option<&str>) {
    for (name, table) in tables(asked, cohort) {
        for column in &table.columns {
            let holds = match (&column.levels, column.numeric) {
                (_, true) => "numbers".to_owned(),
                (Some(levels), false) => {
                    let shown: Vec<&str> = levels.iter().take(4).map(String::as_str).collect();
                    format!("{}{}", shown.join(", "), if levels.len() > 4 { ", .." } else { "" })
                }
                (None, false) => "text".to_owned(),
            };
            let missing = if column.missing > 0 { format!(", {} missing", column.missing) } else { String::new() };
            let word = column.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let proposal =
                Proposal::new(&column.name, ProposalKind::Field, rank).detail(format!("{name}: {holds}{missing}"));
            list.add(if word { proposal } else { proposal.insert(format!("\"{}\"", column.name)) });
        }
    }
    for (id, symbol) in asked.names.symbols().filter(|(_, s)| s.kind == SymbolKind::Column) {
        let elsewhere = asked.names.places(id).any(|o| o.span.range().start != asked.context.word.start);
        if elsewhere {
            list.add(Proposal::new(&symbol.name, ProposalKind::Field, rank + 1).detail("column"));
        }
    }
}

/// The levels of the column before a comparison.
fn levels(asked: &Asked<'_>, list: &mut List<'_>) {
    let column = asked.context.back(asked.text, 1);
    levels_of(asked, column).into_iter().for_each(|level| list.add(level));
    value::named(asked, list, 2, |kind| kind == SymbolKind::Param);
}

fn levels_of(asked: &Asked<'_>, column: &str) -> Vec<Proposal> {
    let mut found = Vec::new();
    for (_, table) in tables(asked, cohort_around(asked).as_deref()) {
        let Some(column) = table.column(column) else { continue };
        for (at, level) in column.levels.iter().flatten().enumerate() {
            let people = column.counts.get(at).map_or(String::new(), |count| format!("{count} people"));
            let word = level.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let proposal = Proposal::new(level, ProposalKind::Word, 0).detail(people);
            found.push(if word { proposal } else { proposal.insert(format!("\"{level}\"")) });
        }
    }
    found
}
