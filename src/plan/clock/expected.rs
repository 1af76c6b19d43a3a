//! What each task of a plan takes.

use super::people::{
    Records, divided, others, reading, rows_of_a_record, rows_of_stage, windows_of_a_record, work_of_stage,
};
use super::scored;
use super::{Clock, Rates};
use crate::graph::{Graph, NodeId, Work};
use crate::plan::context::Context;
use crate::plan::layout::Layout;
use crate::plan::request::PredictionRequest;
use crate::plan::sources::Sources;
use crate::plan::task::{Kind, ProgramKey, Task, Work as TaskWork};
use crate::program::{
    Analysis, AnalysisKind, Argument, BaselineMethod, CohortSource, Experiment, InputSource, Program,
};
use std::collections::BTreeMap;

/// Passes over the training images that fitting percentiles and landmarks takes: numbers are sorted.
const FITTING: f64 = 10.0;
/// Passes over a saliency's network for each person: noisy images, forward and backward.
const NOISY_IMAGES: f64 = 25.0;

/// Seconds of each task, by its place in the layout; `None` where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) struct Expected {
    pub seconds: Vec<Option<f64>>,
    kinds: Vec<Kind>,
}

impl Expected {
    /// Tasks of these kinds.
    #[cfg(test)]
    pub fn new(seconds: Vec<Option<f64>>, kinds: Vec<Kind>) -> Self {
        Self { seconds, kinds }
    }

    /// Every task's kind, and what it takes.
    pub fn all(&self) -> impl Iterator<Item = (Kind, Option<f64>)> + '_ {
        self.kinds.iter().copied().zip(self.seconds.iter().copied())
    }

    /// A task's kind, and what it takes.
    pub fn of_task(&self, task: usize) -> Option<(Kind, Option<f64>)> {
        Some((*self.kinds.get(task)?, *self.seconds.get(task)?))
    }

    /// By work and rates.
    pub fn of(experiment: &Experiment, layout: &Layout, sources: &Sources<'_>, clock: Option<&Clock>) -> Self {
        let kinds = layout.tasks.iter().map(|task| task.work.kind()).collect();
        let Some(clock) = clock else { return Self { seconds: vec![None; layout.tasks.len()], kinds } };
        let mut records: BTreeMap<usize, Records> = BTreeMap::new();
        let mut seconds = Vec::with_capacity(layout.tasks.len());
        // Every run of a stage is alike.
        let mut known: BTreeMap<(ProgramKey, Kind, usize), f64> = BTreeMap::new();
        for task in &layout.tasks {
            let variant = task.program.variant;
            let Some(base) = experiment.variants.get(variant) else {
                seconds.push(None);
                continue;
            };
            let records = records.entry(variant).or_insert_with(|| {
                let count =
                    |name: &str, cohort| (name.to_owned(), sources.cohort(cohort).map_or(0, |c| c.records.len()));
                base.cohorts.iter().map(|cohort| count(&cohort.name, cohort)).collect()
            });
            let trial = task.program.trial.and_then(|trial| layout.variants.get(variant)?.trials.get(trial));
            let rates = &clock.rates;
            let program = trial.map_or(base, |trial| trial.as_ref());
            let of_task = OfTask { program, records, rates, clock, variant };
            let key = (task.program, task.work.kind(), place(task.work));
            seconds.push(Some(rates.written_result + *known.entry(key).or_insert_with(|| of_task.seconds(task))));
        }
        Self { seconds, kinds }
    }

    /// Corrects what is expected by what tasks of the plan took when they ran, kind by kind. Where nothing was expected, the others
    /// of a kind take what those took in the mean.
    pub fn corrected(mut self, took: &[Option<f64>]) -> Self {
        let mut seen: BTreeMap<Kind, (f64, f64, f64)> = BTreeMap::new();
        for ((kind, expected), took) in self.kinds.iter().zip(&self.seconds).zip(took) {
            let Some(took) = took else { continue };
            let sums = seen.entry(*kind).or_default();
            *sums = (sums.0 + expected.unwrap_or(0.0), sums.1 + took, sums.2 + 1.0);
        }
        for ((kind, expected), took) in self.kinds.iter().zip(&mut self.seconds).zip(took) {
            *expected = match (took, seen.get(kind), *expected) {
                (Some(took), ..) => Some(*took),
                (None, Some((sum, took, _)), Some(expected)) if *sum > 0.0 => Some(expected * took / sum),
                (None, Some((_, took, count)), None) => Some(took / count),
                (None, _, expected) => expected,
            };
        }
        self
    }
}

/// Which of those of its kind a task is, whatever its run.
fn place(work: TaskWork) -> usize {
    match work {
        TaskWork::Index | TaskWork::Split { .. } | TaskWork::Fit { .. } => 0,
        TaskWork::Train { stage, .. } => stage,
        TaskWork::Baseline { baseline, .. } => baseline,
        TaskWork::Judge { search, .. } => search,
        TaskWork::Predict { model, .. } | TaskWork::Map { model, .. } => model,
        TaskWork::Ensemble { ensemble } => ensemble,
        TaskWork::Score { score } => score,
        TaskWork::Analyse { analysis } => analysis,
        // They take the same.
        TaskWork::Compare { .. } | TaskWork::CompareModels { .. } => 0,
    }
}

