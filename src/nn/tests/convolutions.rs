//! Convolutions against their definition, and their gradients.

use super::*;

/// The definition, for any number of axes up to three (missing ones have extent 1).
fn convolved(
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    op: &ConvOp,
    rows: usize,
    extent: [usize; 3],
    out: [usize; 3],
) -> Vec<f32> {
    let per_group = [op.inputs / op.groups, op.outputs / op.groups];
    let volume = |e: [usize; 3]| e.iter().product::<usize>();
    let at = |i: usize, e: [usize; 3]| [i / (e[1] * e[2]), i / e[2] % e[1], i % e[2]];
    let kernel = [op.kernel[0], op.kernel[1], op.kernel[2]];
    let mut result = vec![0.0; rows * op.outputs * volume(out)];
    for row in 0..rows {
        for c in 0..op.outputs {
            result[(row * op.outputs + c) * volume(out)..][..volume(out)].fill(bias.get(c).copied().unwrap_or(0.0));
        }
        // Each pair (element of the smaller grid, element of the kernel) meets one element of the other grid.
        for group in 0..op.groups {
            for (ci, co) in (0..per_group[0]).flat_map(|ci| (0..per_group[1]).map(move |co| (ci, co))) {
                let (from, to) = (group * per_group[0] + ci, group * per_group[1] + co);
                let grid = if op.transposed.is_some() { extent } else { out };
                for (g, k) in (0..volume(grid)).flat_map(|g| (0..volume(kernel)).map(move |k| (g, k))) {
                    let (gp, kp) = (at(g, grid), at(k, kernel));
                    let other = if op.transposed.is_some() { out } else { extent };
                    let mut met = [0; 3];
                    let mut inside = true;
                    for a in 0..3 {
                        let place = (gp[a] * op.stride[a] + kp[a] * op.dilation[a]) as isize - op.padding[a].0 as isize;
                        inside &= place >= 0 && (place as usize) < other[a];
                        met[a] = place.max(0) as usize;
                    }
                    if !inside {
                        continue;
                    }
                    let met = (met[0] * other[1] + met[1]) * other[2] + met[2];
                    let (source, target) = if op.transposed.is_some() { (g, met) } else { (met, g) };
                    let weight = match op.transposed {
                        None => w[(to * per_group[0] + ci) * volume(kernel) + k],
                        Some(_) => w[(from * per_group[1] + co) * volume(kernel) + k],
                    };
                    result[(row * op.outputs + to) * volume(out) + target] +=
                        weight * x[(row * op.inputs + from) * volume(extent) + source];
                }
            }
        }
    }
    result
}

fn case(
    axes: usize,
    groups: usize,
    stride: usize,
    dilation: usize,
    padding: (usize, usize),
    transposed: Option<usize>,
) {
    let extents = [4, 5, 3];
    let kernels = [2, 3, 2];
    let skip = 3 - axes;
    let own = |all: [usize; 3]| all[skip..].to_vec();
    let pads: Padding = vec![padding; axes];
    let op = ConvOp {
        inputs: 4,
        outputs: 2 * groups,
        kernel: own(kernels),
        stride: vec![stride; axes],
        padding: pads,
        dilation: vec![dilation; axes],
        groups,
        bias: true,
        transposed: transposed.map(|far| vec![far; axes]),
    };
    let out: Vec<usize> = (0..axes)
        .map(|a| {
            let (n, k) = (extents[skip + a], kernels[skip + a]);
            match transposed {
                None => (n + padding.0 + padding.1 - dilation * (k - 1) - 1) / stride + 1,
                Some(far) => (n - 1) * stride + dilation * (k - 1) + 1 + far - padding.0 - padding.1,
            }
        })
        .collect();
    let mut bench = Bench::new(2);
    let x = bench.random("x", &[&[4][..], &extents[skip..]].concat(), -1.0, 1.0);
    let leading = if transposed.is_some() { [4, op.outputs / groups] } else { [op.outputs, 4 / groups] };
    let weights = vec![
        WeightSpec::parameter("weight", [&leading[..], &kernels[skip..]].concat(), Init::Normal(1.0)),
        WeightSpec::parameter("bias", [op.outputs], Init::Normal(1.0)),
    ];
    let y = bench.layer("conv", Op::Conv(op.clone()), weights, x, &[&[op.outputs][..], &out].concat());
    let (_, network) = bench.network(&[y]);
    let weights = network.weights().unwrap();
    let mut whole = op;
    let (mut extent, mut result) = ([1; 3], [1; 3]);
    extent[skip..].copy_from_slice(&extents[skip..]);
    result[skip..].copy_from_slice(&out);
    for _ in 0..skip {
        whole.kernel.insert(0, 1);
        whole.stride.insert(0, 1);
        whole.dilation.insert(0, 1);
        whole.padding.insert(0, (0, 0));
    }
    let expected = convolved(&bench.value(x), &weights[0].values, &weights[1].values, &whole, 2, extent, result);
    assert_close(&bench.value(y), &expected, 1e-5);
    bench.assert_gradients(y);
}

