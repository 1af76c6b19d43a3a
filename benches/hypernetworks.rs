//! How long a training step of a layer with weights of each subject's own takes on the CPU:
//! `cargo bench --bench hypernetworks`.
//!
//! The largest layer of HyperFusion's brain age network, 39,424 -> 16 for 32 subjects, with its weights formed and not
//! formed, and convolutions by computed kernels, for the whole batch at once and one subject after the other. The best
//! of five runs of the forward and of the backward pass.

use fascicle::graph::{
    Binary, ConvOp, Graph, GraphInput, Init, InputId, LossOp, Module, ModuleId, Node, NodeId, Op, TensorType,
    WeightSpec,
};
use fascicle::nn::{Batch, Device, Forward, InputBatch, Mode, Network, RunSettings};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

#[path = "../src/memory.rs"]
mod memory;

#[global_allocator]
static MEMORY: memory::Allocator = memory::Allocator;

const SUBJECTS: usize = 32;
const INPUTS: usize = 39_424;
const OUTPUTS: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep();
    for embedding in [1, 8] {
        for (name, net) in [("formed", formed(embedding)), ("not formed", unformed(embedding))] {
            let (there, back) = net.seconds(SUBJECTS)?;
            println!(
                "{INPUTS} -> {OUTPUTS}, embedding of {embedding}, weights {name}: forward {there:.3} s, backward {back:.3} s"
            );
        }
    }
    for (name, channels, filters, kernel, stride) in
        [("128 -> 256, kernel 1, stride 2", 128, 256, 1, 2), ("64 -> 64, kernel 3", 64, 64, 3, 1)]
    {
        let net = convolution(channels, filters, kernel, stride);
        let (there, back) = net.seconds(SUBJECTS)?;
        println!("{name}, 8x12x8, {SUBJECTS} kernels at once: forward {there:.3} s, backward {back:.3} s");
        let (there, back) = net.seconds(1)?;
        let (there, back) = (there * SUBJECTS as f64, back * SUBJECTS as f64);
        println!("{name}, 8x12x8, one after the other: forward {there:.3} s, backward {back:.3} s");
    }
    Ok(())
}

/// A graph in the making.
#[derive(Default)]
struct Net {
    graph: Graph,
}

impl Net {
    fn input(&mut self, shape: &[usize]) -> NodeId {
        let id = InputId(self.graph.inputs.len() as u32);
        let ty = TensorType::tensor(shape);
        self.graph.inputs.push(GraphInput { name: format!("x{}", id.0), ty: ty.clone() });
        self.node(Op::Input(id), &[], None, ty)
    }

    fn node(&mut self, op: Op, inputs: &[NodeId], module: Option<ModuleId>, ty: TensorType) -> NodeId {
        self.graph.push(Node { op, inputs: inputs.to_vec(), module, ty, path: "net".into(), multiply_adds: 0 })
    }

    fn layer(&mut self, op: Op, weights: Vec<WeightSpec>, inputs: &[NodeId], shape: &[usize]) -> NodeId {
        let path = format!("layer{}", self.graph.modules.len());
        let module = self.graph.push_module(Module { path, operator: String::new(), op: op.clone(), weights });
        self.node(op, inputs, Some(module), TensorType::tensor(shape))
    }

    /// The mean of the squared output.
    fn end(mut self, y: NodeId) -> Self {
        let ty = self.graph.node(y).ty.clone();
        let zero = self.node(Op::Fill(0.0), &[], None, ty);
        self.node(Op::Loss(LossOp::MeanSquared), &[y, zero], None, TensorType::scalar());
        self
    }

