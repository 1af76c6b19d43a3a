//! The forward pass: live nodes in topological order, for the rows of the batch that have them.
//!
//! A node whose type names inputs in [`presence`](crate::graph::TensorType::presence) is computed for the rows that
//! have all of them and nothing else: its tensor is compact, so that an absent scan touches no batch statistic. What a
//! node reads is first brought to the node's own rows, except by the operations that give absence a meaning. Nodes
//! that no row has are not evaluated at all; losses without rows are 0.

use super::settings::RunSettings;
use super::step::{Step, full_dims, op_name};
use super::values::{Statistics, Value, Values};
use super::{Batch, Device, Network, NnError, Tensor, lower};
use crate::graph::{Graph, InputId, LossOp, Node, NodeId, Op, Presence};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The live part of a graph, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Forward {
    graph: Arc<Graph>,
    live: Vec<bool>,
    kept: Vec<bool>,
    /// For each node, the last node that reads it.
    last_use: Vec<usize>,
}

/// What is the same for all nodes of a pass.
struct Pass<'a> {
    network: &'a Network,
    settings: &'a RunSettings,
    statistics: RefCell<Statistics>,
}

/// The rows that have all of a presence.
struct RowsOf<'a> {
    batch: &'a Batch,
    known: BTreeMap<Presence, Arc<[usize]>>,
}

impl RowsOf<'_> {
    fn get(&mut self, presence: &Presence) -> Arc<[usize]> {
        if let Some(rows) = self.known.get(presence) {
            return rows.clone();
        }
        let has = |input: &InputId, row: usize| {
            let input = self.batch.inputs.get(input.index()).and_then(Option::as_ref);
            input.is_some_and(|input| input.present.get(row).copied().unwrap_or(false))
        };
        let rows: Arc<[usize]> =
            (0..self.batch.rows).filter(|row| presence.iter().all(|input| has(input, *row))).collect();
        self.known.insert(presence.clone(), rows.clone());
        rows
    }
}

/// The rows a node is for, and what it reads.
type Held = (Arc<[usize]>, Vec<Option<Value>>);

/// Whether the operation brings its inputs to common rows itself.
fn aligns_itself(op: &Op) -> bool {
    matches!(op, Op::Coalesce(_) | Op::Present(_) | Op::Mixture { .. } | Op::Loss(LossOp::Margin { .. }))
}

/// Operations that take one value for the batch beside those of rows as it is: no copies are made of it.
fn broadcasts(op: &Op) -> bool {
    matches!(op, Op::Binary(_) | Op::MatMul | Op::Convolve(_) | Op::HyperLinear { .. })
}

impl Forward {
    /// A pass that evaluates these nodes and what they depend on.
    pub fn new(graph: Arc<Graph>, roots: &[NodeId]) -> Self {
        let live = graph.live(roots.iter().copied());
        let mut kept = vec![false; graph.nodes.len()];
        for root in roots {
            kept[root.index()] = true;
        }
        let mut last_use = vec![0; graph.nodes.len()];
        for (index, node) in graph.nodes.iter().enumerate().filter(|(i, _)| live[*i]) {
            for input in &node.inputs {
                last_use[input.index()] = index;
            }
        }
        Self { graph, live, kept, last_use }
    }

    /// Which nodes are evaluated.
    pub fn live(&self) -> &[bool] {
        &self.live
    }

    /// The graph behind it.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Evaluates the batch.
    ///
    /// # Errors
    /// A batch that does not fit the graph, settings that lack what a node needs, a device that fails.
    pub fn run(&self, network: &Network, batch: &Batch, settings: &RunSettings) -> Result<Values, NnError> {
        self.run_observed(network, batch, settings, &mut |_, _, _| Ok(()))
    }

    /// As [`Forward::run`], showing each value to an observer as it is made, before it may be freed.
    pub(super) fn run_observed(
        &self,
        network: &Network,
        batch: &Batch,
        settings: &RunSettings,
        observe: &mut dyn FnMut(NodeId, &Node, &Value) -> Result<(), NnError>,
    ) -> Result<Values, NnError> {
        let graph = self.graph.as_ref();
        let device = network.device();
        let mut rows_of = RowsOf { batch, known: BTreeMap::new() };
        let pass = Pass { network, settings, statistics: RefCell::default() };
        let mut nodes: Vec<Option<Value>> = vec![None; graph.nodes.len()];
        let mut inputs = BTreeMap::new();

        for (index, node) in graph.nodes.iter().enumerate().filter(|(i, _)| self.live[*i]) {
            let id = NodeId(index as u32);
            let value = match node.op {
                Op::Input(input) => self.upload(input, batch, settings, device, &mut inputs)?,
                _ => {
                    let read = node.inputs.iter().map(|input| nodes[input.index()].clone()).collect();
                    let held = self.held(node, read, &mut rows_of)?;
                    self.evaluate(id, node, held, &pass)?
                }
            };
            if let Some(value) = &value {
                let expected = full_dims(&node.ty, value.rows.as_ref().map_or(1, |rows| rows.len()));
                if value.tensor.dims() != expected {
                    return Err(NnError::Graph {
                        path: node.path.clone(),
                        op: op_name(&node.op),
                        problem: format!(
                            "the graph gives it extents {expected:?}, it came out as {:?}",
                            value.tensor.dims()
                        ),
                    });
                }
                observe(id, node, value)?;
            }
            nodes[index] = value;
            for read in &node.inputs {
                if self.last_use[read.index()] == index && !self.kept[read.index()] {
                    nodes[read.index()] = None;
                }
            }
        }
        let statistics = pass.statistics.into_inner();
        Ok(Values { nodes, inputs, statistics, tracked: network.is_tracked() })
    }

