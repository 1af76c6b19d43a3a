//! Devices against the CPU in double precision: every operator of the language, every form of convolution of the experiments; and a
//! small training of each system against the CPU in single precision.
//!
//! `cargo test --release --test parity` tests the CPU's single precision; `FASCICLE_TEST_DEVICE=cuda` (or `vulkan`) a card. Its own main
//! prints each deviation, the worst first, with the time it took (on a card, with compiling its kernels).

#[path = "../case/mod.rs"]
mod case;
mod trainings;

use fascicle::devices::{Deviation, Probe, TOLERANCE, convolutions, operators};
use fascicle::nn::Device;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    run(std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect())
}

/// Runs the probes and trainings whose names hold one of the words; all without words.
pub fn run(words: Vec<String>) -> ExitCode {
    let device = match std::env::var("FASCICLE_TEST_DEVICE") {
        Ok(name) => match Device::parse(&name) {
            Ok(device) => device,
            Err(error) => {
                println!("FASCICLE_TEST_DEVICE: {error}");
                return ExitCode::FAILURE;
            }
        },
        Err(_) => Device::cpu(),
    };
    let about = device.about();
    println!("{} ({} {}) against the CPU in double precision", device.describe(), about.name, about.driver);
    let mut failed = 0;
    for (what, probes) in [("operators", operators(|_| true)), ("convolutions", convolutions_of_experiments())] {
        let chosen = |probe: &Probe| words.is_empty() || words.iter().any(|word| probe.name.contains(word));
        failed += table(what, probes.into_iter().filter(chosen).collect(), &device);
    }
    if !device.is_cpu() {
        failed += trainings::compare(&device, &words);
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Each form of convolution once.
fn convolutions_of_experiments() -> Vec<Probe> {
    let mut probes = BTreeMap::new();
    for case in case::programs(&["experiments"]) {
        let experiment = case.compile().experiment;
        for program in experiment.iter().flat_map(|experiment| &experiment.variants) {
            for probe in convolutions(&program.graph) {
                probes.entry(probe.name.clone()).or_insert(probe);
            }
        }
    }
    probes.into_values().collect()
}

/// Prints the deviations, the worst first, and says how many are too large.
fn table(what: &str, probes: Vec<Probe>, device: &Device) -> usize {
    let mut rows: Vec<(String, Result<Deviation, String>, Duration)> = Vec::new();
    for probe in probes {
        let begun = Instant::now();
        let deviation = probe.deviation(device).map_err(|error| error.to_string());
        rows.push((probe.name, deviation, begun.elapsed()));
    }
    let worst = |row: &Result<Deviation, String>| row.as_ref().map_or(f64::INFINITY, Deviation::worst);
    rows.sort_by(|a, b| worst(&b.1).total_cmp(&worst(&a.1)));
    let failed = rows.iter().filter(|(_, deviation, _)| worst(deviation) > TOLERANCE).count();
    let slowest = rows.iter().max_by_key(|(_, _, time)| *time);
    println!("\n{} {what}, {failed} beyond {TOLERANCE:.0e}", rows.len());
    for (name, deviation, time) in &rows {
        let told = match deviation {
            Ok(deviation) => deviation.to_string(),
            Err(error) => format!("FAILED: {error}"),
        };
        println!("  {:>8.1e}  {:>6.2} s  {name}: {told}", worst(deviation), time.as_secs_f64());
    }
    if let Some((name, _, time)) = slowest {
        println!("  longest: {name}, {:.2} s", time.as_secs_f64());
    }
    failed
}
