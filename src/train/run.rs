//! The loop: epochs of batches, steps, validation, checkpoints.

use super::checkpoint::fingerprint;
use super::frozen::frozen_batch_norms;
use super::gradient::Slopes;
use super::history::{Epoch, Mean};
use super::job::{Job, Progress, Trained, Weights};
use super::order::{Drawing, batch_sizes, cut};
use super::position::{Files, Position, on_host, resumed};
use super::schedule::{Rates, Rhythm};
use super::step::{Moment, Player, Stepper, trained};
use super::tensorboard::{EVENT_FILE, EventFile};
use super::validation::{Validated, Validation};
use super::{CHECKPOINT_FILE, DataError, NotFinite, TrainError};
use crate::graph::Op;
use crate::nn::Batch;
use crate::program::{Keep, Monitor, Sampling, Schedule};
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
    drawing: Drawing,
    /// Subjects of each batch of an epoch.
    sizes: Vec<usize>,
    rhythm: Rhythm,
    stepper: Stepper,
    rivals: Vec<Opponent>,
    validation: Option<Validation>,
    now: Position,
    files: Option<Files<'j>>,
    pace: Pace,
}

/// A rival of the stage: its steps and its learning rates.
struct Opponent {
    stepper: Stepper,
    rhythm: Rhythm,
}

/// How fast it goes.
struct Pace {
    started: Instant,
    batches: u32,
}

impl<'a, 'j> Run<'a, 'j> {
    fn begin(job: &'a Job<'j>) -> Result<Self, TrainError> {
        let stage = job.stage;
        let subjects = job.batches.training_len();
        if subjects == 0 {
            return Err(TrainError::NoSubjects { stage: stage.name.clone() });
        }
        let drawing = match &stage.sampling {
            Sampling::Shuffled => Drawing::Shuffled(subjects),
            Sampling::Balanced { by } => {
                let classes: Vec<Option<usize>> = (0..subjects).map(|p| job.batches.class_of(by, p)).collect();
                if classes.iter().all(Option::is_none) {
                    (job.warn)(&format!(
                        "stage `{}`: no training subject has a class in `{by}`; nothing is balanced",
                        stage.name
                    ));
                }
                Drawing::balanced(&classes)
            }
        };
        let validation = Validation::of(job)?;
        let roots = std::iter::once(stage.loss)
            .chain(stage.rivals.iter().map(|rival| rival.loss))
            .chain(stage.terms.iter().map(|(_, node)| *node));
        let mut live = job.graph.live(roots);
        let moving = trained(stage);
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
        let rhythm = |base| Rhythm { schedule: stage.schedule.clone(), base, epochs: stage.epochs, steps };

        let fingerprint = match job.folder {
            Some(_) => fingerprint(job).map_err(|e| job_file_error(job, "described", std::io::Error::other(e)))?,
            None => String::new(),
        };
        let now = match resumed(job, &modules, &fingerprint) {
            Some(position) => position,
            None => Position::start(job, &modules)?,
        };
        let still = match frozen_batch_norms(&job.graph, &moving).is_empty() {
            true => Weights::new(),
            false => on_host(&now.network)?,
        };
        let stepper = Stepper::new(job, Player::Stage, &still);
        let rivals = stage.rivals.iter().enumerate().map(|(at, rival)| Opponent {
            stepper: Stepper::new(job, Player::Rival(at), &still),
            rhythm: rhythm(rival.optimizer.lr()),
        });
        let (rivals, rhythm) = (rivals.collect(), rhythm(stage.optimizer.lr()));
        let files = match job.folder {
            Some(folder) => {
                let events = EventFile::open(folder, now.state.events, &now.state.history)
                    .map_err(|source| TrainError::File { path: folder.join(EVENT_FILE), action: "opened", source })?;
                Some(Files { folder, fingerprint, events, written: Instant::now(), unsaved: None })
            }
            None => None,
        };
        let pace = Pace { started: Instant::now(), batches: 0 };
        Ok(Self { job, drawing, sizes, rhythm, stepper, rivals, validation, now, files, pace })
    }

    fn has_ended(&self) -> bool {
        let stage = self.job.stage;
        self.now.state.epochs >= stage.epochs || self.now.state.watch.gives_up(stage.early_stop.as_ref())
    }

