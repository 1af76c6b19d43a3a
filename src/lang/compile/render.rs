//! Diagnostics for people (miette) and for programs (JSON).

use super::{Diagnostic, Label, Severity, Sources};
use fascicle_syntax::{Edit, Fix, SourceId, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use serde::{Deserialize, Serialize};
use std::fmt;

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
    /// The same as edits, where it can be said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<JsonFix>,
}

/// A repair of a diagnostic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonFix {
    /// What it does.
    pub title: String,
    /// Whether nothing else can have been meant.
    pub certain: bool,
    /// What is changed.
    pub edits: Vec<JsonEdit>,
}

/// An edit of a repair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonEdit {
    /// The file.
    pub file: String,
    /// First byte that is replaced.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// What takes its place.
    pub text: String,
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
                .filter(|_| !d.on_command_line)
                .map(|l| {
                    let (line, column) = sources.line_column(l.span);
                    let file = sources.get(l.span.source).map_or_else(String::new, |s| s.name.clone());
                    JsonLabel {
                        file,
                        line,
                        column,
                        start: l.span.start as usize,
                        end: l.span.end as usize,
                        text: l.text.clone(),
                    }
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
                fixes: d.fixes.iter().map(|fix| json_fix(fix, sources)).collect(),
            }
        })
        .collect()
}

fn json_fix(fix: &Fix, sources: &Sources) -> JsonFix {
    let edit = |edit: &Edit| JsonEdit {
        file: sources.get(edit.span.source).map_or_else(String::new, |s| s.name.clone()),
        start: edit.span.start as usize,
        end: edit.span.end as usize,
        text: edit.text.clone(),
    };
    JsonFix { title: fix.title.clone(), certain: fix.is_certain, edits: fix.edits.iter().map(edit).collect() }
}

/// Most lines of a rendered diagnostic.
const MAX_LINES: usize = 15;
/// Longest piece of the text that is quoted in words.
const MAX_QUOTE: usize = 48;
/// Longest message or hint that is shown whole, in characters.
const MAX_WORDS: usize = 400;

/// A diagnostic as text, in colour or not, of 15 lines at the most: where all places with the lines around them would
/// be longer, the last ones are quoted with their line instead of shown.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, colour: bool, width: usize) -> String {
    let mut text = String::new();
    for shown in [3, 2, 1, 0] {
        text = attempt(diagnostic, sources, colour, width, shown);
        if text.trim_end().lines().count() <= MAX_LINES {
            break;
        }
    }
    text
}

/// Renders with so many places shown in the text.
fn attempt(diagnostic: &Diagnostic, sources: &Sources, colour: bool, width: usize, most: usize) -> String {
    let (severity, word) = match diagnostic.severity {
        Severity::Error => (miette::Severity::Error, "error"),
        Severity::Warning => (miette::Severity::Warning, "warning"),
    };
    let home = diagnostic.span().source;
    let mut help = Vec::new();
    let mut labels = Vec::new();
    for label in diagnostic.labels.iter().filter(|_| !diagnostic.on_command_line) {
        if label.span.source == home && labels.len() < most {
            let (start, length) = shown_part(sources, label.span);
            let text = (!label.text.is_empty()).then(|| label.text.clone());
            // The first place is where the mistake shows: its line and column head the snippet.
            labels.push(if labels.is_empty() {
                LabeledSpan::new_primary_with_span(text, (start, length))
            } else {
                LabeledSpan::new_with_span(text, (start, length))
            });
        } else if help.len() < 3 {
            help.push(quoted(label, sources, home));
        }
    }
    help.extend(diagnostic.hint.as_deref().map(shorten));
    let mut shown = MietteDiagnostic::new(shorten(&diagnostic.message))
        .with_code(format!("{word}[{}]", diagnostic.code.code()))
        .with_severity(severity)
        .with_labels(labels);
    if !help.is_empty() {
        shown = shown.with_help(help.join("\n"));
    }
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_context_lines(1).with_links(false);
    let shown = Shown { diagnostic: shown, text: Text { sources, source: home } };
    let mut out = String::new();
    if handler.render_report(&mut out, &shown).is_err() {
        // Rendering can only fail on spans outside of the text; the message alone is better than nothing.
        return format!("{}: {}\n", diagnostic.code.code(), diagnostic.message);
    }
    out
}

/// A diagnostic with the text that it is about.
#[derive(Debug)]
struct Shown<'s> {
    diagnostic: MietteDiagnostic,
    text: Text<'s>,
}

