//! A cohort, loaded: its records (a subject, or a session of one), their joined rows, and where their images are.
//!
//! ```text
//!  Cohort (what the file says) ──load──▶ CohortData { records, tables, files, flow } ──▶ dataset, summary, splits
//! ```
//!
//! Rows meet records by subject, with or without `sub-`, and by session where a table has sessions; never by position.

use super::bids::{Bids, FilePattern, FileSearch};
use super::error::{DataError, Result, Strangers};
use super::flow::Flow;
pub use super::image_file::ImageFile;
use super::joined_table::JoinedTable;
use super::phantom::{Contrast, Phantom, PhantomSpec};
use super::table::{Cells, Row, Table, Tables, levels_of, no_column, parse_number, without_prefix};
use fascicle_lang::program::{Cohort, PhantomSettings};
use indexmap::{IndexMap, IndexSet};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// For a record that is kept: the sessions of the images that come from elsewhere, by pattern.
pub(super) type Partners = BTreeMap<String, Option<String>>;

/// One subject, or one session of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The subject, as its folder or its row spells it.
    pub subject: String,
    /// The session, where the subject has any.
    pub session: Option<String>,
    /// Its row in each of the cohort's tables.
    pub(super) rows: Vec<Option<usize>>,
    /// The sessions of those images that are paired with it from elsewhere.
    pub(super) partners: Partners,
}

impl Record {
    /// `sub-01`, or `sub-01_ses-02`.
    pub fn name(&self) -> String {
        match &self.session {
            None => self.subject.clone(),
            Some(session) => format!("{}_ses-{}", self.subject, without_prefix(session, "ses-")),
        }
    }
}

/// A cohort whose tables are read and whose folder is indexed; no image is opened.
#[derive(Debug, Clone)]
pub struct CohortData {
    /// Its name in the file.
    pub name: String,
    /// Who is in it: everybody who meets every `keep`.
    pub records: Vec<Record>,
    /// Who was found, left out and kept.
    pub flow: Flow,
    /// Where it was read, resolved: two cohorts with the same origin share people.
    pub origin: String,
    pub(crate) tables: Vec<JoinedTable>,
    pub(super) rename: IndexMap<String, String>,
    pub(super) files: Files,
    /// The least share of the records that must have all that is required.
    pub(crate) least_complete: f64,
}

/// Where a column is: its name for messages, and its places, first found first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPlace {
    name: String,
    places: Vec<(usize, usize)>,
}

/// Why a record has no image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoImage {
    /// There is none.
    Absent(String),
    /// There is one, or may be, and it cannot be read.
    Unreadable(String),
}

/// Where images are.
#[derive(Debug, Clone)]
pub(super) enum Files {
    Folder(PathBuf),
    Phantom(Arc<Phantom>),
}

impl CohortData {
    /// Joins a table from a file, whose rows must be of somebody.
    pub(super) fn join(&mut self, known: &Tables, path: &Path, subject: Option<&str>) -> Result<()> {
        let table = known.read(path)?;
        // A joined table may call its subjects otherwise.
        let subject = subject.filter(|name| table.columns.iter().any(|c| c == name));
        self.attach(JoinedTable::new(table, subject)?)?;
        self.somebody_is_joined()
    }

    /// The last table must have a row of somebody.
    fn somebody_is_joined(&self) -> Result<()> {
        let Some(joined) = self.tables.last() else { return Ok(()) };
        let is_joined = |record: &Record| record.rows.last().is_some_and(Option::is_some);
        if self.records.is_empty() || joined.table.rows.is_empty() || self.records.iter().any(is_joined) {
            return Ok(());
        }
        let three = |ids: &mut dyn Iterator<Item = &str>| {
            let shown: Vec<String> = ids.take(3).map(|id| format!("`{id}`")).collect();
            shown.join(", ")
        };
        let key = match self.tables.first() {
            Some(first) if self.tables.len() > 1 => first.table.columns[first.subject].clone(),
            _ => "sub-* folders".to_owned(),
        };
        let column = joined.table.columns[joined.subject].clone();
        Err(DataError::JoinsNobody(Box::new(Strangers {
            path: joined.table.path.clone(),
            there: three(&mut joined.table.rows.iter().filter_map(|row| row.cells.get(joined.subject))),
            here: three(&mut self.records.iter().map(|record| record.subject.as_str())),
            hint: format!(
                "rows meet people by their identifiers; if another column than `{column}` has them, call it `participant_id`, or by the \
                 name that `subject` gives"
            ),
            key,
            column,
        })))
    }

