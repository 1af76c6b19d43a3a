//! Small graphs trained on numbers made up here, and comparisons with PyTorch's.

mod adversaries;
mod curves;
mod early_stopping;
mod learning;
mod optimizers;
mod order;
mod predicting;
mod reinitializing;
mod resuming;
mod saliency;
mod schedules;
mod trouble;

use super::*;
use crate::graph::*;
use crate::nn::{Batch, InputBatch};
use crate::program::{Keep, Metric, Model, Monitor, Optimizer, Output, Sampling, Schedule, Stage};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// A reference file of PyTorch's numbers; `None`, and a line on standard error, where it is absent.
fn golden(name: &str) -> Option<serde_json::Value> {
    let path = fascicle_reference::folder(&format!("stats/{name}"))?;
    let text = std::fs::read_to_string(path).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// A graph in the making.
#[derive(Default, Clone)]
struct Sketch(Graph);

impl Sketch {
    fn input(&mut self, name: &str, ty: TensorType) -> NodeId {
        let id = InputId(self.0.inputs.len() as u32);
        self.0.inputs.push(GraphInput { name: name.into(), ty: ty.clone() });
        self.node(name, Op::Input(id), &[], None, ty)
    }

    fn classes(&mut self, name: &str, levels: usize) -> NodeId {
        let kind = Kind::Class((0..levels).map(|l| l.to_string()).collect());
        self.input(name, TensorType { kind, ..TensorType::tensor([]) })
    }

    fn node(&mut self, path: &str, op: Op, inputs: &[NodeId], module: Option<ModuleId>, ty: TensorType) -> NodeId {
        self.0.push(Node { op, inputs: inputs.to_vec(), module, ty, path: path.into(), multiply_adds: 0 })
    }

    fn op(&mut self, path: &str, op: Op, inputs: &[NodeId], shape: &[usize]) -> NodeId {
        let presence = inputs.iter().flat_map(|i| self.0.node(*i).ty.presence.clone()).collect();
        self.node(path, op, inputs, None, TensorType::tensor(shape).held_by(presence))
    }

    fn layer(&mut self, path: &str, op: Op, weights: Vec<WeightSpec>, input: NodeId, shape: &[usize]) -> NodeId {
        let module = Module { path: path.into(), operator: "Layer".into(), op: op.clone(), weights };
        let module = self.0.push_module(module);
        let presence = self.0.node(input).ty.presence.clone();
        self.node(path, op, &[input], Some(module), TensorType::tensor(shape).held_by(presence))
    }

    fn linear(&mut self, path: &str, input: NodeId, inputs: usize, outputs: usize) -> NodeId {
        let weights = vec![
            WeightSpec::parameter("weight", [outputs, inputs], Init::fan_in(inputs)),
            WeightSpec::parameter("bias", [outputs], Init::fan_in(inputs)),
        ];
        self.layer(path, Op::Linear { inputs, outputs, bias: true }, weights, input, &[outputs])
    }

    fn batch_norm(&mut self, path: &str, input: NodeId, channels: usize) -> NodeId {
        let weights = vec![
            WeightSpec::parameter("weight", [channels], Init::ONES),
            WeightSpec::parameter("bias", [channels], Init::ZEROS),
            WeightSpec::buffer("running_mean", [channels], Init::ZEROS),
            WeightSpec::buffer("running_var", [channels], Init::ONES),
        ];
        let shape = self.0.node(input).ty.shape.clone();
        let op = Op::BatchNorm { channels, eps: 1e-5, momentum: 0.1, affine: true };
        self.layer(path, op, weights, input, &shape)
    }

    fn loss(&mut self, path: &str, loss: LossOp, inputs: &[NodeId]) -> NodeId {
        self.node(path, Op::Loss(loss), inputs, None, TensorType::scalar())
    }

    fn modules(&self) -> Vec<ModuleId> {
        (0..self.0.modules.len() as u32).map(ModuleId).collect()
    }
}

/// Subjects in memory. `inputs[i][subject]` is the row of input `i`, empty where the subject lacks it.
#[derive(Default)]
struct People {
    inputs: Vec<(Vec<usize>, Vec<Vec<f32>>)>,
    training: Vec<usize>,
    validation: Vec<usize>,
    /// Class of each subject.
    classes: Vec<Option<usize>>,
    /// Standard deviation of what augmentation adds to the first input.
    noise: f32,
    /// The batch at which reading fails, counted from 1 over the life of this value; 0 for never.
    fails_at: usize,
    read: AtomicUsize,
}

impl People {
    fn batch(&self, subjects: &[usize], seeds: Option<&[u64]>) -> Batch {
        let mut inputs = Vec::new();
        for (number, (shape, rows)) in self.inputs.iter().enumerate() {
            let mut input = InputBatch { shape: shape.clone(), ..InputBatch::default() };
            for (row, subject) in subjects.iter().enumerate() {
                let mut values = rows[*subject].clone();
                if let (0, Some(seeds)) = (number, seeds) {
                    let mut rng = ChaCha8Rng::seed_from_u64(seeds[row]);
                    values.iter_mut().for_each(|v| *v += self.noise * (rng.random::<f32>() - 0.5));
                }
                input.present.push(!values.is_empty());
                input.values.extend(values);
            }
            inputs.push(Some(input));
        }
        Batch { rows: subjects.len(), inputs }
    }
}

impl Batches for People {
    fn training_len(&self) -> usize {
        self.training.len()
    }

    fn validation_len(&self) -> usize {
        self.validation.len()
    }

    fn training(&self, draws: &[DrawnSubject], _: &[InputId]) -> Result<Batch, DataError> {
        if self.read.fetch_add(1, Ordering::Relaxed) + 1 == self.fails_at {
            return Err("sub-07: the volume is truncated".into());
        }
        let subjects: Vec<usize> = draws.iter().map(|d| self.training[d.position]).collect();
        let seeds: Vec<u64> = draws.iter().map(|d| d.seed).collect();
        Ok(self.batch(&subjects, Some(&seeds)))
    }

    fn validation(&self, positions: &[usize], _: &[InputId]) -> Result<Batch, DataError> {
        let subjects: Vec<usize> = positions.iter().map(|p| self.validation[*p]).collect();
        Ok(self.batch(&subjects, None))
    }

    fn class_of(&self, _: &str, position: usize) -> Option<usize> {
        self.classes[self.training[position]]
    }
}

/// A graph, its stage and its subjects.
struct Scene {
    graph: Arc<Graph>,
    stage: Stage,
    model: Model,
    people: People,
    seed: u64,
    initial: Weights,
    interval: Duration,
    interrupt: AtomicBool,
    warnings: RefCell<Vec<String>>,
}

impl Scene {
    fn new(sketch: &Sketch, loss: NodeId, prediction: NodeId, target: NodeId, people: People) -> Self {
        let Op::Input(target) = sketch.0.node(target).op else { panic!("a target is an input") };
        let stage = Stage {
            name: "m".into(),
            model: 0,
            cohorts: vec!["c".into()],
            loss,
            terms: vec![("fit".into(), loss)],
            trainable: sketch.modules(),
            frozen: Vec::new(),
            adversaries: Vec::new(),
            init: Vec::new(),
            loads: Vec::new(),
            optimizer: Optimizer::Sgd { lr: 0.1, momentum: 0.0, nesterov: false, weight_decay: 0.0 },
            schedule: Schedule::Constant,
            epochs: 5,
            batch: 4,
            accumulate: 1,
            clip: None,
            early_stop: None,
            keep: Keep::Last,
            augment: Vec::new(),
            sampling: Sampling::Shuffled,
            patches: None,
            within: None,
            take: None,
            precision: Default::default(),
            memory: Default::default(),
            after: Vec::new(),
        };
        let output = Output { name: "m".into(), members: vec![(String::new(), prediction)] };
        let model =
            Model { name: "m".into(), outputs: vec![output], target: Some(target), live_roots: vec![prediction] };
        Self {
            graph: Arc::new(sketch.0.clone()),
            stage,
            model,
            people,
            seed: 1,
            initial: Weights::new(),
            interval: Duration::ZERO,
            interrupt: AtomicBool::new(false),
            warnings: RefCell::default(),
        }
    }

    fn train(&self) -> Result<Trained, TrainError> {
        self.train_in(None, &|_| {})
    }

    fn train_in(&self, folder: Option<&Path>, progress: &dyn Fn(&Progress)) -> Result<Trained, TrainError> {
        let device = crate::nn::tests::device();
        train(&Job {
            graph: self.graph.clone(),
            stage: &self.stage,
            model: &self.model,
            batches: &self.people,
            device: &device,
            seed: self.seed,
            initial: self.initial.clone(),
            training_statistics: TrainingStatistics::default(),
            folder,
            checkpoint_interval: self.interval,
            interrupt: &self.interrupt,
            thresholds: &[],
            monitor: Some(&|seen: &ValidationPredictions| Ok(accuracy(seen))),
            progress,
            warn: &|text| self.warnings.borrow_mut().push(text.into()),
        })
    }
}

fn accuracy(seen: &ValidationPredictions) -> f64 {
    assert_eq!(seen.metric, Metric::Accuracy);
    let levels = seen.prediction_shape[0];
    assert_eq!((seen.prediction.len(), seen.truth.len()), (seen.rows * levels, seen.rows));
    let right = seen.prediction.chunks(levels).zip(&seen.truth).filter(|(logits, truth)| {
        let best = (0..levels).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap();
        best as f32 == **truth
    });
    right.count() as f64 / seen.rows as f64
}

/// `y = 2 x0 - x1 + 0.5 x2 + 3`, a linear layer and a squared error.
fn regression(subjects: usize) -> Scene {
    let mut sketch = Sketch::default();
    let x = sketch.input("x", TensorType::tensor([3]));
    let y = sketch.input("y", TensorType::tensor([1]));
    let prediction = sketch.linear("m.Linear", x, 3, 1);
    let loss = sketch.loss("m.mse", LossOp::MeanSquared, &[prediction, y]);

    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let xs: Vec<Vec<f32>> = (0..subjects).map(|_| (0..3).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()).collect();
    let ys = xs.iter().map(|x| vec![2.0 * x[0] - x[1] + 0.5 * x[2] + 3.0]).collect();
    let people = People {
        inputs: vec![(vec![3], xs), (vec![1], ys)],
        training: (0..subjects - 6).collect(),
        validation: (subjects - 6..subjects).collect(),
        ..People::default()
    };
    Scene::new(&sketch, loss, prediction, y, people)
}

/// Pictures of bars, lying or standing, for a small network with batch normalisation and dropout.
fn bars(subjects: usize) -> Scene {
    let mut sketch = Sketch::default();
    let image = sketch.input("image", TensorType::tensor([1, 6, 6]));
    let kind = sketch.classes("kind", 2);
    let conv = ConvOp {
        inputs: 1,
        outputs: 4,
        kernel: vec![3, 3],
        stride: vec![1, 1],
        padding: vec![(1, 1), (1, 1)],
        dilation: vec![1, 1],
        groups: 1,
        bias: true,
        transposed: None,
    };
    let weights = vec![
        WeightSpec::parameter("weight", [4, 1, 3, 3], Init::fan_in(9)),
        WeightSpec::parameter("bias", [4], Init::fan_in(9)),
    ];
    let h = sketch.layer("m.Conv", Op::Conv(conv), weights, image, &[4, 6, 6]);
    let h = sketch.batch_norm("m.BatchNorm", h, 4);
    let h = sketch.op("m.relu", Op::Unary(Unary::Relu), &[h], &[4, 6, 6]);
    let h = sketch.op("m.pool", Op::AdaptivePool { kind: PoolKind::Max, size: vec![1, 1] }, &[h], &[4, 1, 1]);
    let h = sketch.op("m.flat", Op::Reshape, &[h], &[4]);
    let h = sketch.op("m.Dropout", Op::Dropout { probability: 0.1, channels: false }, &[h], &[4]);
    let logits = sketch.linear("m.Linear", h, 4, 2);
    let loss = LossOp::CrossEntropy { weights: ClassWeights::Equal, smoothing: 0.0 };
    let loss = sketch.loss("m.cross_entropy", loss, &[logits, kind]);

    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut images = Vec::new();
    let mut kinds = Vec::new();
    for subject in 0..subjects {
        let standing = subject % 3 == 0;
        let at = rng.random_range(0..6);
        let mut image: Vec<f32> = (0..36).map(|_| rng.random::<f32>() * 0.2).collect();
        for i in 0..6 {
            image[if standing { i * 6 + at } else { at * 6 + i }] += 1.0;
        }
        images.push(image);
        kinds.push(vec![if standing { 1.0 } else { 0.0 }]);
    }
    let classes = kinds.iter().map(|k| Some(k[0] as usize)).collect();
    let people = People {
        inputs: vec![(vec![1, 6, 6], images), (vec![], kinds)],
        training: (0..subjects - 12).collect(),
        validation: (subjects - 12..subjects).collect(),
        classes,
        ..People::default()
    };
    let mut scene = Scene::new(&sketch, loss, logits, kind, people);
    scene.stage.batch = 8;
    scene.stage.optimizer = Optimizer::Adam { lr: 0.02, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 };
    scene
}

/// Every bit of some weights.
fn bits(weights: &Weights) -> BTreeMap<String, Vec<u32>> {
    weights.iter().map(|(name, (_, values))| (name.clone(), values.iter().map(|v| v.to_bits()).collect())).collect()
}

/// A history without what differs from run to run.
fn curve(trained: &Trained) -> Vec<Epoch> {
    trained.history.iter().map(|e| Epoch { seconds: 0.0, ..e.clone() }).collect()
}

fn keep_best_accuracy() -> Keep {
    Keep::Best(Monitor::Metric(Metric::Accuracy))
}
