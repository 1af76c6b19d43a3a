//! An element on its node: the program that Slurm starts, which starts the one that works, and outlives it.
//!
//! ```text
//!  batch script ──exec──▶ supervise ──▶ fascicle work --inside: compiles the file, does the tasks
//!     USR1: time runs out ──▶ │ ──TERM──▶ checkpoint at the next batch, status 75
//!                             └◀── ended: done | interrupted: requeue this element | out of memory, lost: a record
//! ```
//!
//! The one that works may be killed for the memory it takes; the one that watches takes next to none.

use super::submission::{Submission, read_json, write_json};
use super::{ClusterError, slurm};
use crate::plan::{self, Reason};
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often an element is put back for want of time.
pub const REQUEUES: u32 = 3;
/// How often the one that works is looked at.
const GLANCE: Duration = Duration::from_millis(200);
/// Tries to reach a controller that is down, with growing pauses: within the two minutes before the limit.
const TRIES: u32 = 5;
const INTERRUPTED: u8 = 75;

/// Starts the one that works on an element, watches it, and says what came of it: an exit status.
///
/// # Errors
/// A submission that cannot be read, a process that cannot be started.
pub fn supervise(folder: &Path, array: usize, element: usize) -> Result<u8, ClusterError> {
    let submission = Submission::read(folder)?;
    let io = |source| ClusterError::Io { path: folder.to_owned(), source };
    let (time_out, asked_to_end) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    for (signal, flag) in [(SIGUSR1, &time_out), (SIGTERM, &asked_to_end), (SIGINT, &asked_to_end)] {
        signal_hook::flag::register(signal, flag.clone()).map_err(io)?;
    }
    let program = std::env::current_exe().map_err(io)?;
    let mut command = Command::new(program);
    command.arg("work").arg(folder).args([
        "--array",
        &array.to_string(),
        "--element",
        &element.to_string(),
        "--inside",
    ]);
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(io)?;
    let process = child.id();
    let said = child.stderr.take().map(|stderr| std::thread::spawn(move || pass_on(stderr)));
    let mut seen = Seen::default();
    let status = watch(&mut child, &mut seen, &time_out, &asked_to_end).map_err(io)?;
    let ran_out = said.and_then(|reading| reading.join().ok()).unwrap_or(false);
    match (status.code(), status.signal()) {
        (Some(code), _) if code == i32::from(INTERRUPTED) && time_out.load(Ordering::Relaxed) => {
            put_back(&submission, folder, array, element)
        }
        (Some(code), _) => Ok(u8::try_from(code).unwrap_or(1)),
        (None, signal) => {
            let signal = signal.unwrap_or(0);
            let killed_for_memory = ran_out || signal == 9 && seen.is_for_memory();
            let peak = super::memory::megabytes(seen.peak);
            let (reason, problem) = match killed_for_memory {
                true => (Reason::OutOfMemory, format!("memory ran out at {peak} MB; submit again: more is asked for")),
                false => (
                    Reason::Lost,
                    format!("ended by signal {signal}, at {peak} MB; submit again to go on from its checkpoint"),
                ),
            };
            // What was granted was too little, even where less was seen in use.
            let memory = seen.peak.max(granted().unwrap_or(0));
            let memory = (memory > 0).then_some(memory);
            let of = plan::record_end(
                &submission.invocation.store_folder(),
                process,
                (reason, &problem),
                &submission.id,
                memory,
            )?;
            let of = if of.is_empty() { "before any task".to_owned() } else { of.join(", ") };
            let _ = writeln!(std::io::stderr(), "error: {of}: {problem}");
            Ok(1)
        }
    }
}

/// What was seen of the one that works.
#[derive(Default)]
struct Seen {
    /// Bytes.
    peak: u64,
    /// Kills for memory in the group of processes, before.
    kills_before: u64,
}

impl Seen {
    /// Whether a kill that nobody here asked for was for memory: the system counts those, else what was in use tells.
    fn is_for_memory(&self) -> bool {
        memory_kills() > self.kills_before || granted().is_some_and(|granted| self.peak as f64 > 0.9 * granted as f64)
    }
}