    fn seconds(&self, rows: usize) -> Result<(f64, f64), Box<dyn Error>> {
        let loss = NodeId(self.graph.nodes.len() as u32 - 1);
        let modules: Vec<ModuleId> = (0..self.graph.modules.len() as u32).map(ModuleId).collect();
        let network = Network::new(&self.graph, &modules, 1, &Device::cpu());
        let forward = Forward::new(Arc::new(self.graph.clone()), &[loss]);
        let inputs = self.graph.inputs.iter().map(|input| {
            let count = rows * input.ty.shape.iter().product::<usize>();
            let values = (0..count).map(|i| ((i * 7919) % 1000) as f32 / 500.0 - 1.0).collect();
            Some(InputBatch::complete(values, input.ty.shape.clone(), rows))
        });
        let batch = Batch { rows, inputs: inputs.collect() };
        let settings = RunSettings { track_inputs: true, ..RunSettings::new(Mode::Training { seed: 1, step: 0 }) };
        let mut best = (f64::INFINITY, f64::INFINITY);
        for _ in 0..5 {
            let start = Instant::now();
            let values = forward.run(&network, &batch, &settings)?;
            let there = start.elapsed().as_secs_f64();
            let start = Instant::now();
            values.backward(loss)?;
            best = (best.0.min(there), best.1.min(start.elapsed().as_secs_f64()));
        }
        Ok(best)
    }
}

fn affine(inputs: usize, outputs: usize) -> (Op, Vec<WeightSpec>) {
    let weights = vec![
        WeightSpec::parameter("weight", [outputs, inputs], Init::Normal(0.01)),
        WeightSpec::parameter("bias", [outputs], Init::ZEROS),
    ];
    (Op::Linear { inputs, outputs, bias: true }, weights)
}

/// `Linear |> reshape |> matmul`.
fn formed(embedding: usize) -> Net {
    let mut net = Net::default();
    let (x, e) = (net.input(&[INPUTS]), net.input(&[embedding]));
    let (op, weights) = affine(embedding, INPUTS * OUTPUTS);
    let made = net.layer(op, weights, &[e], &[INPUTS * OUTPUTS]);
    let matrix = net.node(Op::Reshape, &[made], None, TensorType::tensor([OUTPUTS, INPUTS]));
    let product = net.node(Op::MatMul, &[matrix, x], None, TensorType::tensor([OUTPUTS]));
    let (op, weights) = affine(embedding, OUTPUTS);
    let bias = net.layer(op, weights, &[e], &[OUTPUTS]);
    let y = net.node(Op::Binary(Binary::Add), &[product, bias], None, TensorType::tensor([OUTPUTS]));
    net.end(y)
}

/// `HyperLinear`.
fn unformed(embedding: usize) -> Net {
    let mut net = Net::default();
    let (x, e) = (net.input(&[INPUTS]), net.input(&[embedding]));
    let weights = vec![
        WeightSpec::parameter("weights_gen.weight", [INPUTS * OUTPUTS, embedding], Init::Normal(0.01)),
        WeightSpec::parameter("weights_gen.bias", [INPUTS * OUTPUTS], Init::ZEROS),
        WeightSpec::parameter("bias_gen.weight", [OUTPUTS, embedding], Init::Normal(0.01)),
        WeightSpec::parameter("bias_gen.bias", [OUTPUTS], Init::ZEROS),
    ];
    let y = net.layer(Op::HyperLinear { inputs: INPUTS, outputs: OUTPUTS, embedding }, weights, &[x, e], &[OUTPUTS]);
    net.end(y)
}

/// `conv3d(x, kernel)`.
fn convolution(channels: usize, filters: usize, kernel: usize, stride: usize) -> Net {
    let mut net = Net::default();
    let space = [8, 12, 8];
    let x = net.input(&[&[channels][..], &space].concat());
    let taps = net.input(&[filters, channels, kernel, kernel, kernel]);
    let op = Op::Convolve(ConvOp {
        inputs: channels,
        outputs: filters,
        kernel: vec![kernel; 3],
        stride: vec![stride; 3],
        padding: vec![(kernel / 2, kernel / 2); 3],
        dilation: vec![1; 3],
        groups: 1,
        bias: false,
        transposed: None,
    });
    let out = [&[filters][..], &space.map(|n| n / stride)].concat();
    let y = net.node(op, &[x, taps], None, TensorType::tensor(out));
    net.end(y)
}
