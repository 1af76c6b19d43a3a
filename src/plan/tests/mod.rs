//! The plan as a whole, on a small table and a small phantom, with programs put together by hand.

mod analyses;
mod baselines;
mod comparisons;
mod ensembles;
mod judged;
mod layers;
mod library;
mod packed;
mod programs;
mod protocols;
mod residuals;
mod results;
mod resuming;
mod reuse;
mod searches;
mod targets;
mod withheld;

use super::*;
use crate::program::Experiment;
use crate::train::Progress;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub(super) type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

/// A folder for runs, beside a table of people.
pub(super) struct Bench {
    folder: tempfile::TempDir,
}

/// Sets the interrupt flag after so many batches, and keeps what it is told.
#[derive(Default)]
pub(super) struct Watcher {
    after: Option<usize>,
    seen: AtomicUsize,
    interrupt: AtomicBool,
    warnings: Mutex<Vec<String>>,
}

impl Listener for Watcher {
    fn epoch(&self, _task: &str, _progress: &Progress) {
        if self.after.is_some_and(|after| self.seen.fetch_add(1, Ordering::Relaxed) + 1 >= after) {
            self.interrupt.store(true, Ordering::Relaxed);
        }
    }

    fn warning(&self, text: &str) {
        if let Ok(mut warnings) = self.warnings.lock() {
            warnings.push(text.to_owned());
        }
    }
}

impl Watcher {
    pub fn interrupting_after(batches: usize) -> Self {
        Self { after: Some(batches), ..Self::default() }
    }

    pub fn told(&self) -> String {
        self.warnings.lock().map(|w| w.join("\n")).unwrap_or_default()
    }
}

impl Bench {
    pub fn new() -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("people.csv"), programs::people(80))?;
        Ok(Self { folder })
    }

    pub fn out(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn options<'a>(&self, watcher: &'a Watcher) -> RunOptions<'a> {
        RunOptions {
            out: self.out(),
            devices: vec![crate::nn::tests::device()],
            workers: Workers::Fixed(2),
            after_failure: AfterFailure::GoOn,
            interrupt: &watcher.interrupt,
            listener: watcher,
            submission: None,
            command: "fascicle run test.fx".into(),
            source: SourceText { name: "test.fx".into(), text: "model m\n".into(), highlights: Vec::new() },
            model_tables: Vec::new(),
            base: self.path().to_owned(),
            trials: &NoTrials,
            cache: None,
            track: None,
            clock: None,
        }
    }

    pub fn run(&self, experiment: &Experiment) -> Result<RunSummary> {
        run(experiment, &self.options(&Watcher::default()))
    }

    /// The file in the store of the only task of a kind whose name contains `name`.
    pub fn stored(&self, summary: &RunSummary, kind: Kind, name: &str, file: &str) -> PathBuf {
        let task = summary.tasks.iter().find(|task| task.kind == kind && task.name.contains(name));
        let fingerprint = task.map(|t| t.fingerprint.clone()).unwrap_or_default();
        self.out().join("store").join(kind.name()).join(fingerprint).join(file)
    }
}

/// Names of the tasks of some kinds that ran.
pub(super) fn ran(summary: &RunSummary, kinds: &[Kind]) -> Vec<String> {
    summary.tasks.iter().filter(|t| t.ran && kinds.contains(&t.kind)).map(|t| t.name.clone()).collect()
}
