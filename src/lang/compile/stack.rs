//! Room for deep nesting: the compiler runs on a thread with a stack of its own.
//!
//! Blocks within blocks are unrolled by recursion. How deep they may go is limited by the language's own counts, which
//! must hold wherever the compiler is called from: the stack of a test or of an editor's worker is a small one. The
//! [`World`] stays on the calling thread, since it need not be shareable; its answers travel over a channel.

use super::world::{Shapes, TableSummary, World};
use crate::program::Cohort;
use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Bytes reserved; pages that are never touched cost nothing.
const STACK: usize = 256 << 20;

/// Runs the work with [`STACK`] bytes of stack; on the caller's own where no thread can be had.
pub(super) fn with_room<T: Send>(world: &dyn World, work: impl Fn(&dyn World) -> T + Sync) -> T {
    let (ask, questions) = channel();
    let (reply, answers) = channel();
    let far = Far { ask, answers: RefCell::new(answers) };
    let done = std::thread::scope(|scope| {
        let work = &work;
        let builder = std::thread::Builder::new().name("compile".into()).stack_size(STACK);
        let thread = builder.spawn_scoped(scope, move || work(&far)).ok()?;
        // The loop ends when the thread drops its end of the channel: when it is done.
        for question in questions {
            let answer = match question {
                Question::Source(path) => Answer::Source(world.source(&path)),
                Question::Table(cohort) => Answer::Table(world.table(&cohort)),
                Question::Weights(path) => Answer::Weights(world.weights(&path)),
            };
            if reply.send(answer).is_err() {
                break;
            }
        }
        match thread.join() {
            Ok(value) => Some(value),
            // A panic is a bug of the compiler; it goes on as if there had been no thread.
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    done.unwrap_or_else(|| work(world))
}

enum Question {
    Source(String),
    Table(Box<Cohort>),
    Weights(String),
}

enum Answer {
    Source(Result<String, String>),
    Table(Result<TableSummary, String>),
    Weights(Result<Shapes, String>),
}

/// The world, seen from the compiler's thread.
struct Far {
    ask: Sender<Question>,
    answers: RefCell<Receiver<Answer>>,
}

impl Far {
    fn asked(&self, question: Question) -> Option<Answer> {
        self.ask.send(question).ok()?;
        self.answers.borrow().recv().ok()
    }
}

impl World for Far {
    fn source(&self, path: &str) -> Result<String, String> {
        match self.asked(Question::Source(path.to_string())) {
            Some(Answer::Source(answer)) => answer,
            _ => Err("nobody answered".into()),
        }
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, String> {
        match self.asked(Question::Table(Box::new(cohort.clone()))) {
            Some(Answer::Table(answer)) => answer,
            _ => Err("nobody answered".into()),
        }
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        match self.asked(Question::Weights(path.to_string())) {
            Some(Answer::Weights(answer)) => answer,
            _ => Err("nobody answered".into()),
        }
    }
}
