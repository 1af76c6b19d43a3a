//! What every task sees: the experiment, the plan, the store, the data, and where to report.

use super::error::{PlanError, Result};
use super::layout::{Layout, runs_of};
use super::options::RunOptions;
use super::sources::Sources;
use super::store::{Entry, Store};
use super::task::{ProgramKey, RunKey};
use super::told::Told;
use crate::analysis::AnalysisError;
use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::graph::NodeId;
use crate::nn::Device;
use crate::program::{Argument, Experiment, Program};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// A run under way, as a task of it sees it.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub experiment: &'a Experiment,
    pub layout: &'a Layout,
    pub store: &'a Store,
    pub sources: &'a Sources<'a>,
    pub options: &'a RunOptions<'a>,
    /// Results so far, by task.
    pub entries: &'a [OnceLock<Entry>],
    pub told: &'a Told,
    /// The task that looks; none where the run as a whole does.
    pub at: Option<usize>,
    /// Where it computes.
    pub device: &'a Device,
}

impl Context<'_> {
    /// A variant's program.
    pub fn program(&self, variant: usize) -> &Program {
        &self.experiment.variants[variant]
    }

    /// A variant's program, or that of one of its trials.
    pub fn program_at(&self, key: ProgramKey) -> &Program {
        self.layout.program_of(self.experiment, key)
    }

    /// Which program a run was trained by: where settings are searched, that of the trial that was chosen in it.
    pub fn program_of_run(&self, variant: usize, run: RunKey) -> ProgramKey {
        ProgramKey { variant, trial: self.layout.variants[variant].chosen.get(&run).copied() }
    }

    /// The node of an output that is asked for, in the program that a run was trained by.
    ///
    /// # Errors
    /// An output that nothing asks for.
    pub fn node_of_run(&self, variant: usize, run: RunKey, model: usize, node: NodeId) -> Result<NodeId> {
        let (base, own) = (self.program(variant), self.program_at(self.program_of_run(variant, run)));
        let mut asked = base.asked(model).into_iter().zip(own.asked(model));
        let found = asked.find(|((_, of_base), _)| *of_base == node).map(|(_, (_, of_run))| of_run);
        found.ok_or_else(|| PlanError::inconsistent("an output that is read is not asked for"))
    }

    /// The folder of a task's result.
    ///
    /// # Errors
    /// A task that has not run, or that the one at work does not say that it needs: with several workers it might not have run.
    pub fn folder(&self, task: usize) -> Result<PathBuf> {
        let needed = self.at.is_none_or(|at| self.layout.waits_for(at, task));
        if !needed {
            let name = |at: usize| self.layout.tasks.get(at).map_or("a task", |task| task.name.as_str());
            let (own, other) = (self.at.map_or("a task", name), name(task));
            return Err(PlanError::inconsistent(format!("`{own}` reads `{other}` and does not wait for it")));
        }
        let entry = self.entries.get(task).and_then(OnceLock::get);
        entry
            .map(|entry| entry.folder.clone())
            .ok_or_else(|| PlanError::inconsistent("a task runs before what it needs"))
    }

    /// The runs of a model of a variant.
    pub fn runs_of(&self, variant: usize, model: usize) -> Vec<RunKey> {
        runs_of(self.program(variant), &self.layout.variants[variant], model)
    }

    /// The runs in which something is worked out that an argument stands for: those of a model, or all.
    pub fn runs_of_argument(&self, variant: usize, argument: &Argument) -> Vec<RunKey> {
        match argument {
            Argument::Model(model) | Argument::Output { model, .. } => self.runs_of(variant, *model),
            _ => self.layout.variants[variant].runs.clone(),
        }
    }

    /// A variant's data, decoded when first asked for.
    ///
    /// # Errors
    /// Whatever does not fit.
    pub fn dataset(&self, variant: usize) -> Result<Arc<Dataset>> {
        let (listener, interrupt) = (self.options.listener, self.options.interrupt);
        self.sources.dataset(self.program(variant), &|done, total| {
            listener.decoded(done, total);
            check_interrupt(interrupt)
        })
    }

    /// What the user was told.
    pub fn warned(&self) -> Vec<String> {
        self.told.in_order()
    }

    /// Tells the user something, once.
    pub fn warn(&self, text: &str) {
        if self.told.add(self.at, text) {
            self.options.listener.warning(text);
        }
    }
}

/// Whether Ctrl-C has not come: asked between images, from several threads.
///
/// # Errors
/// [`DataError::Interrupted`].
pub(super) fn check_interrupt(interrupt: &AtomicBool) -> std::result::Result<(), DataError> {
    if interrupt.load(Ordering::Relaxed) { Err(DataError::Interrupted) } else { Ok(()) }
}

/// Whether Ctrl-C has not come: asked by analyses between their rounds, from several threads.
///
/// # Errors
/// [`AnalysisError::Interrupted`].
pub(super) fn goes_on(interrupt: &AtomicBool) -> std::result::Result<(), AnalysisError> {
    if interrupt.load(Ordering::Relaxed) { Err(AnalysisError::Interrupted) } else { Ok(()) }
}
