//! From tissue to intensity: what each contrast shows of a mixture, and what a scanner makes of that.
//!
//! [`shown`] gives the noiseless intensity of a voxel, with the contrast's brightest tissue near 1. [`Scanner`] adds
//! what differs between visits (gain, tissue contrast, smooth bias field, noise; for PET the point spread function)
//! and rounds to the integers that scanners store.

use ndarray::Array3;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::anatomy::{Mixture, Tissue};
use super::clinical::Factors;
use super::deformation::{Grid, Point};
use super::draws::{Purpose, normal, stream};
use super::spec::{Contrast, PhantomSpec};

/// Intensities of each tissue in the order of its label: air, soft tissue (muscle), skull, fluid, cortical grey, white,
/// ventricle, deep grey, left and right hippocampus, lesion, cerebellum, brainstem, eye.
fn palette(contrast: Contrast) -> &'static [f32; Tissue::COUNT] {
    match contrast {
        Contrast::T1w => &[0.0, 0.48, 0.27, 0.17, 0.63, 1.0, 0.13, 0.76, 0.64, 0.64, 0.66, 0.68, 0.92, 0.22],
        Contrast::T2w => &[0.0, 0.26, 0.17, 0.95, 0.53, 0.36, 1.0, 0.44, 0.56, 0.56, 0.78, 0.50, 0.38, 0.98],
        Contrast::Flair => &[0.0, 0.36, 0.18, 0.12, 0.64, 0.50, 0.08, 0.58, 0.64, 0.64, 1.0, 0.62, 0.52, 0.14],
        Contrast::Pet => &[0.0, 0.16, 0.05, 0.06, 1.0, 0.28, 0.05, 0.98, 0.74, 0.74, 0.22, 0.85, 0.50, 0.10],
    }
}

/// Intensity of fat, which the soft tissue of the palette is mixed with.
fn fat(contrast: Contrast) -> f32 {
    match contrast {
        Contrast::T1w => 1.0,
        Contrast::T2w => 0.62,
        Contrast::Flair => 0.7,
        Contrast::Pet => 0.05,
    }
}

/// Noiseless intensity of a voxel in every contrast, in the order of [`Contrast::ALL`].
///
/// `loss` is the share of cortical uptake lost at this place; see [`uptake_loss`].
pub(super) fn shown(held: &Mixture, loss: f32) -> [f32; 4] {
    Contrast::ALL.map(|contrast| {
        let palette = palette(contrast);
        let sum: f32 = held.shares.iter().zip(palette).map(|(s, i)| s * i).sum();
        let soft = held.shares[Tissue::SoftTissue as usize] * held.fat;
        let fatty = soft * (fat(contrast) - palette[Tissue::SoftTissue as usize]);
        let lost = match contrast {
            Contrast::Pet => loss * held.shares[Tissue::CorticalGrey as usize],
            _ => 0.0,
        };
        sum + fatty - lost
    })
}

/// Share of cortical uptake lost at template point `p`: most in temporo-parietal cortex and precuneus of both sides.
pub(super) fn uptake_loss(p: Point, hypometabolism: f32) -> f32 {
    const REGIONS: [(Point, f32); 3] =
        [([46.0, -52.0, 30.0], 20.0), ([54.0, -30.0, -12.0], 20.0), ([6.0, -58.0, 36.0], 18.0)];
    let reach: f32 = REGIONS
        .iter()
        .map(|(centre, width)| {
            let d = [p[0].abs() - centre[0], p[1] - centre[1], p[2] - centre[2]];
            let square = d.iter().map(|v| v * v).sum::<f32>() / (width * width);
            (-0.5 * square).exp()
        })
        .sum();
    hypometabolism * reach.min(1.0)
}

/// One visit's scanner for one contrast.
#[derive(Debug)]
pub(super) struct Scanner {
    contrast: Contrast,
    /// Stored units in intensity 1.
    gain: f64,
    /// Exponent on the intensities: how hard the site's protocol separates tissues.
    gamma: f32,
    /// Standard deviation of the noise at intensity 1.
    noise: f32,
    /// Logarithm of the bias field: coefficients of x, y, z, x^2, y^2, z^2, xy, yz, xz, each coordinate in -1 to 1.
    bias: [f32; 9],
    /// Where the noise comes from.
    seed: u64,
    subject: usize,
}

/// Full width at half maximum of the PET point spread function, mm.
const PET_BLUR_MM: f64 = 6.5;

