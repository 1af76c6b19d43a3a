//! The language server without tables, weights and runs: for work on it without a build of the whole program.
//!
//! `cargo build --release -p fascicle-editor --example serve`, and an editor starts `target/release/examples/serve`.

use fascicle_editor::server::{Broken, serve};
use fascicle_editor::{NoOutside, Outside};
use fascicle_lang::compile::{TableProblem, TableSummary};
use fascicle_lang::program::Cohort;
use lsp_server::Connection;
use std::path::Path;
use std::sync::Arc;

/// Files alone.
struct Texts;

impl Outside for Texts {
    fn text(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn beside(&self, file: &str, named: &str) -> String {
        Path::new(file).with_file_name(named).to_string_lossy().into_owned()
    }

    fn table(&self, cohort: &Cohort, wait: bool) -> Option<Result<TableSummary, TableProblem>> {
        NoOutside.table(cohort, wait)
    }
}

fn main() -> Result<(), Broken> {
    let (connection, threads) = Connection::stdio();
    serve(&connection, Arc::new(Texts))?;
    drop(connection);
    Ok(threads.join()?)
}
