//! How close a reconstructed image, volume or mask is to the true one.
//!
//! Two arrays of the same shape come in, of any number of axes and of `f32` or `f64` values; sums are kept in `f64`.
//! Definitions follow scikit-image (`skimage.metrics`) and MONAI; structural similarity is in [`super::ssim`].

use crate::error::{AnalysisError, Result, check_array, check_shapes};
use crate::metrics::contrast::Average;
use ndarray::{ArrayView, Dimension};

const TRUTH: &str = "the true image";
const PREDICTED: &str = "the predicted image";

/// The mean of the squared differences, in intensity squared.
///
/// # Errors
/// Shapes that differ, no voxels, or values that are not finite.
pub fn mse<T, D>(truth: ArrayView<'_, T, D>, predicted: ArrayView<'_, T, D>) -> Result<f64>
where
    T: Copy + Into<f64>,
    D: Dimension,
{
    mean(&truth, &predicted, |t, p| (t - p).powi(2))
}

/// The mean of the absolute differences, in intensity.
///
/// # Errors
/// As [`mse`].
pub fn mae<T, D>(truth: ArrayView<'_, T, D>, predicted: ArrayView<'_, T, D>) -> Result<f64>
where
    T: Copy + Into<f64>,
    D: Dimension,
{
    mean(&truth, &predicted, |t, p| (t - p).abs())
}

/// The peak signal-to-noise ratio in decibels, `10 log10(range^2 / mse)`.
///
/// `data_range` is the span of possible intensities (1 for images scaled to 0..1), not the span of this image.
///
/// # Errors
/// As [`mse`]; a `data_range` that is not positive; identical images, whose ratio is infinite.
pub fn psnr<T, D>(truth: ArrayView<'_, T, D>, predicted: ArrayView<'_, T, D>, data_range: f64) -> Result<f64>
where
    T: Copy + Into<f64>,
    D: Dimension,
{
    check_range(data_range)?;
    let error = mse(truth, predicted)?;
    if error == 0.0 {
        return Err(AnalysisError::Identical);
    }
    Ok(20.0 * data_range.log10() - 10.0 * error.log10())
}

/// The difference of two images over their magnitude; with a sign, above 0 where the prediction is the larger.
///
/// Over the mean it is one ratio of sums, `sum |p - t| / sum (|p| + |t|)`: 0 for equal images, 1 for images that share
/// nothing (the Bray-Curtis dissimilarity where nothing is negative). Over the median every voxel has its ratio,
/// `|p - t| / (|p| + |t|)`, and those that are 0 in both images, which have none, are left out. Dimitri et al. (2022)
/// take the median of ratios with their sign.
///
/// # Errors
/// As [`mse`]; two images that are zero everywhere.
pub fn normalised_difference<T, D>(
    truth: ArrayView<'_, T, D>,
    predicted: ArrayView<'_, T, D>,
    over: Average,
    signed: bool,
) -> Result<f64>
where
    T: Copy + Into<f64>,
    D: Dimension,
{
    let difference = |t: f64, p: f64| if signed { p - t } else { (p - t).abs() };
    let magnitude = mean(&truth, &predicted, |t, p| t.abs() + p.abs())?;
    if magnitude == 0.0 {
        return Err(AnalysisError::Constant { what: "both images", value: 0.0 });
    }
    if over == Average::Mean {
        return Ok(mean(&truth, &predicted, difference)? / magnitude);
    }
    let pairs = truth.iter().zip(&predicted).map(|(&t, &p)| (t.into(), p.into()));
    let there = pairs.filter(|(t, p)| *t != 0.0 || *p != 0.0);
    let mut ratios: Vec<f64> = there.map(|(t, p)| difference(t, p) / (t.abs() + p.abs())).collect();
    Ok(over.of(&mut ratios))
}

/// The overlap of two masks, `2 |A and B| / (|A| + |B|)`; 1 where both are empty, as MONAI's `ignore_empty=False`.
///
/// # Errors
/// Shapes that differ or no voxels.
pub fn dice<D: Dimension>(truth: ArrayView<'_, bool, D>, predicted: ArrayView<'_, bool, D>) -> Result<f64> {
    let counts = overlap(truth, predicted)?;
    Ok(if counts.sum() == 0 { 1.0 } else { 2.0 * counts.both as f64 / counts.sum() as f64 })
}

/// The intersection over the union of two masks (Jaccard's index); 1 where both are empty.
///
/// # Errors
/// As [`dice`].
pub fn intersection_over_union<D: Dimension>(
    truth: ArrayView<'_, bool, D>,
    predicted: ArrayView<'_, bool, D>,
) -> Result<f64> {
    let counts = overlap(truth, predicted)?;
    let union = counts.sum() - counts.both;
    Ok(if union == 0 { 1.0 } else { counts.both as f64 / union as f64 })
}

/// How alike two masks are in volume, wherever they lie: `1 - |a - b| / (a + b)` (Taha and Hanbury 2015). SimpleITK's
/// `GetVolumeSimilarity` is the signed difference over half the sum, `2 (a - b) / (a + b)`. Two empty masks have 1.
///
/// # Errors
/// Shapes that differ, or no voxels.
pub fn volume_similarity<D: Dimension>(
    truth: ArrayView<'_, bool, D>,
    predicted: ArrayView<'_, bool, D>,
) -> Result<f64> {
    let counts = overlap(truth, predicted)?;
    let apart = counts.truth.abs_diff(counts.predicted);
    Ok(if counts.sum() == 0 { 1.0 } else { 1.0 - apart as f64 / counts.sum() as f64 })
}

/// Sizes of two masks and of what they share.
struct Overlap {
    truth: usize,
    predicted: usize,
    both: usize,
}

impl Overlap {
    fn sum(&self) -> usize {
        self.truth + self.predicted
    }
}

fn overlap<D: Dimension>(truth: ArrayView<'_, bool, D>, predicted: ArrayView<'_, bool, D>) -> Result<Overlap> {
    check_shapes("the true mask", truth.shape(), "the predicted mask", predicted.shape())?;
    if truth.is_empty() {
        return Err(AnalysisError::Empty { what: "the true mask" });
    }
    let mut counts = Overlap { truth: 0, predicted: 0, both: 0 };
    for (&t, &p) in truth.iter().zip(&predicted) {
        counts.truth += usize::from(t);
        counts.predicted += usize::from(p);
        counts.both += usize::from(t && p);
    }
    Ok(counts)
}

fn mean<T, D>(truth: &ArrayView<'_, T, D>, predicted: &ArrayView<'_, T, D>, of: impl Fn(f64, f64) -> f64) -> Result<f64>
where
    T: Copy + Into<f64>,
    D: Dimension,
{
    check_images(truth, predicted)?;
    Ok(truth.iter().zip(predicted).map(|(&t, &p)| of(t.into(), p.into())).sum::<f64>() / truth.len() as f64)
}

pub(super) fn check_images<T, D>(truth: &ArrayView<'_, T, D>, predicted: &ArrayView<'_, T, D>) -> Result<()>
where
    T: Copy + Into<f64>,
    D: Dimension,
{
    check_shapes(TRUTH, truth.shape(), PREDICTED, predicted.shape())?;
    check_array(TRUTH, truth)?;
    check_array(PREDICTED, predicted)
}

pub(super) fn check_range(data_range: f64) -> Result<()> {
    if data_range.is_finite() && data_range > 0.0 {
        return Ok(());
    }
    Err(AnalysisError::Setting {
        setting: "the data range",
        found: data_range.to_string(),
        expected: "a number above 0",
    })
}
