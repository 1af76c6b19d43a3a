//! Beside neuroCombat, neuroHarmonize and statsmodels: `tests/reference/harmonisation.py` made the numbers.

use super::*;
use crate::error::AnalysisError;
use fascicle_reference::{labels, number, numbers, recorded, table, texts};
use ndarray::{Array2, ArrayView2, array, s};
use serde_json::Value;

/// How far a value may be from the package's, which are about 2.
const TOLERANCE: f64 = 1e-6;

/// Indicators of all levels but the first, then numbers.
fn covariates(people: &Value, case: &Value, of: &Value) -> Array2<f64> {
    let mut terms: Vec<Vec<f64>> = Vec::new();
    for name in texts(&case["categorical"]) {
        let mut levels = texts(&of[name]);
        levels.sort_unstable();
        levels.dedup();
        for level in &levels[1..] {
            terms.push(texts(&people[name]).iter().map(|v| f64::from(u8::from(v == level))).collect());
        }
    }
    for name in texts(&case["continuous"]) {
        terms.push(numbers(&people[name]));
    }
    Array2::from_shape_fn((texts(&people["site"]).len(), terms.len()), |(i, j)| terms[j][i])
}

fn sites(people: &Value) -> Vec<usize> {
    texts(&people["site"]).iter().map(|s| usize::from(s.as_bytes()[0] - b'A')).collect()
}

/// The largest distance between rows that were computed and a table of the package.
fn farthest(found: &[Vec<f64>], expected: &Value) -> f64 {
    let expected = table(expected);
    assert_eq!((found.len(), found[0].len()), expected.dim());
    let pairs = found.iter().flatten().zip(&expected);
    pairs.map(|(f, e)| (f - e).abs()).fold(0.0, |m, d| if d.is_nan() { d } else { m.max(d) })
}

fn rows(table: ArrayView2<'_, f64>) -> Vec<Vec<f64>> {
    table.rows().into_iter().map(|r| r.to_vec()).collect()
}

#[test]
fn sites_are_harmonised_as_by_neurocombat_and_neuroharmonize() {
    let all = recorded("harmonisation");
    let (people, others) = (&all["people"], &all["new_people"]);
    let (x, x_new, shown) = (table(&all["x"]), table(&all["x_new"]), labels(&all["shown"]));
    let cases = all["combat"].as_object().expect("cases");
    assert_eq!(cases.len(), 14);
    for (name, case) in cases {
        let flag = |name: &str| case[name].as_bool().expect("a flag");
        let columns = number(&case["columns"]) as usize;
        let settings = CombatSettings {
            parametric: flag("parametric"),
            empirical_bayes: flag("empirical_bayes"),
            mean_only: flag("mean_only"),
            reference: case["reference"].as_str().map(|s| usize::from(s.as_bytes()[0] - b'A')),
        };
        let terms = covariates(people, case, people);
        let fitted = Combat::fit(x.slice(s![.., ..columns]), &sites(people), terms.view(), settings).expect(name);
        let kept: Combat = serde_json::from_str(&serde_json::to_string(&fitted).expect("JSON")).expect("JSON");
        assert_eq!(kept, fitted, "{name}");
        let apply = |x: &Array2<f64>, terms: &Array2<f64>, sites: &[usize], i: usize| {
            fitted.apply(&x.slice(s![i, ..columns]).to_vec(), sites[i], &terms.row(i).to_vec()).expect(name)
        };
        let found: Vec<Vec<f64>> = shown.iter().map(|i| apply(&x, &terms, &sites(people), *i)).collect();
        let terms = covariates(others, case, people);
        let applied: Vec<Vec<f64>> = (0..x_new.nrows()).map(|i| apply(&x_new, &terms, &sites(others), i)).collect();
        let (here, there) = (farthest(&found, &case["fitted"]), farthest(&applied, &case["applied"]));
        assert!(here <= TOLERANCE && there <= TOLERANCE, "{name}: {here:.1e} fitted, {there:.1e} applied");
    }
}

#[test]
fn residuals_are_those_of_statsmodels() {
    let all = recorded("harmonisation");
    let (people, others, case) = (&all["people"], &all["new_people"], &all["residuals"]);
    let (x, x_new) = (table(&all["x"]), table(&all["x_new"]));
    let terms = covariates(people, case, people);
    let fitted = Residuals::fit(x.view(), terms.view()).expect("fitted");
    let apply = |x: &Array2<f64>, terms: &Array2<f64>, i: usize| {
        fitted.apply(&x.row(i).to_vec(), &terms.row(i).to_vec()).expect("applied")
    };
    let found: Vec<Vec<f64>> = labels(&all["shown"]).into_iter().map(|i| apply(&x, &terms, i)).collect();
    let terms = covariates(others, case, people);
    let applied: Vec<Vec<f64>> = (0..x_new.nrows()).map(|i| apply(&x_new, &terms, i)).collect();
    let worst = farthest(&found, &case["fitted"]).max(farthest(&applied, &case["applied"]));
    assert!(worst <= TOLERANCE, "{worst:.1e}");
}

