//! How far each region of each case deviates from what is normal.
//!
//! A model has learnt what is normal from healthy subjects. Its residuals (observed minus predicted) of healthy
//! subjects it was not trained on come in as the reference, those of the cases follow; a signed z a subject and region
//! goes out, `z = (residual - mean of reference) / sd of reference`, with the sample standard deviation, as in Kumar
//! et al.'s normative modelling with multimodal variational autoencoders. Reference subjects must not have trained
//! the model: residuals of training subjects are too small, and every deviation would be too large.

use super::error::{AnalysisError, Result, check_array};
use super::statistics::moments::{largest, mean, spread};
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// The |z| that one normal value in twenty exceeds.
pub const THRESHOLD: f64 = 1.96;

/// Mean and standard deviation of the residuals of reference subjects, one of each a region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NormativeReference {
    /// The mean residual, in the unit of the data.
    pub mean: Vec<f64>,
    /// The sample standard deviation (`n - 1`), in the same unit; above 0.
    pub sd: Vec<f64>,
    /// The number of reference subjects.
    pub subjects: usize,
}

/// Deviations of cases, in standard deviations of the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deviation {
    /// `[subjects, regions]`; above 0 where more was observed than predicted.
    pub z: Array2<f64>,
}

impl NormativeReference {
    /// Takes the residuals `[subjects, regions]` of held-out healthy subjects.
    ///
    /// # Errors
    /// Fewer than two subjects, no regions, a residual that is not finite (at subject, region), or a region whose
    /// residual is the same in every subject.
    pub fn fit(residuals: ArrayView2<'_, f64>) -> Result<Self> {
        check_array("the reference residuals", &residuals)?;
        let subjects = residuals.nrows();
        if subjects < 2 {
            return Err(AnalysisError::TooFew { what: "the reference", needed: 2, found: subjects });
        }
        let mut fitted = Self { mean: Vec::new(), sd: Vec::new(), subjects };
        for (region, column) in residuals.columns().into_iter().enumerate() {
            let column = column.to_vec();
            // A spread of a few last digits is none.
            let sd = spread(&column, largest(&column)).sqrt();
            if sd == 0.0 {
                return Err(AnalysisError::ConstantRegion { region, value: column[0] });
            }
            fitted.mean.push(mean(&column));
            fitted.sd.push(sd);
        }
        Ok(fitted)
    }

    /// The deviations of cases with the residuals `[subjects, regions]`.
    ///
    /// # Errors
    /// Another number of regions than the reference has, no cases, or a residual that is not finite.
    pub fn deviation(&self, residuals: ArrayView2<'_, f64>) -> Result<Deviation> {
        let regions = self.mean.len();
        if residuals.ncols() != regions {
            return Err(AnalysisError::ShapeMismatch {
                left: "the residuals of the cases",
                left_shape: residuals.shape().to_vec(),
                right: "the reference",
                right_shape: vec![self.subjects, regions],
            });
        }
        check_array("the residuals of the cases", &residuals)?;
        let mut z = residuals.to_owned();
        for (region, mut column) in z.columns_mut().into_iter().enumerate() {
            column.mapv_inplace(|residual| (residual - self.mean[region]) / self.sd[region]);
        }
        Ok(Deviation { z })
    }
}

impl Deviation {
    /// The mean of |z| over regions, one a subject: how far a brain is from normal on the whole.
    pub fn mean_absolute(&self) -> Vec<f64> {
        self.z.rows().into_iter().map(|row| fraction(row.iter().map(|z| z.abs()), row.len())).collect()
    }

    /// The fraction of subjects with |z| above `threshold` (usually [`THRESHOLD`]), one a region.
    pub fn fraction_beyond_by_region(&self, threshold: f64) -> Vec<f64> {
        self.beyond(Axis(1), threshold)
    }

    /// The fraction of regions with |z| above `threshold`, one a subject.
    pub fn fraction_beyond_by_subject(&self, threshold: f64) -> Vec<f64> {
        self.beyond(Axis(0), threshold)
    }

    fn beyond(&self, kept: Axis, threshold: f64) -> Vec<f64> {
        let count = |lane: ndarray::ArrayView1<'_, f64>| {
            fraction(lane.iter().map(|z| f64::from(u8::from(z.abs() > threshold))), lane.len())
        };
        self.z.axis_iter(kept).map(count).collect()
    }
}

/// How many people deviate by more than a bound: extreme positive and negative deviations (Marquand et al. 2016, Wolfers et
/// al. 2018).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceedance {
    /// The people that were looked at.
    pub people: usize,
    /// Those above the bound.
    pub positive: usize,
    /// Those below its negative.
    pub negative: usize,
}

