//! Small graphs, computed on two devices and compared.

use crate::compile::{EmptyWorld, compile};
use crate::graph::{
    Binary, ConvOp, Graph, GraphInput, Init, InputId, Kind, Module, Node, NodeId, Op, TensorType, WeightSpec,
};
use crate::nn::{Batch, Device, Forward, InputBatch, Mode, Network, NnError, RunSettings};
use crate::ops;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// Rows of a batch.
const ROWS: usize = 2;
/// Channels of a convolution that is tested, at most.
const CHANNELS: usize = 8;

/// Something small to compute, with all that it needs.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The operator, or the convolution.
    pub name: String,
    graph: Arc<Graph>,
    /// Its value, times fixed numbers.
    weighed: NodeId,
    value: NodeId,
    batch: Batch,
}

/// How far two devices are apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// Of the value, relative to its largest number.
    pub value: f64,
    /// Of the gradient that deviates most, in norm relative to its own; 0 where there is none.
    pub gradient: f64,
    /// Of what that gradient is.
    pub of: String,
}

impl Deviation {
    /// The larger of both.
    pub fn worst(&self) -> f64 {
        // What is no number is as far as can be.
        let far = |x: f64| if x.is_nan() { f64::INFINITY } else { x };
        far(self.value).max(far(self.gradient))
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "value off by {:.1e}", self.value)?;
        if !self.of.is_empty() {
            write!(f, ", gradient of {} by {:.1e}", self.of, self.gradient)?;
        }
        Ok(())
    }
}

/// A probe that cannot be computed.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The pass fails.
    #[error(transparent)]
    Network(#[from] NnError),
    /// A device panics, as drivers do.
    #[error("its driver panics ({0})")]
    Panic(String),
}

/// The name of an operation's kind: `Conv`, `Unary(Relu`.
pub(super) fn kind(op: &Op) -> String {
    let text = format!("{op:?}");
    match op {
        // What is behind the bracket tells functions, losses and poolings apart.
        Op::Unary(_) | Op::Binary(_) | Op::Loss(_) | Op::Pool(_) | Op::Reduce { .. } | Op::Mixture { .. } => {
            let end = text.char_indices().filter(|(_, c)| !c.is_alphanumeric() && *c != '_').nth(1);
            text[..end.map_or(text.len(), |(at, _)| at)].to_owned()
        }
        _ => text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned(),
    }
}

/// A probe for each operator of the language whose example computes a kind of operation that is wanted.
pub fn operators(wanted: impl Fn(String) -> bool) -> Vec<Probe> {
    ops::table()
        .filter_map(|stanza| {
            let (graph, value) = example(stanza.example)?;
            let live = graph.live([value]);
            let computes =
                graph.nodes.iter().zip(&live).any(|(node, live)| *live && is_own(&node.op) && wanted(kind(&node.op)));
            computes.then(|| Probe::of(stanza.name.to_owned(), graph, value))
        })
        .collect()
}

/// Operations that an example has around the one that it is of.
fn is_own(op: &Op) -> bool {
    !matches!(op, Op::Input(_))
}

/// The graph of an operator's example, and its value.
fn example(text: &str) -> Option<(Graph, NodeId)> {
    let source = format!(
        "modality x: tensor[8, 16, 16, 16] = given()\n\
         modality g: class{{A, B, C}} = given()\n\
         modality m: mask[16, 16, 16]{{rest, core, rim}} = given()\n\
         block Example(x: [8, 16, 16, 16], g: class{{A, B, C}}, m: mask[16, 16, 16]{{rest, core, rim}}) {{\n{text}\n}}\n\
         model example(x, g, m) {{ Example()(x, g, m) }}\n"
    );
    let program = compile("example.fx", &source, &[], &EmptyWorld).base?;
    let (_, value) = program.models.first()?.outputs.first()?.members.first()?;
    Some((program.graph, *value))
}

/// A probe for each form of convolution in a graph: its kernel, stride, padding, dilation and groups, with few channels on a small
/// image.
pub fn convolutions(graph: &Graph) -> Vec<Probe> {
    let of_node = |node: &Arc<Node>| match &node.op {
        Op::Conv(conv) => Some(convolution(conv)),
        _ => None,
    };
    let mut probes: Vec<Probe> = graph.nodes.iter().filter_map(of_node).collect();
    probes.sort_by(|a, b| a.name.cmp(&b.name));
    probes.dedup_by(|a, b| a.name == b.name);
    probes
}