    pub(super) fn of_bids(cohort: &Cohort, root: &Path) -> Result<Self> {
        let bids = Bids::open(root)?;
        let mut found: Vec<(String, Option<String>)> = Vec::new();
        for (subject, sessions) in &bids.subjects {
            match sessions.is_empty() {
                true => found.push((subject.clone(), None)),
                false => found.extend(sessions.iter().map(|s| (subject.clone(), Some(s.clone())))),
            }
        }
        let mut tables = Vec::new();
        if let Some(table) = bids.participants {
            let table = JoinedTable::new(Arc::new(table), cohort.subject.as_deref())?;
            let folders: BTreeSet<&str> = bids.subjects.keys().map(|s| without_prefix(s, "sub-")).collect();
            for row in &table.table.rows {
                if let Some(id) = row.cells.get(table.subject)
                    && !folders.contains(without_prefix(id, "sub-"))
                {
                    found.push((id.to_owned(), None));
                }
            }
            tables.push(table);
        }
        let by_folder = bids.subjects.len();
        if let Some(table) = bids.sessions {
            tables.push(JoinedTable { by_session: true, ..JoinedTable::new(Arc::new(table), None)? });
        }
        // Whoever is in the table alone has images of another place, or none; but one of the folders should be in it.
        if let Some(table) = tables.first().filter(|t| !t.by_session && by_folder > 0) {
            let listed: BTreeSet<&str> = table
                .table
                .rows
                .iter()
                .filter_map(|row| row.cells.get(table.subject))
                .map(|id| without_prefix(id, "sub-"))
                .collect();
            if !listed.is_empty() && !bids.subjects.keys().any(|s| listed.contains(without_prefix(s, "sub-"))) {
                let three =
                    |ids: Vec<&str>| ids.iter().take(3).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
                return Err(DataError::JoinsNobody(Box::new(Strangers {
                    path: table.table.path.clone(),
                    column: table.table.columns[table.subject].clone(),
                    there: three(table.table.rows.iter().filter_map(|row| row.cells.get(table.subject)).collect()),
                    key: "the subjects' folders".into(),
                    here: three(bids.subjects.keys().map(String::as_str).collect()),
                    hint: "the folder of `01` is `sub-01`; `subject COLUMN` names the column that identifies people"
                        .into(),
                })));
            }
        }
        Self::assemble(cohort, origin_of(root), Files::Folder(root.to_owned()), found, tables)
    }

    pub(super) fn of_table(cohort: &Cohort, path: &Path, known: &Tables) -> Result<Self> {
        let table = JoinedTable::new(known.read(path)?, cohort.subject.as_deref())?;
        let folder = folder_of_table(path);
        let people = table.people()?;
        Self::assemble(cohort, origin_of(path), Files::Folder(folder), people, vec![table])
    }

    pub(super) fn of_phantom(cohort: &Cohort, settings: &PhantomSettings) -> Result<Self> {
        let spec = PhantomSpec {
            subjects: settings.subjects,
            seed: settings.seed,
            shape: settings.shape,
            missing_scan: settings.missing_scan,
            missing_cell: settings.missing_cell,
            noise: settings.noise,
            sites: settings.sites,
            ..PhantomSpec::default()
        };
        let phantom = Phantom::new(spec).map_err(|e| DataError::Phantom(e.to_string()))?;
        let columns: Vec<String> = phantom.columns().iter().map(|c| (*c).to_owned()).collect();
        let table = table_of(Path::new("phantom"), columns, phantom.cells());
        let table = JoinedTable::new(Arc::new(table), cohort.subject.as_deref())?;
        let people = table.people()?;
        let origin = format!("{:?}", phantom.spec());
        Self::assemble(cohort, origin, Files::Phantom(Arc::new(phantom)), people, vec![table])
    }

