//! Permutation tests of groups: how often shuffled labels part many samples of the same people as far.
//!
//! Samples of the same people and one label a person come in; a p a sample goes out. What a statistic needs of a
//! shuffle are sums by group: of ranks, which are found once, or of values. Labels are shuffled once for all samples,
//! and a person's values, side by side in one row, are added to the sums of the group that the shuffle puts them in.

use super::super::kruskal_wallis::kruskal_wallis_by;
use super::super::mann_whitney::mann_whitney;
use super::super::ranks::Ranks;
use super::super::t_test::welch_t;
use super::super::{Alternative, anova::one_way_anova};
use super::{Hits, PermutationTest, Permutations};
use crate::error::{AnalysisError, Checkpoint, Result, check_paired, check_size};
use pulp::{Arch, Simd, WithSimd};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Draws that a thread takes at once.
const BLOCK: usize = 64;

/// What says how far groups lie apart; each is at least 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupStatistic {
    /// H of Kruskal and Wallis, corrected for ties.
    KruskalWallis,
    /// The magnitude of the rank-biserial correlation of two groups.
    MannWhitney,
    /// The magnitude of Welch's t of two groups.
    Welch,
    /// F of the one-way analysis of variance.
    Anova,
}

/// Samples of the same people, made ready.
struct Samples<'a> {
    statistic: GroupStatistic,
    /// People by samples: ranks or values.
    rows: Vec<f64>,
    width: usize,
    /// The group of each person, from 0.
    labels: &'a [u32],
    /// The people in each group.
    sizes: Vec<f64>,
    /// By sample: what ties leave of the variance of ranks.
    untied: Vec<f64>,
}

/// What is added up in a shuffle, groups by samples.
#[derive(Clone)]
struct Sums {
    labels: Vec<u32>,
    /// Of ranks or values.
    sum: Vec<f64>,
    /// The largest magnitude.
    largest: Vec<f64>,
    /// Of squared distances from the group's mean, and the largest distance.
    squares: Vec<f64>,
    farthest: Vec<f64>,
}

/// One shuffle, compiled for every width of vectors; the loops are plain ones.
struct Shuffle<'s, 'a> {
    samples: &'s Samples<'a>,
    sums: &'s mut Sums,
}

/// Whether samples depend on the labels, by shuffling these: the fraction of shuffles, the labels as they are among them, with
/// a statistic at least as large. `labels[i]` is the group of value `i` of every sample.
///
/// Shuffles are those of [`super::permutation_of_labels`], the same for every sample. `checkpoint` is asked now and then whether to
/// go on. A sample that cannot be tested has an error of its own, that of its test.
///
/// # Errors
/// Fewer than two labels, no draws, samples of another length, and what `checkpoint` returns.
pub fn permutation_of_groups(
    samples: &[Vec<f64>],
    labels: &[usize],
    statistic: GroupStatistic,
    permutations: Permutations,
    checkpoint: Checkpoint<'_>,
) -> Result<Vec<Result<PermutationTest>>> {
    check_size("the list of labels", labels, 2)?;
    samples.iter().try_for_each(|sample| check_paired("the values", sample, "the labels", labels))?;
    let draws = permutations.checked()?;
    let observed: Vec<Result<f64>> = samples.iter().map(|sample| statistic.of(sample, labels)).collect();
    let tested: Vec<(&[f64], f64)> =
        samples.iter().zip(&observed).filter_map(|(s, o)| Some((s.as_slice(), *o.as_ref().ok()?))).collect();

    let (numbered, sizes) = numbered(labels);
    let prepared = Samples::new(&tested, &numbered, sizes, statistic);
    let nothing = || vec![Ok(Hits::default()); tested.len()];
    let block = |block: usize| -> Result<Vec<Result<Hits>>> {
        checkpoint()?;
        let mut sums = prepared.nothing();
        let mut hits = nothing();
        for draw in block * BLOCK..((block + 1) * BLOCK).min(draws) {
            sums.labels.copy_from_slice(&numbered);
            sums.labels.shuffle(&mut permutations.stream(draw));
            Arch::new().dispatch(Shuffle { samples: &prepared, sums: &mut sums });
            for (at, (hits, (sample, observed))) in hits.iter_mut().zip(&tested).enumerate() {
                match (hits.as_mut(), prepared.statistic(&sums, at, sample)) {
                    (Ok(hits), Ok(value)) => hits.add(value, *observed, 1e-14 * observed.abs()),
                    (Ok(_), Err(error)) => *hits = Err(error),
                    (Err(_), _) => {}
                }
            }
        }
        Ok(hits)
    };
    // The first error of a sample stays whatever thread comes first.
    let blocks = (0..draws.div_ceil(BLOCK)).into_par_iter().map(block).collect::<Result<Vec<_>>>()?;
    let hits = blocks.into_iter().fold(nothing(), |mut all, block| {
        for (all, block) in all.iter_mut().zip(block) {
            if let Ok(sum) = all {
                match block {
                    Ok(block) => *sum = sum.and(block),
                    Err(error) => *all = Err(error),
                }
            }
        }
        all
    });
    let mut hits = hits.into_iter();
    let finished = observed.into_iter().map(|observed| {
        let observed = observed?;
        let hits = hits.next().unwrap_or_else(|| Ok(Hits::default()))?;
        Ok(hits.into_test(observed, draws, false, Alternative::Greater))
    });
    Ok(finished.collect())
}

