//! CSV and TSV files: cells with their lines, typed on demand.
//!
//! ```text
//!  file ──read──▶ Table { columns, rows: [Row { line, cells }] } ──▶ cohort (joined by subject)
//!   └──────────── Tables: each file once, however many cohorts read it
//! ```
//!
//! A cell is without the white space around it. One that is empty, `n/a`, `N/A`, `NA`, `NaN` or `nan` is absence, and so
//! is `None`. A first column without a name, as row numbers are exported, is called [`UNNAMED`].

use super::error::{DataError, Result, did_you_mean};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The name given to a column whose header is empty; a second one is `column_2` and so on, by its place.
pub const UNNAMED: &str = "column_1";

/// One line of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The file it stands in: rows of several small files can make one table.
    pub path: Arc<Path>,
    /// Its line in that file, from 1.
    pub line: usize,
    /// Its cells, as many as there are columns.
    pub cells: Cells,
}

/// The cells of a row, trimmed: one text for all of them, as they are many.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cells(csv::StringRecord);

/// Tables that were read, each file once: several cohorts, and several variants, read the same one.
#[derive(Debug, Default)]
pub struct Tables(Mutex<BTreeMap<PathBuf, Arc<Table>>>);

/// A table in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The file (or the first of several).
    pub path: PathBuf,
    /// Names of the columns, in order, each once.
    pub columns: Vec<String>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// By column, whether every cell that is there is a number; found when first asked for.
    numeric: Vec<OnceLock<bool>>,
    /// The place of each name; found when first asked for.
    places: OnceLock<BTreeMap<String, usize>>,
}

impl Tables {
    /// The table of a file, read when it is first asked for. Spellings of one path are one file.
    ///
    /// # Errors
    /// As [`Table::read`]; what cannot be read is tried again.
    pub fn read(&self, path: &Path) -> Result<Arc<Table>> {
        let key = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(&key) {
            return Ok(known.clone());
        }
        let table = Arc::new(Table::read(path)?);
        read.insert(key, table.clone());
        Ok(table)
    }
}

impl Cells {
    /// A line of a file. Few lines have anything to trim, and trimming copies.
    fn of(mut line: csv::StringRecord) -> Self {
        let without_prefix = |cell: &str| {
            let ends = [cell.as_bytes().first(), cell.as_bytes().last()];
            ends.into_iter().flatten().all(u8::is_ascii_graphic)
        };
        if !line.iter().all(without_prefix) {
            line.trim();
        }
        Self(line)
    }

    /// A cell; `None` where it is missing.
    pub fn get(&self, column: usize) -> Option<&str> {
        self.0.get(column).filter(|cell| !is_absent(cell))
    }

    /// All cells, as text, missing ones too.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter()
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: Option<&str>) {
        self.0.push_field(cell.unwrap_or_default().trim());
    }
}

impl<T: AsRef<str>> FromIterator<Option<T>> for Cells {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(cells: I) -> Self {
        let mut all = Self::default();
        cells.into_iter().for_each(|cell| all.push(cell.as_ref().map(AsRef::as_ref)));
        all
    }
}

impl Table {
    /// A table of rows that are there.
    pub fn new(path: PathBuf, columns: Vec<String>, rows: Vec<Row>) -> Self {
        let numeric = vec![OnceLock::new(); columns.len()];
        Self { path, columns, rows, numeric, places: OnceLock::new() }
    }

