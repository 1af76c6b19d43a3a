//! `fascicle explain`

use super::{source, status, table};
use crate::compile::Code;
use clap::Args;

/// What `explain` is asked.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code, such as E0302; without one, all codes are listed
    code: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs) -> u8 {
    let Some(asked) = &args.code else {
        let rows: Vec<Vec<String>> = Code::ALL.iter().map(|c| vec![c.code().into(), c.title().into()]).collect();
        source::print(&table::aligned(&["code", "meaning"], &rows, 2));
        return status::DONE;
    };
    match Code::parse(asked) {
        Some(code) => {
            source::print(&format!("{}: {}\n\n{}\n", code.code(), code.title(), code.explanation()));
            status::DONE
        }
        None => {
            source::fail(&format!("there is no code `{asked}`; `fascicle explain` lists all"));
            status::WRONG
        }
    }
}
