//! Cases of the editor's functions: one file each, `cases/<feature>/*.fx`, source with carets and the answer below.
//!
//! ```text
//! model m(t1) { t1 |> flatten |> Lin⟨⟩ear(3) }     ⟨⟩ the caret; ⟨..⟩ a selection. Both are taken out before the text is compiled
//! //== parts.fx                                      another file, or a table of a cohort (`people.tsv`), until the next such line
//! //= what the feature answers                       the answer, a line each
//! ```
//!
//! `UPDATE_CASES=1 cargo test -p fascicle-editor` writes the answers; look at the difference before it is committed.

mod case;

use case::{Case, run};
use fascicle_editor::analysis::{Depth, analyse};
use fascicle_editor::diagnostics::{Elsewhere, diagnostics};
use fascicle_editor::hover::hover;
use fascicle_editor::inlay::{Shown, inlay};
use fascicle_editor::lens::lenses;
use fascicle_editor::outside::Results;
use fascicle_editor::{NoOutside, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn hovers() {
    run("hover", |case: &Case| match hover(&case.snapshot, case.caret()) {
        Some(hover) => format!("`{}`\n{}", &case.snapshot.text()[hover.range], hover.text),
        None => "nothing".into(),
    });
}

#[test]
fn hints_beside_the_text() {
    run("inlay", |case: &Case| written(case, Shown::default()));
}

/// The text with its hints in it, of the lines that have any.
fn written(case: &Case, shown: Shown) -> String {
    let mut text = case.snapshot.text().to_owned();
    let hints = inlay(&case.snapshot, 0..text.len(), shown);
    for hint in hints.iter().rev() {
        text.insert_str(hint.at, &format!("⟨{}⟩", hint.text));
    }
    let hinted = text.lines().filter(|line| line.contains('⟨')).map(str::to_owned);
    case.errors().into_iter().chain(hinted).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_kind_of_hint_can_be_switched_off() {
    let none = Shown { shapes: false, presence: false, dimensions: false, params: false };
    for (shown, file) in [
        (Shown { shapes: true, ..none }, "shapes"),
        (Shown { presence: true, ..none }, "presence"),
        (Shown { dimensions: true, ..none }, "dimensions"),
        (Shown { params: true, ..none }, "params"),
    ] {
        run(&format!("inlay_of_one_kind/{file}"), |case: &Case| written(case, shown));
    }
}

#[test]
fn what_is_wrong() {
    run("diagnostics", |case: &Case| {
        let snapshot = &case.snapshot;
        let text = |range: std::ops::Range<usize>| snapshot.text()[range].lines().next().unwrap_or("").to_owned();
        let line = |at: usize| snapshot.document.line_of(at) + 1;
        let mut lines = Vec::new();
        for problem in diagnostics(snapshot) {
            let code = problem.code.map_or("", fascicle_lang::compile::Code::code);
            let grey = if problem.unnecessary { ", unnecessary" } else { "" };
            let at = line(problem.range.start);
            lines.push(format!("{at} `{}` {:?} {code}{grey}", text(problem.range), problem.severity));
            lines.extend(problem.message.lines().map(|line| format!("  {line}")));
            lines.extend(problem.related.iter().map(|related| match &related.place {
                Elsewhere::Here(range) => {
                    format!("  also {} `{}`: {}", line(range.start), text(range.clone()), related.message)
                }
                Elsewhere::There(_) => format!("  also elsewhere: {}", related.message),
            }));
        }
        lines.join("\n")
    });
}

#[test]
fn lines_over_declarations() {
    run("lens", |case: &Case| {
        let results = Results {
            answers: vec![("m".into(), "auc 0.871 ± 0.021".into())],
            trainings: vec![("m".into(), "3 of 3 runs done".into())],
        };
        let line = |at: usize| case.snapshot.document.line_of(at) + 1;
        let shown = lenses(&case.snapshot, Some(&results)).into_iter().map(|lens| {
            let command = lens.command.map(|command| format!(" [{command:?}]")).unwrap_or_default();
            format!("{}: {}{command}", line(lens.range.start), lens.title)
        });
        case.errors().into_iter().chain(shown).collect::<Vec<_>>().join("\n")
    });
}

#[test]
fn the_lens_says_what_an_edit_costs() {
    let text = "cohort c = bids(\"d\")\nmodality a: volume[1, 8, 8, 8] = c.image(\"a.nii\")\nmodel m(a) { a |> flatten |> Linear(2) }\n";
    let compiled = |snapshot: &Snapshot| {
        snapshot.analysed(Arc::new(analyse("m.fx", &snapshot.document, &BTreeMap::new(), &NoOutside, Depth::default())))
    };
    let opened = compiled(&Snapshot::new("m.fx", text, 1));
    let at = text.find("Linear(2").expect("a layer") + "Linear(".len();
    let edited = compiled(&opened.edited(at..at + 1, "3", 2));
    let over = lenses(&edited, None).into_iter().map(|lens| lens.title).collect::<Vec<_>>();
    assert_eq!(over, ["1,539 parameters · 1.5 k multiply-adds · since opened: +513 parameters, +512 multiply-adds"]);
}
