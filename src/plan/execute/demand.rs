//! What a task takes of a machine, and what a machine has: how many run side by side.

use super::super::context::Context;
use super::super::task::{Task, Work};
use crate::graph::{Cost, NodeId, Processor};
use crate::program::{Program, RunHolds, prediction_memory};

/// Multiply-adds of a training step for which another thread pays: a core makes some 10^10 a second, and work is handed out
/// well where pieces take milliseconds.
const OPERATIONS_A_THREAD: u64 = 100_000_000;
/// Of the memory that is free when a run begins, what predictions of peaks may add up to.
const SHARE_OF_MEMORY: f64 = 0.7;

/// What a task is thought to take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::plan) struct Demand {
    /// Threads that it makes good use of.
    pub threads: usize,
    /// Bytes at its peak, beyond the program itself.
    pub memory: u64,
}

/// What a machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Capacity {
    pub threads: usize,
    /// Bytes; `None` where the system does not say.
    pub memory: Option<u64>,
}

impl Demand {
    pub fn of(context: &Context<'_>, at: usize) -> Self {
        context
            .layout
            .tasks
            .get(at)
            .map_or_else(Self::small, |task| Self::of_task(context.program_at(task.program), task))
    }

    /// The demand of a task of a program.
    pub fn of_task(program: &Program, task: &Task) -> Self {
        match task.work {
            Work::Train { stage, .. } => program.stages.get(stage).map_or_else(Self::small, |stage| {
                let adversaries = stage.adversaries.iter().map(|adversary| adversary.loss);
                let passed = operations(program, std::iter::once(stage.loss).chain(adversaries));
                let memory = stage.memory(&program.graph, Processor::Cpu, alone()).bytes;
                Self::of_operations(3 * passed * stage.batch as u64, memory)
            }),
            Work::Predict { model, .. } => program.models.get(model).map_or_else(Self::small, |of| {
                let stage = program.stages.iter().find(|stage| stage.model == model);
                let batch = stage.map_or(1, |stage| stage.batch as u64);
                let passed = operations(program, of.live_roots.iter().copied());
                let memory = prediction_memory(
                    (&program.graph, &program.inputs),
                    &of.live_roots,
                    batch,
                    Processor::Cpu,
                    alone(),
                );
                Self::of_operations(passed * batch, memory)
            }),
            _ => Self::small(),
        }
    }

    fn of_operations(operations: u64, memory: u64) -> Self {
        Self { threads: (operations / OPERATIONS_A_THREAD).clamp(1, 1 << 16) as usize, memory }
    }

    fn small() -> Self {
        Self { threads: 1, memory: 0 }
    }
}

/// Multiply-adds of a forward pass for one subject.
fn operations(program: &Program, roots: impl Iterator<Item = NodeId>) -> u64 {
    Cost::of(&program.graph, &program.graph.live(roots)).operations
}

/// What a training holds in a program that is there already.
fn alone() -> RunHolds {
    RunHolds { program: 0, ..RunHolds::on(Processor::Cpu) }
}

impl Capacity {
    /// This machine's.
    pub fn here() -> Self {
        Self {
            threads: rayon::current_num_threads(),
            memory: free_memory().map(|m| (m as f64 * SHARE_OF_MEMORY) as u64),
        }
    }

    /// Whether a task fits beside those that run.
    pub fn takes<'d>(&self, running: impl Iterator<Item = &'d Demand>, more: &Demand) -> bool {
        let (threads, memory) =
            running.fold((more.threads, more.memory), |(t, m), demand| (t + demand.threads, m + demand.memory));
        threads <= self.threads && self.memory.is_none_or(|there| memory <= there)
    }
}

/// Bytes that can be had: of the machine, or of the group of processes or the job that this one is confined to.
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let free = line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024;
    let confined = confinement().unwrap_or(u64::MAX);
    Some(free.min(confined))
}

/// What a control group leaves this process (version 2, else 1), or Slurm has granted its job.
fn confinement() -> Option<u64> {
    let number = |path: String| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let of = |prefix: &str| groups.lines().find_map(|line| line.split_once(prefix).map(|(_, path)| path.to_owned()));
    let second = of("0::").and_then(|path| {
        let folder = format!("/sys/fs/cgroup{}", path.trim_end_matches('/'));
        number(format!("{folder}/memory.max"))
            .map(|limit| limit.saturating_sub(number(format!("{folder}/memory.current")).unwrap_or(0)))
    });
    let first = of(":memory:").and_then(|path| {
        let folder = format!("/sys/fs/cgroup/memory{}", path.trim_end_matches('/'));
        number(format!("{folder}/memory.limit_in_bytes"))
            .map(|limit| limit.saturating_sub(number(format!("{folder}/memory.usage_in_bytes")).unwrap_or(0)))
    });
    let granted = std::env::var("SLURM_MEM_PER_NODE").ok().and_then(|mb| mb.parse::<u64>().ok()).map(|mb| mb << 20);
    [second, first, granted].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_tasks_run_side_by_side_and_a_large_one_alone() {
        let machine = Capacity { threads: 4, memory: Some(1000) };
        let small = Demand { threads: 1, memory: 100 };
        let large = Demand { threads: 4, memory: 100 };
        let greedy = Demand { threads: 1, memory: 950 };
        assert!(machine.takes([small; 3].iter(), &small) && !machine.takes([small; 4].iter(), &small));
        assert!(!machine.takes([small].iter(), &large) && machine.takes([].iter(), &large));
        assert!(!machine.takes([small].iter(), &greedy));
        assert!(Capacity { memory: None, ..machine }.takes([small].iter(), &greedy));
    }

    #[test]
    fn memory_is_known_on_linux() {
        assert_eq!(free_memory().is_some(), cfg!(target_os = "linux"));
    }
}
