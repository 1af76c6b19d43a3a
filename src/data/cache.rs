//! Prepared volumes on disk: decoded once, mapped ever after.
//!
//! ```text
//!  key = blake3(file content, steps, version) ──▶ FOLDER/ab/abcdef...vol ──map──▶ Image
//! ```
//!
//! A file is a header of `HEADER` bytes (magic, shape, affine, what was cut, checksum) and the values as little-endian
//! 32-bit floats. The checksum is over the key too, so that a whole volume under another's name is none. It is written
//! aside and renamed into place; one that is short or whose checksum is wrong is made again.

use super::affine::Affine;
use super::error::{DataError, Result};
use super::files::write_aside;
use super::hashes::Hashes;
use super::transform::{Image, Prepared};
use memmap2::Mmap;
use ndarray::Array4;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    hashes: Arc<Hashes>,
}

/// A prepared volume, mapped into memory.
#[derive(Debug)]
pub struct CachedImage {
    map: Mmap,
    shape: [usize; 4],
    affine: Affine,
    labels: bool,
    cut: u64,
}

impl Cache {
    /// Uses a folder, which is made when something is first written.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), hashes: Arc::new(Hashes::open(&folder.join(HASHES))) }
    }

    /// What is known of files without reading them.
    pub fn hashes(&self) -> &Hashes {
        &self.hashes
    }

    /// The volume of this key, where it is there whole.
    pub fn find(&self, key: &blake3::Hash) -> Option<CachedImage> {
        open(&self.path(key), key)
    }

    fn path(&self, key: &blake3::Hash) -> PathBuf {
        let name = key.to_hex();
        self.folder.join(&name[..2]).join(format!("{name}.vol"))
    }

    /// The volume of this key, made by `make` where it is not there whole.
    ///
    /// # Errors
    /// What `make` returns, or what the operating system says.
    pub fn get(&self, key: &blake3::Hash, make: impl FnOnce() -> Result<Prepared>) -> Result<CachedImage> {
        let path = self.path(key);
        if let Some(found) = open(&path, key) {
            return Ok(found);
        }
        let prepared = make()?;
        let values = prepared.image.data.as_standard_layout();
        let mut bytes = vec![0; values.len() * size_of::<f32>()];
        bytes.as_chunks_mut::<4>().0.iter_mut().zip(&values).for_each(|(out, value)| *out = value.to_le_bytes());
        write_aside(&path, &[&header(&prepared, &bytes, key), &bytes])?;
        open(&path, key).ok_or_else(|| DataError::Io {
            action: "read back",
            path: path.clone(),
            source: std::io::Error::other("the file that was just written is not whole; is the disk full?"),
        })
    }
}

impl CachedImage {
    /// Copies it out.
    pub fn image(&self) -> Image {
        let values: Vec<f32> = self.map[HEADER..].as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        let [c, x, y, z] = self.shape;
        // The length was compared with the shape when the file was opened.
        let data = Array4::from_shape_vec((c, x, y, z), values).unwrap_or_default();
        Image { data, affine: self.affine, labels: self.labels }
    }

    /// Copies its values into a batch, in C order; those of slices alone, one after the other, where any are asked for.
    /// `false` where `out` has another length.
    #[must_use]
    pub fn copy_to(&self, slices: Option<&[usize]>, out: &mut [f32]) -> bool {
        let values = self.map[HEADER..].as_chunks::<4>().0;
        let Some(slices) = slices else {
            let fits = out.len() == values.len();
            out.iter_mut().zip(values).for_each(|(out, bytes)| *out = f32::from_le_bytes(*bytes));
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

/// The volume, or `None` where the file is absent, short, or not what was written under this key.
fn open(path: &Path, key: &blake3::Hash) -> Option<CachedImage> {
    let file = File::open(path).ok()?;
    // SAFETY: the file is written aside, renamed into place and never changed after; a process that changes it all the
    // same can change the values read, not their number, which is checked below.
    let map = unsafe { Mmap::map(&file) }.ok()?;
    let head = map.get(..HEADER)?;
    let u = |at: usize| head[at..].first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
    let f = |at: usize| u(at).map(f64::from_bits);
    let mut shape = [0_usize; 4];
    for (i, extent) in shape.iter_mut().enumerate() {
        *extent = usize::try_from(u(8 + 8 * i)?).ok()?;
    }
    let values = shape.iter().try_fold(4_usize, |n, d| n.checked_mul(*d))?;
    if !head.starts_with(MAGIC) || map.len() != values.checked_add(HEADER)? {
        return None;
    }
    let checksum =
        blake3::Hasher::new().update(key.as_bytes()).update(&head[..HEADER - 32]).update(&map[HEADER..]).finalize();
    if head[HEADER - 32..] != *checksum.as_bytes() {
        return None;
    }
    let mut affine = Affine::IDENTITY;
    for k in 0..12 {
        affine.0[k / 4][k % 4] = f(48 + 8 * k)?;
    }
    Some(CachedImage { shape, affine, labels: u(40)? == 1, cut: u(144)?, map })
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
