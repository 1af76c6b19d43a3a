//! The store: results of tasks in folders named after their fingerprints.
//!
//! ```text
//!  FOLDER/store/
//!    train/3f9a../            weights.safetensors, history.json, .., done.json (sizes and checksums of all of them, and its own)
//!    train/.aside-..          a result being written: renamed into place when it is whole
//!    partial/3f9a../          the checkpoint of a stage under way
//!    last/NAME.json           the fingerprints of the experiment's last run, for `fascicle plan`
//!    lock                     held by the run that writes
//! ```
//!
//! A result is visible only as a whole. One whose files do not match `done.json` is taken for absent, so that it is
//! computed again. One run at a time writes to a store; reading needs no lock.

mod lock;

use super::error::{PlanError, Result};
use super::fingerprint::{Fingerprint, Identity, hash_of};
use indexmap::IndexMap;
use lock::Lock;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const DONE: &str = "done.json";
const ASIDE: &str = ".aside-";
/// How decoded volumes are called before they are whole.
const WRITING: &str = ".writing-";

/// A store, opened for writing or for looking only.
#[derive(Debug)]
pub(super) struct Store {
    root: PathBuf,
    /// Released when the store is dropped.
    _lock: Option<Lock>,
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
    /// Opens a store for writing, making its folder; removes what a run that died has left half-written.
    ///
    /// # Errors
    /// A folder that cannot be written, or another run that is using it.
    pub fn open(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).map_err(PlanError::io("make", root))?;
        let lock = Lock::take(root)?;
        let store = Self { root: root.to_owned(), _lock: Some(lock) };
        store.sweep()?;
        Ok(store)
    }

    /// A store to look at.
    pub fn look(root: &Path) -> Self {
        Self { root: root.to_owned(), _lock: None }
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
        seconds: &dyn Fn() -> f64,
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
        let seconds = seconds();
        let done = Done {
            kind: kind.to_owned(),
            task: task.to_owned(),
            identity: identity.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seconds,
            files,
        };
        let seal = Some(hash_of(&done)?);
        put_json(&aside.path().join(DONE), &Sealed { done, seal })?;
        sync_folder(aside.path());
        let folder = self.folder(kind, &identity.fingerprint);
        if folder.exists() {
            // Only a damaged result is ever written again.
            fs::remove_dir_all(&folder).map_err(PlanError::io("write", &folder))?;
        }
        readable(aside.path())?;
        fs::rename(aside.path(), &folder).map_err(PlanError::io("write", &folder))?;
        // The folder has moved away: there is nothing left to remove.
        let _ = aside.keep();
        sync_folder(&parent);
        Ok(Entry { folder, seconds })
    }

    /// The folder where a stage keeps its checkpoint.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn partial(&self, fingerprint: &Fingerprint) -> Result<PathBuf> {
        let folder = self.root.join("partial").join(fingerprint.as_str());
        fs::create_dir_all(&folder).map_err(PlanError::io("make", &folder))?;
        Ok(folder)
    }

    /// Removes the checkpoint of a stage that has ended.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn drop_partial(&self, fingerprint: &Fingerprint) -> Result<()> {
        let folder = self.root.join("partial").join(fingerprint.as_str());
        match fs::remove_dir_all(&folder) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(PlanError::io("remove", &folder)(e)),
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

    /// Removes folders and files that were being written when a run died. The lock is held, so nobody is writing them.
    fn sweep(&self) -> Result<()> {
        let entries = |folder: &Path| -> Result<Vec<PathBuf>> {
            let read = fs::read_dir(folder).map_err(PlanError::io("read", folder))?;
            Ok(read.filter_map(|entry| entry.ok().map(|e| e.path())).collect())
        };
        for kind in entries(&self.root)?.into_iter().filter(|p| p.is_dir()) {
            for left in entries(&kind)? {
                let name = left.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !name.starts_with(ASIDE) {
                    continue;
                }
                let removed = if left.is_dir() { fs::remove_dir_all(&left) } else { fs::remove_file(&left) };
                removed.map_err(PlanError::io("remove", &left))?;
            }
        }
        // Decoded volumes lie a folder deeper, the index of files' hashes beside their folders.
        if self.volumes().is_dir() {
            let folders = entries(&self.volumes())?.into_iter().filter(|p| p.is_dir());
            for folder in folders.chain([self.volumes()]) {
                let half = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(WRITING));
                for left in entries(&folder)?.into_iter().filter(half) {
                    fs::remove_file(&left).map_err(PlanError::io("remove", &left))?;
                }
            }
        }
        Ok(())
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

fn sum(path: &Path) -> std::io::Result<Sum> {
    let mut hasher = blake3::Hasher::new();
    let bytes = std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(Sum { bytes, blake3: hasher.finalize().to_hex().to_string() })
}

/// Makes the names in a folder last. Systems that cannot do so are left alone: the checksums tell.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|f| f.sync_all());
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
