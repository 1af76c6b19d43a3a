//! Values by subject: what an argument of an analysis stands for.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::predict::Predicted;
use super::super::request::PredictionRequest;
use super::Field;
use crate::data::table::{levels_of, parse_number, same_level};
use crate::graph::NodeId;
use crate::program::{Argument, Subset};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Numbers by subject and column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Names of the columns.
    pub names: Vec<String>,
    /// Names of the subjects.
    pub subjects: Vec<String>,
    /// By subject, then by column; `None` where somebody lacks it.
    pub values: Vec<Vec<Option<f64>>>,
}

/// Means over several looks at the same subjects: those of every fold and seed.
#[derive(Debug, Default)]
pub(super) struct Means {
    sums: IndexMap<String, Vec<(f64, u32)>>,
}

impl Means {
    /// Adds some elements of a subject, from column `at` on.
    pub fn add(&mut self, subject: &str, columns: usize, at: usize, values: impl Iterator<Item = Option<f64>>) {
        if !self.sums.contains_key(subject) {
            self.sums.insert(subject.to_owned(), vec![(0.0, 0); columns]);
        }
        let Some(sums) = self.sums.get_mut(subject) else { return };
        for ((sum, n), value) in sums.iter_mut().skip(at).zip(values) {
            if let Some(value) = value {
                *sum += value;
                *n += 1;
            }
        }
    }

    /// The means.
    pub fn table(self, names: Vec<String>) -> Table {
        let mean = |(sum, n): (f64, u32)| (n > 0).then(|| sum / f64::from(n));
        let (subjects, values) =
            self.sums.into_iter().map(|(subject, sums)| (subject, sums.into_iter().map(mean).collect())).unzip();
        Table { names, subjects, values }
    }
}

impl Table {
    /// Tables of one column each, side by side; whoever is in one of them has a row.
    fn side_by_side(parts: &[Self]) -> Self {
        let mut rows: IndexMap<&str, Vec<Option<f64>>> = IndexMap::new();
        for (at, part) in parts.iter().enumerate() {
            for (subject, values) in part.subjects.iter().zip(&part.values) {
                rows.entry(subject).or_insert_with(|| vec![None; parts.len()])[at] = values[0];
            }
        }
        let (subjects, values) = rows.into_iter().map(|(subject, row)| (subject.to_owned(), row)).unzip();
        Self { names: parts.iter().flat_map(|part| part.names.clone()).collect(), subjects, values }
    }

    /// The values of the only column for these subjects, in their order.
    pub(super) fn beside(&self, subjects: &[String]) -> Vec<Option<f64>> {
        let places = self.places();
        subjects.iter().map(|s| self.values[*places.get(s.as_str())?][0]).collect()
    }

    /// A column's values that are there.
    pub fn column(&self, at: usize) -> Vec<f64> {
        self.values.iter().filter_map(|row| row[at]).collect()
    }

    /// Where each subject's row is.
    pub(super) fn places(&self) -> BTreeMap<&str, usize> {
        self.subjects.iter().enumerate().map(|(at, subject)| (subject.as_str(), at)).collect()
    }
}

/// The name of a row of a prediction.
pub(in crate::plan) fn row_name(key: &str, slice: usize) -> String {
    if slice == 0 { key.to_owned() } else { format!("{key}_slice-{slice}") }
}