/// A task's program, whom it reads, and how fast that is.
struct OfTask<'a> {
    program: &'a Program,
    records: &'a Records,
    rates: &'a Rates,
    clock: &'a Clock,
    /// Where the program, or the one it is a trial of, stands.
    variant: usize,
}

impl OfTask<'_> {
    fn seconds(&self, task: &Task) -> f64 {
        let program = self.program;
        match task.work {
            TaskWork::Index => self.images(),
            TaskWork::Split { .. } => 0.0,
            TaskWork::Fit { .. } => {
                let people = divided(program, self.records).training;
                let images = program.inputs.iter().filter(|input| matches!(input.source, InputSource::Image { .. }));
                let numbers: f64 = images.map(|input| input.shape.iter().product::<usize>() as f64).sum();
                people * numbers * 4.0 * FITTING * self.rates.moved_byte
            }
            TaskWork::Train { stage: at, .. } => program.stages.get(at).map_or(0.0, |stage| {
                let work = work_of_stage(program, stage, rows_of_stage(program, stage, self.records)).0;
                self.clock.ratio(self.variant, at).unwrap_or(1.0) * self.rates.seconds(&work)
            }),
            TaskWork::Baseline { baseline, .. } => self.baseline(baseline),
            TaskWork::Judge { .. } => 0.01,
            TaskWork::Predict { model, .. } => self.predict(model),
            TaskWork::Map { .. } => 0.1,
            TaskWork::Ensemble { .. } => 0.02,
            TaskWork::Score { score } => self.score(score),
            TaskWork::Analyse { analysis } => {
                program.analyses.get(analysis).map_or(0.0, |declared| self.analyse(declared))
            }
            TaskWork::Compare { .. } | TaskWork::CompareModels { .. } => 0.02,
        }
    }

    /// Finding, decoding or painting every image.
    fn images(&self) -> f64 {
        let mut seconds = 0.0;
        for input in &self.program.inputs {
            let InputSource::Image { .. } = &input.source else { continue };
            let voxels: f64 = input.shape.iter().skip(1).product::<usize>() as f64;
            for cohort in &self.program.cohorts {
                if input.cohort.as_ref().is_some_and(|name| *name != cohort.name) {
                    continue;
                }
                let people = self.records.get(&cohort.name).copied().unwrap_or(0) as f64;
                seconds += people
                    * match &cohort.source {
                        CohortSource::Phantom(settings) => {
                            settings.shape.iter().product::<usize>() as f64 * self.rates.painted_voxel
                        }
                        // Files hold more than what is cut out of them.
                        _ => 1.5 * voxels * self.rates.read_voxel + 2e-4,
                    };
            }
        }
        seconds
    }

    /// One forward pass of some nodes for so many records, read first.
    fn pass(&self, nodes: &[NodeId], records: f64, batch: usize) -> f64 {
        let graph: &Graph = &self.program.graph;
        let live = graph.live(nodes.iter().copied());
        let windows = nodes.first().map_or(1.0, |node| windows_of_a_record(self.program, *node));
        let rows = records * rows_of_a_record(self.program) * windows;
        let batches = (rows / batch.max(1) as f64).ceil();
        if batches == 0.0 {
            return 0.0;
        }
        let work = Work::forward(graph, &live, (rows / batches).round().max(1.0) as u64) * batches;
        let read: f64 = graph.live_inputs(&live).iter().map(|input| reading(self.program, input.index())).sum();
        self.rates.seconds(&work) + rows * read * self.rates.moved_byte
    }

    fn predict(&self, model: usize) -> f64 {
        let Some(request) = PredictionRequest::of(self.program, model) else { return 0.0 };
        let (fold, others) = (divided(self.program, self.records), others(self.program, self.records));
        let records: f64 = request.sets.iter().map(|set| fold.count(*set, others)).sum();
        let batch = Context::rows_at_a_time(self.program, model);
        let whole = self.pass(&request.nodes, records, batch);
        let without = request.without.iter().map(|(_, nodes)| self.pass(nodes, records, batch));
        // A network that is slower than the rates say when it is trained is so when it predicts.
        let stage = self.program.stages.iter().position(|stage| stage.model == model);
        let ratio = stage.and_then(|stage| self.clock.ratio(self.variant, stage)).unwrap_or(1.0);
        ratio * (whole + without.sum::<f64>())
    }

    /// Intervals of every metric, of every member and of their mean.
    fn score(&self, score: usize) -> f64 {
        let Some(declared) = self.program.scores.get(score) else { return 0.0 };
        let (fold, others) = (divided(self.program, self.records), others(self.program, self.records));
        let people = self.runs(declared.model) * fold.count(declared.on, others);
        scored::score(self.program, declared, people, rows_of_a_record(self.program), self.rates)
    }

    /// Folds, seeds and repeats of a model.
    fn runs(&self, model: usize) -> f64 {
        let protocol = self.program.protocol_of(model);
        (protocol.kind.folds() * protocol.seeds.len() * protocol.repeats.max(1)) as f64
    }

    fn baseline(&self, baseline: usize) -> f64 {
        let Some(declared) = self.program.baselines.get(baseline) else { return 0.0 };
        let people = divided(self.program, self.records).training;
        let columns = declared.columns(self.program) as f64;
        let small = self.rates.drawn_person;
        let multiply_adds = self.rates.multiply_add;
        match declared.method {
            BaselineMethod::Ridge { .. } => 8.0 * (people * columns * columns + columns.powi(3)) * multiply_adds,
            BaselineMethod::ElasticNet { .. } | BaselineMethod::Logistic { .. } => 100.0 * people * columns * small,
            BaselineMethod::Svm { .. } => people * people * (columns + 20.0) * small,
            BaselineMethod::DecisionTree { .. } => 20.0 * people * columns * small,
            BaselineMethod::RandomForest { trees, .. } => 15.0 * trees as f64 * people * columns * small,
            BaselineMethod::Nearest { .. } => people * people * columns * small,
        }
    }

    /// People and numbers that an analysis is about.
    fn size(&self, analysis: &Analysis) -> (f64, f64) {
        let people: f64 = self.records.values().map(|count| *count as f64).sum();
        let numbers = analysis.arguments.values().map(|argument| match argument {
            Argument::Output { members, .. } => {
                members.iter().map(|(_, node)| self.program.graph.node(*node).ty.len() as f64).sum()
            }
            Argument::Columns { columns, .. } => columns.len() as f64,
            Argument::Described { columns, .. } => columns.len() as f64,
            _ => 0.0,
        });
        (people, numbers.sum::<f64>().max(8.0))
    }

    fn analyse(&self, analysis: &Analysis) -> f64 {
        let (people, numbers) = self.size(analysis);
        let small = self.rates.drawn_number;
        let number = |name: &str, usual: f64| match analysis.arguments.get(name) {
            Some(Argument::Number(value)) => *value,
            _ => usual,
        };
        let tried: f64 = analysis
            .arguments
            .values()
            .map(|argument| match argument {
                Argument::Numbers(all) | Argument::Percentiles(all) => all.len() as f64,
                Argument::Spaced { at, .. } => at.len() as f64,
                _ => 1.0,
            })
            .product();
        let cells = people * numbers;
        let runs = analysis
            .arguments
            .values()
            .find_map(|argument| match argument {
                Argument::Output { model, .. } => Some(self.runs(*model)),
                _ => None,
            })
            .unwrap_or(1.0);
        match analysis.kind {
            // Ranks are found once; a draw goes over every number.
            AnalysisKind::Permutation => number("times", 10_000.0) * cells * small,
            // A setting settles after some fifty rounds, in each of which everybody writes to everybody.
            AnalysisKind::AffinityPropagation => (tried * 50.0 + numbers) * people * people * small,
            // Of many people everybody is moved by a tree of them, which is as much as this many others.
            AnalysisKind::Tsne => (1000.0 * people.min(4000.0) + people * numbers) * people * small,
            // Some hundred steps, for each penalty that is tried and each model.
            AnalysisKind::LogisticProbe => runs * (1.0 + number("search", 0.0)) * 500.0 * cells * small,
            AnalysisKind::LinearProbe => runs * (cells * numbers + numbers.powi(3)) * small,
            AnalysisKind::Similarity => cells * numbers.min(people) * small,
            AnalysisKind::Retrieval => people * cells * small,
            AnalysisKind::SmoothGrad | AnalysisKind::LayerEntropy => {
                let step =
                    |stage| work_of_stage(self.program, stage, rows_of_stage(self.program, stage, self.records)).0;
                let of_all: f64 = self
                    .program
                    .stages
                    .iter()
                    .map(|stage| self.rates.seconds(&step(stage)) / stage.epochs as f64)
                    .sum();
                of_all * NOISY_IMAGES * number("draws", 1.0).min(4.0)
            }
            AnalysisKind::FactorAnalysis => (people * numbers * numbers + 200.0 * numbers.powi(3)) * small,
            AnalysisKind::NormativeDeviation
            | AnalysisKind::Quantiles
            | AnalysisKind::Describe
            | AnalysisKind::Residuals
            | AnalysisKind::Frequency
            | AnalysisKind::Paint
            | AnalysisKind::Test(_) => 60.0 * cells * small,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(seconds: &[Option<f64>]) -> Expected {
        Expected::new(seconds.to_vec(), vec![Kind::Train, Kind::Train, Kind::Score])
    }

    #[test]
    fn what_ran_beats_what_was_expected() {
        let corrected = expected(&[Some(2.0), Some(4.0), Some(1.0)]).corrected(&[Some(3.0), None, None]);
        assert_eq!(corrected.seconds, [Some(3.0), Some(6.0), Some(1.0)]);
    }

    #[test]
    fn where_nothing_is_expected_tasks_take_what_their_like_took() {
        let corrected = expected(&[None, None, None]).corrected(&[Some(3.0), None, None]);
        assert_eq!(corrected.seconds, [Some(3.0), Some(3.0), None]);
    }
}
