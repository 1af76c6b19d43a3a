//! Where a plan goes on from what is known: the trials of a search, fold by fold, and the program that each run settles on.
//!
//! ```text
//!  Trials::next ──▶ program ──▶ train .. ─▶ judge   its result in the store? ──▶ Trials::add ──▶ next ..
//!                                                   not yet: the plan ends here for now
//! ```

use super::{Builder, ModelParts, TrainingParts, VariantTasks, lost};
use crate::compile::TrialSettings;
use crate::plan::error::{PlanError, Result};
use crate::plan::fingerprint::{Identity, Parts};
use crate::plan::options::TrialPrograms;
use crate::plan::search::{self, FoldSearch, Judged, Trials, Tried};
use crate::plan::store::{Store, Stored};
use crate::plan::task::{Kind, ProgramKey, RunKey, Work};
use crate::program::{Program, Search};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A program with what decides its trainings.
pub(super) type Prepared = Arc<(Arc<Program>, TrainingParts)>;

/// What searches are laid out by, kept from one round of a run to the next.
pub(in crate::plan) struct Known<'a> {
    store: &'a Store,
    compiler: &'a dyn TrialPrograms,
    programs: RefCell<BTreeMap<(String, TrialSettings), Prepared>>,
    judged: RefCell<BTreeMap<String, Judged>>,
}

impl<'a> Known<'a> {
    pub fn new(store: &'a Store, compiler: &'a dyn TrialPrograms) -> Self {
        Self { store, compiler, programs: RefCell::default(), judged: RefCell::default() }
    }

    /// What a trial came to, where it is judged.
    fn judged(&self, identity: &Identity) -> Result<Option<Judged>> {
        let key = identity.fingerprint.to_string();
        if let Some(known) = self.judged.borrow().get(&key) {
            return Ok(Some(known.clone()));
        }
        // What is damaged will be judged again.
        let Stored::Whole(entry) = self.store.find(Kind::Judge.name(), &identity.fingerprint) else { return Ok(None) };
        let judged = Judged::read(&entry.folder)?;
        self.judged.borrow_mut().insert(key, judged.clone());
        Ok(Some(judged))
    }
}

