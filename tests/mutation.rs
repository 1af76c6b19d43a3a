//! No input makes the compiler panic, hang or point outside of its text.
//!
//! Every `.fx` file of the tree is torn apart: words and characters are deleted, doubled, swapped, inserted, taken from
//! other files, and the text is cut off. `PROPTEST_CASES=100000 cargo test --release --test mutation` looks longer.

mod case;
#[path = "fuzz/src/pieces.rs"]
mod pieces;

use case::{Case, programs};
use fascicle::compile::{Compilation, render};
use fascicle::syntax::{SourceId, lexemes, parse};
use pieces::PIECES;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::time::{Duration, Instant};

/// How many mutated files are tried unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 3_000;
/// Longest compilation of one file, on a slow machine without optimisation.
const LONGEST: Duration = Duration::from_secs(30);
/// Most lines of a rendered diagnostic.
const LINES: usize = 15;

/// One change of a text. Positions are taken modulo what there is.
#[derive(Debug, Clone)]
enum Mutation {
    DeleteWord(usize),
    DoubleWord(usize),
    SwapWords(usize, usize),
    TakeWord { from: usize, word: usize, to: usize },
    Insert(usize, &'static str),
    DeleteCharacter(usize),
    DoubleLine(usize),
    DeleteLine(usize),
    Cut(usize),
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let at = any::<usize>;
    let one = prop_oneof![
        at().prop_map(Mutation::DeleteWord),
        at().prop_map(Mutation::DoubleWord),
        (at(), at()).prop_map(|(a, b)| Mutation::SwapWords(a, b)),
        (at(), at(), at()).prop_map(|(from, word, to)| Mutation::TakeWord { from, word, to }),
        (at(), proptest::sample::select(PIECES)).prop_map(|(a, piece)| Mutation::Insert(a, piece)),
        at().prop_map(Mutation::DeleteCharacter),
        at().prop_map(Mutation::DoubleLine),
        at().prop_map(Mutation::DeleteLine),
        at().prop_map(Mutation::Cut),
    ];
    proptest::collection::vec(one, 1..6)
}

/// Words with their byte ranges.
fn words(text: &str) -> Vec<(usize, usize)> {
    lexemes(text).iter().map(|l| (l.start, l.end)).collect()
}

fn mutated(text: &str, mutation: &Mutation, corpus: &[Case]) -> String {
    let words_here = words(text);
    let word = |at: usize| words_here.get(at % words_here.len().max(1)).copied().unwrap_or((0, 0));
    let place = |at: usize| text.char_indices().nth(at % text.chars().count().max(1)).map_or(0, |(i, _)| i);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = |at: usize| at % lines.len().max(1);
    match *mutation {
        Mutation::DeleteWord(at) => {
            let (start, end) = word(at);
            format!("{}{}", &text[..start], &text[end..])
        }
        Mutation::DoubleWord(at) => {
            let (start, end) = word(at);
            format!("{} {}{}", &text[..end], &text[start..end], &text[end..])
        }
        Mutation::SwapWords(a, b) => {
            let (first, second) = (word(a).min(word(b)), word(a).max(word(b)));
            if first == second {
                return text.to_string();
            }
            let (between, rest) = (&text[first.1..second.0], &text[second.1..]);
            format!("{}{}{between}{}{rest}", &text[..first.0], &text[second.0..second.1], &text[first.0..first.1])
        }
        Mutation::TakeWord { from, word: taken, to } => {
            let other = &corpus[from % corpus.len()].text;
            let theirs = words(other);
            let (start, end) = theirs.get(taken % theirs.len().max(1)).copied().unwrap_or((0, 0));
            let at = word(to).0;
            format!("{}{} {}", &text[..at], &other[start..end], &text[at..])
        }
        Mutation::Insert(at, piece) => {
            let at = place(at);
            format!("{}{piece}{}", &text[..at], &text[at..])
        }
        Mutation::DeleteCharacter(at) => {
            let at = place(at);
            let length = text[at..].chars().next().map_or(0, char::len_utf8);
            format!("{}{}", &text[..at], &text[at + length..])
        }
        Mutation::DoubleLine(at) => {
            let mut lines = lines.clone();
            lines.insert(line(at), lines.get(line(at)).copied().unwrap_or(""));
            lines.concat()
        }
        Mutation::DeleteLine(at) => {
            let kept = lines.iter().enumerate().filter(|(i, _)| *i != line(at)).map(|(_, l)| *l);
            kept.collect()
        }
        Mutation::Cut(at) => text[..place(at)].to_string(),
    }
}

/// What every compilation must keep to, whatever the text.
fn keeps_its_promises(compiled: &Compilation, took: Duration) -> Result<(), TestCaseError> {
    prop_assert!(took < LONGEST, "it took {took:?}");
    prop_assert!(
        compiled.experiment.is_some() != compiled.failed(),
        "there is a program exactly where there is no error"
    );
    for diagnostic in &compiled.diagnostics {
        prop_assert!(!diagnostic.labels.is_empty());
        for label in &diagnostic.labels {
            let source = compiled.sources.get(label.span.source);
            prop_assert!(source.is_some(), "{}: a place in no source", diagnostic.message);
            let within = source.is_some_and(|s| s.text.get(label.span.range()).is_some());
            prop_assert!(within, "{}: {:?} is not in the text", diagnostic.message, label.span);
        }
        for (colour, width) in [(false, 100), (true, 60)] {
            let text = render(diagnostic, &compiled.sources, colour, width);
            prop_assert!(!text.is_empty());
            let lines = text.trim_end().lines().count();
            prop_assert!(width < 100 || lines <= LINES, "{lines} lines:\n{text}");
        }
    }
    Ok(())
}

#[test]
fn no_text_makes_the_compiler_panic_or_hang_or_point_outside_of_it() {
    let corpus = programs(&["experiments", "stdlib", "tests/cases", "../shared/examples"]);
    assert!(corpus.len() > 100, "the programs of the tree are not there");
    let mut config = Config { failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let strategy = (any::<usize>(), mutations());
    let outcome = TestRunner::new(config).run(&strategy, |(file, mutations)| {
        let original = &corpus[file % corpus.len()];
        let text = mutations.iter().fold(original.text.clone(), |text, m| mutated(&text, m, &corpus));
        let case = Case {
            name: original.name.clone(),
            text,
            settings: original.settings.clone(),
            tables: original.tables.clone(),
            files: original.files.clone(),
            ..Case::default()
        };
        let started = Instant::now();
        let compiled = case.compile();
        keeps_its_promises(&compiled, started.elapsed())
            .map_err(|error| TestCaseError::fail(format!("{error}\n--- {} ---\n{}", case.name, case.text)))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Nesting of every kind, deeper than anybody writes: each ends in an error or a program, never in the stack.
#[test]
fn no_nesting_is_too_deep_for_the_stack() {
    let deep = 3_000;
    let nested = [
        format!("param p: real = {}1", "-".repeat(deep)),
        format!("param p: real = {}1", "- ".repeat(deep)),
        format!("param p: bool = {}true", "not ".repeat(deep)),
        format!("param p: real = {}1{}", "(".repeat(deep), ")".repeat(deep)),
        format!("param p: real = {}1{}", "(".repeat(60), ")".repeat(60)),
        format!("param p: real = 1{}", " ^ 1".repeat(deep)),
        format!("param p: real = 1{}", " + 1".repeat(deep)),
        format!("param p: real = 1{}", " |> relu".repeat(deep)),
        format!("param p: real = {}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("param p: real = x{}", ".y".repeat(deep)),
        format!("param p: real = x{}", "[0]".repeat(deep)),
        format!("param p: real = x{}", "(0)".repeat(deep)),
        format!("param p: real = {}1", "for i in ".repeat(deep)),
        format!("param p: real = {}1", "match ".repeat(deep)),
        format!("param p: real = {}{{ 1 }}", "if true { 1 } else ".repeat(deep)),
        format!("param p: real = {}1{}", "if true { ".repeat(deep), " }".repeat(deep)),
        format!("model m({}) {{ 1 }}", "a, ".repeat(deep)),
        format!("group g = a{}", " |> b(c |> d)".repeat(deep)),
        "param p: int = p\n".repeat(deep),
        "{".repeat(deep),
        "\"".repeat(deep),
        "/".repeat(deep),
    ];
    for text in nested {
        // The parser and the formatter are called on small stacks too, by editors: that of a test has 2 MB.
        let _ = parse(&text, SourceId::default());
        let _ = fascicle::syntax::format(&text);
        let case = Case { name: "deep.fx".into(), text, ..Case::default() };
        let started = Instant::now();
        let compiled = case.compile();
        if let Err(error) = keeps_its_promises(&compiled, started.elapsed()) {
            panic!("{error}: {}", &case.text[..60]);
        }
    }
}

/// What applies another twice, and that another, forty times over: it ends soon, with one error that says so.
#[test]
fn nothing_that_doubles_itself_is_unrolled_to_the_end() {
    let begin = "cohort people = table(\"people.csv\")\n\
         modality thick: vector[3] = people.columns(/^lh_/ |> standardize)\n\
         target diagnosis: class{control, patient} = people.column(\"diagnosis\")\n";
    let model = "model m(thick) -> diagnosis { thick |> Linear(2) }\nscore m: auc\n";
    let chain = |first: &str, next: &dyn Fn(usize) -> String| -> String {
        std::iter::once(first.to_owned()).chain((1..40).map(next)).map(|line| line + "\n").collect()
    };
    let losses = chain("loss l0(a, b) = mse(a, b)", &|k| {
        let below = k - 1;
        format!("loss l{k}(a, b) = l{below}(a, b) + l{below}(a, b)")
    });
    let numbers = chain("loss l0(a) = 1", &|k| format!("loss l{k}(a) = l{0}(a) + l{0}(a)", k - 1));
    let broken = chain("loss l0(a) = nobody", &|k| format!("loss l{k}(a) = l{0}(a) + l{0}(a)", k - 1));
    let blocks = chain("block b0(x: [n]) -> [n] { x |> relu }", &|k| {
        format!("block b{k}(x: [n]) -> [n] {{ (x |> b{0}()) + (x |> b{0}()) }}", k - 1)
    });
    let programs = [
        format!("{begin}{model}{losses}train m {{ minimize l39(m, thick) }}\n"),
        format!("{begin}{model}{numbers}train m {{ minimize cross_entropy(m, diagnosis) * l39(m) }}\n"),
        format!("{begin}{model}{broken}train m {{ minimize l39(m) }}\n"),
        format!(
            "{begin}{blocks}model m(thick) -> diagnosis {{ thick |> b39() |> Linear(2) }}\nscore m: auc\n\
             train m {{ minimize cross_entropy(m, diagnosis) }}\n"
        ),
        format!(
            "{begin}model m(thick) -> diagnosis {{\n  let all = for i in 0..9000 {{ for j in 0..9000 {{ i * j }} }}\n  \
             thick |> Linear(2)\n}}\nscore m: auc\ntrain m {{ minimize cross_entropy(m, diagnosis) }}\n"
        ),
    ];
    let table = "// table: people: lh_a number; lh_b number; lh_c number; diagnosis control patient\n";
    for text in programs {
        let case = Case::parse("doubling.fx", &format!("{table}{text}"));
        let started = Instant::now();
        let compiled = case.compile();
        if let Err(error) = keeps_its_promises(&compiled, started.elapsed()) {
            panic!("{error}: {text}");
        }
        let told: Vec<_> = compiled.diagnostics.iter().filter(|d| d.code.code() == "E0857").collect();
        assert_eq!(told.len(), 1, "{:?}", compiled.diagnostics);
        assert!(told[0].message.contains("unrolls to more than"), "{}", told[0].message);
    }
}