impl Scanner {
    pub fn new(spec: &PhantomSpec, subject: usize, factors: &Factors, contrast: Contrast) -> Self {
        let site = &mut stream(spec.seed, factors.site, Purpose::Site, contrast as usize);
        let site_gain = (0.15 * normal(site)).exp();
        let gamma = 1.0 + 0.04 * normal(site).clamp(-2.0, 2.0);
        let site_noise = (0.15 * normal(site)).exp();
        let visit = &mut stream(spec.seed, subject, Purpose::Acquisition, contrast as usize);
        let gain = (0.15 * normal(visit).clamp(-3.0, 3.0)).exp();
        let (unit, bias_sd) = match contrast {
            Contrast::Pet => (9000.0, 0.0),
            _ => (800.0, 0.04),
        };
        Scanner {
            contrast,
            gain: unit * gain * site_gain,
            gamma: gamma as f32,
            noise: (spec.noise * site_noise) as f32,
            bias: std::array::from_fn(|_| (bias_sd * normal(visit).clamp(-2.5, 2.5)) as f32),
            seed: spec.seed,
            subject,
        }
    }

    /// The stored scan of what is shown: whole numbers from 0 to 32767. MRI is in arbitrary units with air at zero;
    /// PET is in Bq/mL.
    pub fn acquire(&self, clean: &Array3<f32>, grid: &Grid) -> Array3<f32> {
        let (nx, ny, nz) = clean.dim();
        let mut scan = clean.clone();
        let plane = ny * nz;
        if let Some(voxels) = scan.as_slice_mut() {
            voxels.par_chunks_mut(plane).enumerate().for_each(|(i, plane)| self.expose(plane, i, [nx, ny, nz]));
        }
        if self.contrast == Contrast::Pet {
            blur(&mut scan, PET_BLUR_MM / 2.3548 / grid.voxel);
        }
        let gain = self.gain as f32;
        scan.par_mapv_inplace(|v| (v * gain).round().clamp(0.0, i16::MAX as f32));
        scan
    }

    /// Bias field, tissue contrast and noise on the `i`-th plane to the right, which has a stream of its own.
    fn expose(&self, plane: &mut [f32], i: usize, shape: [usize; 3]) {
        let mut rng = stream(self.seed, self.subject, Purpose::Noise, self.contrast as usize);
        rng.set_stream(i as u64);
        let centred = |index: usize, n: usize| 2.0 * index as f32 / (n - 1) as f32 - 1.0;
        let x = centred(i, shape[0]);
        for (j, row) in plane.chunks_exact_mut(shape[2]).enumerate() {
            let y = centred(j, shape[1]);
            for (k, value) in row.iter_mut().enumerate() {
                if *value <= 0.0 {
                    continue;
                }
                let z = centred(k, shape[2]);
                let terms = [x, y, z, x * x, y * y, z * z, x * y, y * z, x * z];
                let log_bias: f32 = terms.iter().zip(self.bias).map(|(t, b)| t * b).sum();
                let signal = value.powf(self.gamma) * log_bias.exp();
                *value = match self.contrast {
                    Contrast::Pet => counted(signal, self.noise, &mut rng),
                    _ => rician(signal, self.noise, &mut rng),
                };
            }
        }
    }
}

/// The magnitude of a complex signal with Gaussian noise in both channels.
fn rician(signal: f32, sd: f32, rng: &mut ChaCha8Rng) -> f32 {
    let (a, b) = (gaussian(rng), gaussian(rng));
    (signal + sd * a).hypot(sd * b)
}

/// Counting noise: its variance grows with the signal. The blur that follows leaves about a third of it.
fn counted(signal: f32, sd: f32, rng: &mut ChaCha8Rng) -> f32 {
    signal + 4.0 * sd * signal.max(0.0).sqrt() * gaussian(rng)
}

fn gaussian(rng: &mut ChaCha8Rng) -> f32 {
    StandardNormal.sample(rng)
}

/// Gaussian blur with standard deviation `sd` in voxels, one axis after another; what is outside is zero.
fn blur(volume: &mut Array3<f32>, sd: f64) {
    let reach = (3.0 * sd).ceil() as usize;
    let weights: Vec<f32> = (0..=reach).map(|d| (-0.5 * (d as f64 / sd).powi(2)).exp() as f32).collect();
    let total = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let weights: Vec<f32> = weights.iter().map(|w| w / total).collect();
    for axis in 0..3 {
        let source = volume.clone();
        ndarray::Zip::from(volume.lanes_mut(ndarray::Axis(axis))).and(source.lanes(ndarray::Axis(axis))).par_for_each(
            |mut to, from| {
                for centre in 0..to.len() {
                    let mut sum = weights[0] * from[centre];
                    for (distance, weight) in weights.iter().enumerate().skip(1) {
                        let below = centre.checked_sub(distance).map_or(0.0, |at| from[at]);
                        let above = from.get(centre + distance).copied().unwrap_or(0.0);
                        sum += weight * (below + above);
                    }
                    to[centre] = sum;
                }
            },
        );
    }
}