impl Exceedance {
    /// Of the deviations of some people, of those that exceed `beyond` in either direction; the bound itself does not.
    ///
    /// # Errors
    /// Nobody, or a deviation that is not finite.
    pub fn of(z: &[f64], beyond: f64) -> Result<Self> {
        check_array("the deviations", &ndarray::ArrayView1::from(z))?;
        let count = |exceeds: &dyn Fn(f64) -> bool| z.iter().filter(|z| exceeds(**z)).count();
        Ok(Self { people: z.len(), positive: count(&|z| z > beyond), negative: count(&|z| z < -beyond) })
    }

    /// Those on either side.
    pub fn count(self) -> usize {
        self.positive + self.negative
    }

    /// Some of them, as a share of all.
    pub fn share(self, of: usize) -> f64 {
        of as f64 / self.people as f64
    }
}

/// The sum over `n`.
fn fraction(values: impl Iterator<Item = f64>, n: usize) -> f64 {
    values.sum::<f64>() / n as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_close, folder};
    use ndarray::array;
    use safetensors::SafeTensors;

    fn tensor(file: &SafeTensors<'_>, name: &str) -> Array2<f64> {
        let view = file.tensor(name).unwrap();
        let values = view.data().as_chunks::<4>().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect();
        let (rows, columns) = match view.shape() {
            [columns] => (1, *columns),
            [rows, columns] => (*rows, *columns),
            shape => panic!("{shape:?}"),
        };
        Array2::from_shape_vec((rows, columns), values).unwrap()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test reads its reference numbers")]
    fn deviations_are_those_of_the_authors_code() {
        let Some(folder) = folder("mmvae_poe/deviations") else {
            return;
        };
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let (inputs, outputs) = (read("inputs.safetensors"), read("outputs.safetensors"));
        let inputs = SafeTensors::deserialize(&inputs).unwrap();
        let outputs = SafeTensors::deserialize(&outputs).unwrap();

        let reference =
            NormativeReference::fit((tensor(&inputs, "x_norm") - tensor(&inputs, "pred_norm")).view()).unwrap();
        let deviation = reference.deviation((tensor(&inputs, "x_test") - tensor(&inputs, "pred_test")).view()).unwrap();
        for (found, name) in [(&reference.mean, "mean"), (&reference.sd, "std")] {
            found.iter().zip(&tensor(&outputs, name)).for_each(|(&f, &e)| assert_close(f, e, 1e-5));
        }
        let expected = tensor(&outputs, "z");
        assert_eq!(deviation.z.dim(), (5, 4));
        deviation.z.iter().zip(&expected).for_each(|(&f, &e)| assert_close(f, e, 1e-5));
    }

    #[test]
    fn deviations_are_summed_up_by_subject_and_by_region() {
        let reference = NormativeReference { mean: vec![0.0, 1.0], sd: vec![1.0, 2.0], subjects: 9 };
        let deviation = reference.deviation(array![[2.0, 1.0], [-3.0, -9.0], [0.5, 1.0]].view()).unwrap();
        assert_eq!(deviation.z, array![[2.0, 0.0], [-3.0, -5.0], [0.5, 0.0]]);
        assert_eq!(deviation.mean_absolute(), [1.0, 4.0, 0.25]);
        assert_eq!(deviation.fraction_beyond_by_subject(THRESHOLD), [0.5, 1.0, 0.0]);
        assert_eq!(deviation.fraction_beyond_by_region(THRESHOLD), [2.0 / 3.0, 1.0 / 3.0]);
    }

    #[test]
    fn deviations_beyond_a_bound_are_counted_on_either_side() {
        let found = Exceedance::of(&[1.96, 2.0, -1.97, -5.0, 0.0, 3.1, -1.96, 0.2], THRESHOLD).unwrap();
        assert_eq!(found, Exceedance { people: 8, positive: 2, negative: 2 });
        assert_eq!((found.count(), found.share(found.positive)), (4, 0.25));
        assert!(Exceedance::of(&[], 1.96).is_err());
        assert!(matches!(Exceedance::of(&[0.0, f64::NAN], 1.0), Err(AnalysisError::NotFinite { .. })));
    }

    #[test]
    fn a_region_that_never_varies_is_named() {
        let error = NormativeReference::fit(array![[0.1, 0.5], [0.3, 0.5], [0.2, 0.5]].view()).unwrap_err();
        assert_eq!(error, AnalysisError::ConstantRegion { region: 1, value: 0.5 });
    }

    #[test]
    fn residuals_that_do_not_fit_are_refused() {
        let reference = NormativeReference::fit(array![[0.1, 0.5], [0.3, 0.4]].view()).unwrap();
        assert!(matches!(reference.deviation(array![[1.0]].view()), Err(AnalysisError::ShapeMismatch { .. })));
        let error = reference.deviation(array![[1.0, 2.0], [1.0, f64::NAN]].view()).unwrap_err();
        assert!(matches!(error, AnalysisError::NotFinite { position, .. } if position == [1, 1]));
        assert!(matches!(NormativeReference::fit(array![[1.0, 2.0]].view()), Err(AnalysisError::TooFew { .. })));
    }
}
