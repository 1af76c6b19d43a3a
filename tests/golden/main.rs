//! Published networks, written in the language, against numbers that their authors' code gave.
//!
//! A case is one file of `tests/golden`: inputs, models, and a `train` whose loss is the golden's. It is compiled, given the
//! golden's weights and inputs, and run in prediction and in training (dropout at 0); outputs, losses, gradients of every
//! weight and input, and running statistics afterwards are compared with the golden's. A golden that is not there is
//! skipped with a message, and the last line says how many were; with `FASCICLE_GOLDEN=required` that is a failure. A tensor
//! of a golden that is there and compared with nothing is a failure, unless `skip` says why.
//!
//! ```sh
//! cargo test --release --test golden                # all cases, each with its worst deviation
//! cargo test --release --test golden -- hyper_ad    # those whose name holds the word
//! ```
//!
//! # How to write one
//!
//! Declare every input with its shape without the batch axis; where the numbers come from in the file does not matter
//! (`c.image("x")`, `c.columns(/^x/)`, `c.column("x")`). `sum(out*cot)` of a batch of 2 is
//! `2 * batch_mean(reduce_sum(m.out * cot))` with `cot` an input. What a golden calls `act.*` is an `output` of the model.
//! Write the file first without a map: the failure lists the weights on both sides.
//!
//! | comment | meaning |
//! |---|---|
//! | `// golden: hyper_ad/fixed` | the folder below `../shared/golden`; `fixed` takes weights and inputs from the folder above |
//! | `// input: image = image` | the file's input is the golden's (stored, or by its formula: names as in `procedural_inputs`) |
//! | `// input: m0 = mu[0]`, `= x[:, 2:5, ::8]` | a part of it, as numpy writes it; `= x reshaped` in another shape; `= x repeated` one subject's numbers for each; `= 1` the same everywhere; `= [2, 0]` these numbers |
//! | `// present: pet = mask[:, 1]`, `= [1, 0, 1]` | the rows that have the input (not 0) |
//! | `// output: m.z = latent` | compared with `eval.latent` and `train.latent`; `m.z[t1]` of a family; `= /enc.mu` a name without that of the run; `m.z at [:, ::8] = z8` a part of ours; an `act.*` that is not stored is compared with its summary in meta.json |
//! | `// loss: m = loss` | the loss of the stage `m`, or an output `m.total` that is one number (a loss without parameters is no `train`); so by itself where there is one stage and the golden has `loss`; `, inputs grad.*` names the gradients of inputs (`grad_input.*`; the star stands for the golden's name of an input, or its last part), `, weights FILE` the file of those of weights |
//! | `// run: missing_hcm, without hcm` | a pass whose names begin so (`-`: with nothing), where nobody has `hcm`; `, training` with batch statistics. `eval` and `train` where no run is named. Lines below it are for this run alone. Gradients are those of `grads_RUN`, else `grads_train` or `grads.safetensors` |
//! | `// skip: act.*: why` | tensors of the golden (full names, `*` for anything) that are not compared |
//! | `// open: what is off` | the case is not met yet: it is run and shown, and fails once it is met and still says so |
//! | `// double: why` | computed in double precision, as the golden was, and held to 1e-6 throughout: where two values that a maximum or a rectifier decides between are nearer than single precision tells apart |
//! | `// zero: a.bias: why` | a gradient that vanishes in exact arithmetic (meta.json's own list is known) |
//! | `//\| "bn" = "m.BatchNorm"` | lines of the name map, the TOML of `fascicle weights import` (see `src/exchange/names.rs`) |
//!
//! `FASCICLE_TEST_DEVICE=cuda` runs the cases on a card.
//!
//! Outputs agree to 1e-5 of the largest value, gradients to a relative Frobenius norm of 1e-4, in training 5e-3. Gradients
//! are compared under the golden's names; a weight that the golden repeats has one gradient there, and a weight without one
//! must have none here.

#[path = "../case/mod.rs"]
mod case;
mod compare;
mod directive;
mod execute;
mod reference;
mod select;

use compare::{Findings, Worst};
use directive::Directives;
use execute::{Prepared, Report};
use fascicle::nn::Device;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// Cases run beside each other as long as they hold less than this together.
const MEMORY: u64 = 3 << 30;

fn main() -> ExitCode {
    run(std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect())
}