impl Builder<'_> {
    /// Lays out the searches of a variant. Says whether every run has settled on its settings; else the plan waits for results.
    pub(super) fn searches(&mut self, at: usize, tasks: &mut VariantTasks, label: &str) -> Result<bool> {
        let experiment = self.experiment;
        let program = &experiment.variants[at];
        let searched: Vec<usize> =
            (0..program.searches.len()).filter(|s| !program.searches[*s].axes.is_empty()).collect();
        let mut settled = true;
        if searched.is_empty() {
            return Ok(settled);
        }
        for seed in &program.protocol.seeds {
            for fold in 0..program.protocol.kind.folds() {
                let run = RunKey { seed: *seed, fold, repeat: 0 };
                let mut chosen: Option<TrialSettings> = Some(Vec::new());
                for search in searched.iter().copied() {
                    let found = self.search(at, search, tasks, run, label)?;
                    let best = found.chosen.and_then(|best| found.trials.get(best)).map(|trial| trial.settings.clone());
                    match (&mut chosen, best) {
                        (Some(all), Some(own)) => all.extend(own),
                        _ => chosen = None,
                    }
                    tasks.searches.push(found);
                }
                let Some(settings) = chosen else {
                    settled = false;
                    continue;
                };
                let (trial, _) = self.trial(at, tasks, &settings)?;
                for repeat in 0..program.protocol.repeats.max(1) {
                    tasks.chosen.insert(RunKey { repeat, ..run }, trial);
                }
            }
        }
        Ok(settled)
    }

    /// The trials of a search in a fold, as far as results are known.
    fn search(
        &mut self,
        at: usize,
        search: usize,
        tasks: &mut VariantTasks,
        run: RunKey,
        label: &str,
    ) -> Result<FoldSearch> {
        let experiment = self.experiment;
        let program = &experiment.variants[at];
        let declared = &program.searches[search];
        let mut trials = Trials::new(declared);
        let mut found = FoldSearch { search, seed: run.seed, fold: run.fold, trials: Vec::new(), chosen: None };
        while let Some(next) = trials.next() {
            let (trial, prepared) = self.trial(at, tasks, &next.settings)?;
            let key = ProgramKey { variant: at, trial: Some(trial) };
            let (of_trial, parts) = prepared.as_ref();
            let own = of_trial.searches.get(search).ok_or_else(lost)?;
            let judge = self.judge(tasks, (key, of_trial, parts), (search, own), (run, &next.thresholds), label)?;
            let judged = self.known.judged(&self.identity(judge)?)?;
            found.trials.push(Tried { settings: next.settings.clone(), judged: judged.clone() });
            trials.add(next, judged.as_ref());
        }
        if trials.are_judged() {
            let best = trials.best().ok_or_else(|| {
                let reason = found.trials.iter().find_map(|t| t.judged.as_ref()?.reason.clone()).unwrap_or_default();
                let (count, of) = (found.trials.len(), run.name(&program.protocol));
                let problem = format!("none of {count} trials could be judged in {of}: {reason}");
                PlanError::task(&format!("search {}", declared.name), problem)
            })?;
            if let Some(settings) = found.trials.get(best).map(|trial| trial.settings.clone()) {
                let (trial, prepared) = self.trial(at, tasks, &settings)?;
                for stage in 0..prepared.0.stages.len() {
                    let task = tasks.train.get(&(Some(trial), stage, run)).copied();
                    if let Some((task, unwatched)) = task.and_then(|t| Some((t, tasks.watched.get(&t)?.clone()))) {
                        tasks.finished.insert(unwatched, task);
                    }
                }
            }
            found.chosen = Some(best);
        }
        Ok(found)
    }

    /// The task that judges a trial, behind its trainings.
    fn judge(
        &mut self,
        tasks: &mut VariantTasks,
        (key, program, parts): (ProgramKey, &Program, &TrainingParts),
        (search, declared): (usize, &Search),
        (run, thresholds): (RunKey, &[f64]),
        label: &str,
    ) -> Result<usize> {
        let model = declared.judged.model;
        let request = search::judged_request(declared);
        let of_model = ModelParts::of(program, model, &request)?;
        let last = declared.last_stage(program);
        for stage in of_model.stages.iter().copied() {
            let thresholds = if Some(stage) == last { thresholds } else { &[] };
            self.train(tasks, (key, program, parts), stage, (run, thresholds), label)?;
        }
        if let Some(baseline) = of_model.baseline {
            self.baseline(tasks, (key, program, parts), baseline, run, label)?;
        }
        let identity = Parts::new("judge", search::VERSION)
            .after("predictions", &self.predict(program, tasks, &of_model, (key, run))?)
            .with("what is judged", &search::identity(program, declared))?
            .finish();
        let of_trial = settings_label(tasks, key);
        let name = format!("judge {}{label}{of_trial}, {}", declared.judged.of, run.name(&program.protocol));
        Ok(self.add(name, identity, Work::Judge { search, run }, key))
    }

    /// A program with these settings: its place among the trials of its variant.
    fn trial(&mut self, at: usize, tasks: &mut VariantTasks, settings: &TrialSettings) -> Result<(usize, Prepared)> {
        let variant = &self.experiment.variants[at].variant;
        let prepared = self.prepared(variant, settings)?;
        let place = match tasks.settings.iter().position(|known| known == settings) {
            Some(place) => place,
            None => {
                tasks.settings.push(settings.clone());
                tasks.trials.push(prepared.0.clone());
                tasks.trials.len() - 1
            }
        };
        Ok((place, prepared))
    }

    fn prepared(&self, variant: &str, settings: &TrialSettings) -> Result<Prepared> {
        let key = (variant.to_owned(), settings.clone());
        if let Some(known) = self.known.programs.borrow().get(&key) {
            return Ok(known.clone());
        }
        let program = self.known.compiler.programs(variant, std::slice::from_ref(settings)).pop();
        let program = program
            .unwrap_or_else(|| Err("it was not compiled".to_owned()))
            .map_err(|why| PlanError::inconsistent(format!("no program with {}: {why}", spelled(settings))))?;
        super::check(&program)?;
        let parts = TrainingParts::of(&program, self.sources)?;
        let prepared = Arc::new((Arc::new(program), parts));
        self.known.programs.borrow_mut().insert(key, prepared.clone());
        Ok(prepared)
    }

    /// The trainings of a run: with the settings that it has settled on, or as the file says.
    pub(super) fn trainings(
        &mut self,
        at: usize,
        tasks: &mut VariantTasks,
        of_file: &TrainingParts,
        run: RunKey,
        label: &str,
    ) -> Result<()> {
        let experiment = self.experiment;
        let key = tasks.program_of_run(at, run);
        let prepared = match key.trial {
            None => None,
            Some(trial) => {
                let settings = tasks.settings.get(trial).cloned().ok_or_else(lost)?;
                Some(self.prepared(&experiment.variants[at].variant, &settings)?)
            }
        };
        let (program, parts) = match &prepared {
            Some(prepared) => (prepared.0.as_ref(), &prepared.1),
            None => (&experiment.variants[at], of_file),
        };
        for stage in 0..program.stages.len() {
            self.train(tasks, (key, program, parts), stage, (run, &[]), label)?;
        }
        for baseline in 0..program.baselines.len() {
            self.baseline(tasks, (key, program, parts), baseline, run, label)?;
        }
        Ok(())
    }
}

/// `, rate=0.0012,width=32`: what tells the tasks of a trial from others.
pub(super) fn settings_label(tasks: &VariantTasks, key: ProgramKey) -> String {
    let settings = key.trial.and_then(|trial| tasks.settings.get(trial));
    settings.map_or_else(String::new, |settings| format!(", {}", spelled(settings)))
}

/// `rate=0.0012,width=32`
fn spelled(settings: &TrialSettings) -> String {
    settings.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",")
}
