//! Compiling beside the conversation: what was edited last comes first, what nobody waits for any more is left out.
//!
//! ```text
//!  edit ─▶ Base ─▶ published ─▶ Whole (variants) ─▶ published        cancelled by the next edit of the file
//!             └─ a table is not read yet ─▶ Tables ─▶ published      on a thread of its own: a large table holds up nobody
//! ```

use crate::analysis::{Analysis, Depth, OpenTexts, analyse};
use crate::document::Document;
use crate::outside::{Outside, Results};
use crossbeam_channel::Sender;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// How far a file is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The file as it stands.
    Base,
    /// With the variants of its sweeps.
    Whole,
    /// With tables that must be read first.
    Tables,
}

/// A text to be compiled.
#[derive(Clone)]
pub struct Job {
    /// Its path.
    pub file: String,
    /// The text.
    pub document: Document,
    /// The texts of all open files at that moment.
    pub open: Arc<OpenTexts>,
    /// How far.
    pub stage: Stage,
    /// Whether somebody is typing in it.
    pub urgent: bool,
    /// Set when its text is not the present one any more.
    pub cancelled: Arc<AtomicBool>,
}

/// What came of a job.
pub struct Done {
    /// The job's file.
    pub file: String,
    /// Which text of it.
    pub version: i32,
    /// What compiling it gave.
    pub analysis: Analysis,
    /// What its last run left, looked up at the end.
    pub results: Option<Option<Results>>,
}

/// The threads that compile, and what waits for them.
pub struct Jobs {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    outside: Arc<dyn Outside>,
    done: Sender<Done>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Job>,
    stopped: bool,
}

/// What a thread takes.
#[derive(Clone, Copy)]
enum Takes {
    /// Files as they stand alone: there is always somebody for the next key.
    Bases,
    /// These, and variants.
    All,
    /// What waits for tables.
    Tables,
}

impl Takes {
    fn takes(self, stage: Stage) -> bool {
        match self {
            Self::Bases => stage == Stage::Base,
            Self::All => stage != Stage::Tables,
            Self::Tables => stage == Stage::Tables,
        }
    }
}

impl Jobs {
    /// Starts the threads; what they have done they send.
    pub fn start(outside: Arc<dyn Outside>, done: Sender<Done>) -> Self {
        let shared = Arc::new(Shared { queue: Mutex::default(), wake: Condvar::new(), outside, done });
        let start = |takes| {
            let shared = shared.clone();
            std::thread::Builder::new().name("compiles".into()).spawn(move || shared.work(takes)).ok()
        };
        let threads = [Takes::Bases, Takes::All, Takes::Tables].into_iter().filter_map(start).collect();
        Self { shared, threads }
    }

    /// Adds a job; one of the same file and stage that waits is replaced.
    pub fn add(&self, job: Job) {
        let mut queue = self.shared.lock();
        queue.waiting.retain(|waiting| waiting.file != job.file || waiting.stage != job.stage);
        queue.waiting.push(job);
        self.shared.wake.notify_all();
    }

    /// Ends the threads.
    pub fn stop(self) {
        {
            let mut queue = self.shared.lock();
            queue.stopped = true;
            queue.waiting.iter().for_each(|job| job.cancelled.store(true, Ordering::Relaxed));
            self.shared.wake.notify_all();
        }
        for thread in self.threads {
            // It has told what it had to tell.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job: what is being typed in, the last first; then the others in their order, files as they stand first.
    fn next(&self, takes: Takes) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.stopped {
                return None;
            }
            queue.waiting.retain(|job| !job.cancelled.load(Ordering::Relaxed));
            let mine = || queue.waiting.iter().enumerate().filter(|(_, job)| takes.takes(job.stage));
            let urgent = mine().rfind(|(_, job)| job.urgent && job.stage == Stage::Base);
            let next = urgent.or_else(|| mine().min_by_key(|(at, job)| (job.stage != Stage::Base, !job.urgent, *at)));
            match next.map(|(at, _)| at) {
                Some(at) => return Some(queue.waiting.remove(at)),
                None => queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn work(&self, takes: Takes) {
        while let Some(job) = self.next(takes) {
            let depth = Depth {
                base_only: job.stage == Stage::Base,
                wait_for_tables: job.stage == Stage::Tables,
                cancelled: Some(&job.cancelled),
            };
            let analysis = analyse(&job.file, &job.document, &job.open, &*self.outside, depth);
            if job.cancelled.load(Ordering::Relaxed) {
                continue;
            }
            let further = match job.stage {
                _ if analysis.panic.is_some() => None,
                Stage::Base | Stage::Whole if analysis.tables_missing => Some(Stage::Tables),
                Stage::Base if analysis.compilation.partial && !analysis.compilation.failed() => Some(Stage::Whole),
                _ => None,
            };
            let results = further.is_none().then(|| self.outside.results(&job.file));
            let (file, version) = (job.file.clone(), job.document.version);
            if self.done.send(Done { file, version, analysis, results }).is_err() {
                return;
            }
            if let Some(stage) = further {
                let mut queue = self.lock();
                queue.waiting.push(Job { stage, ..job });
                self.wake.notify_all();
            }
        }
    }
}
