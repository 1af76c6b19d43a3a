//! Back to the scan: what a model drew on the prepared grid, on the grid of the file that it was prepared from.
//!
//! ```text
//!  [c, x, y, z] + affine of the prepared grid ──on_scan(shape, affine of the file)──▶ [c, i, j, k]
//! ```
//!
//! Crops, pads, resampling and the order of axes are undone by the two affines alone. Where a voxel of the file lies on one
//! of the prepared grid, its value is copied; elsewhere it is interpolated linearly, which for masks is done to
//! probabilities before the most probable class is taken (as nnU-Net does, Isensee et al. 2021). Outside the prepared grid
//! stands what the caller says.

use super::affine::{Affine, inverse};
use super::error::{DataError, Result};
use ndarray::{Array4, ArrayView4, Axis};
use rayon::prelude::*;

/// A place nearer to a voxel's centre than this, in voxels, is that voxel: affines come in single precision.
const SAME_VOXEL: f64 = 1e-3;

/// The values of `[c, x, y, z]` at the voxels of another grid; `outside` has one value a channel.
///
/// # Errors
/// An affine whose axes are not independent.
pub fn on_scan(
    values: ArrayView4<'_, f32>,
    affine: &Affine,
    shape: [usize; 3],
    scan: &Affine,
    outside: &[f32],
) -> Result<Array4<f32>> {
    let back = inverse(affine.linear()).ok_or_else(|| DataError::Step {
        step: "restore",
        problem: "the axes of the prepared image are not independent".into(),
    })?;
    let (channels, x, y, z) = values.dim();
    let grid = [x, y, z];
    let mut restored = Array4::zeros((channels, shape[0], shape[1], shape[2]));
    restored.axis_iter_mut(Axis(1)).into_par_iter().enumerate().for_each(|(i, mut plane)| {
        for j in 0..shape[1] {
            for k in 0..shape[2] {
                let world = scan.at([i as f64, j as f64, k as f64]);
                let from: [f64; 3] = std::array::from_fn(|r| world[r] - affine.0[r][3]);
                let place: [f64; 3] = std::array::from_fn(|r| (0..3).map(|c| back[r][c] * from[c]).sum());
                let corners = corners(place, grid);
                for channel in 0..channels {
                    plane[[channel, j, k]] = match &corners {
                        None => outside.get(channel).copied().unwrap_or(0.0),
                        Some(corners) => {
                            corners.iter().map(|(at, weight)| weight * values[[channel, at[0], at[1], at[2]]]).sum()
                        }
                    };
                }
            }
        }
    });
    Ok(restored)
}

/// Which voxels of a prepared grid lie beyond the scan that it was prepared from, in the order of its axes: what pads have
/// added, and what no map on the scan's grid can hold. `None` where none does.
///
/// # Errors
/// An affine whose axes are not independent.
pub fn beyond_scan(grid: [usize; 3], affine: &Affine, shape: [usize; 3], scan: &Affine) -> Result<Option<Vec<bool>>> {
    let back = inverse(scan.linear()).ok_or_else(|| DataError::Step {
        step: "restore",
        problem: "the axes of the scan are not independent".into(),
    })?;
    let mut beyond = Vec::with_capacity(grid.iter().product());
    for x in 0..grid[0] {
        for y in 0..grid[1] {
            for z in 0..grid[2] {
                let world = affine.at([x as f64, y as f64, z as f64]);
                let from: [f64; 3] = std::array::from_fn(|r| world[r] - scan.0[r][3]);
                let outside = (0..3).any(|r| {
                    let place: f64 = (0..3).map(|c| back[r][c] * from[c]).sum();
                    place < -0.5 - SAME_VOXEL || place > shape[r] as f64 - 0.5 + SAME_VOXEL
                });
                beyond.push(outside);
            }
        }
    }
    Ok(beyond.contains(&true).then_some(beyond))
}

