//! How long tasks take side by side, as the executor lets them: a run of the plan without the work.

use super::{Capacity, Demand};
use std::collections::BTreeSet;

/// A task that is to run.
#[derive(Debug, Clone)]
pub(in crate::plan) struct Scheduled<'l> {
    /// Seconds by itself; nothing for what is done.
    pub seconds: f64,
    pub demand: Demand,
    /// Those that it needs, by their places.
    pub needs: &'l BTreeSet<usize>,
}

/// Seconds until all of them are done on this machine.
pub(in crate::plan) fn makespan(tasks: &[Scheduled<'_>]) -> f64 {
    on(&Capacity::here(), tasks)
}

fn on(capacity: &Capacity, tasks: &[Scheduled<'_>]) -> f64 {
    let mut lacking: Vec<usize> = tasks.iter().map(|task| task.needs.len()).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (at, task) in tasks.iter().enumerate() {
        for needed in task.needs {
            if let Some(list) = followers.get_mut(*needed) {
                list.push(at);
            }
        }
    }
    let mut ready: BTreeSet<usize> = (0..tasks.len()).filter(|at| lacking[*at] == 0).collect();
    let mut running: Vec<(f64, usize)> = Vec::new();
    let mut now = 0.0;
    loop {
        while let Some(at) = ready.first().copied() {
            let demand = tasks[at].demand;
            let fits = running.len() < capacity.threads
                && capacity.takes(running.iter().map(|(_, other)| &tasks[*other].demand), &demand);
            if !running.is_empty() && !fits {
                break;
            }
            ready.remove(&at);
            running.push((now + tasks[at].seconds, at));
        }
        let Some(first) = (0..running.len()).min_by(|a, b| running[*a].0.total_cmp(&running[*b].0)) else {
            return now;
        };
        let (end, at) = running.swap_remove(first);
        now = end;
        for follower in &followers[at] {
            lacking[*follower] -= 1;
            if lacking[*follower] == 0 {
                ready.insert(*follower);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_tasks_share_a_machine_and_large_ones_follow_each_other() {
        let machine = Capacity { threads: 2, memory: None };
        let (none, first): (BTreeSet<usize>, BTreeSet<usize>) = (BTreeSet::new(), [0].into());
        let task = |seconds, threads, needs| Scheduled { seconds, demand: Demand { threads, memory: 0 }, needs };
        let small = [task(1.0, 1, &none), task(3.0, 1, &first), task(3.0, 1, &first), task(2.0, 1, &first)];
        assert_eq!(on(&machine, &small), 6.0);
        let large = [task(1.0, 1, &none), task(3.0, 2, &first), task(3.0, 2, &first), task(2.0, 1, &first)];
        assert_eq!(on(&machine, &large), 9.0);
        assert_eq!(on(&machine, &[]), 0.0);
    }
}
