//! What a run leaves behind: a folder that other programs read, in which a thing has one name.
//!
//! `bids-validator` judges the folders where it is installed: `bids-validator-deno` or `bids-validator` on the path, or the
//! program that `BIDS_VALIDATOR` names. Where there is none, the test says so and passes.

use super::scene::{Scene, Told};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Predicted images and maps of saliency on the folder `heads`.
const MAPS: &str = r#"/// Images out: reconstructions and saliency.
cohort heads = bids("heads")

modality t1: volume[1, 16, 16, 16] = heads.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{control, patient} = heads.column("diagnosis")

model back(t1) { output t1 = t1 |> Conv3d(2) |> relu |> Conv3d(1) }
model see(t1) -> diagnosis { t1 |> avg_pool3d(4) |> flatten |> Linear(2) }

train back { minimize mse(back.t1, t1) epochs 1 }
train see { minimize cross_entropy(see, diagnosis) epochs 1 }

protocol cv = kfold(2, stratify: [diagnosis], seed: 1)

score back.t1: mse, norm_diff(over: median, signed: true), cnr(roi: [3, 3, 3], on: grid, of: difference)
score see: accuracy
analysis seen = smooth_grad(see, of: t1)
"#;

/// The same on people that the phantom makes.
const PHANTOM: &str = r#"cohort heads = phantom(subjects: 16, seed: 2, shape: [16, 16, 16])
modality t1: volume[1, 16, 16, 16] = heads.image("anat/*_T1w.nii.gz") |> zscore
model back(t1) { output t1 = t1 |> Conv3d(2) |> relu |> Conv3d(1) }
train back { minimize mse(back.t1, t1) epochs 1 }
protocol cv = holdout(train: 0.5, test: 0.25, validation: 0.25, seed: 1)
score back.t1: mse
"#;

/// A program that validates BIDS folders.
struct Validator {
    program: String,
    /// Whether it knows derivatives that have no folders of subjects; the versions in JavaScript before 2 do not.
    knows_derivatives: bool,
}

impl Validator {
    /// The one that is installed.
    fn find() -> Option<Self> {
        let named = std::env::var("BIDS_VALIDATOR").ok().filter(|name| !name.is_empty());
        let known = ["bids-validator-deno", "bids-validator"].map(str::to_owned);
        named.into_iter().chain(known).find_map(|program| {
            let version = Told::from(Command::new(&program).arg("--version").output().ok()?);
            let number = version.stdout.split_whitespace().last().unwrap_or_default();
            let knows_derivatives = version.status == Some(0) && !number.starts_with("1.");
            Some(Self { program, knows_derivatives })
        })
    }

    /// The errors it finds in a folder, by code and place.
    fn errors(&self, folder: &Path) -> Vec<String> {
        let told = Told::from(Command::new(&self.program).arg(folder).arg("--json").output().expect("it ran before"));
        let found: Value = serde_json::from_str(&told.stdout).unwrap_or_else(|e| panic!("{e}: {}", told.stderr));
        let issues = &found["issues"];
        let listed = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let new = listed(&issues["issues"]).into_iter().filter(|issue| issue["severity"] == "error");
        new.chain(listed(&issues["errors"])).map(|issue| issue.to_string()).collect()
    }
}

#[test]
fn the_folders_that_are_written_are_bids() {
    let Some(validator) = Validator::find() else {
        eprintln!("skipped: there is no bids-validator on the path, and BIDS_VALIDATOR names none");
        return;
    };
    let scene = Scene::of_heads();
    scene.fascicle(&["phantom", "made", "--subjects", "4", "--shape", "16", "16", "16"]).succeeds();
    assert_eq!(validator.errors(&scene.path("made")), Vec::<String>::new(), "the phantom's folder");
    if !validator.knows_derivatives {
        eprintln!("skipped: {} knows no derivatives without folders of subjects", validator.program);
        return;
    }
    scene.write("people.csv", super::scene::people());
    scene.write("table.fx", super::scene::TABLE);
    scene.write("maps.fx", MAPS);
    scene.write("heads.fx", PHANTOM);
    for name in ["table", "maps", "heads"] {
        scene.fascicle(&["run", &format!("{name}.fx"), "--device", "cpu"]).succeeds();
        let folder = scene.path("runs").join(name);
        assert_eq!(validator.errors(&folder), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_metric_and_a_fold_have_one_name_in_all_tables() {
    let scene = Scene::of_heads();
    scene.write("maps.fx", MAPS);
    scene.fascicle(&["run", "maps.fx", "--device", "cpu"]).succeeds();
    let columns = |file: &str, wanted: &str| -> Vec<String> {
        let text = scene.read(&format!("runs/maps/{file}"));
        let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let header = lines.next().expect("a header");
        let at = header.iter().position(|name| name == wanted).unwrap_or_else(|| panic!("{file}: {header:?}"));
        let mut found: Vec<String> = lines.map(|cells| cells[at].clone()).collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let metrics = ["accuracy", "cnr_difference", "mse", "norm_diff_signed_median"].map(str::to_owned).to_vec();
    for file in ["scores.tsv", "scores_summary.tsv", "variant-base/seed-1/fold-1/scores.tsv"] {
        assert_eq!(columns(file, "metric"), metrics, "{file}");
    }
    for file in ["scores.tsv", "split.tsv"] {
        assert_eq!(columns(file, "fold"), ["1", "2"], "{file}");
    }
    let report = scene.read("runs/maps/report.html");
    assert!(metrics.iter().all(|name| report.contains(name.as_str())), "the report gives the names too");
}

#[test]
fn a_readme_of_the_users_stays() {
    let scene = Scene::of_people();
    scene.fascicle(&["run", "table.fx"]).succeeds();
    assert!(scene.read("runs/table/README").contains("scores.tsv"));
    // Of an older run, which had none, and of a newer one, which is told apart by the list of files.
    scene.write("runs/table/README", "mine");
    let files = scene.read("runs/table/files.json").replace("\"README\",", "");
    scene.write("runs/table/files.json", files);
    scene.fascicle(&["run", "table.fx"]).succeeds();
    scene.fascicle(&["run", "table.fx"]).succeeds();
    assert_eq!(scene.read("runs/table/README"), "mine");
    assert!(!scene.read("runs/table/files.json").contains("README"));
}
