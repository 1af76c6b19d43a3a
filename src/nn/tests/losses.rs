//! Losses against PyTorch's definitions.

use super::*;

fn pair(loss: LossOp, x: Vec<f32>, y: Vec<f32>) -> f32 {
    let mut bench = Bench::new(2);
    let n = x.len() / 2;
    let a = bench.input("x", &[n], x);
    let b = bench.input("y", &[n], y);
    let node = bench.loss(loss, &[a, b]);
    bench.assert_gradients(node);
    bench.value(node)[0]
}

#[test]
fn losses_of_numbers_match_their_definition() {
    let x = vec![1.0, 2.0, -1.0, 0.5];
    let y = vec![0.0, 2.25, 1.0, 0.0];
    let d = [1.0f32, 0.25, 2.0, 0.5];
    let squares: f32 = d.iter().map(|v| v * v).sum();
    assert_close(&[pair(LossOp::MeanSquared, x.clone(), y.clone())], &[squares / 4.0], 1e-6);
    assert_close(&[pair(LossOp::SumSquared, x.clone(), y.clone())], &[squares / 2.0], 1e-6);
    assert_close(&[pair(LossOp::MeanAbsolute, x.clone(), y.clone())], &[3.75 / 4.0], 1e-6);
    assert_close(&[pair(LossOp::SumAbsolute, x.clone(), y.clone())], &[3.75 / 2.0], 1e-6);
    let huber = (0.7 * (1.0 - 0.35) + 0.5 * 0.0625 + 0.7 * (2.0 - 0.35) + 0.5 * 0.25) / 4.0;
    assert_close(&[pair(LossOp::Huber { delta: 0.7 }, x.clone(), y.clone())], &[huber], 1e-6);
    let tau = std::f32::consts::TAU.ln();
    assert_close(&[pair(LossOp::GaussianNll, x, y)], &[0.5 * (squares + 4.0 * tau) / 2.0], 1e-6);
}

#[test]
fn the_gaussian_likelihood_takes_a_log_variance() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2], vec![1.0, 2.0]);
    let y = bench.input("y", &[2], vec![0.0, 2.0]);
    let v = bench.input("v", &[2], vec![0.5, -1.0]);
    let node = bench.loss(LossOp::GaussianNll, &[x, y, v]);
    let expected = 0.5 * (2.0 * std::f32::consts::TAU.ln() + 0.5 + (-0.5f32).exp() - 1.0);
    assert_close(&bench.value(node), &[expected], 1e-6);
    bench.assert_gradients(node);
}

#[test]
fn binary_cross_entropy_is_the_same_of_logits_and_of_probabilities() {
    let logits = vec![0.3f32, -2.0, 0.0, 4.0];
    let probabilities: Vec<f32> = logits.iter().map(|v| 1.0 / (1.0 + (-v).exp())).collect();
    let y = vec![1.0, 0.0, 0.5, 1.0];
    let expected =
        probabilities.iter().zip(&y).map(|(p, y)| -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())).sum::<f32>() / 4.0;
    assert_close(&[pair(LossOp::BinaryCrossEntropy { logits: true }, logits, y.clone())], &[expected], 1e-6);
    assert_close(&[pair(LossOp::BinaryCrossEntropy { logits: false }, probabilities, y)], &[expected], 1e-5);
}

/// Value and gradient of a binary cross entropy.
fn saturated(logits: bool, x: Vec<f32>, y: Vec<f32>) -> (f32, Vec<f32>) {
    let mut bench = Bench::new(1);
    let n = x.len();
    let a = bench.input("x", &[n], x);
    let b = bench.input("y", &[n], y);
    let node = bench.loss(LossOp::BinaryCrossEntropy { logits }, &[a, b]);
    let (forward, network) = bench.network(&[node]);
    let values = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
    let value = values.number(node).unwrap().unwrap();
    (value, values.backward(node).unwrap().input(InputId(0)).unwrap().unwrap())
}

#[test]
fn certain_and_wrong_probabilities_cost_100_and_have_a_finite_gradient() {
    let (value, gradient) = saturated(false, vec![0.0, 1.0], vec![1.0, 0.0]);
    assert_eq!(value, 100.0);
    // (p - y) / max(p (1 - p), 1e-12) / 2
    assert_close(&gradient, &[-5e11, 5e11], 1e-6);
    let (value, gradient) = saturated(false, vec![0.0, 1.0], vec![0.0, 1.0]);
    assert_eq!((value, gradient), (0.0, vec![0.0, 0.0]));
    let (value, gradient) = saturated(true, vec![200.0, -200.0], vec![0.0, 1.0]);
    assert_eq!((value, gradient), (200.0, vec![0.5, -0.5]));
}

