//! The loop: epochs of batches, steps, validation, checkpoints.

use super::checkpoint::fingerprint;
use super::deferred::Deferred;
use super::frozen::frozen_batch_norms;
use super::gradient::WeightGradients;
use super::history::{Epoch, Mean};
use super::job::{Job, Progress, Trained, Weights};
use super::order::{Sampler, batch_sizes, cut};
use super::schedule::LearningRateSchedule;
use super::state::{Files, TrainingState, on_host, resumed};
use super::step::{Losses, StepContext, StepOwner, TrainingStep, arithmetic};
use super::tensorboard::{EVENT_FILE, EventFile};
use super::validation::{Validated, Validation};
use super::{CHECKPOINT_FILE, DataError, NotFinite, TrainError};
use crate::graph::Op;
use crate::nn::{Arithmetic, Batch};
use crate::program::{Keep, Monitor, Sampling, Schedule};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// Runs a training stage from its start, or from the checkpoint in its folder, to its end.
///
/// # Errors
/// See [`TrainError`]. After [`TrainError::Interrupted`] the same job goes on where it stopped.
pub fn train(job: &Job<'_>) -> Result<Trained, TrainError> {
    let mut run = Run::begin(job)?;
    while !run.has_ended() {
        run.epoch()?;
    }
    run.finish()
}

/// A stage under way.
struct Run<'a, 'j> {
    job: &'a Job<'j>,
    drawing: Sampler,
    /// Subjects of each batch of an epoch.
    sizes: Vec<usize>,
    schedule: LearningRateSchedule,
    step: TrainingStep,
    adversaries: Vec<Adversary>,
    validation: Option<Validation>,
    now: TrainingState,
    /// Steps whose numbers have not been looked at; `None` where each step's are.
    deferred: Option<Deferred>,
    files: Option<Files<'j>>,
    throughput: Throughput,
}

/// An adversary of the stage: its steps and its learning rates.
struct Adversary {
    step: TrainingStep,
    schedule: LearningRateSchedule,
}

/// How fast it goes.
struct Throughput {
    started: Instant,
    batches: u32,
}

/// The batches of one step of the optimizer.
struct StepBatches<'s> {
    /// Subjects of each.
    sizes: &'s [usize],
    /// Batches of the epoch before them.
    done: usize,
}

