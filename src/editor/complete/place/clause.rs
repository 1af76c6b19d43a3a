//! The values of clauses: what a stage, a cohort, a sweep or a search says in its braces.

use super::columns::{columns, levels};
use super::head::models;
use super::{SUBSETS, chapter, options, words};
use crate::complete::list::List;
use crate::complete::{Asked, value};
use fascicle_lang::compile::Chapter;
use fascicle_lang::names::SymbolKind;
use fascicle_syntax::SourceId;

pub(in crate::complete) fn chapter_of_clause(clause: &str) -> Option<Chapter> {
    Some(match clause {
        "optimizer" => Chapter::Optimizer,
        "schedule" => Chapter::Schedule,
        "augment" => Chapter::Augmentation,
        "sample" => Chapter::Sampling,
        "patches" => Chapter::Patch,
        "stop" => Chapter::Stop,
        "sampler" => Chapter::SearchSampler,
        "prune" => Chapter::SearchPruning,
        "choose" | "compare" => Chapter::Metric,
        _ => return None,
    })
}

/// The value of a clause.
pub(in crate::complete) fn in_clause(asked: &Asked<'_>, list: &mut List<'_>, clause: &str) {
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
pub(in crate::complete) fn options_of_axes(asked: &Asked<'_>, list: &mut List<'_>) {
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
