//! `fascicle watch`: files are checked again whenever they, or what they read, are saved.
//!
//! Folders are watched rather than files: many editors write a new file and rename it over the old one, so that what was
//! watched is gone. What counts is whether a text or a table is another than at the last check.

use super::world::Files;
use super::{setting, source, status, table};
use crate::compile::{self, Compilation, Severity, model_tables};
use crate::data::CohortData;
use clap::Args;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

/// What `watch` is asked.
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    /// Experiments: `.fx` files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Set a `param`: `--set width=32`. May be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

/// A save is several changes of a folder: they are over when nothing has come for so long.
const QUIET: Duration = Duration::from_millis(10);
/// ... and are not waited for longer than that.
const LONGEST: Duration = Duration::from_millis(60);
/// A folder that is made later, or a file system that says nothing of changes, is looked at so often.
const LOOK: Duration = Duration::from_secs(2);

/// What wakes the loop.
enum Woken {
    /// Something in a folder was changed.
    Changed,
    /// Ctrl-C.
    Stopped,
}

/// What a file was when it was last looked at: nothing where it is not there.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    /// A program's text.
    Text(Option<Vec<u8>>),
    /// When a table was changed, and its size.
    Table(Option<(SystemTime, u64)>),
}

fn text_of(path: &Path) -> Seen {
    Seen::Text(std::fs::read(path).ok())
}

fn table_of(path: &Path) -> Seen {
    let found = std::fs::metadata(path).ok();
    Seen::Table(found.and_then(|found| Some((found.modified().ok()?, found.len()))))
}

/// One file that is checked, and what it reads.
struct Watched {
    file: PathBuf,
    /// The tables it has read; made anew when one is changed.
    world: Files,
    seen: BTreeMap<PathBuf, Seen>,
}

impl Watched {
    fn new(file: PathBuf) -> Self {
        let seen = BTreeMap::from([(file.clone(), text_of(&file))]);
        Self { world: Files::beside(&file), file, seen }
    }

    /// Whether anything that it reads is another than it was; what is new is noted.
    fn changed(&mut self) -> bool {
        let mut changed = false;
        let mut tables = false;
        for (path, seen) in &mut self.seen {
            let now = match seen {
                Seen::Text(_) => text_of(path),
                Seen::Table(_) => table_of(path),
            };
            if now != *seen {
                tables |= matches!(now, Seen::Table(_));
                *seen = now;
                changed = true;
            }
        }
        if tables {
            self.world = Files::beside(&self.file);
        }
        changed
    }

    /// Checks the file and says what there is to say.
    fn check(&mut self, settings: &[(String, String)]) {
        let began = Instant::now();
        let text = match source::read(&self.file) {
            Ok(text) => text,
            Err(message) => {
                source::print(&format!("{message}; waiting for it\n"));
                return;
            }
        };
        let name = self.file.display().to_string();
        let compilation = compile::compile(&name, &text, settings, &self.world);
        self.follow(&compilation);
        source::tell(&compilation);
        source::print(&summary(&name, &compilation, began.elapsed()));
    }

    /// Notes the files that took part: other programs, and the tables of cohorts.
    fn follow(&mut self, compilation: &Compilation) {
        let folder = self.file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        let others = compilation.sources.iter().skip(1).map(|source| folder.join(&source.name));
        let others: Vec<PathBuf> = others.filter(|path| path.is_file()).collect();
        let cohorts = compilation.base.iter().flat_map(|program| &program.cohorts);
        let tables: Vec<PathBuf> = cohorts.flat_map(|cohort| CohortData::read_from(cohort, Path::new(""))).collect();
        let keeps_tables = compilation.base.is_none();
        let known: BTreeSet<&PathBuf> = others.iter().chain(&tables).chain([&self.file]).collect();
        // Of a file with errors it is not known which tables it reads: those it read before are still followed.
        self.seen.retain(|path, seen| known.contains(path) || keeps_tables && matches!(seen, Seen::Table(_)));
        for path in others {
            self.seen.entry(path).or_insert_with_key(|path| text_of(path));
        }
        for path in tables {
            self.seen.entry(path).or_insert_with_key(|path| table_of(path));
        }
    }
}

