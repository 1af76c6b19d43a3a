//! Clearing up after processes that died: what they were writing, their claims, their names.
//!
//! Half-written things carry no name. They are listed first and the living asked after: whoever wrote one of those listed was in
//! the store before, so that where nobody else is at work all of them are nobody's. Where others are, only what is old goes.

use super::super::error::{PlanError, Result};
use super::session::STALE;
use super::{ASIDE, Owner, Store, remove, remove_all};
use std::fs;
use std::path::{Path, PathBuf};

/// How decoded volumes are called before they are whole.
const WRITING: &str = ".writing-";
/// How long something may be written at: decoding a volume and copying a result take seconds.
const LONG: u32 = 30;

/// What is being written below a store now.
pub(super) fn half_written(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let volumes = root.join("volumes");
    for kind in entries(root) {
        found.extend(entries(&kind).into_iter().filter(|path| begins_with(path, ASIDE)));
    }
    // Decoded volumes lie a folder deeper, the index of files' hashes beside their folders.
    for folder in entries(&volumes).into_iter().filter(|path| path.is_dir()).chain([volumes.clone()]) {
        found.extend(entries(&folder).into_iter().filter(|path| begins_with(path, WRITING)));
    }
    Ok(found)
}

fn begins_with(path: &Path, prefix: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

/// What is in a folder; nothing where it is none, or has just gone.
fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok().map(|e| e.path())).collect()
}

impl Store {
    /// Removes what dead processes have left.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn sweep(&self, half_written: Vec<PathBuf>) -> Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        let (living, dead) = session.others();
        self.sweep_claims()?;
        for left in half_written {
            if !living.is_empty() && session.age(&left).is_none_or(|age| age < STALE * LONG) {
                continue;
            }
            match left.is_dir() {
                true => remove_all(&left)?,
                false => remove(&left)?,
            }
        }
        for gone in dead {
            session.forget(&gone)?;
        }
        Ok(())
    }

    /// The other processes that are at work in the store.
    pub fn others(&self) -> Vec<Owner> {
        self.session.as_ref().map(|session| session.others().0).unwrap_or_default()
    }

    /// Removes something of the store.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn discard(&self, folder: &Path) -> Result<()> {
        // Out of sight in one go: nobody finds half of it.
        let aside =
            folder.with_file_name(format!("{ASIDE}{}", folder.file_name().unwrap_or_default().to_string_lossy()));
        match fs::rename(folder, &aside) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(PlanError::io("remove", folder)(e)),
            Ok(()) => remove_all(&aside),
        }
    }

    /// Whether no other process is at work in the store.
    pub fn is_alone(&self) -> bool {
        self.session.as_ref().is_none_or(|session| session.others().0.is_empty())
    }
}
