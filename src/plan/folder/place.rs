//! Where a run's folder goes, and what may be in its place.

use super::super::error::{PlanError, Result};
use super::super::store::{Store, get_json, put_json, readable};
use crate::program::Experiment;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;

/// The list of files that fascicle wrote: all others are the user's.
const FILES: &str = "files.json";
/// The beginning of the name of a folder that is being written.
pub(super) const WRITING: &str = ".writing-";
/// The name of an older run where it waits.
const OLD_RUN: &str = "run";

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

/// Clears up after a run that was killed while it put its folder into place: what was half-written goes, and an older
/// run that had been moved out of the way comes back. To be called by whoever holds the claim of the folder.
///
/// # Errors
/// What the operating system says.
pub(in super::super) fn recover(target: &Path, store: &Store) -> Result<()> {
    let Some(out) = target.parent() else { return Ok(()) };
    let (aside, half, alone) = (old_prefix(target), writing_prefix(target), store.is_alone());
    for entry in fs::read_dir(out).map_err(PlanError::io("read", out))? {
        let path = entry.map_err(PlanError::io("read", out))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(&aside) {
            let run = path.join(OLD_RUN);
            if run.is_dir() && !target.exists() {
                fs::rename(&run, target).map_err(PlanError::io("rename", &run))?;
            }
        } else if !(name.starts_with(&half) || alone && name.starts_with(WRITING)) {
            // Another run may be writing it.
            continue;
        }
        fs::remove_dir_all(&path).map_err(PlanError::io("remove", &path))?;
    }
    Ok(())
}

/// `.writing-NAME-`: a folder of this name that is being written.
pub(super) fn writing_prefix(target: &Path) -> String {
    format!("{WRITING}{}-", target.file_name().unwrap_or_default().to_string_lossy())
}

/// `.old-NAME-`: where an older run waits while a newer one takes its place.
fn old_prefix(target: &Path) -> String {
    format!(".old-{}-", target.file_name().unwrap_or_default().to_string_lossy())
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
    let old = tempfile::Builder::new().prefix(&old_prefix(target)).tempdir_in(parent);
    let old = old.map_err(PlanError::io("write", parent))?;
    if target.exists() {
        fs::rename(target, old.path().join(OLD_RUN)).map_err(PlanError::io("rename", target))?;
    }
    if let Err(e) = fs::rename(aside.path(), target) {
        // The older run goes back to its place.
        let _ = fs::rename(old.path().join(OLD_RUN), target);
        return Err(PlanError::io("rename", target)(e));
    }
    // The folder has moved away: there is nothing left to remove.
    let _ = aside.keep();
    Ok(())
}

/// Whether a file of a run's folder was put there by its user.
pub(super) fn is_users(target: &Path, name: &str) -> bool {
    let known: BTreeSet<PathBuf> = get_json(&target.join(FILES)).unwrap_or_default();
    target.join(name).exists() && !known.contains(Path::new(name))
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
