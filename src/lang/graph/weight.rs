//! Parameters and buffers of a module: names, shapes, initial values.

use serde::{Deserialize, Serialize};

/// Whether a weight is learned or only kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Learned, counted as a parameter.
    Parameter,
    /// Kept but not learned: running means and variances.
    Buffer,
}

/// How a weight starts. Draws are made from the run's seed and the weight's path alone, so that adding a layer does
/// not change how the others start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Init {
    /// Every element the same.
    Constant(f64),
    /// Uniform in `[-bound, bound]`.
    Uniform(f64),
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
}

impl Init {
    /// Zeros.
    pub const ZEROS: Self = Self::Constant(0.0);
    /// Ones.
    pub const ONES: Self = Self::Constant(1.0);

    /// PyTorch's default for convolutions and linear layers, weights and biases alike: uniform in ±1/√fan_in
    /// (Kaiming uniform with a = √5).
    pub fn fan_in(fan_in: usize) -> Self {
        Self::Uniform(1.0 / (fan_in.max(1) as f64).sqrt())
    }

    /// Uniform with mean 0 and this standard deviation.
    pub fn uniform_of_std(std: f64) -> Self {
        Self::Uniform(3f64.sqrt() * std)
    }
}

/// One parameter or buffer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightSpec {
    /// PyTorch's name for it: `weight`, `bias`, `running_mean`, ...
    pub name: String,
    /// Shape in PyTorch's layout (a linear weight is `[out, in]`).
    pub shape: Vec<usize>,
    /// How it starts.
    pub init: Init,
    /// Learned or kept.
    pub role: Role,
}

impl WeightSpec {
    /// Whether it starts from random numbers.
    pub fn is_drawn(&self) -> bool {
        !matches!(self.init, Init::Constant(_))
    }

    /// A learned weight.
    pub fn parameter(name: &str, shape: impl Into<Vec<usize>>, init: Init) -> Self {
        Self { name: name.into(), shape: shape.into(), init, role: Role::Parameter }
    }

    /// A kept, unlearned one.
    pub fn buffer(name: &str, shape: impl Into<Vec<usize>>, init: Init) -> Self {
        Self { name: name.into(), shape: shape.into(), init, role: Role::Buffer }
    }

    /// Number of elements, as far as 64 bits go.
    pub fn len(&self) -> u64 {
        self.shape.iter().fold(1, |n: u64, extent| n.saturating_mul(*extent as u64))
    }

    /// Whether it has no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
