//! What the compiler says, as an editor shows it: at a place of the open file, with the other places beside it.

use crate::snapshot::Snapshot;
use fascicle_lang::compile::{Code, Diagnostic, Severity, Sources};
use fascicle_syntax::{SourceId, Span};
use std::ops::Range;

/// Something wrong, or probably not meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Where it shows, in the present text.
    pub range: Range<usize>,
    /// How bad it is.
    pub severity: Severity,
    /// Its kind; `None` for what is no mistake of the file.
    pub code: Option<Code>,
    /// What was expected, what was found, and what to do.
    pub message: String,
    /// The other places, each with what is to be said there.
    pub related: Vec<Related>,
    /// Whether the place could as well be gone: editors show it grey.
    pub unnecessary: bool,
    /// Its position in the compilation's diagnostics.
    pub index: Option<usize>,
}

/// Another place that matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Where: of the open file, or of another by the name that the compilation has for it.
    pub place: Elsewhere,
    /// What.
    pub message: String,
}

/// A place in some file of a compilation.
#[derive(Debug, Clone, PartialEq)]
pub enum Elsewhere {
    /// In the open file.
    Here(Range<usize>),
    /// In another: its name and its text come from the compilation's sources.
    There(Span),
}

/// All that is said of the present text; nothing before it was compiled.
pub fn diagnostics(snapshot: &Snapshot) -> Vec<Problem> {
    let Some(analysis) = &snapshot.present else { return Vec::new() };
    if let Some(said) = &analysis.panic {
        return vec![Problem {
            range: 0..0,
            severity: Severity::Error,
            code: None,
            message: format!("the compiler failed, which is a mistake of fascicle and not of this file: {said}"),
            related: Vec::new(),
            unnecessary: false,
            index: None,
        }];
    }
    let compilation = &analysis.compilation;
    let all = compilation.diagnostics.iter().enumerate().filter(|(_, d)| !d.on_command_line);
    // What rests on a table that is still being read is not yet known to be wrong.
    let known = all.filter(|(_, d)| !(analysis.tables_missing && waits_for_a_table(d)));
    let mut problems: Vec<Problem> =
        known.map(|(index, diagnostic)| problem(snapshot, diagnostic, index, &compilation.sources)).collect();
    if compilation.partial && !compilation.failed() {
        problems.extend(still_told(snapshot, &problems));
    }
    problems
}

/// What the variants and the whole file were told of before the last edits, while they are compiled again: warnings of the whole
/// file, and errors of variants, where their places were not touched. Else they would go and come with every key.
fn still_told(snapshot: &Snapshot, known: &[Problem]) -> Vec<Problem> {
    let Some(whole) = &snapshot.whole else { return Vec::new() };
    let mut still = Vec::new();
    for diagnostic in whole.diagnostics.iter() {
        let later = diagnostic.variant.is_some() || diagnostic.severity == Severity::Warning;
        if !later || diagnostic.on_command_line || diagnostic.span().source != SourceId::default() {
            continue;
        }
        let Some(range) = whole.carry.range_now(diagnostic.span().range()) else { continue };
        if known.iter().any(|problem| problem.range == range && problem.code == Some(diagnostic.code)) {
            continue;
        }
        let told = problem(snapshot, diagnostic, 0, &whole.sources);
        still.push(Problem { range, related: Vec::new(), index: None, ..told });
    }
    still
}

/// Whether a mistake may be none once the tables are read: a size that a table has, data that are not here.
fn waits_for_a_table(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::DataNotHere | Code::UnknownWidth)
}

fn problem(snapshot: &Snapshot, diagnostic: &Diagnostic, index: usize, sources: &Sources) -> Problem {
    let own = |span: Span| span.source == SourceId::default();
    // A mistake inside a block of another file shows where this one applies it.
    let shown = diagnostic.labels.iter().position(|label| own(label.span));
    let range = shown.map_or(0..0, |at| diagnostic.labels[at].span.range());
    let mut message = diagnostic.message.clone();
    if shown.is_none()
        && let Some(source) = sources.get(diagnostic.span().source)
    {
        message = format!("in {}: {message}", source.name);
    }
    if let Some(label) = shown.and_then(|at| diagnostic.labels.get(at)).filter(|label| !label.text.is_empty()) {
        message.push_str(&format!(" ({})", label.text));
    }
    if let Some(hint) = &diagnostic.hint {
        message.push_str(&format!("\nhint: {hint}"));
    }
    let others = diagnostic.labels.iter().enumerate().filter(|(at, _)| Some(*at) != shown);
    let related = others.map(|(at, label)| Related {
        place: if own(label.span) { Elsewhere::Here(label.span.range()) } else { Elsewhere::There(label.span) },
        message: match label.text.as_str() {
            "" if at == 0 => "here".to_owned(),
            text => text.to_owned(),
        },
    });
    let unnecessary = matches!(diagnostic.code, Code::UnusedParam | Code::UnusedInput | Code::UnusedBlock);
    Problem {
        range: visible(snapshot, range),
        severity: diagnostic.severity,
        code: Some(diagnostic.code),
        message,
        related: related.collect(),
        unnecessary,
        index: Some(index),
    }
}

/// A place that somebody can see: an empty one is drawn out to the character behind or before it on its line.
fn visible(snapshot: &Snapshot, range: Range<usize>) -> Range<usize> {
    if !range.is_empty() {
        return range;
    }
    let text = snapshot.text();
    let at = range.start.min(text.len());
    let line = snapshot.document.line(snapshot.document.line_of(at));
    let length = |c: char| c.len_utf8();
    match (text.get(at..line.end).and_then(|rest| rest.chars().next()), text.get(line.start..at)) {
        (Some(next), _) => at..at + length(next),
        (None, Some(before)) => at - before.chars().next_back().map_or(0, length)..at,
        (None, None) => at..at,
    }
}
