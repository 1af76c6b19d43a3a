//! The reference cannot go stale: every example of `docs/language.md` compiles (or gives the error it shows), and the
//! tables of codes and operators are those of the compiler. `UPDATE_DOCS=1 cargo test --test docs` rewrites the tables.

mod case;

use case::Case;
use fascicle::compile::{ANALYSIS_PRELUDE, Chapter, Code, ENTRY_PRELUDE, Entry, analyses, entries, render};
use fascicle::ops::{self, Arity, Default, Parameter, ParameterType, Stanza};
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_default().replace("\r\n", "\n")
}

/// A fenced block of the reference.
struct Example {
    line: usize,
    /// What stands behind ```` ```fx ````.
    mark: String,
    text: String,
}

fn examples(markdown: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut open = false;
    for (index, line) in markdown.lines().enumerate() {
        if open && line.trim_end() == "```" {
            open = false;
        } else if open {
            if let Some(example) = found.last_mut() {
                example.text.push_str(line);
                example.text.push('\n');
            }
        } else if let Some(mark) = line.strip_prefix("```fx") {
            open = true;
            found.push(Example { line: index + 1, mark: mark.trim().to_string(), text: String::new() });
        }
    }
    found
}

/// Compiles each example; the block marked `prelude` stands before all others but those marked `alone`.
#[test]
fn every_example_of_the_reference_compiles() {
    let markdown = read("language.md");
    let examples = examples(&markdown);
    assert!(examples.len() > 40, "docs/language.md has {} examples", examples.len());
    let prelude: String = examples.iter().filter(|e| e.mark == "prelude").map(|e| e.text.as_str()).collect();
    let mut report = String::new();
    for example in &examples {
        let wanted = example.mark.strip_prefix("error[").and_then(|m| m.strip_suffix(']'));
        assert!(
            wanted.is_some() || ["", "prelude", "alone"].contains(&example.mark.as_str()),
            "docs/language.md:{}: what is `{}`?",
            example.line,
            example.mark
        );
        let text = match example.mark.as_str() {
            "prelude" | "alone" => example.text.clone(),
            _ => format!("{prelude}{}", example.text),
        };
        let compiled = Case::parse("example.fx", &text).compile();
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| !d.code.is_warning()).collect();
        let as_wanted = match wanted {
            // Nor may it deserve what a colleague would mention of its layers.
            None => errors.is_empty() && !compiled.diagnostics.iter().any(|d| d.code >= Code::LogitsExpected),
            Some(code) => !errors.is_empty() && errors.iter().all(|d| d.code.code() == code),
        };
        if !as_wanted {
            let shown: Vec<String> = errors.iter().map(|d| render(d, &compiled.sources, false, 100)).collect();
            report.push_str(&format!(
                "\ndocs/language.md:{}: expected {}, found {} errors\n{}",
                example.line,
                wanted.map_or("no error".to_string(), |c| format!("only {c}")),
                shown.len(),
                shown.join("\n")
            ));
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// Compares a page with what it should hold, or writes it.
fn settle(name: &str, wanted: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path(name), wanted).unwrap_or_else(|e| panic!("docs/{name}: {e}"));
    } else {
        assert!(read(name) == wanted, "docs/{name} is stale: UPDATE_DOCS=1 cargo test --test docs rewrites it");
    }
}

const BEGIN: &str = "<!-- codes: generated from src/lang/compile/code.rs -->\n";
const END: &str = "<!-- end of codes -->\n";

#[test]
fn the_reference_lists_every_code() {
    let markdown = read("language.md");
    let (before, rest) = markdown.split_once(BEGIN).expect("docs/language.md marks where the codes begin");
    let (_, after) = rest.split_once(END).expect("docs/language.md marks where the codes end");
    let mut table = String::from("\n| code | what it is | what to do |\n|---|---|---|\n");
    for code in Code::ALL {
        let text = code.explanation().replace('\n', " ").replace('|', "\\|");
        table.push_str(&format!("| {} | {} | {text} |\n", code.code(), code.title()));
    }
    table.push('\n');
    settle("language.md", &format!("{before}{BEGIN}{table}{END}{after}"));
}

