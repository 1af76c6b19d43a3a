//! The forward pass: live nodes in topological order, for the rows of the batch that have them.
//!
//! A node whose type names inputs in [`presence`](crate::graph::TensorType::presence) is computed for the rows that
//! have all of them and nothing else: its tensor is compact, so that an absent scan touches no batch statistic. What a
//! node reads is first brought to the node's own rows, except by the operations that give absence a meaning. Nodes
//! that no row has are not evaluated at all; losses without rows are 0.
//!
//! A value is given back when its last reader has it. Where values are to be made again on the way back
//! ([`Forward::recomputing`]), those that a later segment of the graph reads are kept, as leaves, and the others of all segments
//! but the last given back without a history; [`Forward::gradients`] then goes back through one segment at a time.

use super::settings::RunSettings;
use super::step::{Step, full_dims, op_name};
use super::values::{Statistics, Value, Values};
use super::{Batch, Device, Gradients, Network, NnError, Tensor, lower};
use crate::graph::{
    Graph, InputId, LossOp, ModuleId, Node, NodeId, Op, Presence, crossing, differentiated, last_readers,
};
use fascicle_tensor::WayBack;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The live part of a graph, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Forward {
    graph: Arc<Graph>,
    live: Vec<bool>,
    /// Nodes whose values are asked for.
    roots: Vec<usize>,
    /// For each node, the last node that reads it; none of those that are kept.
    last_use: Vec<usize>,
    again: Option<Again>,
}

/// Values that are made again on the way back.
#[derive(Debug, Clone)]
struct Again {
    /// Ranges of nodes, in order.
    segments: Vec<Range<usize>>,
    /// The values that later segments read, with the first that does.
    crossing: BTreeMap<usize, usize>,
    /// Which nodes have a gradient.
    wanted: Vec<bool>,
}

