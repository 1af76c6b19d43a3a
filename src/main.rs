//! The `fascicle` command.

use std::process::ExitCode;

// Every step of a training allocates the same large arrays. The system's allocator gives such memory back each time, and to
// fill new pages takes as long as many an operation on them.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    fascicle::cli::main()
}
