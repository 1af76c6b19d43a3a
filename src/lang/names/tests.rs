//! Names of small programs: what stands at a word, and where else.

use super::{Names, Role, SymbolKind, names};
use crate::compile::{EmptyWorld, TableProblem, TableSummary, World};
use crate::program::Cohort;
use fascicle_syntax::SourceId;

/// What is named at the first place of `text` behind `mark`: kind, path and how many places of the file name it.
fn told(names: &Names, text: &str, mark: &str) -> String {
    let at = text.find(mark).unwrap_or_else(|| panic!("{mark}"));
    match names.at(SourceId::default(), at) {
        Some(occurrence) => {
            let symbol = names.symbol(occurrence.symbol);
            let own = names.places(occurrence.symbol).filter(|o| o.span.source == SourceId::default());
            let count = own.count();
            format!("{} {} {count}", symbol.kind.describe(), names.path(occurrence.symbol))
        }
        None => "nothing".to_owned(),
    }
}

fn check(text: &str, expected: &[(&str, &str)]) {
    let names = names("main.fx", text, &EmptyWorld);
    let found: Vec<(&str, String)> = expected.iter().map(|(mark, _)| (*mark, told(&names, text, mark))).collect();
    let expected: Vec<(&str, String)> = expected.iter().map(|(mark, answer)| (*mark, (*answer).to_owned())).collect();
    assert_eq!(found, expected);
}

const PROGRAM: &str = r#"use std.blocks.{ConvBnRelu, PreactRes}
/// fascicle run x.fx --set width=8
param width: int = 16
param fusion: one_of(concat, film) = film
cohort people = table("a.csv") { keep sex == F, subject eid, rename icv from "ICV" }
modality sex: vector[2] = people.columns(sex |> onehot([F, M]), icv)
modality t1: volume[1, 16, 16, 16] = people.image("a") |> zscore(mask: nonzero)
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [t1, sex]
block Twice(n: int = 2)(x: [c, d, h, w]) -> [n*c, d/2, h/2, w/2] {
  let y = x |> ConvBnRelu(n * c, stride: 2)
  fold i in 0..n from y { z => z |> relu }
}
model m(t1) -> diagnosis {
  output code = t1 |> Twice(n: 3) |> global_avg_pool
  match fusion { concat => concat(code, code) |> Linear(2), film => code |> Linear(2) }
}
loss twofold(a, b) = if fusion == concat { mse(a, b) } else { 2 * mse(a, b) }
train m { minimize cross_entropy(m, diagnosis), optimizer Adam(lr: 1e-3), init m.Twice from "w.safetensors" }
protocol cv = kfold(5, stratify: [diagnosis, site])
score m: auc, within: sex
analysis apart = kruskal_wallis(m.code by people.site)
analysis differ = two_sample_t(people.columns(icv), HC vs AD)
sweep s: fusion { compare auc, apart.p against film }
sweep t: [width, fusion] in [[8, concat], [16, film]]
"#;

#[test]
fn a_name_means_what_its_place_asks_for() {
    check(
        PROGRAM,
        &[
            ("width=8", "param width 3"),
            ("concat, film) =", "option fusion.concat 4"),
            ("concat(code", "operator concat 1"),
            ("concat => ", "option fusion.concat 4"),
            ("sex == F", "column sex 3"),
            ("sex: vector", "modality sex 2"),
            ("sex |> onehot", "column sex 3"),
            ("sex]", "modality sex 2"),
            ("icv)", "column icv 3"),
            ("icv), HC", "column icv 3"),
            ("t1)", "modality t1 4"),
            ("n: int", "parameter Twice.n 5"),
            ("n: 3", "parameter Twice.n 5"),
            ("c, d, h", "dimension Twice.c 3"),
            ("y = x", "let y 2"),
            ("z => z", "name of a loop z 2"),
            ("Twice from", "block Twice 3"),
            ("code = t1", "output m.code 5"),
            ("site])", "column site 2"),
            ("HC vs", "class diagnosis.HC 2"),
            ("ConvBnRelu(n", "block ConvBnRelu 2"),
            ("stride: 2", "parameter ConvBnRelu.stride 1"),
            ("Adam", "optimizer Adam 1"),
            ("lr: 1e", "argument Adam.lr 1"),
            ("film }", "option fusion.film 5"),
            ("apart.p", "analysis apart 2"),
            ("nonzero", "nothing"),
        ],
    );
}

#[test]
fn what_a_broken_declaration_binds_is_known() {
    let text =
        "param n: int = 1\nblock B(k: int)(x: [c, h]) {\n  let y = x |> Conv2d(k, \nmodel m(t1) { t1 |> B(n) }\n";
    check(text, &[("B(k", "block B 2"), ("x |> Conv", "input B.x 2"), ("k, ", "input B.k 2"), ("n) }", "param n 2")]);
    let names = names("main.fx", text, &EmptyWorld);
    let at = text.find("k, ").unwrap_or_default() + 3;
    let visible: Vec<&str> =
        names.visible(SourceId::default(), at).into_iter().map(|id| names.symbol(id).name.as_str()).collect();
    assert_eq!(visible, ["y", "k", "x", "c", "h", "n", "m", "B"]);
}

struct Two;

impl World for Two {
    fn source(&self, path: &str) -> Result<String, String> {
        match path {
            "base.fx" => Ok("param width: int = 4\nmodel m(t1) { output z = t1 }\ntrain m { epochs width }\n".into()),
            "parts/b.fx" => Ok("block B(n: int)(x: [c]) { x |> Linear(n) }\n".into()),
            other => Err(format!("no {other}")),
        }
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        EmptyWorld.table(cohort)
    }
}

#[test]
fn files_that_extend_and_use_share_names() {
    let text = "extends \"base.fx\" without m\nuse \"parts/b.fx\".B\nuse \"gone.fx\".C\nparam width: int = 8\nmodel k(t1) { t1 |> B(n: width) }\n";
    let names = names("main.fx", text, &Two);
    let width = names.global(SourceId::default(), "width").expect("width");
    let roles: Vec<_> = names.places(width).map(|o| (o.span.source.0, o.role)).collect();
    assert_eq!(
        roles,
        [(0, Role::Declaration), (0, Role::Use), (1, Role::Declaration), (1, Role::Use)],
        "of both files"
    );
    assert_eq!(names.symbol(width).declared[0].source, SourceId(0), "what replaces counts");
    assert_eq!(told(&names, text, "m\nuse"), "model m 1");
    assert_eq!(told(&names, text, "B\n"), "block B 2");
    assert_eq!(told(&names, text, "n: width"), "parameter B.n 1");
    assert_eq!(names.missing().len(), 1);
    assert_eq!(names.link_at(SourceId::default(), 12), Some(SourceId(1)));
}

#[test]
fn every_word_of_the_library_that_is_declared_is_resolved() {
    for part in crate::stdlib::names() {
        let text = crate::stdlib::source(part).expect("a part");
        let names = names(part, text, &EmptyWorld);
        let known = names.symbols().filter(|(_, s)| s.kind != SymbolKind::Column).count();
        assert!(known > 5, "{part}: {known}");
        for (id, symbol) in names.symbols().filter(|(_, s)| s.kind == SymbolKind::Dimension) {
            assert!(names.places(id).count() >= 1, "{part}: {}", symbol.name);
        }
    }
}