#[test]
fn the_operators_page_is_that_of_the_table() {
    let mut page = String::from(
        "# Operators\n\n\
         Generated from the table of operators in `src/lang/ops`: `UPDATE_DOCS=1 cargo test --test docs` rewrites this page.\n\n\
         A capital letter means parameters: `Conv3d(16)` makes a module, `x |> Conv3d(16)` makes and applies one. Shapes leave\n\
         the batch out. Each example is the body of a block with `x: [8, 16, 16, 16]`, `g: class{A, B, C}` and\n\
         `m: mask[16, 16, 16]{rest, core, rim}`.\n",
    );
    let mut chapter = None;
    for stanza in ops::table() {
        if chapter != Some(stanza.family) {
            chapter = Some(stanza.family);
            page.push_str(&format!("\n## {}\n", stanza.family.title()));
        }
        entry(stanza, &mut page);
    }
    settle("operators.md", &page);
}

#[test]
fn the_analyses_page_is_that_of_the_table() {
    let mut page = format!(
        "# Analyses\n\n\
         Generated from the table of analyses in `src/lang/compile/declare/analysis/functions.rs`: `UPDATE_DOCS=1 cargo test --test docs`\n\
         rewrites this page. `fascicle doc NAME` prints an entry of it; [the language](language.md#analysis) says what they have in\n\
         common. Each example stands behind these declarations:\n\n```fx\n{ANALYSIS_PRELUDE}```\n"
    );
    for analysis in analyses() {
        page.push_str(&format!("\n## {}\n\n{}\n\n*Source: {}*\n\n", analysis.name, analysis.doc, analysis.source));
        page.push_str("| argument | takes | default |\n|---|---|---|\n");
        for p in &analysis.parameters {
            let default = match p.default.as_deref() {
                None => "must be given".to_string(),
                Some("") => String::new(),
                Some(default) => format!("`{default}`"),
            };
            page.push_str(&format!("| `{}` | {} | {default} |\n", p.name, p.takes));
        }
        page.push_str("\n| field | holds |\n|---|---|\n");
        for (name, what) in &analysis.fields {
            page.push_str(&format!("| `{name}` | {what} |\n"));
        }
        page.push_str(&format!("\n```fx\n{}\n```\n", analysis.example));
    }
    settle("analyses.md", &page);
}

#[test]
fn the_example_of_every_analysis_compiles_and_asks_it() {
    let tables = "// table: people: diagnosis HC AD; age number; lh_a number; lh_b number; lh_c number\n\
                  // table: patients: stage 1 2 3; recall number; lh_a number; lh_b number; lh_c number\n";
    for analysis in analyses() {
        let text = format!("{ANALYSIS_PRELUDE}{}\n{tables}", analysis.example);
        let compiled = Case::parse("example.fx", &text).compile();
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| !d.code.is_warning()).collect();
        let shown: Vec<String> = errors.iter().map(|d| render(d, &compiled.sources, false, 100)).collect();
        assert!(errors.is_empty(), "the example of {}:\n{}", analysis.name, shown.join("\n"));
        let asks =
            analysis.example.split_once(" = ").is_some_and(|(_, call)| call.contains(&format!("{}(", analysis.name)));
        assert!(asks, "the example of {} asks something else: {}", analysis.name, analysis.example);
    }
}

#[test]
fn the_reference_page_is_that_of_the_tables() {
    let mut page = format!(
        "# Reference\n\n\
         Generated from the tables in `src/lang/compile/declare/entry`: `UPDATE_DOCS=1 cargo test --test docs` rewrites this page. What\n\
         declarations and clauses are written with; [operators](operators.md) and [analyses](analyses.md) have pages of their own.\n\
         `fascicle doc NAME` prints an entry. Each example stands behind these declarations:\n\n```fx\n{ENTRY_PRELUDE}```\n"
    );
    for chapter in Chapter::ALL {
        page.push_str(&format!("\n## {}\n", chapter.title()));
        for entry in entries().filter(|entry| entry.chapter == chapter) {
            page.push_str(&format!("\n### {}\n\n{}\n\n", entry.name, entry.doc));
            if !entry.source.is_empty() {
                page.push_str(&format!("*Source: {}*\n\n", entry.source));
            }
            if !entry.parameters.is_empty() {
                page.push_str("| argument | takes | default | |\n|---|---|---|---|\n");
                for p in entry.parameters {
                    let default = match p.default().as_deref() {
                        None => "must be given".to_string(),
                        Some("") => String::new(),
                        Some(default) => format!("`{default}`"),
                    };
                    let name = if p.by_name { format!("`{}:`", p.name) } else { format!("`{}`", p.name) };
                    page.push_str(&format!("| {name} | {} | {default} | {} |\n", p.accepts(), p.doc));
                }
                page.push('\n');
            }
            page.push_str(&format!("```fx\n{}\n```\n", entry.example));
        }
    }
    settle("reference.md", &page);
}

