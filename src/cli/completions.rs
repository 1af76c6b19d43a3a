//! `fascicle completions` and `fascicle man`: what a shell and `man` are told of the command line.

use super::{Cli, status};
use clap::{Args, CommandFactory, ValueEnum};
use std::io::Write;
use std::path::PathBuf;

/// Shells whose completions can be written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Arguments of `fascicle completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fascicle completions bash > ~/.local/share/bash-completion/completions/fascicle
  fascicle completions zsh > ~/.zfunc/_fascicle          # a folder of $fpath, before compinit
  fascicle completions fish > ~/.config/fish/completions/fascicle.fish")]
pub(super) struct CompletionsArgs {
    shell: Shell,
}

/// Arguments of `fascicle man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fascicle man | man -l -                                # reads it
  fascicle man --out ~/.local/share/man/man1             # `man fascicle`, `man fascicle-run`, ..")]
pub(super) struct ManArgs {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the completions of a shell.
pub(super) fn completions(args: &CompletionsArgs) -> u8 {
    let mut script = Vec::new();
    let shell = match args.shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    clap_complete::generate(shell, &mut Cli::command(), "fascicle", &mut script);
    written(std::io::stdout().write_all(&script), "standard output")
}

/// Prints the manual's first page, or writes all of them.
pub(super) fn man(args: &ManArgs) -> u8 {
    match &args.out {
        None => {
            let mut page = Vec::new();
            let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
            written(rendered.and_then(|()| std::io::stdout().write_all(&page)), "standard output")
        }
        Some(folder) => {
            let made = std::fs::create_dir_all(folder);
            let pages = made.and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
            written(pages, &folder.display().to_string())
        }
    }
}

fn written(result: std::io::Result<()>, to: &str) -> u8 {
    match result {
        Ok(()) => status::DONE,
        Err(error) => {
            eprintln!("error: {to} cannot be written: {error}");
            status::FAILED
        }
    }
}
