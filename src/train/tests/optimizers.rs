//! Twenty steps on a quadratic, against PyTorch's.

use super::super::gradient::Slopes;
use super::super::optimizer::Mover;
use super::super::schedule::{Rates, Rhythm};
use super::*;
use crate::nn::{B, Network};
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;

/// A network of one weight of three numbers.
fn weight(start: &[f64]) -> Network {
    let mut sketch = Sketch::default();
    let x = sketch.input("x", TensorType::tensor([3]));
    let spec = WeightSpec::parameter("weight", [3], Init::ZEROS);
    sketch.layer("p", Op::PRelu { slopes: 3 }, vec![spec], x, &[3]);
    let mut network = Network::new(&sketch.0, &sketch.modules(), 0, &Device::cpu()).unwrap();
    let values = start.iter().map(|v| *v as f32).collect();
    network.set_weights(&BTreeMap::from([("p.weight".to_owned(), (vec![3], values))])).unwrap();
    network
}

fn values(network: &Network) -> Vec<f64> {
    network.weights().unwrap()[0].values.iter().map(|v| f64::from(*v)).collect()
}

fn slopes(network: &Network, slope: &[f64]) -> Slopes {
    struct Id(Option<ParamId>);
    impl ModuleVisitor<B> for Id {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            self.0 = Some(param.id);
        }
    }
    let mut id = Id(None);
    network.visit(&mut id);
    let slope: Vec<f32> = slope.iter().map(|v| *v as f32).collect();
    Slopes(BTreeMap::from([(id.0.unwrap(), Tensor::from_floats(slope.as_slice(), &Device::cpu().plain()))]))
}

/// The largest difference from PyTorch's parameters over all steps.
fn difference(name: &str, optimizer: &Optimizer, clip: Option<f64>, rates: impl Fn(u64) -> Rates) -> Option<f64> {
    let reference = golden("optimizers.json")?;
    let matrix: Vec<Vec<f64>> = reference["A"].as_array().unwrap().iter().map(numbers).collect();
    let b = numbers(&reference["b"]);
    let mut network = weight(&numbers(&reference["p0"]));
    let mut mover = Mover::new(optimizer);
    let mut largest: f64 = 0.0;
    let steps = reference["runs"][name]["params_after_step"].as_array().unwrap();
    for (step, expected) in steps.iter().enumerate() {
        let p = values(&network);
        let slope: Vec<f64> =
            matrix.iter().zip(&b).map(|(row, b)| row.iter().zip(&p).map(|(a, p)| a * p).sum::<f64>() - b).collect();
        let slopes = slopes(&network, &slope);
        let slopes = match clip {
            Some(limit) => {
                let norm = slopes.norm().unwrap();
                slopes.clip(norm, limit)
            }
            None => slopes,
        };
        network = mover.step(network, slopes, rates(step as u64));
        for (ours, theirs) in values(&network).iter().zip(numbers(expected)) {
            largest = largest.max((ours - theirs).abs());
        }
    }
    eprintln!("{name}: largest difference {largest:e}");
    Some(largest)
}

fn constant(_: u64) -> Rates {
    Rates { learning_rate: 0.05, momentum: None }
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
    let rhythm = Rhythm { schedule, base: 0.05, epochs: 1, steps: 21 };
    let Some(difference) = difference("radam_onecycle20", &radam(0.0), None, |step| rhythm.at(0, step, 1.0)) else {
        return;
    };
    assert!(difference < TOLERANCE, "{difference}");
}

#[test]
fn what_an_optimiser_remembers_survives_being_saved() {
    for optimizer in
        [adam(0.1), radam(0.0), sgd(true), Optimizer::AdamW { lr: 0.1, betas: BETAS, eps: 1e-8, weight_decay: 0.1 }]
    {
        let mut network = weight(&[1.0, -2.0, 0.5]);
        let mut mover = Mover::new(&optimizer);
        for step in 0..4 {
            let slope = slopes(&network, &[0.3, f64::from(step), -0.1]);
            network = mover.step(network, slope, constant(0));
        }
        let mut other = Mover::new(&optimizer);
        other.load(&mover.save().unwrap(), &Device::cpu().plain()).unwrap();
        let slope = slopes(&network, &[0.1, 0.2, 0.3]);
        let moved = mover.step(network.clone(), slope.clone(), constant(0));
        let also = other.step(network, slope, constant(0));
        assert_eq!(values(&moved), values(&also));
    }
}
