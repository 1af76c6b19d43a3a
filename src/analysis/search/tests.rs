//! Samplers and pruners against Optuna (`tests/reference/search.py`), and by what they promise.

use super::parzen::Parzen;
use super::sampler::divided;
use super::{Axis, Outcome, Point, Sampler, Trial, median_thresholds};
use fascicle_reference::recorded;
use serde_json::Value;

fn space() -> Vec<Axis> {
    vec![
        Axis::Real { low: 1e-4, high: 1e-2, log: true },
        Axis::Real { low: 0.0, high: 0.5, log: false },
        Axis::Whole { low: 1, high: 5, log: false },
        Axis::Whole { low: 4, high: 64, log: true },
        Axis::Choice { count: 3 },
    ]
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn trials(case: &Value) -> Vec<Trial> {
    let trial = |value: &Value| {
        let loss = value["loss"].as_f64().unwrap_or(f64::NAN);
        let outcome = match value["stopped"].as_u64() {
            Some(epoch) => Outcome::Stopped { epoch: epoch as usize, loss },
            None => Outcome::Finished(loss),
        };
        Trial { point: numbers(&value["point"]), outcome }
    };
    case["trials"].as_array().into_iter().flatten().map(trial).collect()
}

#[test]
fn densities_of_the_good_and_of_the_others_are_those_of_optuna() {
    let recorded = recorded("search");
    let cases = recorded["tpe"].as_array().expect("cases");
    let (space, mut worst) = (space(), 0.0_f64);
    for case in cases {
        let trials = trials(case);
        let (good, others) = divided(1, &trials).expect("trials");
        let expected: Vec<Point> =
            numbers(&case["good"]).iter().map(|number| trials[*number as usize].point.clone()).collect();
        assert_eq!(good.iter().map(|point| (*point).clone()).collect::<Vec<_>>(), expected);
        let (good, others) = (Parzen::of(&space, &good), Parzen::of(&space, &others));
        let points = case["points"].as_array().expect("points");
        let densities = numbers(&case["good_density"]).into_iter().zip(numbers(&case["others_density"]));
        for (point, (of_good, of_others)) in points.iter().zip(densities) {
            let point = numbers(point);
            worst = worst.max((good.log_density(&point) - of_good).abs());
            worst = worst.max((others.log_density(&point) - of_others).abs());
        }
    }
    assert!(worst < 1e-9, "{worst}");
}

#[test]
fn trials_are_stopped_where_optuna_stops_them() {
    let recorded = recorded("search");
    let mut decided = 0;
    for case in recorded["pruning"].as_array().expect("cases") {
        let curves = |name: &str| case[name].as_array().expect("curves").iter().map(numbers).collect::<Vec<_>>();
        let finished: Vec<Vec<Option<f64>>> =
            curves("finished").into_iter().map(|curve| curve.into_iter().map(Some).collect()).collect();
        let count = |name: &str| case[name].as_u64().expect("a count") as usize;
        let thresholds = median_thresholds(&finished, count("startup"), count("warmup"));
        for (curve, stopped) in curves("new").into_iter().zip(case["stopped"].as_array().expect("decisions")) {
            let mut best = f64::INFINITY;
            let at = curve.iter().enumerate().position(|(epoch, loss)| {
                best = best.min(*loss);
                thresholds.get(epoch).is_some_and(|threshold| best > *threshold)
            });
            assert_eq!(at.map(|epoch| epoch as u64 + 1), stopped.as_u64());
            decided += 1;
        }
    }
    assert_eq!(decided, 36);
}

/// What a search of a smooth valley comes to after so many trials.
fn searched(sampler: Sampler, seed: u64, count: usize) -> Vec<Trial> {
    let space = space();
    let loss = |p: &Point| (p[0].ln() - 2e-3_f64.ln()).powi(2) + (p[1] - 0.1).powi(2) + (p[2] - 2.0).abs() + p[4];
    let mut trials: Vec<Trial> = Vec::new();
    while trials.len() < count {
        let Some(point) = sampler.next(&space, seed, &trials) else { break };
        let outcome = Outcome::Finished(loss(&point));
        trials.push(Trial { point, outcome });
    }
    trials
}

#[test]
fn the_estimator_finds_better_settings_than_chance() {
    let best = |sampler: Sampler, seed: u64| {
        let losses = searched(sampler, seed, 60).into_iter().map(|trial| match trial.outcome {
            Outcome::Finished(loss) => loss,
            _ => f64::INFINITY,
        });
        losses.fold(f64::INFINITY, f64::min)
    };
    let better =
        (0..20).filter(|seed| best(Sampler::Tpe { startup: 10 }, *seed) < best(Sampler::Random, *seed)).count();
    assert!(better >= 16, "{better} of 20");
}

#[test]
fn a_trial_depends_on_those_before_it_and_not_on_how_many_follow() {
    for sampler in [Sampler::Random, Sampler::Tpe { startup: 5 }] {
        assert_eq!(searched(sampler, 7, 12)[..], searched(sampler, 7, 30)[..12]);
        assert_ne!(searched(sampler, 7, 12), searched(sampler, 8, 12));
    }
}

#[test]
fn no_settings_are_tried_twice_and_a_finite_space_ends() {
    let space = [Axis::Choice { count: 3 }, Axis::Whole { low: 2, high: 4, log: false }];
    for sampler in [Sampler::Random, Sampler::Tpe { startup: 2 }] {
        let mut trials: Vec<Trial> = Vec::new();
        while let Some(point) = sampler.next(&space, 1, &trials) {
            assert!(trials.iter().all(|trial| trial.point != point), "{point:?} again");
            let outcome = if trials.len().is_multiple_of(3) { Outcome::Undefined } else { Outcome::Finished(point[0]) };
            trials.push(Trial { point, outcome });
        }
        assert_eq!(trials.len(), 9);
    }
}

#[test]
fn points_stay_within_their_axes() {
    for sampler in [Sampler::Random, Sampler::Tpe { startup: 5 }] {
        for trial in searched(sampler, 3, 80) {
            let p = &trial.point;
            assert!((1e-4..=1e-2).contains(&p[0]) && (0.0..=0.5).contains(&p[1]), "{p:?}");
            assert!((1.0..=5.0).contains(&p[2]) && (4.0..=64.0).contains(&p[3]) && p[4] < 3.0, "{p:?}");
            assert!(p[2..].iter().all(|number| number.fract() == 0.0), "{p:?}");
        }
    }
}
