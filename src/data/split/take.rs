//! Some of the training people of a fold, so that stages on different people train on equally many.

use super::people::spread_over;
use super::{Candidate, StratumColumn, generator, strata};
use std::collections::BTreeSet;

/// Records of `n` people, spread evenly over the strata: all records of each. The seed and the fold decide who it is, so
/// that every training of a fold has the same.
pub fn take(candidates: &[Candidate], columns: &[StratumColumn], n: usize, seed: u64, fold: usize) -> Vec<usize> {
    let mut place = indexmap::IndexMap::<&str, Vec<usize>>::new();
    for (record, candidate) in candidates.iter().enumerate() {
        place.entry(candidate.person.as_str()).or_default().push(record);
    }
    let first: Vec<usize> = place.values().map(|records| records[0]).collect();
    let labels = strata::combine(columns, &first, candidates.len());
    let chosen = spread_over(&labels, n, &mut generator(seed, &format!("take {fold}")));
    let records: BTreeSet<usize> =
        place.values().enumerate().filter(|(at, _)| chosen.contains(at)).flat_map(|(_, r)| r.iter().copied()).collect();
    records.into_iter().collect()
}
