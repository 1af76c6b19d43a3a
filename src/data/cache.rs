//! Prepared volumes on disk: decoded once, mapped ever after.
//!
//! ```text
//!  key = blake3(file content, steps, version) ──▶ FOLDER/NAME.pack, which holds many ──map──▶ CachedImage
//!                                                      ▲
//!  images that are in none ──decode, side by side──▶ Filling ── a pack whenever half a minute or half a GiB is done
//! ```
//!
//! A file server is asked for a few large files, not for one an image (`cache/pack.rs`). A pack is written aside and renamed into place when
//! its table is written; a volume in it carries a checksum over its header, its values and its key. One whose checksum is wrong is made
//! again, into another pack. Packs are never changed, so that any number of processes on any number of machines map them.

mod pack;

use super::affine::Affine;
use super::error::{DataError, Result};
use super::hashes::Hashes;
use super::numbers::give_back;
use super::transform::{Image, Prepared};
use memmap2::Mmap;
use ndarray::Array4;
use pack::{Packs, Writer};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Changes when decoding or a cached step changes its meaning.
pub const VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"fxvol\0\0\x02";
/// The index of the files' hashes, in the cache's folder.
const HASHES: &str = "hashes.json";
/// Magic, four extents, label flag, twelve numbers of the affine, labelled voxels cut, checksum.
const HEADER: usize = 8 + 4 * 8 + 8 + 12 * 8 + 8 + 32;

/// A folder of prepared volumes.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    packs: Arc<Packs>,
    hashes: Arc<Hashes>,
}

/// A prepared volume, mapped into memory.
#[derive(Debug)]
pub struct CachedImage {
    map: Arc<Mmap>,
    /// Its values, as bytes of the map.
    values: Range<usize>,
    shape: [usize; 4],
    affine: Affine,
    labels: bool,
    cut: u64,
}

/// Volumes that are being put into a cache, from several threads.
pub struct Filling<'c> {
    cache: &'c Cache,
    writer: Mutex<Writer>,
}

impl Cache {
    /// Uses a folder, which is made when something is first written.
    pub fn new(folder: &Path) -> Self {
        Self::beside(folder, folder)
    }

    /// Uses a folder for volumes, on a disk of this machine perhaps, and another for what is known of files.
    pub fn beside(folder: &Path, hashes: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            packs: Arc::new(Packs::of(folder)),
            hashes: Arc::new(Hashes::open(&hashes.join(HASHES))),
        }
    }

    /// What is known of files without reading them.
    pub fn hashes(&self) -> &Hashes {
        &self.hashes
    }

    /// The volume of this key, where it is there whole.
    pub fn find(&self, key: &blake3::Hash) -> Option<CachedImage> {
        self.packs.find(key, |map, range| read(map, range, key))
    }

    /// Begins to put volumes into the cache.
    pub fn fill(&self) -> Filling<'_> {
        Filling { cache: self, writer: Mutex::new(Writer::new(&self.folder)) }
    }
}

