//! How long convolutions take; run with `--ignored --nocapture`.

use super::*;
use std::time::Instant;

fn seconds(inputs: usize, outputs: usize, groups: usize, extent: [usize; 3], kernel: usize) -> (f64, f64) {
    let mut bench = Bench::new(4);
    let shape = [&[inputs][..], &extent].concat();
    let x = bench.random("x", &shape, -1.0, 1.0);
    let pad = (kernel - 1) / 2;
    let op = ConvOp {
        inputs,
        outputs,
        kernel: vec![kernel; 3],
        stride: vec![1; 3],
        padding: vec![(pad, pad); 3],
        dilation: vec![1; 3],
        groups,
        bias: false,
        transposed: None,
    };
    let weights =
        vec![WeightSpec::parameter("weight", [outputs, inputs / groups, kernel, kernel, kernel], Init::Normal(0.1))];
    let out = [&[outputs][..], &extent].concat();
    let y = bench.layer("conv", Op::Conv(op), weights, x, &out);
    let root = bench.loss(LossOp::MeanSquared, &[y, y]);
    let (forward, network) = bench.network(&[root]);
    let settings = bench.settings(TRAINING);
    let mut best = (f64::INFINITY, f64::INFINITY);
    for _ in 0..3 {
        let start = Instant::now();
        let values = forward.run(&network, &bench.batch, &settings).unwrap();
        let forward_time = start.elapsed().as_secs_f64();
        let start = Instant::now();
        values.backward(root).unwrap();
        best = (best.0.min(forward_time), best.1.min(start.elapsed().as_secs_f64()));
    }
    best
}

#[test]
#[ignore = "a measurement"]
fn convolutions_over_three_axes_take_so_long() {
    for (name, inputs, outputs, groups, kernel) in [
        ("8 -> 16, k3", 8, 16, 1, 3),
        ("1 -> 16, k3", 1, 16, 1, 3),
        ("16 -> 16 depthwise, k3", 16, 16, 16, 3),
        ("4 -> 4 depthwise, k5", 4, 4, 4, 5),
        ("16 -> 16, k1", 16, 16, 1, 1),
    ] {
        let (forward, backward) = seconds(inputs, outputs, groups, [32, 40, 32], kernel);
        println!("[4, {inputs}, 32, 40, 32], {name}: forward {forward:.3} s, backward {backward:.3} s");
    }
}
