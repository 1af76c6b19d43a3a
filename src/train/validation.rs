//! Validation at the end of an epoch: the loss, its terms, and the metric that chooses the epoch.

use super::TrainError;
use super::history::Mean;
use super::job::{Job, ValidationPredictions};
use super::predict::{HostOutput, prediction_settings};
use crate::graph::{InputId, NodeId};
use crate::nn::{Batch, ByWindows, Forward, HostValue, Network, RunSettings, Whole, Windows};
use crate::program::{Keep, Metric, Monitor};

/// What validation needs to know once.
pub(super) struct Validation {
    forward: Forward,
    inputs: Vec<InputId>,
    loss: NodeId,
    terms: Vec<(String, NodeId)>,
    metric: Option<ValidationMetric>,
}

/// A metric of a prediction and its truth.
struct ValidationMetric {
    metric: Metric,
    prediction: NodeId,
    target: InputId,
}

/// What an epoch's validation came to. Numbers that are not finite are `None` or absent.
#[derive(Debug, Default)]
pub(super) struct Validated {
    pub loss: Option<f64>,
    pub terms: Vec<(String, f64)>,
    pub monitored: Option<f64>,
}

impl Validation {
    /// What the stage wants; `None` where there are no validation subjects.
    ///
    /// # Errors
    /// Where the stage decides something on validation subjects and there are none, or wants a metric that cannot be
    /// computed.
    pub fn of(job: &Job<'_>) -> Result<Option<Self>, TrainError> {
        let stage = job.stage;
        if job.batches.validation_len() == 0 {
            let wants = [
                (matches!(stage.keep, Keep::Best(_)), "`keep best`"),
                (stage.early_stop.is_some(), "early stopping"),
                (matches!(stage.schedule, crate::program::Schedule::Plateau { .. }), "the `Plateau` schedule"),
            ];
            return match wants.into_iter().find(|(wanted, _)| *wanted) {
                Some((_, wants)) => Err(TrainError::NoValidation { stage: stage.name.clone(), wants: wants.into() }),
                None => Ok(None),
            };
        }
        let metric = match stage.keep {
            Keep::Best(Monitor::Metric(metric)) => Some(ValidationMetric::of(job, metric)?),
            Keep::Best(Monitor::Loss) | Keep::Last => None,
        };
        let mut roots = vec![stage.loss];
        roots.extend(stage.terms.iter().map(|(_, node)| *node));
        roots.extend(metric.as_ref().map(|m| m.prediction));
        let forward = Forward::new(job.graph.clone(), &roots);
        let mut inputs = job.graph.live_inputs(forward.live());
        if let Some(judged) = &metric
            && !inputs.contains(&judged.target)
        {
            inputs.push(judged.target);
        }
        Ok(Some(Self { forward, inputs, loss: stage.loss, terms: stage.terms.clone(), metric }))
    }

    /// Which nodes it evaluates.
    pub fn live(&self) -> &[bool] {
        self.forward.live()
    }

    /// Evaluates all validation subjects. `network` is one for prediction. `None` when the interrupt flag was set.
    pub fn run(&self, job: &Job<'_>, network: &Network) -> Result<Option<Validated>, TrainError> {
        let settings = prediction_settings(&job.training_statistics);
        let mut loss = Mean::default();
        let mut terms = vec![Mean::default(); self.terms.len()];
        let mut seen = Seen::default();
        let positions: Vec<usize> = (0..job.batches.validation_len()).collect();
        if let Some(windows) = job.batches.windows() {
            return self.by_windows(job, network, (windows, &settings), &positions);
        }
        for piece in positions.chunks(job.stage.batch.max(1)) {
            if job.interrupt.load(std::sync::atomic::Ordering::Relaxed) {
                return Ok(None);
            }
            let batch = job.batches.validation(piece, &self.inputs).map_err(|source| TrainError::Data {
                during: format!("stage `{}`, validation", job.stage.name),
                source,
            })?;
            let values = self.forward.run(network, &batch, &settings)?;
            if let Some(number) = HostOutput::of(&values, self.loss)?.mean() {
                loss.add(number, piece.len());
            }
            for (mean, (_, node)) in terms.iter_mut().zip(&self.terms) {
                if let Some(number) = HostOutput::of(&values, *node)?.mean() {
                    mean.add(number, piece.len());
                }
            }
            if let Some(judged) = &self.metric {
                seen.add(&HostOutput::of(&values, judged.prediction)?, &batch, judged.target);
            }
        }
        let monitored = match &self.metric {
            Some(judged) => judged.compute(job, seen)?,
            None => None,
        };
        Ok(Some(self.validated(&loss, &terms, monitored)))
    }

