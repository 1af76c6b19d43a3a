//! A BIDS folder, indexed: who is in it, in which sessions, and which of their files match a pattern.
//!
//! ```text
//!  folder ──▶ Bids { subjects: [ses-..], participants, sessions, phenotype, derivatives } ──find──▶ one file a record
//! ```
//!
//! Only names are looked at. Folders are listed in sorted order, so that the same tree gives the same index.

use super::error::{DataError, Result};
use super::table::{Row, Table};
use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// An indexed BIDS folder.
#[derive(Debug, Clone)]
pub struct Bids {
    /// The folder.
    pub root: PathBuf,
    /// Subjects (`sub-01`) with their sessions (`ses-01`; empty where the subject has none), sorted.
    pub subjects: BTreeMap<String, Vec<String>>,
    /// `participants.tsv`.
    pub participants: Option<Table>,
    /// All `sub-*_sessions.tsv` as one table; its first column, `participant_id`, comes from the file's place.
    pub sessions: Option<Table>,
    /// Tables under `phenotype/`, sorted by name.
    pub phenotype: Vec<PathBuf>,
    /// Folders under `derivatives/`, sorted.
    pub derivatives: Vec<String>,
}

impl Bids {
    /// Indexes a folder.
    ///
    /// # Errors
    /// No such folder, a folder without `participants.tsv` and without `sub-*`, or a table that cannot be read.
    pub fn open(root: &Path) -> Result<Self> {
        if !root.is_dir() {
            return Err(DataError::NotFound {
                path: root.to_owned(),
                what: "BIDS folder",
                hint: "check the path; it is relative to the working folder".into(),
            });
        }
        let mut subjects = BTreeMap::new();
        for subject in folders(root)?.into_iter().filter(|name| name.starts_with("sub-")) {
            let sessions = folders(&root.join(&subject))?.into_iter().filter(|s| s.starts_with("ses-")).collect();
            subjects.insert(subject, sessions);
        }
        let table = root.join("participants.tsv");
        // Whatever has the name is read, so that a pipe or a link without content is told and not passed over.
        let participants = if table.symlink_metadata().is_ok() { Some(Table::read(&table)?) } else { None };
        if subjects.is_empty() && participants.is_none() {
            return Err(DataError::NotFound {
                path: root.join("participants.tsv"),
                what: "BIDS data set",
                hint: "expected participants.tsv or folders called sub-*".into(),
            });
        }
        let sessions = sessions_table(root, &subjects)?;
        let derivatives = match root.join("derivatives") {
            folder if folder.is_dir() => folders(&folder)?,
            _ => Vec::new(),
        };
        let mut phenotype: Vec<PathBuf> = WalkDir::new(root.join("phenotype"))
            .max_depth(1)
            .into_iter()
            .filter_map(|entry| entry.ok().map(walkdir::DirEntry::into_path))
            .filter(|path| path.extension().is_some_and(|e| e == "tsv"))
            .collect();
        phenotype.sort();
        Ok(Self { root: root.to_owned(), subjects, participants, sessions, phenotype, derivatives })
    }
}

/// Which file of each subject, compiled from `anat/*_T1w.nii.gz` or `derivatives/NAME/anat/*_dseg.nii.gz`.
///
/// `*` stays within a folder, `**` crosses folders.
#[derive(Debug, Clone)]
pub struct FilePattern {
    /// As the file spells it.
    pub spelling: String,
    derivative: Option<String>,
    within: String,
    matcher: GlobMatcher,
}

impl FilePattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// [`DataError::Pattern`].
    pub fn new(spelling: &str) -> Result<Self> {
        let refuse = |problem: String| DataError::Pattern { pattern: spelling.to_owned(), problem };
        let (derivative, within) = match spelling.strip_prefix("derivatives/") {
            None => (None, spelling),
            Some(rest) => match rest.split_once('/') {
                Some((name, within)) if !name.is_empty() => (Some(name.to_owned()), within),
                _ => return Err(refuse("expected `derivatives/NAME/..`".into())),
            },
        };
        if within.is_empty() || within.starts_with('/') || within.split('/').any(|part| part == "..") {
            return Err(refuse("expected a path below the subject's folder".into()));
        }
        let matcher = GlobBuilder::new(within)
            .literal_separator(true)
            .build()
            .map_err(|e| refuse(e.kind().to_string()))?
            .compile_matcher();
        Ok(Self { spelling: spelling.to_owned(), derivative, within: within.to_owned(), matcher })
    }

    /// The contrast in the last part of the pattern: `T1w` of `anat/*_T1w.nii.gz`.
    pub fn suffix(&self) -> &str {
        let name = self.within.rsplit('/').next().unwrap_or(&self.within);
        let stem = name.split('.').next().unwrap_or(name);
        stem.rsplit(['_', '*']).next().unwrap_or(stem)
    }

    /// The subject's one file below `root`.
    ///
    /// # Errors
    /// [`DataError::Ambiguous`] where several match, naming them.
    pub fn find(&self, root: &Path, subject: &str, session: Option<&str>) -> Result<FileSearch> {
        let mut folder = root.to_owned();
        if let Some(name) = &self.derivative {
            folder.push("derivatives");
            folder.push(name);
        }
        folder.push(subject);
        if let Some(session) = session {
            folder.push(session);
        }
        // What stands before the first wildcard need not be walked.
        let fixed: PathBuf = self.within.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
        let start = folder.join(&fixed);
        let start = if start.is_dir() || fixed.as_os_str().is_empty() { start } else { parent(&start) };
        let deep = self.within.contains("**");
        let depth = if deep { usize::MAX } else { self.within.split('/').count() };
        let matching = |path: &Path| path.strip_prefix(&folder).is_ok_and(|inside| self.matcher.is_match(inside));
        let (mut matches, mut unreadable) = (Vec::new(), None);
        // A link to a folder above this one would have the whole disk walked.
        let leads_out = |entry: &walkdir::DirEntry| {
            entry.path_is_symlink() && entry.file_type().is_dir() && is_above(entry.path(), root)
        };
        let walk = WalkDir::new(&start).max_depth(depth).follow_links(true).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(|entry| !leads_out(entry)) {
            match entry {
                Ok(entry) if !matching(entry.path()) => {}
                Ok(entry) if entry.file_type().is_file() => matches.push(entry.into_path()),
                Ok(entry) => {
                    let what = if entry.file_type().is_dir() { "a folder" } else { "a pipe, socket or device" };
                    unreadable.get_or_insert(format!("{} is {what}, not a file", entry.path().display()));
                }
                Err(error) => {
                    if let Some(reason) = why_not_read(&error, &start, &matching) {
                        unreadable.get_or_insert(reason);
                    }
                }
            }
        }
        match (matches.len(), unreadable) {
            (0, None) => Ok(FileSearch::Absent),
            (0, Some(reason)) => Ok(FileSearch::Unreadable(reason)),
            (1, _) => Ok(matches.pop().map_or(FileSearch::Absent, FileSearch::One)),
            _ => Err(DataError::Ambiguous {
                record: session.map_or_else(|| subject.to_owned(), |s| format!("{subject}, {s}")),
                pattern: self.spelling.clone(),
                files: matches
                    .iter()
                    .map(|path| path.strip_prefix(&folder).unwrap_or(path).display().to_string())
                    .collect(),
            }),
        }
    }
}

