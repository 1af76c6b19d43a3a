//! `fascicle run` and `fascicle plan`

use super::progress::{Terminal, duration};
use super::world::Files;
use super::{Program, device, highlight, source, status, table};
use crate::cluster::cache_folder;
use crate::compile::{Compilation, LayerRow, TrialSettings, model_tables, programs_with};
use crate::drawing;
use crate::graph::Graph;
use crate::nn::Device;
use crate::plan::{
    self, AfterFailure, Clock, Failures, Outcome, PlanError, Planned, PlannedTask, RunOptions, SourceText, Tracker,
    TrialPrograms, Workers,
};
use crate::program::{Experiment, Program as CompiledProgram};
use crate::report::content::{Critic, Layer, Model};
use crate::syntax::nearest;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What `run` is asked.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Say nothing while running but warnings
    #[arg(long, short)]
    quiet: bool,
    /// How many tasks run side by side [default: as many as cores and memory allow; a card each]
    #[arg(long, value_name = "N", value_parser = workers)]
    workers: Option<usize>,
    /// Also write the run for another tool: mlflow, into OUT/mlruns or mlflow=DIR (`mlflow ui --backend-store-uri DIR` shows it);
    /// wandb, into OUT/wandb or wandb=DIR (`wandb sync` uploads it)
    #[arg(long, value_name = "TOOL[=DIR]", value_parser = tracker)]
    track: Option<(Tracker, Option<PathBuf>)>,
    /// After a failure go on with all that does not need what failed: this is what happens anyway
    #[arg(long, overrides_with = "stop_at_failure")]
    keep_going: bool,
    /// After a failure begin no other task
    #[arg(long, overrides_with = "keep_going")]
    stop_at_failure: bool,
}

impl PlanArgs {
    /// What a submission says.
    pub(super) fn of(file: &Path, settings: &[(String, String)], device: &str, out: &Path, sweeps: &[String]) -> Self {
        Self {
            program: Program { file: file.to_path_buf(), settings: settings.to_vec() },
            device: device.split(',').map(str::to_owned).collect(),
            out: out.to_path_buf(),
            sweeps: sweeps.to_vec(),
            json: false,
        }
    }
}

fn tracker(text: &str) -> Result<(Tracker, Option<PathBuf>), String> {
    let (tool, folder) = match text.split_once('=') {
        Some((tool, folder)) => (tool, Some(folder)),
        None => (text, None),
    };
    let known = Tracker::ALL.into_iter().find_map(|(name, tracker)| (name == tool).then_some(tracker));
    match (known, folder) {
        (Some(_), Some("")) => Err("expected a folder behind `=`".to_string()),
        (Some(tracker), folder) => Ok((tracker, folder.map(PathBuf::from))),
        (None, _) => {
            let names = Tracker::ALL.map(|(name, _)| format!("`{name}` or `{name}=DIR`")).join(", ");
            Err(format!("expected {names}; learning curves for TensorBoard are in every run's folder"))
        }
    }
}

fn workers(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(workers @ 1..=4096) => Ok(workers),
        _ => Err("expected a number from 1 to 4096".to_string()),
    }
}

/// What `plan` is asked, and `run` as well.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    program: Program,
    /// Where numbers are computed: auto, cpu, cuda, cuda:1, or several cards: cuda:0,cuda:1
    #[arg(long, default_value = "auto", value_name = "DEVICE,..", value_delimiter = ',')]
    device: Vec<String>,
    /// The folder of all runs and of their store of results
    #[arg(long, default_value = "runs", value_name = "DIR")]
    out: PathBuf,
    /// Run this sweep of the file and no other; `none` runs the file as its `param`s say. May be given several times
    #[arg(long = "sweep", value_name = "NAME")]
    sweeps: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The word for running without any sweep.
const NO_SWEEP: &str = "none";

/// Set by Ctrl-C.
static INTERRUPT: AtomicBool = AtomicBool::new(false);

pub(super) struct Prepared {
    experiment: Experiment,
    source: SourceText,
    models: Vec<Model>,
    devices: Vec<Device>,
    workers: Workers,
    after_failure: AfterFailure,
    submission: Option<String>,
    command: String,
    cache: Option<PathBuf>,
    track: Option<(Tracker, PathBuf)>,
}

/// The file, to be compiled with the settings of trials.
pub(super) struct FileOfTrials {
    name: String,
    text: String,
    settings: TrialSettings,
    world: Files,
}