fn convolution(conv: &ConvOp) -> Probe {
    let mut small = conv.clone();
    (small.groups, small.inputs, small.outputs) = match conv.groups {
        1 => (1, conv.inputs.min(CHANNELS), conv.outputs.min(CHANNELS)),
        // A group stays as it is; there are fewer of them.
        groups => {
            let kept = groups.min(CHANNELS);
            (kept, conv.inputs / groups * kept, conv.outputs / groups * kept)
        }
    };
    let axes = conv.kernel.len();
    let reach = |axis: usize| (conv.kernel[axis] - 1) * conv.dilation[axis] + 1;
    let read: Vec<usize> = (0..axes).map(|axis| reach(axis) + 3 * conv.stride[axis] + axis).collect();
    let made: Vec<usize> = (0..axes)
        .map(|axis| {
            let (before, after) = conv.padding[axis];
            match &conv.transposed {
                None => (read[axis] + before + after).saturating_sub(reach(axis)) / conv.stride[axis] + 1,
                Some(far) => {
                    ((read[axis] - 1) * conv.stride[axis] + reach(axis) + far[axis]).saturating_sub(before + after)
                }
            }
        })
        .collect();
    let (source, sink) = (small.inputs, small.outputs);
    let weights = match &conv.transposed {
        None => [sink, source / small.groups],
        Some(_) => [source, sink / small.groups],
    };
    let shape = |channels: usize, space: &[usize]| -> Vec<usize> { [&[channels], space].concat() };
    let weight = [&weights[..], &conv.kernel].concat();
    let mut specs = vec![WeightSpec::parameter("weight", weight, Init::Normal(0.3))];
    if conv.bias {
        specs.push(WeightSpec::parameter("bias", [sink], Init::Normal(0.3)));
    }
    let name = format!(
        "convolution{}: kernel {:?}, stride {:?}, padding {:?}, dilation {:?}, groups {}",
        if conv.transposed.is_some() { ", transposed" } else { "" },
        conv.kernel,
        conv.stride,
        conv.padding,
        conv.dilation,
        small.groups,
    );
    let mut graph = Graph::default();
    let x = input(&mut graph, "x", TensorType::tensor(shape(source, &read)));
    let module = graph.push_module(Module {
        path: "convolution".into(),
        operator: "Conv".into(),
        op: Op::Conv(small.clone()),
        weights: specs,
    });
    let value = graph.push(Node {
        op: Op::Conv(small),
        inputs: vec![x],
        module: Some(module),
        ty: TensorType::tensor(shape(sink, &made)),
        path: "convolution".into(),
        multiply_adds: 0,
    });
    Probe::of(name, graph, value)
}

fn input(graph: &mut Graph, name: &str, ty: TensorType) -> NodeId {
    let id = InputId(graph.inputs.len() as u32);
    graph.inputs.push(GraphInput { name: name.into(), ty: ty.clone() });
    graph.push(Node { op: Op::Input(id), inputs: Vec::new(), module: None, ty, path: name.into(), multiply_adds: 0 })
}

/// Numbers that look random, the same for the same name.
fn numbers(name: &str, len: usize) -> Vec<f32> {
    let mut rng = ChaCha8Rng::from_seed(*blake3::hash(name.as_bytes()).as_bytes());
    (0..len).map(|_| 2.0 * rng.random::<f32>() - 1.0).collect()
}

