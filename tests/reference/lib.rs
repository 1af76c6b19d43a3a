//! What tests read of `../shared`: reference numbers that other packages and the authors' codes gave, and public data sets.
//! None of that is part of the repository.
//!
//! Where something is not there, the test that wants it says so on standard error and passes: a copy of the repository alone
//! can be tested. Where everything is meant to be there, `FASCICLE_GOLDEN=required` makes it a failure.
//!
//! Small cases are part of the repository: `tests/reference/NAME.json`, beside the script that made them ([`recorded`]).

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The repository: where it was when this was compiled, or where `FASCICLE_ROOT` says that it is now.
pub fn root() -> PathBuf {
    let compiled = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("FASCICLE_ROOT").map_or_else(compiled, PathBuf::from)
}

/// A file or folder below `../shared`; `None`, said on standard error, where it is not there.
///
/// # Panics
/// It is not there, and `FASCICLE_GOLDEN=required` is set.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(!required(), "{} is not there, and FASCICLE_GOLDEN=required is set", path.display());
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// Whether what is not there is a failure.
///
/// # Panics
/// `FASCICLE_GOLDEN` is set to something else.
pub fn required() -> bool {
    match std::env::var("FASCICLE_GOLDEN") {
        Err(_) => false,
        Ok(word) if word == "required" => true,
        Ok(word) => panic!("FASCICLE_GOLDEN is `{word}`; it can be `required`, or be left out"),
    }
}

/// The folder of reference numbers, `None` (and a line on standard error) where it is absent.
pub fn folder(name: &str) -> Option<PathBuf> {
    shared(&format!("golden/{name}"))
}

/// One file of statistics.
pub fn stats(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(folder(&format!("stats/{name}.json"))?).expect("readable");
    Some(serde_json::from_str(&text).expect("valid JSON"))
}

/// Numbers of another package that are part of the repository, beside the script that made them.
pub fn recorded(name: &str) -> Value {
    let path = root().join(format!("tests/reference/{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).expect("valid JSON")
}

/// A list of texts.
pub fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|v| v.as_str().expect("a text")).collect()
}

/// A list of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

/// One number.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

/// A list of labels.
pub fn labels(value: &Value) -> Vec<usize> {
    value.as_array().expect("a list").iter().map(|v| v.as_u64().expect("a label") as usize).collect()
}

/// A table of numbers, row by row.
pub fn table(value: &Value) -> ndarray::Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().expect("rows").iter().map(numbers).collect();
    let columns = rows.first().map_or(0, Vec::len);
    ndarray::Array2::from_shape_vec((rows.len(), columns), rows.concat()).expect("a rectangle")
}

/// Numbers nested to any depth, in row-major order.
pub fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        other => vec![number(other)],
    }
}

/// Fails unless `found` is within `tolerance` of `expected`, relative to `expected` (absolute below 1e-6).
#[track_caller]
pub fn assert_close(found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs();
    let allowed = tolerance * expected.abs().max(1e-6);
    assert!(error <= allowed, "found {found}, expected {expected}: {:.1e} relative", error / expected.abs());
}

/// [`assert_close`] for every pair.
#[track_caller]
pub fn assert_all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (&f, &e) in found.iter().zip(expected) {
        assert_close(f, e, tolerance);
    }
}
