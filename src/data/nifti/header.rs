//! Headers: what an image says of itself, checked before anything is believed.

use super::super::affine::Affine;
use super::super::error::{DataError, Result};
use super::bytes::Capacity;
use super::mgh;
use nifti::{Endianness, NiftiHeader};
use std::path::Path;

/// What voxels are stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoxelType {
    /// `DT_UINT8`
    U8,
    /// `DT_INT8`
    I8,
    /// `DT_UINT16`
    U16,
    /// `DT_INT16`
    I16,
    /// `DT_UINT32`
    U32,
    /// `DT_INT32`
    I32,
    /// `DT_UINT64`
    U64,
    /// `DT_INT64`
    I64,
    /// `DT_FLOAT32`
    F32,
    /// `DT_FLOAT64`
    F64,
}

impl VoxelType {
    /// From the header's `datatype`.
    fn from_code(code: i16) -> std::result::Result<Self, String> {
        Ok(match code {
            2 => Self::U8,
            4 => Self::I16,
            8 => Self::I32,
            16 => Self::F32,
            64 => Self::F64,
            256 => Self::I8,
            512 => Self::U16,
            768 => Self::U32,
            1024 => Self::I64,
            1280 => Self::U64,
            other => {
                let name = match other {
                    1 => "1 bit a voxel",
                    32 | 1792 | 2048 => "complex numbers",
                    128 | 2304 => "colours",
                    1536 => "128-bit floats",
                    _ => "an unknown type",
                };
                return Err(format!(
                    "its voxels are {name} (datatype {other}), expected integers or floats of 8 to 64 bits"
                ));
            }
        })
    }

    /// Bytes a voxel.
    pub fn size(self) -> u64 {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }
}

/// A header that was checked: its shape is positive, its type is known, its affine can be inverted.
#[derive(Debug, Clone)]
pub struct Header {
    /// Voxels along each axis of the file; trailing axes of one voxel are kept.
    pub shape: Vec<usize>,
    /// What they are stored as.
    pub voxel_type: VoxelType,
    /// Millimetres a voxel of the first three axes, as `pixdim` has them.
    pub voxel_mm: [f64; 3],
    /// Voxel to world: sform, else qform, else (as nibabel) `pixdim` around the centre with x running to the left.
    pub affine: Affine,
    /// `value = stored * slope + intercept`; 1 where the header has 0 or something that is not a number.
    pub slope: f64,
    /// See `slope`.
    pub intercept: f64,
    pub(super) little_endian: bool,
    pub(super) offset: u64,
    /// The fields as NIfTI-1 has them, for files that are written like this one.
    pub(super) fields: NiftiHeader,
}

impl Header {
    /// Parses the (decompressed) beginning of a file, NIfTI or FreeSurfer's MGH.
    ///
    /// # Errors
    /// Too few bytes, no magic of NIfTI, axes that are not positive, an unknown voxel type, or axes in the world that
    /// are not independent.
    pub fn parse(path: &Path, head: &[u8]) -> Result<Self> {
        if mgh::is_mgh(head) {
            return mgh::parse(path, head);
        }
        let refuse = |problem: String| DataError::NotNifti { path: path.to_owned(), problem };
        let Some(size) = head.first_chunk::<4>() else {
            return Err(DataError::Truncated {
                path: path.into(),
                what: "header",
                expected: 348,
                found: head.len() as u64,
            });
        };
        let (version, little) = match (i32::from_le_bytes(*size), i32::from_be_bytes(*size)) {
            (348, _) => (1, true),
            (_, 348) => (1, false),
            (540, _) => (2, true),
            (_, 540) => (2, false),
            (found, _) => {
                return Err(refuse(format!(
                    "it starts with {found}, expected the header size 348 (NIfTI-1) or 540 (NIfTI-2), or the version 1 of an MGH file"
                )));
            }
        };
        let expected = if version == 1 { 348 } else { 540 };
        if head.len() < expected {
            return Err(DataError::Truncated {
                path: path.into(),
                what: "header",
                expected: expected as u64,
                found: head.len() as u64,
            });
        }
        if version == 1 {
            Self::parse_1(head, little).map_err(refuse)
        } else {
            Self::parse_2(head, little).map_err(refuse)
        }
    }

