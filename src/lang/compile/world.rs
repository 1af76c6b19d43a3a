//! The one door to the outside: everything the compiler learns that is not in its text comes through [`World`].

use crate::program::Cohort;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the compiler may ask. A test gives it a world of its own; the command line gives it the file system.
pub trait World {
    /// The text of a file that `use` or `extends` names, relative to the file being compiled.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence.
    fn source(&self, path: &str) -> Result<String, String>;

    /// The table of a cohort: its columns and their levels, no more.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence.
    fn table(&self, cohort: &Cohort) -> Result<TableSummary, String>;

    /// The names and shapes of the weights in a safetensors file, relative to the working folder.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence; a world without weights gives one.
    fn weights(&self, path: &str) -> Result<Shapes, String> {
        Err(format!("there is no file `{path}` here"))
    }
}

/// Shapes of weights by name.
pub type Shapes = BTreeMap<String, Vec<usize>>;

/// What the compiler needs to know of a cohort's table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableSummary {
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

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, String> {
        Err(format!("the table of `{}` cannot be read here", cohort.name))
    }
}

/// The tables and weights of a world, each asked for once in a compilation however many variants read it.
pub(super) struct Tables<'w> {
    world: &'w dyn World,
    known: RefCell<Vec<(Cohort, Table)>>,
    weights: RefCell<BTreeMap<String, LoadedShapes>>,
}

/// The weights of a file, or why they cannot be read.
pub(super) type LoadedShapes = Result<Rc<Shapes>, Rc<str>>;

/// A table, or why it cannot be read.
pub(super) type Table = Result<Rc<TableSummary>, Rc<str>>;

impl<'w> Tables<'w> {
    pub(super) fn new(world: &'w dyn World) -> Self {
        Self { world, known: RefCell::default(), weights: RefCell::default() }
    }

    /// The table of a cohort.
    pub(super) fn of(&self, cohort: &Cohort) -> Table {
        if let Some((_, known)) = self.known.borrow().iter().find(|(c, _)| c == cohort) {
            return known.clone();
        }
        let table = self.world.table(cohort).map(Rc::new).map_err(Rc::from);
        self.known.borrow_mut().push((cohort.clone(), table.clone()));
        table
    }

    /// The shapes of the weights in a file.
    pub(super) fn weights(&self, path: &str) -> LoadedShapes {
        let read = || self.world.weights(path).map(Rc::new).map_err(Rc::from);
        self.weights.borrow_mut().entry(path.to_string()).or_insert_with(read).clone()
    }
}
