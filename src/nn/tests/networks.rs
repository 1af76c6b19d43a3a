//! Networks as a whole: starts, weights in and out, determinism, what is not finite, bad batches.

use super::*;

/// A small network of every family: convolution, batch norm, dropout, sample, loss.
fn mixed() -> (Bench, NodeId) {
    mixed_over(6)
}

/// The same over cubes of this extent.
fn mixed_over(n: usize) -> (Bench, NodeId) {
    let mut bench = Bench::new(6);
    let x = bench.random("x", &[2, n, n, n], -1.0, 1.0);
    let op = ConvOp {
        inputs: 2,
        outputs: 8,
        kernel: vec![3; 3],
        stride: vec![1; 3],
        padding: vec![(1, 1); 3],
        dilation: vec![1; 3],
        groups: 1,
        bias: true,
        transposed: None,
    };
    let weights = vec![
        WeightSpec::parameter("weight", [8, 2, 3, 3, 3], Init::fan_in(54)),
        WeightSpec::parameter("bias", [8], Init::fan_in(54)),
    ];
    let h = bench.layer("conv", Op::Conv(op), weights, x, &[8, n, n, n]);
    let weights = vec![
        WeightSpec::parameter("weight", [8], Init::ONES),
        WeightSpec::parameter("bias", [8], Init::ZEROS),
        WeightSpec::buffer("running_mean", [8], Init::ZEROS),
        WeightSpec::buffer("running_var", [8], Init::ONES),
    ];
    let h = bench.layer(
        "bn",
        Op::BatchNorm { channels: 8, eps: 1e-5, momentum: 0.1, affine: true },
        weights,
        h,
        &[8, n, n, n],
    );
    let h = bench.op(Op::Dropout { probability: 0.3, channels: false }, &[h], &[8, n, n, n]);
    let h = bench.op(Op::AdaptivePool { kind: PoolKind::Average, size: vec![1; 3] }, &[h], &[8, 1, 1, 1]);
    let h = bench.op(Op::Reshape, &[h], &[8]);
    let weights = vec![WeightSpec::parameter("weight", [8, 8], Init::Normal(0.4))];
    let h = bench.layer("fc", Op::Linear { inputs: 8, outputs: 8, bias: false }, weights, h, &[8]);
    let mean = bench.op(Op::Slice { axis: 0, start: 0, end: 4, step: 1 }, &[h], &[4]);
    let log_variance = bench.op(Op::Slice { axis: 0, start: 4, end: 8, step: 1 }, &[h], &[4]);
    let z = bench.gaussian(Op::Normal, &[mean, log_variance], 4);
    let s = bench.op(Op::Sample, &[z], &[4]);
    let y = bench.random("y", &[4], -1.0, 1.0);
    let loss = bench.loss(LossOp::MeanSquared, &[s, y]);
    (bench, loss)
}

fn run_once(bench: &Bench, loss: NodeId) -> (f32, Vec<Weight>) {
    let (forward, network) = bench.network(&[loss]);
    let values = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap();
    (values.number(loss).unwrap().unwrap(), values.weight_gradients(loss, &network).unwrap())
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let (bench, loss) = mixed();
    let first = run_once(&bench, loss);
    for _ in 0..3 {
        let again = run_once(&bench, loss);
        assert_eq!(first.0.to_bits(), again.0.to_bits());
        assert_eq!(first.1, again.1);
    }
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    // Large enough that convolutions, products and sums are computed in parallel.
    let (bench, loss) = mixed_over(24);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run_once(&bench, loss))
    };
    let one = with(1);
    for threads in [2, 5] {
        let more = with(threads);
        assert_eq!(one.0.to_bits(), more.0.to_bits());
        assert_eq!(one.1, more.1);
    }
}

