//! How long one random change of an image of 64^3 takes, on one thread: milliseconds, best and median of many looks at a head.
//!
//! ```text
//! cargo bench -p fascicle-data --bench augment            a painted head, each change by itself
//! python benches/peers/augment.py                         TorchIO's transforms on an image of that size
//! ```
//!
//! A look includes the copy into a batch; that of no change at all is the first row.

use fascicle_data::phantom::{Contrast, Phantom, PhantomSpec, write_bids};
use fascicle_data::{Augmentation, Cache, CohortData, Dataset, Item};
use fascicle_lang::compile::{EmptyWorld, compile};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

#[path = "../src/memory.rs"]
mod memory;

#[global_allocator]
static MEMORY: memory::Allocator = memory::Allocator;

const SIDE: usize = 64;
const LOOKS: u64 = 60;

const CASES: [&str; 14] = [
    "",
    "flip(axis: sagittal, p: 1)",
    "shift(4)",
    "rotate(15deg)",
    "affine(rotate: 10deg, zoom: 0.9..1.1, shift: 5mm)",
    "elastic(7mm)",
    "rotate(15deg), zoom(0.9..1.1), elastic(7mm)",
    "elastic(7mm), rotate(15deg)",
    "noise(0.1)",
    "scale(0.1)",
    "gamma(0.7..1.5)",
    "bias_field(0.5)",
    "blur(2mm)",
    "swap(15, times: 100)",
];

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep();
    let folder = tempfile::tempdir()?;
    let spec = PhantomSpec {
        subjects: 2,
        seed: 3,
        shape: [SIDE; 3],
        contrasts: vec![Contrast::T1w],
        ..PhantomSpec::default()
    };
    write_bids(&Phantom::new(spec)?, folder.path(), false, &|_, _| {})?;
    println!("{:52}{:>10}{:>10}", "milliseconds a look", "best", "median");
    for case in CASES {
        let mut times = times(folder.path(), case)?;
        times.sort_unstable_by(f64::total_cmp);
        println!(
            "{:52}{:>10.2}{:>10.2}",
            if case.is_empty() { "no change" } else { case },
            times[0],
            times[times.len() / 2]
        );
    }
    Ok(())
}

fn times(folder: &Path, augment: &str) -> Result<Vec<f64>, Box<dyn Error>> {
    let augment = if augment.is_empty() { String::new() } else { format!("augment {augment}") };
    let text = format!(
        "cohort heads = bids(\"{}\")\n\
         modality t1: volume[1, {SIDE}, {SIDE}, {SIDE}] = heads.image(\"anat/*_T1w.nii.gz\") |> zscore\n\
         model same(t1) {{ t1 |> Conv3d(1, 1) }}\n\
         train same {{\n  minimize mse(same, t1)\n  {augment}\n}}\n",
        folder.display()
    );
    let compilation = compile("augment.fx", &text, &[], &EmptyWorld);
    let program = compilation.base.filter(|_| compilation.experiment.is_some());
    let program = program.ok_or_else(|| format!("does not compile: {:?}", compilation.diagnostics))?;
    let kept = tempfile::tempdir()?;
    let cohort = CohortData::load(&program.cohorts[0], Path::new(""))?;
    let dataset = Dataset::open(&program.inputs, &[cohort], &Cache::new(kept.path()), &|_, _| {})?;
    let keys: Vec<String> = dataset.members.iter().map(|member| member.key.clone()).collect();
    let inputs = dataset.fit(&keys)?;
    let augment = &program.stages[0].augment;
    inputs.check_moves(&dataset.items(&keys)?, &[0], augment)?;
    let mut seen = 0.0;
    let mut times = Vec::new();
    for seed in 0..LOOKS {
        let started = Instant::now();
        let value = inputs.value(Item { member: 0, slice: 0 }, 0, &Augmentation::Random { seed, epoch: 0, augment })?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        seen += value.and_then(|values| values.get(SIDE).copied()).unwrap_or_default();
    }
    std::hint::black_box(seen);
    Ok(times)
}
