//! What the store keeps of runs beside their results: which tasks each experiment's plan has, and what failed.
//!
//! ```text
//!  plans/NAME.json               the tasks of the experiment's latest plan: what `status` shows and `store gc` keeps
//!  failures/train-3f9a...json    why a task failed, until it is done
//! ```

use super::super::error::{PlanError, Result};
use super::super::fingerprint::Fingerprint;
use super::super::task::Kind;
use super::{ASIDE, Owner, Store, claim_name, get_json, put_json, remove};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The plan of an experiment, as it was last run or submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRecord {
    /// The experiment.
    pub experiment: String,
    /// The command.
    pub command: String,
    /// When, ISO 8601.
    pub at: String,
    /// Whether these are all of its tasks; what follows the trials of a search is known when they are judged.
    pub is_whole: bool,
    /// Its tasks, in the order of the plan.
    pub tasks: Vec<RecordedTask>,
}

/// A task of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedTask {
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// The key of its result.
    pub fingerprint: String,
    /// Those that it needs, by their places in the plan.
    pub needs: BTreeSet<usize>,
}

/// Why a task failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// The task.
    pub task: String,
    /// What kind of failure it was.
    pub reason: Reason,
    /// What it said.
    pub problem: String,
    /// Who computed it.
    pub owner: Owner,
    /// When, ISO 8601.
    pub at: String,
    /// The submission in which it was, where it was in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<String>,
    /// The memory that was in use when it ran out, bytes, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
}

/// Kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It said why: trying again will not help.
    Failed,
    /// Memory ran out.
    OutOfMemory,
    /// Its time ran out as often as it may.
    TimeLimit,
    /// It was ended from outside, or its machine was.
    Lost,
}

impl Reason {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::OutOfMemory => "out of memory",
            Self::TimeLimit => "out of time",
            Self::Lost => "lost",
        }
    }
}

impl Store {
    /// Keeps the plan of an experiment.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn put_plan(&self, record: &PlanRecord) -> Result<()> {
        let path = self.root.join("plans").join(format!("{}.json", record.experiment));
        self.put_record(&path, record)
    }

    /// Keeps why a task failed.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn put_failure(&self, kind: Kind, fingerprint: &Fingerprint, failure: &FailureRecord) -> Result<()> {
        self.put_record(&self.failure_path(kind, fingerprint), failure)
    }

    /// Why a task failed when it was tried last.
    pub fn failure(&self, kind: Kind, fingerprint: &Fingerprint) -> Option<FailureRecord> {
        get_json(&self.failure_path(kind, fingerprint)).ok()
    }

    /// The claims' names of all tasks that failed: one listing, no file is opened.
    pub fn failed(&self) -> BTreeSet<String> {
        let names = fs::read_dir(self.root.join("failures")).into_iter().flatten();
        let names = names.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect()
    }

    /// Forgets that a task failed.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn drop_failure(&self, kind: Kind, fingerprint: &Fingerprint) -> Result<()> {
        remove(&self.failure_path(kind, fingerprint))
    }

    /// This process, as records name it.
    pub fn owner(&self) -> Owner {
        self.session.as_ref().map(|session| session.owner.clone()).unwrap_or_default()
    }

    fn failure_path(&self, kind: Kind, fingerprint: &Fingerprint) -> PathBuf {
        self.root.join("failures").join(format!("{}.json", claim_name(kind.name(), fingerprint)))
    }

    /// Writes a file aside and renames it into place.
    pub(super) fn put_record(&self, path: &Path, record: &impl Serialize) -> Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(PlanError::io("make", folder))?;
        let aside =
            tempfile::Builder::new().prefix(ASIDE).tempfile_in(folder).map_err(PlanError::io("write", folder))?;
        let aside = aside.into_temp_path();
        put_json(&aside, record)?;
        super::readable_file(&aside)?;
        aside.persist(path).map_err(|e| PlanError::io("write", path)(e.error))
    }
}

/// All plans of a store, by experiment; those that cannot be read are left out.
pub(in crate::plan) fn plans(root: &Path) -> BTreeMap<String, PlanRecord> {
    let files = fs::read_dir(root.join("plans")).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let plans = files.filter_map(|path| get_json::<PlanRecord>(&path).ok());
    plans.map(|plan| (plan.experiment.clone(), plan)).collect()
}
