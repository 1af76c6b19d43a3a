//! Maps out: `.nii.gz` files that carry the affine and the header of the image they belong to.

use super::super::affine::Affine;
use super::super::error::{DataError, Result};
use super::Header;
use flate2::Compression;
use ndarray::{Array3, ArrayViewD};
use nifti::writer::WriterOptions;
use nifti::{Endianness, NiftiError, NiftiHeader};
use std::path::Path;

/// Writes an array of 1 to 7 axes as 32-bit floats. The affine goes into the sform; description, units and intent
/// come from `like`. The same input gives the same bytes, written aside and renamed into place.
///
/// # Errors
/// A name that does not end in `.nii.gz`, an axis longer than NIfTI-1 can say, or what the operating system says.
pub fn write(path: &Path, array: ArrayViewD<'_, f32>, affine: &Affine, like: Option<&Header>) -> Result<()> {
    // The writer panics on some views whose axes are permuted; a copy in C order it takes.
    let array = array.as_standard_layout();
    write_with(path, array.shape(), affine, like, |options| options.write_nifti(&array))
}

/// Writes a label map of 3 axes as 16-bit integers, otherwise as [`write()`].
///
/// # Errors
/// As [`write()`].
pub fn write_labels(path: &Path, array: &Array3<i16>, affine: &Affine, like: Option<&Header>) -> Result<()> {
    write_with(path, array.shape(), affine, like, |options| options.write_nifti(array))
}

fn write_with(
    path: &Path,
    shape: &[usize],
    affine: &Affine,
    like: Option<&Header>,
    write: impl FnOnce(WriterOptions<'_>) -> nifti::Result<()>,
) -> Result<()> {
    let refuse = |problem: String| DataError::NotNifti { path: path.to_owned(), problem };
    if !path.to_string_lossy().ends_with(".nii.gz") {
        return Err(refuse("its name must end in .nii.gz".into()));
    }
    if shape.is_empty() || shape.len() > 7 || shape.iter().any(|n| *n == 0 || *n > i16::MAX as usize) {
        return Err(refuse(format!("the shape {shape:?} does not fit NIfTI-1: 1 to 7 axes of 1 to 32767 voxels")));
    }
    let header = header_for(affine, like);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let aside = tempfile::Builder::new()
        .prefix(".writing-")
        .suffix(".nii.gz")
        .tempfile_in(folder)
        .map_err(DataError::io("write in", folder))?
        .into_temp_path();
    let options = WriterOptions::new(&aside).reference_header(&header).compression_level(Compression::new(6));
    write(options).map_err(|e| match e {
        // A full disk is one of these, and no fault of the image.
        NiftiError::Io(source) => DataError::Io { action: "write", path: path.to_owned(), source },
        e => refuse(format!("it could not be written: {e}")),
    })?;
    super::super::files::publish(aside, path)
}

fn header_for(affine: &Affine, like: Option<&Header>) -> NiftiHeader {
    let mut header = like.map_or_else(|| NiftiHeader { xyzt_units: 2, ..NiftiHeader::default() }, |h| h.fields.clone());
    let size = affine.voxel_mm();
    header.endianness = Endianness::Little;
    for (field, mm) in header.pixdim[1..4].iter_mut().zip(size) {
        *field = mm as f32;
    }
    // Only the sform is kept: a map's grid may have left the source's qform behind.
    header.qform_code = 0;
    header.sform_code = like.map(|h| h.fields.sform_code).filter(|code| *code > 0).unwrap_or(1);
    let row = |i: usize| affine.0[i].map(|v| v as f32);
    (header.srow_x, header.srow_y, header.srow_z) = (row(0), row(1), row(2));
    (header.cal_min, header.cal_max) = (0.0, 0.0);
    header
}
