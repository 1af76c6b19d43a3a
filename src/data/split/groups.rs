//! Whole groups of people (families, sites) put into folds and sets: nobody is parted from the rest of the group.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// Groups with their members and how many of each stratum they have.
struct Groups {
    /// Places of the members, by group.
    members: Vec<Vec<usize>>,
    /// Members of each stratum, by group.
    counts: Vec<Vec<usize>>,
    /// Members of each stratum in all groups.
    all: Vec<usize>,
}

impl Groups {
    /// Groups in the order of their numbers, or by lot.
    fn of(labels: &[usize], groups: &[usize], rng: Option<&mut ChaCha8Rng>) -> Self {
        let strata: BTreeSet<usize> = labels.iter().copied().collect();
        let stratum: BTreeMap<usize, usize> = strata.into_iter().enumerate().map(|(at, label)| (label, at)).collect();
        let mut by_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, group) in groups.iter().enumerate() {
            by_group.entry(*group).or_default().push(place);
        }
        let mut members: Vec<Vec<usize>> = by_group.into_values().collect();
        if let Some(rng) = rng {
            members.shuffle(rng);
        }
        let count = |places: &Vec<usize>| {
            let mut counts = vec![0; stratum.len()];
            places.iter().for_each(|place| counts[stratum[&labels[*place]]] += 1);
            counts
        };
        let counts: Vec<Vec<usize>> = members.iter().map(count).collect();
        let all = (0..stratum.len()).map(|s| counts.iter().map(|c| c[s]).sum()).collect();
        Self { members, counts, all }
    }

    fn size(&self, group: usize) -> usize {
        self.members[group].len()
    }
}

/// A fold (from 0) for each member, the same for all of a group. With one stratum it is scikit-learn's `GroupKFold`: the
/// largest groups first, each to the fold that has the fewest. With several it is `StratifiedGroupKFold`: the groups whose
/// strata are the least alike in number first, each to the fold where shares of strata then differ the least between
/// folds; of folds that are as good, to that with the fewest. With a generator groups of equal rank come by lot.
pub fn grouped_folds(labels: &[usize], groups: &[usize], folds: usize, rng: Option<&mut ChaCha8Rng>) -> Vec<usize> {
    let groups = Groups::of(labels, groups, rng);
    let stratified = groups.all.len() > 1;
    let mut order: Vec<usize> = (0..groups.members.len()).collect();
    order.sort_by_key(|group| {
        let rank = if stratified { unevenness(&groups.counts[*group]) } else { groups.size(*group) };
        std::cmp::Reverse(rank)
    });
    let mut filled = vec![vec![0_usize; groups.all.len()]; folds];
    let mut fold_of = vec![0; labels.len()];
    for group in order {
        let sizes: Vec<usize> = filled.iter().map(|counts| counts.iter().sum()).collect();
        let best = match stratified {
            false => (0..folds).min_by_key(|fold| sizes[*fold]).unwrap_or(0),
            true => most_even(&mut filled, &sizes, &groups.counts[group], &groups.all),
        };
        if let Some(fold) = filled.get_mut(best) {
            fold.iter_mut().zip(&groups.counts[group]).for_each(|(sum, n)| *sum += n);
        }
        groups.members[group].iter().for_each(|place| fold_of[*place] = best);
    }
    fold_of
}

/// The variance of counts, times what is the same for all groups: a whole number, so that ties are ties.
fn unevenness(counts: &[usize]) -> usize {
    let sum: usize = counts.iter().sum();
    counts.len() * counts.iter().map(|n| n * n).sum::<usize>() - sum * sum
}

/// The fold that a group goes to.
fn most_even(filled: &mut [Vec<usize>], sizes: &[usize], group: &[usize], all: &[usize]) -> usize {
    let mut best: Option<(usize, f64)> = None;
    for fold in 0..filled.len() {
        let add = |filled: &mut [Vec<usize>], sign: bool| {
            for (n, more) in filled[fold].iter_mut().zip(group) {
                *n = if sign { *n + more } else { *n - more };
            }
        };
        add(filled, true);
        let spread = spread_between(filled, all);
        add(filled, false);
        let better = best.is_none_or(|(other, least)| {
            // As close as NumPy's `isclose` asks.
            let alike = (spread - least).abs() <= 1e-8 + 1e-5 * least.abs();
            spread < least || (alike && sizes[fold] < sizes[other])
        });
        if better {
            best = Some((fold, spread));
        }
    }
    best.map_or(0, |(fold, _)| fold)
}

/// The standard deviation between folds of their shares of a stratum, meaned over strata.
fn spread_between(filled: &[Vec<usize>], all: &[usize]) -> f64 {
    let folds = filled.len() as f64;
    let of = |stratum: usize| {
        let share = |counts: &Vec<usize>| counts[stratum] as f64 / all[stratum] as f64;
        let mean = filled.iter().map(share).sum::<f64>() / folds;
        (filled.iter().map(|counts| (share(counts) - mean).powi(2)).sum::<f64>() / folds).sqrt()
    };
    (0..all.len()).map(of).sum::<f64>() / all.len().max(1) as f64
}

/// Whole groups with about `n` members, whose strata have the shares that they have in all: places of the members.
///
/// A group is taken as long as it brings the number nearer to `n`; of those that do, the one that leaves the strata the
/// least apart from their shares, by lot where several do. Somebody is taken where somebody is asked for.
pub(super) fn draw_groups(labels: &[usize], groups: &[usize], n: usize, rng: &mut ChaCha8Rng) -> BTreeSet<usize> {
    let groups = Groups::of(labels, groups, Some(rng));
    let total: usize = groups.all.iter().sum();
    let mut open: Vec<usize> = (0..groups.members.len()).collect();
    let mut taken = vec![0_usize; groups.all.len()];
    let mut drawn = BTreeSet::new();
    if n == 0 {
        return drawn;
    }
    loop {
        let have: usize = taken.iter().sum();
        // How far strata would lie from their shares, in people times all, squared: whole numbers, so that ties are ties.
        let apart = |group: usize| -> u128 {
            let size = have + groups.size(group);
            let of = |stratum: usize| {
                let got = (taken[stratum] + groups.counts[group][stratum]) * total;
                (got.abs_diff(size * groups.all[stratum]) as u128).pow(2)
            };
            (0..taken.len()).map(of).sum()
        };
        let nearer = |group: usize| n.abs_diff(have + groups.size(group)) < n.abs_diff(have);
        let best = (0..open.len()).filter(|at| nearer(open[*at])).min_by_key(|at| apart(open[*at]));
        let none = || (0..open.len()).filter(|_| have == 0).min_by_key(|at| groups.size(open[*at]));
        let Some(best) = best.or_else(none) else { return drawn };
        let group = open.remove(best);
        taken.iter_mut().zip(&groups.counts[group]).for_each(|(sum, more)| *sum += more);
        drawn.extend(groups.members[group].iter().copied());
    }
}
