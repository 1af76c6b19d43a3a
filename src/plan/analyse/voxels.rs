//! Numbers at every voxel: maps of subjects, and what tests of them found.
//!
//! ```text
//!  Analysed { space, fields: Maps } ──write──▶ mask.safetensors, FIELD.safetensors   read again one field at a time
//!                                         └──▶ .._map.nii.gz, .._statmap.nii.gz      linked into the run's folder
//! ```
//!
//! Only voxels of the mask are held. In files for people, what is outside, or has no answer, is 0, as in an image whose
//! brain was extracted; a p or q is 1 there.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::store::put_bytes;
use super::super::weights::{read_weights, weights_bytes};
use super::{AnalysisResult, Field};
use crate::data::affine::{Affine, Orientation};
use crate::data::nifti::{self, read_header};
use crate::train::Weights;
use ndarray::{ArrayViewD, Axis, IxDyn};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The field of a result that holds what another analysis found.
pub(in super::super) const PAINTED: &str = "map";
const MASK: &str = "mask";
const MAPS: &str = "maps";
/// Fields of which a small number says that there is something.
const PROBABILITIES: [&str; 3] = ["p", "q", "p_rho"];

/// Where an image's voxels are in the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Voxel to world, mm.
    pub affine: Affine,
    /// The file whose header maps carry; none where the image was painted.
    pub source: Option<PathBuf>,
}

/// The grid that maps share, and which of its voxels they hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Space {
    /// Voxels along each axis.
    pub shape: [usize; 3],
    /// Where the grid lies.
    pub place: Place,
    /// Whether files are written in the order of the voxels of the image that they belong to, which it is the whole of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_source: bool,
    /// Places of the mask's voxels in the grid, in C order, ascending; in a file of their own.
    #[serde(skip)]
    pub voxels: Vec<usize>,
}

/// Maps that were read for further work.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct VoxelMaps {
    pub space: Space,
    /// What each map is of.
    pub names: Vec<String>,
    /// By map, then by voxel of the mask; not-a-number where there is none.
    pub values: Vec<Vec<f32>>,
}

impl Space {
    /// `[x, y, z]` of a voxel of the mask.
    pub fn at(&self, voxel: usize) -> [usize; 3] {
        let [_, y, z] = self.shape;
        let flat = self.voxels.get(voxel).copied().unwrap_or(0);
        [flat / (y * z).max(1), flat / z.max(1) % y.max(1), flat % z.max(1)]
    }

    /// The values of the mask's voxels on the whole grid.
    pub fn spread(&self, values: &[f32], outside: f32) -> Vec<f32> {
        let mut grid = vec![outside; self.shape.iter().product()];
        for (voxel, value) in self.voxels.iter().zip(values) {
            if let Some(place) = grid.get_mut(*voxel) {
                *place = *value;
            }
        }
        grid
    }
}

impl VoxelMaps {
    /// A number that is there.
    pub fn at(&self, map: usize, voxel: usize) -> Option<f64> {
        let value = self.values.get(map)?.get(voxel)?;
        (!value.is_nan()).then(|| f64::from(*value))
    }

    /// The mean of some maps at every voxel.
    pub fn mean(&self, maps: &[usize]) -> Vec<f32> {
        let mean = |voxel: usize| {
            let (sum, n) =
                maps.iter().filter_map(|map| self.at(*map, voxel)).fold((0.0, 0_u32), |(s, n), v| (s + v, n + 1));
            if n == 0 { f32::NAN } else { (sum / f64::from(n)) as f32 }
        };
        (0..self.space.voxels.len()).map(mean).collect()
    }

    /// Reads a field of a result in a folder of the store; `None` where it holds no maps.
    ///
    /// # Errors
    /// Files that cannot be read, or that do not belong together.
    pub fn read(folder: &Path, analysed: &AnalysisResult, field: &str) -> Result<Option<Self>> {
        let (Some(space), Some(Field::Maps { names, .. })) = (&analysed.space, analysed.fields.get(field)) else {
            return Ok(None);
        };
        let only = |file: &str, name: &str| -> Result<(PathBuf, Vec<f32>)> {
            let path = folder.join(format!("{file}.safetensors"));
            let (_, values) = read_weights(&path)?.remove(name).unwrap_or_default();
            Ok((path, values))
        };
        let (_, mask) = only(MASK, MASK)?;
        let voxels: Vec<usize> = (0..mask.len()).filter(|at| mask[*at] != 0.0).collect();
        let (path, values) = only(field, MAPS)?;
        if values.len() != voxels.len() * names.len() || mask.len() != space.shape.iter().product::<usize>() {
            let problem = format!("{} numbers for {} maps of {} voxels", values.len(), names.len(), voxels.len());
            return Err(PlanError::Unreadable { path, problem });
        }
        let values = values.chunks(voxels.len().max(1)).map(<[f32]>::to_vec).collect();
        Ok(Some(Self { space: Space { voxels, ..space.clone() }, names: names.clone(), values }))
    }
}

