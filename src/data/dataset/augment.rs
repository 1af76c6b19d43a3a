//! Random changes of training images, decided by seed, epoch and subject.

use super::super::transform::Image;
use fascicle_lang::program::Augment;
use ndarray::{Array4, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// How an item is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Augmentation<'a> {
    /// As it is, in one view.
    Fixed {
        /// Which, from 0.
        view: usize,
    },
    /// Changed at random, in a random view. The same three numbers and subject give the same change.
    Random {
        /// The run's seed.
        seed: u64,
        /// The pass over the training subjects.
        epoch: u64,
        /// The changes, in order.
        augment: &'a [Augment],
    },
}

/// What was drawn for one item; the same for all its inputs.
#[derive(Debug, Clone)]
pub(super) struct Augmented {
    pub(super) view: usize,
    changes: Vec<Change>,
    /// From which each input draws what is its own: noise and gain.
    key: Option<blake3::Hash>,
}

#[derive(Debug, Clone, PartialEq)]
enum Change {
    Flip(usize),
    Shift([i64; 3]),
    Noise(f64),
    Scale(f64),
}

impl Augmentation<'_> {
    /// Draws for one item.
    pub(super) fn of(&self, key: &str, slice: usize, views: usize) -> Augmented {
        let (seed, epoch, augment) = match self {
            Self::Fixed { view } => return Augmented { view: *view, changes: Vec::new(), key: None },
            Self::Random { seed, epoch, augment } => (seed, epoch, augment),
        };
        let hash = blake3::hash(format!("augment {seed} {epoch} {slice} {key}").as_bytes());
        let mut rng = ChaCha8Rng::from_seed(*hash.as_bytes());
        let view = rng.random_range(0..views.max(1));
        let changes = augment
            .iter()
            .filter_map(|augment| match augment {
                Augment::Flip { axis } => rng.random_bool(0.5).then_some(Change::Flip(axis.position())),
                Augment::Shift { voxels } => {
                    let most = i64::try_from(*voxels).unwrap_or(i64::MAX);
                    Some(Change::Shift(std::array::from_fn(|_| rng.random_range(-most..=most))))
                }
                Augment::Noise { sd } => Some(Change::Noise(*sd)),
                Augment::Scale { by } => Some(Change::Scale(*by)),
            })
            .collect();
        Augmented { view, changes, key: Some(hash) }
    }
}

impl Augmented {
    /// Whether images stay as they are.
    pub(super) fn is_none(&self) -> bool {
        self.changes.is_empty()
    }

    /// Changes one input's image. Places move alike in all inputs; noise and gain are each input's own, and only for
    /// `intensities`.
    pub(super) fn change(&self, mut image: Image, intensities: bool, input: usize) -> Image {
        let Some(key) = &self.key else { return image };
        let mut rng = ChaCha8Rng::from_seed(*key.as_bytes());
        // Stream 0 has drawn the places.
        rng.set_stream(input as u64 + 1);
        for change in &self.changes {
            match change {
                Change::Flip(axis) => image.data.invert_axis(Axis(axis + 1)),
                Change::Shift(by) => image.data = shift(&image.data, *by),
                Change::Noise(sd) if intensities => image.data.mapv_inplace(|v| {
                    let draw: f64 = StandardNormal.sample(&mut rng);
                    v + (sd * draw) as f32
                }),
                Change::Scale(by) if intensities => {
                    let factor = 1.0 + by * rng.random_range(-1.0..=1.0);
                    image.data.mapv_inplace(|v| v * factor as f32);
                }
                Change::Noise(_) | Change::Scale(_) => {}
            }
        }
        image
    }
}

/// Moves an image by whole voxels; what comes in has the border's value.
fn shift(data: &Array4<f32>, by: [i64; 3]) -> Array4<f32> {
    let (channels, nx, ny, nz) = data.dim();
    let source = |i: usize, extent: usize, by: i64| (i as i64).saturating_sub(by).clamp(0, extent as i64 - 1) as usize;
    let values: Vec<f32> = data.iter().copied().collect();
    // Along the last axis a border, a run of voxels that lie together, a border.
    let far = usize::try_from(by[2].unsigned_abs()).unwrap_or(nz).min(nz);
    let (first, from) = if by[2] > 0 { (far, 0) } else { (0, far) };
    let run = nz - far;
    let mut moved = Vec::with_capacity(values.len());
    for c in 0..channels {
        for x in 0..nx {
            for y in 0..ny {
                let at = ((c * nx + source(x, nx, by[0])) * ny + source(y, ny, by[1])) * nz;
                let Some(row) = values.get(at..at + nz) else { continue };
                let (Some(head), Some(tail)) = (row.first(), row.last()) else { continue };
                moved.extend(std::iter::repeat_n(*head, first));
                moved.extend_from_slice(&row[from..from + run]);
                moved.extend(std::iter::repeat_n(*tail, nz - first - run));
            }
        }
    }
    Array4::from_shape_vec(data.raw_dim(), moved).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::shift;
    use ndarray::Array4;

    #[test]
    fn a_shifted_voxel_has_the_value_of_the_one_so_far_behind_or_of_the_border() {
        let data = Array4::from_shape_fn((2, 3, 4, 5), |(c, x, y, z)| (c * 1000 + x * 100 + y * 10 + z) as f32);
        let mut turned = data.clone();
        turned.invert_axis(ndarray::Axis(3));
        for data in [&data, &turned] {
            for by in [
                [0, 0, 0],
                [1, -1, 2],
                [-2, 3, -1],
                [0, 0, 5],
                [0, 0, -5],
                [9, -9, 9],
                [0, 0, i64::MIN],
                [0, i64::MAX, 4],
            ] {
                let moved = shift(data, by);
                for ((c, x, y, z), value) in moved.indexed_iter() {
                    let source = |i: usize, extent: usize, by: i64| {
                        (i as i64).saturating_sub(by).clamp(0, extent as i64 - 1) as usize
                    };
                    let expected = data[[c, source(x, 3, by[0]), source(y, 4, by[1]), source(z, 5, by[2])]];
                    assert_eq!(*value, expected, "{by:?} at {:?}", (c, x, y, z));
                }
            }
        }
    }
}
