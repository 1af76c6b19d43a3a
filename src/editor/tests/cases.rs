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
use fascicle_editor::hover::hover;
use fascicle_editor::inlay::{Shown, inlay};

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
