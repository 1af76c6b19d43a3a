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

#[test]
fn another_tool_is_refused_with_those_that_are_known() {
    let scene = Scene::of_people();
    scene.fascicle(&["run", "table.fx", "--track", "neptune"]).fails(2, &["neptune", "mlflow=DIR", "TensorBoard"]);
}
