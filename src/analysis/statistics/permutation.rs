//! Permutation tests: what a statistic would be if labels or signs meant nothing.
//!
//! Paired measurements or labels come in with a seed; p goes out. Each draw has its own stream of one ChaCha8
//! generator, so p depends on the seed and not on the number of processors.

mod groups;
mod pairs;

pub use groups::{GroupStatistic, permutation_of_groups};
pub use pairs::permutation_of_pairs;

use super::Alternative;
use super::moments::mean;
use super::t_test::paired_differences;
use crate::error::{AnalysisError, Result, check_sample, check_size};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How many permutations, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permutations {
    /// The number of random permutations.
    pub draws: usize,
    /// The seed of the generator.
    pub seed: u64,
}

/// The outcome of a permutation test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PermutationTest {
    /// The statistic of the data as they are.
    pub observed: f64,
    /// The fraction of permutations at least as extreme; the data themselves count as one of them if draws are random.
    pub p_value: f64,
    /// The number of permutations looked at.
    pub permutations: usize,
    /// Whether these were all there are.
    pub exhaustive: bool,
}

/// Whether the mean of paired differences `first - second` is zero, by giving each difference a random sign.
///
/// All `2^n` signs are tried where they are no more than the draws (then p is exact and the seed has no say);
/// otherwise p is `(hits + 1) / (draws + 1)` (Phipson and Smyth 2010), as in scipy's `permutation_test`.
///
/// # Errors
/// Fewer than two pairs, lists of different length, values that are not finite, or no draws.
pub fn permutation_paired(
    first: &[f64],
    second: &[f64],
    alternative: Alternative,
    permutations: Permutations,
) -> Result<PermutationTest> {
    let differences = paired_differences(first, second)?;
    let draws = permutations.checked()?;
    let observed = mean(&differences);
    let n = differences.len();
    // Sums of the same numbers in the same order still round differently with other signs.
    let rounding = 1e-14 * differences.iter().map(|d| d.abs()).sum::<f64>();

    let exhaustive = n < usize::BITS as usize && (1_usize << n) <= draws;
    let (count, hits) = if exhaustive {
        let all = 1_usize << n;
        (all, Hits::count(all, observed, rounding, |draw| Ok(signed_mean(&differences, |i| draw >> i & 1 == 0)))?)
    } else {
        let sample = |draw| {
            let mut rng = permutations.stream(draw);
            let words: Vec<u64> = (0..n.div_ceil(64)).map(|_| rng.next_u64()).collect();
            Ok(signed_mean(&differences, |i| words[i / 64] >> (i % 64) & 1 == 0))
        };
        (draws, Hits::count(draws, observed, rounding, sample)?)
    };
    Ok(hits.into_test(observed, count, exhaustive, alternative))
}

/// Whether a statistic of labelled subjects depends on the labels, by shuffling them.
///
/// `statistic` gets a shuffled copy of `labels` and closes over everything else; extreme means large for
/// [`Alternative::Greater`] (an H, an accuracy, an absolute difference), small for [`Alternative::Less`].
///
/// # Errors
/// Fewer than two labels, no draws, or whatever `statistic` returns.
pub fn permutation_of_labels<F>(
    labels: &[usize],
    alternative: Alternative,
    permutations: Permutations,
    statistic: F,
) -> Result<PermutationTest>
where
    F: Fn(&[usize]) -> Result<f64> + Sync,
{
    check_size("the list of labels", labels, 2)?;
    let draws = permutations.checked()?;
    let observed = statistic(labels)?;
    check_sample("the statistic", &[observed])?;
    let shuffled = |draw| {
        let mut labels = labels.to_vec();
        labels.shuffle(&mut permutations.stream(draw));
        statistic(&labels)
    };
    let hits = Hits::count(draws, observed, 1e-14 * observed.abs(), shuffled)?;
    Ok(hits.into_test(observed, draws, false, alternative))
}

/// The mean of differences, some of them with the other sign.
fn signed_mean(differences: &[f64], positive: impl Fn(usize) -> bool) -> f64 {
    let signed = differences.iter().enumerate().map(|(i, &d)| if positive(i) { d } else { -d });
    signed.sum::<f64>() / differences.len() as f64
}

