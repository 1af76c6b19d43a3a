//! NIfTI-1 and NIfTI-2 files, one voxel array each: `.nii`, `.nii.gz`, and pairs of `.hdr` and `.img`; and FreeSurfer's
//! `.mgh` and `.mgz`, which differ in the header. Which of them a file is its first bytes say.
//!
//! ```text
//!  path ──▶ bytes ──header──▶ Header ──voxels──▶ RawVolume (file order, f32) ──▶ Volume (RAS+)     ──write──▶ .nii.gz
//! ```
//!
//! Headers of NIfTI-1 and the writing are the `nifti` crate's. Read here are NIfTI-2 headers, which it lacks, and
//! voxels, so that nothing is allocated on the word of a header that the file's size contradicts.

mod bytes;
mod header;
mod mgh;
mod voxels;
mod write;

pub use bytes::FileBytes;
pub use header::{Header, VoxelType};
pub use voxels::RawVolume;
pub use write::{write, write_labels};

use super::error::Result;
use std::path::Path;

/// Reads the header alone: a few hundred bytes, whatever the file's size.
///
/// # Errors
/// No such file, an empty one, one that is not NIfTI, or a header that the file's size contradicts.
pub fn read_header(path: &Path) -> Result<Header> {
    let (head, size) = FileBytes::head(path)?;
    let header = Header::parse(path, &head)?;
    header.check_size(path, size)?;
    Ok(header)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod mgh_tests;
