use super::*;
use crate::program::EarlyStop;

fn failure(scene: &Scene) -> String {
    scene.train().unwrap_err().to_string()
}

#[test]
fn a_value_in_the_data_that_is_no_number_is_blamed_on_the_data() {
    let mut scene = regression(26);
    scene.people.inputs[0].1[3][1] = f32::NAN;
    let text = failure(&scene);
    assert!(
        text.contains("epoch 1, step ") && text.contains("x (Input): 1 of ") && text.contains("look at the data"),
        "{text}"
    );
}

#[test]
fn a_learning_rate_that_blows_up_is_found_at_the_step_where_it_does() {
    let mut scene = regression(26);
    scene.stage.optimizer = Optimizer::Sgd { lr: 1e30, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    let error = scene.train().unwrap_err();
    let TrainError::NotFinite(found) = &error else { panic!("{error}") };
    assert_eq!((found.epoch, found.learning_rate), (1, 1e30));
    assert!(found.step <= 2, "{found}");
    assert!(found.place.contains("m.mse"), "{found}");
    assert!(found.advice.contains("lower the learning rate"), "{found}");
}

#[test]
fn weights_that_the_very_last_step_spoils_are_not_given_out() {
    let mut scene = regression(26);
    scene.stage.epochs = 1;
    scene.stage.batch = 100;
    scene.stage.optimizer = Optimizer::Sgd { lr: 1e39, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    let text = failure(&scene);
    assert!(text.contains("the last step has made m.Linear.bias infinite or not a number"), "{text}");
}

#[test]
fn a_gradient_that_is_no_number_is_named_by_its_weight() {
    let mut sketch = Sketch::default();
    let x = sketch.input("x", TensorType::tensor([2]));
    let y = sketch.input("y", TensorType::tensor([1]));
    let spec = WeightSpec::parameter("weight", [1, 2], Init::ZEROS);
    let op = Op::Linear { inputs: 2, outputs: 1, bias: false };
    let h = sketch.layer("m.Linear", op, vec![spec], x, &[1]);
    let h = sketch.op("m.square", Op::Unary(Unary::Square), &[h], &[1]);
    let root = sketch.op("m.sqrt", Op::Unary(Unary::Sqrt), &[h], &[1]);
    let loss = sketch.loss("m.mse", LossOp::MeanSquared, &[root, y]);
    let people = People {
        inputs: vec![(vec![2], vec![vec![1.0, 2.0]; 4]), (vec![1], vec![vec![1.0]; 4])],
        training: (0..4).collect(),
        ..People::default()
    };
    let text = failure(&Scene::new(&sketch, loss, root, y, people));
    assert!(text.contains("m.Linear.weight (gradient): 2 of 2 values are not a number"), "{text}");
    assert!(text.contains("near 0"), "{text}");
}

#[test]
fn data_that_cannot_be_read_are_reported_with_the_batch() {
    let mut scene = regression(26);
    scene.people.fails_at = 7;
    let text = failure(&scene);
    assert_eq!(text, "stage `m`, epoch 2, batch 2 of 5: sub-07: the volume is truncated");
}

#[test]
fn a_pipeline_that_panics_is_an_error_and_not_a_panic() {
    let mut scene = regression(26);
    scene.people.inputs[0].1.truncate(4);
    let text = failure(&scene);
    assert!(text.contains("epoch 1, batch 1 of 5: reading it has panicked"), "{text}");
}

#[test]
fn nobody_to_train_on_is_an_error() {
    let mut scene = regression(26);
    scene.people.training.clear();
    assert!(failure(&scene).contains("no training subjects"));
}

#[test]
fn what_is_decided_on_validation_subjects_needs_some() {
    let mut scene = regression(26);
    scene.people.validation.clear();
    scene.train().unwrap();
    scene.stage.early_stop = Some(EarlyStop { patience: 3, min_delta: 0.0 });
    assert!(failure(&scene).contains("early stopping is decided on validation subjects"));
    scene.stage.early_stop = None;
    scene.stage.keep = Keep::Best(Monitor::Loss);
    assert!(failure(&scene).contains("`keep best` is decided on validation subjects"));
    scene.stage.keep = Keep::Last;
    scene.stage.schedule = Schedule::Plateau { factor: 0.1, patience: 3 };
    assert!(failure(&scene).contains("`Plateau`"));
}

#[test]
fn a_metric_without_a_target_is_an_error() {
    let mut scene = bars(52);
    scene.stage.keep = keep_best_accuracy();
    scene.model.target = None;
    assert!(failure(&scene).contains("`keep best accuracy` cannot be computed: `m` predicts no target"));
}

#[test]
fn a_validation_loss_that_is_not_finite_is_a_warning() {
    let mut scene = regression(26);
    scene.people.inputs[0].1[25][0] = f32::INFINITY;
    scene.stage.epochs = 1;
    assert_eq!(scene.train().unwrap().history[0].validation_loss, None);
    assert!(scene.warnings.borrow()[0].contains("the validation loss is not finite"));
}
