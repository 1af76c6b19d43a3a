//! The file system as the compiler's world.

use crate::compile::{ColumnSummary, Shapes, TableSummary, World};
use crate::data::{CohortData, TableSummary as DataSummary};
use crate::exchange::shapes_of_safetensors;
use crate::program::Cohort;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Files relative to the program's folder, tables relative to the working folder. Tables are read once.
pub(super) struct Files {
    folder: PathBuf,
    tables: RefCell<Vec<(Cohort, Result<TableSummary, String>)>>,
}

impl Files {
    /// The world around a program.
    pub(super) fn beside(program: &Path) -> Self {
        let folder = program.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self { folder, tables: RefCell::new(Vec::new()) }
    }
}

impl World for Files {
    fn source(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.folder.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_string(),
            _ => error.to_string(),
        })
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, String> {
        if let Some((_, known)) = self.tables.borrow().iter().find(|(c, _)| c == cohort) {
            return known.clone();
        }
        let read = CohortData::load(cohort, Path::new("."))
            .and_then(|data| DataSummary::of(&data))
            .map(|summary| TableSummary {
                columns: summary
                    .columns
                    .into_iter()
                    .map(|c| ColumnSummary { name: c.name, numeric: c.numeric, levels: c.levels })
                    .collect(),
            })
            .map_err(|error| error.to_string());
        self.tables.borrow_mut().push((cohort.clone(), read.clone()));
        read
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        shapes_of_safetensors(Path::new(path)).map_err(|error| error.to_string())
    }
}
