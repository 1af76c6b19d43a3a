//! The executor: tasks run as soon as what they need is there, on several workers, and beside other processes.
//!
//! ```text
//!  Layout ──needs──▶ ready ──admitted by cores and memory──▶ worker: find, claim, work, store ──▶ who waited for it is ready
//!                      ▲                                        │ somebody else has claimed it
//!                      └────────── looked at again ◀── elsewhere ◀┘
//! ```
//!
//! Of what is ready the first of the plan is taken, so that one worker walks the plan in its order. What a task comes to does not
//! depend on who computes it, beside what, or on how many threads.

mod board;
mod demand;
mod schedule;

use super::context::Context;
use super::error::{Failures, PlanError, Result};
use super::options::{AfterFailure, Workers};
use super::outcome::TaskOutcome;
use super::store::{Claiming, Entry, FailureRecord, Measured, Reason, Stored, claim_name};
use super::survey;
use super::task::{Kind, Task};
use board::{Board, Next};
use demand::Capacity;
pub(super) use demand::Demand;
pub(super) use schedule::{Scheduled, makespan};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How soon a worker that waits sees Ctrl-C. No file is asked for that.
const GLANCE: Duration = Duration::from_millis(200);
/// How often claims of others are looked at: sooner at first, as what others do is mostly short.
const FIRST_LOOK: Duration = Duration::from_millis(300);
const LAST_LOOK: Duration = Duration::from_secs(5);
/// As deep as the main thread's: graphs are walked recursively.
const STACK: usize = 16 << 20;

/// What came of some tasks of a plan.
pub(super) struct Executed {
    /// Those that are done, by position.
    pub outcomes: Vec<(usize, TaskOutcome)>,
    /// The first that was interrupted.
    pub interrupted: Option<String>,
    /// What failed, and what was not reached for it.
    pub failures: Option<Failures>,
}

/// What came of one task.
enum Came {
    Done(Box<(TaskOutcome, Entry)>),
    Elsewhere(String),
    Failed(PlanError),
}

/// Runs every task of these that has no result, and all that wait for them. Others are taken as they are.
pub(super) fn execute(context: &Context<'_>, wanted: &[usize]) -> Executed {
    let capacity = Capacity::here();
    let workers = match context.options.workers {
        Workers::Fixed(workers) => workers.max(1),
        Workers::Fitting if context.options.devices.iter().all(crate::nn::Device::is_cpu) => capacity.threads,
        Workers::Fitting => context.options.devices.len(),
    };
    let workers = workers.min(wanted.len().max(1));
    let run =
        Run { context, capacity, workers, board: Mutex::new(Board::new(context, wanted)), changed: Condvar::new() };
    if workers == 1 {
        run.worker(0);
    } else {
        let shared = &run;
        std::thread::scope(|scope| {
            for worker in 0..workers {
                let builder = std::thread::Builder::new().name(format!("worker {worker}")).stack_size(STACK);
                // Fewer threads than asked for are fewer workers; the first runs in any case.
                if builder.spawn_scoped(scope, move || shared.worker(worker)).is_err() && worker == 0 {
                    run.worker(0);
                }
            }
        });
    }
    run.board.into_inner().unwrap_or_else(PoisonError::into_inner).executed(context)
}

struct Run<'c, 'a> {
    context: &'c Context<'a>,
    capacity: Capacity,
    workers: usize,
    board: Mutex<Board>,
    changed: Condvar,
}

