//! What tasks took: kept with their results, and asked when a cluster is to be told how much.

use super::super::fingerprint::Fingerprint;
use super::super::task::Kind;
use super::{DONE, Sealed, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;

/// So many results of a kind are looked at: what they say does not change with more.
const LOOKED_AT: usize = 200;

/// What a task took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Seconds; 0 where it is with the result itself.
    #[serde(skip)]
    pub seconds: f64,
    /// Multiply-adds, as predicted.
    #[serde(default)]
    pub operations: u64,
    /// Bytes at the peak of the process, where it computed nothing beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// Threads that it had.
    #[serde(default)]
    pub threads: usize,
}

impl Measured {
    /// What a task has taken that ends now. The peak is the process's: of this task where nothing ran beside it.
    pub(in crate::plan) fn now(operations: u64, alone: bool) -> Self {
        let memory = alone.then(peak_memory).flatten();
        Self { seconds: 0.0, operations, memory, threads: rayon::current_num_threads() }
    }
}

/// The peak of this process's memory, bytes.
pub(crate) fn peak_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

impl Store {
    /// The keys of all results of a kind: one listing, no file is opened.
    pub fn present(&self, kind: Kind) -> BTreeSet<String> {
        let names = fs::read_dir(self.root.join(kind.name())).into_iter().flatten();
        let names = names.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        names.filter(|name| !name.starts_with('.')).collect()
    }

    /// Whether a result is there; what it is worth its reader sees.
    pub fn present_one(&self, kind: Kind, fingerprint: &Fingerprint) -> bool {
        self.root.join(kind.name()).join(fingerprint.as_str()).is_dir()
    }

    /// What results of a kind took; some where there are many.
    pub fn measured(&self, kind: Kind) -> Vec<Measured> {
        let present = self.present(kind);
        let read = |key: &String| -> Option<Measured> {
            let done = fs::read(self.root.join(kind.name()).join(key).join(DONE)).ok()?;
            let Sealed { done, .. } = serde_json::from_slice(&done).ok()?;
            Some(Measured { seconds: done.seconds, ..done.taken? })
        };
        present.iter().filter_map(read).take(LOOKED_AT).collect()
    }
}
