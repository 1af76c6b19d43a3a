//! Nodes as they are written down: each call of [`Nodes::call`] is one, and gives the name of its value.

use super::format::{AttributeProto, AttributeType, DataType, NodeProto, TensorProto};
use std::collections::{BTreeMap, BTreeSet};

/// The name of a value.
pub(super) type Value = String;

/// Nodes and constants of a file that is being written.
pub(super) struct Nodes {
    pub nodes: Vec<NodeProto>,
    pub constants: Vec<TensorProto>,
    taken: BTreeSet<String>,
    /// Names of constants by shape, type and bytes: each is written once.
    known: BTreeMap<(Vec<i64>, i32, Vec<u8>), Value>,
    /// Where the node of the language stands whose nodes are being written.
    place: String,
}

impl Nodes {
    /// Nothing yet; these names are those of inputs and outputs.
    pub fn new(taken: BTreeSet<String>) -> Self {
        Self { nodes: Vec::new(), constants: Vec::new(), taken, known: BTreeMap::new(), place: String::new() }
    }

    /// What comes is of this place.
    pub fn at(&mut self, place: &str) {
        place.clone_into(&mut self.place);
    }

    fn distinct(&mut self, wanted: &str) -> Value {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }

    /// A node.
    pub fn call(&mut self, op: &str, read: &[&str], settings: Vec<AttributeProto>) -> Value {
        let value = self.distinct(&format!("{}/{op}", self.place));
        self.call_as(op, read, settings, &value);
        value
    }

    /// A node whose value has this name.
    pub fn call_as(&mut self, op: &str, read: &[&str], settings: Vec<AttributeProto>, value: &str) {
        self.nodes.push(NodeProto {
            input: read.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![value.to_owned()],
            name: value.to_owned(),
            op_type: op.to_owned(),
            attribute: settings,
        });
    }

    /// A weight under its own name, once.
    pub fn weight(&mut self, name: &str, shape: &[usize], values: &[f32]) -> Value {
        if self.taken.insert(name.to_owned()) {
            self.constants.push(tensor(name, shape, DataType::Float, floats(values)));
        }
        name.to_owned()
    }

    fn constant(&mut self, shape: &[usize], of: DataType, bytes: Vec<u8>) -> Value {
        let dims: Vec<i64> = shape.iter().map(|extent| *extent as i64).collect();
        let key = (dims, of as i32, bytes.clone());
        if let Some(name) = self.known.get(&key) {
            return name.clone();
        }
        let name = self.distinct("constant");
        self.constants.push(tensor(&name, shape, of, bytes));
        self.known.insert(key, name.clone());
        name
    }

    /// Numbers of this shape.
    pub fn numbers(&mut self, shape: &[usize], values: &[f32]) -> Value {
        self.constant(shape, DataType::Float, floats(values))
    }

    /// One number, which goes with every shape.
    pub fn number(&mut self, value: f64) -> Value {
        self.numbers(&[], &[value as f32])
    }

    /// Whole numbers in a row: axes, extents.
    pub fn wholes(&mut self, values: &[i64]) -> Value {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(&[values.len()], DataType::Int64, bytes)
    }

    /// One whole number.
    pub fn whole(&mut self, value: i64) -> Value {
        self.constant(&[], DataType::Int64, value.to_le_bytes().to_vec())
    }

    /// Axes of extent 1 at these places of the result.
    pub fn with_axes(&mut self, x: &str, axes: &[usize]) -> Value {
        if axes.is_empty() {
            return x.to_owned();
        }
        let axes: Vec<i64> = axes.iter().map(|axis| *axis as i64).collect();
        let axes = self.wholes(&axes);
        self.call("Unsqueeze", &[x, &axes], Vec::new())
    }

    /// The same numbers in rows of another shape.
    pub fn reshaped(&mut self, x: &str, shape: &[usize]) -> Value {
        // 0 is the extent that is there.
        let shape: Vec<i64> = std::iter::once(0).chain(shape.iter().map(|extent| *extent as i64)).collect();
        let shape = self.wholes(&shape);
        self.call("Reshape", &[x, &shape], Vec::new())
    }

    /// Another type of numbers.
    pub fn cast(&mut self, x: &str, to: DataType) -> Value {
        self.call("Cast", &[x], vec![int("to", to as i64)])
    }

    /// A reduction over axes (rows are axis 0).
    pub fn reduced(&mut self, op: &str, x: &str, axes: &[usize], keep: bool) -> Value {
        if axes.is_empty() {
            return x.to_owned();
        }
        let axes: Vec<i64> = axes.iter().map(|axis| *axis as i64).collect();
        let axes = self.wholes(&axes);
        self.call(op, &[x, &axes], vec![int("keepdims", i64::from(keep))])
    }
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn tensor(name: &str, shape: &[usize], of: DataType, raw_data: Vec<u8>) -> TensorProto {
    let dims = shape.iter().map(|extent| *extent as i64).collect();
    TensorProto { dims, data_type: of as i32, name: name.to_owned(), raw_data }
}

fn setting(name: &str, of: AttributeType) -> AttributeProto {
    AttributeProto { name: name.to_owned(), r#type: of as i32, ..AttributeProto::default() }
}

/// A whole number.
pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { i: Some(value), ..setting(name, AttributeType::Int) }
}

/// A number.
pub(super) fn float(name: &str, value: f64) -> AttributeProto {
    AttributeProto { f: Some(value as f32), ..setting(name, AttributeType::Float) }
}

/// Whole numbers.
pub(super) fn ints(name: &str, values: impl IntoIterator<Item = usize>) -> AttributeProto {
    let ints = values.into_iter().map(|value| value as i64).collect();
    AttributeProto { ints, ..setting(name, AttributeType::Ints) }
}

/// A word.
pub(super) fn word(name: &str, value: &str) -> AttributeProto {
    AttributeProto { s: Some(value.as_bytes().to_vec()), ..setting(name, AttributeType::String) }
}