impl Run<'_, '_> {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes tasks until there is none left.
    fn worker(&self, worker: usize) {
        let devices = &self.context.options.devices;
        let Some(device) = devices.get(worker % devices.len().max(1)) else { return };
        let mut look = FIRST_LOOK;
        let mut board = self.board();
        loop {
            if self.context.options.interrupt.load(Ordering::Relaxed) {
                board.interrupt();
            }
            match board.next(self.context, &self.capacity, self.context.options.workers == Workers::Fitting) {
                Next::End => break,
                Next::Wait => board = self.wait(board, GLANCE),
                Next::Look(last) if last.elapsed() < look => {
                    let left = look.saturating_sub(last.elapsed());
                    board = self.wait(board, left.min(GLANCE).max(Duration::from_millis(1)));
                }
                Next::Look(_) => {
                    board.looked();
                    let waiting = board.elsewhere();
                    drop(board);
                    let free = self.released(&waiting);
                    look = if free.is_empty() { (look * 2).min(LAST_LOOK) } else { FIRST_LOOK };
                    board = self.board();
                    board.return_to_ready(&free);
                }
                Next::Task(at, demand) => {
                    let threads = board.share(&self.capacity, &demand, self.workers);
                    self.context.options.listener.time_left(board.left());
                    drop(board);
                    let came = self.perform(at, device, threads);
                    board = self.board();
                    self.settle(&mut board, at, came);
                    self.context.options.listener.time_left(board.left());
                    self.changed.notify_all();
                }
            }
        }
        self.changed.notify_all();
    }

    fn wait<'b>(&self, board: MutexGuard<'b, Board>, time: Duration) -> MutexGuard<'b, Board> {
        self.changed.wait_timeout(board, time).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Those whose claim is gone, or of a process that is gone. The claims are listed once for all of them.
    fn released(&self, waiting: &[usize]) -> Vec<usize> {
        let store = self.context.store;
        let claimed = store.claimed();
        let name = |at: &usize| self.context.layout.tasks.get(*at).map(claim_of).unwrap_or_default();
        let free = |at: &usize| !claimed.contains(&name(at)) || store.is_stale(&name(at));
        waiting.iter().copied().filter(|at| free(at)).collect()
    }

    fn perform(&self, at: usize, device: &crate::nn::Device, threads: usize) -> Came {
        let context = Context { at: Some(at), device, ..*self.context };
        let work = || {
            let done = catch_unwind(AssertUnwindSafe(|| one(&context, at)));
            done.unwrap_or_else(|panic| {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
                let name = context.layout.tasks.get(at).map_or("a task", |task| task.name.as_str());
                Came::Failed(PlanError::inconsistent(format!("{name} panicked: {text}")))
            })
        };
        if self.workers == 1 {
            return work();
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build();
        match pool {
            Ok(pool) => pool.install(work),
            // The system gives no more threads: all share those there are.
            Err(_) => work(),
        }
    }

    fn settle(&self, board: &mut Board, at: usize, came: Came) {
        let listener = self.context.options.listener;
        let Some(task) = self.context.layout.tasks.get(at) else { return };
        match came {
            Came::Done(done) => {
                let (outcome, entry) = *done;
                if let Some(place) = self.context.entries.get(at) {
                    let _ = place.set(entry);
                }
                board.done(at, outcome);
                let (done, all) = board.progress();
                listener.progress(done, all);
            }
            Came::Elsewhere(who) => {
                if board.put_elsewhere(at) {
                    listener.task_elsewhere(&task.name, &who);
                }
            }
            Came::Failed(error) => {
                let text = error.to_string();
                let interrupted = matches!(error, PlanError::Interrupted { .. });
                if !interrupted {
                    self.record(task, &text);
                }
                board.failed(at, error);
                if self.context.options.after_failure == AfterFailure::Stop {
                    board.stop();
                }
                if !interrupted && (board.goes_on() || board.is_interrupted()) {
                    listener.task_failed(&task.name, &text);
                }
            }
        }
    }
}

impl Run<'_, '_> {
    /// Keeps why a task failed, for whoever asks later. A store that cannot be written is told by what failed.
    fn record(&self, task: &Task, problem: &str) {
        let failure = FailureRecord {
            task: task.name.clone(),
            reason: Reason::Failed,
            problem: problem.to_owned(),
            owner: self.context.store.owner(),
            at: jiff::Timestamp::now().to_string(),
            submission: self.context.options.submission.clone(),
            memory: None,
        };
        let _ = self.context.store.put_failure(task.work.kind(), &task.identity.fingerprint, &failure);
    }
}

fn claim_of(task: &Task) -> String {
    claim_name(task.work.kind().name(), &task.identity.fingerprint)
}

