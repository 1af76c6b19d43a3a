use super::*;
use crate::program::EarlyStop;

/// Everything that has a memory or is random at once.
fn demanding(keep: Keep) -> Scene {
    let mut scene = bars(45);
    scene.people.noise = 0.3;
    scene.stage.epochs = 6;
    scene.stage.accumulate = 2;
    scene.stage.clip = Some(1.0);
    scene.stage.sampling = Sampling::Balanced { by: "kind".into() };
    scene.stage.optimizer = Optimizer::RAdam { lr: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 1e-4 };
    scene.stage.schedule =
        Schedule::OneCycle { max_lr: 0.02, rise: 0.3, start_divisor: 25.0, end_divisor: 1e4, cycle_momentum: true };
    scene.stage.keep = keep;
    scene.stage.early_stop = Some(EarlyStop { patience: 5, min_delta: 0.0 });
    scene
}

fn assert_same(a: &Trained, b: &Trained) {
    assert_eq!(bits(&a.weights), bits(&b.weights));
    assert_eq!(curve(a), curve(b));
    assert_eq!((a.best_epoch, a.steps, a.stopped_early), (b.best_epoch, b.steps, b.stopped_early));
}

/// Trains until this batch of this epoch, and is interrupted.
fn interrupted(scene: &Scene, folder: &Path, epoch: usize, batch: usize) {
    let stop = |p: &Progress| {
        if p.epoch == epoch && p.batch == batch {
            scene.interrupt.store(true, Ordering::Relaxed);
        }
    };
    let error = scene.train_in(Some(folder), &stop).unwrap_err();
    assert!(matches!(error, TrainError::Interrupted { .. }), "{error}");
    scene.interrupt.store(false, Ordering::Relaxed);
}

#[test]
fn a_run_that_is_interrupted_anywhere_ends_with_the_bytes_of_one_that_is_not() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let often = Duration::ZERO;
    let hourly = Duration::from_secs(3600);
    for (keep, interval) in
        [(Keep::Last, often), (Keep::Last, hourly), (keep_best_accuracy(), often), (keep_best_accuracy(), hourly)]
    {
        let mut scene = demanding(keep);
        scene.interval = interval;
        let whole = scene.train().unwrap();
        let folder = tempfile::tempdir().unwrap();
        // In every epoch, at a batch drawn by lot, one after the other in the same folder.
        for epoch in 1..=6 {
            let batch = if epoch == 2 { 4 } else { rng.random_range(1..=4) }; // after the fourth comes validation
            interrupted(&scene, folder.path(), epoch, batch);
        }
        let begun = RefCell::new(Vec::new());
        let resumed = scene.train_in(Some(folder.path()), &|p| begun.borrow_mut().push(p.epoch)).unwrap();
        assert_eq!(begun.borrow()[0], 6, "only what was left is done");
        assert_same(&whole, &resumed);
        assert!(scene.warnings.borrow().is_empty());
    }
}

#[test]
fn sums_that_are_spread_over_threads_are_the_same_every_time() {
    let mut sketch = Sketch::default();
    let image = sketch.input("image", TensorType::tensor([1, 16, 16, 16]));
    let age = sketch.input("age", TensorType::tensor([1]));
    let mut h = image;
    for (path, inputs, outputs) in [("m.Conv_1", 1, 8), ("m.Conv_2", 8, 8)] {
        let conv = ConvOp {
            inputs,
            outputs,
            kernel: vec![3; 3],
            stride: vec![1; 3],
            padding: vec![(1, 1); 3],
            dilation: vec![1; 3],
            groups: 1,
            bias: true,
            transposed: None,
        };
        let weights = vec![
            WeightSpec::parameter("weight", [outputs, inputs, 3, 3, 3], Init::fan_in(27 * inputs)),
            WeightSpec::parameter("bias", [outputs], Init::fan_in(27 * inputs)),
        ];
        h = sketch.layer(path, Op::Conv(conv), weights, h, &[outputs, 16, 16, 16]);
        h = sketch.batch_norm(&format!("{path}.BatchNorm"), h, outputs);
        h = sketch.op("m.relu", Op::Unary(Unary::Relu), &[h], &[outputs, 16, 16, 16]);
    }
    let flat = sketch.op("m.flat", Op::Reshape, &[h], &[8 * 4096]);
    let prediction = sketch.linear("m.Linear", flat, 8 * 4096, 1);
    let loss = sketch.loss("m.mse", LossOp::MeanSquared, &[prediction, age]);
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let images = (0..12).map(|_| (0..4096).map(|_| rng.random::<f32>()).collect()).collect();
    let people = People {
        inputs: vec![(vec![1, 16, 16, 16], images), (vec![1], (0..12).map(|i| vec![i as f32 / 12.0]).collect())],
        training: (0..8).collect(),
        validation: (8..12).collect(),
        ..People::default()
    };
    let mut scene = Scene::new(&sketch, loss, prediction, age, people);
    scene.stage.epochs = 2;
    scene.stage.optimizer = Optimizer::AdamW { lr: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.01 };
    let whole = scene.train().unwrap();
    let folder = tempfile::tempdir().unwrap();
    interrupted(&scene, folder.path(), 2, 1);
    assert_same(&whole, &scene.train_in(Some(folder.path()), &|_| {}).unwrap());
}

