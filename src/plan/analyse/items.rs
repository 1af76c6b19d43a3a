//! Embeddings of one run: what a model that was trained once makes of the people of each set.
//!
//! The coordinates of an embedding mean nothing outside the model that gives them, so that values of different folds or
//! seeds never come together here.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::index::person_numbers;
use super::super::request::PredictionRequest;
use super::super::task::RunKey;
use super::argument;
use super::table::row_name;
use crate::data::split::Split;
use crate::program::{Analysis, Argument, Subset};
use ndarray::Array2;
use std::collections::BTreeMap;

/// One embedding.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The name of its row: the subject, and which slice.
    pub subject: String,
    /// The subject, as tables name them.
    pub key: String,
    /// The number of the person; sessions and slices of one share it.
    pub person: usize,
    /// Its key in a family of outputs; empty where there is none.
    pub member: String,
    /// In which set of this run.
    pub set: Subset,
    pub values: Vec<f64>,
}

impl Item {
    /// The modality it is of; in a family of pairs the second says whose contrast it is: `drawn[i, j]`.
    pub fn modality(&self) -> &str {
        self.member.rsplit(", ").next().unwrap_or_default()
    }
}

/// How embeddings of a family become items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    /// One behind the other: an item a subject, of those who have all of them.
    Joined,
    /// An item for each.
    Apart,
}

/// The people of a set, and what they have.
#[derive(Debug, Clone, Default)]
pub(super) struct Items {
    pub all: Vec<Item>,
}

impl Items {
    /// Those of some sets.
    pub fn of(&self, sets: &[Subset]) -> Vec<&Item> {
        self.all.iter().filter(|item| sets.contains(&item.set)).collect()
    }

    /// As a table, `[items, columns]`.
    pub fn table(items: &[&Item]) -> Array2<f64> {
        let width = items.first().map_or(0, |item| item.values.len());
        Array2::from_shape_fn((items.len(), width), |(i, j)| items[i].values[j])
    }
}

const EVERYBODY: &[Subset] = &[Subset::Training, Subset::Validation, Subset::Test, Subset::Holdout, Subset::All];

/// Whether an analysis asks of what some model gave.
fn of_a_model(analysis: &Analysis) -> bool {
    analysis.arguments.values().any(|argument| matches!(argument, Argument::Output { .. }))
}

/// The sets that `on:` names. What no model gave nobody was trained for, and is everybody's.
pub(super) fn sets(analysis: &Analysis) -> &'static [Subset] {
    match analysis.word("on") {
        Some("test") => &[Subset::Test],
        Some("holdout") => &[Subset::Holdout],
        Some("all") => EVERYBODY,
        _ if of_a_model(analysis) => &[Subset::Test, Subset::Holdout, Subset::All],
        _ => EVERYBODY,
    }
}

/// The same in words.
pub(super) fn sets_name(analysis: &Analysis) -> &'static str {
    match analysis.word("on") {
        Some("test") => "the test subjects",
        Some("holdout") => "the subjects held out",
        Some("all") if of_a_model(analysis) => "everybody, those who trained the model included",
        Some("unseen") if of_a_model(analysis) => "those the model did not see",
        _ => "everybody",
    }
}

