//! Random numbers: drawn on the host from a generator whose stream is specified, so that a seed means the same on
//! every device and in every release.

use crate::graph::Init;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// The generator for one purpose: a run's seed, hashed with what is drawn.
fn generator(seed: u64, purpose: &[u8]) -> ChaCha8Rng {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(purpose);
    ChaCha8Rng::from_seed(*hasher.finalize().as_bytes())
}

/// The start of the weight with this name (`<module path>.<weight name>`).
pub(super) fn initial(seed: u64, name: &str, init: Init, len: usize) -> Vec<f32> {
    let mut rng = generator(seed, name.as_bytes());
    match init {
        Init::Constant(value) => vec![value as f32; len],
        Init::Uniform(bound) => (0..len).map(|_| ((2.0 * rng.random::<f64>() - 1.0) * bound) as f32).collect(),
        Init::Normal(deviation) => (0..len)
            .map(|_| {
                let draw: f64 = StandardNormal.sample(&mut rng);
                (draw * deviation) as f32
            })
            .collect(),
    }
}

/// The generator of one node in one step of training.
fn of_node(seed: u64, step: u64, node: usize) -> ChaCha8Rng {
    let mut purpose = [0u8; 17];
    purpose[0] = b'n';
    purpose[1..9].copy_from_slice(&step.to_le_bytes());
    purpose[9..].copy_from_slice(&(node as u64).to_le_bytes());
    generator(seed, &purpose)
}

/// Standard normal numbers.
pub(super) fn normals(seed: u64, step: u64, node: usize, len: usize) -> Vec<f32> {
    let mut rng = of_node(seed, step, node);
    (0..len).map(|_| StandardNormal.sample(&mut rng)).collect()
}

/// Whole numbers below `below`, which is at least 1.
pub(super) fn positions(seed: u64, step: u64, node: usize, below: usize, len: usize) -> Vec<usize> {
    let mut rng = of_node(seed, step, node);
    (0..len).map(|_| rng.random_range(0..below.max(1))).collect()
}

/// A dropout mask: 0 with this probability, else `1 / (1 - probability)`.
pub(super) fn dropout(seed: u64, step: u64, node: usize, probability: f64, len: usize) -> Vec<f32> {
    let mut rng = of_node(seed, step, node);
    let keep = 1.0 - probability;
    let threshold = (keep * f64::from(u32::MAX)) as u32;
    let scale = if keep > 0.0 { (1.0 / keep) as f32 } else { 0.0 };
    (0..len).map(|_| if keep > 0.0 && rng.next_u32() <= threshold { scale } else { 0.0 }).collect()
}
