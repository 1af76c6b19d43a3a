//! Functions of each element, of two, and reductions.

use serde::{Deserialize, Serialize};

/// A function of each element.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Unary {
    /// `max(0, x)`.
    Relu,
    /// `x` where positive, `slope * x` elsewhere.
    LeakyRelu {
        /// Slope below 0.
        slope: f64,
    },
    /// `x` where positive, `alpha * (exp(x) - 1)` elsewhere.
    Elu {
        /// Minus the value far below 0.
        alpha: f64,
    },
    /// `x` times the probability of a standard normal below `x`.
    Gelu,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// `log(1 + exp(x))`.
    Softplus,
    /// Exponential.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// Square.
    Square,
    /// Absolute value.
    Abs,
    /// 1 where the element is exactly 0, else 0; it has no gradient.
    IsZero,
    /// Minus.
    Negate,
    /// Brought between two bounds.
    Clamp {
        /// The smallest result.
        low: f64,
        /// The largest result.
        high: f64,
    },
}

/// A function of two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binary {
    /// `x + y`.
    Add,
    /// `x - y`.
    Subtract,
    /// `x * y`.
    Multiply,
    /// `x / y`.
    Divide,
    /// `x ^ y`.
    Power,
    /// The larger.
    Maximum,
    /// The smaller.
    Minimum,
}

/// A reduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reduction {
    /// Sum.
    Sum,
    /// Mean.
    Mean,
    /// Largest.
    Maximum,
    /// Smallest.
    Minimum,
    /// Biased (divided by n).
    Variance,
}
