//! Programs of the tree, changed: the compiler ends soon, within its memory, with a program exactly where it tells no error,
//! and points into texts only. With and without tables.
#![no_main]

use fascicle_fuzz::limit::within;
use fascicle_fuzz::program::{FOLDERS, Program, Tabled, changed, programs};
use fascicle_lang::compile::{Compilation, EmptyWorld, compile, json_diagnostics, model_tables, render};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static PROGRAMS: LazyLock<Vec<Program>> = LazyLock::new(|| programs(FOLDERS));

/// Most bytes that one compilation may hold at once.
const MOST: usize = 1 << 30;
/// Longest compilation, with arithmetic checked and the machine shared.
const LONGEST: Duration = Duration::from_secs(8);
/// Diagnostics that are rendered: all would be slow where a thousand lines are wrong.
const RENDERED: usize = 8;

fn keeps_its_promises(compiled: &Compilation) {
    assert!(compiled.experiment.is_some() != compiled.failed(), "there is a program exactly where there is no error");
    for diagnostic in &compiled.diagnostics {
        assert!(!diagnostic.labels.is_empty(), "{}: no place", diagnostic.message);
        for label in &diagnostic.labels {
            let source = compiled.sources.get(label.span.source);
            let within = source.is_some_and(|s| s.text.get(label.span.range()).is_some());
            assert!(within, "{}: {:?} is not in the text", diagnostic.message, label.span);
        }
    }
    for diagnostic in compiled.diagnostics.iter().take(RENDERED) {
        let text = render(diagnostic, &compiled.sources, false, 100);
        assert!(!text.is_empty() && text.trim_end().lines().count() <= 15, "{text}");
    }
    let told = json_diagnostics(&compiled.diagnostics, &compiled.sources);
    assert_eq!(told.len(), compiled.diagnostics.len());
    if let Some(program) = &compiled.base {
        model_tables(program);
    }
}

fuzz_target!(init: fascicle_fuzz::seeds::write("compile"), |data: &[u8]| {
    let Some((program, text)) = changed(data, &PROGRAMS) else { return };
    let started = Instant::now();
    let tabled = Tabled::of(&program.text, &PROGRAMS);
    let compiled = within(MOST, || compile(&program.name, &text, &[], &tabled));
    keeps_its_promises(&compiled);
    // One in four without any table: most of the compiler is the same.
    if data.len() % 4 == 0 {
        let compiled = within(MOST, || compile(&program.name, &text, &[], &EmptyWorld));
        keeps_its_promises(&compiled);
    }
    let took = started.elapsed();
    assert!(took < LONGEST, "{took:?} for {}:\n{text}", program.name);
});
