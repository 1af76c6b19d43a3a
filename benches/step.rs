//! How long a training step of each published system takes, at the sizes of the papers: `cargo bench --bench step`, or
//! `cargo bench --bench step -- hyperfusion_age` for one of them. `FASCICLE_BENCH_DEVICE=cuda` times a card, `FASCICLE_BENCH_PRECISION=tf32`
//! another precision, `FASCICLE_ISA=avx2` the processor's vectors of that set alone.
//!
//! `-- --json` prints a line of JSON a system, with the peak of resident memory beyond what the program held before (on Linux);
//! `-- --peak` what the processor multiplies and adds at most.
//!
//! A step is reading a batch from memory, forward, backward and the optimizer's move. The first is not counted; the median, the least
//! and the most of the others are shown. A card is waited for at the end alone: there it is the mean.

use fascicle::nn::Device;
use fascicle::program::Precision;
use std::cell::RefCell;
use std::error::Error;
use std::time::{Duration, Instant};
use systems::{SYSTEMS, System};

#[path = "../src/memory.rs"]
mod memory;
#[path = "systems/mod.rs"]
mod systems;

#[global_allocator]
static MEMORY: memory::Allocator = memory::Allocator;

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep();
    time_all(std::env::args().skip(1))
}

/// Times the systems that are named, or all.
///
/// # Errors
/// What goes wrong.
pub fn time_all(arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let (options, asked): (Vec<String>, Vec<String>) = arguments.partition(|argument| argument.starts_with('-'));
    let json = options.iter().any(|option| option == "--json");
    if options.iter().any(|option| option == "--peak") {
        println!("{}", serde_json::json!({ "multiply_adds_a_second": fascicle_kernels::peak(Duration::from_secs(2)) }));
        return Ok(());
    }
    let device = Device::parse(&std::env::var("FASCICLE_BENCH_DEVICE").unwrap_or_else(|_| "cpu".into()))?;
    let word = std::env::var("FASCICLE_BENCH_PRECISION").unwrap_or_else(|_| "float32".into());
    let precision = Precision::ALL.iter().find(|(name, _)| *name == word).ok_or("no such precision")?.1;
    for system in SYSTEMS {
        if asked.is_empty() || asked.iter().any(|asked| asked == system.experiment) {
            time(&system, &device, precision, json)?;
        }
    }
    Ok(())
}

/// A line of what the system knows of this process, in bytes: `VmRSS` is what is resident, `VmHWM` the most that was.
fn resident(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    found.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn time(system: &System, device: &Device, precision: Precision, json: bool) -> Result<(), Box<dyn Error>> {
    let System { experiment: name, rows, steps, .. } = *system;
    // The peak begins anew; where it cannot, that of an earlier system may be the larger.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = resident("VmRSS");
    let ends = RefCell::new(Vec::new());
    let parameters = system.train(rows, steps, device, precision, &|| ends.borrow_mut().push(Instant::now()))?;
    let peak = resident("VmHWM").zip(before).map(|(peak, before)| peak.saturating_sub(before));
    let ends = ends.into_inner();
    let mut seconds: Vec<f64> = ends.windows(2).take(steps).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    if json && device.is_cpu() {
        seconds.sort_by(f64::total_cmp);
        let (least, most) = (seconds[0], seconds[seconds.len() - 1]);
        let line = serde_json::json!({
            "system": name, "parameters": parameters, "rows": rows, "seconds": seconds[seconds.len() / 2],
            "least": least, "most": most, "steps": seconds.len(), "peak_bytes": peak,
        });
        println!("{line}");
        return Ok(());
    }
    let told = match device.is_cpu() {
        true => {
            seconds.sort_by(f64::total_cmp);
            let median = seconds[seconds.len() / 2];
            format!("{median:.4} s ({:.4} to {:.4})", seconds[0], seconds[seconds.len() - 1])
        }
        // The last call comes when the epoch's losses have been read: everything before is done.
        false => format!("{:.4} s (mean)", (ends[ends.len() - 1] - ends[0]).as_secs_f64() / steps as f64),
    };
    println!("{name}: {parameters} parameters, {rows} subjects a step: {told}, {} steps", seconds.len());
    Ok(())
}
