//! From a path to bytes: whole files, their decompressed beginning, and their decompressed voxels.
//!
//! Whether a file is compressed is read from its first two bytes, not from its name.

use super::super::error::{DataError, Result};
use super::super::files::{open_regular, read_regular};
use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Checksum and length at the end of a gzip stream.
const GZIP_TRAILER: u64 = 8;

/// The longest header, NIfTI-2's.
const HEADER_BYTES: u64 = 540;

/// DEFLATE cannot compress more than 1032 to 1 (a match of 258 bytes in 2 bits).
const LARGEST_RATIO: u64 = 1040;

/// How large the voxels can be, judged by the file that holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capacity {
    /// Exactly so many bytes.
    Exactly(u64),
    /// No more than so many, compressed.
    AtMost(u64),
}

/// The bytes of an image: one file, or a header with the file of its voxels.
#[derive(Debug)]
pub struct FileBytes {
    path: PathBuf,
    bytes: Vec<u8>,
    pair: Option<Box<FileBytes>>,
}

impl FileBytes {
    /// Reads a file (and the `.img` that belongs to a `.hdr`).
    ///
    /// # Errors
    /// No such file, an empty file, or what the operating system says.
    pub fn read(path: &Path) -> Result<Self> {
        let whole = |path: &Path| -> Result<Vec<u8>> {
            check_there(path)?;
            read_regular(path).map_err(DataError::io("read", path))
        };
        let bytes = whole(path)?;
        let pair = match image_of_header(path) {
            Some(image) => {
                let bytes = whole(&image)?;
                Some(Box::new(Self { path: image, bytes, pair: None }))
            }
            None => None,
        };
        Ok(Self { path: path.to_owned(), bytes, pair })
    }

    /// The decompressed beginning of a file, enough for any header, and what its voxels' file can hold.
    ///
    /// # Errors
    /// As [`FileBytes::read`].
    pub(crate) fn head(path: &Path) -> Result<(Vec<u8>, Capacity)> {
        check_there(path)?;
        let file = open_regular(path).map_err(DataError::io("read", path))?;
        let head = beginning(path, BufReader::new(file))?;
        let voxels = image_of_header(path).unwrap_or_else(|| path.to_owned());
        check_there(&voxels)?;
        let size = std::fs::metadata(&voxels).map_err(DataError::io("read", &voxels))?.len();
        let mut magic = [0_u8; 2];
        let packed = open_regular(&voxels).and_then(|mut f| f.read_exact(&mut magic)).is_ok() && is_gzip(&magic);
        Ok((head, capacity(packed, size)))
    }

    /// The decompressed beginning, enough for any header.
    pub(crate) fn beginning(&self) -> Result<Vec<u8>> {
        beginning(&self.path, self.bytes.as_slice())
    }

    /// What the file of the voxels can hold.
    pub(crate) fn capacity(&self) -> Capacity {
        let holder = self.holder();
        capacity(is_gzip(&holder.bytes), holder.bytes.len() as u64)
    }

    /// `length` decompressed bytes from `offset` on; the rest of a compressed file is read to its end, so that a
    /// checksum that does not match is noticed.
    ///
    /// # Errors
    /// [`DataError::Truncated`] where there are fewer, [`DataError::NotNifti`] where the compression is damaged.
    pub(crate) fn voxels(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        let holder = self.holder();
        let truncated =
            |found: u64| DataError::Truncated { path: holder.path.clone(), what: "voxels", expected: length, found };
        if !is_gzip(&holder.bytes) {
            let there = (holder.bytes.len() as u64).saturating_sub(offset);
            if there < length {
                return Err(truncated(there));
            }
            let start = offset as usize;
            return Ok(holder.bytes[start..start + length as usize].to_vec());
        }
        let mut reader = MultiGzDecoder::new(holder.bytes.as_slice());
        let damaged = |e: std::io::Error, found: u64| match e.kind() {
            std::io::ErrorKind::UnexpectedEof => truncated(found),
            _ => DataError::NotNifti {
                path: holder.path.clone(),
                problem: format!("its gzip compression is damaged ({e}); copy the file again"),
            },
        };
        std::io::copy(&mut reader.by_ref().take(offset), &mut std::io::sink()).map_err(|e| damaged(e, 0))?;
        let mut bytes = Vec::with_capacity(length as usize);
        let outcome = reader.by_ref().take(length).read_to_end(&mut bytes);
        let found = bytes.len() as u64;
        outcome.map_err(|e| damaged(e, found))?;
        if found < length {
            return Err(truncated(found));
        }
        // Up to a mebibyte of padding is read, which reaches the checksum of every ordinary file.
        std::io::copy(&mut reader.take(1 << 20), &mut std::io::sink()).map_err(|e| match e.kind() {
            std::io::ErrorKind::UnexpectedEof => DataError::Truncated {
                path: holder.path.clone(),
                what: "voxels and of the gzip checksum behind them",
                expected: length + GZIP_TRAILER,
                found,
            },
            _ => damaged(e, found),
        })?;
        Ok(bytes)
    }

    /// BLAKE3 of the file (and its pair).
    pub fn hash(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.bytes);
        if let Some(pair) = &self.pair {
            hasher.update(&pair.bytes);
        }
        hasher.finalize()
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn holder(&self) -> &Self {
        self.pair.as_deref().unwrap_or(self)
    }
}

/// The `.img` (or `.img.gz`) beside a `.hdr` (or `.hdr.gz`).
fn image_of_header(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".hdr").or_else(|| name.strip_suffix(".hdr.gz"))?;
    let plain = path.with_file_name(format!("{stem}.img"));
    let packed = path.with_file_name(format!("{stem}.img.gz"));
    Some(if !plain.exists() && packed.exists() { packed } else { plain })
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn capacity(packed: bool, size: u64) -> Capacity {
    if packed { Capacity::AtMost(size.saturating_mul(LARGEST_RATIO)) } else { Capacity::Exactly(size) }
}

fn check_there(path: &Path) -> Result<()> {
    let found = std::fs::metadata(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => DataError::NotFound {
            path: path.to_owned(),
            what: "image",
            hint: "check the pattern, or fetch the file (it may be a broken link of git-annex)".into(),
        },
        _ => DataError::Io { action: "read", path: path.to_owned(), source },
    })?;
    if found.is_file() && found.len() == 0 {
        return Err(DataError::EmptyFile { path: path.to_owned() });
    }
    Ok(())
}

fn beginning(path: &Path, mut reader: impl BufRead) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEADER_BYTES as usize);
    let packed = is_gzip(reader.fill_buf().map_err(DataError::io("read", path))?);
    let outcome = if packed {
        MultiGzDecoder::new(reader).take(HEADER_BYTES).read_to_end(&mut head)
    } else {
        reader.take(HEADER_BYTES).read_to_end(&mut head)
    };
    match outcome {
        // A compressed file that ends early has what came before; the header's own length check says the rest.
        Ok(_) => Ok(head),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(head),
        Err(e) if packed => Err(DataError::NotNifti {
            path: path.to_owned(),
            problem: format!("its gzip compression is damaged ({e}); copy the file again"),
        }),
        Err(source) => Err(DataError::Io { action: "read", path: path.to_owned(), source }),
    }
}
