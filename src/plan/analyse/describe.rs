//! `describe`: a paper's first table. Numbers by group (n, mean, standard deviation, median, quartiles, extremes), levels by group
//! (counts and shares), and whether the groups differ.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::table::Table;
use super::tested::grouped;
use super::{AnalysisResult, Field, argument};
use crate::analysis::{
    Alternative, AnalysisError, contingency, kruskal_wallis, mann_whitney, one_way_anova, quantile, spread, welch_t,
};
use crate::program::{Analysis, Argument, CovariateKind};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// What is said of a row in each group, in the order of the columns of the result.
pub(in super::super) const SAID: [&str; 9] =
    ["n", "mean", "sd", "median", "lower", "upper", "lowest", "highest", "share"];
/// Everybody together.
pub(in super::super) const ALL: &str = "all";

/// One line of the table.
struct Row {
    name: String,
    /// By group: what [`SAID`] lists.
    groups: Vec<[Option<f64>; SAID.len()]>,
    /// Of the column that the row is of, told in its first row.
    p: Option<f64>,
}

/// Groups with the subjects of each, everybody first.
struct Groups {
    names: Vec<String>,
    members: Vec<Vec<usize>>,
}

impl Groups {
    /// Those among which a difference is looked for.
    fn compared(&self) -> &[Vec<usize>] {
        self.members.get(1..).unwrap_or_default()
    }
}

impl Context<'_> {
    /// Columns described by group.
    pub(super) fn describe(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let groups = match declared.arguments.get("groups") {
            None | Some(Argument::Nothing) => IndexMap::new(),
            Some(groups) => self.groups(task, variant, groups)?,
        };
        let by_rank = declared.word("test") == Some("ranks");
        let mut rows = Vec::new();
        let mut notes = Vec::new();
        let (mut people, mut sizes) = (0, IndexMap::new());
        match argument(task, declared, "values")? {
            Argument::Described { cohort, columns } => {
                for column in columns {
                    let one =
                        Argument::Column { cohort: cohort.clone(), column: column.column.clone(), levels: Vec::new() };
                    let added = match column.kind {
                        CovariateKind::Number => {
                            let table = self.values(task, variant, &one)?;
                            let groups = of_subjects(&table.subjects, &groups);
                            count(&groups, &mut people, &mut sizes);
                            numbers(&table, &groups, by_rank, &mut notes)
                        }
                        CovariateKind::Levels => {
                            let levels = self.groups(task, variant, &one)?;
                            let mut subjects: Vec<String> = levels.values().flatten().cloned().collect();
                            subjects.sort_unstable();
                            let groups = of_subjects(&subjects, &groups);
                            count(&groups, &mut people, &mut sizes);
                            shares(&column.column, &levels, &subjects, &groups, &mut notes)
                        }
                    };
                    rows.extend(added);
                }
            }
            other => {
                let table = self.values(task, variant, other)?;
                let groups = of_subjects(&table.subjects, &groups);
                count(&groups, &mut people, &mut sizes);
                rows.extend(numbers(&table, &groups, by_rank, &mut notes));
            }
        }
        if rows.is_empty() {
            return Err(PlanError::task(task, "there is nothing to describe"));
        }
        let wanted: Vec<String> = std::iter::once(ALL.to_owned()).chain(groups.keys().cloned()).collect();
        if rows.iter().any(|row| row.groups.len() != wanted.len()) {
            let problem = "nobody with a value is in one of the groups; keep fewer classes, or leave the column out";
            return Err(PlanError::task(task, problem));
        }
        let mut analysed = AnalysisResult::new(declared, method(groups.len(), by_rank));
        analysed.notes = notes;
        let columns: Vec<String> = wanted
            .iter()
            .flat_map(|group| SAID.map(|said| format!("{group}: {said}")))
            .chain(["p".to_owned()])
            .collect();
        let values = rows.iter().map(|row| row.groups.iter().flatten().copied().chain([row.p]).collect()).collect();
        let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
        let p = rows.iter().map(|row| row.p).collect();
        analysed.fields.insert("table".into(), Field::Matrix { rows: names.clone(), columns, values });
        analysed.fields.insert("p".into(), Field::Columns { names, values: p });
        analysed.fields.insert("people".into(), Field::Number(people as f64));
        for (group, n) in sizes {
            analysed.fields.insert(format!("people in {group}"), Field::Number(n as f64));
        }
        Ok(analysed)
    }
}

fn method(groups: usize, by_rank: bool) -> String {
    let test = match (groups, by_rank) {
        (0 | 1, _) => {
            return "n, mean (standard deviation), median and quartiles; counts and shares of levels".to_owned();
        }
        (2, false) => "Welch's t test",
        (2, true) => "Mann and Whitney's U test",
        (_, false) => "one-way analysis of variance",
        (_, true) => "Kruskal and Wallis' test",
    };
    format!(
        "mean (standard deviation), median and quartiles, counts and shares of levels; p of numbers by {test}, of levels by the \
         chi-squared test without correction for continuity, none corrected for their number"
    )
}