#[test]
fn the_weights_are_those_of_the_graph() {
    let (bench, loss) = mixed();
    let (_, network) = bench.network(&[loss]);
    let total: usize = network.weights().unwrap().iter().map(|w| w.values.len()).sum();
    assert_eq!(total, 432 + 8 + 32 + 64);
    assert_eq!(network.names().collect::<Vec<_>>()[..3], ["conv.weight", "conv.bias", "bn.weight"]);
}

#[test]
fn a_weight_starts_from_the_seed_and_its_name_alone() {
    let linear = |bench: &mut Bench, path: &str, x: NodeId| {
        let weights = vec![WeightSpec::parameter("weight", [3, 3], Init::fan_in(3))];
        bench.layer(path, Op::Linear { inputs: 3, outputs: 3, bias: false }, weights, x, &[3])
    };
    let mut short = Bench::new(1);
    let x = short.random("x", &[3], -1.0, 1.0);
    let y = linear(&mut short, "last", x);
    let mut long = Bench::new(1);
    let x = long.random("x", &[3], -1.0, 1.0);
    let h = linear(&mut long, "first", x);
    let z = linear(&mut long, "last", h);
    let short = short.network(&[y]).1.weights().unwrap();
    let long = long.network(&[z]).1.weights().unwrap();
    assert_eq!(short[0], long[1]);
    assert_ne!(long[0].values, long[1].values);
    let bound = 1.0 / 3f32.sqrt();
    assert!(long.iter().flat_map(|w| &w.values).all(|v| v.abs() <= bound));
}

#[test]
fn weights_come_back_as_they_were_set() {
    let (bench, loss) = mixed();
    let (_, mut network) = bench.network(&[loss]);
    let set: BTreeMap<String, (Vec<usize>, Vec<f32>)> = network
        .weights()
        .unwrap()
        .into_iter()
        .map(|w| (w.name.clone(), (w.shape, numbers(&w.name, w.values.len(), 0.5, 1.0))))
        .collect();
    network.set_weights(&set).unwrap();
    let got: BTreeMap<_, _> = network.weights().unwrap().into_iter().map(|w| (w.name, (w.shape, w.values))).collect();
    assert_eq!(got, set);
    let got: BTreeMap<_, _> =
        network.for_prediction().weights().unwrap().into_iter().map(|w| (w.name, (w.shape, w.values))).collect();
    assert_eq!(got, set);
}

#[test]
fn weights_that_do_not_fit_are_all_named_and_none_is_set() {
    let (bench, loss) = mixed();
    let (_, mut network) = bench.network(&[loss]);
    let before = network.weights().unwrap();
    let mut set: BTreeMap<String, (Vec<usize>, Vec<f32>)> =
        before.iter().map(|w| (w.name.clone(), (w.shape.clone(), vec![0.0; w.values.len()]))).collect();
    set.remove("bn.bias");
    set.insert("bn.scale".into(), (vec![8], vec![0.0; 8]));
    set.insert("fc.weight".into(), (vec![64], vec![0.0; 64]));
    let error = network.set_weights(&set).unwrap_err();
    assert_eq!(
        error,
        NnError::Weights(WeightsError {
            missing: vec!["bn.bias".into()],
            unknown: vec!["bn.scale".into()],
            misshapen: vec![("fc.weight".into(), vec![8, 8], vec![64])],
        })
    );
    assert_eq!(
        error.to_string(),
        "the weights do not fit the network\n  fc.weight: expected [8, 8], found [64]\n  bn.bias: is in the network, was not given\n  bn.scale: was given, is not in the network"
    );
    assert_eq!(network.weights().unwrap(), before);
}

#[test]
fn a_network_for_prediction_gives_the_same_values_without_gradients() {
    let (bench, loss) = mixed();
    let (forward, network) = bench.network(&[loss]);
    let tracked = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
    let mut settings = bench.settings(Mode::Prediction);
    settings.track_inputs = false;
    let plain = forward.run(&network.for_prediction(), &bench.batch, &settings).unwrap();
    assert_eq!(tracked.number(loss).unwrap(), plain.number(loss).unwrap());
    assert!(matches!(plain.backward(loss), Err(NnError::NoGradient { .. })));
}

