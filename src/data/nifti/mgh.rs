//! FreeSurfer's volumes, `.mgh` and `.mgz`: a header of 284 bytes, always big-endian, and voxels right behind it.
//!
//! Only the header differs from NIfTI's; what it says becomes the same [`Header`], and voxels are read by the same code.
//! What may stand behind the voxels (scan parameters, tags) is passed over.

use super::super::affine::Affine;
use super::super::error::{DataError, Result};
use super::header::{Header, VoxelType};
use nifti::{Endianness, NiftiHeader};
use std::path::Path;

/// Where the voxels begin.
const HEADER_BYTES: usize = 284;

/// The only version there is, which no NIfTI header starts with.
const VERSION: i32 = 1;

/// Whether a (decompressed) beginning is that of an MGH file.
pub(super) fn is_mgh(head: &[u8]) -> bool {
    head.first_chunk::<4>().is_some_and(|b| i32::from_be_bytes(*b) == VERSION)
}

/// Parses the (decompressed) beginning of a file.
///
/// # Errors
/// Too few bytes, axes that are not positive, a voxel type that is not a number, or directions in the world that are not
/// independent.
pub(super) fn parse(path: &Path, head: &[u8]) -> Result<Header> {
    let found = head.len() as u64;
    let short = || DataError::Truncated { path: path.into(), what: "header", expected: HEADER_BYTES as u64, found };
    let head: &[u8; HEADER_BYTES] = head.first_chunk().ok_or_else(short)?;
    header(head).map_err(|problem| DataError::NotNifti { path: path.to_owned(), problem })
}

fn header(head: &[u8; HEADER_BYTES]) -> std::result::Result<Header, String> {
    let four = |at: usize| -> [u8; 4] { std::array::from_fn(|i| head[at + i]) };
    let int = |at: usize| i32::from_be_bytes(four(at));
    let float = |at: usize| f32::from_be_bytes(four(at));
    let extents: [i32; 4] = std::array::from_fn(|i| int(4 + 4 * i));
    let mut shape = Vec::with_capacity(4);
    for extent in extents {
        match usize::try_from(extent) {
            Ok(n) if n > 0 => shape.push(n),
            _ => return Err(format!("its axes are {extents:?}, expected positive numbers")),
        }
    }
    if shape[3] == 1 {
        shape.truncate(3);
    }
    let (voxel_type, datatype) = voxel_type(int(20))?;
    let placed = i16::from_be_bytes([head[28], head[29]]) != 0;
    // Without a place in the world FreeSurfer takes voxels of 1 mm, in coronal slices from back to front, around the origin
    // (`mghRead` in `mri.cpp`). nibabel 5 turns these upside down and back to front.
    let (size, directions, centre) = if placed {
        (
            std::array::from_fn(|i| float(30 + 4 * i)),
            std::array::from_fn(|axis| std::array::from_fn(|i| float(42 + 12 * axis + 4 * i))),
            std::array::from_fn(|i| float(78 + 4 * i)),
        )
    } else {
        ([1.0_f32; 3], [[-1.0_f32, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]], [0.0_f32; 3])
    };
    // Directions stand one voxel axis behind the other. Products are rounded to 32 bits as in nibabel, whose affine this is.
    let linear: [[f64; 3]; 3] =
        std::array::from_fn(|i| std::array::from_fn(|axis| f64::from(directions[axis][i] * size[axis])));
    let origin = std::array::from_fn(|i| {
        let half: f64 = (0..3).map(|axis| linear[i][axis] * shape[axis] as f64).sum::<f64>() / 2.0;
        f64::from(centre[i]) - half
    });
    let affine = Affine::new(linear, origin);
    if !affine.is_usable() {
        return Err(format!(
            "its directions {directions:?} and voxel sizes {size:?} do not place the voxels in the world; write it anew with \
             mri_convert"
        ));
    }
    let row = |i: usize| affine.0[i].map(|v| v as f32);
    let mut fields = NiftiHeader {
        datatype,
        xyzt_units: 2,
        sform_code: 1,
        srow_x: row(0),
        srow_y: row(1),
        srow_z: row(2),
        endianness: Endianness::Little,
        ..NiftiHeader::default()
    };
    fields.pixdim[1..4].copy_from_slice(&size);
    Ok(Header {
        shape,
        voxel_type,
        voxel_mm: affine.voxel_mm(),
        affine,
        slope: 1.0,
        intercept: 0.0,
        little_endian: false,
        offset: HEADER_BYTES as u64,
        fields,
    })
}

/// By FreeSurfer's numbers (`mri.h`), with NIfTI's.
fn voxel_type(code: i32) -> std::result::Result<(VoxelType, i16), String> {
    Ok(match code {
        0 => (VoxelType::U8, 2),
        1 => (VoxelType::I32, 8),
        3 => (VoxelType::F32, 16),
        4 => (VoxelType::I16, 4),
        10 => (VoxelType::U16, 512),
        other => {
            let name = match other {
                2 => "64-bit integers",
                5 => "single bits",
                6 => "tensors",
                7 | 8 => "complex numbers",
                9 => "colours",
                _ => "an unknown type",
            };
            return Err(format!(
                "its voxels are {name} (MGH type {other}), expected uchar (0), int (1), float (3), short (4) or ushort (10); \
                 `mri_convert -odt float` makes them floats"
            ));
        }
    })
}
