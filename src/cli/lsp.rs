//! `fascicle lsp`

mod results;
mod surroundings;

use super::{source, status};
use clap::Args;
use fascicle_editor::server::serve;
use lsp_server::Connection;
use std::sync::Arc;
use surroundings::Surroundings;

/// What `lsp` is asked.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct LspArgs {
    /// Speak over standard input and output: what it does anyway, for editors that say so
    #[arg(long)]
    stdio: bool,
    /// The folder of all runs, whose results are shown over scores, analyses and stages
    #[arg(long, default_value = "runs", value_name = "DIR")]
    out: std::path::PathBuf,
}

const AFTER_HELP: &str = "\
An editor starts this command and speaks the Language Server Protocol with it; how each is told to stands in docs/editor.md.
Tables and runs are looked for below the folder that it is started in.";

pub(super) fn lsp(args: &LspArgs) -> u8 {
    let (connection, threads) = Connection::stdio();
    let spoken = serve(&connection, Arc::new(Surroundings::new(args.out.clone())));
    // The threads end when nobody can speak any more.
    drop(connection);
    let closed = threads.join();
    match (spoken, closed) {
        (Ok(()), Ok(())) => status::DONE,
        (Err(error), _) => {
            source::fail(&format!("the conversation with the editor broke: {error}"));
            status::FAILED
        }
        (_, Err(error)) => {
            source::fail(&format!("the conversation with the editor broke: {error}"));
            status::FAILED
        }
    }
}