impl Context<'_> {
    /// The maps of an analysis that ran before.
    ///
    /// # Errors
    /// As [`VoxelMaps::read`]; a field that holds no maps.
    pub fn maps(&self, variant: usize, analysis: &str, field: &str) -> Result<VoxelMaps> {
        let at = self.program(variant).analyses.iter().position(|a| a.name == *analysis);
        let task = at.and_then(|at| self.layout.variants[variant].analyses.get(at).copied());
        let task = task.ok_or_else(|| PlanError::inconsistent(format!("there is no analysis `{analysis}`")))?;
        let folder = self.folder(task)?;
        VoxelMaps::read(&folder, &AnalysisResult::read(&folder)?, field)?
            .ok_or_else(|| PlanError::inconsistent(format!("`{analysis}.{field}` holds no maps")))
    }
}

/// Writes the maps of a result, for later tasks and for people.
///
/// # Errors
/// What the operating system says.
pub(super) fn write(task: &str, analysed: &AnalysisResult, folder: &Path) -> Result<()> {
    let Some(space) = &analysed.space else { return Ok(()) };
    let put = |file: &str, name: &str, shape: Vec<usize>, values: Vec<f32>| {
        let arrays = Weights::from([(name.to_owned(), (shape, values))]);
        put_bytes(&folder.join(format!("{file}.safetensors")), &weights_bytes(task, &arrays)?)
    };
    let mask = space.spread(&vec![1.0; space.voxels.len()], 0.0);
    put(MASK, MASK, space.shape.to_vec(), mask.clone())?;
    let label = plain(&analysed.name);
    image(folder, &format!("desc-{label}_mask"), &mask, space, &space.place)?;
    for (field, found) in &analysed.fields {
        let Field::Maps { names, places, values } = found else { continue };
        put(field, MAPS, vec![names.len(), space.voxels.len()], values.concat())?;
        names.par_iter().zip(values).enumerate().try_for_each(|(at, (name, values))| match places.get(at) {
            Some(place) => {
                let subject = name.replace(':', "_");
                image(folder, &format!("{subject}_desc-{label}_map"), &space.spread(values, 0.0), space, place)
            }
            None => {
                // What is painted is called as where it is from.
                let stat = if field == PAINTED { String::new() } else { plain(field) };
                let none = if PROBABILITIES.iter().any(|p| *p == field || *p == name) { 1.0 } else { 0.0 };
                let name = format!("desc-{label}_stat-{stat}{}_statmap", plain(name));
                let values: Vec<f32> = values.iter().map(|v| if v.is_nan() { none } else { *v }).collect();
                image(folder, &name, &space.spread(&values, none), space, &space.place)
            }
        })?;
    }
    Ok(())
}

/// Whether a file of a result's folder is a map for people.
pub(in super::super) fn is_map(file: &Path) -> bool {
    file.to_string_lossy().ends_with(".nii.gz")
}

/// One map as NIfTI.
fn image(folder: &Path, name: &str, values: &[f32], space: &Space, place: &Place) -> Result<()> {
    let header = place.source.as_deref().and_then(|path| read_header(path).ok());
    let mut array = ArrayViewD::from_shape(IxDyn(&space.shape), values)
        .map_err(|e| PlanError::inconsistent(format!("a map does not fill its grid: {e}")))?;
    let mut affine = place.affine;
    if let Some(header) = header.as_ref().filter(|_| space.as_source)
        && let Some(orientation) = Orientation::of(&header.affine)
    {
        // Back from the order in which images are read, see `Volume`.
        let sources = orientation.source_axes();
        for (world, source) in sources.into_iter().enumerate() {
            if orientation.flipped[source] {
                array.invert_axis(Axis(world));
            }
        }
        let mut back = [0; 3];
        sources.into_iter().enumerate().for_each(|(world, source)| back[source] = world);
        (array, affine) = (array.permuted_axes(IxDyn(&back)), header.affine);
    }
    let written = nifti::write(&folder.join(format!("{name}.nii.gz")), array, &affine, header.as_ref());
    written.map_err(PlanError::data("writing maps"))
}

/// A label as BIDS has it: letters and digits.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voxels_of_the_mask_know_their_place_in_the_grid() {
        let place = Place { affine: Affine::IDENTITY, source: None };
        let space = Space { shape: [2, 3, 4], place, as_source: false, voxels: vec![1, 7, 23] };
        assert_eq!([0, 1, 2].map(|voxel| space.at(voxel)), [[0, 0, 1], [0, 1, 3], [1, 2, 3]]);
        let grid = space.spread(&[5.0, 6.0, 7.0], 0.0);
        assert_eq!((grid.len(), grid[1], grid[7], grid[23], grid[0]), (24, 5.0, 6.0, 7.0, 0.0));
        let values = vec![vec![1.0, f32::NAN, 2.0], vec![3.0, f32::NAN, 4.0]];
        let maps = VoxelMaps { space, names: vec!["a".into(), "b".into()], values };
        let mean = maps.mean(&[0, 1]);
        assert!(mean[0] == 2.0 && mean[1].is_nan() && mean[2] == 3.0 && maps.at(0, 1).is_none());
    }
}