/// Finds a task's result, or claims and runs it.
fn one(context: &Context<'_>, at: usize) -> Came {
    let Some(task) = context.layout.tasks.get(at) else {
        return Came::Failed(PlanError::inconsistent("a task is not in the plan"));
    };
    if context.options.interrupt.load(Ordering::Relaxed) {
        return Came::Failed(PlanError::Interrupted { task: task.name.clone() });
    }
    match found(context, task, true) {
        Ok(Some(done)) => return told(context, at, done),
        Ok(None) => {}
        Err(error) => return Came::Failed(error),
    }
    let claim = match context.store.claim(&claim_of(task)) {
        Ok(Claiming::Ours(claim)) => claim,
        Ok(Claiming::Theirs(owner)) => return Came::Elsewhere(owner.described()),
        Err(error) => return Came::Failed(error),
    };
    // Somebody may have ended it between the two.
    match found(context, task, false) {
        Ok(Some(done)) => return told(context, at, done),
        Ok(None) => {}
        Err(error) => return Came::Failed(error),
    }
    match computed(context, task) {
        Ok(done) => told(context, at, done),
        Err(PlanError::Interrupted { task }) => Came::Failed(PlanError::Interrupted { task }),
        // Whoever was away so long that another took the task over may find its files gone; the other goes on.
        Err(_) if !claim.is_held() => Came::Elsewhere("another process".into()),
        Err(error) => Came::Failed(error),
    }
}

/// Tells who is in the cohorts, where a task has found out.
fn told(context: &Context<'_>, at: usize, done: Box<(TaskOutcome, Entry)>) -> Came {
    if done.0.kind == Kind::Index {
        // Whatever else it needs, it reads its own result.
        if let Some(place) = context.entries.get(at) {
            let _ = place.set(done.1.clone());
        }
        if let Err(error) = context.tell_flows(at) {
            return Came::Failed(error);
        }
    }
    Came::Done(done)
}

fn outcome(task: &Task, ran: bool, entry: Entry) -> Box<(TaskOutcome, Entry)> {
    let outcome = TaskOutcome {
        name: task.name.clone(),
        kind: task.work.kind(),
        fingerprint: task.identity.fingerprint.to_string(),
        ran,
        seconds: entry.seconds,
    };
    Box::new((outcome, entry))
}

/// A task's result, where it is in the store.
fn found(context: &Context<'_>, task: &Task, warns: bool) -> Result<Option<Box<(TaskOutcome, Entry)>>> {
    let kind = task.work.kind();
    match context.store.find(kind.name(), &task.identity.fingerprint) {
        Stored::Whole(entry) => {
            context.options.listener.task_reused(&task.name);
            // A kill may have come between the result and the end of its checkpoint.
            if kind == Kind::Train {
                context.store.drop_partial(&task.identity.fingerprint)?;
            }
            Ok(Some(outcome(task, false, entry)))
        }
        Stored::Damaged(problem) => {
            if warns {
                let name = &task.name;
                context.warn(&format!("{name}: the stored result is damaged ({problem}); it is computed again"));
            }
            Ok(None)
        }
        Stored::Absent => Ok(None),
    }
}

fn computed(context: &Context<'_>, task: &Task) -> Result<Box<(TaskOutcome, Entry)>> {
    let (kind, listener) = (task.work.kind(), context.options.listener);
    listener.task_started(&task.name);
    let started = Instant::now();
    // What was wrong before may be mended: it is told anew if it is not.
    context.store.drop_failure(kind, &task.identity.fingerprint)?;
    let alone = context.options.workers == Workers::Fixed(1);
    let taken = || {
        let program = context.program_at(task.program);
        let records = |cohort| Some(context.sources.cohort(cohort).ok()?.records.len());
        let people = program.cohorts.iter().filter_map(records).sum();
        let operations = survey::operations(program, task, people);
        (started.elapsed().as_secs_f64(), Some(Measured::now(operations, alone)))
    };
    let put = context.store.put(kind.name(), &task.name, &task.identity, &taken, |folder| context.work(task, folder));
    let entry = put?;
    if kind == Kind::Train {
        context.store.drop_partial(&task.identity.fingerprint)?;
    }
    listener.task_finished(&task.name, entry.seconds);
    Ok(outcome(task, true, entry))
}
