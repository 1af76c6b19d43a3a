use super::*;

fn try_to_predict(
    scene: &Scene,
    nodes: &[NodeId],
    weights: &Weights,
    batch: usize,
) -> Result<Vec<Prediction>, TrainError> {
    predict(&PredictJob {
        graph: scene.graph.clone(),
        nodes,
        weights,
        training_statistics: &TrainingStatistics::default(),
        subjects: scene.people.inputs[0].1.len(),
        batch,
        read: &|positions, _| Ok(scene.people.batch(positions, None)),
        windows: None,
        lay_aside: None,
        interrupt: &std::sync::atomic::AtomicBool::new(false),
        device: &crate::nn::tests::device(),
    })
}

fn predict_all(scene: &Scene, nodes: &[NodeId], weights: &Weights, batch: usize) -> Vec<Prediction> {
    try_to_predict(scene, nodes, weights, batch).unwrap()
}

#[test]
fn predictions_do_not_depend_on_the_batch_size() {
    let scene = bars(45);
    let weights = scene.train().unwrap().weights;
    let logits = scene.model.outputs[0].members[0].1;
    let (small, large) = (predict_all(&scene, &[logits], &weights, 4), predict_all(&scene, &[logits], &weights, 100));
    assert_eq!((small[0].shape.clone(), small[0].values.len()), (vec![2], 90));
    assert_eq!(small[0].subjects, (0..45).collect::<Vec<_>>());
    for (a, b) in small[0].values.iter().zip(&large[0].values) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}

#[test]
fn a_loss_is_predicted_as_its_mean_over_subjects() {
    let scene = regression(26);
    let weights = scene.train().unwrap().weights;
    let whole = predict_all(&scene, &[scene.stage.loss], &weights, 26);
    let pieces = predict_all(&scene, &[scene.stage.loss], &weights, 10);
    assert!(whole[0].subjects.is_empty());
    assert!((whole[0].values[0] - pieces[0].values[0]).abs() < 1e-6);
}

#[test]
fn those_who_lack_an_input_have_no_prediction_from_it() {
    let mut sketch = Sketch::default();
    let held = [InputId(0)].into();
    let x = sketch.input("x", TensorType::tensor([2]).held_by(held));
    let y = sketch.input("y", TensorType::tensor([1]));
    let prediction = sketch.linear("m.Linear", x, 2, 1);
    let loss = sketch.loss("m.mse", LossOp::MeanSquared, &[prediction, y]);
    let rows = (0..12).map(|i| if i % 4 == 0 { Vec::new() } else { vec![i as f32 / 12.0, 1.0] }).collect();
    let people = People {
        inputs: vec![(vec![2], rows), (vec![1], vec![vec![1.0]; 12])],
        training: (0..12).collect(),
        ..People::default()
    };
    let mut scene = Scene::new(&sketch, loss, prediction, y, people);
    scene.stage.batch = 5;
    let weights = scene.train().unwrap().weights;
    let found = predict_all(&scene, &[prediction, y], &weights, 5);
    assert_eq!(found[0].subjects, [1, 2, 3, 5, 6, 7, 9, 10, 11]);
    assert_eq!(found[0].values.len(), 9);
    assert_eq!(found[1].subjects.len(), 12);
}

#[test]
fn weights_that_are_missing_are_named() {
    let scene = regression(26);
    let error = try_to_predict(&scene, &[scene.stage.loss], &Weights::new(), 8).unwrap_err();
    assert!(error.to_string().contains("m.Linear.weight: is in the network, was not given"), "{error}");
}
