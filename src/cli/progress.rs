//! Progress on standard error: on a terminal a bar for each task under way below one for the whole run, in a log plain lines.

use crate::data::Flow;
use crate::plan::Listener;
use crate::train::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Tells a person how far a run has come. Tasks that run side by side are told apart by their names, in every line.
pub(super) struct Terminal {
    bars: MultiProgress,
    interactive: bool,
    quiet: bool,
    state: Mutex<State>,
}

struct State {
    /// By task: its bar, and when its last plain line was written.
    running: BTreeMap<String, (ProgressBar, Instant)>,
    /// Of all tasks; there where there are several.
    whole: Option<ProgressBar>,
    /// Images that are decoded.
    images: Option<ProgressBar>,
    images_told: Instant,
    /// What was left of the run, and when.
    left: Option<(Instant, Duration)>,
    /// Tasks that are done, of how many.
    done: (usize, usize),
}

impl State {
    /// What is left of the run, where a task has so much left: `3 min 5 s`. Nothing where it is not known.
    fn of_the_run(&self, of_task: Duration) -> Option<String> {
        let (told, left) = self.left?;
        Some(duration(left.saturating_sub(told.elapsed()).max(of_task)))
    }

    /// `12 of 34, 3 min 5 s left`
    fn tell_whole(&self, of_task: Duration) {
        if let Some(whole) = &self.whole {
            let (done, total) = self.done;
            let left = self.of_the_run(of_task).map_or_else(String::new, |left| format!(", {left} left"));
            whole.set_message(format!("{done} of {total}{left}"));
        }
    }
}

/// Plain lines of a log come at most this often, of all tasks under way together.
const LOG_EVERY: Duration = Duration::from_secs(10);
/// More bars than this are no longer read: the others are in the count of the whole.
const BARS: usize = 16;

impl Terminal {
    pub(super) fn new(quiet: bool) -> Self {
        let interactive = std::io::stderr().is_terminal() && !quiet;
        let target = if interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let state = State {
            running: BTreeMap::new(),
            whole: None,
            images: None,
            images_told: Instant::now(),
            left: None,
            done: (0, 0),
        };
        Self { bars: MultiProgress::with_draw_target(target), interactive, quiet, state: Mutex::new(state) }
    }

    /// Takes the bars away.
    pub(super) fn finish(&self) {
        let state = self.state();
        let bars = state.running.values().map(|(bar, _)| bar).chain(&state.whole).chain(&state.images);
        bars.for_each(ProgressBar::finish_and_clear);
        let _ = self.bars.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A bar above that of the whole.
    fn bar(&self, prefix: &str, whole: Option<&ProgressBar>) -> ProgressBar {
        let bar = ProgressBar::new(1);
        let style = ProgressStyle::with_template("{prefix:.bold} {bar:24} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let bar = match whole {
            Some(whole) => self.bars.insert_before(whole, bar),
            None => self.bars.add(bar),
        };
        bar.set_prefix(prefix.to_string());
        bar
    }

    fn line(&self, text: &str) {
        if self.interactive {
            let _ = self.bars.println(text);
        } else if !self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// What is told even to those who asked for quiet.
    fn loud(&self, text: &str) {
        if self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        } else {
            self.line(text);
        }
    }

    fn end(&self, task: &str) {
        if let Some((bar, _)) = self.state().running.remove(task) {
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
    }
}

impl Listener for Terminal {
    fn task_started(&self, task: &str) {
        let mut state = self.state();
        let bar = match state.running.len() {
            0..BARS => self.bar(task, state.whole.as_ref()),
            _ => ProgressBar::hidden(),
        };
        // A task shorter than a log's interval says only that it is done.
        state.running.insert(task.to_string(), (bar, Instant::now()));
    }

    fn time_left(&self, left: Option<Duration>) {
        self.state().left = left.map(|left| (Instant::now(), left));
    }

    fn cohort(&self, flow: &Flow) {
        self.line(&flow.to_string());
    }

    fn epoch(&self, task: &str, progress: &Progress) {
        let text = format!("epoch {}/{}, loss {:.4}", progress.epoch, progress.epochs, progress.loss);
        let left = format!(", {} left", duration(progress.eta));
        let (due, of_the_run) = {
            let mut state = self.state();
            let side_by_side = state.running.len().max(1) as u32;
            state.tell_whole(progress.eta);
            // Where one task is all there is, its time is the run's.
            let of_the_run = state.of_the_run(progress.eta).filter(|_| state.done.1 > 1);
            let Some((bar, told)) = state.running.get_mut(task) else { return };
            let steps = (progress.epochs * progress.batches.max(1)) as u64;
            bar.set_length(steps.max(1));
            bar.set_position(((progress.epoch.saturating_sub(1)) * progress.batches + progress.batch) as u64);
            bar.set_message(format!("{text}{left}"));
            let due = told.elapsed() >= LOG_EVERY * side_by_side;
            if due {
                *told = Instant::now();
            }
            (due, of_the_run)
        };
        if due && !self.interactive {
            let of_the_run = of_the_run.map_or_else(String::new, |left| format!(", {left} of the run"));
            self.line(&format!("  {task}: {text}{left}{of_the_run}"));
        }
    }

    fn decoded(&self, done: usize, total: usize) {
        let due = {
            let mut state = self.state();
            let whole = state.whole.clone();
            let bar = state.images.get_or_insert_with(|| self.bar("images", whole.as_ref()));
            bar.set_length(total.max(1) as u64);
            bar.set_position(done as u64);
            bar.set_message(format!("{done} of {total} images"));
            if done >= total
                && let Some(bar) = state.images.take()
            {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
            let due = state.images_told.elapsed() >= LOG_EVERY;
            if due {
                state.images_told = Instant::now();
            }
            due
        };
        if due && !self.interactive {
            self.line(&format!("  {done} of {total} images decoded"));
        }
    }

    fn progress(&self, done: usize, total: usize) {
        let mut state = self.state();
        state.done = (done, total);
        if total > 1 && done < total {
            let bar = state.whole.get_or_insert_with(|| self.bar("tasks", None));
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            state.tell_whole(Duration::ZERO);
        } else if let Some(bar) = state.whole.take() {
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
    }

    fn task_elsewhere(&self, task: &str, who: &str) {
        self.line(&format!("{task}: {who} is at it"));
    }

    fn task_failed(&self, task: &str, problem: &str) {
        self.end(task);
        self.loud(&format!("failed, others go on: {problem}"));
    }

    fn task_finished(&self, task: &str, seconds: f64) {
        self.end(task);
        if seconds >= 0.5 {
            self.line(&format!("{task}: {}", duration(Duration::from_secs_f64(seconds))));
        }
    }

    /// A warning is no progress: it is told even to those who asked for quiet.
    fn warning(&self, text: &str) {
        self.loud(&format!("warning: {text}"));
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
