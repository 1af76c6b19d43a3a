//! Contrastive losses, densities and sums of exponentials against their definitions.

use super::*;

const PLAIN: Scoring = Scoring { critic: Critic::Dot, temperature: 1.0, clip: None, penalty: 0.0 };

/// `[rows, features, places]` of an input, by subject, place and feature.
struct View {
    features: usize,
    places: usize,
    values: Vec<f32>,
}

impl View {
    fn at(&self, row: usize, place: usize) -> Vec<f64> {
        let at = |f: usize| f64::from(self.values[(row * self.features + f) * self.places + place]);
        (0..self.features).map(at).collect()
    }
}

fn score(scoring: &Scoring, a: &[f64], b: &[f64]) -> f64 {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(p, q)| p * q).sum::<f64>();
    let raw = match scoring.critic {
        Critic::Dot => dot(a, b),
        Critic::ScaledDot => dot(a, b) / (a.len() as f64).sqrt(),
        Critic::Cosine => dot(a, b) / (dot(a, a) * dot(b, b)).sqrt(),
    };
    raw / scoring.temperature
}

fn clipped(scoring: &Scoring, raw: f64) -> f64 {
    scoring.clip.map_or(raw, |c| c * (raw / c).tanh())
}

/// The bound by its definition, one score after the other.
fn info_nce(scoring: &Scoring, rows: usize, u: &View, v: &View) -> f64 {
    let (mut loss, mut count, mut squares, mut scores) = (0.0, 0.0, 0.0, 0.0);
    for by in 0..rows {
        let of = |bx: usize, ly: usize, lx: usize| score(scoring, &v.at(by, ly), &u.at(bx, lx));
        let pairs = || (0..v.places).flat_map(|ly| (0..u.places).map(move |lx| (ly, lx)));
        let negatives: f64 = (0..rows)
            .filter(|bx| *bx != by)
            .flat_map(|bx| pairs().map(move |(ly, lx)| (bx, ly, lx)))
            .map(|(bx, ly, lx)| clipped(scoring, of(bx, ly, lx)).exp())
            .sum();
        for (ly, lx) in pairs() {
            let own = clipped(scoring, of(by, ly, lx)).exp();
            loss -= (own / (own + negatives)).ln();
            count += 1.0;
            for bx in 0..rows {
                squares += of(bx, ly, lx).powi(2);
                scores += 1.0;
            }
        }
    }
    loss / count + scoring.penalty * squares / scores
}

fn scorings() -> Vec<Scoring> {
    [Critic::Dot, Critic::ScaledDot, Critic::Cosine]
        .into_iter()
        .flat_map(|critic| {
            let clipped = Scoring { critic, temperature: 0.5, clip: Some(3.0), penalty: 0.04 };
            [Scoring { critic, ..PLAIN }, clipped]
        })
        .collect()
}

#[test]
fn info_nce_sets_own_pairs_against_those_with_all_others() {
    for scoring in scorings() {
        for (n, m) in [(1, 1), (4, 1), (2, 3)] {
            let mut bench = Bench::new(4);
            let u = bench.random("u", &[5, n], -1.0, 1.0);
            let v = bench.random("v", &[5, m], -1.0, 1.0);
            let node = bench.loss(LossOp::InfoNce(scoring), &[u, v]);
            let u = View { features: 5, places: n, values: bench.value(u) };
            let v = View { features: 5, places: m, values: bench.value(v) };
            let expected = info_nce(&scoring, 4, &u, &v) as f32;
            assert_close(&bench.value(node), &[expected], 1e-5);
            bench.assert_gradients(node);
        }
    }
}

#[test]
fn info_nce_counts_the_subjects_who_have_both_views() {
    let present = [true, false, true, true];
    let mut bench = Bench::new(4);
    let u = bench.partial("u", &[3], numbers("u", 9, -1.0, 1.0), &present);
    let v = bench.random("v", &[3], -1.0, 1.0);
    let node = bench.loss(LossOp::InfoNce(PLAIN), &[u, v]);
    let held: Vec<f32> =
        bench.value(v).chunks(3).zip(present).filter(|(_, has)| *has).flat_map(|(x, _)| x.to_vec()).collect();
    let u = View { features: 3, places: 1, values: bench.value(u) };
    let v = View { features: 3, places: 1, values: held };
    assert_close(&bench.value(node), &[info_nce(&PLAIN, 3, &u, &v) as f32], 1e-5);
    bench.assert_gradients(node);
}

#[test]
fn one_subject_has_nothing_to_be_told_from() {
    let scoring = Scoring { penalty: 0.5, ..PLAIN };
    let mut bench = Bench::new(1);
    let u = bench.input("u", &[2], vec![1.0, 2.0]);
    let v = bench.input("v", &[2], vec![3.0, -1.0]);
    let node = bench.loss(LossOp::InfoNce(scoring), &[u, v]);
    assert_close(&bench.value(node), &[0.5], 1e-6);
    let class = bench.classes("class", 2, vec![1.0]);
    let alone = bench.loss(LossOp::SupervisedContrastive { scoring: PLAIN, base_temperature: 1.0 }, &[u, class]);
    assert_eq!(bench.value(alone), [0.0]);
    let correlation = LossOp::CanonicalCorrelation { ridge: 1e-3, norm: CorrelationNorm::Trace };
    let alone = bench.loss(correlation, &[u, v]);
    assert_eq!(bench.value(alone), [0.0]);
}

