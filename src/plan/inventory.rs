//! What is in a store: `fascicle store`, its `gc` and its `verify`.

use super::error::{PlanError, Result};
use super::fingerprint::Fingerprint;
use super::store::{Store, Stored, plans};
use super::task::Kind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What is in a store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Inventory {
    /// By kind of task.
    pub kinds: Vec<(Kind, Amount)>,
    /// By experiment, what its latest plan uses; results that several use are counted with each.
    pub experiments: Vec<(String, Amount)>,
    /// What no plan uses.
    pub unused: Amount,
    /// Checkpoints of stages under way.
    pub checkpoints: Amount,
    /// Decoded volumes.
    pub volumes: Amount,
    /// Who is at work: `process 123 on node7`.
    pub at_work: Vec<String>,
}

/// So many results or files, of so many bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Results, or files where there are none.
    pub count: usize,
    /// Their size.
    pub bytes: u64,
}

impl Amount {
    fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
    }
}

/// A result of a store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    kind: Kind,
    fingerprint: String,
    folder: PathBuf,
}

/// What removing what no run needs comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// Results that no plan uses.
    pub results: Amount,
    /// Checkpoints of stages that no plan has, or that are done.
    pub checkpoints: Amount,
    /// Decoded volumes, where they are to go: they are made again when they are needed.
    pub volumes: Amount,
    /// Whether they are gone.
    pub removed: bool,
}

/// A result that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// What the task does.
    pub kind: Kind,
    /// The key of the result.
    pub fingerprint: String,
    /// What is wrong.
    pub problem: String,
}

fn opened(out: &Path) -> Result<PathBuf> {
    let root = super::run::store_path(out);
    match root.is_dir() {
        true => Ok(root),
        false => Err(PlanError::NoStore { path: root }),
    }
}

/// What is in the store of a folder of runs.
///
/// # Errors
/// A folder without a store.
pub fn inventory(out: &Path) -> Result<Inventory> {
    let root = opened(out)?;
    let plans = plans(&root);
    let mut users: BTreeMap<(Kind, &str), Vec<&str>> = BTreeMap::new();
    for plan in plans.values() {
        for task in &plan.tasks {
            let of = users.entry((task.kind, task.fingerprint.as_str())).or_default();
            if of.last() != Some(&plan.experiment.as_str()) {
                of.push(&plan.experiment);
            }
        }
    }
    let mut kinds: BTreeMap<Kind, Amount> = BTreeMap::new();
    let mut experiments: BTreeMap<&str, Amount> = plans.keys().map(|name| (name.as_str(), Amount::default())).collect();
    let mut found = Inventory::default();
    for kept in results(&root) {
        let bytes = size(&kept.folder);
        kinds.entry(kept.kind).or_default().add(bytes);
        match users.get(&(kept.kind, kept.fingerprint.as_str())) {
            None => found.unused.add(bytes),
            Some(names) => names.iter().for_each(|name| experiments.entry(name).or_default().add(bytes)),
        }
    }
    found.kinds = kinds.into_iter().collect();
    found.experiments = experiments.into_iter().map(|(name, amount)| (name.to_owned(), amount)).collect();
    found.checkpoints = amount_of(&root.join("partial"));
    found.volumes = amount_of(&root.join("volumes"));
    found.at_work = super::store::at_work(&root).iter().map(super::store::Owner::described).collect();
    Ok(found)
}

/// What no run needs; removed where `remove` says so.
///
/// # Errors
/// A folder without a store; others at work where something is to be removed: they may need what no plan has yet.
pub fn collect_garbage(out: &Path, with_volumes: bool, remove: bool) -> Result<Removal> {
    let root = opened(out)?;
    let store = if remove { Store::open(&root)? } else { Store::look(&root) };
    if remove {
        let others = store.others();
        if let Some(first) = others.first() {
            return Err(PlanError::InUse { path: root, who: first.described() });
        }
    }
    let plans = plans(&root);
    let used: BTreeSet<(Kind, &str)> =
        plans.values().flat_map(|plan| &plan.tasks).map(|task| (task.kind, task.fingerprint.as_str())).collect();
    let mut removal = Removal { removed: remove, ..Removal::default() };
    for kept in results(&root).into_iter().filter(|kept| !used.contains(&(kept.kind, kept.fingerprint.as_str()))) {
        removal.results.add(size(&kept.folder));
        if remove {
            store.discard(&kept.folder)?;
        }
    }
    for (fingerprint, folder) in folders(&root.join("partial")) {
        let done = root.join(Kind::Train.name()).join(&fingerprint).is_dir();
        if done || !used.contains(&(Kind::Train, fingerprint.as_str())) {
            removal.checkpoints.add(size(&folder));
            if remove {
                store.discard(&folder)?;
            }
        }
    }
    if with_volumes {
        removal.volumes = amount_of(&root.join("volumes"));
        if remove {
            store.discard(&root.join("volumes"))?;
        }
    }
    Ok(removal)
}

/// Reads every result and compares it with its checksums: how many there are, and what is damaged.
///
/// # Errors
/// A folder without a store.
pub fn verify(out: &Path) -> Result<(Amount, Vec<Damage>)> {
    use rayon::prelude::*;
    let root = opened(out)?;
    let store = Store::look(&root);
    let kept = results(&root);
    let read: Vec<(u64, Option<Damage>)> = kept
        .par_iter()
        .map(|kept| {
            let fingerprint = Fingerprint::of_name(&kept.fingerprint);
            let damage = match store.find(kept.kind.name(), &fingerprint) {
                Stored::Damaged(problem) => {
                    Some(Damage { kind: kept.kind, fingerprint: kept.fingerprint.clone(), problem })
                }
                Stored::Whole(_) | Stored::Absent => None,
            };
            (size(&kept.folder), damage)
        })
        .collect();
    let amount = Amount { count: read.len(), bytes: read.iter().map(|(bytes, _)| bytes).sum() };
    Ok((amount, read.into_iter().filter_map(|(_, damage)| damage).collect()))
}

/// Every result, by kind and key.
fn results(root: &Path) -> Vec<Kept> {
    let of = |kind: Kind| {
        let found = folders(&root.join(kind.name())).into_iter();
        found.map(move |(fingerprint, folder)| Kept { kind, fingerprint, folder })
    };
    Kind::ALL.into_iter().flat_map(of).collect()
}

/// The folders in a folder whose names do not begin with a dot, sorted.
fn folders(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let mut found: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .filter(|(name, path)| !name.starts_with('.') && path.is_dir())
        .collect();
    found.sort();
    found
}

fn amount_of(folder: &Path) -> Amount {
    let mut amount = Amount::default();
    let files = WalkDir::new(folder).into_iter().filter_map(std::result::Result::ok);
    files.filter(|e| e.file_type().is_file()).for_each(|e| amount.add(e.metadata().map_or(0, |data| data.len())));
    amount
}

fn size(folder: &Path) -> u64 {
    amount_of(folder).bytes
}
