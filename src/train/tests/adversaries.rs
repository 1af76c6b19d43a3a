use super::*;
use crate::program::Adversary;

/// Codes of two modalities, `[s, 1]` and `[s, -1]`, from which `s` is read; a critic tells the codes apart. The modules are
/// the encoder, its normalisation, the decoder, the critic's normalisation and the critic.
fn told_apart(weight: f64, normalised: bool) -> Scene {
    let mut sketch = Sketch::default();
    let inputs = [sketch.input("a", TensorType::tensor([2])), sketch.input("b", TensorType::tensor([2]))];
    let truth = sketch.input("s", TensorType::tensor([1]));

    let first = sketch.linear("m.Encoder", inputs[0], 2, 3);
    let second = sketch.again(first, inputs[1]);
    let codes = match normalised {
        true => {
            let normed = sketch.batch_norm("m.BatchNorm", first, 3);
            [normed, sketch.again(normed, second)]
        }
        false => [first, second],
    };
    let read = sketch.linear("m.Decoder", codes[0], 3, 1);
    let read = [read, sketch.again(read, codes[1])];
    let fits = read.map(|read| sketch.loss("m.mse", LossOp::MeanSquared, &[read, truth]));
    let fit = sketch.scalar(Op::Binary(Binary::Add), &fits);

    let frozen = codes.map(|code| sketch.op("still", Op::StopGradient, &[code], &[3]));
    // Normalised each by itself, modalities that differ in their means would look alike to the critic.
    let critics_norm = normalised.then(|| sketch.batch_norm("critic.BatchNorm", codes[0], 3));
    let logits = sketch.linear("critic.Linear", critics_norm.unwrap_or(codes[0]), 3, 2);
    let mut said = Vec::new();
    for value in [codes[0], codes[1], frozen[0], frozen[1]] {
        let logits = match (value == codes[0], critics_norm) {
            (true, _) => logits,
            (false, None) => sketch.again(logits, value),
            (false, Some(norm)) => {
                let normed = sketch.again(norm, value);
                sketch.again(logits, normed)
            }
        };
        said.push(sketch.op("said", Op::Softmax { axis: 0, log: true }, &[logits], &[2]));
    }
    let mut number = |op: Op, of: NodeId| {
        let number = sketch.op("number", op, &[of], &[]);
        sketch.scalar(Op::BatchMean, &[number])
    };
    let spread = Op::Reduce { reduction: Reduction::Mean, axes: vec![0], keep: false };
    let fooled = [number(spread.clone(), said[0]), number(spread, said[1])];
    let caught = [0, 1].map(|member| {
        let own = Op::Slice { axis: 0, start: member, end: member + 1, step: 1 };
        let own = sketch.op("own", own, &[said[2 + member]], &[1]);
        let number =
            sketch.op("number", Op::Reduce { reduction: Reduction::Sum, axes: vec![0], keep: false }, &[own], &[]);
        sketch.scalar(Op::BatchMean, &[number])
    });
    let mut minus = |numbers: [NodeId; 2], weight: f64| {
        let sum = sketch.scalar(Op::Binary(Binary::Add), &numbers);
        sketch.scalar(Op::Scalar { op: Binary::Multiply, value: -0.5 * weight, reversed: false }, &[sum])
    };
    let (fool, critics_own) = (minus(fooled, weight), minus(caught, 1.0));
    let loss = sketch.scalar(Op::Binary(Binary::Add), &[fit, fool]);

    let mut people = People { training: (0..32).collect(), classes: vec![None; 32], ..People::default() };
    let s: Vec<f32> = (0..32).map(|i| ((i * 7) % 32) as f32 / 16.0 - 1.0).collect();
    people.inputs = vec![
        (vec![2], s.iter().map(|s| vec![*s, 1.0]).collect()),
        (vec![2], s.iter().map(|s| vec![*s, -1.0]).collect()),
        (vec![1], s.iter().map(|s| vec![*s]).collect()),
    ];
    let mut scene = Scene::new(&sketch, loss, read[0], truth, people);
    let own = |module: &ModuleId| sketch.0.module(*module).path.starts_with("m.");
    scene.stage.trainable = sketch.modules().into_iter().filter(own).collect();
    scene.stage.terms = vec![("fit".into(), fit), ("Critic, its own loss".into(), critics_own)];
    scene.stage.optimizer = Optimizer::Adam { lr: 0.02, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 };
    scene.stage.batch = 8;
    scene.stage.adversaries = vec![Adversary {
        name: "Critic".into(),
        loss: critics_own,
        trainable: sketch.modules().into_iter().filter(|m| !own(m)).collect(),
        optimizer: Optimizer::Sgd { lr: 0.3, momentum: 0.5, nesterov: false, weight_decay: 0.0 },
    }];
    scene
}

