//! How much memory a training step of each published system takes at its peak, at the sizes of the papers, beside what was said of it
//! before: `cargo bench --bench memory -- hyperfusion_age`, or `-- hyperfusion_age recompute` for a step whose values are made again
//! on the way back. One system a process, as the system's own count of resident memory only rises.
//!
//! An allocator that counts gives the bytes that are asked for and not yet given back. With `FASCICLE_BENCH_PEAK=1` the steps are made
//! again, and the arrays that are there at the peak are listed by where they were asked for; with `FASCICLE_BENCH_LOG=FILE` every
//! array that comes and goes is written down.

use fascicle::graph::Processor;
use fascicle::nn::Device;
use fascicle::program::{Memory, RunHolds, Stage};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::Ordering;
use systems::SYSTEMS;

#[path = "systems/counted.rs"]
mod counted;
#[path = "../src/memory.rs"]
mod memory;
#[path = "systems/mod.rs"]
mod systems;

#[global_allocator]
static MEMORY: counted::Counted<memory::Allocator> = counted::Counted(memory::Allocator);

/// Steps after the first: moments are there from the second on.
const STEPS: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    // To compare: mimalloc alone, which `MIMALLOC_PURGE_DELAY=-1` tells to keep what it has had.
    if std::env::var_os("FASCICLE_BENCH_MIMALLOC").is_none() {
        memory::keep();
    }
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let memory = if asked.iter().any(|a| a == "recompute") { Memory::Recompute } else { Memory::Keep };
    for system in SYSTEMS.iter().filter(|system| asked.iter().any(|a| a == system.experiment)) {
        let (program, stage) = system.stage(system.rows)?;
        let stage = Stage { memory, ..stage };
        // These steps write no checkpoints.
        let run = RunHolds { last_epoch: false, ..RunHolds::on(Processor::Cpu) };
        let said = stage.memory(&program.graph, Processor::Cpu, run).bytes;
        let before = counted::LIVE.load(Ordering::Relaxed);
        counted::PEAK.store(before, Ordering::Relaxed);
        let step = || systems::run(&program, &stage, STEPS, &Device::cpu(), &|| ());
        let began = std::time::Instant::now();
        step()?;
        let seconds = began.elapsed().as_secs_f64() / (STEPS + 1) as f64;
        let peak = counted::PEAK.load(Ordering::Relaxed);
        println!(
            "| {} | {memory:?} | {} | {} | {} | {} | {seconds:.2} |",
            system.experiment,
            system.rows,
            said / 1_000_000,
            (peak - before) / 1_000_000,
            resident("VmHWM") / 1_000_000,
        );
        if let Some(path) = std::env::var_os("FASCICLE_BENCH_LOG") {
            counted::log();
            step()?;
            let log: String = counted::logged().iter().map(|(at, size)| format!("{at} {size}\n")).collect();
            std::fs::write(path, log)?;
        }
        if std::env::var_os("FASCICLE_BENCH_PEAK").is_some() {
            counted::trace_from(peak - (peak - before) / 500);
            step()?;
            list();
        }
    }
    Ok(())
}

/// A line of `/proc/self/status`, in bytes; 0 where there is none.
fn resident(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or(0) << 10
}

/// What was there at the peak, the largest first.
fn list() {
    let mut places: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (bytes, trace) in counted::at_the_peak() {
        let trace = trace.to_string();
        let own = trace.lines().map(str::trim).filter(|line| line.contains("fascicle") && !line.contains("counted"));
        let own: Vec<&str> = own.filter_map(|line| line.split_once(": ").map(|(_, name)| name)).take(7).collect();
        let held = places.entry(own.join(" < ")).or_default();
        *held = (held.0 + bytes, held.1 + 1);
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|(_, (bytes, _))| std::cmp::Reverse(*bytes));
    for (place, (bytes, count)) in places {
        println!("  {:>6} MB in {count:>3}: {place}", bytes / 1_000_000);
    }
}
