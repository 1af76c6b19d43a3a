//! A run is ended at each place where it changes a file: every write (half of it done), sync, rename, link, removal and new
//! folder, counted by a library under the C library (`crashes.c`). The same command then ends as if nothing had been, and leaves
//! nothing behind.
//!
//! Some places are taken here, evenly spread; `FASCICLE_ALL_CRASHES=1` takes them all.

use super::scene::{Scene, files_below};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Places that are taken of those of a run.
const PLACES: usize = 14;

/// The library, built once for a scene; `None` where there is no C compiler.
fn library(scene: &Scene) -> Option<PathBuf> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/command_line/crashes.c");
    let library = scene.path("crashes.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl");
    let built = compiler.stdout(Stdio::null()).stderr(Stdio::null()).status();
    built.ok().filter(|status| status.success()).map(|_| library)
}

/// The results, and what the store holds besides: names alone, as those of decoded volumes and checkpoints.
fn results(scene: &Scene, program: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = files_below(&scene.path("runs").join(program));
    files.retain(|name, _| !(name == "report.html" || name == "provenance.json" || name.contains("events.out")));
    files
}

fn leftovers(scene: &Scene) -> Vec<String> {
    let aside = |part: &str| part.starts_with(".aside-") || part.starts_with(".writing-");
    let half = |name: &String| name.starts_with("store/partial/") || name.split('/').any(aside);
    files_below(&scene.path("runs")).into_keys().filter(half).collect()
}

fn enumerate(scene: &Scene, program: &str, finished_before: bool) {
    let Some(library) = library(scene) else {
        eprintln!("skipped: there is no C compiler to build the library with");
        return;
    };
    let file = format!("{program}.fx");
    let command = |at: Option<usize>| {
        let mut command = scene.command(&["run", &file, "--quiet"]);
        command.env("LD_PRELOAD", &library).env("CRASH_COUNT", scene.path("count"));
        if let Some(at) = at {
            command.env("CRASH_AT", at.to_string());
        }
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let renew = || {
        let _ = std::fs::remove_dir_all(scene.path("runs"));
        if finished_before {
            scene.fascicle(&["run", &file, "--quiet"]).succeeds();
        }
    };
    renew();
    assert!(command(None).status().expect("it starts").success());
    let places: usize = scene.read("count").trim().parse().expect("a count");
    let expected = results(scene, program);
    assert!(places > 20 && expected.contains_key("scores.tsv"), "{places} places");
    let all = std::env::var_os("FASCICLE_ALL_CRASHES").is_some();
    let step = if all { 1 } else { places.div_ceil(PLACES) };
    let mut crashed = 0;
    for at in (1..=places).step_by(step) {
        renew();
        let status = command(Some(at)).status().expect("it starts");
        crashed += usize::from(!status.success());
        scene.fascicle(&["run", &file, "--quiet"]).succeeds();
        let found = results(scene, program);
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "ended at {at} of {places}");
        let differs: Vec<&String> =
            expected.iter().filter(|(name, bytes)| found[*name] != **bytes).map(|(n, _)| n).collect();
        assert!(differs.is_empty(), "ended at {at} of {places}: {differs:?} differ");
        assert_eq!(leftovers(scene), Vec::<String>::new(), "ended at {at} of {places}");
    }
    eprintln!("{program}: ended at {crashed} of {places} places");
    assert!(2 * crashed > places / step, "only {crashed} ended");
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_ends_at_any_change_of_a_file_ends_as_if_it_had_not() {
    enumerate(&Scene::of_people(), "table", false);
}

#[cfg(target_os = "linux")]
#[test]
fn a_finished_run_that_ends_at_any_change_of_a_file_stays_whole() {
    enumerate(&Scene::of_people(), "table", true);
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_decodes_images_ends_as_if_it_had_not_been_ended() {
    enumerate(&Scene::of_heads(), "image", false);
}
