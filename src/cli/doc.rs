//! `fascicle doc`

use super::{source, status, table};
use crate::compile::{AnalysisReference, Chapter, Entry, ParameterReference, analyses, entries, suggestion};
use crate::ops::{self, Arity, Default, Family, ParameterType, Stanza};
use clap::Args;

/// What `doc` is asked.
#[derive(Debug, Args)]
pub(super) struct DocArgs {
    /// The operator, step, optimizer, metric, analysis, ..; without one, all are listed by chapter
    name: Option<String>,
}

pub(super) fn doc(args: &DocArgs) -> u8 {
    let Some(asked) = &args.name else {
        source::print(&chapters());
        return status::DONE;
    };
    // A name may stand for several things: `crop` is a step and an augmentation, `mse` a loss and a metric.
    let operators = ops::find(asked).map(operator);
    let written = entries().filter(|entry| entry.name == asked).map(entry);
    let asked_of = analyses().find(|analysis| analysis.name == asked).map(|analysis| describe(&analysis));
    let found: Vec<String> = operators.into_iter().chain(written).chain(asked_of).collect();
    if found.is_empty() {
        let known: Vec<&str> = ops::table()
            .map(|s| s.name)
            .chain(entries().map(|entry| entry.name))
            .chain(analyses().map(|analysis| analysis.name))
            .collect();
        let hint = suggestion(asked, &known).unwrap_or_else(|| "`fascicle doc` lists all that there is".into());
        source::fail(&format!("there is no `{asked}` among operators, steps, clauses, metrics and analyses; {hint}"));
        return status::WRONG;
    }
    source::print(&found.join("\n"));
    status::DONE
}

/// Everything there is, by chapter.
fn chapters() -> String {
    let mut parts = Vec::new();
    for family in Family::ALL {
        let operators = ops::table().filter(|s| s.family == family);
        parts.push(chapter(family.title(), "operator", operators.map(|s| (s.name, s.doc))));
    }
    for part in Chapter::ALL {
        let written = entries().filter(|entry| entry.chapter == part);
        parts.push(chapter(part.title(), part.one(), written.map(|entry| (entry.name, entry.doc))));
    }
    parts.push(chapter("Analyses", "analysis", analyses().map(|a| (a.name, a.doc))));
    parts.join("\n")
}

/// Names, each with the first sentence of its text.
fn chapter<'a>(title: &str, what: &str, entries: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let first = |doc: &str| {
        let paragraph = doc.split("\n\n").next().unwrap_or("");
        paragraph.split(". ").next().unwrap_or("").trim_end_matches('.').replace('\n', " ")
    };
    let rows: Vec<Vec<String>> = entries.map(|(name, doc)| vec![name.to_string(), first(doc)]).collect();
    format!("{title}\n\n{}", table::aligned(&[what, "what it does"], &rows, 2))
}

fn operator(stanza: &Stanza) -> String {
    let reads = match stanza.arity {
        Arity::Exactly(names) => names.join(", "),
        Arity::AtLeast(least) => format!("at least {least} values, or a family"),
    };
    let mut out = format!("{} (operator)\n\n{}\n\nreads: {reads}\n", stanza.name, stanza.doc);
    let rows: Vec<Vec<String>> = stanza
        .parameters
        .iter()
        .map(|p| {
            let default = match p.default {
                Default::Required => "required".to_string(),
                Default::None => String::new(),
                Default::Int(i) => i.to_string(),
                Default::Real(r) => r.to_string(),
                Default::Bool(b) => b.to_string(),
                Default::Word(w) => w.to_string(),
            };
            vec![p.name.to_string(), kind(p.ty).to_string(), default, p.doc.to_string()]
        })
        .collect();
    if !rows.is_empty() {
        out.push('\n');
        out.push_str(&table::aligned(&["argument", "takes", "default", ""], &rows, 4));
    }
    out.push_str(&format!("\nsource: {}\n\nexample:\n  {}\n", stanza.source, stanza.example));
    out
}

fn entry(entry: &Entry) -> String {
    let mut out = format!("{} ({})\n\n{}\n", entry.name, entry.chapter.one(), entry.doc);
    let rows: Vec<Vec<String>> = entry
        .parameters
        .iter()
        .map(|p| {
            let default = p.default().unwrap_or_else(|| "required".into());
            vec![p.name.to_string(), p.accepts().replace('`', ""), default, p.doc.to_string()]
        })
        .collect();
    if !rows.is_empty() {
        out.push('\n');
        out.push_str(&table::aligned(&["argument", "takes", "default", ""], &rows, 4));
    }
    if !entry.source.is_empty() {
        out.push_str(&format!("\nsource: {}\n", entry.source));
    }
    out.push_str(&format!("\nexample:\n  {}\n", entry.example.replace('\n', "\n  ")));
    out
}

fn describe(analysis: &AnalysisReference) -> String {
    let mut out = format!("{} (analysis)\n\n{}\n\n", analysis.name, analysis.doc);
    let parameter = |p: &ParameterReference| {
        let default = p.default.clone().unwrap_or_else(|| "required".into());
        vec![p.name.to_string(), default, p.takes.replace('`', "")]
    };
    let rows: Vec<Vec<String>> = analysis.parameters.iter().map(parameter).collect();
    out.push_str(&table::aligned(&["argument", "default", "takes"], &rows, 3));
    let field = |(name, what): &(&str, &str)| vec![(*name).to_string(), (*what).to_string()];
    let rows: Vec<Vec<String>> = analysis.fields.iter().map(field).collect();
    out.push('\n');
    out.push_str(&table::aligned(&["field", "holds"], &rows, 2));
    out.push_str(&format!("\nsource: {}\n\nexample:\n  {}\n", analysis.source, analysis.example));
    out
}

fn kind(ty: ParameterType) -> &'static str {
    match ty {
        ParameterType::Int { .. } => "whole number",
        ParameterType::Real { .. } => "number",
        ParameterType::Bool => "true or false",
        ParameterType::Extent { .. } => "number or one an axis",
        ParameterType::Padding => "same, number or one an axis",
        ParameterType::Ints => "whole numbers",
        ParameterType::Reals => "numbers",
        ParameterType::Word(_) => "word",
        ParameterType::WordOrReals(_) => "word or numbers",
    }
}
