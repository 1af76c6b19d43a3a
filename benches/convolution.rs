//! How long a training step of one convolution over three axes takes on the CPU: `cargo bench --bench convolution`.
//!
//! The best of three runs of the forward pass and of the backward pass, input gradient included, for a batch of 4.

use fascicle::graph::{
    ConvOp, Graph, GraphInput, Init, InputId, LossOp, Module, ModuleId, Node, NodeId, Op, TensorType, WeightSpec,
};
use fascicle::nn::{Batch, Device, Forward, InputBatch, Mode, Network, RunSettings};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

#[path = "../src/memory.rs"]
mod memory;

#[global_allocator]
static MEMORY: memory::Allocator = memory::Allocator;

const BATCH: usize = 4;
const EXTENT: [usize; 3] = [32, 40, 32];

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep();
    for (name, inputs, outputs, groups, kernel) in [
        ("8 -> 16, kernel 3", 8, 16, 1, [3, 3, 3]),
        ("1 -> 16, kernel 3", 1, 16, 1, [3, 3, 3]),
        ("16 -> 16 depthwise, kernel 3", 16, 16, 16, [3, 3, 3]),
        ("4 -> 4 depthwise, kernel 5 x 6 x 5", 4, 4, 4, [5, 6, 5]),
        ("4 -> 20, five filters a channel, kernel 5 x 6 x 5", 4, 20, 4, [5, 6, 5]),
        ("2 -> 2, kernel 5 x 6 x 5", 2, 2, 1, [5, 6, 5]),
        ("16 -> 16, kernel 1", 16, 16, 1, [1, 1, 1]),
        ("32 -> 32, kernel 3", 32, 32, 1, [3, 3, 3]),
    ] {
        let (forward, backward) = seconds(inputs, outputs, groups, kernel)?;
        println!("[{BATCH}, {inputs}, 32, 40, 32], {name}: forward {forward:.4} s, backward {backward:.4} s");
    }
    Ok(())
}

fn seconds(inputs: usize, outputs: usize, groups: usize, kernel: [usize; 3]) -> Result<(f64, f64), Box<dyn Error>> {
    let (graph, loss) = network(inputs, outputs, groups, kernel);
    let device = Device::cpu();
    let weights = Network::new(&graph, &[ModuleId(0)], 1, &device);
    let forward = Forward::new(Arc::new(graph), &[loss]);
    let shape = vec![inputs, EXTENT[0], EXTENT[1], EXTENT[2]];
    let count = BATCH * shape.iter().product::<usize>();
    let values = (0..count).map(|i| ((i * 7919) % 1000) as f32 / 500.0 - 1.0).collect();
    let batch = Batch { rows: BATCH, inputs: vec![Some(InputBatch::complete(values, shape, BATCH))] };
    let settings = RunSettings { track_inputs: true, ..RunSettings::new(Mode::Training { seed: 1, step: 0 }) };
    let mut best = (f64::INFINITY, f64::INFINITY);
    for _ in 0..3 {
        let start = Instant::now();
        let values = forward.run(&weights, &batch, &settings)?;
        let there = start.elapsed().as_secs_f64();
        let start = Instant::now();
        values.backward(loss)?;
        best = (best.0.min(there), best.1.min(start.elapsed().as_secs_f64()));
    }
    Ok(best)
}

/// One convolution and the mean of its squared output.
fn network(inputs: usize, outputs: usize, groups: usize, kernel: [usize; 3]) -> (Graph, NodeId) {
    // As many places as there were; of an even kernel the further side is padded more.
    let padding = kernel.iter().map(|k| ((k - 1) / 2, k / 2)).collect();
    let op = Op::Conv(ConvOp {
        inputs,
        outputs,
        kernel: kernel.to_vec(),
        stride: vec![1; 3],
        padding,
        dilation: vec![1; 3],
        groups,
        bias: false,
        transposed: None,
    });
    let mut graph = Graph::default();
    let read = TensorType::tensor([inputs, EXTENT[0], EXTENT[1], EXTENT[2]]);
    let made = TensorType::tensor([outputs, EXTENT[0], EXTENT[1], EXTENT[2]]);
    graph.inputs.push(GraphInput { name: "x".into(), ty: read.clone() });
    let weight =
        WeightSpec::parameter("weight", [outputs, inputs / groups, kernel[0], kernel[1], kernel[2]], Init::Normal(0.1));
    let module = graph.push_module(Module {
        path: "conv".into(),
        operator: "Conv3d".into(),
        op: op.clone(),
        weights: vec![weight],
    });
    let node = |op, inputs, module, ty| Node { op, inputs, module, ty, path: "conv".into(), multiply_adds: 0 };
    let x = graph.push(node(Op::Input(InputId(0)), Vec::new(), None, read));
    let y = graph.push(node(op, vec![x], Some(module), made.clone()));
    let zero = graph.push(node(Op::Fill(0.0), Vec::new(), None, made));
    let loss = graph.push(node(Op::Loss(LossOp::MeanSquared), vec![y, zero], None, TensorType::scalar()));
    (graph, loss)
}