/// Cross entropy of three classes at two rows by its definition.
fn entropy(x: &[f32], y: &[usize], w: &[f32], smoothing: f32) -> f32 {
    let (mut hard, mut soft, mut total) = (0.0, 0.0, 0.0);
    for (row, y) in x.chunks(3).zip(y) {
        let log_sum = row.iter().map(|v| v.exp()).sum::<f32>().ln();
        hard += w[*y] * (log_sum - row[*y]);
        soft += row.iter().zip(w).map(|(v, w)| w * (log_sum - v)).sum::<f32>();
        total += w[*y];
    }
    (1.0 - smoothing) * hard / total + smoothing / 3.0 * soft / total
}

#[test]
fn cross_entropy_is_a_mean_weighted_by_the_true_classes() {
    let x = [0.1f32, 1.0, -1.0, 2.0, 0.0, 0.5];
    for (weights, w) in [
        (ClassWeights::Equal, [1.0, 1.0, 1.0]),
        (ClassWeights::Given(vec![0.5, 2.0, 3.0]), [0.5, 2.0, 3.0]),
        (ClassWeights::InverseFrequency, [4.0, 1.0, 0.25]),
    ] {
        for smoothing in [0.0, 0.2] {
            let mut bench = Bench::new(2);
            let logits = bench.input("x", &[3], x.to_vec());
            let target = bench.classes("y", 3, vec![2.0, 0.0]);
            bench.class_weights.insert(InputId(1), vec![4.0, 1.0, 0.25]);
            let node = bench.loss(LossOp::CrossEntropy { weights: weights.clone(), smoothing }, &[logits, target]);
            assert_close(&bench.value(node), &[entropy(&x, &[2, 0], &w, smoothing as f32)], 1e-6);
            bench.assert_gradients(node);
        }
    }
}

#[test]
fn cross_entropy_and_dice_compare_maps_of_classes() {
    let mut bench = Bench::new(2);
    let x = bench.random("x", &[3, 2, 2], -1.0, 1.0);
    let classes = [0, 1, 2, 1, 2, 2, 0, 0];
    let y = bench.mask("y", 3, &[2, 2], classes.iter().map(|c| *c as f32).collect());
    let weights = ClassWeights::Given(vec![1.0, 2.0, 0.5]);
    let node = bench.loss(LossOp::CrossEntropy { weights, smoothing: 0.1 }, &[x, y]);
    let values = bench.value(x);
    let by_place: Vec<f32> =
        (0..8).flat_map(|p| (0..3).map(move |c| (p, c))).map(|(p, c)| values[p / 4 * 12 + c * 4 + p % 4]).collect();
    assert_close(&bench.value(node), &[entropy(&by_place, &classes, &[1.0, 2.0, 0.5], 0.1)], 1e-5);
    bench.assert_gradients(node);

    let p = bench.op(Op::Softmax { axis: 0, log: false }, &[x], &[3, 2, 2]);
    let node = bench.loss(LossOp::Dice { smooth: 0.5, squared: false, whole_batch: false }, &[p, y]);
    let p = bench.value(p);
    let mut expected = 0.0;
    for row in 0..2 {
        for class in 1..3 {
            let (mut overlap, mut size) = (0.0, 0.0);
            for place in 0..4 {
                let (p, t) = (p[row * 12 + class * 4 + place], f32::from(u8::from(classes[row * 4 + place] == class)));
                overlap += p * t;
                size += p + t;
            }
            expected += (1.0 - (2.0 * overlap + 0.5) / (size + 0.5)) / 4.0;
        }
    }
    assert_close(&bench.value(node), &[expected], 1e-5);
    bench.assert_gradients(node);
}

#[test]
fn dice_of_squares_over_the_whole_batch_is_that_of_ouyang() {
    let mut bench = Bench::new(2);
    let p = bench.random("p", &[3, 2, 2], 0.1, 0.9);
    let classes = [0, 1, 2, 1, 1, 1, 0, 0];
    let y = bench.mask("y", 3, &[2, 2], classes.iter().map(|c| *c as f32).collect());
    let node = bench.loss(LossOp::Dice { smooth: 1e-6, squared: true, whole_batch: true }, &[p, y]);
    let values = bench.value(p);
    let mut expected = 0.0;
    for class in 1..3 {
        let (mut overlap, mut size) = (0.0, 0.0);
        for place in 0..8 {
            let p = values[place / 4 * 12 + class * 4 + place % 4];
            let t = f32::from(u8::from(classes[place] == class));
            overlap += p * t;
            size += p * p + t;
        }
        expected += (1.0 - 2.0 * overlap / size) / 2.0;
    }
    assert_close(&bench.value(node), &[expected], 1e-5);
    bench.assert_gradients(node);
}

