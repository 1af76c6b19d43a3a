//! A compiled model with its weights as an ONNX file: its prediction, for whatever reads ONNX.
//!
//! ```text
//!  Program, weights ──onnx──▶ inputs  t1 [rows, 1, 64, 64, 64], sex [rows] (int64), pet/present [rows] (bool)
//!                             nodes   one operation of the language, one to a few of ONNX
//!                             outputs m.z [rows, 16]: not-a-number in rows that lack it
//! ```
//!
//! Rows stay where they are: a value that some people lack is computed for every row, from zeros where its input is missing, and
//! whatever brings rows or members together (`??`, pooling over a family, mixtures, means over the batch) asks who has it.
//! Of rows that do not meet, none can tell what stands in another's place.
//!
//! | module | holds |
//! |---|---|
//! | `format` | the messages of the file |
//! | `nodes` | nodes and constants as they are written down |
//! | `operation` | one arm an operation |
//! | `layer`, `window` | affine maps and normalisation; convolutions, pooling, upsampling |
//! | `gaussian`, `absence` | Gaussians and their mixtures; what stands in for what is absent |

mod absence;
mod format;
mod gaussian;
mod layer;
mod nodes;
mod operation;
mod window;

use crate::{ExportError, named_outputs};
use fascicle_lang::graph::{Graph, GraphInput, InputId, Kind, NodeId, Presence, TensorType};
use fascicle_lang::program::Program;
use format::{
    DataType, Dimension, GraphProto, ModelProto, OperatorSetIdProto, TensorShapeProto, TensorTypeProto, TypeProto,
    ValueInfoProto,
};
use nodes::{Nodes, Value};
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};

/// The set of operators that is used: of 2022, which every current runtime has.
const OPERATORS: i64 = 18;
/// The version of the format that came with it.
const FORMAT: i64 = 8;
/// What protobuf can hold.
const LARGEST: usize = (1 << 31) - 1;

/// Arrays by name: shape and row-major values.
pub type Arrays = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// The prediction of a model (a position in [`Program::models`]) as the bytes of an ONNX file. `means` are those of inputs over the
/// training people, by the inputs' names, which `x ?? mean` reads.
///
/// # Errors
/// A baseline, a loss among the outputs, weights or means that are not there, a file beyond what the format can hold.
pub fn onnx(
    program: &Program,
    model: usize,
    weights: &Arrays,
    means: &BTreeMap<String, Vec<f32>>,
    version: &str,
) -> Result<Vec<u8>, ExportError> {
    let declared = &program.models[model];
    if program.baseline_of(model).is_some() {
        return Err(ExportError::Baseline(declared.name.clone()));
    }
    let graph = &program.graph;
    let outputs = named_outputs(program, model);
    let live = graph.live(outputs.iter().map(|(_, node)| *node));
    let present = flags(graph, &live);
    let read = graph.live_inputs(&live);
    if read.is_empty() && present.is_empty() {
        let problem = "it reads no input, and what an ONNX file computes has as many rows as its inputs";
        return Err(ExportError::Operation { path: declared.name.clone(), problem: problem.into() });
    }
    let named = |id: &InputId| graph.inputs[id.index()].name.clone();
    let inputs = read.iter().map(named).chain(present.iter().map(|id| flag_name(&graph.inputs[id.index()])));
    let taken: BTreeSet<String> = inputs.chain(outputs.iter().map(|(name, _)| name.clone())).collect();
    let mut network = Network {
        graph,
        weights,
        means,
        nodes: Nodes::new(taken),
        values: BTreeMap::new(),
        held: BTreeMap::new(),
        rows: None,
        first: match (read.first(), present.first()) {
            (Some(id), _) => named(id),
            (None, Some(id)) => flag_name(&graph.inputs[id.index()]),
            (None, None) => String::new(),
        },
    };
    for (index, _) in live.iter().enumerate().filter(|(_, live)| **live) {
        network.add(NodeId(index as u32))?;
    }
    for (name, node) in &outputs {
        network.give(name, *node)?;
    }
    let input = |id: &InputId| {
        let input = &graph.inputs[id.index()];
        described(&input.name, &input.ty, data_type(&input.ty.kind), &input.ty.to_string())
    };
    let flag = |id: &InputId| {
        let input = &graph.inputs[id.index()];
        let who = TensorType { kind: Kind::Tensor, shape: Vec::new(), batched: true, presence: Presence::new() };
        described(&flag_name(input), &who, DataType::Bool, &format!("which rows have {}", input.name))
    };
    let output = |(name, node): &(String, NodeId)| {
        let ty = &graph.node(*node).ty;
        described(name, ty, DataType::Float, &ty.to_string())
    };
    let file = ModelProto {
        ir_version: FORMAT,
        producer_name: "fascicle".into(),
        producer_version: version.to_owned(),
        doc_string: format!("The prediction of `{}`.", declared.name),
        graph: Some(GraphProto {
            node: network.nodes.nodes,
            name: declared.name.clone(),
            initializer: network.nodes.constants,
            input: read.iter().map(input).chain(present.iter().map(flag)).collect(),
            output: outputs.iter().map(output).collect(),
        }),
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPERATORS }],
    };
    let size = file.encoded_len();
    if size > LARGEST {
        return Err(ExportError::Large { bytes: size as u64 });
    }
    Ok(file.encode_to_vec())
}

/// Inputs of which it matters who has them.
fn flags(graph: &Graph, live: &[bool]) -> Vec<InputId> {
    let nodes = graph.nodes.iter().zip(live).filter(|(_, live)| **live);
    let all: BTreeSet<InputId> = nodes.flat_map(|(node, _)| node.ty.presence.iter().copied()).collect();
    all.into_iter().collect()
}

