//! From a cohort's declaration to its data: tables are read and joined, sessions paired, and who meets the conditions is kept. What goes
//! wrong is said of the clause it concerns.

use super::cohort::{CohortData, Files, Record, folder_of_table, table_of};
use super::error::{DataError, Result};
use super::joined_table::JoinedTable;
use super::keep;
use super::pair::{self, PairingDecision};
use super::stats;
use super::table::Tables;
use fascicle_lang::program::{Cohort, CohortClause, CohortSource};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl CohortData {
    /// Reads tables and indexes folders. Paths are resolved against `base`.
    ///
    /// # Errors
    /// A folder or table that is not there or cannot be read, a column that is not there, the same subject twice, text
    /// where a `keep` compares numbers, or nobody left.
    pub fn load(cohort: &Cohort, base: &Path) -> Result<Self> {
        Self::load_with(cohort, base, &Tables::default())
    }

    /// The same with tables that other cohorts may have read.
    ///
    /// # Errors
    /// As [`CohortData::load`].
    pub fn load_with(cohort: &Cohort, base: &Path, known: &Tables) -> Result<Self> {
        let at = |clause: CohortClause| move |e: DataError| e.of_clause(&cohort.name, clause);
        let mut data = match &cohort.source {
            CohortSource::Bids { path } => Self::of_bids(cohort, &base.join(path)),
            CohortSource::Table { path } => Self::of_table(cohort, &base.join(path), known),
            CohortSource::Phantom(settings) => Self::of_phantom(cohort, settings),
        }
        .map_err(|e| match &e {
            DataError::NoColumn { column, .. } if cohort.subject.as_ref() == Some(column) => {
                at(CohortClause::Subject)(e)
            }
            _ => at(CohortClause::Source)(e),
        })?;
        for (place, path) in cohort.join.iter().enumerate() {
            let at = at(CohortClause::Join(place));
            if let Files::Phantom(phantom) = &data.files
                && let Some((columns, rows)) = phantom.derivative(path)
            {
                let table = JoinedTable::new(Arc::new(table_of(Path::new(path), columns, rows)), None);
                table.and_then(|table| data.attach(table)).map_err(at)?;
                continue;
            }
            let path = match &data.files {
                Files::Folder(root) => joined_table(root, base, path),
                Files::Phantom(_) => base.join(path),
            };
            data.join(known, &path, cohort.subject.as_deref()).map_err(at)?;
        }
        for (place, name) in data.rename.keys().enumerate() {
            data.column(name).map_err(at(CohortClause::Rename(place)))?;
        }
        data.count();
        data.pair(cohort).map_err(at(CohortClause::Pair))?;
        data.keep(cohort)?;
        Ok(data)
    }

    /// The files and folders that a cohort's people and tables are read from, as they are now: what is to be looked at to know whether
    /// they have changed. Some need not be there.
    pub fn read_from(cohort: &Cohort, base: &Path) -> Vec<PathBuf> {
        let (root, mut found) = match &cohort.source {
            CohortSource::Table { path } => (folder_of_table(&base.join(path)), files_of_table(base.join(path))),
            CohortSource::Bids { path } => {
                let folder = base.join(path);
                let tables = ["participants.tsv", "sessions.tsv"].map(|name| folder.join(name));
                (folder.clone(), std::iter::once(folder).chain(tables).collect())
            }
            CohortSource::Phantom(_) => (base.to_owned(), Vec::new()),
        };
        found.extend(cohort.join.iter().flat_map(|path| files_of_table(joined_table(&root, base, path))));
        found
    }

    fn pair(&mut self, cohort: &Cohort) -> Result<()> {
        let Some(pairing) = &cohort.pair else { return Ok(()) };
        let fates = pair::pair(self, pairing)?;
        let mut kept = Vec::with_capacity(self.records.len());
        for (record, fate) in std::mem::take(&mut self.records).into_iter().zip(fates) {
            match fate {
                PairingDecision::Paired(partners) => kept.push(Record { partners, ..record }),
                PairingDecision::Alone(reason) => {
                    self.flow.leave_out(&format!("{}: {reason}", pairing.spelling), &record.name())
                }
            }
        }
        self.records = kept;
        self.somebody_is_left()
    }

    fn somebody_is_left(&self) -> Result<()> {
        match self.records.is_empty() {
            false => Ok(()),
            true => Err(DataError::NobodyLeft(Box::new(self.flow.clone()))),
        }
    }

    fn keep(&mut self, cohort: &Cohort) -> Result<()> {
        let at = |place: usize| move |e: DataError| e.of_clause(&cohort.name, CohortClause::Keep(place));
        for (place, (_, condition)) in cohort.keep.iter().enumerate() {
            keep::check_columns(self, condition).map_err(at(place))?;
        }
        // The last condition that left somebody out.
        let mut last = 0;
        let mut kept = Vec::with_capacity(self.records.len());
        let mut flow = self.flow.clone();
        let mut errors = Vec::new();
        for record in 0..self.records.len() {
            let mut stays = true;
            for (place, (spelling, condition)) in cohort.keep.iter().enumerate() {
                let reason = match keep::satisfies(self, record, condition) {
                    Ok(Some(true)) => continue,
                    Ok(Some(false)) => format!("keep {spelling}"),
                    Ok(None) => format!("keep {spelling}: the cell is missing"),
                    Err(e) => {
                        errors.push(at(place)(e));
                        break;
                    }
                };
                last = last.max(place);
                flow.leave_out(&reason, &self.records[record].name());
                stays = false;
                break;
            }
            if stays {
                kept.push(self.records[record].clone());
            }
        }
        DataError::collect(errors)?;
        self.flow = flow;
        self.records = kept;
        self.somebody_is_left().map_err(at(last))
    }
}

/// A further table: beside the cohort's own, or where the path leads from `base`.
fn joined_table(root: &Path, base: &Path, path: &str) -> PathBuf {
    let beside = root.join(path);
    if beside.is_file() || stats::is_there(&beside) { beside } else { base.join(path) }
}

/// A table's file; of one that is made of a file a person all of these, and the folder in which there may be more.
fn files_of_table(path: PathBuf) -> Vec<PathBuf> {
    if !stats::is_pattern(&path) {
        return vec![path];
    }
    let files = stats::files(&path).unwrap_or_default().into_iter().map(|(_, file)| file);
    std::iter::once(stats::above(&path)).chain(files).collect()
}
