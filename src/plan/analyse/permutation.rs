//! Permutation: the p of a test by asking it again with shuffled labels.

use super::super::context::{Context, goes_on};
use super::super::error::{PlanError, Result};
use super::columnwise::{Numbers, TestResult, finished};
use super::table::Table;
use super::tested::{Samples, grouped};
use super::{AnalysisResult, argument};
use crate::analysis::error::Checkpoint;
use crate::analysis::statistics::kruskal_wallis::kruskal_wallis_by;
use crate::analysis::{
    Alternative, AnalysisError, PermutationTest, Permutations, mann_whitney, pearson, permutation_of_labels,
    permutation_paired, welch_t,
};
use crate::program::{Analysis, AnalysisKind, Argument, ColumnTest, GroupTest};

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
                let test = |column: usize| of_correlation(&values, column, &other, (how, &|| goes_on(interrupt)));
                ("pairs", (0..values.names.len()).map(|c| test(c).map(numbers)).collect())
            }
            ColumnTest::Groups(kind) => {
                let groups = self.groups(task, variant, argument(task, tested, "groups")?)?;
                let groups = grouped(&values.subjects, &groups);
                let test = |column: usize| of_groups(kind, &values, column, &groups, (how, &|| goes_on(interrupt)));
                ("labels", (0..values.names.len()).map(|c| test(c).map(numbers)).collect())
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

fn of_correlation(
    values: &Table,
    column: usize,
    other: &[Option<f64>],
    (how, checkpoint): (Permutations, Checkpoint<'_>),
) -> std::result::Result<PermutationTest, AnalysisError> {
    let pairs = values.values.iter().zip(other);
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.filter_map(|(row, other)| Some((row[column]?, (*other)?))).unzip();
    let places: Vec<usize> = (0..x.len()).collect();
    permutation_of_labels(&places, Alternative::Greater, how, |places| {
        checkpoint()?;
        let y: Vec<f64> = places.iter().map(|at| y[*at]).collect();
        Ok(pearson(&x, &y)?.r.abs())
    })
}

fn of_groups(
    kind: GroupTest,
    values: &Table,
    column: usize,
    groups: &[(String, Vec<usize>)],
    (how, checkpoint): (Permutations, Checkpoint<'_>),
) -> std::result::Result<PermutationTest, AnalysisError> {
    let (labels, sample): (Vec<usize>, Vec<f64>) = groups
        .iter()
        .enumerate()
        .flat_map(|(label, (_, rows))| rows.iter().filter_map(move |row| Some((label, values.values[*row][column]?))))
        .unzip();
    let two = |labels: &[usize]| -> (Vec<f64>, Vec<f64>) {
        let of = |group: usize| labels.iter().zip(&sample).filter(|(l, _)| **l == group).map(|(_, v)| *v).collect();
        (of(0), of(1))
    };
    permutation_of_labels(&labels, Alternative::Greater, how, |labels| {
        checkpoint().and_then(|()| match kind {
            GroupTest::TwoSampleT => {
                let (first, second) = two(labels);
                Ok(welch_t(&first, &second, Alternative::TwoSided)?.t.abs())
            }
            GroupTest::MannWhitney => {
                let (first, second) = two(labels);
                Ok(mann_whitney(&first, &second, Alternative::TwoSided)?.rank_biserial.abs())
            }
            GroupTest::KruskalWallis => Ok(kruskal_wallis_by(&sample, labels)?.h),
        })
    })
}
