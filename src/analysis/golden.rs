//! Reference numbers for the tests of this folder: reading them, and comparing with them.
//!
//! They were computed by the packages whose definitions the analyses follow. Where they are not at hand, the test
//! that wants them says so and passes, unless `FASCICLE_GOLDEN=required` is set.

use serde_json::Value;
use std::path::PathBuf;

#[path = "../../tests/case/shared.rs"]
mod elsewhere;

pub(crate) use elsewhere::shared;

/// The folder of reference numbers, `None` (and a line on standard error) where it is absent.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    shared(&format!("golden/{name}"))
}

/// One file of statistics.
pub(crate) fn stats(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(folder(&format!("stats/{name}.json"))?).expect("readable");
    Some(serde_json::from_str(&text).expect("valid JSON"))
}

/// A list of numbers.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

/// One number.
pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

/// A list of labels.
pub(crate) fn labels(value: &Value) -> Vec<usize> {
    value.as_array().expect("a list").iter().map(|v| v.as_u64().expect("a label") as usize).collect()
}

/// A table of numbers, row by row.
pub(crate) fn table(value: &Value) -> ndarray::Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().expect("rows").iter().map(numbers).collect();
    let columns = rows.first().map_or(0, Vec::len);
    ndarray::Array2::from_shape_vec((rows.len(), columns), rows.concat()).expect("a rectangle")
}

/// Numbers nested to any depth, in row-major order.
pub(crate) fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        other => vec![number(other)],
    }
}

/// Fails unless `found` is within `tolerance` of `expected`, relative to `expected` (absolute below 1e-6).
#[track_caller]
pub(crate) fn assert_close(found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs();
    let allowed = tolerance * expected.abs().max(1e-6);
    assert!(error <= allowed, "found {found}, expected {expected}: {:.1e} relative", error / expected.abs());
}

/// [`assert_close`] for every pair.
#[track_caller]
pub(crate) fn assert_all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (&f, &e) in found.iter().zip(expected) {
        assert_close(f, e, tolerance);
    }
}
