//! Who is at work on a store: one file a process, which it touches while it lives.
//!
//! ```text
//!  sessions/NODE-PID-x1y2.json     host, process, Slurm job, command: written once
//!  sessions/NODE-PID-x1y2.beat     rewritten every `BEAT`; how old it is, the file system says
//! ```
//!
//! Whether another is gone is told in two ways. On the same machine the system is asked for the process. Elsewhere its beat is
//! compared with one's own, written that moment: both times are those of the file server, so that clocks need not agree.

use super::super::error::{PlanError, Result};
use super::{put_json, remove};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

/// How often a process says that it is there.
pub(super) const BEAT: Duration = Duration::from_secs(10);
/// How old the last sign of a process elsewhere may be. Long against `BEAT`: file servers hold back and cache.
pub(super) const STALE: Duration = Duration::from_secs(120);

/// A process that uses a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its name in the store, of no other process ever.
    pub session: String,
    /// The machine.
    pub host: String,
    /// Its number there.
    pub process: u32,
    /// What tells it from a later process with its number: the boot, the namespace, the tick at which it began.
    #[serde(default)]
    pub began: String,
    /// The job of Slurm that it belongs to: `123`, `123_4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
}

/// This process's own place among them; given up when it is dropped.
#[derive(Debug)]
pub(super) struct Session {
    pub owner: Owner,
    folder: PathBuf,
    beats: Arc<AtomicU64>,
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Owner {
    /// This process.
    pub(in crate::plan) fn here() -> Self {
        let host: String = gethostname::gethostname().to_string_lossy().chars().filter(|c| is_plain(*c)).collect();
        let process = std::process::id();
        // Two openings of one store in one process are two owners.
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let own = (process, began(process), OPENED.fetch_add(1, Ordering::Relaxed), SystemTime::now());
        let hash = blake3::hash(format!("{own:?}").as_bytes()).to_hex();
        Self {
            session: format!("{host}-{process}-{}", &hash[..8]),
            host,
            process,
            began: began(process).unwrap_or_default(),
            job: slurm_job(),
        }
    }

    /// `process 123 on node7`, `job 55_3 on node7`.
    pub fn described(&self) -> String {
        match &self.job {
            Some(job) => format!("job {job} on {}", self.host),
            None => format!("process {} on {}", self.process, self.host),
        }
    }

    /// Whether its machine says that it is alive; `None` from elsewhere.
    fn lives_here(&self, own: &Self) -> Option<bool> {
        let place = |began: &str| began.rsplit_once(' ').map(|(place, _)| place.to_owned());
        let same = self.host == own.host && place(&self.began).is_some() && place(&self.began) == place(&own.began);
        same.then(|| began(self.process).is_some_and(|now| now == self.began))
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '-'
}

/// `BOOT NAMESPACE TICK` of a living process of this machine; `None` where there is none, or the system does not say.
fn began(process: u32) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program stands in brackets, and may hold any. A zombie has ended.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let tick = fields.nth(18)?;
    (!matches!(state, "Z" | "X")).then(|| format!("{} {} {tick}", boot.trim(), namespace.display()))
}

/// The job of Slurm that this process runs in.
fn slurm_job() -> Option<String> {
    let of = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (of("SLURM_ARRAY_JOB_ID"), of("SLURM_ARRAY_TASK_ID")) {
        (Some(job), Some(element)) => Some(format!("{job}_{element}")),
        _ => of("SLURM_JOB_ID"),
    }
}

impl Session {
    /// Enters a store.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn begin(root: &Path) -> Result<Self> {
        let folder = root.join("sessions");
        fs::create_dir_all(&folder).map_err(PlanError::io("make", &folder))?;
        let owner = Owner::here();
        let (beats, stop) = (Arc::new(AtomicU64::new(0)), Arc::new((Mutex::new(false), Condvar::new())));
        let mut session = Self { owner, folder, beats, stop, thread: None };
        session.beat().map_err(PlanError::io("write", &session.beat_path(&session.owner.session)))?;
        put_json(&session.folder.join(format!("{}.json", session.owner.session)), &session.owner)?;
        let (path, beats, stop) =
            (session.beat_path(&session.owner.session), session.beats.clone(), session.stop.clone());
        let beating = std::thread::Builder::new().name("heartbeat".into()).spawn(move || {
            let mut stopped = stop.0.lock().unwrap_or_else(PoisonError::into_inner);
            while !*stopped {
                let waited = stop.1.wait_timeout(stopped, BEAT).unwrap_or_else(PoisonError::into_inner);
                stopped = waited.0;
                if !*stopped && waited.1.timed_out() {
                    // A server that is away for a while must not end the run: what is told too late is only taken over.
                    let _ = write_beat(&path, &beats);
                }
            }
        });
        session.thread = beating.ok();
        Ok(session)
    }

