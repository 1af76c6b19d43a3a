//! The command line: thin commands over the library.
//!
//! Results go to standard output, progress and diagnostics to standard error. Exit status: 0 done, 1 the run failed,
//! 2 the file or the command line is wrong, 75 interrupted and resumable.

mod apply;
mod check;
mod completions;
mod device;
mod doc;
mod explain;
mod export;
mod fix;
mod fmt;
mod graph;
mod highlight;
mod lsp;
mod new;
mod on_save;
mod pack;
mod phantom;
mod progress;
mod run;
mod runs;
mod source;
mod store;
mod submit;
mod table;
mod topics;
mod watch;
mod weights;
mod world;

pub use world::Files;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit statuses.
pub mod status {
    /// Done.
    pub const DONE: u8 = 0;
    /// The run failed.
    pub const FAILED: u8 = 1;
    /// The file or the command line is wrong.
    pub const WRONG: u8 = 2;
    /// Interrupted; the same command goes on where it stopped.
    pub const INTERRUPTED: u8 = 75;
}

/// A language for multimodal neuroimaging experiments: one file says what the data are, how they are encoded and
/// fused, what is minimised and what is asked of the result.
#[derive(Debug, Parser)]
#[command(name = "fascicle", version, max_term_width = 110, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Start here:
  fascicle new first.fx            an experiment that runs on made-up heads
  fascicle check first.fx          its layers, shapes, parameters and memory, before anything runs
  fascicle run first.fx            trains, scores, writes runs/first/report.html
  fascicle explain E0302           what an error means";

#[derive(Debug, Subcommand)]
enum Command {
    /// Find every error before anything runs; show layers, shapes, parameters, operations and memory
    Check(check::CheckArgs),
    /// Run a file: train, score, analyse, compare, report. Running again does only what changed
    Run(run::RunArgs),
    /// Show what `run` would do, and why
    Plan(run::PlanArgs),
    /// Hand a run to Slurm: an array for each stage, and a short call that ends
    Submit(submit::SubmitArgs),
    /// Do an element of a submission: what its scripts call
    #[command(hide = true)]
    Work(submit::WorkArgs),
    /// Show how far a run is: here, elsewhere, in the queue
    Status(watch::StatusArgs),
    /// List the runs of a folder, with their first scores
    Runs(runs::RunsArgs),
    /// Show in what runs differ: file, params, people, scores, paired where folds are shared
    Compare(runs::CompareArgs),
    /// Print the logs of the jobs that a task was in
    Logs(watch::LogsArgs),
    /// Show what the store of results holds, remove what no run needs, verify it
    Store(store::StoreArgs),
    /// Make one file of a trained model: network, weights of every run, all that was fitted
    Pack(pack::PackArgs),
    /// Write a model as PyTorch source, to go on with in Python
    Export(export::ExportArgs),
    /// Apply a packed model to new people
    Predict(pack::PredictArgs),
    /// Apply models with given weights to given tensors: outputs, losses, gradients
    Apply(apply::ApplyArgs),
    /// Bring weights from PyTorch, and give them back
    Weights(weights::WeightsArgs),
    /// List devices, and test whether they compute what the CPU does
    Device(device::DeviceArgs),
    /// Check files whenever they, or what they read, are saved, until Ctrl-C
    Watch(on_save::WatchArgs),
    /// Repair what an error says how to repair, and show what was changed
    Fix(fix::FixArgs),
    /// Draw the networks of a file: blocks, shapes, parameters, who lacks a value, what variants differ in
    Graph(graph::GraphArgs),
    /// Lay files out one way, every comment kept
    Fmt(fmt::FmtArgs),
    /// Explain an error code: `explain E0302`
    Explain(explain::ExplainArgs),
    /// Describe an operator, or list all: `doc Conv3d`
    Doc(doc::DocArgs),
    /// Speak with an editor: shapes, costs and errors while a file is written
    Lsp(lsp::LspArgs),
    /// Write a first experiment to a file
    New(new::NewArgs),
    /// Write made-up heads with a clinical table as a BIDS folder
    Phantom(phantom::PhantomArgs),
    /// Print what a shell needs to complete commands and options
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(completions::ManArgs),
}

/// The file to compile, and what is set in it.
#[derive(Debug, Args)]
struct Program {
    /// The experiment: a `.fx` file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Set a `param`: `--set width=32`. May be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_string(), value.trim().to_string())),
        _ => Err("expected NAME=VALUE, for example width=32".to_string()),
    }
}

/// Names the set of instructions that kernels are held to.
const INSTRUCTIONS: &str = "FASCICLE_ISA";

/// Holds kernels to the set of instructions that is asked for.
///
/// # Errors
/// When there is no such set.
fn hold_kernels() -> Result<(), String> {
    let Some(asked) = std::env::var_os(INSTRUCTIONS) else { return Ok(()) };
    let known = fascicle_kernels::INSTRUCTION_SETS;
    match known.iter().find(|set| asked == **set) {
        Some(set) => fascicle_kernels::hold_to(set),
        None => {
            let (asked, known) = (asked.to_string_lossy(), known.join(", "));
            return Err(format!(
                "{INSTRUCTIONS}={asked}: expected one of {known}; where it is not set, kernels use all that the processor has"
            ));
        }
    }
    Ok(())
}

/// Runs the command line and gives the exit status.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let status = if error.use_stderr() { status::WRONG } else { status::DONE };
            // Nothing is left to be done if even this cannot be printed.
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    if let Err(problem) = hold_kernels() {
        source::fail(&problem);
        return ExitCode::from(status::WRONG);
    }
    let status = match cli.command {
        Command::Check(args) => check::check(&args),
        Command::Run(args) => run::run(&args),
        Command::Plan(args) => run::plan(&args),
        Command::Submit(args) => submit::submit(&args),
        Command::Work(args) => submit::work(&args),
        Command::Status(args) => watch::show(&args),
        Command::Runs(args) => runs::runs(&args),
        Command::Compare(args) => runs::compare(&args),
        Command::Logs(args) => watch::logs(&args),
        Command::Store(args) => store::store(&args),
        Command::Pack(args) => pack::pack(&args),
        Command::Export(args) => export::export(&args),
        Command::Predict(args) => pack::predict(&args),
        Command::Apply(args) => apply::apply(&args),
        Command::Weights(args) => weights::weights(&args),
        Command::Device(args) => device::device(&args),
        Command::Watch(args) => on_save::watch(&args),
        Command::Fix(args) => fix::fix(&args),
        Command::Graph(args) => graph::graph(&args),
        Command::Fmt(args) => fmt::fmt(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Doc(args) => doc::doc(&args),
        Command::Lsp(args) => lsp::lsp(&args),
        Command::New(args) => new::new(&args),
        Command::Phantom(args) => phantom::phantom(&args),
        Command::Completions(args) => completions::completions(&args),
        Command::Man(args) => completions::man(&args),
    };
    if source::lost() && status == status::DONE {
        source::fail("the answer could not be written to standard output: is the disk full?");
        return ExitCode::from(status::FAILED);
    }
    ExitCode::from(status)
}
