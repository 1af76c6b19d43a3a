//! `fascicle fmt`

use super::{source, status};
use crate::syntax;
use clap::Args;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What `fmt` is asked.
#[derive(Debug, Args)]
pub(super) struct FmtArgs {
    /// Files, or folders with `.fx` files below; `-` reads standard input and writes standard output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Change nothing; say which files are not laid out, and exit with 1 if any is not
    #[arg(long)]
    check: bool,
}

pub(super) fn fmt(args: &FmtArgs) -> u8 {
    let mut status = status::DONE;
    for path in &args.files {
        let outcome = if path.as_os_str() == "-" { standard_input() } else { files(path, args.check) };
        match outcome {
            Ok(true) => {}
            Ok(false) => status = status.max(status::FAILED),
            Err(message) => {
                source::fail(&message);
                status = status::WRONG;
            }
        }
    }
    status
}

fn standard_input() -> Result<bool, String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|e| format!("standard input: {e}"))?;
    source::print(&formatted(Path::new("-"), &text)?);
    Ok(true)
}

/// Formats a file, or all below a folder; `false` where `check` found one that is not laid out.
fn files(path: &Path, check: bool) -> Result<bool, String> {
    if !path.is_dir() {
        return one(path, check);
    }
    let mut tidy = true;
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|e| format!("{}: {e}", path.display()))?;
        if entry.path().extension().is_some_and(|e| e == "fx") {
            tidy &= one(entry.path(), check)?;
        }
    }
    Ok(tidy)
}

fn one(path: &Path, check: bool) -> Result<bool, String> {
    let text = source::read(path)?;
    let laid_out = formatted(path, &text)?;
    if laid_out == text {
        return Ok(true);
    }
    if check {
        source::print(&format!("{}\n", path.display()));
        return Ok(false);
    }
    source::replace(path, &laid_out)?;
    Ok(true)
}

fn formatted(path: &Path, text: &str) -> Result<String, String> {
    syntax::format(text).map_err(|errors| {
        let first = errors.first();
        let at = first.map_or(0, |e| e.span.start as usize);
        let line = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        let message = first.map_or("it cannot be read", |e| e.message.as_str());
        format!("{}:{line}: {message}; nothing was changed", path.display())
    })
}