impl Context<'_> {
    /// The embeddings of the first run, and whose they are in words: what cannot be put together from several models is
    /// asked of one.
    pub(super) fn first_run(
        &self,
        task: &str,
        variant: usize,
        declared: &Analysis,
        members: Members,
    ) -> Result<(Items, String)> {
        let values = argument(task, declared, "values")?;
        let runs = self.runs_of_argument(variant, values);
        let protocol = match values {
            Argument::Output { model, .. } => self.program(variant).protocol_of(*model),
            _ => &self.program(variant).protocol,
        };
        let first = *runs.first().ok_or_else(|| PlanError::inconsistent("the protocol has no run"))?;
        let items = self.items(task, variant, first, values, members)?;
        if items.of(sets(declared)).is_empty() {
            return Err(PlanError::task(task, format!("{} have none of these values", sets_name(declared))));
        }
        let whose = match (values, runs.len()) {
            (Argument::Output { .. }, 1) => sets_name(declared).to_owned(),
            (Argument::Output { .. }, n) => format!(
                "{} of {}, the first of {n} models, whose coordinates cannot be put together",
                sets_name(declared),
                first.name(protocol)
            ),
            _ => sets_name(declared).to_owned(),
        };
        Ok((items, whose))
    }

    /// The embeddings of a run.
    ///
    /// # Errors
    /// A prediction that cannot be read, columns without numbers.
    pub(super) fn items(
        &self,
        task: &str,
        variant: usize,
        run: RunKey,
        argument: &Argument,
        members: Members,
    ) -> Result<Items> {
        match argument {
            Argument::Output { model, members: nodes, .. } => {
                let request = PredictionRequest::of(self.program(variant), *model).unwrap_or_default();
                let predicted = self.predicted(variant, *model, run)?;
                let values: Option<Vec<_>> =
                    nodes.iter().map(|(key, node)| Some((key, predicted.nodes.get(request.node(*node)?)?))).collect();
                let values =
                    values.ok_or_else(|| PlanError::inconsistent("an embedding is not among the predictions"))?;
                let mut all = Vec::new();
                for (at, row) in predicted.rows.iter().enumerate() {
                    let item = |member: &str, values: Vec<f64>| Item {
                        subject: row_name(&row.key, row.slice),
                        key: row.key.clone(),
                        person: row.person,
                        member: member.to_owned(),
                        set: row.set,
                        values,
                    };
                    let numbers = |row: &[f32]| row.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>();
                    match members {
                        Members::Apart => all.extend(
                            values.iter().filter_map(|(key, values)| Some(item(key, numbers(values.row(at)?)))),
                        ),
                        Members::Joined => {
                            let parts: Option<Vec<Vec<f64>>> =
                                values.iter().map(|(_, values)| values.row(at).map(numbers)).collect();
                            all.extend(parts.map(|parts| item("", parts.concat())));
                        }
                    }
                }
                Ok(Items { all })
            }
            _ => self.items_of_table(task, variant, run, argument),
        }
    }

    /// Numbers that no model gave, divided as the run divides people.
    fn items_of_table(&self, task: &str, variant: usize, run: RunKey, argument: &Argument) -> Result<Items> {
        let table = self.values(task, variant, argument)?;
        let split = match self.layout.variants[variant].split.is_empty() {
            true => Split::default(),
            false => self.split(variant, run.seed, run.fold)?,
        };
        let mut sets: BTreeMap<&str, Subset> = BTreeMap::new();
        for (set, keys) in [
            (Subset::Training, &split.train),
            (Subset::Validation, &split.validation),
            (Subset::Test, &split.test),
            (Subset::Holdout, &split.holdout),
        ] {
            sets.extend(keys.iter().map(|key| (key.as_str(), set)));
        }
        let persons = self.persons(variant)?;
        let item = |(at, (subject, values)): (usize, (&String, &Vec<Option<f64>>))| {
            Some(Item {
                subject: subject.clone(),
                key: subject.clone(),
                person: persons.get(subject).copied().unwrap_or(at),
                member: String::new(),
                set: sets.get(subject.as_str()).copied().unwrap_or(Subset::All),
                values: values.iter().copied().collect::<Option<Vec<f64>>>()?,
            })
        };
        Ok(Items { all: table.subjects.iter().zip(&table.values).enumerate().filter_map(item).collect() })
    }

    /// The number of everybody's person, by the subject's name.
    fn persons(&self, variant: usize) -> Result<BTreeMap<String, usize>> {
        let dataset = self.dataset(variant)?;
        let numbers = person_numbers(self.program(variant), &dataset);
        Ok(numbers.into_iter().map(|(key, number)| (key.to_owned(), number)).collect())
    }
}
