//! The time that is left of a run, corrected by every task that ends.

use super::Expected;
use crate::plan::task::Kind;
use std::collections::BTreeMap;
use std::time::Duration;

/// Tasks that are not done, and what they take.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) struct Remaining {
    expected: Expected,
    done: Vec<bool>,
    kinds: BTreeMap<Kind, OfKind>,
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
    /// What so many of the open ones will take of which so much was expected.
    fn left(&self, count: usize, expected: f64) -> Option<f64> {
        match (self.was_expected > 0.0, self.ended) {
            (true, _) => Some(expected * self.took / self.was_expected),
            (false, 1..) => Some(count as f64 * self.took / self.ended as f64),
            (false, 0) => (expected > 0.0 || count == 0).then_some(expected),
        }
    }
}

impl Remaining {
    /// Nothing is done.
    pub fn new(expected: Expected) -> Self {
        let mut kinds: BTreeMap<Kind, OfKind> = BTreeMap::new();
        for (kind, seconds) in expected.all() {
            let of_kind = kinds.entry(kind).or_default();
            of_kind.open += 1;
            of_kind.expected += seconds.unwrap_or(0.0);
        }
        let done = vec![false; expected.seconds.len()];
        Self { expected, done, kinds }
    }

    /// A task is done; how long it took, when it ran.
    pub fn end(&mut self, task: usize, took: f64) {
        let Some((kind, seconds)) = self.expected.all().nth(task) else { return };
        let (Some(done), Some(of_kind)) = (self.done.get_mut(task), self.kinds.get_mut(&kind)) else { return };
        if std::mem::replace(done, true) {
            return;
        }
        let seconds = seconds.unwrap_or(0.0);
        of_kind.open -= 1;
        of_kind.expected -= seconds;
        of_kind.was_expected += seconds;
        of_kind.took += took;
        of_kind.ended += 1;
    }

    /// What is left behind a task under way, as far as it is known; `None` where nothing is.
    pub fn behind(&self, task: usize) -> Option<Duration> {
        let (own, seconds) = self.expected.all().nth(task)?;
        let mut sum = None;
        let mut anything = false;
        for (kind, of_kind) in &self.kinds {
            let is_own = *kind == own && !self.done[task];
            let count = of_kind.open - usize::from(is_own);
            let expected = of_kind.expected - if is_own { seconds.unwrap_or(0.0) } else { 0.0 };
            anything |= count > 0;
            if let (1.., Some(left)) = (count, of_kind.left(count, expected)) {
                *sum.get_or_insert(0.0) += left.max(0.0);
            }
        }
        if anything { sum.and_then(|sum| Duration::try_from_secs_f64(sum).ok()) } else { Some(Duration::ZERO) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_what_tasks_take() {
        let kinds = vec![Kind::Train, Kind::Train, Kind::Train, Kind::Score];
        let mut remaining = Remaining::new(Expected::new(vec![Some(2.0), Some(4.0), Some(4.0), Some(1.0)], kinds));
        assert_eq!(remaining.behind(0), Some(Duration::from_secs(9)));
        // Twice as slow as was thought.
        remaining.end(0, 4.0);
        remaining.end(0, 4.0);
        assert_eq!(remaining.behind(1), Some(Duration::from_secs(9)));
        remaining.end(1, 8.0);
        remaining.end(2, 8.0);
        assert_eq!(remaining.behind(3), Some(Duration::ZERO));
    }

    #[test]
    fn nothing_is_said_where_nothing_is_known() {
        let kinds = vec![Kind::Train, Kind::Train];
        let mut remaining = Remaining::new(Expected::new(vec![None, None], kinds));
        assert_eq!(remaining.behind(0), None);
        remaining.end(0, 5.0);
        assert_eq!(remaining.behind(1), Some(Duration::ZERO));
    }
}
