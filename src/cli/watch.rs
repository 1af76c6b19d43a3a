//! `fascicle status` and `fascicle logs`

use super::table::aligned;
use super::{source, status};
use crate::cluster::{self, ClusterError, Status};
use crate::plan;
use clap::Args;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

/// What `status` is asked.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The experiment; all of the folder where none is named
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// The folder of all runs and of their store of results
    #[arg(long, default_value = "runs", value_name = "DIR")]
    out: PathBuf,
    /// Say it again whenever it has changed, until all is done
    #[arg(long, conflicts_with = "json")]
    watch: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `logs` is asked.
#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    /// A task, as `status` names it, or a part of its name
    #[arg(value_name = "TASK")]
    task: String,
    /// The experiment; the only one of the folder where none is named
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// The folder of all runs and of their store of results
    #[arg(long, default_value = "runs", value_name = "DIR")]
    out: PathBuf,
}

/// How often the store is looked at while it is watched. Slurm is asked once a minute at most.
const LOOK: Duration = Duration::from_secs(5);
/// Tasks under way that are named.
const NAMED: usize = 40;

fn told(error: &ClusterError) -> u8 {
    source::fail(&error.to_string());
    match error {
        ClusterError::Plan(_) => status::WRONG,
        _ => status::FAILED,
    }
}

fn experiments(args: &StatusArgs) -> Result<Vec<String>, ClusterError> {
    Ok(match &args.run {
        Some(run) => vec![run.clone()],
        None => plan::planned_experiments(&args.out)?,
    })
}

pub(super) fn show(args: &StatusArgs) -> u8 {
    let mut last = String::new();
    loop {
        let found = experiments(args).and_then(|names| {
            names.iter().map(|name| cluster::status(&args.out, name, false)).collect::<Result<Vec<_>, _>>()
        });
        let found = match found {
            Ok(found) => found,
            Err(error) => return told(&error),
        };
        if args.json {
            source::print_json(&found);
            return status::DONE;
        }
        let text: String = found.iter().map(shown).collect::<Vec<_>>().join("\n");
        let text = if text.is_empty() { "no run is there yet\n".to_string() } else { text };
        if text != last {
            if args.watch && std::io::stdout().is_terminal() {
                // From the top of a cleared screen.
                let _ = write!(std::io::stdout().lock(), "\x1b[H\x1b[2J");
            }
            source::print(&text);
            last = text;
        }
        let is_over = found.iter().all(|status| !status.counts.iter().any(|(word, _)| is_under_way(word)));
        if !args.watch || is_over || source::lost() {
            return status::DONE;
        }
        std::thread::sleep(LOOK);
    }
}

fn is_under_way(word: &str) -> bool {
    matches!(word, "running" | "queued")
}

fn shown(status: &Status) -> String {
    let counts: Vec<String> = status.counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let whole = if status.is_whole { "" } else { " (and what follows the trials of a search)" };
    let mut text =
        format!("{}: {}{whole}\n  {}, {}\n", status.experiment, counts.join(", "), status.command, status.at);
    let under_way: Vec<_> = status.tasks.iter().filter(|task| is_under_way(task.state)).collect();
    if !under_way.is_empty() {
        let row = |task: &&cluster::TaskStatus| {
            let left = task.time_left.as_ref().map_or(String::new(), |left| format!("{left} left"));
            vec![format!("  {}", task.name), task.state.to_string(), task.who.clone().unwrap_or_default(), left]
        };
        let rows: Vec<_> = under_way.iter().take(NAMED).map(row).collect();
        text.push_str(&aligned(&["  task", "state", "who", ""], &rows, 4));
        if under_way.len() > NAMED {
            text.push_str(&format!("  and {} others\n", under_way.len() - NAMED));
        }
    }
    for failure in &status.failures {
        text.push_str(&format!("{}: {} ({})\n", failure.task, failure.reason, failure.who));
        text.push_str(&format!("  {}\n", failure.problem));
        if let Some(log) = &failure.log {
            text.push_str(&format!("  {}:\n", log.display()));
            failure.last_lines.iter().for_each(|line| text.push_str(&format!("  | {line}\n")));
        }
    }
    let gone = status.tasks.iter().filter(|task| task.state == "gone").count();
    if gone > 0 {
        let tasks = source::plural(gone, "task");
        text.push_str(&format!("{tasks} left the queue undone: cancelled, or lost with a node; submit again\n"));
    }
    if let Some(word) = &status.queue {
        text.push_str(&format!("{word}\n"));
    }
    text
}

pub(super) fn logs(args: &LogsArgs) -> u8 {
    let run = match (&args.run, plan::planned_experiments(&args.out)) {
        (Some(run), _) => run.clone(),
        (None, Ok(runs)) if runs.len() == 1 => runs.into_iter().next().unwrap_or_default(),
        (None, Ok(runs)) => {
            source::fail(&format!("the folder has several runs ({}): say which with --run", runs.join(", ")));
            return status::WRONG;
        }
        (None, Err(error)) => return told(&error.into()),
    };
    let (names, logs) = match Status::logs_of(&args.out, &run, &args.task) {
        Ok(found) => found,
        Err(error) => return told(&error),
    };
    if names.is_empty() {
        source::fail(&format!("{run} has no task `{}`; `fascicle plan` lists them", args.task));
        return status::WRONG;
    }
    if logs.is_empty() {
        source::note("no job of Slurm's has a log of it; a run by itself says what it has to say where it runs");
        return status::DONE;
    }
    for path in logs {
        source::note(&format!("{}:", path.display()));
        match std::fs::read(&path) {
            Ok(bytes) => source::print(&String::from_utf8_lossy(&bytes)),
            Err(error) => {
                source::fail(&format!("{}: {error}", path.display()));
                return status::FAILED;
            }
        }
    }
    status::DONE
}
