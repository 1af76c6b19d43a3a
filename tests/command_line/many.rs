//! Many tasks at once: what fails leaves the rest alone, what the store holds is told, and a run is handed to Slurm.

use super::scene::{Scene, files_below};

/// The sweep's second training comes to nothing: its weights grow without bound.
fn with_a_rate_that_fails(scene: &Scene) {
    scene.edit(
        "table.fx",
        "optimizer AdamW(lr: 1e-2, weight_decay: 0.01)",
        "optimizer AdamW(lr: rate, weight_decay: 0.01)",
    );
    scene.edit("table.fx", "param epochs: int = 5", "param epochs: int = 40\nparam rate: real = 1e-2");
    let text = scene.read("table.fx");
    scene.write("table.fx", format!("{text}\nsweep rates: rate in [1e-2, 1000] {{ compare auc }}\n"));
}

#[test]
fn what_fails_leaves_the_rest_alone_and_is_told_with_what_was_not_reached() {
    let scene = Scene::of_people();
    with_a_rate_that_fails(&scene);
    let told = scene.fascicle(&["run", "table.fx", "--json", "--workers", "2"]);
    told.fails(
        1,
        &["train clinic, rate=1000, fold 1, seed 1", "not reached for that: 5 tasks", "score clinic, rate=1000"],
    );
    let json: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(json["outcome"]["failed"]["tasks"].as_array().map(Vec::len), Some(3), "{json}");
    assert_eq!(json["outcome"]["failed"]["not_reached"].as_array().map(Vec::len), Some(5), "{json}");
    let trained = files_below(&scene.path("runs/store/train")).into_keys().filter(|name| name.ends_with("done.json"));
    assert_eq!(trained.count(), 3, "the other trainings are done");
    let status = scene.json(&["status", "table", "--json"]);
    assert_eq!(status[0]["failures"].as_array().map(Vec::len), Some(3), "{status}");
    assert_eq!(status[0]["failures"][0]["reason"], "failed");
    // What is mended is no longer told.
    scene.edit("table.fx", "1000]", "0.1]");
    scene.fascicle(&["run", "table.fx"]).succeeds();
    let status = scene.json(&["status", "table", "--json"]);
    assert_eq!(status[0]["failures"].as_array().map(Vec::len), Some(0), "{status}");
    assert!(
        status[0]["counts"].as_array().is_some_and(|counts| counts.len() == 1 && counts[0][0] == "done"),
        "{status}"
    );
}

#[test]
fn after_a_failure_nothing_begins_where_that_is_asked() {
    let scene = Scene::of_people();
    with_a_rate_that_fails(&scene);
    scene.edit("table.fx", "[1e-2, 1000]", "[1000, 1e-2]");
    let told = scene.fascicle(&["run", "table.fx", "--workers", "1", "--stop-at-failure"]);
    told.fails(1, &["train clinic, rate=1000, fold 1, seed 1", "not reached"]);
    assert!(files_below(&scene.path("runs/store/train")).is_empty(), "no other training has begun");
}

#[test]
fn the_store_tells_what_it_holds_and_gives_up_what_no_run_needs() {
    let scene = Scene::of_people();
    scene.fascicle(&["store"]).fails(1, &["nothing has run", "--out"]);
    scene.fascicle(&["run", "table.fx"]).succeeds();
    scene.fascicle(&["run", "table.fx", "--set", "width=8"]).succeeds();
    let held = scene.json(&["store", "--json"]);
    // Three trainings, three predictions and a score of the first run are of no use to the second.
    assert_eq!(held["unused"]["count"], 7, "{held}");
    let before = files_below(&scene.path("runs"));
    let told = scene.fascicle(&["store", "gc"]);
    assert!(told.stdout.contains("7 results") && told.stdout.contains("--remove"), "{}", told.stdout);
    assert_eq!(files_below(&scene.path("runs")).len(), before.len(), "nothing is removed without being asked");
    scene.fascicle(&["store", "gc", "--remove"]).succeeds();
    assert_eq!(scene.json(&["store", "--json"])["unused"]["count"], 0);
    let run = scene.json(&["run", "table.fx", "--set", "width=8", "--json"]);
    assert!(run["tasks"].as_array().expect("tasks").iter().all(|task| task["ran"] == false), "what is needed stayed");
}

