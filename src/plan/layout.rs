//! The plan: an experiment as tasks with fingerprints, each once, in an order in which what a task needs comes before.

mod check;
mod needs;
mod parts;
mod trials;

pub(super) use parts::mean_inputs;
pub(super) use trials::Known;

use super::analyse;
use super::compare;
use super::ensemble;
use super::error::{PlanError, Result};
use super::fingerprint::{Identity, Parts};
use super::maps;
use super::score;
use super::search::FoldSearch;
use super::sources::{Sources, cohorts_identity, presence_identity};
use super::task::{ProgramKey, RunKey, Task, Work, trained_cohorts};
use super::{fit, index};
use crate::program::{Argument, Cohort, Experiment, InputSpec, Program};
use check::check;
use indexmap::IndexMap;
use parts::{ModelParts, TrainingParts};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use trials::settings_label;

/// All tasks of an experiment.
#[derive(Debug)]
pub(super) struct Layout {
    pub tasks: Vec<Task>,
    /// What each of them waits for.
    needs: Vec<BTreeSet<usize>>,
    pub variants: Vec<VariantTasks>,
    /// By sweep.
    pub compares: Vec<usize>,
    /// Whether this is all of it; else what follows depends on trials that are not judged.
    pub is_whole: bool,
}

/// Where a variant's results come from: positions in [`Layout::tasks`].
#[derive(Debug, Default)]
pub(super) struct VariantTasks {
    pub index: usize,
    pub runs: Vec<RunKey>,
    /// By seed.
    pub split: BTreeMap<u64, usize>,
    /// By seed and fold.
    pub fit: BTreeMap<(u64, usize), usize>,
    /// Programs with other settings, that trials are made by.
    pub trials: Vec<Arc<Program>>,
    /// What each of them sets.
    pub settings: Vec<Vec<(String, String)>>,
    /// What was tried, fold by fold.
    pub searches: Vec<FoldSearch>,
    /// The trial whose settings a run has settled on; none where nothing is searched.
    pub chosen: BTreeMap<RunKey, usize>,
    /// Trainings that could have been given up: the fingerprint of the same one that could not.
    watched: BTreeMap<usize, String>,
    /// Those of trials that were chosen, by that fingerprint: they ended, so they are the same.
    finished: BTreeMap<String, usize>,
    /// By trial, stage and run.
    pub train: BTreeMap<(Option<usize>, usize, RunKey), usize>,
    /// By trial, baseline and run.
    pub baselines: BTreeMap<(Option<usize>, usize, RunKey), usize>,
    /// By model and run; models that nobody asks anything have none.
    pub predict: BTreeMap<(usize, RunKey), usize>,
    /// By model and run, where the model draws something.
    pub maps: BTreeMap<(usize, RunKey), usize>,
    pub ensembles: Vec<usize>,
    pub scores: Vec<usize>,
    pub analyses: Vec<usize>,
    /// By comparison of models.
    pub comparisons: Vec<usize>,
}

impl VariantTasks {
    /// The program that a run is trained by.
    fn program_of_run(&self, variant: usize, run: RunKey) -> ProgramKey {
        ProgramKey { variant, trial: self.chosen.get(&run).copied() }
    }
}

/// A plan under construction.
struct Builder<'a> {
    experiment: &'a Experiment,
    sources: &'a Sources<'a>,
    known: &'a Known<'a>,
    tasks: IndexMap<String, Task>,
    names: BTreeSet<String>,
}

impl Layout {
    /// A variant's program, or that of one of its trials.
    pub fn program_of<'a>(&'a self, experiment: &'a Experiment, key: ProgramKey) -> &'a Program {
        let trial = key.trial.and_then(|trial| self.variants.get(key.variant)?.trials.get(trial));
        trial.map_or_else(|| &experiment.variants[key.variant], Arc::as_ref)
    }