/// Cosine with the authors' guard.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / ((dot(a, a) + 1e-8).sqrt() * (dot(b, b) + 1e-8).sqrt())
}

#[test]
fn a_margin_compares_the_next_subject_where_both_have_it() {
    let x = [1.0f32, 0.2, -0.5, 0.3, 0.9, 0.4, -0.2, 0.8];
    let y = [0.1f32, 0.6, 0.7, -0.4, 0.5, 0.5];
    for near in [NearPairs::SameSubject, NearPairs::SameMember] {
        let mut bench = Bench::new(4);
        let a = bench.input("a", &[2], x.to_vec());
        // The third subject lacks the second member; nobody has the third.
        let b = bench.partial("b", &[2], y.to_vec(), &[true, true, false, true]);
        let c = bench.partial("c", &[2], vec![], &[false; 4]);
        let node = bench.loss(LossOp::Margin { by: 0.1, near }, &[a, b, c]);
        let mut expected = 0.0;
        for (row, at) in [(0, 0), (1, 1), (3, 2)] {
            let own = &x[2 * row..2 * row + 2];
            let next = (row + 1) % 4;
            let subject = cosine(own, &y[2 * at..2 * at + 2]);
            let member = cosine(own, &x[2 * next..2 * next + 2]);
            let (near, far) = if near == NearPairs::SameSubject { (subject, member) } else { (member, subject) };
            expected += (0.1 - near + far).max(0.0) / 3.0;
        }
        assert_close(&bench.value(node), &[expected], 1e-5);
        bench.assert_gradients(node);
    }
}

#[test]
fn a_margin_without_another_subject_is_nothing() {
    let mut bench = Bench::new(1);
    let a = bench.input("a", &[2], vec![1.0, 2.0]);
    let b = bench.input("b", &[2], vec![2.0, 1.0]);
    let node = bench.loss(LossOp::Margin { by: 0.1, near: NearPairs::SameSubject }, &[a, b]);
    assert_eq!(bench.value(node), [0.0]);
}

#[test]
fn class_weights_that_were_not_computed_are_an_error() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[2], vec![0.0, 1.0]);
    let y = bench.classes("y", 2, vec![1.0]);
    let node = bench.loss(LossOp::CrossEntropy { weights: ClassWeights::InverseFrequency, smoothing: 0.0 }, &[x, y]);
    let (forward, network) = bench.network(&[node]);
    let error = forward.run(&network, &bench.batch, &bench.settings(TRAINING)).unwrap_err();
    assert_eq!(error, NnError::ClassWeights { path: "test.Loss".into(), classes: 2, found: 0 });
}

#[test]
fn the_cox_loss_compares_each_event_with_those_still_at_risk() {
    let mut bench = Bench::new(5);
    let risk = [0.5f32, -1.0, 2.0, 0.25, -0.75];
    // Two times are equal: each is at risk at the other's. The last subject was censored first.
    let (time, event) = ([3.0f32, 1.0, 3.0, 4.0, 0.5], [1.0f32, 1.0, 1.0, 0.0, 0.0]);
    let x = bench.input("risk", &[1], risk.to_vec());
    let t = bench.input("time", &[], time.to_vec());
    let e = bench.input("event", &[], event.to_vec());
    let loss = bench.loss(LossOp::CoxPartialLikelihood, &[x, t, e]);
    let expected: f32 = (0..5)
        .map(|i| {
            let at_risk = (0..5).filter(|j| time[*j] >= time[i]).map(|j| risk[j].exp());
            event[i] * (at_risk.sum::<f32>().ln() - risk[i])
        })
        .sum();
    assert_close(&bench.value(loss), &[expected / 5.0], 1e-6);
    let shifted = bench.input("large", &[1], risk.iter().map(|r| r + 200.0).collect());
    let far = bench.loss(LossOp::CoxPartialLikelihood, &[shifted, t, e]);
    assert_close(&bench.value(far), &[expected / 5.0], 1e-4);
    let (forward, network) = bench.network(&[loss]);
    let values = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
    let gradients = values.backward(loss).unwrap().input(InputId(0)).unwrap().unwrap();
    let expected: Vec<f32> = (0..5)
        .map(|k| {
            let share = |i: usize| {
                let sum: f32 = (0..5).filter(|j| time[*j] >= time[i]).map(|j| risk[j].exp()).sum();
                if time[k] >= time[i] { risk[k].exp() / sum } else { 0.0 }
            };
            ((0..5).map(|i| event[i] * share(i)).sum::<f32>() - event[k]) / 5.0
        })
        .collect();
    assert_close(&gradients, &expected, 1e-5);
}
