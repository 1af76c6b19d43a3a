//! The `fascicle` command.

mod memory;

use std::process::ExitCode;

#[global_allocator]
static MEMORY: memory::Allocator = memory::Allocator;

fn main() -> ExitCode {
    memory::keep();
    fascicle::cli::main()
}
