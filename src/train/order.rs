//! Who is seen when: the order of the training subjects in an epoch, cut into batches.
//!
//! The order depends on the seed and the epoch alone, so that an epoch can be begun anew after an interruption and a
//! resumed run sees what an uninterrupted one would have seen.

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One subject, seen once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawnSubject {
    /// Position among the training subjects.
    pub position: usize,
    /// Seed of everything that is random about this look at the subject: its augmentation. Another one each time the
    /// subject is seen, the same one when an epoch is run again.
    pub seed: u64,
}

/// How subjects are drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sampler {
    /// Everybody once.
    Shuffled(usize),
    /// With replacement, each group of positions equally often (no group is empty); as many draws as subjects.
    Balanced(Vec<Vec<usize>>),
}

impl Sampler {
    /// Groups the subjects by class. Those without one are a group of their own, so that nobody is left out.
    pub fn balanced(classes: &[Option<usize>]) -> Self {
        let mut groups = std::collections::BTreeMap::<Option<usize>, Vec<usize>>::new();
        for (position, class) in classes.iter().enumerate() {
            groups.entry(*class).or_default().push(position);
        }
        Self::Balanced(groups.into_values().collect())
    }

    /// Subjects seen an epoch.
    pub fn len(&self) -> usize {
        match self {
            Self::Shuffled(len) => *len,
            Self::Balanced(groups) => groups.iter().map(Vec::len).sum(),
        }
    }

    /// The subjects of an epoch in the order in which they are seen.
    pub fn epoch(&self, seed: u64, epoch: usize) -> Vec<DrawnSubject> {
        let mut rng = generator(seed, epoch, b"order");
        let positions = match self {
            Self::Shuffled(len) => {
                let mut positions: Vec<usize> = (0..*len).collect();
                positions.shuffle(&mut rng);
                positions
            }
            Self::Balanced(groups) => {
                // Turns are dealt out in rounds, the groups of the last, incomplete round by lot.
                let mut turns: Vec<&Vec<usize>> = groups.iter().collect();
                turns.shuffle(&mut rng);
                let mut turns: Vec<&Vec<usize>> = turns.into_iter().cycle().take(self.len()).collect();
                turns.shuffle(&mut rng);
                turns.into_iter().filter_map(|group| group.choose(&mut rng).copied()).collect()
            }
        };
        let mut seen = vec![0u64; self.len()];
        positions
            .into_iter()
            .map(|position| {
                seen[position] += 1;
                DrawnSubject { position, seed: look(seed, epoch, position, seen[position]) }
            })
            .collect()
    }
}

/// The sizes of the batches of an epoch: all of `batch` subjects but the last. `batch` larger than `len` gives one
/// batch of everybody. With `no_single` (batch normalisation is trained, which knows no variance of one subject), a
/// last batch of one subject joins the one before it.
pub(super) fn batch_sizes(len: usize, batch: usize, no_single: bool) -> Vec<usize> {
    let batch = batch.max(1);
    let mut sizes = vec![batch; len / batch];
    match (len % batch, sizes.last_mut()) {
        (0, _) => {}
        (1, Some(last)) if no_single => *last += 1,
        (rest, _) => sizes.push(rest),
    }
    sizes
}

/// Cuts a list into pieces of these sizes.
pub(super) fn cut<'a, T>(items: &'a [T], sizes: &'a [usize]) -> impl Iterator<Item = &'a [T]> {
    let mut rest = items;
    sizes.iter().map(move |size| {
        let (head, tail) = rest.split_at((*size).min(rest.len()));
        rest = tail;
        head
    })
}

fn generator(seed: u64, epoch: usize, purpose: &[u8]) -> ChaCha8Rng {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes()).update(&(epoch as u64).to_le_bytes()).update(purpose);
    ChaCha8Rng::from_seed(*hasher.finalize().as_bytes())
}

fn look(seed: u64, epoch: usize, position: usize, time: u64) -> u64 {
    let mut purpose = [0u8; 16];
    purpose[..8].copy_from_slice(&(position as u64).to_le_bytes());
    purpose[8..].copy_from_slice(&time.to_le_bytes());
    generator(seed, epoch, &purpose).random()
}
