//! A run told to another tool in its own files.

use super::scene::{Scene, files_below};
use std::process::Command;

/// What MLflow itself reads: of each run its name, its parent's, a param, a score and the steps of a curve.
const READ: &str = r#"
import sys, json, logging
logging.disable(logging.CRITICAL)
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("table")
runs = client.search_runs([experiment.experiment_id], max_results=100)
names = {run.info.run_id: run.info.run_name for run in runs}
told = [{
    "name": run.info.run_name,
    "status": run.info.status,
    "parent": names.get(run.data.tags.get("mlflow.parentRunId")),
    "width": run.data.params.get("width"),
    "auc": run.data.metrics.get("clinic on test/auc"),
    "steps": [m.step for m in client.get_metric_history(run.info.run_id, "clinic/loss/train")]
             if "clinic/loss/train" in run.data.metrics else [],
    "artifacts": sorted(a.path for a in client.list_artifacts(run.info.run_id)),
} for run in runs]
print(json.dumps(sorted(told, key=lambda run: run["name"])))
"#;

#[test]
fn a_run_is_told_to_mlflow_once_however_often_it_is_made() {
    let scene = Scene::of_people();
    for _ in 0..2 {
        scene.fascicle(&["run", "table.fx", "--track", "mlflow", "--quiet"]).succeeds();
    }
    let files = files_below(&scene.path("runs/mlruns"));
    let count = |end: &str| files.keys().filter(|name| name.ends_with(end)).count();
    // The experiment, the whole, three folds.
    assert_eq!(count("meta.yaml"), 1 + 1 + 3, "{:?}", files.keys());
    assert_eq!((count("metrics/clinic/loss/train"), count("metrics/clinic on test/auc")), (3, 4));
    let curve = files.iter().find(|(name, _)| name.ends_with("metrics/clinic/loss/train")).expect("a curve").1;
    assert_eq!(String::from_utf8_lossy(curve).lines().count(), 5, "an epoch a line");

    let Ok(python) = std::env::var("FASCICLE_MLFLOW") else {
        eprintln!("not read by MLflow itself: $FASCICLE_MLFLOW names no Python that has it");
        return;
    };
    let store = format!("file://{}", scene.path("runs/mlruns").display());
    let read = Command::new(python).args(["-c", READ, &store]).env("MLFLOW_ALLOW_FILE_STORE", "true").output();
    let read = read.expect("Python starts");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let told: serde_json::Value = serde_json::from_slice(&read.stdout).expect("JSON");
    let told = told.as_array().expect("runs");
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!((&told[0]["name"], &told[0]["parent"]), (&"table".into(), &serde_json::Value::Null));
    assert!(told[0]["auc"].is_number() && told[0]["artifacts"].as_array().expect("a list").len() >= 4, "{told:?}");
    for (fold, run) in told[1..].iter().enumerate() {
        assert_eq!(run["name"], format!("variant-base/seed-1/fold-{}", fold + 1));
        assert_eq!((&run["parent"], &run["width"], &run["status"]), (&"table".into(), &"4".into(), &"FINISHED".into()));
        assert!(run["auc"].is_number());
        assert_eq!(run["steps"], serde_json::json!([1, 2, 3, 4, 5]));
    }
}

/// What Weights & Biases' own reader of its files says (`wandb` up to 0.21 has it in Python).
const SCAN: &str = r#"
import sys, json, warnings
warnings.filterwarnings("ignore")
from wandb.sdk.internal.datastore import DataStore
from wandb.proto import wandb_internal_pb2 as pb
told = []
for path in sys.argv[1:]:
    log, run = DataStore(), {"steps": [], "loss": []}
    log.open_for_scan(path)
    while (entry := log.scan_data()) is not None:
        record = pb.Record()
        record.ParseFromString(entry)
        kind = record.WhichOneof("record_type")
        values = lambda items: {item.nested_key[0]: json.loads(item.value_json) for item in items}
        if kind == "run":
            run.update(name=record.run.display_name, group=record.run.run_group, job=record.run.job_type, id=record.run.run_id,
                       project=record.run.project, config=values(record.run.config.update))
        elif kind == "history":
            run["steps"].append(record.history.step.num)
            run["loss"].append(values(record.history.item)["clinic/loss/train"])
        elif kind == "summary":
            run["summary"] = values(record.summary.update)
        elif kind == "files":
            run["files"] = sorted(file.path for file in record.files.files)
        elif kind == "exit":
            run["exit"] = record.exit.exit_code
    told.append(run)
print(json.dumps(sorted(told, key=lambda run: (run["job"], run["name"]))))
"#;

#[test]
fn a_run_waits_for_wandb_once_however_often_it_is_made() {
    let scene = Scene::of_people();
    for _ in 0..2 {
        scene.fascicle(&["run", "table.fx", "--track", "wandb", "--quiet"]).succeeds();
    }
    let files = files_below(&scene.path("runs/wandb"));
    let logs: Vec<&String> = files.keys().filter(|name| name.ends_with(".wandb")).collect();
    // The whole, three folds.
    assert_eq!(logs.len(), 4, "{:?}", files.keys());
    assert!(logs.iter().all(|name| name.starts_with("offline-run-") && files[*name].starts_with(b":W&B")), "{logs:?}");
    assert!(files.keys().any(|name| name.ends_with("files/report.html")), "{:?}", files.keys());

    let Ok(python) = std::env::var("FASCICLE_WANDB") else {
        eprintln!("not read by Weights & Biases itself: $FASCICLE_WANDB names no Python that has it (up to 0.21)");
        return;
    };
    let paths = logs.iter().map(|name| scene.path("runs/wandb").join(name));
    let read = Command::new(python).args(["-c", SCAN]).args(paths).output().expect("Python starts");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let told: serde_json::Value = serde_json::from_slice(&read.stdout).expect("JSON");
    let told = told.as_array().expect("runs");
    assert_eq!((&told[0]["name"], &told[0]["job"]), (&"table".into(), &"experiment".into()));
    assert!(told[0]["files"].as_array().expect("a list").contains(&"report.html".into()), "{told:?}");
    assert!(told[0]["summary"]["clinic on test/auc"].is_number(), "{told:?}");
    for (fold, run) in told[1..].iter().enumerate() {
        assert_eq!(run["name"], format!("variant-base/seed-1/fold-{}", fold + 1));
        assert_eq!((&run["project"], &run["group"], &run["exit"]), (&"table".into(), &"table".into(), &0.into()));
        assert_eq!((&run["config"]["width"], &run["config"]["fold"]), (&4.into(), &(fold + 1).into()), "{run:?}");
        assert_eq!(run["steps"], serde_json::json!([1, 2, 3, 4, 5]));
        assert_eq!(run["loss"][4], run["summary"]["clinic/loss/train"], "the summary ends as the curve does");
    }
}

#[test]
fn another_tool_is_refused_with_those_that_are_known() {
    let scene = Scene::of_people();
    scene
        .fascicle(&["run", "table.fx", "--track", "neptune"])
        .fails(2, &["neptune", "mlflow=DIR", "wandb=DIR", "TensorBoard"]);
}
