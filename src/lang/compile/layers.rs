//! The layer table of `fascicle check`.

use crate::graph::{Cost, Graph, ModuleId, NodeId, Op, PoolKind, Processor, UpsampleMode, Work};
use crate::program::{Adversary, Program, RunHolds, Stage, prediction_memory};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A model's layers and totals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelTable {
    /// The model's name.
    pub name: String,
    /// Learnable numbers that anything uses.
    pub parameters: u64,
    /// Layers in the order in which they are applied.
    pub layers: Vec<LayerRow>,
    /// Multiply-adds of a forward pass for one subject.
    pub operations: u64,
    /// Peak bytes of a training step on a card, at the batch size of the model's stage; of a model without one, of a prediction
    /// for one subject.
    pub memory_bytes: u64,
    /// The same on the CPU, the program and the batches that wait included.
    #[serde(default)]
    pub memory_bytes_cpu: u64,
    /// Peak bytes of a prediction for as many subjects, on a card and on the CPU.
    #[serde(default)]
    pub prediction_bytes: [u64; 2],
    /// What recomputation changes, where the stage asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recomputed: Option<Recomputed>,
    /// How whole images are predicted, where they are seen by windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<WindowTable>,
    /// The batch size meant.
    pub batch: u64,
    /// What a training step at that size has a processor do; nothing where the model is not trained.
    #[serde(default)]
    pub step: Work,
    /// Critics that the model's stages are to fool. They are in no total of the model: its own steps do not move them, and
    /// nothing but its training needs them.
    #[serde(default)]
    pub critics: Vec<CriticTable>,
}

/// How a whole image is predicted by windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowTable {
    /// Voxels of the image along each axis of space, 1 along the third axis of a plane.
    pub image: [usize; 3],
    /// Voxels of a window.
    pub size: [usize; 3],
    /// Windows of an image.
    pub count: u64,
}

/// What a stage whose values are made again on the way back would take without that, and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recomputed {
    /// Peak bytes of a step that keeps all values, on a card.
    pub kept_bytes: u64,
    /// The same on the CPU.
    pub kept_bytes_cpu: u64,
    /// Multiply-adds that are made again for one subject.
    pub operations: u64,
}

/// The layers of a critic (`fool(Critic(), ..)`) and its total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriticTable {
    /// As the file calls it.
    pub name: String,
    /// Its learnable numbers.
    pub parameters: u64,
    /// Its layers, as applied to the first member of the family.
    pub layers: Vec<LayerRow>,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    /// Where it stands.
    pub path: String,
    /// The operator.
    pub op: String,
    /// The type of its output.
    pub output: String,
    /// Its learnable numbers; 0 where the module was counted before.
    pub parameters: u64,
}

/// The tables of all models of a program; baselines have no layers.
pub fn model_tables(program: &Program) -> Vec<ModelTable> {
    program
        .models
        .iter()
        .enumerate()
        .filter(|(index, _)| {
            program.baseline_of(*index).is_none() && program.used(*index).is_none_or(|used| used.baseline.is_none())
        })
        .map(|(index, model)| {
            let stage = program.stages.iter().find(|s| s.model == index);
            let stages = program.stages.iter().filter(|s| s.model == index);
            let critics =
                stages.flat_map(|s| &s.adversaries).map(|adversary| critic(&program.graph, adversary)).collect();
            let table = table(program, &model.name, &model.live_roots, stage);
            let step =
                stage.map(|s| Work::step(&program.graph, &[s.loss], &s.trainable, s.batch as u64)).unwrap_or_default();
            ModelTable { critics, step, ..table }
        })
        .collect()
}

