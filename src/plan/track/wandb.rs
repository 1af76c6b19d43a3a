//! Weights & Biases' runs of a machine without a network, as `wandb sync` uploads them.
//!
//! ```text
//!  FOLDER/offline-run-DAY_TIME-ID/run-ID.wandb      what was told: settings, curves, scores   (log.rs, message.rs)
//!  FOLDER/offline-run-DAY_TIME-ID/files/            report and tables
//! ```
//!
//! The project is the experiment, the group of all its runs too. Identifiers are hashes of names: a run that is made again replaces
//! its folder, and `wandb sync` writes over what it uploaded before.

mod log;
mod message;

use super::{Tracked, TrackedRun, identifier};
use crate::plan::error::{PlanError, Result};
use log::Log;
use message::{
    Entry, FilesItem, FilesRecord, HeaderRecord, HistoryRecord, HistoryStep, Item, Record, RunExitRecord, RunRecord,
    Timestamp, Values, VersionInfo,
};
use prost::Message;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Files are uploaded when the run has ended.
const AT_THE_END: i32 = 1;

/// Writes a run and its trainings.
///
/// # Errors
/// What the operating system says.
pub(super) fn write(tracked: &Tracked, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(PlanError::io("make the folder", folder))?;
    write_run(folder, &tracked.experiment, &tracked.whole, "experiment")?;
    tracked.trainings.iter().try_for_each(|training| write_run(folder, &tracked.experiment, training, "training"))
}

fn write_run(folder: &Path, experiment: &str, run: &TrackedRun, job: &str) -> Result<()> {
    // Weights & Biases' own have 8 letters and digits, and may have up to 64.
    let id = identifier(&[experiment, job, &run.name], 16);
    let aside =
        tempfile::Builder::new().prefix(".writing-").tempdir_in(folder).map_err(PlanError::io("write", folder))?;
    let files = aside.path().join("files");
    fs::create_dir_all(&files).map_err(PlanError::io("make the folder", &files))?;
    let mut named = Vec::new();
    for file in &run.files {
        let name = file.file_name().unwrap_or_default();
        fs::copy(file, files.join(name)).map_err(PlanError::io("copy", file))?;
        named.push(name.to_string_lossy().into_owned());
    }
    let path = aside.path().join(format!("run-{id}.wandb"));
    fs::write(&path, told(experiment, run, job, &id, named)).map_err(PlanError::io("write", &path))?;

    let day = jiff::Timestamp::from_millisecond(run.start).unwrap_or_default().strftime("%Y%m%d_%H%M%S");
    let place = folder.join(format!("offline-run-{day}-{id}"));
    // That of an earlier run has another day in its name.
    for entry in fs::read_dir(folder).map_err(PlanError::io("read", folder))? {
        let old = entry.map_err(PlanError::io("read", folder))?;
        let name = old.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("offline-run-") && name.ends_with(&format!("-{id}")) {
            fs::remove_dir_all(old.path()).map_err(PlanError::io("replace", &old.path()))?;
        }
    }
    let written = aside.keep();
    fs::rename(&written, &place).map_err(PlanError::io("rename", &written))
}

/// The log of a run.
fn told(experiment: &str, run: &TrackedRun, job: &str, id: &str, files: Vec<String>) -> Vec<u8> {
    let config = run.params.iter().chain(&run.tags).map(|(name, value)| item(name, parsed(value))).collect();
    let version = format!("fascicle {}", env!("CARGO_PKG_VERSION"));
    let mut entries = vec![
        Entry::Header(HeaderRecord { version_info: Some(VersionInfo { producer: version }) }),
        Entry::Run(RunRecord {
            run_id: id.to_owned(),
            project: experiment.to_owned(),
            config: Some(Values { update: config }),
            run_group: experiment.to_owned(),
            job_type: job.to_owned(),
            display_name: run.name.clone(),
            notes: run.note.clone().unwrap_or_default(),
            tags: vec!["fascicle".to_owned()],
            start_time: Some(Timestamp {
                seconds: run.start.div_euclid(1000),
                nanos: (run.start.rem_euclid(1000) * 1_000_000) as i32,
            }),
        }),
    ];
    // One row a moment: the values that were measured together.
    let mut rows: BTreeMap<(i64, u64), Vec<(&str, f64)>> = BTreeMap::new();
    let mut last = Vec::new();
    for metric in &run.metrics {
        for (time, step, value) in &metric.points {
            // A score stands behind all epochs, and is no curve.
            if *step > 0 {
                rows.entry((*time, *step)).or_default().push((&metric.name, *value));
            }
        }
        last.extend(metric.points.last().map(|(_, _, value)| item(&metric.name, number(*value))));
    }
    for (at, ((time, epoch), values)) in rows.into_iter().enumerate() {
        let step = at as i64 + 1;
        let mut row: Vec<Item> = values.into_iter().map(|(name, value)| item(name, number(value))).collect();
        row.push(item("epoch", epoch.into()));
        row.push(item("_step", step.into()));
        row.push(item("_timestamp", number(time as f64 / 1000.0)));
        row.push(item("_runtime", number((time - run.start) as f64 / 1000.0)));
        entries.push(Entry::History(HistoryRecord { item: row, step: Some(HistoryStep { num: step }) }));
    }
    entries.push(Entry::Summary(Values { update: last }));
    let files = files.into_iter().map(|path| FilesItem { path, policy: AT_THE_END }).collect();
    entries.push(Entry::Files(FilesRecord { files }));
    let seconds = i32::try_from((run.end - run.start) / 1000).unwrap_or(i32::MAX);
    entries.push(Entry::Exit(RunExitRecord { exit_code: 0, runtime: seconds }));

    let mut log = Log::new();
    for (num, entry) in (1..).zip(entries) {
        log.push(&Record { num, entry: Some(entry) }.encode_to_vec());
    }
    log.into_bytes()
}

fn item(name: &str, value: serde_json::Value) -> Item {
    Item { nested_key: vec![name.to_owned()], value_json: value.to_string() }
}

/// A number; what JSON has no number for is text there, as `wandb` writes it.
fn number(value: f64) -> serde_json::Value {
    match value {
        v if v.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        v => v.into(),
    }
}

/// A setting that is a number or a truth is one there too, so that axes can be made of it.
fn parsed(text: &str) -> serde_json::Value {
    match serde_json::from_str(text) {
        Ok(value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => value,
        _ => text.into(),
    }
}
