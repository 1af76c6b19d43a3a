//! Boxes of voxels, centred crops and pads, and labels as channels.

use super::super::error::{DataError, Result};
use super::image::Image;
use ndarray::{Array4, Slice, s};

/// Cuts a box out.
///
/// # Errors
/// The box does not lie within the image.
pub(super) fn crop(image: &Image, at: &[i64], size: &[usize]) -> Result<Image> {
    let grid = image.grid();
    let mut from = [0; 3];
    let mut to = grid;
    let fits = at.len() == size.len()
        && at.len() <= 3
        && at.iter().zip(size).enumerate().all(|(i, (at, size))| {
            let Ok(start) = usize::try_from(*at) else { return false };
            (from[i], to[i]) = (start, start.saturating_add(*size));
            *size > 0 && to[i] <= grid[i]
        });
    if !fits {
        let problem =
            format!("the box at {at:?} of size {size:?} does not lie within the image, which has {grid:?} voxels");
        return Err(DataError::Step { step: "crop", problem });
    }
    let data = image.data.slice(s![.., from[0]..to[0], from[1]..to[1], from[2]..to[2]]).to_owned();
    Ok(Image { data, affine: image.affine.regrid(from.map(|i| i as f64), [1.0; 3]), labels: image.labels })
}

/// Cuts out what lies between two voxels of each axis; negative ones are counted from the end, where -1 is behind the last voxel.
///
/// # Errors
/// A range that does not lie within the image, or holds no voxel of it.
pub(super) fn between(image: &Image, axes: &[Option<(i64, i64)>; 3]) -> Result<Image> {
    let grid = image.grid();
    let (mut at, mut size) = ([0; 3], grid);
    for (axis, name) in ["sagittal", "coronal", "axial"].into_iter().enumerate() {
        let Some((start, end)) = axes[axis] else { continue };
        let n = grid[axis] as i64;
        let from_start = |voxel: i64| if voxel < 0 { n + 1 + voxel } else { voxel };
        let (first, behind) = (from_start(start), from_start(end));
        if first < 0 || behind > n || first >= behind {
            // As the file writes them: the voxel behind -1 of the range is that of -1 here.
            let written = |voxel: i64| if voxel < 0 { voxel + 1 } else { voxel };
            let end = if end == -1 { "=-1".to_string() } else { written(end).to_string() };
            let problem = format!(
                "{name}: {}..{end} does not lie within the image, or holds none of its {n} voxels along that axis",
                written(start)
            );
            return Err(DataError::Step { step: "crop", problem });
        }
        at[axis] = first;
        size[axis] = (behind - first) as usize;
    }
    crop(image, &at, &size)
}

/// Crops or pads every axis around its centre; `None` leaves an axis as it is. Where the difference is odd, the
/// voxel more or less is at the end. Padding has the image's background (see [`Image`]).
pub(super) fn fit(image: Image, shape: [Option<usize>; 3]) -> Image {
    let grid = image.grid();
    let shape: [usize; 3] = std::array::from_fn(|i| shape[i].unwrap_or(grid[i]));
    if shape == grid {
        return image;
    }
    // Where the new first voxel lies in the old grid.
    let start: [i64; 3] = std::array::from_fn(|i| {
        let difference = grid[i] as i64 - shape[i] as i64;
        if difference >= 0 { difference / 2 } else { -(-difference / 2) }
    });
    let channels = image.data.dim().0;
    let pads = (0..3).any(|i| shape[i] > grid[i]);
    let fill = if pads { image.background() } else { 0.0 };
    let mut data = Array4::from_elem((channels, shape[0], shape[1], shape[2]), fill);
    let part = |i: usize, into: bool| -> Slice {
        let offset = if into { (-start[i]).max(0) } else { start[i].max(0) } as usize;
        Slice::from(offset..offset + shape[i].min(grid[i]))
    };
    let source = image.data.slice_each_axis(|d| match d.axis.index() {
        0 => Slice::from(..),
        axis => part(axis - 1, false),
    });
    data.slice_each_axis_mut(|d| match d.axis.index() {
        0 => Slice::from(..),
        axis => part(axis - 1, true),
    })
    .assign(&source);
    Image { data, affine: image.affine.regrid(start.map(|i| i as f64), [1.0; 3]), labels: image.labels }
}

/// One 0/1 channel a label.
///
/// # Errors
/// An image of several channels.
pub(super) fn channels_of_labels(image: &Image, values: &[i64]) -> Result<Image> {
    let plain = one_channel(image)?;
    let grid = image.grid();
    let mut data = Array4::zeros((values.len(), grid[0], grid[1], grid[2]));
    for (channel, value) in values.iter().enumerate() {
        let wanted = *value as f32;
        data.index_axis_mut(ndarray::Axis(0), channel).assign(&plain.mapv(|v| f32::from(u8::from(v == wanted))));
    }
    Ok(Image { data, affine: image.affine, labels: true })
}

/// Label values as class numbers. With a value for each class, `values[i]` becomes `i`; with one value fewer, it becomes
/// `i + 1`, and everything else is the background, 0.
///
/// # Errors
/// An image of several channels, another number of values, or (with a value for each class) a voxel that has none.
pub(super) fn classes_of_labels(image: &Image, values: &[i64], levels: &[String]) -> Result<Image> {
    one_channel(image)?;
    let refuse = |problem: String| DataError::Step { step: "labels", problem };
    let has_background = values.len() == levels.len();
    if !has_background && values.len() + 1 != levels.len() {
        let names = levels.join(", ");
        return Err(refuse(format!(
            "{} values for the levels {names}, expected one a level, or one a level but the first",
            values.len()
        )));
    }
    let class = |v: f32| values.iter().position(|value| *value as f32 == v);
    if has_background && let Some(other) = image.data.iter().find(|v| class(**v).is_none()) {
        return Err(refuse(format!(
            "a voxel has the value {other}, which is not among {values:?}; declare the background as the mask's first level and leave its value out"
        )));
    }
    let shift = usize::from(!has_background);
    let data = image.data.mapv(|v| class(v).map_or(0.0, |i| (i + shift) as f32));
    Ok(Image { data, affine: image.affine, labels: true })
}

fn one_channel(image: &Image) -> Result<ndarray::ArrayView3<'_, f32>> {
    if image.data.dim().0 != 1 {
        let problem = "the image has been split into channels before; use the step once".into();
        return Err(DataError::Step { step: "labels", problem });
    }
    Ok(image.data.slice(s![0, .., .., ..]))
}

/// Checks that every voxel is one of the classes.
///
/// # Errors
/// The first value that is not.
pub(super) fn check_classes(image: &Image, levels: &[String]) -> Result<()> {
    let wrong = image.data.iter().find(|v| v.fract() != 0.0 || **v < 0.0 || **v >= levels.len() as f32);
    match wrong {
        None => Ok(()),
        Some(value) => {
            let problem = format!(
                "a voxel has the value {value}, expected 0 to {} for {} (background first); map the file's values with labels(..), and resample labels with nearest",
                levels.len().saturating_sub(1),
                levels.join(", ")
            );
            Err(DataError::Step { step: "mask", problem })
        }
    }
}
