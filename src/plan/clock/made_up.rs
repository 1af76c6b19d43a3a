//! Steps of training on made-up people, for their time.

use crate::graph::{Graph, InputId, Kind};
use crate::nn::{Batch, Device, InputBatch};
use crate::program::{Keep, Program, Sampling, Schedule, Stage};
use crate::train::{Batches, DataError, DrawnSubject, Job, Progress, TrainingStatistics, train};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Steps at most.
const STEPS: usize = 400;

/// How long steps are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    /// Steps at least, the first among them, which warms up.
    pub fewest: usize,
    /// Time at least.
    pub time: Duration,
}

/// Seconds of a step of a stage on so many rows, with its adversaries' and without what augments; `None` where it cannot be made.
///
/// The mean: where other programs run on the machine, they will do so during a run.
pub(super) fn seconds_of_step(program: &Program, stage: &Stage, rows: usize, length: Length) -> Option<f64> {
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
        ..stage.clone()
    };
    let ends = RefCell::new(Vec::with_capacity(STEPS));
    let (began, enough) = (Instant::now(), AtomicBool::new(false));
    let trained = train(&Job {
        graph: Arc::new(program.graph.clone()),
        stage: &stage,
        model: program.models.get(stage.model)?,
        batches: &MadeUp { graph: &program.graph, count: rows * STEPS },
        device: &Device::cpu(),
        seed: 1,
        initial: Default::default(),
        training_statistics: statistics(&program.graph),
        folder: None,
        checkpoint_interval: Duration::MAX,
        interrupt: &enough,
        monitor: None,
        thresholds: &[],
        progress: &|_: &Progress| {
            let mut ends = ends.borrow_mut();
            ends.push(Instant::now());
            enough.store(ends.len() >= length.fewest && began.elapsed() > length.time, Ordering::Relaxed);
        },
        warn: &|_| (),
    });
    // It ends as an interrupted training does, or where a loss of made-up numbers is none.
    drop(trained);
    let ends = ends.into_inner();
    let (first, last) = (ends.first()?, ends.last()?);
    let steps = ends.len().checked_sub(1).filter(|steps| *steps > 0)?;
    Some((*last - *first).as_secs_f64() / steps as f64)
}

fn statistics(graph: &Graph) -> TrainingStatistics {
    let mut statistics = TrainingStatistics::default();
    for (at, input) in graph.inputs.iter().enumerate() {
        let id = InputId(at as u32);
        if let Kind::Class(levels) | Kind::Mask(levels) = &input.ty.kind {
            statistics.class_weights.insert(id, vec![1.0; levels.len()]);
        }
        statistics.means.insert(id, vec![0.0; input.ty.shape.iter().product()]);
    }
    statistics
}

/// People all alike, who have everything.
struct MadeUp<'g> {
    graph: &'g Graph,
    count: usize,
}

impl Batches for MadeUp<'_> {
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
                let count = rows * input.ty.shape.iter().product::<usize>();
                let values = match &input.ty.kind {
                    Kind::Class(levels) | Kind::Mask(levels) => {
                        (0..count).map(|i| (i % levels.len().max(1)) as f32).collect()
                    }
                    _ => (0..count).map(|i| ((i * 7919 + at) % 1000) as f32 / 1000.0 - 0.5).collect(),
                };
                InputBatch::complete(values, input.ty.shape.clone(), rows)
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
