//! Values of the language while it is being unrolled.

use crate::graph::NodeId;
use crate::ops::Stanza;
use fascicle_syntax::Span;
use indexmap::IndexMap;
use std::rc::Rc;

/// Position of a module instance in the evaluator's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct InstanceId(pub usize);

/// A value.
#[derive(Clone)]
pub(super) enum Value {
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(Rc<str>),
    /// A number with its unit.
    Quantity(f64, Rc<str>),
    /// A word that a function reads: `same`, `sagittal`.
    Word(Rc<str>),
    /// The value of a `one_of` parameter.
    Choice(Rc<Choice>),
    Range(Range),
    List(Rc<Vec<Value>>),
    Record(Rc<IndexMap<String, Value>>),
    Family(Rc<Family>),
    /// A node of the graph.
    Tensor(NodeId),
    /// An input (modality, condition or target): a node, and a key of families.
    Input(usize),
    /// The standard normal.
    Prior,
    /// A module, made but not necessarily applied yet.
    Module(InstanceId),
    /// A block of the file, not yet given its parameters: position in the declarations.
    Block(usize),
    /// A loss of the file.
    Loss(usize),
    Operator(&'static Stanza),
    Builtin(Builtin),
    /// A model: position in the evaluator's list.
    Model(usize),
    /// A group: its inputs.
    Group(Rc<Vec<usize>>),
}

/// The chosen option with all there are.
pub(super) struct Choice {
    pub word: String,
    pub options: Vec<String>,
    pub param: String,
    pub span: Span,
}

/// A range of whole or real numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub start: f64,
    pub end: f64,
    pub inclusive: bool,
    pub whole: bool,
}

/// Values by key: what `for m in group { .. }` makes.
#[derive(Clone, Default)]
pub(super) struct Family {
    pub entries: Vec<(Vec<String>, Value)>,
}

/// Functions that are the compiler's own because they work on families, lists or types rather than on tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    Sum,
    Mean,
    Max,
    Min,
    Reverse,
    Size,
    Length,
    /// Which member of a group, counted from 1.
    Position,
    /// An adversarial term: a critic is to be misled.
    Fool,
}

impl Builtin {
    pub(super) const ALL: &'static [(&'static str, Self)] = &[
        ("sum", Self::Sum),
        ("mean", Self::Mean),
        ("max", Self::Max),
        ("min", Self::Min),
        ("reverse", Self::Reverse),
        ("size", Self::Size),
        ("length", Self::Length),
        ("position", Self::Position),
        ("fool", Self::Fool),
    ];

    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, b)| *b)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, b)| *b == self).map_or("", |(n, _)| n)
    }
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Rc::from(text))
    }

    pub(super) fn word(text: &str) -> Self {
        Self::Word(Rc::from(text))
    }

    /// A number known to the compiler.
    pub(super) fn as_real(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(*i as f64),
            Self::Real(r) => Some(*r),
            _ => None,
        }
    }

    /// The unit of a number that has one.
    pub(super) fn unit(&self) -> Option<&str> {
        if let Self::Quantity(_, unit) = self { Some(unit) } else { None }
    }

    /// What it is, in the language's words: "a list", "a module".
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Int(_) => "a whole number",
            Self::Real(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Text(_) => "a text",
            Self::Quantity(..) => "a number with a unit",
            Self::Word(_) | Self::Choice(_) => "a word",
            Self::Range(_) => "a range",
            Self::List(_) => "a list",
            Self::Record(_) => "a record",
            Self::Family(_) => "a family",
            Self::Tensor(_) => "a tensor",
            Self::Input(_) => "an input",
            Self::Prior => "the prior",
            Self::Module(_) => "a module that has not been applied",
            Self::Block(_) => "a block without its parameters",
            Self::Loss(_) => "a loss",
            Self::Operator(s) if s.makes_a_module() => "an operator without its arguments",
            Self::Operator(_) | Self::Builtin(_) => "a function",
            Self::Model(_) => "a model",
            Self::Group(_) => "a group",
        }
    }
}

/// Settings of parameters as text, and values as the file spells them.
pub(super) fn spell(value: &Value) -> String {
    match value {
        Value::Int(i) => i.to_string(),
        // As one would write it: `1e-12`, not a row of zeros.
        Value::Real(r) if *r != 0.0 && r.abs() < 1e-4 => format!("{r:e}"),
        Value::Real(r) => format!("{r}"),
        Value::Bool(b) => b.to_string(),
        Value::Text(t) => t.to_string(),
        Value::Quantity(q, u) => format!("{q}{u}"),
        Value::Word(w) => w.to_string(),
        Value::Choice(c) => c.word.clone(),
        Value::Range(r) => format!("{}..{}{}", r.start, if r.inclusive { "=" } else { "" }, r.end),
        Value::List(l) => format!("[{}]", l.iter().map(spell).collect::<Vec<_>>().join(", ")),
        other => other.describe().to_string(),
    }
}
