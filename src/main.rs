//! The `fascicle` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    fascicle::cli::main()
}
