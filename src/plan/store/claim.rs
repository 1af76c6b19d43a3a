//! Claims: who is computing what, so that processes that share a store share the work.
//!
//! ```text
//!  claims/train-3f9a../owner.json        made by an atomic `mkdir`; the record says who
//!  claims/.taken-SESSION-train-3f9a..    of somebody who has gone: renamed aside by the one who takes over
//! ```
//!
//! A claim saves work. Nothing is right or wrong by it: two who compute the same, because one was thought dead, both write
//! aside, and the first whole result stays.

use super::super::error::{PlanError, Result};
use super::super::fingerprint::Fingerprint;
use super::session::{Owner, STALE, read_owner};
use super::{Store, put_json};
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const OWNER: &str = "owner.json";
const TAKEN: &str = ".taken-";

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
    session: String,
}

impl Claim {
    /// Whether nobody has taken it over, which happens to who was away too long.
    pub fn is_held(&self) -> bool {
        read_owner(&self.folder.join(OWNER)).is_some_and(|owner| owner.session == self.session)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.is_held() {
            // What cannot be removed now is a dead claim later.
            let _ = fs::remove_file(self.folder.join(OWNER));
            let _ = fs::remove_dir(&self.folder);
        }
    }
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
        let Some(session) = &self.session else {
            return Err(PlanError::inconsistent("something is claimed in a store that is only looked at"));
        };
        let claims = self.claims();
        let folder = claims.join(name);
        loop {
            match fs::create_dir(&folder) {
                Ok(()) => {
                    let claim = Claim { folder: folder.clone(), session: session.owner.session.clone() };
                    return match put_json(&folder.join(OWNER), &session.owner) {
                        Ok(()) => Ok(Claiming::Ours(claim)),
                        // Its folder was taken for that of a dead process: then it is somebody else's.
                        Err(_) if !folder.exists() => continue,
                        Err(error) => {
                            let _ = fs::remove_dir_all(&folder);
                            Err(error)
                        }
                    };
                }
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) if e.kind() == ErrorKind::NotFound => {
                    fs::create_dir_all(&claims).map_err(PlanError::io("make", &claims))?;
                    continue;
                }
                Err(e) => return Err(PlanError::io("make", &folder)(e)),
            }
            match self.claimed_by(name) {
                Some(owner) if self.is_dead(&folder, Some(&owner)) => self.take_over(&folder, name, Some(&owner))?,
                Some(owner) => return Ok(Claiming::Theirs(owner)),
                // Released this moment, or its record is not written yet.
                None if !folder.exists() => {}
                None if self.is_dead(&folder, None) => self.take_over(&folder, name, None)?,
                None => return Ok(Claiming::Theirs(Owner::default())),
            }
        }
    }

    /// Who is at a task, as its claim says.
    pub fn claimed_by(&self, name: &str) -> Option<Owner> {
        read_owner(&self.claims().join(name).join(OWNER))
    }

    /// The names of all claims.
    pub fn claimed(&self) -> BTreeSet<String> {
        let names = fs::read_dir(self.claims()).into_iter().flatten();
        let names = names.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        names.filter(|name| !name.starts_with('.')).collect()
    }

    /// Whether the process behind a claim has gone.
    pub fn is_stale(&self, name: &str) -> bool {
        let folder = self.claims().join(name);
        folder.exists() && self.is_dead(&folder, self.claimed_by(name).as_ref())
    }

    fn is_dead(&self, folder: &Path, owner: Option<&Owner>) -> bool {
        let Some(session) = &self.session else { return false };
        match owner {
            Some(owner) => session.has_gone(owner),
            // Whoever makes a claim is in the store: where nobody else is, its maker has gone. Else it is waited for.
            None => session.others().0.is_empty() || session.age(folder).is_some_and(|age| age > STALE),
        }
    }

    /// Moves the claim of a dead process out of the way: of several who try one succeeds, and the others look again.
    fn take_over(&self, folder: &Path, name: &str, dead: Option<&Owner>) -> Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        let aside = self.claims().join(format!("{TAKEN}{}-{name}", session.owner.session));
        match fs::rename(folder, &aside) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(PlanError::io("rename", folder)(e)),
        }
        let moved = read_owner(&aside.join(OWNER));
        if moved.as_ref() != dead && moved.as_ref().is_some_and(|owner| !session.has_gone(owner)) {
            // Somebody was faster, and it was his: it goes back, unless the place is taken, when he has lost it.
            if fs::rename(&aside, folder).is_ok() {
                return Ok(());
            }
        }
        super::remove_all(&aside)
    }

    /// Removes claims of processes that have gone, and what a take-over has left.
    pub(super) fn sweep_claims(&self) -> Result<()> {
        for entry in fs::read_dir(self.claims()).into_iter().flatten().filter_map(std::result::Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(rest) = name.strip_prefix(TAKEN) {
                let is_ours =
                    self.session.as_ref().is_some_and(|s| s.others().0.iter().any(|o| rest.starts_with(&o.session)));
                if !is_ours {
                    super::remove_all(&entry.path())?;
                }
            } else if self.is_stale(&name) {
                let owner = self.claimed_by(&name);
                self.take_over(&entry.path(), &name, owner.as_ref())?;
            }
        }
        Ok(())
    }

    pub(super) fn claims(&self) -> PathBuf {
        self.root.join("claims")
    }
}
