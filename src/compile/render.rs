//! Diagnostics for people (miette) and for programs (JSON).

use super::{Diagnostic, Severity, Sources};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use serde::{Deserialize, Serialize};

/// A diagnostic as `--json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonDiagnostic {
    /// `E0302`
    pub code: String,
    /// `error` or `warning`
    pub severity: String,
    /// One sentence.
    pub message: String,
    /// The file of the first label.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// All places.
    pub labels: Vec<JsonLabel>,
    /// What to do.
    pub hint: Option<String>,
}

/// A place of a diagnostic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonLabel {
    /// The file.
    pub file: String,
    /// Line of its start, from 1.
    pub line: usize,
    /// Column of its start in characters, from 1.
    pub column: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What is said about it.
    pub text: String,
}

/// Diagnostics as data.
pub fn json_diagnostics(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<JsonDiagnostic> {
    diagnostics
        .iter()
        .map(|d| {
            let labels: Vec<JsonLabel> = d
                .labels
                .iter()
                .map(|l| {
                    let (line, column) = sources.line_column(l.span);
                    let file = sources.get(l.span.source).map_or_else(String::new, |s| s.name.clone());
                    JsonLabel { file, line, column, start: l.span.start as usize, end: l.span.end as usize, text: l.text.clone() }
                })
                .collect();
            let first = labels.first();
            JsonDiagnostic {
                code: d.code.code().to_string(),
                severity: if d.severity == Severity::Error { "error" } else { "warning" }.to_string(),
                message: d.message.clone(),
                file: first.map_or_else(String::new, |l| l.file.clone()),
                line: first.map_or(1, |l| l.line),
                column: first.map_or(1, |l| l.column),
                labels,
                hint: d.hint.clone(),
            }
        })
        .collect()
}

/// A diagnostic as text, in colour or not, 15 lines at the most where the places are close together.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, colour: bool, width: usize) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
    };
    let mut shown = MietteDiagnostic::new(diagnostic.message.clone())
        .with_code(format!("{}[{}]", if severity == miette::Severity::Error { "error" } else { "warning" }, diagnostic.code.code()))
        .with_severity(severity);
    let home = diagnostic.span().source;
    let mut elsewhere = Vec::new();
    let mut labels = Vec::new();
    for (position, label) in diagnostic.labels.iter().enumerate() {
        if label.span.source != home || position > 2 {
            let (line, column) = sources.line_column(label.span);
            let file = sources.get(label.span.source).map_or("", |s| s.name.as_str());
            elsewhere.push(format!("{file}:{line}:{column}: {}", label.text));
            continue;
        }
        // A place of many lines is shown by its first: a whole block would fill the screen.
        let first_line = sources.text(label.span).lines().next().map_or(0, str::len);
        let length = label.span.range().len().min(first_line.max(1));
        let text = (!label.text.is_empty()).then(|| label.text.clone());
        labels.push(LabeledSpan::new(text, label.span.start as usize, length));
    }
    shown = shown.with_labels(labels);
    let mut help: Vec<String> = elsewhere;
    help.extend(diagnostic.hint.clone());
    if !help.is_empty() {
        shown = shown.with_help(help.join("\n"));
    }
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_context_lines(1).with_links(false);
    let (name, text) = sources.get(home).map_or(("", ""), |s| (s.name.as_str(), s.text.as_str()));
    let report = Report::new(shown).with_source_code(NamedSource::new(name, text.to_string()));
    let mut out = String::new();
    if handler.render_report(&mut out, report.as_ref()).is_err() {
        // Rendering can only fail on spans outside of the text; the message alone is better than nothing.
        return format!("{}: {}\n", diagnostic.code.code(), diagnostic.message);
    }
    out
}
