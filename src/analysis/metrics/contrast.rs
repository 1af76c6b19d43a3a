//! The contrast-to-noise ratio of an image, over pairs of regions.
//!
//! Two images of one shape come in: where regions are drawn (the truth) and what is judged in them (the truth itself,
//! or a reconstruction), so that both are judged in the same places. One number goes out: the mean or median ratio of
//! the pairs, or of the normalised difference between the ratios of the two images.
//!
//! Patterson and Foster (1983) divide by the noise of the two regions, each about its own mean. Dimitri et al. (2022)
//! divide by the standard deviation of their voxels taken together, lay regions on a regular grid, and take medians.

use crate::error::{AnalysisError, Result, check_array, check_shapes};
use ndarray::{ArrayView3, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The first voxels of two regions.
type RegionPair = ([usize; 3], [usize; 3]);

/// Draws in search of one pair, before there is taken to be none.
const ATTEMPTS: usize = 10_000;

/// What the contrast of two regions is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// `sqrt(var(a) + var(b))`: each region about its own mean.
    Each,
    /// The standard deviation of the voxels of both together. It grows with the contrast: the ratio is 2 at most.
    Joint,
}

/// Where regions lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionPlaces {
    /// Anywhere.
    Random,
    /// On the cells of a regular grid of regions, edge to edge from the first voxel on; what is left over at the end of
    /// an axis is in none.
    Grid,
}

/// What stands for many numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// The mean.
    Mean,
    /// The median; of an even number the mean of the two in the middle.
    Median,
}

impl Average {
    /// Of some numbers; not-a-number where there are none.
    pub fn of(self, values: &mut [f64]) -> f64 {
        let n = values.len();
        if self == Self::Mean || n == 0 {
            return values.iter().sum::<f64>() / n as f64;
        }
        let (below, &mut middle, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
        if n % 2 == 1 {
            return middle;
        }
        f64::midpoint(below.iter().copied().fold(f64::NEG_INFINITY, f64::max), middle)
    }
}

/// `|mean(a) - mean(b)|` over the noise of the two regions; variances are divided by n, as numpy's.
///
/// # Errors
/// A region without voxels; two regions without noise, whose ratio has no denominator.
pub fn contrast_to_noise(a: ArrayView3<'_, f32>, b: ArrayView3<'_, f32>, noise: Noise) -> Result<f64> {
    let ((mean_a, var_a), (mean_b, var_b)) = (moments(&a)?, moments(&b)?);
    let noise = match noise {
        Noise::Each => (var_a + var_b).sqrt(),
        Noise::Joint => {
            // Variance within the two and between them.
            let (n, m) = (a.len() as f64, b.len() as f64);
            let between = n * m / (n + m).powi(2) * (mean_a - mean_b).powi(2);
            ((n * var_a + m * var_b) / (n + m) + between).sqrt()
        }
    };
    if noise == 0.0 {
        return Err(AnalysisError::Constant { what: "each of the two regions", value: mean_a });
    }
    Ok((mean_a - mean_b).abs() / noise)
}

/// The contrast-to-noise ratio over pairs of regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionPairs {
    /// Extents of a region in voxels.
    pub roi: [usize; 3],
    /// How many pairs.
    pub pairs: usize,
    /// Decides which: the same seed draws the same places in images that are alike in where they are constant.
    pub seed: u64,
    /// Where they lie.
    pub places: RegionPlaces,
    /// What a contrast is divided by.
    pub noise: Noise,
    /// What stands for all pairs.
    pub over: Average,
}

impl RegionPairs {
    /// The average of [`contrast_to_noise`] over the pairs, in `judged`. Regions lie where `truth` is not constant (air,
    /// and what a mask has set to 0, tell nothing); the two of a pair share no voxel. Pairs in which `judged` has no
    /// noise at all are left out. A grid that has no more than so many pairs gives each of them once.
    ///
    /// # Errors
    /// Shapes that differ, values that are not finite, a region larger than the image, an image too constant or too
    /// small for two regions, no pair with noise in it.
    pub fn score(&self, truth: ArrayView3<'_, f32>, judged: ArrayView3<'_, f32>) -> Result<f64> {
        self.average(&truth, &judged, |a, b| self.ratio(&judged, a, b))
    }

