//! The folds of the cortex: where its sulci run.
//!
//! A sulcus is a surface on which a sum of plane waves vanishes; the anatomy asks how far a voxel is from the nearest.

use super::deformation::{Grid, PlaneWaves, Wave};
use super::draws::{Purpose, normal, stream};

/// The pattern of sulci: the surfaces on which a sum of waves vanishes.
#[derive(Debug)]
pub(super) struct Folds {
    waves: PlaneWaves,
    /// Root mean square of the sum's gradient, per mm.
    typical: f32,
}

impl Folds {
    /// A pattern that a phantom's people share in its main lines, with a sulcus every 11 to 15 mm; each subject's
    /// waves are shifted by about a twentieth of their length.
    pub fn new(seed: u64, subject: usize, grid: &Grid) -> Self {
        const COUNT: usize = 16;
        let shared = &mut stream(seed, 0, Purpose::SharedFolds, 0);
        let own = &mut stream(seed, subject, Purpose::Folds, 0);
        let waves: Vec<Wave> = (0..COUNT)
            .map(|_| {
                let wave = Wave::draw([22.0, 30.0], shared);
                let phase = wave.phase + 0.35 * normal(own);
                Wave { phase, ..wave }
            })
            .collect();
        Folds {
            waves: PlaneWaves::new(grid, &waves),
            typical: std::f32::consts::TAU / 26.0 * (0.5 * COUNT as f32).sqrt(),
        }
    }

    /// Prepares column `(i, j)` of the grid; see [`PlaneWaves::column`].
    pub fn column(&self, i: usize, j: usize, column: &mut Vec<(f32, f32)>) {
        self.waves.column(i, j, column);
    }

    /// About the distance, in mm, from the `k`-th voxel of the prepared column to the nearest sulcus: the value of
    /// the sum over the length of its gradient. Where the sum is flat that would make wide pools of what should be
    /// narrow, so that the distance is lengthened there.
    pub fn distance(&self, column: &[(f32, f32)], k: usize) -> f32 {
        let mut value = 0.0;
        let mut slope = [0.0f32; 3];
        for (vector, (cosine, sine)) in self.waves.at(column, k) {
            value += sine;
            for axis in 0..3 {
                slope[axis] += vector[axis] * cosine;
            }
        }
        let steepness = slope.iter().map(|s| s * s).sum::<f32>().sqrt();
        let steepness = steepness.max(0.05 * self.typical);
        value.abs() / steepness * (self.typical / steepness).max(1.0)
    }
}
