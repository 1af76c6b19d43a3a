//! The messages of affinity propagation: one round of them, and the clusters they amount to.
//!
//! Similarities and a preference come in; after any number of rounds, each subject says whether it stands for a
//! cluster. Equations 1 to 3 of Frey and Dueck (2007), arranged so that a round reads and writes little:
//!
//! - Responsibilities are not stored. With damping `d` and `f = 1 - d`, that of `k` for `i` is `c s(i, k) - m(i)`, where
//!   `c <- d c + f` and `m(i) <- d m(i) + f first(i)`, for every `k` that was never the best choice of `i`. The few that
//!   were have had the second best as their rival and stand a little higher: by how much is kept in a list.
//! - A row is visited once a round, while it is in the nearest cache: its availabilities are brought up to date from
//!   the last round's support, its two largest sums are found, and its responsibilities are added to the next support.
//!
//! Preferences are not among the similarities, so that any number of settings share these.

use crate::error::{AnalysisError, Result, check_array};
use ndarray::ArrayView2;
use pulp::{Arch, Simd, WithSimd};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Sums that are compared side by side: four vectors of the widest processors.
const LANES: usize = 32;

/// Similarities between different subjects, with noise in their last digits, by which ties are broken.
pub(super) struct Similarities {
    subjects: usize,
    /// `[from, to]`; 0 between a subject and itself.
    between: Vec<f64>,
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
    /// How much speaks for `i` choosing `k`, judged by the others that chose it, `[i, k]`, as of the round before last;
    /// where both are the same, with the preference added, as the similarities have none.
    availability: Vec<f64>,
    /// How well suited each is to stand for itself, and how much speaks for it.
    own_responsibility: Vec<f64>,
    own_availability: Vec<f64>,
    /// What speaks for each in all: its own responsibility and what is positive of the others'.
    support: Vec<f64>,
    /// What similarities count in responsibilities: `c` above.
    share: f64,
    rows: Vec<Row>,
}

/// A round, compiled for every width of vectors; the loops are plain ones.
struct Round<'m, 'a> {
    messages: &'m mut Messages<'a>,
    damping: f64,
}

/// What a subject's responsibilities are made of, beside its similarities.
#[derive(Default)]
struct Row {
    /// What is subtracted of all: `m` above.
    level: f64,
    /// Those that were the best choice in some round, and by how much they stand above the others.
    raised: Vec<Raised>,
}

struct Raised {
    by: f64,
    column: usize,
    /// Put aside while the others are computed.
    aside: f64,
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
        let between = between.collect();
        Ok(Self { subjects, between, noise, equal: equal.then_some(corner) })
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
}

impl<'a> Messages<'a> {
    /// Before the first round.
    pub(super) fn new(similarities: &'a Similarities, preference: f64) -> Self {
        let n = similarities.subjects;
        Self {
            similarities,
            preference: similarities.noise.iter().map(|&random| with_noise(preference, random)).collect(),
            availability: vec![0.0; n * n],
            own_responsibility: vec![0.0; n],
            own_availability: vec![0.0; n],
            support: vec![0.0; n],
            share: 0.0,
            rows: (0..n).map(|_| Row::default()).collect(),
        }
    }

    /// One round.
    pub(super) fn pass(&mut self, damping: f64) {
        Arch::new().dispatch(Round { messages: self, damping });
    }