impl GroupStatistic {
    /// Of labels as they are, with all that can be wrong with a sample.
    fn of(self, sample: &[f64], labels: &[usize]) -> Result<f64> {
        let mut groups = std::collections::BTreeMap::<usize, Vec<f64>>::new();
        sample.iter().zip(labels).for_each(|(value, label)| groups.entry(*label).or_default().push(*value));
        let groups: Vec<&[f64]> = groups.values().map(Vec::as_slice).collect();
        match (self, groups.as_slice()) {
            (Self::KruskalWallis, _) => Ok(kruskal_wallis_by(sample, labels)?.h),
            (Self::Anova, groups) => Ok(one_way_anova(groups)?.f),
            (Self::MannWhitney, [a, b]) => Ok(mann_whitney(a, b, Alternative::TwoSided)?.rank_biserial.abs()),
            (Self::Welch, [a, b]) => Ok(welch_t(a, b, Alternative::TwoSided)?.t.abs()),
            (Self::MannWhitney | Self::Welch, groups) => Err(AnalysisError::Setting {
                setting: "the number of groups",
                found: groups.len().to_string(),
                expected: "2",
            }),
        }
    }

    fn is_of_ranks(self) -> bool {
        matches!(self, Self::KruskalWallis | Self::MannWhitney)
    }
}

impl<'a> Samples<'a> {
    fn new(samples: &[(&[f64], f64)], labels: &'a [u32], sizes: Vec<f64>, statistic: GroupStatistic) -> Self {
        let (width, n) = (samples.len(), labels.len() as f64);
        let mut rows = vec![0.0; labels.len() * width];
        let mut untied = Vec::with_capacity(width);
        for (at, (sample, _)) in samples.iter().enumerate() {
            let ranks = statistic.is_of_ranks().then(|| Ranks::of(sample));
            untied.push(ranks.as_ref().map_or(1.0, |ranks| 1.0 - ranks.tie_term() / (n * n * n - n)));
            let values = ranks.as_ref().map_or(*sample, |ranks| &ranks.values);
            rows.iter_mut().skip(at).step_by(width).zip(values).for_each(|(to, from)| *to = *from);
        }
        Self { statistic, rows, width, labels, sizes, untied }
    }

