//! A run may be killed or interrupted at any moment: the same command goes on, and the results are those of a run that
//! nobody disturbed.

use super::scene::{Scene, Told, files_below};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often a run is killed in its training, and how often while it writes its results.
const KILLS: usize = 20;
const LATE_KILLS: usize = 10;
/// Long enough that most kills land inside training.
const LONG: [&str; 6] = ["run", "table.fx", "--quiet", "--json", "--set", "epochs=600"];

/// The files of the run's folder that hold results: all but those that hold times.
fn results(scene: &Scene) -> BTreeMap<String, Vec<u8>> {
    let mut files = files_below(&scene.path("runs/table"));
    files.retain(|name, _| !(name == "report.html" || name == "provenance.json" || name.contains("events.out")));
    files
}

#[track_caller]
fn assert_same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>, when: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{when}");
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{when}: {name} differs from the undisturbed run's");
    }
}

fn start(scene: &Scene, arguments: &[&str]) -> Child {
    let mut command = scene.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary starts")
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
    assert!(sent.is_ok(), "`kill` cannot be run: {sent:?}");
}

/// Waits until a task has begun to train, at most for half a minute.
fn wait_for_training(scene: &Scene, child: &mut Child) {
    let began = Instant::now();
    while files_below(&scene.path("runs/store/partial")).is_empty() {
        assert!(child.try_wait().expect("it can be asked").is_none(), "the run ended before it trained");
        assert!(began.elapsed() < Duration::from_secs(30), "the run does not begin to train");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The undisturbed run's results and how long it took.
fn undisturbed() -> (BTreeMap<String, Vec<u8>>, Duration) {
    let scene = Scene::of_people();
    let began = Instant::now();
    scene.fascicle(&LONG).succeeds();
    (results(&scene), began.elapsed())
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_at_20_moments_ends_with_the_bytes_of_one_that_is_not() {
    let (expected, usual) = undisturbed();
    let weights = expected.keys().filter(|name| name.ends_with("weights.safetensors")).count();
    assert_eq!(weights, 3, "{:?}", expected.keys());
    assert!(expected.contains_key("scores.tsv") && expected.contains_key("variant-base/seed-1/fold-1/predictions.tsv"));

    let mut random = ChaCha8Rng::seed_from_u64(20);
    let scene = Scene::of_people();
    let (mut killed, mut in_training, mut with_checkpoint, mut finished) = (0, 0, 0, 0);
    while killed < KILLS {
        let mut run = start(&scene, &LONG);
        std::thread::sleep(usual.mul_f64(random.random::<f64>() * 0.4));
        // Every other run is asked to end first, so that the kill comes while the checkpoint is written, or after.
        if killed % 2 == 1 {
            interrupt(&run);
            std::thread::sleep(Duration::from_micros(random.random_range(0..40_000)));
        }
        // It may end by itself right before the kill: its status alone says which it was.
        run.kill().expect("it can be killed");
        let status = run.wait().expect("it ends");
        if status.success() {
            assert_same(&results(&scene), &expected, &format!("after {killed} kills"));
            std::fs::remove_dir_all(scene.path("runs")).expect("it can be removed");
            finished += 1;
            continue;
        }
        assert!(matches!(status.code(), None | Some(75)), "after {killed} kills it ended with {status}");
        killed += 1;
        let partial = files_below(&scene.path("runs/store/partial"));
        in_training += usize::from(!partial.is_empty());
        with_checkpoint += usize::from(partial.keys().any(|name| !name.contains("events.out")));
    }
    let last = scene.fascicle(&LONG);
    assert_same(&results(&scene), &expected, "at the end");
    last.succeeds();
    eprintln!(
        "{killed} kills, {in_training} inside training, {with_checkpoint} with a checkpoint, {finished} finished between; \
         undisturbed {usual:?}"
    );
    assert!(in_training >= KILLS / 2 && with_checkpoint >= 1, "{in_training} inside training, {with_checkpoint} saved");
}

#[test]
fn a_run_that_is_killed_while_it_writes_its_folder_leaves_a_whole_one() {
    let scene = Scene::of_people();
    scene.fascicle(&["run", "table.fx"]).succeeds();
    let expected = results(&scene);
    let began = Instant::now();
    scene.fascicle(&["run", "table.fx"]).succeeds();
    let usual = began.elapsed();
    let mut random = ChaCha8Rng::seed_from_u64(10);
    for kill in 0..LATE_KILLS {
        let mut run = start(&scene, &["run", "table.fx"]);
        std::thread::sleep(usual.mul_f64(0.3 + 0.7 * random.random::<f64>()));
        run.kill().expect("it can be killed");
        run.wait().expect("it ends");
        // What a reader finds between is the old folder, the new one, or for an instant none.
        let found = results(&scene);
        if !found.is_empty() {
            assert_same(&found, &expected, &format!("after kill {kill}"));
        }
    }
    scene.fascicle(&["run", "table.fx"]).succeeds();
    assert_same(&results(&scene), &expected, "at the end");
    let left: Vec<String> = files_below(&scene.path("runs")).into_keys().collect();
    let strange = |name: &&String| !(name.starts_with("store/") || name.starts_with("table/"));
    assert_eq!(left.iter().find(strange), None);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_with_75_and_the_same_command_finishes() {
    let scene = Scene::of_people();
    let run = ["run", "table.fx", "--set", "epochs=300"];
    let mut child = scene.command(&run).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    wait_for_training(&scene, &mut child);
    interrupt(&child);
    let told = Told::from(child.wait_with_output().expect("it ends"));
    told.fails(75, &["interrupted", "the same command goes on from here"]);
    scene.assert_nothing_half_written();
    let waiting = scene.fascicle(&["plan", "table.fx", "--set", "epochs=300"]);
    assert!(waiting.stdout.contains("to run"), "{}", waiting.stdout);
    scene.fascicle(&run).succeeds();

    let other = Scene::of_people();
    other.fascicle(&run).succeeds();
    assert_same(&results(&scene), &results(&other), "after Ctrl-C");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_so_in_its_json() {
    let scene = Scene::of_people();
    let mut command = scene.command(&["run", "table.fx", "--json", "--quiet", "--set", "epochs=3000"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    wait_for_training(&scene, &mut child);
    interrupt(&child);
    let told = Told::from(child.wait_with_output().expect("it ends"));
    told.fails(75, &[]);
    let json: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(json["outcome"]["interrupted"]["task"], "train clinic, fold 1, seed 1", "{json}");
    assert!(json["folder"].is_null());
}

#[test]
fn a_second_run_shares_the_store_with_one_that_goes_on() {
    let scene = Scene::of_people();
    let mut first = start(&scene, &["run", "table.fx", "--set", "epochs=100000"]);
    wait_for_training(&scene, &mut first);
    scene.fascicle(&["run", "table.fx"]).succeeds();
    scene.fascicle(&["plan", "table.fx"]).succeeds();
    assert!(first.try_wait().expect("it can be asked").is_none(), "the first is not disturbed");
    first.kill().expect("it can be killed");
    first.wait().expect("it ends");
    scene.fascicle(&["run", "table.fx"]).succeeds();
    assert_eq!(files_below(&scene.path("runs/store/claims")).len(), 0, "the claims of the killed are gone");
}

#[test]
fn two_runs_of_one_file_at_once_share_the_work_and_both_end_right() {
    let (expected, _) = undisturbed();
    let scene = Scene::of_people();
    let run = || {
        let mut command = scene.command(&["run", "table.fx", "--json", "--set", "epochs=600"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    };
    let both = [run(), run()];
    let mut computed: Vec<String> = Vec::new();
    for child in both {
        let told = Told::from(child.wait_with_output().expect("it ends"));
        told.succeeds();
        let json: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
        let tasks = json["tasks"].as_array().expect("tasks").iter().filter(|task| task["ran"] == true);
        computed.extend(tasks.map(|task| task["name"].as_str().unwrap_or_default().to_owned()));
    }
    assert_same(&results(&scene), &expected, "of two runs at once");
    computed.sort();
    let once = computed.windows(2).all(|pair| pair[0] != pair[1]);
    assert!(once, "computed twice: {computed:?}");
}

#[test]
fn any_number_of_workers_gives_the_same_bytes() {
    let (expected, _) = undisturbed();
    for workers in ["1", "2", "5"] {
        let scene = Scene::of_people();
        let arguments = [LONG.as_slice(), &["--workers", workers]].concat();
        scene.fascicle(&arguments).succeeds();
        assert_same(&results(&scene), &expected, &format!("with {workers} workers"));
    }
}

#[cfg(unix)]
#[test]
fn an_analysis_ends_at_the_first_interruption() {
    let scene = Scene::of_people();
    let cohort = "cohort people = table(\"people.csv\") { subject participant_id }\n";
    scene.write(
        "table.fx",
        format!("{cohort}analysis d = kruskal_wallis(people.columns(a, b) by people.dx)\nanalysis q = permutation(d, times: 50000000)\n"),
    );
    let mut run = start(&scene, &["run", "table.fx", "--quiet"]);
    let began = Instant::now();
    // The test itself is stored when the permutations begin.
    while !files_below(&scene.path("runs/store/analyse")).keys().any(|name| name.ends_with("analysis.json")) {
        assert!(began.elapsed() < Duration::from_secs(30), "the analysis does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(200));
    interrupt(&run);
    let asked = Instant::now();
    let status = run.wait().expect("it ends");
    assert_eq!(status.code(), Some(75));
    assert!(asked.elapsed() < Duration::from_secs(5), "it ended after {:?}", asked.elapsed());
}