fn table(program: &Program, name: &str, roots: &[NodeId], stage: Option<&Stage>) -> ModelTable {
    let graph = &program.graph;
    let live = graph.live(roots.iter().copied());
    let mut counted = vec![false; graph.modules.len()];
    let mut layers = Vec::new();
    for (node, _) in graph.nodes.iter().zip(&live).filter(|(_, live)| **live) {
        let Some(op) = row_name(graph, node) else { continue };
        let parameters = match node.module {
            Some(module) if !std::mem::replace(&mut counted[module.index()], true) => graph.module(module).parameters(),
            _ => 0,
        };
        layers.push(LayerRow { path: node.path.clone(), op, output: node.ty.to_string(), parameters });
    }
    let own = Cost::of(graph, &live);
    let batch = stage.map_or(1, |s| s.batch as u64);
    let processors = [Processor::Card, Processor::Cpu];
    let prediction_bytes =
        processors.map(|on| prediction_memory((graph, &program.inputs), roots, batch, on, RunHolds::on(on)));
    let windows = graph.live_inputs(&live).iter().find_map(|input| {
        let spec = &program.inputs[input.index()];
        let (window, image) = (spec.window?, spec.extents()?);
        Some(WindowTable { image, size: window.size, count: window.count(image) as u64 })
    });
    let training = processors.map(|on| stage.map(|stage| stage.memory(graph, on, RunHolds::on(on))));
    let bytes = |at: usize| training[at].map_or(prediction_bytes[at], |memory| memory.bytes);
    let recomputed = match training {
        [Some(card), Some(cpu)] if cpu.repeated > 0 => {
            Some(Recomputed { kept_bytes: card.whole, kept_bytes_cpu: cpu.whole, operations: cpu.repeated })
        }
        _ => None,
    };
    ModelTable {
        name: name.to_string(),
        parameters: own.parameters,
        layers,
        operations: own.operations,
        memory_bytes: bytes(0),
        memory_bytes_cpu: bytes(1),
        prediction_bytes,
        recomputed,
        windows,
        batch,
        step: Work::default(),
        critics: Vec::new(),
    }
}

/// A critic's layers: the modules that it moves, each where it is applied first.
fn critic(graph: &Graph, adversary: &Adversary) -> CriticTable {
    let live = graph.live([adversary.loss]);
    let mut layers: IndexMap<ModuleId, LayerRow> = IndexMap::new();
    for (node, _) in graph.nodes.iter().zip(&live).filter(|(_, live)| **live) {
        let Some(id) = node.module.filter(|id| adversary.trainable.contains(id)) else { continue };
        let module = graph.module(id);
        layers.entry(id).or_insert_with(|| LayerRow {
            path: module.path.clone(),
            op: module.operator.clone(),
            output: node.ty.to_string(),
            parameters: module.parameters(),
        });
    }
    let layers: Vec<LayerRow> = layers.into_values().collect();
    CriticTable { name: adversary.name.clone(), parameters: layers.iter().map(|l| l.parameters).sum(), layers }
}

/// The name of a node that deserves a row: layers with parameters, and what changes a shape.
fn row_name(graph: &Graph, node: &crate::graph::Node) -> Option<String> {
    if let Some(module) = node.module {
        return Some(graph.module(module).operator.clone());
    }
    let name = match &node.op {
        Op::Pool(pool) => match pool.kind {
            PoolKind::Max => "max_pool",
            PoolKind::Average => "avg_pool",
        },
        Op::AdaptivePool { kind: PoolKind::Max, .. } => "adaptive_max_pool",
        Op::AdaptivePool { kind: PoolKind::Average, .. } => "adaptive_avg_pool",
        Op::Upsample { mode: UpsampleMode::Nearest } => "upsample",
        Op::Upsample { mode: UpsampleMode::Linear | UpsampleMode::LinearAligned } => "upsample (linear)",
        Op::Reshape => "reshape",
        Op::Permute { .. } => "permute",
        Op::Concat { .. } => "concat",
        Op::Stack { .. } => "stack",
        Op::Pad { .. } => "pad",
        Op::Slice { .. } => "slice",
        Op::Normal => "normal",
        Op::Mixture { .. } => "mixture",
        Op::Sample => "sample",
        Op::Present(_) => "pool over members",
        Op::Coalesce(_) => "replacement",
        Op::Dropout { .. } => "Dropout",
        Op::MatMul => "matmul",
        Op::Convolve(_) => "convolution by a computed kernel",
        Op::OneHot { .. } => "one_hot",
        _ => return None,
    };
    Some(name.to_string())
}
