//! `fascicle fix`: the repairs that stand beside hints, made in the file.
//!
//! ```text
//!  file ─▶ compile ─▶ diagnostics with repairs ─▶ one is made, in memory ─▶ compile ─▶ kept where its mistake is gone
//!            ▲                                                                  │       and nothing reads worse
//!            └──────────────────────────────────────────────────────────────────┘
//!                        until none is left ─▶ what differs is shown ─▶ written aside, renamed
//! ```

use super::world::Files;
use super::{Program, source, status};
use crate::compile::{self, Code, Compilation, Diagnostic, Fix, PackedContents, Severity, Shapes, TableProblem};
use crate::compile::{TableProblemKind, TableSummary, Who, World};
use crate::program::Cohort;
use crate::syntax::SourceId;
use clap::Args;
use similar::{ChangeTag, TextDiff};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// What `fix` is asked.
#[derive(Debug, Args)]
pub(super) struct FixArgs {
    #[command(flatten)]
    program: Program,
    /// Change nothing; show what would be changed
    #[arg(long)]
    dry_run: bool,
    /// Make the first repair of every error and warning, also where something else could have been meant
    #[arg(long)]
    all: bool,
}

/// Repairs made before it is given up: each takes a mistake away, so that no file needs as many.
const MOST: usize = 1_000;

/// The files on disk, with the texts as they are repaired so far.
struct Repaired<'a> {
    files: &'a Files,
    texts: &'a BTreeMap<String, String>,
}

impl World for Repaired<'_> {
    fn source(&self, path: &str) -> Result<String, String> {
        self.texts.get(path).cloned().map_or_else(|| self.files.source(path), Ok)
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        self.files.table(cohort)
    }

    fn count(&self, cohort: &Cohort, who: &Who) -> Option<usize> {
        self.files.count(cohort, who)
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        self.files.weights(path)
    }

    fn file(&self, path: &str) -> Result<(), (TableProblemKind, String)> {
        self.files.file(path)
    }

    fn packed(&self, path: &str) -> Result<PackedContents, String> {
        self.files.packed(path)
    }
}

/// A file and those it uses, as they are repaired.
struct Session<'a> {
    program: &'a Program,
    files: Files,
    /// The main file's name in diagnostics.
    name: String,
    /// The main file.
    text: String,
    /// Other files that were changed, by the path that names them.
    texts: BTreeMap<String, String>,
}

impl Session<'_> {
    fn compile(&self, text: &str, texts: &BTreeMap<String, String>) -> Compilation {
        let world = Repaired { files: &self.files, texts };
        compile::compile(&self.name, text, &self.program.settings, &world)
    }

    fn folder(&self) -> PathBuf {
        self.program.file.parent().map_or_else(PathBuf::new, Path::to_path_buf)
    }

    /// The texts with a repair made; nothing where it reaches into what is not the user's.
    fn with(&self, compilation: &Compilation, fix: &Fix) -> Option<(String, BTreeMap<String, String>)> {
        let (mut text, mut texts) = (self.text.clone(), self.texts.clone());
        for (at, source) in compilation.sources.iter().enumerate() {
            let id = SourceId(u16::try_from(at).ok()?);
            if !fix.edits.iter().any(|edit| edit.span.source == id) {
                continue;
            }
            let now = fix.applied(id, &source.text)?;
            if at == 0 {
                text = now;
            } else if self.folder().join(&source.name).is_file() {
                // The library has no file of its own beside the program's.
                texts.insert(source.name.clone(), now);
            } else {
                return None;
            }
        }
        Some((text, texts))
    }
}

/// What a diagnostic is about: the same again after a repair is a repair that did not help.
fn about(compilation: &Compilation, told: &Diagnostic) -> (Code, String, String) {
    let source = compilation.sources.get(told.span().source).map_or("", |s| s.text.as_str());
    let (line, _) = compilation.sources.line_column(told.span());
    (told.code, told.message.clone(), source.lines().nth(line - 1).unwrap_or("").trim().to_string())
}

fn count(compilation: &Compilation, of: impl Fn(&Diagnostic) -> bool) -> usize {
    compilation.diagnostics.iter().filter(|d| of(d)).count()
}

/// Whether a repair took its mistake away, and what is left can be read as well as before.
fn helped(before: &Compilation, after: &Compilation, told: &Diagnostic) -> bool {
    let what = about(before, told);
    let still = |c: &Compilation| c.diagnostics.iter().filter(|d| about(c, d) == what).count();
    let is_syntax = |d: &Diagnostic| d.code == Code::Syntax;
    let is_error = |d: &Diagnostic| d.severity == Severity::Error;
    let no_worse = match told.severity {
        // Behind a mistake others may show: more than there were only where it hid a declaration.
        Severity::Error => told.code == Code::Syntax || count(after, is_error) <= count(before, is_error),
        Severity::Warning => count(after, is_error) <= count(before, is_error),
    };
    still(after) < still(before) && count(after, is_syntax) <= count(before, is_syntax) && no_worse
}