    /// Lays out an experiment, as far as its searches are known. Files are read to know their content; no image is decoded.
    ///
    /// # Errors
    /// A cohort or a file that cannot be read.
    pub fn of(experiment: &Experiment, sources: &Sources<'_>, known: &Known<'_>) -> Result<Self> {
        if experiment.variants.is_empty() {
            return Err(PlanError::inconsistent("the experiment has no variant"));
        }
        let mut builder = Builder { experiment, sources, known, tasks: IndexMap::new(), names: BTreeSet::new() };
        let mut variants = Vec::with_capacity(experiment.variants.len());
        let mut is_whole = true;
        for variant in 0..experiment.variants.len() {
            let (tasks, is_settled) = builder.variant(variant)?;
            variants.push(tasks);
            is_whole &= is_settled;
        }
        let mut compares = Vec::with_capacity(experiment.sweeps.len());
        for (at, sweep) in experiment.sweeps.iter().enumerate().filter(|_| is_whole) {
            let mut parts =
                Parts::new("compare", compare::VERSION).with("what is compared", &(&sweep.compare, sweep.test))?;
            if let Some(reference) = sweep.reference.and_then(|at| sweep.variants.get(at)) {
                parts = parts.with("the reference", &experiment.variants[*reference].variant)?;
            }
            for variant in &sweep.variants {
                let (program, tasks) = (&experiment.variants[*variant], &variants[*variant]);
                for task in tasks.scores.iter().chain(&tasks.analyses) {
                    let (_, task) = builder.tasks.get_index(*task).ok_or_else(lost)?;
                    let what = task.name.split(", ").next().unwrap_or_default();
                    parts = parts.after(format!("{what} of {}", program.variant), &task.identity);
                }
                for split in tasks.split.values() {
                    let (_, task) = builder.tasks.get_index(*split).ok_or_else(lost)?;
                    parts = parts.after(format!("{} of {}", task.name, program.variant), &task.identity);
                }
            }
            let first = sweep.variants.first().copied().unwrap_or(0);
            compares.push(builder.add(
                format!("compare {}", sweep.name),
                parts.finish(),
                Work::Compare { sweep: at },
                ProgramKey::of(first),
            ));
        }
        let tasks: Vec<Task> = builder.tasks.into_values().collect();
        let needs = needs::needs(&tasks, &variants, &experiment.sweeps);
        Ok(Self { tasks, needs, variants, compares, is_whole })
    }
}

fn lost() -> PlanError {
    PlanError::inconsistent("a task of the plan was lost")
}