    fn beat_path(&self, session: &str) -> PathBuf {
        self.folder.join(format!("{session}.beat"))
    }

    fn beat(&self) -> std::io::Result<()> {
        write_beat(&self.beat_path(&self.owner.session), &self.beats)
    }

    /// Whether a process has gone. `owner` is what a claim says of it.
    pub fn has_gone(&self, owner: &Owner) -> bool {
        if owner.session == self.owner.session {
            return false;
        }
        let beat = self.beat_path(&owner.session);
        if let Some(lives) = owner.lives_here(&self.owner) {
            // One that has left the store in an orderly way, and lives on, holds nothing any more.
            return !lives || !beat.exists();
        }
        self.age(&beat).is_none_or(|age| age > STALE)
    }

    /// How long ago a file was written, by the clock of its file system; `None` where it is not there.
    pub fn age(&self, path: &Path) -> Option<Duration> {
        // Opening asks the server, where the attributes of a name may come from a cache.
        let written = |path: &Path| File::open(path).and_then(|file| file.metadata()).and_then(|data| data.modified());
        let theirs = written(path).ok()?;
        let now = self.beat().and_then(|()| written(&self.beat_path(&self.owner.session)));
        now.unwrap_or_else(|_| SystemTime::now()).duration_since(theirs).ok().or(Some(Duration::ZERO))
    }

    /// The processes that are in the store, this one left out, and those of them that have gone.
    pub fn others(&self) -> (Vec<Owner>, Vec<String>) {
        let (mut here, mut gone) = (Vec::new(), Vec::new());
        let names: BTreeSet<String> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let name = entry.ok()?.file_name().to_string_lossy().into_owned();
                name.rsplit_once('.').map(|(session, _)| session.to_owned())
            })
            .collect();
        for session in names.into_iter().filter(|name| *name != self.owner.session) {
            match read_owner(&self.folder.join(format!("{session}.json"))) {
                Some(owner) if !self.has_gone(&owner) => here.push(owner),
                Some(_) => gone.push(session),
                // Its record is being written, or it was killed before it was.
                None if self.age(&self.beat_path(&session)).is_some_and(|age| age <= STALE) => {
                    match dead_by_name(&session, &self.owner) {
                        true => gone.push(session),
                        false => here.push(Owner { session, ..Owner::default() }),
                    }
                }
                None => gone.push(session),
            }
        }
        (here, gone)
    }

    /// Forgets a process that has gone.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn forget(&self, session: &str) -> Result<()> {
        remove(&self.folder.join(format!("{session}.json")))?;
        remove(&self.beat_path(session))
    }
}

impl Default for Owner {
    fn default() -> Self {
        Self { session: String::new(), host: "?".into(), process: 0, began: String::new(), job: None }
    }
}

/// Who is at work in a store that is only looked at. Whoever has gone from elsewhere is told by a beat that is older than any clock
/// can be wrong.
pub(in crate::plan) fn at_work(root: &Path) -> Vec<Owner> {
    let own = Owner::here();
    let files = fs::read_dir(root.join("sessions")).into_iter().flatten();
    let files =
        files.filter_map(|entry| Some(entry.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "json"));
    let lives = |owner: &Owner| {
        owner.lives_here(&own).unwrap_or_else(|| {
            let beat = root.join("sessions").join(format!("{}.beat", owner.session));
            let beat = fs::metadata(beat).and_then(|data| data.modified()).ok();
            beat.is_some_and(|beat| beat.elapsed().is_ok_and(|age| age < STALE * 5) || beat.elapsed().is_err())
        })
    };
    let mut found: Vec<Owner> = files.filter_map(|path| read_owner(&path)).filter(lives).collect();
    found.sort_by(|a, b| a.session.cmp(&b.session));
    found
}

/// Whether `HOST-PID-..`, of this host, names a process that is not there.
fn dead_by_name(session: &str, own: &Owner) -> bool {
    let rest = session.strip_prefix(&own.host).and_then(|rest| rest.strip_prefix('-'));
    let process = rest.and_then(|rest| rest.split_once('-')).and_then(|(process, _)| process.parse().ok());
    !own.began.is_empty() && process.is_some_and(|process| began(process).is_none())
}

pub(super) fn read_owner(path: &Path) -> Option<Owner> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn write_beat(path: &Path, beats: &AtomicU64) -> std::io::Result<()> {
    let beat = beats.fetch_add(1, Ordering::Relaxed);
    let mut file = File::options().write(true).create(true).truncate(false).open(path)?;
    file.write_all(format!("{beat:020}\n").as_bytes())
}

impl Drop for Session {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // What stays is told from a living process, and removed by the next.
        let _ = self.forget(&self.owner.session.clone());
    }
}
