//! Many numbers: in memory, or in a file that is mapped.
//!
//! ```text
//!  push, push, .. ──Growing──▶ Numbers ──write──▶ safetensors ──read──▶ Numbers, mapped
//! ```
//!
//! The maps that a network draws of whole images are hundreds of megabytes a subject: they are laid aside as they come, and whoever reads
//! them goes from subject to subject.

use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

/// Numbers in single precision.
#[derive(Debug, Clone)]
pub struct Numbers(Place);

#[derive(Debug, Clone)]
enum Place {
    Held(Vec<f32>),
    /// In a file, in this machine's own order of bytes.
    Filed {
        map: Arc<Mmap>,
        bytes: Range<usize>,
    },
}

impl Default for Numbers {
    fn default() -> Self {
        Self(Place::Held(Vec::new()))
    }
}

impl From<Vec<f32>> for Numbers {
    fn from(values: Vec<f32>) -> Self {
        Self(Place::Held(values))
    }
}

impl Deref for Numbers {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &self.0 {
            Place::Held(values) => values,
            Place::Filed { map, bytes } => {
                map.get(bytes.clone()).and_then(|bytes| bytemuck::try_cast_slice(bytes).ok()).unwrap_or_default()
            }
        }
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Numbers {
    /// Numbers that lie in a file have been read, for now: their pages count no more as the program's. They can be read again.
    pub fn give_back(&self) {
        if let Place::Filed { map, bytes } = &self.0 {
            give_back(map, bytes.clone());
        }
    }

    /// Changes them in memory: what lies in a file is read.
    pub fn change(&mut self, change: impl FnOnce(&mut Vec<f32>)) {
        let mut values = match std::mem::take(self).0 {
            Place::Held(values) => values,
            filed @ Place::Filed { .. } => Self(filed).to_vec(),
        };
        change(&mut values);
        *self = values.into();
    }

    /// Bytes of a mapped file that hold numbers of this machine.
    fn filed(map: &Arc<Mmap>, bytes: Range<usize>) -> Self {
        let slice = map.get(bytes.clone()).unwrap_or_default();
        if cfg!(target_endian = "little") && bytemuck::try_cast_slice::<u8, f32>(slice).is_ok() {
            return Self(Place::Filed { map: map.clone(), bytes });
        }
        let values = slice.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        Self(Place::Held(values.collect()))
    }
}

/// Numbers that are put one behind the other.
#[derive(Debug)]
pub enum Growing {
    /// In memory.
    Held(Vec<f32>),
    /// In a file that has no name, and is gone when nobody reads it any more.
    Filed(BufWriter<File>),
}

impl Growing {
    /// In memory, or where a folder is given in a file on its disk.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn new(aside: Option<&Path>) -> io::Result<Self> {
        Ok(match aside {
            None => Self::Held(Vec::new()),
            Some(folder) => Self::Filed(BufWriter::new(tempfile::tempfile_in(folder)?)),
        })
    }

    /// Adds some.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn push(&mut self, values: &[f32]) -> io::Result<()> {
        match self {
            Self::Held(held) => held.extend_from_slice(values),
            Self::Filed(file) => file.write_all(&little_endian(values))?,
        }
        Ok(())
    }

    /// All of them.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn finish(self) -> io::Result<Numbers> {
        match self {
            Self::Held(values) => Ok(values.into()),
            Self::Filed(file) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                match file.metadata()?.len() {
                    // Nothing cannot be mapped.
                    0 => Ok(Numbers::default()),
                    _ => map(&file).map(|map| Numbers::filed(&map, 0..map.len())),
                }
            }
        }
    }
}

/// Pages of a mapped file that are not needed for now: they stay in the system's cache of files as long as there is room, and come back
/// from there, or from the disk, when they are touched.
#[cfg(target_os = "linux")]
pub(crate) fn give_back(map: &Mmap, bytes: Range<usize>) {
    // SAFETY: what is mapped is a file that is read alone: pages that are touched again hold what they held.
    let advised = unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, bytes.start, bytes.len()) };
    // Where the system does not take the advice, the pages stay.
    drop(advised);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn give_back(_: &Mmap, _: Range<usize>) {}

fn map(file: &File) -> io::Result<Arc<Mmap>> {
    // SAFETY: the file has no name, or was renamed into place and is never changed after; a process that changes it all the same can change
    // the values read, not their number, which is the map's.
    unsafe { Mmap::map(file) }.map(Arc::new)
}