#[test]
fn the_gradient_of_one_element_is_that_of_each_row_by_itself() {
    let mut bench = Bench::new(2);
    let x = bench.input("x", &[2], vec![1.0, 2.0, 3.0, 4.0]);
    let y = bench.op(Op::Unary(Unary::Square), &[x], &[2]);
    let (forward, network) = bench.network(&[y]);
    let values = || forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
    let of = |element: usize| values().backward_of(y, element).map(|g| g.input(InputId(0)).unwrap());
    assert_eq!(of(0).unwrap(), Some(vec![2.0, 0.0, 6.0, 0.0]));
    assert_eq!(of(1).unwrap(), Some(vec![0.0, 4.0, 0.0, 8.0]));
    let error = of(2).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(error.contains("2 elements a row, and 2 is asked for"), "{error}");
}

#[test]
fn frozen_modules_have_no_gradient() {
    let (bench, loss) = mixed();
    let (forward, mut network) = bench.network(&[loss]);
    network.freeze(&[ModuleId(0)]);
    let values = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap();
    let names: Vec<String> = values.weight_gradients(loss, &network).unwrap().into_iter().map(|w| w.name).collect();
    assert_eq!(names, ["bn.weight", "bn.bias", "fc.weight"]);
}

#[test]
fn the_first_number_that_is_not_finite_is_named() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2], vec![-1.0, 1.0]);
    let log = bench.op(Op::Unary(Unary::Log), &[x], &[2]);
    let y = bench.op(Op::Unary(Unary::Relu), &[log], &[2]);
    let (forward, network) = bench.network(&[y]);
    let found = first_non_finite(&forward, &network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap().unwrap();
    assert_eq!(found.to_string(), "test.Unary (Unary): 1 of 2 values are not a number");
    assert_eq!(found.count, (1, 2));
    bench.batch.inputs[0].as_mut().unwrap().values[0] = 2.0;
    assert_eq!(first_non_finite(&forward, &network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap(), None);
}

#[test]
fn a_gradient_that_is_not_finite_is_named() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[1], vec![0.0]);
    let weights = vec![WeightSpec::parameter("weight", [1, 1], Init::ONES)];
    let h = bench.layer("fc", Op::Linear { inputs: 1, outputs: 1, bias: false }, weights, x, &[1]);
    let y = bench.op(Op::Unary(Unary::Sqrt), &[h], &[1]);
    let (forward, network) = bench.network(&[y]);
    let values = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap();
    let found = first_non_finite_gradient(&values.backward(y).unwrap(), &network).unwrap().unwrap();
    assert_eq!((found.path.as_str(), found.op.as_str()), ("fc.weight", "gradient"));
}

#[test]
fn a_batch_that_does_not_fit_is_an_error() {
    let mut bench = Bench::new(2);
    let x = bench.classes("sex", 2, vec![0.0, 1.0]);
    let y = bench.op(Op::OneHot { levels: 2 }, &[x], &[2]);
    let (forward, network) = bench.network(&[y]);
    let error = |change: &dyn Fn(&mut Option<InputBatch>)| {
        let mut batch = bench.batch.clone();
        change(&mut batch.inputs[0]);
        forward.run(&network, &batch, &bench.settings(TRAINING)).unwrap_err().to_string()
    };
    assert_eq!(error(&|i| *i = None), "input `sex` is read by the network but is not in the batch");
    assert_eq!(
        error(&|i| i.as_mut().unwrap().values[1] = 2.0),
        "input `sex`: 2 is not a class number; expected a whole number from 0 to 1"
    );
    assert_eq!(error(&|i| i.as_mut().unwrap().shape = vec![3]), "input `sex`: expected [], found [3]");
    assert_eq!(
        error(&|i| {
            i.as_mut().unwrap().present[0] = false;
            i.as_mut().unwrap().values.pop();
        }),
        "input `sex`: expected a value for every row, found 1 of 2 rows without one"
    );
}
