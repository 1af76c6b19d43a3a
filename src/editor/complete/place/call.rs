//! Within the brackets of a call: names of arguments, and what the one at hand can be.

use super::chapter;
use super::clause::chapter_of_clause;
use super::columns::{columns, has_columns, in_columns, is_image};
use crate::callable::Callable;
use crate::complete::list::{List, Proposal, ProposalKind};
use crate::complete::{Asked, callable, value};
use crate::context::Open;
use fascicle_lang::compile::Chapter;
use fascicle_lang::names::{SymbolKind, takes_columns};
use fascicle_syntax::InputWord;

/// The chapters that an open bracket's name is looked up in first.
pub(in crate::complete) fn chapters(asked: &Asked<'_>, open: &Open, received: bool) -> Vec<Chapter> {
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

/// Within the brackets of a call: names of arguments not given yet, then what the one at hand can be.
pub(in crate::complete) fn arguments(asked: &Asked<'_>, list: &mut List<'_>, open: &Open) {
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

pub(in crate::complete) fn columns_word(list: &mut List<'_>) {
    list.add(Proposal::new("columns", ProposalKind::Step, 2).snippet("columns(${1})"));
}

/// Whether an argument without a name gives the parameter.
pub(in crate::complete) fn is_given(found: &Callable, open: &Open, parameter: &str) -> bool {
    (0..open.position).any(|at| {
        found
            .parameter(None, at, open.piped)
            .is_some_and(|p| found.parameters[p].name == parameter && !found.parameters[p].reads)
    })
}
