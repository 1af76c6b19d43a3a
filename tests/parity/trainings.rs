//! A small training of each system, on the CPU and on the device, from the same seed: losses epoch by epoch.

use fascicle::cli::Files;
use fascicle::compile::compile;
use fascicle::nn::Device;
use fascicle::plan::{self, Listener, NoTrials, RunOptions, SourceText};
use fascicle::train::Progress;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// How far a loss may be off. Trainings are chaotic: what rounding does in a step grows in those that follow.
const TOLERANCE: f64 = 1e-3;

/// A phantom experiment, and what makes it small.
struct Small {
    file: &'static str,
    settings: &'static [(&'static str, &'static str)],
    instead: &'static [(&'static str, &'static str)],
}

const SYSTEMS: [Small; 6] = [
    Small {
        file: "quickstart.fx",
        settings: &[],
        instead: &[("subjects: 500", "subjects: 48"), ("epochs 12", "epochs 2")],
    },
    Small {
        file: "hyperfusion_phantom.fx",
        settings: &[("epochs", "2")],
        instead: &[
            ("subjects: 1400", "subjects: 60"),
            ("holdout: 500", "holdout: 12"),
            ("seeds: [1, 2, 3]", "seeds: [1]"),
        ],
    },
    Small {
        file: "voxel_fusion_phantom.fx",
        settings: &[("rounds", "1")],
        instead: &[("subjects: 200", "subjects: 10")],
    },
    Small {
        file: "contrastive_phantom.fx",
        settings: &[("length", "1")],
        instead: &[("subjects: 400", "subjects: 40"), ("seeds: [1, 2, 3]", "seeds: [1]")],
    },
    Small {
        file: "disentangle_phantom.fx",
        settings: &[("passes", "1")],
        instead: &[("subjects: 120", "subjects: 16"), ("seeds: [1, 2, 3]", "seeds: [1]")],
    },
    Small {
        file: "normative_poe_phantom.fx",
        settings: &[("rounds", "2")],
        instead: &[("subjects: 1500", "subjects: 200"), ("subjects: 200, seed", "subjects: 40, seed")],
    },
];

/// The losses of every epoch, by task and stage.
#[derive(Default)]
struct Losses(Mutex<BTreeMap<(String, String), Vec<f64>>>);

impl Listener for Losses {
    fn epoch(&self, task: &str, progress: &Progress) {
        if let Some(epoch) = &progress.ended {
            let mut all = self.0.lock().expect("nobody panics while holding it");
            all.entry((task.to_owned(), progress.stage.clone())).or_default().push(epoch.train_loss);
        }
    }
}

/// Trains all systems and prints how far they are apart; says how many are too far.
pub fn compare(device: &Device, words: &[String]) -> usize {
    println!("\ntrainings, losses epoch by epoch, within {TOLERANCE:.0e}");
    let chosen = |small: &&Small| words.is_empty() || words.iter().any(|word| small.file.contains(word));
    let mut failed = 0;
    for small in SYSTEMS.iter().filter(chosen) {
        let (cpu, on_cpu) = trained(small, &Device::cpu());
        let (found, on_device) = trained(small, device);
        let pairs = cpu.iter().flat_map(|(key, losses)| {
            let own = found.get(key).map_or(&[][..], Vec::as_slice);
            losses.iter().enumerate().map(|(at, exact)| (own.get(at).copied().unwrap_or(f64::NAN), *exact))
        });
        let off = |(found, exact): (f64, f64)| ((found - exact) / exact.abs().max(1e-3)).abs();
        let worst = pairs.map(off).fold(0.0, |a: f64, b| if b.is_nan() { f64::INFINITY } else { a.max(b) });
        let epochs: usize = cpu.values().map(Vec::len).sum();
        let good = worst <= TOLERANCE && epochs > 0;
        failed += usize::from(!good);
        let mark = if good { "" } else { "FAILED: " };
        println!("  {worst:>8.1e}  {mark}{}: {epochs} epochs, {on_cpu:.1} s on the CPU, {on_device:.1} s", small.file);
    }
    failed
}

/// The losses of a system, and the seconds that took.
fn trained(small: &Small, device: &Device) -> (BTreeMap<(String, String), Vec<f64>>, f64) {
    let path = fascicle_reference::root().join("experiments").join(small.file);
    let mut text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for (old, new) in small.instead {
        assert!(text.contains(old), "{} holds no `{old}`", small.file);
        text = text.replacen(old, new, 1);
    }
    let settings: Vec<_> =
        small.settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let compiled = compile(small.file, &text, &settings, &Files::beside(&path));
    let (Some(mut experiment), Some(base)) = (compiled.experiment, compiled.base) else {
        panic!("{} does not compile when it is made small", small.file)
    };
    experiment.keep_sweeps(&[], base).expect("no sweep is named");
    let folder = tempfile::tempdir().expect("a folder");
    let losses = Losses::default();
    let begun = Instant::now();
    let run = plan::run(
        &experiment,
        &RunOptions {
            out: folder.path().to_path_buf(),
            devices: vec![*device],
            workers: fascicle::plan::Workers::Fixed(1),
            after_failure: fascicle::plan::AfterFailure::GoOn,
            interrupt: &AtomicBool::new(false),
            listener: &losses,
            submission: None,
            command: String::new(),
            source: SourceText { name: small.file.into(), text, highlights: Vec::new() },
            model_tables: Vec::new(),
            base: Path::new(".").to_path_buf(),
            trials: &NoTrials,
            cache: None,
            track: None,
            clock: None,
        },
    );
    let losses = losses.0.into_inner().expect("nobody panics while holding it");
    // So few people may be too few for what is asked of the results; their trainings have ended by then.
    if let (Err(error), true) = (run, losses.is_empty()) {
        println!("  {}: {error}", small.file);
    }
    (losses, begun.elapsed().as_secs_f64())
}
