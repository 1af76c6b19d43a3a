//! The language by example: every file of `tests/cases` compiles to exactly what its comments say.
//!
//! `tests/cases/errors` holds one mistake (or several independent ones) a file, `tests/cases/shapes` one construct that
//! works; `tests/mistakes` holds edits of the experiments that their users would make. How an error reads is kept as a
//! snapshot; `INSTA_UPDATE=always cargo test --test cases` rewrites them.

mod case;

use case::mistake::Mistake;
use case::{Case, files_below, programs};
use fascicle::compile::{Code, Compilation, Severity, render};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Longest rendered error.
const LINES: usize = 15;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn rendered(compiled: &Compilation) -> String {
    let texts: Vec<String> = compiled.diagnostics.iter().map(|d| render(d, &compiled.sources, false, 100)).collect();
    texts.join("\n")
}

/// Runs every case of a folder and fails with all that differ at once.
fn every_case_of(name: &str, check: impl Fn(&Case, &Compilation) -> Vec<String>) {
    let paths = files_below(&folder(name), "fx");
    assert!(!paths.is_empty(), "tests/cases/{name} holds no case");
    let mut report = String::new();
    for path in &paths {
        let case = Case::read(path);
        let compiled = case.compile();
        let mut differences = case.differences(&compiled);
        differences.extend(check(&case, &compiled));
        if !differences.is_empty() {
            report.push_str(&format!("\n{}\n  {}\n", path.display(), differences.join("\n  ")));
            report.push_str(&rendered(&compiled));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_error_is_told_where_it_is_and_none_besides() {
    every_case_of("errors", |case, compiled| {
        let mut wrong = Vec::new();
        if case.expected.is_empty() {
            wrong.push("the case expects nothing".to_string());
        }
        let errors = compiled.diagnostics.iter().any(|d| d.severity == Severity::Error);
        if errors && compiled.experiment.is_some() {
            wrong.push("there is an experiment in spite of the errors".to_string());
        }
        wrong
    });
}

#[test]
fn every_error_fits_on_fifteen_lines() {
    every_case_of("errors", |_, compiled| {
        let long = |text: &str| text.trim_end().lines().count() > LINES;
        compiled
            .diagnostics
            .iter()
            .map(|d| render(d, &compiled.sources, false, 100))
            .filter(|text| long(text))
            .map(|text| format!("{} lines:\n{text}", text.trim_end().lines().count()))
            .collect()
    });
}

#[test]
fn every_construct_gives_the_shapes_it_promises() {
    every_case_of("shapes", |case, _| {
        let asks = !case.shapes.is_empty() || !case.parameters.is_empty() || case.variants.is_some();
        if asks { Vec::new() } else { vec!["the case asks for no shape, parameters or variants".to_string()] }
    });
}

#[test]
fn every_error_reads_as_it_did() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/errors"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in files_below(&folder("errors"), "fx") {
            let case = Case::read(&path);
            let shown = format!("{}\n{}\n{}", case.text.trim_end(), "=".repeat(100), rendered(&case.compile()));
            insta::assert_snapshot!(case.name.trim_end_matches(".fx"), shown);
        }
    });
}

#[test]
fn the_example_of_every_operator_compiles() {
    let mut report = String::new();
    for stanza in fascicle::ops::table() {
        let text = format!(
            "cohort c = bids(\"data\")\n\
             modality x: volume[8, 16, 16, 16] = c.image(\"a.nii.gz\") |> labels(1, 2, 3, 4, 5, 6, 7, 8)\n\
             condition g: class{{A, B, C}} = c.column(\"g\")\n\
             condition m: mask[16, 16, 16]{{rest, core, rim}} = c.image(\"m.nii.gz\")\n\
             block Example(x: [8, 16, 16, 16], g: class{{A, B, C}}, m: mask[16, 16, 16]{{rest, core, rim}}) {{\n\
             {}\n\
             }}\n\
             model example(x, g, m) {{ Example()(x, g, m) }}\n\
             // table: c: g A B C\n",
            stanza.example
        );
        let compiled = Case::parse(stanza.name, &text).compile();
        if !compiled.diagnostics.is_empty() {
            report.push_str(&rendered(&compiled));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_experiment_and_the_library_compile() {
    let mut report = String::new();
    for case in programs(&["experiments", "stdlib"]) {
        let compiled = case.compile();
        if compiled.failed() {
            report.push_str(&format!("{}\n{}", case.name, rendered(&compiled)));
        }
    }
    assert!(report.is_empty(), "(tables of cohorts are in tests/case/mod.rs)\n{report}");
}

#[test]
fn every_mistake_in_an_experiment_is_caught_where_it_was_made() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let mut report = String::new();
    for path in files_below(&folder, "fx") {
        let mistake = Mistake::read(&path);
        let compiled = mistake.compile();
        let mut differences = mistake.differences(&compiled);
        let long = |text: &String| text.trim_end().lines().count() > LINES;
        let shown = compiled.diagnostics.iter().map(|d| render(d, &compiled.sources, false, 100));
        differences.extend(shown.filter(long).map(|text| format!("more than {LINES} lines:\n{text}")));
        if !differences.is_empty() {
            let shown = rendered(&compiled);
            report.push_str(&format!("\n{}\n  {}\n{shown}", path.display(), differences.join("\n  ")));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_code_has_a_case() {
    let told: BTreeSet<String> =
        files_below(&folder("errors"), "fx").iter().flat_map(|p| Case::read(p).expected).map(|e| e.code).collect();
    let without: Vec<String> =
        Code::ALL.iter().filter(|c| !told.contains(c.code())).map(|c| format!("{} {}", c.code(), c.title())).collect();
    assert!(without.is_empty(), "no case shows\n  {}", without.join("\n  "));
}

/// An edge of weight 0 is gone with every parameter that only it used: each by itself, from the encoder's first layers to
/// two encoders, heads and decoders.
#[test]
fn an_edge_of_the_contrastive_scheme_brings_its_own_parameters_and_no_others() {
    let encoders = 2 * 3_804_032;
    let to_the_maps = 2 * (2_048 + 131_072 + 128 + 524_288);
    let heads = 2 * 20_736;
    let decoders = 2 * 3_804_096;
    for (edges, wanted) in [
        (vec!["local"], encoders + heads),
        (vec!["cross_local"], encoders + heads),
        (vec!["cross_space"], to_the_maps + heads),
        (vec!["similar"], encoders),
        (vec!["autoencode"], encoders + decoders),
        (vec!["correlate"], encoders),
        (vec!["mixture"], encoders + decoders + 2 * (64 * 64 + 64)),
        (vec!["supervise"], encoders + 2 * (2 * 64 + 2)),
        (vec!["local", "cross_local", "cross_space", "similar", "autoencode"], encoders + heads + decoders),
    ] {
        let mut cases = programs(&["experiments"]).into_iter();
        let mut case = cases.find(|c| c.name == "contrastive.fx").unwrap_or_else(|| panic!("no contrastive.fx"));
        let all = ["local", "cross_local", "cross_space", "similar", "autoencode", "correlate", "mixture", "supervise"];
        case.settings =
            all.map(|edge| (edge.to_string(), if edges.contains(&edge) { "1" } else { "0" }.to_string())).to_vec();
        let program = case.compile().base.unwrap_or_else(|| panic!("{edges:?} does not compile"));
        let found: u64 = fascicle::compile::model_tables(&program).iter().map(|t| t.parameters).sum();
        assert_eq!(found, wanted, "{edges:?}");
    }
}
