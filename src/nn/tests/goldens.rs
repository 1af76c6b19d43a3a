//! Published networks and reference blocks, against numbers that PyTorch gave.

use super::*;
use safetensors::{Dtype, SafeTensors};
use std::path::PathBuf;

pub(super) type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

pub(super) fn golden(case: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/golden").join(case);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: there is no folder {}", path.display());
    None
}

pub(super) fn read(case: &std::path::Path, file: &str) -> Tensors {
    let bytes = std::fs::read(case.join(file)).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let number = |dtype: Dtype, chunk: &[u8]| match dtype {
        Dtype::F32 => f32::from_le_bytes(chunk.try_into().unwrap()),
        Dtype::I64 => i64::from_le_bytes(chunk.try_into().unwrap()) as f32,
        other => panic!("{other:?}"),
    };
    tensors
        .iter()
        .map(|(name, view)| {
            let size = if view.dtype() == Dtype::I64 { 8 } else { 4 };
            let values = view.data().chunks(size).map(|c| number(view.dtype(), c)).collect();
            (name.to_string(), (view.shape().to_vec(), values))
        })
        .collect()
}

/// A golden case whose loss is `root`, with `out` its output.
struct Case {
    folder: PathBuf,
    bench: Bench,
    out: NodeId,
    root: NodeId,
    /// Input of the graph by the golden's name.
    inputs: Vec<(&'static str, InputId)>,
}

/// Outputs to 1e-5 of the largest, gradients to 1e-4 in norm (train: 5e-3), as the goldens' README says.
fn check(case: Case) {
    let Case { folder, mut bench, out, root, inputs } = case;
    let mut weights = read(&folder, "weights.safetensors");
    weights.retain(|name, _| !name.ends_with("num_batches_tracked"));
    bench.weights = weights;
    let outputs = read(&folder, "outputs.safetensors");
    for (mode, prefix, file, tolerance) in
        [(Mode::Prediction, "eval", "grads.safetensors", 1e-4), (TRAINING, "train", "grads_train.safetensors", 5e-3)]
    {
        let (forward, mut network) = bench.network(&[out, root]);
        let mut values = forward.run(&network, &bench.batch, &bench.settings(mode)).unwrap();
        assert_close(&values.host(out).unwrap().unwrap().values, &outputs[&format!("{prefix}.out")].1, 1e-5);
        assert_close(&[values.number(root).unwrap().unwrap()], &outputs[&format!("{prefix}.loss")].1, 2e-5);
        let statistics = values.take_statistics();
        let gradients = values.backward(root).unwrap();
        let mut expected = read(&folder, file);
        let largest = expected.values().flat_map(|(_, v)| v).fold(0f32, |m, v| m.max(v.abs()));
        let mut worst = 0f64;
        for gradient in gradients.weights(&network).unwrap() {
            let (shape, values) = expected.remove(&gradient.name).unwrap();
            assert_eq!(shape, gradient.shape, "{}", gradient.name);
            let norm = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
            let difference: f64 =
                gradient.values.iter().zip(&values).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt();
            if norm < 1e-4 * f64::from(largest) {
                assert!(difference < 1e-4, "{}: {difference}, expected to vanish", gradient.name);
                continue;
            }
            assert!(difference / norm < tolerance, "{prefix} {}: {}", gradient.name, difference / norm);
            worst = worst.max(difference / norm);
        }
        assert!(expected.is_empty(), "without a gradient: {:?}", expected.keys());
        for (name, id) in &inputs {
            let found = gradients.input(*id).unwrap().unwrap();
            let expected: Vec<f64> =
                outputs[&format!("{prefix}.grad_input.{name}")].1.iter().map(|v| f64::from(*v)).collect();
            let relative = distance(name, &found, &expected);
            assert!(relative < tolerance, "{prefix} input {name}: {relative}");
            worst = worst.max(relative);
        }
        network.absorb(statistics);
        for weight in network.weights().unwrap() {
            if let Some((_, expected)) = outputs.get(&format!("{prefix}.buffer_after.{}", weight.name)) {
                assert_close(&weight.values, expected, 1e-5);
            }
        }
        eprintln!("{} {prefix}: gradients within {worst:.1e}", folder.display());
    }
}

/// The kernel (5, 6, 5) with zeros so that the extent stays; the extra zero comes last.
fn same() -> (Vec<usize>, Padding) {
    (vec![5, 6, 5], vec![(2, 2), (2, 3), (2, 2)])
}

fn conv(bench: &mut Bench, path: &str, x: NodeId, op: ConvOp, shape: &[usize]) -> NodeId {
    let mut weight = vec![op.outputs, op.inputs / op.groups];
    weight.extend(&op.kernel);
    let mut weights = vec![WeightSpec::parameter("weight", weight, Init::ZEROS)];
    if op.bias {
        weights.push(WeightSpec::parameter("bias", [op.outputs], Init::ZEROS));
    }
    bench.layer(path, Op::Conv(op), weights, x, shape)
}

fn plain(inputs: usize, outputs: usize, kernel: Vec<usize>, padding: Padding, groups: usize, bias: bool) -> ConvOp {
    let axes = kernel.len();
    ConvOp {
        inputs,
        outputs,
        kernel,
        stride: vec![1; axes],
        padding,
        dilation: vec![1; axes],
        groups,
        bias,
        transposed: None,
    }
}

fn batch_norm(bench: &mut Bench, path: &str, x: NodeId) -> NodeId {
    let shape = bench.graph.node(x).ty.shape.clone();
    let channels = shape[0];
    let weights = vec![
        WeightSpec::parameter("weight", [channels], Init::ONES),
        WeightSpec::parameter("bias", [channels], Init::ZEROS),
        WeightSpec::buffer("running_mean", [channels], Init::ZEROS),
        WeightSpec::buffer("running_var", [channels], Init::ONES),
    ];
    bench.layer(path, Op::BatchNorm { channels, eps: 1e-5, momentum: 0.1, affine: true }, weights, x, &shape)
}

fn sepconv(bench: &mut Bench, path: &str, x: NodeId, outputs: usize) -> NodeId {
    let at = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
    let shape = bench.graph.node(x).ty.shape.clone();
    let (kernel, padding) = same();
    let x = conv(bench, &at("depthwise.conv"), x, plain(shape[0], shape[0], kernel, padding, shape[0], false), &shape);
    let mut wide = shape.clone();
    wide[0] = outputs;
    let x = conv(bench, &at("pointwise"), x, plain(shape[0], outputs, vec![1; 3], vec![(0, 0); 3], 1, true), &wide);
    let x = batch_norm(bench, &at("bn"), x);
    bench.op(Op::Unary(Unary::Elu { alpha: 1.0 }), &[x], &wide)
}

/// A block of `dimitri_blocks`, whose loss is the sum of output times cotangent.
fn block(case: &str, build: impl FnOnce(&mut Bench, NodeId) -> NodeId) {
    let Some(folder) = golden(&format!("dimitri_blocks/{case}")) else { return };
    let inputs = read(&folder, "inputs.safetensors");
    let (dims, values) = inputs["x"].clone();
    let mut bench = Bench::new(dims[0]);
    let x = bench.input("x", &dims[1..], values);
    let out = build(&mut bench, x);
    let (dims, values) = inputs["cot"].clone();
    let cotangent = bench.input("cotangent", &dims[1..], values);
    let root = bench.weighed_by(out, cotangent);
    check(Case { folder, bench, out, root, inputs: vec![("x", InputId(0))] });
}

#[test]
fn a_separable_convolution_with_batch_norm_matches() {
    block("sepconv", |bench, x| sepconv(bench, "", x, 5));
}

#[test]
fn a_residual_middle_flow_matches() {
    block("midflow", |bench, x| {
        let shape = bench.graph.node(x).ty.shape.clone();
        let y = (0..3).fold(x, |y, i| sepconv(bench, &format!("blocks.{i}"), y, shape[0]));
        bench.op(Op::Binary(Binary::Add), &[x, y], &shape)
    });
}

#[test]
fn a_convolution_with_asymmetric_padding_matches() {
    block("convblock", |bench, x| {
        let mut shape = bench.graph.node(x).ty.shape.clone();
        let (kernel, padding) = same();
        let op = plain(shape[0], 3, kernel, padding, 1, true);
        shape[0] = 3;
        let x = conv(bench, "conv.conv", x, op, &shape);
        let x = batch_norm(bench, "bn", x);
        bench.op(Op::Unary(Unary::Elu { alpha: 1.0 }), &[x], &shape)
    });
}

#[test]
fn a_block_with_max_pooling_over_three_axes_matches() {
    block("down_sep", |bench, x| {
        let y = sepconv(bench, "block", x, 4);
        let pool = PoolOp { kind: PoolKind::Max, kernel: vec![2; 3], stride: vec![2; 3], padding: vec![(0, 0); 3] };
        bench.op(Op::Pool(pool), &[y], &[4, 4, 4, 3])
    });
}

#[test]
fn a_block_with_nearest_upsampling_matches() {
    block("up_sep", |bench, x| {
        let y = bench.op(Op::Upsample { mode: UpsampleMode::Nearest }, &[x], &[4, 8, 6, 8]);
        sepconv(bench, "block", y, 3)
    });
}

#[test]
fn a_perceptron_with_batch_norm_prelu_and_weighted_cross_entropy_matches() {
    let Some(folder) = golden("preact_resnet/mlp_8_bn_prl") else { return };
    let inputs = read(&folder, "inputs.safetensors");
    let mut bench = Bench::new(4);
    let x = bench.input("tabular", &[16], inputs["tabular"].1.clone());
    let y = bench.classes("label", 3, inputs["label"].1.clone());
    let linear = |inputs: usize, outputs: usize| {
        let weights = vec![
            WeightSpec::parameter("weight", [outputs, inputs], Init::fan_in(inputs)),
            WeightSpec::parameter("bias", [outputs], Init::fan_in(inputs)),
        ];
        (Op::Linear { inputs, outputs, bias: true }, weights)
    };
    let (op, weights) = linear(16, 8);
    let h = bench.layer("mlp.0", op, weights, x, &[8]);
    let h = batch_norm(&mut bench, "mlp.1", h);
    let slopes = vec![WeightSpec::parameter("weight", [1], Init::Constant(0.25))];
    let h = bench.layer("mlp.2", Op::PRelu { slopes: 1 }, slopes, h, &[8]);
    let (op, weights) = linear(8, 3);
    let out = bench.layer("mlp.3", op, weights, h, &[3]);
    let weights = ClassWeights::Given(vec![1.1, 0.6962, 1.4]);
    let root = bench.loss(LossOp::CrossEntropy { weights, smoothing: 0.0 }, &[out, y]);
    check(Case { folder, bench, out, root, inputs: vec![("tabular", InputId(0))] });
}

/// Experts as inputs, one mean and one log-variance each.
fn experts(bench: &mut Bench, mean: &[f32], log_variance: &[f32], count: usize, n: usize) -> Vec<NodeId> {
    let size = bench.batch.rows * n;
    (0..count)
        .map(|i| {
            let part = |v: &[f32]| v[i * size..(i + 1) * size].to_vec();
            let m = bench.input(&format!("mean{i}"), &[n], part(mean));
            let v = bench.input(&format!("log_variance{i}"), &[n], part(log_variance));
            bench.gaussian(Op::Normal, &[m, v], n)
        })
        .collect()
}

#[test]
fn a_product_of_experts_matches_with_extreme_variances_too() {
    let Some(folder) = golden("mmvae_poe/product_of_experts") else { return };
    let inputs = read(&folder, "inputs.safetensors");
    let outputs = read(&folder, "outputs.safetensors");
    let mut bench = Bench::new(3);
    let normals = experts(&mut bench, &inputs["mu"].1, &inputs["logvar"].1, 4, 5);
    let fused = bench.gaussian(Op::Mixture { kind: Mixture::Product, prior: false }, &normals, 5);
    let mean = bench.op(Op::NormalMean, &[fused], &[5]);
    let log_variance = bench.op(Op::NormalLogVar, &[fused], &[5]);
    let cot = &inputs["cot"].1;
    let cot_mean = bench.input("cotangent of mean", &[5], cot[..15].to_vec());
    let cot_log_variance = bench.input("cotangent of log-variance", &[5], cot[15..].to_vec());
    let a = bench.weighed_by(mean, cot_mean);
    let b = bench.weighed_by(log_variance, cot_log_variance);
    let root = bench.node(Op::Binary(Binary::Add), &[a, b], None, TensorType::scalar());
    let (forward, network) = bench.network(&[mean, log_variance, root]);
    let values = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
    assert_close(&values.host(mean).unwrap().unwrap().values, &outputs["mu"].1, 1e-5);
    assert_close(&values.host(log_variance).unwrap().unwrap().values, &outputs["logvar"].1, 1e-5);
    let gradients = values.backward(root).unwrap();
    let gathered = |offset: u32| -> Vec<f32> {
        (0..4).flat_map(|i| gradients.input(InputId(2 * i + offset)).unwrap().unwrap()).collect()
    };
    assert_close(&gathered(0), &outputs["grad.mu"].1, 1e-5);
    assert_close(&gathered(1), &outputs["grad.logvar"].1, 1e-5);
}

#[test]
fn a_mixture_deals_out_rows_as_multi_view_ae_does() {
    let Some(folder) = golden("mmvae_poe/multiview_representations") else { return };
    let inputs = read(&folder, "inputs.safetensors");
    let outputs = read(&folder, "outputs.safetensors");
    let mut bench = Bench::new(16);
    let normals = experts(&mut bench, &inputs["mu"].1, &inputs["logvar"].1, 7, 3);
    for (kind, name) in [(Mixture::Mixture, "moe"), (Mixture::Product, "poe")] {
        let fused = bench.gaussian(Op::Mixture { kind, prior: false }, &normals, 3);
        let mean = bench.op(Op::NormalMean, &[fused], &[3]);
        let log_variance = bench.op(Op::NormalLogVar, &[fused], &[3]);
        assert_close(&bench.value(mean), &outputs[&format!("{name}.mu")].1, 1e-5);
        assert_close(&bench.value(log_variance), &outputs[&format!("{name}.logvar")].1, 1e-5);
    }
}
