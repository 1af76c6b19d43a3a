//! Claims: who is computing what, so that processes that share a store share the work.
//!
//! ```text
//!  claims/train-3f9a../SESSION-4.json    the record says who; its name is of no other claim ever
//!  claims/.making-SESSION-4/             before it is renamed into place, record and all
//! ```
//!
//! A claim appears with its record in it, by a rename onto a name that is free: one with a record in it refuses. It ends when its
//! record is removed, by that name: whoever takes over a dead one removes the very record that was judged, or, where another was
//! faster, nothing. A folder without a record is free, so that it does not matter where anybody dies.
//!
//! A claim saves work. Nothing is right or wrong by it: two who compute the same, because one was thought dead, both write
//! aside, and the first whole result stays.

use super::super::error::{PlanError, Result};
use super::super::fingerprint::Fingerprint;
use super::session::{Owner, STALE, read_owner};
use super::{Store, put_json, remove};
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const RECORD: &str = "json";
const MAKING: &str = ".making-";
/// How often a name is asked for that is neither free nor anybody's: a file server may keep what is removed while it is read.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(2);

/// What asking for a task comes to.
#[derive(Debug)]
pub(in crate::plan) enum Claiming {
    /// It is this process's until the claim is dropped.
    Ours(Claim),
    /// Somebody is at it.
    Theirs(Owner),
}

/// A claim that is held.
#[derive(Debug)]
pub(in crate::plan) struct Claim {
    folder: PathBuf,
    record: PathBuf,
}

impl Claim {
    /// Whether nobody has taken it over, which happens to who was away too long.
    pub fn is_held(&self) -> bool {
        fs::File::open(&self.record).is_ok()
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // What cannot be removed now is a dead claim later. The folder stays where it is somebody else's already.
        let _ = fs::remove_file(&self.record);
        let _ = fs::remove_dir(&self.folder);
    }
}

/// The record of a claim: where it is, and whom it names where it can be read.
struct Record {
    path: PathBuf,
    owner: Option<Owner>,
}

/// The name of a task's claim.
pub(in crate::plan) fn claim_name(kind: &str, fingerprint: &Fingerprint) -> String {
    format!("{kind}-{fingerprint}")
}

impl Store {
    /// Asks for a task.
    ///
    /// # Errors
    /// A store that was opened to look at, or cannot be written.
    pub fn claim(&self, name: &str) -> Result<Claiming> {
        let folder = self.claims().join(name);
        for _ in 0..TRIES {
            match record_in(&folder) {
                Some(record) if self.is_dead(&record) => remove(&record.path)?,
                Some(record) => return Ok(Claiming::Theirs(record.owner.unwrap_or_default())),
                None => {}
            }
            if let Some(claim) = self.make_claim(folder.clone())? {
                return Ok(Claiming::Ours(claim));
            }
            // Mostly it is somebody's now. Else it was given back this moment.
            if record_in(&folder).is_none() {
                std::thread::sleep(PAUSE);
            }
        }
        Ok(Claiming::Theirs(Owner::default()))
    }

    /// Makes a claim aside and renames it into place; `None` where that is taken.
    fn make_claim(&self, folder: PathBuf) -> Result<Option<Claim>> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let Some(session) = &self.session else {
            return Err(PlanError::inconsistent("something is claimed in a store that is only looked at"));
        };
        let own = format!("{}-{}", session.owner.session, MADE.fetch_add(1, Ordering::Relaxed));
        let aside = self.claims().join(format!("{MAKING}{own}"));
        fs::create_dir_all(&aside).map_err(PlanError::io("make", &aside))?;
        let record = format!("{own}.{RECORD}");
        let placed = put_json(&aside.join(&record), &session.owner)
            .and_then(|()| fs::rename(&aside, &folder).map_err(PlanError::io("rename", &folder)));
        let claim = Claim { record: folder.join(record), folder };
        // A file server may lose the answer and say, asked again, that there is nothing to rename: the record tells.
        if placed.is_ok() || claim.is_held() {
            return Ok(Some(claim));
        }
        // Its folder was taken for that of a dead process: asked again, one is made anew.
        let was_removed = !aside.exists();
        super::remove_all(&aside)?;
        let is_taken = |kind| matches!(kind, ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists);
        match placed {
            Err(PlanError::Io { source, .. }) if was_removed || is_taken(source.kind()) => Ok(None),
            Err(error) => Err(error),
            Ok(()) => Ok(None),
        }
    }

    /// Who is at a task, as its claim says.
    pub fn claimed_by(&self, name: &str) -> Option<Owner> {
        record_in(&self.claims().join(name))?.owner
    }

    /// The names of all claims.
    pub fn claimed(&self) -> BTreeSet<String> {
        let names = fs::read_dir(self.claims()).into_iter().flatten();
        let names = names.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        names.filter(|name| !name.starts_with('.')).collect()
    }

    /// Whether a claim is nobody's: it was not quite given back, or the process behind it has gone.
    pub fn is_stale(&self, name: &str) -> bool {
        let folder = self.claims().join(name);
        folder.exists() && record_in(&folder).is_none_or(|record| self.is_dead(&record))
    }

    fn is_dead(&self, record: &Record) -> bool {
        let Some(session) = &self.session else { return false };
        match &record.owner {
            Some(owner) => session.has_gone(owner),
            // It is damaged. Whoever made it is in the store: where nobody else is, he has gone. Else it is waited for.
            None => session.others().0.is_empty() || session.age(&record.path).is_some_and(|age| age > STALE),
        }
    }

    /// Removes claims of processes that have gone, and what they have left of claims they were making.
    pub(super) fn sweep_claims(&self) -> Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        for entry in fs::read_dir(self.claims()).into_iter().flatten().filter_map(std::result::Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(rest) = name.strip_prefix(MAKING) {
                let is_of = |owner: &Owner| rest.strip_prefix(&owner.session).is_some_and(|rest| rest.starts_with('-'));
                if !is_of(&session.owner) && !session.others().0.iter().any(is_of) {
                    super::remove_all(&entry.path())?;
                }
            } else if self.is_stale(&name) {
                if let Some(record) = record_in(&entry.path()).filter(|record| self.is_dead(record)) {
                    remove(&record.path)?;
                }
                // It stays where somebody has claimed it since.
                let _ = fs::remove_dir(entry.path());
            }
        }
        Ok(())
    }

    pub(super) fn claims(&self) -> PathBuf {
        self.root.join("claims")
    }
}

/// The record in a claim's folder; `None` where the name is free.
fn record_in(folder: &Path) -> Option<Record> {
    let files = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let path = files.filter(|path| path.extension().is_some_and(|extension| extension == RECORD)).min()?;
    let owner = read_owner(&path);
    // One that went in between is none.
    (owner.is_some() || path.exists()).then_some(Record { path, owner })
}
