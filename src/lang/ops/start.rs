//! What weights start from: the arguments that convolutions and affine maps have in common.
//!
//! Where nothing is said they start as PyTorch's do, uniform in ±1/√n with n the numbers that one output reads.

use super::{Arguments, Default, Parameter, ParameterType, Refusal};
use crate::graph::Init;

/// `init`, the distribution.
pub(super) const INIT: Parameter = Parameter::new(
    "init",
    ParameterType::Word(&["uniform", "normal", "zeros", "ones"]),
    Default::Word("uniform"),
    "what the weights start from, with mean 0",
);
/// `std`, its width.
pub(super) const STD: Parameter = Parameter::new(
    "std",
    ParameterType::POSITIVE,
    Default::None,
    "standard deviation of the weights at the start; 1/√(3n), PyTorch's, where not given",
);
/// `bias_init`.
pub(super) const BIAS_INIT: Parameter = Parameter::new(
    "bias_init",
    ParameterType::Word(&["uniform", "zeros"]),
    Default::Word("uniform"),
    "what the bias starts from: uniform in ±1/√n, or zeros",
);

/// How the weights of outputs that read `n` numbers each start.
pub(super) fn weights(arguments: &Arguments, n: usize) -> Result<Init, Refusal> {
    let std = arguments.real("std");
    let constant = |word: &str, value: f64| match std {
        None => Ok(Init::Constant(value)),
        Some(_) => Err(Refusal::new(format!("weights that start as {word} have no standard deviation"))
            .at_argument("std")
            .hint("`init: normal` or `init: uniform`, or leave `std` out")),
    };
    match (arguments.word("init"), std) {
        (Some("zeros"), _) => constant("zeros", 0.0),
        (Some("ones"), _) => constant("ones", 1.0),
        (Some("normal"), std) => Ok(Init::Normal(std.unwrap_or_else(|| 1.0 / (3.0 * n.max(1) as f64).sqrt()))),
        (_, Some(std)) => Ok(Init::uniform_of_std(std)),
        (_, None) => Ok(Init::fan_in(n)),
    }
}

/// How their bias starts.
pub(super) fn bias(arguments: &Arguments, n: usize) -> Init {
    match arguments.word("bias_init") {
        Some("zeros") => Init::ZEROS,
        _ => Init::fan_in(n),
    }
}
