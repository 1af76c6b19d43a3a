//! The messages of affinity propagation: one round of them, and the clusters they amount to.
//!
//! Similarities and a preference come in; after any number of rounds, each subject says whether it stands for a
//! cluster. Equations 1 to 3 of Frey and Dueck (2007), arranged so that a round goes through lists and not through all pairs:
//!
//! - Responsibilities are not stored. With damping `d` and `f = 1 - d`, that of `k` for `i` is `c s(i, k) - m(i)`, where
//!   `c <- d c + f` and `m(i) <- d m(i) + f first(i)`, for every `k` that was never the best choice of `i`. The few that
//!   were have had the second best as their rival and stand a little higher: by how much is kept in a list.
//! - Availabilities are not stored either. That of `k` for `i` differs from that for others only by the responsibility of `k`
//!   for `i` where this is positive: of all whose was never positive one number a column is kept. The few whose was
//!   stand in the same list, each with its own, until it has come to be the common one again.
//! - No availability for another is positive. So the two largest sums of a row are found among those most similar, and
//!   no further than where a similarity alone is smaller; of positive responsibilities the same is true.
//!
//! Each number is made by the same operations in the same order as where all of them are stored. Preferences are not among the
//! similarities, so that any number of settings share these.

use crate::error::{AnalysisError, Result, check_array};
use ndarray::ArrayView2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Similarities between different subjects, with noise in their last digits, by which ties are broken.
pub(super) struct Similarities {
    subjects: usize,
    /// `[from, to]`; 0 between a subject and itself.
    between: Vec<f64>,
    /// The others of each subject, the most similar first, and how similar they are, `[from, n - 1]` each.
    nearest: Vec<u32>,
    of_nearest: Vec<f64>,
    /// The noise of each subject's preference, -1 to 1.
    noise: Vec<f64>,
    /// The similarity that all have, where they have one.
    equal: Option<f64>,
}

/// What subjects tell each other.
pub(super) struct Messages<'a> {
    similarities: &'a Similarities,
    /// Of each subject to itself.
    preference: Vec<f64>,
    /// How much speaks for choosing `k`, judged by those that chose it, for all `i` whose row does not list it.
    availability: Vec<f64>,
    /// How well suited each is to stand for itself, and how much speaks for it.
    own_responsibility: Vec<f64>,
    own_availability: Vec<f64>,
    /// What speaks for each in all: its own responsibility and what is positive of the others'.
    support: Vec<f64>,
    /// What similarities count in responsibilities: `c` above.
    share: f64,
    /// What is subtracted of a subject's responsibilities: `m` above.
    level: Vec<f64>,
    /// Of one subject after the other those that were its best choice in some round, or have had a positive responsibility.
    listed: Vec<Listed>,
    /// Where the list of each subject ends.
    ends: Vec<usize>,
    /// The last row that each column was listed in, counted from 1 over all rounds.
    listed_in: Vec<u64>,
    /// Rows that were gone through.
    visited: u64,
}

/// Whose availability for a subject is not the common one, or whose responsibility is not like the others'.
struct Listed {
    column: u32,
    similarity: f64,
    /// By how much its responsibility is above that of one that was never the best.
    raised: f64,
    /// How much speaks for it, judged by the others.
    availability: f64,
}

impl Similarities {
    /// # Errors
    /// Similarities that are not square or not finite.
    pub(super) fn new(similarities: ArrayView2<'_, f64>) -> Result<Self> {
        check_array("the similarities", &similarities)?;
        let subjects = similarities.nrows();
        if similarities.ncols() != subjects {
            return Err(AnalysisError::ShapeMismatch {
                left: "the rows of the similarities",
                left_shape: vec![subjects],
                right: "their columns",
                right_shape: vec![similarities.ncols()],
            });
        }
        let corner = similarities[[0, subjects - 1]];
        let equal = similarities.indexed_iter().all(|((i, k), &v)| i == k || v == corner);
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut noise = Vec::with_capacity(subjects);
        let between = similarities.indexed_iter().map(|((i, k), &v)| {
            let random = rng.random_range(-1.0..1.0);
            if i == k {
                noise.push(random);
                return 0.0;
            }
            with_noise(v, random)
        });
        let between: Vec<f64> = between.collect();
        let others_of = |(i, s): (usize, &[f64])| {
            let mut others: Vec<u32> = (0..subjects).filter(|k| *k != i).map(|k| k as u32).collect();
            others.sort_unstable_by(|a, b| s[*b as usize].total_cmp(&s[*a as usize]).then(a.cmp(b)));
            others
        };
        let nearest: Vec<u32> = between.par_chunks(subjects).enumerate().flat_map_iter(others_of).collect();
        let rows = between.chunks(subjects).zip(nearest.chunks((subjects - 1).max(1)));
        let of_nearest = rows.flat_map(|(s, nearest)| nearest.iter().map(|k| s[*k as usize])).collect();
        Ok(Self { subjects, between, nearest, of_nearest, noise, equal: equal.then_some(corner) })
    }

