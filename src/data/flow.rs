//! The flow of a cohort: found, left out and why, analysed. It is printed, kept with the results and reported.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Reasons that are printed of each kind; all are in the run's `flow.tsv`.
const MOST_REASONS: usize = 8;

/// What became of everybody in a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flow {
    /// The cohort.
    pub cohort: String,
    /// Records (a subject, or a session of one) that were found.
    pub found: usize,
    /// Subjects among them.
    pub subjects: usize,
    /// Who was left out, by reason, in the order in which reasons were met.
    pub left_out: Vec<Group>,
    /// Who is kept but lacks something, by what they lack.
    pub notes: Vec<Group>,
    /// Records that are analysed.
    pub analysed: usize,
    /// How many of them have each input.
    #[serde(default)]
    pub having: Vec<(String, usize)>,
    /// Files that are there, or may be, and cannot be read.
    #[serde(default)]
    pub unreadable: Vec<Group>,
}

/// Records that share a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The reason, in words.
    pub reason: String,
    /// The records' names.
    pub records: Vec<String>,
}

impl Flow {
    /// Leaves a record out.
    pub(crate) fn leave_out(&mut self, reason: &str, record: &str) {
        add(&mut self.left_out, reason, record);
        self.analysed = self.analysed.saturating_sub(1);
    }

    /// Says of a record that a file of it cannot be read.
    pub(crate) fn cannot_read(&mut self, reason: &str, record: &str) {
        add(&mut self.unreadable, reason, record);
    }

    /// Whether everybody is analysed and has everything.
    pub fn is_whole(&self) -> bool {
        self.left_out.is_empty() && self.notes.is_empty() && self.unreadable.is_empty()
    }

    /// Says something of a record that is kept.
    pub(crate) fn note(&mut self, reason: &str, record: &str) {
        add(&mut self.notes, reason, record);
    }
}

fn add(groups: &mut Vec<Group>, reason: &str, record: &str) {
    match groups.iter_mut().find(|g| g.reason == reason) {
        Some(group) => group.records.push(record.to_owned()),
        None => groups.push(Group { reason: reason.to_owned(), records: vec![record.to_owned()] }),
    }
}

impl fmt::Display for Flow {
    /// ```text
    /// adni: 212 found (180 subjects), 12 left out, 200 analysed
    ///   left out: keep age > 50: 12 (sub-003, sub-017, sub-021, ..)
    ///   have: t1 200, pet 140, dx 200
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let out: usize = self.left_out.iter().map(|g| g.records.len()).sum();
        write!(f, "{}: {} found", self.cohort, self.found)?;
        if self.subjects != self.found {
            write!(f, " ({} subjects)", self.subjects)?;
        }
        write!(f, ", {out} left out, {} analysed", self.analysed)?;
        for (what, groups) in [("left out", &self.left_out), ("note", &self.notes), ("unreadable", &self.unreadable)] {
            for group in groups.iter().take(MOST_REASONS) {
                let shown: Vec<&str> = group.records.iter().take(5).map(String::as_str).collect();
                let more = if group.records.len() > shown.len() { ", .." } else { "" };
                write!(f, "\n  {what}: {}: {} ({}{more})", group.reason, group.records.len(), shown.join(", "))?;
            }
            let rest: usize = groups.iter().skip(MOST_REASONS).map(|g| g.records.len()).sum();
            if rest > 0 {
                write!(f, "\n  {what}: {} further reasons: {rest}", groups.len() - MOST_REASONS)?;
            }
        }
        let having: Vec<String> = self.having.iter().map(|(input, count)| format!("{input} {count}")).collect();
        if !having.is_empty() {
            write!(f, "\n  have: {}", having.join(", "))?;
        }
        Ok(())
    }
}