#[test]
fn what_a_thousand_subjects_say_is_not_lost_to_underflow() {
    let n = 1200;
    let x = Array2::from_shape_fn((2 * n, 3), |(i, j)| {
        let wave = ((i * (j + 2)) as f64 * 0.7).sin() + ((i + 3 * j) as f64 * 0.31).cos();
        wave * if i < n { 1.0 } else { 2.0 } + if i < n { 0.0 } else { 5.0 }
    });
    let sites: Vec<usize> = (0..2 * n).map(|i| i / n).collect();
    let settings = CombatSettings { parametric: false, ..CombatSettings::default() };
    let fitted = Combat::fit(x.view(), &sites, Array2::zeros((2 * n, 0)).view(), settings).expect("fitted");
    let harmonised: Vec<f64> =
        (0..2 * n).map(|i| fitted.apply(&x.row(i).to_vec(), sites[i], &[]).expect("applied")[0]).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean(&harmonised[..n]) - mean(&harmonised[n..])).abs() < 0.05);
}

#[test]
fn columns_of_one_and_the_same_variance_have_a_prior_all_the_same() {
    let one = array![1.0, 2.0, 4.0, 3.0, 7.0, 11.0, 9.0, 8.0];
    let x = Array2::from_shape_fn((8, 2), |(i, _)| one[i]);
    let sites = [0, 0, 0, 0, 1, 1, 1, 1];
    let fitted =
        Combat::fit(x.view(), &sites, Array2::zeros((8, 0)).view(), CombatSettings::default()).expect("fitted");
    let of = |i: usize| fitted.apply(&rows(x.view())[i], sites[i], &[]).expect("applied");
    assert!((0..8).all(|i| of(i).iter().all(|v| v.is_finite()) && of(i)[0] == of(i)[1]));
}

#[test]
fn what_cannot_be_harmonised_is_refused_with_its_place() {
    let x = Array2::from_shape_fn((8, 2), |(i, j)| ((i * 3 + j * 5) as f64).sin());
    let none = Array2::zeros((8, 0));
    let fit = |sites: &[usize], covariates: ArrayView2<'_, f64>| {
        Combat::fit(x.view(), sites, covariates, CombatSettings::default()).expect_err("refused")
    };
    let halves = [0, 0, 0, 0, 1, 1, 1, 1];
    assert!(matches!(fit(&[0; 8], none.view()), AnalysisError::TooFew { found: 1, .. }));
    let alone = AnalysisError::SmallGroup { group: 1, needed: 2, found: 1 };
    assert_eq!(fit(&[0, 0, 0, 1, 0, 0, 0, 0], none.view()), alone);
    assert_eq!(
        fit(&[0, 0, 0, 2, 2, 0, 0, 0], none.view()),
        AnalysisError::SmallGroup { group: 1, needed: 2, found: 0 }
    );
    assert!(matches!(fit(&[0, 9, 0, 9, 2, 0, 0, 0], none.view()), AnalysisError::SmallGroup { .. }));
    assert!(matches!(fit(&[0, 1], none.view()), AnalysisError::ShapeMismatch { .. }));
    // The second covariate says which site it is.
    let told = Array2::from_shape_fn((8, 2), |(i, j)| if j == 0 { (i * i) as f64 } else { 1.5e6 * halves[i] as f64 });
    assert_eq!(fit(&halves, told.view()), AnalysisError::DependentTerm { term: 1 });
    let flat = Array2::from_shape_fn((8, 2), |(i, j)| if j == 0 { (i as f64).sin() } else { halves[i] as f64 * 0.1 });
    let constant = Combat::fit(flat.view(), &halves, none.view(), CombatSettings::default());
    assert_eq!(constant.expect_err("refused"), AnalysisError::ConstantColumn { column: 1 });
    let nan = array![[f64::NAN, 1.0], [0.0, 1.0]];
    assert!(Residuals::fit(nan.view(), none.slice(s![..2, ..])).is_err());
    let ones = Array2::ones((8, 1));
    assert_eq!(Residuals::fit(x.view(), ones.view()), Err(AnalysisError::DependentTerm { term: 0 }));
}
