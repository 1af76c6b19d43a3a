//! Functions of each element and of two.

use super::*;

/// The value of a function at these numbers, after its gradient was checked.
fn at(function: Unary, x: &[f32]) -> Vec<f32> {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[x.len()], x.to_vec());
    let shape = bench.graph.node(x).ty.shape.clone();
    let y = bench.op(Op::Unary(function), &[x], &shape);
    bench.assert_gradients(y);
    bench.value(y)
}

#[test]
fn functions_of_each_element_are_pytorchs() {
    let x = [-2.0f32, -0.5, 0.7, 3.0];
    let map = |f: fn(f32) -> f32| x.map(f).to_vec();
    assert_close(&at(Unary::Relu, &x), &map(|v| v.max(0.0)), 1e-6);
    assert_close(&at(Unary::LeakyRelu { slope: 0.2 }, &x), &map(|v| if v > 0.0 { v } else { 0.2 * v }), 1e-6);
    assert_close(&at(Unary::Elu { alpha: 1.5 }, &x), &map(|v| if v > 0.0 { v } else { 1.5 * v.exp_m1() }), 1e-6);
    // torch.nn.functional.gelu
    assert_close(&at(Unary::Gelu, &x), &[-0.045500264, -0.15426877, 0.5306251, 2.9959502], 1e-6);
    assert_close(&at(Unary::Sigmoid, &x), &map(|v| 1.0 / (1.0 + (-v).exp())), 1e-6);
    assert_close(&at(Unary::Tanh, &x), &map(f32::tanh), 1e-6);
    assert_close(&at(Unary::Softplus, &x), &map(|v| v.exp().ln_1p()), 1e-6);
    assert_close(&at(Unary::Exp, &x), &map(f32::exp), 1e-6);
    assert_close(&at(Unary::Square, &x), &map(|v| v * v), 1e-6);
    assert_close(&at(Unary::Abs, &x), &map(f32::abs), 1e-6);
    assert_close(&at(Unary::Negate, &x), &map(|v| -v), 1e-6);
    assert_close(&at(Unary::Clamp { low: -1.0, high: 1.0 }, &x), &[-1.0, -0.5, 0.7, 1.0], 1e-6);
    let positive = [0.3f32, 1.0, 4.0];
    assert_close(&at(Unary::Log, &positive), &positive.map(f32::ln), 1e-6);
    assert_close(&at(Unary::Sqrt, &positive), &positive.map(f32::sqrt), 1e-6);
}

#[test]
fn softplus_and_elu_stay_finite_for_large_numbers() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2], vec![200.0, -200.0]);
    let softplus = bench.op(Op::Unary(Unary::Softplus), &[x], &[2]);
    let elu = bench.op(Op::Unary(Unary::Elu { alpha: 1.0 }), &[x], &[2]);
    assert_eq!(bench.value(softplus), [200.0, 0.0]);
    assert_eq!(bench.value(elu), [200.0, -1.0]);
}

#[test]
fn functions_of_two_broadcast_along_axes_of_extent_1_and_missing_last_axes() {
    for (left, right) in [
        (&[2, 3][..], &[2, 3][..]),
        (&[2, 3], &[2]),
        (&[2], &[2, 3]),
        (&[2, 3], &[2, 1]),
        (&[], &[2, 3]),
        (&[1, 3], &[2, 1]),
    ] {
        for function in [
            Binary::Add,
            Binary::Subtract,
            Binary::Multiply,
            Binary::Divide,
            Binary::Power,
            Binary::Maximum,
            Binary::Minimum,
        ] {
            let mut bench = Bench::new(2);
            let a = bench.random("a", left, 0.5, 2.0);
            let b = bench.random("b", right, 0.5, 2.0);
            let shape: &[usize] = if left.is_empty() && right.is_empty() {
                &[]
            } else if left.len() + right.len() == 1 {
                &[2]
            } else {
                &[2, 3]
            };
            let y = bench.op(Op::Binary(function), &[a, b], shape);
            bench.assert_gradients(y);
            let (va, vb) = (bench.value(a), bench.value(b));
            let pick = |v: &[f32], shape: &[usize], row: usize, i: usize, j: usize| match shape {
                [] => v[row],
                [_] => v[row * 2 + i],
                [m, n] => v[row * m * n + (i % m) * n + j % n],
                _ => f32::NAN,
            };
            let mut expected = Vec::new();
            for row in 0..2 {
                for i in 0..2 {
                    for j in 0..3 {
                        let (a, b) = (pick(&va, left, row, i, j), pick(&vb, right, row, i, j));
                        expected.push(match function {
                            Binary::Add => a + b,
                            Binary::Subtract => a - b,
                            Binary::Multiply => a * b,
                            Binary::Divide => a / b,
                            Binary::Power => a.powf(b),
                            Binary::Maximum => a.max(b),
                            Binary::Minimum => a.min(b),
                        });
                    }
                }
            }
            assert_close(&bench.value(y), &expected, 1e-6);
        }
    }
}

