//! Voxels as stored, made 32-bit floats.

use super::super::error::{DataError, Result};
use super::{FileBytes, Header, VoxelType};
use std::path::Path;

/// A volume in the order of its file (first axis fastest), scaled by the header's slope and intercept.
#[derive(Debug)]
pub struct RawVolume {
    /// What the file says of itself.
    pub header: Header,
    /// Voxels along the three axes.
    pub shape: [usize; 3],
    /// Values, first axis fastest.
    pub values: Vec<f32>,
}

impl RawVolume {
    /// Decodes one 3D volume.
    ///
    /// # Errors
    /// Everything a file can be instead of a finite 3D volume: see [`DataError`].
    pub fn decode(file: &FileBytes) -> Result<Self> {
        let path = file.path();
        let header = Header::parse(path, &file.beginning()?)?;
        let shape = header.volume_shape(path)?;
        let length = header.check_size(path, file.capacity())?;
        let stored = file.voxels(header.offset, length)?;
        let values = to_f32(&stored, &header);
        check_finite(path, &values, shape)?;
        Ok(Self { header, shape, values })
    }
}

fn check_finite(path: &Path, values: &[f32], shape: [usize; 3]) -> Result<()> {
    let Some(first) = values.iter().position(|v| !v.is_finite()) else { return Ok(()) };
    Err(DataError::NotFinite {
        path: path.to_owned(),
        count: values.iter().filter(|v| !v.is_finite()).count(),
        first: [first % shape[0], first / shape[0] % shape[1], first / shape[0] / shape[1]],
        value: values[first],
    })
}

/// Decodes and scales; the arithmetic is in 64 bits, rounded once.
fn to_f32(bytes: &[u8], header: &Header) -> Vec<f32> {
    macro_rules! decode {
        ($type:ty) => {{
            let little = header.little_endian;
            let (slope, intercept) = (header.slope, header.intercept);
            let plain = slope == 1.0 && intercept == 0.0;
            bytes
                .as_chunks::<{ size_of::<$type>() }>()
                .0
                .iter()
                .map(|b| if little { <$type>::from_le_bytes(*b) } else { <$type>::from_be_bytes(*b) })
                .map(|v| if plain { v as f32 } else { (v as f64 * slope + intercept) as f32 })
                .collect()
        }};
    }
    match header.voxel_type {
        VoxelType::U8 => decode!(u8),
        VoxelType::I8 => decode!(i8),
        VoxelType::U16 => decode!(u16),
        VoxelType::I16 => decode!(i16),
        VoxelType::U32 => decode!(u32),
        VoxelType::I32 => decode!(i32),
        VoxelType::U64 => decode!(u64),
        VoxelType::I64 => decode!(i64),
        VoxelType::F32 => decode!(f32),
        VoxelType::F64 => decode!(f64),
    }
}
