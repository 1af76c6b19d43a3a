//! What is added before the products of a tile and after them, at one depth of the tile: over height and width in registers, over
//! depth between two planes.

// Registers by their numbers: iterators over arrays of vectors would not all be unrolled.
#![allow(clippy::needless_range_loop)]

use super::{LANES, Sign};
use pulp::{Simd, WithSimd};

/// `B'`: elements of tiles to `[positions, blocks, room, 16]`. `H` and `W` elements over height and width.
pub(super) struct Read<'a, const H: usize, const W: usize> {
    pub values: &'a [f32],
    /// Where each block begins.
    pub blocks: &'a [usize],
    /// Where each tile begins, at the first plane of this depth.
    pub tiles: &'a [usize],
    /// How far the other plane lies behind the first, or before it.
    pub other: Option<(isize, Sign)>,
    /// From one element to the next over height and width.
    pub apart: [usize; 2],
    /// Tiles that a block has room for.
    pub room: usize,
    pub out: &'a mut [f32],
}

impl<const H: usize, const W: usize> WithSimd for Read<'_, H, W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let [down, along] = self.apart;
        let block = self.room * LANES;
        let position = self.blocks.len() * block;
        for (at, first) in self.blocks.iter().enumerate() {
            for (tile, start) in self.tiles.iter().enumerate() {
                for lane in (0..LANES).step_by(S::F32_LANES) {
                    let start = first + start + lane;
                    let mut x = [[simd.splat_f32s(0.0); W]; H];
                    for h in 0..H {
                        for w in 0..W {
                            x[h][w] = load::<S>(self.values, start + h * down + w * along);
                        }
                    }
                    if let Some((to, sign)) = self.other {
                        let start = start.wrapping_add_signed(to);
                        for h in 0..H {
                            for w in 0..W {
                                let other = load::<S>(self.values, start + h * down + w * along);
                                x[h][w] = match sign {
                                    Sign::Plus => simd.add_f32s(x[h][w], other),
                                    Sign::Minus => simd.sub_f32s(x[h][w], other),
                                };
                            }
                        }
                    }
                    for row in &mut x {
                        *row = elements(simd, *row);
                    }
                    let x = transposed(simd, x);
                    for w in 0..W {
                        let column = elements(simd, x[w]);
                        for h in 0..H {
                            store::<S>(self.out, (h * W + w) * position + at * block + tile * LANES + lane, column[h]);
                        }
                    }
                }
            }
        }
    }
}

/// `A'`: `[positions, blocks, room, 16]` to what tiles make, added to `[blocks, depth, M, room, N, 16]`, `M` results over height and
/// `N` over width.
pub(super) struct Make<'a, const H: usize, const W: usize, const M: usize, const N: usize> {
    pub products: &'a [f32],
    pub blocks: usize,
    pub tiles: usize,
    pub room: usize,
    /// What is added to each depth, times what is made.
    pub depths: &'a [f32],
    pub out: &'a mut [f32],
}

