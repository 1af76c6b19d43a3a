//! MLflow's file store, as `mlflow.store.tracking.file_store.FileStore` (3.x) reads it.
//!
//! ```text
//!  FOLDER/EXPERIMENT/meta.yaml
//!  FOLDER/EXPERIMENT/RUN/meta.yaml  params/NAME  tags/NAME  metrics/NAME (lines: milliseconds value step)  artifacts/
//! ```
//!
//! The numbers of experiments and runs are hashes of their names, so that a run that is made again replaces itself. A run is written aside
//! and renamed into its place.

use super::{Tracked, TrackedMetric, TrackedRun, identifier};
use crate::plan::error::{PlanError, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// MLflow's number of a run that has ended well.
const FINISHED: u8 = 3;
/// ... of one that was made on this machine.
const LOCAL: u8 = 4;

/// Writes a run and its trainings.
///
/// # Errors
/// What the operating system says.
pub(super) fn write(tracked: &Tracked, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(PlanError::io("make the folder", folder))?;
    let folder = &fs::canonicalize(folder).map_err(PlanError::io("read", folder))?;
    // Of 18 digits, as MLflow's own.
    let hash = blake3::hash(tracked.experiment.as_bytes());
    let number = hash.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let experiment = (100_000_000_000_000_000 + number % 900_000_000_000_000_000).to_string();
    let home = folder.join(&experiment);
    fs::create_dir_all(&home).map_err(PlanError::io("make the folder", &home))?;
    let meta = [
        ("artifact_location", uri(&home)),
        ("creation_time", tracked.whole.start.to_string()),
        ("experiment_id", quoted(&experiment)),
        ("last_update_time", tracked.whole.end.to_string()),
        ("lifecycle_stage", "active".into()),
        ("name", quoted(&tracked.experiment)),
    ];
    put(&home.join("meta.yaml"), &yaml(&meta))?;
    let parent = run_id(&tracked.experiment, "");
    write_run(&home, &experiment, &parent, &tracked.whole, None)?;
    for training in &tracked.trainings {
        write_run(&home, &experiment, &run_id(&tracked.experiment, &training.name), training, Some(&parent))?;
    }
    Ok(())
}

/// 32 digits, as MLflow's own.
fn run_id(experiment: &str, training: &str) -> String {
    identifier(&[experiment, training], 32)
}

fn write_run(home: &Path, experiment: &str, id: &str, run: &TrackedRun, parent: Option<&str>) -> Result<()> {
    let aside = tempfile::Builder::new().prefix(".writing-").tempdir_in(home).map_err(PlanError::io("write", home))?;
    let (root, place) = (aside.path(), home.join(id));
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    let meta = [
        ("artifact_uri", uri(&place.join("artifacts"))),
        ("end_time", run.end.to_string()),
        ("entry_point_name", "''".into()),
        ("experiment_id", quoted(experiment)),
        ("lifecycle_stage", "active".into()),
        ("run_id", quoted(id)),
        ("run_name", quoted(&run.name)),
        ("run_uuid", quoted(id)),
        ("source_name", "''".into()),
        ("source_type", LOCAL.to_string()),
        ("source_version", "''".into()),
        ("start_time", run.start.to_string()),
        ("status", FINISHED.to_string()),
        ("tags", "[]".into()),
        ("user_id", quoted(&user)),
    ];
    put(&root.join("meta.yaml"), &yaml(&meta))?;
    let own = [
        ("mlflow.runName", Some(run.name.as_str())),
        ("mlflow.parentRunId", parent),
        ("mlflow.user", Some(&user)),
        ("mlflow.note.content", run.note.as_deref()),
    ];
    let own = own.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    for (name, value) in own.chain(run.tags.iter().map(|(name, value)| (name.as_str(), value.as_str()))) {
        put(&below(root, "tags", name), value)?;
    }
    for (name, value) in &run.params {
        put(&below(root, "params", name), value)?;
    }
    for TrackedMetric { name, points } in &run.metrics {
        let lines = points.iter().map(|(time, step, value)| format!("{time} {value} {step}\n"));
        put(&below(root, "metrics", name), &lines.collect::<String>())?;
    }
    // A run without one of these folders is none to MLflow.
    for name in ["metrics", "params", "tags", "artifacts"] {
        let needed = root.join(name);
        fs::create_dir_all(&needed).map_err(PlanError::io("make the folder", &needed))?;
    }
    let artifacts = root.join("artifacts");
    for file in &run.files {
        let to = artifacts.join(file.file_name().unwrap_or_default());
        fs::copy(file, &to).map_err(PlanError::io("copy", file))?;
    }
    match fs::remove_dir_all(&place) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(PlanError::io("replace", &place)(e)),
        _ => {}
    }
    let written = aside.keep();
    fs::rename(&written, &place).map_err(PlanError::io("rename", &written))
}

/// The file of a name below a folder. MLflow allows letters, digits, `_`, `-`, `.`, blanks, `:` and `/`, which is a folder.
fn below(root: &Path, what: &str, name: &str) -> PathBuf {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':');
    let mut path = root.join(what);
    for part in name.split('/') {
        let part: String = part.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
        path.push(if matches!(part.trim(), "" | "." | "..") { "_".into() } else { part });
    }
    path
}

fn put(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(PlanError::io("make the folder", folder))?;
    }
    fs::write(path, text).map_err(PlanError::io("write", path))
}

fn yaml(entries: &[(&str, String)]) -> String {
    entries.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
}

/// A string of YAML: quoted as in JSON, which YAML takes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn uri(path: &Path) -> String {
    let mut text = String::from("file://");
    for c in path.to_string_lossy().replace('\\', "/").chars() {
        match c {
            c if c.is_ascii_alphanumeric() || "/-_.~:=".contains(c) => text.push(c),
            c => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| text.push_str(&format!("%{byte:02X}"))),
        }
    }
    quoted(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_mlflow_allows() {
        let of = |name| below(Path::new("r"), "metrics", name);
        assert_eq!(of("see/loss/train"), Path::new("r/metrics/see/loss/train"));
        assert_eq!(of("fused[class=AD] on test/auc"), Path::new("r/metrics/fused_class_AD_ on test/auc"));
        assert_eq!(of("../..//x"), Path::new("r/metrics/_/_/_/x"));
    }

    #[test]
    fn a_run_that_is_written_again_replaces_itself() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PlanError::io("make", Path::new("a folder")))?;
        let run = |value| TrackedRun {
            name: "base/fold-1".into(),
            params: vec![("width".into(), "8".into())],
            metrics: vec![TrackedMetric { name: "loss/train".into(), points: vec![(5, 1, value), (6, 2, 0.25)] }],
            ..TrackedRun::default()
        };
        for value in [0.5, 0.75] {
            let tracked = Tracked { experiment: "a \"b\"".into(), whole: run(value), trainings: vec![run(value)] };
            write(&tracked, folder.path())?;
        }
        let listed = |path: &Path| {
            let mut found: Vec<PathBuf> =
                fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
            found.sort();
            found
        };
        let experiments = listed(folder.path());
        assert_eq!(experiments.len(), 1);
        let runs: Vec<PathBuf> = listed(&experiments[0]).into_iter().filter(|path| path.is_dir()).collect();
        assert_eq!(runs.len(), 2);
        for run in runs {
            let curve = fs::read_to_string(run.join("metrics/loss/train")).map_err(PlanError::io("read", &run))?;
            assert_eq!(curve, "5 0.75 1\n6 0.25 2\n");
        }
        Ok(())
    }
}
