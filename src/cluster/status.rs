//! How far a run is, task by task.

use super::ClusterError;
use super::slurm::{self, Queued};
use super::submission::{Submission, read_json, submissions, write_json};
use crate::plan::{self, Kind, Standing, TaskState};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Slurm is asked at most this often, by all who ask of one folder of runs together; seconds.
const ASKED_EVERY: u64 = 60;
/// Lines of a log that are shown of a failure, and how much of its end is read for them.
const LINES: usize = 5;
const END_OF_LOG: u64 = 16 << 10;

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// The experiment.
    pub experiment: String,
    /// The command that was last run, or `submit`.
    pub command: String,
    /// When, ISO 8601.
    pub at: String,
    /// How many tasks are `done`, `running`, `queued`, `to run`, `failed`, `gone`, `not reached`.
    pub counts: Vec<(&'static str, usize)>,
    /// Whether the plan will have more tasks than these.
    pub is_whole: bool,
    /// Every task.
    pub tasks: Vec<TaskStatus>,
    /// What failed, with the end of its log.
    pub failures: Vec<Failed>,
    /// Why the queue is not known, or how old what is known of it is.
    pub queue: Option<String>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskStatus {
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// As in [`Status::counts`].
    pub state: &'static str,
    /// Who is at it, or which job it is in.
    pub who: Option<String>,
    /// What Slurm leaves its job.
    pub time_left: Option<String>,
}

/// A task that failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failed {
    /// The task.
    pub task: String,
    /// `failed`, `out of memory`, `out of time`, `lost`.
    pub reason: &'static str,
    /// What it said.
    pub problem: String,
    /// Where it was computed.
    pub who: String,
    /// The log of its job.
    pub log: Option<PathBuf>,
    /// Its last lines.
    pub last_lines: Vec<String>,
}

/// What Slurm said, and when.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Asked {
    /// Seconds since 1970.
    at: u64,
    queue: BTreeMap<String, Queued>,
    problem: Option<String>,
}

/// The elements of submissions, by the keys of their tasks: the job, and what the queue says of it; `None`: it is not there any more.
pub type Elements = BTreeMap<String, (String, Option<Queued>)>;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Which of an experiment's tasks are in the queue; and a word where that is not known. Slurm is asked where `fresh` says so, or the
/// last answer is a minute old.
pub fn in_queue(out: &Path, experiment: &str, fresh: bool) -> (Elements, Option<String>) {
    let mut found = submissions(out, experiment);
    found.retain(|(folder, _)| !Submission::jobs(folder).jobs.is_empty());
    if found.is_empty() {
        return (Elements::new(), None);
    }
    let path = out.join("store/submissions/queue.json");
    let mut asked: Asked = read_json(&path).unwrap_or_default();
    let age = now().saturating_sub(asked.at);
    if fresh || age >= ASKED_EVERY {
        match slurm::queue() {
            Ok(queue) => asked = Asked { at: now(), queue, problem: None },
            // What was known stays, and it is not asked again for a minute.
            Err(error) => asked = Asked { at: now(), problem: Some(error.to_string()), ..asked },
        }
        // What cannot be kept is asked again.
        let _ = write_json(&path, &asked);
    }
    let mut elements = Elements::new();
    for (folder, submission) in &found {
        for (job, keys) in submission.elements(&Submission::jobs(folder)) {
            let queued = asked.queue.get(&job).cloned();
            // The newest that has it counts, unless it is gone and an older one is still there.
            for key in keys {
                let older_is_there = elements.get(key).is_some_and(|(_, queued)| queued.is_some());
                if queued.is_some() || !older_is_there {
                    elements.insert(key.clone(), (job.clone(), queued.clone()));
                }
            }
        }
    }
    let word =
        asked.problem.map(|problem| format!("Slurm does not answer ({problem}); the queue is as it was last known"));
    (elements, word)
}

/// Takes note of jobs that were submitted a moment ago: the last answer of Slurm's does not have them yet.
pub fn note_submitted(out: &Path, submission: &Submission, jobs: &super::Jobs) {
    let path = out.join("store/submissions/queue.json");
    let mut asked: Asked = read_json(&path).unwrap_or_default();
    for job in submission.elements(jobs).into_keys() {
        let queued = Queued { state: "PENDING".into(), time_left: String::new(), reason: "(submitted)".into() };
        asked.queue.insert(job, queued);
    }
    // What cannot be kept is asked within a minute.
    let _ = write_json(&path, &asked);
}

