//! Counting what a thread asks of devices, so that a test can say how often a training step waits for one.

use std::cell::Cell;

/// What was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Numbers read back: the host waits until everything before is done.
    pub reads: usize,
    /// Numbers sent.
    pub uploads: usize,
    /// Operations handed over. A device may fuse several of them, or take several launches for one.
    pub operations: usize,
}

impl std::ops::Sub for Traffic {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            reads: self.reads - before.reads,
            uploads: self.uploads - before.uploads,
            operations: self.operations - before.operations,
        }
    }
}

thread_local! {
    static TRAFFIC: Cell<Traffic> = const { Cell::new(Traffic { reads: 0, uploads: 0, operations: 0 }) };
}

/// What this thread has asked since it started.
pub fn traffic() -> Traffic {
    TRAFFIC.get()
}

pub(crate) fn count(change: impl FnOnce(&mut Traffic)) {
    let mut traffic = TRAFFIC.get();
    change(&mut traffic);
    TRAFFIC.set(traffic);
}
