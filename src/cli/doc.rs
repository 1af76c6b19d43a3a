//! `fascicle doc`

use super::{source, status, table};
use crate::compile::{AnalysisReference, ParameterReference, analyses};
use crate::ops::{self, Arity, Default, ParameterType, Stanza};
use crate::syntax::nearest;
use clap::Args;

/// What `doc` is asked.
#[derive(Debug, Args)]
pub(super) struct DocArgs {
    /// The operator or analysis; without one, all are listed
    name: Option<String>,
}

pub(super) fn doc(args: &DocArgs) -> u8 {
    let Some(asked) = &args.name else {
        source::print(&list("operator", ops::table().map(|s| (s.name, s.doc))));
        source::print("\n");
        source::print(&list("analysis", analyses().map(|a| (a.name, a.doc))));
        return status::DONE;
    };
    let analysis = analyses().find(|a| a.name == asked);
    match (ops::find(asked), analysis) {
        (Some(stanza), _) => source::print(&operator(stanza)),
        (None, Some(analysis)) => source::print(&describe(&analysis)),
        (None, None) => {
            let known: Vec<&str> = ops::table().map(|s| s.name).chain(analyses().map(|a| a.name)).collect();
            let hint = nearest(asked, &known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            source::fail(&format!("there is no operator or analysis `{asked}`{hint}"));
            return status::WRONG;
        }
    }
    status::DONE
}

/// Names, each with the first sentence of its text.
fn list<'a>(what: &str, entries: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let first = |doc: &str| {
        let paragraph = doc.split("\n\n").next().unwrap_or("");
        paragraph.split(". ").next().unwrap_or("").trim_end_matches('.').replace('\n', " ")
    };
    let rows: Vec<Vec<String>> = entries.map(|(name, doc)| vec![name.to_string(), first(doc)]).collect();
    table::aligned(&[what, "what it does"], &rows, 2)
}

fn operator(stanza: &Stanza) -> String {
    let reads = match stanza.arity {
        Arity::Exactly(names) => names.join(", "),
        Arity::AtLeast(least) => format!("at least {least} values, or a family"),
    };
    let mut out = format!("{}\n\n{}\n\nreads: {reads}\n", stanza.name, stanza.doc);
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

fn describe(analysis: &AnalysisReference) -> String {
    let mut out = format!("{}\n\n{}\n\n", analysis.name, analysis.doc);
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