impl Builder<'_> {
    /// Adds a task, or finds the one that is the same.
    fn add(&mut self, name: String, identity: Identity, work: Work, program: ProgramKey) -> usize {
        self.add_with(name, identity, work, program, &[])
    }

    /// The same, of a trial that is given up behind thresholds.
    fn add_with(
        &mut self,
        name: String,
        identity: Identity,
        work: Work,
        program: ProgramKey,
        thresholds: &[f64],
    ) -> usize {
        let key = identity.fingerprint.to_string();
        if let Some(at) = self.tasks.get_index_of(&key) {
            return at;
        }
        // The name is told apart from those of other variants only where it has to be.
        let of_variant = || format!("{name}, {}", self.experiment.variants[program.variant].variant);
        let name = if self.names.contains(&name) { of_variant() } else { name };
        self.names.insert(name.clone());
        let thresholds = thresholds.to_vec();
        self.tasks.insert_full(key, Task { name, identity, work, program, thresholds }).0
    }

    fn identity(&self, task: usize) -> Result<Identity> {
        self.tasks.get_index(task).map(|(_, task)| task.identity.clone()).ok_or_else(lost)
    }

    /// The tasks of a variant, and whether they are all of them.
    fn variant(&mut self, at: usize) -> Result<(VariantTasks, bool)> {
        let (experiment, here) = (self.experiment, ProgramKey::of(at));
        let program = &experiment.variants[at];
        check(program)?;
        let protocol = &program.protocol;
        let label = if experiment.variants.len() > 1 { format!(", {}", program.variant) } else { String::new() };
        let mut tasks = VariantTasks { runs: runs(program), ..VariantTasks::default() };

        let trained = trained_cohorts(program);
        let identity = self.subjects(program, |_| true)?;
        // Whoever trains nothing decides nothing of the division: a cohort that is only judged can be added later.
        let divided = match trained.len() == program.cohorts.len() {
            true => identity.clone(),
            false => self.subjects(program, |cohort| trained.contains(cohort))?,
        };
        tasks.index = self.add("index".into(), identity, Work::Index, here);

        // Where packed models are used nobody is divided, and nothing is fitted.
        let divided_by = if program.used.is_empty() { protocol.seeds.as_slice() } else { &[] };
        for seed in divided_by {
            let drawn_first = protocol.kind.holds_out() && !protocol.kind.redraws();
            let mut parts = Parts::new("split", index::SPLIT_VERSION)
                .after("subjects", &divided)
                .with("protocol", &(&protocol.kind, &protocol.stratify, &trained))?
                .with("seed", &(seed, if drawn_first { protocol.seeds.first() } else { None }))?;
            if protocol.group.is_some() || protocol.once {
                parts = parts.with("who stays together, and which records test", &(&protocol.group, protocol.once))?;
            }
            let identity = parts.finish();
            let split = self.add(format!("split, seed {seed}"), identity, Work::Split { seed: *seed }, here);
            tasks.split.insert(*seed, split);
            for fold in 0..protocol.kind.folds() {
                let identity = Parts::new("fit", fit::VERSION)
                    .after("division", &self.identity(split)?)
                    .with("fold", &fold)?
                    .with("inputs", &seen_whole(&program.inputs))?
                    .with("means", &mean_inputs(program))?
                    .finish();
                let name = RunKey { seed: *seed, fold, repeat: 0 }
                    .name(&crate::program::Protocol { repeats: 1, ..protocol.clone() });
                let fit = self.add(format!("fit, {name}"), identity, Work::Fit { seed: *seed, fold }, here);
                tasks.fit.insert((*seed, fold), fit);
            }
        }
        if !self.searches(at, &mut tasks, &label)? {
            return Ok((tasks, false));
        }
        // What is the same in every run is hashed once.
        let trainings = TrainingParts::of(program, self.sources)?;
        let mut asked: BTreeMap<Option<usize>, Vec<ModelParts>> = BTreeMap::new();
        for run in tasks.runs.clone() {
            self.trainings(at, &mut tasks, &trainings, run, &label)?;
            let key = tasks.program_of_run(at, run);
            let of_run = key.trial.and_then(|trial| tasks.trials.get(trial)).cloned();
            let of_run = of_run.as_deref().unwrap_or(program);
            let models = match asked.entry(key.trial) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(ModelParts::all(of_run)?),
            };
            for parts in models.iter() {
                let model = parts.model;
                if !runs_of(program, &tasks, model).contains(&run) {
                    continue;
                }
                let protocol = program.protocol_of(model);
                let identity = self.predict(of_run, &tasks, parts, (key, run))?;
                let name = format!("predict {}{label}, {}", program.models[model].name, run.name(protocol));
                let task = self.add(name, identity, Work::Predict { model, run }, here);
                tasks.predict.insert((model, run), task);
                if let Some(drawn) = maps::identity(program, model) {
                    let parts = Parts::new("map", maps::VERSION)
                        .with("what is drawn", &drawn)?
                        .after("predictions", &self.identity(task)?);
                    let name = format!("maps of {}{label}, {}", program.models[model].name, run.name(protocol));
                    let task = self.add(name, parts.finish(), Work::Map { model, run }, here);
                    tasks.maps.insert((model, run), task);
                }
            }
        }
        for (ensemble, declared) in program.ensembles.iter().enumerate() {
            let parts = Parts::new("ensemble", ensemble::VERSION)
                .with("how it is combined", &ensemble::identity(program, ensemble))?;
            let parts = self.after_predictions(parts, program, &tasks, declared.model)?;
            let name = format!("ensemble {}{label}", program.models[declared.model].name);
            let task = self.add(name, parts.finish(), Work::Ensemble { ensemble }, here);
            tasks.ensembles.push(task);
        }
        for (score, declared) in program.scores.iter().enumerate() {
            let parts =
                Parts::new("score", score::VERSION).with("what is scored", &score::identity(program, declared)?)?;
            let parts = match declared.ensemble {
                Some(ensemble) => {
                    let task = *tasks.ensembles.get(ensemble).ok_or_else(lost)?;
                    parts.after("the ensemble", &self.identity(task)?)
                }
                None => self.after_predictions(parts, program, &tasks, declared.model)?,
            };
            let parts = match declared.within.is_empty() {
                true => parts,
                false => parts.after("subjects", &self.identity(tasks.index)?),
            };
            let task = self.add(format!("score {}{label}", declared.of), parts.finish(), Work::Score { score }, here);
            tasks.scores.push(task);
        }
        for (analysis, declared) in program.analyses.iter().enumerate() {
            let mut parts = Parts::new("analyse", analyse::VERSION)
                .with("what is asked", &analyse::identity(program, declared)?)?
                .after("subjects", &self.identity(tasks.index)?);
            // Columns have no run of their own; what is asked by run divides them as the run divides people.
            if declared.arguments.contains_key("on") {
                for (seed, split) in &tasks.split {
                    parts = parts.after(format!("division, seed {seed}"), &self.identity(*split)?);
                }
            }
            for argument in declared.arguments.values() {
                match argument {
                    Argument::Model(model) | Argument::Output { model, .. } => {
                        parts = self.after_predictions(parts, program, &tasks, *model)?;
                    }
                    Argument::Trained(model) => {
                        let (stage, run) = (analyse::stage_of(program, *model)?, *tasks.runs.first().ok_or_else(lost)?);
                        let trial = tasks.chosen.get(&run).copied();
                        let task = *tasks.train.get(&(trial, stage, run)).ok_or_else(lost)?;
                        let name = format!("weights (stage {})", program.stages[stage].name);
                        parts = parts.after(name, &self.identity(task)?);
                    }
                    Argument::File(file) => {
                        parts = parts.with(format!("content of {file}"), &self.sources.weights(file)?)?;
                    }
                    Argument::Result { analysis: other, .. }
                    | Argument::Maps { analysis: other, .. }
                    | Argument::Analysis(other) => {
                        let before = program.analyses.iter().take(analysis).position(|a| a.name == *other);
                        let before = before.ok_or_else(|| {
                            PlanError::inconsistent(format!(
                                "analysis `{}` reads `{other}`, which comes later",
                                declared.name
                            ))
                        })?;
                        parts = parts.after(format!("analysis {other}"), &self.identity(tasks.analyses[before])?);
                    }
                    _ => {}
                }
            }
            let name = format!("analyse {}{label}", declared.name);
            let task = self.add(name, parts.finish(), Work::Analyse { analysis }, here);
            tasks.analyses.push(task);
        }
        for (comparison, declared) in program.comparisons.iter().enumerate() {
            let metrics: Vec<&str> = declared.items.iter().map(|item| item.metric.as_str()).collect();
            let mut parts = Parts::new("compare", compare::VERSION)
                .with("which models are compared", &(&declared.name, &declared.of, &metrics, declared.test))?;
            for (at, item) in declared.items.iter().enumerate() {
                for (model, score) in item.scores.iter().enumerate() {
                    let task = *tasks.scores.get(*score).ok_or_else(lost)?;
                    parts = parts.after(format!("score {}.{}", at + 1, model + 1), &self.identity(task)?);
                }
            }
            for (seed, split) in &tasks.split {
                parts = parts.after(format!("division, seed {seed}"), &self.identity(*split)?);
            }
            let mut metrics = metrics;
            metrics.dedup();
            let name = format!("compare {}: {}{label}", declared.name, metrics.join(", "));
            let task = self.add(name, parts.finish(), Work::CompareModels { comparison }, here);
            tasks.comparisons.push(task);
        }
        Ok((tasks, true))
    }

    /// The training of a stage in a run, behind those whose weights it takes over.
    fn train(
        &mut self,
        tasks: &mut VariantTasks,
        (key, program, parts): (ProgramKey, &Program, &TrainingParts),
        stage: usize,
        (run, thresholds): (RunKey, &[f64]),
        label: &str,
    ) -> Result<usize> {
        if let Some(task) = tasks.train.get(&(key.trial, stage, run)) {
            return Ok(*task);
        }
        let of_stage = parts.stages.get(stage).ok_or_else(lost)?;
        let mut parts_of_run = self.with_run(of_stage.parts.clone(), tasks, run)?;
        for (at, before) in &of_stage.sources {
            let task = self.train(tasks, (key, program, parts), *before, (run, &[]), label)?;
            let name = format!("weights {at} (stage {})", program.stages[*before].name);
            parts_of_run = parts_of_run.after(name, &self.identity(task)?);
        }
        let unwatched = parts_of_run.clone().finish().fingerprint.to_string();
        if thresholds.is_empty()
            && let Some(task) = tasks.finished.get(&unwatched).copied()
        {
            tasks.train.insert((key.trial, stage, run), task);
            return Ok(task);
        }
        if !thresholds.is_empty() {
            // JSON has no infinity: nothing is asked where it stands.
            let asked: Vec<Option<f64>> = thresholds.iter().map(|t| t.is_finite().then_some(*t)).collect();
            parts_of_run = parts_of_run.with("when it is given up", &asked)?;
        }
        let of_trial = settings_label(tasks, key);
        let name = format!("train {}{label}{of_trial}, {}", program.stages[stage].name, run.name(&program.protocol));
        let task = self.add_with(name, parts_of_run.finish(), Work::Train { stage, run }, key, thresholds);
        tasks.train.insert((key.trial, stage, run), task);
        if !thresholds.is_empty() {
            tasks.watched.insert(task, unwatched);
        }
        Ok(task)
    }

    /// The fitting of a baseline in a run.
    fn baseline(
        &mut self,
        tasks: &mut VariantTasks,
        (key, program, parts): (ProgramKey, &Program, &TrainingParts),
        baseline: usize,
        run: RunKey,
        label: &str,
    ) -> Result<usize> {
        let of_baseline = parts.baselines.get(baseline).ok_or_else(lost)?;
        let identity = self.with_run(of_baseline.clone(), tasks, run)?.finish();
        let name = &program.models[program.baselines[baseline].model].name;
        let of_trial = settings_label(tasks, key);
        let name = format!("baseline {name}{label}{of_trial}, {}", run.name(&program.protocol));
        let task = self.add(name, identity, Work::Baseline { baseline, run }, key);
        tasks.baselines.insert((key.trial, baseline, run), task);
        Ok(task)
    }

    /// Who is found in the cohorts with these names, and what they have.
    fn subjects(&self, program: &Program, is_read: impl Fn(&String) -> bool) -> Result<Identity> {
        let cohorts: Vec<&Cohort> = program.cohorts.iter().filter(|cohort| is_read(&cohort.name)).collect();
        let reads = |spec: &InputSpec| spec.cohort.as_ref().is_none_or(&is_read);
        let inputs: Vec<&InputSpec> = program.inputs.iter().filter(|spec| reads(spec)).collect();
        let contents = inputs.iter().map(|i| self.sources.content(&cohorts, i)).collect::<Result<Vec<_>>>()?;
        let specs: Vec<InputSpec> = inputs.iter().copied().map(presence_identity).collect();
        Ok(Parts::new("index", index::VERSION)
            .with("cohorts", &cohorts_identity(&cohorts))?
            .with("inputs", &(&specs, &program.at_least_one))?
            .with("content of the files", &contents)?
            .finish())
    }

    fn predict(
        &self,
        program: &Program,
        tasks: &VariantTasks,
        of_model: &ModelParts,
        (key, run): (ProgramKey, RunKey),
    ) -> Result<Identity> {
        if let Some(checksum) = &of_model.packed {
            let parts = of_model.parts.clone().with("packed model", checksum)?;
            let parts = parts.with("run", &(run.seed, run.fold, run.repeat))?;
            return Ok(parts.after("subjects", &self.identity(tasks.index)?).finish());
        }
        let mut parts = self.with_run(of_model.parts.clone(), tasks, run)?;
        if of_model.reads_all && trained_cohorts(program).len() < program.cohorts.len() {
            parts = parts.after("subjects", &self.identity(tasks.index)?);
        }
        for stage in &of_model.stages {
            let task = *tasks.train.get(&(key.trial, *stage, run)).ok_or_else(lost)?;
            parts = parts.after(format!("weights (stage {})", program.stages[*stage].name), &self.identity(task)?);
        }
        if let Some(baseline) = of_model.baseline {
            let task = *tasks.baselines.get(&(key.trial, baseline, run)).ok_or_else(lost)?;
            parts = parts.after("the baseline", &self.identity(task)?);
        }
        Ok(parts.finish())
    }

    /// Adds the predictions of a model in every run.
    fn after_predictions(
        &self,
        mut parts: Parts,
        program: &Program,
        tasks: &VariantTasks,
        model: usize,
    ) -> Result<Parts> {
        for run in runs_of(program, tasks, model) {
            let predict = *tasks.predict.get(&(model, run)).ok_or_else(lost)?;
            let name = format!("predictions, {}", run.name(program.protocol_of(model)));
            parts = parts.after(name, &self.identity(predict)?);
        }
        Ok(parts)
    }

    fn with_run(&self, parts: Parts, tasks: &VariantTasks, run: RunKey) -> Result<Parts> {
        let split = *tasks.split.get(&run.seed).ok_or_else(lost)?;
        parts.after("division", &self.identity(split)?).with("fold", &run.fold)?.with("seed", &(run.seed, run.repeat))
    }
}

/// The runs of a program: those of its protocol, or of the packed models that it uses.
fn runs(program: &Program) -> Vec<RunKey> {
    if program.used.is_empty() {
        return RunKey::all(&program.protocol);
    }
    let mut runs = Vec::new();
    for run in program.used.iter().flat_map(|used| RunKey::all(&used.protocol)) {
        if !runs.contains(&run) {
            runs.push(run);
        }
    }
    runs
}

/// The runs of a model among those of its program.
pub(super) fn runs_of(program: &Program, tasks: &VariantTasks, model: usize) -> Vec<RunKey> {
    program.used(model).map_or_else(|| tasks.runs.clone(), |used| RunKey::all(&used.protocol))
}

/// Inputs as they are prepared, however much of an image a network then sees at a time.
fn seen_whole(inputs: &[InputSpec]) -> Vec<InputSpec> {
    inputs.iter().map(|input| InputSpec { window: None, ..input.clone() }).collect()
}
