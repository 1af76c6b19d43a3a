//! How a run is made, and who is told what happens in it.

use super::clock::Clock;
use super::track::Tracker;
use crate::compile::TrialSettings;
use crate::data::flow::Flow;
use crate::nn::Device;
use crate::program::Program;
use crate::report::content::{Mark, Model};
use crate::train::Progress;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The text of the experiment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceText {
    /// The file's name, without its folder.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// What its pieces are, for colours.
    pub highlights: Vec<Mark>,
}

/// How many tasks run side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Workers {
    /// As many as cores and memory allow: small trainings side by side, large ones alone.
    #[default]
    Fitting,
    /// So many, whatever they take.
    Fixed(usize),
}

/// What a task that fails means for the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AfterFailure {
    /// All that does not need it goes on.
    #[default]
    GoOn,
    /// No other task begins.
    Stop,
}

/// How a run is made.
pub struct RunOptions<'a> {
    /// The folder of all runs and of their store.
    pub out: PathBuf,
    /// Where numbers are computed: workers take turns among them. One at least.
    pub devices: Vec<Device>,
    /// How many tasks run side by side.
    pub workers: Workers,
    /// What a task that fails means for the others.
    pub after_failure: AfterFailure,
    /// Set by Ctrl-C: the run ends at the next batch.
    pub interrupt: &'a AtomicBool,
    /// Told what happens.
    pub listener: &'a dyn Listener,
    /// The submission that this is a part of; none of a run by itself.
    pub submission: Option<String>,
    /// The command line as typed.
    pub command: String,
    /// The experiment's text.
    pub source: SourceText,
    /// The networks' layers, for the report.
    pub model_tables: Vec<Model>,
    /// The folder against which paths of the experiment are resolved.
    pub base: PathBuf,
    /// Where decoded volumes are kept; in the store where nothing is said.
    pub cache: Option<PathBuf>,
    /// The tool that is told of the run in its own files, and the folder of these.
    pub track: Option<(Tracker, PathBuf)>,
    /// Gives the programs of a search's trials.
    pub trials: &'a dyn TrialPrograms,
    /// How fast this machine is, where that is known: it says what time is left, and decides nothing.
    pub clock: Option<Clock>,
}

/// Gives the programs of a search's trials: the compiler, with the file at hand.
pub trait TrialPrograms: Sync {
    /// The programs of a variant with other settings, each a list of params and values.
    fn programs(&self, variant: &str, settings: &[TrialSettings]) -> Vec<std::result::Result<Program, String>>;
}

/// For experiments without a search.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTrials;

impl TrialPrograms for NoTrials {
    fn programs(&self, _: &str, settings: &[TrialSettings]) -> Vec<std::result::Result<Program, String>> {
        settings.iter().map(|_| Err("the file is not at hand".to_owned())).collect()
    }
}

/// Told what happens in a run, for progress on the terminal.
pub trait Listener: Sync {
    /// A task begins.
    fn task_started(&self, _task: &str) {}
    /// What is left of the run, as far as that is known.
    fn time_left(&self, _left: Option<Duration>) {}
    /// Who was found in a cohort, left out and why, and analysed.
    fn cohort(&self, _flow: &Flow) {}
    /// A task's result is in the store already.
    fn task_reused(&self, _task: &str) {}
    /// A training stage has made a step, or ended an epoch.
    fn epoch(&self, _task: &str, _progress: &Progress) {}
    /// So many images of so many are decoded; called from several threads.
    fn decoded(&self, _done: usize, _total: usize) {}
    /// So many tasks are in the plan, and so many of them are done.
    fn progress(&self, _done: usize, _total: usize) {}
    /// Somebody else who shares the store is at a task.
    fn task_elsewhere(&self, _task: &str, _who: &str) {}
    /// A task has failed, and others go on.
    fn task_failed(&self, _task: &str, _problem: &str) {}
    /// A task is done.
    fn task_finished(&self, _task: &str, _seconds: f64) {}
    /// Something the user should know.
    fn warning(&self, _text: &str) {}
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Listener for Silent {}