    pub(super) fn subjects(&self) -> usize {
        self.subjects
    }

    /// The similarity of all different subjects, where they are all equally similar.
    pub(super) fn equal(&self) -> Option<f64> {
        self.equal
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.between[i * self.subjects..(i + 1) * self.subjects]
    }

    /// The others of a subject with their similarities, the most similar first.
    fn nearest(&self, i: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = i * (self.subjects - 1)..(i + 1) * (self.subjects - 1);
        self.nearest[range.clone()].iter().map(|k| *k as usize).zip(self.of_nearest[range].iter().copied())
    }
}

impl<'a> Messages<'a> {
    /// Before the first round.
    pub(super) fn new(similarities: &'a Similarities, preference: f64) -> Self {
        let n = similarities.subjects;
        Self {
            similarities,
            preference: similarities.noise.iter().map(|&random| with_noise(preference, random)).collect(),
            availability: vec![0.0; n],
            own_responsibility: vec![0.0; n],
            own_availability: vec![0.0; n],
            support: vec![0.0; n],
            share: 0.0,
            level: vec![0.0; n],
            listed: Vec::new(),
            ends: vec![0; n],
            listed_in: vec![0; n],
            visited: 0,
        }
    }

    /// One round.
    pub(super) fn pass(&mut self, damping: f64) {
        let (n, fresh) = (self.similarities.subjects, 1.0 - damping);
        let share = damping * self.share + fresh;
        let mut support = vec![0.0; n];
        let common = &mut self.availability;
        for (a, support) in common.iter_mut().zip(&self.support) {
            *a = damping * *a + fresh * smaller(*support, 0.0);
        }
        // Lists are written anew, one behind the other: memory is gone through in its order.
        let mut lists = Vec::with_capacity(self.listed.len() + n);
        let mut aside = Vec::new();
        let mut begin = 0;
        for i in 0..n {
            self.visited += 1;
            let (level, end, of_row) = (self.level[i], self.ends[i], lists.len());
            for listed in &self.listed[begin..end] {
                let k = listed.column as usize;
                let own = larger(self.share * listed.similarity - level + listed.raised, 0.0);
                let others = smaller(self.support[k] - own, 0.0);
                let availability = damping * listed.availability + fresh * others;
                aside.push(std::mem::replace(&mut common[k], availability));
                self.listed_in[k] = self.visited;
                lists.push(Listed { raised: listed.raised * damping, availability, ..*listed });
            }
            begin = end;
            // What a subject says of itself is kept elsewhere.
            let own_sum = self.own_availability[i] + self.preference[i];
            let (mut first, mut second, mut best) = (own_sum, f64::NEG_INFINITY, None);
            for (k, similarity) in self.similarities.nearest(i) {
                // No availability for another is positive: from here on all sums are smaller.
                if similarity <= second {
                    break;
                }
                let sum = common[k] + similarity;
                if sum > first {
                    (second, first, best) = (first, sum, Some((k, similarity)));
                } else if sum > second {
                    second = sum;
                }
            }
            lists[of_row..]
                .iter()
                .zip(aside.drain(..))
                .for_each(|(listed, aside)| common[listed.column as usize] = aside);

            let level = damping * level + fresh * first;
            let rival = if best.is_none() { second } else { first };
            let own = damping * self.own_responsibility[i] + fresh * (self.preference[i] - rival);
            (self.level[i], self.own_responsibility[i]) = (level, own);

            // The best choice of this round, where it is another, stands higher.
            if let Some((k, similarity)) = best {
                if self.listed_in[k] != self.visited {
                    self.listed_in[k] = self.visited;
                    lists.push(Listed::new(k, similarity, common));
                }
                let listed = lists[of_row..].iter_mut().find(|listed| listed.column as usize == k);
                listed.into_iter().for_each(|listed| listed.raised += fresh * (first - second));
            }
            // Of these all that were the most similar are positive, and none behind the first that is not.
            let positive = self.similarities.nearest(i).take_while(|(_, s)| share * s - level > 0.0);
            for (k, similarity) in positive.filter(|(k, _)| self.listed_in[*k] != self.visited) {
                lists.push(Listed::new(k, similarity, common));
            }
            let mut kept = of_row;
            for at in of_row..lists.len() {
                let listed = &lists[at];
                let k = listed.column as usize;
                let without = share * listed.similarity - level;
                support[k] += larger(without + listed.raised, 0.0);
                let is_raised = without + listed.raised != without;
                if is_raised || without > 0.0 || listed.availability != common[k] {
                    lists.swap(kept, at);
                    kept += 1;
                }
            }
            lists.truncate(kept);
            support[i] += own;
            self.ends[i] = kept;
        }
        self.listed = lists;
        (self.share, self.support) = (share, support);
        for ((a, r), support) in self.own_availability.iter_mut().zip(&self.own_responsibility).zip(&self.support) {
            *a = damping * *a + fresh * (support - r);
        }
    }

