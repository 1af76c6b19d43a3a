//! What can go wrong while a plan is made or run, said so that a reader knows what to do.

use crate::analysis::AnalysisError;
use crate::data::error::DataError;
use crate::train::TrainError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What is returned by everything in [`crate::plan`].
pub type Result<T> = std::result::Result<T, PlanError>;

/// An error of a plan. Each names the task, file or subject, what was expected, what was found, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A cohort, a table or an image.
    #[error("{task}: {source}")]
    Data {
        /// The task that met it.
        task: String,
        /// What is wrong.
        source: DataError,
    },
    /// A training stage or a prediction.
    #[error("{task}: {source}")]
    Train {
        /// The task that met it.
        task: String,
        /// What is wrong.
        source: TrainError,
    },
    /// A task whose numbers have no answer.
    #[error("{task}: {problem}")]
    Task {
        /// The task.
        task: String,
        /// What was expected, what was found, what to do.
        problem: String,
    },
    /// Ctrl-C.
    #[error("interrupted in {task}; the same command goes on from there")]
    Interrupted {
        /// The task under way.
        task: String,
    },
    /// Several tasks, or one for which others were not reached.
    #[error("{0}")]
    Failed(Box<Failures>),
    /// A folder of runs without a store.
    #[error("{} is not there: nothing has run with this `--out`", path.display())]
    NoStore {
        /// Where it would be.
        path: PathBuf,
    },
    /// Something that others at work forbid.
    #[error("{who} is using the store {}; nothing is removed while others are at work: try again when they are done", path.display())]
    InUse {
        /// The store.
        path: PathBuf,
        /// `process 123 on node7`.
        who: String,
    },
    /// No space left.
    #[error("the disk is full: {} could not be written; free some space and run again, finished tasks are kept", path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A folder that cannot be written.
    #[error("{} cannot be written ({source}); choose a folder that can be with --out", path.display())]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Anything else the operating system refuses.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// `read`, `write`, `rename`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A run folder that would be written over, and is not fascicle's.
    #[error("{} is not a run of fascicle ({found}), and nothing is written over it; move it away, or choose another folder with --out", path.display())]
    ForeignFolder {
        /// The folder.
        path: PathBuf,
        /// What tells so.
        found: String,
    },
    /// A file of the user's where one of the run is to be written.
    #[error("{} was not written by fascicle, and a file of the run has that name; move it away", path.display())]
    ForeignFile {
        /// The file.
        path: PathBuf,
    },
    /// A result of the store that cannot be understood though its checksum is right.
    #[error("{} cannot be understood: {problem}; it was written by another version of fascicle: remove it and run again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A file that is no packed model, a run that none can be made of, or data that one does not fit.
    #[error("{}: {problem}", path.display())]
    Packed {
        /// The file or folder.
        path: PathBuf,
        /// What was expected, what was found, what to do.
        problem: String,
    },
    /// A program that refers to what it does not have. The compiler should have refused it.
    #[error("{problem}; this is an error in fascicle, please report it")]
    Inconsistent {
        /// What does not fit.
        problem: String,
    },
}

/// What failed of a run that went on beside it.
#[derive(Debug)]
pub struct Failures {
    /// The tasks that failed, in the order of the plan, and why.
    pub failed: Vec<(String, PlanError)>,
    /// Those that needed them.
    pub not_reached: Vec<String>,
}

/// How many tasks are named of those that were not reached.
const NAMED: usize = 5;

impl std::fmt::Display for Failures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, (_, error)) in self.failed.iter().enumerate() {
            if at > 0 {
                f.write_str("\nerror: ")?;
            }
            write!(f, "{error}")?;
        }
        if !self.not_reached.is_empty() {
            let named = self.not_reached.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
            let more = self.not_reached.len().saturating_sub(NAMED);
            let more = if more > 0 { format!("; and {more} others") } else { String::new() };
            let tasks = if self.not_reached.len() == 1 { "task was" } else { "tasks were" };
            write!(f, "\nnot reached for that: {} {tasks} left out: {named}{more}", self.not_reached.len())?;
        }
        Ok(())
    }
}