    #[inline(always)]
    fn pass_with(&mut self, damping: f64) {
        let (n, fresh) = (self.similarities.subjects, 1.0 - damping);
        let share = damping * self.share + fresh;
        let mut support = vec![0.0; n];
        for (i, row) in self.rows.iter_mut().enumerate() {
            let s = self.similarities.row(i);
            let a = &mut self.availability[i * n..(i + 1) * n];

            row.raised.iter_mut().for_each(|raised| raised.aside = a[raised.column]);
            update_availability(a, s, &self.support, (self.share, row.level), (damping, fresh));
            for &Raised { by, column: k, aside } in &row.raised {
                let others = self.support[k] - larger(self.share * s[k] - row.level + by, 0.0);
                a[k] = damping * aside + fresh * smaller(others, 0.0);
            }
            a[i] = self.own_availability[i] + self.preference[i];

            let (first, second) = two_largest(a, s);
            let sum = |k: usize| a[k] + s[k];
            // Most often it is that of the round before. Where two sums are equal it does not matter which.
            let last = row.raised.last().map(|raised| raised.column).filter(|&k| sum(k) == first);
            let best = last.or_else(|| (0..n).find(|&k| sum(k) == first)).unwrap_or(i);
            row.choose(best, fresh * (first - second), damping, best == i);
            row.level = damping * row.level + fresh * first;
            let rival = if best == i { second } else { first };
            let own = damping * self.own_responsibility[i] + fresh * (self.preference[i] - rival);
            self.own_responsibility[i] = own;

            let without_own = support[i];
            row.raised.iter_mut().for_each(|raised| raised.aside = support[raised.column]);
            add_support(&mut support, s, (share, row.level));
            for &Raised { by, column: k, aside } in &row.raised {
                support[k] = aside + larger(share * s[k] - row.level + by, 0.0);
            }
            support[i] = without_own + own;
            row.raised.retain(|raised| {
                let without = share * s[raised.column] - row.level;
                without + raised.by != without
            });
        }
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

impl WithSimd for Round<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.messages.pass_with(self.damping);
    }
}

impl Row {
    /// The best choice of this round stands higher by `margin`, what was higher before by a damped share; the last of the
    /// list is the last choice. What a subject says of itself is kept elsewhere.
    #[inline(always)]
    fn choose(&mut self, best: usize, margin: f64, damping: f64, is_own: bool) {
        self.raised.iter_mut().for_each(|raised| raised.by *= damping);
        if is_own {
            return;
        }
        match self.raised.iter().position(|raised| raised.column == best) {
            Some(at) => {
                self.raised[at].by += margin;
                let last = self.raised.len() - 1;
                self.raised.swap(at, last);
            }
            None => self.raised.push(Raised { by: margin, column: best, aside: 0.0 }),
        }
    }
}

/// A similarity with noise in its last digits, which decides where two are equal (as in scikit-learn).
fn with_noise(v: f64, random: f64) -> f64 {
    v + (f64::EPSILON * v + 100.0 * f64::MIN_POSITIVE) * random
}

/// Availabilities of one row, where no responsibility is raised.
#[inline(always)]
fn update_availability(
    a: &mut [f64],
    s: &[f64],
    support: &[f64],
    (share, level): (f64, f64),
    (damping, fresh): (f64, f64),
) {
    for ((a, &s), &support) in a.iter_mut().zip(s).zip(support) {
        let others = support - larger(share * s - level, 0.0);
        *a = damping * *a + fresh * smaller(others, 0.0);
    }
}

/// Adds the positive responsibilities of one row, where none is raised.
#[inline(always)]
fn add_support(support: &mut [f64], s: &[f64], (share, level): (f64, f64)) {
    for (support, &s) in support.iter_mut().zip(s) {
        *support += larger(share * s - level, 0.0);
    }
}

/// The largest and the second largest sum of two rows; twice the same where it is there twice.
#[inline(always)]
fn two_largest(a: &[f64], s: &[f64]) -> (f64, f64) {
    let (mut first, mut second) = ([f64::NEG_INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let ((a, rest), (s, rest_of_s)) = (a.as_chunks::<LANES>(), s.as_chunks::<LANES>());
    for (a, s) in a.iter().zip(s) {
        for lane in 0..LANES {
            let sum = a[lane] + s[lane];
            second[lane] = larger(second[lane], smaller(first[lane], sum));
            first[lane] = larger(first[lane], sum);
        }
    }
    let (mut of_all, mut next) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    let mut meet = |sum: f64| {
        next = larger(next, smaller(of_all, sum));
        of_all = larger(of_all, sum);
    };
    for lane in 0..LANES {
        meet(first[lane]);
        meet(second[lane]);
    }
    for (a, s) in rest.iter().zip(rest_of_s) {
        meet(a + s);
    }
    (of_all, next)
}

/// As an instruction of the processor, which numbers that are none would not allow.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The key of the largest value; of equals, the first.
fn first_largest(pairs: impl Iterator<Item = (usize, f64)>) -> usize {
    pairs.fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best }).0
}
