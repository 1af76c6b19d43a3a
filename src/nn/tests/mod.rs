//! Graphs built by hand, evaluated, differentiated, and compared with numbers from elsewhere.

mod absence;
mod branches;
mod contrastive;
mod contrastive_goldens;
mod convolutions;
mod devices;
mod elements;
mod gaussians;
mod layers;
mod losses;
mod networks;
mod shapes;

use super::*;
use crate::graph::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The device that tests run on: the one that `FASCICLE_TEST_DEVICE` names, or the CPU.
pub(crate) fn device() -> Device {
    match std::env::var("FASCICLE_TEST_DEVICE") {
        Ok(name) => Device::parse(&name).expect("the device that FASCICLE_TEST_DEVICE names"),
        Err(_) => Device::cpu(),
    }
}

/// A graph in the making, with a batch for it.
#[derive(Default, Clone)]
struct Bench {
    graph: Graph,
    batch: Batch,
    /// Weights to set before running.
    weights: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
    class_weights: BTreeMap<InputId, Vec<f64>>,
    training_means: BTreeMap<InputId, Vec<f32>>,
}

impl Bench {
    fn new(rows: usize) -> Self {
        let mut bench = Self::default();
        bench.batch.rows = rows;
        bench
    }

    /// An input that every row has.
    fn input(&mut self, name: &str, shape: &[usize], values: Vec<f32>) -> NodeId {
        let rows = self.batch.rows;
        self.any_input(name, TensorType::tensor(shape), InputBatch::complete(values, shape, rows))
    }

    /// Normal-looking numbers in `(low, high)` that every row has.
    fn random(&mut self, name: &str, shape: &[usize], low: f32, high: f32) -> NodeId {
        let values = numbers(name, self.batch.rows * shape.iter().product::<usize>(), low, high);
        self.input(name, shape, values)
    }

    /// Numbers of which no two are closer than 0.05, in a random order: none overtakes another in a central difference.
    fn distinct(&mut self, name: &str, shape: &[usize]) -> NodeId {
        let len = self.batch.rows * shape.iter().product::<usize>();
        let mut order: Vec<usize> = (0..len).collect();
        let keys = numbers(name, len, 0.0, 1.0);
        order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
        self.input(name, shape, order.into_iter().map(|i| 0.05 * (i as f32 - len as f32 / 2.0)).collect())
    }

    /// An input that only some rows have; `values` holds theirs.
    fn partial(&mut self, name: &str, shape: &[usize], values: Vec<f32>, present: &[bool]) -> NodeId {
        let id = InputId(self.graph.inputs.len() as u32);
        let ty = TensorType::tensor(shape).held_by([id].into());
        self.any_input(name, ty, InputBatch { values, shape: shape.into(), present: present.into() })
    }

    fn classes(&mut self, name: &str, levels: usize, values: Vec<f32>) -> NodeId {
        let rows = self.batch.rows;
        let kind = Kind::Class((0..levels).map(|l| l.to_string()).collect());
        let ty = TensorType { kind, ..TensorType::tensor(Vec::new()) };
        self.any_input(name, ty, InputBatch::complete(values, Vec::new(), rows))
    }

    fn mask(&mut self, name: &str, levels: usize, shape: &[usize], values: Vec<f32>) -> NodeId {
        let rows = self.batch.rows;
        let kind = Kind::Mask((0..levels).map(|l| l.to_string()).collect());
        let ty = TensorType { kind, ..TensorType::tensor(shape) };
        self.any_input(name, ty, InputBatch::complete(values, shape, rows))
    }

    fn any_input(&mut self, name: &str, ty: TensorType, input: InputBatch) -> NodeId {
        let id = InputId(self.graph.inputs.len() as u32);
        self.graph.inputs.push(GraphInput { name: name.into(), ty: ty.clone() });
        self.batch.inputs.push(Some(input));
        self.node(Op::Input(id), &[], None, ty)
    }

    fn node(&mut self, op: Op, inputs: &[NodeId], module: Option<ModuleId>, ty: TensorType) -> NodeId {
        let path = format!("test.{}", step::op_name(&op));
        self.graph.push(Node { op, inputs: inputs.to_vec(), module, ty, path, multiply_adds: 0 })
    }

    /// An operation whose result the rows have that have all it reads.
    fn op(&mut self, op: Op, inputs: &[NodeId], shape: &[usize]) -> NodeId {
        let presence = inputs.iter().flat_map(|i| self.graph.node(*i).ty.presence.clone()).collect();
        self.node(op, inputs, None, TensorType::tensor(shape).held_by(presence))
    }

