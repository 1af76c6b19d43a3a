//! Structural similarity of two images or volumes (Wang, Bovik, Sheikh and Simoncelli 2004).
//!
//! Two arrays of the same shape come in, with every axis one of space (a channel at a time); one number goes out, 1
//! for equal images. Local means, variances and covariances are taken in a window around each voxel, and
//! `((2 mx my + c1)(2 sxy + c2)) / ((mx^2 + my^2 + c1)(sx + sy + c2))` is averaged over voxels.
//!
//! Packages differ in the window, in the divisor of the variance and at the border: [`Ssim::uniform`] and
//! [`Ssim::gaussian`] are scikit-image's two, [`Ssim::torchmetrics`] is that of torchmetrics.

use super::image::{check_images, check_range};
use crate::error::{AnalysisError, Result};
use ndarray::{ArrayView, Dimension};
use serde::{Deserialize, Serialize};

/// Which structural similarity is computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ssim {
    /// The span of possible intensities, not that of the image at hand.
    pub data_range: f64,
    /// The window of the local statistics.
    pub window: Window,
    /// What is done where the window does not fit.
    pub border: Border,
    /// The constant of the luminance term, `c1 = (k1 range)^2`.
    pub k1: f64,
    /// The constant of the contrast term, `c2 = (k2 range)^2`.
    pub k2: f64,
}

/// The weights of a voxel's neighbourhood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Window {
    /// A box of 7 voxels an axis, with sample variances (divided by `n - 1`).
    Uniform,
    /// A Gaussian of standard deviation 1.5 voxels, cut to 11 voxels an axis, with population variances.
    Gaussian,
}

/// What is done at the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Border {
    /// The mean is taken over the voxels whose window lies inside the image.
    Crop,
    /// The image is mirrored beyond its border, the border voxel not repeated, and every voxel counts.
    Mirror,
}

impl Ssim {
    /// scikit-image's default: a box of 7 voxels.
    pub fn uniform(data_range: f64) -> Self {
        Self { data_range, window: Window::Uniform, border: Border::Crop, k1: 0.01, k2: 0.03 }
    }

    /// scikit-image's `gaussian_weights=True, use_sample_covariance=False`: that of the 2004 paper.
    pub fn gaussian(data_range: f64) -> Self {
        Self { window: Window::Gaussian, ..Self::uniform(data_range) }
    }

    /// torchmetrics' default: the Gaussian window over the mirrored image.
    pub fn torchmetrics(data_range: f64) -> Self {
        Self { border: Border::Mirror, ..Self::gaussian(data_range) }
    }

    /// The mean structural similarity of two images.
    ///
    /// # Errors
    /// Shapes that differ, values that are not finite, a `data_range` that is not positive, or an axis shorter than
    /// the window (7 or 11 voxels; with [`Border::Mirror`], 6).
    pub fn score<T, D>(&self, truth: ArrayView<'_, T, D>, predicted: ArrayView<'_, T, D>) -> Result<f64>
    where
        T: Copy + Into<f64>,
        D: Dimension,
    {
        check_range(self.data_range)?;
        check_images(&truth, &predicted)?;
        let taps = self.window.taps();
        let needed = match self.border {
            Border::Crop => taps.len(),
            Border::Mirror => taps.len() / 2 + 1,
        };
        if let Some(&found) = truth.shape().iter().find(|&&extent| extent < needed) {
            return Err(AnalysisError::TooFew { what: "an axis of the images", needed, found });
        }

        let x: Vec<f64> = truth.iter().map(|&v| v.into()).collect();
        let y: Vec<f64> = predicted.iter().map(|&v| v.into()).collect();
        let local = |f: &dyn Fn(f64, f64) -> f64| {
            let field = x.iter().zip(&y).map(|(&a, &b)| f(a, b)).collect();
            self.border.filter(field, truth.shape(), &taps)
        };
        let (mx, my) = (local(&|a, _| a), local(&|_, b| b));
        let (xx, yy, xy) = (local(&|a, _| a * a), local(&|_, b| b * b), local(&|a, b| a * b));

        let bessel = self.window.bessel(truth.ndim());
        let c1 = (self.k1 * self.data_range).powi(2);
        let c2 = (self.k2 * self.data_range).powi(2);
        let sum: f64 = (0..mx.len())
            .map(|i| {
                let (mx, my) = (mx[i], my[i]);
                let (vx, vy) = (bessel * (xx[i] - mx * mx), bessel * (yy[i] - my * my));
                let covariance = bessel * (xy[i] - mx * my);
                ((2.0 * mx * my + c1) * (2.0 * covariance + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2))
            })
            .sum();
        Ok(sum / mx.len() as f64)
    }
}

impl Window {
    /// The weights along one axis; they add up to 1.
    fn taps(self) -> Vec<f64> {
        match self {
            Window::Uniform => vec![1.0 / 7.0; 7],
            Window::Gaussian => {
                let weights: Vec<f64> = (-5..=5).map(|i| (-0.5 * (f64::from(i) / 1.5).powi(2)).exp()).collect();
                let sum: f64 = weights.iter().sum();
                weights.iter().map(|w| w / sum).collect()
            }
        }
    }

    /// What a variance is multiplied by.
    fn bessel(self, axes: usize) -> f64 {
        match self {
            Window::Uniform => {
                let n = 7_f64.powi(axes as i32);
                n / (n - 1.0)
            }
            Window::Gaussian => 1.0,
        }
    }
}

impl Border {
    /// Filters a row-major `field` of `shape` with the same `taps` along every axis.
    fn filter(self, field: Vec<f64>, shape: &[usize], taps: &[f64]) -> Vec<f64> {
        let mut field = field;
        let mut shape = shape.to_vec();
        for axis in 0..shape.len() {
            field = self.filter_axis(&field, &shape, axis, taps);
            shape[axis] = self.extent(shape[axis], taps.len());
        }
        field
    }

    /// How long an axis is after the filter.
    fn extent(self, before: usize, taps: usize) -> usize {
        match self {
            Border::Crop => before + 1 - taps,
            Border::Mirror => before,
        }
    }

    fn filter_axis(self, field: &[f64], shape: &[usize], axis: usize, taps: &[f64]) -> Vec<f64> {
        let extent = shape[axis];
        let after = self.extent(extent, taps.len());
        let stride: usize = shape[axis + 1..].iter().product();
        let outer: usize = shape[..axis].iter().product();
        let mut out = vec![0.0; outer * after * stride];
        for block in 0..outer {
            for i in 0..after {
                let to = (block * after + i) * stride;
                for (k, &tap) in taps.iter().enumerate() {
                    let source = match self {
                        Border::Crop => i + k,
                        Border::Mirror => mirror(i + k, taps.len() / 2, extent),
                    };
                    let from = (block * extent + source) * stride;
                    let (target, values) = (&mut out[to..to + stride], &field[from..from + stride]);
                    target.iter_mut().zip(values).for_each(|(t, v)| *t += tap * v);
                }
            }
        }
        out
    }
}

/// The voxel that stands at `shifted - radius`, mirrored at both ends without repeating the border.
fn mirror(shifted: usize, radius: usize, extent: usize) -> usize {
    let inside = shifted.abs_diff(radius);
    if inside < extent { inside } else { 2 * (extent - 1) - inside }
}
