//! Where people come from.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};

/// A cohort: a folder or a table, and who of it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// Its name in the file.
    pub name: String,
    /// Where it is read.
    pub source: CohortSource,
    /// The column that identifies people; `participant_id` (or the first column of a table) where not given.
    pub subject: Option<String>,
    /// Conditions a subject must meet, with their spelling for the flow.
    pub keep: Vec<(String, Predicate)>,
    /// Columns by the names this file uses: `rename(age: "Age at scan")` gives `age -> Age at scan`.
    pub rename: IndexMap<String, String>,
    /// Further tables joined by the subject column.
    pub join: Vec<String>,
    /// Sessions that are brought together in one record.
    #[serde(default)]
    pub pair: Option<Pairing>,
    /// The least share of those who are kept that must have everything that is required: with fewer, something is wrong
    /// with the data or their paths. [`Cohort::LEAST_COMPLETE`] where not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<f64>,
}

/// A part of a cohort's declaration, for what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CohortClause {
    /// The folder or the table itself.
    Source,
    /// `subject`.
    Subject,
    /// `rename`, by its place among them.
    Rename(usize),
    /// `join`, by its place among them.
    Join(usize),
    /// `pair`.
    Pair,
    /// `keep`, by its place among them.
    Keep(usize),
}

impl Cohort {
    /// Half of the people.
    pub const LEAST_COMPLETE: f64 = 0.5;

    /// Everybody a source holds.
    pub fn new(name: impl Into<String>, source: CohortSource) -> Self {
        Self {
            name: name.into(),
            source,
            subject: None,
            keep: Vec::new(),
            rename: IndexMap::new(),
            join: Vec::new(),
            pair: None,
            complete: None,
        }
    }
}

/// Images of several sessions of a subject in one record: the first image's session, and for each further image the
/// session nearest to it in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// As the file spells it, for the flow.
    pub spelling: String,
    /// Name and pattern of each image, the first that of the record's own session.
    pub images: Vec<(String, String)>,
    /// The column of the session's day; `day`, `days` or `acq_time` where not given.
    pub column: Option<String>,
}

/// Where a cohort is read. Paths are as the file spells them, resolved against the working folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CohortSource {
    /// A BIDS folder.
    Bids {
        /// The folder.
        path: String,
    },
    /// A CSV or TSV file.
    Table {
        /// The file.
        path: String,
    },
    /// The built-in generator.
    Phantom(PhantomSettings),
}

impl CohortSource {
    /// Whether two sources are one, whatever their paths are spelled like: `data/people.csv`, `./data//people.csv`.
    /// Links are not followed, as no file is looked at.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bids { path: a }, Self::Bids { path: b }) | (Self::Table { path: a }, Self::Table { path: b }) => {
                plain(a) == plain(b)
            }
            (Self::Phantom(a), Self::Phantom(b)) => a == b,
            _ => false,
        }
    }
}

/// A path without `.`, without `x/..` and without doubled or trailing slashes.
fn plain(path: &str) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The phantom's settings that a file can give; the generator has defaults for the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhantomSettings {
    /// How many people.
    pub subjects: usize,
    /// Decides everything in it.
    pub seed: u64,
    /// Voxels along each axis.
    pub shape: [usize; 3],
    /// Rate of missing scans other than T1w.
    pub missing_scan: f64,
    /// Rate of missing clinical cells.
    pub missing_cell: f64,
    /// Number of scanners.
    pub sites: usize,
    /// Standard deviation of the noise, relative to white matter.
    pub noise: f64,
}

impl Default for PhantomSettings {
    fn default() -> Self {
        Self {
            subjects: 120,
            seed: 1,
            shape: [48, 56, 48],
            missing_scan: 0.0,
            missing_cell: 0.0,
            sites: 1,
            noise: 0.03,
        }
    }
}

/// A condition on a row of the cohort's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Predicate {
    /// `age < 45`. A missing cell meets no comparison.
    Compare {
        /// The column.
        column: String,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Scalar,
    },
    /// `diagnosis in [HC, AD]`.
    In {
        /// The column.
        column: String,
        /// Accepted values.
        values: Vec<Scalar>,
    },
    /// `session == first` (or `last`, or a label): which of several sessions is used.
    Session {
        /// `first`, `last` or a session's label.
        which: String,
    },
    /// Both.
    And(Box<Predicate>, Box<Predicate>),
    /// Either.
    Or(Box<Predicate>, Box<Predicate>),
    /// Not.
    Not(Box<Predicate>),
}

impl Predicate {
    /// The columns that it reads.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::And(a, b) | Self::Or(a, b) => [a.columns(), b.columns()].concat(),
            Self::Not(a) => a.columns(),
            Self::Compare { column, .. } | Self::In { column, .. } => vec![column],
            Self::Session { .. } => Vec::new(),
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A cell's value in a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    /// A number: cells are compared as numbers.
    Number(f64),
    /// A text: cells are compared as they stand.
    Text(String),
}
