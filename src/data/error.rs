//! What can be wrong with data, said so that a reader knows which file, line or subject to open.
//!
//! Everything in [`crate`] returns [`DataError`]. Each message names the file (and line, column or subject), what
//! was expected, what was found, and what to do. Several errors of the same pass are handed over together as
//! [`DataError::Many`], so that a cohort with ten broken files needs one run to find all ten.

use super::flow::Flow;
use fascicle_lang::program::CohortClause;
use std::path::{Path, PathBuf};

/// What is wrong with an input that is given by hand where one is read from people.
pub(super) const IN_NO_COHORT: &str = "its values are given to `fascicle apply`, and no cohort has them; to train on people, \
                                       read it with c.image(..), c.columns(..) or c.column(..)";

/// What is returned by everything that reads data.
pub type Result<T> = std::result::Result<T, DataError>;

/// Something wrong with a file, a table, a cohort or a division of subjects.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file or folder is not there.
    #[error("there is no {what} at {}; {hint}", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
        /// `BIDS folder`, `table`, `image`.
        what: &'static str,
        /// What to do.
        hint: String,
    },
    /// Ctrl-C came while images were decoded or fitted.
    #[error("interrupted")]
    Interrupted,
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// `read`, `write`, `list`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// A file of 0 bytes.
    #[error("{} is empty (0 bytes), expected an image; fetch the file's content (git-annex, datalad, DVC) or take the subject out", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// A file that ends before its data do.
    #[error("{} is truncated: expected {expected} bytes of {what}, found {found}; copy the file again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// `header` or `voxels`.
        what: &'static str,
        /// Bytes that the header announces.
        expected: u64,
        /// Bytes that there are (after decompression).
        found: u64,
    },
    /// Not an image that can be read.
    #[error("{} is not an image that can be read (NIfTI, or MGH of FreeSurfer): {problem}", path.display())]
    NotNifti {
        /// The file.
        path: PathBuf,
        /// What is wrong, with what was expected.
        problem: String,
    },
    /// An image with another number of axes, or another shape, than is declared.
    #[error("{} has shape {found:?}, expected {expected}; {hint}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// In words.
        expected: String,
        /// The file's axes.
        found: Vec<usize>,
        /// What to do.
        hint: &'static str,
    },
    /// Voxels that are NaN or infinite.
    #[error("{} has {count} voxels that are not finite, the first ({value}) at voxel {first:?}; replace them, for example by 0", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// How many.
        count: usize,
        /// Indices of the first, as the file stores them.
        first: [usize; 3],
        /// The first one's value.
        value: f32,
    },
    /// A line of a table that cannot be read.
    #[error("{}, line {line}: {problem}", path.display())]
    Line {
        /// The table.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong, with what was expected.
        problem: String,
    },
    /// A column that is not there.
    #[error("{} has no column `{column}`{}", path.display(), also(hint))]
    NoColumn {
        /// The table.
        path: PathBuf,
        /// The column asked for.
        column: String,
        /// "did you mean", or what there is.
        hint: String,
    },
    /// Text where a number is expected.
    #[error("{}, line {line}, column `{column}`: expected a number, found `{value}`; write n/a for a missing value", path.display())]
    NotANumber {
        /// The table.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// The column.
        column: String,
        /// The cell.
        value: String,
    },
    /// The same subject (and session) twice.
    #[error("{} has `{subject}` on line {first} and again on line {second}; keep one line a subject, or tell them apart by a `session_id` column", path.display())]
    DuplicateSubject {
        /// The table.
        path: PathBuf,
        /// Subject, and session where there is one.
        subject: String,
        /// Its first line, from 1.
        first: usize,
        /// Its second.
        second: usize,
    },
    /// Several files where one is meant.
    #[error("{record}: {} files match `{pattern}`: {}; narrow the pattern to one of them", files.len(), list(files))]
    Ambiguous {
        /// Subject, and session where there is one.
        record: String,
        /// The pattern.
        pattern: String,
        /// The matches, relative to the subject's folder.
        files: Vec<String>,
    },
    /// A pattern or regular expression that cannot be understood.
    #[error("the pattern `{pattern}` cannot be understood: {problem}")]
    Pattern {
        /// As written.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Something about a part of a cohort's declaration.
    #[error("cohort `{cohort}`: {source}")]
    Declared {
        /// The cohort.
        cohort: String,
        /// The part.
        clause: CohortClause,
        /// What is wrong with it.
        #[source]
        source: Box<DataError>,
    },
    /// A table whose rows are of nobody in the cohort.
    #[error("{}; {}", .0, .0.hint)]
    JoinsNobody(Box<Strangers>),
    /// An identifier that would name a file outside of its folder, or none.
    #[error("{}, line {line}: `{id}` cannot identify anybody: {problem}; identifiers name files and folders", path.display())]
    Identifier {
        /// The table, or the folder.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// The identifier, with what cannot be printed escaped.
        id: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Nobody is left of a cohort.
    #[error("nobody is left.\n{0}")]
    NobodyLeft(Box<Flow>),
    /// Fewer people have what is required than are meant to.
    #[error(
        "{have} of the {kept} people kept have all that is required, less than {}%; correct what is missing, or say that it is \
         meant: complete {suggested}\n{flow}",
        (100.0 * least).round()
    )]
    FewComplete {
        /// People who have it all.
        have: usize,
        /// People who meet the conditions.
        kept: usize,
        /// The least share.
        least: f64,
        /// A share that would do.
        suggested: f64,
        /// Who was left out, and why.
        flow: Box<Flow>,
    },
    /// Something about a cohort as a whole.
    #[error("cohort `{cohort}`: {problem}")]
    Cohort {
        /// The cohort.
        cohort: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Something about how an input is read.
    #[error("input `{input}`: {problem}")]
    Input {
        /// The input.
        input: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// One subject does not fit what is declared of an input.
    #[error("{record}, input `{input}`: {source}")]
    Subject {
        /// Subject, and session where there is one.
        record: String,
        /// The input.
        input: String,
        /// What is wrong with it.
        #[source]
        source: Box<DataError>,
    },
    /// A step of image or table preparation that cannot be done.
    #[error("step `{step}`: {problem}")]
    Step {
        /// The step.
        step: &'static str,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Subjects cannot be divided as asked.
    #[error("the subjects cannot be divided: {problem}")]
    Division {
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The phantom cannot be made.
    #[error("{0}")]
    Phantom(String),
    /// All that one pass found.
    #[error("{} problems with the data:\n{}", .0.len(), lines(.0))]
    Many(Vec<DataError>),
}

impl DataError {
    /// Wraps what the operating system said about a path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// Nothing, the only error, or all of them together.
    pub(crate) fn collect(mut errors: Vec<Self>) -> Result<()> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.swap_remove(0)),
            _ => Err(Self::Many(errors)),
        }
    }

    /// The same error, said of a part of a cohort's declaration.
    pub(crate) fn of_clause(self, cohort: &str, clause: CohortClause) -> Self {
        match self {
            Self::Declared { .. } => self,
            other => Self::Declared { cohort: cohort.into(), clause, source: Box::new(other) },
        }
    }

    /// What is wrong, and what to do where that stands apart.
    pub fn problem_and_hint(&self) -> (String, Option<String>) {
        match self {
            Self::Declared { source, .. } => source.problem_and_hint(),
            Self::NotFound { path, what, hint } => {
                (format!("there is no {what} at {}", path.display()), Some(hint.clone()))
            }
            Self::JoinsNobody(strangers) => (strangers.to_string(), Some(strangers.hint.clone())),
            Self::DuplicateSubject { path, subject, first, second } => (
                format!("{} has `{subject}` on line {first} and again on line {second}", path.display()),
                Some("keep one line a subject, or tell them apart by a `session_id` column".into()),
            ),
            other => (other.to_string(), None),
        }
    }

    /// The same error, said of a subject's input.
    pub(crate) fn of_subject(self, record: &str, input: &str) -> Self {
        Self::Subject { record: record.into(), input: input.into(), source: Box::new(self) }
    }
}

/// A table and a cohort that have nobody in common.
#[derive(Debug, thiserror::Error)]
#[error("{} joins nobody: its column `{column}` has {there}, and `{key}` {here}", path.display())]
pub struct Strangers {
    /// The table.
    pub path: PathBuf,
    /// The column by which its rows should meet people.
    pub column: String,
    /// Some of its cells.
    pub there: String,
    /// What identifies people in the cohort.
    pub key: String,
    /// Some of them.
    pub here: String,
    /// What to do.
    pub hint: String,
}

/// `; did you mean ..` with its separator, or nothing.
fn also(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("; {hint}") }
}

fn list(files: &[String]) -> String {
    let shown: Vec<&str> = files.iter().take(4).map(String::as_str).collect();
    let more = files.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

fn lines(errors: &[DataError]) -> String {
    errors.iter().map(|e| format!("  - {e}")).collect::<Vec<_>>().join("\n")
}

/// "did you mean" for a name nobody declared: the nearest candidate, if it is near enough to be a slip.
pub(crate) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