impl TrialPrograms for FileOfTrials {
    fn programs(&self, variant: &str, settings: &[TrialSettings]) -> Vec<Result<crate::program::Program, String>> {
        programs_with((&self.name, &self.text), &self.settings, variant, settings, &self.world)
    }
}

impl Prepared {
    /// As an element of a submission: a training is alone, so that what it takes is measured.
    pub(super) fn work_for(&mut self, submission: &str, command: &str, trains: bool) {
        self.submission = Some(submission.to_owned());
        self.command = command.to_owned();
        if trains {
            self.workers = Workers::Fixed(1);
        }
    }

    /// How fast the devices are, by `of`.
    fn clock(&self, of: fn(&Device, &[CompiledProgram]) -> Option<Clock>) -> Option<Clock> {
        self.devices.first().and_then(|device| of(device, &self.experiment.variants))
    }

    /// The experiment, and how it is run.
    pub(super) fn options<'a>(
        self,
        out: &Path,
        listener: &'a Terminal,
        trials: &'a FileOfTrials,
        clock: Option<Clock>,
    ) -> (Experiment, RunOptions<'a>) {
        let options = RunOptions {
            out: out.to_path_buf(),
            devices: self.devices,
            workers: self.workers,
            after_failure: self.after_failure,
            interrupt: &INTERRUPT,
            listener,
            submission: self.submission,
            command: self.command,
            source: self.source,
            model_tables: self.models,
            base: PathBuf::from("."),
            cache: self.cache,
            track: self.track,
            trials,
            clock,
        };
        (self.experiment, options)
    }
}

pub(super) fn prepare(args: &PlanArgs) -> Result<(Prepared, FileOfTrials), u8> {
    let PlanArgs { program, device, .. } = args;
    let wrong = |message: String| {
        source::fail(&message);
        status::WRONG
    };
    let (text, mut compilation, world) = source::compile(program, true).map_err(wrong)?;
    source::tell(&compilation);
    keep_sweeps(&mut compilation, &args.sweeps).map_err(wrong)?;
    let models = layers(&compilation);
    let Some(experiment) = compilation.experiment else { return Err(status::WRONG) };
    let devices = devices(device).map_err(wrong)?;
    let cache = cache_folder(Path::new(".")).map_err(|error| wrong(error.to_string()))?;
    let name = program.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let highlights = highlight::marks(&text);
    let trials = FileOfTrials {
        name: program.file.display().to_string(),
        text: text.clone(),
        settings: program.settings.clone(),
        world,
    };
    Ok((
        Prepared {
            experiment,
            source: SourceText { name, text, highlights },
            models,
            devices,
            workers: Workers::Fitting,
            after_failure: AfterFailure::GoOn,
            submission: None,
            command: command_line(),
            cache,
            track: None,
        },
        trials,
    ))
}

/// The devices of these names, each once.
fn devices(names: &[String]) -> Result<Vec<Device>, String> {
    let mut devices: Vec<Device> = Vec::new();
    for name in names {
        let device = Device::parse(name.trim()).map_err(|e| e.to_string())?;
        if devices.contains(&device) {
            return Err(format!("`--device` names `{name}` twice; several trainings on one card: `--workers`"));
        }
        devices.push(device);
    }
    if devices.len() > 1 && devices.iter().any(Device::is_cpu) {
        return Err("`--device` names the CPU beside others: a run computes on cards or on the CPU".to_string());
    }
    Ok(devices)
}

