//! Coefficients beside scikit-learn's.
//!
//! The table is a formula, so that both sides have it: `x[i, j] = sin(0.7 (i+1)(j+1)) + 0.3 cos(0.31 (i+2)(j+3))` for 40
//! subjects and 5 columns, classes by a noisy sum of the first three. Numbers are those of scikit-learn 1.9.1,
//! `LogisticRegression(C=C, l1_ratio=mixture, solver="saga", tol=1e-14, max_iter=2000000)`.

use super::*;
use fascicle_reference::assert_close;
use ndarray::array;

fn made_up() -> (Array2<f64>, Vec<f64>) {
    let x = Array2::from_shape_fn((40, 5), |(i, j)| {
        let (i, j) = (i as f64, j as f64);
        ((i + 1.0) * (j + 1.0) * 0.7).sin() + 0.3 * ((i + 2.0) * (j + 3.0) * 0.31).cos()
    });
    let sum = x
        .rows()
        .into_iter()
        .enumerate()
        .map(|(i, r)| r[0] + 0.5 * r[1] - 0.3 * r[2] + 0.6 * ((i as f64 + 1.0) * 2.3).sin());
    let sum = sum.collect();
    (x, sum)
}

#[track_caller]
fn assert_is(found: &LogisticRegression, coefficients: &Array2<f64>, intercepts: &[f64]) {
    let pairs = found.coefficients.iter().zip(coefficients).chain(found.intercepts.iter().zip(intercepts));
    for (&found, &expected) in pairs {
        // What is 0 there is 0 here.
        if expected == 0.0 {
            assert_eq!(found, 0.0);
        } else {
            assert_close(found, expected, 1e-6_f64.max(1e-8 / expected.abs()));
        }
    }
}

#[test]
fn two_classes_have_scikit_learns_coefficients() {
    let (x, sum) = made_up();
    let labels: Vec<usize> = sum.iter().map(|s| usize::from(*s > 0.0)).collect();
    for ((strength, mixture), coefficients, intercept) in [
        (
            (1.0, 0.0),
            array![[1.544318499156, 1.247770827587, -0.197433289931, 0.398881534789, 0.07443377849]],
            0.308338131134,
        ),
        ((0.5, 1.0), array![[1.330145241919, 0.971179889619, 0.0, 0.0, 0.0]], 0.284185709804),
        (
            (2.0, 0.4),
            array![[1.975289715036, 1.631054908855, -0.10894294979, 0.396415831149, 0.022066099361]],
            0.309186698299,
        ),
        (
            (100.0, 0.5),
            array![[2.938800340798, 2.540638506662, -0.022840000117, 1.167452927993, 0.720623897954]],
            0.302320418698,
        ),
    ] {
        let found = LogisticRegression::fit(x.view(), &labels, 2, Penalty { strength, mixture }, 1e-10).unwrap();
        assert_is(&found, &coefficients, &[intercept]);
    }
}

#[test]
fn three_classes_have_scikit_learns_coefficients() {
    let (x, sum) = made_up();
    let labels: Vec<usize> = sum.iter().map(|s| usize::from(*s >= -0.4) + usize::from(*s >= 0.5)).collect();
    for ((strength, mixture), coefficients, intercepts) in [
        (
            (1.0, 0.0),
            array![
                [-1.845765314244, -0.94033456984, 0.134427623436, -0.30876903578, 0.027686675893],
                [0.150471609821, -0.013145203169, 0.12724355491, 0.338867512918, 0.301662275916],
                [1.695293704423, 0.953479773009, -0.261671178346, -0.030098477138, -0.329348951809]
            ],
            [-0.3453182237, 0.696830910057, -0.351512686357],
        ),
        (
            (0.5, 1.0),
            array![
                [-1.790742886881, -0.53605377095, 0.0, 0.0, 0.0],
                [0.0, 0.0, 0.0, 0.0, 0.0],
                [1.182689516772, 0.598582160452, 0.0, 0.0, 0.0]
            ],
            [-0.312569640816, 0.557066188786, -0.24449654797],
        ),
        (
            (2.0, 0.4),
            array![
                [-2.733121670005, -1.325359240273, 0.005757996303, -0.343570848782, 0.0],
                [0.0, 0.0, 0.0, 0.354463199038, 0.267110796227],
                [2.24680508134, 1.327829596454, -0.408830927177, 0.0, -0.432324047783]
            ],
            [-0.440338572929, 0.948138010895, -0.507799437967],
        ),
    ] {
        let found = LogisticRegression::fit(x.view(), &labels, 3, Penalty { strength, mixture }, 1e-10).unwrap();
        assert_is(&found, &coefficients, &intercepts);
        let sums = found.probabilities(x.view()).unwrap().sum_axis(ndarray::Axis(1));
        assert!(sums.iter().all(|s| (s - 1.0).abs() < 1e-12));
    }
}

#[test]
fn separated_classes_with_hardly_any_penalty_settle() {
    let x = array![[-2.0, 0.3], [-1.0, -0.2], [-0.5, 0.1], [0.5, 0.2], [1.0, -0.3], [2.0, 0.0]];
    for mixture in [0.0, 0.5, 1.0] {
        let penalty = Penalty { strength: 1e3, mixture };
        let found = LogisticRegression::fit(x.view(), &[0, 0, 0, 1, 1, 1], 2, penalty, 1e-6).unwrap();
        let p = found.probabilities(x.view()).unwrap();
        assert!(p[[0, 0]] > 0.99 && p[[5, 1]] > 0.99, "{p}");
    }
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let x = array![[1.0], [2.0], [3.0]];
    let fit = |labels: &[usize], penalty| LogisticRegression::fit(x.view(), labels, 2, penalty, 1e-6);
    let fair = Penalty { strength: 1.0, mixture: 0.0 };
    assert!(matches!(fit(&[0, 0, 0], fair), Err(AnalysisError::Constant { .. })));
    assert!(matches!(fit(&[0, 1], fair), Err(AnalysisError::ShapeMismatch { .. })));
    assert!(matches!(fit(&[0, 1, 2], fair), Err(AnalysisError::UnknownClass { .. })));
    for penalty in [Penalty { strength: 0.0, mixture: 0.0 }, Penalty { strength: 1.0, mixture: 1.5 }] {
        assert!(matches!(fit(&[0, 1, 1], penalty), Err(AnalysisError::Setting { .. })));
    }
    let found = fit(&[0, 1, 1], fair).unwrap();
    assert!(matches!(found.probabilities(array![[1.0, 2.0]].view()), Err(AnalysisError::ShapeMismatch { .. })));
}
