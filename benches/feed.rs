//! How many images a second reach a training loop: `.nii.gz` files read, prepared, changed at random and put together into batches.
//!
//! ```text
//! cargo bench -p fascicle-data --bench feed -- FOLDER      makes the files where FOLDER has none; 500 heads of 64^3
//! python benches/peers/feed.py FOLDER                      torchio's and MONAI's loaders on the same files
//! ```
//!
//! Cold: the first epoch of a machine that has never seen the files: everything is decoded, prepared and kept. Warm: those after it. The
//! consumer does nothing but look at one number of a batch, so that it is the feed alone that is timed.

use fascicle_data::phantom::{Contrast, Phantom, PhantomSpec, write_bids};
use fascicle_data::{Augmentation, Cache, CohortData, Dataset};
use fascicle_lang::compile::{EmptyWorld, compile};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[path = "../src/memory.rs"]
mod memory;

const PEOPLE: usize = 500;
const SIDE: usize = 64;
const BATCH: usize = 64;
const EPOCHS: u64 = 4;

/// What is done to an image, and what is changed in it at random.
const CASES: [(&str, &str, &str); 4] = [
    ("z-score", "zscore(mask: all)", ""),
    ("z-score, flips", "zscore(mask: all)", "augment flip(axis: sagittal), flip(axis: coronal), flip(axis: axial)"),
    (
        "z-score, flips, noise",
        "zscore(mask: all)",
        "augment flip(axis: sagittal), flip(axis: coronal), flip(axis: axial), noise(sd: 0.05)",
    ),
    (
        "landmarks, rescale, flips",
        "histogram_standardize |> rescale(0..1)",
        "augment flip(axis: sagittal), flip(axis: coronal), flip(axis: axial)",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep();
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = PathBuf::from(folder.ok_or("name a folder for the files: cargo bench .. -- FOLDER")?);
    files(&folder)?;
    println!("{PEOPLE} images of {SIDE}^3, batches of {BATCH}, {} threads", rayon::current_num_threads());
    println!("{:28}{:>16}{:>16}", "images a second", "cold", "warm");
    for (name, steps, augment) in CASES {
        let (cold, warm) = case(&folder, steps, augment)?;
        println!("{name:28}{cold:>16.0}{warm:>16.0}");
    }
    Ok(())
}

fn files(folder: &Path) -> Result<(), Box<dyn Error>> {
    if folder.join("participants.tsv").is_file() {
        return Ok(());
    }
    let spec = PhantomSpec {
        subjects: PEOPLE,
        seed: 3,
        shape: [SIDE; 3],
        contrasts: vec![Contrast::T1w],
        ..PhantomSpec::default()
    };
    write_bids(&Phantom::new(spec)?, folder, false, &|_, _| {})?;
    Ok(())
}

/// Images a second of the first epoch and of those after it.
fn case(folder: &Path, steps: &str, augment: &str) -> Result<(f64, f64), Box<dyn Error>> {
    let text = format!(
        "cohort heads = bids(\"{}\")\n\
         modality t1: volume[1, {SIDE}, {SIDE}, {SIDE}] = heads.image(\"anat/*_T1w.nii.gz\") |> {steps}\n\
         model same(t1) {{ t1 |> Conv3d(1, 1) }}\n\
         train same {{\n  minimize mse(same, t1)\n  optimizer Adam(lr: 1e-3)\n  epochs 1\n  batch {BATCH}\n  {augment}\n}}\n",
        folder.display()
    );
    let compilation = compile("feed.fx", &text, &[], &EmptyWorld);
    let program = compilation.base.filter(|_| compilation.experiment.is_some());
    let program = program.ok_or_else(|| format!("does not compile: {:?}", compilation.diagnostics))?;
    let augment = &program.stages[0].augment;

    let kept = tempfile::tempdir()?;
    let started = Instant::now();
    let cohort = CohortData::load(&program.cohorts[0], Path::new(""))?;
    let dataset = Dataset::open(&program.inputs, &[cohort], &Cache::new(kept.path()), &|_, _| {})?;
    let keys: Vec<String> = dataset.members.iter().map(|member| member.key.clone()).collect();
    let inputs = dataset.fit(&keys)?;
    let items = dataset.items(&keys)?;
    let mut seen = 0.0;
    let mut epoch = |epoch: u64| -> Result<(), Box<dyn Error>> {
        for items in items.chunks(BATCH) {
            let batch = inputs.batch(items, &[0], &Augmentation::Random { seed: 1, epoch, augment })?;
            let input = batch.inputs[0].as_ref().ok_or("no such input")?;
            seen += input.values[input.values.len() / 2];
        }
        Ok(())
    };
    epoch(0)?;
    let cold = items.len() as f64 / started.elapsed().as_secs_f64();
    let mut warm: f64 = 0.0;
    for next in 1..=EPOCHS {
        let started = Instant::now();
        epoch(next)?;
        warm = warm.max(items.len() as f64 / started.elapsed().as_secs_f64());
    }
    std::hint::black_box(seen);
    Ok((cold, warm))
}