/// One of the sources, of which miette is given the lines around a place: it would count lines from the top.
#[derive(Debug)]
struct Text<'s> {
    sources: &'s Sources,
    source: SourceId,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.code()
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.diagnostic.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.diagnostic.labels()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }
}

impl SourceCode for Text<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let bytes = span.offset()..span.offset() + span.len();
        // One more on either side: whether a line is the last is then seen as in the whole text.
        let (start, line, text) = self.sources.around(self.source, bytes, before.max(after) + 2);
        let here = SourceSpan::new((span.offset() - start.min(span.offset())).into(), span.len());
        let found = text.read_span(&here, before, after)?;
        let shifted = SourceSpan::new((found.span().offset() + start).into(), found.span().len());
        let name = self.sources.get(self.source).map_or_else(String::new, |s| s.name.clone());
        Ok(Box::new(MietteSpanContents::new_named(
            name,
            found.data(),
            shifted,
            found.line() + line,
            found.column(),
            found.line_count(),
        )))
    }
}

/// A place in words: "line 5, `t1 |> Conv3d(8)`: this is [8, 16, 16, 16]".
fn quoted(label: &Label, sources: &Sources, home: SourceId) -> String {
    let (line, column) = sources.line_column(label.span);
    let place = match sources.get(label.span.source) {
        Some(other) if label.span.source != home => format!("{}:{line}:{column}", other.name),
        _ => format!("line {line}"),
    };
    let first = sources.text(label.span).lines().next().unwrap_or("");
    let quote = match first.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}..", &first[..end]),
        None => first.to_string(),
    };
    format!("{place}, `{quote}`: {}", shorten(if label.text.is_empty() { "here" } else { &label.text }))
}

/// Start and length of what is marked: a place of many lines is shown by its first, a whole block would fill the screen.
fn shown_part(sources: &Sources, span: Span) -> (usize, usize) {
    let first_line = sources.text(span).lines().next().map_or(0, str::len);
    (span.start as usize, span.range().len().min(first_line))
}

/// At most [`MAX_WORDS`] characters: a name of a thousand letters must not fill the screen.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_WORDS) {
        Some((end, _)) => format!("{} ..", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What miette is told of a place, in words.
    fn told(source: &dyn SourceCode, at: usize, length: usize, lines: usize) -> String {
        match source.read_span(&SourceSpan::new(at.into(), length), lines, lines) {
            Ok(found) => format!(
                "{:?} {:?} line {} column {} of {}",
                String::from_utf8_lossy(found.data()),
                found.span(),
                found.line(),
                found.column(),
                found.line_count()
            ),
            Err(_) => "outside".to_owned(),
        }
    }

    #[test]
    fn the_lines_around_a_place_are_those_of_the_whole_text() {
        let texts = [
            "",
            "a",
            "a\n",
            "one\ntwo\n\nfour\nfive\nsix\nseven",
            "a\r\nb\rc\r\n\r\nd\n\re\rf\n",
            "\n\n\n\n\n\nx\n\n\n\n\n",
        ];
        for text in texts {
            let mut sources = Sources::default();
            let source = sources.add("a.fx", text);
            let excerpt = Text { sources: &sources, source };
            for at in 0..=text.len() {
                for length in 0..=text.len() - at {
                    for lines in 0..3 {
                        let whole = told(&text, at, length, lines);
                        let part = told(&excerpt, at, length, lines);
                        // The number of lines is that of what was read: nothing shows it.
                        let shown = |told: &str| told.split(" of ").next().unwrap_or("").to_owned();
                        assert_eq!(shown(&part), shown(&whole), "{text:?} {at} {length} {lines}");
                    }
                }
            }
        }
    }

    #[test]
    fn lines_and_columns_are_found_by_bytes() {
        let mut sources = Sources::default();
        let text = "ab\n\nc\u{e9}d\r\ne";
        let source = sources.add("a.fx", text);
        let place = |start: u32| sources.line_column(Span { source, start, end: start });
        assert_eq!(
            [place(0), place(2), place(3), place(4), place(7), place(10)],
            [(1, 1), (1, 3), (2, 1), (3, 1), (3, 3), (4, 1)]
        );
        assert_eq!(place(99), (1, 1));
        assert_eq!(sources.line_column(Span { source: SourceId(7), start: 0, end: 0 }), (1, 1));
    }
}
