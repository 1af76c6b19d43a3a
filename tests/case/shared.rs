//! What tests read of `../shared`: reference numbers that other packages and the authors' codes gave, and public data sets.
//! None of it is part of the repository.
//!
//! Where something is not there, the test that wants it says so on standard error and passes: a copy of the repository alone
//! can be tested. Where everything is meant to be there, `FASCICLE_GOLDEN=required` makes it a failure.

use std::path::{Path, PathBuf};

/// A file or folder below `../shared`; `None`, said on standard error, where it is not there.
///
/// # Panics
/// It is not there, and `FASCICLE_GOLDEN=required` is set.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
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
