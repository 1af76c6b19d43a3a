//! `scores_by_subject.tsv`: the score of every image and mask by itself, for what has one.

use super::super::analyse::clean;
use super::super::error::Result;
use super::super::task::RunKey;
use super::label::label;
use crate::analysis::Result as Analysed;
use crate::program::Metric;
use std::fmt::Write;
use std::path::Path;

/// The file in a score's folder, without a heading.
pub(in crate::plan) const BY_SUBJECT: &str = "by_subject.tsv";
/// The columns of the run's table before which the variant stands.
pub(in crate::plan) const HEADING: &str = "of\tseed\tfold\trepeat\tparticipant_id\tmetric\tvalue\tnote";

/// Scores by subject, line by line.
#[derive(Debug, Default)]
pub(super) struct BySubject {
    lines: Vec<(String, String)>,
}

impl BySubject {
    /// Adds the scores of a metric in a run.
    pub fn add(&mut self, run: RunKey, key: &str, metric: Metric, subjects: &[String], values: &[Analysed<f64>]) {
        for (subject, value) in subjects.iter().zip(values) {
            let (value, note) = match value {
                Ok(value) => (value.to_string(), "n/a".to_owned()),
                Err(e) => ("n/a".to_owned(), clean(&e.to_string())),
            };
            let (seed, fold, repeat) = (run.seed, run.fold + 1, run.repeat + 1);
            let line = format!("{seed}\t{fold}\t{repeat}\t{}\t{}\t{value}\t{note}", clean(subject), metric.name());
            self.lines.push((key.to_owned(), line));
        }
    }

    /// The table; `None` where nothing is judged subject by subject.
    pub fn table(&self, of: &str) -> Option<String> {
        let mut text = String::new();
        for (key, line) in &self.lines {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}\t{line}", clean(&label(of, key)));
        }
        (!text.is_empty()).then_some(text)
    }
}

/// The lines that a score has left; none where nothing is judged subject by subject.
///
/// # Errors
/// A file that cannot be read.
pub(in crate::plan) fn lines(folder: &Path) -> Result<Option<String>> {
    let path = folder.join(BY_SUBJECT);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(super::super::error::PlanError::io("read", &path)(e)),
    }
}