    fn gaussian(&mut self, op: Op, inputs: &[NodeId], n: usize) -> NodeId {
        let presence = inputs.iter().flat_map(|i| self.graph.node(*i).ty.presence.clone()).collect();
        self.node(op, inputs, None, TensorType::normal(n).held_by(presence))
    }

    fn loss(&mut self, loss: LossOp, inputs: &[NodeId]) -> NodeId {
        self.node(Op::Loss(loss), inputs, None, TensorType::scalar())
    }

    fn layer(&mut self, path: &str, op: Op, weights: Vec<WeightSpec>, input: NodeId, shape: &[usize]) -> NodeId {
        let module =
            self.graph.push_module(Module { path: path.into(), operator: step::op_name(&op), op: op.clone(), weights });
        let presence = self.graph.node(input).ty.presence.clone();
        self.node(op, &[input], Some(module), TensorType::tensor(shape).held_by(presence))
    }

    /// The sum over everything of `node * cotangent`, with a fixed random cotangent: one number for the batch.
    fn weighed(&mut self, node: NodeId) -> NodeId {
        let ty = self.graph.node(node).ty.clone();
        assert!(ty.batched);
        let node = match ty.kind {
            Kind::Normal => {
                let mean = self.op(Op::NormalMean, &[node], &ty.shape);
                let log_variance = self.op(Op::NormalLogVar, &[node], &ty.shape);
                self.op(Op::Concat { axis: 0 }, &[mean, log_variance], &[2 * ty.shape[0]])
            }
            _ => node,
        };
        let shape = self.graph.node(node).ty.shape.clone();
        let cotangent = self.random("cotangent", &shape, -1.0, 1.0);
        self.weighed_by(node, cotangent)
    }

    fn weighed_by(&mut self, node: NodeId, cotangent: NodeId) -> NodeId {
        let shape = self.graph.node(node).ty.shape.clone();
        let product = self.op(Op::Binary(Binary::Multiply), &[node, cotangent], &shape);
        let sum = match shape.is_empty() {
            true => product,
            false => self.op(
                Op::Reduce { reduction: Reduction::Sum, axes: (0..shape.len()).collect(), keep: false },
                &[product],
                &[],
            ),
        };
        let mean = self.node(Op::BatchMean, &[sum], None, TensorType::scalar());
        let rows = self.batch.rows as f64;
        self.node(
            Op::Scalar { op: Binary::Multiply, value: rows, reversed: false },
            &[mean],
            None,
            TensorType::scalar(),
        )
    }

    fn network(&self, roots: &[NodeId]) -> (Forward, Network) {
        self.network_on(roots, &device())
    }

    fn network_on(&self, roots: &[NodeId], device: &Device) -> (Forward, Network) {
        let forward = Forward::new(Arc::new(self.graph.clone()), roots);
        let modules = self.graph.live_modules(forward.live());
        let mut network = Network::new(&self.graph, &modules, 7, device);
        if !self.weights.is_empty() {
            network.set_weights(&self.weights).unwrap();
        }
        (forward, network)
    }

    fn settings(&self, mode: Mode) -> RunSettings {
        RunSettings {
            mode,
            class_weights: self.class_weights.clone(),
            training_means: self.training_means.clone(),
            track_inputs: true,
            arithmetic: Arithmetic::Float32,
        }
    }

    /// The value of a node in prediction.
    fn value(&self, node: NodeId) -> Vec<f32> {
        self.value_in(node, Mode::Prediction)
    }

    fn value_in(&self, node: NodeId, mode: Mode) -> Vec<f32> {
        let (forward, network) = self.network(&[node]);
        let values = forward.run(&network, &self.batch, &self.settings(mode)).unwrap();
        values.host(node).unwrap().map(|v| v.values).unwrap_or_default()
    }