/// How far a run is.
///
/// # Errors
/// A folder without a store, an experiment that was never run there.
pub fn status(out: &Path, experiment: &str, fresh: bool) -> Result<Status, ClusterError> {
    let Standing { plan, states, not_reached } = plan::standing(out, experiment)?;
    let (elements, word) = in_queue(out, experiment, fresh);
    let logs: Vec<PathBuf> = submissions(out, experiment).into_iter().map(|(folder, _)| folder.join("logs")).collect();
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let (mut tasks, mut failures) = (Vec::with_capacity(plan.tasks.len()), Vec::new());
    for (at, (task, state)) in plan.tasks.iter().zip(&states).enumerate() {
        let element = elements.get(&task.fingerprint);
        let queued = element.and_then(|(_, queued)| queued.as_ref());
        let job = || element.map(|(job, _)| format!("job {job}"));
        let (word, who) = match (state, queued) {
            (TaskState::Done, _) => ("done", None),
            (TaskState::Claimed(owner), _) => ("running", Some(owner.described())),
            (TaskState::Failed(failure), None) => {
                failures.push(failed(failure, &logs));
                ("failed", Some(failure.owner.described()))
            }
            (_, Some(queued)) => (
                "queued",
                Some(format!(
                    "job {} ({} {})",
                    element.map_or("", |e| e.0.as_str()),
                    queued.state.to_lowercase(),
                    queued.reason
                )),
            ),
            (TaskState::ToRun, None) if not_reached.contains(&at) => ("not reached", None),
            // It was submitted, and its job has left the queue without it: cancelled, or its node died.
            (TaskState::ToRun, None) if element.is_some() => ("gone", job()),
            (TaskState::ToRun, None) => ("to run", None),
        };
        *counts.entry(word).or_default() += 1;
        let time_left = queued.map(|queued| queued.time_left.clone());
        // While the controller is away nobody knows it.
        let time_left = time_left.filter(|left| word == "running" && !left.is_empty());
        tasks.push(TaskStatus { name: task.name.clone(), kind: task.kind, state: word, who, time_left });
    }
    let order = ["done", "running", "queued", "to run", "failed", "gone", "not reached"];
    let counts = order.into_iter().filter_map(|word| Some((word, *counts.get(word)?))).collect();
    Ok(Status {
        experiment: plan.experiment,
        command: plan.command,
        at: plan.at,
        counts,
        is_whole: plan.is_whole,
        tasks,
        failures,
        queue: word,
    })
}

fn failed(failure: &plan::FailureRecord, logs: &[PathBuf]) -> Failed {
    let log = failure.owner.job.as_ref().and_then(|job| {
        let name = format!("{job}.log");
        logs.iter().rev().map(|folder| folder.join(&name)).find(|path| path.is_file())
    });
    Failed {
        task: failure.task.clone(),
        reason: failure.reason.words(),
        problem: failure.problem.clone(),
        who: failure.owner.described(),
        last_lines: log.as_deref().map(last_lines).unwrap_or_default(),
        log,
    }
}

/// The last lines of a log, however long it is.
fn last_lines(path: &Path) -> Vec<String> {
    let read = || -> std::io::Result<String> {
        let mut file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(END_OF_LOG)))?;
        let mut bytes = Vec::new();
        file.take(END_OF_LOG).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| (*line).to_owned()).collect()
}

impl Status {
    /// The log of a task's job: of the one at it, else of the one that it was in.
    ///
    /// # Errors
    /// An experiment that was never run there.
    pub fn logs_of(out: &Path, experiment: &str, task: &str) -> Result<(Vec<String>, Vec<PathBuf>), ClusterError> {
        let Standing { plan, .. } = plan::standing(out, experiment)?;
        let exact: Vec<_> = plan.tasks.iter().filter(|t| t.name == task).collect();
        let found = match exact.is_empty() {
            false => exact,
            true => plan.tasks.iter().filter(|t| t.name.contains(task)).collect(),
        };
        let keys: BTreeSet<&str> = found.iter().map(|task| task.fingerprint.as_str()).collect();
        let mut logs = Vec::new();
        for (folder, submission) in submissions(out, experiment) {
            for (job, of_element) in submission.elements(&Submission::jobs(&folder)) {
                let path = folder.join("logs").join(format!("{job}.log"));
                if of_element.iter().any(|key| keys.contains(key.as_str())) && path.is_file() {
                    logs.push(path);
                }
            }
        }
        Ok((found.into_iter().map(|task| task.name.clone()).collect(), logs))
    }
}
