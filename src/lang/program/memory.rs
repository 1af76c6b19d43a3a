//! What memory a training step of a stage takes, and a prediction: before there are data.
//!
//! The arrays of a pass are those of its [`Evaluation`]. Beside them stand the weights with what an optimizer remembers of each,
//! the copies that a run holds of where training stood, and the batches that are read while one is computed.

use super::{Adversary, InputSpec, Keep, Memory, Optimizer, Stage};
use crate::graph::{Evaluation, Graph, InputId, ModuleId, NodeId, Processor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const F32: u64 = 4;

/// What the program takes on the CPU without a network: its code, its tables, the buffers of its threads.
const PROGRAM: u64 = 50_000_000;
/// Batches on the host beside the one that is computed: one that waits and one that is read.
const BATCHES_AHEAD: u64 = 2;
/// Arrays as large as a weight that an optimizer's move of it makes in passing.
const OF_A_MOVE: u64 = 3;

/// The peak bytes of a training step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepMemory {
    /// As the stage says.
    pub bytes: u64,
    /// Where nothing is made again on the way back.
    pub whole: u64,
    /// Multiply-adds for one subject that are made again.
    pub repeated: u64,
}

/// What a run holds beside a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunHolds {
    /// Whether the end of the last epoch is kept, to be written when the run is interrupted.
    pub last_epoch: bool,
    /// Batches on the host beside the one that is computed.
    pub batches_ahead: u64,
    /// What the program itself takes.
    pub program: u64,
}

impl RunHolds {
    /// A run on the CPU or on a card, whose memory holds no program and no batches but the one that is computed.
    pub fn on(processor: Processor) -> Self {
        match processor {
            Processor::Cpu => Self { last_epoch: true, batches_ahead: BATCHES_AHEAD, program: PROGRAM },
            Processor::Card => Self { last_epoch: true, batches_ahead: 0, program: 0 },
        }
    }
}

impl Stage {
    /// All modules that move, the adversaries' included.
    pub fn moving(&self) -> Vec<ModuleId> {
        let adversaries = self.adversaries.iter().flat_map(|adversary| &adversary.trainable);
        self.trainable.iter().chain(adversaries).copied().collect()
    }

    /// The pass of a step of the stage: its loss and the terms that are shown of it.
    pub fn evaluation<'g>(&self, graph: &'g Graph, on: Processor) -> Evaluation<'g> {
        let roots = std::iter::once(self.loss).chain(self.terms.iter().map(|(_, node)| *node)).collect();
        Evaluation::new(graph, roots, self.moving(), self.batch as u64, on)
    }

    /// The peak memory of a step.
    pub fn memory(&self, graph: &Graph, on: Processor, run: RunHolds) -> StepMemory {
        let evaluation = self.evaluation(graph, on);
        let of_adversary = |adversary: &Adversary| {
            Evaluation::new(graph, vec![adversary.loss], self.moving(), self.batch as u64, on).peak(&[])
        };
        let adversaries = self.adversaries.iter().map(of_adversary).max().unwrap_or(0);
        let beside = self.beside(graph, &evaluation, run);
        let whole = evaluation.peak(&[]);
        let update = self.update(graph);
        let total = |pass: u64| beside + pass.max(adversaries).max(update);
        match self.memory {
            Memory::Keep => StepMemory { bytes: total(whole), whole: total(whole), repeated: 0 },
            Memory::Recompute => {
                let segments = evaluation.segments();
                let bytes = total(evaluation.peak(&segments));
                StepMemory { bytes, whole: total(whole), repeated: evaluation.repeated(&segments) }
            }
        }
    }

    /// What stands beside the arrays of a pass.
    fn beside(&self, graph: &Graph, evaluation: &Evaluation<'_>, run: RunHolds) -> u64 {
        let numbers = |modules: &[ModuleId]| modules.iter().map(|m| graph.module(*m).parameters()).sum::<u64>();
        let all: u64 = weights(graph, &graph.live_modules(&evaluation.live)).map(|weight| weight * F32).sum();
        let own = F32 * numbers(&self.trainable);
        let adversaries = self.adversaries.iter().map(|a| a.optimizer.moments() * F32 * numbers(&a.trainable));
        let moments = self.optimizer.moments() * own + adversaries.sum::<u64>();
        let last = if run.last_epoch { all + moments } else { 0 };
        let best = if matches!(self.keep, Keep::Best(_)) { all } else { 0 };
        // The sum over batches stays while the next one's is made.
        let summed = if self.accumulate > 1 { own } else { 0 };
        let batch = batch(graph, evaluation);
        run.program + all + moments + last + best + summed + (1 + run.batches_ahead) * batch
    }

    /// The gradients of all weights, and what a move of the largest makes in passing.
    fn update(&self, graph: &Graph) -> u64 {
        let modules: BTreeSet<ModuleId> = self.moving().into_iter().collect();
        let modules: Vec<ModuleId> = modules.into_iter().collect();
        let gradients: u64 = modules.iter().map(|m| F32 * graph.module(*m).parameters()).sum();
        gradients + OF_A_MOVE * F32 * weights(graph, &modules).max().unwrap_or(0)
    }
}

