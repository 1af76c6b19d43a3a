//! The chosen penalty and coefficients beside scikit-learn's.
//!
//! The table is that of the logistic tests. Numbers are those of scikit-learn 1.9.1,
//! `RidgeCV(alphas=[0.01, 0.1, 1, 3, 10, 100])`, fitted on the first 30 of 40 subjects.

use super::*;
use fascicle_reference::{assert_all_close, assert_close};
use ndarray::{Array2, s};

const PENALTIES: [f64; 6] = [0.01, 0.1, 1.0, 3.0, 10.0, 100.0];

fn made_up(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        let (i, j) = (i as f64, j as f64);
        ((i + 1.0) * (j + 1.0) * 0.7).sin() + 0.3 * ((i + 2.0) * (j + 3.0) * 0.31).cos()
    })
}

fn wave(i: usize) -> f64 {
    0.8 * ((i as f64 + 1.0) * 1.7).cos()
}

#[test]
fn the_penalty_and_the_coefficients_are_scikit_learns() {
    let x = made_up(40, 5);
    let strong: Vec<f64> =
        x.rows().into_iter().enumerate().map(|(i, r)| 2.0 * r[0] - r[3] + wave(i)).take(30).collect();
    let weak: Vec<f64> = x.rows().into_iter().enumerate().map(|(i, r)| 0.2 * r[0] + wave(i)).take(30).collect();
    let ridge = Ridge::of(x.slice(s![..30, ..])).unwrap();
    for (values, penalty, coefficients, intercept, predicted) in [
        (
            strong,
            1.0,
            [1.883204973157, -0.129873171827, 0.070662006559, -0.899239247886, 0.065565396796],
            0.013658129295899477,
            [1.839707259607, -1.424917736837, -0.55540500454],
        ),
        (
            weak,
            100.0,
            [0.027433200349, -0.021098395049, 0.009140067831, -0.001495328849, -0.004018622757],
            0.015767648644592427,
            [0.042913552023, -0.001939784829, -0.018017892202],
        ),
    ] {
        let found = ridge.fit(&values, &PENALTIES).unwrap();
        assert_eq!(found.penalty, penalty);
        assert_all_close(&found.coefficients, &coefficients, 1e-8);
        assert_close(found.intercept, intercept, 1e-9);
        assert_all_close(&found.predict(x.slice(s![30..33, ..])).unwrap(), &predicted, 1e-8);
    }
}

#[test]
fn more_columns_than_subjects_are_fitted_too() {
    let x = made_up(12, 20);
    let values: Vec<f64> = x.rows().into_iter().map(|r| 2.0 * r[0] - r[3]).collect();
    let found = Ridge::of(x.view()).unwrap().fit(&values, &PENALTIES).unwrap();
    assert_eq!(found.penalty, 1.0);
    let first = [0.606937286916, -0.11022490922, 0.164698720372, -0.434918908084];
    assert_all_close(&found.coefficients[..4], &first, 1e-8);
    assert_close(found.intercept, -0.07036448910562182, 1e-8);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let x = made_up(4, 2);
    let ridge = Ridge::of(x.view()).unwrap();
    assert!(matches!(ridge.fit(&[1.0; 4], &PENALTIES), Err(AnalysisError::Constant { .. })));
    assert!(matches!(ridge.fit(&[1.0, 2.0], &PENALTIES), Err(AnalysisError::ShapeMismatch { .. })));
    assert!(matches!(ridge.fit(&[1.0, 2.0, 3.0, 4.0], &[0.0]), Err(AnalysisError::Setting { .. })));
    assert!(matches!(Ridge::of(x.slice(s![..2, ..])), Err(AnalysisError::TooFew { .. })));
}
