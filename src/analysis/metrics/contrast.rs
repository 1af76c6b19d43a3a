//! The contrast-to-noise ratio of an image, over random pairs of regions.
//!
//! Two images of one shape come in: where regions are drawn (the truth) and what is judged in them (the truth itself,
//! or a reconstruction), so that both are judged in the same places. One number goes out. Dimitri et al. (2022) judge
//! reconstructed brain images so; the ratio of two regions is that of Patterson and Foster (1983).

use crate::error::{AnalysisError, Result, check_array, check_shapes};
use ndarray::{ArrayView3, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Draws in search of one pair, before there is taken to be none.
const ATTEMPTS: usize = 10_000;

/// `|mean(a) - mean(b)| / sqrt(var(a) + var(b))`, the contrast of two regions over their noise (Patterson and Foster
/// 1983); variances are divided by n, as numpy's.
///
/// # Errors
/// A region without voxels; two regions without noise, whose ratio has no denominator.
pub fn contrast_to_noise(a: ArrayView3<'_, f32>, b: ArrayView3<'_, f32>) -> Result<f64> {
    let ((mean_a, var_a), (mean_b, var_b)) = (moments(&a)?, moments(&b)?);
    let noise = (var_a + var_b).sqrt();
    if noise == 0.0 {
        return Err(AnalysisError::Constant { what: "each of the two regions", value: mean_a });
    }
    Ok((mean_a - mean_b).abs() / noise)
}

/// The mean contrast-to-noise ratio over random pairs of regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionPairs {
    /// Extents of a region in voxels.
    pub roi: [usize; 3],
    /// How many pairs.
    pub pairs: usize,
    /// Decides which: the same seed draws the same places in images that are alike in where they are constant.
    pub seed: u64,
}

impl RegionPairs {
    /// The mean of [`contrast_to_noise`] over the pairs, in `judged`. Regions are boxes at uniform random places of
    /// `truth`, where it is not constant (air, and what a mask has set to 0, tell nothing); the two of a pair share no
    /// voxel. Pairs in which `judged` has no noise at all are left out.
    ///
    /// # Errors
    /// Shapes that differ, values that are not finite, a region larger than the image, an image too constant or too
    /// small for two regions, no pair with noise in it.
    pub fn score(&self, truth: ArrayView3<'_, f32>, judged: ArrayView3<'_, f32>) -> Result<f64> {
        check_shapes("the true image", truth.shape(), "the judged image", judged.shape())?;
        check_array("the true image", &truth)?;
        check_array("the judged image", &judged)?;
        let room = [0, 1, 2].map(|axis| truth.shape()[axis].checked_sub(self.roi[axis]));
        let [Some(x), Some(y), Some(z)] = room else {
            return Err(AnalysisError::Setting {
                setting: "the region",
                found: format!("{:?} voxels", self.roi),
                expected: "no more voxels along any axis than the image has",
            });
        };
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let (mut sum, mut counted) = (0.0, 0_usize);
        for _ in 0..self.pairs {
            let (a, b) = self.pair(&truth, [x, y, z], &mut rng)?;
            if let Ok(ratio) = contrast_to_noise(self.region(&judged, a), self.region(&judged, b)) {
                (sum, counted) = (sum + ratio, counted + 1);
            }
        }
        if counted == 0 {
            return Err(AnalysisError::Undefined {
                what: "the contrast-to-noise ratio",
                reason: "the image is constant within every region that was drawn",
            });
        }
        Ok(sum / counted as f64)
    }

    /// Two places where the image varies, of regions that share no voxel.
    fn pair(
        &self,
        image: &ArrayView3<'_, f32>,
        room: [usize; 3],
        rng: &mut ChaCha8Rng,
    ) -> Result<([usize; 3], [usize; 3])> {
        let mut first = None;
        for _ in 0..ATTEMPTS {
            let place = room.map(|last| rng.random_range(0..=last));
            if is_constant(&self.region(image, place)) {
                continue;
            }
            match first {
                None => first = Some(place),
                Some(first) if (0..3).any(|axis| place[axis].abs_diff(first[axis]) >= self.roi[axis]) => {
                    return Ok((first, place));
                }
                Some(_) => {}
            }
        }
        Err(AnalysisError::Undefined {
            what: "the contrast-to-noise ratio",
            reason: "the true image has no two separate regions of this size in which it varies",
        })
    }

    fn region<'i>(&self, image: &'i ArrayView3<'_, f32>, at: [usize; 3]) -> ArrayView3<'i, f32> {
        let [x, y, z] = [0, 1, 2].map(|axis| at[axis]..at[axis] + self.roi[axis]);
        image.slice(s![x, y, z])
    }
}

fn is_constant(region: &ArrayView3<'_, f32>) -> bool {
    region.first().is_none_or(|first| region.iter().all(|v| v == first))
}

/// Mean and variance.
fn moments(region: &ArrayView3<'_, f32>) -> Result<(f64, f64)> {
    if region.is_empty() {
        return Err(AnalysisError::Empty { what: "the region" });
    }
    let n = region.len() as f64;
    let mean = region.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    Ok((mean, region.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / n))
}

#[cfg(test)]
mod tests;