/// The input that says who has an input: as `fascicle apply` calls it.
fn flag_name(input: &GraphInput) -> String {
    format!("{}/present", input.name)
}

fn data_type(kind: &Kind) -> DataType {
    if kind.is_discrete() { DataType::Int64 } else { DataType::Float }
}

/// Shape without the rows, as a value holds it: a Gaussian has two rows of numbers.
fn shape_of(ty: &TensorType) -> Vec<usize> {
    match ty.kind {
        Kind::Normal => std::iter::once(2).chain(ty.shape.iter().copied()).collect(),
        _ => ty.shape.clone(),
    }
}

fn described(name: &str, ty: &TensorType, of: DataType, text: &str) -> ValueInfoProto {
    let rows = match ty.batched {
        true => Dimension { dim_value: None, dim_param: Some("rows".into()) },
        false => Dimension { dim_value: Some(1), dim_param: None },
    };
    let extent = |n: usize| Dimension { dim_value: Some(n as i64), dim_param: None };
    let dim = std::iter::once(rows).chain(shape_of(ty).into_iter().map(extent)).collect();
    let tensor_type = TensorTypeProto { elem_type: of as i32, shape: Some(TensorShapeProto { dim }) };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto { tensor_type: Some(tensor_type) }),
        doc_string: text.to_owned(),
    }
}

/// A network that is being written.
struct Network<'g> {
    graph: &'g Graph,
    weights: &'g Arrays,
    means: &'g BTreeMap<String, Vec<f32>>,
    nodes: Nodes,
    values: BTreeMap<NodeId, Value>,
    /// Who has all of these inputs: a truth a row.
    held: BTreeMap<Presence, Value>,
    /// How many rows there are.
    rows: Option<Value>,
    /// An input of the file.
    first: Value,
}

impl<'g> Network<'g> {
    /// The value of a node that has been written.
    fn value(&self, id: NodeId) -> Value {
        self.values.get(&id).cloned().unwrap_or_default()
    }

    /// The rows, as a list of one number.
    fn rows(&mut self) -> Value {
        if let Some(rows) = &self.rows {
            return rows.clone();
        }
        let first = self.first.clone();
        let rows = self.nodes.call("Shape", &[&first], vec![nodes::int("start", 0), nodes::int("end", 1)]);
        self.rows = Some(rows.clone());
        rows
    }

    /// A value for the whole batch, repeated for every row.
    fn in_rows(&mut self, x: &str, ty: &TensorType) -> Value {
        if ty.batched {
            return x.to_owned();
        }
        let rows = self.rows();
        let shape: Vec<i64> = shape_of(ty).iter().map(|extent| *extent as i64).collect();
        let shape = self.nodes.wholes(&shape);
        let all = self.nodes.call("Concat", &[&rows, &shape], vec![nodes::int("axis", 0)]);
        self.nodes.call("Expand", &[x, &all], Vec::new())
    }

    /// Which rows have these inputs; `None` where all have.
    fn held(&mut self, presence: &Presence) -> Option<Value> {
        if presence.is_empty() {
            return None;
        }
        if let Some(known) = self.held.get(presence) {
            return Some(known.clone());
        }
        let mut all: Option<Value> = None;
        for input in presence {
            let flag = flag_name(&self.graph.inputs[input.index()]);
            all = Some(match all {
                None => flag,
                Some(others) => self.nodes.call("And", &[&others, &flag], Vec::new()),
            });
        }
        let all = all?;
        self.held.insert(presence.clone(), all.clone());
        Some(all)
    }

    /// A value where a row has it, another elsewhere; `axes` behind the rows.
    fn where_held(&mut self, presence: &Presence, axes: usize, x: &str, other: &str) -> Value {
        let Some(held) = self.held(presence) else { return x.to_owned() };
        self.chosen(&held, axes, x, other)
    }

    /// One of two, by a truth a row.
    fn chosen(&mut self, held: &str, axes: usize, x: &str, other: &str) -> Value {
        let behind: Vec<usize> = (1..=axes).collect();
        let held = self.nodes.with_axes(held, &behind);
        self.nodes.call("Where", &[&held, x, other], Vec::new())
    }

    /// Gives an output.
    fn give(&mut self, name: &str, id: NodeId) -> Result<(), ExportError> {
        let ty = self.graph.node(id).ty.clone();
        self.nodes.at(name);
        let mut x = self.value(id);
        if ty.kind.is_discrete() {
            x = self.nodes.cast(&x, DataType::Float);
        }
        if let (true, Some(held)) = (ty.batched, self.held(&ty.presence)) {
            let behind: Vec<usize> = (1..=shape_of(&ty).len()).collect();
            let held = self.nodes.with_axes(&held, &behind);
            let nobody = self.nodes.number(f64::NAN);
            self.nodes.call_as("Where", &[&held, &x, &nobody], Vec::new(), name);
        } else {
            self.nodes.call_as("Identity", &[&x], Vec::new(), name);
        }
        Ok(())
    }

    /// A weight of a module as it is kept.
    fn weight(&mut self, module: &str, name: &str, shape: &[usize]) -> Result<Value, ExportError> {
        let name = format!("{module}.{name}");
        let values = self.numbers_of(&name, shape)?;
        Ok(self.nodes.weight(&name, shape, values))
    }

    /// The numbers of a weight.
    fn numbers_of(&self, name: &str, shape: &[usize]) -> Result<&'g [f32], ExportError> {
        match self.weights.get(name) {
            None => Err(ExportError::NoWeight(name.to_owned())),
            Some((found, values)) if found == shape && values.len() == shape.iter().product() => Ok(values),
            Some((found, _)) => {
                Err(ExportError::Weight { name: name.to_owned(), expected: shape.to_vec(), found: found.clone() })
            }
        }
    }
}
