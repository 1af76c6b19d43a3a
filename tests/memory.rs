//! What `check` says of memory, and what recomputation changes: brain age and the ResNet on hippocampi, narrower than the papers',
//! trained under an allocator that counts.
//!
//! The allocator is the process's, so that everything is one test.

use fascicle::graph::Processor;
use fascicle::nn::Device;
use fascicle::program::{Memory, RunHolds, Stage};
use std::sync::atomic::Ordering;
use systems::System;

#[path = "../benches/systems/counted.rs"]
#[allow(dead_code)]
mod counted;
#[path = "../benches/systems/mod.rs"]
mod systems;

#[global_allocator]
static MEMORY: counted::Counted<mimalloc::MiMalloc> = counted::Counted(mimalloc::MiMalloc);

/// What a step of these benches holds beside its arrays: no end of an epoch, as they write no checkpoints.
const RUN: RunHolds = RunHolds { last_epoch: false, batches_ahead: 2, program: 0 };

#[test]
fn a_step_takes_what_was_said_and_recomputation_takes_less_for_the_same_weights() {
    let narrow: &[(&str, &str)] = &[("width", "4")];
    // The share of the memory that is left at most.
    for (experiment, rows, left) in [("hyperfusion_age", 1, 0.98), ("hyperfusion_ad", 2, 0.75)] {
        let system = System { experiment, settings: narrow, rows, steps: 3 };
        let (program, stage) = system.stage(rows).unwrap();
        let taken = |memory: Memory| {
            let stage = Stage { memory, ..stage.clone() };
            let said = stage.memory(&program.graph, Processor::Cpu, RUN).bytes;
            let before = counted::LIVE.load(Ordering::Relaxed);
            counted::PEAK.store(before, Ordering::Relaxed);
            let trained = systems::run(&program, &stage, system.steps - 1, &Device::cpu(), &|| ()).unwrap();
            let measured = (counted::PEAK.load(Ordering::Relaxed) - before) as u64;
            let ratio = said as f64 / measured as f64;
            println!("{experiment}, {memory:?}: {said} bytes said, {measured} measured, ratio {ratio:.3}");
            assert!((0.85..1.15).contains(&ratio), "{experiment}, {memory:?}: {said} said, {measured} measured");
            (measured, trained.weights)
        };
        let (whole, kept) = taken(Memory::Keep);
        let (less, again) = taken(Memory::Recompute);
        assert!((less as f64) < left * whole as f64, "{experiment}: {less} of {whole} bytes");
        let bits = |weights: &fascicle::train::Weights| -> Vec<(String, Vec<u32>)> {
            let of = |(name, (_, values)): (&String, &(Vec<usize>, Vec<f32>))| {
                (name.clone(), values.iter().map(|value| value.to_bits()).collect())
            };
            weights.iter().map(of).collect()
        };
        assert!(bits(&kept) == bits(&again), "{experiment}: weights differ");
    }
}
