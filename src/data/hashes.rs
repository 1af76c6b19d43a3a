//! Hashes of files that need not be read again: what a file's content was when its size, times and place on the disk were
//! those that it still has.
//!
//! ```text
//!  path ──stamp (size, times, inode)──▶ the same as in the index? ──yes──▶ hash
//!                                              └──no──▶ read, hash ──keep──▶ index (a JSON file beside the volumes)
//! ```
//!
//! A clock ticks in steps, and a file that is changed twice within one has one stamp for two contents. So a hash is kept
//! only of a file that had rested for `REST` when it was read: whatever changes it later has another time.

use super::error::{DataError, Result};
use super::files::write_aside;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longer than the steps in which file systems count time (FAT has the longest, 2 seconds).
const REST: Duration = Duration::from_secs(3);

/// The index, by canonical path.
#[derive(Debug, Default)]
pub struct Hashes {
    /// Where it is kept; nowhere in memory alone.
    file: Option<PathBuf>,
    known: Mutex<Index>,
}

#[derive(Debug, Default)]
struct Index {
    entries: BTreeMap<String, (Stamp, String)>,
    changed: bool,
}

/// What the file system says of a file without reading it. Times are nanoseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    bytes: u64,
    modified: i128,
    /// When content, owner or permissions changed last: it cannot be set back, as `modified` can.
    changed: i128,
    inode: u64,
}

impl Hashes {
    /// The index in a file; empty where there is none, or it cannot be understood.
    pub fn open(file: &Path) -> Self {
        let entries = std::fs::read(file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { file: Some(file.to_owned()), known: Mutex::new(Index { entries, changed: false }) }
    }

    /// The hash of a file, read by `read` where the index does not know it.
    ///
    /// # Errors
    /// What `read` returns.
    pub fn of(&self, path: &Path, read: impl FnOnce() -> Result<blake3::Hash>) -> Result<blake3::Hash> {
        let (key, before) = (key(path), Stamp::of(path));
        if let Some(known) = before.as_ref().and_then(|stamp| self.known(&key, stamp)) {
            return Ok(known);
        }
        let hash = read()?;
        if let Some(stamp) = before.filter(|stamp| Stamp::of(path).as_ref() == Some(stamp) && stamp.has_rested()) {
            let mut index = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            index.entries.insert(key, (stamp, hash.to_hex().to_string()));
            index.changed = true;
        }
        Ok(hash)
    }

    fn known(&self, key: &str, stamp: &Stamp) -> Option<blake3::Hash> {
        let index = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (known, hash) = index.entries.get(key)?;
        (known == stamp).then(|| blake3::Hash::from_hex(hash).ok()).flatten()
    }

    /// Writes the index, where it has changed. Files that are gone leave it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn save(&self) -> Result<()> {
        let mut index = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(file) = self.file.as_deref().filter(|_| index.changed) else { return Ok(()) };
        index.entries.retain(|path, _| Path::new(path).exists());
        let text = serde_json::to_vec(&index.entries).map_err(|e| DataError::Io {
            action: "write",
            path: file.to_owned(),
            source: e.into(),
        })?;
        write_aside(file, &[&text])?;
        index.changed = false;
        Ok(())
    }
}

fn key(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string()
}

impl Stamp {
    /// `None` where there is no such file, or where one name stands for two files (`.hdr` with its `.img`).
    fn of(path: &Path) -> Option<Self> {
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("hdr")) {
            return None;
        }
        let data = std::fs::metadata(path).ok()?;
        let modified = i128::try_from(data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()?;
        #[cfg(unix)]
        let (changed, inode) = {
            use std::os::unix::fs::MetadataExt;
            (i128::from(data.ctime()) * 1_000_000_000 + i128::from(data.ctime_nsec()), data.ino())
        };
        #[cfg(not(unix))]
        let (changed, inode) = (modified, 0);
        Some(Self { bytes: data.len(), modified, changed, inode })
    }

    /// Whether nothing has changed the file for a while; a time in the future says nothing.
    fn has_rested(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_nanos() as i128);
        now - self.modified.max(self.changed) >= REST.as_nanos() as i128
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{folder, put};
    use super::*;

    fn hash_of(path: &Path) -> Result<blake3::Hash> {
        Ok(blake3::hash(&std::fs::read(path).map_err(DataError::io("read", path))?))
    }

    /// Hashes a file, and says whether it was read for that.
    fn ask(hashes: &Hashes, path: &Path) -> (blake3::Hash, bool) {
        let mut read = false;
        let hash = hashes.of(path, || {
            read = true;
            hash_of(path)
        });
        (hash.expect("a hash"), read)
    }

    #[test]
    fn a_file_that_has_rested_is_read_once_also_by_the_next_run() {
        let Some(file) = super::super::samples::shared("data/normative/fcon1000.csv") else { return };
        let dir = folder();
        let index = dir.path().join("hashes.json");
        let hashes = Hashes::open(&index);
        let (first, read) = ask(&hashes, &file);
        assert!(read);
        assert_eq!(ask(&hashes, &file), (first, false));
        hashes.save().expect("written");
        assert_eq!(ask(&Hashes::open(&index), &file), (first, false));
    }

    #[test]
    fn a_file_that_was_just_written_is_read_every_time() {
        let dir = folder();
        let file = dir.path().join("a.csv");
        let hashes = Hashes::default();
        put(dir.path(), "a.csv", "id,x\n1,2\n");
        let (before, _) = ask(&hashes, &file);
        // As long as the first, within the same tick of the clock for all we know.
        put(dir.path(), "a.csv", "id,x\n1,3\n");
        let (after, read) = ask(&hashes, &file);
        assert!(read && before != after);
    }

    #[test]
    fn another_size_or_time_is_another_content() {
        let dir = folder();
        let index = dir.path().join("hashes.json");
        put(dir.path(), "a.csv", "id\n1\n");
        let file = dir.path().join("a.csv");
        let stamp = Stamp::of(&file).expect("a stamp");
        let old = Stamp { modified: stamp.modified - 1, ..stamp.clone() };
        for (stamp, read) in [(stamp, false), (old, true)] {
            let wrong = blake3::hash(b"what the index says").to_hex().to_string();
            let entries = BTreeMap::from([(key(&file), (stamp, wrong))]);
            std::fs::write(&index, serde_json::to_vec(&entries).expect("json")).expect("written");
            assert_eq!(ask(&Hashes::open(&index), &file).1, read);
        }
    }

    #[test]
    fn an_index_that_cannot_be_understood_is_empty() {
        let dir = folder();
        put(dir.path(), "hashes.json", "{ this is no index");
        put(dir.path(), "a.csv", "id\n1\n");
        assert!(ask(&Hashes::open(&dir.path().join("hashes.json")), &dir.path().join("a.csv")).1);
    }
}
