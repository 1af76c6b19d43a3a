//! What the processor can do at most: the yardstick of every kernel.
//!
//! A block of a matrix product that stays where it is fastest: sums in registers (24 vectors, or the 12 that fit beside operands where
//! there are 16 registers), operands in the first cache. A kernel moves numbers besides.

use super::vectors::vectors;
use pulp::{Simd, WithSimd};

/// Terms of the sums of a block: operands of 8 KiB and less.
const TERMS: usize = 128;
/// Blocks of a turn.
const BLOCKS: usize = 500;

/// Multiplies and adds on the calling thread, as fast as its processor can for some tens of microseconds, and says how many
/// multiply-adds of single precision that were. Whoever asks has the clock.
pub fn multiply_adds() -> usize {
    vectors().dispatch(Product) * TERMS * BLOCKS
}

/// Blocks of `[A * vectors, TERMS] x [TERMS, B]`.
struct Product;

impl WithSimd for Product {
    /// Multiply-adds of a term.
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> usize {
        match S::REGISTER_COUNT >= 32 {
            true => blocks::<S, 2, 12>(simd),
            false => blocks::<S, 2, 6>(simd),
        }
    }
}

#[inline(always)]
fn blocks<S: Simd, const A: usize, const B: usize>(simd: S) -> usize {
    let left = vec![simd.splat_f32s(1.0 + f32::EPSILON); TERMS * A];
    let right: Vec<f32> = (0..TERMS * B).map(|at| 1e-3 + at as f32 * 1e-9).collect();
    for _ in 0..BLOCKS {
        let (left, right) = (std::hint::black_box(left.as_slice()), std::hint::black_box(right.as_slice()));
        let mut sums = [[simd.splat_f32s(0.0); A]; B];
        for (left, right) in left.chunks_exact(A).zip(right.chunks_exact(B)) {
            // An operand is spread, used at once, and its register free again.
            for (sums, right) in sums.iter_mut().zip(right) {
                let right = simd.splat_f32s(*right);
                for (sum, left) in sums.iter_mut().zip(left) {
                    *sum = simd.mul_add_f32s(*left, right, *sum);
                }
            }
        }
        std::hint::black_box(sums);
    }
    A * B * S::F32_LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_whole_blocks_of_vectors() {
        assert!(multiply_adds() >= TERMS * BLOCKS);
        assert!(multiply_adds().is_multiple_of(TERMS * BLOCKS));
    }
}
