//! Cases of what an editor asks of names: see `cases.rs` for how one is written.

mod case;

use case::{Case, run};
use fascicle_editor::Snapshot;
use fascicle_editor::analysis::{Depth, analyse};
use fascicle_editor::complete::{Proposal, complete};
use fascicle_editor::names::{Location, definition, highlights, references, rename, text_of};
use fascicle_editor::outline::{Part, folds, formatting, formatting_on_brace, outline, selections};
use fascicle_editor::signature::signature;
use fascicle_editor::tokens::{MODIFIERS, tokens};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// `main.fx:3 people`: the line of a place, and what stands there.
fn said(case: &Case, location: &Location) -> String {
    let text = text_of(&location.file, &case.workspace).unwrap_or_default();
    let line = text[..location.start].matches('\n').count() + 1;
    format!("{}:{line} {}", location.file, &text[location.range()]).trim_end().to_owned()
}

#[test]
fn definitions() {
    run("definition", |case| {
        let at = |mark: usize| {
            let found = definition(&case.snapshot, &case.workspace, mark);
            match found.is_empty() {
                true => "nothing".to_owned(),
                false => found.iter().map(|place| said(case, place)).collect::<Vec<_>>().join(", "),
            }
        };
        case.marks.iter().map(|mark| at(mark.start)).collect::<Vec<_>>().join("\n")
    });
}

#[test]
fn references_of_the_project() {
    run("references", |case| {
        let found = references(&case.snapshot, &case.workspace, case.caret(), true);
        let own = highlights(&case.snapshot, &case.workspace, case.caret());
        let lines: Vec<String> = found.iter().map(|place| said(case, place)).collect();
        let writes = own.iter().filter(|h| h.writes).count();
        format!("{}\nof this file {}, {writes} of them write", lines.join("\n"), own.len())
    });
}

#[test]
fn renaming() {
    run("rename", |case| {
        let text = case.snapshot.text();
        // The new name is the second mark's text.
        let new = &text[case.marks[1].clone()];
        match rename(&case.snapshot, &case.workspace, case.caret(), new) {
            Err(why) => format!("refused: {why}"),
            Ok(renaming) => {
                let mut told = String::new();
                for (place, text) in &renaming.edits {
                    let _ = writeln!(told, "{} -> {text}", said(case, place));
                }
                for warning in &renaming.warnings {
                    let _ = writeln!(told, "{}: {}", warning.label, warning.description);
                }
                told
            }
        }
    });
}

#[test]
fn outlines() {
    run("outline", |case| {
        fn told(part: &Part, depth: usize, into: &mut String) {
            let (word, name, detail) = (part.word, &part.name, &part.detail);
            let _ = writeln!(into, "{}{}", "  ".repeat(depth), format!("{word} {name} {detail}").trim_end());
            part.parts.iter().for_each(|part| told(part, depth + 1, into));
        }
        let mut all = String::new();
        outline(&case.snapshot).iter().for_each(|part| told(part, 0, &mut all));
        let line = |at: usize| case.snapshot.document.line_of(at) + 1;
        for fold in folds(&case.snapshot) {
            let kind = if fold.comment {
                " comment"
            } else if fold.imports {
                " imports"
            } else {
                ""
            };
            let _ = writeln!(all, "fold {}..{}{kind}", line(fold.range.start), line(fold.range.end));
        }
        if !case.marks.is_empty() {
            for range in selections(&case.snapshot, case.caret()) {
                let _ = writeln!(all, "select {}", case.snapshot.text()[range].replace('\n', "\\n"));
            }
        }
        all
    });
}

#[test]
fn layouts() {
    run("format", |case| {
        let told = |edit: Option<(std::ops::Range<usize>, String)>| match edit {
            Some((range, text)) => format!("replaces {:?}\nwith {text:?}", &case.snapshot.text()[range]),
            None => "nothing".to_owned(),
        };
        match case.marks.first() {
            Some(mark) => told(formatting_on_brace(&case.snapshot, mark.start)),
            None => told(formatting(&case.snapshot)),
        }
    });
}

#[test]
fn colours() {
    run("tokens", |case| {
        let text = case.snapshot.text();
        let mut lines: Vec<Vec<String>> = vec![Vec::new(); case.snapshot.document.lines()];
        for token in tokens(&case.snapshot, &case.workspace) {
            let bits = token.modifiers();
            let with =
                (0..MODIFIERS.len()).filter(|bit| bits >> bit & 1 == 1).map(|bit| format!(".{}", MODIFIERS[bit]));
            let class = format!("{}:{}{}", &text[token.range.clone()], token.class.name(), with.collect::<String>());
            lines[case.snapshot.document.line_of(token.range.start)].push(class);
        }
        lines.into_iter().filter(|line| !line.is_empty()).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
    });
}

/// The text as it is typed: a mark that holds something is typed at the end of a text that was compiled without it.
fn typed(case: &Case) -> (Snapshot, usize) {
    let mark = case.marks[0].clone();
    if mark.is_empty() {
        return ((*case.snapshot).clone(), mark.start);
    }
    let text = case.snapshot.text();
    let before = Snapshot::new("main.fx", &format!("{}{}", &text[..mark.start], &text[mark.end..]), 1);
    let depth = Depth { wait_for_tables: true, ..Depth::default() };
    let analysis = analyse("main.fx", &before.document, &BTreeMap::new(), &*case.workspace.outside, depth);
    assert!(!analysis.compilation.failed(), "{:?}", analysis.compilation.diagnostics);
    let before = before.analysed(Arc::new(analysis));
    (before.edited(mark.start..mark.start, &text[mark.clone()], 2), mark.end)
}

/// How many proposals an answer shows.
const SHOWN: usize = 12;

#[test]
fn completions() {
    run("complete", |case| {
        let (snapshot, at) = typed(case);
        let found = complete(&snapshot, &case.workspace, at);
        let text = snapshot.text();
        let one = |p: &Proposal| {
            let wrote = if p.insert == p.label { String::new() } else { format!(" writes {:?}", p.insert) };
            let also: String =
                p.also.iter().map(|(range, text)| format!(", and at {} {text:?}", range.start)).collect();
            format!(
                "{} {}{wrote}{also}",
                p.label,
                if p.detail.is_empty() { String::new() } else { format!("({})", p.detail) }
            )
        };
        let lines: Vec<String> =
            found.proposals.iter().take(SHOWN).map(one).map(|line| line.trim_end().to_owned()).collect();
        let more = found.proposals.len().saturating_sub(SHOWN);
        let replaced = &text[found.replace.clone()];
        format!("replaces {replaced:?}\n{}\nand {more} more", lines.join("\n"))
    });
}

#[test]
fn signatures() {
    run("signature", |case| match signature(&case.snapshot, &case.workspace, case.caret()) {
        None => "nothing".to_owned(),
        Some(found) => {
            let active = found.active.map_or("nothing", |at| {
                let (start, end) = found.places[at];
                &found.head[start..end]
            });
            let doc = found.active.map_or("", |at| found.callable.parameters[at].doc.as_str());
            format!("{}\nat {active} {doc}", found.head)
        }
    });
}