#[test]
fn convolutions_match_their_definition_and_their_gradients_central_differences() {
    for axes in 1..=3 {
        case(axes, 1, 1, 1, (0, 0), None);
        case(axes, 1, 2, 1, (1, 1), None);
        case(axes, 2, 1, 1, (0, 2), None);
        case(axes, 4, 2, 1, (1, 0), None);
        case(axes, 1, 1, 2, (2, 2), None);
    }
}

/// Lines longer than a vector, and an even kernel, which pads one side more.
#[test]
fn convolutions_of_few_filters_over_long_lines_match_their_definition() {
    for (groups, inputs, outputs) in [(3, 3, 3), (1, 2, 3), (2, 4, 2)] {
        let op = ConvOp {
            inputs,
            outputs,
            kernel: vec![3, 2, 5],
            stride: vec![1; 3],
            padding: vec![(1, 1), (0, 1), (2, 2)],
            dilation: vec![1; 3],
            groups,
            bias: true,
            transposed: None,
        };
        let extent = [3, 2, 19];
        let mut bench = Bench::new(2);
        let x = bench.random("x", &[&[inputs][..], &extent].concat(), -1.0, 1.0);
        let weights = vec![
            WeightSpec::parameter("weight", [outputs, inputs / groups, 3, 2, 5], Init::Normal(1.0)),
            WeightSpec::parameter("bias", [outputs], Init::Normal(1.0)),
        ];
        let y = bench.layer("conv", Op::Conv(op.clone()), weights, x, &[&[outputs][..], &extent].concat());
        let (_, network) = bench.network(&[y]);
        let weights = network.weights().unwrap();
        let (weight, bias) = (&weights[0].values, &weights[1].values);
        let expected = convolved(&bench.value(x), weight, bias, &op, 2, extent, extent);
        assert_close(&bench.value(y), &expected, 1e-5);
        bench.assert_gradients(y);
    }
}

#[test]
fn transposed_convolutions_match_their_definition_and_their_gradients_central_differences() {
    for axes in 1..=3 {
        case(axes, 1, 1, 1, (0, 0), Some(0));
        case(axes, 1, 2, 1, (1, 1), Some(1));
        case(axes, 2, 2, 1, (0, 1), Some(0));
        case(axes, 2, 3, 2, (1, 0), Some(2));
    }
}

/// One kernel a row: each row's result is that of a convolution with its own kernel.
fn computed(axes: usize, stride: usize, dilation: usize, padding: (usize, usize), kernels: [usize; 3]) {
    let extents = [5, 4, 6];
    let skip = 3 - axes;
    let mut op = ConvOp {
        inputs: 2,
        outputs: 3,
        kernel: kernels[skip..].to_vec(),
        stride: vec![stride; axes],
        padding: vec![padding; axes],
        dilation: vec![dilation; axes],
        groups: 1,
        bias: true,
        transposed: None,
    };
    let out: Vec<usize> = (skip..3)
        .map(|a| (extents[a] + padding.0 + padding.1 - dilation * (kernels[a] - 1) - 1) / stride + 1)
        .collect();
    let mut bench = Bench::new(3);
    let x = bench.random("x", &[&[2][..], &extents[skip..]].concat(), -1.0, 1.0);
    let kernel = bench.random("kernel", &[&[3, 2][..], &kernels[skip..]].concat(), -1.0, 1.0);
    let bias = bench.random("bias", &[3], -1.0, 1.0);
    let y = bench.op(Op::Convolve(op.clone()), &[x, kernel, bias], &[&[3][..], &out].concat());
    let plain = ConvOp { bias: false, ..op.clone() };
    let bare = bench.op(Op::Convolve(plain), &[x, kernel], &[&[3][..], &out].concat());
    bench.assert_gradients(y);
    let (mut extent, mut result) = ([1; 3], [1; 3]);
    extent[skip..].copy_from_slice(&extents[skip..]);
    result[skip..].copy_from_slice(&out);
    for _ in 0..skip {
        op.kernel.insert(0, 1);
        op.stride.insert(0, 1);
        op.dilation.insert(0, 1);
        op.padding.insert(0, (0, 0));
    }
    let values = [x, kernel, bias].map(|node| bench.value(node));
    let row = |of: usize, row: usize| &values[of][row * values[of].len() / 3..(row + 1) * values[of].len() / 3];
    let each = |bias: fn(&[f32]) -> Vec<f32>| -> Vec<f32> {
        (0..3).flat_map(|r| convolved(row(0, r), row(1, r), &bias(row(2, r)), &op, 1, extent, result)).collect()
    };
    assert_close(&bench.value(y), &each(|bias| bias.to_vec()), 1e-5);
    assert_close(&bench.value(bare), &each(|_| Vec::new()), 1e-5);
}