impl Filling<'_> {
    /// Puts a volume under its key. It is found when the filling has ended, or sooner.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn put(&self, key: &blake3::Hash, prepared: &Prepared) -> Result<()> {
        let values = prepared.image.data.as_standard_layout();
        let mut bytes = vec![0; values.len() * size_of::<f32>()];
        bytes.as_chunks_mut::<4>().0.iter_mut().zip(&values).for_each(|(out, value)| *out = value.to_le_bytes());
        let header = header(prepared, &bytes, key);
        self.writer().put(key, &[&header, &bytes])
    }

    /// Ends the pack that is being written.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn end(self) -> Result<()> {
        self.writer().seal()?;
        self.cache.packs.look_again();
        Ok(())
    }

    /// A volume that was put here, read back.
    ///
    /// # Errors
    /// It is not there whole: the disk has lied.
    pub fn read_back(cache: &Cache, key: &blake3::Hash) -> Result<CachedImage> {
        cache.find(key).ok_or_else(|| DataError::Io {
            action: "read back",
            path: cache.folder.clone(),
            source: std::io::Error::other("a volume that was just written is not whole; is the disk full?"),
        })
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of an image of at least so many bytes the pages are given back when it has been read: those of everybody's whole heads would add up.
const LARGE: usize = 16 << 20;

impl CachedImage {
    /// It has been read, for now.
    fn is_read(&self) {
        if self.values.len() >= LARGE {
            give_back(&self.map, self.values.clone());
        }
    }

    fn numbers(&self) -> &[[u8; 4]] {
        self.map.get(self.values.clone()).unwrap_or_default().as_chunks::<4>().0
    }

    /// Copies it out.
    pub fn image(&self) -> Image {
        let values: Vec<f32> = self.numbers().iter().map(|b| f32::from_le_bytes(*b)).collect();
        self.is_read();
        let [c, x, y, z] = self.shape;
        // The length was compared with the shape when the volume was found.
        let data = Array4::from_shape_vec((c, x, y, z), values).unwrap_or_default();
        Image { data, affine: self.affine, labels: self.labels }
    }

    /// Copies its values into a batch, in C order; those of slices alone, one after the other, where any are asked for.
    /// `false` where `out` has another length.
    #[must_use]
    pub fn copy_to(&self, slices: Option<&[usize]>, out: &mut [f32]) -> bool {
        let values = self.numbers();
        let Some(slices) = slices else {
            let fits = out.len() == values.len();
            out.iter_mut().zip(values).for_each(|(out, bytes)| *out = f32::from_le_bytes(*bytes));
            self.is_read();
            return fits;
        };
        // Slices are of the last axis: every value of one stands behind as many as there are slices.
        let (count, each) = (self.shape[3], values.len() / self.shape[3].max(1));
        let fits = out.len() == each * slices.len() && slices.iter().all(|slice| *slice < count);
        if fits && each > 0 {
            for (slice, out) in slices.iter().zip(out.chunks_exact_mut(each)) {
                let of_slice = values[*slice..].iter().step_by(count);
                out.iter_mut().zip(of_slice).for_each(|(out, bytes)| *out = f32::from_le_bytes(*bytes));
            }
        }
        fits
    }

    /// Copies a box of voxels of every channel, in C order; `false` where it does not lie within the image or fill `out`.
    #[must_use]
    pub fn copy_box(&self, at: [usize; 3], size: [usize; 3], out: &mut [f32]) -> bool {
        let [channels, nx, ny, nz] = self.shape;
        let grid = [nx, ny, nz];
        let fits = (0..3).all(|i| at[i].checked_add(size[i]).is_some_and(|end| end <= grid[i]));
        if !fits || size.contains(&0) || out.len() != channels * size.iter().product::<usize>() {
            return false;
        }
        let values = self.numbers();
        for (line, out) in out.chunks_exact_mut(size[2]).enumerate() {
            let (channel, x, y) = (line / (size[0] * size[1]), line / size[1] % size[0], line % size[1]);
            let first = ((channel * nx + at[0] + x) * ny + at[1] + y) * nz + at[2];
            let Some(line) = values.get(first..first + size[2]) else { return false };
            out.iter_mut().zip(line).for_each(|(out, bytes)| *out = f32::from_le_bytes(*bytes));
        }
        self.is_read();
        true
    }

    /// Axial slices, as channels one after the other.
    pub fn slices(&self, slices: &[usize]) -> Image {
        let [c, x, y, _] = self.shape;
        let shape = (c * slices.len(), x, y, 1);
        let mut values = vec![0.0; shape.0 * x * y];
        let data = match self.copy_to(Some(slices), &mut values) {
            true => Array4::from_shape_vec(shape, values).unwrap_or_default(),
            false => Array4::default((0, 0, 0, 0)),
        };
        Image { data, affine: self.affine, labels: self.labels }
    }

    /// Channels and voxels along each axis.
    pub fn shape(&self) -> [usize; 4] {
        self.shape
    }

    /// Voxel to world, millimetres.
    pub fn affine(&self) -> Affine {
        self.affine
    }

    /// Whether its values are labels.
    pub fn labels(&self) -> bool {
        self.labels
    }

    /// Labelled voxels that lie outside the grid, see [`Prepared::cut`].
    pub fn cut(&self) -> u64 {
        self.cut
    }
}

fn header(Prepared { image, cut }: &Prepared, payload: &[u8], key: &blake3::Hash) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend_from_slice(MAGIC);
    for extent in image.data.shape() {
        bytes.extend_from_slice(&(*extent as u64).to_le_bytes());
    }
    bytes.extend_from_slice(&u64::from(image.labels).to_le_bytes());
    for value in image.affine.0[..3].iter().flatten() {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(&cut.to_le_bytes());
    let checksum = blake3::Hasher::new().update(key.as_bytes()).update(&bytes).update(payload).finalize();
    bytes.extend_from_slice(checksum.as_bytes());
    bytes
}

/// The volume in a part of a map, or `None` where it is not what was written under this key.
fn read(map: &Arc<Mmap>, range: Range<usize>, key: &blake3::Hash) -> Option<CachedImage> {
    let bytes = map.get(range.clone())?;
    let head = bytes.get(..HEADER)?;
    let u = |at: usize| head[at..].first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
    let f = |at: usize| u(at).map(f64::from_bits);
    let mut shape = [0_usize; 4];
    for (i, extent) in shape.iter_mut().enumerate() {
        *extent = usize::try_from(u(8 + 8 * i)?).ok()?;
    }
    let values = shape.iter().try_fold(4_usize, |n, d| n.checked_mul(*d))?;
    if !head.starts_with(MAGIC) || bytes.len() != values.checked_add(HEADER)? {
        return None;
    }
    let checksum =
        blake3::Hasher::new().update(key.as_bytes()).update(&head[..HEADER - 32]).update(&bytes[HEADER..]).finalize();
    if head[HEADER - 32..] != *checksum.as_bytes() {
        return None;
    }
    let mut affine = Affine::IDENTITY;
    for k in 0..12 {
        affine.0[k / 4][k % 4] = f(48 + 8 * k)?;
    }
    let values = range.start + HEADER..range.end;
    let image = CachedImage { map: map.clone(), values, shape, affine, labels: u(40)? == 1, cut: u(144)? };
    // The checksum has gone over all of it.
    image.is_read();
    Some(image)
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
