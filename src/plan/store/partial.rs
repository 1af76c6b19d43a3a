//! Checkpoints of stages under way, each process's in a folder of its own.
//!
//! Who takes a stage over copies what the one before has left. That one may not be dead but asleep: what it writes when it wakes
//! goes into its own folder, and disturbs nobody.

use super::super::error::{PlanError, Result};
use super::super::fingerprint::Fingerprint;
use super::{Store, remove_all, sync_folder};
use crate::train::{CHECKPOINT_FILE, EVENT_FILE};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

impl Store {
    /// The folder where this process keeps the checkpoint of a stage, with what was left of the stage.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn partial(&self, fingerprint: &Fingerprint) -> Result<PathBuf> {
        let all = self.root.join("partial").join(fingerprint.as_str());
        let session = self.session.as_ref().map_or("alone", |session| session.owner.session.as_str());
        let own = all.join(session);
        if own.is_dir() {
            return Ok(own);
        }
        fs::create_dir_all(&own).map_err(PlanError::io("make", &own))?;
        if let Some(left) = last_left(&all, &own) {
            // The checkpoint first: it says how much of the curves is its own, and those only grow.
            for file in [CHECKPOINT_FILE, EVENT_FILE] {
                match take(&left.join(file), &own.join(file)) {
                    Err(e) if e.kind() != ErrorKind::NotFound => return Err(PlanError::io("write", &own)(e)),
                    _ => {}
                }
            }
            sync_folder(&own);
        }
        self.drop_partial_of_the_dead(&all);
        Ok(own)
    }

    /// Removes what processes that have gone have kept of a stage: it has been taken over.
    fn drop_partial_of_the_dead(&self, all: &Path) {
        let Some(session) = &self.session else { return };
        let living = session.others().0;
        for left in fs::read_dir(all).into_iter().flatten().filter_map(|entry| entry.ok().map(|e| e.path())) {
            let name = left.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_at_work = living.iter().any(|owner| owner.session == name);
            if left.is_dir() && name != session.owner.session && !is_at_work {
                // It is no more than room on the disk.
                let _ = remove_all(&left);
            }
        }
    }

    /// Removes the checkpoints of a stage that has ended.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn drop_partial(&self, fingerprint: &Fingerprint) -> Result<()> {
        let folder = self.root.join("partial").join(fingerprint.as_str());
        if folder.is_dir() { remove_all(&folder) } else { Ok(()) }
    }
}

/// Where the newest checkpoint is, but for one's own folder. Earlier versions had it beside the folders.
fn last_left(all: &Path, own: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(all).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let folders = folders.filter(|path| path.is_dir() && path != own).chain([all.to_owned()]);
    let written = |folder: PathBuf| -> Option<(SystemTime, PathBuf)> {
        Some((fs::metadata(folder.join(CHECKPOINT_FILE)).ok()?.modified().ok()?, folder))
    };
    folders.filter_map(written).max().map(|(_, folder)| folder)
}

/// Copies a file aside, and renames it: a copy that is cut short is none.
fn take(from: &Path, to: &Path) -> std::io::Result<()> {
    let aside = to.with_added_extension("part");
    fs::copy(from, &aside)?;
    fs::File::open(&aside)?.sync_all()?;
    fs::rename(&aside, to)
}
