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

#[test]
fn hovers() {
    run("hover", |case: &Case| match hover(&case.snapshot, case.caret()) {
        Some(hover) => format!("`{}`\n{}", &case.snapshot.text()[hover.range], hover.text),
        None => "nothing".into(),
    });
}
