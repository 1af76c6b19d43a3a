//! Room for deep nesting: the compiler runs on a thread with a stack of its own.
//!
//! Blocks within blocks are unrolled by recursion. How deep they may go is limited by the language's own counts, which
//! must hold wherever the compiler is called from: the stack of a test or of an editor's worker is a small one. The
//! [`World`] stays on the calling thread, since it need not be shareable; its answers travel over a channel.

use super::world::{PackedContents, Shapes, TableProblem, TableProblemKind, TableSummary, Who, World};
use crate::program::Cohort;
use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Bytes reserved; pages that are never touched cost nothing.
const STACK: usize = 256 << 20;

/// Runs the work with [`STACK`] bytes of stack; on the caller's own where no thread can be had.
pub(super) fn with_room<T: Send>(world: &dyn World, work: impl Fn(&dyn World) -> T + Sync) -> T {
    let (sender, questions) = channel();
    let (reply, answers) = channel();
    let remote = RemoteWorld { questions: sender, answers: RefCell::new(answers) };
    let done = std::thread::scope(|scope| {
        let work = &work;
        let builder = std::thread::Builder::new().name("compile".into()).stack_size(STACK);
        let thread = builder.spawn_scoped(scope, move || work(&remote)).ok()?;
        // The loop ends when the thread drops its end of the channel: when it is done.
        for question in questions {
            let answer = match question {
                Question::Source(path) => Answer::Source(world.source(&path)),
                Question::Table(cohort) => Answer::Table(world.table(&cohort)),
                Question::Count(cohort, who) => Answer::Count(world.count(&cohort, &who)),
                Question::Weights(path) => Answer::Weights(world.weights(&path)),
                Question::File(path) => Answer::File(world.file(&path)),
                Question::Packed(path) => Answer::Packed(Box::new(world.packed(&path))),
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
    Count(Box<Cohort>, Who),
    Weights(String),
    File(String),
    Packed(String),
}

enum Answer {
    Source(Result<String, String>),
    Table(Result<TableSummary, TableProblem>),
    Count(Option<usize>),
    Weights(Result<Shapes, String>),
    File(Result<(), (TableProblemKind, String)>),
    Packed(Box<Result<PackedContents, String>>),
}

/// The world, seen from the compiler's thread.
struct RemoteWorld {
    questions: Sender<Question>,
    answers: RefCell<Receiver<Answer>>,
}

impl RemoteWorld {
    fn ask(&self, question: Question) -> Option<Answer> {
        self.questions.send(question).ok()?;
        self.answers.borrow().recv().ok()
    }
}

impl World for RemoteWorld {
    fn source(&self, path: &str) -> Result<String, String> {
        match self.ask(Question::Source(path.to_string())) {
            Some(Answer::Source(answer)) => answer,
            _ => Err("nobody answered".into()),
        }
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        match self.ask(Question::Table(Box::new(cohort.clone()))) {
            Some(Answer::Table(answer)) => answer,
            _ => Err(TableProblem::unknown("nobody answered")),
        }
    }

    fn count(&self, cohort: &Cohort, who: &Who) -> Option<usize> {
        match self.ask(Question::Count(Box::new(cohort.clone()), who.clone())) {
            Some(Answer::Count(answer)) => answer,
            _ => None,
        }
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        match self.ask(Question::Weights(path.to_string())) {
            Some(Answer::Weights(answer)) => answer,
            _ => Err("nobody answered".into()),
        }
    }

    fn file(&self, path: &str) -> Result<(), (TableProblemKind, String)> {
        match self.ask(Question::File(path.to_string())) {
            Some(Answer::File(answer)) => answer,
            _ => Err((TableProblemKind::Unknown, "nobody answered".into())),
        }
    }

    fn packed(&self, path: &str) -> Result<PackedContents, String> {
        match self.ask(Question::Packed(path.to_string())) {
            Some(Answer::Packed(answer)) => *answer,
            _ => Err("nobody answered".into()),
        }
    }
}