fn little_endian(values: &[f32]) -> Cow<'_, [u8]> {
    match cfg!(target_endian = "little") {
        true => Cow::Borrowed(bytemuck::cast_slice(values)),
        false => Cow::Owned(values.iter().flat_map(|value| value.to_le_bytes()).collect()),
    }
}

/// Numbers that are written at a time.
const PIECE: usize = 1 << 22;

/// Where an array lies, as the head of a safetensors file says.
#[derive(Serialize)]
struct Described {
    dtype: &'static str,
    shape: [usize; 2],
    data_offsets: [usize; 2],
}

/// Writes arrays of so many rows and columns as a safetensors file, piece by piece.
///
/// # Errors
/// What the operating system says; a shape that does not fit its number of values.
pub fn write(path: &Path, arrays: &BTreeMap<String, ([usize; 2], &Numbers)>) -> io::Result<()> {
    let (mut described, mut end) = (BTreeMap::new(), 0);
    for (name, (shape, values)) in arrays {
        if shape[0] * shape[1] != values.len() {
            let problem = format!("{name} has {} numbers for the shape {shape:?}", values.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        let data_offsets = [end, end + 4 * values.len()];
        described.insert(name, Described { dtype: "F32", shape: *shape, data_offsets });
        end = data_offsets[1];
    }
    let mut head = serde_json::to_vec(&described)?;
    // Numbers begin at a multiple of 8.
    head.resize(head.len().next_multiple_of(8), b' ');
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&(head.len() as u64).to_le_bytes())?;
    file.write_all(&head)?;
    for (_, values) in arrays.values() {
        for piece in values.chunks(PIECE) {
            file.write_all(&little_endian(piece))?;
            values.give_back();
        }
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// The arrays of a safetensors file of numbers in single precision, mapped.
///
/// # Errors
/// What the operating system says; a file that is no such archive.
pub fn read(path: &Path) -> io::Result<BTreeMap<String, Numbers>> {
    let map = map(&super::files::open_regular(path)?)?;
    let wrong = |problem: String| io::Error::new(io::ErrorKind::InvalidData, problem);
    let archive = SafeTensors::deserialize(&map).map_err(|e| wrong(format!("it is no safetensors archive: {e}")))?;
    let mut arrays = BTreeMap::new();
    for (name, array) in archive.iter() {
        if array.dtype() != Dtype::F32 {
            return Err(wrong(format!("`{name}` is {:?}, expected F32", array.dtype())));
        }
        let first = array.data().as_ptr().addr() - map.as_ptr().addr();
        arrays.insert(name.to_owned(), Numbers::filed(&map, first..first + array.data().len()));
    }
    Ok(arrays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_laid_aside_is_what_was_pushed_and_is_written_and_read_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let values: Vec<f32> = (0..3000).map(|i| i as f32 / 7.0).collect();
        for aside in [None, Some(folder.path())] {
            let mut growing = Growing::new(aside).expect("a file");
            values.chunks(700).for_each(|some| growing.push(some).expect("room"));
            let numbers = growing.finish().expect("numbers");
            assert_eq!(*numbers, *values);
            let path = folder.path().join("values.safetensors");
            let nothing = Numbers::default();
            let arrays = [("a".to_owned(), ([3, 1000], &numbers)), ("none".to_owned(), ([0, 5], &nothing))];
            write(&path, &arrays.into()).expect("written");
            numbers.give_back();
            assert_eq!(*numbers, *values, "what is given back can be read again");
            // As the archive's own writer has it.
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            let view =
                |shape: [usize; 2], bytes| safetensors::tensor::TensorView::new(Dtype::F32, shape.to_vec(), bytes);
            let views = [("a", view([3, 1000], &bytes).expect("fits")), ("none", view([0, 5], &[]).expect("fits"))];
            let expected = safetensors::serialize(views, None).expect("bytes");
            assert!(std::fs::read(&path).expect("a file") == expected);
            let read = read(&path).expect("read");
            assert_eq!((&*read["a"], read["none"].len()), (values.as_slice(), 0));
            let mut changed = read["a"].clone();
            changed.change(|values| values[0] = 5.0);
            assert_eq!((changed[0], read["a"][0]), (5.0, 0.0));
        }
        assert!(Growing::new(Some(folder.path())).expect("a file").finish().expect("nothing").is_empty());
        let numbers = Numbers::from(values);
        let misfit = write(&folder.path().join("x"), &[("a".to_owned(), ([2, 2], &numbers))].into());
        assert!(misfit.expect_err("misfit").to_string().contains("3000 numbers"));
    }
}
