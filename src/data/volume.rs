//! A 3D image in memory: voxel axes to the right, to the front and up, whatever the file's own order.
//!
//! ```text
//!  .nii / .nii.gz / .hdr+.img ──read──▶ Volume ──▶ transform, cache, maps
//! ```
//!
//! Axes are permuted and flipped, never interpolated, as nibabel's `as_closest_canonical`; the affine follows.

use super::affine::{Affine, Orientation};
use super::error::{DataError, Result};
use super::nifti::{FileBytes, Header, RawVolume};
use ndarray::{Array3, ArrayView3, Axis, ShapeBuilder};
use std::path::Path;

/// A volume in RAS+ voxel order.
#[derive(Debug, Clone)]
pub struct Volume {
    /// Values by `[right, front, up]`, in C order.
    pub data: Array3<f32>,
    /// Voxel to world, millimetres.
    pub affine: Affine,
    /// The header of the file it was read from (its shape and affine are the file's own); none where it was painted.
    pub header: Option<Header>,
}

impl Volume {
    /// Reads an image and brings it to RAS+.
    ///
    /// # Errors
    /// No such file, an empty or truncated one, another format, a fourth axis, voxels that are not finite: each names
    /// the file.
    pub fn read(path: &Path) -> Result<Self> {
        Self::decode(&FileBytes::read(path)?)
    }

    /// The same of bytes that were read already.
    ///
    /// # Errors
    /// As [`Volume::read`].
    pub fn decode(file: &FileBytes) -> Result<Self> {
        let raw = RawVolume::decode(file)?;
        let malformed = |problem: &str| DataError::NotNifti { path: file.path().to_owned(), problem: problem.into() };
        let orientation =
            Orientation::of(&raw.header.affine).ok_or_else(|| malformed("its affine's axes are not independent"))?;
        let view = ArrayView3::from_shape(raw.shape.f(), &raw.values)
            .map_err(|_| malformed("its voxels do not fill its shape"))?;
        let mut view = view.permuted_axes(orientation.source_axes());
        for (world, source) in orientation.source_axes().into_iter().enumerate() {
            if orientation.flipped[source] {
                view.invert_axis(Axis(world));
            }
        }
        let affine = orientation.reoriented(&raw.header.affine, raw.shape);
        // Files run along the first axis, memory along the last.
        let mut data = Array3::zeros(view.raw_dim());
        data.assign(&view);
        Ok(Self { data, affine, header: Some(raw.header) })
    }

    /// Voxels along each axis.
    pub fn shape(&self) -> [usize; 3] {
        self.data.dim().into()
    }
}