impl From<Failures> for PlanError {
    /// What failed alone is told as it is.
    fn from(mut failures: Failures) -> Self {
        match (failures.failed.len(), failures.not_reached.is_empty(), failures.failed.pop()) {
            (1, true, Some((_, error))) => error,
            (_, _, last) => {
                failures.failed.extend(last);
                Self::Failed(Box::new(failures))
            }
        }
    }
}

impl PlanError {
    /// Wraps what the operating system says about a path.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied if action != "read" => {
                Self::NotWritable { path, source }
            }
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists if action == "make" => {
                Self::NotWritable { path, source }
            }
            _ => Self::Io { action, path, source },
        }
    }

    /// Wraps an error of the data under a task's name. An interruption and a full disk are told as such.
    pub(super) fn data(task: &str) -> impl FnOnce(DataError) -> Self {
        let task = task.to_owned();
        move |source| match source {
            DataError::Interrupted => Self::Interrupted { task },
            source => match full_disk(&source) {
                Some(path) => Self::DiskFull { path: path.to_owned() },
                None => Self::Data { task, source },
            },
        }
    }

    /// Wraps an error of training under a task's name. An interruption and a full disk are told as such.
    pub(super) fn train(task: &str) -> impl FnOnce(TrainError) -> Self {
        let task = task.to_owned();
        move |source| match source {
            TrainError::Interrupted { .. } => Self::Interrupted { task },
            TrainError::File { path, source, .. } if is_full(&source) => Self::DiskFull { path },
            source => Self::Train { task, source },
        }
    }

    /// An error of a task in words.
    pub(super) fn task(task: &str, problem: impl ToString) -> Self {
        Self::Task { task: task.to_owned(), problem: problem.to_string() }
    }

    /// An error of an analysis in words; an interruption is one of the run.
    pub(super) fn analysis(task: &str, problem: AnalysisError) -> Self {
        match problem {
            AnalysisError::Interrupted => Self::Interrupted { task: task.to_owned() },
            other => Self::task(task, other),
        }
    }

    /// Something the compiler should have refused.
    pub(super) fn inconsistent(problem: impl Into<String>) -> Self {
        Self::Inconsistent { problem: problem.into() }
    }
}

/// What could not be written for want of space, however deep in an error it stands: an image is decoded for a subject's
/// input, and several of them fail together.
fn full_disk(error: &DataError) -> Option<&Path> {
    match error {
        DataError::Io { path, source, .. } => is_full(source).then_some(path.as_path()),
        DataError::Subject { source, .. } | DataError::Declared { source, .. } => full_disk(source),
        DataError::Many(errors) => errors.iter().find_map(full_disk),
        _ => None,
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_read_only_folder_say_what_to_do() {
        let path = Path::new("runs/store");
        let full = PlanError::io("write", path)(ErrorKind::StorageFull.into());
        assert!(full.to_string().starts_with("the disk is full: runs/store"), "{full}");
        let fixed = PlanError::io("write", path)(ErrorKind::ReadOnlyFilesystem.into());
        assert!(fixed.to_string().contains("--out"), "{fixed}");
        let train = TrainError::File { path: path.into(), action: "written", source: ErrorKind::StorageFull.into() };
        assert!(matches!(PlanError::train("train m")(train), PlanError::DiskFull { .. }));
        let io = || DataError::Io { action: "write", path: path.into(), source: ErrorKind::StorageFull.into() };
        let of_subject = || DataError::Subject { record: "sub-01".into(), input: "t1".into(), source: Box::new(io()) };
        for error in [io(), of_subject(), DataError::Many(vec![of_subject(), of_subject()])] {
            let told = PlanError::data("fit")(error).to_string();
            assert!(told.starts_with("the disk is full: runs/store"), "{told}");
        }
    }
}