#[test]
fn a_damaged_result_is_found_by_verify() {
    let scene = Scene::of_people();
    scene.fascicle(&["run", "table.fx"]).succeeds();
    let told = scene.fascicle(&["store", "verify"]);
    assert_eq!(told.status, Some(0), "{}", told.stdout);
    let weights = files_below(&scene.path("runs/store/train")).into_keys().find(|name| name.ends_with(".safetensors"));
    let path = scene.path("runs/store/train").join(weights.expect("weights"));
    // Results are linked into the run's folder: the file is replaced, not written into.
    let mut bytes = std::fs::read(&path).expect("it can be read");
    bytes[100] ^= 1;
    std::fs::remove_file(&path).expect("it can be removed");
    std::fs::write(&path, bytes).expect("it can be written");
    let told = scene.fascicle(&["store", "verify"]);
    assert_eq!(told.status, Some(1));
    assert!(
        told.stdout.contains("is not what was written") && told.stdout.contains("computed again"),
        "{}",
        told.stdout
    );
}

#[test]
fn what_would_be_submitted_is_shown_and_nobody_is_asked() {
    let scene = Scene::of_people();
    let none = scene.path("none");
    let command = |arguments: &[&str]| {
        let mut command = scene.command(arguments);
        // No Slurm is within reach, and no settings but the project's.
        command.env("PATH", &none).env("FASCICLE_SITE", &none).env("XDG_CONFIG_HOME", &none);
        super::scene::Told::from(command.output().expect("the binary starts"))
    };
    command(&["submit", "--init"]).succeeds();
    command(&["submit", "--init"]).fails(2, &["there already"]);
    let shown = command(&["submit", "table.fx", "--dry-run", "--partition", "gpu", "--time", "2-0", "--device", "cpu"]);
    shown.succeeds();
    for line in [
        "#SBATCH --partition=gpu",
        "#SBATCH --requeue",
        "#SBATCH --signal=B:USR1@120",
        "#SBATCH --export=NONE",
        "core-hours",
    ] {
        assert!(shown.stdout.contains(line), "{line} is not in:\n{}", shown.stdout);
    }
    let shown = command(&["submit", "table.fx", "--dry-run", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&shown.stdout).expect("JSON");
    let arrays = json["arrays"].as_array().expect("arrays");
    let tasks: u64 = arrays
        .iter()
        .flat_map(|a| a["tasks_by_element"].as_array().into_iter().flatten())
        .filter_map(|n| n.as_u64())
        .sum();
    assert_eq!(tasks, 12, "each task is in one element: {json}");
    assert!(!scene.path("runs").exists(), "nothing is written");
    command(&["submit", "table.fx"]).fails(1, &["sbatch", "--dry-run"]);
    scene.write("fascicle.toml", "[slurm]\npartitoin = \"gpu\"\n");
    command(&["submit", "table.fx", "--dry-run"]).fails(2, &["fascicle.toml", "partitoin"]);
}

#[test]
fn runs_are_listed_and_compared_fold_by_fold() {
    let scene = Scene::of_people();
    scene.fascicle(&["run", "table.fx"]).succeeds();
    scene.write("wide.fx", scene.read("table.fx").replace("param width: int = 4", "param width: int = 16"));
    scene.fascicle(&["run", "wide.fx"]).succeeds();
    let runs = scene.json(&["runs", "--json"]);
    assert_eq!(runs.as_array().map(Vec::len), Some(2), "{runs}");
    let found = scene.json(&["compare", "table", "wide", "--json"]);
    assert_eq!(found[0]["params"], serde_json::json!([["width", "4", "16"]]), "{found}");
    assert_eq!(found[0]["file"].as_array().map(Vec::len), Some(2), "{found}");
    let score = &found[0]["scores"][0];
    assert_eq!((score["metric"].as_str(), score["pairs"].as_u64()), (Some("auc"), Some(3)), "{found}");
    let means = [score["means"][0].as_f64(), score["means"][1].as_f64()].map(|mean| mean.expect("a mean"));
    assert!((score["difference"].as_f64().expect("a difference") - (means[1] - means[0])).abs() < 1e-12, "{found}");
    scene.fascicle(&["compare", "table", "absent"]).fails(2, &["no run's folder", "fascicle runs"]);
}
