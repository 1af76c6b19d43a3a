//! `fascicle doc`

use super::{source, status, table};
use crate::ops::{self, Arity, Default, ParameterType, Stanza};
use crate::syntax::nearest;
use clap::Args;

/// What `doc` is asked.
#[derive(Debug, Args)]
pub(super) struct DocArgs {
    /// The operator; without one, all are listed
    operator: Option<String>,
}

pub(super) fn doc(args: &DocArgs) -> u8 {
    let Some(asked) = &args.operator else {
        let first = |s: &Stanza| s.doc.split(". ").next().unwrap_or("").trim_end_matches('.').replace('\n', " ");
        let rows: Vec<Vec<String>> = ops::table().map(|s| vec![s.name.to_string(), first(s)]).collect();
        source::print(&table::aligned(&["operator", "what it does"], &rows, 2));
        return status::DONE;
    };
    match ops::find(asked) {
        Some(stanza) => {
            source::print(&describe(stanza));
            status::DONE
        }
        None => {
            let known: Vec<&str> = ops::table().map(|s| s.name).collect();
            let hint = nearest(asked, &known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            source::fail(&format!("there is no operator `{asked}`{hint}"));
            status::WRONG
        }
    }
}

fn describe(stanza: &Stanza) -> String {
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