/// An entry's declaration, with the tables that it reads.
fn with_an_entry(declaration: &str) -> fascicle::compile::Compilation {
    let tables =
        "// table: people: diagnosis HC AD; age number; education number; ptau number; sex F M; site A*30 B*30 C*30\n";
    Case::parse("example.fx", &format!("{ENTRY_PRELUDE}{declaration}\n{tables}")).compile()
}

#[test]
fn the_example_of_every_entry_compiles_and_is_of_it() {
    for entry in entries() {
        let compiled = with_an_entry(entry.example);
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| !d.code.is_warning()).collect();
        let shown: Vec<String> = errors.iter().map(|d| render(d, &compiled.sources, false, 100)).collect();
        assert!(errors.is_empty(), "the example of {}:\n{}", entry.name, shown.join("\n"));
        assert!(entry.example.contains(entry.name), "the example of {} is of something else", entry.name);
    }
}

/// The call in an entry's example, between what stands before it and behind it.
fn call_of(entry: &Entry) -> (&'static str, &'static str, &'static str) {
    let call = entry.call().unwrap_or(entry.name);
    let start = entry.example.rfind(call).unwrap_or(0);
    (&entry.example[..start], call, &entry.example[start + call.len()..])
}

/// Arguments of a call, apart: commas within brackets part nothing.
fn arguments_of(call: &str) -> Vec<&str> {
    let Some(inner) = call.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')) else { return Vec::new() };
    let mut depth = 0;
    let parts = inner.split(|c: char| {
        depth += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[test]
fn an_entry_has_the_arguments_that_the_compiler_asks_for() {
    let no_calls = [
        Chapter::Function,
        Chapter::Clause,
        Chapter::CohortClause,
        Chapter::InputType,
        Chapter::SearchClause,
        Chapter::ScoreOption,
    ];
    for entry in entries().filter(|entry| !no_calls.contains(&entry.chapter)) {
        // Their arguments have no names, or names of the file's own.
        if ["labels", "views", "columns"].contains(&entry.name) {
            continue;
        }
        let (before, call, behind) = call_of(entry);
        let mut arguments = arguments_of(call);
        arguments.push("zzz: 0");
        let compiled = with_an_entry(&format!("{before}{}({}){behind}", entry.name, arguments.join(", ")));
        let told = compiled.diagnostics.iter().find(|d| d.message == format!("`{}` has no argument `zzz`", entry.name));
        let hint =
            told.and_then(|d| d.hint.clone()).unwrap_or_else(|| panic!("{}: {:?}", entry.name, compiled.diagnostics));
        let mut asked: Vec<&str> =
            hint.strip_prefix("it has ").unwrap_or(&hint).split(", ").filter(|a| *a != "none").collect();
        let mut listed: Vec<&str> = entry.parameters.iter().map(|p| p.name).collect();
        asked.sort_unstable();
        listed.sort_unstable();
        assert_eq!(asked, listed, "the arguments of {}", entry.name);
    }
}

#[test]
fn what_an_entry_says_of_its_defaults_is_so() {
    let mut compared = 0;
    for clause in entries().filter(|entry| entry.chapter == Chapter::Clause) {
        let stage =
            |clause: &str| with_an_entry(&format!("train dx {{ minimize cross_entropy(dx, diagnosis){clause} }}"));
        for default in clause.parameters.iter().filter_map(|p| p.default()).filter(|default| !default.is_empty()) {
            let (with, without) = (stage(&format!(", {} {default}", clause.name)), stage(""));
            assert!(with.base.is_some() && with.base == without.base, "{} {default}", clause.name);
            compared += 1;
        }
    }
    for entry in entries().filter(|entry| ![Chapter::Clause, Chapter::CohortClause].contains(&entry.chapter)) {
        let (before, call, behind) = call_of(entry);
        let optional = |argument: &&str| {
            let name = argument.split_once(':').map_or("", |(name, _)| name.trim());
            entry.parameters.iter().any(|p| p.name == name && p.default().is_some())
        };
        let required: Vec<&str> = arguments_of(call).into_iter().filter(|a| !optional(a)).collect();
        let base = |arguments: &[&str]| {
            let compiled = with_an_entry(&format!("{before}{}({}){behind}", entry.name, arguments.join(", ")));
            let shown: Vec<String> =
                compiled.diagnostics.iter().map(|d| render(d, &compiled.sources, false, 100)).collect();
            compiled.base.unwrap_or_else(|| panic!("{} with {arguments:?}:\n{}", entry.name, shown.join("\n")))
        };
        for parameter in entry.parameters {
            let Some(default) = parameter.default().filter(|default| !default.is_empty()) else { continue };
            let given = format!("{}: {default}", parameter.name);
            let mut with: Vec<&str> =
                required.iter().copied().filter(|a| a.contains(':') || parameter.by_name).collect();
            with.push(&given);
            assert!(base(&with) == base(&with[..with.len() - 1]), "{} is not what holds without: {given}", entry.name);
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared} defaults");
}

fn entry(stanza: &Stanza, page: &mut String) {
    let reads = match stanza.arity {
        Arity::Exactly(names) => format!("reads {}", names.join(", ")),
        Arity::AtLeast(least) => format!("reads {least} values or more, or a family"),
    };
    page.push_str(&format!("\n### {}\n\n{}\n\n", stanza.name, stanza.doc));
    page.push_str(&format!("*{}; source: {}*\n\n", capitalised(&reads), stanza.source));
    // `prior` is a word among the experts, not an argument.
    let parameters: Vec<&Parameter> = stanza.parameters.iter().filter(|p| p.name != "prior").collect();
    if !parameters.is_empty() {
        page.push_str("| argument | takes | default | |\n|---|---|---|---|\n");
        for p in parameters {
            page.push_str(&format!("| `{}` | {} | {} | {} |\n", p.name, takes(p.ty), default(p.default), p.doc));
        }
        page.push('\n');
    }
    page.push_str(&format!("```fx\n{}\n```\n", stanza.example.replace("; ", "\n")));
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn takes(ty: ParameterType) -> String {
    let bound = |low: f64, high: f64| match (low, high) {
        (f64::MIN, f64::MAX) => "a number".to_string(),
        (low, f64::MAX) if low == f64::MIN_POSITIVE => "a number above 0".to_string(),
        (low, f64::MAX) => format!("a number of at least {low}"),
        (low, high) => format!("a number from {low} to {high}"),
    };
    match ty {
        ParameterType::Int { at_least } => format!("a whole number of at least {at_least}"),
        ParameterType::Real { low, high } => bound(low, high),
        ParameterType::Bool => "`true` or `false`".to_string(),
        ParameterType::Extent { at_least } => format!("whole numbers of at least {at_least}: one, or one an axis"),
        ParameterType::Padding => "`same`, or whole numbers: one, or one an axis".to_string(),
        ParameterType::Ints => "whole numbers".to_string(),
        ParameterType::Reals => "a list of numbers".to_string(),
        ParameterType::Word(words) => format!("`{}`", words.join("`, `")),
        ParameterType::WordOrReals(words) => format!("`{}`, or a list of numbers", words.join("`, `")),
    }
}

fn default(default: Default) -> String {
    match default {
        Default::Required => "must be given".to_string(),
        Default::None => String::new(),
        Default::Int(i) => format!("`{i}`"),
        Default::Real(r) => format!("`{r}`"),
        Default::Bool(b) => format!("`{b}`"),
        Default::Word(w) => format!("`{w}`"),
    }
}

/// Each fault of burn that something stands in for is to be looked at again when burn's version changes.
#[test]
fn the_faults_of_burn_are_those_of_the_version_that_is_used() {
    let manifest =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap_or_default();
    let line = manifest.lines().find(|line| line.starts_with("burn = ")).expect("burn stands in Cargo.toml");
    let version = line.split('"').nth(1).unwrap_or_default().trim_start_matches('=');
    let heading = format!("## Faults of burn {version}\n");
    assert!(
        read("devices.md").contains(&heading),
        "burn is {version} now: go through the faults in docs/devices.md and src/tensor/tests/faults_of_burn.rs, then put \
         the version into the heading"
    );
}

#[test]
fn the_tests_that_trust_names_are_there() {
    let markdown = read("trust.md");
    let names = markdown.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.split_once("::"));
    let mut checked = 0;
    for (module, test) in names {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command_line").join(format!("{module}.rs"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{module}: {e}"));
        assert!(text.contains(&format!("fn {test}()")), "docs/trust.md names `{module}::{test}`, which is not there");
        checked += 1;
    }
    assert!(checked > 10, "docs/trust.md names {checked} tests");
}
