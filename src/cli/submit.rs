//! `fascicle submit` and `fascicle work`

use super::run::{PlanArgs, prepare, status_of};
use super::table::{aligned, sized};
use super::{progress, source, status};
use crate::cluster::{self, Array, ClusterError, Estimator, Invocation, Slurm, SlurmKeys, Submission};
use crate::plan::{self, Kind, Survey, TaskState};
use clap::Args;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What `submit` is asked.
#[derive(Debug, Args)]
pub(super) struct SubmitArgs {
    /// The experiment: a `.fx` file
    #[arg(value_name = "FILE", required_unless_present = "init")]
    file: Option<PathBuf>,
    #[command(flatten)]
    plan: SubmittedPlan,
    /// Show tasks, bundles, resources and scripts; nothing is submitted, and nobody asked
    #[arg(long)]
    dry_run: bool,
    /// Write a fascicle.toml in which every setting of a cluster is explained
    #[arg(long, conflicts_with_all = ["file", "dry_run"])]
    init: bool,
    /// The partition
    #[arg(long, short, value_name = "P")]
    partition: Option<String>,
    /// The longest time that is asked for an element: minutes, HH:MM:SS, DAYS-HH
    #[arg(long, short, value_name = "T")]
    time: Option<String>,
    /// Who is charged
    #[arg(long, short = 'A', value_name = "A")]
    account: Option<String>,
    /// The quality of service
    #[arg(long, value_name = "Q")]
    qos: Option<String>,
    /// Cards of each training
    #[arg(long, value_name = "N")]
    gpus_per_task: Option<usize>,
    /// Cores of an element at most
    #[arg(long, value_name = "N")]
    cpus: Option<usize>,
    /// The least memory of an element: 4G
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// Elements of an array that run at once at most
    #[arg(long, value_name = "N")]
    at_once: Option<usize>,
}

/// As of [`PlanArgs`], but for the file.
#[derive(Debug, Args)]
struct SubmittedPlan {
    /// Set a `param`: `--set width=32`. May be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = super::setting)]
    settings: Vec<(String, String)>,
    /// Where numbers are computed on a node: auto, cpu, cuda
    #[arg(long, default_value = "auto")]
    device: String,
    /// The folder of all runs and of their store of results, on a disk that all nodes see
    #[arg(long, default_value = "runs", value_name = "DIR")]
    out: PathBuf,
    /// Run this sweep of the file and no other; `none` runs the file as its `param`s say. May be given several times
    #[arg(long = "sweep", value_name = "NAME")]
    sweeps: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What an element is asked.
#[derive(Debug, Args)]
pub(super) struct WorkArgs {
    /// The folder of a submission
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Which of its arrays
    #[arg(long)]
    array: usize,
    /// Which of the array's elements; what Slurm says where it is not named
    #[arg(long)]
    element: Option<usize>,
    /// Do the work: without it the one that does is started and watched
    #[arg(long)]
    inside: bool,
}

fn told(error: &ClusterError) -> u8 {
    source::fail(&error.to_string());
    match error {
        ClusterError::Plan(error) => status_of(error),
        ClusterError::Settings(_) => status::WRONG,
        _ => status::FAILED,
    }
}

pub(super) fn submit(args: &SubmitArgs) -> u8 {
    if args.init {
        return init();
    }
    submitted(args).unwrap_or_else(|status| status)
}

/// Writes the file of settings, where there is none.
fn init() -> u8 {
    let path = Path::new(cluster::FILE);
    let written = std::fs::File::create_new(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, cluster::TEMPLATE.as_bytes()));
    match written {
        Ok(()) => {
            source::note(&format!(
                "{} is written: what its comments show holds until a line is uncommented",
                path.display()
            ));
            status::DONE
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            source::fail(&format!("{} is there already, and nothing is written over it", path.display()));
            status::WRONG
        }
        Err(e) => {
            source::fail(&format!("{} cannot be written: {e}", path.display()));
            status::FAILED
        }
    }
}