    fn parse_1(head: &[u8], little_endian: bool) -> std::result::Result<Self, String> {
        let mut fields = NiftiHeader::from_reader(head).map_err(|_| {
            let magic = String::from_utf8_lossy(&head[344..348]).escape_debug().to_string();
            format!("its magic is `{magic}`, expected `n+1` or `ni1` (ANALYZE 7.5 files have none: convert the file)")
        })?;
        let says_little = matches!(fields.endianness, Endianness::Little);
        if says_little != little_endian {
            return Err(format!("its number of axes is {}, expected 1 to 7", fields.dim[0]));
        }
        let dim = fields.dim.map(|d| i64::from(d as i16));
        let header_only = &fields.magic == b"ni1\0";
        let offset = f64::from(fields.vox_offset);
        fields.fix();
        let row = |r: [f32; 4]| r.map(f64::from);
        let placement = Placement {
            sform: (fields.sform_code > 0).then(|| [row(fields.srow_x), row(fields.srow_y), row(fields.srow_z)]),
            has_qform: fields.qform_code > 0,
            quaternion: [fields.quatern_b, fields.quatern_c, fields.quatern_d].map(f64::from),
            offset: [fields.quatern_x, fields.quatern_y, fields.quatern_z].map(f64::from),
            pixdim: std::array::from_fn(|i| f64::from(fields.pixdim[i])),
        };
        let scale = scaling(f64::from(fields.scl_slope), f64::from(fields.scl_inter));
        finish(Raw { dim, little_endian, offset, header_only, smallest_offset: 348.0, placement, scale }, fields)
    }

    fn parse_2(head: &[u8], little_endian: bool) -> std::result::Result<Self, String> {
        let r = Reader { head, little: little_endian };
        let magic = &head[4..8];
        if magic != b"n+2\0" && magic != b"ni2\0" {
            let magic = String::from_utf8_lossy(magic).escape_debug().to_string();
            return Err(format!("its magic is `{magic}`, expected `n+2` or `ni2`"));
        }
        let dim: [i64; 8] = std::array::from_fn(|i| r.i64(16 + 8 * i));
        let f = |at: usize| r.f64(at) as f32;
        let quad = |at: usize| std::array::from_fn(|i| f(at + 8 * i));
        let mut fields = NiftiHeader {
            datatype: r.i16(12),
            intent_p1: f(80),
            intent_p2: f(88),
            intent_p3: f(96),
            pixdim: std::array::from_fn(|i| f(104 + 8 * i)),
            scl_slope: f(176),
            scl_inter: f(184),
            cal_max: f(192),
            cal_min: f(200),
            descrip: head[240..320].to_vec(),
            qform_code: r.i32(344) as i16,
            sform_code: r.i32(348) as i16,
            quatern_b: f(352),
            quatern_c: f(360),
            quatern_d: f(368),
            quatern_x: f(376),
            quatern_y: f(384),
            quatern_z: f(392),
            srow_x: quad(400),
            srow_y: quad(432),
            srow_z: quad(464),
            xyzt_units: r.i32(500) as u8,
            intent_code: r.i32(504) as i16,
            ..NiftiHeader::default()
        };
        fields.aux_file.copy_from_slice(&head[320..344]);
        fields.intent_name.copy_from_slice(&head[508..524]);
        fields.fix();
        let offset = r.i64(168) as f64;
        let three = |at: usize| std::array::from_fn(|i| r.f64(at + 8 * i));
        let row = |at: usize| std::array::from_fn(|i| r.f64(at + 8 * i));
        let placement = Placement {
            sform: (fields.sform_code > 0).then(|| [row(400), row(432), row(464)]),
            has_qform: fields.qform_code > 0,
            quaternion: three(352),
            offset: three(376),
            pixdim: std::array::from_fn(|i| r.f64(104 + 8 * i)),
        };
        let scale = scaling(r.f64(176), r.f64(184));
        let header_only = magic == b"ni2\0";
        finish(Raw { dim, little_endian, offset, header_only, smallest_offset: 540.0, placement, scale }, fields)
    }

    /// Bytes of the voxels.
    pub fn voxel_bytes(&self) -> Option<u64> {
        self.shape.iter().try_fold(self.voxel_type.size(), |n, d| n.checked_mul(*d as u64))
    }

    /// Compares what the header announces with what its file can hold.
    pub(super) fn check_size(&self, path: &Path, capacity: Capacity) -> Result<u64> {
        let refuse = || DataError::NotNifti {
            path: path.to_owned(),
            problem: format!("its header announces the shape {:?}, far more than the file can hold", self.shape),
        };
        let needed = self.voxel_bytes().ok_or_else(refuse)?;
        let end = needed.checked_add(self.offset).ok_or_else(refuse)?;
        match capacity {
            Capacity::Exactly(size) if end > size => Err(DataError::Truncated {
                path: path.to_owned(),
                what: "voxels",
                expected: needed,
                found: size.saturating_sub(self.offset),
            }),
            Capacity::AtMost(most) if end > most => Err(refuse()),
            _ => Ok(needed),
        }
    }

    /// The three spatial axes; later axes must have one voxel.
    ///
    /// # Errors
    /// [`DataError::Shape`] for an image with a fourth axis.
    pub fn volume_shape(&self, path: &Path) -> Result<[usize; 3]> {
        if self.shape.iter().skip(3).any(|n| *n != 1) {
            return Err(DataError::Shape {
                path: path.to_owned(),
                expected: "one 3D volume".into(),
                found: self.shape.clone(),
                hint: "choose one volume of the series, or average them, before this step",
            });
        }
        Ok(std::array::from_fn(|i| self.shape.get(i).copied().unwrap_or(1)))
    }
}

