//! Many volumes in a file.
//!
//! ```text
//!  volume | volume | .. | table: (key, offset, length) a volume | number of volumes, checksum of the table | magic
//! ```
//!
//! The table stands last, as volumes come as they are decoded. Offsets are multiples of `ALIGNMENT`. Numbers are little-endian.

use crate::error::{DataError, Result};
use crate::files::publish;
use memmap2::Mmap;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

const MAGIC: &[u8; 8] = b"fxpack\0\x01";
const EXTENSION: &str = "pack";
/// Where a volume may begin: as vectors of the processor like to be read.
const ALIGNMENT: u64 = 64;
/// Key, offset, length.
const ROW: usize = 32 + 8 + 8;
/// Number of volumes, checksum, magic.
const FOOTER: usize = 8 + 32 + 8;
/// A pack is ended when it holds so much, or has been written at for so long: what is decoded is not lost with the process.
const LARGE: u64 = 512 << 20;
const LONG: Duration = Duration::from_secs(30);
/// The folder is listed at most this often for volumes that are not found.
const LOOK: Duration = Duration::from_secs(1);
/// How packs are called before they are whole, and how old one is that nobody writes any more.
const WRITING: &str = ".writing-";
const LEFT: Duration = Duration::from_secs(3600);

/// A volume: the pack that holds it, and its bytes there.
type Place = (Arc<Mmap>, Range<usize>);
/// The table of a pack.
type Table = Vec<([u8; 32], Range<usize>)>;

/// The packs of a folder, as far as they were looked at.
#[derive(Debug)]
pub(super) struct Packs {
    folder: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By path; `None` for a file that is no whole pack.
    packs: BTreeMap<PathBuf, Option<Arc<Mmap>>>,
    /// Where volumes are: in several packs, where one of them was damaged.
    places: BTreeMap<[u8; 32], Vec<Place>>,
    looked: Option<Instant>,
}

impl Packs {
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), known: Mutex::default() }
    }

    /// The first volume of this key that can be read.
    pub fn find<T>(&self, key: &blake3::Hash, read: impl Fn(&Arc<Mmap>, Range<usize>) -> Option<T>) -> Option<T> {
        let places = |known: &Known| known.places.get(key.as_bytes()).cloned().unwrap_or_default();
        let mut found = places(&self.known());
        if found.is_empty() {
            let mut known = self.known();
            if known.looked.is_none_or(|last| last.elapsed() > LOOK) {
                known.look(&self.folder);
                found = places(&known);
            }
        }
        // Reading compares a checksum, which takes long enough to do it side by side.
        found.into_iter().find_map(|(map, range)| read(&map, range))
    }

    /// Lists the folder the next time something is not found.
    pub fn look_again(&self) {
        self.known().looked = None;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn look(&mut self, folder: &Path) {
        self.looked = Some(Instant::now());
        let listed = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
        let is_pack = |path: &PathBuf| path.extension().is_some_and(|extension| extension == EXTENSION);
        let mut new: Vec<PathBuf> = listed.filter(|path| is_pack(path) && !self.packs.contains_key(path)).collect();
        new.sort();
        for path in new {
            let pack = open(&path);
            if let Some((map, rows)) = &pack {
                for (key, range) in rows {
                    self.places.entry(*key).or_default().push((map.clone(), range.clone()));
                }
            }
            self.packs.insert(path, pack.map(|(map, _)| map));
        }
    }
}

