//! Rows that lack an input.

use super::*;

fn of(ids: &[u32]) -> Presence {
    ids.iter().map(|i| InputId(*i)).collect()
}

#[test]
fn what_some_rows_lack_is_computed_for_the_others_alone() {
    let mut bench = Bench::new(3);
    let x = bench.partial("x", &[1], vec![1.0, 3.0], &[true, false, true]);
    let op = Op::BatchNorm { channels: 1, eps: 0.0, momentum: 1.0, affine: false };
    let buffers =
        vec![WeightSpec::buffer("running_mean", [1], Init::ZEROS), WeightSpec::buffer("running_var", [1], Init::ONES)];
    let y = bench.layer("bn", op, buffers, x, &[1]);
    let (forward, mut network) = bench.network(&[y]);
    let mut values = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap();
    let found = values.host(y).unwrap().unwrap();
    assert_eq!((found.values, found.rows), (vec![-1.0, 1.0], Some(vec![0, 2])));
    network.absorb(values.take_statistics());
    assert_close(&network.weights().unwrap()[0].values, &[2.0], 1e-6);
}

#[test]
fn rows_are_restricted_to_those_who_have_all() {
    let mut bench = Bench::new(3);
    let a = bench.partial("a", &[1], vec![1.0, 2.0], &[true, true, false]);
    let b = bench.partial("b", &[1], vec![20.0, 30.0], &[false, true, true]);
    let all = bench.input("c", &[1], vec![100.0, 200.0, 300.0]);
    let restricted = bench.node(Op::Restrict, &[all], None, TensorType::tensor([1]).held_by(of(&[0])));
    assert_eq!(bench.value(restricted), [100.0, 200.0]);
    let sum = bench.op(Op::Binary(Binary::Add), &[a, b], &[1]);
    assert_eq!(bench.value(sum), [22.0]);
    bench.assert_gradients(restricted);
}

#[test]
fn something_stands_in_for_what_is_absent() {
    let mut bench = Bench::new(3);
    let a = bench.partial("a", &[2], vec![1.0, 2.0, 5.0, 6.0], &[true, false, true]);
    let b = bench.partial("b", &[2], vec![30.0, 40.0], &[false, true, false]);
    let all = bench.input("c", &[2], vec![7.0; 6]);
    bench.training_means.insert(InputId(0), vec![-1.0, -2.0]);
    let ty = TensorType::tensor([2]);
    for (with, inputs, expected) in [
        (Coalesce::Zeros, vec![a], [1.0, 2.0, 0.0, 0.0, 5.0, 6.0]),
        (Coalesce::TrainingMean, vec![a], [1.0, 2.0, -1.0, -2.0, 5.0, 6.0]),
        (Coalesce::Other, vec![a, all], [1.0, 2.0, 7.0, 7.0, 5.0, 6.0]),
        (Coalesce::Other, vec![a, b], [1.0, 2.0, 30.0, 40.0, 5.0, 6.0]),
    ] {
        let y = bench.node(Op::Coalesce(with), &inputs, None, ty.clone());
        assert_eq!(bench.value(y), expected);
        bench.assert_gradients(y);
    }
}

#[test]
fn something_stands_in_where_nobody_has_it() {
    let mut bench = Bench::new(2);
    let a = bench.partial("a", &[1], vec![], &[false, false]);
    let b = bench.input("b", &[1], vec![3.0, 4.0]);
    bench.training_means.insert(InputId(0), vec![-1.0]);
    let ty = TensorType::tensor([1]);
    for (with, inputs, expected) in [
        (Coalesce::Zeros, vec![a], [0.0, 0.0]),
        (Coalesce::TrainingMean, vec![a], [-1.0, -1.0]),
        (Coalesce::Other, vec![a, b], [3.0, 4.0]),
    ] {
        let y = bench.node(Op::Coalesce(with), &inputs, None, ty.clone());
        assert_eq!(bench.value(y), expected);
    }
}