impl<'a, 'j> Run<'a, 'j> {
    fn begin(job: &'a Job<'j>) -> Result<Self, TrainError> {
        let stage = job.stage;
        let subjects = job.batches.training_len();
        if subjects == 0 {
            return Err(TrainError::NoSubjects { stage: stage.name.clone() });
        }
        let arithmetic = arithmetic(stage.precision);
        if !job.device.multiplies_in(arithmetic) {
            return Err(TrainError::Precision { stage: stage.name.clone(), device: job.device.describe() });
        }
        if job.device.is_cpu() && arithmetic != Arithmetic::Float32 {
            (job.warn)(&format!(
                "stage `{}`: its `precision` is one of cards; the CPU computes in float32",
                stage.name
            ));
        }
        let drawing = match &stage.sampling {
            Sampling::Shuffled => Sampler::Shuffled(subjects),
            Sampling::Balanced { by } => {
                let classes: Vec<Option<usize>> = (0..subjects).map(|p| job.batches.class_of(by, p)).collect();
                if classes.iter().all(Option::is_none) {
                    (job.warn)(&format!(
                        "stage `{}`: no training subject has a class in `{by}`; nothing is balanced",
                        stage.name
                    ));
                }
                Sampler::balanced(&classes)
            }
        };
        let validation = Validation::of(job)?;
        let roots = std::iter::once(stage.loss)
            .chain(stage.adversaries.iter().map(|adversary| adversary.loss))
            .chain(stage.terms.iter().map(|(_, node)| *node));
        let mut live = job.graph.live(roots);
        let moving = stage.moving();
        let no_single = job
            .graph
            .live_modules(&live)
            .iter()
            .any(|m| moving.contains(m) && matches!(job.graph.module(*m).op, Op::BatchNorm { .. }));
        if let Some(validation) = &validation {
            live.iter_mut().zip(validation.live()).for_each(|(a, b)| *a |= b);
        }
        let modules = job.graph.live_modules(&live);
        let sizes = batch_sizes(drawing.len(), stage.batch, no_single);
        let steps = (sizes.len().div_ceil(stage.accumulate.max(1)) * stage.epochs) as u64;
        let schedule =
            |base| LearningRateSchedule { schedule: stage.schedule.clone(), base, epochs: stage.epochs, steps };

        let fingerprint = match job.folder {
            Some(_) => fingerprint(job).map_err(|e| job_file_error(job, "described", std::io::Error::other(e)))?,
            None => String::new(),
        };
        let now = match resumed(job, &modules, &fingerprint) {
            Some(position) => position,
            None => TrainingState::start(job, &modules)?,
        };
        let frozen = match frozen_batch_norms(&job.graph, &moving).is_empty() {
            true => Weights::new(),
            false => on_host(&now.network)?,
        };
        let step = TrainingStep::new(job, StepOwner::Stage, &frozen);
        let adversaries = stage.adversaries.iter().enumerate().map(|(at, adversary)| Adversary {
            step: TrainingStep::new(job, StepOwner::Adversary(at), &frozen),
            schedule: schedule(adversary.optimizer.lr()),
        });
        let (adversaries, schedule) = (adversaries.collect(), schedule(stage.optimizer.lr()));
        let deferred = (!job.device.is_cpu()).then(Deferred::default);
        let files = match job.folder {
            Some(folder) => {
                let events = EventFile::open(folder, now.state.events, &now.state.history)
                    .map_err(|source| TrainError::File { path: folder.join(EVENT_FILE), action: "opened", source })?;
                Some(Files { folder, fingerprint, events, written: Instant::now(), unsaved: None })
            }
            None => None,
        };
        let throughput = Throughput { started: Instant::now(), batches: 0 };
        Ok(Self { job, drawing, sizes, schedule, step, adversaries, validation, now, deferred, files, throughput })
    }

    fn has_ended(&self) -> bool {
        let stage = self.job.stage;
        self.now.state.epochs >= stage.epochs
            || self.now.state.early_stopping.should_stop(stage.early_stop.as_ref())
            || self.is_given_up()
    }

    /// Whether the epoch that has ended leaves no hope.
    fn is_given_up(&self) -> bool {
        let state = &self.now.state;
        let threshold = state.epochs.checked_sub(1).and_then(|ended| self.job.thresholds.get(ended));
        threshold.is_some_and(|threshold| state.early_stopping.is_behind(*threshold))
    }

    /// One epoch: all batches, validation, what is written at its end.
    fn epoch(&mut self) -> Result<(), TrainError> {
        let started = Instant::now();
        let order = self.drawing.epoch(self.job.seed, self.now.state.epochs);
        let (sizes, inputs) = (self.sizes.clone(), self.step.inputs().to_vec());
        let batches = self.job.batches;
        // The next batch is read while this one is computed.
        let pass = std::thread::scope(|scope| {
            let (ready, receive) = sync_channel(1);
            let (order, sizes, inputs) = (&order, &sizes, &inputs);
            let reader = scope.spawn(move || {
                for piece in cut(order, sizes) {
                    if ready.send(batches.training(piece, inputs)).is_err() {
                        break;
                    }
                }
            });
            let pass = self.pass(&receive);
            drop(receive);
            // If reading has panicked, the pass has missed a batch and says so.
            let _ = reader.join();
            pass
        })?;

        let validated = match &self.validation {
            Some(validation) => match validation.run(self.job, &self.now.network.for_prediction())? {
                Some(validated) => validated,
                None => return Err(self.interrupted()),
            },
            None => Validated::default(),
        };
        self.close(pass, validated, started.elapsed())
    }

