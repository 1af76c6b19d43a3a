//! The store: results of tasks in folders named after their fingerprints.
//!
//! ```text
//!  FOLDER/store/
//!    train/3f9a../            weights.safetensors, history.json, .., done.json (sizes and checksums of all of them, and its own)
//!    train/.aside-..          a result being written: renamed into place when it is whole
//!    partial/3f9a../SESSION/  the checkpoint of a stage under way, by the process that makes it
//!    claims/train-3f9a../     who is computing it, in a record of its own
//!    sessions/                which processes are at work
//!    last/NAME.json           the fingerprints of the experiment's last run, for `fascicle plan`
//!    plans/  failures/        the tasks of each experiment's latest plan; why some failed
//! ```
//!
//! A result is visible only as a whole. One whose files do not match `done.json` is taken for absent, so that it is
//! computed again. Any number of processes, on any number of machines, may use a store at once.

mod claim;
mod measured;
mod partial;
mod records;
mod session;
mod sweep;

pub(super) use claim::{Claim, Claiming, claim_name};
pub use measured::Measured;
pub(super) use records::plans;
pub use records::{FailureRecord, PlanRecord, Reason, RecordedTask};
pub use session::Owner;
pub(super) use session::at_work;

use super::error::{PlanError, Result};
use super::fingerprint::{Fingerprint, Identity, hash_of};
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use session::Session;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const DONE: &str = "done.json";
const ASIDE: &str = ".aside-";

/// A store, opened for writing or for looking only.
#[derive(Debug)]
pub(super) struct Store {
    root: PathBuf,
    /// This process among those that use it; none where it only looks.
    session: Option<Session>,
}

/// A result that is there as a whole.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its folder.
    pub folder: PathBuf,
    /// How long the task took when it ran.
    pub seconds: f64,
}

/// What is found under a fingerprint.
#[derive(Debug)]
pub(super) enum Stored {
    /// A whole result.
    Whole(Entry),
    /// A result that does not match its checksums, with what is wrong.
    Damaged(String),
    /// Nothing.
    Absent,
}

/// What is known of a result, with a seal: the hash of everything else.
#[derive(Debug, Serialize, Deserialize)]
struct Sealed {
    #[serde(flatten)]
    done: Done,
    /// Results that were written before there were seals have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seal: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Done {
    kind: String,
    task: String,
    identity: Identity,
    version: String,
    seconds: f64,
    /// What it took besides, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken: Option<Measured>,
    files: BTreeMap<String, Sum>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sum {
    bytes: u64,
    blake3: String,
}

/// The fingerprints of an experiment's last run, by the names of its tasks.
pub(super) type LastRun = IndexMap<String, Identity>;

impl Store {
    /// Opens a store for writing, making its folder; removes what processes that died have left half-written.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn open(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).map_err(PlanError::io("make", root))?;
        // What is half-written is listed before the others are: whoever began later is not in the list.
        let half_written = sweep::half_written(root)?;
        let store = Self { root: root.to_owned(), session: Some(Session::begin(root)?) };
        store.sweep(half_written)?;
        Ok(store)
    }

