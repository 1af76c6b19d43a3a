//! Reads a case, compiles it in a world of its own, compares the answer.

use fascicle_editor::analysis::{Depth, analyse};
use fascicle_editor::{Outside, Snapshot, Workspace};
use fascicle_lang::compile::{ColumnSummary, Severity, TableProblem, TableSummary};
use fascicle_lang::program::{Cohort, CohortSource};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A case, compiled.
pub struct Case {
    /// The main file, `main.fx`, without its marks.
    pub snapshot: Arc<Snapshot>,
    /// The main file among the others, which are not open.
    #[allow(dead_code, reason = "not every feature asks for it")]
    pub workspace: Workspace,
    /// The marks, in order: empty ranges are carets.
    pub marks: Vec<Range<usize>>,
}

impl Case {
    /// The first mark.
    pub fn caret(&self) -> usize {
        self.marks.first().expect("a mark ⟨⟩ in the case").start
    }
}

impl Case {
    /// What does not compile: a case that should shows none.
    #[allow(dead_code, reason = "not every feature asks for it")]
    pub fn errors(&self) -> Vec<String> {
        let analysis = self.snapshot.present.iter();
        let diagnostics = analysis.flat_map(|analysis| &analysis.compilation.diagnostics);
        diagnostics.filter(|d| d.severity == Severity::Error).map(|d| format!("error: {}", d.message)).collect()
    }
}

/// Runs all cases of a feature.
pub fn run(feature: &str, answer: impl Fn(&Case) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(feature);
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("a folder of cases").flatten().map(|e| e.path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "fx"));
    files.sort();
    assert!(!files.is_empty(), "no case in {}", folder.display());
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = String::new();
    for file in files {
        let whole = fs::read_to_string(&file).expect("a case");
        let (body, expected) = split(&whole);
        let case = read(&body);
        let found = answer(&case).trim_end().to_owned();
        if found == expected {
            continue;
        }
        if update {
            let lines: String = found.lines().map(|line| format!("//= {line}").trim_end().to_owned() + "\n").collect();
            fs::write(&file, format!("{body}{lines}")).expect("the case is written");
        } else {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let _ = writeln!(wrong, "{feature}/{name}: expected\n{expected}\n-- found\n{found}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What stands above the answer, and the answer.
fn split(whole: &str) -> (String, String) {
    let is_answer = |line: &&str| line.starts_with("//=") && !line.starts_with("//==");
    let body: String = whole.lines().filter(|l| !is_answer(l)).map(|l| format!("{l}\n")).collect();
    let answer: Vec<&str> =
        whole.lines().filter(is_answer).map(|l| l[3..].strip_prefix(' ').unwrap_or(&l[3..])).collect();
    (body, answer.join("\n"))
}

fn read(body: &str) -> Case {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    let mut name = "main.fx".to_owned();
    for line in body.lines() {
        match line.strip_prefix("//== ") {
            Some(next) => name = next.trim().to_owned(),
            None => {
                let part = parts.entry(name.clone()).or_default();
                part.push_str(line);
                part.push('\n');
            }
        }
    }
    let (text, marks) = unmarked(&parts.remove("main.fx").unwrap_or_default());
    let outside: Arc<dyn Outside> = Arc::new(Parts(parts));
    let snapshot = Snapshot::new("main.fx", &text, 1);
    let depth = Depth { wait_for_tables: true, ..Depth::default() };
    let analysis = analyse("main.fx", &snapshot.document, &BTreeMap::new(), &*outside, depth);
    assert_eq!(analysis.panic, None);
    let snapshot = Arc::new(snapshot.analysed(Arc::new(analysis)));
    let mut workspace = Workspace::new(outside);
    workspace.files.insert("main.fx".into(), snapshot.clone());
    Case { snapshot, workspace, marks }
}

/// The text without its marks, and where they were.
fn unmarked(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut plain, mut marks) = (String::new(), Vec::new());
    let mut open = 0;
    for c in text.chars() {
        match c {
            '⟨' => open = plain.len(),
            '⟩' => marks.push(open..plain.len()),
            c => plain.push(c),
        }
    }
    (plain, marks)
}

/// The other files and tables of a case.
struct Parts(BTreeMap<String, String>);

impl Outside for Parts {
    fn text(&self, path: &str) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| "there is no such file".to_owned())
    }

    fn beside(&self, _file: &str, named: &str) -> String {
        named.to_owned()
    }

    fn experiments(&self) -> Vec<String> {
        self.0.keys().filter(|name| name.ends_with(".fx")).cloned().collect()
    }

    fn table(&self, cohort: &Cohort, _wait: bool) -> Option<Result<TableSummary, TableProblem>> {
        let path = match &cohort.source {
            CohortSource::Table { path, .. } => path,
            _ => return Some(Err(TableProblem::unknown("no table"))),
        };
        Some(match self.0.get(path) {
            Some(text) => Ok(table(text)),
            None => Err(TableProblem::unknown("no such table")),
        })
    }
}

fn table(text: &str) -> TableSummary {
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap_or_default();
    let rows: Vec<Vec<&str>> = lines.collect();
    let columns = header.iter().enumerate().map(|(at, name)| {
        let cells: Vec<&str> = rows.iter().filter_map(|row| row.get(at)).copied().filter(|c| *c != "n/a").collect();
        let numeric = cells.iter().all(|cell| cell.parse::<f64>().is_ok());
        let mut levels: Vec<String> = cells.iter().map(|c| (*c).to_owned()).collect();
        levels.sort();
        levels.dedup();
        let counts = levels.iter().map(|level| cells.iter().filter(|c| *c == level).count()).collect();
        let missing = rows.len() - cells.len();
        let numbers = cells.iter().filter_map(|cell| cell.parse::<f64>().ok());
        let range = numbers.fold(None, |range: Option<(f64, f64)>, n| {
            Some(range.map_or((n, n), |(low, high)| (low.min(n), high.max(n))))
        });
        let levels = Some(levels);
        ColumnSummary { name: (*name).to_owned(), numeric, first_text: None, levels, counts, missing, range }
    });
    TableSummary { people: Some(rows.len()), columns: columns.collect() }
}
