use super::super::schedule::{LearningRateSchedule, Plateau};
use super::*;

fn rhythm(schedule: Schedule, base: f64, epochs: usize, steps: u64) -> LearningRateSchedule {
    LearningRateSchedule { schedule, base, epochs, steps }
}

fn one_cycle(cycle_momentum: bool) -> Schedule {
    Schedule::OneCycle { max_lr: 0.01, rise: 0.3, start_divisor: 25.0, end_divisor: 1e4, cycle_momentum }
}

#[test]
fn one_cycle_has_pytorchs_learning_rates_and_momenta() {
    let Some(reference) = golden("one_cycle.json") else { return };
    for (name, cycles) in [("default_radam_200", true), ("default_adam_200", true), ("sgd_no_momentum_cycle", false)] {
        let lr = numbers(&reference[name]["lr_used_at_step"]);
        let momentum = numbers(&reference[name]["beta1_or_momentum_used_at_step"]);
        let rhythm = rhythm(one_cycle(cycles), 1.0, 10, lr.len() as u64);
        for step in 0..lr.len() {
            let rates = rhythm.at(0, step as u64, 1.0);
            assert!((rates.learning_rate - lr[step]).abs() < 1e-12, "{name} step {step}");
            let off = rates.momentum.map(|found| (found - momentum[step]).abs());
            assert!(off.is_none_or(|off| off < 1e-12) && off.is_some() == cycles, "{name} step {step}");
        }
    }
}

#[test]
fn one_cycle_leaves_momentum_alone_when_told_so_and_is_finite_for_any_number_of_steps() {
    for steps in 1..30 {
        let rhythm = rhythm(one_cycle(false), 1.0, 1, steps);
        for step in 0..steps {
            let rates = rhythm.at(0, step, 1.0);
            assert!(rates.learning_rate.is_finite() && rates.learning_rate > 0.0);
            assert_eq!(rates.momentum, None);
        }
    }
}

#[test]
fn a_plateau_is_found_as_pytorch_finds_it() {
    let Some(reference) = golden("reduce_lr_on_plateau.json") else { return };
    let mut plateau = Plateau::default();
    let base = 2e-4;
    for (metric, lr) in numbers(&reference["metric"]).into_iter().zip(numbers(&reference["lr_after"])) {
        plateau.observe(Some(metric), 0.1, 5, 1e-5 / base);
        assert!((base * plateau.factor() - lr).abs() < 1e-12);
    }
}

#[test]
fn steps_and_exponentials_multiply_by_epoch() {
    let step = rhythm(Schedule::Step { every: 3, factor: 0.1 }, 1.0, 10, 100);
    let rates: Vec<f64> = (0..7).map(|e| step.at(e, 0, 1.0).learning_rate).collect();
    for (rate, expected) in rates.iter().zip([1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.01]) {
        assert!((rate - expected).abs() < 1e-15);
    }
    let exponential = rhythm(Schedule::Exponential { factor: 0.5 }, 1.0, 10, 100);
    assert_eq!(exponential.at(3, 0, 1.0).learning_rate, 0.125);
    assert_eq!(rhythm(Schedule::Constant, 0.3, 10, 100).at(9, 99, 1.0).learning_rate, 0.3);
}

#[test]
fn a_cosine_rises_during_warm_up_and_falls_after_it() {
    let cosine = rhythm(Schedule::Cosine { min_lr: 0.1, warmup: 3 }, 1.0, 13, 100);
    let rates: Vec<f64> = (0..13).map(|e| cosine.at(e, 0, 1.0).learning_rate).collect();
    assert_eq!(rates[..4], [0.25, 0.5, 0.75, 1.0]);
    assert!(rates[3..].windows(2).all(|w| w[1] < w[0]));
    assert!((rates[8] - 0.55).abs() < 1e-12); // half way through the ten epochs of the cosine
    assert!(rates[12] > 0.1);
}