/// One line: the time, whether all is well, how large the models are.
fn summary(name: &str, compilation: &Compilation, took: Duration) -> String {
    let time = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
    let count = |severity: Severity| compilation.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut said = match (errors, warnings) {
        (0, 0) => "no mistake".to_string(),
        (0, warnings) => source::plural(warnings, "warning"),
        (errors, _) => source::plural(errors, "error"),
    };
    if let (0, Some(program)) = (errors, &compilation.base) {
        for model in model_tables(program) {
            said.push_str(&format!("; {}: {} parameters", model.name, table::thousands(model.parameters)));
        }
    }
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let code = if errors > 0 {
        "31"
    } else if warnings > 0 {
        "33"
    } else {
        "32"
    };
    let said = if colour { format!("\x1b[{code}m{said}\x1b[0m") } else { said };
    format!("{time} {name}: {said} ({} ms)\n", took.as_millis())
}

/// The folder that a file stands in.
fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|p| !p.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Watches the folders of all files that are read; those that are no longer are let go.
fn follow(watcher: &mut RecommendedWatcher, followed: &mut BTreeSet<PathBuf>, watched: &[Watched]) {
    let wanted: BTreeSet<PathBuf> = watched.iter().flat_map(|w| w.seen.keys()).map(|path| folder_of(path)).collect();
    for folder in followed.difference(&wanted) {
        // A folder that was removed is watched no more by itself.
        let _ = watcher.unwatch(folder);
    }
    let held: BTreeSet<PathBuf> = followed.intersection(&wanted).cloned().collect();
    // One that is not there yet is tried again at the next look.
    let new = wanted.difference(&held).filter(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_ok());
    *followed = new.cloned().chain(held.iter().cloned()).collect();
}

pub(super) fn watch(args: &WatchArgs) -> u8 {
    let (sender, receiver) = channel();
    if let Err(message) = stop_at_interrupts(&sender) {
        source::fail(&message);
        return status::FAILED;
    }
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // To read a file is no change of it.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            let _ = sender.send(Woken::Changed);
        }
    });
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            source::fail(&format!("files cannot be watched here: {error}; `fascicle check` checks once"));
            return status::FAILED;
        }
    };
    let mut watched: Vec<Watched> = args.files.iter().cloned().map(Watched::new).collect();
    let mut followed = BTreeSet::new();
    follow(&mut watcher, &mut followed, &watched);
    let all: Vec<usize> = (0..watched.len()).collect();
    say(&mut watched, &all, &args.settings);
    follow(&mut watcher, &mut followed, &watched);
    loop {
        if settled(&receiver) {
            return status::DONE;
        }
        let changed: Vec<bool> = watched.iter_mut().map(Watched::changed).collect();
        if changed.contains(&true) {
            // On a terminal the screen is cleared: all files are said again.
            let all = std::io::stdout().is_terminal();
            let again: Vec<usize> = (0..watched.len()).filter(|at| all || changed[*at]).collect();
            say(&mut watched, &again, &args.settings);
        }
        follow(&mut watcher, &mut followed, &watched);
        if source::lost() {
            return status::FAILED;
        }
    }
}

fn say(watched: &mut [Watched], which: &[usize], settings: &[(String, String)]) {
    if std::io::stdout().is_terminal() {
        let mut stdout = std::io::stdout().lock();
        // From the top of a cleared screen.
        let _ = write!(stdout, "\x1b[H\x1b[2J\x1b[3J");
        let _ = stdout.flush();
    }
    for at in which {
        watched[*at].check(settings);
    }
}

/// Waits for a change, and until no more come with it; whether it was Ctrl-C.
fn settled(receiver: &Receiver<Woken>) -> bool {
    match receiver.recv_timeout(LOOK) {
        Ok(Woken::Changed) => {}
        Ok(Woken::Stopped) => return true,
        Err(RecvTimeoutError::Timeout) => return false,
        Err(RecvTimeoutError::Disconnected) => return true,
    }
    let began = Instant::now();
    while began.elapsed() < LONGEST {
        match receiver.recv_timeout(QUIET) {
            Ok(Woken::Changed) => {}
            Ok(Woken::Stopped) => return true,
            Err(_) => break,
        }
    }
    false
}

fn stop_at_interrupts(sender: &Sender<Woken>) -> Result<(), String> {
    let sender = sender.clone();
    ctrlc::set_handler(move || {
        let _ = sender.send(Woken::Stopped);
    })
    .map_err(|error| format!("Ctrl-C cannot be waited for: {error}"))
}
