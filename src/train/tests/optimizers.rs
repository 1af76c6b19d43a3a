//! Twenty steps on a quadratic, against PyTorch's.

use super::super::gradient::WeightGradients;
use super::super::optimizer::OptimizerState;
use super::super::schedule::{LearningRateSchedule, StepRates};
use super::*;
use crate::nn::{Network, Tensor};

/// A network of one weight of three numbers.
fn weight(start: &[f64]) -> Network {
    let mut sketch = Sketch::default();
    let x = sketch.input("x", TensorType::tensor([3]));
    let spec = WeightSpec::parameter("weight", [3], Init::ZEROS);
    sketch.layer("p", Op::PRelu { slopes: 3 }, vec![spec], x, &[3]);
    let mut network = Network::new(&sketch.0, &sketch.modules(), 0, &crate::nn::tests::device());
    let values = start.iter().map(|v| *v as f32).collect();
    network.set_weights(&BTreeMap::from([("p.weight".to_owned(), (vec![3], values))])).unwrap();
    network
}

fn values(network: &Network) -> Vec<f64> {
    network.weights().unwrap()[0].values.iter().map(|v| f64::from(*v)).collect()
}

fn gradients(network: &Network, gradient: &[f64]) -> WeightGradients {
    let (id, _) = network.weights_by_id().next().unwrap();
    let gradient: Vec<f32> = gradient.iter().map(|v| *v as f32).collect();
    WeightGradients(BTreeMap::from([(id, Tensor::from_host(gradient, &[3], &crate::nn::tests::device()))]))
}

/// The largest difference from PyTorch's parameters over all steps.
fn difference(name: &str, optimizer: &Optimizer, clip: Option<f64>, rates: impl Fn(u64) -> StepRates) -> Option<f64> {
    let reference = golden("optimizers.json")?;
    let matrix: Vec<Vec<f64>> = reference["A"].as_array().unwrap().iter().map(numbers).collect();
    let b = numbers(&reference["b"]);
    let mut network = weight(&numbers(&reference["p0"]));
    let mut state = OptimizerState::new(optimizer);
    let mut largest: f64 = 0.0;
    let steps = reference["runs"][name]["params_after_step"].as_array().unwrap();
    for (step, expected) in steps.iter().enumerate() {
        let p = values(&network);
        let gradient: Vec<f64> =
            matrix.iter().zip(&b).map(|(row, b)| row.iter().zip(&p).map(|(a, p)| a * p).sum::<f64>() - b).collect();
        let gradients = gradients(&network, &gradient);
        let gradients = match clip {
            Some(limit) => gradients.clip(limit),
            None => gradients,
        };
        state.step(&mut network, gradients, rates(step as u64));
        for (ours, theirs) in values(&network).iter().zip(numbers(expected)) {
            largest = largest.max((ours - theirs).abs());
        }
    }
    eprintln!("{name}: largest difference {largest:e}");
    Some(largest)
}

fn constant(_: u64) -> StepRates {
    StepRates { learning_rate: 0.05, momentum: None }
}

const BETAS: (f64, f64) = (0.9, 0.999);

fn adam(weight_decay: f64) -> Optimizer {
    Optimizer::Adam { lr: 0.05, betas: BETAS, eps: 1e-8, weight_decay }
}

fn radam(weight_decay: f64) -> Optimizer {
    Optimizer::RAdam { lr: 0.05, betas: BETAS, eps: 1e-8, weight_decay }
}

fn sgd(nesterov: bool) -> Optimizer {
    Optimizer::Sgd { lr: 0.05, momentum: 0.9, nesterov, weight_decay: 0.0 }
}

/// Single precision against PyTorch's double precision.
const TOLERANCE: f64 = 1e-6;

#[test]
fn adam_moves_as_pytorchs() {
    for (name, decay) in [("adam", 0.0), ("adam_wd", 0.1)] {
        let Some(difference) = difference(name, &adam(decay), None, constant) else { return };
        assert!(difference < TOLERANCE, "{name}: {difference}");
    }
}

#[test]
fn adam_with_clipped_gradients_moves_as_pytorchs() {
    let Some(difference) = difference("adam_clip1", &adam(0.0), Some(1.0), constant) else { return };
    assert!(difference < TOLERANCE, "{difference}");
}

#[test]
fn adamw_moves_as_pytorchs() {
    let optimizer = Optimizer::AdamW { lr: 0.05, betas: BETAS, eps: 1e-8, weight_decay: 0.1 };
    let Some(difference) = difference("adamw", &optimizer, None, constant) else { return };
    assert!(difference < TOLERANCE, "{difference}");
}

#[test]
fn radam_moves_as_pytorchs() {
    for (name, decay) in [("radam", 0.0), ("radam_wd", 0.1), ("radam_f32", 0.0)] {
        let Some(difference) = difference(name, &radam(decay), None, constant) else { return };
        assert!(difference < TOLERANCE, "{name}: {difference}");
    }
}

#[test]
fn sgd_with_momentum_moves_as_pytorchs() {
    for (name, nesterov) in [("sgd_momentum", false), ("sgd_nesterov", true)] {
        let Some(difference) = difference(name, &sgd(nesterov), None, constant) else { return };
        assert!(difference < TOLERANCE, "{name}: {difference}");
    }
}

#[test]
fn radam_under_one_cycle_moves_as_pytorchs() {
    let schedule =
        Schedule::OneCycle { max_lr: 0.05, rise: 0.3, start_divisor: 25.0, end_divisor: 1e4, cycle_momentum: true };
    let schedule = LearningRateSchedule { schedule, base: 0.05, epochs: 1, steps: 21 };
    let Some(difference) = difference("radam_onecycle20", &radam(0.0), None, |step| schedule.at(0, step, 1.0)) else {
        return;
    };
    assert!(difference < TOLERANCE, "{difference}");
}

#[test]
fn what_an_optimizer_remembers_survives_being_saved() {
    for optimizer in
        [adam(0.1), radam(0.0), sgd(true), Optimizer::AdamW { lr: 0.1, betas: BETAS, eps: 1e-8, weight_decay: 0.1 }]
    {
        let mut network = weight(&[1.0, -2.0, 0.5]);
        let mut state = OptimizerState::new(&optimizer);
        for step in 0..4 {
            let gradients = gradients(&network, &[0.3, f64::from(step), -0.1]);
            state.step(&mut network, gradients, constant(0));
        }
        let mut other = OptimizerState::new(&optimizer);
        other.load(&state.save(&network).unwrap(), &network, &crate::nn::tests::device());
        let gradients = gradients(&network, &[0.1, 0.2, 0.3]);
        let (mut moved, mut also) = (network.clone(), network);
        state.step(&mut moved, gradients.clone(), constant(0));
        other.step(&mut also, gradients, constant(0));
        assert_eq!(values(&moved), values(&also));
    }
}
