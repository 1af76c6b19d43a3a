//! Saliency: how strongly what a model says changes with each voxel of what it is shown.
//!
//! Gradients come in as arrays; copies of an image to take them at, and maps, go out. SmoothGrad (Smilkov et al. 2017,
//! "SmoothGrad: removing noise by adding noise", section 3): the gradient is averaged over copies of the image with
//! Gaussian noise of standard deviation `noise * (max - min)`.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Adds noise of standard deviation `noise * (max - min)` of the image's own values; `key` decides every draw.
pub fn add_noise(image: &mut [f32], noise: f64, key: &[u8; 32]) {
    let (low, high) = image.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let sd = noise * f64::from(high - low);
    // A flat image has no range.
    if !(sd.is_finite() && sd > 0.0) {
        return;
    }
    let mut rng = ChaCha8Rng::from_seed(*key);
    for value in image {
        let draw: f64 = StandardNormal.sample(&mut rng);
        *value += (sd * draw) as f32;
    }
}

/// The Euclidean norm over channels at each place; `values` hold one channel of `places` numbers after the other.
pub fn joined(values: &[f32], places: usize) -> Vec<f32> {
    let mut squares = vec![0.0_f64; places];
    for channel in values.chunks_exact(places.max(1)) {
        squares.iter_mut().zip(channel).for_each(|(sum, v)| *sum += f64::from(*v).powi(2));
    }
    squares.into_iter().map(|sum| sum.sqrt() as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_the_share_of_the_range_that_was_asked_for_and_is_the_same_every_time() {
        let image: Vec<f32> = (0..20_000).map(|i| if i % 2 == 0 { 3.0 } else { -1.0 }).collect();
        let noisy = |key: u8| {
            let mut copy = image.clone();
            add_noise(&mut copy, 0.05, &[key; 32]);
            copy
        };
        let (first, second) = (noisy(1), noisy(2));
        let added: Vec<f64> = first.iter().zip(&image).map(|(a, b)| f64::from(a - b)).collect();
        let mean = added.iter().sum::<f64>() / added.len() as f64;
        let sd = (added.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / added.len() as f64).sqrt();
        assert!(mean.abs() < 0.005 && (sd - 0.2).abs() < 0.003, "{mean} {sd}");
        assert!(first == noisy(1) && first != second);
    }

    #[test]
    fn a_flat_image_and_no_noise_stay_as_they_are() {
        let mut flat = vec![2.0; 8];
        add_noise(&mut flat, 0.5, &[0; 32]);
        assert_eq!(flat, [2.0; 8]);
        let mut image = vec![0.0, 1.0];
        add_noise(&mut image, 0.0, &[0; 32]);
        assert_eq!(image, [0.0, 1.0]);
    }

    #[test]
    fn channels_are_joined_by_their_norm() {
        assert_eq!(joined(&[3.0, 0.0, -1.0, 4.0, 2.0, 0.0], 3), [5.0, 2.0, 1.0]);
        assert_eq!(joined(&[], 2), [0.0, 0.0]);
    }
}
