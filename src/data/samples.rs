//! Small data sets for tests: images of any header, BIDS trees, and the way to the public data and the goldens.

use super::affine::Affine;
use super::nifti;
use fascicle_lang::program::{
    Cohort, CohortSource, ImageStep, InputRole, InputSource, InputSpec, Interpolation, PhantomSettings, SpatialKind,
};
use ndarray::{Array3, ArrayD};
use std::path::{Path, PathBuf};

pub(crate) use fascicle_reference::shared;
use tempfile::TempDir;

/// A folder that is removed when the test ends.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Writes a file, with its folders.
pub(crate) fn put(root: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    std::fs::write(&path, content).expect("a file");
    path
}

/// Writes an image whose voxel `[x, y, z]` is `f(x, y, z)`.
pub(crate) fn put_volume(
    root: &Path,
    name: &str,
    shape: [usize; 3],
    f: impl Fn(usize, usize, usize) -> f32,
) -> PathBuf {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    let data = Array3::from_shape_fn(shape, |(x, y, z)| f(x, y, z));
    nifti::write(&path, data.view().into_dyn(), &Affine::IDENTITY, None).expect("an image");
    path
}

/// Writes an image of any number of axes.
pub(crate) fn put_array(root: &Path, name: &str, data: &ArrayD<f32>) -> PathBuf {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    nifti::write(&path, data.view(), &Affine::IDENTITY, None).expect("an image");
    path
}

/// A cohort without conditions.
pub(crate) fn cohort(source: CohortSource) -> Cohort {
    Cohort::new("people", source)
}

/// A cohort that is a folder.
pub(crate) fn bids(root: &Path) -> Cohort {
    cohort(CohortSource::Bids { path: root.display().to_string() })
}

/// A cohort that is a table.
pub(crate) fn table(path: &Path) -> Cohort {
    cohort(CohortSource::Table { path: path.display().to_string() })
}

/// A cohort that is painted.
pub(crate) fn phantom(subjects: usize) -> Cohort {
    let settings = PhantomSettings { subjects, shape: [16, 18, 16], missing_scan: 0.5, ..PhantomSettings::default() };
    cohort(CohortSource::Phantom(settings))
}

/// A volume of one channel.
pub(crate) fn volume_input(name: &str, pattern: &str, shape: [usize; 3], steps: Vec<ImageStep>) -> InputSpec {
    InputSpec {
        name: name.into(),
        role: InputRole::Modality,
        cohort: None,
        source: InputSource::Image { pattern: pattern.into(), kind: SpatialKind::Volume, steps, any_spacing: false },
        optional: false,
        shape: vec![1, shape[0], shape[1], shape[2]],
        levels: Vec::new(),
        window: None,
    }
}

/// A class in a column.
pub(crate) fn class_input(name: &str, column: &str, levels: &[&str]) -> InputSpec {
    InputSpec {
        name: name.into(),
        role: InputRole::Target,
        cohort: None,
        source: InputSource::column(column),
        optional: false,
        shape: Vec::new(),
        levels: levels.iter().map(|l| (*l).to_owned()).collect(),
        window: None,
    }
}

/// Labels, which are never interpolated.
pub(crate) const NEAREST: Interpolation = Interpolation::Nearest;