    /// The average of `(j - t) / (j + t)`, where t and j are the ratios of a pair in `truth` and in `judged`: above 0
    /// where contrast was gained. Pairs without contrast in either are left out.
    ///
    /// # Errors
    /// As [`Self::score`].
    pub fn difference(&self, truth: ArrayView3<'_, f32>, judged: ArrayView3<'_, f32>) -> Result<f64> {
        self.average(&truth, &judged, |a, b| {
            let (t, j) = (self.ratio(&truth, a, b)?, self.ratio(&judged, a, b)?);
            if t + j == 0.0 {
                return Err(AnalysisError::Constant { what: "each of the two ratios", value: 0.0 });
            }
            Ok((j - t) / (j + t))
        })
    }

    fn ratio(&self, image: &ArrayView3<'_, f32>, a: [usize; 3], b: [usize; 3]) -> Result<f64> {
        contrast_to_noise(self.region(image, a), self.region(image, b), self.noise)
    }

    /// What stands for a number of every pair, where it has one.
    fn average(
        &self,
        truth: &ArrayView3<'_, f32>,
        judged: &ArrayView3<'_, f32>,
        of_pair: impl Fn([usize; 3], [usize; 3]) -> Result<f64>,
    ) -> Result<f64> {
        check_shapes("the true image", truth.shape(), "the judged image", judged.shape())?;
        check_array("the true image", truth)?;
        check_array("the judged image", judged)?;
        let room = [0, 1, 2].map(|axis| truth.shape()[axis].checked_sub(self.roi[axis]));
        let [Some(x), Some(y), Some(z)] = room else {
            return Err(AnalysisError::Setting {
                setting: "the region",
                found: format!("{:?} voxels", self.roi),
                expected: "no more voxels along any axis than the image has",
            });
        };
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let places = match self.places {
            RegionPlaces::Random => {
                (0..self.pairs).map(|_| self.pair(truth, [x, y, z], &mut rng)).collect::<Result<_>>()?
            }
            RegionPlaces::Grid => self.pairs_of_grid(truth, &mut rng)?,
        };
        let mut values: Vec<f64> = places.into_iter().filter_map(|(a, b)| of_pair(a, b).ok()).collect();
        if values.is_empty() {
            return Err(AnalysisError::Undefined {
                what: "the contrast-to-noise ratio",
                reason: "the image is constant within every region that was drawn",
            });
        }
        Ok(self.over.of(&mut values))
    }

    /// Pairs of different cells of the grid: all of them where they are few enough.
    fn pairs_of_grid(&self, image: &ArrayView3<'_, f32>, rng: &mut ChaCha8Rng) -> Result<Vec<RegionPair>> {
        let along = |axis: usize| (0..image.shape()[axis] / self.roi[axis]).map(move |cell| cell * self.roi[axis]);
        let cells: Vec<[usize; 3]> = along(0)
            .flat_map(|x| along(1).flat_map(move |y| along(2).map(move |z| [x, y, z])))
            .filter(|place| !is_constant(&self.region(image, *place)))
            .collect();
        let n = cells.len();
        if n < 2 {
            return Err(AnalysisError::Undefined {
                what: "the contrast-to-noise ratio",
                reason: "the true image varies in fewer than two cells of the grid",
            });
        }
        if n * (n - 1) / 2 <= self.pairs {
            return Ok((0..n)
                .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
                .map(|(i, j)| (cells[i], cells[j]))
                .collect());
        }
        let draw = |_| {
            let (first, second) = (rng.random_range(0..n), rng.random_range(0..n - 1));
            (cells[first], cells[second + usize::from(second >= first)])
        };
        Ok((0..self.pairs).map(draw).collect())
    }

    /// Two places where the image varies, of regions that share no voxel.
    fn pair(&self, image: &ArrayView3<'_, f32>, room: [usize; 3], rng: &mut ChaCha8Rng) -> Result<RegionPair> {
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
