//! Subjects divided into training, validation, test and holdout: always by person, stratified, from seeds.
//!
//! ```text
//!  Protocol + [Candidate { key, person, strata }] ──divide──▶ [Split] (one a fold and seed) ──▶ fit, train, score
//! ```
//!
//! All records of a person stay together. A seed decides everything through ChaCha8, whose stream is specified, so
//! that the same seed divides the same subjects alike in every release.

mod allocate;
mod strata;

pub use allocate::stratified_folds;
pub use strata::StratumColumn;

use super::error::{DataError, Result};
use allocate::{spread, stratified_order};
use fascicle_lang::program::{Protocol, ProtocolKind};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Somebody who can be put somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The record's name, unique.
    pub key: String,
    /// Who it is: records of one person are never parted.
    pub person: String,
}

/// One division.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Its fold, from 0.
    pub fold: usize,
    /// Its seed.
    pub seed: u64,
    /// Who trains.
    pub train: Vec<String>,
    /// Who chooses the epoch.
    pub validation: Vec<String>,
    /// Who is predicted.
    pub test: Vec<String>,
    /// Who is kept out of every fold.
    pub holdout: Vec<String>,
}

impl Split {
    /// The sets with their names.
    pub fn sets(&self) -> [(&'static str, &[String]); 4] {
        [("train", &self.train), ("validation", &self.validation), ("test", &self.test), ("holdout", &self.holdout)]
    }

    /// `participant_id`, `fold`, `seed`, `set`, one line a record, in the order of the sets.
    pub fn to_tsv(&self) -> String {
        let mut text = String::from("participant_id\tfold\tseed\tset\n");
        for (set, keys) in self.sets() {
            for key in keys {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{key}\t{}\t{}\t{set}", self.fold + 1, self.seed);
            }
        }
        text
    }
}

/// Divides people as the protocol says: one split a seed and fold, seeds first.
///
/// `strata` are the columns to keep alike. `classes` are columns (usually the target) of which every training and test
/// set must have two classes. Both have one value a candidate; that of a person's first record counts.
///
/// # Errors
/// Nobody to divide, more folds than people, a class with fewer people than folds, a set that would be empty or of one
/// class.
pub fn divide(
    protocol: &Protocol,
    candidates: &[Candidate],
    strata: &[StratumColumn],
    classes: &[StratumColumn],
) -> Result<Vec<Split>> {
    let people = People::of(candidates);
    if people.records.is_empty() {
        return Err(refuse("there is nobody".into()));
    }
    let stratum = strata::combine(strata, &people.first, candidates.len());
    let wanted = match &protocol.kind {
        ProtocolKind::KFold { holdout, .. } => *holdout,
        ProtocolKind::Holdout { .. } => 0,
    };
    let everybody: Vec<usize> = (0..people.records.len()).collect();
    if wanted >= everybody.len() {
        return Err(refuse(format!("{wanted} are to be held out of {}; hold out fewer", everybody.len())));
    }
    // One holdout for all seeds, so that it is kept out of every fold there is.
    let first_seed = protocol.seeds.first().copied().unwrap_or(0);
    let (held, rest) = draw(&everybody, &stratum, wanted, &mut generator(first_seed, "holdout"));
    let mut splits = Vec::new();
    for seed in &protocol.seeds {
        let mut rng = generator(*seed, "folds");
        match &protocol.kind {
            ProtocolKind::KFold { folds, validation, .. } => {
                strata::check_folds(*folds, strata, &people.first, &rest)?;
                let labels: Vec<usize> = rest.iter().map(|p| stratum[*p]).collect();
                let fold_of = stratified_folds(&labels, *folds, Some(&mut rng));
                for fold in 0..*folds {
                    let part = |test: bool| -> Vec<usize> {
                        rest.iter().zip(&fold_of).filter(|(_, f)| (**f == fold) == test).map(|(p, _)| *p).collect()
                    };
                    let others = part(false);
                    let n = share_of(*validation, others.len());
                    let (chosen, train) =
                        draw(&others, &stratum, n, &mut generator(*seed, &format!("validation {fold}")));
                    splits.push(people.split(candidates, fold, *seed, [&train, &chosen, &part(true), &held]));
                }
            }
            ProtocolKind::Holdout { train, validation, test } => {
                let all = rest.len();
                let (tested, others) = draw(&rest, &stratum, share_of(*test, all), &mut rng);
                let (chosen, others) = draw(&others, &stratum, share_of(*validation, all), &mut rng);
                let n = share_of(*train, all).min(others.len());
                let whole = (train + validation + test - 1.0).abs() < 1e-9;
                let (trained, _) = if whole { (others, Vec::new()) } else { draw(&others, &stratum, n, &mut rng) };
                splits.push(people.split(candidates, 0, *seed, [&trained, &chosen, &tested, &held]));
            }
        }
    }
    for split in &splits {
        check_sets(split, protocol)?;
        strata::check_classes(split, candidates, strata.iter().chain(classes))?;
    }
    Ok(splits)
}

/// Records grouped by person, in the order in which people first occur.
struct People {
    /// Records of each person.
    records: Vec<Vec<usize>>,
    /// Each person's first record.
    first: Vec<usize>,
}

impl People {
    fn of(candidates: &[Candidate]) -> Self {
        let mut place = indexmap::IndexMap::<&str, Vec<usize>>::new();
        for (i, candidate) in candidates.iter().enumerate() {
            place.entry(candidate.person.as_str()).or_default().push(i);
        }
        let records: Vec<Vec<usize>> = place.into_values().collect();
        let first = records.iter().map(|r| r[0]).collect();
        Self { records, first }
    }

