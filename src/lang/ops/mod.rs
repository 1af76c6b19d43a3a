//! The operators of the language, one stanza each.
//!
//! ```text
//!  Conv3d(16, kernel: 3)  ──compile──▶  Arguments  ──Stanza::apply──▶  Applied { op, weights, output, cost }
//!   applied to [1, 64, 64, 64]                        shape rule          or Refusal { message, where, hint }
//! ```
//!
//! A stanza holds all that the language knows of an operator: documentation, hover, completion, "did you mean",
//! shape errors and cost are all read from this table. What it does to numbers is one arm in `src/nn/lower`.

mod arguments;
mod inputs;
mod limits;
mod stanza;
mod start;
mod window;

mod activation;
mod arithmetic;
mod contrastive;
mod convolution;
mod convolve;
mod gaussian;
mod linear;
mod loss;
mod normalisation;
mod pooling;
mod shape;

pub use arguments::{Argument, Arguments};
pub use stanza::{Applied, Arity, Default, Family, Parameter, ParameterType, Refusal, Rewrite, Stanza};

use std::collections::HashMap;
use std::sync::LazyLock;

#[cfg(test)]
mod tests;

/// Every operator, in the order of the documentation.
pub fn table() -> impl Iterator<Item = &'static Stanza> {
    [
        convolution::STANZAS,
        convolve::STANZAS,
        linear::STANZAS,
        normalisation::STANZAS,
        pooling::STANZAS,
        activation::STANZAS,
        shape::STANZAS,
        arithmetic::STANZAS,
        gaussian::STANZAS,
        loss::STANZAS,
        contrastive::STANZAS,
    ]
    .into_iter()
    .flatten()
}

/// The operator of this name.
pub fn find(name: &str) -> Option<&'static Stanza> {
    // Asked for every name of a program, in every turn of its loops.
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Stanza>> =
        LazyLock::new(|| table().map(|stanza| (stanza.name, stanza)).collect());
    BY_NAME.get(name).copied()
}