    /// All steps of an epoch.
    fn pass(&mut self, receive: &Receiver<Result<Batch, DataError>>) -> Result<Pass, TrainError> {
        let sizes = self.sizes.clone();
        let mut pass = Pass {
            loss: Mean::default(),
            terms: vec![Mean::default(); self.job.stage.terms.len()],
            learning_rate: 0.0,
        };
        let mut done = 0;
        for group in sizes.chunks(self.job.stage.accumulate.max(1)) {
            let batches = StepBatches { sizes: group, done };
            let deferred = match &mut self.deferred {
                Some(deferred) => {
                    deferred.begin(&self.now, done);
                    true
                }
                None => false,
            };
            self.optimizer_step(&batches, deferred, &mut pass, |run, at, size| {
                if run.job.interrupt.load(Ordering::Relaxed) {
                    return Err(run.interrupted());
                }
                run.next(receive, at, size).map(Arc::new)
            })?;
            done += group.len();
            if self.deferred.as_ref().is_some_and(Deferred::is_due) {
                self.check(&mut pass)?;
            }
        }
        self.check(&mut pass)?;
        Ok(pass)
    }

    /// One step of the optimizer, and of each adversary's on the same batches. `batch` gives a batch by its position in the
    /// epoch and its number of subjects.
    fn optimizer_step(
        &mut self,
        batches: &StepBatches<'_>,
        deferred: bool,
        pass: &mut Pass,
        batch: impl Fn(&mut Self, usize, usize) -> Result<Arc<Batch>, TrainError>,
    ) -> Result<(), TrainError> {
        let epoch = self.now.state.epochs;
        let subjects: usize = batches.sizes.iter().sum();
        let rates = self.schedule.at(epoch, self.now.state.steps, self.now.state.plateau.factor());
        let mut gradients = WeightGradients::default();
        let mut seen = Vec::new();
        for (at, size) in batches.sizes.iter().enumerate() {
            let batch = batch(self, batches.done + at, *size)?;
            let context = StepContext {
                epoch: epoch + 1,
                step: self.now.state.steps,
                batch: (epoch * self.sizes.len() + batches.done + at) as u64,
                learning_rate: rates.learning_rate,
            };
            let share = *size as f64 / subjects as f64;
            let output = self.step.run(self.job, &self.now.network, &batch, context)?;
            match &mut self.deferred {
                Some(waiting) if deferred => waiting.add(output.numbers, *size),
                _ => {
                    let losses = self.step.checked(self.job, &self.now.network, &batch, context, &output.numbers)?;
                    pass.add(&losses, *size);
                }
            }
            self.step.absorb(&mut self.now.network, output.statistics);
            gradients.add(output.gradients, share);
            if !self.adversaries.is_empty() || deferred {
                seen.push((batch, context, share));
            }
            self.throughput.batches += 1;
            self.report(batches.done + at + 1, pass.loss.value().unwrap_or(0.0), None);
        }
        let gradients = self.clipped(gradients);
        self.now.optimizer.step(&mut self.now.network, gradients, rates);
        self.adversary_steps(&seen, deferred)?;
        if let Some(waiting) = self.deferred.as_mut().filter(|_| deferred) {
            waiting.keep(seen.into_iter().map(|(batch, ..)| batch), batches.sizes);
        }
        self.now.state.steps += 1;
        pass.learning_rate = rates.learning_rate;
        Ok(())
    }

    /// Each adversary's step, on the batches of the stage's step and against the weights that it has just got.
    fn adversary_steps(&mut self, seen: &[(Arc<Batch>, StepContext, f64)], deferred: bool) -> Result<(), TrainError> {
        let state = &self.now.state;
        let (epoch, step, reduction) = (state.epochs, state.steps, state.plateau.factor());
        for at in 0..self.adversaries.len() {
            let rates = self.adversaries[at].schedule.at(epoch, step, reduction);
            let mut gradients = WeightGradients::default();
            for (batch, context, share) in seen {
                let context = StepContext { learning_rate: rates.learning_rate, ..*context };
                let own = &mut self.adversaries[at].step;
                let output = own.run(self.job, &self.now.network, batch, context)?;
                match &mut self.deferred {
                    Some(waiting) if deferred => waiting.early_stopping(output.numbers),
                    _ => drop(own.checked(self.job, &self.now.network, batch, context, &output.numbers)?),
                }
                own.absorb(&mut self.now.network, output.statistics);
                gradients.add(output.gradients, *share);
            }
            let gradients = self.clipped(gradients);
            self.now.adversaries[at].step(&mut self.now.network, gradients, rates);
        }
        Ok(())
    }