/// Everybody, and the members of each group, by their places among the subjects; no group is left out.
fn of_subjects(subjects: &[String], groups: &IndexMap<String, Vec<String>>) -> Groups {
    let found = grouped(subjects, groups);
    let mut all = Groups { names: vec![ALL.to_owned()], members: vec![(0..subjects.len()).collect()] };
    for (name, members) in found {
        all.names.push(name);
        all.members.push(members);
    }
    all
}

/// The largest number of people seen, in all and by group: columns may lack some.
fn count(groups: &Groups, people: &mut usize, sizes: &mut IndexMap<String, usize>) {
    for (at, (name, members)) in groups.names.iter().zip(&groups.members).enumerate() {
        match at {
            0 => *people = (*people).max(members.len()),
            _ => {
                let known = sizes.entry(name.clone()).or_default();
                *known = (*known).max(members.len());
            }
        }
    }
}

/// A row for each column of numbers.
fn numbers(table: &Table, groups: &Groups, by_rank: bool, notes: &mut Vec<String>) -> Vec<Row> {
    let row = |column: usize| {
        let of = |members: &Vec<usize>| members.iter().filter_map(|at| table.values[*at][column]).collect::<Vec<f64>>();
        let said = groups.members.iter().map(|members| described(&of(members))).collect();
        let compared: Vec<Vec<f64>> = groups.compared().iter().map(of).collect();
        let name = table.names[column].clone();
        let p = (compared.len() > 1).then(|| differ(&compared, by_rank));
        Row { p: told(&name, p, notes), name, groups: said }
    };
    let rows: Vec<usize> = (0..table.names.len()).collect();
    rows.into_iter().map(row).collect()
}

fn described(values: &[f64]) -> [Option<f64>; SAID.len()] {
    let spread = spread(values).ok();
    let at = |share: f64| quantile(values, share).ok();
    [
        Some(values.len() as f64),
        spread.map(|s| s.mean),
        spread.and_then(|s| s.sd),
        at(0.5),
        at(0.25),
        at(0.75),
        at(0.0),
        at(1.0),
        None,
    ]
}

fn differ(groups: &[Vec<f64>], by_rank: bool) -> std::result::Result<f64, AnalysisError> {
    let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    match (slices.as_slice(), by_rank) {
        ([a, b], false) => welch_t(a, b, Alternative::TwoSided).map(|test| test.p_value),
        ([a, b], true) => mann_whitney(a, b, Alternative::TwoSided).map(|test| test.p_value),
        (many, false) => one_way_anova(many).map(|test| test.p_value),
        (many, true) => kruskal_wallis(many).map(|test| test.p_value),
    }
}

/// A row for each level of a column; the first of them tells whether groups differ.
fn shares(
    column: &str,
    levels: &IndexMap<String, Vec<String>>,
    subjects: &[String],
    groups: &Groups,
    notes: &mut Vec<String>,
) -> Vec<Row> {
    let places: BTreeMap<&str, usize> = subjects.iter().enumerate().map(|(at, s)| (s.as_str(), at)).collect();
    let mut level_of = vec![0; subjects.len()];
    for (level, who) in levels.values().enumerate() {
        for subject in who {
            if let Some(at) = places.get(subject.as_str()) {
                level_of[*at] = level;
            }
        }
    }
    let counts: Vec<Vec<u64>> = groups
        .members
        .iter()
        .map(|members| {
            let mut counts = vec![0; levels.len()];
            members.iter().for_each(|at| counts[level_of[*at]] += 1);
            counts
        })
        .collect();
    let compared = counts.get(1..).unwrap_or_default();
    let p = (compared.len() > 1).then(|| {
        let test = contingency(compared)?;
        if test.least_expected < 5.0 {
            notes.push(format!(
                "`{column}`: fewer than 5 people are expected of some level in some group, so that p is rough"
            ));
        }
        Ok(test.p_value)
    });
    let mut p = told(column, p, notes);
    let row = |(level, name): (usize, &String)| {
        let said = counts.iter().map(|counts| {
            let n = counts.iter().sum::<u64>() as f64;
            let mut said = [None; SAID.len()];
            said[0] = Some(counts[level] as f64);
            said[SAID.len() - 1] = (n > 0.0).then(|| counts[level] as f64 / n);
            said
        });
        Row { name: format!("{column} = {name}"), groups: said.collect(), p: p.take() }
    };
    levels.keys().enumerate().map(row).collect()
}

fn told(name: &str, p: Option<std::result::Result<f64, AnalysisError>>, notes: &mut Vec<String>) -> Option<f64> {
    match p {
        None => None,
        Some(Ok(p)) => Some(p),
        Some(Err(why)) => {
            notes.push(format!("`{name}` is not tested: {why}"));
            None
        }
    }
}