    fn split(&self, candidates: &[Candidate], fold: usize, seed: u64, sets: [&Vec<usize>; 4]) -> Split {
        let [train, validation, test, holdout] = sets.map(|people| {
            let records: BTreeSet<usize> = people.iter().flat_map(|p| self.records[*p].iter().copied()).collect();
            records.into_iter().map(|r| candidates[r].key.clone()).collect()
        });
        Split { fold, seed, train, validation, test, holdout }
    }
}

fn generator(seed: u64, purpose: &str) -> ChaCha8Rng {
    let hash = blake3::hash(format!("{purpose} {seed}").as_bytes());
    ChaCha8Rng::from_seed(*hash.as_bytes())
}

/// `n` of the people, spread evenly over the strata; then those that remain, in their order.
fn draw(people: &[usize], stratum: &[usize], n: usize, rng: &mut ChaCha8Rng) -> (Vec<usize>, Vec<usize>) {
    let labels: Vec<usize> = people.iter().map(|p| stratum[*p]).collect();
    let order = stratified_order(&labels, rng);
    let chosen: BTreeSet<usize> = spread(order.len(), n).map(|i| order[i]).collect();
    (0..people.len()).fold((Vec::new(), Vec::new()), |(mut yes, mut no), i| {
        if chosen.contains(&i) {
            yes.push(people[i])
        } else {
            no.push(people[i])
        }
        (yes, no)
    })
}

fn share_of(share: f64, of: usize) -> usize {
    ((share * of as f64).round().max(0.0) as usize).min(of)
}

fn check_sets(split: &Split, protocol: &Protocol) -> Result<()> {
    let (validation, test) = match &protocol.kind {
        ProtocolKind::KFold { validation, .. } => (*validation, 1.0),
        ProtocolKind::Holdout { validation, test, .. } => (*validation, *test),
    };
    for (set, keys, share) in
        [("training", &split.train, 1.0), ("validation", &split.validation, validation), ("test", &split.test, test)]
    {
        if keys.is_empty() && share > 0.0 {
            return Err(refuse(format!(
                "the {set} set of fold {} (seed {}) would be empty; use fewer folds, or other shares",
                split.fold + 1,
                split.seed
            )));
        }
    }
    Ok(())
}

fn refuse(problem: String) -> DataError {
    DataError::Division { problem }
}

#[cfg(test)]
mod tests;
