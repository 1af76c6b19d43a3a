//! What the user was told in a run: each sentence once, and in the order of the plan, however many workers spoke at once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Warnings, by the round of the plan, the task and its turn.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Plans with a search are laid out and run in rounds, each with numbers of its own for its tasks.
    round: usize,
    places: BTreeMap<String, (usize, usize, usize)>,
    /// Warnings of each task so far.
    turns: BTreeMap<usize, usize>,
}

impl Told {
    /// Begins another round.
    pub fn next_round(&self) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.round += 1;
        inner.turns.clear();
    }

    /// Takes note of a warning; says whether it is new.
    pub fn add(&self, task: Option<usize>, text: &str) -> bool {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let task = task.unwrap_or(usize::MAX);
        let round = inner.round;
        let turn = inner.turns.entry(task).or_default();
        *turn += 1;
        let place = (round, task, *turn);
        match inner.places.get_mut(text) {
            Some(known) => {
                // Who said it first is a matter of chance; where it is told is not.
                *known = place.min(*known);
                false
            }
            None => {
                inner.places.insert(text.to_owned(), place);
                true
            }
        }
    }

    /// All of it.
    pub fn in_order(&self) -> Vec<String> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = inner.places.iter().map(|(text, place)| (*place, text.clone())).collect();
        all.sort();
        all.into_iter().map(|(_, text)| text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_speaks_first_the_order_is_that_of_the_plan() {
        let told = |order: [(usize, &str); 4]| {
            let told = Told::default();
            for (task, text) in order {
                told.add(Some(task), text);
            }
            told.in_order()
        };
        let expected = vec!["both", "second of 1", "of 2"];
        assert_eq!(told([(1, "both"), (1, "second of 1"), (2, "of 2"), (2, "both")]), expected);
        assert_eq!(told([(2, "of 2"), (2, "both"), (1, "both"), (1, "second of 1")]), expected);
    }
}
