//! What a phantom is asked to be: its specification, the contrasts it can paint, and what can be wrong with either.
//!
//! A [`PhantomSpec`] comes in from a `.fx` file or the command line; [`PhantomSpec::validated`] is the gate that
//! every phantom passes before anything is drawn.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Extent, in mm, that a derived voxel size covers: a head with a little air around it (right, front, up).
const FIELD_OF_VIEW_MM: [f64; 3] = [160.0, 190.0, 160.0];

/// One kind of scan. The names are the BIDS suffixes of the MRI contrasts, and `PET`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Contrast {
    /// T1-weighted: white matter brightest, fluid dark.
    T1w,
    /// T2-weighted: fluid brightest.
    T2w,
    /// Fluid-attenuated inversion recovery: fluid dark, lesions brightest.
    #[serde(rename = "FLAIR")]
    Flair,
    /// Glucose-like tracer uptake: grey matter brightest, blurred.
    #[serde(rename = "PET")]
    Pet,
}

impl Contrast {
    /// Every contrast, in the order in which they are stored and written.
    pub const ALL: [Contrast; 4] = [Contrast::T1w, Contrast::T2w, Contrast::Flair, Contrast::Pet];

    /// The name used in specifications: `T1w`, `T2w`, `FLAIR` or `PET`.
    pub fn name(self) -> &'static str {
        match self {
            Contrast::T1w => "T1w",
            Contrast::T2w => "T2w",
            Contrast::Flair => "FLAIR",
            Contrast::Pet => "PET",
        }
    }

    /// The BIDS data type, which is the folder's name: `anat` or `pet`.
    pub fn folder(self) -> &'static str {
        match self {
            Contrast::Pet => "pet",
            _ => "anat",
        }
    }

    /// The BIDS suffix of the file's name; it differs from [`Contrast::name`] for `pet` alone.
    pub fn suffix(self) -> &'static str {
        match self {
            Contrast::Pet => "pet",
            other => other.name(),
        }
    }
}

impl fmt::Display for Contrast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How many people, how large their volumes, and how hard the data are made.
///
/// Everything the phantom paints or tabulates for one subject follows from this and the subject's index; `subjects`
/// only says how many there are, so that a smaller phantom is a prefix of a larger one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhantomSpec {
    /// Number of people, at least 4.
    pub subjects: usize,
    /// The one number from which every random draw starts.
    pub seed: u64,
    /// Voxels to the right, to the front and up; 16 to 256 each.
    pub shape: [usize; 3],
    /// Edge of a voxel in mm, 0.5 to 20; when absent, what makes the field of view hold a head
    /// (about 160 x 190 x 160 mm).
    pub voxel_mm: Option<f64>,
    /// The scans that exist, each named once.
    pub contrasts: Vec<Contrast>,
    /// Share of scans other than T1w that are missing, 0 to 1.
    pub missing_scan: f64,
    /// Share of clinical cells that are missing, 0 to 1. Identifier, site, diagnosis and severity never are.
    pub missing_cell: f64,
    /// Standard deviation of the thermal noise, as a share of the contrast's brightest tissue, 0 to 1.
    pub noise: f64,
    /// Root mean square of the individual deformation along each axis in mm, 0 to 6.
    pub deformation: f64,
    /// Number of sites, at least 1, each with its own intensity scale and noise.
    pub sites: usize,
}

impl Default for PhantomSpec {
    fn default() -> Self {
        PhantomSpec {
            subjects: 120,
            seed: 0,
            shape: [48, 56, 48],
            voxel_mm: None,
            contrasts: Contrast::ALL.to_vec(),
            missing_scan: 0.1,
            missing_cell: 0.03,
            noise: 0.03,
            deformation: 1.0,
            sites: 3,
        }
    }
}

