//! Random streams: one for each seed, owner and purpose, so that nothing drawn for one thing moves another.
//!
//! A stream's key is the triple itself (no hash, no shared counter), which is what makes subject 17 the same alone
//! and among 200, and a scan's noise the same whether or not the table was drawn before it.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What a stream is drawn for. The numbers are part of the phantom's definition: changing one changes its bytes.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(super) enum Purpose {
    Clinical = 1,
    MissingCells = 2,
    MissingScans = 3,
    Shape = 4,
    Deformation = 5,
    Folds = 6,
    Lesions = 7,
    /// Regional volumes: part 0 what regions are (one owner), part 1 what a subject has.
    Regions = 8,
    /// Scanner settings of a subject's visit, one stream for each contrast.
    Acquisition = 16,
    /// Thermal noise, one stream for each contrast and, within it, for each plane.
    Noise = 32,
    /// A site's scanner; the owner is the site.
    Site = 64,
    /// Which subject of a pair is the patient; the owner is the pair.
    Pair = 65,
    /// What the sulci of all subjects have in common; there is one owner.
    SharedFolds = 66,
}

/// The stream of `purpose` for `owner` (a subject's index, most often). `part` tells apart streams within a purpose.
pub(super) fn stream(seed: u64, owner: usize, purpose: Purpose, part: usize) -> ChaCha8Rng {
    let words = [seed, owner as u64, purpose as u64, part as u64];
    let mut key = [0u8; 32];
    for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// A standard normal draw.
pub(super) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}
