//! The one door to the outside: everything the compiler learns that is not in its text comes through [`World`].

use crate::graph::InputId;
use crate::program::{Cohort, CohortClause, Program, Scalar};
use indexmap::IndexMap;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

/// What the compiler may ask. A test gives it a world of its own; the command line gives it the file system.
pub trait World {
    /// The text of a file that `use` or `extends` names, relative to the file being compiled.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence.
    fn source(&self, path: &str) -> Result<String, String>;

    /// The table of a cohort: its people, its columns and their levels, no more.
    ///
    /// # Errors
    /// Why it cannot be read, and which part of the declaration that concerns.
    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem>;

    /// How many people of a cohort are so; `None` where its table cannot be read.
    fn count(&self, _cohort: &Cohort, _who: &Who) -> Option<usize> {
        None
    }

    /// The names and shapes of the weights in a safetensors file, relative to the working folder.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence; a world without weights gives one.
    fn weights(&self, path: &str) -> Result<Shapes, String> {
        Err(format!("there is no file `{path}` here"))
    }

    /// Whether a file is there, relative to the working folder; a world without files does not know.
    ///
    /// # Errors
    /// Whether that is a mistake, and why, in a sentence.
    fn file(&self, _path: &str) -> Result<(), (TableProblemKind, String)> {
        Err((TableProblemKind::Unknown, "it is not known here".into()))
    }

    /// What a packed model holds besides its weights, relative to the working folder.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence; a world without packed models gives one.
    fn packed(&self, _path: &str) -> Result<PackedContents, String> {
        Err("there is no such file".into())
    }
}

/// A packed model, short of its weights and of what was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct PackedContents {
    /// Of its whole content.
    pub checksum: String,
    /// The model alone, with its inputs; those that it reads come first.
    pub program: Program,
    /// How many of the inputs it reads; the rest says what outputs are compared with.
    pub reads: usize,
    /// How many of the inputs it says how to prepare: `reads` of them, or all.
    pub prepared: usize,
    /// What each member of each output is compared with, in their order, where that is known.
    pub truths: Vec<Option<InputId>>,
    /// Columns by the names that it uses, as they are called where it was trained.
    pub rename: IndexMap<String, String>,
    /// Subjects that are evaluated at a time.
    pub batch: usize,
    /// Whose residuals it holds as those of the reference; `None` where it holds none.
    pub reference: Option<String>,
}

/// Shapes of weights by name.
pub type Shapes = BTreeMap<String, Vec<usize>>;

/// People of a cohort.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// Those who lack a cell in at least one of these columns.
    Lacking(Vec<String>),
    /// Those with this value in a column.
    With {
        /// The column.
        column: String,
        /// The value; numbers are compared as numbers.
        value: Scalar,
    },
}

/// Why a cohort's table cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct TableProblem {
    /// Whether that is a mistake.
    pub kind: TableProblemKind,
    /// The part of the declaration that it concerns.
    pub clause: CohortClause,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Whether a table that cannot be read is a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableProblemKind {
    /// This world has no files: nothing is known, and nothing is said.
    Unknown,
    /// It is not here. The program can be checked all the same, short of what depends on the table.
    NotHere,
    /// It is wrong, or it is needed now.
    Wrong,
}

impl TableProblem {
    /// This world has no files.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self { kind: TableProblemKind::Unknown, clause: CohortClause::Source, message: message.into(), hint: None }
    }
}

/// What the compiler needs to know of a cohort's table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableSummary {
    /// Records that meet every `keep`, where that is known.
    pub people: Option<usize>,
    /// Columns in the order of the table, renamed as the file says.
    pub columns: Vec<ColumnSummary>,
}

/// What the compiler needs to know of a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnSummary {
    /// Its name.
    pub name: String,
    /// Whether every present cell is a number.
    pub numeric: bool,
    /// The line and the text of the first cell that is no number, where that is known.
    pub first_text: Option<(usize, String)>,
    /// Distinct values, sorted, where there are few.
    pub levels: Option<Vec<String>>,
    /// How many people have each of the levels, where that is known.
    pub counts: Vec<usize>,
    /// How many people have no cell in it.
    pub missing: usize,
    /// The smallest and the largest, where every present cell is a number and that is known.
    pub range: Option<(f64, f64)>,
}