    fn nothing(&self) -> Sums {
        let cells = vec![0.0; self.sizes.len() * self.width];
        Sums {
            labels: self.labels.to_vec(),
            sum: cells.clone(),
            largest: cells.clone(),
            squares: cells.clone(),
            farthest: cells,
        }
    }

    /// The statistic of one sample from the sums of a shuffle.
    fn statistic(&self, sums: &Sums, at: usize, sample: &[f64]) -> Result<f64> {
        let n = self.labels.len() as f64;
        let of = |cells: &[f64], group: usize| cells[group * self.width + at];
        let mean = |group: usize| of(&sums.sum, group) / self.sizes[group];
        let variance = |group: usize, scale: f64| {
            // As `spread`: differences of the last digits are none.
            let varies = of(&sums.farthest, group) > 10.0 * f64::EPSILON * scale;
            if varies { of(&sums.squares, group) / (self.sizes[group] - 1.0) } else { 0.0 }
        };
        match self.statistic {
            GroupStatistic::KruskalWallis => {
                let distance = |group: usize| self.sizes[group] * (mean(group) - (n + 1.0) / 2.0).powi(2);
                let between: f64 = (0..self.sizes.len()).map(distance).sum();
                Ok(12.0 / (n * (n + 1.0)) * between / self.untied[at])
            }
            GroupStatistic::MannWhitney => {
                let (n1, n2) = (self.sizes[0], self.sizes[1]);
                let u = of(&sums.sum, 0) - n1 * (n1 + 1.0) / 2.0;
                Ok((2.0 * u / (n1 * n2) - 1.0).abs())
            }
            GroupStatistic::Welch => {
                let error = |group: usize| variance(group, of(&sums.largest, group)) / self.sizes[group];
                let error = error(0) + error(1);
                if error == 0.0 {
                    let first = sums.labels.iter().position(|label| *label == 0).unwrap_or(0);
                    return Err(AnalysisError::Constant { what: "each of the two samples", value: sample[first] });
                }
                Ok(((mean(0) - mean(1)) / error.sqrt()).abs())
            }
            GroupStatistic::Anova => {
                let groups = self.sizes.len();
                let whole = (0..groups).map(|group| of(&sums.sum, group)).sum::<f64>() / n;
                let scale = (0..groups).map(|group| of(&sums.largest, group)).fold(0.0, f64::max);
                let between: f64 = (0..groups).map(|g| self.sizes[g] * (mean(g) - whole).powi(2)).sum();
                let several = (0..groups).filter(|group| self.sizes[*group] > 1.0);
                let within: f64 = several.map(|g| variance(g, scale) * (self.sizes[g] - 1.0)).sum();
                if within == 0.0 {
                    return Err(AnalysisError::Undefined {
                        what: "the analysis of variance",
                        reason: "no group varies",
                    });
                }
                Ok(between / (groups - 1) as f64 / (within / (n - groups as f64)))
            }
        }
    }
}

impl WithSimd for Shuffle<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Samples { width, .. } = *self.samples;
        let Sums { labels, sum, largest, squares, farthest } = self.sums;
        sum.fill(0.0);
        for (row, &label) in self.samples.rows.chunks_exact(width.max(1)).zip(labels.iter()) {
            let at = label as usize * width;
            for (sum, value) in sum[at..at + width].iter_mut().zip(row) {
                *sum += value;
            }
        }
        if self.samples.statistic.is_of_ranks() {
            return;
        }
        [&mut *largest, &mut *squares, &mut *farthest].into_iter().for_each(|cells| cells.fill(0.0));
        for (row, &label) in self.samples.rows.chunks_exact(width.max(1)).zip(labels.iter()) {
            let (at, size) = (label as usize * width, self.samples.sizes[label as usize]);
            for (j, value) in row.iter().enumerate() {
                let distance = value - sum[at + j] / size;
                squares[at + j] += distance * distance;
                farthest[at + j] = farthest[at + j].max(distance.abs());
                largest[at + j] = largest[at + j].max(value.abs());
            }
        }
    }
}