    /// Compares the gradients of a node with central differences, for all inputs that are not classes and all learned
    /// weights. Returns the largest relative difference in norm.
    fn check_gradients(&self, node: NodeId, mode: Mode) -> f64 {
        let mut bench = self.clone();
        let root = if self.graph.node(node).ty.batched { bench.weighed(node) } else { node };
        let (forward, network) = bench.network(&[root]);
        let settings = bench.settings(mode);
        let values = forward.run(&network, &bench.batch, &settings).unwrap();
        let gradients = values.backward(root).unwrap();
        let at = |batch: &Batch, network: &Network| {
            forward.run(network, batch, &settings).unwrap().number(root).unwrap().unwrap() as f64
        };
        const STEP: f32 = 4e-3;
        if !network.device().is_cpu() {
            return bench.distance_from_the_cpu(root, &settings, &gradients, &network);
        }
        let mut worst = 0f64;
        for (i, input) in bench.graph.inputs.iter().enumerate() {
            let Some(found) = gradients.input(InputId(i as u32)).unwrap() else { continue };
            if input.name == "cotangent" {
                continue;
            }
            let len = bench.batch.inputs[i].as_ref().unwrap().values.len();
            assert_eq!(found.len(), len);
            let expected = (0..len).map(|at_element| {
                let moved = |by: f32| {
                    let mut batch = bench.batch.clone();
                    batch.inputs[i].as_mut().unwrap().values[at_element] += by;
                    at(&batch, &network)
                };
                (moved(STEP) - moved(-STEP)) / (2.0 * f64::from(STEP))
            });
            worst = worst.max(distance(&input.name, &found, &expected.collect::<Vec<f64>>()));
        }
        let all: BTreeMap<String, (Vec<usize>, Vec<f32>)> =
            network.weights().unwrap().into_iter().map(|w| (w.name, (w.shape, w.values))).collect();
        for gradient in gradients.weights(&network).unwrap() {
            assert_eq!(gradient.shape, all[&gradient.name].0);
            let expected = (0..gradient.values.len()).map(|at_element| {
                let moved = |by: f32| {
                    let mut weights = all.clone();
                    weights.get_mut(&gradient.name).unwrap().1[at_element] += by;
                    let mut network = network.clone();
                    network.set_weights(&weights).unwrap();
                    at(&bench.batch, &network)
                };
                (moved(STEP) - moved(-STEP)) / (2.0 * f64::from(STEP))
            });
            worst = worst.max(distance(&gradient.name, &gradient.values, &expected.collect::<Vec<f64>>()));
        }
        worst
    }

    /// On a card: compares with the CPU's gradients, which other runs of the tests compare with central differences.
    fn distance_from_the_cpu(&self, root: NodeId, settings: &RunSettings, found: &Gradients, network: &Network) -> f64 {
        let (forward, own) = self.network_on(&[root], &Device::cpu());
        let exact = forward.run(&own, &self.batch, settings).unwrap().backward(root).unwrap();
        let mut worst = 0f64;
        for (i, input) in self.graph.inputs.iter().enumerate() {
            let of = |gradients: &Gradients| gradients.input(InputId(i as u32)).unwrap();
            let (Some(found), Some(exact)) = (of(found), of(&exact)) else { continue };
            worst = worst.max(distance(&input.name, &found, &exact.iter().map(|v| f64::from(*v)).collect::<Vec<_>>()));
        }
        let (found, exact) = (found.weights(network).unwrap(), exact.weights(&own).unwrap());
        assert_eq!(found.len(), exact.len());
        for (found, exact) in found.iter().zip(&exact) {
            let expected: Vec<f64> = exact.values.iter().map(|v| f64::from(*v)).collect();
            worst = worst.max(distance(&found.name, &found.values, &expected));
        }
        worst
    }

    fn assert_gradients(&self, node: NodeId) {
        let worst = self.check_gradients(node, Mode::Prediction);
        assert!(worst < 1e-2, "gradients differ from central differences by {worst}");
    }

    fn assert_gradients_in(&self, node: NodeId, mode: Mode) {
        let worst = self.check_gradients(node, mode);
        assert!(worst < 1e-2, "gradients differ from central differences by {worst}");
    }
}

const TRAINING: Mode = Mode::Training { seed: 11, step: 3 };

/// Reproducible numbers, uniform in `(low, high)`.
fn numbers(name: &str, len: usize, low: f32, high: f32) -> Vec<f32> {
    let mut rng = ChaCha8Rng::from_seed(*blake3::hash(name.as_bytes()).as_bytes());
    (0..len).map(|_| low + (high - low) * rng.random::<f32>()).collect()
}

/// Relative difference in Frobenius norm; absolute where the expected norm is below 1e-2.
fn distance(what: &str, found: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len(), "{what}");
    let difference: f64 = found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).powi(2)).sum::<f64>().sqrt();
    let norm = expected.iter().map(|v| v * v).sum::<f64>().sqrt();
    let relative = difference / norm.max(1e-2);
    assert!(relative.is_finite(), "{what}: {found:?} against {expected:?}");
    relative
}

/// Equal up to `tolerance` of the largest expected number.
#[track_caller]
fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{found:?} against {expected:?}");
    let scale = expected.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!(
            (a - b).abs() <= tolerance * scale,
            "element {i}: {a} against {b}\nfound {found:?}\nexpected {expected:?}"
        );
    }
}
