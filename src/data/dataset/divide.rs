//! Who of a dataset trains, validates and tests: its members as candidates, its columns as what they are divided by.

use super::super::error::Result;
use super::super::keep;
use super::super::split::{Candidate, Columns, Split, StratumColumn, divide, take};
use super::Dataset;
use fascicle_lang::program::{InputRole, Predicate, Protocol};
use std::collections::BTreeSet;

impl Dataset {
    /// Divides the members of the cohorts that are trained on.
    ///
    /// # Errors
    /// A column of the protocol that is not there, or a division that is not possible.
    pub fn divide(&self, protocol: &Protocol, cohorts: &[String]) -> Result<Vec<Split>> {
        let chosen: Vec<usize> =
            (0..self.members.len()).filter(|i| cohorts.contains(&self.members[*i].cohort)).collect();
        let strata = self.columns_of(&protocol.stratify, &chosen)?;
        let bound = self.columns_of(&protocol.needed_columns(), &chosen)?;
        let classes: Vec<StratumColumn> = (0..self.inputs.len())
            .filter(|i| self.inputs[*i].role == InputRole::Target)
            .filter_map(|input| {
                let classes = self.classes(input)?;
                let levels = &self.inputs[input].levels;
                let values = chosen.iter().map(|m| classes[*m].and_then(|c| levels.get(c).cloned())).collect();
                Some(StratumColumn { name: self.inputs[input].name.clone(), values })
            })
            .collect();
        let columns = Columns { strata: &strata, classes: &classes, bound: &bound };
        divide(protocol, &self.candidates(&chosen), &columns)
    }

    /// Those of some members whose row meets a condition. A missing cell meets none.
    ///
    /// # Errors
    /// A column that is not there, or text where a number is compared.
    pub fn within(&self, members: &[usize], condition: &Predicate) -> Result<Vec<usize>> {
        let mut found = Vec::new();
        for at in members {
            let member = &self.members[*at];
            if keep::satisfies(&self.cohorts[member.cohort_at], member.record, condition)? == Some(true) {
                found.push(*at);
            }
        }
        Ok(found)
    }

    /// How many people some members are.
    pub fn people(&self, members: &[usize]) -> usize {
        members.iter().map(|at| self.members[*at].person.as_str()).collect::<BTreeSet<_>>().len()
    }

    /// Those of some members that are `n` people, drawn with a seed and fold and spread evenly over the strata of columns.
    ///
    /// # Errors
    /// A column that is not there.
    pub fn take(&self, members: &[usize], columns: &[String], n: usize, seed: u64, fold: usize) -> Result<Vec<usize>> {
        let columns = self.columns_of(columns, members)?;
        let taken = take(&self.candidates(members), &columns, n, seed, fold);
        Ok(taken.into_iter().map(|at| members[at]).collect())
    }

    fn candidates(&self, members: &[usize]) -> Vec<Candidate> {
        let of =
            |at: &usize| Candidate { key: self.members[*at].key.clone(), person: self.members[*at].person.clone() };
        members.iter().map(of).collect()
    }

    fn columns_of<N: AsRef<str>>(&self, names: &[N], members: &[usize]) -> Result<Vec<StratumColumn>> {
        let of = |name: &N| {
            let (name, values) = (name.as_ref().to_owned(), self.column(name.as_ref())?);
            Ok(StratumColumn { name, values: members.iter().map(|at| values[*at].clone()).collect() })
        };
        names.iter().map(of).collect()
    }
}
