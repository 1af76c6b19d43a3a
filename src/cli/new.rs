//! `fascicle new`

use super::{source, status};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// What a first experiment looks like.
const TEMPLATE: &str = include_str!("../../experiments/quickstart.fx");

/// What `new` is asked.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The file to write
    file: PathBuf,
    /// Write over a file that exists
    #[arg(long)]
    overwrite: bool,
}

pub(super) fn new(args: &NewArgs) -> u8 {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if args.overwrite {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let name = args.file.display();
    match options.open(&args.file).and_then(|mut file| file.write_all(TEMPLATE.as_bytes())) {
        Ok(()) => {
            source::print(&format!("wrote {name}; next: fascicle check {name}, then fascicle run {name}\n"));
            status::DONE
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            source::fail(&format!("{name} exists; use --overwrite to replace it"));
            status::WRONG
        }
        Err(error) => {
            source::fail(&format!("{name}: cannot be written: {error}"));
            status::FAILED
        }
    }
}
