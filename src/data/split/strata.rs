//! Columns whose distribution is kept alike: classes as they are, numbers by quartile.

use super::super::error::Result;
use super::super::table::parse_number;
use super::super::transform::quantile;
use super::{Candidate, Split, refuse};
use std::collections::{BTreeMap, BTreeSet};

/// A column with at most this many distinct numbers is read as classes.
const MOST_CLASSES: usize = 10;

/// A column, with one value a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumColumn {
    /// Its name.
    pub name: String,
    /// Cells as text; absence is a stratum of its own.
    pub values: Vec<Option<String>>,
}

impl StratumColumn {
    /// Whether it is read as numbers: more than ten distinct values, all numbers.
    fn is_numeric(&self) -> bool {
        let distinct: BTreeSet<&str> = self.values.iter().flatten().map(String::as_str).collect();
        distinct.len() > MOST_CLASSES && distinct.iter().all(|v| parse_number(v).is_some())
    }

    /// A stratum for each candidate: classes in sorted order or quartiles, then absence.
    fn codes(&self) -> Vec<usize> {
        let numbers: Vec<Option<f64>> = self.values.iter().map(|v| v.as_deref().and_then(parse_number)).collect();
        if self.is_numeric() {
            let mut sorted: Vec<f64> = numbers.iter().flatten().copied().collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let edges = [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share));
            return numbers.iter().map(|v| v.map_or(4, |v| edges.iter().filter(|e| **e <= v).count())).collect();
        }
        let classes: BTreeSet<&str> = self.values.iter().flatten().map(String::as_str).collect();
        let place: BTreeMap<&str, usize> = classes.iter().enumerate().map(|(i, c)| (*c, i)).collect();
        self.values.iter().map(|v| v.as_deref().and_then(|v| place.get(v).copied()).unwrap_or(place.len())).collect()
    }
}

/// One stratum a person from all columns together, numbered in the order of the columns, so that the first column is
/// spread evenly even where combinations are rare.
pub(super) fn combine(columns: &[StratumColumn], first: &[usize], candidates: usize) -> Vec<usize> {
    let codes: Vec<Vec<usize>> =
        columns.iter().filter(|c| c.values.len() == candidates).map(StratumColumn::codes).collect();
    let tuples: Vec<Vec<usize>> = first.iter().map(|record| codes.iter().map(|c| c[*record]).collect()).collect();
    let distinct: BTreeSet<&Vec<usize>> = tuples.iter().collect();
    let place: BTreeMap<&Vec<usize>, usize> = distinct.into_iter().enumerate().map(|(i, t)| (t, i)).collect();
    tuples.iter().map(|t| place[t]).collect()
}

/// Enough people for the folds, and enough of every class of every column of classes.
pub(super) fn check_folds(folds: usize, columns: &[StratumColumn], first: &[usize], people: &[usize]) -> Result<()> {
    if folds < 2 {
        return Err(refuse(format!("{folds} folds, expected 2 or more")));
    }
    if folds > people.len() {
        return Err(refuse(format!("{folds} folds of {} people; use at most {} folds", people.len(), people.len())));
    }
    for column in columns.iter().filter(|c| !c.is_numeric()) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for person in people {
            if let Some(Some(value)) = column.values.get(first[*person]) {
                *counts.entry(value).or_default() += 1;
            }
        }
        if let Some((class, n)) = counts.into_iter().filter(|(_, n)| *n < folds).min_by_key(|(_, n)| *n) {
            return Err(refuse(format!(
                "class `{class}` of `{}` has {n} people, fewer than the {folds} folds; use at most {n} folds, or leave the class out with keep",
                column.name
            )));
        }
    }
    Ok(())
}

/// Two classes in every training set and, where that is asked, in every test set, if the column has two.
pub(super) fn check_classes<'a>(
    split: &Split,
    tested: bool,
    candidates: &[Candidate],
    columns: impl Iterator<Item = &'a StratumColumn>,
) -> Result<()> {
    let place: BTreeMap<&str, usize> = candidates.iter().enumerate().map(|(i, c)| (c.key.as_str(), i)).collect();
    for column in columns.filter(|c| !c.is_numeric()) {
        let of = |keys: &[String]| -> BTreeSet<&str> {
            keys.iter().filter_map(|k| column.values.get(*place.get(k.as_str())?)?.as_deref()).collect()
        };
        let all: BTreeSet<&str> = column.values.iter().flatten().map(String::as_str).collect();
        let sets = [("training", &split.train, true), ("test", &split.test, tested)];
        for (set, keys, _) in sets.into_iter().filter(|(.., asked)| *asked) {
            let found = of(keys);
            if all.len() > 1 && !keys.is_empty() && found.len() < 2 {
                return Err(refuse(format!(
                    "the {set} set of fold {} (seed {}) has {} of `{}`, expected two classes; add stratify: [{}], or use fewer folds",
                    split.fold + 1,
                    split.seed,
                    found.first().map_or_else(|| "no class".to_owned(), |c| format!("only `{c}`")),
                    column.name,
                    column.name
                )));
            }
        }
    }
    Ok(())
}
