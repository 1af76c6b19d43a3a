//! Which tasks are ready, under way, elsewhere, done, failed.

use super::super::clock::{Expected, Remaining};
use super::super::context::Context;
use super::super::error::{Failures, PlanError};
use super::super::outcome::TaskOutcome;
use super::{Capacity, Demand, Executed};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Everything the workers share.
pub(super) struct Board {
    /// How many of what each task needs are not there.
    lacking: BTreeMap<usize, usize>,
    /// Who waits for a task.
    followers: BTreeMap<usize, Vec<usize>>,
    ready: BTreeSet<usize>,
    running: BTreeMap<usize, Demand>,
    /// What the first of those that are ready takes, worked out once.
    next_demand: Option<(usize, Demand)>,
    elsewhere: BTreeSet<usize>,
    /// Tasks that were elsewhere once: that is told once.
    told: BTreeSet<usize>,
    done: BTreeMap<usize, TaskOutcome>,
    failed: BTreeMap<usize, PlanError>,
    not_reached: BTreeSet<usize>,
    /// When claims of others were looked at last.
    looked: Instant,
    /// No further task begins.
    stopped: bool,
    interrupted: bool,
    all: usize,
    remaining: Remaining,
}

/// What a worker does next.
pub(super) enum Next {
    /// A task, and what it takes.
    Task(usize, Demand),
    /// Nothing is ready, or what is does not fit beside what runs.
    Wait,
    /// All that is left is with others; they were looked at then.
    Look(Instant),
    /// Nothing is left.
    End,
}

impl Board {
    /// The tasks that are wanted and have no result yet.
    pub fn new(context: &Context<'_>, wanted: &[usize]) -> Self {
        let wanted: BTreeSet<usize> =
            wanted.iter().copied().filter(|at| context.entries.get(*at).is_some_and(|e| e.get().is_none())).collect();
        // Times of tasks are for whoever sees progress, and take nothing where nobody does.
        let expected =
            Expected::of(context.experiment, context.layout, context.sources, context.options.clock.as_ref());
        let remaining = Remaining::new(expected, &wanted);
        let (mut lacking, mut followers) = (BTreeMap::new(), BTreeMap::<usize, Vec<usize>>::new());
        let mut ready = BTreeSet::new();
        for at in &wanted {
            let needed: Vec<usize> = context.layout.needs(*at).intersection(&wanted).copied().collect();
            if needed.is_empty() {
                ready.insert(*at);
            }
            lacking.insert(*at, needed.len());
            for other in needed {
                followers.entry(other).or_default().push(*at);
            }
        }
        Self {
            lacking,
            followers,
            ready,
            running: BTreeMap::new(),
            next_demand: None,
            elsewhere: BTreeSet::new(),
            told: BTreeSet::new(),
            done: BTreeMap::new(),
            failed: BTreeMap::new(),
            not_reached: BTreeSet::new(),
            looked: Instant::now(),
            stopped: false,
            interrupted: false,
            all: wanted.len(),
            remaining,
        }
    }

    /// The first task that is ready and fits, marked as running.
    pub fn next(&mut self, context: &Context<'_>, capacity: &Capacity, fitting: bool) -> Next {
        if self.stopped {
            return if self.running.is_empty() { Next::End } else { Next::Wait };
        }
        // Looking far ahead for something small would let what is large wait for ever.
        if let Some(at) = self.ready.first().copied() {
            let demand = match self.next_demand {
                Some((of, demand)) if of == at => demand,
                _ => Demand::of(context, at),
            };
            self.next_demand = Some((at, demand));
            if !fitting || self.running.is_empty() || capacity.takes(self.running.values(), &demand) {
                self.ready.remove(&at);
                self.running.insert(at, demand);
                self.remaining.begin(at, Instant::now());
                return Next::Task(at, demand);
            }
            return Next::Wait;
        }
        match (self.elsewhere.is_empty(), self.running.is_empty()) {
            (true, true) => Next::End,
            (true, false) => Next::Wait,
            (false, _) => Next::Look(self.looked),
        }
    }