#[test]
fn a_run_that_is_killed_anywhere_ends_with_the_bytes_of_one_that_is_not() {
    let whole = demanding(Keep::Last).train().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..6 {
        let mut scene = demanding(Keep::Last);
        // The run ends without another word to its folder.
        scene.people.fails_at = rng.random_range(3..9);
        assert!(matches!(scene.train_in(Some(folder.path()), &|_| {}), Err(TrainError::Data { .. })));
    }
    assert_same(&whole, &demanding(Keep::Last).train_in(Some(folder.path()), &|_| {}).unwrap());
}

#[test]
fn a_plateau_and_adams_memory_are_resumed_too() {
    let mut scene = regression(26);
    scene.stage.epochs = 12;
    scene.stage.optimizer = Optimizer::Adam { lr: 0.5, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 };
    scene.stage.schedule = Schedule::Plateau { factor: 0.5, patience: 0 };
    let whole = scene.train().unwrap();
    assert!(whole.history[11].learning_rate < 0.5);
    let folder = tempfile::tempdir().unwrap();
    for epoch in [3, 7, 11] {
        interrupted(&scene, folder.path(), epoch, 2);
    }
    assert_same(&whole, &scene.train_in(Some(folder.path()), &|_| {}).unwrap());
}

#[test]
fn a_run_that_has_ended_is_not_run_again() {
    let scene = demanding(keep_best_accuracy());
    let folder = tempfile::tempdir().unwrap();
    let first = scene.train_in(Some(folder.path()), &|_| {}).unwrap();
    let again = scene.train_in(Some(folder.path()), &|_| panic!("nothing is left to do")).unwrap();
    assert_same(&first, &again);
}

#[test]
fn a_checkpoint_that_cannot_be_used_is_told_and_passed_over() {
    let scene = demanding(keep_best_accuracy());
    let whole = scene.train().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(CHECKPOINT_FILE);
    interrupted(&scene, folder.path(), 3, 1);
    let good = std::fs::read(&path).unwrap();

    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let mut old = good.clone();
    old[..21].copy_from_slice(b"fascicle checkpoint 0");
    let cases = [
        (flipped, "damaged"),
        (good[..good.len() - 5].to_vec(), "damaged"),
        (good[..30].to_vec(), "damaged"),
        (old, "another version"),
        (Vec::new(), "another version"),
    ];
    for (bytes, word) in cases {
        std::fs::write(&path, bytes).unwrap();
        scene.warnings.borrow_mut().clear();
        assert_same(&whole, &scene.train_in(Some(folder.path()), &|_| {}).unwrap());
        let warnings = scene.warnings.borrow();
        assert!(
            warnings.len() == 1 && warnings[0].contains(word) && warnings[0].contains("starts anew"),
            "{warnings:?}"
        );
    }

    std::fs::write(&path, &good).unwrap();
    let mut other = demanding(keep_best_accuracy());
    other.seed = 77;
    let anew = other.train().unwrap();
    assert_same(&anew, &other.train_in(Some(folder.path()), &|_| {}).unwrap());
    assert!(other.warnings.borrow()[0].contains("other settings"));
}