impl Context<'_> {
    /// The values of an argument, by subject.
    ///
    /// # Errors
    /// Text where numbers are needed, or something that has no values.
    pub(super) fn values(&self, task: &str, variant: usize, argument: &Argument) -> Result<Table> {
        match argument {
            Argument::Result { analysis, field } => match self.field(variant, analysis, field)? {
                Field::Subjects(table) => Ok(table),
                Field::Columns { names, values } => Ok(Table {
                    subjects: names,
                    values: values.into_iter().map(|v| vec![v]).collect(),
                    names: vec![format!("{analysis}.{field}")],
                }),
                _ => Err(PlanError::task(
                    task,
                    format!("`{analysis}.{field}` has no numbers by subject, and they are needed"),
                )),
            },
            Argument::Column { cohort, column, .. } => self.column_values(task, variant, cohort.as_deref(), column),
            Argument::Columns { cohort, columns } => {
                let parts = columns.iter().map(|column| self.column_values(task, variant, cohort.as_deref(), column));
                Ok(Table::side_by_side(&parts.collect::<Result<Vec<_>>>()?))
            }
            Argument::Output { model, output, members } => self.output_values(task, variant, *model, output, members),
            _ => Err(PlanError::task(
                task,
                "values by subject are needed: a field of an analysis, a column or an output",
            )),
        }
    }

    fn column_values(&self, task: &str, variant: usize, cohort: Option<&str>, column: &str) -> Result<Table> {
        let cells = self.cells(task, variant, cohort, column)?;
        let number = |(subject, cell): &(String, String)| match parse_number(cell) {
            Some(value) => Ok(vec![Some(value)]),
            None => Err(PlanError::task(
                task,
                format!("column `{column}` is `{cell}` for {subject}, and numbers are needed; choose another column"),
            )),
        };
        let values = cells.iter().map(number).collect::<Result<_>>()?;
        Ok(Table { names: vec![column.to_owned()], subjects: cells.into_iter().map(|(s, _)| s).collect(), values })
    }

    /// The cells of a column that are there, by subject.
    fn cells(&self, task: &str, variant: usize, cohort: Option<&str>, column: &str) -> Result<Vec<(String, String)>> {
        let dataset = self.dataset(variant)?;
        let cells = dataset.column(column).map_err(PlanError::data(task))?;
        let members = dataset.members.iter().zip(cells);
        let found: Vec<(String, String)> = members
            .filter(|(member, _)| cohort.is_none_or(|name| name == member.cohort))
            .filter_map(|(member, cell)| Some((member.key.clone(), cell?)))
            .collect();
        if found.is_empty() {
            return Err(PlanError::task(task, format!("nobody has a value in column `{column}`")));
        }
        Ok(found)
    }

    /// A model's output for those who did not train it: of what is predicted the means over the folds and seeds in which
    /// they did not; of an embedding, whose coordinates mean something else in every model, those of the first run.
    fn output_values(
        &self,
        task: &str,
        variant: usize,
        model: usize,
        output: &str,
        members: &[(String, NodeId)],
    ) -> Result<Table> {
        let program = self.program(variant);
        let request = PredictionRequest::of(program, model).unwrap_or_default();
        let declared = &program.models[model];
        let is_predicted = |node: &NodeId| {
            (output == declared.name && declared.target.is_some())
                || !program.compared_with(*node).is_empty()
                || program.used(model).is_some_and(|used| used.predicted.contains(node))
        };
        let all = self.runs_of(variant, model);
        let mut runs = all.as_slice();
        if let ([first, _, ..], false) = (runs, members.iter().all(|(_, node)| is_predicted(node))) {
            self.warn(&format!(
                "{task}: the coordinates of `{}` mean something else in every model; those of {} are taken",
                super::super::score::label(output, ""),
                first.name(program.protocol_of(model))
            ));
            runs = &runs[..1];
        }
        let mut means = Means::default();
        let mut names = Vec::new();
        for run in runs {
            let predicted: Predicted = self.predicted(variant, model, *run)?;
            let values: Vec<_> = members
                .iter()
                .filter_map(|(key, node)| Some((key, predicted.nodes.get(request.node(*node)?)?)))
                .collect();
            if names.is_empty() {
                names = values
                    .iter()
                    .flat_map(|(key, values)| {
                        let name = super::super::score::label(output, key);
                        let n = values.width();
                        (0..n).map(move |i| if n == 1 { name.clone() } else { format!("{name} {}", i + 1) })
                    })
                    .collect();
            }
            for (at, row) in predicted.rows.iter().enumerate() {
                if !matches!(row.set, Subset::Test | Subset::Holdout | Subset::All) {
                    continue;
                }
                let mut column = 0;
                for (_, values) in &values {
                    if let Some(row_values) = values.row(at) {
                        let numbers = row_values.iter().map(|v| Some(f64::from(*v)));
                        means.add(&row_name(&row.key, row.slice), names.len(), column, numbers);
                    }
                    column += values.width();
                }
            }
        }
        Ok(means.table(names))
    }

    /// Groups with who is in each: the classes of a column, or what an analysis divided people into.
    ///
    /// # Errors
    /// Something else, or a class that nobody has.
    pub(super) fn groups(
        &self,
        task: &str,
        variant: usize,
        argument: &Argument,
    ) -> Result<IndexMap<String, Vec<String>>> {
        let (cells, levels) = match argument {
            Argument::Column { cohort, column, levels } => {
                let cells = self.cells(task, variant, cohort.as_deref(), column)?;
                let levels = match levels.as_slice() {
                    [] => levels_of(cells.iter().map(|(_, cell)| cell.as_str())),
                    levels => levels.to_vec(),
                };
                (cells, levels)
            }
            Argument::Result { analysis, field } => match self.field(variant, analysis, field)? {
                Field::Labels { subjects, labels } => {
                    let levels = levels_of(labels.iter().map(String::as_str));
                    (subjects.into_iter().zip(labels).collect(), levels)
                }
                _ => return Err(PlanError::task(task, format!("`{analysis}.{field}` gives no groups"))),
            },
            _ => return Err(PlanError::task(task, "groups are the classes of a column")),
        };
        let of = |level: &String| {
            cells.iter().filter(|(_, cell)| same_level(cell, level)).map(|(s, _)| s.clone()).collect::<Vec<_>>()
        };
        let groups: IndexMap<String, Vec<String>> =
            levels.into_iter().map(|level| (level.clone(), of(&level))).collect();
        match groups.iter().find(|(_, subjects)| subjects.is_empty()) {
            Some((level, _)) => Err(PlanError::task(task, format!("nobody is in the group `{level}`"))),
            None => Ok(groups),
        }
    }

    /// A field of an analysis that ran before.
    pub(super) fn field(&self, variant: usize, analysis: &str, field: &str) -> Result<Field> {
        let at = self.program(variant).analyses.iter().position(|a| a.name == *analysis);
        let at = at.ok_or_else(|| PlanError::inconsistent(format!("there is no analysis `{analysis}`")))?;
        let found = self.analysed(variant, at)?.fields.swap_remove(field);
        found.ok_or_else(|| PlanError::inconsistent(format!("`{analysis}` has no field `{field}`")))
    }
}
