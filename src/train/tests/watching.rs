use super::super::watch::Watch;
use super::*;
use crate::program::EarlyStop;

fn observe(watch: &mut Watch, values: &[f64], rule: Option<&EarlyStop>) -> Vec<bool> {
    values.iter().enumerate().map(|(i, v)| watch.observe(i + 1, Some(*v), rule)).collect()
}

#[test]
fn the_first_of_equally_good_epochs_is_the_best() {
    let mut watch = Watch::of(&Keep::Best(Monitor::Loss));
    assert_eq!(observe(&mut watch, &[3.0, 2.0, 2.0, 2.5], None), [true, true, false, false]);
    assert_eq!(watch.best_epoch(), Some(2));
}

#[test]
fn larger_is_better_for_an_accuracy() {
    let mut watch = Watch::of(&keep_best_accuracy());
    assert_eq!(observe(&mut watch, &[0.5, 0.4, 0.6], None), [true, false, true]);
}

#[test]
fn patience_counts_epochs_without_an_improvement_by_the_least_change() {
    let rule = EarlyStop { patience: 3, min_delta: 0.1 };
    let mut watch = Watch::of(&Keep::Last);
    observe(&mut watch, &[1.0, 0.95, 0.92], Some(&rule));
    assert!(!watch.gives_up(Some(&rule)));
    observe(&mut watch, &[0.91], Some(&rule));
    assert!(watch.gives_up(Some(&rule)));
    let mut watch = Watch::of(&Keep::Last);
    observe(&mut watch, &[1.0, 0.95, 0.92, 0.85], Some(&rule));
    assert!(!watch.gives_up(Some(&rule)));
}

#[test]
fn a_value_that_is_no_number_is_no_improvement() {
    let rule = EarlyStop { patience: 2, min_delta: 0.0 };
    let mut watch = Watch::of(&Keep::Best(Monitor::Loss));
    assert!(!watch.observe(1, None, Some(&rule)));
    assert!(!watch.observe(2, Some(f64::NAN), Some(&rule)));
    assert!(watch.gives_up(Some(&rule)));
    assert_eq!(watch.best_epoch(), None);
}
