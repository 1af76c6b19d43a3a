//! Bundles of made-up plans.

use super::settings::{Slurm, SlurmKeys};
use super::{Array, Estimator, arrays};
use crate::plan::{Kind, Measured, SurveyedTask, TaskState};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn task(kind: Kind, needs: &[usize], seconds: f64) -> SurveyedTask {
    SurveyedTask {
        name: String::new(),
        kind,
        fingerprint: String::new(),
        needs: needs.iter().copied().collect(),
        state: TaskState::ToRun,
        threads: 1,
        memory: 1 << 20,
        operations: (seconds * 1e6) as u64,
    }
}

/// As if every kind was measured: a million operations take a second.
fn measured() -> BTreeMap<Kind, Vec<Measured>> {
    let one = Measured { seconds: 1.0, operations: 1_000_000, memory: None, threads: 1 };
    Kind::ALL.into_iter().map(|kind| (kind, vec![one])).collect()
}

/// A study: subjects, divisions and fitted steps, then for each of so many runs two stages and a prediction, then scores.
fn study(runs: usize, first: f64, second: f64) -> Vec<SurveyedTask> {
    let mut tasks = vec![task(Kind::Index, &[], 1.0), task(Kind::Split, &[0], 1.0), task(Kind::Fit, &[0, 1], 1.0)];
    let mut predicted = Vec::new();
    for _ in 0..runs {
        let at = tasks.len();
        tasks.push(task(Kind::Train, &[0, 1, 2], first));
        tasks.push(task(Kind::Train, &[0, 1, 2, at], second));
        tasks.push(task(Kind::Predict, &[0, 1, 2, at + 1], 1.0));
        predicted.push(at + 2);
    }
    predicted.push(0);
    tasks.push(task(Kind::Score, &predicted, 1.0));
    tasks
}

fn bundled(tasks: &[SurveyedTask], keys: SlurmKeys) -> Result<Vec<Array>, Box<dyn std::error::Error>> {
    let settings = Slurm::of_keys(keys)?;
    let measured = measured();
    Ok(arrays(tasks, &BTreeSet::new(), &settings, &Estimator::new(&measured, settings.margin)))
}

/// Every task that is to run is in one element, behind what it needs.
fn assert_sound(tasks: &[SurveyedTask], arrays: &[Array]) {
    let mut place: BTreeMap<usize, (usize, usize, usize, usize)> = BTreeMap::new();
    for (number, array) in arrays.iter().enumerate() {
        for (element, of_element) in array.elements.iter().enumerate() {
            for (turn, at) in of_element.iter().enumerate() {
                assert_eq!(
                    place.insert(*at, (array.step, number, element, turn)),
                    None,
                    "task {at} is in two elements"
                );
            }
        }
    }
    for (at, task) in tasks.iter().enumerate() {
        if task.state == TaskState::Done {
            assert!(!place.contains_key(&at), "task {at} is done");
            continue;
        }
        let own = place.get(&at).copied().unwrap_or_else(|| panic!("task {at} is in no element"));
        for need in task.needs.iter().filter(|need| tasks[**need].state != TaskState::Done) {
            let other = place[need];
            let before = other.0 < own.0 || (other.1, other.2) == (own.1, own.2) && other.3 < own.3;
            assert!(before, "task {at} {own:?} does not wait for {need} {other:?}");
        }
    }
}

#[test]
fn short_trainings_are_bundled_and_long_ones_are_alone() -> Outcome {
    let tasks = study(100, 60.0, 7200.0);
    let found = bundled(&tasks, SlurmKeys::default())?;
    assert_sound(&tasks, &found);
    let labels: Vec<_> = found.iter().map(|a| (a.label.as_str(), a.elements.len())).collect();
    // 30 trainings of a minute make half an hour.
    assert_eq!(labels, [("prepare", 1), ("train 1", 4), ("train 2", 100), ("finish", 1)]);
    assert!(found[2].elements.iter().all(|element| element.len() == 2), "a training with its prediction");
    assert_eq!((found[1].minutes, found[2].minutes), (50, 185), "30 and 120 minutes, half as much again, and a little");
    Ok(())
}

#[test]
fn limits_of_time_and_of_arrays_are_kept() -> Outcome {
    let tasks = study(100, 7200.0, 7200.0);
    let keys = SlurmKeys { time: Some("60".into()), array: Some(30), ..SlurmKeys::default() };
    let found = bundled(&tasks, keys)?;
    assert_sound(&tasks, &found);
    assert!(found.iter().all(|array| array.minutes <= 60 && array.elements.len() <= 30));
    assert_eq!(found.iter().filter(|array| array.label == "train 1").count(), 4);
    Ok(())
}

#[test]
fn a_plan_of_five_thousand_trainings_is_bundled_in_little_time() -> Outcome {
    let tasks = study(5000, 300.0, 300.0);
    let began = std::time::Instant::now();
    let found = bundled(&tasks, SlurmKeys::default())?;
    assert_sound(&tasks, &found);
    eprintln!("{} tasks in {:?}", tasks.len(), began.elapsed());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_early(
        shapes in proptest::collection::vec((0..12_usize, proptest::collection::vec(any::<usize>(), 0..4), 0.1..4000.0, any::<bool>()), 1..60),
        array in 1..20_usize,
    ) {
        let mut tasks: Vec<SurveyedTask> = Vec::new();
        for (kind, needs, seconds, done) in shapes {
            let at = tasks.len();
            let kind = Kind::ALL[kind];
            // Preparation needs nothing but preparation, trainings those and trainings, as in a plan.
            let rank = |kind: Kind| match kind {
                Kind::Index | Kind::Split | Kind::Fit => 0,
                Kind::Train | Kind::Baseline => 1,
                _ => 2,
            };
            let needs: Vec<usize> = needs.into_iter().filter(|_| at > 0).map(|n| n % at.max(1)).filter(|n| rank(tasks[*n].kind) <= rank(kind)).collect();
            let mut made = task(kind, &needs, seconds);
            if done && needs.iter().all(|n| tasks[*n].state == TaskState::Done) {
                made.state = TaskState::Done;
            }
            tasks.push(made);
        }
        let found = bundled(&tasks, SlurmKeys { array: Some(array), ..SlurmKeys::default() }).map_err(|e| TestCaseError::fail(e.to_string()))?;
        assert_sound(&tasks, &found);
    }
}
