//! Where training stands, tensors included: at its start, from a checkpoint, into a checkpoint.

use super::checkpoint::{Checkpoint, State};
use super::early_stopping::EarlyStopping;
use super::history::History;
use super::job::{Job, Weights};
use super::optimizer::OptimizerState;
use super::schedule::Plateau;
use super::tensorboard::EventFile;
use super::{CHECKPOINT_FILE, TrainError};
use crate::graph::ModuleId;
use crate::nn::Network;
use std::path::Path;
use std::time::Instant;

/// Where training stands, tensors included. Copies share the tensors' memory until one of them moves on.
#[derive(Clone)]
pub(super) struct TrainingState {
    pub state: State,
    pub network: Network,
    pub optimizer: OptimizerState,
    /// The adversaries' optimizers, in the order of the stage.
    pub adversaries: Vec<OptimizerState>,
    pub best: Option<Network>,
}

/// What is written while training.
pub(super) struct Files<'a> {
    pub folder: &'a Path,
    pub fingerprint: String,
    pub events: EventFile,
    pub written: Instant,
    /// The end of the last epoch, where no checkpoint has it.
    pub unsaved: Option<TrainingState>,
}

impl TrainingState {
    /// Before the first step: weights drawn from the seed, but those the job gives.
    pub fn start(job: &Job<'_>, modules: &[ModuleId]) -> Result<Self, TrainError> {
        let mut network = Network::new(&job.graph, modules, job.seed, job.device);
        let given: Vec<String> = network.names().filter(|name| job.initial.contains_key(name)).collect();
        if !given.is_empty() {
            let mut weights = on_host(&network)?;
            weights.extend(given.into_iter().filter_map(|name| job.initial.get(&name).map(|w| (name, w.clone()))));
            network.set_weights(&weights)?;
        }
        network.freeze(&frozen(job, modules));
        let state = State {
            epochs: 0,
            steps: 0,
            history: History::default(),
            early_stopping: EarlyStopping::of(&job.stage.keep),
            plateau: Plateau::default(),
            events: 0,
        };
        let adversaries =
            job.stage.adversaries.iter().map(|adversary| OptimizerState::new(&adversary.optimizer)).collect();
        Ok(Self { state, network, optimizer: OptimizerState::new(&job.stage.optimizer), adversaries, best: None })
    }

    fn of_checkpoint(job: &Job<'_>, modules: &[ModuleId], checkpoint: &Checkpoint) -> Result<Self, String> {
        let build = |weights: &Weights| {
            let mut network = Network::new(&job.graph, modules, job.seed, job.device);
            network.set_weights(weights).map_err(|e| e.to_string())?;
            Ok::<_, String>(network)
        };
        let mut network = build(&checkpoint.weights)?;
        network.freeze(&frozen(job, modules));
        let best = checkpoint.best.as_ref().map(build).transpose()?.map(|best| best.for_prediction());
        let rules = std::iter::once(&job.stage.optimizer)
            .chain(job.stage.adversaries.iter().map(|adversary| &adversary.optimizer));
        let mut optimizers: Vec<OptimizerState> = rules.map(OptimizerState::new).collect();
        if optimizers.len() != checkpoint.moments.len() {
            return Err("it holds the moments of other optimizers".into());
        }
        for (optimizer, moments) in optimizers.iter_mut().zip(&checkpoint.moments) {
            optimizer.load(moments, &network, job.device);
        }
        let adversaries = optimizers.split_off(1);
        let optimizer = optimizers.remove(0);
        Ok(Self { state: checkpoint.state.clone(), network, optimizer, adversaries, best })
    }

    fn checkpoint(&self) -> Result<Checkpoint, TrainError> {
        let optimizers = std::iter::once(&self.optimizer).chain(&self.adversaries);
        let moments = optimizers.map(|optimizer| optimizer.save(&self.network)).collect::<Result<_, _>>()?;
        Ok(Checkpoint {
            state: self.state.clone(),
            weights: on_host(&self.network)?,
            best: self.best.as_ref().map(on_host).transpose()?,
            moments,
        })
    }
}

impl Files<'_> {
    /// Writes the checkpoint of the last whole epoch, where none has it.
    pub fn save(&mut self) -> Result<(), TrainError> {
        let Some(position) = self.unsaved.take() else { return Ok(()) };
        let path = self.folder.join(CHECKPOINT_FILE);
        let failed = |source| TrainError::File { path, action: "written", source };
        position.checkpoint()?.write(self.folder, &self.fingerprint).map_err(failed)?;
        self.written = Instant::now();
        Ok(())
    }
}

/// What the checkpoint in the job's folder says; `None`, and a warning, where it cannot be used.
pub(super) fn resumed(job: &Job<'_>, modules: &[ModuleId], fingerprint: &str) -> Option<TrainingState> {
    let folder = job.folder?;
    let position = Checkpoint::read(folder, fingerprint)
        .and_then(|found| found.map(|checkpoint| TrainingState::of_checkpoint(job, modules, &checkpoint)).transpose());
    position.unwrap_or_else(|reason| {
        let path = folder.join(CHECKPOINT_FILE);
        let name = &job.stage.name;
        (job.warn)(&format!("{}: the checkpoint is not used: {reason}; stage `{name}` starts anew", path.display()));
        None
    })
}

/// The modules that the stage applies but neither it nor an adversary trains.
fn frozen(job: &Job<'_>, modules: &[ModuleId]) -> Vec<ModuleId> {
    let trained = job.stage.moving();
    modules.iter().copied().filter(|m| !trained.contains(m)).collect()
}

/// All weights and running statistics of a network.
pub(super) fn on_host(network: &Network) -> Result<Weights, TrainError> {
    Ok(network.weights()?.into_iter().map(|w| (w.name, (w.shape, w.values))).collect())
}