/// What a search for a file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSearch {
    /// The file.
    One(PathBuf),
    /// Nothing of that name.
    Absent,
    /// There is something, or there may be, and it cannot be read: why.
    Unreadable(String),
}

/// Why something could not be looked at: `None` where it is of no concern, or where nothing was looked for.
fn why_not_read(error: &walkdir::Error, start: &Path, matching: &dyn Fn(&Path) -> bool) -> Option<String> {
    let path = error.path()?;
    let kind = error.io_error()?.kind();
    match path.read_link() {
        Ok(target) if kind == std::io::ErrorKind::NotFound => matching(path).then(|| broken_link(path, &target)),
        // The folder that is searched need not exist.
        _ if kind == std::io::ErrorKind::NotFound && path == start => None,
        _ => Some(format!("{} cannot be read: {}", path.display(), error.io_error()?)),
    }
}

/// A link whose file is not there: of an annex, its content was not fetched.
fn broken_link(path: &Path, target: &Path) -> String {
    let annexed = target.components().any(|part| part.as_os_str() == "annex");
    match annexed {
        true => format!("the content of {} is not here (git annex get, or datalad get, fetches it)", path.display()),
        false => format!("{} is a link to {}, which is not there", path.display(), target.display()),
    }
}

/// Whether a folder holds another, links resolved.
fn is_above(folder: &Path, other: &Path) -> bool {
    match (folder.canonicalize(), other.canonicalize()) {
        (Ok(folder), Ok(other)) => other.starts_with(folder),
        _ => false,
    }
}

/// The parts of a BIDS file name: `sub-01_ses-2_acq-mprage_T1w.nii.gz` has entities `sub`, `ses` and `acq`, the suffix
/// `T1w` and the extension `.nii.gz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entities {
    /// Key and value, in order.
    pub pairs: Vec<(String, String)>,
    /// What stands after the last `_`.
    pub suffix: String,
    /// From the first dot on.
    pub extension: String,
}

impl Entities {
    /// Takes a file name apart; parts that are not `key-value` are passed over.
    pub fn parse(name: &str) -> Self {
        let (stem, extension) = name.find('.').map_or((name, ""), |dot| name.split_at(dot));
        let (front, suffix) = stem.rsplit_once('_').unwrap_or(("", stem));
        let pairs = front
            .split('_')
            .filter_map(|part| part.split_once('-'))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        Self { pairs, suffix: suffix.to_owned(), extension: extension.to_owned() }
    }

    /// The value of an entity.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map_or_else(|| path.to_owned(), Path::to_owned)
}

fn folders(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root).map_err(DataError::io("list", root))? {
        let entry = entry.map_err(DataError::io("list", root))?;
        if entry.path().is_dir()
            && let Some(name) = entry.file_name().to_str()
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// `sub-*/sub-*_sessions.tsv`, put together; a file with other columns than the first has its missing ones absent.
fn sessions_table(root: &Path, subjects: &BTreeMap<String, Vec<String>>) -> Result<Option<Table>> {
    let mut whole: Option<Table> = None;
    for subject in subjects.keys() {
        let path = root.join(subject).join(format!("{subject}_sessions.tsv"));
        if path.symlink_metadata().is_err() {
            continue;
        }
        let part = Table::read(&path)?;
        let whole = whole.get_or_insert_with(|| Table::new(path, vec!["participant_id".into()], Vec::new()));
        for column in &part.columns {
            if !whole.columns.contains(column) {
                whole.columns.push(column.clone());
                for row in &mut whole.rows {
                    row.cells.push(None);
                }
            }
        }
        for row in &part.rows {
            let cell = |name: &String| {
                let place = part.columns.iter().position(|c| c == name)?;
                row.cells.get(place)
            };
            let subject = std::iter::once(Some(subject.as_str()));
            let cells = subject.chain(whole.columns[1..].iter().map(cell)).collect();
            whole.rows.push(Row { path: row.path.clone(), line: row.line, cells });
        }
    }
    Ok(whole)
}