fn submitted(args: &SubmitArgs) -> Result<u8, u8> {
    let Some(file) = &args.file else { return Err(status::WRONG) };
    let command = SlurmKeys {
        partition: args.partition.clone(),
        account: args.account.clone(),
        qos: args.qos.clone(),
        time: args.time.clone(),
        gpus_per_task: args.gpus_per_task,
        cpus: args.cpus,
        memory: args.memory.clone(),
        at_once: args.at_once,
        ..SlurmKeys::default()
    };
    let settings = Slurm::read(Path::new("."), command).map_err(|e| told(&e))?;
    let own = &args.plan;
    // What it is computed on is seen where it is computed.
    let plan_args = PlanArgs::of(file, &own.settings, "cpu", &own.out, &own.sweeps);
    let (prepared, trials) = prepare(&plan_args)?;
    let quiet = progress::Terminal::new(true);
    let (experiment, options) = prepared.options(&own.out, &quiet, &trials, None);
    let survey = plan::survey(&experiment, &options).map_err(|error| told(&error.into()))?;
    // What waits in the queue is not submitted again.
    let (elements, word) = match args.dry_run {
        true => (cluster::Elements::new(), None),
        false => cluster::in_queue(&own.out, &experiment.name, true),
    };
    if let Some(word) = word {
        source::fail(&format!("{word}: what of it is in the queue is not known, so nothing is submitted"));
        return Err(status::FAILED);
    }
    let queued = |key: &str| elements.get(key).is_some_and(|(_, queued)| queued.is_some());
    let excluded: BTreeSet<usize> =
        survey.tasks.iter().enumerate().filter(|(_, task)| queued(&task.fingerprint)).map(|(at, _)| at).collect();
    let estimator = Estimator::new(&survey.measured, settings.margin);
    let arrays = cluster::arrays(&survey.tasks, &excluded, &settings, &estimator);
    let left: usize = arrays.iter().flat_map(|array| &array.elements).map(Vec::len).sum();
    let folder = std::env::current_dir().map_err(|e| {
        source::fail(&e.to_string());
        status::FAILED
    })?;
    let invocation = Invocation {
        file: file.clone(),
        settings: own.settings.clone(),
        sweeps: own.sweeps.clone(),
        out: own.out.clone(),
        device: own.device.split(',').map(|d| d.trim().to_owned()).collect(),
        folder,
        command: super::run::command_line(),
    };
    let keys: Vec<String> = survey.tasks.iter().map(|task| task.fingerprint.clone()).collect();
    if args.dry_run {
        let id = format!("{}-N", experiment.name);
        let place = invocation.store_folder().join("store/submissions").join(&id);
        let submission = Submission::of(id, &experiment.name, invocation, &arrays, &keys);
        let scripts: Vec<String> =
            arrays.iter().enumerate().map(|(at, array)| submission.script(at, array, &place, &settings)).collect();
        show(args, &survey, &arrays, &settings, &scripts);
        return Ok(status::DONE);
    }
    if left == 0 && !excluded.is_empty() {
        source::note(&format!("all that is left is in the queue: {}", source::plural(excluded.len(), "task")));
        return Ok(status::DONE);
    }
    plan::put_plan(&own.out, &survey.record).map_err(|error| told(&error.into()))?;
    let (id, place) = cluster::new_folder(&own.out, &experiment.name).map_err(|e| told(&e))?;
    let place = place.canonicalize().unwrap_or(place);
    let submission = Submission::of(id, &experiment.name, invocation, &arrays, &keys);
    let jobs = submission
        .write(&place, &arrays, &settings)
        .and_then(|scripts| submission.submit(&place, &scripts))
        .map_err(|error| {
            let given = Submission::jobs(&place).jobs;
            if !given.is_empty() {
                source::note(&format!(
                    "jobs {} were submitted before that; submit again for the rest",
                    given.join(", ")
                ));
            }
            told(&error)
        })?;
    cluster::note_submitted(&own.out, &submission, &jobs);
    if own.json {
        source::print_json(&json!({ "submission": submission.id, "jobs": jobs.jobs, "folder": place }));
    } else {
        let rows: Vec<Vec<String>> =
            arrays.iter().zip(&jobs.jobs).map(|(array, job)| [vec![job.clone()], row(array)].concat()).collect();
        source::print(&aligned(&[&["job"], HEADER].concat(), &rows, 2));
        source::print(&format!(
            "submitted as {}; `fascicle status {}` says how far it is\n",
            submission.id, submission.experiment
        ));
    }
    Ok(status::DONE)
}

const HEADER: &[&str] = &["array", "elements", "tasks", "cores", "cards", "memory", "time each", "core-hours"];

fn row(array: &Array) -> Vec<String> {
    vec![
        array.label.clone(),
        array.elements.len().to_string(),
        array.elements.iter().map(Vec::len).sum::<usize>().to_string(),
        array.cpus.to_string(),
        array.gpus.to_string(),
        sized(array.memory),
        progress::duration(Duration::from_secs(array.minutes * 60)),
        format!("{:.1}", core_hours(array)),
    ]
}

fn core_hours(array: &Array) -> f64 {
    array.seconds / 3600.0 * array.cpus as f64
}

fn card_hours(array: &Array) -> f64 {
    array.seconds / 3600.0 * array.gpus as f64
}

