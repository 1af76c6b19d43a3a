//! Layers drawn anew, one at a time.

use super::*;
use crate::analysis::loss_entropy::{BINS, loss_entropies};

/// `y = b(a(x))` of one number each, against `x`, which is 1 for everybody; `b` is 0 where it says so.
fn losses(b_is_zero: bool, interrupt: bool) -> Option<ReinitializedLosses> {
    let mut s = Sketch::default();
    let x = s.input("x", TensorType::tensor([1]));
    let h = s.linear("a", x, 1, 1);
    let y = s.linear("b", h, 1, 1);
    let loss = s.loss("loss", LossOp::MeanSquared, &[y, x]);
    let b = if b_is_zero { 0.0 } else { 1.0 };
    let one = |shape: &[usize], v: f32| (shape.to_vec(), vec![v]);
    let weights: Weights = [
        ("a.weight".to_owned(), one(&[1, 1], 1.0)),
        ("a.bias".to_owned(), one(&[1], 0.0)),
        ("b.weight".to_owned(), one(&[1, 1], b)),
        ("b.bias".to_owned(), one(&[1], 0.0)),
    ]
    .into();
    let people = People { inputs: vec![(vec![1], vec![vec![1.0]; 5])], ..People::default() };
    let read = |positions: &[usize], _: &[InputId]| Ok(people.batch(positions, None));
    reinitialized_losses(&ReinitializeJob {
        graph: Arc::new(s.0.clone()),
        loss,
        weights: &weights,
        layers: &s.modules(),
        draws: 1000,
        seed: 7,
        training_statistics: &TrainingStatistics::default(),
        subjects: 5,
        batch: 2,
        read: &read,
        device: &crate::nn::tests::device(),
        interrupt: &AtomicBool::new(interrupt),
    })
    .unwrap()
}

#[test]
fn the_loss_as_it_is_is_that_of_the_given_weights_and_draws_are_the_same_every_time() {
    let first = losses(false, false).unwrap();
    assert_eq!(first.loss, 0.0, "y = x");
    assert_eq!((first.losses.len(), first.losses[0].len()), (2, 1000));
    assert_eq!(first, losses(false, false).unwrap());
}

#[test]
fn a_layer_the_loss_does_not_depend_on_has_no_entropy_and_another_that_of_its_draws() {
    let found = losses(true, false).unwrap();
    let entropies = loss_entropies(&found.losses, BINS).unwrap();
    assert_eq!(entropies[0], 0.0, "what `a` gives is multiplied by zero: {entropies:?}");
    // (w + b - 1)^2 with w and b uniform in -1..1: the sum s of two such has the density (2 - |s|) / 4.
    let (low, high) = (0.0, 9.0);
    let below = |t: f64| {
        let of_sum = |s: f64| {
            let s = s.clamp(-2.0, 2.0);
            if s < 0.0 { (s + 2.0).powi(2) / 8.0 } else { 1.0 - (2.0 - s).powi(2) / 8.0 }
        };
        of_sum(1.0 + t.sqrt()) - of_sum(1.0 - t.sqrt())
    };
    let edge = |k: usize| low + (high - low) * k as f64 / BINS as f64;
    let p = (0..BINS).map(|k| below(edge(k + 1)) - below(edge(k))).filter(|p| *p > 0.0);
    let expected: f64 = p.map(|p| -p * p.log2()).sum();
    assert!((entropies[1] - expected).abs() < 0.15, "{} and {expected} with infinitely many draws", entropies[1]);
}

#[test]
fn drawing_stops_when_asked_to() {
    assert_eq!(losses(false, true), None);
}
