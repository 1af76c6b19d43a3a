//! Cohorts, file contents and datasets, each read once a run and only when something needs it.
//!
//! ```text
//!  Program { cohorts, inputs } ──content──▶ hashes (for fingerprints)
//!                              └──dataset──▶ Dataset (only where a task has to run)
//! ```

use super::error::{PlanError, Result};
use super::fingerprint::{canonical, hash_of};
use super::options::RunOptions;
use super::packed::{Packed, compare_voxels, lacks_column};
use super::store::Store;
use crate::data::cache::Cache;
use crate::data::cohort::CohortData;
use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::fingerprint::content_hash_with;
use crate::data::table::Tables;
use crate::program::{Cohort, CohortSource, ImageStep, InputSource, InputSpec, Program, SpatialKind, ViewAverage};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Told how many images of how many are ready.
type Progress<'a> = dyn Fn(usize, usize) -> std::result::Result<(), DataError> + Sync + 'a;

/// A dataset, where it was read.
type Opened = Option<Arc<Dataset>>;

/// What was read so far.
pub(super) struct Sources<'a> {
    base: &'a Path,
    cache: Cache,
    tables: Tables,
    cohorts: Mutex<BTreeMap<String, Arc<CohortData>>>,
    contents: Mutex<BTreeMap<String, String>>,
    /// Each behind a lock of its own: whoever asks for one that is being read waits for it, and for no other.
    datasets: Mutex<BTreeMap<String, Arc<Mutex<Opened>>>>,
    weights: Mutex<BTreeMap<String, String>>,
    packed: Mutex<BTreeMap<String, Arc<Packed>>>,
}

impl<'a> Sources<'a> {
    /// What a run with these options reads. Decoded images are kept where it says, what is known of files in the store: that is true
    /// on every machine.
    pub fn of(options: &'a RunOptions<'_>, store: &Store) -> Self {
        let volumes = store.volumes();
        Self {
            base: &options.base,
            cache: Cache::beside(options.cache.as_deref().unwrap_or(&volumes), &volumes),
            tables: Tables::default(),
            cohorts: Mutex::default(),
            contents: Mutex::default(),
            datasets: Mutex::default(),
            weights: Mutex::default(),
            packed: Mutex::default(),
        }
    }

    /// A cohort's tables and index.
    ///
    /// # Errors
    /// Tables that cannot be read.
    pub fn cohort(&self, cohort: &Cohort) -> Result<Arc<CohortData>> {
        let key = canonical(cohort)?;
        if let Some(found) = held(&self.cohorts).get(&key) {
            return Ok(found.clone());
        }
        let loaded = CohortData::load_with(cohort, self.base, &self.tables)
            .map_err(PlanError::data(&format!("cohort {}", cohort.name)))?;
        let loaded = Arc::new(loaded);
        held(&self.cohorts).insert(key, loaded.clone());
        Ok(loaded)
    }

    /// The content of the files that an input reads from these cohorts, as one hash.
    ///
    /// # Errors
    /// A cohort or a file that cannot be read.
    pub fn content(&self, cohorts: &[&Cohort], spec: &InputSpec) -> Result<String> {
        let mut parts = Vec::new();
        for cohort in cohorts.iter().copied() {
            if spec.cohort.as_ref().is_some_and(|name| *name != cohort.name) {
                continue;
            }
            let key = canonical(&(cohort, spec))?;
            let known = held(&self.contents).get(&key).cloned();
            let hash = match known {
                Some(hash) => hash,
                None => {
                    let data = self.cohort(cohort)?;
                    let hash = content_hash_with(&data, std::slice::from_ref(spec), self.cache.hashes())
                        .map_err(PlanError::data(&format!("cohort {}", cohort.name)))?;
                    held(&self.contents).insert(key, hash.clone());
                    hash
                }
            };
            parts.push((cohort.name.clone(), hash));
        }
        hash_of(&parts)
    }

    /// A packed model.
    ///
    /// # Errors
    /// As [`Packed::read`].
    pub fn packed(&self, file: &str) -> Result<Arc<Packed>> {
        if let Some(known) = held(&self.packed).get(file) {
            return Ok(known.clone());
        }
        let packed = Arc::new(Packed::read(&self.base.join(file))?);
        held(&self.packed).insert(file.to_owned(), packed.clone());
        Ok(packed)
    }

