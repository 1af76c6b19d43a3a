//! Layers with weights.

use super::*;

fn affine(n: usize) -> Vec<WeightSpec> {
    vec![WeightSpec::parameter("weight", [n], Init::Normal(1.0)), WeightSpec::parameter("bias", [n], Init::Normal(1.0))]
}

fn with_statistics(n: usize) -> Vec<WeightSpec> {
    let mut weights = affine(n);
    weights.push(WeightSpec::buffer("running_mean", [n], Init::Normal(0.5)));
    weights.push(WeightSpec::buffer("running_var", [n], Init::Constant(1.7)));
    weights
}

#[test]
fn a_linear_weight_is_held_by_output_and_input() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2], vec![1.0, 10.0]);
    let weights =
        vec![WeightSpec::parameter("weight", [3, 2], Init::ZEROS), WeightSpec::parameter("bias", [3], Init::ZEROS)];
    let y = bench.layer("fc", Op::Linear { inputs: 2, outputs: 3, bias: true }, weights, x, &[3]);
    bench.weights.insert("fc.weight".into(), (vec![3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    bench.weights.insert("fc.bias".into(), (vec![3], vec![0.5, 0.0, -0.5]));
    assert_eq!(bench.value(y), [21.5, 43.0, 64.5]);
    bench.assert_gradients(y);
    let (_, network) = bench.network(&[y]);
    assert_eq!(network.weights().unwrap()[0].values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn a_linear_map_acts_on_the_last_axis() {
    let mut bench = Bench::new(2);
    let x = bench.random("x", &[3, 4], -1.0, 1.0);
    let weights = vec![WeightSpec::parameter("weight", [5, 4], Init::Normal(1.0))];
    let y = bench.layer("fc", Op::Linear { inputs: 4, outputs: 5, bias: false }, weights, x, &[3, 5]);
    bench.assert_gradients(y);
}

#[test]
fn batch_norm_normalises_with_the_biased_and_remembers_the_unbiased_variance() {
    let mut bench = Bench::new(3);
    let x = bench.input("x", &[1, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 9.0]);
    let op = Op::BatchNorm { channels: 1, eps: 0.0, momentum: 0.25, affine: false };
    let buffers =
        vec![WeightSpec::buffer("running_mean", [1], Init::ZEROS), WeightSpec::buffer("running_var", [1], Init::ONES)];
    let y = bench.layer("bn", op, buffers, x, &[1, 2]);
    let (forward, mut network) = bench.network(&[y]);
    let mut values = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap();
    let (mean, biased) = (4.0f32, 40.0f32 / 6.0);
    let expected: Vec<f32> = [1.0, 2.0, 3.0, 4.0, 5.0, 9.0].iter().map(|v| (v - mean) / biased.sqrt()).collect();
    assert_close(&values.host(y).unwrap().unwrap().values, &expected, 1e-6);
    network.absorb(values.take_statistics());
    let weights = network.weights().unwrap();
    assert_close(&weights[0].values, &[0.25 * mean], 1e-6);
    assert_close(&weights[1].values, &[0.75 + 0.25 * 40.0 / 5.0], 1e-6);
}

#[test]
fn a_batch_norm_applied_twice_moves_its_statistics_twice() {
    let mut bench = Bench::new(2);
    let a = bench.input("a", &[1], vec![1.0, 3.0]);
    let b = bench.input("b", &[1], vec![10.0, 10.0]);
    let op = Op::BatchNorm { channels: 1, eps: 1e-5, momentum: 0.5, affine: false };
    let buffers =
        vec![WeightSpec::buffer("running_mean", [1], Init::ZEROS), WeightSpec::buffer("running_var", [1], Init::ONES)];
    let first = bench.layer("bn", op.clone(), buffers, a, &[1]);
    let second = bench.node(op, &[b], Some(ModuleId(0)), TensorType::tensor([1]));
    let (forward, mut network) = bench.network(&[first, second]);
    let mut values = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap();
    network.absorb(values.take_statistics());
    assert_close(&network.weights().unwrap()[0].values, &[(0.5 * 2.0) * 0.5 + 0.5 * 10.0], 1e-6);
}

#[test]
fn a_batch_of_one_number_a_channel_does_not_break_batch_norm() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2], vec![1.0, 3.0]);
    let y = bench.layer(
        "bn",
        Op::BatchNorm { channels: 2, eps: 1e-5, momentum: 0.1, affine: true },
        with_statistics(2),
        x,
        &[2],
    );
    assert!(bench.value_in(y, TRAINING).iter().all(|v| v.is_finite()));
}

#[test]
fn gradients_of_normalisations_match_central_differences() {
    for (op, shape, weights) in [
        (Op::BatchNorm { channels: 3, eps: 1e-5, momentum: 0.1, affine: true }, &[3, 2, 2, 2][..], with_statistics(3)),
        (Op::BatchNorm { channels: 3, eps: 1e-5, momentum: 0.1, affine: true }, &[3], with_statistics(3)),
        (Op::InstanceNorm { channels: 3, eps: 1e-5, affine: true }, &[3, 4, 3], affine(3)),
        (Op::InstanceNorm { channels: 3, eps: 1e-5, affine: false }, &[3, 4, 3], vec![]),
        (Op::GroupNorm { groups: 2, channels: 4, eps: 1e-5, affine: true }, &[4, 3, 2], affine(4)),
        (Op::GroupNorm { groups: 2, channels: 4, eps: 1e-5, affine: false }, &[4, 3, 2], vec![]),
        (Op::LayerNorm { features: 5, eps: 1e-5, affine: true }, &[2, 5], affine(5)),
        (Op::LayerNorm { features: 5, eps: 1e-5, affine: false }, &[5], vec![]),
    ] {
        let mut bench = Bench::new(4);
        let x = bench.random("x", shape, -1.5, 2.0);
        let y = bench.layer("norm", op, weights, x, shape);
        bench.assert_gradients(y);
        bench.assert_gradients_in(y, TRAINING);
    }
}

#[test]
fn normalisations_give_mean_0_and_variance_1_where_they_should() {
    // Over (channels of a group, space) of one row.
    let check = |op: Op, weights: Vec<WeightSpec>, group: usize| {
        let mut bench = Bench::new(2);
        let x = bench.random("x", &[4, 6], 3.0, 5.0);
        let y = bench.layer("norm", op, weights, x, &[4, 6]);
        for part in bench.value(y).chunks(group) {
            let mean = part.iter().sum::<f32>() / group as f32;
            let variance = part.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / group as f32;
            assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-3, "{mean} {variance}");
        }
    };
    let ones = |n: usize| {
        vec![WeightSpec::parameter("weight", [n], Init::ONES), WeightSpec::parameter("bias", [n], Init::ZEROS)]
    };
    check(Op::InstanceNorm { channels: 4, eps: 1e-6, affine: true }, ones(4), 6);
    check(Op::InstanceNorm { channels: 4, eps: 1e-6, affine: false }, vec![], 6);
    check(Op::GroupNorm { groups: 2, channels: 4, eps: 1e-6, affine: true }, ones(4), 12);
    check(Op::GroupNorm { groups: 2, channels: 4, eps: 1e-6, affine: false }, vec![], 12);
    check(Op::LayerNorm { features: 6, eps: 1e-6, affine: true }, ones(6), 6);
    check(Op::LayerNorm { features: 6, eps: 1e-6, affine: false }, vec![], 6);
}

