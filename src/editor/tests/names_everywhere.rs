//! Names, completion and the rest at every place of every experiment, whole and as it is typed: nothing ends the server, and what is
//! said of a place is true of it.

use fascicle_editor::analysis::{Depth, analyse};
use fascicle_editor::names::{highlights, names_of, renamable};
use fascicle_editor::{NoOutside, Outside, Snapshot, Workspace, complete, outline, signature, tokens};
use fascicle_lang::compile::{TableProblem, TableSummary};
use fascicle_lang::names::Role;
use fascicle_lang::program::Cohort;
use fascicle_syntax::{LexemeKind, lexemes};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The experiments' folder.
struct Experiments;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments")
}

impl Outside for Experiments {
    fn text(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(folder().join(path)).map_err(|error| error.to_string())
    }

    fn beside(&self, _file: &str, named: &str) -> String {
        named.to_owned()
    }

    fn experiments(&self) -> Vec<String> {
        let mut all: Vec<String> = std::fs::read_dir(folder())
            .expect("experiments")
            .flatten()
            .map(|e| e.file_name().to_string_lossy().into())
            .collect();
        all.retain(|name| name.ends_with(".fx"));
        all.sort();
        all
    }

    fn table(&self, cohort: &Cohort, _wait: bool) -> Option<Result<TableSummary, TableProblem>> {
        NoOutside.table(cohort, true)
    }
}

fn workspace() -> Workspace {
    Workspace::new(Arc::new(Experiments))
}

fn compiled(file: &str) -> Snapshot {
    let text = Experiments.text(file).expect("an experiment");
    let snapshot = Snapshot::new(file, &text, 1);
    let analysis = analyse(
        file,
        &snapshot.document,
        &BTreeMap::new(),
        &Experiments,
        Depth { base_only: true, ..Depth::default() },
    );
    snapshot.analysed(Arc::new(analysis))
}

#[test]
fn what_is_named_is_spelled_as_it_is_called() {
    for file in Experiments.experiments() {
        let snapshot = compiled(&file);
        let names = names_of(&snapshot, &workspace());
        for occurrence in names.occurrences() {
            let symbol = names.symbol(occurrence.symbol);
            let spelled = names.sources().text(occurrence.span);
            // A level, or a column, that is no word stands in quotes.
            assert_eq!(spelled.trim_matches('"'), symbol.name, "{file} {occurrence:?}");
        }
        for (id, symbol) in names.symbols() {
            for declared in &symbol.declared {
                let told = names.places(id).any(|o| o.span == *declared && o.role == Role::Declaration);
                assert!(told, "{file}: `{}` is declared where nothing says so", symbol.name);
            }
        }
        assert!(names.missing().is_empty(), "{file}: {:?}", names.missing());
    }
}

/// Words of the experiments that mean nothing by themselves: each is read by the function or the clause that it stands in.
const READ: &[&str] = &[
    "AnnArbor_a",
    "F",
    "Leiden_2180",
    "M",
    "Pittsburgh",
    "_",
    "auc",
    "axial",
    "best",
    "brain",
    "cka",
    "coronal",
    "day",
    "difference",
    "each",
    "eigenvalue",
    "elastic",
    "equal",
    "everybody",
    "fdr",
    "first",
    "folds",
    "grid",
    "holdout",
    "inverse_entropy",
    "inverse_frequency",
    "joint",
    "l2",
    "last",
    "left",
    "linear",
    "mann_whitney",
    "median",
    "missing",
    "nearest",
    "none",
    "nonzero",
    "norm_diff_signed_median",
    "of",
    "one",
    "prior",
    "probabilities",
    "rank_biserial",
    "repeats",
    "right",
    "sagittal",
    "same",
    "silhouette",
    "subject",
    "subsets",
    "svcca",
    "test",
    "truth",
    "validation",
    "values",
    "varimax",
    "weight",
    "zeros",
];

#[test]
fn every_word_of_an_experiment_means_something_or_is_read_by_what_it_stands_in() {
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    for file in Experiments.experiments() {
        let snapshot = compiled(&file);
        let known = tokens::tokens(&snapshot, &workspace());
        for lexeme in lexemes(snapshot.text()) {
            let word = matches!(lexeme.kind, LexemeKind::Word | LexemeKind::Capital);
            if word && !known.iter().any(|token| token.range.start == lexeme.start) {
                *unknown.entry(snapshot.text()[lexeme.start..lexeme.end].to_owned()).or_default() += 1;
            }
        }
    }
    let unknown: Vec<&str> = unknown.keys().map(String::as_str).filter(|word| !READ.contains(word)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn everything(snapshot: &Snapshot, workspace: &Workspace, at: usize) {
    let completion = complete::complete(snapshot, workspace, at);
    let length = snapshot.text().len();
    assert!(completion.replace.start <= at && at <= completion.replace.end && completion.replace.end <= length);
    for proposal in &completion.proposals {
        for (range, _) in &proposal.also {
            assert!(snapshot.text().is_char_boundary(range.start) && range.end <= length, "{proposal:?}");
        }
    }
    if let Some(signature) = signature::signature(snapshot, workspace, at) {
        assert!(signature.active.is_none_or(|at| at < signature.places.len()), "{signature:?}");
    }
    let _ = renamable(snapshot, workspace, at);
    highlights(snapshot, workspace, at);
    for (narrow, wide) in outline::selections(snapshot, at).windows(2).map(|pair| (&pair[0], &pair[1])) {
        assert!(wide.start <= narrow.start && narrow.end <= wide.end);
    }
    outline::formatting_on_brace(snapshot, at);
}

fn whole(snapshot: &Snapshot, workspace: &Workspace) {
    let mut last = 0;
    for token in tokens::tokens(snapshot, workspace) {
        assert!(last <= token.range.start && token.range.end <= snapshot.text().len(), "{token:?}");
        last = token.range.end;
    }
    outline::outline(snapshot);
    for fold in outline::folds(snapshot) {
        assert!(fold.range.start <= fold.range.end);
    }
}

/// Asks at the borders of every so many words, of the text and of what is typed of it up to there.
fn at_every(stride: usize) {
    let files = Experiments.experiments();
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    at_every_of(file, stride);
                }
            });
        }
    });
}

fn at_every_of(file: &str, stride: usize) {
    let workspace = workspace();
    let snapshot = compiled(file);
    whole(&snapshot, &workspace);
    let length = snapshot.text().len();
    for lexeme in lexemes(snapshot.text()).into_iter().step_by(stride) {
        for at in [lexeme.start, lexeme.end] {
            everything(&snapshot, &workspace, at);
            let typed = snapshot.edited(at..length, "", 2);
            everything(&typed, &workspace, at);
            whole(&typed, &workspace);
            // In the middle of the text, with what follows still there and a bracket that nothing closes.
            for inserted in [" |> ", "(", "."] {
                let broken = snapshot.edited(at..at, inserted, 2);
                everything(&broken, &workspace, at + inserted.len());
            }
        }
    }
}

#[test]
fn nothing_ends_it_at_some_places() {
    at_every(101);
}

#[test]
#[ignore = "minutes: every border of every word"]
fn nothing_ends_it_at_any_place() {
    at_every(1);
}
