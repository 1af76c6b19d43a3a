//! What is submitted: files in the store that an element reads, scripts, and the numbers of the jobs.
//!
//! ```text
//!  store/submissions/NAME-1/
//!    submission.json     the file, its settings, and each element's tasks
//!    1-prepare.sh ..     the scripts
//!    jobs.json           the numbers that Slurm gave them
//!    logs/JOB_ELEMENT.log
//! ```

use super::ClusterError;
use super::bundle::Array;
use super::settings::Slurm;
use super::{memory, slurm, time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Minutes before the limit at which an element is told to write its checkpoint.
const WARNING: u64 = 120;

/// How the program is called in every element.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    /// The experiment's file.
    pub file: PathBuf,
    /// `--set`.
    pub settings: Vec<(String, String)>,
    /// `--sweep`.
    pub sweeps: Vec<String>,
    /// `--out`.
    pub out: PathBuf,
    /// `--device`.
    pub device: Vec<String>,
    /// Where paths begin.
    pub folder: PathBuf,
    /// The command that submitted it.
    pub command: String,
}

impl Invocation {
    /// The folder of runs, wherever the program is.
    pub fn store_folder(&self) -> PathBuf {
        self.folder.join(&self.out)
    }
}

/// A submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// `NAME-1`.
    pub id: String,
    /// The experiment.
    pub experiment: String,
    /// How the program is called.
    pub invocation: Invocation,
    /// Its arrays.
    pub arrays: Vec<SubmittedArray>,
}

/// An array of a submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmittedArray {
    /// `train 1`.
    pub label: String,
    /// Arrays of a lower step end first.
    pub step: usize,
    /// The keys of the tasks of each element.
    pub elements: Vec<Vec<String>>,
}

/// The numbers of the jobs, array by array; fewer where a call failed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Jobs {
    /// By array.
    pub jobs: Vec<String>,
}

impl Submission {
    /// What these arrays come to.
    pub fn of(id: String, experiment: &str, invocation: Invocation, arrays: &[Array], keys: &[String]) -> Self {
        let of_element = |tasks: &Vec<usize>| tasks.iter().filter_map(|at| keys.get(*at).cloned()).collect();
        let of = |array: &Array| SubmittedArray {
            label: array.label.clone(),
            step: array.step,
            elements: array.elements.iter().map(of_element).collect(),
        };
        Self { id, experiment: experiment.to_owned(), invocation, arrays: arrays.iter().map(of).collect() }
    }

    /// Reads one.
    ///
    /// # Errors
    /// A file that is not there, or is of another version.
    pub fn read(folder: &Path) -> Result<Self, ClusterError> {
        read_json(&folder.join("submission.json"))
    }

    /// The script of an array.
    pub fn script(&self, at: usize, array: &Array, folder: &Path, settings: &Slurm) -> String {
        let logs = folder.join("logs");
        let mut lines = vec![
            "#!/bin/bash".to_owned(),
            format!("#SBATCH --job-name={}", plain(&format!("{} {}", self.experiment, array.label))),
            format!(
                "#SBATCH --array=0-{}{}",
                array.elements.len().saturating_sub(1),
                match settings.at_once {
                    Some(at_once) => format!("%{at_once}"),
                    None => String::new(),
                }
            ),
            format!("#SBATCH --output={}/%A_%a.log", escaped(&logs)),
            "#SBATCH --open-mode=append".to_owned(),
            "#SBATCH --requeue".to_owned(),
            format!("#SBATCH --signal=B:USR1@{WARNING}"),
            "#SBATCH --export=NONE".to_owned(),
            format!("#SBATCH --time={}", time::written(array.minutes)),
            "#SBATCH --nodes=1".to_owned(),
            "#SBATCH --ntasks=1".to_owned(),
            format!("#SBATCH --cpus-per-task={}", array.cpus),
            format!("#SBATCH --mem={}M", memory::megabytes(array.memory)),
        ];
        if array.gpus > 0 {
            lines.push(format!("#SBATCH --gpus-per-task={}", array.gpus));
        }
        let named = [("partition", &settings.partition), ("account", &settings.account), ("qos", &settings.qos)];
        lines.extend(named.iter().filter_map(|(key, value)| Some(format!("#SBATCH --{key}={}", value.as_ref()?))));
        lines.extend(settings.options.iter().map(|option| format!("#SBATCH {option}")));
        lines.push(String::new());
        let mut names: BTreeSet<&str> = settings.environment.iter().map(String::as_str).collect();
        names.insert("SLURM_CONF");
        for name in names {
            if let Ok(value) = std::env::var(name) {
                lines.push(format!("export {name}={}", quoted(&value)));
            }
        }
        lines.push(format!("export RAYON_NUM_THREADS={}", array.cpus));
        lines.push(format!("cd {} || exit 1", quoted(&self.invocation.folder.display().to_string())));
        lines.extend(settings.setup.iter().cloned());
        let own = || std::env::current_exe().map_or_else(|_| "fascicle".to_owned(), |path| path.display().to_string());
        let program: Vec<String> = match settings.program.as_slice() {
            [] => vec![quoted(&own())],
            words => words.iter().map(|word| quoted(word)).collect(),
        };
        let folder = quoted(&folder.display().to_string());
        lines.push(format!("exec {} work {folder} --array {at}", program.join(" ")));
        lines.join("\n") + "\n"
    }