    /// Whether `k` stands for a cluster.
    pub(super) fn exemplar(&self, k: usize) -> bool {
        self.own_availability[k] + self.own_responsibility[k] > 0.0
    }

    /// Gives every subject to the exemplar most similar to it, after each cluster has chosen its best exemplar: the cluster of
    /// every subject, and the exemplars.
    pub(super) fn clusters(&self, standing: &[bool]) -> (Vec<usize>, Vec<usize>) {
        let mut exemplars: Vec<usize> = (0..standing.len()).filter(|&k| standing[k]).collect();
        let chosen = self.assign(&exemplars);
        for (cluster, exemplar) in exemplars.iter_mut().enumerate() {
            let members: Vec<usize> = (0..chosen.len()).filter(|&i| chosen[i] == cluster).collect();
            let total = |k: usize| members.iter().map(|&i| self.similarity(i, k)).sum::<f64>();
            *exemplar = first_largest(members.iter().map(|&k| (k, total(k))));
        }
        let chosen = self.assign(&exemplars);
        let mut sorted = exemplars.clone();
        sorted.sort_unstable();
        // Exemplars of different clusters are members of them, so no two are the same.
        let labels = chosen.iter().map(|&cluster| sorted.partition_point(|&e| e < exemplars[cluster])).collect();
        (labels, sorted)
    }

    /// The position in `exemplars` of the most similar one, for every subject.
    fn assign(&self, exemplars: &[usize]) -> Vec<usize> {
        let mut chosen: Vec<usize> = (0..self.similarities.subjects)
            .map(|i| first_largest(exemplars.iter().enumerate().map(|(cluster, &k)| (cluster, self.similarity(i, k)))))
            .collect();
        exemplars.iter().enumerate().for_each(|(cluster, &k)| chosen[k] = cluster);
        chosen
    }

    fn similarity(&self, i: usize, k: usize) -> f64 {
        if i == k { self.preference[k] } else { self.similarities.row(i)[k] }
    }
}

impl Listed {
    /// So far its availability is the common one.
    fn new(column: usize, similarity: f64, common: &[f64]) -> Self {
        Self { column: column as u32, similarity, raised: 0.0, availability: common[column] }
    }
}

/// A similarity with noise in its last digits, which decides where two are equal (as in scikit-learn).
fn with_noise(v: f64, random: f64) -> f64 {
    v + (f64::EPSILON * v + 100.0 * f64::MIN_POSITIVE) * random
}

/// As an instruction of the processor, which numbers that are none would not allow.
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The key of the largest value; of equals, the first.
fn first_largest(pairs: impl Iterator<Item = (usize, f64)>) -> usize {
    pairs.fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best }).0
}
