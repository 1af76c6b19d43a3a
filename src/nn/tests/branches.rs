//! Gradients through networks with branches: fan-outs, shared layers, computed kernels, an absent scan.

use super::*;

const CHANNELS: usize = 2;
const IMAGE: [usize; 3] = [CHANNELS, 4, 3];

fn convolution() -> ConvOp {
    ConvOp {
        inputs: CHANNELS,
        outputs: CHANNELS,
        kernel: vec![3; 2],
        stride: vec![1; 2],
        padding: vec![(1, 1); 2],
        dilation: vec![1; 2],
        groups: 1,
        bias: true,
        transposed: None,
    }
}

fn tanh(bench: &mut Bench, x: NodeId, shape: &[usize]) -> NodeId {
    bench.op(Op::Unary(Unary::Tanh), &[x], shape)
}

fn linear(bench: &mut Bench, path: &str, x: NodeId, inputs: usize, outputs: usize) -> NodeId {
    let weights = vec![WeightSpec::parameter("weight", [outputs, inputs], Init::Normal(0.5))];
    bench.layer(path, Op::Linear { inputs, outputs, bias: false }, weights, x, &[outputs])
}

/// An image that one of three people lacks, convolved by kernels that a table makes for each (kernel and bias come from one
/// embedding), then twice by the same layer with ways around it: values with one reader and with several, of which some
/// convolve. Gives a value in the middle, and the last one.
fn network() -> (Bench, NodeId, NodeId) {
    let mut bench = Bench::new(3);
    let values = numbers("x", 2 * IMAGE.iter().product::<usize>(), -1.0, 1.0);
    let x = bench.partial("x", &IMAGE, values, &[true, false, true]);
    let table = bench.random("table", &[2], -1.0, 1.0);
    let embedding = linear(&mut bench, "embedding", table, 2, 3);
    let embedding = tanh(&mut bench, embedding, &[3]);
    let kernel = linear(&mut bench, "kernel", embedding, 3, 9 * CHANNELS * CHANNELS);
    let kernel = bench.op(Op::Reshape, &[kernel], &[CHANNELS, CHANNELS, 3, 3]);
    let bias = linear(&mut bench, "bias", embedding, 3, CHANNELS);
    let made = bench.op(Op::Convolve(convolution()), &[x, kernel, bias], &IMAGE);

    let shared = bench.graph.push_module(Module {
        path: "shared".into(),
        operator: "Conv2d".into(),
        op: Op::Conv(convolution()),
        weights: vec![
            WeightSpec::parameter("weight", [CHANNELS, CHANNELS, 3, 3], Init::Normal(0.3)),
            WeightSpec::parameter("bias", [CHANNELS], Init::Normal(0.3)),
        ],
    });
    let convolved = |bench: &mut Bench, x: NodeId| {
        let ty = bench.graph.node(x).ty.clone();
        let y = bench.node(Op::Conv(convolution()), &[x], Some(shared), ty);
        tanh(bench, y, &IMAGE)
    };
    let both = |bench: &mut Bench, op: Binary, a: NodeId, b: NodeId| bench.op(Op::Binary(op), &[a, b], &IMAGE);
    let once = convolved(&mut bench, made);
    let middle = both(&mut bench, Binary::Add, once, made);
    let twice = convolved(&mut bench, middle);
    let product = both(&mut bench, Binary::Multiply, once, middle);
    let last = both(&mut bench, Binary::Add, twice, product);
    (bench, middle, last)
}

#[test]
fn gradients_pass_whatever_lies_between_convolutions() {
    let (bench, _, last) = network();
    bench.assert_gradients(last);
}

#[test]
fn gradients_can_be_asked_of_a_value_in_the_middle() {
    let (bench, middle, _) = network();
    bench.assert_gradients(middle);
}

#[test]
fn what_else_is_kept_does_not_change_them() {
    let (mut bench, middle, last) = network();
    let root = bench.weighed(last);
    let of = |roots: &[NodeId]| {
        let (forward, network) = bench.network(roots);
        let values = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
        values.weight_gradients(root, &network).unwrap()
    };
    let (alone, beside) = (of(&[root]), of(&[root, middle, last]));
    assert_eq!(alone.len(), beside.len());
    for (alone, beside) in alone.iter().zip(&beside) {
        assert_close(&alone.values, &beside.values, 1e-6);
    }
}

#[test]
fn frozen_weights_have_no_gradient_and_pass_it_on() {
    let (mut bench, _, last) = network();
    let root = bench.weighed(last);
    let (forward, mut network) = bench.network(&[root]);
    let all = |network: &Network| {
        let values = forward.run(network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
        let gradients = values.weight_gradients(root, network).unwrap();
        gradients.into_iter().map(|weight| (weight.name, weight.values)).collect::<BTreeMap<_, _>>()
    };
    let free = all(&network);
    let shared = bench.graph.modules.iter().position(|module| module.path == "shared").unwrap();
    network.freeze(&[ModuleId(shared as u32)]);
    let frozen = all(&network);
    assert!(frozen.keys().all(|name| !name.starts_with("shared")) && frozen.len() + 2 == free.len());
    for (name, values) in &frozen {
        assert_close(values, &free[name], 1e-6);
    }
}