    /// The threads of a task that begins: its share of those that are free, where others are about to begin as well.
    pub fn share(&self, capacity: &Capacity, demand: &Demand, workers: usize) -> usize {
        let side_by_side = (self.running.len() + self.ready.len()).min(workers).max(1);
        capacity.threads.div_euclid(side_by_side).max(demand.threads.min(capacity.threads)).max(1)
    }

    pub fn looked(&mut self) {
        self.looked = Instant::now();
    }

    pub fn elsewhere(&self) -> Vec<usize> {
        self.elsewhere.iter().copied().collect()
    }

    /// What others have left is looked at again.
    pub fn return_to_ready(&mut self, free: &[usize]) {
        for at in free {
            if self.elsewhere.remove(at) {
                self.ready.insert(*at);
            }
        }
    }

    /// Somebody else is at it; says whether that is new.
    pub fn put_elsewhere(&mut self, at: usize) -> bool {
        self.running.remove(&at);
        self.remaining.leave(at);
        if self.elsewhere.is_empty() {
            self.looked = Instant::now();
        }
        self.elsewhere.insert(at);
        self.told.insert(at)
    }

    pub fn done(&mut self, at: usize, outcome: TaskOutcome) {
        self.running.remove(&at);
        self.remaining.end(at, outcome.seconds, outcome.ran);
        self.done.insert(at, outcome);
        for follower in self.followers.get(&at).into_iter().flatten() {
            if let Some(lacking) = self.lacking.get_mut(follower) {
                *lacking = lacking.saturating_sub(1);
                if *lacking == 0 && !self.not_reached.contains(follower) {
                    self.ready.insert(*follower);
                }
            }
        }
    }

    /// A failure, and all that can no longer be reached.
    pub fn failed(&mut self, at: usize, error: PlanError) {
        self.running.remove(&at);
        self.remaining.give_up(at);
        if matches!(error, PlanError::Interrupted { .. }) {
            self.interrupt();
        } else {
            let mut lost = vec![at];
            while let Some(next) = lost.pop() {
                for follower in self.followers.get(&next).into_iter().flatten() {
                    if self.not_reached.insert(*follower) {
                        self.remaining.give_up(*follower);
                        lost.push(*follower);
                    }
                }
            }
        }
        self.failed.insert(at, error);
    }

    pub fn interrupt(&mut self) {
        self.interrupted = true;
        self.stopped = true;
    }

    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Whether anything still runs or will.
    pub fn goes_on(&self) -> bool {
        let something_waits = !(self.ready.is_empty() && self.elsewhere.is_empty());
        !self.running.is_empty() || something_waits && !self.stopped
    }

    /// What is left of the run, as far as it is known.
    pub fn left(&self) -> Option<Duration> {
        self.remaining.left(Instant::now())
    }

    /// How many of how many are done.
    pub fn progress(&self) -> (usize, usize) {
        (self.done.len(), self.all)
    }

    pub fn executed(self, context: &Context<'_>) -> Executed {
        let name = |at: &usize| context.layout.tasks.get(*at).map(|task| task.name.clone()).unwrap_or_default();
        let first = self.lacking.keys().find(|at| !self.done.contains_key(at));
        let cut = self.failed.iter().find(|(_, error)| matches!(error, PlanError::Interrupted { .. }));
        let interrupted = self.interrupted.then(|| cut.map(|(at, _)| at).or(first).map(name).unwrap_or_default());
        let mut not_reached: BTreeSet<usize> = self.not_reached;
        if self.stopped && !self.interrupted {
            let begun = |at: &usize| self.done.contains_key(at) || self.failed.contains_key(at);
            not_reached.extend(self.lacking.keys().copied().filter(|at| !begun(at)));
        }
        let failed: Vec<(String, PlanError)> = self
            .failed
            .into_iter()
            .filter(|(_, error)| !matches!(error, PlanError::Interrupted { .. }))
            .map(|(at, error)| (name(&at), error))
            .collect();
        let not_reached = not_reached.iter().map(name).collect();
        let failures = (!failed.is_empty()).then_some(Failures { failed, not_reached });
        Executed { outcomes: self.done.into_iter().collect(), interrupted, failures }
    }
}