    fn upload(
        &self,
        input: InputId,
        batch: &Batch,
        settings: &RunSettings,
        device: &Device,
        inputs: &mut BTreeMap<InputId, Tensor>,
    ) -> Result<Option<Value>, NnError> {
        let values = batch.checked(&self.graph, input)?;
        let rows: Arc<[usize]> = (0..batch.rows).filter(|row| values.present[*row]).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let tensor = match inputs.get(&input) {
            Some(tensor) => Tensor::clone(tensor),
            None => {
                let mut dims = vec![rows.len()];
                dims.extend(&values.shape);
                let tensor = Tensor::from_host(values.values.clone(), &dims, device);
                let discrete = self.graph.inputs[input.index()].ty.kind.is_discrete();
                if settings.track_inputs && !discrete {
                    let tensor = tensor.tracked();
                    inputs.insert(input, tensor.clone());
                    tensor
                } else {
                    tensor
                }
            }
        };
        Ok(Some(Value { tensor, rows: Some(rows) }))
    }

    /// What a node reads and for which rows; `None` where it cannot be evaluated because no row has it.
    fn held(&self, node: &Node, read: Vec<Option<Value>>, rows_of: &mut RowsOf<'_>) -> Result<Option<Held>, NnError> {
        // One value for the batch: over the rows that have all values of rows it reads. Of other such values it reads,
        // those that nobody has count as 0, so that a sum of losses does not vanish with one of them.
        let rows = if node.ty.batched {
            rows_of.get(&node.ty.presence)
        } else if aligns_itself(&node.op) {
            // A loss of a family looks at the whole batch: who has which member is its own affair.
            rows_of.get(&Presence::new())
        } else {
            let of_rows = || node.inputs.iter().map(|i| &self.graph.node(*i).ty).filter(|ty| ty.batched);
            let presence = of_rows().flat_map(|ty| ty.presence.iter().copied()).collect();
            if of_rows().next().is_some() { rows_of.get(&presence) } else { Arc::from([0]) }
        };
        if rows.is_empty() {
            return Ok(None);
        }
        if aligns_itself(&node.op) {
            return Ok(Some((rows, read)));
        }
        let mut inputs = Vec::with_capacity(read.len());
        for value in read {
            let Some(value) = value else { return Ok(None) };
            inputs.push(Some(lower::absence::restricted(value, &rows).map_err(|problem| NnError::Graph {
                path: node.path.clone(),
                op: op_name(&node.op),
                problem,
            })?));
        }
        // What is one for the batch is everybody's, beside what is of each row.
        if !broadcasts(&node.op) && inputs.iter().flatten().any(|value| value.rows.is_some()) {
            for value in inputs.iter_mut().flatten().filter(|value| value.rows.is_none()) {
                let mut dims = value.tensor.dims();
                dims[0] = rows.len();
                *value = Value { tensor: value.tensor.clone().expand(&dims), rows: Some(rows.clone()) };
            }
        }
        Ok(Some((rows, inputs)))
    }

    fn evaluate(&self, id: NodeId, node: &Node, held: Option<Held>, pass: &Pass<'_>) -> Result<Option<Value>, NnError> {
        let Pass { network, settings, statistics } = pass;
        let device = network.device();
        let Some((rows, inputs)) = held else {
            // Nobody has it: a loss contributes nothing, anything else has no value.
            let zero = || Value { tensor: Tensor::filled(0.0, &full_dims(&node.ty, 1), device), rows: None };
            return Ok((!node.ty.batched).then(zero));
        };
        let step =
            Step { graph: &self.graph, id, node, rows: rows.clone(), inputs, network, settings, device, statistics };
        let tensor = lower::lower(&step)?;
        Ok(Some(Value { tensor, rows: node.ty.batched.then_some(rows) }))
    }
}