#[test]
fn scores_far_apart_do_not_overflow() {
    let mut bench = Bench::new(2);
    let u = bench.input("u", &[1], vec![100.0, -100.0]);
    let v = bench.input("v", &[1], vec![-100.0, 100.0]);
    let node = bench.loss(LossOp::InfoNce(PLAIN), &[u, v]);
    assert_close(&bench.value(node), &[20000.0], 1e-6);
}

#[test]
fn the_dual_bound_is_the_mean_over_pairs_minus_the_mean_over_own_pairs() {
    let softplus = |x: f64| (1.0 + x.exp()).ln();
    for scoring in scorings() {
        let mut bench = Bench::new(3);
        let u = bench.random("u", &[4, 2], -1.0, 1.0);
        let v = bench.random("v", &[4, 3], -1.0, 1.0);
        let (mut own, mut apart, mut squares) = (0.0, 0.0, 0.0);
        let (a, b) = (bench.value(u), bench.value(v));
        let (a, b) = (View { features: 4, places: 2, values: a }, View { features: 4, places: 3, values: b });
        for (by, bx) in (0..3).flat_map(|by| (0..3).map(move |bx| (by, bx))) {
            for (ly, lx) in (0..3).flat_map(|ly| (0..2).map(move |lx| (ly, lx))) {
                let raw = score(&scoring, &b.at(by, ly), &a.at(bx, lx));
                let s = clipped(&scoring, raw);
                squares += raw * raw / 54.0;
                match by == bx {
                    true => own += softplus(-s) / 18.0,
                    false => apart += softplus(s) / 36.0,
                }
            }
        }
        let gan = own + apart + scoring.penalty * squares;
        // What Jensen and Shannon's takes off may leave next to nothing: it is put back before comparing.
        for (measure, off) in [(Divergence::Gan, 0.0), (Divergence::JensenShannon, 4f32.ln())] {
            let node = bench.loss(LossOp::FenchelDual { scoring, measure }, &[u, v]);
            assert_close(&[bench.value(node)[0] + off], &[gan as f32], 1e-5);
            bench.assert_gradients(node);
        }
    }
}

#[test]
fn supervised_contrast_pulls_views_of_one_class_together() {
    // Subject 3 is alone in its class: its two views are each other's only positive.
    let classes = [0usize, 1, 0, 2];
    for scoring in scorings() {
        let mut bench = Bench::new(4);
        let views = [bench.random("a", &[3], -1.0, 1.0), bench.random("b", &[3], -1.0, 1.0)];
        let class = bench.classes("class", 3, classes.iter().map(|c| *c as f32).collect());
        let loss = LossOp::SupervisedContrastive { scoring, base_temperature: 0.25 };
        let node = bench.loss(loss, &[views[0], views[1], class]);
        let rows: Vec<Vec<f64>> = views
            .iter()
            .flat_map(|v| {
                bench.value(*v).chunks(3).map(|r| r.iter().map(|x| f64::from(*x)).collect()).collect::<Vec<_>>()
            })
            .collect();
        let raw = |i: usize, j: usize| score(&scoring, &rows[i], &rows[j]);
        let s = |i: usize, j: usize| clipped(&scoring, raw(i, j));
        let mut expected = 0.0;
        for i in 0..8 {
            let all: f64 = (0..8).filter(|j| *j != i).map(|j| s(i, j).exp()).sum();
            let positives: Vec<usize> = (0..8).filter(|j| *j != i && classes[*j % 4] == classes[i % 4]).collect();
            let share: f64 = positives.iter().map(|j| (s(i, *j).exp() / all).ln()).sum();
            expected -= share / positives.len() as f64 / 8.0;
        }
        expected *= scoring.temperature / 0.25;
        let pairs = (0..64).map(|k| raw(k / 8, k % 8).powi(2)).sum::<f64>() / 64.0;
        assert_close(&bench.value(node), &[(expected + scoring.penalty * pairs) as f32], 1e-5);
        bench.assert_gradients(node);
    }
}

#[test]
fn a_view_alone_in_its_class_does_not_count() {
    let loss = |rows: usize, classes: Vec<f32>| {
        let mut bench = Bench::new(rows);
        let values = numbers("z", 3 * rows, -1.0, 1.0);
        let z = bench.input("z", &[3], values);
        let class = bench.classes("class", 3, classes);
        let node = bench.loss(LossOp::SupervisedContrastive { scoring: PLAIN, base_temperature: 1.0 }, &[z, class]);
        bench.assert_gradients(node);
        bench.value(node)[0]
    };
    // The third subject is a negative of the first two, and no anchor.
    assert!(loss(3, vec![0.0, 0.0, 1.0]) > 0.0);
    assert_eq!(loss(3, vec![0.0, 1.0, 2.0]), 0.0);
}