    /// Where a file that the program names is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.base.join(file)
    }

    /// The content of a file with weights, or of another that the program names, as a hash.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn weights(&self, file: &str) -> Result<String> {
        if let Some(known) = held(&self.weights).get(file) {
            return Ok(known.clone());
        }
        let path = self.base.join(file);
        let mut hasher = blake3::Hasher::new();
        let read = std::fs::File::open(&path).and_then(|file| hasher.update_reader(file).map(|_| ()));
        read.map_err(PlanError::io("read", &path))?;
        let hash = hasher.finalize().to_hex().to_string();
        held(&self.weights).insert(file.to_owned(), hash.clone());
        Ok(hash)
    }

    /// Keeps the hashes of files for the next run.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep_hashes(&self) -> Result<()> {
        self.cache.hashes().save().map_err(PlanError::data("the index of hashes"))
    }

    /// Everything a program reads, decoded. `progress` is told how many images of how many are ready, and stops it by an
    /// error.
    ///
    /// # Errors
    /// Whatever does not fit, each with subject and input.
    pub fn dataset(&self, program: &Program, progress: &Progress<'_>) -> Result<Arc<Dataset>> {
        let key = hash_of(&(&program.cohorts, &program.inputs, &program.at_least_one))?;
        let place = held(&self.datasets).entry(key).or_default().clone();
        let mut place = held(&place);
        if let Some(found) = place.as_ref() {
            return Ok(found.clone());
        }
        let cohorts = program
            .cohorts
            .iter()
            .map(|cohort| self.cohort(cohort).map(|data| data.as_ref().clone()))
            .collect::<Result<Vec<_>>>()?;
        let sets: Vec<Vec<usize>> =
            program.at_least_one.iter().map(|set| set.iter().map(|input| input.index()).collect()).collect();
        let at = || PlanError::data("reading the data");
        let opened = match program.used.first() {
            None => Dataset::open_with_one_of(&program.inputs, &sets, &cohorts, &self.cache, progress).map_err(at())?,
            Some(used) => {
                let opened = Dataset::open_new_people(&program.inputs, &sets, &cohorts, &self.cache, progress);
                let opened = opened.map_err(|error| match lacks_column(&error) {
                    false => at()(error),
                    true => {
                        let advice = "a column that has another name here is given by `rename` of the cohort, one of \
                                      another table by `join`";
                        PlanError::Packed { path: self.base.join(&used.file), problem: format!("{error}; {advice}") }
                    }
                })?;
                compare_voxels(self, program, &opened)?;
                opened
            }
        };
        let opened = Arc::new(opened);
        *place = Some(opened.clone());
        Ok(opened)
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What of some cohorts decides who is found, without their paths: a moved folder keeps its results. Cohorts that are
/// read from one place share people, so which do is part of it.
pub(super) fn cohorts_identity(cohorts: &[&Cohort]) -> Vec<Value> {
    let place = |cohort: &Cohort| cohorts.iter().position(|c| c.source.is_same(&cohort.source));
    cohorts
        .iter()
        .map(|cohort| {
            let source = match &cohort.source {
                CohortSource::Bids { .. } => json!(["bids", place(cohort)]),
                CohortSource::Table { .. } => json!(["table", place(cohort)]),
                CohortSource::Phantom(settings) => json!(["phantom", settings]),
            };
            json!([cohort.name, source, cohort.subject, cohort.keep, cohort.rename, cohort.join.len()])
        })
        .collect()
}

/// What of an input decides who has it: all but what is done to an image's voxels.
pub(super) fn presence_identity(spec: &InputSpec) -> InputSpec {
    let mut spec = InputSpec { window: None, ..spec.clone() };
    if let InputSource::Image { kind: SpatialKind::Volume | SpatialKind::Image, steps, .. } = &mut spec.source {
        steps.retain(|step| matches!(step, ImageStep::Views { .. }));
        for step in steps.iter_mut() {
            if let ImageStep::Views { average, .. } = step {
                *average = ViewAverage::default();
            }
        }
        spec.shape.clear();
    }
    spec
}
