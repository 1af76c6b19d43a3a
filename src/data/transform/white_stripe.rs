//! Intensities in the unit of normal-appearing white matter: `white_stripe` (Shinohara et al. 2014), with the definition of the
//! package intensity-normalization for T1.
//!
//! ```text
//!  voxels above 0 ──the lower 96%──▶ kernel density ──its last peak──▶ white matter ──quantiles around it──▶ stripe: mean, sd
//! ```

use super::super::error::{DataError, Result};
use super::percentile::percentiles_of;
use ndarray::Array4;

/// Brighter than this share of the head is its tail: vessels and fat.
const TAIL_PERCENT: f64 = 96.0;
/// Places at which the density is looked at.
const PLACES: usize = 80;

/// Minus the mean of the stripe, over its standard deviation (the population's); every voxel, the air too.
///
/// # Errors
/// No head, or one of a single value.
pub(super) fn white_stripe(image: &mut Array4<f32>, width: f64) -> Result<()> {
    let refuse = |problem: &str| DataError::Step { step: "white_stripe", problem: problem.into() };
    let head: Vec<f32> = image.iter().copied().filter(|value| *value > 0.0).collect();
    if head.is_empty() {
        return Err(refuse(
            "no voxel is above 0; check the image, or put the step before those that change intensities",
        ));
    }
    let one_value = "all voxels above 0 have the same value, so there is no peak of white matter; check the image";
    let white = last_peak(&head).ok_or_else(|| refuse(one_value))?;
    let below = head.iter().filter(|value| f64::from(**value) < white).count() as f64 / head.len() as f64;
    let ends = [(below - width).max(0.0), (below + width).min(1.0)];
    let ends = percentiles_of(&mut head.clone(), &ends.map(|quantile| 100.0 * quantile));
    let inside = |value: f32| f64::from(value) > ends[0] && f64::from(value) < ends[1];
    let stripe: Vec<f64> = image.iter().copied().filter(|value| inside(*value)).map(f64::from).collect();
    let mean = stripe.iter().sum::<f64>() / stripe.len().max(1) as f64;
    let sd = (stripe.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / stripe.len().max(1) as f64).sqrt();
    // As a share of the values' size: rounding leaves a little even where all are the same.
    if sd <= mean.abs() * 1e-10 {
        let problem = format!(
            "the stripe of white matter from {:.4} to {:.4} holds {} voxels of no spread, so there is no standard deviation to \
             divide by; check the image, or give a wider stripe: white_stripe(width: {})",
            ends[0],
            ends[1],
            stripe.len(),
            (2.0 * width).min(0.5)
        );
        return Err(DataError::Step { step: "white_stripe", problem });
    }
    image.mapv_inplace(|value| ((f64::from(value) - mean) / sd) as f32);
    Ok(())
}

/// The peak of the brightest tissue: the last local maximum of the density, else its maximum; `None` where the values do not
/// differ.
fn last_peak(head: &[f32]) -> Option<f64> {
    let tail = percentiles_of(&mut head.to_vec(), &[TAIL_PERCENT]).first().copied()?;
    let values: Vec<f64> = head.iter().map(|value| f64::from(*value)).filter(|value| *value <= tail).collect();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let step = (most - least) / (PLACES as f64 - 1.0);
    let places: Vec<f64> = (0..PLACES).map(|i| if i + 1 == PLACES { most } else { least + step * i as f64 }).collect();
    let density = density(&values, &places)?;
    let is_peak = |i: &usize| density[*i] > density[i - 1] && density[*i] > density[i + 1];
    let highest = || (0..PLACES).fold(0, |best, i| if density[i] > density[best] { i } else { best });
    Some(places[(1..PLACES - 1).rev().find(is_peak).unwrap_or_else(highest)])
}

/// A Gaussian kernel density, up to a factor; its width by Scott's rule, as scipy's `gaussian_kde`. `None` where there is no
/// spread that gives one.
fn density(values: &[f64], places: &[f64]) -> Option<Vec<f64>> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let width = variance.sqrt() * n.powf(-0.2);
    let at = |place: &f64| values.iter().map(|value| (-0.5 * ((place - value) / width).powi(2)).exp()).sum();
    // Of a single value there is no variance, and the comparison does not hold.
    (width > mean.abs() * 1e-10).then(|| places.iter().map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODE: f64 = 109.091_174_548_185_32;
    const PLACES_READ: [[usize; 3]; 4] = [[0, 0, 0], [9, 8, 7], [4, 5, 6], [12, 10, 9]];
    const EXPECTED: [(f64, [f64; 4]); 2] = [
        (0.05, [-75.105_382_8, 0.281_267_493, -33.621_254_6, 0.678_656_29]),
        (0.1, [-11.328_510_8, 0.348_906_538, -4.902_605_48, 0.410_462_196]),
    ];

    /// The head of tests/reference/white_stripe.py.
    fn head() -> Array4<f32> {
        Array4::from_shape_fn([1, 20, 18, 16], |(_, x, y, z)| {
            let noise = ((x * 37 + y * 61 + z * 89 + x * y * 7 + y * z * 13) % 101) as f64 / 100.0;
            let noise = noise + ((x * 53 + y * 29 + z * 71 + x * z * 11) % 103) as f64 / 102.0 - 1.0;
            let square = |at: usize, middle: f64| (at as f64 - middle).powi(2);
            let far = square(x, 9.5) / 81.0 + square(y, 8.5) / 64.0 + square(z, 7.5) / 49.0;
            let tissue = if far < 0.35 { 110.0 + 9.0 * noise } else { 70.0 + 12.0 * noise };
            (if far < 1.0 { tissue } else { 0.0 }) as f32
        })
    }

    #[test]
    fn white_matter_is_the_unit_of_intensity_normalization() {
        let above: Vec<f32> = head().iter().copied().filter(|value| *value > 0.0).collect();
        let peak = last_peak(&above).expect("a peak");
        assert!((peak - MODE).abs() < 1e-9, "{peak}");
        for (width, expected) in EXPECTED {
            let mut image = head();
            white_stripe(&mut image, width).expect("a stripe");
            for (at, expected) in PLACES_READ.into_iter().zip(expected) {
                let found = f64::from(image[[0, at[0], at[1], at[2]]]);
                assert!(
                    (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                    "{width} {at:?}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn a_change_of_the_scanner_s_unit_changes_nothing() {
        let (mut one, mut other) = (head(), head().mapv(|value| 4.0 * value));
        white_stripe(&mut one, 0.05).expect("a stripe");
        white_stripe(&mut other, 0.05).expect("a stripe");
        assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn what_has_no_white_matter_is_refused() {
        let told = |mut image: Array4<f32>| white_stripe(&mut image, 0.05).expect_err("refused").to_string();
        let empty = told(Array4::zeros([1, 3, 3, 3]));
        assert!(empty.contains("no voxel is above 0"), "{empty}");
        let flat = told(Array4::from_elem([1, 3, 3, 3], 7.0));
        assert!(flat.contains("the same value"), "{flat}");
        // Two values alone: no voxel lies strictly between the ends of the stripe, or all that do are equal.
        let two = told(Array4::from_shape_fn([1, 4, 4, 4], |(_, x, _, _)| if x < 2 { 50.0 } else { 100.0 }));
        assert!(two.contains("no spread") && two.contains("width: 0.1"), "{two}");
    }
}
