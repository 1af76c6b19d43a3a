//! What the processor can do at most: the yardstick of every kernel.
//!
//! A block of a matrix product that stays where it is fastest: sums in registers (24 vectors, or the 12 that fit beside operands where
//! there are 16 registers), operands in the first cache, on every thread. A kernel moves numbers besides.

use super::vectors::vectors;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use std::time::{Duration, Instant};

/// Terms of the sums of a block: operands of 8 KiB and less.
const TERMS: usize = 128;
/// Blocks between two looks at the clock.
const BLOCKS: usize = 500;

/// Multiply-adds a second of single precision, of all threads together, over about `time`: each at its best while the others run, so that
/// what else the machine does is seen as little as may be.
pub fn peak(time: Duration) -> f64 {
    let best = |_| {
        let began = Instant::now();
        let mut best: f64 = 0.0;
        while began.elapsed() < time {
            let turn = Instant::now();
            let of_term = vectors().dispatch(Product);
            best = best.max((of_term * TERMS * BLOCKS) as f64 / turn.elapsed().as_secs_f64());
        }
        best
    };
    (0..rayon::current_num_threads()).into_par_iter().with_max_len(1).map(best).sum()
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
    fn a_processor_multiplies() {
        // No processor of today makes fewer than a hundred million or more than a hundred million million.
        let found = peak(Duration::from_millis(5));
        assert!((1e7..1e14).contains(&found), "{found}");
    }
}