impl Optimizer {
    /// Numbers that it remembers of each weight.
    pub fn moments(&self) -> u64 {
        match self {
            Self::Sgd { momentum, .. } => u64::from(*momentum != 0.0),
            Self::Adam { .. } | Self::AdamW { .. } | Self::RAdam { .. } => 2,
        }
    }
}

/// The peak memory of predicting so many subjects at a time; where images are seen by windows, of so many windows at a time of one
/// subject, whose images and outputs stand whole beside them.
pub fn prediction_memory(
    (graph, inputs): (&Graph, &[InputSpec]),
    nodes: &[NodeId],
    rows: u64,
    on: Processor,
    run: RunHolds,
) -> u64 {
    let evaluation = Evaluation::new(graph, nodes.to_vec(), Vec::new(), rows, on);
    let all: u64 = weights(graph, &graph.live_modules(&evaluation.live)).map(|weight| weight * F32).sum();
    run.program + all + batch(graph, &evaluation) + evaluation.peak(&[]) + whole(graph, inputs, nodes, &evaluation, on)
}

/// What stands of a whole subject beside its windows, on the host: the images, the sums of what windows gave, and of their weights.
fn whole(graph: &Graph, inputs: &[InputSpec], nodes: &[NodeId], evaluation: &Evaluation<'_>, on: Processor) -> u64 {
    let read = graph.live_inputs(&evaluation.live);
    let seen: Vec<&InputSpec> =
        read.iter().filter_map(|input| inputs.get(input.index())).filter(|spec| spec.window.is_some()).collect();
    let Some((window, extents)) = seen.first().and_then(|spec| Some((spec.window?, spec.extents()?))) else { return 0 };
    if on == Processor::Card {
        return 0;
    }
    let voxels: u64 = extents.iter().map(|n| *n as u64).product();
    let images: u64 = seen.iter().map(|spec| spec.shape.iter().map(|n| *n as u64).product::<u64>()).sum();
    let of_window = window.voxels().max(1) as u64;
    let outputs: u64 = nodes.iter().map(|node| graph.node(*node).ty.len() / of_window * voxels).sum();
    F32 * (images + outputs + voxels)
}

/// Numbers of each weight and buffer.
fn weights<'g>(graph: &'g Graph, modules: &[ModuleId]) -> impl Iterator<Item = u64> + 'g {
    let modules = modules.to_vec();
    modules.into_iter().flat_map(|m| graph.module(m).weights.iter().map(|w| w.len()))
}

/// Bytes of what a batch holds on the host.
fn batch(graph: &Graph, evaluation: &Evaluation<'_>) -> u64 {
    let bytes = |input: InputId| F32 * graph.inputs[input.index()].ty.len() * evaluation.rows;
    graph.live_inputs(&evaluation.live).into_iter().map(bytes).sum()
}
