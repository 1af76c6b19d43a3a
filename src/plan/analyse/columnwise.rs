//! Tests of every column by itself, with correction for their number.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::table::Table;
use super::{Analysed, Field, argument};
use crate::analysis::{self, Alternative, AnalysisError, adjust, one_sample_t, pearson, spearman, welch_t};
use crate::analysis::{kruskal_wallis, mann_whitney};
use crate::program::{Analysis, AnalysisKind, Argument, Correction};
use indexmap::IndexMap;

/// The numbers of one column's test: `p` among them.
pub(super) type Numbers = IndexMap<&'static str, f64>;
pub(super) type Tested = std::result::Result<Numbers, AnalysisError>;

impl Context<'_> {
    /// A test of every column of `values`.
    pub(super) fn columnwise(&self, task: &str, variant: usize, declared: &Analysis) -> Result<Analysed> {
        let values = self.values(task, variant, argument(task, declared, "values")?)?;
        let mut notes = Vec::new();
        let (method, tested): (&str, Vec<Tested>) = match declared.kind {
            AnalysisKind::OneSampleT => {
                let test = |column: usize| of_one_sample(&values.column(column));
                ("one-sample t test against 0, two-sided", (0..values.names.len()).map(test).collect())
            }
            AnalysisKind::Correlation => {
                let with = self.values(task, variant, argument(task, declared, "with")?)?;
                if with.names.len() != 1 {
                    let problem = format!(
                        "`with` has {} columns, and one is needed: name a column, or the mean",
                        with.names.len()
                    );
                    return Err(PlanError::task(task, problem));
                }
                let other = with.beside(&values);
                let test = |column: usize| of_correlation(&values, column, &other);
                ("Pearson's and Spearman's correlation, two-sided", (0..values.names.len()).map(test).collect())
            }
            kind => {
                let groups = self.groups(task, variant, argument(task, declared, "groups")?)?;
                let groups = grouped(&values, &groups);
                let labels: Vec<String> =
                    groups.iter().map(|(label, rows)| format!("{label} ({})", rows.len())).collect();
                notes.extend(left_out(&values, &groups));
                let two = matches!(kind, AnalysisKind::TwoSampleT | AnalysisKind::MannWhitney);
                if (two && groups.len() != 2) || groups.len() < 2 {
                    let needed = if two { "two groups are" } else { "at least two groups are" };
                    let problem = format!(
                        "{needed} needed, and those with values are in {}: {}; keep fewer classes, or compare another column",
                        groups.len(),
                        labels.join(", ")
                    );
                    return Err(PlanError::task(task, problem));
                }
                let test = |column: usize| of_groups(kind, &values, column, &groups);
                let method = match kind {
                    AnalysisKind::TwoSampleT => "Welch's t test, two-sided",
                    AnalysisKind::MannWhitney => "Mann and Whitney's U test, two-sided",
                    _ => "Kruskal and Wallis' test",
                };
                (method, (0..values.names.len()).map(test).collect())
            }
        };
        finished(task, declared, &values.names, method.to_owned(), (tested, notes))
    }
}

/// The result of a test of every column: what could not be tested is noted, and p corrected over the others.
///
/// # Errors
/// No column that could be tested, with the reason of the first.
pub(super) fn finished(
    task: &str,
    declared: &Analysis,
    names: &[String],
    method: String,
    (tested, mut notes): (Vec<Tested>, Vec<String>),
) -> Result<Analysed> {
    let untested = tested.iter().zip(names).filter_map(|(t, name)| Some((name, t.as_ref().err()?)));
    let untested: Vec<String> = untested.map(|(name, e)| format!("{name}: {e}")).collect();
    if untested.len() == tested.len() {
        let problem = untested.first().cloned().unwrap_or_else(|| "there are no columns".into());
        return Err(PlanError::task(task, problem));
    }
    if let Some(first) = untested.first() {
        notes.push(format!("{} of {} columns have no test; {first}", untested.len(), tested.len()));
    }
    let correction = match declared.arguments.get("correct") {
        Some(Argument::Correction(correction)) => *correction,
        _ => Correction::None,
    };
    let alpha = declared.number("alpha").unwrap_or(0.05);
    let corrected = correction_name(correction, tested.len() - untested.len());
    let mut analysed = Analysed::new(declared, format!("{method}; {corrected}"));
    analysed.notes = notes;
    fill(task, &mut analysed, names, &tested, correction, alpha)?;
    Ok(analysed)
}

/// Puts the tests side by side, corrects, and counts.
fn fill(
    task: &str,
    analysed: &mut Analysed,
    names: &[String],
    tested: &[Tested],
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
        let values = tested.iter().map(|t| t.as_ref().ok()?.get(key).copied()).collect();
        analysed.fields.insert(key.to_owned(), Field::Columns { names: names.to_vec(), values });
    }
    let mut corrected = corrected.into_iter();
    let q: Vec<Option<f64>> = tested.iter().map(|t| t.as_ref().ok().and_then(|_| corrected.next())).collect();
    let significant = q.iter().flatten().filter(|q| **q <= alpha).count();
    analysed.fields.insert("q".into(), Field::Columns { names: names.to_vec(), values: q });
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

/// Rows of the values in each group that has any.
pub(super) fn grouped(values: &Table, groups: &IndexMap<String, Vec<String>>) -> Vec<(String, Vec<usize>)> {
    let places = values.places();
    let rows =
        |subjects: &Vec<String>| subjects.iter().filter_map(|s| places.get(s.as_str()).copied()).collect::<Vec<_>>();
    groups
        .iter()
        .map(|(label, subjects)| (label.clone(), rows(subjects)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}

fn left_out(values: &Table, groups: &[(String, Vec<usize>)]) -> Option<String> {
    let n: usize = groups.iter().map(|(_, rows)| rows.len()).sum();
    let out = values.subjects.len().saturating_sub(n);
    (out > 0 && n > 0).then(|| format!("{out} of {} people are in no group and are left out", values.subjects.len()))
}

fn of_one_sample(sample: &[f64]) -> Tested {
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

fn of_correlation(values: &Table, column: usize, other: &[Option<f64>]) -> Tested {
    let pairs = values.values.iter().zip(other);
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.filter_map(|(row, other)| Some((row[column]?, (*other)?))).unzip();
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

fn of_groups(kind: AnalysisKind, values: &Table, column: usize, groups: &[(String, Vec<usize>)]) -> Tested {
    let samples: Vec<Vec<f64>> =
        groups.iter().map(|(_, rows)| rows.iter().filter_map(|row| values.values[*row][column]).collect()).collect();
    match (kind, samples.as_slice()) {
        (AnalysisKind::TwoSampleT, [a, b]) => {
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
        (AnalysisKind::MannWhitney, [a, b]) => {
            let test = mann_whitney(a, b, Alternative::TwoSided)?;
            Ok(Numbers::from([
                ("n_first", a.len() as f64),
                ("n_second", b.len() as f64),
                ("u", test.u),
                ("effect", test.rank_biserial),
                ("p", test.p_value),
            ]))
        }
        _ => {
            let slices: Vec<&[f64]> = samples.iter().filter(|s| !s.is_empty()).map(Vec::as_slice).collect();
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
