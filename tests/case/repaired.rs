//! What becomes of a case where a repair of one of its mistakes is made.

use super::Case;
use fascicle::compile::{Code, Compilation, Diagnostic, Fix, Severity};
use fascicle::syntax::SourceId;

/// What a repair leaves.
#[derive(Debug, PartialEq)]
pub enum After {
    /// The mistake is gone, and no error has come.
    Mended,
    /// The mistake is gone; what stood behind it shows: "E0302 3:18 ..".
    Uncovered(String),
    /// Why it is no repair.
    Wrong(String),
}

/// Makes a repair and compiles what comes of it. A mistake counts as gone where its line says so no more: another of its kind
/// on another line is another mistake.
pub fn repaired(case: &Case, compiled: &Compilation, told: &Diagnostic, fix: &Fix) -> After {
    let mut now = Case::parse(&case.name, &case.text);
    for (position, source) in compiled.sources.iter().enumerate() {
        let id = SourceId(position as u16);
        if !fix.edits.iter().any(|edit| edit.span.source == id) {
            continue;
        }
        let Some(text) = fix.applied(id, &source.text) else {
            return After::Wrong("its edits overlap, or are not in the text".into());
        };
        if position == 0 {
            now.text = text;
        } else if now.files.contains_key(&source.name) {
            now.files.insert(source.name.clone(), text);
        } else {
            return After::Wrong(format!("it edits {}, which is nobody's own", source.name));
        }
    }
    let line = |c: &Compilation, d: &Diagnostic| -> String {
        let (line, _) = c.sources.line_column(d.span());
        let text = c.sources.get(d.span().source).map_or("", |s| s.text.as_str());
        text.lines().nth(line - 1).unwrap_or("").trim().to_string()
    };
    let after = now.compile();
    let same = |d: &&Diagnostic| d.code == told.code && d.message == told.message;
    let there = line(compiled, told);
    let before = compiled.diagnostics.iter().filter(same).count();
    let is_there = |d: &&Diagnostic| line(&after, d) == there;
    let still = after.diagnostics.iter().filter(same).count();
    if still >= before && after.diagnostics.iter().filter(same).any(|d| is_there(&d)) {
        return After::Wrong(format!("the mistake is still there:\n{}", now.text));
    }
    let syntax = |c: &Compilation| c.diagnostics.iter().filter(|d| d.code == Code::Syntax).count();
    if syntax(&after) > syntax(compiled) {
        return After::Wrong(format!("what comes of it cannot be read:\n{}", now.text));
    }
    let new = after
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .find(|d| !compiled.diagnostics.iter().any(|b| b.code == d.code && b.message == d.message));
    match new {
        None => After::Mended,
        Some(new) => {
            let (line, column) = after.sources.line_column(new.span());
            After::Uncovered(format!("{} {line}:{column} {}", new.code.code(), new.message))
        }
    }
}
