//! Gradients with respect to inputs, averaged over looks.

use super::*;
use crate::nn::NnError;

/// `y = W x + b` of three numbers and two, and `y = x^2` of the first of them where `squared`.
fn sketch(squared: bool) -> (Sketch, NodeId, Weights) {
    let mut s = Sketch::default();
    let x = s.input("x", TensorType::tensor([3]));
    let x = if squared { s.op("square", Op::Unary(Unary::Square), &[x], &[3]) } else { x };
    let y = s.linear("m", x, 3, 2);
    let weights = [
        ("m.weight".to_owned(), (vec![2, 3], vec![3.0, 0.0, -1.0, 4.0, 2.0, 0.0])),
        ("m.bias".to_owned(), (vec![2], vec![7.0, 9.0])),
    ];
    (s, y, weights.into())
}

/// The looks at subject `i` are `[i, i, i]` plus the number of the look.
fn maps(squared: bool, (subjects, looks, batch): (usize, usize, usize), interrupt: bool) -> Option<Vec<Vec<f32>>> {
    let (sketch, output, weights) = sketch(squared);
    let read = |pairs: &[(usize, usize)], _: &[InputId]| {
        let values = pairs.iter().flat_map(|(person, look)| vec![(person + look) as f32; 3]).collect();
        Ok(Batch { rows: pairs.len(), inputs: vec![Some(InputBatch::complete(values, [3], pairs.len()))] })
    };
    saliency(&SaliencyJob {
        graph: Arc::new(sketch.0.clone()),
        output,
        input: InputId(0),
        weights: &weights,
        training_statistics: &TrainingStatistics::default(),
        subjects,
        looks,
        batch,
        read: &read,
        device: &crate::nn::tests::device(),
        interrupt: &AtomicBool::new(interrupt),
    })
    .unwrap()
}

#[test]
fn the_map_of_a_linear_layer_is_the_norm_of_its_columns() {
    let found = maps(false, (4, 3, 7), false).unwrap();
    assert_eq!(found, vec![vec![5.0, 2.0, 1.0]; 4]);
}

#[test]
fn gradients_are_averaged_over_the_looks_before_their_norm_is_taken() {
    // d(w x^2) = 2 w x, and the mean of x over the looks 0, 1, 2 at subject i is i + 1.
    let expected = |i: f32| [5.0, 2.0, 1.0].map(|norm| norm * 2.0 * (i + 1.0)).to_vec();
    // Several subjects in a batch; one look at a time; a batch that ends within the looks at a subject.
    for batch in [100, 7, 1, 2] {
        assert_eq!(maps(true, (4, 3, batch), false).unwrap(), (0..4).map(|i| expected(i as f32)).collect::<Vec<_>>());
    }
}

#[test]
fn it_stops_when_asked_to() {
    assert_eq!(maps(false, (2, 1, 8), true), None);
}

#[test]
fn weights_that_are_missing_are_refused() {
    let (sketch, output, _) = sketch(false);
    let read = |_: &[(usize, usize)], _: &[InputId]| Err(DataError::from("nothing is read before the weights fit"));
    let error = saliency(&SaliencyJob {
        graph: Arc::new(sketch.0.clone()),
        output,
        input: InputId(0),
        weights: &Weights::new(),
        training_statistics: &TrainingStatistics::default(),
        subjects: 1,
        looks: 1,
        batch: 1,
        read: &read,
        device: &crate::nn::tests::device(),
        interrupt: &AtomicBool::new(false),
    });
    assert!(matches!(error, Err(TrainError::Network(NnError::Weights(_)))), "{error:?}");
}