/// What would be submitted.
fn show(args: &SubmitArgs, survey: &Survey, arrays: &[Array], settings: &Slurm, scripts: &[String]) {
    let mut stages: BTreeMap<Kind, [usize; 4]> = BTreeMap::new();
    for task in &survey.tasks {
        let place = match task.state {
            TaskState::Done => 0,
            TaskState::Claimed(_) => 1,
            TaskState::Failed(_) => 2,
            TaskState::ToRun => 3,
        };
        stages.entry(task.kind).or_default()[place] += 1;
    }
    let (cores, cards): (f64, f64) = arrays.iter().fold((0.0, 0.0), |(c, g), a| (c + core_hours(a), g + card_hours(a)));
    let measured: usize = survey.measured.values().map(Vec::len).sum();
    if args.plan.json {
        let of_stage = |(kind, [done, claimed, failed, to_run]): (&Kind, &[usize; 4])| json!({ "kind": kind, "done": done, "claimed": claimed, "failed": failed, "to_run": to_run });
        let of_array = |(array, script): (&Array, &String)| {
            let tasks: Vec<usize> = array.elements.iter().map(Vec::len).collect();
            json!({
                "label": array.label, "step": array.step, "tasks_by_element": tasks, "cpus": array.cpus, "gpus": array.gpus,
                "memory_bytes": array.memory, "minutes": array.minutes, "core_hours": core_hours(array),
                "card_hours": card_hours(array), "script": script,
            })
        };
        source::print_json(&json!({
            "stages": stages.iter().map(of_stage).collect::<Vec<_>>(),
            "arrays": arrays.iter().zip(scripts).map(of_array).collect::<Vec<_>>(),
            "core_hours": cores, "card_hours": cards, "is_whole": survey.is_whole, "settings": settings,
        }));
        return;
    }
    let rows: Vec<Vec<String>> = stages
        .iter()
        .map(|(kind, counts)| {
            let counts = counts.iter().map(usize::to_string);
            std::iter::once(kind.name().to_string()).chain(counts).collect()
        })
        .collect();
    source::print(&aligned(&["task", "done", "claimed", "failed", "to run"], &rows, 1));
    let rows: Vec<Vec<String>> = arrays.iter().map(row).collect();
    source::print(&format!("\n{}", aligned(HEADER, &rows, 1)));
    let known = match measured {
        0 => "predicted; nothing of the kind has run here".to_string(),
        count => format!("predicted, and measured on {}", source::plural(count, "task")),
    };
    source::print(&format!(
        "\n{cores:.1} core-hours, {cards:.1} card-hours ({known}); time and memory are asked for with a margin of {}\n",
        settings.margin
    ));
    for path in &settings.read {
        source::print(&format!("settings: {}\n", path.display()));
    }
    if !survey.is_whole {
        source::print("what follows the trials of a search is planned when they are judged: the last job does it\n");
    }
    for script in scripts {
        source::print(&format!("\n{script}"));
    }
}

pub(super) fn work(args: &WorkArgs) -> u8 {
    let of_slurm = || std::env::var("SLURM_ARRAY_TASK_ID").ok().and_then(|element| element.parse().ok());
    let Some(element) = args.element.or_else(of_slurm) else {
        source::fail("`work` is what a script of `fascicle submit` calls; by hand it wants --element");
        return status::WRONG;
    };
    if args.inside {
        return inside(args, element).unwrap_or_else(|status| status);
    }
    #[cfg(unix)]
    return cluster::work::supervise(&args.folder, args.array, element).unwrap_or_else(|error| told(&error));
    #[cfg(not(unix))]
    return inside(args, element).unwrap_or_else(|status| status);
}

/// Does an element's tasks.
fn inside(args: &WorkArgs, element: usize) -> Result<u8, u8> {
    let submission = Submission::read(&args.folder).map_err(|e| told(&e))?;
    let invocation = &submission.invocation;
    std::env::set_current_dir(&invocation.folder).map_err(|e| {
        source::fail(&format!("{}: {e}", invocation.folder.display()));
        status::FAILED
    })?;
    let Some(array) = submission.arrays.get(args.array) else {
        source::fail(&format!("{} has no array {}", submission.id, args.array));
        return Err(status::WRONG);
    };
    let keys: BTreeSet<String> = array.elements.get(element).into_iter().flatten().cloned().collect();
    let device = invocation.device.join(",");
    let plan_args = PlanArgs::of(&invocation.file, &invocation.settings, &device, &invocation.out, &invocation.sweeps);
    let (mut prepared, trials) = prepare(&plan_args)?;
    let trains = array.label.starts_with("train");
    prepared.work_for(&submission.id, &invocation.command, trains);
    super::run::guard(&prepared)?;
    super::run::listen_for_interrupts();
    let terminal = progress::Terminal::new(false);
    let (experiment, options) = prepared.options(&invocation.out, &terminal, &trials, None);
    let worked = plan::work(&experiment, &options, &keys).map_err(|error| told(&error.into()))?;
    if worked.interrupted.is_some() {
        return Ok(status::INTERRUPTED);
    }
    for name in &worked.missing {
        source::fail(&format!("{name} is not there: its own job failed, or was ended; `fascicle status` says more"));
    }
    if let Some(failures) = &worked.failures {
        source::fail(&failures.to_string());
    }
    if worked.failures.is_some() || !worked.missing.is_empty() {
        return Ok(status::FAILED);
    }
    let is_last = submission.arrays.iter().all(|other| other.step <= array.step) && array.label == "finish";
    match is_last {
        false => Ok(status::DONE),
        true => Ok(super::run::finish(&experiment, &options, &terminal)),
    }
}