/// Leaves the sweeps that were asked for.
fn keep_sweeps(compilation: &mut Compilation, asked: &[String]) -> Result<(), String> {
    let (Some(experiment), Some(base), false) = (&mut compilation.experiment, &compilation.base, asked.is_empty())
    else {
        return Ok(());
    };
    let none = asked.iter().any(|name| name == NO_SWEEP);
    if none && asked.len() > 1 {
        return Err(format!("`--sweep {NO_SWEEP}` leaves no sweep; leave it out, or the other sweeps"));
    }
    let names: Vec<&str> = if none { Vec::new() } else { asked.iter().map(String::as_str).collect() };
    let known: Vec<String> = experiment.sweeps.iter().map(|sweep| sweep.name.clone()).collect();
    experiment.keep_sweeps(&names, base.clone()).map_err(|unknown| {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let near = nearest(&unknown, &known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let there = if known.is_empty() { "none".to_string() } else { known.join(", ") };
        format!("the file has no sweep `{unknown}`{near} (its sweeps: {there}; `--sweep {NO_SWEEP}` runs it without)")
    })
}

/// The layer tables for the report: of each variant whose network differs from those before.
fn layers(compilation: &Compilation) -> Vec<Model> {
    let Some(experiment) = &compilation.experiment else { return Vec::new() };
    let mut models: Vec<Model> = Vec::new();
    for program in &experiment.variants {
        for table in model_tables(program) {
            let layers = shown(table.layers);
            let critics: Vec<Critic> = table
                .critics
                .into_iter()
                .map(|c| Critic { name: c.name, parameters: c.parameters, layers: shown(c.layers) })
                .collect();
            if models.iter().any(|m| m.name == table.name && m.layers == layers && m.critics == critics) {
                continue;
            }
            let variant = (experiment.variants.len() > 1).then(|| program.variant.clone());
            let drawing = drawing::svg(&drawing::panels(&[program], &table.name, 1));
            models.push(Model {
                drawing,
                name: table.name,
                variant,
                layers,
                parameters: table.parameters,
                operations: table.operations,
                memory: table.memory_bytes,
                batch: table.batch,
                critics,
            });
        }
    }
    models
}

fn shown(rows: Vec<LayerRow>) -> Vec<Layer> {
    let layer = |row: LayerRow| Layer {
        path: row.path,
        operator: row.op,
        shape: row.output,
        parameters: row.parameters,
        operations: 0,
    };
    rows.into_iter().map(layer).collect()
}

/// The flag that Ctrl-C sets from now on. A second Ctrl-C ends the process at once: what was checkpointed stays.
pub(super) fn listen_for_interrupts() -> &'static AtomicBool {
    let handler = ctrlc::set_handler(|| {
        if INTERRUPT.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(status::INTERRUPTED));
        }
        source::note("interrupted: ending at the next batch (again to end at once)");
    });
    if let Err(error) = handler {
        source::fail(&format!("Ctrl-C will end the run at once: {error}"));
    }
    &INTERRUPT
}

/// Tests the devices on what they are to compute, where they were not tested before.
pub(super) fn guard(prepared: &Prepared) -> Result<(), u8> {
    let graphs: Vec<&Graph> = prepared.experiment.variants.iter().map(|variant| &variant.graph).collect();
    for device in &prepared.devices {
        device::guard(&graphs, device).map_err(|error| {
            source::fail(&error.to_string());
            status::FAILED
        })?;
    }
    Ok(())
}

/// The run of which all parts are done: what is left, and the run's folder.
pub(super) fn finish(experiment: &Experiment, options: &RunOptions<'_>, terminal: &Terminal) -> u8 {
    let outcome = plan::run(experiment, options);
    terminal.finish();
    match outcome {
        Ok(summary) => {
            source::print(&summary.to_string());
            match summary.outcome {
                Outcome::Interrupted { .. } => status::INTERRUPTED,
                Outcome::Finished => status::DONE,
            }
        }
        Err(error) => {
            source::fail(&error.to_string());
            status_of(&error)
        }
    }
}

pub(super) fn run(args: &RunArgs) -> u8 {
    let (mut prepared, trials) = match prepare(&args.plan) {
        Ok(prepared) => prepared,
        Err(status) => return status,
    };
    prepared.workers = args.workers.map_or(Workers::Fitting, Workers::Fixed);
    let folder = |tool: Tracker| args.plan.out.join(tool.folder());
    prepared.track = args.track.clone().map(|(tool, at)| (tool, at.unwrap_or_else(|| folder(tool))));
    if args.stop_at_failure {
        prepared.after_failure = AfterFailure::Stop;
    }
    if let Err(status) = guard(&prepared) {
        return status;
    }
    listen_for_interrupts();
    let began = Instant::now();
    let terminal = Terminal::new(args.quiet);
    // Who sees no progress need not wait for what it is reckoned by; and steps made for their time would be steps not trained.
    let clock = if args.quiet { None } else { prepared.clock(Clock::kept) };
    let (experiment, options) = prepared.options(&args.plan.out, &terminal, &trials, clock);
    let outcome = plan::run(&experiment, &options);
    terminal.finish();
    let summary = match outcome {
        Ok(summary) => summary,
        Err(error) => {
            if let (PlanError::Failed(failures), true) = (&error, args.plan.json) {
                source::print_json(&failed(&experiment.name, failures));
            }
            source::fail(&error.to_string());
            return status_of(&error);
        }
    };
    if args.plan.json {
        source::print_json(&summary);
    } else {
        source::print(&summary.to_string());
    }
    match summary.outcome {
        Outcome::Interrupted { .. } => {
            source::note("interrupted; the same command goes on from here");
            status::INTERRUPTED
        }
        Outcome::Finished => {
            if !args.quiet {
                let (ran, all) = (summary.tasks.iter().filter(|t| t.ran).count(), summary.tasks.len());
                let tasks = source::plural(ran, "task");
                source::note(&format!("{tasks} in {}, {} reused", duration(began.elapsed()), all - ran));
            }
            status::DONE
        }
    }
}

