//! A table of a cohort with the columns by which its rows meet people.

use super::error::{DataError, Result};
use super::table::{Row, Table};
use std::sync::Arc;

/// A table with its role.
#[derive(Debug, Clone)]
pub(crate) struct JoinedTable {
    pub(crate) table: Arc<Table>,
    pub(crate) subject: usize,
    pub(crate) session: Option<usize>,
    /// `sessions.tsv`: its cells come before those of `participants.tsv`.
    pub(crate) by_session: bool,
}

impl JoinedTable {
    /// Finds the columns that identify rows.
    ///
    /// # Errors
    /// No columns, or not the one asked for.
    pub(crate) fn new(table: Arc<Table>, subject: Option<&str>) -> Result<Self> {
        if table.columns.is_empty() {
            return Err(DataError::Line { path: table.path.clone(), line: 1, problem: "no columns".into() });
        }
        let subject = table.subject_column(subject)?;
        let session = table.session_column().filter(|s| *s != subject);
        Ok(Self { table, subject, session, by_session: false })
    }

    /// Subjects (and sessions) in the order of the rows.
    ///
    /// # Errors
    /// The same one twice, or a row without.
    pub(crate) fn people(&self) -> Result<Vec<(String, Option<String>)>> {
        self.table.by_subject(self.subject, self.session)?;
        let cell = |row: &Row, column: usize| row.cells.get(column).map(str::to_owned);
        Ok(self
            .table
            .rows
            .iter()
            .filter_map(|row| Some((cell(row, self.subject)?, self.session.and_then(|s| cell(row, s)))))
            .collect())
    }
}
