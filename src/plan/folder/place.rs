//! Where a run's folder goes, and what may be in its place.

use super::super::error::{PlanError, Result};
use super::super::store::{get_json, put_json, readable};
use crate::program::Experiment;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;

/// The list of files that fascicle wrote: all others are the user's.
const FILES: &str = "files.json";

/// The folder of an experiment's run.
///
/// # Errors
/// Something there that fascicle did not make.
pub(in super::super) fn check(experiment: &Experiment, out: &Path) -> Result<PathBuf> {
    if experiment.name == "store" || experiment.name.is_empty() || experiment.name.starts_with('.') {
        let problem = format!("an experiment cannot be called `{}`; rename the file", experiment.name);
        return Err(PlanError::task("the run's folder", problem));
    }
    let target = out.join(&experiment.name);
    let foreign = |found: &str| Err(PlanError::ForeignFolder { path: target.clone(), found: found.to_owned() });
    match fs::symlink_metadata(&target) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(target),
        Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
            return Err(PlanError::NotWritable { path: out.to_owned(), source: e });
        }
        Err(e) => return Err(PlanError::io("read", &target)(e)),
        Ok(found) if !found.is_dir() => return foreign("it is no folder"),
        Ok(_) => {}
    }
    let mut entries = fs::read_dir(&target).map_err(PlanError::io("read", &target))?;
    if entries.next().is_none() {
        return Ok(target);
    }
    let description = target.join("dataset_description.json");
    if !description.is_file() {
        return foreign("it has files, and no dataset_description.json");
    }
    let description: Value = get_json(&description)?;
    let is_ours =
        description["GeneratedBy"].as_array().is_some_and(|by| by.iter().any(|tool| tool["Name"] == "fascicle"));
    if is_ours { Ok(target) } else { foreign("its dataset_description.json says it was made by something else") }
}

/// Puts a finished folder into place. Files that fascicle did not write stay.
///
/// # Errors
/// What the operating system says; a file of the user's where one of the run's goes, in which case nothing changes.
pub(super) fn put(aside: TempDir, target: &Path) -> Result<()> {
    let ours = files_in(aside.path())?;
    put_json(&aside.path().join(FILES), &ours)?;
    if target.exists() {
        let known: BTreeSet<PathBuf> = get_json(&target.join(FILES)).unwrap_or_default();
        for file in files_in(target)? {
            if known.contains(&file) || file == Path::new(FILES) {
                continue;
            }
            if known.is_empty() && ours.contains(&file) {
                // The list is lost: what has a name of ours is taken for ours.
                continue;
            }
            if ours.contains(&file) {
                return Err(PlanError::ForeignFile { path: target.join(file) });
            }
            let (from, to) = (target.join(&file), aside.path().join(&file));
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder).map_err(PlanError::io("make", folder))?;
            }
            if fs::hard_link(&from, &to).is_err() {
                fs::copy(&from, &to).map_err(PlanError::io("write", &to))?;
            }
        }
    }
    readable(aside.path())?;
    let Some(parent) = target.parent() else { return Err(PlanError::inconsistent("a run has no folder")) };
    let old = tempfile::Builder::new().prefix(".old-").tempdir_in(parent).map_err(PlanError::io("write", parent))?;
    if target.exists() {
        fs::rename(target, old.path().join("run")).map_err(PlanError::io("rename", target))?;
    }
    if let Err(e) = fs::rename(aside.path(), target) {
        // The older run goes back to its place.
        let _ = fs::rename(old.path().join("run"), target);
        return Err(PlanError::io("rename", target)(e));
    }
    // The folder has moved away: there is nothing left to remove.
    let _ = aside.keep();
    Ok(())
}

/// All files below a folder, relative to it.
fn files_in(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    for entry in WalkDir::new(root) {
        let entry = entry.map_err(|e| PlanError::io("read", root)(e.into()))?;
        if !entry.file_type().is_dir()
            && let Ok(relative) = entry.path().strip_prefix(root)
        {
            files.insert(relative.to_owned());
        }
    }
    Ok(files)
}