#[test]
fn the_mean_over_training_subjects_must_have_been_taken() {
    let mut bench = Bench::new(1);
    let a = bench.partial("a", &[2], vec![], &[false]);
    let y = bench.node(Op::Coalesce(Coalesce::TrainingMean), &[a], None, TensorType::tensor([2]));
    let (forward, network) = bench.network(&[y]);
    let error = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap_err();
    assert_eq!(error, NnError::TrainingMean { path: "test.Coalesce".into(), expected: 2, found: 0 });
}

#[test]
fn a_family_is_reduced_over_the_members_a_row_has() {
    // Row 0 has both, row 1 the first, row 2 the second, row 3 neither.
    let mut bench = Bench::new(4);
    let a = bench.partial("a", &[1], vec![1.0, 2.0], &[true, true, false, false]);
    let b = bench.partial("b", &[1], vec![5.0, -3.0], &[true, false, true, false]);
    for (reduction, expected) in [
        (Reduction::Sum, [6.0, 2.0, -3.0, 0.0]),
        (Reduction::Mean, [3.0, 2.0, -3.0, 0.0]),
        (Reduction::Maximum, [5.0, 2.0, -3.0, 0.0]),
        (Reduction::Minimum, [1.0, 2.0, -3.0, 0.0]),
        (Reduction::Variance, [4.0, 0.0, 0.0, 0.0]),
    ] {
        let y = bench.node(Op::Present(reduction), &[a, b], None, TensorType::tensor([1]));
        assert_eq!(bench.value(y), expected, "{reduction:?}");
        bench.assert_gradients(y);
    }
}

#[test]
fn a_loss_is_over_the_rows_that_have_everything() {
    let mut bench = Bench::new(3);
    let a = bench.partial("a", &[1], vec![1.0, 2.0], &[true, true, false]);
    let b = bench.partial("b", &[1], vec![20.0, 30.0], &[false, true, true]);
    let loss = bench.loss(LossOp::MeanSquared, &[a, b]);
    assert_eq!(bench.value(loss), [18.0 * 18.0]);
    bench.assert_gradients(loss);
}

#[test]
fn a_loss_nobody_has_is_0_and_has_a_gradient_of_nothing() {
    let mut bench = Bench::new(2);
    let a = bench.partial("a", &[1], vec![1.0], &[true, false]);
    let b = bench.partial("b", &[1], vec![2.0], &[false, true]);
    let sum = bench.op(Op::Binary(Binary::Add), &[a, b], &[1]);
    let loss = bench.loss(LossOp::MeanSquared, &[a, b]);
    let (forward, network) = bench.network(&[sum, loss]);
    let values = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap();
    assert!(values.get(sum).is_none());
    assert_eq!(values.number(loss).unwrap(), Some(0.0));
    assert_eq!(values.backward(loss).unwrap().input(InputId(0)).unwrap(), None);
}

#[test]
fn a_mean_over_the_batch_is_over_those_who_have_the_value() {
    let mut bench = Bench::new(3);
    let a = bench.partial("a", &[], vec![1.0, 5.0], &[true, false, true]);
    let mean = bench.node(Op::BatchMean, &[a], None, TensorType::scalar());
    assert_eq!(bench.value(mean), [3.0]);
    bench.assert_gradients(mean);
}

#[test]
fn a_sum_of_losses_keeps_those_that_somebody_has() {
    let mut bench = Bench::new(2);
    let a = bench.partial("a", &[1], vec![], &[false, false]);
    let b = bench.input("b", &[1], vec![1.0, 3.0]);
    let lost = bench.loss(LossOp::MeanSquared, &[a, b]);
    let zero = bench.op(Op::Fill(0.0), &[], &[1]);
    let kept = bench.loss(LossOp::MeanSquared, &[b, zero]);
    let sum = bench.node(Op::Binary(Binary::Add), &[lost, kept], None, TensorType::scalar().held_by(of(&[0])));
    assert_eq!(bench.value(sum), [5.0]);
    bench.assert_gradients(sum);
}
