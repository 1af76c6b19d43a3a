//! Before images of a subject are moved together: whether they lie together, and whether a deformation leaves them whole.
//!
//! A mask that has been read with another affine than its scan would be moved elsewhere than the scan is, voxel by voxel in the wrong
//! place; that is told before anything is trained, with the subject and both affines.

use super::super::affine::Affine;
use super::super::error::{DataError, Result};
use super::super::transform::elastic::Elastic;
use super::{Content, FittedInputs, Item};
use fascicle_lang::program::{Augment, InputRole};
use rayon::prelude::*;

/// Subjects that are told of by themselves.
const MOST_TOLD: usize = 5;

/// Where an image of a subject lies, after its steps.
struct Placed {
    input: usize,
    grid: [usize; 3],
    affine: Affine,
    /// A target, or labels: something that the images beside it are compared with voxel by voxel.
    paired: bool,
}

impl FittedInputs<'_> {
    /// Looks whether the images among `inputs` can be moved together as `augment` says, for each of these people.
    ///
    /// # Errors
    /// A mask or a target image on another grid than an image of as many voxels, with the subject and both affines; a deformation
    /// that may fold an image.
    pub fn check_moves(&self, items: &[Item], inputs: &[usize], augment: &[Augment]) -> Result<()> {
        if !augment.iter().any(Augment::is_spatial) {
            return Ok(());
        }
        self.check_together(items, inputs, augment)
    }

    /// Looks whether patches of the images among `inputs` are patches of the same places, for each of these people.
    ///
    /// # Errors
    /// As [`FittedInputs::check_moves`].
    pub fn check_parts(&self, items: &[Item], inputs: &[usize]) -> Result<()> {
        self.check_together(items, inputs, &[])
    }

    fn check_together(&self, items: &[Item], inputs: &[usize], augment: &[Augment]) -> Result<()> {
        let mut members: Vec<usize> = items.iter().map(|item| item.member).collect();
        members.dedup();
        let told: Vec<Option<DataError>> = members
            .par_iter()
            .map(|member| {
                let placed = self.placed(*member, inputs)?;
                Ok(self.apart(*member, &placed).or_else(|| self.folded(*member, &placed, augment)))
            })
            .collect::<Result<_>>()?;
        let mut errors: Vec<DataError> = told.into_iter().flatten().collect();
        let more = errors.len().saturating_sub(MOST_TOLD);
        errors.truncate(MOST_TOLD);
        if more > 0 {
            errors.push(DataError::Step { step: "augment", problem: format!("the same of {more} more subjects") });
        }
        DataError::collect(errors)
    }

    fn placed(&self, member: usize, inputs: &[usize]) -> Result<Vec<Placed>> {
        let mut all = Vec::new();
        for input in inputs.iter().copied() {
            let Content::Images { chain, volumes } = &self.dataset().content[input] else { continue };
            let Some(volume) = &volumes[member] else { continue };
            let (grid, affine, labels) = if chain.is_all_cached() {
                let [_, x, y, z] = volume.shape();
                ([x, y, z], volume.affine(), volume.labels())
            } else {
                let Some(image) = self.image(Item { member, slice: 0 }, input)? else { continue };
                (image.grid(), image.affine, image.labels)
            };
            let paired = labels || self.dataset().inputs[input].role == InputRole::Target;
            all.push(Placed { input, grid, affine, paired });
        }
        Ok(all)
    }

    /// A mask that does not lie on an image of as many voxels.
    fn apart(&self, member: usize, placed: &[Placed]) -> Option<DataError> {
        let name = |at: &Placed| self.dataset().inputs[at.input].name.as_str();
        for mask in placed.iter().filter(|p| p.paired) {
            let beside = placed.iter().filter(|image| !image.paired && image.grid == mask.grid);
            for image in beside {
                let mm = distance(&mask.affine, &image.affine, mask.grid);
                let voxel = image.affine.voxel_mm().into_iter().fold(f64::INFINITY, f64::min);
                // An affine that is not a number is none, either.
                if mm <= voxel / 2.0 {
                    continue;
                }
                let problem = format!(
                    "its voxels lie up to {mm:.1} mm from those of `{}`, with which it is moved or cut: its affine is {}, that of `{0}` {}; bring \
                     both to one grid (resample the files, or the same `crop` in both), or correct the header",
                    name(image),
                    written(&mask.affine),
                    written(&image.affine)
                );
                let error = DataError::Step { step: "augment", problem };
                return Some(error.of_subject(&self.dataset().members[member].key, name(mask)));
            }
        }
        None
    }

    /// A deformation of more than half the distance of its control points.
    fn folded(&self, member: usize, placed: &[Placed], augment: &[Augment]) -> Option<DataError> {
        for augment in augment {
            let Augment::Elastic { most_mm, points } = augment.always() else { continue };
            for image in placed {
                let voxel = image.affine.voxel_mm();
                let axes = (0..3).filter(|axis| image.grid[*axis] > 1);
                let room = axes.map(|axis| Elastic::spacing_mm(*points, image.grid[axis], voxel[axis]) / 2.0);
                let room = room.fold(f64::INFINITY, f64::min);
                if *most_mm <= room {
                    continue;
                }
                let problem = format!(
                    "elastic({most_mm}mm) may fold the image: its control points are {:.1} mm apart along the shortest axis, and up to half of \
                     that is possible; write elastic({:.1}mm), or fewer `points` than {points}",
                    2.0 * room,
                    (room * 10.0).floor() / 10.0
                );
                let name = &self.dataset().inputs[image.input].name;
                return Some(
                    DataError::Step { step: "augment", problem }.of_subject(&self.dataset().members[member].key, name),
                );
            }
        }
        None
    }
}

/// How far apart the same voxel lies at the most: at a corner of the grid.
fn distance(a: &Affine, b: &Affine, grid: [usize; 3]) -> f64 {
    let corners = (0..8).map(|corner| {
        let voxel = std::array::from_fn(|i| if corner >> i & 1 == 1 { grid[i].saturating_sub(1) as f64 } else { 0.0 });
        let (p, q) = (a.at(voxel), b.at(voxel));
        (0..3).map(|i| (p[i] - q[i]).powi(2)).sum::<f64>().sqrt()
    });
    // `max` would lose what is not a number.
    corners.fold(0.0, |most, mm| if mm <= most { most } else { mm })
}

fn written(affine: &Affine) -> String {
    let row = |row: &[f64; 4]| row.iter().map(|v| format!("{v:.2}")).collect::<Vec<_>>().join(" ");
    format!("[{}]", affine.0[..3].iter().map(row).collect::<Vec<_>>().join("; "))
}