    fn assemble(
        cohort: &Cohort,
        origin: String,
        files: Files,
        people: Vec<(String, Option<String>)>,
        tables: Vec<JoinedTable>,
    ) -> Result<Self> {
        let records = people.into_iter().map(|(subject, session)| Record {
            subject,
            session,
            rows: Vec::new(),
            partners: Partners::new(),
        });
        let mut data = Self {
            name: cohort.name.clone(),
            records: records.collect(),
            flow: Flow { cohort: cohort.name.clone(), ..Flow::default() },
            origin,
            tables: Vec::new(),
            rename: cohort.rename.clone(),
            files,
            least_complete: cohort.complete.unwrap_or(Cohort::LEAST_COMPLETE),
        };
        for record in &data.records {
            let ids = std::iter::once(record.subject.as_str()).chain(record.session.as_deref());
            if let Some((id, problem)) = ids.filter_map(|id| Some((id, unusable(id)?))).next() {
                let row = tables.iter().flat_map(|t| &t.table.rows).find(|row| row.cells.iter().any(|cell| cell == id));
                return Err(DataError::Identifier {
                    path: row.map_or_else(|| PathBuf::from(&data.origin), |row| row.path.to_path_buf()),
                    line: row.map_or(1, |row| row.line),
                    id: id.escape_debug().to_string(),
                    problem,
                });
            }
        }
        for table in tables {
            data.attach(table)?;
        }
        Ok(data)
    }

    /// Joins a table: finds each record's row in it.
    pub(super) fn attach(&mut self, table: JoinedTable) -> Result<()> {
        let places = table.table.by_subject(table.subject, table.session)?;
        for record in &mut self.records {
            let subject = without_prefix(&record.subject, "sub-").to_owned();
            let session = record.session.as_deref().map(|s| without_prefix(s, "ses-").to_owned());
            let exact = places.get(&(subject.clone(), session));
            record.rows.push(exact.or_else(|| places.get(&(subject, None))).copied());
        }
        self.tables.push(table);
        Ok(())
    }

    pub(super) fn count(&mut self) {
        self.flow.found = self.records.len();
        self.flow.subjects = self.records.iter().map(|r| r.subject.as_str()).collect::<BTreeSet<_>>().len();
        self.flow.analysed = self.records.len();
    }

    /// Names of all columns (renamed ones by their new name), in the order of the tables.
    pub fn columns(&self) -> Vec<&str> {
        // The first new name of a column counts.
        let renamed: BTreeMap<&str, &str> =
            self.rename.iter().rev().map(|(new, old)| (old.as_str(), new.as_str())).collect();
        let mut names: IndexSet<&str> = IndexSet::new();
        for joined in &self.tables {
            for (i, column) in joined.table.columns.iter().enumerate() {
                let is_key = i == joined.subject || Some(i) == joined.session;
                if !is_key || names.is_empty() {
                    names.insert(renamed.get(column.as_str()).copied().unwrap_or(column));
                }
            }
        }
        names.into_iter().collect()
    }

    /// Where a column is.
    ///
    /// # Errors
    /// [`DataError::NoColumn`] with "did you mean".
    pub fn column(&self, name: &str) -> Result<ColumnPlace> {
        let stored = self.rename.get(name).map_or(name, String::as_str);
        let of = |wanted: bool| {
            self.tables
                .iter()
                .enumerate()
                .filter(move |(_, t)| t.by_session == wanted)
                .filter_map(move |(i, t)| t.table.position(stored).map(|column| (i, column)))
        };
        let places: Vec<(usize, usize)> = of(true).chain(of(false).take(1)).collect();
        if places.is_empty() {
            let known: Vec<String> = self.columns().into_iter().map(str::to_owned).collect();
            let path = self.tables.first().map_or_else(|| self.expected_table(), |t| t.table.path.clone());
            return Err(no_column(&path, stored, &known));
        }
        Ok(ColumnPlace { name: name.to_owned(), places })
    }

