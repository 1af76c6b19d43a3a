//! Permutation: the p of a test by asking it again with shuffled labels.

use super::super::context::{Context, goes_on};
use super::super::error::{PlanError, Result};
use super::columnwise::{Numbers, TestResult, finished};
use super::table::Table;
use super::tested::{Samples, grouped};
use super::{AnalysisResult, argument};
use crate::analysis::error::Checkpoint;
use crate::analysis::{
    Alternative, AnalysisError, GroupStatistic, PermutationTest, Permutations, permutation_of_groups,
    permutation_of_pairs, permutation_paired,
};
use crate::program::{Analysis, AnalysisKind, Argument, ColumnTest, GroupTest};
use indexmap::IndexMap;

/// p depends on this and on how often is shuffled, on nothing else.
const SEED: u64 = 1;

impl Context<'_> {
    /// Every column of a test, with its labels shuffled.
    pub(super) fn permutation(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let Argument::Analysis(name) = argument(task, declared, "test")? else {
            return Err(PlanError::task(task, "`test` names an analysis"));
        };
        let tested = self.program(variant).analyses.iter().find(|a| a.name == *name);
        let tested = tested.ok_or_else(|| PlanError::inconsistent(format!("there is no analysis `{name}`")))?;
        let AnalysisKind::Test(test) = tested.kind else {
            return Err(PlanError::inconsistent(format!("`{name}` is no test")));
        };
        let values = self.values(task, variant, argument(task, tested, "values")?)?;
        let draws = declared.number("times").unwrap_or(10_000.0) as usize;
        let how = Permutations { draws, seed: SEED };
        let interrupt = self.options.interrupt;
        let (shuffled, found): (&str, Vec<TestResult>) = match test {
            ColumnTest::OneSampleT => {
                let test = |column: usize| {
                    goes_on(interrupt)?;
                    let sample = values.column(column);
                    permutation_paired(&sample, &vec![0.0; sample.len()], Alternative::TwoSided, how)
                };
                ("signs", (0..values.names.len()).map(|c| test(c).map(numbers)).collect())
            }
            ColumnTest::Correlation => {
                let with = self.values(task, variant, argument(task, tested, "with")?)?;
                let other = with.beside(&values.subjects);
                let found = of_correlations(&values, &other, (how, &|| goes_on(interrupt)));
                ("pairs", found.map_err(|e| PlanError::analysis(task, e))?)
            }
            ColumnTest::Groups(kind) => {
                let groups = self.groups(task, variant, argument(task, tested, "groups")?)?;
                let groups = grouped(&values.subjects, &groups);
                let found = of_groups(kind, &values, &groups, (how, &|| goes_on(interrupt)));
                ("labels", found.map_err(|e| PlanError::analysis(task, e))?)
            }
        };
        // A column that was interrupted is no column without a test.
        goes_on(interrupt).map_err(|e| PlanError::analysis(task, e))?;
        let method = format!("{}, its {shuffled} shuffled {draws} times (Phipson and Smyth, 2010)", tested.spelling);
        finished(task, declared, &Samples::Columns(values), method, (found, Vec::new()))
    }
}

fn numbers(test: PermutationTest) -> Numbers {
    Numbers::from([("observed", test.observed), ("p", test.p_value), ("shuffled", test.permutations as f64)])
}

/// Columns whose values are there of the same people are tested together: the same shuffles, drawn once.
fn of_correlations(
    values: &Table,
    other: &[Option<f64>],
    (how, checkpoint): (Permutations, Checkpoint<'_>),
) -> std::result::Result<Vec<TestResult>, AnalysisError> {
    let both = |column: usize| -> (Vec<usize>, Vec<f64>) {
        let rows = values.values.iter().enumerate();
        rows.filter_map(|(at, row)| Some((at, row[column].filter(|_| other[at].is_some())?))).unzip()
    };
    together(values.names.len(), both, |people, samples| {
        let other: Vec<f64> = people.iter().filter_map(|at| other[*at]).collect();
        permutation_of_pairs(samples, &other, how, checkpoint)
    })
}

fn of_groups(
    kind: GroupTest,
    values: &Table,
    groups: &[(String, Vec<usize>)],
    (how, checkpoint): (Permutations, Checkpoint<'_>),
) -> std::result::Result<Vec<TestResult>, AnalysisError> {
    let statistic = match kind {
        GroupTest::TwoSampleT => GroupStatistic::Welch,
        GroupTest::MannWhitney => GroupStatistic::MannWhitney,
        GroupTest::KruskalWallis => GroupStatistic::KruskalWallis,
    };
    let labelled = |column: usize| -> (Vec<usize>, Vec<f64>) {
        let members = groups.iter().enumerate().flat_map(|(label, (_, rows))| rows.iter().map(move |row| (label, row)));
        members.filter_map(|(label, row)| Some((label, values.values[*row][column]?))).unzip()
    };
    together(values.names.len(), labelled, |labels, samples| {
        permutation_of_groups(samples, labels, statistic, how, checkpoint)
    })
}

/// Tests columns by the batch: `sample` gives a column's values and what a batch has in common, `test` tests a batch.
fn together(
    columns: usize,
    sample: impl Fn(usize) -> (Vec<usize>, Vec<f64>),
    test: impl Fn(
        &[usize],
        &[Vec<f64>],
    ) -> std::result::Result<Vec<std::result::Result<PermutationTest, AnalysisError>>, AnalysisError>,
) -> std::result::Result<Vec<TestResult>, AnalysisError> {
    type Batch = (Vec<usize>, Vec<Vec<f64>>);
    let mut batches = IndexMap::<Vec<usize>, Batch>::new();
    for column in 0..columns {
        let (shared, sample) = sample(column);
        let (places, samples) = batches.entry(shared).or_default();
        places.push(column);
        samples.push(sample);
    }
    let mut found: Vec<Option<TestResult>> = vec![None; columns];
    for (shared, (places, samples)) in &batches {
        match test(shared, samples) {
            Ok(tested) => {
                places.iter().zip(tested).for_each(|(place, tested)| found[*place] = Some(tested.map(numbers)));
            }
            Err(AnalysisError::Interrupted) => return Err(AnalysisError::Interrupted),
            Err(error) => places.iter().for_each(|place| found[*place] = Some(Err(error.clone()))),
        }
    }
    Ok(found.into_iter().flatten().collect())
}
