//! What is run on a lent card, in one binary, so that it is carried once: `card golden`, `card parity`, `card step`, each as the test or
//! the bench of that name. `benches/card.sh` packs it and runs it; `FASCICLE_ROOT` says where the repository lies there.

// Both tests read case files.
#![allow(clippy::duplicate_mod)]

use std::process::ExitCode;

#[allow(dead_code)]
#[path = "../tests/golden/main.rs"]
mod golden;
#[allow(dead_code)]
#[path = "../tests/parity/main.rs"]
mod parity;
#[allow(dead_code)]
#[path = "step.rs"]
mod step;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let what = arguments.next().unwrap_or_default();
    let words: Vec<String> = arguments.collect();
    match what.as_str() {
        "golden" => golden::run(words),
        "parity" => parity::run(words),
        "step" => match step::time_all(words.into_iter()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                println!("{error}");
                ExitCode::FAILURE
            }
        },
        _ => {
            println!("card golden | parity | step, then words that a case, a probe or a system is named by");
            ExitCode::SUCCESS
        }
    }
}