    fn clipped(&self, gradients: WeightGradients) -> WeightGradients {
        match self.job.stage.clip {
            Some(limit) => gradients.clip(limit),
            None => gradients,
        }
    }

    /// Looks at the numbers of the steps that were not looked at. Where one is none, the steps are made again from where the
    /// first of them began, each looked at, to say where.
    fn check(&mut self, pass: &mut Pass) -> Result<(), TrainError> {
        let Some(deferred) = &mut self.deferred else { return Ok(()) };
        let settled = std::mem::take(deferred).check()?;
        for (losses, subjects) in &settled.losses {
            pass.add(losses, *subjects);
        }
        let (Some(steps), true) =
            (settled.steps, settled.losses.iter().any(|(losses, _)| !losses.finite) || settled.adversary_failed)
        else {
            return Ok(());
        };
        self.now = steps.start;
        let mut done = steps.done;
        let mut again = pass.clone();
        for (batches, sizes) in steps.batches {
            let first = done;
            let group = StepBatches { sizes: &sizes, done };
            self.optimizer_step(&group, false, &mut again, |_, at, _| Ok(batches[at - first].clone()))?;
            done += sizes.len();
        }
        Err(TrainError::NotFinite(Box::new(NotFinite {
            stage: self.job.stage.name.clone(),
            epoch: self.now.state.epochs + 1,
            step: self.now.state.steps,
            place: "a loss or a gradient was infinite or not a number, and was finite when the steps were made again"
                .into(),
            learning_rate: pass.learning_rate,
            advice: "the device computes differently each time: `fascicle device` tests it".into(),
        })))
    }

    /// The next batch, of `size` subjects.
    fn next(
        &self,
        receive: &Receiver<Result<Batch, DataError>>,
        done: usize,
        size: usize,
    ) -> Result<Batch, TrainError> {
        let batch = receive.recv().unwrap_or_else(|_| Err("reading it has panicked".into()));
        let batch = batch.and_then(|batch| match batch.rows == size {
            true => Ok(batch),
            false => Err(format!("{size} subjects were asked for, {} came", batch.rows).into()),
        });
        batch.map_err(|source| {
            let (stage, epoch, batches) = (&self.job.stage.name, self.now.state.epochs + 1, self.sizes.len());
            TrainError::Data {
                during: format!("stage `{stage}`, epoch {epoch}, batch {} of {batches}", done + 1),
                source,
            }
        })
    }

    /// The end of an epoch.
    fn close(&mut self, pass: Pass, validated: Validated, took: Duration) -> Result<(), TrainError> {
        let stage = self.job.stage;
        let number = self.now.state.epochs + 1;
        if self.validation.is_some() && validated.loss.is_none() {
            (self.job.warn)(&format!("stage `{}`, epoch {number}: the validation loss is not finite", stage.name));
        }
        let terms = stage.terms.iter().zip(&pass.terms);
        let epoch = Epoch {
            epoch: number,
            train_loss: pass.loss.value().unwrap_or(0.0),
            validation_loss: validated.loss,
            terms: terms.filter_map(|((label, _), mean)| Some((label.clone(), mean.value()?))).collect(),
            validation_terms: validated.terms,
            learning_rate: pass.learning_rate,
            seconds: took.as_secs_f64(),
            monitored: validated.monitored,
        };
        let watched = match stage.keep {
            Keep::Best(Monitor::Metric(_)) => epoch.monitored,
            Keep::Best(Monitor::Loss) | Keep::Last => epoch.validation_loss,
        };
        let state = &mut self.now.state;
        let best = state.early_stopping.observe(number, watched, stage.early_stop.as_ref());
        if best && matches!(stage.keep, Keep::Best(_)) {
            self.now.best = Some(self.now.network.for_prediction());
        }
        if let Schedule::Plateau { factor, patience } = stage.schedule {
            state.plateau.observe(epoch.validation_loss, factor, patience, 0.0);
        }
        state.epochs = number;
        // The older position is of no use any more, and shares the history that grows here.
        if let Some(files) = &mut self.files {
            files.unsaved = None;
        }
        state.history.push(epoch.clone());
        self.write(&epoch)?;
        self.report(self.sizes.len(), epoch.train_loss, Some(epoch));
        Ok(())
    }