impl TableSummary {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnSummary> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// A world without files: every question is answered with an error. For snippets and tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmptyWorld;

impl World for EmptyWorld {
    fn source(&self, path: &str) -> Result<String, String> {
        Err(format!("there is no file `{path}` here"))
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        Err(TableProblem::unknown(format!("the table of `{}` cannot be read here", cohort.name)))
    }
}

/// The tables and weights of a world, each asked for once in a compilation however many variants read it.
pub(super) struct Tables<'w> {
    world: &'w dyn World,
    known: RefCell<Vec<(Cohort, Table)>>,
    counts: RefCell<Vec<(Cohort, Who, Option<usize>)>>,
    weights: RefCell<BTreeMap<String, LoadedShapes>>,
    packed: RefCell<BTreeMap<String, LoadedModel>>,
}

/// A packed model, or why it cannot be read.
pub(super) type LoadedModel = Result<Rc<PackedContents>, Rc<str>>;

/// The weights of a file, or why they cannot be read.
pub(super) type LoadedShapes = Result<Rc<Shapes>, Rc<str>>;

/// A table, or why it cannot be read.
pub(super) type Table = Result<Rc<IndexedTable>, Rc<TableProblem>>;

/// A table whose columns are found by name at once: a file may have a hundred thousand, each asked for by name.
#[derive(Debug)]
pub(super) struct IndexedTable {
    summary: TableSummary,
    places: BTreeMap<String, usize>,
}

impl IndexedTable {
    fn new(summary: TableSummary) -> Self {
        // The first of a name counts, as in `TableSummary::column`.
        let places = summary.columns.iter().enumerate().rev().map(|(i, c)| (c.name.clone(), i)).collect();
        Self { summary, places }
    }

    /// The column of this name.
    pub(super) fn column(&self, name: &str) -> Option<&ColumnSummary> {
        self.summary.columns.get(*self.places.get(name)?)
    }
}

impl Deref for IndexedTable {
    type Target = TableSummary;

    fn deref(&self) -> &TableSummary {
        &self.summary
    }
}

impl<'w> Tables<'w> {
    pub(super) fn new(world: &'w dyn World) -> Self {
        Self {
            world,
            known: RefCell::default(),
            counts: RefCell::default(),
            weights: RefCell::default(),
            packed: RefCell::default(),
        }
    }

    /// The table of a cohort.
    pub(super) fn of(&self, cohort: &Cohort) -> Table {
        if let Some((_, known)) = self.known.borrow().iter().find(|(c, _)| c == cohort) {
            return known.clone();
        }
        let table = self.world.table(cohort).map(|summary| Rc::new(IndexedTable::new(summary))).map_err(Rc::new);
        self.known.borrow_mut().push((cohort.clone(), table.clone()));
        table
    }

    /// How many people of a cohort are so.
    pub(super) fn count(&self, cohort: &Cohort, who: Who) -> Option<usize> {
        if let Some((.., known)) = self.counts.borrow().iter().find(|(c, w, _)| *w == who && c == cohort) {
            return *known;
        }
        let count = self.world.count(cohort, &who);
        self.counts.borrow_mut().push((cohort.clone(), who, count));
        count
    }

    /// The shapes of the weights in a file.
    pub(super) fn weights(&self, path: &str) -> LoadedShapes {
        let read = || self.world.weights(path).map(Rc::new).map_err(Rc::from);
        self.weights.borrow_mut().entry(path.to_string()).or_insert_with(read).clone()
    }

    /// Whether a file is there.
    pub(super) fn file(&self, path: &str) -> Result<(), (TableProblemKind, String)> {
        self.world.file(path)
    }

    /// What a packed model holds.
    pub(super) fn packed(&self, path: &str) -> LoadedModel {
        let read = || self.world.packed(path).map(Rc::new).map_err(Rc::from);
        self.packed.borrow_mut().entry(path.to_string()).or_insert_with(read).clone()
    }
}