impl PhantomSpec {
    /// The specification itself if a phantom can be made from it, or the first thing that is wrong with it.
    pub fn validated(self) -> Result<Self, PhantomError> {
        let refuse = |field: &'static str, expected: &'static str, found: String| {
            Err(PhantomError::Spec { field, expected, found })
        };
        if self.subjects < 4 {
            return refuse("subjects", "at least 4", self.subjects.to_string());
        }
        if self.shape.iter().any(|n| !(16..=256).contains(n)) {
            return refuse("shape", "16 to 256 voxels along each axis", format!("{:?}", self.shape));
        }
        if let Some(edge) = self.voxel_mm
            && !(0.5..=20.0).contains(&edge)
        {
            return refuse("voxel_mm", "0.5 to 20 mm", edge.to_string());
        }
        if self.contrasts.is_empty() {
            return refuse("contrasts", "at least one contrast", "none".into());
        }
        for (i, contrast) in self.contrasts.iter().enumerate() {
            if self.contrasts[..i].contains(contrast) {
                return refuse("contrasts", "each contrast once", format!("{contrast} twice"));
            }
        }
        let ranges = [
            ("missing_scan", "a rate from 0 to 1", self.missing_scan, 1.0),
            ("missing_cell", "a rate from 0 to 1", self.missing_cell, 1.0),
            ("noise", "a share from 0 to 1", self.noise, 1.0),
            ("deformation", "0 to 6 mm", self.deformation, 6.0),
        ];
        for (field, expected, value, most) in ranges {
            if !(0.0..=most).contains(&value) {
                return refuse(field, expected, value.to_string());
            }
        }
        if self.sites == 0 {
            return refuse("sites", "at least 1", "0".into());
        }
        Ok(self)
    }

    /// Edge of a voxel in mm: as given, or the smallest multiple of 0.01 mm with which the shape covers a head.
    pub fn voxel_size(&self) -> f64 {
        self.voxel_mm.unwrap_or_else(|| {
            let edge = (0..3).map(|axis| FIELD_OF_VIEW_MM[axis] / self.shape[axis] as f64).fold(0.0, f64::max);
            (edge * 100.0).ceil() / 100.0
        })
    }
}

/// Why a phantom could not be made or written.
#[derive(Debug, thiserror::Error)]
pub enum PhantomError {
    /// A field of the specification is outside what it may be.
    #[error("the phantom's `{field}` must be {expected}, but it is {found}")]
    Spec {
        /// The field's name.
        field: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// The folder to be written holds something, and overwriting was not asked for.
    #[error(
        "the folder {0} is not empty; choose an empty or new folder, or ask for an earlier phantom to be overwritten"
    )]
    NotEmpty(PathBuf),
    /// Overwriting was asked for, but what is there was not written by the phantom.
    #[error(
        "the folder {0} holds files that are not an earlier phantom, so it is not overwritten; choose another folder"
    )]
    NotAPhantom(PathBuf),
    /// Overwriting was asked for, and would have replaced files that the earlier phantom did not write.
    #[error("{dir} has {}, which the earlier phantom did not write and the new one would replace: {}; move what is yours away", counted(files.len()), named(files))]
    NotOurs {
        /// The folder.
        dir: PathBuf,
        /// The files, relative to it.
        files: Vec<String>,
    },
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was attempted.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// A volume could not be encoded or written.
    #[error("cannot write the volume {path}: {source}")]
    Volume {
        /// The file.
        path: PathBuf,
        /// What the NIfTI writer said.
        source: nifti::NiftiError,
    },
    /// A table could not be encoded or written.
    #[error("cannot write the table {path}: {source}")]
    Table {
        /// The file.
        path: PathBuf,
        /// What the table writer said.
        source: csv::Error,
    },
}

/// What makes an error of the operating system one that says what was attempted, on which file.
pub(super) fn io_error<'p>(action: &'static str, path: &'p Path) -> impl FnOnce(std::io::Error) -> PhantomError + 'p {
    move |source| PhantomError::Io { action, path: path.to_owned(), source }
}

/// The first few of some files.
fn named(files: &[String]) -> String {
    let more = files.len().saturating_sub(5);
    let first = files.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

fn counted(files: usize) -> String {
    if files == 1 { "1 file".into() } else { format!("{files} files") }
}