/// Labels numbered from 0 in their order, and how many there are of each.
fn numbered(labels: &[usize]) -> (Vec<u32>, Vec<f64>) {
    let mut distinct = labels.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut sizes = vec![0.0; distinct.len()];
    let number = |label: &usize| {
        let group = distinct.partition_point(|other| other < label);
        sizes[group] += 1.0;
        group as u32
    };
    (labels.iter().map(number).collect(), sizes)
}

#[cfg(test)]
mod tests {
    use super::super::permutation_of_labels;
    use super::*;
    use GroupStatistic::{Anova, KruskalWallis, MannWhitney, Welch};

    /// Values with ties, of which the second half is a little larger.
    fn samples() -> (Vec<Vec<f64>>, Vec<usize>) {
        let sample = |step: usize| {
            (0..60).map(|i| f64::from((i * step % 23) as u32) / 4.0 + if i % 3 == 0 { 1.0 } else { 0.0 }).collect()
        };
        ([7, 11, 13, 17, 19].map(sample).to_vec(), (0..60).map(|i| 3 + 2 * usize::from(i % 3 == 0)).collect())
    }

    #[test]
    fn many_samples_at_once_are_each_as_by_itself() {
        let (samples, labels) = samples();
        let how = Permutations { draws: 1000, seed: 5 };
        for statistic in [KruskalWallis, MannWhitney, Welch, Anova] {
            let together = permutation_of_groups(&samples, &labels, statistic, how, &|| Ok(())).unwrap();
            for (sample, found) in samples.iter().zip(together) {
                let alone =
                    permutation_of_labels(&labels, Alternative::Greater, how, |labels| statistic.of(sample, labels));
                assert_eq!(found, alone, "{statistic:?}");
            }
        }
    }

    #[test]
    fn three_groups_too_and_on_any_number_of_threads() {
        let (samples, _) = samples();
        let labels: Vec<usize> = (0..60).map(|i| i * 7 % 3).collect();
        let how = Permutations { draws: 500, seed: 2 };
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        for statistic in [KruskalWallis, Anova] {
            let test = || permutation_of_groups(&samples, &labels, statistic, how, &|| Ok(())).unwrap();
            let found = test();
            assert_eq!(one_thread.install(test), found);
            for (sample, found) in samples.iter().zip(found) {
                let alone =
                    permutation_of_labels(&labels, Alternative::Greater, how, |labels| statistic.of(sample, labels));
                assert_eq!(found, alone, "{statistic:?}");
            }
        }
    }

    #[test]
    fn a_sample_that_cannot_be_tested_leaves_the_others() {
        let (mut samples, labels) = samples();
        samples[1] = vec![2.0; 60];
        samples[2][7] = f64::NAN;
        let how = Permutations { draws: 20, seed: 1 };
        for statistic in [KruskalWallis, Welch] {
            let found = permutation_of_groups(&samples, &labels, statistic, how, &|| Ok(())).unwrap();
            assert!(matches!(found[1], Err(AnalysisError::Constant { .. })), "{:?}", found[1]);
            assert!(matches!(found[2], Err(AnalysisError::NotFinite { .. })), "{:?}", found[2]);
            assert!(found[0].is_ok() && found[3].is_ok() && found[4].is_ok());
        }
        let stop = permutation_of_groups(&samples, &labels, Welch, how, &|| Err(AnalysisError::Interrupted));
        assert_eq!(stop, Err(AnalysisError::Interrupted));
        let three: Vec<usize> = (0..60).map(|i| i % 3).collect();
        let found = permutation_of_groups(&samples[..1], &three, MannWhitney, how, &|| Ok(())).unwrap();
        assert!(matches!(found[0], Err(AnalysisError::Setting { .. })));
        assert!(permutation_of_groups(&samples, &labels[1..], Welch, how, &|| Ok(())).is_err());
    }
}