    /// The place of a column, where there is one of this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        let places = self.places.get_or_init(|| {
            // The first of a name counts.
            self.columns.iter().enumerate().rev().map(|(i, name)| (name.clone(), i)).collect()
        });
        places.get(name).copied()
    }

    /// Whether every cell of a column that is there is a number.
    pub fn holds_no_text(&self, column: usize) -> bool {
        let is_number = |row: &Row| row.cells.get(column).is_none_or(is_number);
        self.numeric.get(column).is_some_and(|known| *known.get_or_init(|| self.rows.iter().all(is_number)))
    }

    /// Reads a file. `.tsv` means tabs and `.csv` commas, unless the first line has none of them but others. A path with a `*`
    /// that ends in `.stats` is a table of FreeSurfer's files, one a person.
    ///
    /// # Errors
    /// No such file, text that is not UTF-8, no header, a column name that occurs twice, a line with too many or too
    /// few cells, a quote that is never closed.
    pub fn read(path: &Path) -> Result<Self> {
        if super::stats::is_pattern(path) {
            return super::stats::read(path);
        }
        let bytes = super::files::read_regular(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => DataError::NotFound {
                path: path.to_owned(),
                what: "table",
                hint: "check the path; it is relative to the working folder".into(),
            },
            _ => DataError::Io { action: "read", path: path.to_owned(), source },
        })?;
        Self::parse(path, &bytes)
    }

    /// The same of bytes that were read already.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        let bad = |line: usize, problem: String| DataError::Line { path: path.to_owned(), line, problem };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            bad(line, "the text is not UTF-8; save the table as UTF-8".into())
        })?;
        let Some(head) = text.lines().find(|line| !line.trim().is_empty()) else {
            return Err(bad(1, "the table is empty, expected a line of column names".into()));
        };
        if text.matches('"').count() % 2 == 1 {
            let line = text.lines().position(|l| l.matches('"').count() % 2 == 1).unwrap_or(0) + 1;
            return Err(bad(line, "a quote is opened and never closed".into()));
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(path, head))
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
        let mut next = || -> Result<Option<(usize, csv::StringRecord)>> {
            match records.next() {
                None => Ok(None),
                Some(Ok(record)) => Ok(Some((lines.of(record.position()), record))),
                Some(Err(e)) => Err(bad(lines.of(e.position()), e.to_string())),
            }
        };
        let Some((head_line, head)) = next()? else {
            return Err(bad(1, "the table is empty, expected a line of column names".into()));
        };
        let columns = names(&head);
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, name) in columns.iter().enumerate() {
            if let Some(j) = first.insert(name, i) {
                let problem =
                    format!("the column `{name}` occurs twice, as column {} and column {}; rename one", j + 1, i + 1);
                return Err(bad(head_line, problem));
            }
        }
        let source: Arc<Path> = path.into();
        let mut rows = Vec::new();
        while let Some((line, record)) = next()? {
            if record.len() == 1 && columns.len() > 1 && record.get(0).is_some_and(|cell| cell.trim().is_empty()) {
                continue;
            }
            if record.len() != columns.len() {
                let problem = format!("{} cells, expected {} as in the first line", record.len(), columns.len());
                return Err(bad(line, problem));
            }
            rows.push(Row { path: source.clone(), line, cells: Cells::of(record) });
        }
        Ok(Self::new(path.to_owned(), columns, rows))
    }

    /// The place of a column.
    ///
    /// # Errors
    /// [`DataError::NoColumn`] with "did you mean".
    pub fn column(&self, name: &str) -> Result<usize> {
        self.position(name).ok_or_else(|| no_column(&self.path, name, &self.columns))
    }

    /// A column as numbers, `None` where a cell is missing.
    ///
    /// # Errors
    /// No such column, or text in it (with its line).
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>> {
        let column = self.column(name)?;
        self.rows.iter().map(|row| row.number(column, name)).collect()
    }

    /// The distinct values of a column, sorted; numbers by value.
    ///
    /// # Errors
    /// No such column.
    pub fn levels(&self, name: &str) -> Result<Vec<String>> {
        let column = self.column(name)?;
        Ok(levels_of(self.rows.iter().filter_map(|row| row.cells.get(column))))
    }

    /// The column that identifies people: the one asked for, else `participant_id`, else the first.
    ///
    /// # Errors
    /// The one asked for is not there.
    pub fn subject_column(&self, asked: Option<&str>) -> Result<usize> {
        match asked {
            Some(name) => self.column(name),
            None => Ok(self.columns.iter().position(|c| c == "participant_id").unwrap_or(0)),
        }
    }

    /// Rows by subject (without `sub-`) and session (without `ses-`).
    ///
    /// # Errors
    /// A row without a subject, or the same subject and session twice, with both lines.
    pub fn by_subject(
        &self,
        subject: usize,
        session: Option<usize>,
    ) -> Result<BTreeMap<(String, Option<String>), usize>> {
        let mut places: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
        for (i, row) in self.rows.iter().enumerate() {
            let Some(id) = row.cells.get(subject) else {
                return Err(DataError::Line {
                    path: row.path.to_path_buf(),
                    line: row.line,
                    problem: format!("no subject in column `{}`", self.columns[subject]),
                });
            };
            let session = session.and_then(|s| row.cells.get(s));
            let key = (without_prefix(id, "sub-").to_owned(), session.map(|s| without_prefix(s, "ses-").to_owned()));
            if let Some(first) = places.insert(key, i) {
                return Err(DataError::DuplicateSubject {
                    path: row.path.to_path_buf(),
                    subject: session.map_or_else(|| id.to_owned(), |s| format!("{id}, session {s}")),
                    first: self.rows[first].line,
                    second: row.line,
                });
            }
        }
        Ok(places)
    }

    /// The column that tells sessions of a subject apart, where there is one.
    pub fn session_column(&self) -> Option<usize> {
        self.columns.iter().position(|c| c == "session_id" || c == "session")
    }
}

