//! Tests of the table of operators.

mod known_values;
mod limits;
mod refusals;
mod shapes;
mod table;

use super::{Applied, Argument, Arguments, Refusal, find};
use crate::graph::{Kind, TensorType};

/// Arguments by name.
type Given = Vec<(&'static str, Argument)>;

/// Applies an operator of the table.
fn apply(name: &str, given: Given, read: &[TensorType]) -> Result<Applied, Refusal> {
    let stanza = find(name).unwrap_or_else(|| panic!("there is no `{name}`"));
    for (argument, _) in &given {
        assert!(stanza.parameters.iter().any(|p| p.name == *argument), "`{name}` has no parameter `{argument}`");
    }
    (stanza.apply)(&Arguments::new(stanza.parameters, given), read)
}

/// Applies an operator that must fit.
fn fitting(name: &str, given: Given, read: &[TensorType]) -> Applied {
    apply(name, given, read).unwrap_or_else(|refusal| panic!("`{name}` on {read:?}: {refusal:?}"))
}

fn int(value: i64) -> Argument {
    Argument::Int(value)
}

fn ints(values: &[i64]) -> Argument {
    Argument::Ints(values.to_vec())
}

fn real(value: f64) -> Argument {
    Argument::Real(value)
}

fn word(value: &str) -> Argument {
    Argument::Word(value.into())
}

fn yes(value: bool) -> Argument {
    Argument::Bool(value)
}

/// Plain numbers.
fn t(shape: &[usize]) -> TensorType {
    TensorType::tensor(shape)
}

/// A Gaussian.
fn q(n: usize) -> TensorType {
    TensorType::normal(n)
}

fn levels(n: usize) -> Vec<String> {
    ["CN", "MCI", "AD", "FTD", "DLB", "PD"].iter().cycle().take(n).map(|level| (*level).to_string()).collect()
}

/// A class of so many levels.
fn class(n: usize) -> TensorType {
    TensorType { kind: Kind::Class(levels(n)), ..TensorType::tensor([]) }
}

/// A mask of so many levels.
fn mask(n: usize, shape: &[usize]) -> TensorType {
    TensorType { kind: Kind::Mask(levels(n)), ..TensorType::tensor(shape) }
}
