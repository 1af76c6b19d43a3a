//! Gaussians: parts, samples, divergences, mixtures.

use super::*;

fn normal(bench: &mut Bench, name: &str, n: usize) -> NodeId {
    let mean = bench.random(&format!("{name} mean"), &[n], -1.0, 1.0);
    let log_variance = bench.random(&format!("{name} log-variance"), &[n], -1.0, 1.0);
    bench.gaussian(Op::Normal, &[mean, log_variance], n)
}

#[test]
fn a_gaussian_is_its_mean_and_its_log_variance() {
    let mut bench = Bench::new(2);
    let mean = bench.random("mean", &[3], -1.0, 1.0);
    let log_variance = bench.random("log-variance", &[3], -1.0, 1.0);
    let both = bench.gaussian(Op::Normal, &[mean, log_variance], 3);
    let first = bench.op(Op::NormalMean, &[both], &[3]);
    let second = bench.op(Op::NormalLogVar, &[both], &[3]);
    assert_eq!(bench.value(first), bench.value(mean));
    assert_eq!(bench.value(second), bench.value(log_variance));
    bench.assert_gradients(both);
}

#[test]
fn a_sample_is_the_mean_in_prediction_and_spreads_in_training() {
    let mut bench = Bench::new(1);
    let mean = bench.input("mean", &[4000], vec![2.0; 4000]);
    let log_variance = bench.input("log-variance", &[4000], vec![9f32.ln(); 4000]);
    let both = bench.gaussian(Op::Normal, &[mean, log_variance], 4000);
    let sample = bench.op(Op::Sample, &[both], &[4000]);
    assert_eq!(bench.value(sample), vec![2.0; 4000]);
    let drawn = bench.value_in(sample, TRAINING);
    let average = drawn.iter().sum::<f32>() / 4000.0;
    let deviation = (drawn.iter().map(|v| (v - average).powi(2)).sum::<f32>() / 4000.0).sqrt();
    assert!((average - 2.0).abs() < 0.2 && (deviation - 3.0).abs() < 0.2, "{average} {deviation}");
    assert_eq!(drawn, bench.value_in(sample, TRAINING));
    assert_ne!(drawn, bench.value_in(sample, Mode::Training { seed: 12, step: 3 }));
}

#[test]
fn gradients_flow_through_samples() {
    let mut bench = Bench::new(2);
    let x = normal(&mut bench, "x", 3);
    let sample = bench.op(Op::Sample, &[x], &[3]);
    bench.assert_gradients_in(sample, TRAINING);
}

#[test]
fn divergences_match_their_closed_form() {
    let mut bench = Bench::new(2);
    let p = normal(&mut bench, "p", 3);
    let q = normal(&mut bench, "q", 3);
    let to_standard = bench.op(Op::Kl, &[p], &[]);
    let to_other = bench.op(Op::Kl, &[p, q], &[]);
    let values: Vec<Vec<f32>> = (0..4).map(|i| bench.batch.inputs[i].as_ref().unwrap().values.clone()).collect();
    let closed = |row: usize, other: bool| -> f32 {
        (0..3)
            .map(|i| {
                let at = row * 3 + i;
                let (m, v) = (values[0][at], values[1][at]);
                let (n, w) = if other { (values[2][at], values[3][at]) } else { (0.0, 0.0) };
                0.5 * (w - v + (v.exp() + (m - n).powi(2)) / w.exp() - 1.0)
            })
            .sum()
    };
    assert_close(&bench.value(to_standard), &[closed(0, false), closed(1, false)], 1e-5);
    assert_close(&bench.value(to_other), &[closed(0, true), closed(1, true)], 1e-5);
    bench.assert_gradients(to_standard);
    bench.assert_gradients(to_other);
}

#[test]
fn gradients_flow_through_every_mixture() {
    for kind in [Mixture::Product, Mixture::Mixture, Mixture::MixtureOfProducts] {
        for prior in [false, true] {
            let mut bench = Bench::new(7);
            let experts = [normal(&mut bench, "a", 2), normal(&mut bench, "b", 2), normal(&mut bench, "c", 2)];
            let fused = bench.gaussian(Op::Mixture { kind, prior }, &experts, 2);
            bench.assert_gradients(fused);
        }
    }
}

/// Two experts of mean 1 and 3 and unit variance; the first is lacked by row 0, the second by row 2, both by row 3.
fn two_experts(kind: Mixture, prior: bool) -> (Vec<f32>, Vec<f32>) {
    let mut bench = Bench::new(4);
    let mut experts = Vec::new();
    for (mean, present) in [(1.0, [false, true, true, false]), (3.0, [true, true, false, false])] {
        let m = bench.partial("mean", &[1], vec![mean; 2], &present);
        let v = bench.op(Op::Scalar { op: Binary::Multiply, value: 0.0, reversed: false }, &[m], &[1]);
        experts.push(bench.gaussian(Op::Normal, &[m, v], 1));
    }
    let fused = bench.node(Op::Mixture { kind, prior }, &experts, None, TensorType::normal(1));
    let mean = bench.op(Op::NormalMean, &[fused], &[1]);
    let log_variance = bench.op(Op::NormalLogVar, &[fused], &[1]);
    bench.assert_gradients(fused);
    (bench.value(mean), bench.value(log_variance))
}

#[test]
fn experts_that_a_row_lacks_are_left_out_of_the_product() {
    let (mean, log_variance) = two_experts(Mixture::Product, false);
    assert_close(&mean, &[3.0, 2.0, 1.0, 0.0], 1e-6);
    assert_close(&log_variance, &[0.0, -(2f32.ln()), 0.0, 0.0], 1e-6);
    let (mean, log_variance) = two_experts(Mixture::Product, true);
    assert_close(&mean, &[1.5, 4.0 / 3.0, 0.5, 0.0], 1e-6);
    assert_close(&log_variance, &[-(2f32.ln()), -(3f32.ln()), -(2f32.ln()), 0.0], 1e-6);
}

#[test]
fn experts_that_a_row_lacks_get_none_of_the_mixtures_rows() {
    let (mean, _) = two_experts(Mixture::Mixture, false);
    assert_eq!(mean, [3.0, 1.0, 1.0, 0.0]);
    // A row alone in its pattern takes its first subset: one expert.
    let (mean, _) = two_experts(Mixture::MixtureOfProducts, false);
    assert_eq!(mean, [3.0, 1.0, 1.0, 0.0]);
}

#[test]
fn a_mixture_of_products_deals_rows_out_among_subsets_with_the_prior_in_the_full_one() {
    let mut bench = Bench::new(3);
    let mut experts = Vec::new();
    for mean in [1.0, 3.0] {
        let m = bench.input("mean", &[1], vec![mean; 3]);
        let v = bench.input("log-variance", &[1], vec![0.0; 3]);
        experts.push(bench.gaussian(Op::Normal, &[m, v], 1));
    }
    let fused = bench.gaussian(Op::Mixture { kind: Mixture::MixtureOfProducts, prior: true }, &experts, 1);
    let mean = bench.op(Op::NormalMean, &[fused], &[1]);
    assert_close(&bench.value(mean), &[1.0, 3.0, 4.0 / 3.0], 1e-6);
}