impl Permutations {
    fn checked(self) -> Result<usize> {
        match self.draws {
            0 => Err(AnalysisError::Setting {
                setting: "the number of permutations",
                found: "0".to_owned(),
                expected: "at least 1",
            }),
            draws => Ok(draws),
        }
    }

    fn stream(self, draw: usize) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(draw as u64);
        rng
    }
}

/// Permutations with a statistic at most and at least the observed one.
#[derive(Debug, Clone, Copy, Default)]
struct Hits {
    less: usize,
    greater: usize,
}

impl Hits {
    fn count<F>(draws: usize, observed: f64, rounding: f64, statistic: F) -> Result<Self>
    where
        F: Fn(usize) -> Result<f64> + Sync,
    {
        let one = |draw| -> Result<Self> {
            let mut hits = Self::default();
            hits.add(statistic(draw)?, observed, rounding);
            Ok(hits)
        };
        (0..draws).into_par_iter().map(one).try_reduce(Self::default, |a, b| Ok(a.and(b)))
    }

    /// Counts a permutation's value.
    fn add(&mut self, value: f64, observed: f64, rounding: f64) {
        self.less += usize::from(value <= observed + rounding);
        self.greater += usize::from(value >= observed - rounding);
    }

    fn and(self, other: Self) -> Self {
        Self { less: self.less + other.less, greater: self.greater + other.greater }
    }

    fn into_test(
        self,
        observed: f64,
        permutations: usize,
        exhaustive: bool,
        alternative: Alternative,
    ) -> PermutationTest {
        let own = usize::from(!exhaustive);
        let fraction = |hits: usize| (hits + own) as f64 / (permutations + own) as f64;
        let p_value = alternative.p_value(fraction(self.less), fraction(self.greater));
        PermutationTest { observed, p_value, permutations, exhaustive }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kruskal_wallis::kruskal_wallis_by;
    use super::super::t_test::paired_t;
    use super::*;
    use Alternative::{Greater, Less, TwoSided};
    use fascicle_reference::{assert_close, numbers, stats};

    const A: [f64; 8] = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7, 4.9];
    const B: [f64; 8] = [1.8, 3.9, 1.2, 4.1, 4.6, 2.2, 2.9, 3.3];

    #[test]
    fn a_small_permutation_test_tries_every_sign() {
        let settings = Permutations { draws: 9999, seed: 3 };
        for (alternative, p) in [TwoSided, Less, Greater].into_iter().zip([0.125, 0.94921875, 0.0625]) {
            let found = permutation_paired(&A, &B, alternative, settings).unwrap();
            assert!(found.exhaustive);
            assert_eq!(found.permutations, 256);
            assert_close(found.p_value, p, 1e-12);
        }
    }

    #[test]
    fn a_random_permutation_test_depends_on_its_seed_alone() {
        let (a, b) = ([A, A, A].concat(), [B, B, B].concat());
        let test = |seed| permutation_paired(&a, &b, TwoSided, Permutations { draws: 5000, seed }).unwrap();
        let found = test(1);
        assert!(!found.exhaustive);
        assert_eq!(found, test(1));
        assert_ne!(found.p_value, test(2).p_value);
        // The paired t test of the same data: p = 0.0015.
        assert!((found.p_value - paired_t(&a, &b, TwoSided).unwrap().p_value).abs() < 0.003, "{found:?}");
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(one_thread.install(|| test(1)), found);
        assert!(permutation_paired(&a, &b, TwoSided, Permutations { draws: 0, seed: 1 }).is_err());
    }

    #[test]
    fn shuffled_labels_find_the_share_of_all_arrangements() {
        let Some(golden) = stats("rank_tests") else {
            return;
        };
        let (a, c) = (numbers(&golden["groups"]["a"]), numbers(&golden["groups"]["c"]));
        let labels: Vec<usize> = [vec![0; a.len()], vec![1; c.len()]].concat();
        let values = [a, c].concat();
        let settings = Permutations { draws: 20_000, seed: 11 };
        let found =
            permutation_of_labels(&labels, Greater, settings, |l| Ok(kruskal_wallis_by(&values, l)?.h)).unwrap();
        assert_eq!(found.observed, kruskal_wallis_by(&values, &labels).unwrap().h);
        // Among all 817,190 arrangements, by enumeration; the margin is four standard errors of 20,000 draws.
        assert!((found.p_value - 0.0018673747843218835).abs() < 0.0012, "{}", found.p_value);
    }
}