/// Runs the cases whose names hold one of the words; all without words.
pub fn run(words: Vec<String>) -> ExitCode {
    the_formula_gives_the_numbers_of_the_goldens_readme();
    let folder = fascicle_reference::root().join("tests/golden");
    let mut paths = case::files_below(&folder, "fx");
    assert!(!paths.is_empty(), "{} holds no case", folder.display());
    paths.retain(|path| words.is_empty() || words.iter().any(|word| name(path).contains(word)));
    let required = fascicle_reference::required();
    let absent: Vec<String> = paths.iter().filter(|path| lacks_its_golden(path)).map(|path| name(path)).collect();
    if !absent.is_empty() && required {
        println!(
            "FASCICLE_GOLDEN=required is set, and these have no golden below ../shared/golden: {}",
            absent.join(", ")
        );
        return ExitCode::FAILURE;
    }
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(paths.len());
    let next = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    let budget = Budget::default();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = std::panic::catch_unwind(|| one(path, &budget));
                    if !outcome.unwrap_or(false) {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner();
    println!("{} golden cases, {failed} failed, {} skipped", paths.len(), absent.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The device that `FASCICLE_TEST_DEVICE` names, or the CPU.
fn device() -> Result<Device, String> {
    match std::env::var("FASCICLE_TEST_DEVICE") {
        Ok(name) => Device::parse(&name).map_err(|e| e.to_string()),
        Err(_) => Ok(Device::cpu()),
    }
}

fn name(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

/// Runs a case, prints it, and says whether it passed.
fn one(path: &Path, budget: &Budget) -> bool {
    let title = name(path);
    match attempt(path, budget) {
        Ok(Outcome::Absent) => {
            println!("{title}: skipped, its golden is not there");
            true
        }
        Ok(Outcome::Here(report, time, open)) => {
            let passed = report.iter().all(|(_, findings)| findings.failures.is_empty());
            let told = told(&title, &report, time);
            match (&open, passed) {
                (None, _) => println!("{told}"),
                (Some(why), false) => println!("{told}\n    OPEN, not met yet: {why}"),
                (Some(_), true) => println!("{told}\n    FAILED: the case is met; take `open:` out of it"),
            }
            passed != open.is_some()
        }
        Err(why) => {
            println!("{title}: FAILED: {why}");
            false
        }
    }
}

/// What came of a case.
enum Outcome {
    /// Its golden is not there.
    Absent,
    /// What came out, how long it took, and whether the case is known not to be met.
    Here(Report, Duration, Option<String>),
}

fn attempt(path: &Path, budget: &Budget) -> Result<Outcome, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let directives = Directives::read(&text)?;
    let Some(folder) = reference::folder(&directives.folder) else { return Ok(Outcome::Absent) };
    let given = device()?;
    let double = directives.double.is_some() && given.is_cpu();
    let open = directives.open.clone();
    let device = match double {
        true => given.in_double_precision().map_err(|e| e.to_string())?,
        false => given,
    };
    let prepared = Prepared::new(path, directives, folder, device)?;
    let memory = prepared.memory();
    let _held = budget.take(if double { 2 * memory } else { memory });
    let begun = Instant::now();
    let mut report = prepared.execute()?;
    if !device.is_cpu() {
        excuse_what_rounding_decides(&prepared, &mut report)?;
    }
    Ok(Outcome::Here(report, begun.elapsed(), open))
}

/// How often weights are moved by their rounding.
const MOVES: u64 = 8;

/// On a card, in single precision: where rounding decides between two values of a maximum or a rectifier, gradients jump. Deviations
/// of no more than three times those that the CPU's own numbers have when every weight is moved by its rounding are told, and
/// are no failures.
fn excuse_what_rounding_decides(prepared: &Prepared, report: &mut Report) -> Result<(), String> {
    if report.iter().all(|(_, findings)| findings.failures.is_empty()) {
        return Ok(());
    }
    let moved = (1..=MOVES).map(|seed| prepared.execute_moved(seed)).collect::<Result<Vec<Report>, _>>()?;
    for (run, findings) in report.iter_mut().filter(|(_, findings)| !findings.failures.is_empty()) {
        let of_run = || moved.iter().flatten().filter(|(name, _)| name == run).map(|(_, findings)| findings);
        let worst = |of: fn(&Findings) -> &Worst| of_run().map(|f| of(f).deviation).fold(0.0, f64::max);
        let (outputs, gradients) = (worst(|f| &f.outputs), worst(|f| &f.gradients));
        if findings.outputs.deviation <= 3.0 * outputs.max(1e-6) && findings.gradients.deviation <= 3.0 * gradients {
            findings.failures.clear();
            findings.note = Some(format!(
                "decided by rounding: moved by it, the CPU's own gradients deviate by up to {gradients:.1e}"
            ));
        }
    }
    Ok(())
}

fn told(title: &str, report: &Report, time: Duration) -> String {
    let mut out = format!("{title} ({:.1} s)", time.as_secs_f64());
    for (run, findings) in report {
        out.push_str(&format!("\n  {:<8}", if run.is_empty() { "-" } else { run }));
        for (what, worst) in [("outputs", &findings.outputs), ("gradients", &findings.gradients)] {
            if worst.count > 0 {
                out.push_str(&format!(" {} {what} within {:.1e} ({});", worst.count, worst.deviation, worst.of));
            }
        }
        if findings.vanished > 0 {
            out.push_str(&format!(" {} vanish", findings.vanished));
        }
        if let Some(note) = &findings.note {
            out.push_str(&format!("\n    {note}"));
        }
        for failure in &findings.failures {
            out.push_str(&format!("\n    FAILED {failure}"));
        }
    }
    out
}

/// Memory that cases share. A case that alone needs more than there is runs alone.
#[derive(Default)]
struct Budget {
    taken: Mutex<u64>,
    freed: Condvar,
}

struct Held<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    fn take(&self, bytes: u64) -> Held<'_> {
        let mut taken = self.taken.lock().unwrap_or_else(|e| e.into_inner());
        while *taken > 0 && *taken + bytes > MEMORY {
            taken = self.freed.wait(taken).unwrap_or_else(|e| e.into_inner());
        }
        *taken += bytes;
        Held { budget: self, bytes }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.budget.taken.lock().unwrap_or_else(|e| e.into_inner()) -= self.bytes;
        self.budget.freed.notify_all();
    }
}

/// Whether a case can be read and its golden is not there.
fn lacks_its_golden(path: &Path) -> bool {
    let directives = std::fs::read_to_string(path).ok().and_then(|text| Directives::read(&text).ok());
    directives.is_some_and(|directives| reference::folder(&directives.folder).is_none())
}

fn the_formula_gives_the_numbers_of_the_goldens_readme() {
    let expected = [0.600_065_05, 0.530_877_4, 0.321_354_27, -0.327_408_28];
    assert_eq!(reference::procedural("abc.weight", 4, -1.0, 1.0), expected);
}
