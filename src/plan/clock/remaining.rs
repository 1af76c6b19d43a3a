//! The time that is left of a run, corrected by every task that ends.

use super::Expected;
use crate::plan::task::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Tasks that are not done, and what they take; when those under way began.
///
/// Two things are learnt while tasks end: by how much those of a kind take longer than was expected, and how much is done at once,
/// which is what all tasks together took over the time that has passed.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) struct Remaining {
    expected: Expected,
    open: BTreeSet<usize>,
    running: BTreeMap<usize, Instant>,
    kinds: BTreeMap<Kind, OfKind>,
    began: Option<Instant>,
    /// What the tasks that ran here took, all together.
    took: f64,
}

/// Tasks of a kind.
#[derive(Debug, Clone, Default, PartialEq)]
struct OfKind {
    /// Those that are open: how many, and what was expected of them all.
    open: usize,
    expected: f64,
    /// Those that have ended: what was expected, what they took, and how many they are.
    was_expected: f64,
    took: f64,
    ended: usize,
}

impl OfKind {
    /// By how much tasks of the kind take longer than was expected.
    fn ratio(&self) -> f64 {
        if self.was_expected > 0.0 { self.took / self.was_expected } else { 1.0 }
    }

    /// What the open ones take.
    fn left(&self) -> Option<f64> {
        match (self.was_expected > 0.0, self.ended) {
            (false, 1..) => Some(self.open as f64 * self.took / self.ended as f64),
            (false, 0) if self.expected <= 0.0 => (self.open == 0).then_some(0.0),
            _ => Some(self.expected * self.ratio()),
        }
    }
}

impl Remaining {
    /// None of these is done.
    pub fn new(expected: Expected, wanted: &BTreeSet<usize>) -> Self {
        let mut kinds: BTreeMap<Kind, OfKind> = BTreeMap::new();
        let mut open = BTreeSet::new();
        for (task, (kind, seconds)) in expected.all().enumerate().filter(|(task, _)| wanted.contains(task)) {
            let of_kind = kinds.entry(kind).or_default();
            of_kind.open += 1;
            of_kind.expected += seconds.unwrap_or(0.0);
            open.insert(task);
        }
        Self { expected, open, running: BTreeMap::new(), kinds, began: None, took: 0.0 }
    }

    /// A task begins.
    pub fn begin(&mut self, task: usize, now: Instant) {
        self.began.get_or_insert(now);
        if self.open.contains(&task) {
            self.running.insert(task, now);
        }
    }

    /// A task is no longer under way here, and not done.
    pub fn leave(&mut self, task: usize) {
        self.running.remove(&task);
    }

    /// A task will not be done.
    pub fn give_up(&mut self, task: usize) {
        self.running.remove(&task);
        if self.open.remove(&task)
            && let Some((kind, seconds)) = self.expected.of_task(task)
            && let Some(of_kind) = self.kinds.get_mut(&kind)
        {
            of_kind.open -= 1;
            of_kind.expected -= seconds.unwrap_or(0.0);
        }
    }

    /// A task is done; how long it took when it ran, which may have been before.
    pub fn end(&mut self, task: usize, took: f64, ran_now: bool) {
        if !self.open.contains(&task) {
            return;
        }
        self.give_up(task);
        if ran_now {
            self.took += took;
        }
        if let Some((kind, seconds)) = self.expected.of_task(task) {
            let of_kind = self.kinds.entry(kind).or_default();
            of_kind.was_expected += seconds.unwrap_or(0.0);
            of_kind.took += took;
            of_kind.ended += 1;
        }
    }

    /// What is left, as far as it is known; `None` where nothing is.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        if self.open.is_empty() {
            return Some(Duration::ZERO);
        }
        let of_kinds: Vec<f64> =
            self.kinds.values().filter(|of_kind| of_kind.open > 0).filter_map(OfKind::left).collect();
        if of_kinds.is_empty() {
            return None;
        }
        let elapsed = |began: &Instant| now.saturating_duration_since(*began).as_secs_f64();
        // What is under way is no longer left, as far as it is as long as was thought.
        let (mut gone, mut under_way, mut longest) = (0.0, 0.0, 0.0_f64);
        for (task, began) in &self.running {
            let Some((kind, seconds)) = self.expected.of_task(*task) else { continue };
            let whole = seconds.unwrap_or(0.0) * self.kinds.get(&kind).map_or(1.0, OfKind::ratio);
            let so_far = elapsed(began);
            gone += so_far.min(whole);
            under_way += so_far;
            longest = longest.max(whole - so_far);
        }
        let left = (of_kinds.iter().sum::<f64>() - gone).max(0.0);
        let wall = self.began.as_ref().map_or(0.0, elapsed);
        let at_once = if wall > 0.0 { ((self.took + under_way) / wall).max(1.0) } else { 1.0 };
        Duration::try_from_secs_f64((left / at_once).max(longest)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_trainings_and_a_score() -> (Remaining, Instant) {
        let kinds = vec![Kind::Train, Kind::Train, Kind::Train, Kind::Score];
        let expected = Expected::new(vec![Some(2.0), Some(4.0), Some(4.0), Some(1.0)], kinds);
        (Remaining::new(expected, &(0..4).collect()), Instant::now())
    }

    fn seconds(seconds: u64) -> Option<Duration> {
        Some(Duration::from_secs(seconds))
    }

    #[test]
    fn what_is_left_follows_what_tasks_take() {
        let (mut remaining, start) = three_trainings_and_a_score();
        let at = |second| start + Duration::from_secs(second);
        remaining.begin(0, at(0));
        assert_eq!(remaining.left(at(0)), seconds(11));
        assert_eq!(remaining.left(at(1)), seconds(10));
        // Twice as slow as was thought.
        remaining.end(0, 4.0, true);
        remaining.end(0, 4.0, true);
        remaining.begin(1, at(4));
        assert_eq!(remaining.left(at(4)), seconds(17));
        remaining.end(1, 8.0, true);
        remaining.begin(2, at(12));
        remaining.end(2, 8.0, true);
        assert_eq!(remaining.left(at(20)), seconds(1));
        remaining.end(3, 1.0, true);
        assert_eq!(remaining.left(at(21)), seconds(0));
    }

    #[test]
    fn tasks_side_by_side_end_sooner_but_not_before_the_longest() {
        let (mut remaining, start) = three_trainings_and_a_score();
        let at = |second| start + Duration::from_secs(second);
        remaining.begin(1, at(0));
        remaining.begin(2, at(0));
        // Two seconds of each are done: 11 - 4 are left, two at a time.
        assert_eq!(remaining.left(at(2)), Some(Duration::from_secs_f64(3.5)));
        remaining.end(0, 2.0, false);
        remaining.give_up(3);
        remaining.end(1, 4.0, true);
        assert_eq!(remaining.left(at(2)), seconds(2));
    }

    #[test]
    fn nothing_is_said_where_nothing_is_known() {
        let kinds = vec![Kind::Train, Kind::Train];
        let mut remaining = Remaining::new(Expected::new(vec![None, None], kinds), &(0..2).collect());
        let now = Instant::now();
        assert_eq!(remaining.left(now), None);
        remaining.begin(0, now);
        remaining.end(0, 5.0, true);
        assert_eq!(remaining.left(now), seconds(5));
    }
}
