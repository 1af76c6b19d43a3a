//! Products of matrices that lie in panels of sixteen columns, `[panels, rows, 16]`.

// Registers by their numbers: iterators over arrays of vectors would not all be unrolled.
#![allow(clippy::needless_range_loop)]

use super::LANES;
use pulp::{Simd, WithSimd};

/// `out [rows, panels x 16]`, the product of `left` and `right [steps, panels x 16]`.
pub(super) struct Product<'a> {
    pub left: &'a [f32],
    /// Numbers of a panel of `left`.
    pub left_panel: usize,
    pub right: &'a [f32],
    pub right_panel: usize,
    pub out: &'a mut [f32],
    pub out_panel: usize,
    pub rows: usize,
    pub steps: usize,
    pub panels: usize,
}

/// `left` is `[rows, steps]`, steps a multiple of sixteen; rows may be computed to a multiple of [`ROWS`], and are overwritten.
pub(super) struct ByRows<'a>(pub Product<'a>);

/// `left` is `[steps, rows]`, rows a multiple of sixteen, and what is computed is added.
pub(super) struct ByColumns<'a>(pub Product<'a>);

/// Steps that are summed in registers before they are added to the rest: sums of few terms lose less.
const STEPS: usize = 128;

/// Rows that [`ByRows`] computes beside each other, or a part of it.
pub(super) const ROWS: usize = 12;

impl WithSimd for ByRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match (S::F32_LANES, S::REGISTER_COUNT >= 32) {
            (16, true) => self.0.tiles::<S, 12, 2, 1, false>(simd),
            (8, _) => self.0.tiles::<S, 6, 1, 2, false>(simd),
            (4, _) => self.0.tiles::<S, 2, 1, 4, false>(simd),
            (16, false) => self.0.tiles::<S, 6, 2, 1, false>(simd),
            _ => self.0.tiles::<S, 1, 1, 16, false>(simd),
        }
    }
}

impl WithSimd for ByColumns<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match (S::F32_LANES, S::REGISTER_COUNT >= 32) {
            (16, true) => self.0.tiles::<S, 8, 3, 1, true>(simd),
            (8, _) => self.0.tiles::<S, 4, 1, 2, true>(simd),
            (4, _) => self.0.tiles::<S, 2, 1, 4, true>(simd),
            (16, false) => self.0.tiles::<S, 4, 2, 1, true>(simd),
            _ => self.0.tiles::<S, 1, 1, 16, true>(simd),
        }
    }
}

impl Product<'_> {
    /// `R` rows of `P` panels at a time, each of `V` vectors; what panels remain two by two or one by one.
    #[inline(always)]
    fn tiles<S: Simd, const R: usize, const P: usize, const V: usize, const T: bool>(&mut self, simd: S) {
        for first in (0..self.steps).step_by(STEPS) {
            let mut panel = 0;
            while panel < self.panels {
                let at = At { panel, first, steps: STEPS.min(self.steps - first) };
                panel += match self.panels - panel {
                    rest if rest >= P => self.rows::<S, R, P, V, T>(simd, at),
                    2 => self.rows::<S, R, 2, V, T>(simd, at),
                    _ => self.rows::<S, R, 1, V, T>(simd, at),
                };
            }
        }
    }

    /// All rows of some panels, and how many panels these are.
    #[inline(always)]
    fn rows<S: Simd, const R: usize, const P: usize, const V: usize, const T: bool>(
        &mut self,
        simd: S,
        at: At,
    ) -> usize {
        for row in (0..self.rows).step_by(R) {
            match T {
                true => self.by_columns::<S, R, P, V>(simd, row, at),
                false => self.by_rows::<S, R, P, V>(simd, row, at),
            }
        }
        P
    }

    #[inline(always)]
    fn by_rows<S: Simd, const R: usize, const P: usize, const V: usize>(&mut self, simd: S, row: usize, at: At) {
        let mut sums = [[[simd.splat_f32s(0.0); V]; P]; R];
        let mut right: [&[f32]; P] = [&[]; P];
        for p in 0..P {
            right[p] = &self.right[(at.panel + p) * self.right_panel + at.first * LANES..][..at.steps * LANES];
        }
        for block in 0..at.steps / LANES {
            let left = &self.left[(at.first / LANES + block) * self.left_panel + row * LANES..][..R * LANES];
            for step in 0..LANES {
                let mut held = [[simd.splat_f32s(0.0); V]; P];
                for p in 0..P {
                    held[p].copy_from_slice(S::as_simd_f32s(&right[p][(block * LANES + step) * LANES..][..LANES]).0);
                }
                for r in 0..R {
                    let factor = simd.splat_f32s(left[r * LANES + step]);
                    for p in 0..P {
                        for v in 0..V {
                            sums[r][p][v] = simd.mul_add_f32s(factor, held[p][v], sums[r][p][v]);
                        }
                    }
                }
            }
        }
        for p in 0..P {
            let out = &mut self.out[(at.panel + p) * self.out_panel + row * LANES..][..R * LANES];
            let out = &mut S::as_mut_simd_f32s(out).0[..R * V];
            for r in 0..R {
                for v in 0..V {
                    out[r * V + v] =
                        if at.first > 0 { simd.add_f32s(out[r * V + v], sums[r][p][v]) } else { sums[r][p][v] };
                }
            }
        }
    }

    #[inline(always)]
    fn by_columns<S: Simd, const R: usize, const P: usize, const V: usize>(&mut self, simd: S, row: usize, at: At) {
        let mut sums = [[[simd.splat_f32s(0.0); V]; P]; R];
        let mut right: [&[f32]; P] = [&[]; P];
        for p in 0..P {
            right[p] = &self.right[(at.panel + p) * self.right_panel + at.first * LANES..][..at.steps * LANES];
        }
        let left = &self.left[row / LANES * self.left_panel + at.first * LANES..][..at.steps * LANES];
        for step in 0..at.steps {
            let mut held = [[simd.splat_f32s(0.0); V]; P];
            for p in 0..P {
                held[p].copy_from_slice(S::as_simd_f32s(&right[p][step * LANES..][..LANES]).0);
            }
            let left = &left[step * LANES + row % LANES..][..R];
            for r in 0..R {
                let factor = simd.splat_f32s(left[r]);
                for p in 0..P {
                    for v in 0..V {
                        sums[r][p][v] = simd.mul_add_f32s(factor, held[p][v], sums[r][p][v]);
                    }
                }
            }
        }
        for p in 0..P {
            let out = &mut self.out[(at.panel + p) * self.out_panel + row * LANES..][..R * LANES];
            let out = &mut S::as_mut_simd_f32s(out).0[..R * V];
            for r in 0..R {
                for v in 0..V {
                    out[r * V + v] = simd.add_f32s(out[r * V + v], sums[r][p][v]);
                }
            }
        }
    }
}

/// Some steps of some panels.
#[derive(Clone, Copy)]
struct At {
    panel: usize,
    first: usize,
    steps: usize,
}
