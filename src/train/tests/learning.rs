use super::*;
use crate::program::EarlyStop;

fn weight(trained: &Trained, name: &str) -> Vec<f32> {
    trained.weights[name].1.clone()
}

#[test]
fn linear_regression_recovers_the_weights_that_made_the_numbers() {
    let mut scene = regression(46);
    scene.stage.epochs = 60;
    let trained = scene.train().unwrap();
    for (found, made) in weight(&trained, "m.Linear.weight").iter().zip([2.0, -1.0, 0.5]) {
        assert!((found - made).abs() < 1e-3, "{found} {made}");
    }
    assert!((weight(&trained, "m.Linear.bias")[0] - 3.0).abs() < 1e-3);
    let losses: Vec<f64> = trained.history.iter().map(|e| e.train_loss).collect();
    assert!(losses[59] < 1e-5 * losses[0]);
    assert_eq!(trained.steps, 600);
    assert_eq!(trained.history[0].terms, [("fit".to_owned(), losses[0])]);
}

#[test]
fn a_small_network_learns_to_tell_bars_apart() {
    let mut scene = bars(84);
    scene.stage.epochs = 25;
    scene.stage.keep = keep_best_accuracy();
    let trained = scene.train().unwrap();
    let best = trained.history[trained.best_epoch - 1].monitored.unwrap();
    assert!(best > 0.9, "{best}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let mut scene = bars(52);
    scene.people.noise = 0.3;
    scene.stage.epochs = 2;
    let (one, two) = (scene.train().unwrap(), scene.train().unwrap());
    assert_eq!(bits(&one.weights), bits(&two.weights));
    assert_eq!(curve(&one), curve(&two));
    scene.seed = 2;
    assert_ne!(bits(&one.weights), bits(&scene.train().unwrap().weights));
}

#[test]
fn accumulated_batches_move_weights_as_one_large_batch() {
    let mut scene = regression(26);
    scene.stage.epochs = 3;
    scene.stage.accumulate = 3;
    let small = scene.train().unwrap();
    scene.stage.accumulate = 1;
    scene.stage.batch = 12;
    let large = scene.train().unwrap();
    assert_eq!((small.steps, large.steps), (6, 6));
    for (a, b) in weight(&small, "m.Linear.weight").iter().zip(weight(&large, "m.Linear.weight")) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

#[test]
fn a_clipped_gradient_moves_the_weights_by_no_more_than_its_limit() {
    let mut scene = regression(26);
    scene.stage.epochs = 1;
    scene.stage.batch = 100;
    scene.stage.optimizer = Optimizer::Sgd { lr: 1.0, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    scene.stage.clip = Some(0.1);
    let moved = scene.train().unwrap();
    scene.stage.epochs = 0;
    let start = scene.train().unwrap();
    assert_eq!((start.steps, start.best_epoch, moved.steps), (0, 0, 1));
    let mut sum = 0.0;
    for (name, (_, values)) in &moved.weights {
        sum += values.iter().zip(&start.weights[name].1).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
    }
    assert!((sum.sqrt() - 0.1).abs() < 1e-6, "{}", sum.sqrt());
}

#[test]
fn frozen_modules_keep_weights_and_running_statistics_to_the_bit() {
    let mut scene = bars(52);
    scene.stage.epochs = 0;
    let start = scene.train().unwrap();
    scene.stage.epochs = 2;
    scene.stage.frozen = vec![ModuleId(0), ModuleId(1)];
    scene.stage.trainable = vec![ModuleId(2)];
    let trained = scene.train().unwrap();
    let (before, after) = (bits(&start.weights), bits(&trained.weights));
    for (name, bits) in &before {
        assert_eq!(*bits == after[name], !name.starts_with("m.Linear"), "{name}");
    }
}

#[test]
fn frozen_modules_compute_in_training_what_they_compute_in_prediction() {
    let mut scene = bars(52);
    scene.stage.epochs = 3;
    scene.initial = scene.train().unwrap().weights;
    // Nothing moves any more, so that a batch's loss in training is that of prediction.
    scene.stage.trainable = Vec::new();
    scene.stage.epochs = 1;
    scene.people.validation = scene.people.training.clone();
    let epoch = scene.train().unwrap().history[0].clone();
    assert!((epoch.train_loss - epoch.validation_loss.unwrap()).abs() < 1e-6, "{epoch:?}");
}

#[test]
fn training_starts_from_the_weights_it_is_given() {
    let mut scene = regression(26);
    scene.initial.insert("m.Linear.weight".into(), (vec![1, 3], vec![7.0, 8.0, 9.0]));
    scene.initial.insert("other.Linear.weight".into(), (vec![1], vec![1.0]));
    scene.stage.epochs = 0;
    assert_eq!(weight(&scene.train().unwrap(), "m.Linear.weight"), [7.0, 8.0, 9.0]);
    scene.initial.insert("m.Linear.weight".into(), (vec![3], vec![7.0, 8.0, 9.0]));
    let text = scene.train().unwrap_err().to_string();
    assert!(text.contains("m.Linear.weight: expected [1, 3], found [3]"), "{text}");
}

#[test]
fn training_stops_early_and_gives_the_best_weights() {
    let mut scene = regression(46);
    // What is learned from the training subjects is wrong for the validation subjects, more so with every epoch.
    for subject in scene.people.validation.clone() {
        scene.people.inputs[1].1[subject][0] *= -1.0;
    }
    scene.stage.optimizer = Optimizer::Sgd { lr: 0.01, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    scene.stage.epochs = 40;
    scene.stage.keep = Keep::Best(Monitor::Loss);
    scene.stage.early_stop = Some(EarlyStop { patience: 4, min_delta: 0.0 });
    let trained = scene.train().unwrap();
    assert!(trained.stopped_early);
    assert_eq!((trained.best_epoch, trained.history.len()), (1, 5));
    scene.stage.epochs = 1;
    let first = scene.train().unwrap();
    assert!(!first.stopped_early);
    assert_eq!(bits(&trained.weights), bits(&first.weights));
}

#[test]
fn a_batch_larger_than_the_training_set_is_one_batch_of_everybody() {
    let mut scene = regression(16);
    scene.stage.batch = 4096;
    scene.stage.epochs = 3;
    assert_eq!(scene.train().unwrap().steps, 3);
}

#[test]
fn classes_can_be_balanced_and_rates_cycled_while_training() {
    let mut scene = bars(52);
    scene.stage.sampling = Sampling::Balanced { by: "kind".into() };
    scene.stage.optimizer = Optimizer::RAdam { lr: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 };
    scene.stage.schedule =
        Schedule::OneCycle { max_lr: 0.02, rise: 0.3, start_divisor: 25.0, end_divisor: 1e4, cycle_momentum: true };
    let trained = scene.train().unwrap();
    let last = trained.history.last().unwrap();
    assert!((last.learning_rate - 0.02 / 25.0 / 1e4).abs() < 1e-15);
    assert!(last.train_loss < trained.history[0].train_loss);
}

#[test]
fn progress_tells_every_batch_and_every_epoch() {
    let mut scene = regression(16);
    scene.stage.epochs = 2;
    let told = RefCell::new(Vec::new());
    scene.train_in(None, &|p| told.borrow_mut().push((p.epoch, p.batch, p.batches, p.ended.is_some()))).unwrap();
    let expected = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)];
    let batches: Vec<(usize, usize)> = told.borrow().iter().filter(|t| !t.3).map(|t| (t.0, t.1)).collect();
    assert_eq!(batches, expected);
    let ends: Vec<(usize, usize, usize)> = told.borrow().iter().filter(|t| t.3).map(|t| (t.0, t.1, t.2)).collect();
    assert_eq!(ends, [(1, 3, 3), (2, 3, 3)]);
}