pub(super) fn plan(args: &PlanArgs) -> u8 {
    let (prepared, trials) = match prepare(args) {
        Ok(prepared) => prepared,
        Err(status) => return status,
    };
    let quiet = Terminal::new(true);
    let clock = prepared.clock(Clock::measured);
    let (experiment, options) = prepared.options(&args.out, &quiet, &trials, clock);
    let Planned { tasks, is_whole, seconds } = match plan::plan(&experiment, &options) {
        Ok(planned) => planned,
        Err(error) => {
            source::fail(&error.to_string());
            return status_of(&error);
        }
    };
    if !is_whole {
        source::note("what follows the trials of a search is planned when they are judged");
    }
    if args.json {
        source::print_json(&tasks);
        return status::DONE;
    }
    let rows: Vec<Vec<String>> = tasks
        .iter()
        .map(|t| {
            let state = if t.cached { "done" } else { "to run" };
            vec![t.name.clone(), state.to_string(), t.why.clone().unwrap_or_default()]
        })
        .collect();
    source::print(&table::aligned(&["task", "state", "why"], &rows, 3));
    let waiting = tasks.iter().filter(|t| !t.cached).count();
    source::print(&format!("{} to run, {} done\n", source::plural(waiting, "task"), tasks.len() - waiting));
    source::print(&times(&tasks, seconds));
    status::DONE
}

/// What failed, for a program that reads the answer.
fn failed(experiment: &str, failures: &Failures) -> serde_json::Value {
    let tasks = failures.failed.iter();
    let tasks: Vec<_> =
        tasks.map(|(name, error)| serde_json::json!({ "name": name, "problem": error.to_string() })).collect();
    let not_reached = &failures.not_reached;
    serde_json::json!({ "experiment": experiment, "outcome": { "failed": { "tasks": tasks, "not_reached": not_reached } } })
}

/// What the tasks to run take, kind by kind, the longest first, and all side by side; nothing where there are none or nothing is known.
fn times(tasks: &[PlannedTask], whole: Option<f64>) -> String {
    let mut kinds: Vec<(&str, usize, f64)> = Vec::new();
    let mut unknown = 0;
    for task in tasks.iter().filter(|task| !task.cached) {
        let Some(seconds) = task.seconds else {
            unknown += 1;
            continue;
        };
        match kinds.iter_mut().find(|(kind, ..)| *kind == task.kind.name()) {
            Some((_, count, sum)) => (*count, *sum) = (*count + 1, *sum + seconds),
            None => kinds.push((task.kind.name(), 1, seconds)),
        }
    }
    if kinds.is_empty() {
        return String::new();
    }
    kinds.sort_by(|a, b| b.2.total_cmp(&a.2));
    let about = |seconds: f64| duration(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    let all: f64 = whole.unwrap_or_else(|| kinds.iter().map(|(.., seconds)| seconds).sum());
    let row =
        |(kind, count, seconds): &(&str, usize, f64)| vec![(*kind).to_owned(), count.to_string(), about(*seconds)];
    let rows: Vec<Vec<String>> = kinds.iter().map(row).collect();
    let rest = match unknown {
        0 => String::new(),
        n => format!(", and {} of which nothing is known", source::plural(n, "task")),
    };
    format!("\n{}about {} on this machine{rest}\n", table::aligned(&["kind", "tasks", "time"], &rows, 1), about(all))
}

/// What the file or the data say wrong is for the user to mend; the rest is a failed run.
pub(super) fn status_of(error: &PlanError) -> u8 {
    match error {
        PlanError::Data { .. } | PlanError::Packed { .. } => status::WRONG,
        PlanError::Interrupted { .. } => status::INTERRUPTED,
        PlanError::Failed(failures) => {
            let worst = failures.failed.iter().map(|(_, error)| status_of(error));
            worst.min_by_key(|status| *status).unwrap_or(status::FAILED)
        }
        _ => status::FAILED,
    }
}

/// The command as typed, without the folder the program lies in.
pub(super) fn command_line() -> String {
    let mut words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(first) = words.first_mut() {
        *first = "fascicle".to_string();
    }
    words.join(" ")
}
