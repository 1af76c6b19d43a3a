//! What the packages may not know: burn stands in few manifests, and the language, the analyses and the baselines read no file, start no
//! process and look at no clock. (`clippy.toml` in these folders says the same to `cargo clippy`.)

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What each package of `src` names under `[dependencies]`.
fn manifests() -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root().join("src")).expect("src").filter_map(Result::ok) {
        let Ok(text) = fs::read_to_string(entry.path().join("Cargo.toml")) else { continue };
        let manifest: toml::Table = text.parse().unwrap_or_else(|e| panic!("{}: {e}", entry.path().display()));
        let names = match &manifest["dependencies"] {
            toml::Value::Table(table) => table.keys().cloned().collect(),
            other => panic!("{}: [dependencies] is {other}", entry.path().display()),
        };
        found.insert(entry.file_name().to_string_lossy().into_owned(), names);
    }
    found
}

/// All packages of ours that a package is built on, itself included.
fn with_what_it_is_built_on(package: &str, manifests: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut all = BTreeSet::from([package.to_owned()]);
    let mut waiting = vec![package.to_owned()];
    while let Some(next) = waiting.pop() {
        for name in manifests[&next].iter().filter_map(|name| name.strip_prefix("fascicle-")) {
            if all.insert(name.to_owned()) {
                waiting.push(name.to_owned());
            }
        }
    }
    all
}

#[test]
fn a_package_without_tensors_does_not_depend_on_burn() {
    let manifests = manifests();
    let without =
        ["syntax", "lang", "analysis", "baselines", "data", "export", "report", "drawing", "kernels", "editor"];
    for package in without {
        for room in with_what_it_is_built_on(package, &manifests) {
            let burning: Vec<_> = manifests[&room].iter().filter(|n| n.contains("burn") || n.contains("cub")).collect();
            assert!(burning.is_empty(), "fascicle-{package} is built on {burning:?} through src/{room}/Cargo.toml");
        }
    }
}

#[test]
fn the_language_depends_on_no_package_that_touches_files_or_data() {
    let manifests = manifests();
    let rooms = with_what_it_is_built_on("lang", &manifests);
    assert_eq!(rooms, BTreeSet::from(["lang".to_owned(), "syntax".to_owned()]));
    let rooms = with_what_it_is_built_on("editor", &manifests);
    assert_eq!(rooms, BTreeSet::from(["editor".to_owned(), "lang".to_owned(), "syntax".to_owned()]));
    let rooms = with_what_it_is_built_on("analysis", &manifests);
    assert_eq!(rooms, BTreeSet::from(["analysis".to_owned()]));
    let rooms = with_what_it_is_built_on("baselines", &manifests);
    assert_eq!(rooms, BTreeSet::from(["baselines".to_owned()]));
    let outside = ["tempfile", "walkdir", "memmap2", "csv", "nifti", "flate2", "dirs", "ctrlc", "jiff"];
    for (room, names) in ["lang", "syntax", "analysis", "baselines", "editor"].map(|room| (room, &manifests[room])) {
        let reached: Vec<_> = names.iter().filter(|name| outside.contains(&name.as_str())).collect();
        assert!(reached.is_empty(), "src/{room}/Cargo.toml names {reached:?}");
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).expect("a folder").filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The places of `text`, up to its tests, that reach outside of the program.
fn reaches(text: &str) -> Vec<(usize, &str)> {
    const OUTSIDE: [&str; 8] =
        ["std::fs", "std::process", "std::env", "std::net", "Instant::now", "SystemTime", "include_bytes!", "println!"];
    let body = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = body.lines().enumerate().map(|(index, line)| (index + 1, line));
    let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter(|(_, line)| OUTSIDE.iter().any(|name| line.contains(name))).collect()
}

#[test]
fn the_language_and_the_analyses_read_no_file() {
    let mut report = String::new();
    for room in ["syntax", "lang", "analysis", "baselines", "drawing", "kernels"] {
        let mut files = Vec::new();
        sources(&root().join("src").join(room), &mut files);
        assert!(!files.is_empty(), "src/{room} has no sources");
        files.sort();
        for file in
            files.iter().filter(|f| !f.ends_with("tests.rs") && !f.components().any(|c| c.as_os_str() == "tests"))
        {
            let text = fs::read_to_string(file).expect("a source");
            for (line, what) in reaches(&text) {
                report.push_str(&format!("{}:{line}: {}\n", file.display(), what.trim()));
            }
        }
    }
    assert!(report.is_empty(), "what a package is not to touch (ask the `World`, or let the plan do it):\n{report}");
}

#[test]
fn a_source_that_reads_a_file_is_found() {
    let text = "use std::fs;\n// std::fs is not used\nfn f() { let _ = std::env::var(\"HOME\"); }\n#[cfg(test)]\nmod tests { use std::fs; }\n";
    assert_eq!(reaches(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>(), [1, 3]);
}