    /// Writes submission and scripts into their folder; gives the scripts.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, folder: &Path, arrays: &[Array], settings: &Slurm) -> Result<Vec<PathBuf>, ClusterError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| ClusterError::Io { path, source }
        };
        let logs = folder.join("logs");
        fs::create_dir_all(&logs).map_err(io(&logs))?;
        write_json(&folder.join("submission.json"), self)?;
        let mut scripts = Vec::with_capacity(arrays.len());
        for (at, array) in arrays.iter().enumerate() {
            let path = folder.join(format!("{}-{}.sh", at + 1, plain(&array.label)));
            fs::write(&path, self.script(at, array, folder, settings)).map_err(io(&path))?;
            scripts.push(path);
        }
        Ok(scripts)
    }

    /// Hands the scripts to Slurm, each behind the arrays of lower steps. What was handed over before a call failed is kept.
    ///
    /// # Errors
    /// What `sbatch` says.
    pub fn submit(&self, folder: &Path, scripts: &[PathBuf]) -> Result<Jobs, ClusterError> {
        let mut jobs = Jobs::default();
        for (array, script) in self.arrays.iter().zip(scripts) {
            // All of the step before: those behind that waited for these.
            let before = self.arrays.iter().zip(&jobs.jobs).filter(|(other, _)| other.step < array.step);
            let after: Vec<String> = before.map(|(_, job)| job.clone()).collect();
            let job = slurm::submit(script, &after)?;
            jobs.jobs.push(job);
            write_json(&folder.join("jobs.json"), &jobs)?;
        }
        Ok(jobs)
    }

    /// The numbers that were given.
    pub fn jobs(folder: &Path) -> Jobs {
        read_json(&folder.join("jobs.json")).unwrap_or_default()
    }

    /// By `JOB_ELEMENT`, the keys of its tasks.
    pub fn elements(&self, jobs: &Jobs) -> BTreeMap<String, &[String]> {
        let mut elements = BTreeMap::new();
        for (array, job) in self.arrays.iter().zip(&jobs.jobs) {
            for (at, keys) in array.elements.iter().enumerate() {
                elements.insert(format!("{job}_{at}"), keys.as_slice());
            }
        }
        elements
    }
}

/// The submissions of an experiment, the oldest first, with their folders.
pub fn submissions(out: &Path, experiment: &str) -> Vec<(PathBuf, Submission)> {
    let folder = out.join("store/submissions");
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let of = |path: PathBuf| {
        let submission = Submission::read(&path).ok().filter(|s| s.experiment == experiment)?;
        let number: u64 = submission.id.rsplit_once('-')?.1.parse().ok()?;
        Some((number, path, submission))
    };
    let mut found: Vec<_> = entries.filter_map(of).collect();
    found.sort_by_key(|(number, ..)| *number);
    found.into_iter().map(|(_, path, submission)| (path, submission)).collect()
}

/// A folder for another submission: made by an atomic `mkdir`, so that two at once have two.
///
/// # Errors
/// What the operating system says.
pub fn new_folder(out: &Path, experiment: &str) -> Result<(String, PathBuf), ClusterError> {
    let all = out.join("store/submissions");
    fs::create_dir_all(&all).map_err(|source| ClusterError::Io { path: all.clone(), source })?;
    for number in 1..1_000_000 {
        let id = format!("{experiment}-{number}");
        let folder = all.join(&id);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok((id, folder)),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(ClusterError::Io { path: folder, source }),
        }
    }
    Err(ClusterError::Settings(format!("{} has a million submissions", all.display())))
}

pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ClusterError> {
    let text = fs::read(path).map_err(|source| ClusterError::Io { path: path.to_owned(), source })?;
    serde_json::from_slice(&text)
        .map_err(|e| ClusterError::Settings(format!("{} cannot be understood: {e}", path.display())))
}

pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), ClusterError> {
    let io = |source| ClusterError::Io { path: path.to_owned(), source };
    let text = serde_json::to_vec_pretty(value).map_err(|e| io(e.into()))?;
    let aside = path.with_added_extension("part");
    fs::write(&aside, text).map_err(io)?;
    fs::rename(&aside, path).map_err(io)
}

/// Letters, digits and dashes alone.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A path in a `#SBATCH` line: `%` begins a number there, a blank ends the option.
fn escaped(path: &Path) -> String {
    path.display().to_string().replace('\\', "\\\\").replace('%', "%%").replace(' ', "\\ ")
}