impl Probe {
    fn of(name: String, graph: Graph, value: NodeId) -> Self {
        let mut graph = graph;
        // Sums of softmax and of what is normalised do not change: the value is weighed.
        let ty = graph.node(value).ty.clone();
        let weighed = match ty.kind {
            Kind::Tensor if ty.batched => {
                let by = input(&mut graph, "weights of the numbers", ty.clone());
                let op = Op::Binary(Binary::Multiply);
                graph.push(Node { op, inputs: vec![value, by], module: None, ty, path: name.clone(), multiply_adds: 0 })
            }
            _ => value,
        };
        let of_input = |input: &GraphInput| {
            let len = ROWS * input.ty.shape.iter().product::<usize>();
            let values = numbers(&input.name, len);
            let values = match &input.ty.kind {
                Kind::Class(levels) | Kind::Mask(levels) => {
                    let last = levels.len().max(1) as f32;
                    values.into_iter().map(|v| ((v + 1.0) / 2.0 * last).floor().min(last - 1.0)).collect()
                }
                Kind::Tensor | Kind::Normal => values,
            };
            Some(InputBatch::complete(values, input.ty.shape.clone(), ROWS))
        };
        let inputs = graph.inputs.iter().map(of_input).collect();
        Self { name, graph: Arc::new(graph), weighed, value, batch: Batch { rows: ROWS, inputs } }
    }

    /// How far a device is from the CPU in double precision: in training mode, dropout and draws included.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn deviation(&self, device: &Device) -> Result<Deviation, ProbeError> {
        let guarded = std::panic::catch_unwind(|| self.computed(device));
        let exact = Device::cpu().in_double_precision().unwrap_or(Device::CPU);
        let (found, exact) = match guarded {
            Ok(found) => (found?, self.computed(&exact)?),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                return Err(ProbeError::Panic(text.unwrap_or_default().lines().next().unwrap_or_default().to_owned()));
            }
        };
        let mut deviation = Deviation {
            value: distance(&found.value, &exact.value, |v| v.abs(), f64::max),
            gradient: 0.0,
            of: String::new(),
        };
        let norm = |values: &[f32]| values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
        let largest = exact.gradients.iter().map(|(_, exact)| norm(exact)).fold(0.0, f64::max);
        for ((name, found), (_, exact)) in found.gradients.iter().zip(&exact.gradients) {
            // What vanishes in exact arithmetic, as of a bias before batch normalisation, is rounding of sums of large numbers.
            let off = match norm(exact) < 1e-9 * largest {
                true => norm(found) / (0.1 * largest),
                false => distance(found, exact, |v| v * v, |a, b| a + b).sqrt(),
            };
            if deviation.of.is_empty() || off > deviation.gradient || off.is_nan() {
                (deviation.gradient, deviation.of) = (off, name.clone());
            }
        }
        Ok(deviation)
    }

    fn computed(&self, device: &Device) -> Result<Computed, NnError> {
        let settings = RunSettings { track_inputs: true, ..RunSettings::new(Mode::Training { seed: 3, step: 1 }) };
        let forward = Forward::new(self.graph.clone(), &[self.weighed, self.value]);
        let network = Network::new(&self.graph, &self.graph.live_modules(forward.live()), 5, device);
        let values = forward.run(&network, &self.batch, &settings)?;
        let value = values.host(self.value)?.map(|value| value.values).unwrap_or_default();
        let back = values.backward(self.weighed)?;
        let weights = back.weights(&network)?.into_iter().map(|weight| (weight.name, weight.values));
        let mut gradients: Vec<(String, Vec<f32>)> = weights.collect();
        for (at, input) in self.graph.inputs.iter().enumerate() {
            if let Some(gradient) = back.input(InputId(at as u32))? {
                gradients.push((format!("`{}`", input.name), gradient));
            }
        }
        Ok(Computed { value, gradients })
    }
}

/// What a device makes of a probe.
struct Computed {
    value: Vec<f32>,
    gradients: Vec<(String, Vec<f32>)>,
}

/// The difference relative to what is expected, both measured and joined.
fn distance(found: &[f32], exact: &[f32], measure: fn(f64) -> f64, join: fn(f64, f64) -> f64) -> f64 {
    if found.len() != exact.len() {
        return f64::INFINITY;
    }
    let joined = |values: &mut dyn Iterator<Item = f64>| {
        let either = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { join(a, b) };
        values.map(measure).fold(0.0, either)
    };
    let difference = joined(&mut found.iter().zip(exact).map(|(f, e)| f64::from(*f) - f64::from(*e)));
    // What is nearly 0 is measured against a number of its own.
    let size = joined(&mut exact.iter().map(|e| f64::from(*e))).max(measure(1e-3 * (exact.len() as f64).sqrt()));
    difference / size
}

#[cfg(test)]
#[path = "one_for_the_batch.rs"]
mod one_for_the_batch;
