//! Intensities: z-scores and linear maps between percentiles.

use super::super::error::{DataError, Result};
use super::percentile::percentiles_of;
use fascicle_lang::program::ImageMask;
use ndarray::Array4;
use std::borrow::Cow;

/// A mask's threshold resolved for one image, so that voxels can be asked one by one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Foreground {
    All,
    Nonzero,
    Above(f32),
}

impl Foreground {
    pub(super) fn of(mask: &ImageMask, image: &Array4<f32>) -> Self {
        match mask {
            ImageMask::All => Self::All,
            ImageMask::Nonzero => Self::Nonzero,
            ImageMask::AboveMean => Self::Above(mean(&values_of(image)) as f32),
        }
    }

    pub(super) fn has(self, value: f32) -> bool {
        match self {
            Self::All => true,
            Self::Nonzero => value != 0.0,
            Self::Above(level) => value > level,
        }
    }
}

fn mean(values: &[f32]) -> f64 {
    values.iter().fold(0.0, |sum, v| sum + f64::from(*v)) / values.len().max(1) as f64
}

/// All values, in C order.
fn values_of(image: &Array4<f32>) -> Cow<'_, [f32]> {
    image.as_slice().map_or_else(|| image.iter().copied().collect(), Cow::Borrowed)
}

/// Values of the foreground, in C order.
fn values_inside(image: &Array4<f32>, foreground: Foreground) -> Cow<'_, [f32]> {
    let values = values_of(image);
    match foreground {
        Foreground::All => values,
        _ => values.iter().copied().filter(|v| foreground.has(*v)).collect(),
    }
}

/// Percentiles of the foreground; `None` where it has no voxel.
pub(super) fn foreground_percentiles(image: &Array4<f32>, mask: &ImageMask, percents: &[f64]) -> Option<Vec<f64>> {
    let mut values = values_inside(image, Foreground::of(mask, image)).into_owned();
    (!values.is_empty()).then(|| percentiles_of(&mut values, percents))
}

/// Minus mean, over standard deviation, of the foreground.
///
/// With mask `nonzero`, zeros stay 0 and the standard deviation is the population's, as MONAI's
/// `NormalizeIntensity(nonzero=True)`; with the other masks every voxel is mapped and the standard deviation is
/// unbiased, as torchio's `ZNormalization`.
///
/// # Errors
/// No foreground, or a foreground of one value.
pub(super) fn zscore(image: &mut Array4<f32>, mask: &ImageMask) -> Result<()> {
    let foreground = Foreground::of(mask, image);
    let inside = values_inside(image, foreground);
    let refuse = |problem: &str| DataError::Step { step: "zscore", problem: problem.into() };
    let n = inside.len();
    let only_foreground = foreground == Foreground::Nonzero;
    if n < 2 {
        return Err(refuse("the mask has fewer than 2 voxels; check the image, or use another mask"));
    }
    let mean = mean(&inside);
    let squares: f64 = inside.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum();
    let sd = (squares / if only_foreground { n as f64 } else { n as f64 - 1.0 }).sqrt();
    // As a share of the values' size: rounding leaves a little even where all are the same.
    if sd <= mean.abs() * 1e-10 {
        return Err(refuse(
            "all voxels of the mask have the same value, so there is no standard deviation to divide by; check the image",
        ));
    }
    drop(inside);
    let of = |value: f32| ((f64::from(value) - mean) / sd) as f32;
    match only_foreground {
        true => image.mapv_inplace(|value| if foreground.has(value) { of(value) } else { value }),
        false => image.mapv_inplace(of),
    }
    Ok(())
}

/// Clips to `from` and maps it linearly to `to`.
///
/// # Errors
/// Both ends of `from` are the same.
pub(super) fn rescale(image: &mut Array4<f32>, from: (f64, f64), to: (f64, f64)) -> Result<()> {
    let width = from.1 - from.0;
    if width <= 0.0 || !width.is_finite() {
        let problem = format!(
            "both percentiles are {}, so there is no range to map; check the image, or set percentiles further apart",
            from.0
        );
        return Err(DataError::Step { step: "rescale", problem });
    }
    image.mapv_inplace(|value| {
        let share = (f64::from(value).clamp(from.0, from.1) - from.0) / width;
        (to.0 + share * (to.1 - to.0)) as f32
    });
    Ok(())
}

/// The image's own two percentiles.
pub(super) fn own_percentiles(image: &Array4<f32>, mask: &ImageMask, percents: (f64, f64)) -> (f64, f64) {
    let found = foreground_percentiles(image, mask, &[percents.0, percents.1]);
    found.map_or((0.0, 0.0), |found| (found[0], found[1]))
}
