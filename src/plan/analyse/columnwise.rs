//! Tests of every column of a table, or of every voxel of maps, by itself, with correction for their number.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::tested::{Samples, grouped};
use super::{AnalysisResult, Field, argument};
use crate::analysis::{self, Alternative, AnalysisError, adjust, one_sample_t, pearson, spearman, welch_t};
use crate::analysis::{MannWhitney, kruskal_wallis, mann_whitney, mann_whitney_of_maps};
use crate::program::{Analysis, Argument, ColumnTest, Correction, GroupTest};
use indexmap::IndexMap;
use rayon::prelude::*;

/// The numbers of one sample's test: `p` among them.
pub(super) type Numbers = IndexMap<&'static str, f64>;
pub(super) type TestResult = std::result::Result<Numbers, AnalysisError>;

impl Context<'_> {
    /// A test of every column, or voxel, of `values`.
    pub(super) fn columnwise(
        &self,
        task: &str,
        variant: usize,
        declared: &Analysis,
        test: ColumnTest,
    ) -> Result<AnalysisResult> {
        let samples = self.samples(task, variant, argument(task, declared, "values")?)?;
        let each = |test: &(dyn Fn(usize) -> TestResult + Sync)| -> Vec<TestResult> {
            (0..samples.len()).into_par_iter().map(test).collect()
        };
        match test {
            ColumnTest::OneSampleT => {
                let everybody = samples.subjects().len();
                let tested = each(&|sample| of_one_sample(&samples.of(sample, 0..everybody)));
                let method = "one-sample t test against 0, two-sided".to_owned();
                finished(task, declared, &samples, method, (tested, Vec::new()))
            }
            ColumnTest::Correlation => {
                let with = self.values(task, variant, argument(task, declared, "with")?)?;
                if with.names.len() != 1 {
                    let problem = format!(
                        "`with` has {} columns, and one is needed: name a column, or the mean",
                        with.names.len()
                    );
                    return Err(PlanError::task(task, problem));
                }
                let other = with.beside(samples.subjects());
                let tested = each(&|sample| of_correlation(&samples, sample, &other));
                let method = "Pearson's and Spearman's correlation, two-sided".to_owned();
                finished(task, declared, &samples, method, (tested, Vec::new()))
            }
            ColumnTest::Groups(kind) => {
                let groups = self.groups(task, variant, argument(task, declared, "groups")?)?;
                let groups = grouped(samples.subjects(), &groups);
                let labels: Vec<String> =
                    groups.iter().map(|(label, members)| format!("{label} ({})", members.len())).collect();
                let two = kind.is_of_two();
                if (two && groups.len() != 2) || groups.len() < 2 {
                    let needed = if two { "two groups are" } else { "at least two groups are" };
                    let problem = format!(
                        "{needed} needed, and those with values are in {}: {}; keep fewer classes, or compare another column",
                        groups.len(),
                        labels.join(", ")
                    );
                    return Err(PlanError::task(task, problem));
                }
                let tested = match (&samples, kind, groups.as_slice()) {
                    (Samples::Voxels(maps), GroupTest::MannWhitney, [(_, first), (_, second)]) => {
                        let of = |members: &[usize]| -> Vec<&[f32]> {
                            members.iter().filter_map(|at| maps.values.get(*at)).map(Vec::as_slice).collect()
                        };
                        let found = mann_whitney_of_maps(&of(first), &of(second), Alternative::TwoSided);
                        let found = found.map_err(|e| PlanError::task(task, e))?;
                        found.into_par_iter().map(|test| test.map(of_mann_whitney)).collect()
                    }
                    _ => each(&|sample| of_groups(kind, &samples, sample, &groups)),
                };
                let test = match kind {
                    GroupTest::TwoSampleT => "Welch's t test, two-sided",
                    GroupTest::MannWhitney => "Mann and Whitney's U test, two-sided",
                    GroupTest::KruskalWallis => "Kruskal and Wallis' test",
                };
                let method = match samples {
                    Samples::Columns(_) => test.to_owned(),
                    Samples::Voxels(_) => format!("{test}, at each voxel, of {}", labels.join(" and ")),
                };
                let notes = left_out(samples.subjects().len(), &groups).into_iter().collect();
                let mut analysed = finished(task, declared, &samples, method, (tested, notes))?;
                samples.put_means(&mut analysed, &groups);
                Ok(analysed)
            }
        }
    }
}

/// The result of a test of every sample: what could not be tested is noted, and p corrected over the others.
///
/// # Errors
/// No sample that could be tested, with the reason of the first.
pub(super) fn finished(
    task: &str,
    declared: &Analysis,
    samples: &Samples,
    method: String,
    (tested, mut notes): (Vec<TestResult>, Vec<String>),
) -> Result<AnalysisResult> {
    let untested = tested.iter().filter(|t| t.is_err()).count();
    let first =
        tested.iter().enumerate().find_map(|(at, t)| Some(format!("{}: {}", samples.name(at), t.as_ref().err()?)));
    if untested == tested.len() {
        return Err(PlanError::task(task, first.unwrap_or_else(|| format!("there are no {}", samples.what()))));
    }
    if let Some(first) = first {
        notes.push(format!("{untested} of {} {} have no test; {first}", tested.len(), samples.what()));
    }
    let correction = match declared.arguments.get("correct") {
        Some(Argument::Correction(correction)) => *correction,
        _ => Correction::None,
    };
    let alpha = declared.number("alpha").unwrap_or(0.05);
    let corrected = correction_name(correction, tested.len() - untested);
    let mut analysed = AnalysisResult::new(declared, format!("{method}; {corrected}"));
    analysed.notes = notes;
    fill(task, &mut analysed, samples, &tested, correction, alpha)?;
    Ok(analysed)
}

