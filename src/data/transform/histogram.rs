//! Histogram standardisation: a piecewise linear map of intensity landmarks (Nyul, Udupa and Zhang 2000), with
//! torchio's definition of the landmarks and of the map.

use super::super::error::{DataError, Result};
use super::intensity::foreground_percentiles;
use fascicle_lang::program::ImageMask;
use ndarray::Array4;
use serde::{Deserialize, Serialize};

/// Percentiles that are landmarks: both ends (1 and 99), deciles and quartiles.
const PERCENTS: [f64; 13] = [1.0, 10.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 75.0, 80.0, 90.0, 99.0];

/// The landmarks that the map passes through; torchio leaves out the quartiles 25 and 75.
const MAPPED: [usize; 11] = [0, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12];

/// Differences of percentiles below this count as none.
const SMALLEST_STEP: f64 = 1e-5;

/// Landmarks of a set of training images, on a scale of 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Landmarks(pub Vec<f64>);

impl Landmarks {
    /// The percentiles of one image, from which landmarks are averaged.
    ///
    /// # Errors
    /// No voxel of the mask.
    pub(super) fn of_image(image: &Array4<f32>, mask: &ImageMask, ends: (f64, f64)) -> Result<Vec<f64>> {
        let mut percents = PERCENTS;
        (percents[0], percents[12]) = ends;
        foreground_percentiles(image, mask, &percents).ok_or_else(|| {
            let problem = "the mask has no voxels; check the image, or use another mask".into();
            DataError::Step { step: "histogram_standardize", problem }
        })
    }

    /// Averages the images' percentiles, each mapped so that its ends are 0 and 100.
    pub(super) fn train(images: &[Vec<f64>]) -> Self {
        let n = images.len().max(1) as f64;
        let slope = |p: &[f64]| {
            let slope = 100.0 / (p[12] - p[0]);
            if slope.is_finite() { slope } else { 0.0 }
        };
        let intercept = images.iter().map(|p| -slope(p) * p[0]).sum::<f64>() / n;
        Self((0..13).map(|k| images.iter().map(|p| slope(p) * p[k]).sum::<f64>() / n + intercept).collect())
    }

    /// Maps every voxel; the mask only decides the image's own percentiles. The outer segments extrapolate.
    ///
    /// # Errors
    /// No voxel of the mask.
    pub(super) fn apply(&self, image: &mut Array4<f32>, mask: &ImageMask) -> Result<()> {
        let own = Self::of_image(image, mask, (1.0, 99.0))?;
        let from = MAPPED.map(|k| own[k]);
        let to = MAPPED.map(|k| self.0.get(k).copied().unwrap_or(0.0));
        let segments: Vec<(f64, f64)> = (0..MAPPED.len() - 1)
            .map(|k| {
                let step = from[k + 1] - from[k];
                let slope = if step < SMALLEST_STEP { 0.0 } else { (to[k + 1] - to[k]) / step };
                (slope, to[k] - slope * from[k])
            })
            .collect();
        let inner = &from[1..from.len() - 1];
        // Edges ascend: as many as lie below is where the value's segment is.
        image.mapv_inplace(|value| {
            let v = f64::from(value);
            let (slope, intercept) = segments[inner.iter().filter(|edge| **edge <= v).count()];
            (slope * v + intercept) as f32
        });
        Ok(())
    }
}
