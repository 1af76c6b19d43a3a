//! How large things may get: sizes are refused here before they overflow anything or ask a machine for the impossible.
//!
//! Every number an operator multiplies is first known to be at most [`MOST_EXTENT`] (an argument) or
//! [`MOST_NUMBERS`] (a shape), and products are formed in 128 bits, so that no argument a file can hold overflows.

use super::{Applied, Refusal, Rewrite};
use crate::graph::{TensorType, WeightSpec, show_shape};

/// The largest whole number an argument may be.
pub(super) const MOST_EXTENT: usize = 1_000_000_000;
/// The most numbers a value (of one subject) or a weight may hold: 400 GB in single precision.
pub(super) const MOST_NUMBERS: u128 = 100_000_000_000;
/// The most axes a value may have, the batch not counted.
pub(super) const MOST_AXES: usize = 6;
/// The most multiply-adds one operation may take for one subject.
const MOST_OPERATIONS: u128 = 1_000_000_000_000_000;

/// How many numbers a shape holds, as far as 128 bits go.
pub(super) fn numbers(shape: &[usize]) -> u128 {
    shape.iter().fold(1, |product: u128, extent| product.saturating_mul(*extent as u128))
}

/// The number of an argument as a size.
pub(super) fn size(value: i64, argument: &'static str, at_least: i64) -> Result<usize, Refusal> {
    match usize::try_from(value) {
        Ok(size) if value >= at_least && size <= MOST_EXTENT => Ok(size),
        _ if value < at_least => {
            Err(Refusal::new(format!("`{argument}` must be at least {at_least}, and it is {value}"))
                .at_argument(argument)
                .hint(format!("{argument}: {at_least}"))
                .rewrite(Rewrite::Argument(argument, at_least.to_string())))
        }
        _ => Err(Refusal::new(format!("`{argument}` is {value}; the largest accepted is {MOST_EXTENT}"))
            .at_argument(argument)),
    }
}

/// The same value with this shape: batched as the first is.
pub(super) fn shaped(like: &TensorType, shape: impl Into<Vec<usize>>) -> TensorType {
    TensorType { batched: like.batched, ..TensorType::tensor(shape) }
}

/// The product of these numbers as a count of multiply-adds.
pub(super) fn multiply_adds(factors: &[u128]) -> Result<u64, Refusal> {
    let product = factors.iter().fold(1, |product: u128, factor| product.saturating_mul(*factor));
    match u64::try_from(product) {
        Ok(count) if product <= MOST_OPERATIONS => Ok(count),
        _ => Err(Refusal::new(format!("this would take more than {MOST_OPERATIONS} multiply-adds for one subject"))
            .hint("make the input, the kernel or the number of filters smaller")),
    }
}

/// Refuses a shape that is empty, has too many axes or holds too many numbers.
pub(super) fn shape(shape: &[usize], what: &str) -> Result<(), Refusal> {
    if shape.len() > MOST_AXES {
        return Err(Refusal::new(format!(
            "{what} has {} axes, {}; at most {MOST_AXES} are possible",
            shape.len(),
            show_shape(shape)
        )));
    }
    let held = numbers(shape);
    if held == 0 {
        return Err(Refusal::new(format!("{what} is empty: {}", show_shape(shape))));
    }
    if held > MOST_NUMBERS {
        let most = format!("more than {MOST_NUMBERS} numbers for one subject");
        return Err(
            Refusal::new(format!("{what} is {}: {most}", show_shape(shape))).hint("check the sizes that make it up")
        );
    }
    Ok(())
}

/// The result of an operator, if its output and weights are of possible size.
pub(super) fn within(applied: Applied) -> Result<Applied, Refusal> {
    shape(&applied.output.shape, "the result")?;
    for WeightSpec { name, shape: weight, .. } in &applied.weights {
        shape(weight, &format!("`{name}`"))?;
    }
    Ok(applied)
}