#[test]
fn an_instance_norm_of_two_numbers_in_all_is_its_shift() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2, 1], vec![4.0, 5.0]);
    let y = bench.layer("norm", Op::InstanceNorm { channels: 2, eps: 1e-5, affine: true }, affine(2), x, &[2, 1]);
    bench.weights.insert("norm.weight".into(), (vec![2], vec![1.0, 1.0]));
    bench.weights.insert("norm.bias".into(), (vec![2], vec![0.25, -1.0]));
    assert_eq!(bench.value(y), [0.25, -1.0]);
}

#[test]
fn an_embedding_gives_the_row_of_the_class() {
    let mut bench = Bench::new(3);
    let x = bench.classes("sex", 3, vec![2.0, 0.0, 2.0]);
    let y = bench.layer(
        "e",
        Op::Embedding { levels: 3, size: 2 },
        vec![WeightSpec::parameter("weight", [3, 2], Init::Normal(1.0))],
        x,
        &[2],
    );
    bench.weights.insert("e.weight".into(), (vec![3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    assert_eq!(bench.value(y), [5.0, 6.0, 1.0, 2.0, 5.0, 6.0]);
    bench.assert_gradients(y);
}

#[test]
fn prelu_has_one_slope_or_one_a_channel() {
    for (slopes, expected) in [(1, [-0.5, 2.0, -1.5, 4.0]), (2, [-0.5, 2.0, -0.75, 4.0])] {
        let mut bench = Bench::new(1);
        let x = bench.input("x", &[2, 2], vec![-1.0, 2.0, -3.0, 4.0]);
        let y = bench.layer(
            "p",
            Op::PRelu { slopes },
            vec![WeightSpec::parameter("weight", [slopes], Init::ZEROS)],
            x,
            &[2, 2],
        );
        bench.weights.insert("p.weight".into(), (vec![slopes], vec![0.5, 0.25][..slopes].to_vec()));
        assert_eq!(bench.value(y), expected);
        bench.assert_gradients(y);
    }
}

#[test]
fn dropout_scales_up_what_it_keeps_and_does_nothing_in_prediction() {
    let mut bench = Bench::new(4);
    let x = bench.input("x", &[500], vec![1.0; 2000]);
    let y = bench.op(Op::Dropout { probability: 0.25, channels: false }, &[x], &[500]);
    assert_eq!(bench.value(y), vec![1.0; 2000]);
    let dropped = bench.value_in(y, TRAINING);
    assert!(dropped.iter().all(|v| *v == 0.0 || (*v - 4.0 / 3.0).abs() < 1e-6));
    let share = dropped.iter().filter(|v| **v == 0.0).count() as f64 / 2000.0;
    assert!((share - 0.25).abs() < 0.04, "{share}");
    assert_eq!(dropped, bench.value_in(y, TRAINING));
    assert_ne!(dropped, bench.value_in(y, Mode::Training { seed: 11, step: 4 }));
    bench.assert_gradients_in(y, TRAINING);
}

#[test]
fn dropout_of_channels_takes_them_whole() {
    let mut bench = Bench::new(8);
    let x = bench.input("x", &[16, 2, 2], vec![1.0; 8 * 64]);
    let y = bench.op(Op::Dropout { probability: 0.5, channels: true }, &[x], &[16, 2, 2]);
    let dropped = bench.value_in(y, TRAINING);
    assert!(dropped.chunks(4).all(|c| c.iter().all(|v| *v == c[0])));
    assert!(dropped.contains(&0.0) && dropped.contains(&2.0));
}

#[test]
fn dropout_of_everything_leaves_zeros() {
    let mut bench = Bench::new(2);
    let x = bench.input("x", &[3], vec![1.0; 6]);
    let y = bench.op(Op::Dropout { probability: 1.0, channels: false }, &[x], &[3]);
    assert_eq!(bench.value_in(y, TRAINING), [0.0; 6]);
}

#[test]
fn a_learned_array_of_any_rank_is_weighed_by_everybody() {
    for shape in [&[3][..], &[2, 3], &[2, 2, 3], &[1, 2, 2, 3], &[2, 1, 2, 2, 3]] {
        let mut bench = Bench::new(2);
        let x = bench.random("x", shape, -1.0, 1.0);
        let op = Op::Learned { shape: shape.to_vec() };
        let weights = vec![WeightSpec::parameter("weight", shape, Init::Normal(1.0))];
        let module =
            bench.graph.push_module(Module { path: "w".into(), operator: "Parameter".into(), op: op.clone(), weights });
        let ty = TensorType { batched: false, ..TensorType::tensor(shape) };
        let w = bench.node(op, &[], Some(module), ty);
        let y = bench.op(Op::Binary(Binary::Multiply), &[x, w], shape);
        bench.assert_gradients(y);
    }
}

fn makers(n: usize, k: usize, outputs: usize) -> Vec<WeightSpec> {
    vec![
        WeightSpec::parameter("weights_gen.weight", [outputs * n, k], Init::Normal(1.0)),
        WeightSpec::parameter("weights_gen.bias", [outputs * n], Init::Normal(1.0)),
        WeightSpec::parameter("bias_gen.weight", [outputs, k], Init::Normal(1.0)),
        WeightSpec::parameter("bias_gen.bias", [outputs], Init::Normal(1.0)),
    ]
}

#[test]
fn a_hyper_linear_map_is_that_of_the_weights_made_for_each_row() {
    let (rows, n, k, outputs) = (3, 4, 2, 5);
    let mut bench = Bench::new(rows);
    let x = bench.random("x", &[n], -1.0, 1.0);
    let by = bench.random("by", &[k], -1.0, 1.0);
    let op = Op::HyperLinear { inputs: n, outputs, embedding: k };
    let module = bench.graph.push_module(Module {
        path: "hyper".into(),
        operator: "HyperLinear".into(),
        op: op.clone(),
        weights: makers(n, k, outputs),
    });
    let y = bench.node(op, &[x, by], Some(module), TensorType::tensor([outputs]));
    bench.assert_gradients(y);
    let (_, network) = bench.network(&[y]);
    let weights: Vec<Vec<f32>> = network.weights().unwrap().into_iter().map(|w| w.values).collect();
    let (x, by) = (bench.value(x), bench.value(by));
    let made = |of: usize, row: usize, element: usize| -> f32 {
        let slopes = (0..k).map(|i| weights[of][element * k + i] * by[row * k + i]);
        slopes.sum::<f32>() + weights[of + 1][element]
    };
    let expected: Vec<f32> = (0..rows * outputs)
        .map(|at| {
            let (row, o) = (at / outputs, at % outputs);
            (0..n).map(|i| made(0, row, o * n + i) * x[row * n + i]).sum::<f32>() + made(2, row, o)
        })
        .collect();
    assert_close(&bench.value(y), &expected, 1e-5);
}
