//! Candidates as people: who they are, who belongs together, who is of which level, and how some of them are drawn.

use super::super::error::Result;
use super::super::table::same_level;
use super::allocate::{spread, stratified_folds, stratified_order};
use super::groups::{draw_groups, grouped_folds};
use super::{Candidate, Columns, Split, StratumColumn, refuse, strata};
use fascicle_lang::program::{Protocol, ProtocolKind};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// Records grouped by person, in the order in which people first occur.
pub(super) struct People {
    /// Records of each person.
    pub records: Vec<Vec<usize>>,
    /// Each person's first record.
    pub first: Vec<usize>,
    /// Who is divided: everybody who has a cell in the columns that keep people together.
    pub divided: Vec<usize>,
    /// Each person's level of the column that is left out.
    pub level: Vec<Option<usize>>,
    /// Each person's stratum.
    stratum: Vec<usize>,
    /// Each person's group, where people are kept together.
    group: Option<Vec<usize>>,
}

impl People {
    /// # Errors
    /// Nobody, a person in two groups or levels, a level that the protocol does not know.
    pub fn of(protocol: &Protocol, candidates: &[Candidate], columns: &Columns<'_>) -> Result<Self> {
        let mut place = indexmap::IndexMap::<&str, Vec<usize>>::new();
        for (i, candidate) in candidates.iter().enumerate() {
            place.entry(candidate.person.as_str()).or_default().push(i);
        }
        let records: Vec<Vec<usize>> = place.into_values().collect();
        let first: Vec<usize> = records.iter().map(|r| r[0]).collect();
        let stratum = strata::combine(columns.strata, &first, candidates.len());
        let mut people =
            Self { level: vec![None; records.len()], divided: Vec::new(), group: None, records, first, stratum };
        let cells = |name: &str| -> Result<Vec<Option<&str>>> {
            let column = columns.bound.iter().find(|c| c.name == name && c.values.len() == candidates.len());
            let column = column.ok_or_else(|| refuse(format!("there is no column `{name}`")))?;
            people.records.iter().map(|records| one_cell(candidates, column, records)).collect()
        };
        let mut known = vec![true; people.records.len()];
        let mut needs =
            |cells: &[Option<&str>]| known.iter_mut().zip(cells).for_each(|(known, c)| *known &= c.is_some());
        let mut level = people.level.clone();
        if let ProtocolKind::LeaveOut { column, levels, .. } = &protocol.kind {
            let cells = cells(column)?;
            needs(&cells);
            for (person, cell) in cells.iter().enumerate() {
                let Some(cell) = cell else { continue };
                let at = levels.iter().position(|level| same_level(level, cell));
                level[person] = Some(at.ok_or_else(|| {
                    let known = if levels.is_empty() { "none".to_owned() } else { levels.join(", ") };
                    refuse(format!("`{cell}` is not among the levels of `{column}` that the program knows: {known}"))
                })?);
            }
        }
        let mut group = None;
        if let Some(column) = &protocol.group {
            let cells = cells(column)?;
            needs(&cells);
            let names: BTreeSet<&str> = cells.iter().flatten().copied().collect();
            let number: BTreeMap<&str, usize> = names.into_iter().enumerate().map(|(i, name)| (name, i)).collect();
            // Who has no cell is in no set, whatever number stands there.
            group = Some(cells.iter().map(|cell| cell.map_or(number.len(), |name| number[name])).collect());
        }
        (people.level, people.group) = (level, group);
        people.divided = (0..known.len()).filter(|person| known[*person]).collect();
        if people.divided.is_empty() {
            return Err(refuse("there is nobody".into()));
        }
        Ok(people)
    }

    /// `n` of the people, spread evenly over the strata; then those that remain, both in their order. Of groups about
    /// `n`, whole ones.
    pub fn draw(&self, people: &[usize], n: usize, rng: &mut ChaCha8Rng) -> (Vec<usize>, Vec<usize>) {
        let labels: Vec<usize> = people.iter().map(|p| self.stratum[*p]).collect();
        let chosen: BTreeSet<usize> = match self.groups(people) {
            Some(groups) => draw_groups(&labels, &groups, n, rng),
            None => spread_over(&labels, n, rng),
        };
        (0..people.len()).fold((Vec::new(), Vec::new()), |(mut yes, mut no), i| {
            if chosen.contains(&i) {
                yes.push(people[i])
            } else {
                no.push(people[i])
            }
            (yes, no)
        })
    }

    /// A fold for each of the people.
    pub fn folds(&self, people: &[usize], folds: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let labels: Vec<usize> = people.iter().map(|p| self.stratum[*p]).collect();
        match self.groups(people) {
            Some(groups) => grouped_folds(&labels, &groups, folds, Some(rng)),
            None => stratified_folds(&labels, folds, Some(rng)),
        }
    }

    /// Enough groups for the folds.
    pub fn check_groups(&self, folds: usize, people: &[usize], protocol: &Protocol) -> Result<()> {
        let (Some(groups), Some(column)) = (self.groups(people), &protocol.group) else { return Ok(()) };
        let groups = groups.into_iter().collect::<BTreeSet<_>>().len();
        if folds > groups {
            return Err(refuse(format!("{folds} folds of {groups} groups of `{column}`; use at most {groups} folds")));
        }
        Ok(())
    }

    fn groups(&self, people: &[usize]) -> Option<Vec<usize>> {
        self.group.as_ref().map(|group| people.iter().map(|p| group[*p]).collect())
    }

    /// Training, validation, test and held-out people as records; with `once` only the first record of a person that does
    /// not train.
    pub fn split(
        &self,
        candidates: &[Candidate],
        (fold, seed): (usize, u64),
        sets: [&[usize]; 4],
        once: bool,
    ) -> Split {
        let keys = |people: &[usize], once: bool| -> Vec<String> {
            let most = if once { 1 } else { usize::MAX };
            let records: BTreeSet<usize> =
                people.iter().flat_map(|p| self.records[*p].iter().take(most).copied()).collect();
            records.into_iter().map(|r| candidates[r].key.clone()).collect()
        };
        let [train, validation, test, holdout] = sets;
        let (train, validation) = (keys(train, false), keys(validation, once));
        Split { fold, seed, train, validation, test: keys(test, once), holdout: keys(holdout, once) }
    }
}

/// `n` places, spread evenly over the labels, by lot within one.
pub(super) fn spread_over(labels: &[usize], n: usize, rng: &mut ChaCha8Rng) -> BTreeSet<usize> {
    let order = stratified_order(labels, rng);
    spread(order.len(), n).map(|i| order[i]).collect()
}

/// What all records of a person say in a column; a record may say nothing.
fn one_cell<'c>(candidates: &[Candidate], column: &'c StratumColumn, records: &[usize]) -> Result<Option<&'c str>> {
    let mut found: Option<&str> = None;
    for record in records {
        let Some(cell) = column.values[*record].as_deref() else { continue };
        match found {
            Some(other) if !same_level(other, cell) => {
                return Err(refuse(format!(
                    "records of `{}` have {name} = {other} and {name} = {cell}; nobody can be on both sides: keep one of them, or \
                     make {name} the same",
                    candidates[*record].key,
                    name = column.name
                )));
            }
            Some(_) => {}
            None => found = Some(cell),
        }
    }
    Ok(found)
}