/// Puts the tests side by side, corrects, and counts.
fn fill(
    task: &str,
    analysed: &mut AnalysisResult,
    samples: &Samples,
    tested: &[TestResult],
    correction: Correction,
    alpha: f64,
) -> Result<()> {
    let p: Vec<f64> = tested.iter().filter_map(|t| t.as_ref().ok()?.get("p").copied()).collect();
    let how = match correction {
        Correction::None => None,
        Correction::Fdr => Some(analysis::Correction::BenjaminiHochberg),
        Correction::FdrBy => Some(analysis::Correction::BenjaminiYekutieli),
        Correction::Bonferroni => Some(analysis::Correction::Bonferroni),
        Correction::Holm => Some(analysis::Correction::Holm),
    };
    let corrected = match how {
        None => p,
        Some(how) => adjust(&p, how).map_err(|e| PlanError::task(task, e))?,
    };
    let keys: Vec<&'static str> =
        tested.iter().find_map(|t| t.as_ref().ok()).map(|n| n.keys().copied().collect()).unwrap_or_default();
    for key in keys {
        samples.put(analysed, key, tested.iter().map(|t| t.as_ref().ok()?.get(key).copied()).collect());
    }
    let mut corrected = corrected.into_iter();
    let q: Vec<Option<f64>> = tested.iter().map(|t| t.as_ref().ok().and_then(|_| corrected.next())).collect();
    let significant = q.iter().flatten().filter(|q| **q <= alpha).count();
    samples.put(analysed, "q", q);
    if let Samples::Voxels(_) = samples {
        analysed.fields.insert("voxels".into(), Field::Number(tested.len() as f64));
    }
    analysed.fields.insert("significant".into(), Field::Number(significant as f64));
    analysed.fields.insert("alpha".into(), Field::Number(alpha));
    Ok(())
}

/// What was done about many tests, in words.
fn correction_name(correction: Correction, tests: usize) -> String {
    let tests = format!("{tests} test{}", if tests == 1 { "" } else { "s" });
    match correction {
        Correction::None => format!("{tests}, not corrected"),
        Correction::Fdr => format!("Benjamini and Hochberg's false discovery rate over {tests}"),
        Correction::FdrBy => format!("Benjamini and Yekutieli's false discovery rate over {tests}"),
        Correction::Bonferroni => format!("Bonferroni's correction over {tests}"),
        Correction::Holm => format!("Holm's correction over {tests}"),
    }
}

fn left_out(people: usize, groups: &[(String, Vec<usize>)]) -> Option<String> {
    let n: usize = groups.iter().map(|(_, members)| members.len()).sum();
    let out = people.saturating_sub(n);
    (out > 0 && n > 0).then(|| format!("{out} of {people} people are in no group and are left out"))
}

fn of_one_sample(sample: &[f64]) -> TestResult {
    let test = one_sample_t(sample, 0.0, Alternative::TwoSided)?;
    Ok(Numbers::from([
        ("n", sample.len() as f64),
        ("mean", test.mean_difference),
        ("se", test.standard_error),
        ("t", test.t),
        ("df", test.df),
        ("d", test.cohen_d),
        ("p", test.p_value),
    ]))
}

fn of_correlation(samples: &Samples, sample: usize, other: &[Option<f64>]) -> TestResult {
    let pairs = other.iter().enumerate().filter_map(|(subject, other)| Some((samples.at(subject, sample)?, (*other)?)));
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let (linear, ranked) = (pearson(&x, &y)?, spearman(&x, &y)?);
    let too_few = AnalysisError::TooFew { what: "the list of people who have both", needed: 3, found: x.len() };
    Ok(Numbers::from([
        ("n", x.len() as f64),
        ("r", linear.r),
        ("p", linear.p_value.ok_or(too_few)?),
        ("rho", ranked.r),
        ("p_rho", ranked.p_value.unwrap_or(1.0)),
    ]))
}

fn of_mann_whitney(test: MannWhitney) -> Numbers {
    Numbers::from([
        ("n_first", test.sizes[0] as f64),
        ("n_second", test.sizes[1] as f64),
        ("u", test.u),
        ("effect", test.rank_biserial),
        ("p", test.p_value),
    ])
}

fn of_groups(kind: GroupTest, samples: &Samples, sample: usize, groups: &[(String, Vec<usize>)]) -> TestResult {
    let of_groups: Vec<Vec<f64>> =
        groups.iter().map(|(_, members)| samples.of(sample, members.iter().copied())).collect();
    match (kind, of_groups.as_slice()) {
        (GroupTest::TwoSampleT, [a, b]) => {
            let test = welch_t(a, b, Alternative::TwoSided)?;
            Ok(Numbers::from([
                ("n_first", a.len() as f64),
                ("n_second", b.len() as f64),
                ("difference", test.mean_difference),
                ("t", test.t),
                ("df", test.df),
                ("d", test.cohen_d),
                ("p", test.p_value),
            ]))
        }
        (GroupTest::MannWhitney, [a, b]) => Ok(of_mann_whitney(mann_whitney(a, b, Alternative::TwoSided)?)),
        _ => {
            let slices: Vec<&[f64]> = of_groups.iter().filter(|s| !s.is_empty()).map(Vec::as_slice).collect();
            let test = kruskal_wallis(&slices)?;
            let n: usize = slices.iter().map(|s| s.len()).sum();
            Ok(Numbers::from([
                ("n", n as f64),
                ("h", test.h),
                ("df", test.df),
                ("effect", test.epsilon_squared),
                ("p", test.p_value),
            ]))
        }
    }
}