    fn write(&mut self, epoch: &Epoch) -> Result<(), TrainError> {
        let Some(files) = &mut self.files else { return Ok(()) };
        let failed = |source| TrainError::File { path: files.folder.join(EVENT_FILE), action: "written", source };
        files.events.write(epoch).map_err(failed)?;
        self.now.state.events = files.events.length();
        files.unsaved = Some(self.now.clone());
        if files.written.elapsed() >= self.job.checkpoint_interval { files.save() } else { Ok(()) }
    }

    /// Writes the checkpoint of the last whole epoch.
    fn interrupted(&mut self) -> TrainError {
        let stage = self.job.stage;
        match self.files.as_mut().map_or(Ok(()), Files::save) {
            Ok(()) => {
                // The state may be in the middle of an epoch; what counts is how many are whole.
                let epoch = self.now.state.epochs + 1;
                TrainError::Interrupted { stage: stage.name.clone(), epoch, epochs: stage.epochs }
            }
            Err(error) => error,
        }
    }

    fn report(&self, batch: usize, loss: f64, ended: Option<Epoch>) {
        let stage = self.job.stage;
        let whole = self.now.state.epochs;
        let epoch = if ended.is_some() { whole } else { whole + 1 };
        let left = (stage.epochs - epoch) * self.sizes.len() + self.sizes.len() - batch;
        let each = self.throughput.started.elapsed() / self.throughput.batches.max(1);
        let eta = each.saturating_mul(u32::try_from(left).unwrap_or(u32::MAX));
        (self.job.progress)(&Progress {
            stage: stage.name.clone(),
            epoch,
            epochs: stage.epochs,
            batch,
            batches: self.sizes.len(),
            loss,
            eta,
            ended,
        });
    }

    fn finish(mut self) -> Result<Trained, TrainError> {
        let stage = self.job.stage;
        let TrainingState { state, network, best, .. } = &self.now;
        let (kept, best_epoch) = match (best, state.early_stopping.best_epoch()) {
            (Some(best), Some(epoch)) => (best, epoch),
            _ => (network, state.epochs),
        };
        if matches!(stage.keep, Keep::Best(_)) && best.is_none() && state.epochs > 0 {
            let name = &stage.name;
            (self.job.warn)(&format!(
                "stage `{name}`: no epoch had a value to choose it by; the last one's weights are kept"
            ));
        }
        let weights = on_host(kept)?;
        if let Some((name, _)) = weights.iter().find(|(_, (_, values))| values.iter().any(|v| !v.is_finite())) {
            return Err(TrainError::NotFinite(Box::new(NotFinite {
                stage: stage.name.clone(),
                epoch: best_epoch,
                step: state.steps,
                place: format!("the last step has made {name} infinite or not a number"),
                learning_rate: state.history.last().map_or(stage.optimizer.lr(), |epoch| epoch.learning_rate),
                advice: "lower the learning rate, or limit the gradient with `clip 1.0`".into(),
            })));
        }
        if let Some(files) = &mut self.files {
            files.save()?;
        }
        let given_up = self.is_given_up();
        let state = self.now.state;
        let stopped_early = state.epochs < stage.epochs;
        Ok(Trained { weights, best_epoch, steps: state.steps, stopped_early, given_up, history: state.history.into() })
    }
}

/// Means over an epoch's batches.
#[derive(Clone)]
struct Pass {
    loss: Mean,
    terms: Vec<Mean>,
    learning_rate: f64,
}

impl Pass {
    fn add(&mut self, losses: &Losses, subjects: usize) {
        self.loss.add(losses.loss, subjects);
        for (mean, value) in self.terms.iter_mut().zip(&losses.terms) {
            if let Some(value) = value {
                mean.add(*value, subjects);
            }
        }
    }
}

fn job_file_error(job: &Job<'_>, action: &'static str, source: std::io::Error) -> TrainError {
    TrainError::File { path: job.folder.map(|f| f.join(CHECKPOINT_FILE)).unwrap_or_default(), action, source }
}