/// Bytes that the job was given.
fn granted() -> Option<u64> {
    std::env::var("SLURM_MEM_PER_NODE").ok()?.parse::<u64>().ok().map(|megabytes| megabytes << 20)
}

/// Processes of this group that were killed for memory.
fn memory_kills() -> u64 {
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let path = groups.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or_default();
    let events = std::fs::read_to_string(format!("/sys/fs/cgroup{}/memory.events", path.trim_end_matches('/')));
    let events = events.unwrap_or_default();
    events.lines().find_map(|line| line.strip_prefix("oom_kill ")).and_then(|n| n.trim().parse().ok()).unwrap_or(0)
}

fn watch(
    child: &mut Child,
    seen: &mut Seen,
    time_out: &AtomicBool,
    asked: &AtomicBool,
) -> std::io::Result<std::process::ExitStatus> {
    seen.kills_before = memory_kills();
    let mut told = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|kb| kb.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) * 1024;
        seen.peak = seen.peak.max(peak);
        if !told && (time_out.load(Ordering::Relaxed) || asked.load(Ordering::Relaxed)) {
            told = true;
            if let Some(process) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
            }
        }
        std::thread::sleep(GLANCE);
    }
}

/// Copies what is said line by line; says whether it was that memory has run out.
fn pass_on(stderr: impl Read) -> bool {
    let mut ran_out = false;
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        ran_out |= String::from_utf8_lossy(&line).starts_with("memory allocation of ");
        // A log that cannot be written ends no training.
        let _ = std::io::stderr().write_all(&line);
        line.clear();
    }
    ran_out
}

/// Puts an element whose time has run out back into the queue, or says that it had its turns.
fn put_back(submission: &Submission, folder: &Path, array: usize, element: usize) -> Result<u8, ClusterError> {
    let turns = folder.join("requeued");
    std::fs::create_dir_all(&turns).map_err(|source| ClusterError::Io { path: turns.clone(), source })?;
    let path = turns.join(format!("{array}-{element}.json"));
    let before: u32 = read_json(&path).unwrap_or(0);
    let mut log = std::io::stderr();
    if before >= REQUEUES {
        let problem =
            format!("its time ran out {} times; ask for more with --time, and submit again to go on", before + 1);
        let keys = submission.arrays.get(array).and_then(|array| array.elements.get(element));
        let of = plan::record_time_out(
            &submission.invocation.store_folder(),
            keys.map_or(&[][..], Vec::as_slice),
            &problem,
            &submission.id,
        )?;
        let _ = writeln!(log, "error: {}: {problem}", of.unwrap_or_else(|| "this element".into()));
        return Ok(1);
    }
    let Some(job) = own_job() else {
        let _ = writeln!(log, "interrupted; no job of Slurm's is around this, so it is not put back");
        return Ok(INTERRUPTED);
    };
    write_json(&path, &(before + 1))?;
    let mut pause = Duration::from_secs(2);
    for turn in 1..=TRIES {
        match slurm::requeue(&job) {
            Ok(()) => {
                let _ = writeln!(log, "time runs out: {job} is put back into the queue ({} of {REQUEUES})", before + 1);
                return Ok(INTERRUPTED);
            }
            Err(error) if turn == TRIES => {
                let _ =
                    writeln!(log, "time runs out, and {job} could not be put back ({error}); submit again to go on");
            }
            Err(_) => {
                std::thread::sleep(pause);
                pause *= 2;
            }
        }
    }
    Ok(INTERRUPTED)
}

/// `JOB_ELEMENT`: of a job's own number the last element would mean the whole array.
fn own_job() -> Option<String> {
    let of = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (of("SLURM_ARRAY_JOB_ID"), of("SLURM_ARRAY_TASK_ID")) {
        (Some(job), Some(element)) => Some(format!("{job}_{element}")),
        _ => of("SLURM_JOB_ID"),
    }
}