#[test]
fn equal_numbers_share_the_gradient_of_their_maximum() {
    let mut bench = Bench::new(1);
    let a = bench.input("a", &[], vec![2.0]);
    let b = bench.input("b", &[], vec![2.0]);
    let y = bench.op(Op::Binary(Binary::Maximum), &[a, b], &[]);
    let (forward, network) = bench.network(&[y]);
    let gradients =
        forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap().backward(y).unwrap();
    assert_eq!(gradients.input(InputId(0)).unwrap().unwrap(), [0.5]);
    assert_eq!(gradients.input(InputId(1)).unwrap().unwrap(), [0.5]);
}

#[test]
fn numbers_stand_on_either_side_of_a_function() {
    let x = [0.5f32, 2.0];
    for (op, reversed, expected) in [
        (Binary::Add, false, [3.5, 5.0]),
        (Binary::Add, true, [3.5, 5.0]),
        (Binary::Subtract, false, [-2.5, -1.0]),
        (Binary::Subtract, true, [2.5, 1.0]),
        (Binary::Multiply, false, [1.5, 6.0]),
        (Binary::Divide, false, [0.5 / 3.0, 2.0 / 3.0]),
        (Binary::Divide, true, [6.0, 1.5]),
        (Binary::Power, false, [0.125, 8.0]),
        (Binary::Power, true, [3f32.sqrt(), 9.0]),
        (Binary::Maximum, false, [3.0, 3.0]),
        (Binary::Minimum, true, [0.5, 2.0]),
    ] {
        let mut bench = Bench::new(1);
        let node = bench.input("x", &[2], x.to_vec());
        let y = bench.op(Op::Scalar { op, value: 3.0, reversed }, &[node], &[2]);
        assert_close(&bench.value(y), &expected, 1e-6);
        bench.assert_gradients(y);
    }
}

#[test]
fn softmax_sums_to_1_along_its_axis() {
    let mut bench = Bench::new(2);
    let x = bench.random("x", &[3, 2], -2.0, 2.0);
    let softmax = bench.op(Op::Softmax { axis: 0, log: false }, &[x], &[3, 2]);
    let log = bench.op(Op::Softmax { axis: 0, log: true }, &[x], &[3, 2]);
    let found = bench.value(softmax);
    for row in found.chunks(6) {
        assert_close(&[row[0] + row[2] + row[4], row[1] + row[3] + row[5]], &[1.0, 1.0], 1e-6);
    }
    assert_close(&bench.value(log), &found.iter().map(|v| v.ln()).collect::<Vec<_>>(), 1e-5);
    bench.assert_gradients(softmax);
    bench.assert_gradients(log);
}

#[test]
fn a_constant_is_the_same_for_everybody() {
    let mut bench = Bench::new(2);
    let y = bench.op(Op::Fill(1.5), &[], &[2]);
    assert_eq!(bench.value(y), [1.5; 4]);
}

#[test]
fn only_what_is_exactly_zero_is_zero() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[5], vec![0.0, -0.0, 1e-30, -2.0, 3e30]);
    let y = bench.op(Op::Unary(Unary::IsZero), &[x], &[5]);
    assert_eq!(bench.value(y), [1.0, 1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn nothing_is_learned_through_a_stopped_gradient() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2], vec![3.0, -1.0]);
    let still = bench.op(Op::StopGradient, &[x], &[2]);
    let product = bench.op(Op::Binary(Binary::Multiply), &[x, still], &[2]);
    let loss = bench.op(Op::Reduce { reduction: Reduction::Sum, axes: vec![0], keep: false }, &[product], &[]);
    let (forward, network) = bench.network(&[loss]);
    let values = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
    assert_eq!(values.host(loss).unwrap().unwrap().values, [10.0]);
    // The derivative of x * c, not of x * x.
    assert_eq!(values.backward(loss).unwrap().input(InputId(0)).unwrap(), Some(vec![3.0, -1.0]));
}
