//! A mistake: an edit of an experiment that its users would make, and what must be said about it.
//!
//! ```text
//! /// The scan is joined with the table before it has become a vector.
//! // edit: experiments/quickstart.fx
//! // -       concat => concat(image, table)
//! // +       concat => concat(t1, table)
//! // error[E0302] "table" words of the message
//! // hint: words of the hint
//! ```
//!
//! Lines that begin with `// -` (one or several) are looked for in the file, as whole lines but for their indentation,
//! and must stand in it once; the `// +` lines behind them take their place. Further pairs edit further places. The
//! words in quotes are the text that the error points at (the first line of it); `// also "text"` is a further place of the same error, and
//! `// set: name=value` a setting of the command line. All errors must be listed; warnings may be.

use super::{Case, programs};
use fascicle::compile::{Compilation, Diagnostic, Severity};
use std::path::Path;

/// A mistake, read.
#[derive(Debug, Default)]
pub struct Mistake {
    /// Its own file.
    pub name: String,
    /// The file that is edited: `experiments/quickstart.fx`.
    pub edited: String,
    edits: Vec<Edit>,
    expected: Vec<Expected>,
    settings: Vec<(String, String)>,
}

/// Lines that are taken out and lines that take their place.
#[derive(Debug, Default)]
struct Edit {
    old: Vec<String>,
    new: Vec<String>,
}

#[derive(Debug)]
struct Expected {
    code: String,
    pointed_at: String,
    words: String,
    also: Vec<String>,
    hint: Option<String>,
}

impl Mistake {
    /// Reads a mistake; a comment that is none of the expected fails the test.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut mistake = Self { name: name.clone(), ..Self::default() };
        for (index, line) in text.lines().enumerate() {
            if line.starts_with("///") || line.trim().is_empty() {
                continue;
            }
            let comment =
                line.strip_prefix("// ").unwrap_or_else(|| panic!("{name}:{}: no comment: {line}", index + 1));
            if let Err(why) = mistake.comment(comment) {
                panic!("{name}:{}: {why}: {line}", index + 1);
            }
        }
        assert!(!mistake.edits.is_empty(), "{name} edits nothing");
        assert!(!mistake.expected.is_empty(), "{name} expects nothing");
        mistake
    }

    fn comment(&mut self, comment: &str) -> Result<(), String> {
        if let Some(file) = comment.strip_prefix("edit:") {
            self.edited = file.trim().into();
        } else if let Some(line) = comment.strip_prefix("- ") {
            if self.edits.last().is_none_or(|edit| !edit.new.is_empty()) {
                self.edits.push(Edit::default());
            }
            self.edits.last_mut().ok_or("no edit")?.old.push(line.into());
        } else if let Some(line) = comment.strip_prefix("+ ") {
            self.edits.last_mut().ok_or("`+` before any `-`")?.new.push(line.into());
        } else if let Some(rest) = comment.strip_prefix("error[").or_else(|| comment.strip_prefix("warning[")) {
            let (code, rest) = rest.split_once(']').ok_or("no `]` behind the code")?;
            let (pointed_at, words) = quoted(rest).ok_or("expected the text in quotes behind the code")?;
            self.expected.push(Expected {
                code: code.into(),
                pointed_at,
                words: words.into(),
                also: Vec::new(),
                hint: None,
            });
        } else if let Some(rest) = comment.strip_prefix("also ") {
            let (text, _) = quoted(rest).ok_or("expected the text in quotes")?;
            self.expected.last_mut().ok_or("`also` before any error")?.also.push(text);
        } else if let Some(words) = comment.strip_prefix("hint:") {
            self.expected.last_mut().ok_or("`hint` before any error")?.hint = Some(words.trim().into());
        } else if let Some(rest) = comment.strip_prefix("set:") {
            let (name, value) = rest.split_once('=').ok_or("expected NAME=VALUE")?;
            self.settings.push((name.trim().into(), value.trim().into()));
        } else {
            return Err("it is no edit and no expectation".into());
        }
        Ok(())
    }

    /// The experiment as edited, compiled with its tables.
    pub fn compile(&self) -> Compilation {
        let (folder, file) = self.edited.rsplit_once('/').unwrap_or(("experiments", &self.edited));
        let mut case: Case = programs(&[folder])
            .into_iter()
            .find(|case| case.name == file)
            .unwrap_or_else(|| panic!("{}: there is no {}", self.name, self.edited));
        let mut lines: Vec<String> = case.text.lines().map(String::from).collect();
        for edit in &self.edits {
            edit.apply(&mut lines).unwrap_or_else(|why| panic!("{}: {}: {why}", self.name, self.edited));
        }
        case.text = lines.join("\n") + "\n";
        case.settings = self.settings.clone();
        case.compile()
    }

    /// What differs between what is expected and what came, one line each.
    pub fn differences(&self, compiled: &Compilation) -> Vec<String> {
        let mut differences = Vec::new();
        let mut unmatched: Vec<&Diagnostic> = compiled.diagnostics.iter().collect();
        let text = |span| compiled.sources.text(span).lines().next().unwrap_or_default();
        for expected in &self.expected {
            let at = |d: &Diagnostic| text(d.span()) == expected.pointed_at;
            let fits = |d: &Diagnostic| d.code.code() == expected.code && at(d) && d.message.contains(&expected.words);
            let Some(position) = unmatched.iter().position(|d| fits(d)) else {
                let Expected { code, pointed_at, words, .. } = expected;
                differences.push(format!("missing: {code} at \"{pointed_at}\" with \"{words}\""));
                continue;
            };
            let found = unmatched.remove(position);
            for also in &expected.also {
                if !found.labels.iter().skip(1).any(|label| text(label.span) == *also) {
                    differences.push(format!("{} has no second label at \"{also}\"", expected.code));
                }
            }
            let hint = found.hint.as_deref().unwrap_or("");
            if let Some(words) = expected.hint.as_ref().filter(|words| !hint.contains(words.as_str())) {
                differences.push(format!("{} has no hint with \"{words}\": \"{hint}\"", expected.code));
            }
        }
        for found in unmatched.into_iter().filter(|d| d.severity == Severity::Error) {
            let at = text(found.span());
            differences.push(format!("not expected: {} at \"{at}\": {}", found.code.code(), found.message));
        }
        differences
    }
}

impl Edit {
    fn apply(&self, lines: &mut Vec<String>) -> Result<(), String> {
        let here = |at: usize| self.old.iter().zip(&lines[at..]).all(|(old, line)| old.trim() == line.trim());
        let last = (lines.len() + 1).saturating_sub(self.old.len());
        let found: Vec<usize> = (0..last).filter(|at| here(*at)).collect();
        let [at] = found.as_slice() else {
            return Err(format!("{} places read `{}`, where one should", found.len(), self.old.join(" / ").trim()));
        };
        let indent: String = lines[*at].chars().take_while(|c| c.is_whitespace()).collect();
        let first: usize = self.new.iter().map(|l| l.len() - l.trim_start().len()).min().unwrap_or(0);
        let new = self.new.iter().map(|line| format!("{indent}{}", &line[first..])).collect::<Vec<_>>();
        lines.splice(*at..*at + self.old.len(), new);
        Ok(())
    }
}

/// `"text" rest`; a quotation mark inside is written `\"`.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.trim_start().strip_prefix('"')?;
    let end = inside.match_indices('"').map(|(at, _)| at).find(|at| !inside[..*at].ends_with('\\'))?;
    Some((inside[..end].replace("\\\"", "\""), inside[end + 1..].trim()))
}
