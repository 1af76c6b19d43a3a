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
    let source = |i: usize, axis: usize| {
        let last = data.len_of(Axis(axis + 1)) as i64 - 1;
        (i as i64).saturating_sub(by[axis]).clamp(0, last) as usize
    };
    Array4::from_shape_fn(data.raw_dim(), |(c, x, y, z)| data[[c, source(x, 0), source(y, 1), source(z, 2)]])
}
