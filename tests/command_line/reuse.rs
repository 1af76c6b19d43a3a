//! Running again does only what changed.

use super::scene::{Scene, Told, files_below};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many tasks of each kind ran.
fn ran(run: &Value) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for task in run["tasks"].as_array().expect("tasks").iter().filter(|t| t["ran"] == true) {
        *kinds.entry(task["kind"].as_str().expect("a kind").to_owned()).or_default() += 1;
    }
    kinds
}

fn kinds(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

const RUN: [&str; 3] = ["run", "table.fx", "--json"];

#[test]
fn the_same_run_again_runs_no_task_and_leaves_the_same_results() {
    let scene = Scene::of_people();
    let everything = kinds(&[("index", 1), ("split", 1), ("fit", 3), ("train", 3), ("predict", 3), ("score", 1)]);
    assert_eq!(ran(&scene.json(&RUN)), everything);
    let before = files_below(&scene.path("runs/table"));
    assert_eq!(ran(&scene.json(&RUN)), kinds(&[]));
    let after = files_below(&scene.path("runs/table"));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert_eq!(before["scores.tsv"], after["scores.tsv"]);
    let plan = scene.json(&["plan", "table.fx", "--json"]);
    assert!(plan.as_array().expect("tasks").iter().all(|task| task["cached"] == true), "{plan}");
}

#[test]
fn another_score_comment_or_layout_trains_nothing_again() {
    let scene = Scene::of_people();
    scene.json(&RUN);
    scene.edit("table.fx", "score clinic: auc", "score clinic: auc, balanced_accuracy");
    assert_eq!(ran(&scene.json(&RUN)), kinds(&[("score", 1)]));
    scene.edit("table.fx", "  batch 8\n", "  batch    8 // small\n");
    assert_eq!(ran(&scene.json(&RUN)), kinds(&[]));
}

#[test]
fn another_learning_rate_trains_again_on_the_folds_that_are_there() {
    let scene = Scene::of_people();
    scene.json(&RUN);
    scene.edit("table.fx", "lr: 1e-2", "lr: 2e-2");
    assert_eq!(ran(&scene.json(&RUN)), kinds(&[("train", 3), ("predict", 3), ("score", 1)]));
    let plan = scene.json(&["plan", "table.fx", "--json", "--set", "epochs=6"]);
    let waiting = plan.as_array().expect("tasks").iter().filter(|task| task["cached"] == false);
    assert!(waiting.clone().all(|task| task["why"].is_string()) && waiting.count() == 7, "{plan}");
}

#[test]
fn what_is_to_run_takes_its_time_and_what_is_there_takes_none() {
    let scene = Scene::of_people();
    let trainings = &scene.json(&["check", "table.fx", "--json"])["trainings"];
    assert_eq!((&trainings[0]["stage"], &trainings[0]["runs"]), (&"clinic".into(), &3.into()), "{trainings}");
    assert!(trainings[0]["seconds_a_run"].as_f64().is_some_and(|seconds| seconds > 0.0), "{trainings}");
    let plan = ["plan", "table.fx", "--device", "cpu"];
    let told = scene.fascicle(&plan);
    assert!(told.succeeds().stdout.contains(" on this machine"), "{}", told.stdout);
    scene.json(&RUN);
    let told = scene.fascicle(&plan);
    assert!(!told.succeeds().stdout.contains(" on this machine"), "{}", told.stdout);
    // What trainings took says what another takes.
    let more = scene.json(&[&plan[..], &["--json", "--set", "epochs=6"]].concat());
    let seconds = |task: &Value| task["seconds"].as_f64().unwrap_or(-1.0);
    let tasks = more.as_array().expect("tasks");
    assert!(tasks.iter().all(|task| (task["cached"] == true) == (seconds(task) == 0.0)), "{more}");
}

#[test]
fn another_table_runs_everything_again() {
    let scene = Scene::of_people();
    scene.json(&RUN);
    let table = scene.read("people.csv");
    scene.write("people.csv", table.trim_end().rsplit_once('\n').expect("lines").0);
    assert_eq!(ran(&scene.json(&RUN)).get("train"), Some(&3));
}

#[test]
fn a_stored_result_that_was_damaged_is_told_and_computed_again() {
    let scene = Scene::of_people();
    scene.json(&RUN);
    let stored = files_below(&scene.path("runs/store/train"));
    let weights = stored.keys().find(|name| name.ends_with("weights.safetensors")).expect("weights");
    let path = scene.path("runs/store/train").join(weights);
    // The run's folder may hold a link to the same file.
    std::fs::remove_file(&path).expect("it can be removed");
    std::fs::write(&path, b"rubbish").expect("it can be written");
    let told = scene.fascicle(&RUN);
    told.fails(0, &["the stored result is damaged", "it is computed again"]);
    let again: Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(ran(&again), kinds(&[("train", 1)]));
    assert_eq!(std::fs::read(&path).ok().as_ref(), stored.get(weights));
    // Whoever asked for quiet is told as well.
    std::fs::remove_file(&path).expect("it can be removed");
    std::fs::write(&path, b"rubbish").expect("it can be written");
    let quiet = scene.fascicle(&["run", "table.fx", "--quiet"]);
    quiet.fails(0, &["the stored result is damaged", "it is computed again"]);
    assert_eq!(quiet.stderr.lines().count(), 1, "and of nothing else: {}", quiet.stderr);
}

#[test]
fn one_sweep_can_be_run_or_none_and_what_they_share_is_not_run_again() {
    let scene = Scene::of_people();
    let sweeps = "\nsweep widths: width in [2, 4] { compare auc }\nsweep lengths: epochs in [3, 5] { compare auc }\n";
    scene.write("table.fx", scene.read("table.fx") + sweeps);
    let trained = |arguments: &[&str]| ran(&scene.json(arguments)).get("train").copied().unwrap_or(0);
    assert_eq!(trained(&["run", "table.fx", "--json", "--sweep", "none"]), 3);
    assert_eq!(trained(&["run", "table.fx", "--json", "--sweep", "widths"]), 3);
    assert_eq!(scene.read("runs/table/comparison.tsv").matches("widths").count(), 2);
    assert!(!scene.read("runs/table/comparison.tsv").contains("lengths"));
    assert_eq!(trained(&RUN), 3);
    scene
        .fascicle(&["run", "table.fx", "--sweep", "width"])
        .fails(2, &["the file has no sweep `width`; did you mean `widths`?", "its sweeps: widths, lengths"]);
    scene.fascicle(&["plan", "table.fx", "--sweep", "none", "--sweep", "widths"]).fails(2, &["leaves no sweep"]);
}

/// A result is kept under its task's fingerprint. If one of these changes without a change of what is computed, everybody's
/// stores are computed again for nothing; if what is computed changes and its fingerprint does not, old results are taken
/// for new ones.
#[test]
fn the_fingerprints_of_experiments_are_those_of_earlier_versions() {
    let scene = Scene::empty();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root.join("tests/snapshots/fingerprints"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for name in [
        "contrastive_phantom",
        "disentangle_pet_phantom",
        "disentangle_phantom",
        "hyperfusion_phantom",
        "normative_poe_phantom",
        "quickstart",
        "voxel_fusion_phantom",
    ] {
        let file = root.join("experiments").join(format!("{name}.fx"));
        let plan = scene.json(&["plan", &file.to_string_lossy(), "--json", "--device", "cpu"]);
        let mut lines = String::new();
        for task in plan.as_array().expect("tasks") {
            let fingerprint = task["fingerprint"].as_str().expect("a fingerprint");
            lines.push_str(&format!("{} {}\n", &fingerprint[..16], task["name"].as_str().expect("a name")));
        }
        settings.bind(|| insta::assert_snapshot!(name, lines));
    }
}

#[test]
fn decoded_images_are_one_file_where_fascicle_toml_says() {
    let scene = Scene::of_heads();
    scene.write("fascicle.toml", "[data]\ncache = \"$DISK_OF_THE_NODE/volumes\"\n");
    let packs = |folder: &str| {
        let files = files_below(&scene.path(folder));
        files.keys().filter(|name| name.ends_with(".pack")).count()
    };
    let run = |disk: Option<&str>| {
        let mut command = scene.command(&["run", "image.fx", "--json"]);
        if let Some(disk) = disk {
            command.env("DISK_OF_THE_NODE", scene.path(disk));
        }
        Told::from(command.output().expect("the binary starts")).succeeds().stdout.clone()
    };
    let there = run(Some("disk"));
    assert_eq!((packs("disk/volumes"), packs("runs/store")), (1, 0), "sixteen images are a file");
    // What was decoded is found again.
    std::fs::remove_dir_all(scene.path("runs/store/train")).expect("trained networks");
    run(Some("disk"));
    assert_eq!((packs("disk/volumes"), packs("runs/store")), (1, 0));
    // Where the variable is not set, volumes are in the store; scores are the same.
    std::fs::remove_dir_all(scene.path("runs")).expect("the run");
    let scores = |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["scores"].clone();
    assert_eq!(scores(&run(None)), scores(&there));
    assert_eq!(packs("runs/store"), 1);
    scene.write("fascicle.toml", "[data]\ncash = \"here\"\n");
    scene.fascicle(&["run", "image.fx"]).fails(2, &["fascicle.toml", "cash", "cache"]);
}
