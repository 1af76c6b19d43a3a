//! The file system as the compiler's world.

use crate::compile::{ColumnSummary, PackedContents, Shapes, TableProblem, TableProblemKind, TableSummary, Who, World};
use crate::data::error::DataError;
use crate::data::table::Tables;
use crate::data::{CohortData, TableSummary as DataSummary};
use crate::exchange::shapes_of_safetensors;
use crate::plan::{Packed, PlanError};
use crate::program::{Cohort, CohortClause};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Files relative to the program's folder, tables relative to the working folder. Each table is read once,
/// whatever the number of cohorts and variants that ask for it.
pub struct Files {
    folder: PathBuf,
    /// Whether data that are not here are a mistake: for `run` they are, for `check` they may be elsewhere.
    needed: bool,
    read: Tables,
    loaded: Mutex<Vec<(Cohort, Loaded)>>,
}

/// A cohort with its summary, or why it cannot be read.
type Loaded = Result<Arc<(CohortData, TableSummary)>, TableProblem>;

impl Files {
    /// The world around a program that is looked at, perhaps without its data.
    pub fn beside(program: &Path) -> Self {
        let folder = program.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self { folder, needed: false, read: Tables::default(), loaded: Mutex::default() }
    }

    /// The same world, where data that are not here are an error.
    pub fn with_data_needed(self, needed: bool) -> Self {
        Self { needed, ..self }
    }

    fn load(&self, cohort: &Cohort) -> Loaded {
        let mut all = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = all.iter().find(|(c, _)| c == cohort) {
            return known.clone();
        }
        let loaded = CohortData::load_with(cohort, Path::new(""), &self.read)
            .and_then(|data| {
                let summary = DataSummary::of(&data)?;
                Ok(Arc::new((data, summarised(summary))))
            })
            .map_err(|error| self.problem(&error));
        all.push((cohort.clone(), loaded.clone()));
        loaded
    }

    /// A cohort that is read, for the compiler or now.
    pub(super) fn cohort(&self, cohort: &Cohort) -> Result<CohortData, TableProblem> {
        self.load(cohort).map(|loaded| loaded.0.clone())
    }

    pub(super) fn problem(&self, error: &DataError) -> TableProblem {
        let (clause, inner) = match error {
            DataError::Declared { clause, source, .. } => (*clause, source.as_ref()),
            other => (CohortClause::Source, other),
        };
        let kind = match inner {
            DataError::NotFound { .. } if !self.needed => TableProblemKind::NotHere,
            _ => TableProblemKind::Wrong,
        };
        let (message, hint) = inner.problem_and_hint();
        TableProblem { kind, clause, message, hint }
    }
}

pub(super) fn summarised(summary: DataSummary) -> TableSummary {
    let column = |c: crate::data::ColumnSummary| ColumnSummary {
        name: c.name,
        numeric: c.numeric,
        first_text: c.first_text,
        levels: c.levels,
        counts: c.counts,
        missing: c.missing,
        range: None,
    };
    TableSummary { people: Some(summary.rows), columns: summary.columns.into_iter().map(column).collect() }
}

/// How many people of a cohort are so.
pub(super) fn counted(data: &CohortData, who: &Who) -> Option<usize> {
    match who {
        Who::Lacking(columns) => {
            let places = columns.iter().map(|name| data.column(name).ok()).collect::<Option<Vec<_>>>()?;
            let lacks = |record: &usize| places.iter().any(|place| data.text(*record, place).is_none());
            Some((0..data.records.len()).filter(lacks).count())
        }
        Who::With { column, value } => {
            let place = data.column(column).ok()?;
            let cells = (0..data.records.len()).filter_map(|record| data.text(record, &place));
            Some(cells.filter(|cell| crate::data::is_value(cell, value)).count())
        }
    }
}

impl World for Files {
    fn source(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.folder.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_string(),
            _ => error.to_string(),
        })
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        self.load(cohort).map(|loaded| loaded.1.clone())
    }

    fn count(&self, cohort: &Cohort, who: &Who) -> Option<usize> {
        counted(&self.load(cohort).ok()?.0, who)
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        shapes_of_safetensors(Path::new(path)).map_err(|error| error.to_string())
    }

    fn file(&self, path: &str) -> Result<(), (TableProblemKind, String)> {
        let kind = if self.needed { TableProblemKind::Wrong } else { TableProblemKind::NotHere };
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => Ok(()),
            Ok(_) => Err((TableProblemKind::Wrong, "it is no file".into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err((kind, "there is no such file".into())),
            Err(error) => Err((TableProblemKind::Wrong, error.to_string())),
        }
    }

    fn packed(&self, path: &str) -> Result<PackedContents, String> {
        if let Err((_, why)) = self.file(path) {
            return Err(why);
        }
        match Packed::read(Path::new(path)) {
            Ok(packed) => Ok(packed.contents()),
            // The path is told by who asks.
            Err(PlanError::Packed { problem, .. }) => Err(problem),
            Err(error) => Err(error.to_string()),
        }
    }
}
