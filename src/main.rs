//! The `fascicle` command.

mod memory;

use std::process::ExitCode;

fn main() -> ExitCode {
    memory::keep();
    fascicle::cli::main()
}
