use super::super::early_stopping::EarlyStopping;
use super::*;
use crate::program::EarlyStop;

fn observe(early_stopping: &mut EarlyStopping, values: &[f64], rule: Option<&EarlyStop>) -> Vec<bool> {
    values.iter().enumerate().map(|(i, v)| early_stopping.observe(i + 1, Some(*v), rule)).collect()
}

#[test]
fn the_first_of_equally_good_epochs_is_the_best() {
    let mut early_stopping = EarlyStopping::of(&Keep::Best(Monitor::Loss));
    assert_eq!(observe(&mut early_stopping, &[3.0, 2.0, 2.0, 2.5], None), [true, true, false, false]);
    assert_eq!(early_stopping.best_epoch(), Some(2));
}

#[test]
fn larger_is_better_for_an_accuracy() {
    let mut early_stopping = EarlyStopping::of(&keep_best_accuracy());
    assert_eq!(observe(&mut early_stopping, &[0.5, 0.4, 0.6], None), [true, false, true]);
}

#[test]
fn patience_counts_epochs_without_an_improvement_by_the_least_change() {
    let rule = EarlyStop { patience: 3, min_delta: 0.1 };
    let mut early_stopping = EarlyStopping::of(&Keep::Last);
    observe(&mut early_stopping, &[1.0, 0.95, 0.92], Some(&rule));
    assert!(!early_stopping.should_stop(Some(&rule)));
    observe(&mut early_stopping, &[0.91], Some(&rule));
    assert!(early_stopping.should_stop(Some(&rule)));
    let mut early_stopping = EarlyStopping::of(&Keep::Last);
    observe(&mut early_stopping, &[1.0, 0.95, 0.92, 0.85], Some(&rule));
    assert!(!early_stopping.should_stop(Some(&rule)));
}

#[test]
fn a_value_that_is_no_number_is_no_improvement() {
    let rule = EarlyStop { patience: 2, min_delta: 0.0 };
    let mut early_stopping = EarlyStopping::of(&Keep::Best(Monitor::Loss));
    assert!(!early_stopping.observe(1, None, Some(&rule)));
    assert!(!early_stopping.observe(2, Some(f64::NAN), Some(&rule)));
    assert!(early_stopping.should_stop(Some(&rule)));
    assert_eq!(early_stopping.best_epoch(), None);
}