    /// The same of whole images, gone over by windows: losses are means over windows, a metric is that of whole maps, subject by subject.
    fn by_windows(
        &self,
        job: &Job<'_>,
        network: &Network,
        (windows, settings): (&Windows, &RunSettings),
        positions: &[usize],
    ) -> Result<Option<Validated>, TrainError> {
        let by_windows =
            ByWindows { windows, forward: &self.forward, network, settings, batch: job.stage.batch.max(1) };
        let mut loss = Mean::default();
        let mut terms = vec![Mean::default(); self.terms.len()];
        let mut monitored = Mean::default();
        let judged: Vec<NodeId> = self.metric.iter().map(|judged| judged.prediction).collect();
        for position in positions {
            let subject = job.batches.validation(&[*position], &self.inputs).map_err(|source| TrainError::Data {
                during: format!("stage `{}`, validation", job.stage.name),
                source,
            })?;
            let whole = by_windows.of_subject(&subject, &judged, job.interrupt, |values, count| {
                if let Some(number) = HostOutput::of(values, self.loss)?.mean() {
                    loss.add(number, count);
                }
                for (mean, (_, node)) in terms.iter_mut().zip(&self.terms) {
                    if let Some(number) = HostOutput::of(values, *node)?.mean() {
                        mean.add(number, count);
                    }
                }
                Ok(())
            })?;
            let Some(whole) = whole else { return Ok(None) };
            let drawn = whole.into_iter().next().and_then(Whole::finish);
            if let (Some(judged), Some((values, shape))) = (&self.metric, drawn) {
                let mut seen = Seen::default();
                let predicted = HostOutput(Some(HostValue { values, shape, rows: Some(vec![0]) }));
                seen.add(&predicted, &subject, judged.target);
                if let Some(value) = judged.compute(job, seen)? {
                    monitored.add(value, 1);
                }
            }
        }
        Ok(Some(self.validated(&loss, &terms, monitored.value())))
    }

    fn validated(&self, loss: &Mean, terms: &[Mean], monitored: Option<f64>) -> Validated {
        let finite = |mean: &Mean| mean.value().filter(|v| v.is_finite());
        let terms = self.terms.iter().zip(terms).filter_map(|((label, _), mean)| Some((label.clone(), finite(mean)?)));
        Validated { loss: finite(loss), terms: terms.collect(), monitored }
    }
}

impl ValidationMetric {
    fn of(job: &Job<'_>, metric: Metric) -> Result<Self, TrainError> {
        let refuse = |problem: String| TrainError::Monitor {
            stage: job.stage.name.clone(),
            metric: metric.name().into(),
            problem,
        };
        let model = job.model;
        let target = model
            .target
            .ok_or_else(|| refuse(format!("`{}` predicts no target; write `keep best loss`", model.name)))?;
        let output = model.output(&model.name).and_then(|output| output.members.first());
        let (_, prediction) =
            output.ok_or_else(|| refuse(format!("`{}` has no output of its own name to judge", model.name)))?;
        if job.monitor.is_none() {
            return Err(refuse("nothing computes metrics here".into()));
        }
        Ok(Self { metric, prediction: *prediction, target })
    }

    fn compute(&self, job: &Job<'_>, seen: Seen) -> Result<Option<f64>, TrainError> {
        let Some(monitor) = job.monitor.filter(|_| seen.rows > 0) else { return Ok(None) };
        let value = monitor(&ValidationPredictions {
            metric: self.metric,
            rows: seen.rows,
            prediction: seen.prediction,
            prediction_shape: seen.prediction_shape,
            truth: seen.truth,
            truth_shape: seen.truth_shape,
        });
        let value = value.map_err(|problem| TrainError::Monitor {
            stage: job.stage.name.clone(),
            metric: self.metric.name().into(),
            problem,
        })?;
        Ok(Some(value).filter(|v| v.is_finite()))
    }
}

/// Predictions and truths of the subjects who have both.
#[derive(Default)]
struct Seen {
    rows: usize,
    prediction: Vec<f32>,
    prediction_shape: Vec<usize>,
    truth: Vec<f32>,
    truth_shape: Vec<usize>,
}

impl Seen {
    fn add(&mut self, prediction: &HostOutput, batch: &Batch, target: InputId) {
        let (Some(predicted), Some(truth)) = (&prediction.0, batch.inputs.get(target.index()).and_then(Option::as_ref))
        else {
            return;
        };
        let Some(rows) = &predicted.rows else { return };
        let width: usize = predicted.shape.iter().product();
        let truth_width: usize = truth.shape.iter().product();
        // Position of a batch row among the rows that have the truth.
        let mut truth_row = vec![None; batch.rows];
        for (compact, row) in (0..batch.rows).filter(|row| truth.present.get(*row) == Some(&true)).enumerate() {
            truth_row[row] = Some(compact);
        }
        for (compact, row) in rows.iter().enumerate() {
            if let Some(at) = truth_row.get(*row).copied().flatten() {
                self.prediction.extend(&predicted.values[compact * width..(compact + 1) * width]);
                self.truth.extend(&truth.values[at * truth_width..(at + 1) * truth_width]);
                self.rows += 1;
            }
        }
        self.prediction_shape.clone_from(&predicted.shape);
        self.truth_shape.clone_from(&truth.shape);
    }
}
