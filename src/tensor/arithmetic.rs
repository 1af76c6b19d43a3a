//! With how many bits products are multiplied.

/// How convolutions and products of matrices multiply on a card. Weights, sums and everything else are of single precision in all
/// of them, and so is everything on the CPU.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Arithmetic {
    /// Single precision.
    #[default]
    Float32,
    /// What is multiplied is rounded to 10 bits of the fraction, where a card has units for that; elsewhere as
    /// [`Arithmetic::Float32`].
    Tf32,
    /// What is multiplied is rounded to 7 bits of the fraction.
    Bfloat16,
}
