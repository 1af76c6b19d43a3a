//! Subjects divided into training, validation, test and holdout: always by person, stratified, from seeds.
//!
//! ```text
//!  Protocol + [Candidate { key, person }] + Columns ──divide──▶ [Split] (one a fold and seed) ──▶ fit, train, score
//!                                                                  └──take──▶ those of the training set that a stage uses
//! ```
//!
//! All records of a person stay together, and all people of a group. A seed decides everything through ChaCha8, whose stream is specified, so
//! that the same seed divides the same subjects alike in every release.

mod allocate;
mod groups;
mod people;
mod strata;
mod take;

pub use allocate::stratified_folds;
pub use groups::grouped_folds;
pub use strata::StratumColumn;
pub use take::take;

use super::error::{DataError, Result};
use fascicle_lang::program::{Protocol, ProtocolKind, Tested, Validation};
use people::People;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// What is known of the candidates that decides where they go: columns with one value a candidate. Of a person's records
/// the first counts, but for the columns that keep people together, which all records must agree on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Columns<'a> {
    /// Columns to keep alike.
    pub strata: &'a [StratumColumn],
    /// Columns (usually the target) of which every training and test set must have two classes.
    pub classes: &'a [StratumColumn],
    /// Columns that decide who may be parted from whom, by the names that the protocol gives them.
    pub bound: &'a [StratumColumn],
}

/// Divides people as the protocol says: one split a seed and fold, seeds first.
///
/// # Errors
/// Nobody to divide, more folds than people or groups, a class with fewer people than folds, a person in two groups, a
/// set that would be empty or of one class.
pub fn divide(protocol: &Protocol, candidates: &[Candidate], columns: &Columns<'_>) -> Result<Vec<Split>> {
    let people = People::of(protocol, candidates, columns)?;
    let everybody = people.divided.clone();
    let wanted = match &protocol.kind {
        ProtocolKind::KFold { holdout, .. } => *holdout,
        ProtocolKind::LeaveOut { .. } | ProtocolKind::Holdout { .. } => 0,
    };
    if wanted >= everybody.len() {
        return Err(refuse(format!("{wanted} are to be held out of {}; hold out fewer", everybody.len())));
    }
    // One holdout for all seeds, so that it is kept out of every fold there is; unless each is to have its own.
    let first_seed = protocol.seeds.first().copied().unwrap_or(0);
    let mut splits = Vec::new();
    for seed in &protocol.seeds {
        let mut rng = generator(*seed, "folds");
        let of_holdout = if protocol.kind.redraws() { *seed } else { first_seed };
        let (held, rest) = people.draw(&everybody, wanted, &mut generator(of_holdout, "holdout"));
        let mut add = |fold: usize, [train, validation, test]: [&[usize]; 3]| {
            splits.push(people.split(candidates, (fold, *seed), [train, validation, test, &held], protocol.once));
        };
        match &protocol.kind {
            ProtocolKind::KFold { folds, validation, test, .. } => {
                strata::check_folds(*folds, columns.strata, &people.first, &rest)?;
                people.check_groups(*folds, &rest, protocol)?;
                let fold_of = people.folds(&rest, *folds, &mut rng);
                let part = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
                    rest.iter().zip(&fold_of).filter(|(_, fold)| wanted(**fold)).map(|(person, _)| *person).collect()
                };
                for fold in 0..*folds {
                    let others = part(&|f| f != fold);
                    match (validation, test) {
                        (Validation::Share(share), _) => {
                            let n = share_of(*share, others.len());
                            let mut rng = generator(*seed, &format!("validation {fold}"));
                            let (chosen, train) = people.draw(&others, n, &mut rng);
                            add(fold, [&train, &chosen, &part(&|f| f == fold)]);
                        }
                        (Validation::Fold, Tested::Holdout) => add(fold, [&others, &part(&|f| f == fold), &[]]),
                        (Validation::Fold, Tested::Fold) => {
                            let next = (fold + 1) % folds;
                            let train = part(&|f| f != fold && f != next);
                            add(fold, [&train, &part(&|f| f == next), &part(&|f| f == fold)]);
                        }
                    }
                }
            }
            ProtocolKind::LeaveOut { levels, validation, .. } => {
                for fold in 0..levels.len() {
                    let (test, others): (Vec<usize>, Vec<usize>) =
                        rest.iter().partition(|person| people.level[**person] == Some(fold));
                    let n = share_of(*validation, others.len());
                    let mut rng = generator(*seed, &format!("validation {fold}"));
                    let (chosen, train) = people.draw(&others, n, &mut rng);
                    add(fold, [&train, &chosen, &test]);
                }
            }
            ProtocolKind::Holdout { train, validation, test } => {
                let all = rest.len();
                let (tested, others) = people.draw(&rest, share_of(*test, all), &mut rng);
                let (chosen, others) = people.draw(&others, share_of(*validation, all), &mut rng);
                let n = share_of(*train, all).min(others.len());
                let whole = (train + validation + test - 1.0).abs() < 1e-9;
                let (trained, _) = if whole { (others, Vec::new()) } else { people.draw(&others, n, &mut rng) };
                add(0, [&trained, &chosen, &tested]);
            }
        }
    }
    for split in &splits {
        check_sets(split, protocol)?;
        // Who is left out with a level may well be of one class: its scores then say so.
        let tested = !matches!(protocol.kind, ProtocolKind::LeaveOut { .. });
        strata::check_classes(split, tested, candidates, columns.strata.iter().chain(columns.classes))?;
    }
    Ok(splits)
}

fn generator(seed: u64, purpose: &str) -> ChaCha8Rng {
    let hash = blake3::hash(format!("{purpose} {seed}").as_bytes());
    ChaCha8Rng::from_seed(*hash.as_bytes())
}

fn share_of(share: f64, of: usize) -> usize {
    ((share * of as f64).round().max(0.0) as usize).min(of)
}

fn check_sets(split: &Split, protocol: &Protocol) -> Result<()> {
    let wanted = [
        ("training", &split.train, true),
        ("validation", &split.validation, protocol.kind.validates()),
        (
            "test",
            &split.test,
            match &protocol.kind {
                ProtocolKind::Holdout { test, .. } => *test > 0.0,
                kind => !kind.tests_on_holdout(),
            },
        ),
    ];
    for (set, keys, wanted) in wanted {
        if !keys.is_empty() || !wanted {
            continue;
        }
        let what = match &protocol.kind {
            ProtocolKind::LeaveOut { column, .. } if set == "test" => {
                format!(
                    "nobody of that level has all that is required; leave it out of the cohort: keep {column} != .."
                )
            }
            ProtocolKind::LeaveOut { .. } => "use another share".to_owned(),
            ProtocolKind::KFold { .. } | ProtocolKind::Holdout { .. } => "use fewer folds, or other shares".to_owned(),
        };
        let fold = fold_name(&protocol.kind, split.fold);
        return Err(refuse(format!("the {set} set of {fold} (seed {}) would be empty; {what}", split.seed)));
    }
    Ok(())
}

/// `fold 1`, `fold 1 (site = A)`.
fn fold_name(kind: &ProtocolKind, fold: usize) -> String {
    match kind.left_out(fold) {
        Some(level) => format!("fold {} ({level})", fold + 1),
        None => format!("fold {}", fold + 1),
    }
}

fn refuse(problem: String) -> DataError {
    DataError::Division { problem }
}

#[cfg(test)]
mod bound_tests;
#[cfg(test)]
mod tests;
