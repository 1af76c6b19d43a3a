//! The file system as the compiler's world.

use crate::compile::{ColumnSummary, Shapes, TableSummary, World};
use crate::data::table::Tables;
use crate::data::{CohortData, TableSummary as DataSummary};
use crate::exchange::shapes_of_safetensors;
use crate::program::Cohort;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Files relative to the program's folder, tables relative to the working folder. Each table is read once,
/// whatever the number of cohorts and variants that ask for it.
pub struct Files {
    folder: PathBuf,
    read: Tables,
    summaries: RefCell<Vec<(Cohort, Result<TableSummary, String>)>>,
}

impl Files {
    /// The world around a program.
    pub fn beside(program: &Path) -> Self {
        let folder = program.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self { folder, read: Tables::default(), summaries: RefCell::default() }
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
        if let Some((_, known)) = self.summaries.borrow().iter().find(|(c, _)| c == cohort) {
            return known.clone();
        }
        let read = CohortData::load_with(cohort, Path::new("."), &self.read)
            .and_then(|data| DataSummary::of(&data))
            .map(|summary| TableSummary {
                columns: summary
                    .columns
                    .into_iter()
                    .map(|c| ColumnSummary {
                        name: c.name,
                        numeric: c.numeric,
                        first_text: c.first_text,
                        levels: c.levels,
                    })
                    .collect(),
            })
            .map_err(|error| error.to_string());
        self.summaries.borrow_mut().push((cohort.clone(), read.clone()));
        read
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        shapes_of_safetensors(Path::new(path)).map_err(|error| error.to_string())
    }
}
