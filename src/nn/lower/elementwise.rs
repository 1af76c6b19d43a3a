//! Functions of each element, and of two.

use super::super::Tensor;
use crate::graph::{Binary, Unary};

/// A function of each element.
pub(super) fn unary(x: Tensor, function: Unary) -> Tensor {
    match function {
        Unary::Relu => x.relu(),
        Unary::LeakyRelu { slope } => x.leaky_relu(slope),
        Unary::Elu { alpha } => x.elu(alpha),
        Unary::Gelu => x.gelu(),
        Unary::Sigmoid => x.sigmoid(),
        Unary::Tanh => x.tanh(),
        Unary::Softplus => x.softplus(),
        Unary::Exp => x.exp(),
        Unary::Log => x.log(),
        Unary::Sqrt => x.sqrt(),
        Unary::Square => x.square(),
        Unary::Abs => x.abs(),
        // A step at 0 on both sides, made of two clamps of a huge multiple; exact for all but subnormal numbers.
        Unary::IsZero => x.detach().abs().mul_scalar(f64::from(f32::MAX)).at_most(1.0).neg().add_scalar(1.0),
        Unary::Negate => x.neg(),
        Unary::Clamp { low, high } => x.at_least(low).at_most(high),
    }
}

/// A function of two tensors.
pub(super) fn binary(a: Tensor, b: Tensor, function: Binary) -> Tensor {
    match function {
        Binary::Add => a.add(b),
        Binary::Subtract => a.sub(b),
        Binary::Multiply => a.mul(b),
        Binary::Divide => a.div(b),
        Binary::Power => a.pow(b),
        Binary::Maximum => a.maximum(b),
        Binary::Minimum => a.minimum(b),
    }
}

/// `x (op) value`, or `value (op) x`.
pub(super) fn scalar(x: Tensor, function: Binary, value: f64, reversed: bool) -> Tensor {
    match (function, reversed) {
        (Binary::Add, _) => x.add_scalar(value),
        (Binary::Subtract, false) => x.add_scalar(-value),
        (Binary::Subtract, true) => x.neg().add_scalar(value),
        (Binary::Multiply, _) => x.mul_scalar(value),
        (Binary::Divide, false) => x.div_scalar(value),
        (Binary::Divide, true) => x.recip().mul_scalar(value),
        (Binary::Power, false) => x.pow_scalar(value),
        (Binary::Power, true) if value > 0.0 => x.mul_scalar(value.ln()).exp(),
        (Binary::Power, true) => {
            let base = Tensor::filled(value, &x.dims(), &x.device());
            base.pow(x)
        }
        (Binary::Maximum, _) => x.at_least(value),
        (Binary::Minimum, _) => x.at_most(value),
    }
}
