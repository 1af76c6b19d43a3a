//! Checkpoints: everything a stage needs to go on as if it had never been interrupted.
//!
//! A checkpoint is one file, written aside and renamed into place: a first line with the format's number, a BLAKE3
//! checksum of the rest, and a safetensors archive with the weights (`weight/..`), the best weights so far (`best/..`), the
//! optimizer's moments (`first 0/..`, `second 0/..`; of its adversaries `first 1/..`) and the state of schedule, early stopping and history
//! as JSON in its metadata. A file that is damaged, of another format or of another job is told from a good one and never used.

use super::early_stopping::EarlyStopping;
use super::history::History;
use super::job::{Job, Weights};
use super::schedule::Plateau;
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

/// The file's name in the job's folder.
pub const CHECKPOINT_FILE: &str = "checkpoint.fascicle";

/// Where it is written first. Always the same, so that killed runs leave no litter.
const ASIDE: &str = ".checkpoint.part";

/// The first line. The number changes with the format, and with the meaning of the loop: a checkpoint of an older
/// version would not end with the bytes of an uninterrupted run.
const FORMAT: &[u8] = b"fascicle checkpoint 2\n";
const CHECKSUM: usize = blake3::OUT_LEN;
const METADATA: &str = "fascicle";

/// Where a stage stands at the end of an epoch, tensors aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    /// Epochs done.
    pub epochs: usize,
    /// Steps done.
    pub steps: u64,
    /// One entry an epoch.
    pub history: History,
    /// Best epoch, early stopping.
    pub early_stopping: EarlyStopping,
    /// Memory of the schedule.
    pub plateau: Plateau,
    /// Length of the event file.
    pub events: u64,
}

/// What an optimizer remembers, on the host, by the weight's name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SavedMoments {
    /// Steps made.
    pub times: BTreeMap<String, usize>,
    pub first: Weights,
    pub second: Weights,
}

/// A checkpoint in memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Checkpoint {
    pub state: State,
    pub weights: Weights,
    /// Those of the best epoch, where they are kept.
    pub best: Option<Weights>,
    /// The stage's own optimizer's, then those of its adversaries, in their order.
    pub moments: Vec<SavedMoments>,
}

#[derive(Serialize, Deserialize)]
struct Metadata {
    job: String,
    has_best: bool,
    state: State,
    /// By optimizer: the steps made with each weight.
    times: Vec<BTreeMap<String, usize>>,
}

/// What decides a job's result, hashed: a checkpoint is of use only to the same job.
pub(super) fn fingerprint(job: &Job<'_>) -> Result<String, serde_json::Error> {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    part(&job.seed.to_le_bytes());
    part(&(job.batches.training_len() as u64).to_le_bytes());
    part(&(job.batches.validation_len() as u64).to_le_bytes());
    part(&serde_json::to_vec(job.stage)?);
    part(&serde_json::to_vec(job.graph.as_ref())?);
    part(&serde_json::to_vec(&job.training_statistics.class_weights.iter().collect::<Vec<_>>())?);
    part(&serde_json::to_vec(&job.training_statistics.means.iter().collect::<Vec<_>>())?);
    for (name, (shape, values)) in &job.initial {
        part(name.as_bytes());
        part(&serde_json::to_vec(shape)?);
        part(&bytes_of(values));
    }
    Ok(hasher.finalize().to_hex().to_string())
}

impl Checkpoint {
    /// Writes the file, replacing an older one in one go.
    pub fn write(&self, folder: &Path, job: &str) -> std::io::Result<()> {
        let payload = self.payload(job).map_err(std::io::Error::other)?;
        let aside = folder.join(ASIDE);
        let mut file = std::fs::File::create(&aside)?;
        file.write_all(FORMAT)?;
        file.write_all(blake3::hash(&payload).as_bytes())?;
        file.write_all(&payload)?;
        file.sync_all()?;
        std::fs::rename(&aside, folder.join(CHECKPOINT_FILE))
    }

