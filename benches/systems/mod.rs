//! A training step of each published system, on made-up people: what is timed, and what is counted.

// A test that counts takes no sizes from the papers.
#![allow(dead_code)]

use fascicle::compile::{EmptyWorld, TableProblem, TableSummary, World, compile, model_tables};
use fascicle::graph::{Graph, InputId, Kind};
use fascicle::nn::{Batch, Device, InputBatch};
use fascicle::program::{Cohort, Keep, Precision, Program, Sampling, Schedule, Stage};
use fascicle::train::{Batches, DataError, DrawnSubject, Job, Progress, Trained, TrainingStatistics, train};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A system: of an experiment with several stages the one of the largest model.
#[derive(Debug, Clone, Copy)]
pub struct System {
    pub experiment: &'static str,
    pub settings: &'static [(&'static str, &'static str)],
    /// Subjects a step, as in the paper.
    pub rows: usize,
    /// Steps that are worth timing.
    pub steps: usize,
}

/// The published systems, at the sizes of the papers.
pub const SYSTEMS: [System; 6] = [
    System { experiment: "voxel_fusion", settings: &[], rows: 1, steps: 4 },
    System { experiment: "hyperfusion_age", settings: &[], rows: 2, steps: 8 },
    System { experiment: "hyperfusion_ad", settings: &[], rows: 4, steps: 10 },
    System { experiment: "disentangle", settings: &[("slab", "3")], rows: 4, steps: 8 },
    System { experiment: "contrastive", settings: &[], rows: 4, steps: 8 },
    System { experiment: "normative_poe", settings: &[], rows: 256, steps: 300 },
];

/// The experiments, which extend one another, without their tables.
struct Folder;

fn experiments() -> PathBuf {
    fascicle_reference::root().join("experiments")
}

impl World for Folder {
    fn source(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(experiments().join(path)).map_err(|e| format!("{path}: {e}"))
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        EmptyWorld.table(cohort)
    }
}

/// People made up, all alike.
struct People<'g> {
    graph: &'g Graph,
    count: usize,
}

impl Batches for People<'_> {
    fn training_len(&self) -> usize {
        self.count
    }

    fn validation_len(&self) -> usize {
        0
    }

    fn training(&self, draws: &[DrawnSubject], inputs: &[InputId]) -> Result<Batch, DataError> {
        let rows = draws.len();
        let made = self.graph.inputs.iter().enumerate().map(|(at, input)| {
            inputs.contains(&InputId(at as u32)).then(|| {
                let shape = input.ty.shape.clone();
                let count = rows * shape.iter().product::<usize>();
                let values = match &input.ty.kind {
                    Kind::Class(levels) | Kind::Mask(levels) => (0..count).map(|i| (i % levels.len()) as f32).collect(),
                    _ => (0..count).map(|i| ((i * 7919 + at) % 1000) as f32 / 1000.0).collect(),
                };
                InputBatch::complete(values, shape, rows)
            })
        });
        Ok(Batch { rows, inputs: made.collect() })
    }

    fn validation(&self, _: &[usize], _: &[InputId]) -> Result<Batch, DataError> {
        Ok(Batch::default())
    }

    fn class_of(&self, _: &str, _: usize) -> Option<usize> {
        None
    }
}

impl System {
    /// Its program, and the stage of its largest model: one epoch of steps of so many subjects.
    ///
    /// # Errors
    /// What goes wrong.
    pub fn stage(&self, rows: usize) -> Result<(Program, Stage), Box<dyn Error>> {
        let file = format!("{}.fx", self.experiment);
        let text = std::fs::read_to_string(experiments().join(&file))?;
        let settings: Vec<_> =
            self.settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let program = compile(&file, &text, &settings, &Folder).base.ok_or("it does not compile")?;
        let models = model_tables(&program);
        let parameters = |stage: &Stage| models[stage.model].parameters;
        let largest = program.stages.iter().max_by_key(|stage| parameters(stage)).ok_or("nothing is trained")?;
        let stage = Stage {
            epochs: 1,
            batch: rows,
            accumulate: 1,
            early_stop: None,
            keep: Keep::Last,
            sampling: Sampling::Shuffled,
            schedule: Schedule::Constant,
            augment: Vec::new(),
            init: Vec::new(),
            loads: Vec::new(),
            ..largest.clone()
        };
        Ok((program, stage))
    }

    /// Makes so many steps after a first, each of so many subjects; `step` is called after each. Says how many parameters the model
    /// has.
    ///
    /// # Errors
    /// What goes wrong.
    pub fn train(
        &self,
        rows: usize,
        steps: usize,
        device: &Device,
        precision: Precision,
        step: &dyn Fn(),
    ) -> Result<u64, Box<dyn Error>> {
        let (program, stage) = self.stage(rows)?;
        let stage = Stage { precision, ..stage };
        run(&program, &stage, steps, device, step)?;
        Ok(model_tables(&program)[stage.model].parameters)
    }
}

/// Makes so many steps of a stage after a first; `step` is called after each.
///
/// # Errors
/// What goes wrong.
pub fn run(
    program: &Program,
    stage: &Stage,
    steps: usize,
    device: &Device,
    step: &dyn Fn(),
) -> Result<Trained, Box<dyn Error>> {
    let mut training_statistics = TrainingStatistics::default();
    for (at, input) in program.graph.inputs.iter().enumerate() {
        let id = InputId(at as u32);
        if let Kind::Class(levels) | Kind::Mask(levels) = &input.ty.kind {
            training_statistics.class_weights.insert(id, vec![1.0; levels.len()]);
        }
        training_statistics.means.insert(id, vec![0.0; input.ty.shape.iter().product()]);
    }
    let people = People { graph: &program.graph, count: stage.batch * (steps + 1) };
    Ok(train(&Job {
        graph: Arc::new(program.graph.clone()),
        stage,
        model: &program.models[stage.model],
        batches: &people,
        device,
        seed: 1,
        initial: Default::default(),
        training_statistics,
        folder: None,
        checkpoint_interval: Duration::MAX,
        interrupt: &AtomicBool::new(false),
        monitor: None,
        thresholds: &[],
        progress: &|_: &Progress| step(),
        warn: &|text| eprintln!("{text}"),
    })?)
}