impl<const H: usize, const W: usize, const M: usize, const N: usize> WithSimd for Make<'_, H, W, M, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let block = self.room * LANES;
        let position = self.blocks * block;
        for at in 0..self.blocks {
            for tile in 0..self.tiles {
                for lane in (0..LANES).step_by(S::F32_LANES) {
                    let mut x = [[simd.splat_f32s(0.0); H]; W];
                    for h in 0..H {
                        for w in 0..W {
                            x[w][h] =
                                load::<S>(self.products, (h * W + w) * position + at * block + tile * LANES + lane);
                        }
                    }
                    let mut y = [[simd.splat_f32s(0.0); M]; W];
                    for w in 0..W {
                        y[w] = results(simd, x[w]);
                    }
                    let y = transposed(simd, y);
                    for m in 0..M {
                        let made: [S::f32s; N] = results(simd, y[m]);
                        for (depth, factor) in self.depths.iter().enumerate() {
                            if *factor == 0.0 {
                                continue;
                            }
                            let factor = simd.splat_f32s(*factor);
                            let to = (((at * self.depths.len() + depth) * M + m) * self.room + tile) * N * LANES + lane;
                            for n in 0..N {
                                let known = load::<S>(self.out, to + n * LANES);
                                store::<S>(self.out, to + n * LANES, simd.mul_add_f32s(made[n], factor, known));
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `A`, the adjoint of [`Make`]: gradients of what tiles have made, which lie as images do, to `[positions, blocks, room, 16]`.
pub(super) struct Unmake<'a, const H: usize, const W: usize, const M: usize, const N: usize> {
    pub values: &'a [f32],
    pub blocks: &'a [usize],
    pub tiles: &'a [usize],
    /// The factors of a tile's planes, the second of which lies so far behind the first.
    pub depths: [f32; 2],
    pub other: usize,
    /// From one element to the next over height.
    pub down: usize,
    pub room: usize,
    pub out: &'a mut [f32],
}

impl<const H: usize, const W: usize, const M: usize, const N: usize> WithSimd for Unmake<'_, H, W, M, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let block = self.room * LANES;
        let position = self.blocks.len() * block;
        let factors = self.depths.map(|factor| simd.splat_f32s(factor));
        for (at, first) in self.blocks.iter().enumerate() {
            for (tile, start) in self.tiles.iter().enumerate() {
                for lane in (0..LANES).step_by(S::F32_LANES) {
                    let start = first + start + lane;
                    let mut y = [[simd.splat_f32s(0.0); N]; M];
                    for depth in 0..2 {
                        if self.depths[depth] == 0.0 {
                            continue;
                        }
                        for m in 0..M {
                            for n in 0..N {
                                let at = start + depth * self.other + m * self.down + n * LANES;
                                y[m][n] = simd.mul_add_f32s(load::<S>(self.values, at), factors[depth], y[m][n]);
                            }
                        }
                    }
                    let mut x = [[simd.splat_f32s(0.0); W]; M];
                    for m in 0..M {
                        x[m] = of_results(simd, y[m]);
                    }
                    let x = transposed(simd, x);
                    for w in 0..W {
                        let column: [S::f32s; H] = of_results(simd, x[w]);
                        for h in 0..H {
                            store::<S>(self.out, (h * W + w) * position + at * block + tile * LANES + lane, column[h]);
                        }
                    }
                }
            }
        }
    }
}

/// [`Taps::elements`](super::Taps) of one axis.
#[inline(always)]
fn elements<S: Simd, const N: usize>(simd: S, x: [S::f32s; N]) -> [S::f32s; N] {
    let mut y = x;
    if N == 4 {
        y[0] = simd.sub_f32s(x[0], x[2]);
        y[1] = simd.add_f32s(x[1], x[2]);
        y[2] = simd.sub_f32s(x[2], x[1]);
        y[3] = simd.sub_f32s(x[1], x[3]);
    } else if N == 3 {
        y[0] = simd.sub_f32s(x[0], x[1]);
        y[2] = simd.sub_f32s(x[1], x[2]);
    }
    y
}

/// [`Taps::results`](super::Taps) of one axis.
#[inline(always)]
fn results<S: Simd, const N: usize, const M: usize>(simd: S, x: [S::f32s; N]) -> [S::f32s; M] {
    let mut y = [x[0]; M];
    if N == 4 {
        y[0] = simd.add_f32s(simd.add_f32s(x[0], x[1]), x[2]);
        y[1] = simd.sub_f32s(simd.sub_f32s(x[1], x[2]), x[3]);
    } else if N == 3 {
        y[0] = simd.add_f32s(x[0], x[1]);
        y[1] = simd.sub_f32s(x[1], x[2]);
    }
    y
}

/// The adjoint of [`results`].
#[inline(always)]
fn of_results<S: Simd, const M: usize, const N: usize>(simd: S, y: [S::f32s; M]) -> [S::f32s; N] {
    let mut x = [y[0]; N];
    if N >= 3 {
        x[1] = simd.add_f32s(y[0], y[1]);
        x[N - 1] = simd.neg_f32s(y[1]);
    }
    if N == 4 {
        x[2] = simd.sub_f32s(y[0], y[1]);
    }
    x
}

#[inline(always)]
fn transposed<S: Simd, const H: usize, const W: usize>(simd: S, x: [[S::f32s; W]; H]) -> [[S::f32s; H]; W] {
    let mut y = [[simd.splat_f32s(0.0); H]; W];
    for h in 0..H {
        for w in 0..W {
            y[w][h] = x[h][w];
        }
    }
    y
}

#[inline(always)]
fn load<S: Simd>(values: &[f32], at: usize) -> S::f32s {
    S::as_simd_f32s(&values[at..at + S::F32_LANES]).0[0]
}

#[inline(always)]
fn store<S: Simd>(values: &mut [f32], at: usize, value: S::f32s) {
    S::as_mut_simd_f32s(&mut values[at..at + S::F32_LANES]).0[0] = value;
}