    /// Clears up at the end of a run: who was killed while others were at work has left things that only the last can tell.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn tidy(&self) -> Result<()> {
        self.sweep(sweep::half_written(&self.root)?)
    }

    /// A store to look at.
    pub fn look(root: &Path) -> Self {
        Self { root: root.to_owned(), session: None }
    }

    /// Where decoded images are kept.
    pub fn volumes(&self) -> PathBuf {
        self.root.join("volumes")
    }

    /// The result under a fingerprint, its files compared with their checksums.
    pub fn find(&self, kind: &str, fingerprint: &Fingerprint) -> Stored {
        let folder = self.folder(kind, fingerprint);
        let done = match fs::read(folder.join(DONE)) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == ErrorKind::NotFound && !folder.exists() => return Stored::Absent,
            Err(e) => return Stored::Damaged(format!("{}: {e}", folder.join(DONE).display())),
        };
        let Sealed { done, seal } = match serde_json::from_slice(&done) {
            Ok(done) => done,
            Err(e) => return Stored::Damaged(format!("{}: {e}", folder.join(DONE).display())),
        };
        if seal.is_some() && hash_of(&done).ok() != seal {
            return Stored::Damaged(format!("{} is not what was written", folder.join(DONE).display()));
        }
        if done.kind != kind || done.identity.fingerprint != *fingerprint {
            return Stored::Damaged(format!("{} is of another result", folder.join(DONE).display()));
        }
        for (name, expected) in &done.files {
            match sum(&folder.join(name)) {
                Ok(found) if found == *expected => {}
                Ok(_) => return Stored::Damaged(format!("{} is not what was written", folder.join(name).display())),
                Err(e) => return Stored::Damaged(format!("{}: {e}", folder.join(name).display())),
            }
        }
        Stored::Whole(Entry { folder, seconds: done.seconds })
    }

    /// Writes a result aside with `fill`, then renames it into place.
    ///
    /// # Errors
    /// What `fill` returns, or what the operating system says; nothing is visible then.
    pub fn put(
        &self,
        kind: &str,
        task: &str,
        identity: &Identity,
        taken: &dyn Fn() -> (f64, Option<Measured>),
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Entry> {
        let parent = self.root.join(kind);
        fs::create_dir_all(&parent).map_err(PlanError::io("make", &parent))?;
        let aside =
            tempfile::Builder::new().prefix(ASIDE).tempdir_in(&parent).map_err(PlanError::io("write", &parent))?;
        fill(aside.path())?;
        let mut files = BTreeMap::new();
        for file in fs::read_dir(aside.path()).map_err(PlanError::io("read", aside.path()))? {
            let path = file.map_err(PlanError::io("read", aside.path()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            File::open(&path).and_then(|f| f.sync_all()).map_err(PlanError::io("write", &path))?;
            files.insert(name, sum(&path).map_err(PlanError::io("read", &path))?);
        }
        let (seconds, taken) = taken();
        let done = Done {
            kind: kind.to_owned(),
            task: task.to_owned(),
            identity: identity.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seconds,
            taken,
            files,
        };
        let seal = Some(hash_of(&done)?);
        put_json(&aside.path().join(DONE), &Sealed { done, seal })?;
        sync_folder(aside.path());
        readable(aside.path())?;
        let folder = self.folder(kind, &identity.fingerprint);
        while let Err(e) = fs::rename(aside.path(), &folder) {
            if !matches!(e.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists) {
                return Err(PlanError::io("write", &folder)(e));
            }
            // Somebody who was thought dead has computed the same: the first whole result stays. A damaged one makes room.
            if let Stored::Whole(entry) = self.find(kind, &identity.fingerprint) {
                return Ok(entry);
            }
            self.set_aside(&parent, &folder)?;
        }
        // The folder has moved away: there is nothing left to remove.
        let _ = aside.keep();
        sync_folder(&parent);
        Ok(Entry { folder, seconds })
    }

    /// Removes a damaged result, in one go for whoever looks.
    fn set_aside(&self, parent: &Path, folder: &Path) -> Result<()> {
        let old = tempfile::Builder::new().prefix(ASIDE).tempdir_in(parent).map_err(PlanError::io("write", parent))?;
        match fs::rename(folder, old.path().join("damaged")) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(PlanError::io("rename", folder)(e)),
            _ => Ok(()),
        }
    }

    /// The fingerprints of an experiment's last run; empty where there was none.
    pub fn last_run(&self, experiment: &str) -> LastRun {
        let text = fs::read(self.last_path(experiment)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps the fingerprints of this run.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn put_last_run(&self, experiment: &str, run: &LastRun) -> Result<()> {
        let path = self.last_path(experiment);
        let folder = self.root.join("last");
        fs::create_dir_all(&folder).map_err(PlanError::io("make", &folder))?;
        let aside = tempfile::Builder::new()
            .prefix(ASIDE)
            .tempfile_in(&folder)
            .map_err(PlanError::io("write", &folder))?
            .into_temp_path();
        put_json(&aside, run)?;
        aside.persist(&path).map_err(|e| PlanError::io("write", &path)(e.error))
    }

    fn last_path(&self, experiment: &str) -> PathBuf {
        self.root.join("last").join(format!("{experiment}.json"))
    }

    fn folder(&self, kind: &str, fingerprint: &Fingerprint) -> PathBuf {
        self.root.join(kind).join(fingerprint.as_str())
    }
}

/// Writes a value as JSON and makes sure that it is on the disk.
///
/// # Errors
/// What the operating system says.
pub(super) fn put_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_vec_pretty(value).map_err(|e| PlanError::inconsistent(e.to_string()))?;
    put_bytes(path, &text)
}

/// Writes a file and makes sure that it is on the disk.
///
/// # Errors
/// What the operating system says.
pub(super) fn put_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    File::create(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(PlanError::io("write", path))
}

/// Reads a value.
///
/// # Errors
/// What the operating system says, or JSON of another shape.
pub(super) fn get_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = fs::read(path).map_err(PlanError::io("read", path))?;
    serde_json::from_slice(&bytes).map_err(|e| PlanError::Unreadable { path: path.to_owned(), problem: e.to_string() })
}

/// Removes a file that may be gone already.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(PlanError::io("remove", path)(e)),
        _ => Ok(()),
    }
}

/// Removes a folder that may be gone already, or is going: others clear up as well.
fn remove_all(path: &Path) -> Result<()> {
    for _ in 0..10 {
        match fs::remove_dir_all(path) {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == ErrorKind::NotFound && !path.exists() => return Ok(()),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => {}
            Err(e) => return Err(PlanError::io("remove", path)(e)),
        }
    }
    Ok(())
}

fn sum(path: &Path) -> std::io::Result<Sum> {
    let mut hasher = blake3::Hasher::new();
    let bytes = std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(Sum { bytes, blake3: hasher.finalize().to_hex().to_string() })
}

/// Makes the names in a folder last. Systems that cannot do so are left alone: the checksums tell.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|f| f.sync_all());
}

/// As [`readable`], of a file.
fn readable_file(file: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).map_err(PlanError::io("write", file))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Temporary folders are their owner's alone; results are as readable as any other folder.
pub(super) fn readable(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).map_err(PlanError::io("write", folder))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests;