    fn expected_table(&self) -> PathBuf {
        match &self.files {
            Files::Folder(root) => root.join("participants.tsv"),
            Files::Phantom(_) => "phantom".into(),
        }
    }

    /// A record's cell; `None` where it is missing, or the record has no row.
    pub fn text(&self, record: usize, place: &ColumnPlace) -> Option<&str> {
        self.cell(record, place).map(|(_, cell)| cell)
    }

    /// The first cell among the kept records that holds text, with its line; `None` where all are numbers.
    pub fn first_text(&self, place: &ColumnPlace) -> Option<(usize, &str)> {
        let holds_no_text = |(table, column): &(usize, usize)| self.tables[*table].table.holds_no_text(*column);
        if place.places.iter().all(holds_no_text) {
            return None;
        }
        (0..self.records.len()).find_map(|record| {
            let (row, cell) = self.cell(record, place)?;
            parse_number(cell).is_none().then_some((row.line, cell))
        })
    }

    /// A record's cell that is there, with its row.
    fn cell(&self, record: usize, place: &ColumnPlace) -> Option<(&Row, &str)> {
        place.places.iter().find_map(|(table, column)| {
            let row = self.tables[*table].table.rows.get(self.records[record].rows[*table]?)?;
            Some((row, row.cells.get(*column)?))
        })
    }

    /// A record's cell as a number.
    ///
    /// # Errors
    /// [`DataError::NotANumber`] with file and line.
    pub fn number(&self, record: usize, place: &ColumnPlace) -> Result<Option<f64>> {
        for (table, column) in &place.places {
            if let Some(row) = self.records[record].rows[*table]
                && let Some(value) = self.tables[*table].table.rows[row].number(*column, &place.name)?
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// A column of the kept records as numbers.
    ///
    /// # Errors
    /// No such column, or all cells that are not numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>> {
        let place = self.column(name)?;
        let mut errors = Vec::new();
        let values = (0..self.records.len()).map(|r| {
            self.number(r, &place).unwrap_or_else(|e| {
                errors.push(e);
                None
            })
        });
        let values = values.collect();
        DataError::collect(errors)?;
        Ok(values)
    }

    /// A column of the kept records as text.
    ///
    /// # Errors
    /// No such column.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<&str>>> {
        let place = self.column(name)?;
        Ok((0..self.records.len()).map(|r| self.text(r, &place)).collect())
    }

    /// The distinct values among the kept records, sorted; numbers by value.
    ///
    /// # Errors
    /// No such column.
    pub fn levels(&self, name: &str) -> Result<Vec<String>> {
        Ok(levels_of(self.texts(name)?.into_iter().flatten()))
    }

    /// A record's image; `None` where there is none, or none that can be read: see [`CohortData::find_image`].
    ///
    /// # Errors
    /// Several files match, or the phantom has no such contrast.
    pub fn image(&self, record: usize, pattern: &FilePattern) -> Result<Option<ImageFile>> {
        Ok(self.find_image(record, pattern)?.ok())
    }

