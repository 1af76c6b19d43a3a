//! Other grids over the same field of view, and smoothing.
//!
//! Voxels are boxes: the new grid's first box starts where the old grid's first box starts, and values between
//! centres are made along one axis after the other. Outside the outermost centres the edge's value holds. Nothing is
//! smoothed before shrinking.

use super::gaussian::{full_width, gaussian_filter};
use super::image::Image;
use fascicle_lang::program::Interpolation;
use ndarray::{Array4, Axis, Zip};

/// Resamples to voxels of this size, mm; the number of voxels is rounded so that the field of view is kept.
pub(super) fn to_voxel_size(image: &Image, voxel_mm: [f64; 3], how: Interpolation) -> Image {
    let old = image.affine.voxel_mm();
    let grid = image.grid();
    let shape = std::array::from_fn(|i| ((grid[i] as f64 * old[i] / voxel_mm[i]).round() as usize).max(1));
    let step = std::array::from_fn(|i| voxel_mm[i] / old[i]);
    regrid(image, shape, step, how)
}

/// Resamples to exactly this many voxels over the whole field of view.
pub(super) fn to_shape(image: &Image, shape: [usize; 3], how: Interpolation) -> Image {
    let grid = image.grid();
    let step = std::array::from_fn(|i| grid[i] as f64 / shape[i] as f64);
    regrid(image, shape, step, how)
}

fn regrid(image: &Image, shape: [usize; 3], step: [f64; 3], how: Interpolation) -> Image {
    let grid = image.grid();
    // The centre of the new field of view is that of the old, also where rounding made it a little longer.
    let start: [f64; 3] = std::array::from_fn(|i| (grid[i] as f64 - shape[i] as f64 * step[i] + step[i] - 1.0) / 2.0);
    let mut data = image.data.clone();
    for axis in 0..3 {
        if shape[axis] == grid[axis] && step[axis] == 1.0 {
            continue;
        }
        let positions: Vec<f64> = (0..shape[axis]).map(|j| start[axis] + step[axis] * j as f64).collect();
        data = along(&data, Axis(axis + 1), &positions, how);
    }
    Image { data, affine: image.affine.regrid(start, step), labels: image.labels }
}

fn along(data: &Array4<f32>, axis: Axis, positions: &[f64], how: Interpolation) -> Array4<f32> {
    let last = data.len_of(axis) - 1;
    let mut dim = data.raw_dim();
    dim[axis.index()] = positions.len();
    let mut out = Array4::zeros(dim);
    for (j, position) in positions.iter().enumerate() {
        let mut target = out.index_axis_mut(axis, j);
        let position = position.clamp(0.0, last as f64);
        match how {
            Interpolation::Nearest => {
                target.assign(&data.index_axis(axis, ((position + 0.5).floor() as usize).min(last)));
            }
            Interpolation::Linear => {
                let low = position.floor() as usize;
                let share = (position - low as f64) as f32;
                let (a, b) = (data.index_axis(axis, low), data.index_axis(axis, (low + 1).min(last)));
                Zip::from(&mut target).and(&a).and(&b).for_each(|t, a, b| *t = a + (b - a) * share);
            }
        }
    }
    out
}

/// Gaussian smoothing of full width at half maximum `fwhm_mm`, as [`gaussian_filter`].
pub(super) fn smooth(image: &mut Image, fwhm_mm: f64) {
    let sd_mm = fwhm_mm / full_width(1.0);
    let sd = image.affine.voxel_mm().map(|voxel| sd_mm / voxel);
    for channel in image.data.outer_iter_mut() {
        gaussian_filter(channel, sd);
    }
}
