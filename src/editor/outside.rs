//! The door to what is not in the text: files, tables, results of runs. The program implements it over the file system.

use fascicle_lang::compile::{PackedContents, Shapes, TableProblem, TableProblemKind, TableSummary, Who};
use fascicle_lang::program::Cohort;

/// What the editor may ask of the world around a file. `file` is the experiment that is looked at, by its path.
pub trait Outside: Send + Sync {
    /// The text of a file that is not open, by its path as [`Outside::beside`] gives it.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence.
    fn text(&self, path: &str) -> Result<String, String>;

    /// The path of a file that an experiment names, relative to the experiment's folder.
    fn beside(&self, file: &str, named: &str) -> String;

    /// The experiments of the folders that are open, by path, in order.
    fn experiments(&self) -> Vec<String> {
        Vec::new()
    }

    /// The table of a cohort. Where it was not read yet and it is not to be waited for: `None`.
    ///
    /// # Errors
    /// As [`World::table`](fascicle_lang::compile::World::table).
    fn table(&self, cohort: &Cohort, wait: bool) -> Option<Result<TableSummary, TableProblem>>;

    /// How many people of a cohort are so, where its table was read.
    fn count(&self, _cohort: &Cohort, _who: &Who) -> Option<usize> {
        None
    }

    /// Names and shapes of the weights in a file.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence.
    fn weights(&self, path: &str) -> Result<Shapes, String> {
        Err(format!("there is no file `{path}` here"))
    }

    /// Whether a file is there.
    ///
    /// # Errors
    /// Whether that is a mistake, and why.
    fn is_file(&self, _path: &str) -> Result<(), (TableProblemKind, String)> {
        Err((TableProblemKind::Unknown, "it is not known here".into()))
    }

    /// What a packed model holds.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence.
    fn packed(&self, _path: &str) -> Result<PackedContents, String> {
        Err("there is no such file".into())
    }

    /// The last results of an experiment; `None` where it never ran.
    fn results(&self, _file: &str) -> Option<Results> {
        None
    }
}

/// What a run left behind, as far as it is shown over declarations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// For each score and analysis, by the name that the run's tables give it: what it gave, in a few words.
    pub answers: Vec<(String, String)>,
    /// For each model: the state of its training, in a few words.
    pub trainings: Vec<(String, String)>,
}

/// Nothing is outside: for snippets and tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoOutside;

impl Outside for NoOutside {
    fn text(&self, path: &str) -> Result<String, String> {
        Err(format!("there is no file `{path}` here"))
    }

    fn beside(&self, _file: &str, named: &str) -> String {
        named.to_owned()
    }

    fn table(&self, cohort: &Cohort, _wait: bool) -> Option<Result<TableSummary, TableProblem>> {
        Some(Err(TableProblem::unknown(format!("the table of `{}` cannot be read here", cohort.name))))
    }
}
