//! Slurm's commands: one short call each, never in a loop.
//!
//! A command that is started within a job inherits `SLURM_*` and `SBATCH_*`, which `sbatch` takes for options: all are scrubbed
//! but where the configuration is.

use super::ClusterError;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

/// A command without what a job around it would tell it.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if (text.starts_with("SLURM_") || text.starts_with("SBATCH_")) && text != "SLURM_CONF" {
            command.env_remove(&name);
        }
    }
    command.stdin(Stdio::null());
    command
}

fn run(program: &'static str, arguments: &[String]) -> Result<String, ClusterError> {
    let output = command(program).args(arguments).output();
    let output = output.map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => ClusterError::NoSlurm { program },
        _ => ClusterError::Call { program, problem: source.to_string() },
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let problem = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
        let problem = if problem.is_empty() { output.status.to_string() } else { problem };
        return Err(ClusterError::Call { program, problem });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Submits a script behind jobs that have ended, however they ended; gives its number.
///
/// # Errors
/// What `sbatch` says.
pub(super) fn submit(script: &std::path::Path, after: &[String]) -> Result<String, ClusterError> {
    let mut arguments = vec!["--parsable".to_owned()];
    if !after.is_empty() {
        arguments.push(format!("--dependency=afterany:{}", after.join(":")));
    }
    arguments.push(script.display().to_string());
    let said = run("sbatch", &arguments)?;
    let job = said.trim().split(';').next().unwrap_or_default().to_owned();
    match !job.is_empty() && job.chars().all(|c| c.is_ascii_digit()) {
        true => Ok(job),
        false => Err(ClusterError::Call {
            program: "sbatch",
            problem: format!("expected a job's number, found `{}`", said.trim()),
        }),
    }
}

/// An element in the queue.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Queued {
    /// `PENDING`, `RUNNING`, ..
    pub state: String,
    /// `1:23:45`, as Slurm has it.
    pub time_left: String,
    /// Why it waits, or where it runs.
    pub reason: String,
}

/// This user's elements, by `JOB_ELEMENT` (`JOB` of what is no array).
///
/// # Errors
/// What `squeue` says: the controller may be down.
pub(super) fn queue() -> Result<BTreeMap<String, Queued>, ClusterError> {
    let arguments = ["--me", "--noheader", "--array", "--format=%i|%T|%L|%R"].map(str::to_owned);
    Ok(read_queue(&run("squeue", &arguments)?))
}

fn read_queue(text: &str) -> BTreeMap<String, Queued> {
    let line = |line: &str| {
        let mut parts = line.trim().splitn(4, '|').map(str::to_owned);
        let job = parts.next().filter(|job| !job.is_empty())?;
        Some((job, Queued { state: parts.next()?, time_left: parts.next()?, reason: parts.next()? }))
    };
    text.lines().filter_map(line).collect()
}

/// Puts one element, no other of its array, back into the queue.
///
/// # Errors
/// What `scontrol` says.
pub(super) fn requeue(job: &str) -> Result<(), ClusterError> {
    run("scontrol", &["requeue".to_owned(), job.to_owned()]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_read_element_by_element() {
        let found = read_queue(
            "12_0|RUNNING|1:00|node1\n 12_1|PENDING|2:00|(Priority)\n13|PENDING|1-00:00:00|(Dependency)\n\nodd\n",
        );
        assert_eq!(found.keys().collect::<Vec<_>>(), ["12_0", "12_1", "13"]);
        assert_eq!((found["12_1"].state.as_str(), found["13"].reason.as_str()), ("PENDING", "(Dependency)"));
    }
}
