//! Intensities: z-scores and linear maps between percentiles.

use super::super::error::{DataError, Result};
use super::percentile::percentile_of_sorted;
use fascicle_lang::program::ImageMask;
use ndarray::Array4;

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
            ImageMask::AboveMean => Self::Above(mean(image.iter().copied()) as f32),
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

fn mean(values: impl Iterator<Item = f32>) -> f64 {
    let (n, sum) = values.fold((0_u64, 0.0), |(n, sum), v| (n + 1, sum + f64::from(v)));
    sum / n.max(1) as f64
}

/// Values of the foreground in ascending order.
pub(super) fn sorted_foreground(image: &Array4<f32>, mask: &ImageMask) -> Vec<f32> {
    let foreground = Foreground::of(mask, image);
    let mut values: Vec<f32> = image.iter().copied().filter(|v| foreground.has(*v)).collect();
    values.sort_unstable_by(f32::total_cmp);
    values
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
    let inside = || image.iter().copied().filter(|v| foreground.has(*v));
    let refuse = |problem: &str| DataError::Step { step: "zscore", problem: problem.into() };
    let n = inside().count();
    let only_foreground = foreground == Foreground::Nonzero;
    if n < 2 {
        return Err(refuse("the mask has fewer than 2 voxels; check the image, or use another mask"));
    }
    let mean = mean(inside());
    let squares: f64 = inside().map(|v| (f64::from(v) - mean).powi(2)).sum();
    let sd = (squares / if only_foreground { n as f64 } else { n as f64 - 1.0 }).sqrt();
    // As a share of the values' size: rounding leaves a little even where all are the same.
    if sd <= mean.abs() * 1e-10 {
        return Err(refuse(
            "all voxels of the mask have the same value, so there is no standard deviation to divide by; check the image",
        ));
    }
    for value in image.iter_mut().filter(|v| !only_foreground || foreground.has(**v)) {
        *value = ((f64::from(*value) - mean) / sd) as f32;
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
    for value in image.iter_mut() {
        let share = (f64::from(*value).clamp(from.0, from.1) - from.0) / width;
        *value = (to.0 + share * (to.1 - to.0)) as f32;
    }
    Ok(())
}

/// The image's own two percentiles.
pub(super) fn own_percentiles(image: &Array4<f32>, mask: &ImageMask, percents: (f64, f64)) -> (f64, f64) {
    let sorted = sorted_foreground(image, mask);
    (percentile_of_sorted(&sorted, percents.0), percentile_of_sorted(&sorted, percents.1))
}
