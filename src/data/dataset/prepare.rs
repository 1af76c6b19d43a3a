//! One image prepared: found in the cache under the content that it was made of, or made and put there.
//!
//! ```text
//!  file ──hash──┐
//!               ├──▶ key ──in the cache?──▶ found
//!  file whose centre of mass it is cut around ──hash──┘   └──no──▶ both read, prepared, put there
//! ```

use super::super::cache::{Cache, CachedImage, Filling, VERSION};
use super::super::cohort::ImageFile;
use super::super::error::{DataError, Result};
use super::super::nifti::FileBytes;
use super::super::transform::{ImageChain, Prepared, centre_of_mass};
use super::super::volume::Volume;
use std::path::Path;

/// A prepared volume.
pub(super) enum Ready {
    /// It was in the cache.
    Found(Box<CachedImage>),
    /// It has been put there, under this key.
    Made(blake3::Hash),
}

/// Prepares the volume of a file; `centre` is the file whose centre of mass it is cut around, where that is another.
pub(super) fn prepare(
    file: &ImageFile,
    centre: Option<&ImageFile>,
    chain: &ImageChain,
    cache: &Cache,
    filling: &Filling<'_>,
) -> Result<Ready> {
    let known = centre.map(|file| known_content(file, cache)).transpose()?;
    let key = |content: &[u8], centre: Option<blake3::Hash>| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(content).update(&VERSION.to_le_bytes()).update(chain.cache_name().as_bytes());
        if let Some(centre) = centre {
            hasher.update(centre.as_bytes());
        }
        hasher.finalize()
    };
    // Whatever the index says, a volume is kept under the contents that it was made of.
    let find_or_make = |content: &[u8], make: &dyn Fn(Option<[f64; 3]>) -> Result<Prepared>| {
        let (read, point) = centre.map(centre_of).transpose()?.unzip();
        let key = key(content, read);
        match cache.find(&key) {
            Some(found) => Ok(Ready::Found(Box::new(found))),
            None => filling.put(&key, &make(point)?).map(|()| Ready::Made(key)),
        }
    };
    let find = |content: &[u8]| cache.find(&key(content, known)).map(|found| Ready::Found(Box::new(found)));
    match file {
        ImageFile::Path(path) => {
            let mut read = None;
            let hash = cache.hashes().of(path, || {
                let bytes = FileBytes::read(path)?;
                let hash = bytes.hash();
                read = Some(bytes);
                Ok(hash)
            })?;
            if let Some(found) = find(hash.as_bytes()) {
                return Ok(found);
            }
            let (bytes, hash) = match read {
                Some(bytes) => (bytes, hash),
                None => {
                    let bytes = FileBytes::read(path)?;
                    let hash = bytes.hash();
                    (bytes, hash)
                }
            };
            find_or_make(hash.as_bytes(), &|point| {
                chain.prepare_around(&Volume::decode(&bytes)?, point).map_err(|e| in_file(e, path))
            })
        }
        ImageFile::Scan { .. } => {
            let identity = file.identity();
            match find(identity.as_bytes()) {
                Some(found) => Ok(found),
                None => find_or_make(identity.as_bytes(), &|point| chain.prepare_around(&file.paint()?, point)),
            }
        }
    }
}

/// What a file holds, as far as the index knows it; else it is read.
fn known_content(file: &ImageFile, cache: &Cache) -> Result<blake3::Hash> {
    match file {
        ImageFile::Path(path) => cache.hashes().of(path, || Ok(FileBytes::read(path)?.hash())),
        ImageFile::Scan { .. } => Ok(blake3::hash(file.identity().as_bytes())),
    }
}

/// What a file holds, and its centre of mass in millimetres.
fn centre_of(file: &ImageFile) -> Result<(blake3::Hash, [f64; 3])> {
    match file {
        ImageFile::Path(path) => {
            let bytes = FileBytes::read(path)?;
            let centre = centre_of_mass(&Volume::decode(&bytes)?).map_err(|e| in_file(e, path))?;
            Ok((bytes.hash(), centre))
        }
        ImageFile::Scan { .. } => Ok((blake3::hash(file.identity().as_bytes()), centre_of_mass(&file.paint()?)?)),
    }
}

/// Names the file where a step failed that knows only voxels.
fn in_file(error: DataError, path: &Path) -> DataError {
    match error {
        DataError::Step { step, problem } => {
            DataError::Step { step, problem: format!("{}: {problem}", path.display()) }
        }
        other => other,
    }
}