/// What both versions say, before it is checked.
struct Raw {
    dim: [i64; 8],
    little_endian: bool,
    offset: f64,
    header_only: bool,
    smallest_offset: f64,
    placement: Placement,
    scale: (f64, f64),
}

/// Where voxels are, in the version's own precision.
struct Placement {
    sform: Option<[[f64; 4]; 3]>,
    has_qform: bool,
    quaternion: [f64; 3],
    offset: [f64; 3],
    pixdim: [f64; 4],
}

fn finish(raw: Raw, fields: NiftiHeader) -> std::result::Result<Header, String> {
    let axes = raw.dim[0];
    if !(1..=7).contains(&axes) {
        return Err(format!("its number of axes is {axes}, expected 1 to 7"));
    }
    let dims = &raw.dim[1..=axes as usize];
    let mut shape = Vec::with_capacity(dims.len());
    for n in dims {
        match usize::try_from(*n) {
            Ok(n) if n > 0 => shape.push(n),
            _ => return Err(format!("its axes are {dims:?}, expected positive numbers")),
        }
    }
    let voxel_type = VoxelType::from_code(fields.datatype)?;
    let smallest = if raw.header_only { 0.0 } else { raw.smallest_offset };
    // Some writers leave 0 for "right after the header".
    let offset = if raw.offset == 0.0 && !raw.header_only { raw.smallest_offset + 4.0 } else { raw.offset };
    if !(smallest..=1e15).contains(&offset) {
        return Err(format!("its voxels are said to start at byte {offset}, expected {smallest} or later"));
    }
    let voxel_mm = std::array::from_fn(|i| match raw.placement.pixdim[i + 1].abs() {
        0.0 => 1.0,
        size => size,
    });
    let affine = checked(raw.placement.affine(&shape, voxel_mm)?)?;
    let (slope, intercept) = raw.scale;
    Ok(Header {
        shape,
        voxel_type,
        voxel_mm,
        affine,
        slope,
        intercept,
        little_endian: raw.little_endian,
        offset: offset as u64,
        fields,
    })
}

/// A slope of 0, or one that is not finite, means that values are as stored.
fn scaling(slope: f64, intercept: f64) -> (f64, f64) {
    if slope == 0.0 || !slope.is_finite() {
        (1.0, 0.0)
    } else {
        (slope, if intercept.is_finite() { intercept } else { 0.0 })
    }
}

fn checked(affine: Affine) -> std::result::Result<Affine, String> {
    if affine.is_usable() {
        Ok(affine)
    } else {
        Err(format!("its affine {:?} does not place the voxels in the world; set the sform", affine.0))
    }
}

impl Placement {
    fn affine(&self, shape: &[usize], size: [f64; 3]) -> std::result::Result<Affine, String> {
        if let Some([x, y, z]) = self.sform {
            return Ok(Affine([x, y, z, [0.0, 0.0, 0.0, 1.0]]));
        }
        if self.has_qform {
            let [b, c, d] = self.quaternion;
            let rest = 1.0 - (b * b + c * c + d * d);
            // As far below 0 as rounding to 32 bits can bring it.
            if rest < -3.0 * f64::from(f32::EPSILON) {
                return Err("its qform is not a rotation (its quaternion is longer than 1); set the sform".into());
            }
            let a = rest.max(0.0).sqrt();
            let rotation = rotation([a, b, c, d]);
            let handed = if self.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
            let scale = [size[0], size[1], size[2] * handed];
            let linear = std::array::from_fn(|i| std::array::from_fn(|j| rotation[i][j] * scale[j]));
            return Ok(Affine::new(linear, self.offset));
        }
        let scale = [-size[0], size[1], size[2]];
        let centre: [f64; 3] = std::array::from_fn(|i| (shape.get(i).copied().unwrap_or(1) as f64 - 1.0) / 2.0);
        let linear = std::array::from_fn(|i| std::array::from_fn(|j| if i == j { scale[i] } else { 0.0 }));
        Ok(Affine::new(linear, std::array::from_fn(|i| -centre[i] * scale[i])))
    }
}

/// The rotation of a quaternion, which is brought to length 1.
fn rotation(quaternion: [f64; 4]) -> [[f64; 3]; 3] {
    let length = quaternion.iter().map(|v| v * v).sum::<f64>().sqrt();
    let [a, b, c, d] = quaternion.map(|v| v / length);
    [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c],
    ]
}

/// Numbers at fixed places of a NIfTI-2 header, whose length was checked.
struct Reader<'a> {
    head: &'a [u8],
    little: bool,
}

impl Reader<'_> {
    fn at<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes: [u8; N] = std::array::from_fn(|i| self.head[at + i]);
        if !self.little {
            bytes.reverse();
        }
        bytes
    }

    fn i16(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.at(at))
    }

    fn i32(&self, at: usize) -> i32 {
        i32::from_le_bytes(self.at(at))
    }

    fn i64(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.at(at))
    }

    fn f64(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.at(at))
    }
}