    /// A record's image, or why it has none.
    ///
    /// # Errors
    /// Several files match, or the phantom has no such contrast.
    pub fn find_image(&self, record: usize, pattern: &FilePattern) -> Result<std::result::Result<ImageFile, NoImage>> {
        let this = &self.records[record];
        match &self.files {
            Files::Folder(root) => {
                let session = this.partners.get(&pattern.spelling).unwrap_or(&this.session);
                let mut none = NoImage::Absent(format!("no file matches `{}`", pattern.spelling));
                for subject in [this.subject.clone(), format!("sub-{}", this.subject)] {
                    match pattern.find(root, &subject, session.as_deref())? {
                        FileSearch::One(path) => return Ok(Ok(ImageFile::Path(path))),
                        FileSearch::Unreadable(reason) => none = NoImage::Unreadable(reason),
                        FileSearch::Absent => {}
                    }
                }
                Ok(Err(none))
            }
            Files::Phantom(phantom) => {
                let subject = this.rows.first().copied().flatten().unwrap_or(0);
                let suffix = pattern.suffix();
                let contrast = match suffix {
                    "dseg" => None,
                    _ => Some(Contrast::ALL.into_iter().find(|c| c.suffix() == suffix).ok_or_else(|| {
                        let problem = "the phantom has T1w, T2w, FLAIR, pet, and labels as dseg".to_owned();
                        DataError::Pattern { pattern: pattern.spelling.clone(), problem }
                    })?),
                };
                if contrast.is_some_and(|c| !phantom.has_scan(subject, c)) {
                    return Ok(Err(NoImage::Absent(format!("no file matches `{}`", pattern.spelling))));
                }
                Ok(Ok(ImageFile::Scan { phantom: phantom.clone(), subject, contrast }))
            }
        }
    }

    /// Whether it is painted rather than read.
    pub fn is_phantom(&self) -> bool {
        matches!(self.files, Files::Phantom(_))
    }

    /// Whether any table has a row of this record.
    pub fn has_row(&self, record: usize) -> bool {
        self.records[record].rows.iter().any(Option::is_some)
    }

    /// Who a record is, the same in every cohort of the same origin.
    pub fn person(&self, record: usize) -> String {
        format!("{}\n{}", self.origin, without_prefix(&self.records[record].subject, "sub-"))
    }

    /// The names of the records that meet a condition.
    ///
    /// # Errors
    /// A column that is not there, or text where a number is compared.
    pub fn who_satisfies(&self, condition: &fascicle_lang::program::Predicate) -> Result<Vec<String>> {
        super::keep::check_columns(self, condition)?;
        let mut names = Vec::new();
        for (at, record) in self.records.iter().enumerate() {
            if super::keep::satisfies(self, at, condition)? == Some(true) {
                names.push(record.name());
            }
        }
        Ok(names)
    }

    /// The tables that were read.
    pub fn table_paths(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = Vec::new();
        for joined in &self.tables {
            for path in joined.table.rows.iter().map(|row| &*row.path).chain([joined.table.path.as_path()]) {
                if path.is_file() && !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        paths
    }

    /// What tells a table's file from the others wherever the cohort lies: its name, and where every person has one, whose it is.
    pub(super) fn table_name(&self, file: &Path) -> String {
        let patterns = self.tables.iter().map(|t| t.table.path.as_path()).filter(|path| super::stats::is_pattern(path));
        let below = patterns.filter_map(|pattern| file.strip_prefix(super::stats::above(pattern)).ok()).next();
        below.or_else(|| file.file_name().map(Path::new)).unwrap_or(file).to_string_lossy().into_owned()
    }
}

/// The folder that a table's images and further tables lie in.
pub(super) fn folder_of_table(path: &Path) -> PathBuf {
    match super::stats::is_pattern(path) {
        true => super::stats::above(path),
        false => path.parent().unwrap_or(Path::new("")).to_owned(),
    }
}

/// Why an identifier cannot name a file or a folder of its own.
fn unusable(id: &str) -> Option<&'static str> {
    match id {
        "." | ".." => Some("it is a folder's name for itself or the one above"),
        _ if id.contains(['/', '\\']) => Some("it holds a separator of folders"),
        _ if id.chars().any(char::is_control) => Some("it holds a tab, a new line or another control character"),
        _ if id.len() > 128 => Some("it is longer than 128 bytes"),
        _ => None,
    }
}

/// A table that was never a file; `path` is what messages call it.
pub(super) fn table_of(path: &Path, columns: Vec<String>, rows: Vec<Cells>) -> Table {
    let shared: Arc<Path> = path.into();
    let row = |(at, cells): (usize, Cells)| Row { path: shared.clone(), line: at + 2, cells };
    Table::new(path.to_owned(), columns, rows.into_iter().enumerate().map(row).collect())
}

fn origin_of(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string()
}

#[cfg(test)]
#[path = "cohort_tests.rs"]
mod tests;