impl Row {
    /// A cell as a number; `name` is the column's, for the message.
    ///
    /// # Errors
    /// [`DataError::NotANumber`].
    pub fn number(&self, column: usize, name: &str) -> Result<Option<f64>> {
        let Some(cell) = self.cells.get(column) else { return Ok(None) };
        match parse_number(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(DataError::NotANumber {
                path: self.path.to_path_buf(),
                line: self.line,
                column: name.to_owned(),
                value: cell.to_owned(),
            }),
        }
    }
}

/// A finite number as tables write it.
pub fn parse_number(cell: &str) -> Option<f64> {
    cell.parse::<f64>().ok().filter(|v| v.is_finite())
}

/// Whether a cell holds a number, which most that do are seen to without its value.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell).as_bytes();
    let mut points = 0;
    let plain = digits.iter().all(|byte| {
        points += usize::from(*byte == b'.');
        byte.is_ascii_digit() || *byte == b'.'
    });
    // Shorter than any that would not be finite.
    plain && points <= 1 && digits.len() > points && digits.len() < 300 || parse_number(cell).is_some()
}

/// Distinct values, sorted: by value if all are numbers, else as text.
pub fn levels_of<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut levels: Vec<String> =
        cells.collect::<std::collections::BTreeSet<_>>().into_iter().map(str::to_owned).collect();
    if levels.iter().all(|level| parse_number(level).is_some()) {
        levels.sort_by(|a, b| {
            let value = |level: &str| parse_number(level).unwrap_or(0.0);
            value(a).total_cmp(&value(b))
        });
    }
    levels
}

/// Whether two cells name the same class: the same text, or the same number (`1` and `1.0`).
pub fn same_level(a: &str, b: &str) -> bool {
    a == b || matches!((parse_number(a), parse_number(b)), (Some(x), Some(y)) if x == y)
}

/// An identifier without its BIDS prefix.
pub fn without_prefix<'a>(id: &'a str, prefix: &str) -> &'a str {
    id.strip_prefix(prefix).unwrap_or(id)
}

/// [`DataError::NoColumn`] with the nearest name, or the names there are.
pub(crate) fn no_column(path: &Path, name: &str, columns: &[String]) -> DataError {
    let hint = match did_you_mean(name, columns.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let shown: Vec<_> = columns.iter().take(8).map(|c| format!("`{c}`")).collect();
            let more = columns.len().saturating_sub(shown.len());
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("it has {}{rest}", shown.join(", "))
        }
    };
    DataError::NoColumn { path: path.to_owned(), column: name.to_owned(), hint }
}

/// Lines of records that come in order. The reader's own count is one behind after `\r\n`.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> usize {
        let start = position.map_or(self.at, |p| p.byte() as usize).clamp(self.at, self.text.len());
        let blank = self.text[start..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let to = start + blank;
        self.line += self.text[self.at..to].iter().filter(|b| **b == b'\n').count();
        self.at = to;
        self.line
    }
}

fn is_absent(cell: &str) -> bool {
    cell.len() <= 3 && matches!(cell, "" | "n/a" | "N/A" | "NA" | "NaN" | "nan")
}

fn names(head: &csv::StringRecord) -> Vec<String> {
    head.iter()
        .enumerate()
        .map(|(i, name)| match (i, name.trim()) {
            (0, "") => UNNAMED.to_owned(),
            (i, "") => format!("column_{}", i + 1),
            (_, name) => name.to_owned(),
        })
        .collect()
}

fn delimiter(path: &Path, head: &str) -> u8 {
    let by_name = match path.extension().and_then(|e| e.to_str()) {
        Some("tsv" | "tab") => b'\t',
        _ => b',',
    };
    if head.as_bytes().contains(&by_name) {
        return by_name;
    }
    [b'\t', b',', b';'].into_iter().find(|d| head.as_bytes().contains(d)).unwrap_or(by_name)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