/// A value that is kept to the end.
const KEPT: usize = usize::MAX;

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
        let mut last_use = last_readers(&graph, &live);
        roots.iter().for_each(|root| last_use[root.index()] = KEPT);
        let roots = roots.iter().map(|root| root.index()).collect();
        Self { graph, live, roots, last_use, again: None }
    }

    /// The same, where the values of these ranges of nodes (in order, from the first node to the last) are made again on the way
    /// back to the weights of these modules: all but those that a later range reads. The last is made once.
    pub fn recomputing(mut self, segments: Vec<Range<usize>>, trained: &[ModuleId]) -> Self {
        if segments.len() > 1 {
            let crossing = crossing(&self.graph, &self.live, &segments);
            crossing.keys().for_each(|node| self.last_use[*node] = KEPT);
            let wanted = differentiated(&self.graph, &self.live, trained);
            self.again = Some(Again { segments, crossing, wanted });
        }
        self
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
        let mut rows_of = RowsOf { batch, known: BTreeMap::new() };
        let pass = Pass { network, settings, statistics: RefCell::default() };
        let mut values = Values {
            nodes: vec![None; self.graph.nodes.len()],
            inputs: BTreeMap::new(),
            statistics: Statistics::default(),
            tracked: network.is_tracked(),
        };
        let end = self.graph.nodes.len();
        let last = match &self.again {
            Some(again) if network.is_tracked() => {
                let last = again.segments.last().map_or(0, |segment| segment.start);
                let once = Pass { network: &network.for_prediction(), settings, statistics: RefCell::default() };
                self.evaluate_all(0..last, &once, &mut rows_of, &mut values, &self.last_use, observe)?;
                pass.statistics.replace(once.statistics.into_inner());
                // From here on they have gradients of their own.
                for node in again.crossing.keys().filter(|node| **node < last && again.wanted[**node]) {
                    if let Some(value) = values.nodes[*node].take() {
                        values.nodes[*node] = Some(Value { tensor: value.tensor.tracked(), rows: value.rows });
                    }
                }
                last
            }
            _ => 0,
        };
        self.evaluate_all(last..end, &pass, &mut rows_of, &mut values, &self.last_use, observe)?;
        values.statistics = pass.statistics.into_inner();
        Ok(values)
    }

    /// The gradients of the sum of a node's value, as [`Values::backward`] gives them. `values` must come from this pass of this
    /// network, batch and settings: what it gave back is made again here. One way back a forward pass.
    ///
    /// # Errors
    /// As [`Values::backward`] and [`Forward::run`].
    pub fn gradients(
        &self,
        values: &mut Values,
        node: NodeId,
        network: &Network,
        batch: &Batch,
        settings: &RunSettings,
    ) -> Result<Gradients, NnError> {
        let Some(again) = &self.again else { return values.backward(node) };
        let Some((last, before)) = again.segments.split_last() else { return values.backward(node) };
        let mut rows_of = RowsOf { batch, known: BTreeMap::new() };
        // What only this segment and those behind it read is held by what will need it, and by nothing else.
        let served = |values: &mut Values, segment: usize| {
            let read = again.crossing.iter().filter(|(node, first)| **first == segment && !self.roots.contains(node));
            read.for_each(|(node, _)| values.nodes[*node] = None);
        };
        // Leaves stay while their numbers go: their gradients are known by them.
        let mut leaves: BTreeMap<usize, Tensor> = BTreeMap::new();
        for node in again.crossing.keys().filter(|node| **node < last.start && again.wanted[**node]) {
            if let Some(value) = &values.nodes[*node] {
                leaves.insert(*node, value.tensor.clone().without_numbers());
            }
        }
        served(values, before.len());
        let mut gradients = values.backward(node)?;
        for (position, segment) in before.iter().enumerate().rev() {
            let mut last_use = vec![KEPT; self.graph.nodes.len()];
            for index in segment.clone().filter(|index| self.live[*index]) {
                for read in self.graph.nodes[index].inputs.iter().map(|input| input.index()) {
                    if segment.contains(&read) && !again.crossing.contains_key(&read) {
                        last_use[read] = index;
                    }
                }
            }
            let asked: Vec<(usize, Option<Value>)> =
                self.roots.iter().map(|root| (*root, values.nodes[*root].clone())).collect();
            let pass = Pass { network, settings, statistics: RefCell::default() };
            self.evaluate_all(segment.clone(), &pass, &mut rows_of, values, &last_use, &mut |_, _, _| Ok(()))?;
            let mut made_again = Vec::new();
            for node in segment.clone() {
                if let Some(value) = values.nodes[node].take()
                    && let (Some(way), Some(leaf)) = (WayBack::of(&value.tensor), leaves.get(&node))
                {
                    made_again.push((way, leaf));
                }
            }
            asked.into_iter().for_each(|(root, value)| values.nodes[root] = value);
            served(values, position);
            gradients.further(made_again)?;
        }
        Ok(gradients)
    }

    /// Evaluates the live nodes of a range. What a node is the last to read, by `last_use`, is given back.
    fn evaluate_all(
        &self,
        range: Range<usize>,
        pass: &Pass<'_>,
        rows_of: &mut RowsOf<'_>,
        values: &mut Values,
        last_use: &[usize],
        observe: &mut dyn FnMut(NodeId, &Node, &Value) -> Result<(), NnError>,
    ) -> Result<(), NnError> {
        for index in range.filter(|index| self.live[*index]) {
            let (node, id) = (&self.graph.nodes[index], NodeId(index as u32));
            let value = match node.op {
                Op::Input(input) => {
                    let device = pass.network.device();
                    self.upload(input, rows_of.batch, pass.settings, device, &mut values.inputs)?
                }
                _ => {
                    let nodes = &mut values.nodes;
                    let read = node.inputs.iter().enumerate().map(|(position, input)| {
                        let again = node.inputs[position + 1..].contains(input);
                        let value = &mut nodes[input.index()];
                        if last_use[input.index()] == index && !again { value.take() } else { value.clone() }
                    });
                    let read = read.collect();
                    let held = self.held(node, read, rows_of)?;
                    self.evaluate(id, node, held, pass)?
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
            values.nodes[index] = value;
        }
        Ok(())
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
        let mut step =
            Step { graph: &self.graph, id, node, rows: rows.clone(), inputs, network, settings, device, statistics };
        let tensor = lower::lower(&mut step)?;
        Ok(Some(Value { tensor, rows: node.ty.batched.then_some(rows) }))
    }
}
