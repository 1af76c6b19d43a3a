//! Types of values: shape, kind, and who lacks them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Position of an input in [`super::Graph::inputs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InputId(pub u32);

impl InputId {
    /// The input's position as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The inputs a subject must have for the value to exist: empty where everybody has it.
///
/// A value computed from `hippocampal?` exists for the subjects that have `hippocampal`; the forward pass computes it
/// for those rows of the batch only, so that an absent scan touches no batch statistic.
pub type Presence = BTreeSet<InputId>;

/// What the numbers mean, where that decides what may be done with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Plain numbers.
    Tensor,
    /// A diagonal Gaussian; held as `[2, n]`: means, then log-variances.
    Normal,
    /// One of several classes; held as an integer per subject.
    Class(Vec<String>),
    /// A class at every place of a grid (background first); held as integers.
    Mask(Vec<String>),
}

/// The type of a value of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorType {
    /// What the numbers mean.
    pub kind: Kind,
    /// Shape without the batch axis; `[]` is one number. For [`Kind::Normal`] the shape is `[n]`, for a class `[]`.
    pub shape: Vec<usize>,
    /// `false` for a loss: one number for the whole batch.
    pub batched: bool,
    /// Who has it.
    pub presence: Presence,
}

impl TensorType {
    /// Plain numbers that everybody has.
    pub fn tensor(shape: impl Into<Vec<usize>>) -> Self {
        Self { kind: Kind::Tensor, shape: shape.into(), batched: true, presence: Presence::new() }
    }

    /// A diagonal Gaussian over `n` numbers that everybody has.
    pub fn normal(n: usize) -> Self {
        Self { kind: Kind::Normal, shape: vec![n], batched: true, presence: Presence::new() }
    }

    /// One number for the whole batch.
    pub fn scalar() -> Self {
        Self { kind: Kind::Tensor, shape: Vec::new(), batched: false, presence: Presence::new() }
    }

    /// The same value, held by those who have these inputs.
    pub fn held_by(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }

    /// Numbers held for one subject, as far as 64 bits go.
    pub fn len(&self) -> u64 {
        let n = self.shape.iter().fold(1, |n: u64, extent| n.saturating_mul(*extent as u64));
        if self.kind == Kind::Normal { n.saturating_mul(2) } else { n }
    }

    /// Whether a subject holds no number of it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether values of this shape say what `truth` is: a number a class, a channel a class at every place, or the same
    /// numbers.
    pub fn predicts(&self, truth: &Self) -> bool {
        match &truth.kind {
            Kind::Class(levels) => self.shape == [levels.len()],
            Kind::Mask(levels) => {
                self.shape.first() == Some(&levels.len()) && self.shape.get(1..) == Some(truth.shape.as_slice())
            }
            _ if truth.shape.is_empty() => self.shape.is_empty() || self.shape == [1],
            _ => self.shape == truth.shape,
        }
    }

    /// Whether some people lack it.
    pub fn may_be_absent(&self) -> bool {
        !self.presence.is_empty()
    }
}

/// `[64, 8, 8, 8]`, as the language spells shapes.
pub fn show_shape(shape: &[usize]) -> String {
    let dims: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!("[{}]", dims.join(", "))
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Tensor if self.shape.is_empty() => f.write_str("real")?,
            Kind::Tensor => f.write_str(&show_shape(&self.shape))?,
            Kind::Normal => write!(f, "normal{}", show_shape(&self.shape))?,
            Kind::Class(levels) => write!(f, "class{{{}}}", levels.join(", "))?,
            Kind::Mask(levels) => write!(f, "mask{{{}}}{}", levels.join(", "), show_shape(&self.shape))?,
        }
        if self.may_be_absent() { f.write_str("?") } else { Ok(()) }
    }
}
