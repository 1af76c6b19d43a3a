//! The repository's own programs are laid out by `fascicle fmt`.

use std::path::{Path, PathBuf};

fn programs(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder of the repository").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            programs(&path, into);
        } else if path.extension().is_some_and(|e| e == "fx") {
            into.push(path);
        }
    }
}

#[test]
fn every_program_of_the_repository_is_laid_out_by_fmt() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["experiments", "stdlib", "tests/cases/shapes"] {
        programs(&root.join(folder), &mut all);
    }
    assert!(all.len() > 40, "only {} programs were found", all.len());
    for path in all {
        let text = std::fs::read_to_string(&path).expect("a program of the repository");
        let laid_out = fascicle::syntax::format(&text).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
        assert!(laid_out == text, "{} is not laid out: run fascicle fmt {}", path.display(), path.display());
    }
}
