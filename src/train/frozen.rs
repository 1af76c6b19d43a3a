//! Modules that are used as they are: the graph that training evaluates, with its frozen part as in prediction.
//!
//! While the rest trains, what is frozen has no batch statistics, no dropout and no draws. Frozen batch normalisation is
//! an affine map of each channel with known numbers, and becomes one: a product and a sum with two more inputs, which
//! [`FrozenGraph::complete`] adds to each batch. Dropout and draws from Gaussians that only frozen modules feed do nothing.

use super::Weights;
use crate::graph::{Binary, Graph, GraphInput, InputId, ModuleId, Node, NodeId, Op, TensorType};
use crate::nn::{Batch, InputBatch};
use std::sync::Arc;

/// A graph whose frozen part stands still.
pub(super) struct FrozenGraph {
    graph: Arc<Graph>,
    /// Where each node of the original graph is.
    places: Vec<NodeId>,
    /// Inputs of the original graph.
    inputs: usize,
    /// One row of each further input.
    constants: Vec<Vec<f32>>,
}

/// The modules whose running statistics [`FrozenGraph::new`] must be given.
pub(super) fn frozen_batch_norms(graph: &Graph, trainable: &[ModuleId]) -> Vec<ModuleId> {
    let all = (0..graph.modules.len() as u32).map(ModuleId);
    all.filter(|m| is_frozen_norm(graph, *m, trainable)).collect()
}

fn is_frozen_norm(graph: &Graph, module: ModuleId, trainable: &[ModuleId]) -> bool {
    matches!(graph.module(module).op, Op::BatchNorm { .. }) && !trainable.contains(&module)
}

impl FrozenGraph {
    /// The graph for training these modules. `weights` holds those of frozen batch normalisation; one that it lacks
    /// goes by its batch, as if it were trained.
    pub fn new(graph: &Arc<Graph>, trainable: &[ModuleId], weights: &Weights) -> Self {
        let mut frozen = Self {
            graph: Arc::default(),
            places: Vec::with_capacity(graph.nodes.len()),
            inputs: graph.inputs.len(),
            constants: Vec::new(),
        };
        let mut built = Graph { nodes: Vec::new(), inputs: graph.inputs.clone(), modules: graph.modules.clone() };
        // Whether a frozen, and whether a trained module is among what a node depends on.
        let mut depends: Vec<(bool, bool)> = Vec::with_capacity(graph.nodes.len());
        for node in &graph.nodes {
            let trained = node.module.is_some_and(|m| trainable.contains(&m));
            let upstream = node.inputs.iter().map(|i| depends[i.index()]);
            let (uses_frozen, moving) =
                upstream.fold((node.module.is_some() && !trained, trained), |a, b| (a.0 || b.0, a.1 || b.1));
            depends.push((uses_frozen, moving));

            let mut node =
                Node { inputs: node.inputs.iter().map(|i| frozen.places[i.index()]).collect(), ..Node::clone(node) };
            if uses_frozen && !moving {
                match &mut node.op {
                    Op::Dropout { probability, .. } => *probability = 0.0,
                    op @ Op::Sample => *op = Op::NormalMean,
                    _ => {}
                }
            }
            let affine =
                node.module.filter(|m| is_frozen_norm(graph, *m, trainable)).and_then(|m| affine(graph, m, weights));
            let place = match affine {
                Some((scale, shift)) => {
                    let product = frozen.applied(&mut built, &node, Binary::Multiply, node.inputs[0], scale);
                    frozen.applied(&mut built, &node, Binary::Add, product, shift)
                }
                None => built.push(node),
            };
            frozen.places.push(place);
        }
        frozen.graph = Arc::new(built);
        frozen
    }

    /// Appends `x (op) constant`, one constant a channel, in place of a node.
    fn applied(&mut self, graph: &mut Graph, instead_of: &Node, op: Binary, x: NodeId, constant: Vec<f32>) -> NodeId {
        let input = InputId(graph.inputs.len() as u32);
        let ty = TensorType::tensor([constant.len()]);
        let path = instead_of.path.clone();
        graph.inputs.push(GraphInput { name: format!("{path} (frozen)"), ty: ty.clone() });
        self.constants.push(constant);
        let plain = |op, inputs, ty| Node { op, inputs, module: None, ty, path: path.clone(), multiply_adds: 0 };
        let held = graph.push(plain(Op::Input(input), Vec::new(), ty));
        graph.push(plain(Op::Binary(op), vec![x, held], instead_of.ty.clone()))
    }

    /// The graph to evaluate.
    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// Where a node of the original graph is in it.
    pub fn place(&self, node: NodeId) -> NodeId {
        self.places[node.index()]
    }

    /// Whether an input is one of the original graph's.
    pub fn is_of_data(&self, input: InputId) -> bool {
        input.index() < self.inputs
    }

    /// A batch with the constants added; `None` where there are none.
    pub fn complete(&self, batch: &Batch) -> Option<Batch> {
        if self.constants.is_empty() {
            return None;
        }
        let mut batch = batch.clone();
        batch.inputs.resize(self.inputs, None);
        let rows = batch.rows;
        let constant = |row: &Vec<f32>| Some(InputBatch::complete(row.repeat(rows), [row.len()], rows));
        batch.inputs.extend(self.constants.iter().map(constant));
        Some(batch)
    }
}

/// Scale and shift of each channel that a batch normalisation comes to in prediction.
fn affine(graph: &Graph, module: ModuleId, weights: &Weights) -> Option<(Vec<f32>, Vec<f32>)> {
    let module = graph.module(module);
    let Op::BatchNorm { eps, channels, .. } = module.op else { return None };
    let weight = |name: &str| weights.get(&format!("{}.{name}", module.path)).map(|(_, values)| values.as_slice());
    let (mean, variance) = (weight("running_mean")?, weight("running_var")?);
    let at = |values: Option<&[f32]>, channel: usize, otherwise: f64| {
        values.and_then(|v| v.get(channel)).map_or(otherwise, |v| f64::from(*v))
    };
    let of_channel = |channel: usize| {
        let scale = at(weight("weight"), channel, 1.0) / (at(Some(variance), channel, 1.0) + eps).sqrt();
        let shift = at(weight("bias"), channel, 0.0) - at(Some(mean), channel, 0.0) * scale;
        (scale as f32, shift as f32)
    };
    Some((0..channels).map(of_channel).unzip())
}
