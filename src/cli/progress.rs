//! Progress on standard error: a bar on a terminal, plain lines in a log.

use crate::data::Flow;
use crate::plan::Listener;
use crate::train::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Tells a person how far a run has come.
pub(super) struct Terminal {
    bar: ProgressBar,
    interactive: bool,
    quiet: bool,
    /// What the tasks behind the one under way will take.
    behind: Mutex<Option<Duration>>,
    /// When the last plain line of an epoch was written.
    last: Mutex<Option<Instant>>,
}

/// Plain lines of a log come at most this often within a task.
const LOG_EVERY: Duration = Duration::from_secs(10);

impl Terminal {
    pub(super) fn new(quiet: bool) -> Self {
        let interactive = std::io::stderr().is_terminal() && !quiet;
        let target = if interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(1), target);
        let style = ProgressStyle::with_template("{prefix:.bold} {bar:24} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, interactive, quiet, behind: Mutex::new(None), last: Mutex::new(None) }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        if self.interactive {
            self.bar.println(text);
        } else if !self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// What is left of the run, where so much is left of the task: `, 3 min 5 s of the run`.
    fn of_the_run(&self, left: Duration) -> String {
        let behind = *self.behind.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        behind.map_or_else(String::new, |behind| format!(", {} of the run", duration(left.saturating_add(behind))))
    }

    /// Whether enough time has passed for another line in a log.
    fn due(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = last.is_none_or(|at| at.elapsed() >= LOG_EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

impl Listener for Terminal {
    fn task_started(&self, task: &str) {
        self.bar.set_prefix(task.to_string());
        self.bar.set_length(1);
        self.bar.set_position(0);
        // Until the task tells how far it is, what is behind it is left at least.
        let left = self.of_the_run(Duration::ZERO);
        self.bar.set_message(left.strip_prefix(", ").unwrap_or_default().replace(" of the run", " left of the run"));
        // A task shorter than a log's interval says only that it is done.
        *self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Instant::now());
    }

    fn time_behind(&self, left: Option<Duration>) {
        *self.behind.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = left;
    }

    fn cohort(&self, flow: &Flow) {
        self.line(&flow.to_string());
    }

    fn epoch(&self, task: &str, progress: &Progress) {
        let steps = (progress.epochs * progress.batches.max(1)) as u64;
        self.bar.set_length(steps.max(1));
        self.bar.set_position(((progress.epoch.saturating_sub(1)) * progress.batches + progress.batch) as u64);
        let text = format!("epoch {}/{}, loss {:.4}", progress.epoch, progress.epochs, progress.loss);
        let left = format!(", {} left{}", duration(progress.eta), self.of_the_run(progress.eta));
        self.bar.set_message(format!("{text}{left}"));
        if !self.interactive && !self.quiet && self.due() {
            self.line(&format!("  {task}: {text}{left}"));
        }
    }

    fn decoded(&self, done: usize, total: usize) {
        self.bar.set_length(total.max(1) as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(format!("{done} of {total} images"));
        if !self.interactive && !self.quiet && self.due() {
            self.line(&format!("  {done} of {total} images decoded"));
        }
    }

    fn task_finished(&self, task: &str, seconds: f64) {
        if seconds >= 0.5 {
            self.line(&format!("{task}: {}", duration(Duration::from_secs_f64(seconds))));
        }
    }

    /// A warning is no progress: it is told even to those who asked for quiet.
    fn warning(&self, text: &str) {
        let text = format!("warning: {text}");
        if self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        } else {
            self.line(&text);
        }
    }
}

/// `3.2 s`, `4 min 10 s`, `2 h 5 min`.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}