/// A pack, mapped, and where its volumes are; `None` where the file is short, or its table is not what was written.
fn open(path: &Path) -> Option<(Arc<Mmap>, Table)> {
    let file = File::open(path).ok()?;
    // SAFETY: the file is written aside, renamed into place and never changed after; a process that changes it all the
    // same can change the values read, not their number, which is the map's.
    let map = unsafe { Mmap::map(&file) }.ok()?;
    let footer = map.len().checked_sub(FOOTER)?;
    let number = |at: usize| map.get(at..)?.first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
    let count = usize::try_from(number(footer)?).ok()?;
    let table = footer.checked_sub(count.checked_mul(ROW)?)?;
    let rows = map.get(table..footer)?;
    let is_whole = map.ends_with(MAGIC) && map.get(footer + 8..footer + 40)? == blake3::hash(rows).as_bytes();
    if !is_whole {
        return None;
    }
    let row = |row: &[u8; ROW]| {
        let of = |at: usize| row[at..].first_chunk::<8>().and_then(|b| usize::try_from(u64::from_le_bytes(*b)).ok());
        let (start, length) = (of(32)?, of(40)?);
        let end = start.checked_add(length).filter(|end| *end <= table)?;
        Some((*row.first_chunk::<32>()?, start..end))
    };
    let rows = rows.as_chunks::<ROW>().0.iter().map(row).collect::<Option<Vec<_>>>()?;
    Some((Arc::new(map), rows))
}

/// Writes packs, one after the other.
pub(super) struct Writer {
    folder: PathBuf,
    open: Option<OpenPack>,
}

/// A pack that is being written.
struct OpenPack {
    file: BufWriter<NamedTempFile>,
    began: Instant,
    length: u64,
    table: Vec<u8>,
}

impl Writer {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), open: None }
    }

    /// Puts a volume into the pack.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn put(&mut self, key: &blake3::Hash, parts: &[&[u8]]) -> Result<()> {
        let mut pack = match self.open.take() {
            Some(pack) => pack,
            None => OpenPack::new(&self.folder)?,
        };
        // A pack of which a part could not be written is dropped.
        pack.put(key, parts).map_err(DataError::io("write in", &self.folder))?;
        let is_full = pack.length > LARGE || pack.began.elapsed() > LONG;
        self.open = Some(pack);
        if is_full { self.seal() } else { Ok(()) }
    }

    /// Ends the pack that is being written, where there is one: it gets its name.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn seal(&mut self) -> Result<()> {
        let Some(pack) = self.open.take() else { return Ok(()) };
        // The same volumes in the same order have the same name.
        let name = format!("{}.{EXTENSION}", &blake3::hash(&pack.table).to_hex()[..32]);
        let aside = pack.finished().map_err(DataError::io("write in", &self.folder))?;
        publish(aside.into_temp_path(), &self.folder.join(name))
    }
}

/// Removes what processes that were killed were writing; what cannot be removed is in nobody's way.
fn remove_what_was_left(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if entry.file_name().to_string_lossy().starts_with(WRITING) && age().is_some_and(|age| age > LEFT) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

impl OpenPack {
    fn new(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(DataError::io("make the folder", folder))?;
        remove_what_was_left(folder);
        let aside = tempfile::Builder::new().prefix(WRITING).tempfile_in(folder);
        let aside = aside.map_err(DataError::io("write in", folder))?;
        Ok(Self { file: BufWriter::new(aside), began: Instant::now(), length: 0, table: Vec::new() })
    }

    fn put(&mut self, key: &blake3::Hash, parts: &[&[u8]]) -> std::io::Result<()> {
        let start = self.length.next_multiple_of(ALIGNMENT);
        self.file.write_all(&[0; ALIGNMENT as usize][..(start - self.length) as usize])?;
        let mut length = 0;
        for part in parts {
            self.file.write_all(part)?;
            length += part.len() as u64;
        }
        self.length = start + length;
        self.table.extend_from_slice(key.as_bytes());
        self.table.extend_from_slice(&start.to_le_bytes());
        self.table.extend_from_slice(&length.to_le_bytes());
        Ok(())
    }

    fn finished(mut self) -> std::io::Result<NamedTempFile> {
        self.file.write_all(&self.table)?;
        self.file.write_all(&((self.table.len() / ROW) as u64).to_le_bytes())?;
        self.file.write_all(blake3::hash(&self.table).as_bytes())?;
        self.file.write_all(MAGIC)?;
        self.file.into_inner().map_err(std::io::IntoInnerError::into_error)
    }
}
