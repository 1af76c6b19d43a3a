use super::super::order::{Sampler, batch_sizes, cut};
use super::*;

fn positions(draws: &[DrawnSubject]) -> Vec<usize> {
    draws.iter().map(|d| d.position).collect()
}

#[test]
fn everybody_is_seen_once_an_epoch_in_an_order_that_seed_and_epoch_decide() {
    let drawing = Sampler::Shuffled(50);
    let first = drawing.epoch(1, 0);
    let mut sorted = positions(&first);
    sorted.sort_unstable();
    assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    assert_eq!(first, drawing.epoch(1, 0));
    assert_ne!(positions(&first), positions(&drawing.epoch(1, 1)));
    assert_ne!(positions(&first), positions(&drawing.epoch(2, 0)));
}

#[test]
fn classes_are_drawn_equally_often_when_balanced() {
    let classes: Vec<Option<usize>> = (0..61).map(|i| Some(usize::from(i < 7))).collect();
    let drawing = Sampler::balanced(&classes);
    for epoch in 0..20 {
        let draws = drawing.epoch(3, epoch);
        assert_eq!(draws.len(), 61);
        let rare = draws.iter().filter(|d| d.position < 7).count();
        assert!((30..=31).contains(&rare), "{rare}");
    }
}

#[test]
fn those_without_a_class_are_a_group_of_their_own() {
    let drawing = Sampler::balanced(&[Some(0), Some(0), None, Some(1), Some(0), Some(0)]);
    let draws = drawing.epoch(3, 0);
    assert_eq!(draws.iter().filter(|d| d.position == 2).count(), 2);
}

#[test]
fn a_subject_that_is_drawn_twice_is_augmented_in_two_ways() {
    let drawing = Sampler::balanced(&[Some(0), Some(1), Some(1), Some(1)]);
    let draws = drawing.epoch(3, 0);
    let seeds: Vec<u64> = draws.iter().filter(|d| d.position == 0).map(|d| d.seed).collect();
    assert_eq!(seeds.len(), 2);
    assert_ne!(seeds[0], seeds[1]);
}

#[test]
fn a_last_batch_of_one_joins_the_one_before_where_batch_normalisation_is_trained() {
    assert_eq!(batch_sizes(9, 4, false), [4, 4, 1]);
    assert_eq!(batch_sizes(9, 4, true), [4, 5]);
    assert_eq!(batch_sizes(10, 4, true), [4, 4, 2]);
    assert_eq!(batch_sizes(3, 256, true), [3]);
    assert_eq!(batch_sizes(1, 4, true), [1]);
    let items: Vec<usize> = (0..9).collect();
    let pieces: Vec<&[usize]> = cut(&items, &[4, 5]).collect();
    assert_eq!(pieces, [&items[..4], &items[4..]]);
}
