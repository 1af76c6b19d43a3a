//! `fascicle explain`

use super::topics::{TOPICS, find};
use super::{source, status, table};
use crate::compile::Code;
use crate::syntax::nearest;
use clap::Args;

/// What `explain` is asked.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code, such as E0302, or a topic, such as `new people`; without one, all are listed
    #[arg(value_name = "CODE|TOPIC", num_args = 0..)]
    asked: Vec<String>,
}

pub(super) fn explain(args: &ExplainArgs) -> u8 {
    let asked = args.asked.join(" ");
    if asked.is_empty() {
        let rows: Vec<Vec<String>> = TOPICS.iter().map(|t| vec![t.name.into(), t.title.into()]).collect();
        source::print(&table::aligned(&["topic", "how to"], &rows, 2));
        let rows: Vec<Vec<String>> = Code::ALL.iter().map(|c| vec![c.code().into(), c.title().into()]).collect();
        source::print(&format!("\n{}", table::aligned(&["code", "meaning"], &rows, 2)));
        return status::DONE;
    }
    match (Code::parse(&asked), find(&asked)) {
        (Some(code), _) => {
            source::print(&format!("{}: {}\n\n{}\n", code.code(), code.title(), code.explanation()));
            status::DONE
        }
        (None, Some(topic)) => {
            source::print(&format!("{}: {}\n\n{}\n", topic.name, topic.title, topic.answer));
            status::DONE
        }
        (None, None) => {
            let known: Vec<&str> =
                TOPICS.iter().flat_map(|topic| topic.words.iter().copied().chain([topic.name])).collect();
            let near = nearest(&asked, &known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            source::fail(&format!("there is no code and no topic `{asked}`{near}; `fascicle explain` lists all"));
            status::WRONG
        }
    }
}
