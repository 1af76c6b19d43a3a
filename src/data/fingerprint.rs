//! The content of the files that are read, as one hash: a task whose files changed is another task.

use super::bids::FilePattern;
use super::cohort::{CohortData, ImageFile};
use super::error::{DataError, Result};
use super::hashes::Hashes;
use super::nifti::FileBytes;
use fascicle_lang::program::{InputSource, InputSpec};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// BLAKE3 (hex) over the tables and the images that these inputs read from a cohort: file by file in sorted order,
/// the path within the cohort left out, so that a moved folder keeps its hash. A phantom is its specification.
///
/// # Errors
/// A pattern that matches several files of a subject, or a file that cannot be read.
pub fn content_hash(cohort: &CohortData, inputs: &[InputSpec]) -> Result<String> {
    content_hash_with(cohort, inputs, &Hashes::default())
}

/// The same where some files need not be read again.
///
/// # Errors
/// As [`content_hash`].
pub fn content_hash_with(cohort: &CohortData, inputs: &[InputSpec], known: &Hashes) -> Result<String> {
    let mut parts: BTreeMap<String, blake3::Hash> = BTreeMap::new();
    for (i, path) in cohort.table_paths().into_iter().enumerate() {
        let read = || Ok(blake3::hash(&super::files::read_regular(path).map_err(DataError::io("read", path))?));
        let name = cohort.table_name(path);
        parts.insert(format!("table {i:06} {name}"), known.of(path, read)?);
    }
    let mut files: BTreeMap<String, ImageFile> = BTreeMap::new();
    for spec in inputs.iter().filter(|i| i.cohort.as_ref().is_none_or(|name| *name == cohort.name)) {
        let InputSource::Image { pattern, .. } = &spec.source else { continue };
        // An image that is cut around another's centre of mass depends on both.
        for pattern in std::iter::once(pattern.as_str()).chain(spec.source.centred_on()) {
            let compiled = FilePattern::new(pattern)?;
            for record in 0..cohort.records.len() {
                if let Some(file) = cohort.image(record, &compiled)? {
                    files.insert(format!("image {pattern} {}", cohort.records[record].name()), file);
                }
            }
        }
    }
    let images: Vec<(String, blake3::Hash)> = files
        .into_par_iter()
        .map(|(name, file)| {
            Ok((
                name,
                match &file {
                    ImageFile::Path(path) => known.of(path, || Ok(FileBytes::read(path)?.hash()))?,
                    ImageFile::Scan { .. } => blake3::hash(file.identity().as_bytes()),
                },
            ))
        })
        .collect::<Result<_>>()?;
    parts.extend(images);
    let mut hasher = blake3::Hasher::new();
    if cohort.is_phantom() {
        hasher.update(cohort.origin.as_bytes());
    }
    for (name, hash) in &parts {
        hasher.update(name.as_bytes()).update(&[0]).update(hash.as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}
