//! What an optimizer remembers of a weight from one step to the next.

use crate::nn::Tensor;

/// What is remembered of one weight.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    /// Steps made.
    pub time: usize,
    /// Running mean of the gradient; of SGD, its velocity.
    pub first: Tensor,
    /// Running mean of its square.
    pub second: Option<Tensor>,
}
