//! The language by example: every file of `tests/cases` compiles to exactly what its comments say.
//!
//! `tests/cases/errors` holds one mistake (or several independent ones) a file, `tests/cases/shapes` one construct that
//! works; `tests/mistakes` holds edits of the experiments that their users would make. How an error reads is kept as a
//! snapshot; `INSTA_UPDATE=always cargo test --test cases` rewrites them.

mod case;

use case::mistake::Mistake;
use case::repaired::{After, repaired};
use case::{Case, files_below, programs};
use fascicle::compile::{Code, Compilation, Severity, model_tables, render};
use fascicle::program::Program;
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

/// At least so many of a hundred cases have an error or a warning with a repair.
const WITH_REPAIR: usize = 80;

#[test]
fn every_repair_takes_its_mistake_away() {
    let (mut cases, mut with, mut repairs, mut uncovered) = (0, 0, 0, 0);
    let mut report = String::new();
    for path in files_below(&folder("errors"), "fx") {
        let case = Case::read(&path);
        let compiled = case.compile();
        cases += 1;
        with += usize::from(compiled.diagnostics.iter().any(|d| !d.fixes.is_empty()));
        for (told, fix) in compiled.diagnostics.iter().flat_map(|d| d.fixes.iter().map(move |fix| (d, fix))) {
            repairs += 1;
            match repaired(&case, &compiled, told, fix) {
                After::Mended => {}
                After::Uncovered(_) => uncovered += 1,
                After::Wrong(why) => {
                    report.push_str(&format!("{}: {}\n  {}: {why}\n", case.name, told.message, fix.title));
                }
            }
        }
    }
    println!("{with} of {cases} cases have a repair; {repairs} repairs, behind {uncovered} another mistake shows");
    assert!(report.is_empty(), "{report}");
    assert!(100 * with >= WITH_REPAIR * cases, "{with} of {cases} cases have a repair");
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

/// A warning that is mostly a false alarm is worse than none: what is published here deserves none.
#[test]
fn no_experiment_and_no_part_of_the_library_has_a_layer_that_is_warned_of() {
    let about = [
        Code::LogitsExpected,
        Code::LinearOverSpace,
        Code::NormalisedOutput,
        Code::BestDiscarded,
        Code::NothingAugmented,
        Code::ConvolutionOrder,
    ];
    for case in programs(&["experiments", "stdlib"]) {
        let compiled = case.compile();
        let warned = compiled.diagnostics.iter().filter(|d| about.contains(&d.code));
        let shown: Vec<String> = warned.map(|d| render(d, &compiled.sources, false, 100)).collect();
        assert!(shown.is_empty(), "{}\n{}", case.name, shown.join("\n"));
    }
}

/// A variant begins where it parts from another one; what it then is must not depend on that.
#[test]
fn a_variant_of_a_sweep_is_the_file_with_its_settings() {
    let mut compared = 0;
    for mut case in programs(&["experiments"]) {
        let experiment = case.compile().experiment.unwrap_or_else(|| panic!("{} does not compile", case.name));
        let text = case.text.clone();
        for variant in experiment.variants {
            case.settings.clear();
            case.text.clone_from(&text);
            for (name, value) in &variant.settings {
                match value.starts_with('[') {
                    // A group is set by its members, which `--set` does not spell.
                    true => case.text = with_group(&text, name, value),
                    false => case.settings.push((name.clone(), value.clone())),
                }
            }
            let alone = case.compile().base.unwrap_or_else(|| panic!("{}, {} alone", case.name, variant.variant));
            let named = Program { variant: variant.variant.clone(), settings: variant.settings.clone(), ..alone };
            assert!(named == variant, "{}, {}", case.name, variant.variant);
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared} variants");
}

/// The text with other members of a group, which it may have from a file that it extends.
fn with_group(text: &str, name: &str, members: &str) -> String {
    let head = format!("group {name} = ");
    let others: String = text.lines().filter(|line| !line.starts_with(&head)).map(|line| format!("{line}\n")).collect();
    format!("{others}{head}{members}\n")
}

/// `/// .. 34,095 parameters in all`: what the comment at the head of an experiment says must be so.
#[test]
fn an_experiment_has_as_many_parameters_as_it_says() {
    let said = |text: &str| -> Option<u64> {
        let (before, _) = text.split_once(" parameters in all")?;
        before.rsplit(' ').next()?.replace(',', "").parse().ok()
    };
    let mut checked = 0;
    let mut report = String::new();
    for case in programs(&["experiments"]) {
        let Some(wanted) = said(&case.text) else { continue };
        checked += 1;
        let found = case.compile().base.map(|p| fascicle::compile::model_tables(&p).iter().map(|t| t.parameters).sum());
        if found != Some(wanted) {
            report.push_str(&format!("{} says {wanted} parameters and has {found:?}\n", case.name));
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(checked > 1, "no experiment says how many parameters it has");
}

#[test]
fn the_dense_mid_flow_has_about_twenty_times_the_parameters_of_the_separable_one() {
    let of = |unit: &str| -> u64 {
        let mut cases = programs(&["experiments"]).into_iter();
        let mut case = cases.find(|c| c.name == "voxel_fusion.fx").unwrap_or_else(|| panic!("no voxel_fusion.fx"));
        case.settings.push(("unit".into(), unit.into()));
        let program = case.compile().base.unwrap_or_else(|| panic!("{unit} does not compile"));
        let tables = fascicle::compile::model_tables(&program);
        tables.iter().flat_map(|t| &t.layers).filter(|row| row.path.contains("MidFlow")).map(|row| row.parameters).sum()
    };
    let (separable, dense) = (of("SepConv"), of("ConvBlock"));
    assert_eq!((separable, dense), (2 * 64_632, 2 * 1_227_357));
    assert!((18..22).contains(&(dense / separable)), "{dense} / {separable}");
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

/// Learnable numbers of a model of an experiment, in all and below each of these paths.
fn parameters(experiment: &str, model: &str, settings: &[(&str, &str)], paths: &[&str]) -> (u64, Vec<u64>) {
    let mut case = programs(&["experiments"]).into_iter().find(|case| case.name == experiment).expect("the experiment");
    case.settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let compiled = case.compile();
    let program = compiled.base.as_ref().unwrap_or_else(|| panic!("{}", rendered(&compiled)));
    let table = model_tables(program).into_iter().find(|table| table.name == model).expect("the model");
    let below = |path: &&str| {
        let inside = |row: &str| row == *path || row.starts_with(&format!("{path}."));
        table.layers.iter().filter(|row| inside(&row.path)).map(|row| row.parameters).sum()
    };
    (table.parameters, paths.iter().map(below).collect())
}

#[test]
fn hyperfusion_has_the_parameters_of_the_published_networks() {
    let age = |fusion| parameters("hyperfusion_age.fx", "brain", &[("fusion", fusion)], &[]).0;
    assert_eq!([age("hyper"), age("concat"), age("image_only")], [1_482_206, 848_737, 848_673]);
    let ad = |fusion| parameters("hyperfusion_ad.fx", "ad", &[("fusion", fusion)], &[]).0;
    let all = ["hyper", "image_only", "film", "daft", "concat"].map(ad);
    assert_eq!(all, [3_853_724, 3_589_123, 3_591_027, 3_591_923, 3_590_147]);
    // Of the table alone: MLP_8_bn_prl, 16 -> 8 -> 3.
    assert_eq!(ad("table_only"), 136 + 16 + 1 + 27);
}

#[test]
fn hyperfusion_has_them_layer_by_layer() {
    let paths = [
        "brain.Vgg3d.Conv3d[1]",
        "brain.Vgg3d.Conv3d[1]_2",
        "brain.Vgg3d.BatchNorm[1]",
        "brain.Vgg3d.Conv3d[2]",
        "brain.Vgg3d.Conv3d[2]_2",
        "brain.Vgg3d.BatchNorm[2]",
        "brain.Vgg3d.Conv3d[3]",
        "brain.Vgg3d.Conv3d[3]_2",
        "brain.Vgg3d.BatchNorm[3]",
        "brain.HyperHead.HyperDense",
        "brain.HyperHead.HyperDense_2",
        "brain.HyperHead.HyperDense_3",
        "brain.HyperHead.HyperDense_4",
    ];
    let (_, found) = parameters("hyperfusion_age.fx", "brain", &[], &paths);
    let age = [448, 6928, 32, 13_856, 27_680, 64, 55_360, 110_656, 128, 1_261_603, 1_091, 4_227, 133];
    assert_eq!(found, age);
    // conv_bn_relu, block1 to block4 (with the embedding, which it holds), fc1 and fc2.
    let paths = [
        "ad.Deep.Trunk.Conv3d",
        "ad.Deep.Trunk.BatchNorm",
        "ad.Deep.Trunk.PreactRes",
        "ad.Deep.Trunk.PreactRes_2",
        "ad.Deep.Trunk.PreactRes_3",
        "ad.Deep.HyperPreactRes",
        "ad.Embed",
        "ad.Head.Linear",
        "ad.Head.Linear_2",
    ];
    let (_, found) = parameters("hyperfusion_ad.fx", "ad", &[], &paths);
    assert_eq!(found, [448, 32, 42_208, 168_384, 672_640, 2_953_369 - 153, 153, 16_448, 195]);
}

#[test]
fn every_code_has_a_case() {
    let told: BTreeSet<String> =
        files_below(&folder("errors"), "fx").iter().flat_map(|p| Case::read(p).expected).map(|e| e.code).collect();
    let without: Vec<String> =
        Code::ALL.iter().filter(|c| !told.contains(c.code())).map(|c| format!("{} {}", c.code(), c.title())).collect();
    assert!(without.is_empty(), "no case shows\n  {}", without.join("\n  "));
}

/// An edge of weight 0 is gone with every parameter that only it used: each by itself.
#[test]
fn an_edge_of_the_contrastive_scheme_brings_its_own_parameters_and_no_others() {
    let encoders = 2 * 3_804_032;
    let heads = 2 * 20_736;
    let decoders = 2 * 3_804_096;
    for (edges, wanted) in [
        (vec!["local"], encoders + heads),
        (vec!["cross_local"], encoders + heads),
        // The probe reads the codes, which this edge does not.
        (vec!["cross_space"], encoders + heads),
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