/// The voxels around a place with their weights; `None` where it lies outside the grid. Up to half a voxel beyond the
/// outermost centres, the outermost voxel counts.
fn corners(place: [f64; 3], grid: [usize; 3]) -> Option<Vec<([usize; 3], f32)>> {
    let mut along = [(0_usize, 0.0_f64); 3];
    for axis in 0..3 {
        let last = grid[axis] as f64 - 1.0;
        if place[axis] < -0.5 - SAME_VOXEL || place[axis] > last + 0.5 + SAME_VOXEL {
            return None;
        }
        let within = place[axis].clamp(0.0, last.max(0.0));
        let nearest = within.round();
        let within = if (within - nearest).abs() < SAME_VOXEL { nearest } else { within };
        along[axis] = (within.floor() as usize, within.fract());
    }
    let mut corners = vec![([0; 3], 1.0_f32)];
    for (axis, (low, fraction)) in along.into_iter().enumerate() {
        corners = corners
            .into_iter()
            .flat_map(|(at, weight)| {
                let with = |value: usize, share: f64| {
                    let mut at: [usize; 3] = at;
                    at[axis] = value;
                    (at, weight * share as f32)
                };
                let high = (fraction > 0.0).then(|| with(low + 1, fraction));
                std::iter::once(with(low, 1.0 - fraction)).chain(high)
            })
            .collect();
    }
    Some(corners)
}

#[cfg(test)]
mod tests {
    use super::super::transform::ImageChain;
    use super::super::volume::Volume;
    use super::*;
    use fascicle_lang::program::{ImageStep, Interpolation, SpatialKind};
    use ndarray::Array3;

    fn chain(steps: Vec<ImageStep>, shape: [usize; 3]) -> ImageChain {
        ImageChain {
            kind: SpatialKind::Volume,
            steps,
            shape: vec![1, shape[0], shape[1], shape[2]],
            levels: Vec::new(),
        }
    }

    fn ramp(shape: [usize; 3]) -> Volume {
        let data = Array3::from_shape_fn(shape, |(x, y, z)| (100 * x + 10 * y + z) as f32);
        Volume { data, affine: Affine::IDENTITY.regrid([-3.0, 5.0, 2.5], [1.5, 1.0, 2.0]), header: None }
    }

    #[test]
    fn what_a_pad_has_added_lies_beyond_the_scan() {
        let scan = ramp([6, 4, 5]);
        let prepared = chain(Vec::new(), [4, 6, 5]).prepare(&scan).expect("prepared").image;
        let beyond = beyond_scan([4, 6, 5], &prepared.affine, [6, 4, 5], &scan.affine).expect("grids");
        let beyond = beyond.expect("some are added");
        // Of six lines along the second axis the first and the last are added.
        let expected = |place: usize| !(1..5).contains(&(place / 5 % 6));
        assert_eq!(beyond, (0..4 * 6 * 5).map(expected).collect::<Vec<_>>());
        let whole = beyond_scan([6, 4, 5], &scan.affine, [6, 4, 5], &scan.affine).expect("grids");
        assert_eq!(whole, None);
    }

    #[test]
    fn a_crop_and_a_pad_are_undone_exactly_and_what_was_cut_off_is_outside() {
        let scan = ramp([6, 4, 5]);
        let prepared = chain(Vec::new(), [4, 6, 5]).prepare(&scan).expect("prepared").image;
        let back = on_scan(prepared.data.view(), &prepared.affine, [6, 4, 5], &scan.affine, &[-1.0]).expect("restored");
        for ((_, x, y, z), value) in back.indexed_iter() {
            let expected = if (1..5).contains(&x) { scan.data[[x, y, z]] } else { -1.0 };
            assert_eq!(*value, expected, "{x} {y} {z}");
        }
    }

    #[test]
    fn a_linear_ramp_comes_back_through_resampling() {
        let scan = ramp([12, 12, 12]);
        let step = ImageStep::Resample { voxel_mm: vec![1.0, 2.0, 1.0], interpolation: Interpolation::Linear };
        let prepared = chain(vec![step], [18, 6, 24]).prepare(&scan).expect("prepared").image;
        let back =
            on_scan(prepared.data.view(), &prepared.affine, [12, 12, 12], &scan.affine, &[0.0]).expect("restored");
        for ((_, x, y, z), value) in back.indexed_iter() {
            if [x, y, z].iter().all(|i| (2..10).contains(i)) {
                assert!((value - scan.data[[x, y, z]]).abs() < 1e-2, "{x} {y} {z}: {value}");
            }
        }
    }

    #[test]
    fn axes_of_the_file_that_run_the_other_way_are_followed() {
        // The file's first axis runs to the left: its voxel 0 is the prepared grid's last.
        let file = Affine::new([[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [4.0, 0.0, 0.0]);
        let values = Array4::from_shape_fn((1, 5, 2, 2), |(_, x, _, _)| x as f32);
        let back = on_scan(values.view(), &Affine::IDENTITY, [5, 2, 2], &file, &[0.0]).expect("restored");
        assert_eq!((0..5).map(|i| back[[0, i, 1, 0]]).collect::<Vec<_>>(), [4.0, 3.0, 2.0, 1.0, 0.0]);
    }
}