pub(super) fn fix(args: &FixArgs) -> u8 {
    match repair(args) {
        Ok(status) => status,
        Err(message) => {
            source::fail(&message);
            status::WRONG
        }
    }
}

fn repair(args: &FixArgs) -> Result<u8, String> {
    let original = source::read(&args.program.file)?;
    let mut session = Session {
        program: &args.program,
        files: Files::beside(&args.program.file),
        name: args.program.file.display().to_string(),
        text: original.clone(),
        texts: BTreeMap::new(),
    };
    let asks = !args.all && !args.dry_run && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let mut compilation = session.compile(&session.text, &session.texts);
    let mut declined: BTreeSet<(Code, String, String)> = BTreeSet::new();
    let mut made = Vec::new();
    while made.len() < MOST {
        let mut found = None;
        for told in &compilation.diagnostics {
            if declined.contains(&about(&compilation, told)) {
                continue;
            }
            let chosen: Vec<&Fix> = match () {
                () if args.all => told.fixes.iter().collect(),
                () if asks => match told.fixes.iter().find(|fix| fix.is_certain) {
                    Some(fix) => vec![fix],
                    None => asked(told, &compilation).into_iter().collect(),
                },
                () => told.fixes.iter().filter(|fix| fix.is_certain).collect(),
            };
            let tried = chosen.into_iter().find_map(|fix| {
                let (text, texts) = session.with(&compilation, fix)?;
                let after = session.compile(&text, &texts);
                helped(&compilation, &after, told).then(|| (fix.title.clone(), text, texts, after))
            });
            match tried {
                Some(tried) => {
                    found = Some((tried, told.code));
                    break;
                }
                None => {
                    declined.insert(about(&compilation, told));
                }
            }
        }
        let Some(((title, text, texts, after), code)) = found else { break };
        made.push(format!("{}: {title}", code.code()));
        (session.text, session.texts, compilation) = (text, texts, after);
    }
    let mut changed: Vec<(PathBuf, String, String)> = Vec::new();
    if session.text != original {
        changed.push((args.program.file.clone(), original, session.text.clone()));
    }
    for (name, text) in &session.texts {
        let path = session.folder().join(name);
        let before = source::read(&path)?;
        changed.push((path, before, text.clone()));
    }
    for (path, before, after) in &changed {
        source::print(&shown(path, before, after));
    }
    let what = source::plural(made.len(), "repair");
    match (args.dry_run, changed.is_empty()) {
        (_, true) => source::note("nothing to repair"),
        (true, false) => source::note(&format!("{what} would be made; nothing was changed")),
        (false, false) => {
            for (path, before, after) in &changed {
                if source::read(path)? != *before {
                    return Err(format!("{}: was changed meanwhile; nothing was written to it", path.display()));
                }
                source::replace(path, after)?;
            }
            source::note(&format!("{what} made"));
        }
    }
    let left = compilation.diagnostics.iter().filter(|d| !d.fixes.is_empty()).count();
    if left > 0 && !args.all {
        let them = if left == 1 { "its repair" } else { "their repairs" };
        source::note(&format!(
            "{} more could have meant something else: --all makes {them}",
            source::plural(left, "mistake")
        ));
    }
    source::tell(&compilation);
    Ok(if compilation.failed() { status::WRONG } else { status::DONE })
}

/// Asks which repair is meant; none where nothing of the list is typed.
fn asked<'d>(told: &'d Diagnostic, compilation: &Compilation) -> Option<&'d Fix> {
    if told.fixes.is_empty() {
        return None;
    }
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "{}", compile::render(told, &compilation.sources, source::is_coloured(), 110));
    for (at, fix) in told.fixes.iter().enumerate() {
        let _ = writeln!(stderr, "  {}  {}", at + 1, fix.title);
    }
    let _ = write!(stderr, "which one? [1-{}, Enter: none] ", told.fixes.len());
    let _ = stderr.flush();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    told.fixes.get(line.trim().parse::<usize>().ok()?.checked_sub(1)?)
}

/// Lines that differ, with those around them; in colour on a terminal.
fn shown(path: &Path, before: &str, after: &str) -> String {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let paint = |text: &str, code: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() };
    let diff = TextDiff::from_lines(before, after);
    let name = path.display();
    let mut out = paint(&format!("--- {name}\n+++ {name}, repaired\n"), "1");
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        out.push_str(&paint(&format!("{}\n", hunk.header()), "36"));
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches(['\n', '\r']);
            let line = match change.tag() {
                ChangeTag::Delete => paint(&format!("-{line}"), "31"),
                ChangeTag::Insert => paint(&format!("+{line}"), "32"),
                ChangeTag::Equal => format!(" {line}"),
            };
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}