    /// One epoch: all batches, validation, what is written at its end.
    fn epoch(&mut self) -> Result<(), TrainError> {
        let started = Instant::now();
        let order = self.drawing.epoch(self.job.seed, self.now.state.epochs);
        let (sizes, inputs) = (self.sizes.clone(), self.stepper.inputs().to_vec());
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
        let stage = self.job.stage;
        let epoch = self.now.state.epochs;
        let sizes = self.sizes.clone();
        let mut pass =
            Pass { loss: Mean::default(), terms: vec![Mean::default(); stage.terms.len()], learning_rate: 0.0 };
        let mut done = 0;
        for group in sizes.chunks(stage.accumulate.max(1)) {
            let subjects: usize = group.iter().sum();
            let rates = self.rhythm.at(epoch, self.now.state.steps, self.now.state.plateau.factor());
            let mut slopes = Slopes::default();
            let mut norm = 0.0;
            // The rivals answer to the same batches.
            let mut seen = Vec::new();
            for size in group {
                if self.job.interrupt.load(Ordering::Relaxed) {
                    return Err(self.interrupted());
                }
                let batch = self.next(receive, done, *size)?;
                let moment = Moment {
                    epoch: epoch + 1,
                    step: self.now.state.steps,
                    batch: (epoch * sizes.len() + done) as u64,
                    learning_rate: rates.learning_rate,
                };
                if !self.rivals.is_empty() {
                    seen.push((batch.clone(), moment, *size as f64 / subjects as f64));
                }
                let result = self.stepper.batch(self.job, &mut self.now.network, batch, moment)?;
                pass.loss.add(result.loss, *size);
                for (mean, value) in pass.terms.iter_mut().zip(&result.terms) {
                    if let Some(value) = value {
                        mean.add(*value, *size);
                    }
                }
                slopes.add(result.slopes, *size as f64 / subjects as f64);
                norm = result.norm;
                done += 1;
                self.pace.batches += 1;
                self.report(done, pass.loss.value().unwrap_or(result.loss), None);
            }
            self.step(slopes, norm, group.len(), rates)?;
            self.answer(&seen)?;
            self.now.state.steps += 1;
            pass.learning_rate = rates.learning_rate;
        }
        Ok(pass)
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

    /// Moves the weights. `norm` is that of the last batch's gradients, and all there is where the step has one batch.
    fn step(&mut self, slopes: Slopes, norm: f64, batches: usize, rates: Rates) -> Result<(), TrainError> {
        let slopes = self.clipped(slopes, norm, batches)?;
        self.now.network = self.now.mover.step(self.now.network.clone(), slopes, rates);
        Ok(())
    }

    fn clipped(&self, slopes: Slopes, norm: f64, batches: usize) -> Result<Slopes, TrainError> {
        let Some(limit) = self.job.stage.clip else { return Ok(slopes) };
        let norm = if batches == 1 { norm } else { slopes.norm()? };
        Ok(slopes.clip(norm, limit))
    }

    /// Each rival's step, on the batches of the stage's step and against the weights that it has just got.
    fn answer(&mut self, seen: &[(Batch, Moment, f64)]) -> Result<(), TrainError> {
        let state = &self.now.state;
        let (epoch, step, reduction) = (state.epochs, state.steps, state.plateau.factor());
        for at in 0..self.rivals.len() {
            let rates = self.rivals[at].rhythm.at(epoch, step, reduction);
            let mut slopes = Slopes::default();
            let mut norm = 0.0;
            for (batch, moment, share) in seen {
                let moment = Moment { learning_rate: rates.learning_rate, ..*moment };
                let stepper = &mut self.rivals[at].stepper;
                let result = stepper.batch(self.job, &mut self.now.network, batch.clone(), moment)?;
                slopes.add(result.slopes, *share);
                norm = result.norm;
            }
            let slopes = self.clipped(slopes, norm, seen.len())?;
            self.now.network = self.now.rivals[at].step(self.now.network.clone(), slopes, rates);
        }
        Ok(())
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
        let best = state.watch.observe(number, watched, stage.early_stop.as_ref());
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
        let each = self.pace.started.elapsed() / self.pace.batches.max(1);
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
        let Position { state, network, best, .. } = &self.now;
        let (kept, best_epoch) = match (best, state.watch.best_epoch()) {
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
        let state = self.now.state;
        let stopped_early = state.epochs < stage.epochs;
        Ok(Trained { weights, best_epoch, steps: state.steps, stopped_early, history: state.history.into() })
    }
}

/// Means over an epoch's batches.
struct Pass {
    loss: Mean,
    terms: Vec<Mean>,
    learning_rate: f64,
}

fn job_file_error(job: &Job<'_>, action: &'static str, source: std::io::Error) -> TrainError {
    TrainError::File { path: job.folder.map(|f| f.join(CHECKPOINT_FILE)).unwrap_or_default(), action, source }
}