#[test]
fn total_correlation_has_its_exact_gradient() {
    for norm in [CorrelationNorm::Trace, CorrelationNorm::Frobenius] {
        let mut bench = Bench::new(12);
        let u = bench.random("u", &[3], -1.0, 1.0);
        let v = bench.random("v", &[4], -1.0, 1.0);
        let node = bench.loss(LossOp::CanonicalCorrelation { ridge: 1e-1, norm }, &[u, v]);
        assert!((-4.0..0.0).contains(&bench.value(node)[0]));
        bench.assert_gradients(node);
    }
}

#[test]
fn log_densities_match_their_closed_form() {
    let mut bench = Bench::new(2);
    let z = bench.random("z", &[3], -1.0, 1.0);
    let mean = bench.random("mean", &[3], -1.0, 1.0);
    let log_variance = bench.random("log-variance", &[3], -1.0, 1.0);
    let q = bench.gaussian(Op::Normal, &[mean, log_variance], 3);
    let under_q = bench.op(Op::LogDensity, &[z, q], &[]);
    let under_prior = bench.op(Op::LogDensity, &[z], &[]);
    let (z, m, v) = (bench.value(z), bench.value(mean), bench.value(log_variance));
    let density = |row: usize, prior: bool| -> f32 {
        (3 * row..3 * row + 3)
            .map(|i| {
                let (m, v) = if prior { (0.0, 0.0) } else { (m[i], v[i]) };
                -0.5 * (std::f32::consts::TAU.ln() + v + (z[i] - m).powi(2) / v.exp())
            })
            .sum()
    };
    assert_close(&bench.value(under_q), &[density(0, false), density(1, false)], 1e-5);
    assert_close(&bench.value(under_prior), &[density(0, true), density(1, true)], 1e-5);
    bench.assert_gradients(under_q);
    bench.assert_gradients(under_prior);
}

#[test]
fn sums_of_exponentials_do_not_overflow() {
    let mut bench = Bench::new(1);
    let parts = [
        bench.input("a", &[2], vec![1000.0, -2.0]),
        bench.input("b", &[2], vec![1000.0, 0.5]),
        bench.input("c", &[2], vec![0.0, 1.0]),
    ];
    let sum = bench.op(Op::LogSumExp { mean: false }, &parts, &[2]);
    let mean = bench.op(Op::LogSumExp { mean: true }, &parts, &[2]);
    let second = ((-2f32).exp() + 0.5f32.exp() + 1f32.exp()).ln();
    assert_close(&bench.value(sum), &[1000.0 + 2f32.ln(), second], 1e-6);
    assert_close(&bench.value(mean), &[1000.0 + (2f32 / 3.0).ln(), second - 3f32.ln()], 1e-6);

    let mut bench = Bench::new(2);
    let parts = [bench.random("a", &[3], -1.0, 1.0), bench.random("b", &[3], -1.0, 1.0)];
    let mean = bench.op(Op::LogSumExp { mean: true }, &parts, &[3]);
    bench.assert_gradients(mean);
}

#[test]
fn a_random_place_is_the_middle_in_prediction_and_any_in_training() {
    let mut bench = Bench::new(40);
    let values: Vec<f32> = (0..40 * 2 * 12).map(|i| i as f32).collect();
    let x = bench.input("x", &[2, 3, 2, 2], values);
    let place = bench.op(Op::RandomPlace, &[x], &[2]);
    // The middle of 3 x 2 x 2 is (1, 1, 1).
    let middle: Vec<f32> = (0..80).map(|channel| (channel * 12 + 7) as f32).collect();
    assert_eq!(bench.value(place), middle);

    let drawn = bench.value_in(place, TRAINING);
    let places: Vec<usize> = drawn.chunks(2).map(|pair| pair[0] as usize % 12).collect();
    for (row, pair) in drawn.chunks(2).enumerate() {
        let expected = [row * 24 + places[row], row * 24 + 12 + places[row]];
        assert_eq!(pair, expected.map(|i| i as f32), "all channels of row {row} come from one place");
    }
    let distinct: std::collections::BTreeSet<usize> = places.into_iter().collect();
    assert!(distinct.len() > 6, "{distinct:?}");
    assert_eq!(drawn, bench.value_in(place, TRAINING));
    assert_ne!(drawn, bench.value_in(place, Mode::Training { seed: 11, step: 4 }));
}

#[test]
fn gradients_flow_back_to_the_place_that_was_drawn() {
    let mut bench = Bench::new(3);
    let x = bench.random("x", &[2, 2, 2], -1.0, 1.0);
    let place = bench.op(Op::RandomPlace, &[x], &[2]);
    bench.assert_gradients_in(place, TRAINING);
}