impl Sketch {
    /// The module of a node, applied again.
    fn again(&mut self, layer: NodeId, input: NodeId) -> NodeId {
        let node = self.0.node(layer).clone();
        self.node(&node.path, node.op, &[input], node.module, node.ty)
    }

    fn scalar(&mut self, op: Op, inputs: &[NodeId]) -> NodeId {
        self.node("scalar", op, inputs, None, TensorType::scalar())
    }
}

/// The weights below a path, as they were and as they are: those whose numbers have changed.
fn moved(scene: &Scene, below: &str) -> Vec<String> {
    let mut frozen = told_apart(1.0, true);
    frozen.stage.epochs = 0;
    let before = frozen.train().unwrap().weights;
    let after = scene.train().unwrap().weights;
    let changed = |name: &String| before[name] != after[name];
    before.keys().filter(|name| name.starts_with(below) && changed(name)).cloned().collect()
}

#[test]
fn the_stage_does_not_move_the_critic_nor_the_critic_the_stage() {
    let mut scene = told_apart(1.0, true);
    scene.stage.epochs = 2;
    scene.stage.adversaries[0].optimizer =
        Optimizer::Sgd { lr: 0.0, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    // Running statistics are no parameters: they follow the batches.
    let statistics = ["critic.BatchNorm.running_mean", "critic.BatchNorm.running_var"];
    assert_eq!(moved(&scene, "critic"), statistics);
    assert!(moved(&scene, "m.").contains(&"m.Encoder.weight".to_owned()));

    let mut scene = told_apart(1.0, true);
    scene.stage.epochs = 2;
    scene.stage.optimizer = Optimizer::Sgd { lr: 0.0, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    assert_eq!(moved(&scene, "m."), ["m.BatchNorm.running_mean", "m.BatchNorm.running_var"]);
    assert!(moved(&scene, "critic").contains(&"critic.Linear.weight".to_owned()));
}

#[test]
fn running_statistics_follow_the_steps_of_their_own_side_only() {
    // With both rates 0 a batch is seen twice by each normalisation (once a modality) in the steps of its own side.
    let mut scene = told_apart(1.0, true);
    (scene.stage.epochs, scene.stage.batch) = (1, 32);
    scene.stage.optimizer = Optimizer::Sgd { lr: 0.0, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    scene.stage.adversaries[0].optimizer = scene.stage.optimizer.clone();
    let weights = scene.train().unwrap().weights;
    let of = |name: &str| weights[name].1.clone();
    let (w, b) = (of("m.Encoder.weight"), of("m.Encoder.bias"));
    let s: f32 = (0..32).map(|i| ((i * 7) % 32) as f32 / 16.0 - 1.0).sum::<f32>() / 32.0;
    let mean = |row: usize, side: f32| w[2 * row] * s + w[2 * row + 1] * side + b[row];
    let expected: Vec<f32> = (0..3).map(|row| 0.9 * 0.1 * mean(row, 1.0) + 0.1 * mean(row, -1.0)).collect();
    for (found, expected) in of("m.BatchNorm.running_mean").iter().zip(expected) {
        assert!((found - expected).abs() < 1e-5, "{found} against {expected}");
    }
    // The critic reads what has been normalised: means of 0.
    assert!(of("critic.BatchNorm.running_mean").iter().all(|mean| mean.abs() < 1e-5));
    let variance = 0.81 + 0.19 * 32.0 / 31.0;
    assert!(of("critic.BatchNorm.running_var").iter().all(|var| (var - variance).abs() < 1e-2), "{weights:?}");
}

/// A critic that is faster than what it judges, and forgets (weight decay λ): where the codes differ by δ its weights stay
/// near δ/2λ, and the stage moves δ by -δ³/16λ². So δ shrinks without end and never goes round; without the decay, or with
/// momentum on either side, it does.
fn settling(weight: f64, epochs: usize) -> Scene {
    let mut scene = told_apart(weight, false);
    scene.stage.epochs = epochs;
    scene.stage.optimizer = Optimizer::Sgd { lr: 0.1, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    scene.stage.adversaries[0].optimizer =
        Optimizer::Sgd { lr: 1.0, momentum: 0.0, nesterov: false, weight_decay: 0.05 };
    // A code that begins with as much of the modality as of what is asked for.
    let first = (vec![3, 2], vec![1.0, 1.0, 0.5, -1.0, 0.3, 1.0]);
    scene.initial.insert("m.Encoder.weight".into(), first);
    scene
}

#[test]
fn what_is_to_fool_a_critic_comes_out_alike() {
    // The modality's share of the code, the error of what is read from it, and the critic's loss.
    let after = |weight: f64, epochs: usize| {
        let trained = settling(weight, epochs).train().unwrap();
        let w = trained.weights["m.Encoder.weight"].1.clone();
        let norm = |column: usize| (0..3).map(|row| w[2 * row + column].powi(2)).sum::<f32>().sqrt();
        let last = trained.history.last().unwrap().clone();
        (norm(1) / norm(0), last.terms[0].1, last.terms[1].1)
    };
    let (apart, _, told) = after(0.0, 80);
    assert!(apart > 1.0 && told < 0.1, "left alone the codes stay apart by {apart}, and the critic's loss is {told}");
    let mut before = 0.05 * apart;
    for epochs in [80, 120, 160] {
        let (alike, fit, confused) = after(1.0, epochs);
        assert!(alike < before, "the modality's share of the code after {epochs} epochs: {alike}, before {before}");
        assert!(fit < 1e-3, "what is asked for is still read: {fit}");
        let chance = std::f64::consts::LN_2;
        assert!((confused - chance).abs() < 0.02, "the critic tells no more than a coin: {confused}, {chance}");
        before = alike;
    }
}

#[test]
fn an_interrupted_stage_with_an_adversary_ends_with_the_bytes_of_one_that_was_not() {
    let mut scene = told_apart(1.0, true);
    (scene.stage.epochs, scene.stage.accumulate, scene.stage.clip) = (4, 2, Some(0.5));
    let whole = scene.train().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for epoch in 1..=4 {
        let stop = |p: &Progress| {
            if p.epoch == epoch && p.batch == 2 {
                scene.interrupt.store(true, Ordering::Relaxed);
            }
        };
        let error = scene.train_in(Some(folder.path()), &stop).unwrap_err();
        assert!(matches!(error, TrainError::Interrupted { .. }), "{error}");
        scene.interrupt.store(false, Ordering::Relaxed);
    }
    let resumed = scene.train_in(Some(folder.path()), &|_| {}).unwrap();
    assert_eq!(bits(&whole.weights), bits(&resumed.weights));
    assert_eq!(curve(&whole), curve(&resumed));
    assert!(scene.warnings.borrow().is_empty(), "{:?}", scene.warnings.borrow());
}