#[test]
fn a_kernel_for_each_subject_convolves_that_subject_alone() {
    for axes in 1..=3 {
        computed(axes, 1, 1, (0, 0), [2, 3, 2]);
        computed(axes, 1, 1, (1, 1), [3, 3, 3]);
        computed(axes, 2, 1, (1, 2), [2, 3, 4]);
        computed(axes, 2, 1, (0, 0), [1, 1, 1]);
        computed(axes, 1, 2, (2, 1), [2, 2, 3]);
    }
}

#[test]
fn one_kernel_for_the_batch_meets_every_row() {
    let mut bench = Bench::new(3);
    let x = bench.random("x", &[2, 5, 4], -1.0, 1.0);
    let kernels = bench.random("kernel", &[3, 2, 2, 2], -1.0, 1.0);
    let shared = TensorType { batched: false, ..TensorType::tensor([3, 2, 2, 2]) };
    let kernel = bench.node(Op::BatchMean, &[kernels], None, shared);
    let op = ConvOp {
        inputs: 2,
        outputs: 3,
        kernel: vec![2; 2],
        stride: vec![1; 2],
        padding: vec![(0, 0); 2],
        dilation: vec![1; 2],
        groups: 1,
        bias: false,
        transposed: None,
    };
    let y = bench.op(Op::Convolve(op), &[x, kernel], &[3, 4, 3]);
    bench.assert_gradients(y);
}

#[test]
fn a_kernel_for_everybody_is_that_of_a_layer() {
    let mut bench = Bench::new(3);
    let x = bench.random("x", &[2, 5, 6], -1.0, 1.0);
    let conv = ConvOp {
        inputs: 2,
        outputs: 3,
        kernel: vec![3, 2],
        stride: vec![2, 1],
        padding: vec![(1, 0), (0, 1)],
        dilation: vec![1, 1],
        groups: 1,
        bias: true,
        transposed: None,
    };
    let mut learned = |path: &str, shape: &[usize]| {
        let op = Op::Learned { shape: shape.to_vec() };
        let weights = vec![WeightSpec::parameter("weight", shape, Init::Normal(1.0))];
        let module = bench.graph.push_module(Module {
            path: path.into(),
            operator: "Parameter".into(),
            op: op.clone(),
            weights,
        });
        bench.node(op, &[], Some(module), TensorType { batched: false, ..TensorType::tensor(shape) })
    };
    let (kernel, bias) = (learned("kernel", &[3, 2, 3, 2]), learned("bias", &[3]));
    let shared = bench.op(Op::Convolve(conv.clone()), &[x, kernel, bias], &[3, 2, 6]);
    bench.assert_gradients(shared);
    // The same as each subject's own kernel, where all are equal.
    let (forward, network) = bench.network(&[shared, kernel, bias]);
    let values = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
    let of = |node: NodeId| values.host(node).unwrap().unwrap().values;
    let own = bench.input("own", &[3, 2, 3, 2], of(kernel).repeat(3));
    let own_bias = bench.input("own bias", &[3], of(bias).repeat(3));
    let each = bench.op(Op::Convolve(conv), &[x, own, own_bias], &[3, 2, 6]);
    assert_close(&of(shared), &bench.value(each), 1e-5);
}