    /// Reads the file of this job; `None` where there is none.
    ///
    /// # Errors
    /// Why the file cannot be used, in words.
    pub fn read(folder: &Path, job: &str) -> Result<Option<Self>, String> {
        let bytes = match std::fs::read(folder.join(CHECKPOINT_FILE)) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("it cannot be read: {e}")),
        };
        let rest =
            bytes.strip_prefix(FORMAT).ok_or("it was written by another version of fascicle, or is no checkpoint")?;
        let damaged = || "it is damaged: its checksum does not fit".to_owned();
        let (checksum, payload) = rest.split_at_checked(CHECKSUM).ok_or_else(damaged)?;
        if checksum != blake3::hash(payload).as_bytes() {
            return Err(damaged());
        }
        Self::of_payload(payload, job).map(Some)
    }

    fn payload(&self, job: &str) -> Result<Vec<u8>, String> {
        let floats = |prefix: String, weights: &Weights| -> Vec<(String, Vec<usize>, Vec<u8>)> {
            let entry = |(name, (shape, values)): (&String, &(Vec<usize>, Vec<f32>))| {
                (format!("{prefix}/{name}"), shape.clone(), bytes_of(values))
            };
            weights.iter().map(entry).collect()
        };
        let mut entries = floats("weight".into(), &self.weights);
        if let Some(best) = &self.best {
            entries.extend(floats("best".into(), best));
        }
        for (at, moments) in self.moments.iter().enumerate() {
            entries.extend(floats(format!("first {at}"), &moments.first));
            entries.extend(floats(format!("second {at}"), &moments.second));
        }

        let views = entries
            .iter()
            .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
            .map_err(|e| e.to_string())?;
        let metadata = Metadata {
            job: job.to_owned(),
            has_best: self.best.is_some(),
            state: self.state.clone(),
            times: self.moments.iter().map(|moments| moments.times.clone()).collect(),
        };
        let metadata = serde_json::to_string(&metadata).map_err(|e| e.to_string())?;
        safetensors::serialize(views, Some(HashMap::from([(METADATA.to_owned(), metadata)]))).map_err(|e| e.to_string())
    }

    fn of_payload(payload: &[u8], job: &str) -> Result<Self, String> {
        let unreadable = |e: &dyn std::fmt::Display| format!("it cannot be understood: {e}");
        let (_, header) = safetensors::SafeTensors::read_metadata(payload).map_err(|e| unreadable(&e))?;
        let text = header.metadata().as_ref().and_then(|m| m.get(METADATA)).ok_or("it holds no state")?;
        let metadata: Metadata = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
        if metadata.job != job {
            return Err("it belongs to a stage with other settings, data or initial weights".into());
        }
        let archive = safetensors::SafeTensors::deserialize(payload).map_err(|e| unreadable(&e))?;
        let (mut weights, mut best) = (Weights::new(), Weights::new());
        let empty = |times| SavedMoments { times, ..SavedMoments::default() };
        let mut moments: Vec<SavedMoments> = metadata.times.into_iter().map(empty).collect();
        for (entry, view) in archive.iter() {
            let unknown = || format!("it holds an unknown entry `{entry}`");
            let (kind, name) = entry.split_once('/').ok_or_else(unknown)?;
            let (kind, at) = kind.split_once(' ').map_or((kind, None), |(kind, at)| (kind, at.parse::<usize>().ok()));
            let target = match (kind, at.and_then(|at| moments.get_mut(at))) {
                ("weight", None) => &mut weights,
                ("best", None) => &mut best,
                ("first", Some(moments)) => &mut moments.first,
                ("second", Some(moments)) => &mut moments.second,
                _ => return Err(unknown()),
            };
            target.insert(name.to_owned(), (view.shape().to_vec(), floats_of(view.data())));
        }
        Ok(Self { state: metadata.state, weights, best: metadata.has_best.then_some(best), moments })
    }
}

fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn floats_of(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}
