//! What the language brings, as Markdown: operators, functions, steps, clauses, metrics, analyses, from the tables that
//! `fascicle doc` reads; and blocks of a file with their own documentation.

use fascicle_lang::compile::{AnalysisReference, Chapter, Entry, analyses, entries};
use fascicle_lang::ops::{self, Arity, Default, Stanza};
use fascicle_syntax::DeclarationKind;
use std::fmt::Write as _;

/// An operator of the table.
pub fn operator(stanza: &Stanza) -> String {
    let reads = match stanza.arity {
        Arity::Exactly(names) => names.join(", "),
        Arity::AtLeast(least) => format!("at least {least} values, or a family"),
    };
    let mut out = format!("**{}** (operator), reads {reads}\n\n{}\n", stanza.name, stanza.doc);
    let rows = stanza.parameters.iter().map(|p| {
        let default = match p.default {
            Default::Required => " (required)".to_owned(),
            Default::None => String::new(),
            Default::Int(i) => format!(" = {i}"),
            Default::Real(r) => format!(" = {r}"),
            Default::Bool(b) => format!(" = {b}"),
            Default::Word(w) => format!(" = {w}"),
        };
        (format!("{}{default}", p.name), p.doc.to_owned())
    });
    arguments(&mut out, rows);
    ending(&mut out, stanza.source, stanza.example);
    out
}

/// An entry: a step, a clause, an optimizer, a metric.
pub fn entry(entry: &Entry) -> String {
    let mut out = format!("**{}** ({})\n\n{}\n", entry.name, entry.chapter.one(), entry.doc);
    let rows = entry.parameters.iter().map(|p| {
        let default = match p.default() {
            None => " (required)".to_owned(),
            Some(nothing) if nothing.is_empty() => String::new(),
            Some(default) => format!(" = {default}"),
        };
        let said = match p.doc.is_empty() {
            true => p.accepts(),
            false => format!("{}: {}", p.accepts(), p.doc),
        };
        (format!("{}{default}", p.name), said)
    });
    arguments(&mut out, rows);
    ending(&mut out, entry.source, entry.example);
    out
}

/// An analysis.
pub fn analysis(analysis: &AnalysisReference) -> String {
    let mut out = format!("**{}** (analysis)\n\n{}\n", analysis.name, analysis.doc);
    let rows = analysis.parameters.iter().map(|p| {
        let default = match &p.default {
            None => " (required)".to_owned(),
            Some(nothing) if nothing.is_empty() => String::new(),
            Some(default) => format!(" = {default}"),
        };
        (format!("{}{default}", p.name), p.takes.clone())
    });
    arguments(&mut out, rows);
    if !analysis.fields.is_empty() {
        out.push_str("\nIt gives:\n\n");
        for (name, what) in &analysis.fields {
            let _ = writeln!(out, "- `{name}`: {what}");
        }
    }
    ending(&mut out, analysis.source, analysis.example);
    out
}

/// Something that a file declares: its head, and what its author says of it.
pub fn declared(head: &str, doc: &str) -> String {
    let mut out = format!("```fascicle\n{}\n```\n", head.trim_end());
    if !doc.is_empty() {
        let _ = write!(out, "\n{doc}\n");
    }
    out
}

fn arguments(out: &mut String, rows: impl Iterator<Item = (String, String)>) {
    let mut first = true;
    for (name, said) in rows {
        if std::mem::take(&mut first) {
            out.push('\n');
        }
        let _ = writeln!(out, "- `{name}`: {said}");
    }
}

fn ending(out: &mut String, source: &str, example: &str) {
    if !source.is_empty() {
        let _ = write!(out, "\n*Source:* {source}\n");
    }
    if !example.is_empty() {
        let _ = write!(out, "\n```fascicle\n{example}\n```\n");
    }
}

/// What a word means in a declaration of this kind, where it names something of the tables; expressions are tried first where
/// values stand, clauses and their words where those stand.
pub fn find(word: &str, around: &DeclarationKind) -> Option<String> {
    use Chapter as C;
    use DeclarationKind as D;
    let chapters: &[Chapter] = match around {
        D::Cohort { .. } => &[C::CohortSource, C::CohortClause],
        D::Input { .. } => &[C::InputType, C::InputSource, C::ImageStep, C::ColumnStep, C::Missing],
        D::Train { .. } => &[C::Clause, C::Optimizer, C::Schedule, C::Augmentation, C::Sampling, C::Stop],
        D::Baseline { .. } => &[C::Baseline],
        D::Protocol { .. } => &[C::Protocol],
        D::Search { .. } => &[C::SearchClause, C::SearchSampler, C::SearchPruning, C::Metric],
        D::Score { .. } | D::Compare { .. } => &[C::Metric, C::ScoreOption],
        D::Sweep { .. } => &[C::Metric],
        _ => &[],
    };
    let of = |chapter: Chapter| entries().find(|e| e.chapter == chapter && e.name == word);
    if let Some(found) = chapters.iter().copied().find_map(of) {
        return Some(entry(found));
    }
    if matches!(around, D::Analysis { .. })
        && let Some(found) = analyses().find(|a| a.name == word)
    {
        return Some(analysis(&found));
    }
    named(word)
}

/// An operator or a function of this name.
pub fn named(word: &str) -> Option<String> {
    if let Some(stanza) = ops::find(word) {
        return Some(operator(stanza));
    }
    entries().find(|e| e.chapter == Chapter::Function && e.name == word).map(entry)
}
